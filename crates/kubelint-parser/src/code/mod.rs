//! Application source: bytes to a syntax tree, and patterns over it.
//!
//! The grammars and the pattern language are tree-sitter's, and nothing of its types leaves this module. A text that does not parse still
//! yields the parts that do. Everything takes time and memory in proportion to the text: what is larger, deeper or takes more steps than
//! code that people write is refused, which [`Limit`] tells.

mod language;
mod pattern;
mod query;
mod search;
mod tree;

pub use language::Language;
pub use pattern::{Pattern, PatternError, Structure};
pub use query::{Match, Query, QueryError};
pub use search::{Bound, Structures};
pub use tree::{Code, Node, parse};

/// Larger texts are not parsed: 1 MiB. Nobody writes such a file by hand.
pub const MAX_SIZE: usize = 1 << 20;
/// How deep nodes may stand in each other. Who walks a tree may rely on it: recursion over it is bounded.
pub const MAX_DEPTH: usize = 400;

/// Why a text was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// It is larger than [`MAX_SIZE`].
    Size,
    /// It is nested deeper than [`MAX_DEPTH`].
    Depth,
    /// Parsing it, or finding a pattern in it, takes more steps than in any real file of its size.
    Steps,
}

impl Limit {
    /// The reason in words: `it is too large`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Size => "it is too large",
            Self::Depth => "it is nested too deep",
            Self::Steps => "reading it takes too long",
        }
    }
}

#[cfg(test)]
mod tests;
