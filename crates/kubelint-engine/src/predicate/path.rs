//! Paths within a manifest, and what they lead to.

use kubelint_model::KubeNode;
use kubelint_model::path::{field, item};
use kubelint_parser::TextRange;
use kubelint_parser::yaml::{Entry, Kind, Node};

/// A path: keys, and steps into every item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Items,
}

/// What a path led to.
#[derive(Clone, Debug)]
pub(super) struct Hit<'a> {
    /// The value; `None` if the field is absent or null.
    pub(super) value: Option<Node<'a>>,
    /// The place to point to: the value, or the key of the nearest ancestor that is there.
    pub(super) at: TextRange,
    /// Its path within the object.
    pub(super) path: String,
}

impl Path {
    /// Reads a path; an error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("[]") {
                steps.push(Step::Items);
                rest = after;
            } else if let Some(quoted) = rest.strip_prefix("[\"") {
                let (key, after) = quoted
                    .split_once("\"]")
                    .ok_or_else(|| format!("in the path `{text}` a `[\"` has no `\"]`"))?;
                steps.push(Step::Key(key.to_owned()));
                rest = after;
            } else {
                let key = if steps.is_empty() {
                    rest
                } else {
                    rest.strip_prefix('.')
                        .ok_or_else(|| format!("in the path `{text}` a dot is missing"))?
                };
                let end = key.find(['.', '[']).unwrap_or(key.len());
                let (key, after) = key.split_at(end);
                if key.is_empty() || key.contains([' ', ']', '"']) {
                    return Err(format!("the path `{text}` is not keys joined by dots"));
                }
                steps.push(Step::Key(key.to_owned()));
                rest = after;
            }
        }
        if steps.is_empty() {
            return Err("the path is empty".into());
        }
        Ok(Self(steps))
    }

    /// Everything that the path leads to from `node`, whose own path and place are `path` and `at`. What is absent is one hit without
    /// a value.
    pub(super) fn find<'a>(&self, node: Node<'a>, at: TextRange, path: &str) -> Vec<Hit<'a>> {
        let mut list = "";
        let mut hits = vec![Hit {
            value: present(node),
            at,
            path: path.to_owned(),
        }];
        for step in &self.0 {
            hits = match step {
                Step::Key(key) => {
                    list = key;
                    hits.iter().map(|hit| step_key(hit, key)).collect()
                }
                Step::Items => hits.iter().flat_map(|hit| step_items(hit, list)).collect(),
            };
        }
        for hit in &mut hits {
            if let Some(value) = hit.value {
                hit.at = value.range();
            }
        }
        hits
    }
}

fn step_key<'a>(hit: &Hit<'a>, key: &str) -> Hit<'a> {
    let path = field(&hit.path, key);
    match hit.value.and_then(|it| it.resolved().get(key)) {
        Some(Entry { key, value }) => Hit {
            value: present(value),
            at: key.range(),
            path,
        },
        None => Hit {
            value: None,
            at: hit.at,
            path,
        },
    }
}

fn step_items<'a>(hit: &Hit<'a>, list: &str) -> Vec<Hit<'a>> {
    let items = hit.value.map(Node::resolved);
    let items = items.into_iter().flat_map(Node::items).enumerate();
    items
        .map(|(index, node)| Hit {
            value: present(node),
            at: item_place(node),
            path: item(&hit.path, list, index, node.resolved()),
        })
        .collect()
}

/// The node as it is written, unless it is null, which is as good as absent to the API server.
fn present(node: Node<'_>) -> Option<Node<'_>> {
    (!node.is_null()).then_some(node)
}

/// Where to point when an item of a list is meant: its name, else its first key or itself.
pub(super) fn item_place(item: Node<'_>) -> TextRange {
    let name = item.get("name").map(|it| it.value);
    let name = name.filter(|it| it.kind() == Kind::Scalar && !it.is_absent());
    let first = item.entries().next().map(|it| it.key);
    name.or(first).unwrap_or(item).range()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read() {
        let keys = |text: &str| match Path::parse(text) {
            Ok(Path(steps)) => steps
                .iter()
                .map(|it| match it {
                    Step::Key(key) => key.clone(),
                    Step::Items => "[]".into(),
                })
                .collect::<Vec<_>>()
                .join(" "),
            Err(message) => message,
        };
        assert_eq!(keys("a.b"), "a b");
        assert_eq!(keys("spec.rules[].host"), "spec rules [] host");
        assert_eq!(keys("metadata.labels[\"a.b/c\"]"), "metadata labels a.b/c");
        assert_eq!(keys("[\"a\"].b"), "a b");
        for wrong in ["", ".", "a.", "a..b", "a b", "a[0]", "a[\"b", "a[]b"] {
            assert!(Path::parse(wrong).is_err(), "{wrong}");
        }
    }
}
