//! Tags, versions and ids that are no text to the program that reads them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::purpose::Purpose;
use kubelint_model::{Cause, File, KubeNode, Role, printed};
use kubelint_parser::Span;
use kubelint_parser::yaml::resolve::{Profile, Scalar, scalar};
use kubelint_parser::yaml::{Kind, Node, Style};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// Aliases may make a small document a huge tree: no more nodes of one are looked at.
const MAX_NODES: u32 = 100_000;
/// Deeper fields are not looked at: each keeps its path.
const MAX_PATH: usize = 1000;

/// Who reads a file, and what it does with a value that it takes for something else than text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Templates print `values.yaml` and its like.
    HelmValues,
    /// helm makes text of `Chart.yaml`'s fields.
    HelmChart,
    /// kustomize refuses what is no text.
    Kustomize,
    /// compose makes text of variables, arguments and labels.
    Compose,
}

/// A value that should be text.
struct Candidate<'a> {
    path: String,
    name: Cow<'a, str>,
    value: Node<'a>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for file in &cx.graph.files {
        let Some(reader) = reader(file).filter(|_| file.target) else {
            continue;
        };
        let text = cx.graph.sources.get(file.source).text();
        let documents = file.yaml.documents().iter();
        for root in documents.filter_map(|it| file.yaml.root(text, it)) {
            for candidate in candidates(reader, root) {
                if let Some(found) = finding(cx, file, reader, &candidate) {
                    out.push(found);
                }
            }
        }
    }
}

fn reader(file: &File) -> Option<Reader> {
    match file.role {
        Role::ChartFile if file.path.file_name().starts_with("Chart.") => Some(Reader::HelmChart),
        Role::ChartFile if file.path.file_name().contains("values") => Some(Reader::HelmValues),
        Role::Kustomization => Some(Reader::Kustomize),
        Role::Compose => Some(Reader::Compose),
        _ => None,
    }
}

fn candidates(reader: Reader, root: Node<'_>) -> Vec<Candidate<'_>> {
    match reader {
        Reader::HelmValues => values(root),
        Reader::HelmChart => {
            let mut found = fields(root, "", &["version", "appVersion"]);
            for (index, item) in root.list("dependencies").into_iter().enumerate() {
                found.extend(fields(
                    item,
                    &format!("dependencies[{index}]."),
                    &["version"],
                ));
            }
            found
        }
        Reader::Kustomize => {
            let mut found = Vec::new();
            for (list, keys) in [("images", &["newTag"]), ("helmCharts", &["version"])] {
                for (index, item) in root.list(list).into_iter().enumerate() {
                    found.extend(fields(item, &format!("{list}[{index}]."), keys));
                }
            }
            found
        }
        Reader::Compose => compose(root),
    }
}

/// The fields of a mapping with these keys.
fn fields<'a>(node: Node<'a>, before: &str, keys: &[&str]) -> Vec<Candidate<'a>> {
    let found = keys.iter().filter_map(|key| {
        Some(Candidate {
            path: format!("{before}{key}"),
            name: Cow::Owned((*key).to_owned()),
            value: node.get(key)?.value.resolved(),
        })
    });
    found.collect()
}

/// What a values file calls a tag, a version or an id, at any depth.
fn values(root: Node<'_>) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    let mut open = vec![(root, String::new())];
    let mut budget = MAX_NODES;
    while let Some((node, path)) = open.pop() {
        let Some(rest) = budget.checked_sub(1) else {
            break;
        };
        budget = rest;
        if path.len() > MAX_PATH {
            continue;
        }
        for entry in node.fields() {
            let Some(name) = entry.key.as_str() else {
                continue;
            };
            let value = entry.value.resolved();
            let path = if path.is_empty() {
                name.to_string()
            } else {
                format!("{path}.{name}")
            };
            match value.kind() {
                Kind::Scalar if is_name_of_text(&name) => {
                    found.push(Candidate { path, name, value });
                }
                Kind::Mapping | Kind::Sequence => open.push((value, path)),
                _ => {}
            }
        }
        let items = node.items().map(Node::resolved).enumerate();
        open.extend(items.map(|(index, item)| (item, format!("{path}[{index}]"))));
    }
    found.sort_by_key(|it| it.value.range().start);
    found
}

/// Variables, arguments of builds and labels of compose: all of them are text in the end.
fn compose(root: Node<'_>) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let services = root.field("services").into_iter().flat_map(Node::fields);
    for service in services {
        let Some(service_name) = service.key.as_str() else {
            continue;
        };
        let service = service.value.resolved();
        let maps: [&[&str]; 3] = [&["environment"], &["build", "args"], &["labels"]];
        for keys in maps {
            for entry in service.at(keys).into_iter().flat_map(Node::fields) {
                let Some(name) = entry.key.as_str() else {
                    continue;
                };
                let value = entry.value.resolved();
                // Services may share a mapping.
                if !seen.insert(value.id()) {
                    continue;
                }
                found.push(Candidate {
                    path: format!("services.{service_name}.{}.{name}", keys.join(".")),
                    name,
                    value,
                });
            }
        }
    }
    found
}

/// Whether a key names a tag, a version, an id or the like: something that looks like a number and is none.
fn is_name_of_text(name: &str) -> bool {
    const WORDS: [&str; 9] = [
        "tag", "version", "id", "sha", "commit", "revision", "build", "release", "digest",
    ];
    let last = last_word(name);
    WORDS.contains(&last.as_str())
}

/// The last word of a name in lower case: of `imageTag`, `image_tag` and `IMAGE-TAG` it is `tag`.
fn last_word(name: &str) -> String {
    let is_constant = !name.contains(|it: char| it.is_ascii_lowercase());
    let start = name
        .char_indices()
        .rev()
        .find(|(_, it)| !it.is_ascii_alphanumeric() || (!is_constant && it.is_ascii_uppercase()));
    let word = match start {
        Some((at, it)) if it.is_ascii_alphanumeric() => &name[at..],
        Some((at, it)) => &name[at + it.len_utf8()..],
        None => name,
    };
    // `clusterID`: the capitals are one word.
    if word.len() == 1 && name.ends_with("ID") {
        return "id".to_owned();
    }
    word.to_ascii_lowercase()
}

fn finding(
    cx: &RuleContext<'_>,
    file: &File,
    reader: Reader,
    candidate: &Candidate<'_>,
) -> Option<Finding> {
    let node = candidate.value;
    if node.kind() != Kind::Scalar || node.style() != Style::Plain || node.tag().is_some() {
        return None;
    }
    let written = node.decoded();
    let profile = match reader {
        Reader::HelmValues => Profile::HelmValues,
        Reader::HelmChart | Reader::Kustomize => Profile::Kubectl,
        Reader::Compose => Profile::Compose,
    };
    let read = scalar(profile, node.style(), None, written.clone());
    let printed = printed::text(&read)?;
    if matches!(read, Scalar::Str(_)) || (printed == written && reader != Reader::Kustomize) {
        return None;
    }
    let is_named = is_name_of_text(&candidate.name);
    // `1.50` seconds are 1.5 seconds.
    if !is_named && matches!(read, Scalar::Float(_)) && !written.contains(['e', 'E', '_', 'x']) {
        return None;
    }
    let span = Span::new(file.source, node.range());
    let what = what(&read);
    let shown = if cx.graph.is_redacted(span) {
        "the value".to_owned()
    } else {
        format!("`{written}`")
    };
    let hidden = cx.graph.is_redacted(span);
    let says = match reader {
        Reader::Kustomize => format!(
            "{shown} is {what} to kustomize, which refuses it as `{}`",
            candidate.name
        ),
        _ if hidden => format!("{shown} is {what} and changes"),
        _ => format!("{shown} is {what} and becomes `{printed}`"),
    };
    let confidence = confidence(file, reader, candidate, &read);
    let value = if hidden {
        String::new()
    } else {
        written.into_owned()
    };
    let found = Finding::new(
        span,
        says,
        Cause::text(&format!("{}: {}", candidate.path, value)),
    )
    .label(format!("{what}, not text"))
    .confidence(confidence)
    .help("put it in quotes");
    Some(Finding {
        field: candidate.path.clone(),
        value,
        ..found
    })
}

fn what(read: &Scalar<'_>) -> &'static str {
    match read {
        Scalar::Bool(_) => "a boolean",
        _ => "a number",
    }
}

fn confidence(
    file: &File,
    reader: Reader,
    candidate: &Candidate<'_>,
    read: &Scalar<'_>,
) -> Confidence {
    if matches!(file.purpose, Purpose::Test | Purpose::Template) {
        return Confidence::Low;
    }
    match reader {
        Reader::Kustomize | Reader::HelmChart | Reader::Compose => Confidence::High,
        // Templates may make whole numbers of them again (`int64`), and mostly do where they expect one.
        Reader::HelmValues
            if matches!(read, Scalar::Float(it) if it.fract() == 0.0)
                && last_word(&candidate.name) != "tag"
                && is_decimal(candidate.value.raw()) =>
        {
            Confidence::Low
        }
        // What the templates do with a value is not read.
        Reader::HelmValues => Confidence::Medium,
    }
}

/// Whether a whole number is written as a person would, and not in octal.
fn is_decimal(text: &str) -> bool {
    !text.starts_with('0') && text.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::last_word;

    #[test]
    fn last_words() {
        for (name, expected) in [
            ("tag", "tag"),
            ("imageTag", "tag"),
            ("image_tag", "tag"),
            ("IMAGE_TAG", "tag"),
            ("accountId", "id"),
            ("clusterID", "id"),
            ("ID", "id"),
            ("valid", "valid"),
            ("stage", "stage"),
            ("über-id", "id"),
            ("", ""),
        ] {
            assert_eq!(last_word(name), expected, "{name}");
        }
    }
}
