//! Rendered texts: bytes, and for each of them where it came from.

use super::{SourcePath, SourceText, Span};
use crate::TextRange;

/// An origin in its [`PieceTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginId(pub u32);

/// Where bytes of a rendered text came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The place that a user would edit to change them (the values line, the patch, the template's literal); none if it is not known.
    pub span: Option<Span>,
    /// Whether the bytes are those of `span`, one for one. Otherwise they were made from all of it (quoted, indented, computed).
    pub verbatim: bool,
    /// The places that carried them, from the outermost inwards: template, helper, base.
    pub via: Vec<Span>,
}

/// The bytes from the end of the piece before (or 0) up to `end` came from `origin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// One past the piece's last byte in the rendered text.
    pub end: u32,
    /// Its origin.
    pub origin: OriginId,
}

/// The pieces of a rendered text, in order. Bytes after the last piece have no known origin.
#[derive(Clone, Debug, Default)]
pub struct PieceTable {
    pieces: Vec<Piece>,
    origins: Vec<Origin>,
}

/// A text that a renderer made, ready to be parsed like any file.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The name under which it is known: the build and the file, as `deploy/overlays/prod/kustomization.yaml`.
    pub path: SourcePath,
    /// Its bytes.
    pub text: SourceText,
    /// Where they came from.
    pub pieces: PieceTable,
}

impl PieceTable {
    /// Adds an origin, to be named by pieces.
    pub fn origin(&mut self, origin: Origin) -> OriginId {
        self.origins.push(origin);
        OriginId(self.origins.len() as u32 - 1)
    }

    /// Adds the next `len` bytes. Neighbours of one origin whose bytes are not verbatim are joined.
    pub fn push(&mut self, len: u32, origin: OriginId) {
        let start = self.pieces.last().map_or(0, |piece| piece.end);
        self.pieces.push(Piece {
            end: start + len,
            origin,
        });
    }

    /// The pieces that share a byte with `range`, each with the part of its origin's span that the range covers.
    /// An empty range gives the piece it stands in or behind.
    pub fn resolve(&self, range: TextRange) -> Vec<(&Origin, Option<Span>)> {
        let first = self.pieces.partition_point(|piece| {
            if range.is_empty() {
                piece.end < range.start
            } else {
                piece.end <= range.start
            }
        });
        let mut start = first
            .checked_sub(1)
            .map_or(0, |before| self.pieces[before].end);
        let mut found = Vec::new();
        for piece in &self.pieces[first..] {
            if start >= range.end && !(range.is_empty() && found.is_empty()) {
                break;
            }
            if let Some(origin) = self.origins.get(piece.origin.0 as usize) {
                found.push((origin, origin.part(TextRange::new(start, piece.end), range)));
            }
            start = piece.end;
        }
        found
    }
}

impl Origin {
    /// The part of this origin's span that corresponds to `wanted`, where `piece` is the piece's range in the rendered text.
    fn part(&self, piece: TextRange, wanted: TextRange) -> Option<Span> {
        let span = self.span?;
        if !self.verbatim || span.range.len() != piece.len() {
            return Some(span);
        }
        let start = span.range.start + (wanted.start.clamp(piece.start, piece.end) - piece.start);
        let end = span.range.start + (wanted.end.clamp(piece.start, piece.end) - piece.start);
        Some(Span::new(span.source, TextRange::new(start, end)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::SourceId;
    use super::*;

    fn table() -> PieceTable {
        let mut table = PieceTable::default();
        let span =
            |source, start, end| Some(Span::new(SourceId(source), TextRange::new(start, end)));
        let registry = table.origin(Origin {
            span: span(1, 10, 14),
            verbatim: true,
            via: Vec::new(),
        });
        let slash = table.origin(Origin {
            span: span(0, 40, 41),
            verbatim: true,
            via: Vec::new(),
        });
        let name = table.origin(Origin {
            span: span(1, 30, 33),
            verbatim: false,
            via: Vec::new(),
        });
        table.push(4, registry);
        table.push(1, slash);
        table.push(7, name);
        table
    }

    fn resolved(start: u32, end: u32) -> Vec<(u32, u32, u32)> {
        let table = table();
        let found = table.resolve(TextRange::new(start, end));
        found
            .iter()
            .filter_map(|(_, span)| span.map(|s| (s.source.0, s.range.start, s.range.end)))
            .collect()
    }

    #[test]
    fn a_range_maps_to_the_part_of_each_piece() {
        assert_eq!(resolved(0, 12), [(1, 10, 14), (0, 40, 41), (1, 30, 33)]);
        assert_eq!(resolved(2, 4), [(1, 12, 14)]);
        assert_eq!(resolved(3, 5), [(1, 13, 14), (0, 40, 41)]);
        assert_eq!(resolved(6, 7), [(1, 30, 33)]);
        assert_eq!(resolved(12, 14), []);
    }

    #[test]
    fn an_empty_range_maps_to_the_piece_it_stands_in() {
        assert_eq!(resolved(2, 2), [(1, 12, 12)]);
        assert_eq!(resolved(0, 0), [(1, 10, 10)]);
    }
}
