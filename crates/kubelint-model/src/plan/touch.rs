//! Which fields a patch touches, and whether two paths overlap.

use kubelint_parser::yaml::{Kind, Node};

use crate::path::{self, Step};
use crate::{Gvk, KubeNode};

/// The most fields of one patch that are told apart; one with more touches everything.
const MAX_FIELDS: usize = 10_000;

/// Lists that the API server merges item by item in a strategic merge patch; all others are replaced whole.
const MERGED: [&str; 15] = [
    "conditions",
    "containers",
    "env",
    "ephemeralContainers",
    "hostAliases",
    "imagePullSecrets",
    "initContainers",
    "ownerReferences",
    "ports",
    "secrets",
    "topologySpreadConstraints",
    "volumeDevices",
    "volumeMounts",
    "volumes",
    "webhooks",
];

/// Whether two paths name the same field, or one a part of what the other names. `[*]` is any item.
pub(super) fn overlap(a: &str, b: &str) -> bool {
    path::steps(a).zip(path::steps(b)).all(|pair| match pair {
        (Step::Item("*"), Step::Item(_)) | (Step::Item(_), Step::Item("*")) => true,
        // A key of a map is a field or an item, as it has dots or not.
        (Step::Field(a) | Step::Item(a), Step::Field(b) | Step::Item(b)) => a == b,
    })
}

/// The fields that a strategic merge patch sets or removes; `None` if there are too many of them.
pub(super) fn of_merge(root: Node<'_>) -> Option<Vec<String>> {
    let gvk = Gvk::of(root);
    let merges_lists = gvk.is_none_or(|it| it.is_built_in());
    let mut paths = Vec::new();
    let mut open = vec![(root, String::new())];
    while let Some((node, at)) = open.pop() {
        if paths.len() + open.len() > MAX_FIELDS {
            return None;
        }
        let fields = node.fields();
        if node.kind() != Kind::Mapping || fields.len() == 0 || node.get("$patch").is_some() {
            paths.push(at);
            continue;
        }
        for entry in fields {
            let Some(key) = entry.key.as_str() else {
                continue;
            };
            let place = path::field(&at, &key);
            if matches!(
                &*place,
                "apiVersion" | "kind" | "metadata.name" | "metadata.namespace"
            ) {
                continue;
            }
            let value = entry.value.resolved();
            let items: Vec<Node<'_>> = value.items().map(Node::resolved).collect();
            let merged = merges_lists
                && MERGED.contains(&&*key)
                && items.iter().all(|it| path::merge_key(&key, *it).is_some());
            if value.kind() == Kind::Sequence && merged {
                let named = items.iter().enumerate();
                open.extend(named.map(|(index, it)| (*it, path::item(&place, &key, index, *it))));
            } else if value.kind() == Kind::Mapping {
                open.push((value, place));
            } else {
                paths.push(place);
            }
        }
    }
    Some(paths)
}

/// The fields that a list of JSON6902 operations sets or removes.
pub(super) fn of_operations(operations: Node<'_>) -> Option<Vec<String>> {
    let mut paths = Vec::new();
    for operation in operations.items().map(Node::resolved) {
        let kind = operation.field("op")?.string()?;
        let of = |key: &str| Some(of_pointer(&operation.field(key)?.string()?));
        match &*kind {
            "test" => {}
            "move" => paths.extend([of("from")?, of("path")?]),
            _ => paths.push(of("path")?),
        }
        if paths.len() > MAX_FIELDS {
            return None;
        }
    }
    Some(paths)
}

/// The path of a JSON pointer. An index may mean any item, for what comes before may have moved it.
fn of_pointer(pointer: &str) -> String {
    let tokens = pointer.split('/').skip(1);
    tokens.fold(String::new(), |path, token| match token {
        "-" => format!("{path}[-]"),
        _ if token.bytes().all(|it| it.is_ascii_digit()) => format!("{path}[*]"),
        _ => path::field(&path, &token.replace("~1", "/").replace("~0", "~")),
    })
}

/// The path of one of kustomize's field paths: `spec.template.spec.containers.[name=app].image`.
pub(super) fn of_field_path(text: &str) -> String {
    let mut path = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (token, after) = if rest.starts_with('[') {
            let end = rest.find(']').map_or(rest.len(), |at| at + 1);
            rest.split_at(end)
        } else {
            rest.split_at(unescaped_dot(rest))
        };
        rest = after.strip_prefix('.').unwrap_or(after);
        path = match token
            .strip_prefix("[name=")
            .and_then(|it| it.strip_suffix(']'))
        {
            Some(name) => format!("{path}[{name}]"),
            None if token.starts_with('[') || token == "*" => format!("{path}[*]"),
            None if token.bytes().all(|it| it.is_ascii_digit()) => format!("{path}[*]"),
            None => path::field(&path, &token.replace("\\.", ".")),
        };
    }
    path
}

/// Where the first token of a field path ends.
fn unescaped_dot(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_end = |at: &usize| bytes[*at] == b'.' && (*at == 0 || bytes[*at - 1] != b'\\');
    (0..bytes.len()).find(is_end).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use kubelint_parser::yaml;

    use super::*;

    fn with_root<T>(text: &str, run: impl Fn(Node<'_>) -> T) -> T {
        let yaml = yaml::parse(text);
        run(yaml.root(text, &yaml.documents()[0]).unwrap())
    }

    #[test]
    fn merges() {
        for (spec, expected) in [
            ("{replicas: 2}", "spec.replicas"),
            (
                "{template: {spec: {containers: [{name: c, args: [x]}]}}}",
                "spec.template.spec.containers[c].name spec.template.spec.containers[c].args",
            ),
            ("{$patch: delete, x: 1}", "spec"),
            ("{a: null}", "spec.a"),
        ] {
            let text = format!(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec: {spec}\n"
            );
            let paths = with_root(&text, |it| of_merge(it).unwrap_or_default().join(" "));
            assert_eq!(paths, expected, "{spec}");
        }
        let custom = "apiVersion: a.b/v1\nkind: X\nspec: {containers: [{name: c, args: [x]}]}";
        let paths = with_root(custom, |it| of_merge(it).unwrap_or_default());
        assert_eq!(paths, ["spec.containers"]);
    }

    #[test]
    fn operations_and_field_paths() {
        let paths = |text| with_root(text, |it| of_operations(it).unwrap_or_default().join(" "));
        assert_eq!(
            paths(
                "[{op: replace, path: /spec/template/spec/containers/0/image, value: x}, {op: test, path: /a}]"
            ),
            "spec.template.spec.containers[*].image"
        );
        assert_eq!(
            paths(
                "[{op: add, path: /metadata/annotations/a.b~1c, value: x}, {op: add, path: /x/-}]"
            ),
            "metadata.annotations[a.b/c] x[-]"
        );
        assert_eq!(
            of_field_path("spec.template.spec.containers.[name=app].env.0.value"),
            "spec.template.spec.containers[app].env[*].value"
        );
        assert_eq!(
            of_field_path("metadata.annotations.a\\.b/c"),
            "metadata.annotations[a.b/c]"
        );
    }

    #[test]
    fn overlaps() {
        for (a, b, expected) in [
            ("spec.c[app].image", "spec.c[app].image", true),
            ("spec.c[app]", "spec.c[app].image", true),
            ("spec.c[app].image", "spec.c", true),
            ("spec.c[*].image", "spec.c[app].image", true),
            ("spec.c[*].image", "spec.c[app].args", false),
            ("spec.c[-]", "spec.c[app].args", false),
            ("spec.c[sidecar]", "spec.c[app]", false),
            ("spec", "metadata", false),
            ("", "metadata", true),
            ("data[a.b]", "data[a.b]", true),
        ] {
            assert_eq!(overlap(a, b), expected, "{a} {b}");
        }
    }
}
