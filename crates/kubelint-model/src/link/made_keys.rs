//! The keys of ConfigMaps and Secrets that scripts make, where the commands say them all.

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::Made;
use crate::made::names::matches;
use crate::placeholder::is_replaced;
use crate::{DeploymentGraph, FileId};

use super::{Link, PartOutcome};

/// Where more commands than these make objects whose names are not all known, any of them may make anything.
const MOST_PATTERNS: usize = 100;

/// More commands that make one object are not looked through for each key that is asked of it.
const MOST_COMMANDS: usize = 64;

/// What the commands of the repository make, by kind and name.
pub(super) struct MadeKeys<'g> {
    by_name: BTreeMap<(&'g str, &'g str), Vec<&'g Made>>,
    patterns: Vec<&'g Made>,
    /// The words of the files that make something with keys.
    words: BTreeMap<FileId, BTreeSet<&'g str>>,
    graph: &'g DeploymentGraph,
}

impl<'g> MadeKeys<'g> {
    pub(super) fn new(graph: &'g DeploymentGraph) -> Self {
        let mut found = Self {
            by_name: BTreeMap::new(),
            patterns: Vec::new(),
            words: BTreeMap::new(),
            graph,
        };
        let with_keys = graph.commands.made.iter().filter(|it| it.keys.is_some());
        let files: BTreeSet<FileId> = with_keys.map(|it| it.file).collect();
        for it in &graph.commands.made {
            if it.name.contains('*') {
                found.patterns.push(it);
            } else {
                let name = (it.kind.as_str(), it.name.as_str());
                found.by_name.entry(name).or_default().push(it);
            }
        }
        let is_word = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
        for file in files {
            let text = graph.sources.get(graph.file(file).source).text();
            let words = text.split(|it| !is_word(it)).collect();
            found.words.insert(file, words);
        }
        found
    }

    /// Whether one of the commands that make what `link` names gives it the key that is asked for. What a script otherwise does with the
    /// key nobody reads, so that a script which speaks of it may well add it.
    pub(super) fn outcome(&self, link: &Link) -> Option<PartOutcome> {
        let key = &link.part.as_ref()?.text;
        let target = &link.target;
        let made = self
            .by_name
            .get(&(target.kind.as_str(), target.name.as_str()))?;
        let may_make = |it: &&Made| {
            (it.kind == "*" || it.kind == target.kind) && matches(&it.name, &target.name)
        };
        let has = |it: &&&Made| it.keys.as_ref().is_some_and(|keys| keys.contains(key));
        if let Some(it) = made.iter().take(MOST_COMMANDS).find(has) {
            return Some(PartOutcome::Present(self.graph.span(it.file, it.range)));
        }
        let speaks = |it: &&Made| {
            let words = self.words.get(&it.file);
            it.keys.is_none() || words.is_none_or(|words| words.contains(key.as_str()))
        };
        let is_open = made.len() > MOST_COMMANDS
            || is_replaced(key)
            || self.patterns.len() > MOST_PATTERNS
            || made.iter().any(speaks)
            || self.patterns.iter().any(may_make);
        Some(if is_open {
            PartOutcome::Unknown
        } else {
            PartOutcome::Absent
        })
    }
}
