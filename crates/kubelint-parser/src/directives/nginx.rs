//! nginx's configuration, as `ngx_conf_read_token` of nginx (`src/core/ngx_conf_file.c`) reads it.

use super::lexer::Cursor;
use super::{Builder, Directives, MAX_DEPTH, MAX_SIZE, Mistake, Word};
use crate::TextRange;

/// Parses a configuration, or a part of one that another includes.
///
/// Blocks of Lua (`content_by_lua_block { … }` of OpenResty) are left empty.
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
        needs_space: false,
    };
    let mistake = reader.read().err();
    reader.builder.finish(text.len() as u32, mistake)
}

struct Reader<'t> {
    cursor: Cursor<'t>,
    builder: Builder,
    /// The words of the directive that is being read.
    words: Vec<Word>,
    /// Whether a quoted word has just ended, so that nothing may touch it.
    needs_space: bool,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
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
            if is_space(byte) {
                self.cursor.step();
                self.needs_space = false;
                continue;
            }
            match byte {
                b';' | b'{' => self.end(byte == b'{')?,
                b')' if self.needs_space => self.bare(),
                _ if self.needs_space => {
                    return Err(self.mistake("something touches a quoted word"));
                }
                b'}' => self.close()?,
                b'#' => self.cursor.step_to(|it| it == b'\n'),
                b'"' | b'\'' => self.quoted(byte)?,
                _ => self.bare(),
            }
        }
        if self.words.is_empty() {
            Ok(())
        } else {
            Err(self.mistake("a directive does not end"))
        }
    }

    fn end(&mut self, has_block: bool) -> Result<(), Mistake> {
        let Some(first) = self.words.first() else {
            return Err(self.mistake("a directive has no name"));
        };
        let start = first.range.start;
        let is_lua = first.text.ends_with("_by_lua_block");
        if has_block && self.builder.open.len() >= MAX_DEPTH {
            return Err(self.mistake("blocks are nested too deep"));
        }
        self.cursor.step();
        self.needs_space = false;
        let words = std::mem::take(&mut self.words);
        let range = self.cursor.since(start);
        self.builder.push(words, range, has_block);
        if has_block && is_lua {
            self.skip_lua()?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Mistake> {
        if !self.words.is_empty() {
            return Err(self.mistake("a directive does not end"));
        }
        self.cursor.step();
        if self.builder.close(self.cursor.offset()) {
            Ok(())
        } else {
            Err(self.mistake("a block is closed that is not open"))
        }
    }

    fn quoted(&mut self, quote: u8) -> Result<(), Mistake> {
        let start = self.cursor.offset();
        self.cursor.step();
        loop {
            match self.cursor.peek() {
                None => return Err(self.mistake("a quote is not closed")),
                Some(b'\\') => {
                    self.cursor.step();
                    self.cursor.step();
                }
                Some(byte) if byte == quote => break,
                Some(_) => self.cursor.step(),
            }
        }
        let inner = unescaped(self.cursor.text_since(start + 1));
        self.cursor.step();
        self.words.push(Word {
            text: inner,
            range: self.cursor.since(start),
            is_quoted: true,
        });
        self.needs_space = true;
        Ok(())
    }

    /// A word without quotes ends before whitespace, `;` or `{`; not before the `{` of `${name}`.
    fn bare(&mut self) {
        let start = self.cursor.offset();
        self.needs_space = false;
        let mut is_variable = false;
        while let Some(byte) = self.cursor.peek() {
            if byte == b'{' && is_variable {
                is_variable = false;
                self.cursor.step();
                continue;
            }
            is_variable = byte == b'$';
            match byte {
                b'\\' => {
                    self.cursor.step();
                    self.cursor.step();
                }
                b';' | b'{' => break,
                byte if is_space(byte) => break,
                _ => self.cursor.step(),
            }
        }
        let text = unescaped(self.cursor.text_since(start));
        self.words.push(Word {
            text,
            range: self.cursor.since(start),
            is_quoted: false,
        });
    }

    /// Steps over Lua up to the `}` that ends its block; braces in texts and comments count for nothing.
    fn skip_lua(&mut self) -> Result<(), Mistake> {
        let mut depth = 1usize;
        loop {
            let Some(byte) = self.cursor.peek() else {
                return Err(self.mistake("a block is not closed"));
            };
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'"' | b'\'' => {
                    self.cursor.step();
                    self.skip_lua_text(byte);
                    continue;
                }
                b'-' if self.cursor.second() == Some(b'-') => {
                    self.cursor.step_to(|it| it == b'\n');
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                return self.close();
            }
            self.cursor.step();
        }
    }

    fn skip_lua_text(&mut self, quote: u8) {
        while let Some(byte) = self.cursor.peek() {
            self.cursor.step();
            match byte {
                b'\\' => self.cursor.step(),
                // A text does not go over the end of its line.
                b'\n' => return,
                byte if byte == quote => return,
                _ => {}
            }
        }
    }
}

/// A word with its escapes replaced: `\"`, `\'`, `\\`, `\t`, `\r`, `\n`; all other backslashes stay.
fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut found = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(it) = rest.next() {
        if it != '\\' {
            found.push(it);
            continue;
        }
        match rest.next() {
            Some(escaped @ ('"' | '\'' | '\\')) => found.push(escaped),
            Some('t') => found.push('\t'),
            Some('r') => found.push('\r'),
            Some('n') => found.push('\n'),
            Some(other) => {
                found.push('\\');
                found.push(other);
            }
            None => found.push('\\'),
        }
    }
    found
}
