//! What scalars say, and where each part of it was written.
//!
//! Only scalars that the parser accepted come here, so nothing can be malformed.

use std::borrow::Cow;

use super::chars::{BREAK, DOUBLE, SINGLE, break_len, find, line_end, skip_blanks};
use super::scan::header_len;
use super::tape::Raw;
use super::{Kind, Style};
use crate::TextRange;

/// A decoded scalar that knows where each part of it was written.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    /// The scalar's value as text.
    pub text: Cow<'a, str>,
    /// Ordered; never empty. A piece reaches to the next one or to the text's end.
    pieces: Pieces,
}

#[derive(Clone, Debug)]
enum Pieces {
    /// The text is the source from this offset on.
    Verbatim(u32),
    /// Ordered. Piece `n` reaches to where piece `n + 1` starts, the last one to the text's end.
    Many { pieces: Vec<Piece>, end: u32 },
}

/// A part of the decoded text. If its source is as long as itself, they correspond byte by byte.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Offset in the decoded text.
    at: u32,
    source: TextRange,
}

impl Decoded<'_> {
    /// Where a range of the decoded text was written: source ranges in order, adjacent ones joined.
    ///
    /// An escape belongs to each part of what it stands for. A line break that a folded scalar turns into a space is the
    /// source of that space; indentation is the source of nothing. Line breaks at the end of a block scalar have the empty
    /// range at the scalar's end. For an empty range the answer is one empty range; what exceeds the text is cut off.
    pub fn source_ranges(&self, range: TextRange) -> Vec<TextRange> {
        let len = self.text.len() as u32;
        let end = range.end.min(len);
        let start = range.start.min(end);
        let (pieces, text_end) = match &self.pieces {
            Pieces::Verbatim(offset) => {
                return vec![TextRange::new(offset + start, offset + end)];
            }
            Pieces::Many { pieces, end } => (pieces, *end),
        };
        if start == end {
            return vec![TextRange::empty(place(pieces, text_end, start))];
        }
        let first =
            pieces.partition_point(|piece| piece.at <= start) - usize::from(!pieces.is_empty());
        let mut ranges: Vec<TextRange> = Vec::new();
        for (index, piece) in pieces.iter().enumerate().skip(first) {
            if piece.at >= end {
                break;
            }
            let piece_end = pieces.get(index + 1).map_or(len, |next| next.at);
            let source = piece.part(piece_end, start, end);
            match ranges.last_mut() {
                Some(last) if last.end == source.start => last.end = source.end,
                _ => ranges.push(source),
            }
        }
        ranges
    }
}

/// The source offset of the decoded offset `at`.
fn place(pieces: &[Piece], text_end: u32, at: u32) -> u32 {
    let index = pieces.partition_point(|piece| piece.at <= at);
    let Some(piece) = index.checked_sub(1).and_then(|index| pieces.get(index)) else {
        return text_end;
    };
    (piece.source.start + (at - piece.at)).min(piece.source.end)
}

impl Piece {
    /// The source of the part `start..end` of this piece, which ends at `piece_end`.
    fn part(self, piece_end: u32, start: u32, end: u32) -> TextRange {
        if piece_end - self.at != self.source.len() {
            return self.source;
        }
        let from = start.max(self.at) - self.at;
        let to = end.min(piece_end) - self.at;
        TextRange::new(self.source.start + from, self.source.start + to)
    }
}

/// Decodes a scalar with its places.
pub(super) fn decode<'a>(text: &'a str, raw: &Raw) -> Decoded<'a> {
    if let Some((range, verbatim)) = verbatim(text, raw) {
        return Decoded {
            text: Cow::Borrowed(verbatim),
            pieces: Pieces::Verbatim(range.start),
        };
    }
    let mut builder = Builder {
        source: text,
        text: String::with_capacity((raw.end - raw.start) as usize),
        pieces: Some(Vec::new()),
    };
    builder.scalar(raw);
    Decoded {
        text: Cow::Owned(builder.text),
        pieces: Pieces::Many {
            pieces: builder.pieces.unwrap_or_default(),
            end: raw.end,
        },
    }
}

/// Decodes a scalar.
pub(super) fn decoded<'a>(text: &'a str, raw: &Raw) -> Cow<'a, str> {
    if let Some((_, verbatim)) = verbatim(text, raw) {
        return Cow::Borrowed(verbatim);
    }
    let mut builder = Builder {
        source: text,
        text: String::with_capacity((raw.end - raw.start) as usize),
        pieces: None,
    };
    builder.scalar(raw);
    Cow::Owned(builder.text)
}

/// The part of the source that is the scalar's text, if there is one.
#[inline]
fn verbatim<'a>(text: &'a str, raw: &Raw) -> Option<(TextRange, &'a str)> {
    let range = match (raw.kind, raw.style) {
        (Kind::Mapping | Kind::Sequence | Kind::Alias, _) => TextRange::empty(raw.start),
        (_, Style::Literal | Style::Folded) => return None,
        _ if !raw.flags.is_verbatim() => return None,
        (_, Style::SingleQuoted | Style::DoubleQuoted) => {
            TextRange::new(raw.start + 1, raw.end - 1)
        }
        _ => TextRange::new(raw.start, raw.end),
    };
    Some((range, range.of(text)))
}

struct Builder<'a> {
    source: &'a str,
    text: String,
    pieces: Option<Vec<Piece>>,
}

impl Builder<'_> {
    /// Appends a part of the source as it is.
    fn copy(&mut self, start: usize, end: usize) {
        if start < end {
            let part = self.source.get(start..end).unwrap_or_default();
            self.note(start, end);
            self.text.push_str(part);
        }
    }

    /// Appends `part`, which the source writes as `start..end`.
    fn put(&mut self, part: &str, start: usize, end: usize) {
        self.note(start, end);
        self.text.push_str(part);
    }

    fn note(&mut self, start: usize, end: usize) {
        let at = self.text.len() as u32;
        if let Some(pieces) = &mut self.pieces {
            pieces.push(Piece {
                at,
                source: TextRange::new(start as u32, end as u32),
            });
        }
    }

    /// Appends the line break at `start`; LF, CR, CRLF and NEL become LF.
    fn line_break(&mut self, start: usize) {
        let end = start + break_len(self.source.as_bytes(), start);
        let written = self.source.get(start..end).unwrap_or_default();
        let decoded = if folds(written) { "\n" } else { written };
        self.put(decoded, start, end);
    }

    fn scalar(&mut self, raw: &Raw) {
        let (start, end) = (raw.start as usize, raw.end as usize);
        match raw.style {
            Style::Literal | Style::Folded => self.block(raw),
            Style::DoubleQuoted => self.flow::<DOUBLE>(start + 1, end - 1),
            Style::SingleQuoted => self.flow::<SINGLE>(start + 1, end - 1),
            _ => self.flow::<BREAK>(start, end),
        }
    }

    // ---- plain and quoted ----

    /// Decodes a plain or quoted scalar between its quotes.
    fn flow<const STOPS: u8>(&mut self, start: usize, end: usize) {
        let bytes = self.source.as_bytes().get(..end).unwrap_or_default();
        let mut copied = start;
        let mut at = start;
        loop {
            at = find::<STOPS>(bytes, at);
            if at >= end {
                break;
            }
            match bytes.get(at) {
                Some(b'\'') if STOPS == SINGLE => {
                    self.copy(copied, at);
                    self.put("'", at, at + 2);
                    at += 2;
                    copied = at;
                }
                Some(b'\\') => {
                    self.copy(copied, at);
                    at = self.escape(bytes, at);
                    copied = at;
                }
                _ if break_len(bytes, at) > 0 => {
                    let content_end = super::chars::trim_blanks_end(bytes, copied, at);
                    self.copy(copied, content_end);
                    at = self.fold(bytes, at);
                    copied = at;
                }
                _ => at += 1,
            }
        }
        self.copy(copied, end);
    }

    /// Appends what the line breaks from `at` on stand for. Returns where the text goes on.
    fn fold(&mut self, bytes: &[u8], at: usize) -> usize {
        let first_end = at + break_len(bytes, at);
        let next = skip_blanks(bytes, first_end);
        let single = break_len(bytes, next) == 0;
        if !folds(self.source.get(at..first_end).unwrap_or_default()) {
            self.line_break(at);
        } else if single {
            self.put(" ", at, first_end);
        }
        self.breaks(bytes, next)
    }

    /// Appends each line break from `at` on. Returns where the text goes on.
    fn breaks(&mut self, bytes: &[u8], at: usize) -> usize {
        let mut at = skip_blanks(bytes, at);
        loop {
            let length = break_len(bytes, at);
            if length == 0 {
                return at;
            }
            self.line_break(at);
            at = skip_blanks(bytes, at + length);
        }
    }

    /// Appends what the escape at `at` stands for. Returns where the text goes on.
    fn escape(&mut self, bytes: &[u8], at: usize) -> usize {
        let length = break_len(bytes, at + 1);
        if length > 0 {
            return self.breaks(bytes, at + 1 + length);
        }
        let letter = bytes.get(at + 1).copied().unwrap_or(b'\\');
        let decoded = match letter {
            b'0' => '\0',
            b'a' => '\x07',
            b'b' => '\x08',
            b't' => '\t',
            b'n' => '\n',
            b'v' => '\x0B',
            b'f' => '\x0C',
            b'r' => '\r',
            b'e' => '\x1B',
            b'N' => '\u{85}',
            b'_' => '\u{A0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            b'x' => return self.code(bytes, at, 2),
            b'u' => return self.code(bytes, at, 4),
            b'U' => return self.code(bytes, at, 8),
            other => char::from(other),
        };
        self.put(decoded.encode_utf8(&mut [0; 4]), at, at + 2);
        at + 2
    }

    /// Appends the character of a numeric escape. Returns where the text goes on.
    ///
    /// Surrogates occur in JSON only, where pairs make one character and lone ones become U+FFFD, as in Go.
    fn code(&mut self, bytes: &[u8], at: usize, digits: usize) -> usize {
        let mut end = at + 2 + digits;
        let mut value = hex(bytes, at + 2, end);
        if (0xD800..0xDC00).contains(&value) && bytes.get(end..end + 2) == Some(b"\\u") {
            let low = hex(bytes, end + 2, end + 6);
            if (0xDC00..0xE000).contains(&low) {
                value = 0x1_0000 + ((value - 0xD800) << 10) + (low - 0xDC00);
                end += 6;
            }
        }
        let decoded = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.put(decoded.encode_utf8(&mut [0; 4]), at, end);
        end
    }

    // ---- block scalars ----

    /// Decodes a literal or folded scalar.
    fn block(&mut self, raw: &Raw) {
        let source = self.source.as_bytes();
        let (start, end) = (raw.start as usize, raw.end as usize);
        let header_end = start + header_len(source, start);
        let indicators = source.get(start + 1..header_end).unwrap_or_default();
        let header_line = line_end(source, header_end);
        let first = header_line + break_len(source, header_line);
        let column = match raw.flags.column() {
            Some(column) => column as usize,
            None => widest_first_line(source, first),
        };
        let mut lines = BlockLines {
            leading: None,
            empty: Vec::new(),
            after_blank: false,
        };
        let mut at = lines.skip_empty(source, first, column);
        let has_text = at < end;
        while at < end {
            self.block_line(&mut lines, source, at, raw.style == Style::Folded);
            let stop = line_end(source, at).min(end);
            self.copy(at, stop);
            let length = break_len(source, stop);
            lines.leading = (length > 0).then_some(stop);
            at = lines.skip_empty(source, stop + length, column);
        }
        let strip = indicators.contains(&b'-');
        let keep = indicators.contains(&b'+');
        // The break that the reader adds ends the last line with text, or else an empty line.
        let implied = raw.flags.has_implied_break();
        let ends_text = implied && has_text && lines.leading.is_none();
        if let Some(leading) = lines.leading
            && !strip
        {
            self.final_break(leading, end);
        } else if ends_text && !strip {
            self.put("\n", end, end);
        }
        if keep {
            for &empty in &lines.empty {
                self.final_break(empty, end);
            }
            if implied && !ends_text {
                self.put("\n", end, end);
            }
        }
    }

    /// Appends what stands between the last line and the one that starts at `at`.
    fn block_line(&mut self, lines: &mut BlockLines, source: &[u8], at: usize, folded: bool) {
        let blank = matches!(source.get(at), Some(b' ' | b'\t'));
        if let Some(leading) = lines.leading.take() {
            let end = leading + break_len(source, leading);
            let folds = folds(self.source.get(leading..end).unwrap_or_default());
            if folded && !lines.after_blank && !blank && folds {
                if lines.empty.is_empty() {
                    self.put(" ", leading, end);
                }
            } else {
                self.line_break(leading);
            }
        }
        for &empty in &lines.empty {
            self.line_break(empty);
        }
        lines.empty.clear();
        lines.after_blank = blank;
    }

    /// Appends a line break after the last line of a block scalar.
    fn final_break(&mut self, start: usize, end: usize) {
        let length = break_len(self.source.as_bytes(), start);
        let written = self.source.get(start..start + length).unwrap_or_default();
        let decoded = if folds(written) { "\n" } else { written };
        self.put(decoded, end, end);
    }
}

/// Line breaks between the lines of a block scalar.
struct BlockLines {
    /// The break that ends the last line with text.
    leading: Option<usize>,
    /// Those that end empty lines after it.
    empty: Vec<usize>,
    /// Whether the last line with text starts with a blank.
    after_blank: bool,
}

impl BlockLines {
    /// Steps over empty lines and the indentation after them.
    fn skip_empty(&mut self, source: &[u8], from: usize, column: usize) -> usize {
        let mut at = from;
        loop {
            let limit = at + column;
            while at < limit && source.get(at) == Some(&b' ') {
                at += 1;
            }
            let length = break_len(source, at);
            if length == 0 {
                return at;
            }
            self.empty.push(at);
            at += length;
        }
    }
}

/// The indentation of the first line with text.
fn widest_first_line(source: &[u8], from: usize) -> usize {
    let mut line = from;
    loop {
        let at = super::chars::skip_spaces(source, line);
        let length = break_len(source, at);
        if length == 0 {
            return at - line;
        }
        line = at + length;
    }
}

/// Whether a line break is one that folding turns into a space: any but LS and PS.
fn folds(written: &str) -> bool {
    !matches!(written, "\u{2028}" | "\u{2029}")
}

fn hex(bytes: &[u8], start: usize, end: usize) -> u32 {
    let digits = bytes.get(start..end).unwrap_or_default();
    digits.iter().fold(0, |value, &digit| {
        (value << 4) | char::from(digit).to_digit(16).unwrap_or(0)
    })
}
