//! What docker compose builds.

use kubelint_parser::yaml::{Kind, Node};

use super::{BuildArg, BuildStep, Builder, BuiltName, ImageSteps, Place};
use crate::{File, KubeNode};

/// What `docker compose build` builds: the services that have a `build`.
pub(crate) fn compose(file: &File, text: &str, place: &Place<'_>) -> ImageSteps {
    let documents = file.yaml.documents().iter();
    let roots = documents.filter_map(|it| file.yaml.root(text, it));
    let services = roots.filter_map(|it| it.field("services"));
    let services = services.flat_map(Node::fields);
    let builds = services.filter_map(|it| {
        let node = it.value.resolved();
        let mut step = build(node.field("build")?, place)?;
        step.service = Some(BuiltName {
            text: it.key.as_str()?.into_owned(),
            range: it.key.range(),
        });
        step.names.extend(node.field("image").and_then(named));
        let tags = node.field("build").map(|it| it.list("tags"));
        step.names
            .extend(tags.into_iter().flatten().filter_map(named));
        Some(step)
    });
    ImageSteps {
        builds: builds.collect(),
        acts: Vec::new(),
    }
}

/// A `build`: the folder, or a mapping.
fn build(node: Node<'_>, place: &Place<'_>) -> Option<BuildStep> {
    if node.kind() == Kind::Scalar {
        let context = reduced(&node.text_value()?);
        let path = place.path(&context, node.range());
        return Some(place.build(Builder::Compose, node.range(), path));
    }
    let stated = node.field("context");
    let (text, range) = match stated {
        Some(it) => (reduced(&it.text_value()?), it.range()),
        None => (".".to_owned(), node.range()),
    };
    let is_address = text.contains("://") || text.starts_with("git@");
    let path = if is_address { "*" } else { &text };
    let mut step = place.build(Builder::Compose, node.range(), place.path(path, range));
    step.elsewhere = is_address.then_some(range);
    step.dockerfile = node.field("dockerfile").and_then(|it| {
        let text = reduced(&it.text_value()?);
        Some(step.context.within(&text, it.range()))
    });
    if let Some(inline) = node.field("dockerfile_inline") {
        step.elsewhere = Some(inline.range());
    }
    step.target = node.field("target").and_then(named);
    if let Some(args) = node.field("args") {
        step.args = arguments(args);
    }
    Some(step)
}

/// `args`: a mapping, or a list of `NAME=value`.
fn arguments(node: Node<'_>) -> Vec<BuildArg> {
    if node.kind() == Kind::Mapping {
        let fields = node.fields().filter_map(|it| {
            let value = it.value.resolved();
            Some(BuildArg {
                name: it.key.as_str()?.into_owned(),
                value: value.text_value().map(|it| reduced(&it)),
                range: value.range(),
            })
        });
        return fields.collect();
    }
    let items = node.items().filter_map(|it| {
        let text = it.resolved().text_value()?;
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(reduced(value))),
            None => (text.into_owned(), None),
        };
        Some(BuildArg {
            name,
            value,
            range: it.range(),
        })
    });
    items.collect()
}

fn named(node: Node<'_>) -> Option<BuiltName> {
    Some(BuiltName {
        text: reduced(&node.text_value()?),
        range: node.range(),
    })
}

/// A value with its variables replaced by their defaults, as compose does where none is set; `*` where there is no default.
///
/// The forms are those of compose's interpolation: `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:?message}`, `${X:+other}`, `$$`.
pub(super) fn reduced(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    let mut open = 0_usize;
    while let Some(char) = rest.chars().next() {
        let after = &rest[char.len_utf8()..];
        match char {
            '$' if after.starts_with('$') => {
                found.push('$');
                rest = &after[1..];
            }
            '$' => {
                let (inner, is_braced) = match after.strip_prefix('{') {
                    Some(inner) => (inner, true),
                    None => (after, false),
                };
                let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
                let end = inner.find(|it| !is_name(it)).unwrap_or(inner.len());
                let behind = &inner[end..];
                if end == 0 {
                    found.push('$');
                    rest = after;
                } else if !is_braced {
                    unknown(&mut found);
                    rest = behind;
                } else if let Some(default) = behind
                    .strip_prefix(":-")
                    .or_else(|| behind.strip_prefix('-'))
                {
                    open += 1;
                    rest = default;
                } else {
                    unknown(&mut found);
                    rest = behind_brace(behind);
                }
            }
            '}' if open > 0 => {
                open -= 1;
                rest = after;
            }
            _ => {
                found.push(char);
                rest = after;
            }
        }
    }
    found
}

fn unknown(found: &mut String) {
    if !found.ends_with('*') {
        found.push('*');
    }
}

/// What follows the brace that closes here, those that are opened before it left out.
fn behind_brace(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return &text[at + 1..],
            b'}' => depth -= 1,
            _ => {}
        }
    }
    ""
}
