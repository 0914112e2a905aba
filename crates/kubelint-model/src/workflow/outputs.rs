//! What steps put out for later ones: `name=value` in `$GITHUB_OUTPUT` and `$GITHUB_ENV`, and the tags that `docker/metadata-action` makes.

use std::collections::BTreeMap;

use super::expression::Value;
use super::running::{Running, short};
use crate::build::pattern;

/// More values of one output than these are not kept.
const MOST: usize = 200;

/// More tags than these are not told apart.
const MOST_TAGS: usize = 32;

type Outputs = BTreeMap<(String, String), Value>;

/// Adds what a step puts out.
pub(super) fn of(running: &Running<'_>, outputs: &mut Outputs, env: &mut BTreeMap<String, Value>) {
    let id = running.step.id.as_ref().map(|it| it.text.to_lowercase());
    if let Some(uses) = running.step.uses() {
        if uses.action() == "docker/metadata-action"
            && let Some(id) = id
        {
            metadata(running, &id, outputs);
        }
        return;
    }
    let Some(run) = running.step.run() else {
        return;
    };
    for line in run.script.text.lines() {
        if let Some((name, value)) = assignment(line, "GITHUB_OUTPUT").or_else(|| command(line))
            && let Some(id) = &id
        {
            set(
                outputs,
                (id.clone(), name.to_lowercase()),
                filled(running, value),
            );
        }
        if let Some((name, value)) = assignment(line, "GITHUB_ENV")
            && env.len() < MOST
        {
            env.insert(name.to_owned(), short(filled(running, value)));
        }
    }
}

/// Sets an output; one that is set to different values is not known.
pub(super) fn set(outputs: &mut Outputs, key: (String, String), value: Value) {
    let value = short(value);
    let is_full = outputs.len() >= MOST;
    match outputs.get_mut(&key) {
        Some(known) if *known != value => *known = Value::Unknown,
        None if !is_full => {
            outputs.insert(key, value);
        }
        _ => {}
    }
}

/// `echo "name=value" >> $FILE`: name and value as they are written.
fn assignment<'a>(line: &'a str, file: &str) -> Option<(&'a str, &'a str)> {
    let (said, target) = line.split_once(">>")?;
    let target = target.trim().trim_matches(['"', '\'', '{', '}', '$', ' ']);
    let said = said.trim().strip_prefix("echo ")?.trim();
    let said = unquoted(said);
    let (name, value) = said.split_once('=')?;
    let is_name = |it: &str| {
        !it.is_empty()
            && it
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it))
    };
    (target == file && is_name(name)).then_some((name, value))
}

/// `echo "::set-output name=name::value"`, as it was done before there was a file.
fn command(line: &str) -> Option<(&str, &str)> {
    let (_, rest) = line.split_once("::set-output name=")?;
    let (name, value) = rest.split_once("::")?;
    Some((name, value.trim_end_matches(['"', '\''])))
}

fn unquoted(text: &str) -> &str {
    let quote = text.chars().next().filter(|it| matches!(it, '"' | '\''));
    quote
        .and_then(|it| text.strip_prefix(it)?.strip_suffix(it))
        .unwrap_or(text)
}

/// A text of a script with its expressions and the variables that are known filled in.
fn filled(running: &Running<'_>, text: &str) -> Value {
    let text = running.text(text);
    if text.contains('`') {
        return Value::Unknown;
    }
    let variables: BTreeMap<String, String> = running
        .env()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let mut found = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('$') {
        found.push_str(&rest[..at]);
        rest = &rest[at..];
        let braced = rest[1..].strip_prefix('{');
        let inner = braced.unwrap_or(&rest[1..]);
        let length = inner
            .bytes()
            .take_while(|it| it.is_ascii_alphanumeric() || *it == b'_')
            .count();
        let name = &inner[..length];
        let is_plain = braced.is_none() || inner[length..].starts_with('}');
        let known = variables.get(name).filter(|_| is_plain && length > 0);
        if let Some(value) = known {
            found.push_str(value);
            rest = &inner[length + usize::from(braced.is_some())..];
        } else {
            found.push_str(&pattern(rest));
            rest = "";
        }
    }
    found.push_str(rest);
    Value::of_text(found)
}

/// What `docker/metadata-action` puts out: each image with each tag.
fn metadata(running: &Running<'_>, id: &str, outputs: &mut Outputs) {
    let Some(uses) = running.step.uses() else {
        return;
    };
    let input = |name: &str| uses.input(name).map(|it| running.text(&it.value.text));
    let flavor = input("flavor").unwrap_or_default();
    let is_changed = ["prefix=", "suffix="].iter().any(|it| flavor.contains(it));
    let stated = input("tags").unwrap_or_default();
    let mut tags: Vec<String> = lines(&stated).filter_map(tag).collect();
    if tags.is_empty() || is_changed {
        tags = vec!["*".to_owned()];
    }
    let stated = input("images").unwrap_or_default();
    let images: Vec<&str> = lines(&stated)
        .map(|it| it.strip_prefix("name=").unwrap_or(it))
        .collect();
    let mut all: Vec<String> = Vec::new();
    for image in images {
        let image = image.split(',').next().unwrap_or(image).to_lowercase();
        all.extend(
            tags.iter()
                .take(MOST_TAGS)
                .map(|tag| format!("{image}:{tag}")),
        );
        if all.len() > MOST_TAGS {
            break;
        }
    }
    let set = |outputs: &mut Outputs, name: &str, value: Value| {
        if outputs.len() < MOST {
            outputs.insert((id.to_owned(), name.to_owned()), value);
        }
    };
    if !all.is_empty() {
        set(outputs, "tags", Value::of_text(all.join("\n")));
    }
    let version = tags.first().filter(|_| tags.len() == 1);
    let version = version.map_or(Value::Unknown, |it| Value::of_text(it.clone()));
    set(outputs, "version", version);
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|it| !it.is_empty() && !it.starts_with('#'))
}

/// The tag that a rule makes: `type=raw,value=…`; a text alone is one itself.
fn tag(rule: &str) -> Option<String> {
    let fields: BTreeMap<&str, &str> = rule
        .split(',')
        .filter_map(|it| it.trim().split_once('='))
        .collect();
    let Some(form) = fields.get("type") else {
        let text = rule.split(',').next().unwrap_or(rule);
        return (!text.contains('=')).then(|| pattern(text));
    };
    if fields.get("enable") == Some(&"false") {
        return None;
    }
    let value = match *form {
        "raw" => pattern(fields.get("value").copied().unwrap_or("*")),
        "sha" => format!("{}*", fields.get("prefix").copied().unwrap_or("sha-")),
        _ => "*".to_owned(),
    };
    // What stands around a raw value is only taken if the rule says so.
    let around = |name: &str| {
        fields
            .get(name)
            .copied()
            .filter(|_| *form == "raw")
            .unwrap_or("")
    };
    Some(format!("{}{value}{}", around("prefix"), around("suffix")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_rules() {
        for (rule, expected) in [
            (
                "type=raw,value=latest,enable={{is_default_branch}}",
                Some("latest"),
            ),
            ("type=raw,value=x,enable=false", None),
            ("type=raw,value=1.0,prefix=v", Some("v1.0")),
            ("type=semver,pattern={{version}}", Some("*")),
            ("type=sha", Some("sha-*")),
            ("type=sha,prefix=,format=long", Some("*")),
            ("stable", Some("stable")),
        ] {
            assert_eq!(tag(rule).as_deref(), expected, "{rule}");
        }
    }

    #[test]
    fn outputs_of_lines() {
        let of = |line| assignment(line, "GITHUB_OUTPUT");
        assert_eq!(of("echo \"tag=v1\" >> $GITHUB_OUTPUT"), Some(("tag", "v1")));
        assert_eq!(
            of("  echo tag=$X >> \"${GITHUB_OUTPUT}\""),
            Some(("tag", "$X"))
        );
        assert_eq!(of("echo x >> $GITHUB_OUTPUT"), None);
        assert_eq!(of("echo a=b >> $GITHUB_ENV"), None);
        assert_eq!(command("echo \"::set-output name=a::b\""), Some(("a", "b")));
    }
}
