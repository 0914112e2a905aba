//! What a reader refuses in a well-formed document, asked of every document: so most are told to be fine at a glance.

use super::json::MAX_DEPTH;
use super::{Profile, Refusal, to_json};
use crate::yaml::{Kind, Node, Style};

/// What `profile` refuses in the document `root`, if anything: a key that is a list, a mapping or null, a number that JSON does not
/// have, a `<<` of what is no mapping, aliases that stand for too much, nesting that is too deep.
///
/// Equal to the error of [`to_json`], which is asked only where something unusual is written.
pub fn refused(profile: Profile, root: Node<'_>) -> Option<Refusal> {
    let unusual =
        profile != Profile::Kubectl || root.descendants().any(is_unusual) || is_deep(root);
    if unusual {
        to_json(profile, root).err()
    } else {
        None
    }
}

/// Whether a node can be refused, or can hide what is.
fn is_unusual(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Alias => true,
        _ if node.tag().is_some() || node.anchor().is_some() => true,
        Kind::Mapping => node.entries().any(|entry| is_unusual_key(entry.key)),
        Kind::Sequence => false,
        // JSON has no infinite numbers and no NaN.
        Kind::Scalar => {
            let raw = node.raw();
            let raw = raw.strip_prefix(['-', '+']).unwrap_or(raw);
            node.style() == Style::Plain && raw.starts_with('.') && raw.len() == ".inf".len()
        }
    }
}

/// Whether lists and mappings are nested deeper than JSON's readers take: brackets within a deep block add up.
fn is_deep(root: Node<'_>) -> bool {
    if root.descendants().nth(MAX_DEPTH).is_none() {
        return false;
    }
    let mut ends: Vec<u32> = Vec::new();
    root.descendants().any(|node| {
        while ends.last().is_some_and(|&end| end <= node.id().0) {
            ends.pop();
        }
        ends.push(node.after());
        ends.len() > MAX_DEPTH
    })
}

/// Any key that is not plainly a word or a small number.
fn is_unusual_key(key: Node<'_>) -> bool {
    let raw = key.raw();
    let word = || !matches!(raw, "" | "~" | "null" | "Null" | "NULL" | "<<") && raw.len() < 18;
    let starts_as_number =
        || raw.starts_with(|first: char| first.is_ascii_digit() || first == '+' || first == '-');
    match (key.kind(), key.style()) {
        (Kind::Scalar, Style::Plain) => !word() && (raw.len() < 18 || starts_as_number()),
        (Kind::Scalar, _) => false,
        _ => true,
    }
}
