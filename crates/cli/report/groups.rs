//! Entries of one rule and cause, as one.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::report::ReportLabel;
use kubelint_engine::{Entry, Report, Severity};
use kubelint_parser::Span;

/// Entries of one rule and cause that count; at least one.
pub(super) struct Group<'a> {
    /// The first of the worst: its words stand for all.
    pub head: &'a Entry,
    /// The others, in path order.
    pub rest: Vec<&'a Entry>,
}

/// A place of a group, and what is to be said of it.
#[derive(Clone, Copy)]
pub(super) struct Mark<'a> {
    pub span: Span,
    pub text: &'a str,
    /// Whether it is the place of an entry, and not one that it refers to.
    pub primary: bool,
}

/// What is said of a place through which another came.
pub(super) const CARRIED: &str = "it came through here";

/// The groups of the entries that count, in the order of their first entries.
pub(super) fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in report.entries.iter().filter(|entry| entry.counts()) {
        let place = *known.entry(&entry.group).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.add(entry),
            None => groups.push(Group {
                head: entry,
                rest: Vec::new(),
            }),
        }
    }
    groups
}

/// The groups, the worst first; those of one severity stay in order.
pub(super) fn worst_first(report: &Report) -> Vec<Group<'_>> {
    let mut groups = groups(report);
    groups.sort_by_key(|group| std::cmp::Reverse(group.head.severity));
    groups
}

impl<'a> Group<'a> {
    fn add(&mut self, mut entry: &'a Entry) {
        if entry.severity > self.head.severity {
            std::mem::swap(&mut self.head, &mut entry);
        }
        self.rest.push(entry);
    }

    /// All entries, the head first.
    pub(super) fn entries(&self) -> impl Iterator<Item = &'a Entry> {
        std::iter::once(self.head).chain(self.rest.iter().copied())
    }

    /// All its places, each once: of the head first, then of the others; after a place, those that carried it.
    pub(super) fn marks(&self) -> Vec<Mark<'a>> {
        let mut marks = Marks::default();
        for entry in self.entries() {
            let primary = &entry.primary;
            let text = match primary.text.as_str() {
                "" if entry.message != self.head.message => entry.message.as_str(),
                text => text,
            };
            marks.add(primary, text, true);
            for label in &entry.related {
                marks.add(label, &label.text, false);
            }
        }
        marks.found
    }
}

#[derive(Default)]
struct Marks<'a> {
    found: Vec<Mark<'a>>,
    known: BTreeSet<Span>,
}

impl<'a> Marks<'a> {
    fn add(&mut self, label: &'a ReportLabel, text: &'a str, primary: bool) {
        self.push(label.place.span, text, primary);
        for &span in &label.place.via {
            self.push(span, CARRIED, false);
        }
    }

    fn push(&mut self, span: Span, text: &'a str, primary: bool) {
        if self.known.insert(span) {
            self.found.push(Mark {
                span,
                text,
                primary,
            });
        }
    }
}

/// How many errors, warnings and infos, in words: `2 errors, 1 warning`; empty for none.
pub(super) fn counts(error: usize, warning: usize, info: usize) -> String {
    [
        (Severity::Error, error),
        (Severity::Warning, warning),
        (Severity::Info, info),
    ]
    .into_iter()
    .filter(|&(_, count)| count > 0)
    .map(|(severity, count)| number(count, severity.as_str()))
    .collect::<Vec<_>>()
    .join(", ")
}

/// A number of things: `1 file`, `2 files`.
pub(super) fn number(count: usize, thing: &str) -> String {
    format!("{count} {}", plural(count, thing))
}

/// The word for this many things.
pub(super) fn plural(count: usize, thing: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{thing}{ending}")
}
