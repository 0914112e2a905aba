//! Field paths: `spec.template.spec.containers[app].image`.
//!
//! List items are named by the key by which the API server merges them (a container by its name, a mount by its path), or by their
//! index where they have none. Keys of maps that hold a dot stand in brackets too: `metadata.annotations[kubernetes.io/ingress.class]`.

use std::borrow::Cow;
use std::fmt::Write as _;

use kubelint_parser::TextRange;
use kubelint_parser::yaml::{Kind, Node};

use crate::node::KubeNode;

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'p> {
    /// A field of a mapping.
    Field(&'p str),
    /// An item of a list, by its key or index; or a field whose name holds a dot.
    Item(&'p str),
}

/// The steps of a path, in order.
pub fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    let mut rest = path;
    std::iter::from_fn(move || {
        if let Some(inner) = rest.strip_prefix('[') {
            let (item, after) = inner.split_once(']').unwrap_or((inner, ""));
            rest = after.strip_prefix('.').unwrap_or(after);
            return Some(Step::Item(item));
        }
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (field, after) = rest.split_at(end);
        rest = after.strip_prefix('.').unwrap_or(after);
        Some(Step::Field(field))
    })
}

/// `path` and one field of what it names: `name` is a key, not a path.
#[must_use]
pub fn field(path: &str, name: &str) -> String {
    if name.contains(['.', '[', ']']) {
        format!("{path}[{name}]")
    } else if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// `path` and an item of the list it names. `list` is the list's own field.
#[must_use]
pub fn item(path: &str, list: &str, index: usize, item: Node<'_>) -> String {
    let mut path = path.to_owned();
    // Writing to a string cannot fail.
    let _ = match merge_key(list, item) {
        Some(key) => write!(path, "[{key}]"),
        None => write!(path, "[{index}]"),
    };
    path
}

/// What the API server tells the items of `list` apart by, as far as this one has it: the merge keys of strategic merge patches. Lists
/// without such a key go by `name`, where it is there, or by `metadata.name`.
pub fn merge_key<'a>(list: &str, item: Node<'a>) -> Option<Cow<'a, str>> {
    let of = |key: &str| item.field(key)?.text_value();
    let key = match list {
        "ports" => match of("containerPort").or_else(|| of("port")) {
            // One number may be there for several protocols.
            Some(port) => Some(match of("protocol") {
                Some(protocol) if protocol != "TCP" => format!("{port}/{protocol}").into(),
                _ => port,
            }),
            None => of("name"),
        },
        "volumeMounts" => of("mountPath"),
        "volumeDevices" => of("devicePath"),
        "hostAliases" => of("ip"),
        "topologySpreadConstraints" => of("topologyKey"),
        "tolerations" | "matchExpressions" => None,
        _ => of("name").or_else(|| item.at(&["metadata", "name"])?.text_value()),
    };
    key.filter(|it| !it.is_empty())
}

/// Where a path leads.
#[derive(Clone, Copy, Debug)]
pub struct Located<'a> {
    /// The value; `None` if it is absent or null.
    pub value: Option<Node<'a>>,
    /// The value's place; for one that is absent, that of the nearest present ancestor's key (of a list's item: its merge key's value,
    /// or its first key).
    pub range: TextRange,
}

/// Follows `path` from `root`.
pub fn locate<'a>(root: Node<'a>, path: &str) -> Located<'a> {
    let mut node = root;
    let mut range = first_key(root);
    let mut list = "";
    for step in steps(path) {
        let next = match step {
            Step::Item(name) if node.kind() == Kind::Sequence => {
                find_item(node, list, name).map(|item| (item, item_range(list, item)))
            }
            Step::Field(name) | Step::Item(name) => {
                list = name;
                node.get(name)
                    .map(|entry| (entry.value.resolved(), entry.key.range()))
            }
        };
        let Some((value, place)) = next.filter(|(value, _)| !value.is_null()) else {
            return Located { value: None, range };
        };
        (node, range) = (value, place);
    }
    Located {
        value: Some(node),
        range: node.range(),
    }
}

/// The path from `root` of the innermost field that holds `range`. Follows what is written, so a range behind an alias has the path of
/// its anchor.
pub fn path_at(root: Node<'_>, range: TextRange) -> String {
    let mut path = String::new();
    let (mut node, mut list) = (root, Cow::Borrowed(""));
    while let Some(child) = node.child_around(range) {
        match (node.kind(), child.before) {
            (Kind::Sequence, _) => {
                path = item(&path, &list, child.index, child.node);
                list = Cow::Borrowed("");
            }
            // Keys and values take turns.
            (_, before) => {
                let is_key = child.index % 2 == 0;
                let key = before.filter(|_| !is_key).unwrap_or(child.node);
                let Some(key) = key.as_str() else {
                    return path;
                };
                path = field(&path, &key);
                if is_key {
                    return path;
                }
                list = key;
            }
        }
        node = child.node;
    }
    path
}

/// The item of `node` that is called `name`, or stands at that index.
fn find_item<'a>(node: Node<'a>, list: &str, name: &str) -> Option<Node<'a>> {
    let items = || node.items().map(Node::resolved);
    let by_key = items().find(|item| merge_key(list, *item).is_some_and(|key| key == name));
    by_key.or_else(|| items().nth(name.parse().ok()?))
}

/// Where to point when the whole item is meant.
fn item_range(list: &str, item: Node<'_>) -> TextRange {
    let key = match list {
        "volumeMounts" => "mountPath",
        "volumeDevices" => "devicePath",
        _ => "name",
    };
    item.field(key).map_or_else(|| first_key(item), Node::range)
}

/// The first key of a mapping, or the node itself.
fn first_key(node: Node<'_>) -> TextRange {
    match node.entries().next() {
        Some(entry) => entry.key.range(),
        None => node.range(),
    }
}

#[cfg(test)]
mod tests {
    use kubelint_parser::yaml;

    use super::*;

    fn check(text: &str, path: &str, expected: &str) {
        let yaml = yaml::parse(text);
        let root = yaml.root(text, &yaml.documents()[0]).unwrap();
        let found = locate(root, path);
        let kind = if found.value.is_some() { "is" } else { "near" };
        assert_eq!(
            format!("{kind} {}", found.range.of(text)),
            expected,
            "{path}"
        );
    }

    #[test]
    fn values_and_nearest_ancestors() {
        let text = "spec:\n  list:\n  - name: a\n    x: 1\n  - y: null\n  map: {a.b/c: 2}\n";
        check(text, "spec.list[a].x", "is 1");
        check(text, "spec.list[a].z", "near a");
        check(text, "spec.list[1].y", "near y");
        check(text, "spec.list[9].y", "near list");
        check(text, "spec.map[a.b/c]", "is 2");
        check(text, "spec.other.deep", "near spec");
        check(text, "status", "near spec");
    }

    #[test]
    fn paths_of_places() {
        let text = "spec:\n  list:\n  - name: a\n    x.y: 1\n  - [p, q]\n";
        let yaml = yaml::parse(text);
        let root = yaml.root(text, &yaml.documents()[0]).unwrap();
        for (part, expected) in [
            ("1", "spec.list[a][x.y]"),
            ("x.y", "spec.list[a][x.y]"),
            ("q", "spec.list[1][1]"),
            ("list", "spec.list"),
            ("spec:\n  l", ""),
        ] {
            let at = text.find(part).unwrap() as u32;
            let range = TextRange::new(at, at + part.len() as u32);
            assert_eq!(path_at(root, range), expected, "{part}");
        }
    }

    /// Places in a list of thousands and in a mapping of thousands, the first, the last, and those in the middle.
    #[test]
    fn paths_in_many() {
        let count = 3_000;
        let items: Vec<String> = (0..count).map(|it| format!("  - v: i{it}e\n")).collect();
        let fields: Vec<String> = (0..count).map(|it| format!("  k{it}: f{it}e\n")).collect();
        let (items, fields) = (items.concat(), fields.concat());
        let text = format!("list:\n{items}map:\n{fields}  last:\n");
        let yaml = yaml::parse(&text);
        let root = yaml.root(&text, &yaml.documents()[0]).unwrap();
        for at in [0, 31, 63, 64, 65, 1_500, count - 1] {
            for (part, expected) in [
                (format!("i{at}e"), format!("list[{at}].v")),
                (format!("f{at}e"), format!("map.k{at}")),
                (format!("k{at}"), format!("map.k{at}")),
            ] {
                let start = text.find(&part).unwrap() as u32;
                let range = TextRange::new(start, start + part.len() as u32);
                assert_eq!(path_at(root, range), expected, "{part}");
            }
        }
        let end = text.len() as u32 - 1;
        assert_eq!(path_at(root, TextRange::new(end, end)), "map.last");
        assert_eq!(path_at(root, TextRange::new(end + 1, end + 1)), "");
    }

    #[test]
    fn merge_keys() {
        for (list, text, expected) in [
            (
                "ports",
                "{containerPort: 53, protocol: UDP, name: dns}",
                "p[53/UDP]",
            ),
            ("ports", "{port: 80, protocol: TCP}", "p[80]"),
            ("ports", "{name: http}", "p[http]"),
            ("volumeMounts", "{name: a, mountPath: /x}", "p[/x]"),
            (
                "volumeClaimTemplates",
                "{metadata: {name: data}}",
                "p[data]",
            ),
            ("rules", "{host: a}", "p[3]"),
            ("env", "{name: ''}", "p[3]"),
        ] {
            let yaml = yaml::parse(text);
            let node = yaml.root(text, &yaml.documents()[0]).unwrap();
            assert_eq!(item("p", list, 3, node), expected);
        }
    }

    #[test]
    fn steps_of_a_path() {
        let shown: Vec<String> = steps("a.b[c.d][0].e").map(|it| format!("{it:?}")).collect();
        assert_eq!(
            shown,
            [
                "Field(\"a\")",
                "Field(\"b\")",
                "Item(\"c.d\")",
                "Item(\"0\")",
                "Field(\"e\")"
            ]
        );
        assert_eq!(field("metadata.labels", "a.b/c"), "metadata.labels[a.b/c]");
        assert_eq!(field("", "spec"), "spec");
    }
}
