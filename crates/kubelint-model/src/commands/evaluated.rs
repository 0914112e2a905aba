//! The commands of scripts that were evaluated.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;

use super::script::{Command, Reader};
use super::words::Word;
use crate::script::{Argument, Folder, Outcome, Run};

impl Reader<'_> {
    /// Reads the commands that a script runs, as it was evaluated: once, or with each set of values that it runs with. What it does alike
    /// is done once.
    pub(super) fn evaluated(&mut self, part: u32, outcomes: &[&Outcome]) {
        self.part = part;
        self.is_evaluated = true;
        let mut seen = BTreeSet::new();
        for outcome in outcomes {
            let mut pipelines: BTreeMap<u32, Vec<&Run>> = BTreeMap::new();
            for run in &outcome.runs {
                pipelines.entry(run.pipeline).or_default().push(run);
            }
            for runs in pipelines.values() {
                let is_new = outcomes.len() < 2 || seen.insert(identity(runs));
                if is_new {
                    self.evaluated_pipeline(runs);
                }
            }
        }
        self.is_evaluated = false;
    }

    fn evaluated_pipeline(&mut self, runs: &[&Run]) {
        let first = runs[0];
        let folder = &first.folder;
        // What another script runs that this one sources is its own, but both together apply it. It stands where this one sources it.
        let is_own = first.file == self.file;
        let place = |it: &Argument| match first.sourced {
            Some(place) if !is_own => place,
            _ => it.range,
        };
        let word = |it: &Argument| Word {
            text: folder.written(&it.value.text),
            start: place(it).start as usize,
            end: place(it).end as usize,
        };
        let commands = runs.iter().map(|run| Command {
            words: run.words.iter().map(word).collect(),
            inputs: run.inputs.iter().map(word).collect(),
        });
        let commands: Vec<Command> = commands.collect();
        self.folder = folder.clone();
        if is_own {
            self.edits(runs, &commands);
            self.pipeline(&commands);
        } else if first.sourced.is_some() {
            let own = std::mem::take(&mut self.actions);
            self.pipeline(&commands);
            let theirs = std::mem::replace(&mut self.actions, own);
            self.actions.applied.extend(theirs.applied);
        }
    }
}

/// What two pipelines have in common that do the same.
fn identity<'r>(runs: &[&'r Run]) -> Vec<(TextRange, &'r Folder, Vec<&'r str>)> {
    let words = |it: &'r Run| {
        let all = it.words.iter().chain(&it.inputs);
        all.map(|it| it.value.text.as_str()).collect()
    };
    let runs = runs.iter();
    runs.map(|it| (it.range, &it.folder, words(it))).collect()
}
