//! An index of who makes what: by kind and name, where names may be patterns.

use std::collections::{BTreeMap, btree_map};

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
    literal: BTreeMap<String, OfName>,
    patterns: Vec<(String, usize)>,
}

/// The entries of one name: only what wins. Thousands of scripts may make the one object that thousands of others refer to.
#[derive(Debug)]
struct OfName {
    /// The first of all.
    first: usize,
    /// The first for each namespace, and the first that states none.
    by_namespace: BTreeMap<Option<String>, usize>,
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
            let of_name = kind.literal.entry(name.to_owned());
            let of_name = of_name.or_insert_with(|| OfName::new(entry));
            match of_name.by_namespace.entry(namespace.map(str::to_owned)) {
                btree_map::Entry::Vacant(free) => free.insert(entry),
                btree_map::Entry::Occupied(_) => return,
            };
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
        let here = self.candidates(name).filter(|&it| {
            let stated = self.entries[it].namespace.as_deref();
            stated.is_none() || name.namespace.is_none() || stated == name.namespace.as_deref()
        });
        here.min().map(|it| &self.entries[it].maker)
    }

    /// The entries among which the first that makes `name` is. Few, however many make it.
    pub(super) fn candidates(&self, name: &ObjectName) -> impl Iterator<Item = usize> {
        let of_release = OF_RELEASES.contains(&name.kind.as_str());
        let kinds = [Some(name.kind.as_str()), of_release.then_some("*")];
        let kinds = kinds
            .into_iter()
            .flatten()
            .filter_map(|it| self.kinds.get(it));
        kinds.flat_map(|kind| {
            let literal = kind.literal.get(&name.name).into_iter();
            let literal = literal.flat_map(|it| it.winners(name.namespace.as_deref()));
            let patterns = kind.patterns.iter();
            let patterns = patterns.filter(|(it, _)| matches(it, &name.name));
            literal.chain(patterns.map(|(_, entry)| *entry))
        })
    }
}

impl OfName {
    fn new(first: usize) -> Self {
        Self {
            first,
            by_namespace: BTreeMap::new(),
        }
    }

    /// The first entries for a namespace; for an unknown one, the first of all.
    fn winners(&self, namespace: Option<&str>) -> impl Iterator<Item = usize> {
        let of = |namespace: Option<&str>| {
            let namespace = namespace.map(str::to_owned);
            self.by_namespace.get(&namespace).copied()
        };
        let winners = match namespace {
            None => [Some(self.first), None],
            Some(_) => [of(namespace), of(None)],
        };
        winners.into_iter().flatten()
    }
}

/// Whether `pattern`, in which `*` stands for any characters, is `text`. Greedy from the left: each piece is looked for once.
pub fn matches(pattern: &str, text: &str) -> bool {
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
    use crate::ResourceId;

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

    /// Of an object that everybody makes and everybody asks for, whoever wins is found without looking at the others.
    #[test]
    fn a_name_that_many_make() {
        let namespaces = (0..1000).map(|at: u32| (at % 7 == 6).then(|| format!("n{}", at % 50)));
        let stated: Vec<Option<String>> = namespaces.collect();
        for from in [0, 6] {
            let mut names = Names::default();
            for (at, namespace) in (0..).zip(&stated).skip(from) {
                let maker = Maker::Controller(ResourceId(at), "");
                names.add("Secret", "s", namespace.as_deref(), maker);
            }
            for asked in [None, Some("n6"), Some("n49"), Some("other")] {
                let name = ObjectName {
                    group: String::new(),
                    kind: "Secret".into(),
                    namespace: asked.map(str::to_owned),
                    name: "s".into(),
                };
                let is_meant =
                    |it: &Option<String>| it.is_none() || asked.is_none() || it.as_deref() == asked;
                let all = stated.iter().enumerate().skip(from);
                let first = all.filter(|it| is_meant(it.1)).map(|it| it.0 as u32).next();
                let first = first.map(|it| Maker::Controller(ResourceId(it), ""));
                assert_eq!(names.find(&name), first.as_ref(), "{from} {asked:?}");
                assert!(names.candidates(&name).count() <= 2, "{from} {asked:?}");
            }
        }
    }
}
