//! Caddyfiles, as Caddy reads them (`caddyconfig/caddyfile/lexer.go`, `parse.go`).
//!
//! `{$NAME}` is replaced by an environment variable before Caddy looks at anything else. Here it stays in its word: whoever reads the word
//! knows whether a variable may stand there.

use super::reader::{Reader, directives};
use super::{Directives, Mistake, Word};
use crate::TextRange;

/// Parses a Caddyfile, or a part of one that another imports: one directive a line.
///
/// The only site of a file may have no block; its address is then the first line, and its directives stand beside it.
pub fn parse(text: &str) -> Directives {
    directives(text, |reader| Caddyfile { reader }.read())
}

struct Caddyfile<'r, 't> {
    reader: &'r mut Reader<'t>,
}

impl Caddyfile<'_, '_> {
    fn read(&mut self) -> Result<(), Mistake> {
        while let Some(byte) = self.reader.cursor.peek() {
            match byte {
                b'\n' => {
                    self.end()?;
                    self.reader.cursor.step();
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.reader.cursor.step(),
                b'#' => self.reader.cursor.step_to(|it| it == b'\n'),
                // A line goes on behind a backslash at its end.
                b'\\' if self.is_before_break() => {
                    self.reader.cursor.step_to(|it| it == b'\n');
                    self.reader.cursor.step();
                }
                b'"' | b'`' => self.quoted(byte)?,
                b'<' if self.is_heredoc() => self.heredoc()?,
                _ => self.bare(),
            }
        }
        self.end()
    }

    fn is_before_break(&self) -> bool {
        let rest = self.reader.cursor.rest().as_bytes();
        matches!(rest, [b'\\', b'\n', ..] | [b'\\', b'\r', b'\n', ..])
    }

    /// Ends the line: it is a directive, opens a block, or closes one.
    fn end(&mut self) -> Result<(), Mistake> {
        let mut words = std::mem::take(&mut self.reader.words);
        let is_brace =
            |it: Option<&Word>, brace: &str| it.is_some_and(|it| !it.is_quoted && it.text == brace);
        if is_brace(words.first(), "}") {
            let end = words[0].range.end;
            if words.len() > 1 {
                return Err(self.reader.mistake("something follows the end of a block"));
            }
            return self.reader.close(end);
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return Ok(());
        };
        let range = first.range.cover(last.range);
        let has_block = is_brace(Some(last), "{");
        if has_block {
            words.pop();
        }
        self.reader.push(words, range, has_block)
    }

    fn quoted(&mut self, quote: u8) -> Result<(), Mistake> {
        let has_escapes = quote == b'"';
        self.reader.quoted(quote, has_escapes, |it| {
            if has_escapes {
                it.replace("\\\"", "\"")
            } else {
                it.to_owned()
            }
        })
    }

    fn bare(&mut self) {
        let start = self.reader.cursor.offset();
        loop {
            self.reader
                .cursor
                .step_to(|it| it.is_ascii_whitespace() || it == 0x0b || it == b'\\');
            if self.reader.cursor.peek() != Some(b'\\') || self.is_before_break() {
                break;
            }
            self.reader.cursor.step();
        }
        let text = self.reader.cursor.text_since(start).to_owned();
        self.reader.word(text, start, false);
    }

    /// The marker of a text of several lines: `<<HTML` at the end of a line.
    fn marker(&self) -> Option<&str> {
        let rest = self.reader.cursor.rest().strip_prefix("<<")?;
        let is_part = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
        let length = rest.bytes().take_while(|it| is_part(*it)).count();
        let (marker, behind) = rest.split_at(length);
        let is_last = behind.starts_with('\n') || behind.starts_with("\r\n");
        (length > 0 && is_last).then_some(marker)
    }

    fn is_heredoc(&self) -> bool {
        self.marker().is_some()
    }

    fn heredoc(&mut self) -> Result<(), Mistake> {
        let start = self.reader.cursor.offset();
        let marker = self.marker().unwrap_or_default().to_owned();
        self.reader.cursor.step_to(|it| it == b'\n');
        self.reader.cursor.step();
        let body = self.reader.cursor.offset();
        loop {
            let line_start = self.reader.cursor.offset();
            let rest = self.reader.cursor.rest();
            if rest.is_empty() {
                return Err(self.reader.mistake("a text of several lines does not end"));
            }
            let line = rest.lines().next().unwrap_or_default();
            let indent = line.len() - line.trim_start().len();
            // The marker ends it wherever it stands first in a line; more words may follow.
            if line.trim_start().starts_with(&marker) {
                let text = TextRange::new(body, line_start);
                let text = self.reader.cursor.text_since(text.start).to_owned();
                self.reader
                    .cursor
                    .seek(line_start + indent as u32 + marker.len() as u32);
                self.reader.word(text, start, true);
                return Ok(());
            }
            self.reader.cursor.step_to(|it| it == b'\n');
            self.reader.cursor.step();
        }
    }
}
