//! Caddyfiles, as Caddy reads them (`caddyconfig/caddyfile/lexer.go`, `parse.go`).
//!
//! `{$NAME}` is replaced by an environment variable before Caddy looks at anything else. Here it stays in its word: whoever reads the word
//! knows whether a variable may stand there.

use super::lexer::Cursor;
use super::{Builder, Directives, MAX_DEPTH, MAX_SIZE, Mistake, Word};
use crate::TextRange;

/// Parses a Caddyfile, or a part of one that another imports: one directive a line.
///
/// The only site of a file may have no block; its address is then the first line, and its directives stand beside it.
pub fn parse(text: &str) -> Directives {
    if text.len() > MAX_SIZE {
        let mistake = Mistake {
            what: "it is too large",
            range: TextRange::empty(0),
        };
        return Builder::default().finish(0, Some(mistake));
    }
    let mut reader = Reader {
        cursor: Cursor::new(text),
        builder: Builder::default(),
        words: Vec::new(),
    };
    let mistake = reader.read().err();
    reader.builder.finish(text.len() as u32, mistake)
}

struct Reader<'t> {
    cursor: Cursor<'t>,
    builder: Builder,
    /// The words of the line that is being read.
    words: Vec<Word>,
}

impl Reader<'_> {
    fn mistake(&self, what: &'static str) -> Mistake {
        Mistake {
            what,
            range: TextRange::empty(self.cursor.offset()),
        }
    }

    fn read(&mut self) -> Result<(), Mistake> {
        while let Some(byte) = self.cursor.peek() {
            match byte {
                b'\n' => {
                    self.end()?;
                    self.cursor.step();
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.cursor.step(),
                b'#' => self.cursor.step_to(|it| it == b'\n'),
                // A line goes on behind a backslash at its end.
                b'\\' if self.is_before_break() => {
                    self.cursor.step_to(|it| it == b'\n');
                    self.cursor.step();
                }
                b'"' | b'`' => self.quoted(byte)?,
                b'<' if self.is_heredoc() => self.heredoc()?,
                _ => self.bare(),
            }
        }
        self.end()
    }

    fn is_before_break(&self) -> bool {
        let rest = self.cursor.rest().as_bytes();
        matches!(rest, [b'\\', b'\n', ..] | [b'\\', b'\r', b'\n', ..])
    }

    /// Ends the line: it is a directive, opens a block, or closes one.
    fn end(&mut self) -> Result<(), Mistake> {
        let mut words = std::mem::take(&mut self.words);
        let is_brace =
            |it: Option<&Word>, brace: &str| it.is_some_and(|it| !it.is_quoted && it.text == brace);
        if is_brace(words.first(), "}") {
            let end = words[0].range.end;
            if words.len() > 1 {
                return Err(self.mistake("something follows the end of a block"));
            }
            return if self.builder.close(end) {
                Ok(())
            } else {
                Err(self.mistake("a block is closed that is not open"))
            };
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return Ok(());
        };
        let range = first.range.cover(last.range);
        let has_block = is_brace(Some(last), "{");
        if has_block {
            if self.builder.open.len() >= MAX_DEPTH {
                return Err(self.mistake("blocks are nested too deep"));
            }
            words.pop();
        }
        self.builder.push(words, range, has_block);
        Ok(())
    }

    fn quoted(&mut self, quote: u8) -> Result<(), Mistake> {
        let start = self.cursor.offset();
        self.cursor.step();
        let escapes = quote == b'"';
        loop {
            match self.cursor.peek() {
                None => return Err(self.mistake("a quote is not closed")),
                Some(b'\\') if escapes => {
                    self.cursor.step();
                    self.cursor.step();
                }
                Some(byte) if byte == quote => break,
                Some(_) => self.cursor.step(),
            }
        }
        let inner = self.cursor.text_since(start + 1);
        let text = if escapes {
            inner.replace("\\\"", "\"")
        } else {
            inner.to_owned()
        };
        self.cursor.step();
        self.words.push(Word {
            text,
            range: self.cursor.since(start),
            is_quoted: true,
        });
        Ok(())
    }

    fn bare(&mut self) {
        let start = self.cursor.offset();
        loop {
            self.cursor
                .step_to(|it| it.is_ascii_whitespace() || it == 0x0b || it == b'\\');
            if self.cursor.peek() != Some(b'\\') || self.is_before_break() {
                break;
            }
            self.cursor.step();
        }
        self.words.push(Word {
            text: self.cursor.text_since(start).to_owned(),
            range: self.cursor.since(start),
            is_quoted: false,
        });
    }

    /// The marker of a text of several lines: `<<HTML` at the end of a line.
    fn marker(&self) -> Option<&str> {
        let rest = self.cursor.rest().strip_prefix("<<")?;
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
        let start = self.cursor.offset();
        let marker = self.marker().unwrap_or_default().to_owned();
        self.cursor.step_to(|it| it == b'\n');
        self.cursor.step();
        let body = self.cursor.offset();
        loop {
            let line_start = self.cursor.offset();
            let rest = self.cursor.rest();
            if rest.is_empty() {
                return Err(self.mistake("a text of several lines does not end"));
            }
            let line = rest.lines().next().unwrap_or_default();
            let indent = line.len() - line.trim_start().len();
            // The marker ends it wherever it stands first in a line; more words may follow.
            if line.trim_start().starts_with(&marker) {
                let text = TextRange::new(body, line_start);
                let text = self.cursor.text_since(text.start).to_owned();
                self.cursor
                    .seek(line_start + indent as u32 + marker.len() as u32);
                self.words.push(Word {
                    text,
                    range: self.cursor.since(start),
                    is_quoted: true,
                });
                return Ok(());
            }
            self.cursor.step_to(|it| it == b'\n');
            self.cursor.step();
        }
    }
}
