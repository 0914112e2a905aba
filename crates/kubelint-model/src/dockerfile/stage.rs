//! The stages of a Dockerfile.

use std::ops::Range;

use kubelint_parser::TextRange;
use kubelint_parser::dockerfile::{Dockerfile, Keyword, Word};

use super::value::Value;

/// A stage: a `FROM`, and the instructions up to the next one.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name, as written.
    pub name: Option<Word>,
    /// What it is based on, as written; none if `FROM` says nothing.
    pub base: Option<Word>,
    /// Where its `FROM` stands.
    pub range: TextRange,
    /// The number of its `FROM` among the instructions.
    pub(super) from: usize,
    /// Its instructions, without the `FROM`.
    pub(super) instructions: Range<usize>,
}

/// What a stage is based on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing.
    Scratch,
    /// An earlier stage: its number.
    Stage(usize),
    /// An image: its reference.
    Image(Value),
}

/// The stages of a file.
pub(super) fn stages(file: &Dockerfile) -> Vec<Stage> {
    let instructions = file.instructions.iter().enumerate();
    let starts: Vec<usize> = instructions
        .filter(|(_, it)| it.keyword == Keyword::From && it.on_build.is_none())
        .map(|(number, _)| number)
        .collect();
    let ends = starts.iter().skip(1).copied();
    let ends = ends.chain([file.instructions.len()]);
    let stages = starts.iter().zip(ends).map(|(&from, end)| {
        let instruction = &file.instructions[from];
        let words = instruction.words();
        let name = match words {
            [_, as_word, name, ..] if as_word.text().eq_ignore_ascii_case("as") => Some(name),
            _ => None,
        };
        Stage {
            name: name.cloned(),
            base: words.first().cloned(),
            range: instruction.range,
            from,
            instructions: from + 1..end,
        }
    });
    stages.collect()
}
