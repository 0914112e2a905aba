//! JSON, which kubectl tries first where a text starts with `{`.
//!
//! JSON is nearly YAML in brackets. What it allows and libyaml refuses (`\/`, surrogate pairs, long keys, DEL) makes the
//! difference, so this is a reader of its own; it fills the same tape.

use super::chars::skip_blanks;
use super::tape::{Flags, Raw, Tape};
use super::{Kind, Style};

/// The deepest nesting that Go's `encoding/json` takes.
const MAX_DEPTH: usize = 10_000;

/// Reads the JSON value at `at`, where no white space may be. Returns its root and where it ends.
///
/// `None` if there is no well-formed value; the tape may then have nodes to cut off.
pub(super) fn value(bytes: &[u8], at: usize, tape: &mut Tape) -> Option<(u32, usize)> {
    let root = tape.len();
    let mut reader = Reader {
        bytes,
        at,
        tape,
        open: Vec::new(),
    };
    reader.value()?;
    while !reader.open.is_empty() {
        reader.entry()?;
    }
    Some((root, reader.at))
}

/// The first offset from `at` on that is not JSON white space.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = skip_blanks(bytes, at);
        match bytes.get(at) {
            Some(b'\n' | b'\r') => at += 1,
            _ => return at,
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    tape: &'a mut Tape,
    /// The open collections: node, and whether it is still empty.
    open: Vec<(u32, bool)>,
}

impl Reader<'_> {
    fn byte(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn kind_of(&self, node: u32) -> Kind {
        self.tape
            .nodes
            .get(node as usize)
            .map_or(Kind::Scalar, |raw| raw.kind)
    }

    /// Reads what comes next in the innermost collection: its end, or a comma and an entry.
    fn entry(&mut self) -> Option<()> {
        self.at = skip_space(self.bytes, self.at);
        let &mut (node, ref mut empty) = self.open.last_mut()?;
        let first = std::mem::replace(empty, false);
        let kind = self.kind_of(node);
        let end = if kind == Kind::Mapping { b'}' } else { b']' };
        if self.byte() == end {
            self.at += 1;
            self.tape.close(node, self.at as u32);
            self.open.pop();
            return Some(());
        }
        if !first {
            self.expect(b',')?;
        }
        if kind == Kind::Mapping {
            self.string()?;
            self.expect(b':')?;
        }
        self.value()
    }

    /// Steps over `byte` and the white space around it.
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.at = skip_space(self.bytes, self.at);
        if self.byte() != byte {
            return None;
        }
        self.at = skip_space(self.bytes, self.at + 1);
        Some(())
    }

    fn value(&mut self) -> Option<()> {
        match self.byte() {
            b'{' => self.start(Kind::Mapping),
            b'[' => self.start(Kind::Sequence),
            b'"' => self.string(),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn start(&mut self, kind: Kind) -> Option<()> {
        let at = self.at as u32;
        let node = self.tape.push(Raw {
            start: at,
            end: at,
            skip: 0,
            kind,
            style: Style::Flow,
            flags: Flags::NONE,
        });
        self.open.push((node, true));
        self.at += 1;
        (self.open.len() <= MAX_DEPTH).then_some(())
    }

    fn push(&mut self, start: usize, style: Style, verbatim: bool) {
        self.tape.push(Raw {
            start: start as u32,
            end: self.at as u32,
            skip: 1,
            kind: Kind::Scalar,
            style,
            flags: Flags::verbatim(verbatim),
        });
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let start = self.at;
        if !self.bytes.get(start..)?.starts_with(word) {
            return None;
        }
        self.at += word.len();
        self.push(start, Style::Plain, true);
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        if self.byte() == b'-' {
            self.at += 1;
        }
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.byte(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        self.push(start, Style::Plain, true);
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        let start = self.at;
        if self.byte() != b'"' {
            return None;
        }
        self.at += 1;
        let mut verbatim = true;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let stop = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
            self.at += rest.iter().position(stop)?;
            match self.byte() {
                b'"' => break,
                b'\\' => {
                    verbatim = false;
                    self.escape()?;
                }
                _ => return None,
            }
        }
        self.at += 1;
        self.push(start, Style::DoubleQuoted, verbatim);
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        match self.bytes.get(self.at + 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
            b'u' => {
                let digits = self.bytes.get(self.at + 2..self.at + 6)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                self.at += 6;
            }
            _ => return None,
        }
        Some(())
    }
}
