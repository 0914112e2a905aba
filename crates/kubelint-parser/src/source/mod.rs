//! Source files and places in them.
//!
//! A place is a [`Span`]: a source and a byte range. A source is a real file, or a *rendered* text that was made from several
//! files and knows for each of its bytes where it came from ([`PieceTable`]). Everything from parsing to rules uses ordinary
//! spans and need not know which of the two it looks at; [`SourceMap::places`] turns a span into the places a person would edit.

mod line_index;
mod map;
mod pieces;
mod sources;
mod text;

pub use line_index::{LineColumn, LineIndex};
pub use map::{Place, Source, SourceMap};
pub use pieces::{Origin, OriginId, Piece, PieceTable, Rendered};
pub use sources::{MemorySources, ReadError, SourcePath, Sources};
pub use text::{Encoding, SourceText};

use crate::TextRange;

/// A source of one run: an index into its [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A place: a byte range in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// The bytes in its text.
    pub range: TextRange,
}

impl Span {
    /// The bytes `range` of `source`.
    pub const fn new(source: SourceId, range: TextRange) -> Self {
        Self { source, range }
    }
}
