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
