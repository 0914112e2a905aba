//! The exec form: a JSON array of strings. Anything else that begins with a bracket is the shell form, unless it is an array that holds
//! something else than strings: that is a mistake.

use super::lines::{offset, range};
use super::word::{Piece, Word};
use crate::TextRange;

/// What a text is that may be a JSON array.
pub(super) enum Exec {
    /// An array of strings.
    Strings(Vec<Word>),
    /// An array of something else.
    Other,
    /// No array, or none that is well formed.
    No,
}

/// Reads the array that `arguments` may be.
pub(super) fn read(arguments: &Word) -> Exec {
    let mut reader = Reader {
        word: arguments,
        text: arguments.text(),
        at: 0,
    };
    reader.blanks();
    if !reader.take(b'[') {
        return Exec::No;
    }
    let read = reader.array();
    reader.blanks();
    let is_all = reader.at == reader.text.len();
    read.filter(|_| is_all).unwrap_or(Exec::No)
}

struct Reader<'a> {
    word: &'a Word,
    text: &'a str,
    at: usize,
}

/// What may follow.
#[derive(Clone, Copy)]
enum Expected {
    Value,
    ValueOrEnd,
    CommaOrEnd,
}

/// How deep Go's decoder goes.
const MAX_DEPTH: usize = 10_000;

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    /// What follows the bracket of the outermost array, up to its end; none if it is not well formed.
    fn array(&mut self) -> Option<Exec> {
        let mut strings = Some(Vec::new());
        // What closes the arrays and objects that are open.
        let mut open = vec![b']'];
        let mut expected = Expected::ValueOrEnd;
        while let Some(&close) = open.last() {
            self.blanks();
            expected = match expected {
                Expected::ValueOrEnd | Expected::CommaOrEnd if self.take(close) => {
                    open.pop();
                    Expected::CommaOrEnd
                }
                Expected::CommaOrEnd => self.take(b',').then_some(Expected::Value)?,
                Expected::Value | Expected::ValueOrEnd => {
                    if close == b'}' {
                        self.key()?;
                    }
                    self.value(&mut open, &mut strings)?
                }
            };
        }
        Some(strings.map_or(Exec::Other, Exec::Strings))
    }

    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.blanks();
        self.take(b':').then_some(())?;
        self.blanks();
        Some(())
    }

    /// A scalar, or the beginning of an array or object; what may follow it.
    fn value(&mut self, open: &mut Vec<u8>, strings: &mut Option<Vec<Word>>) -> Option<Expected> {
        let first = self.peek()?;
        if first == b'"' {
            let word = self.string()?;
            if let Some(strings) = strings {
                strings.push(word);
            }
            return Some(Expected::CommaOrEnd);
        }
        *strings = None;
        if let b'[' | b'{' = first {
            self.at += 1;
            open.push(if first == b'[' { b']' } else { b'}' });
            return (open.len() <= MAX_DEPTH).then_some(Expected::ValueOrEnd);
        }
        let rest = &self.text[self.at..];
        let mut words = ["true", "false", "null"].into_iter();
        let word = words.find(|it| rest.starts_with(it)).map(str::len);
        self.at += word.or_else(|| number(rest))?;
        Some(Expected::CommaOrEnd)
    }

    fn string(&mut self) -> Option<Word> {
        let start = self.at;
        self.take(b'"').then_some(())?;
        let mut decoded = String::new();
        let mut pieces: Vec<Piece> = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let len = rest.find(|it: char| it == '"' || it == '\\' || it < ' ')?;
            self.plain(len, &mut decoded, &mut pieces);
            match self.peek()? {
                b'"' => break,
                b'\\' => self.escape(&mut decoded, &mut pieces)?,
                _ => return None,
            }
        }
        self.at += 1;
        let whole = self.word.source_range(range(start, self.at));
        Some(Word::pieced(decoded, whole, pieces))
    }

    /// Takes over `len` bytes as they are.
    fn plain(&mut self, len: usize, decoded: &mut String, pieces: &mut Vec<Piece>) {
        if len == 0 {
            return;
        }
        let part = range(self.at, self.at + len);
        let mut at = offset(decoded.len());
        for source in self.word.source_ranges(part) {
            let text = TextRange::new(at, at + source.len());
            at = text.end;
            pieces.push(Piece { text, source });
        }
        decoded.push_str(part.of(self.text));
        self.at += len;
    }

    fn escape(&mut self, decoded: &mut String, pieces: &mut Vec<Piece>) -> Option<()> {
        let start = self.at;
        self.at += 2;
        let ch = match self.text.as_bytes().get(start + 1)? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => self.unicode()?,
            &plain @ (b'"' | b'\\' | b'/') => char::from(plain),
            _ => return None,
        };
        let text = range(decoded.len(), decoded.len() + ch.len_utf8());
        decoded.push(ch);
        let source = self.word.source_range(range(start, self.at));
        pieces.push(Piece { text, source });
        Some(())
    }

    /// The character of `\uXXXX`, or of two of them that belong together; half of such a pair is U+FFFD, as in Go.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex(self.at)?;
        self.at += 4;
        if (0xD800..0xDC00).contains(&first)
            && self.text[self.at..].starts_with("\\u")
            && let Some(second) = self.hex(self.at + 2)
            && (0xDC00..0xE000).contains(&second)
        {
            self.at += 6;
            return char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        }
        Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 4)?;
        let are_digits = digits.bytes().all(|it| it.is_ascii_hexdigit());
        are_digits
            .then(|| u32::from_str_radix(digits, 16).ok())
            .flatten()
    }
}

/// The length of the number that `text` begins with.
fn number(text: &str) -> Option<usize> {
    let digits = |text: &str| {
        text.len()
            - text
                .trim_start_matches(|it: char| it.is_ascii_digit())
                .len()
    };
    let mut at = usize::from(text.starts_with('-'));
    at += match digits(&text[at..]) {
        0 => return None,
        _ if text[at..].starts_with('0') => 1,
        len => len,
    };
    if let Some(rest) = text[at..].strip_prefix('.') {
        let len = Some(digits(rest)).filter(|it| *it > 0)?;
        at += 1 + len;
    }
    if let Some(rest) = text[at..].strip_prefix(['e', 'E']) {
        let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let len = Some(digits(rest)).filter(|it| *it > 0)?;
        at = text.len() - rest.len() + len;
    }
    Some(at)
}
