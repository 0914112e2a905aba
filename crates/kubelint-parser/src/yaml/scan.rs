//! Scalars: where they end. What they say is decoded later (`decode`), and only if somebody asks.

use super::chars::{
    DOUBLE, PLAIN_BLOCK, PLAIN_FLOW, SINGLE, break_len, find, is_blank_or_end, line_end,
    skip_blanks, skip_spaces, trim_blanks_end,
};
use super::parser::Parser;
use super::state::{Scanned, Step, Stop};
use super::tape::Flags;
use super::{Style, SyntaxErrorKind};

impl Parser<'_> {
    /// Reads a plain scalar, which may go on over lines that are indented further than the collection around it.
    pub(super) fn scan_plain(&mut self) -> Result<Scanned, Stop> {
        let start = self.pos;
        let mut end = start;
        let mut lines = 0_u32;
        loop {
            let line = self.pos;
            let stop = self.plain_line_end(line);
            let content_end = trim_blanks_end(self.bytes, line, stop);
            if content_end > line {
                end = content_end;
                lines += 1;
            }
            self.pos = stop;
            if break_len(self.bytes, stop) == 0 {
                // At the end, a comment, a colon or a bracket. On a line without content the scalar ended before it.
                if content_end == line {
                    self.key_allowed = true;
                }
                break;
            }
            if !self.next_plain_line(start)? {
                self.key_allowed = true;
                break;
            }
        }
        Ok(Scanned::new(Style::Plain, Flags::verbatim(lines <= 1), end))
    }

    /// Where the text that starts at `from` ends on its line: at the line break, a comment, a colon before a blank, or an
    /// indicator of flow context.
    #[inline]
    fn plain_line_end(&self, from: usize) -> usize {
        let in_flow = self.flow_depth > 0;
        let mut at = from;
        loop {
            at = if in_flow {
                find::<PLAIN_FLOW>(self.bytes, at)
            } else {
                find::<PLAIN_BLOCK>(self.bytes, at)
            };
            let ends = match self.byte(at) {
                b':' => is_blank_or_end(self.bytes, at + 1),
                b'#' => at == from || matches!(self.byte(at - 1), b' ' | b'\t'),
                0xC2 | 0xE2 => break_len(self.bytes, at) != 0,
                _ => true,
            };
            if ends {
                return at;
            }
            at += 1;
        }
    }

    /// Steps over line breaks and blanks after a line of a plain scalar. Returns whether the scalar can go on there.
    fn next_plain_line(&mut self, start: usize) -> Result<bool, Stop> {
        let least = usize::try_from(self.top.indent + 1).unwrap_or(0);
        loop {
            let length = break_len(self.bytes, self.pos);
            if length == 0 {
                break;
            }
            self.pos += length;
            self.line_start = self.pos;
            self.pos = skip_spaces(self.bytes, self.pos);
            if self.byte(self.pos) == b'\t' {
                if self.column() < least {
                    return Err(self.tab(start));
                }
                self.pos = skip_blanks(self.bytes, self.pos);
            }
        }
        let column = self.column();
        let outside = self.flow_depth == 0 && column < least;
        let marker = column == 0 && self.is_document_marker(self.pos);
        Ok(!(outside || marker || self.at_end() || self.byte(self.pos) == b'#'))
    }

    fn tab(&mut self, start: usize) -> Stop {
        let at = self.pos;
        let end = self.word_end(start);
        self.fault_with(SyntaxErrorKind::Tab, at, at + 1, (start, end))
    }

    /// Reads a scalar in quotes.
    pub(super) fn scan_quoted(&mut self, quote: u8) -> Result<Scanned, Stop> {
        let start = self.pos;
        let style = if quote == b'"' {
            Style::DoubleQuoted
        } else {
            Style::SingleQuoted
        };
        let mut verbatim = true;
        self.pos += 1;
        loop {
            self.pos = if quote == b'"' {
                find::<DOUBLE>(self.bytes, self.pos)
            } else {
                find::<SINGLE>(self.bytes, self.pos)
            };
            match self.byte(self.pos) {
                b'"' => break,
                b'\'' if self.byte(self.pos + 1) != b'\'' => break,
                b'\'' => {
                    verbatim = false;
                    self.pos += 2;
                }
                b'\\' => {
                    verbatim = false;
                    self.escape(start)?;
                }
                _ if self.at_end() => {
                    return Err(self.fault(SyntaxErrorKind::UnclosedQuote, start, start + 1));
                }
                _ => {
                    let length = break_len(self.bytes, self.pos);
                    if length == 0 {
                        self.pos += 1;
                    } else {
                        verbatim = false;
                        self.quoted_break(start, length)?;
                    }
                }
            }
        }
        self.pos += 1;
        Ok(Scanned::new(style, Flags::verbatim(verbatim), self.pos))
    }

    /// A line break within quotes.
    fn quoted_break(&mut self, start: usize, length: usize) -> Step {
        self.pos += length;
        self.line_start = self.pos;
        if self.is_document_marker(self.pos) {
            let at = self.pos;
            return Err(self.fault_with(
                SyntaxErrorKind::UnclosedQuote,
                start,
                start + 1,
                (at, at + 3),
            ));
        }
        Ok(())
    }

    /// A backslash within double quotes.
    fn escape(&mut self, start: usize) -> Step {
        let at = self.pos;
        let digits = match self.byte(at + 1) {
            b'0' | b'a' | b'b' | b't' | b'\t' | b'n' | b'v' | b'f' | b'r' | b'e' | b' ' | b'"'
            | b'\'' | b'\\' | b'N' | b'_' | b'L' | b'P' => 0,
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => {
                let length = break_len(self.bytes, at + 1);
                if length > 0 {
                    self.pos += 1;
                    return self.quoted_break(start, length);
                }
                if at + 1 >= self.bytes.len() {
                    return Err(self.fault(SyntaxErrorKind::UnclosedQuote, start, start + 1));
                }
                let mut end = at + 2;
                while !self.text.is_char_boundary(end) {
                    end += 1;
                }
                return Err(self.fault(SyntaxErrorKind::BadEscape, at, end));
            }
        };
        let code = self.bytes.get(at + 2..at + 2 + digits).unwrap_or_default();
        if digits > 0 {
            let valid = code.len() == digits
                && std::str::from_utf8(code)
                    .ok()
                    .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
                    .and_then(|code| u32::from_str_radix(code, 16).ok())
                    .is_some_and(|value| char::from_u32(value).is_some());
            if !valid {
                let length = code
                    .iter()
                    .position(|byte| !byte.is_ascii_hexdigit())
                    .unwrap_or(code.len());
                return Err(self.fault(SyntaxErrorKind::BadEscape, at, at + 2 + length));
            }
        }
        self.pos = at + 2 + digits;
        Ok(())
    }

    /// Reads a block scalar: its header, and all lines that are indented further than the collection around it.
    pub(super) fn scan_block_scalar(&mut self) -> Result<Scanned, Stop> {
        let start = self.pos;
        let style = if self.byte(start) == b'|' {
            Style::Literal
        } else {
            Style::Folded
        };
        let explicit = self.block_scalar_header(start)?;
        let mut end = start + header_len(self.bytes, start);
        let base = usize::try_from(self.top.indent).unwrap_or(0);
        let mut column = explicit.map(|digit| base + digit);
        let widest = self.block_scalar_breaks(start, column)?;
        let least = usize::try_from(self.top.indent + 1).unwrap_or(0).max(1);
        let content = *column.get_or_insert(widest.max(least));
        while self.column() == content && !self.at_end() {
            end = line_end(self.bytes, self.pos);
            self.pos = end;
            let length = break_len(self.bytes, end);
            if length == 0 {
                break;
            }
            self.pos += length;
            self.line_start = self.pos;
            self.block_scalar_breaks(start, column)?;
        }
        let ends_line = matches!(self.byte(self.pos.saturating_sub(1)), b'\n' | b'\r');
        let cut_short = self.at_end() && self.line_start > start && !ends_line;
        let implied_break = cut_short && self.adds_final_break;
        self.key_allowed = true;
        Ok(Scanned::new(
            style,
            Flags::block_scalar(content as u32, implied_break),
            end,
        ))
    }

    /// Reads `|` or `>`, its indicators and the rest of the line. Returns the indentation indicator.
    fn block_scalar_header(&mut self, start: usize) -> Result<Option<usize>, Stop> {
        self.pos = start + header_len(self.bytes, start);
        let indicators = self.bytes.get(start + 1..self.pos).unwrap_or_default();
        let digit = indicators.iter().find(|byte| byte.is_ascii_digit());
        if digit == Some(&b'0') {
            return Err(self.fault(SyntaxErrorKind::BlockScalarHeader, start, self.pos));
        }
        self.pos = skip_blanks(self.bytes, self.pos);
        if self.byte(self.pos) == b'#' {
            self.comment();
        }
        let length = break_len(self.bytes, self.pos);
        if length == 0 && !self.at_end() {
            let end = line_end(self.bytes, self.pos);
            return Err(self.fault(SyntaxErrorKind::BlockScalarHeader, start, end));
        }
        self.pos += length;
        if length > 0 {
            self.line_start = self.pos;
        }
        Ok(digit.map(|digit| usize::from(digit - b'0')))
    }

    /// Steps over empty lines and the indentation of the next line: up to `column`, or all of it if that is not known yet.
    /// Returns the widest indentation seen.
    fn block_scalar_breaks(&mut self, start: usize, column: Option<usize>) -> Result<usize, Stop> {
        let mut widest = 0;
        loop {
            let all = skip_spaces(self.bytes, self.pos);
            self.pos = match column {
                Some(column) => all.min(self.pos.max(self.line_start + column)),
                None => all,
            };
            widest = widest.max(self.column());
            if column.is_none_or(|column| self.column() < column) && self.byte(self.pos) == b'\t' {
                return Err(self.tab(start));
            }
            let length = break_len(self.bytes, self.pos);
            if length == 0 {
                return Ok(widest);
            }
            self.pos += length;
            self.line_start = self.pos;
        }
    }
}

/// The length of a block scalar's `|` or `>` with its indicators: a sign and a digit at most, in either order.
pub(super) fn header_len(bytes: &[u8], start: usize) -> usize {
    let sign = |at: usize| matches!(bytes.get(at), Some(b'+' | b'-'));
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let first = start + 1;
    let both = (sign(first) && digit(first + 1)) || (digit(first) && sign(first + 1));
    let one = sign(first) || digit(first);
    1 + usize::from(one) + usize::from(both)
}
