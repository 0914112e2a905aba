//! An index of who makes what: by kind and name, where names may be patterns.

use std::collections::BTreeMap;

use super::Maker;
use crate::reference::ObjectName;

/// How many patterns of one kind are compared with a name. More are no knowledge but noise, and would make every question slow.
const MAX_PATTERNS: usize = 1000;

/// Kinds that a Helm release may bring: those that it is asked for by name.
const OF_RELEASES: [&str; 5] = [
    "ConfigMap",
    "PersistentVolumeClaim",
    "Secret",
    "Service",
    "ServiceAccount",
];

/// Objects that are made elsewhere. What is added first wins.
#[derive(Debug, Default)]
pub(super) struct Names {
    kinds: BTreeMap<String, Kind>,
    entries: Vec<Entry>,
}

#[derive(Debug, Default)]
struct Kind {
    literal: BTreeMap<String, Vec<usize>>,
    patterns: Vec<(String, usize)>,
}

#[derive(Debug)]
struct Entry {
    maker: Maker,
    namespace: Option<String>,
}

impl Names {
    /// Adds that `maker` makes `kind` `name`; `*` in the name stands for any characters, the kind `*` for all that a release may bring.
    pub(super) fn add(&mut self, kind: &str, name: &str, namespace: Option<&str>, maker: Maker) {
        let entry = self.entries.len();
        let kind = self.kinds.entry(kind.to_owned()).or_default();
        if !name.contains('*') {
            kind.literal.entry(name.to_owned()).or_default().push(entry);
        } else if kind.patterns.len() < MAX_PATTERNS {
            kind.patterns.push((name.to_owned(), entry));
        } else {
            return;
        }
        self.entries.push(Entry {
            maker,
            namespace: namespace.map(str::to_owned),
        });
    }

    /// Who makes `name`. An unknown namespace may be any.
    pub(super) fn find(&self, name: &ObjectName) -> Option<&Maker> {
        let of_release = OF_RELEASES.contains(&name.kind.as_str());
        let kinds = [Some(name.kind.as_str()), of_release.then_some("*")];
        let kinds = kinds
            .into_iter()
            .flatten()
            .filter_map(|it| self.kinds.get(it));
        let found = kinds.flat_map(|kind| {
            let literal = kind.literal.get(&name.name).into_iter().flatten().copied();
            let patterns = kind.patterns.iter();
            let patterns = patterns.filter(|(it, _)| matches(it, &name.name));
            literal.chain(patterns.map(|(_, entry)| *entry))
        });
        let here = found.filter(|&it| {
            let stated = self.entries[it].namespace.as_deref();
            stated.is_none() || name.namespace.is_none() || stated == name.namespace.as_deref()
        });
        here.min().map(|it| &self.entries[it].maker)
    }
}

/// Whether `pattern`, in which `*` stands for any characters, is `text`. Greedy from the left: each piece is looked for once.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        match text.find(piece) {
            Some(at) => text = &text[at + piece.len()..],
            None => return false,
        }
    }
    text.len() >= last.len() && text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "b", false),
            ("a-*", "a-b", true),
            ("a-*", "ab", false),
            ("*-a", "b-a", true),
            ("*b*", "abc", true),
            ("*b*d*", "abcd", true),
            ("*d*b*", "abcd", false),
            ("ab*ba", "aba", false),
            ("system:*", "system:node", true),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
