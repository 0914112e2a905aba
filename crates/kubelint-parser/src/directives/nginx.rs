//! nginx's configuration, as `ngx_conf_read_token` of nginx (`src/core/ngx_conf_file.c`) reads it.

use super::reader::{Reader, directives};
use super::{Directives, Mistake};

/// Parses a configuration, or a part of one that another includes.
///
/// Blocks of Lua (`content_by_lua_block { … }` of OpenResty) are left empty.
pub fn parse(text: &str) -> Directives {
    directives(text, |reader| {
        Nginx {
            reader,
            needs_space: false,
        }
        .read()
    })
}

struct Nginx<'r, 't> {
    reader: &'r mut Reader<'t>,
    /// Whether a quoted word has just ended, so that nothing may touch it.
    needs_space: bool,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

impl Nginx<'_, '_> {
    fn read(&mut self) -> Result<(), Mistake> {
        while let Some(byte) = self.reader.cursor.peek() {
            if is_space(byte) {
                self.reader.cursor.step();
                self.needs_space = false;
                continue;
            }
            match byte {
                b';' | b'{' => self.end(byte == b'{')?,
                b')' if self.needs_space => self.bare(),
                _ if self.needs_space => {
                    return Err(self.reader.mistake("something touches a quoted word"));
                }
                b'}' => self.close()?,
                b'#' => self.reader.cursor.step_to(|it| it == b'\n'),
                b'"' | b'\'' => self.quoted(byte)?,
                _ => self.bare(),
            }
        }
        if self.reader.words.is_empty() {
            Ok(())
        } else {
            Err(self.reader.mistake("a directive does not end"))
        }
    }

    fn end(&mut self, has_block: bool) -> Result<(), Mistake> {
        let Some(first) = self.reader.words.first() else {
            return Err(self.reader.mistake("a directive has no name"));
        };
        let start = first.range.start;
        let is_lua = first.text.ends_with("_by_lua_block");
        self.reader.cursor.step();
        self.needs_space = false;
        let words = std::mem::take(&mut self.reader.words);
        let range = self.reader.cursor.since(start);
        self.reader.push(words, range, has_block)?;
        if has_block && is_lua {
            self.skip_lua()?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Mistake> {
        if !self.reader.words.is_empty() {
            return Err(self.reader.mistake("a directive does not end"));
        }
        self.reader.cursor.step();
        let end = self.reader.cursor.offset();
        self.reader.close(end)
    }

    fn quoted(&mut self, quote: u8) -> Result<(), Mistake> {
        self.reader.quoted(quote, true, unescaped)?;
        self.needs_space = true;
        Ok(())
    }

    /// A word without quotes ends before whitespace, `;` or `{`; not before the `{` of `${name}`.
    fn bare(&mut self) {
        let start = self.reader.cursor.offset();
        self.needs_space = false;
        let mut is_variable = false;
        while let Some(byte) = self.reader.cursor.peek() {
            if byte == b'{' && is_variable {
                is_variable = false;
                self.reader.cursor.step();
                continue;
            }
            is_variable = byte == b'$';
            match byte {
                b'\\' => {
                    self.reader.cursor.step();
                    self.reader.cursor.step();
                }
                b';' | b'{' => break,
                byte if is_space(byte) => break,
                _ => self.reader.cursor.step(),
            }
        }
        let text = unescaped(self.reader.cursor.text_since(start));
        self.reader.word(text, start, false);
    }

    /// Steps over Lua up to the `}` that ends its block; braces in texts and comments count for nothing.
    fn skip_lua(&mut self) -> Result<(), Mistake> {
        let mut depth = 1usize;
        loop {
            let Some(byte) = self.reader.cursor.peek() else {
                return Err(self.reader.mistake("a block is not closed"));
            };
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'"' | b'\'' => {
                    self.reader.cursor.step();
                    self.skip_lua_text(byte);
                    continue;
                }
                b'-' if self.reader.cursor.second() == Some(b'-') => {
                    self.reader.cursor.step_to(|it| it == b'\n');
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                return self.close();
            }
            self.reader.cursor.step();
        }
    }

    fn skip_lua_text(&mut self, quote: u8) {
        while let Some(byte) = self.reader.cursor.peek() {
            self.reader.cursor.step();
            match byte {
                b'\\' => self.reader.cursor.step(),
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
