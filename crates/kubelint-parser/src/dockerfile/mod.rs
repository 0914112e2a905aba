//! Dockerfiles, as `BuildKit`'s frontend reads them (github.com/moby/buildkit, frontend/dockerfile/parser and instructions).
//!
//! One pass over the lines, no recursion, and a place in the file for every keyword, flag, word, key and value. Where `BuildKit` stops at
//! the first mistake, this goes on with the next instruction: what is wrong is in [`Dockerfile::errors`].
//!
//! What a word *means* once variables are put into it is not decided here: [`lex()`] cuts a word into its literal parts and variables.

mod error;
mod exec;
mod flags;
mod heredoc;
mod instruction;
mod keyword;
mod lex;
mod lines;
mod split;
mod validate;
mod word;

pub use error::{SyntaxError, SyntaxErrorKind};
pub use heredoc::Heredoc;
pub use instruction::{Arguments, Flag, Instruction, Pair};
pub use keyword::Keyword;
pub use lex::{LexError, Lexeme, Operator, lex};
pub use lines::Directive;
pub use word::{Piece, Word};

use crate::TextRange;

/// A Dockerfile: its instructions in the order of the text, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dockerfile {
    /// The parser directives at its beginning (`# syntax=…`, `# escape=…`, `# check=…`).
    pub directives: Vec<Directive>,
    /// The instructions, those without a meaning included.
    pub instructions: Vec<Instruction>,
    /// The comments: each from its `#` to the end of its line. Lines of here-documents are none.
    pub comments: Vec<TextRange>,
    /// What `BuildKit` refuses, in the order of the text. A build stops at the first of them.
    pub errors: Vec<SyntaxError>,
    /// The character that escapes others and continues lines: `\`, or `` ` `` if a directive says so.
    pub escape: char,
}

/// Parses a Dockerfile. Never fails: what is wrong is in [`Dockerfile::errors`], and the other instructions are read all the same.
///
/// A byte order mark at the beginning is skipped. Offsets have 32 bits: of a text of 4 GiB or more nothing is read.
pub fn parse(text: &str) -> Dockerfile {
    let mut file = lines::read(text);
    validate::check(&mut file);
    file.errors.sort_by_key(|it| (it.range.start, it.range.end));
    file
}

#[cfg(test)]
mod tests;
