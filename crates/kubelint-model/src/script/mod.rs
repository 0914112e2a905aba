//! Shell scripts, run on paper: which commands they run, with which arguments, in which folder, and what becomes of their failures.
//!
//! Nothing is executed and nothing is looked up: a value is what the script's own text makes it, and whatever only running it would tell is
//! [`UNKNOWN`] within the value. Both sides of every branch are followed, loops over what is written out are run through, functions are
//! called with their arguments, and functions that nobody calls are read once with arguments that nobody knows. Time is bounded by
//! [`MAX_STEPS`].

mod assign;
mod branch;
mod builtin;
mod command;
mod eval;
mod expand;
mod fate;
mod folder;
mod made;
mod pattern;
mod printed;
mod repeat;
mod state;
mod value;

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::shell::{self, Script};

use crate::FileId;

pub use fate::Fate;
pub use folder::Folder;
pub use made::{MadeBy, MadePath};
pub use value::{DEFAULT, END, Origin, ROOT, START, UNKNOWN, VARIABLE, Value};

/// How many statements and words of a script are evaluated, those of functions and loops each time that they run. What is beyond is not
/// read.
pub const MAX_STEPS: usize = 20_000;

/// A text to be read as a script, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The file that holds it.
    pub file: FileId,
    /// The file's path.
    pub path: &'a str,
    /// The script: the file's text, or a part of it, decoded.
    pub text: &'a str,
    /// Where its bytes stand in the file.
    pub places: Places<'a>,
    /// Ranges of the text that another tool replaces before, sorted.
    pub templates: &'a [TextRange],
}

/// Where the bytes of a script stand in its file.
#[derive(Clone, Copy, Debug)]
pub enum Places<'a> {
    /// At this offset, one after another.
    At(u32),
    /// In pieces, as in an indented block of YAML: offsets in the script, and the offsets in the file of what begins there; sorted.
    Pieces(&'a [(u32, u32)]),
}

/// What is known before a script runs.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Where it starts.
    pub folder: &'a Folder,
    /// Whether a command that fails ends it: `-e`.
    pub errexit: bool,
    /// Whether a pipe fails if any of its commands does: `-o pipefail`.
    pub pipefail: bool,
    /// The environment, as far as it is known.
    pub variables: &'a BTreeMap<String, Value>,
    /// What it is given: `$1`, `$2` …; `None` if nobody knows.
    pub arguments: Option<&'a [Value]>,
    /// Whether values keep the names of variables of the environment that nobody knows, between [`VARIABLE`] and [`END`].
    pub keeps_environment: bool,
    /// What a range of [`Text::templates`] becomes, by its text.
    pub template: &'a dyn Fn(&str) -> Value,
    /// The scripts of the repository, by path: for `source`.
    pub sourced: &'a dyn Fn(&str) -> Option<Text<'a>>,
}

/// A command that a script runs.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and every combination occurs"
)]
#[derive(Clone, Debug)]
pub struct Run {
    /// The file that states it: the script, or one that it sources.
    pub file: FileId,
    /// Its place.
    pub range: TextRange,
    /// The variables that are set for it alone, with their values: `NAME=value command`.
    pub variables: Vec<(String, Argument)>,
    /// Its words.
    pub words: Vec<Argument>,
    /// The files that it reads by `<`.
    pub inputs: Vec<Argument>,
    /// The text that it is given by `<<` or `<<<`.
    pub text: Option<Argument>,
    /// The folder in which it runs.
    pub folder: Folder,
    /// The number of its pipeline in the order in which they are run: commands that are joined by `|` have one.
    pub pipeline: u32,
    /// What becomes of its failure.
    pub fate: Fate,
    /// Whether it runs within `$(…)` or `<(…)`.
    pub substituted: bool,
    /// Whether another machine or container runs it: `ssh`, `docker exec`.
    pub elsewhere: bool,
    /// Whether it stands in a branch that is not taken: two texts are compared before it, and both are known. Somebody may change them.
    pub skipped: bool,
    /// Where the script itself calls the function or sources the file that states it; `None` if it stands there on its own.
    pub sourced: Option<TextRange>,
    /// Whether both what it writes and its errors are thrown away.
    pub silent: bool,
}

/// A word of a command, or what one word became.
#[derive(Clone, Debug)]
pub struct Argument {
    /// What it is.
    pub value: Value,
    /// The word's place in the command's file.
    pub range: TextRange,
}

impl Run {
    /// A command that is run by itself, without a shell.
    pub(crate) const fn of_words(
        file: FileId,
        range: TextRange,
        words: Vec<Argument>,
        folder: Folder,
    ) -> Self {
        Self {
            file,
            range,
            variables: Vec::new(),
            words,
            inputs: Vec::new(),
            text: None,
            folder,
            pipeline: 0,
            fate: Fate::Ends,
            substituted: false,
            elsewhere: false,
            skipped: false,
            sourced: None,
            silent: false,
        }
    }

    /// The text of a word; empty beyond the last.
    pub fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |it| &it.value.text)
    }
}

/// What a script does.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The commands that it runs, in the order of running.
    pub runs: Vec<Run>,
    /// The paths that it makes, in that order.
    pub made: Vec<MadePath>,
    /// The paths that it asks for whether they are there, wherever it does.
    pub tested: Vec<Folder>,
    /// What could not be parsed, in the file.
    pub errors: Vec<TextRange>,
    /// Its comments, in the file.
    pub comments: Vec<TextRange>,
    /// Whether not all of it was read.
    pub is_cut: bool,
}

impl Outcome {
    /// What one command does.
    pub(crate) fn of(run: Run) -> Self {
        let made = made::of(&run).into_iter();
        Self {
            made: made
                .map(|(by, path)| MadePath { path, by, after: 1 })
                .collect(),
            runs: vec![run],
            ..Self::default()
        }
    }
}

impl Default for Places<'_> {
    fn default() -> Self {
        Self::At(0)
    }
}

impl Places<'_> {
    /// The place in the file of a range of the script.
    pub fn of(self, range: TextRange) -> TextRange {
        let start = self.offset(range.start);
        // The end is that of the last byte, for the next may stand elsewhere.
        let end = match range.end {
            end if end > range.start => self.offset(end - 1) + 1,
            _ => start,
        };
        TextRange::new(start, end.max(start))
    }

    fn offset(self, at: u32) -> u32 {
        match self {
            Self::At(base) => base + at,
            Self::Pieces(pieces) => {
                let next = pieces.partition_point(|it| it.0 <= at);
                let (from, to) = next.checked_sub(1).map_or((0, 0), |it| pieces[it]);
                to + (at - from)
            }
        }
    }
}

/// Reads a script.
pub fn read<'a>(text: &Text<'a>, options: &Options<'a>) -> Outcome {
    read_all(&[*text], options)
}

/// Reads texts that one shell is given one after another: the commands of a pipeline's job, the blocks of a document. What one of them sets
/// holds in the next, but what cannot be parsed spoils only its own.
pub fn read_all<'a>(texts: &[Text<'a>], options: &Options<'a>) -> Outcome {
    let scripts: Vec<Script> = texts
        .iter()
        .map(|it| shell::parse(it.text, it.templates))
        .collect();
    let mut outcome = eval::run(texts, &scripts, options);
    for (text, script) in texts.iter().zip(&scripts) {
        let place = |it: &TextRange| text.places.of(*it);
        outcome.errors.extend(script.errors.iter().map(place));
        outcome.comments.extend(script.comments.iter().map(place));
        outcome.is_cut |= script.limit.is_some();
    }
    outcome
}

#[cfg(test)]
mod tests;
