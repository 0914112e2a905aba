//! Which objects a patch is for.

use kubelint_parser::yaml::Node;

use crate::{Gvk, KubeNode, Resource};

/// Which objects a patch is for, as far as that is certain: what is not understood selects.
///
/// Versions and namespaces do not count: kustomize's own transformers change namespaces, and versions rarely tell objects apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    group: Option<Pattern>,
    kind: Option<Pattern>,
    name: Option<Pattern>,
}

/// A pattern of kustomize: a regular expression for the whole text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pattern {
    /// Exactly this text.
    Literal(String),
    /// One of these, where each is the parts between `.*`.
    Globs(Vec<Vec<String>>),
    /// Too much of a regular expression to be read here: it may match anything.
    Any,
}

impl Target {
    /// Everything with this name.
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: Some(Pattern::Literal(name.to_owned())),
            ..Self::default()
        }
    }

    /// What `target` or `select` says.
    pub(super) fn of_selector(selector: Node<'_>) -> Self {
        let pattern = |key: &str| Some(Pattern::parse(&selector.field(key)?.string()?));
        Self {
            group: pattern("group"),
            kind: pattern("kind"),
            name: pattern("name"),
        }
    }

    /// The object that a strategic merge patch is a part of.
    pub(super) fn of_patch(root: Node<'_>) -> Self {
        let gvk = Gvk::of(root);
        let name = root.at(&["metadata", "name"]).and_then(KubeNode::string);
        Self {
            group: gvk.as_ref().map(|it| Pattern::Literal(it.group.clone())),
            kind: gvk.map(|it| Pattern::Literal(it.kind)),
            name: name.map(|it| Pattern::Literal(it.into_owned())),
        }
    }

    /// The name that all objects it selects have, but for what is put before or behind it; `None` if they may have several.
    pub(super) fn literal_name(&self) -> Option<&str> {
        match &self.name {
            Some(Pattern::Literal(name)) => Some(name),
            _ => None,
        }
    }

    /// Whether it may select `resource`. Where names are changed a longer name may mean it too.
    pub(super) fn may_select(&self, resource: &Resource, renames: bool) -> bool {
        let matches = |pattern: &Option<Pattern>, text: &str| {
            pattern.as_ref().is_none_or(|it| it.matches(text))
        };
        let name = resource.name.as_deref().unwrap_or_default();
        let renamed = || match &self.name {
            Some(Pattern::Literal(longer)) => renames && longer.contains(name),
            _ => renames,
        };
        matches(&self.group, &resource.gvk.group)
            && matches(&self.kind, &resource.gvk.kind)
            && (matches(&self.name, name) || renamed())
    }
}

impl Pattern {
    fn parse(text: &str) -> Self {
        let is_plain = |text: &str| {
            text.bytes()
                .all(|it| it.is_ascii_alphanumeric() || b"-_./:".contains(&it))
        };
        let text = text.strip_prefix('^').unwrap_or(text);
        let text = text.strip_suffix('$').unwrap_or(text);
        let globs: Vec<Vec<String>> = text
            .split('|')
            .map(|alternative| alternative.split(".*").map(str::to_owned).collect())
            .collect();
        if !globs.iter().flatten().all(|part| is_plain(part)) {
            Self::Any
        } else if is_plain(text) && !text.contains(".*") {
            Self::Literal(text.to_owned())
        } else {
            Self::Globs(globs)
        }
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == text,
            Self::Globs(globs) => globs.iter().any(|parts| glob(parts, text)),
            Self::Any => true,
        }
    }
}

/// Whether `text` is made of the parts, in order, with anything between them.
fn glob(parts: &[String], text: &str) -> bool {
    let [first, rest @ ..] = parts else {
        return true;
    };
    let Some(mut text) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else {
        return text.is_empty();
    };
    for part in middle {
        let Some(at) = text.find(part.as_str()) else {
            return false;
        };
        text = &text[at + part.len()..];
    }
    text.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("app", "app", true),
            ("app", "app-2", false),
            ("app.*", "app-2", true),
            (".*", "", true),
            ("a|b", "b", true),
            ("a|b", "ab", false),
            (".*-api-.*", "x-api-y", true),
            (".*-api-.*", "x-app-y", false),
            ("^app$", "app", true),
            ("(a|b)+", "zzz", true),
        ] {
            assert_eq!(
                Pattern::parse(pattern).matches(text),
                expected,
                "{pattern} {text}"
            );
        }
    }
}
