//! A word and the way back from its text to the bytes that it was written with.

use crate::TextRange;

/// A part of an instruction: a word, a key, a value, or all that follows a keyword.
///
/// Continued lines are joined in its text, and nothing else is changed: quotes, escapes and variables are as written, for [`super::lex()`].
/// Only flags and the strings of the exec form are decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    text: String,
    range: TextRange,
    /// Empty if the text stands in the source as it is.
    pieces: Vec<Piece>,
}

/// A part of a word's text and what it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The bytes of the word's text.
    pub text: TextRange,
    /// The bytes of the source. If there are as many, they are the same; otherwise they are an escape sequence, and belong together.
    pub source: TextRange,
}

impl Word {
    /// The word that stands at `range` of the source as it is.
    pub(super) fn plain(text: &str, range: TextRange) -> Self {
        Self {
            text: text.to_owned(),
            range,
            pieces: Vec::new(),
        }
    }

    /// A word that was written at `range` in several pieces, or with escape sequences.
    pub(super) fn pieced(text: String, range: TextRange, pieces: Vec<Piece>) -> Self {
        Self {
            text,
            range,
            pieces,
        }
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it is written, from its first byte to its last: quotes of the exec form included, and lines that were joined.
    pub const fn range(&self) -> TextRange {
        self.range
    }

    /// What a part of the text was written with, in order; one range for each line that it was written on.
    pub fn source_ranges(&self, part: TextRange) -> Vec<TextRange> {
        if self.pieces.is_empty() {
            return vec![shifted(part, self.range.start)];
        }
        let first = self.pieces.partition_point(|it| it.text.end <= part.start);
        let mut ranges: Vec<TextRange> = Vec::new();
        for piece in &self.pieces[first..] {
            if piece.text.start >= part.end {
                break;
            }
            let source = piece.source_of(part);
            match ranges.last_mut() {
                Some(last) if last.end == source.start => last.end = source.end,
                _ => ranges.push(source),
            }
        }
        if ranges.is_empty() {
            let end = self
                .pieces
                .last()
                .map_or(self.range.end, |it| it.source.end);
            let at = self.pieces.get(first).map_or(end, |it| it.source.start);
            ranges.push(TextRange::empty(at));
        }
        ranges
    }

    /// What a part of the text was written with, as one range.
    pub fn source_range(&self, part: TextRange) -> TextRange {
        let ranges = self.source_ranges(part);
        let whole = ranges.into_iter().reduce(TextRange::cover);
        whole.unwrap_or(self.range)
    }

    /// The part `part` of this word as a word of its own.
    #[must_use]
    pub fn slice(&self, part: TextRange) -> Self {
        let range = self.source_range(part);
        if self.pieces.is_empty() {
            return Self::plain(part.of(&self.text), range);
        }
        let first = self.pieces.partition_point(|it| it.text.end <= part.start);
        let pieces = self.pieces[first..]
            .iter()
            .take_while(|it| it.text.start < part.end)
            .map(|it| Piece {
                text: TextRange::new(
                    it.text.start.max(part.start) - part.start,
                    it.text.end.min(part.end) - part.start,
                ),
                source: it.source_of(part),
            });
        let pieces: Vec<Piece> = pieces.collect();
        let text = part.of(&self.text).to_owned();
        // One piece that stands at the beginning of the range is what no piece means.
        match pieces.as_slice() {
            [only] if only.source == range && only.text.len() == range.len() => {
                Self::plain(&text, range)
            }
            _ => Self::pieced(text, range, pieces),
        }
    }
}

impl Piece {
    /// The source of what this piece has of `part`.
    fn source_of(self, part: TextRange) -> TextRange {
        if self.text.len() != self.source.len() {
            return self.source;
        }
        let start = part.start.max(self.text.start) - self.text.start;
        let end = part.end.min(self.text.end) - self.text.start;
        TextRange::new(self.source.start + start, self.source.start + end)
    }
}

const fn shifted(range: TextRange, by: u32) -> TextRange {
    TextRange::new(range.start + by, range.end + by)
}
