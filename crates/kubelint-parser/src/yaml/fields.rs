//! Mappings as kubectl sees them: aliases followed, merges applied, the last of several equal keys.
//!
//! go-yaml applies entries in the order in which they are written, each overwriting what is there, and a `<<` like any
//! other: after `a: 1` it overwrites `a`. Of the mappings in a `<<: [*x, *y]` list the earlier wins.

use std::borrow::Cow;
use std::collections::HashMap;

use super::node::{Entries, Entry, Items, Node};
use super::{Kind, Style};

/// The most entries that a single view takes out of merged mappings. What needs more of them is an alias bomb, which
/// [`super::Yaml::has_excessive_aliases`] tells.
const MAX_MERGED: usize = 20_000;

/// Up to this many entries are compared each with each.
const FEW: usize = 12;

impl<'a> Node<'a> {
    /// The entry of a mapping whose key's decoded text is `key`, as kubectl sees it: an alias is followed, `<<` merged, and
    /// of several equal keys the last counts. `None` if there is none, or this is no mapping.
    ///
    /// Keys that differ as written but mean the same (`0777` and `511`) are a matter of `resolve`, not of this.
    pub fn get(self, key: &str) -> Option<Entry<'a>> {
        let mut found = None;
        for entry in self.resolved().entries() {
            // Rules do little else than this: nearly every key is written as it reads, and most differ in length.
            let is_it = match entry.key.ordinary() {
                Some(text) => text.len() == key.len() && text == key,
                None if entry.key.is_merge_key() => return self.get_applied(key),
                None => entry.key.is_key(key),
            };
            if is_it {
                found = Some(entry);
            }
        }
        found
    }

    /// [`Node::get`] for mappings that merge others.
    fn get_applied(self, key: &str) -> Option<Entry<'a>> {
        let mut found = None;
        for entry in Applied::new(self) {
            if entry.key.is_key(key) {
                found = Some(entry);
            }
        }
        found
    }

    /// The entries of a mapping as kubectl sees them: an alias is followed, `<<` merged, each key once, in the order in
    /// which the keys are first written, with the value that counts. Nothing for other nodes.
    pub fn fields(self) -> Fields<'a> {
        let entries: Vec<Entry<'a>> = Applied::new(self).collect();
        Fields {
            entries: deduplicated(entries).into_iter(),
        }
    }

    /// Whether go-yaml takes this key for a merge: a plain `<<`, or one with the tag `!` or `!!merge`.
    pub fn is_merge_key(self) -> bool {
        if self.kind() != Kind::Scalar {
            return false;
        }
        match self.tag() {
            None => self.style() == Style::Plain && self.raw() == "<<",
            Some((tag, _)) => {
                let merges = matches!(tag, "!" | "!!merge" | "!<!>" | "!<tag:yaml.org,2002:merge>");
                merges && self.decoded() == "<<"
            }
        }
    }

    /// Whether this scalar, or the one that it stands for, has the text `key`.
    fn is_key(self, key: &str) -> bool {
        let node = self.resolved();
        node.kind() == Kind::Scalar && node.decoded() == key
    }
}

/// Keeps of equal keys the first one's place and the last one's entry.
fn deduplicated(mut entries: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    if entries.len() <= FEW && !has_equal_pair(&entries) {
        return entries;
    }
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::with_capacity(entries.len());
    let mut kept = 0;
    for index in 0..entries.len() {
        let Some(&entry) = entries.get(index) else {
            break;
        };
        let place = match entry.key.as_str() {
            Some(key) => *places.entry(key).or_insert(kept),
            None => kept,
        };
        if let Some(slot) = entries.get_mut(place) {
            *slot = entry;
        }
        kept = kept.max(place + 1);
    }
    entries.truncate(kept);
    entries
}

fn has_equal_pair(entries: &[Entry<'_>]) -> bool {
    entries.iter().enumerate().any(|(index, entry)| {
        let text = entry.key.as_str();
        let rest = entries.iter().skip(index + 1);
        text.is_some_and(|text| rest.clone().any(|other| other.key.is_key(&text)))
    })
}

/// The entries of a mapping as kubectl sees them; see [`Node::fields`].
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    entries: std::vec::IntoIter<Entry<'a>>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        self.entries.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl ExactSizeIterator for Fields<'_> {}

/// The entries that go-yaml sets, one after the other, merges in their place.
struct Applied<'a> {
    entries: Entries<'a>,
    /// The mappings around a merged one, and merged mappings still to come.
    stack: Vec<Frame<'a>>,
    merged: usize,
}

enum Frame<'a> {
    Entries(Entries<'a>),
    /// A mapping to merge.
    Merge(Node<'a>),
}

impl<'a> Applied<'a> {
    fn new(node: Node<'a>) -> Self {
        Self {
            entries: node.resolved().entries(),
            stack: Vec::new(),
            merged: 0,
        }
    }

    /// Goes on with what `value` merges, then with the rest of the current mapping.
    fn merge(&mut self, value: Node<'a>) {
        let value = match value.kind() {
            // A list behind an alias is refused by go-yaml.
            Kind::Alias => value.resolved(),
            Kind::Sequence => return self.merge_list(value.items()),
            Kind::Mapping | Kind::Scalar => value,
        };
        let rest = std::mem::replace(&mut self.entries, value.entries());
        self.stack.push(Frame::Entries(rest));
    }

    fn merge_list(&mut self, items: Items<'a>) {
        let empty = self.entries.clone();
        self.stack.push(Frame::Entries(empty));
        // The last item is applied first, so it is on top.
        self.stack.extend(items.map(Frame::Merge));
        self.pop();
    }

    /// Goes on with what is on top of the stack.
    fn pop(&mut self) -> bool {
        match self.stack.pop() {
            Some(Frame::Entries(entries)) => self.entries = entries,
            Some(Frame::Merge(node)) => self.entries = node.resolved().entries(),
            None => return false,
        }
        true
    }
}

impl<'a> Iterator for Applied<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        loop {
            let Some(entry) = self.entries.next() else {
                if self.pop() {
                    continue;
                }
                return None;
            };
            if !self.stack.is_empty() {
                self.merged += 1;
            }
            if !entry.key.is_merge_key() {
                return Some(entry);
            }
            if self.merged < MAX_MERGED {
                self.merge(entry.value);
            }
        }
    }
}
