//! Keys that are in a mapping more than once.

use std::borrow::Cow;

use super::go_yaml::Version;
use super::members::{is_merge, refusal};
use super::{Profile, Refusal, key_of, scalar_of};
use crate::yaml::{Entry, Kind, Node, NodeId};

/// A key that a mapping has more than once.
#[derive(Clone, Debug)]
pub struct Duplicate<'a> {
    /// The mapping.
    pub mapping: NodeId,
    /// The key as the reader has it.
    pub key: Cow<'a, str>,
    /// All entries with this key, two or more, in the order in which they are written.
    pub entries: Vec<Entry<'a>>,
    /// Whether the values differ. Lists and mappings differ if they differ in order, too.
    pub values_differ: bool,
}

/// All keys that are in a mapping more than once, in `root` and everything in it, in the order of the mappings and of the
/// keys' first places.
///
/// Keys are compared as `profile` compares them: `on` and `true` are one to kubectl and two to kustomize, `a` and `"a"`
/// are one to both, and GitHub does not look at case. What a `<<` brings in is no duplicate of what is written. Takes
/// n log n time in the number of keys.
pub fn duplicates(profile: Profile, root: Node<'_>) -> Vec<Duplicate<'_>> {
    let mut found = Vec::new();
    let mut keys = Vec::new();
    for mapping in root.descendants() {
        if mapping.kind() == Kind::Mapping && mapping.entries().nth(1).is_some() {
            collect_keys(profile, mapping, &mut keys);
            push_duplicates(profile, mapping, &mut keys, &mut found);
        }
    }
    found
}

/// The first duplicate key, where the reader refuses them.
pub(super) fn refused(profile: Profile, root: Node<'_>) -> Option<Refusal> {
    if profile.version() == Version::Two {
        return None;
    }
    let duplicate = duplicates(profile, root).into_iter().next()?;
    let second = duplicate.entries.get(1)?;
    Some(refusal(second.key, "the key is there twice"))
}

/// A key with its place among the mapping's entries.
type Key<'a> = (Cow<'a, str>, usize, Entry<'a>);

fn collect_keys<'a>(profile: Profile, mapping: Node<'a>, keys: &mut Vec<Key<'a>>) {
    keys.clear();
    for (place, entry) in mapping.entries().enumerate() {
        if let Some(key) = compared_key(profile, entry.key) {
            keys.push((key, place, entry));
        }
    }
    keys.sort_unstable_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
}

/// What the reader compares of a key; `None` for a merge, and for keys that are refused anyway.
fn compared_key(profile: Profile, key: Node<'_>) -> Option<Cow<'_, str>> {
    match profile {
        Profile::Kubectl | Profile::HelmValues if is_merge(profile, key) => None,
        Profile::Kubectl | Profile::HelmValues => key_of(profile, key).ok(),
        // They compare texts, whatever they mean, and compose an alias only with the same alias.
        Profile::Compose if key.kind() == Kind::Alias => {
            Some(Cow::Owned(format!("\0{}", key.raw())))
        }
        Profile::Kustomize | Profile::Compose => key.as_str(),
        Profile::Workflow => key_of(profile, key)
            .ok()
            .map(|key| Cow::Owned(key.to_lowercase())),
    }
}

fn push_duplicates<'a>(
    profile: Profile,
    mapping: Node<'a>,
    keys: &mut Vec<Key<'a>>,
    found: &mut Vec<Duplicate<'a>>,
) {
    let first = found.len();
    for group in keys.chunk_by(|a, b| a.0 == b.0) {
        let [(key, ..), _, ..] = group else {
            continue;
        };
        let entries: Vec<Entry<'a>> = group.iter().map(|(_, _, entry)| *entry).collect();
        found.push(Duplicate {
            mapping: mapping.id(),
            key: key.clone(),
            values_differ: values_differ(profile, &entries),
            entries,
        });
    }
    let place = |duplicate: &Duplicate<'_>| duplicate.entries.first().map(|entry| entry.key.id());
    if let Some(new) = found.get_mut(first..) {
        new.sort_unstable_by_key(place);
    }
}

fn values_differ(profile: Profile, entries: &[Entry<'_>]) -> bool {
    let Some((first, rest)) = entries.split_first() else {
        return false;
    };
    rest.iter()
        .any(|entry| !are_equal(profile, first.value, entry.value))
}

/// Whether two values are written with the same meaning. Aliases are equal if they stand for the same node.
fn are_equal(profile: Profile, a: Node<'_>, b: Node<'_>) -> bool {
    let equal = |(a, b): (Node<'_>, Node<'_>)| {
        a.kind() == b.kind()
            && match a.kind() {
                Kind::Alias => a.alias_target() == b.alias_target(),
                Kind::Scalar => scalar_of(profile, a) == scalar_of(profile, b),
                Kind::Mapping | Kind::Sequence => a.children().count() == b.children().count(),
            }
    };
    a.descendants().zip(b.descendants()).all(equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    /// Each duplicate as `key: line line …`, with `!` where the values differ.
    fn found(profile: Profile, text: &str) -> Vec<String> {
        let yaml = parse(text);
        assert!(yaml.errors().is_empty(), "{:?}", yaml.errors());
        let root = yaml.root(text, &yaml.documents()[0]).expect("a root");
        duplicates(profile, root)
            .iter()
            .map(|duplicate| describe(text, duplicate))
            .collect()
    }

    fn describe(text: &str, duplicate: &Duplicate<'_>) -> String {
        let line = |entry: &Entry<'_>| {
            let before = &text[..entry.key.range().start as usize];
            (before.matches('\n').count() + 1).to_string()
        };
        let lines: Vec<String> = duplicate.entries.iter().map(line).collect();
        let mark = if duplicate.values_differ { " !" } else { "" };
        format!("{}: {}{mark}", duplicate.key, lines.join(" "))
    }

    #[test]
    fn keys_are_compared_as_the_reader_has_them() {
        let text = "on: 1\ntrue: 2\n0x10: a\n16: a\n\"k\": 1\nk: 1\nK: 1\n";
        assert_eq!(
            found(Profile::Kubectl, text),
            ["true: 1 2 !", "16: 3 4", "k: 5 6"]
        );
        assert_eq!(found(Profile::Kustomize, text), ["k: 5 6"]);
        assert_eq!(found(Profile::Workflow, text), ["16: 3 4", "k: 5 6 7"]);
    }

    #[test]
    fn nested_mappings_are_searched_in_order() {
        let text = "a: {x: 1, z: 1, z: 1, x: 2}\nb:\n  - c: 1\n    c: 2\na: 3\n";
        assert_eq!(
            found(Profile::Kubectl, text),
            ["a: 1 5 !", "x: 1 1 !", "z: 1 1", "c: 3 4 !"]
        );
    }

    #[test]
    fn merges_are_no_duplicates() {
        let text = "a: &a {k: 1}\nb: {<<: *a, k: 2}\nc:\n  <<: *a\n  <<: *a\n";
        assert!(found(Profile::Kubectl, text).is_empty());
        // kustomize refuses two merges in one mapping.
        assert_eq!(found(Profile::Kustomize, text), ["<<: 4 5"]);
    }

    #[test]
    fn values_are_compared_by_their_meaning() {
        let same = "a: {x: [1, 0x10], z: yes}\na:\n  x:\n  - 1\n  - 16\n  'z': true\n";
        assert_eq!(found(Profile::Kubectl, same), ["a: 1 2"]);
        let moved = "a: [[1], 2]\na: [[1, 2]]\n";
        assert_eq!(found(Profile::Kubectl, moved), ["a: 1 2 !"]);
    }

    #[test]
    fn time_is_not_quadratic() {
        let keys: Vec<String> = (0..200_000)
            .map(|n| format!("k{}: x\n", n % 100_000))
            .collect();
        assert_eq!(found_count(&keys.concat()), 100_000);
        let deep = format!(
            "{}a: 1, a: 1{}",
            "{b: ".repeat(9_000) + "{",
            "}".repeat(9_001)
        );
        assert_eq!(found_count(&deep), 1);
        let doubled = format!(
            "a: {0}1{1}\na: {0}1{1}\n",
            "[".repeat(9_000),
            "]".repeat(9_000)
        );
        assert_eq!(found_count(&doubled), 1);
    }

    fn found_count(text: &str) -> usize {
        let yaml = parse(text);
        let root = yaml.root(text, &yaml.documents()[0]).expect("a root");
        duplicates(Profile::Kubectl, root).len()
    }
}
