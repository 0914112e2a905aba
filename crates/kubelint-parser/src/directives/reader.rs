//! What the readers of all kinds of directives do alike.

use super::lexer::Cursor;
use super::{Builder, Directives, MAX_DEPTH, MAX_SIZE, Mistake, Word};
use crate::TextRange;

/// A text that is being read.
pub(super) struct Reader<'t> {
    pub(super) cursor: Cursor<'t>,
    pub(super) builder: Builder,
    /// The words of the directive that is being read.
    pub(super) words: Vec<Word>,
}

/// The directives that `read` finds in a text, unless that is too large.
pub(super) fn directives<'t>(
    text: &'t str,
    read: impl FnOnce(&mut Reader<'t>) -> Result<(), Mistake>,
) -> Directives {
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
    let mistake = read(&mut reader).err();
    reader.builder.finish(text.len() as u32, mistake)
}

impl Reader<'_> {
    /// What is wrong here.
    pub(super) fn mistake(&self, what: &'static str) -> Mistake {
        Mistake {
            what,
            range: TextRange::empty(self.cursor.offset()),
        }
    }

    /// Ends a directive of `words`, which opens a block if it has one.
    pub(super) fn push(
        &mut self,
        words: Vec<Word>,
        range: TextRange,
        has_block: bool,
    ) -> Result<(), Mistake> {
        if has_block && self.builder.open.len() >= MAX_DEPTH {
            return Err(self.mistake("blocks are nested too deep"));
        }
        self.builder.push(words, range, has_block);
        Ok(())
    }

    /// Ends the innermost block at `end`.
    pub(super) fn close(&mut self, end: u32) -> Result<(), Mistake> {
        if self.builder.close(end) {
            Ok(())
        } else {
            Err(self.mistake("a block is closed that is not open"))
        }
    }

    /// Adds the word that began at `start`.
    pub(super) fn word(&mut self, text: String, start: u32, is_quoted: bool) {
        self.words.push(Word {
            text,
            range: self.cursor.since(start),
            is_quoted,
        });
    }

    /// Steps over a text in quotes, and the word that `value` makes of what stands between them.
    pub(super) fn quoted(
        &mut self,
        quote: u8,
        has_escapes: bool,
        value: impl FnOnce(&str) -> String,
    ) -> Result<(), Mistake> {
        let start = self.cursor.offset();
        self.cursor.step();
        loop {
            match self.cursor.peek() {
                None => return Err(self.mistake("a quote is not closed")),
                Some(b'\\') if has_escapes => {
                    self.cursor.step();
                    self.cursor.step();
                }
                Some(byte) if byte == quote => break,
                Some(_) => self.cursor.step(),
            }
        }
        let value = value(self.cursor.text_since(start + 1));
        self.cursor.step();
        self.word(value, start, true);
        Ok(())
    }
}
