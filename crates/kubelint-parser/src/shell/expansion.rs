//! What the grammar leaves as text, or cuts in ways that differ from case to case: the inside of `${…}`, the keys of arrays, the bodies of
//! here-documents.

use crate::TextRange;

use super::tree::{Form, Index, Part, PartKind, Variable, Word};

/// How deep expansions in expansions are followed; deeper ones are [`PartKind::Other`].
const MAX_INNER: u32 = 8;

/// How quotes are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// As in a word.
    Read,
    /// As in a here-document: they are text.
    Text,
}

/// The variable that `text`, the whole of `${…}`, uses; it begins at `base`.
pub(super) fn variable(text: &str, base: u32) -> Variable {
    inner_variable(text, base, 0)
}

/// The parts of a text in which the shell looks for expansions; it begins at `base`.
pub(super) fn fragment(text: &str, base: u32, quotes: Quotes) -> Word {
    inner_fragment(text, base, quotes, 0)
}

/// A name of a variable at the beginning of `text`: its length.
pub(super) fn name_length(text: &str) -> usize {
    let first = text.bytes().next().unwrap_or_default();
    if first.is_ascii_digit() {
        return text.bytes().take_while(u8::is_ascii_digit).count();
    }
    if b"@*#?$!-".contains(&first) {
        return 1;
    }
    let is_name = |it: &u8| it.is_ascii_alphanumeric() || *it == b'_';
    text.bytes().take_while(is_name).count()
}

fn inner_variable(text: &str, base: u32, depth: u32) -> Variable {
    let inner = text.strip_prefix("${").unwrap_or(text);
    let start = text.len() - inner.len();
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let prefix = match inner.as_bytes() {
        [b'#' | b'!', second, ..] if second.is_ascii_alphanumeric() || *second == b'_' => 1,
        _ => 0,
    };
    let rest = &inner[prefix..];
    let length = name_length(rest);
    let name = rest[..length].to_owned();
    let mut rest = &rest[length..];
    let at = |rest: &str| base + (start + inner.len() - rest.len()) as u32;
    let word = |rest: &str| inner_fragment(rest, at(rest), Quotes::Read, depth + 1);
    let mut index = None;
    if let Some(behind) = rest.strip_prefix('[')
        && let Some(end) = behind.find(']')
    {
        let key = &behind[..end];
        index = Some(if matches!(key, "@" | "*") {
            Index::All
        } else {
            Index::One(word(key))
        });
        rest = &behind[end + 1..];
    }
    let form = match (prefix, inner.as_bytes().first()) {
        (1, Some(b'#')) => Form::Length,
        (1, _) if rest.is_empty() && matches!(index, Some(Index::All)) => Form::Keys,
        (1, _) if rest.is_empty() && index.is_none() => Form::Indirect,
        (1, _) => Form::Other,
        _ => form_of(rest, &word),
    };
    Variable { name, index, form }
}

fn form_of(rest: &str, word: &dyn Fn(&str) -> Word) -> Form {
    let Some(operator) = rest.chars().next() else {
        return Form::Plain;
    };
    let behind = &rest[operator.len_utf8()..];
    let doubled = behind.strip_prefix(operator);
    let pattern = doubled.unwrap_or(behind);
    match operator {
        ':' => match behind.chars().next() {
            Some('-' | '=') => Form::Default(word(&behind[1..])),
            Some('+') => Form::Alternative(word(&behind[1..])),
            Some('?') => Form::Required,
            _ => Form::Other,
        },
        '-' | '=' => Form::Default(word(behind)),
        '+' => Form::Alternative(word(behind)),
        '?' => Form::Required,
        '#' => Form::WithoutPrefix {
            pattern: word(pattern),
            longest: doubled.is_some(),
        },
        '%' => Form::WithoutSuffix {
            pattern: word(pattern),
            longest: doubled.is_some(),
        },
        '/' if pattern.starts_with(['#', '%']) => Form::Other,
        '/' => {
            let end = separator(pattern);
            Form::Replaced {
                pattern: word(&pattern[..end]),
                replacement: word(pattern.get(end + 1..).unwrap_or_default()),
                all: doubled.is_some(),
            }
        }
        ',' if pattern.is_empty() && doubled.is_some() => Form::Lower,
        '^' if pattern.is_empty() && doubled.is_some() => Form::Upper,
        _ => Form::Other,
    }
}

/// Where the pattern of a replacement ends: at the first `/` that is not escaped.
fn separator(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'/' => return at,
            _ => {}
        }
    }
    text.len()
}

fn inner_fragment(text: &str, base: u32, quotes: Quotes, depth: u32) -> Word {
    let range = TextRange::new(base, base + text.len() as u32);
    let mut cutter = Cutter {
        text,
        base,
        depth,
        literal: String::new(),
        since: 0,
        quoted: quotes == Quotes::Text,
        parts: Vec::new(),
    };
    cutter.cut(quotes);
    Word {
        range,
        parts: cutter.parts,
    }
}

struct Cutter<'a> {
    text: &'a str,
    base: u32,
    depth: u32,
    literal: String,
    /// Where the literal begins.
    since: usize,
    quoted: bool,
    parts: Vec<Part>,
}

impl Cutter<'_> {
    fn cut(&mut self, quotes: Quotes) {
        let mut at = 0;
        let reads_quotes = quotes == Quotes::Read;
        while let Some(char) = self.text[at..].chars().next() {
            let rest = &self.text[at..];
            match char {
                '\'' if reads_quotes && !self.quoted => {
                    let length = rest[1..].find('\'').unwrap_or(rest.len() - 1);
                    self.end_literal(at, at + 1);
                    self.quoted = true;
                    self.literal.push_str(&rest[1..=length]);
                    at = (at + length + 2).min(self.text.len());
                    self.end_literal(at, at);
                    self.quoted = false;
                }
                '"' if reads_quotes => {
                    self.end_literal(at, at + 1);
                    self.quoted = !self.quoted;
                    at += 1;
                }
                '\\' => {
                    let next = rest[1..].chars().next();
                    let escapes = |it: char| matches!(it, '$' | '`' | '\\' | '"');
                    match next {
                        Some('\n') => {}
                        Some(next) if !self.quoted || escapes(next) => self.literal.push(next),
                        Some(next) => self.literal.extend(['\\', next]),
                        None => self.literal.push('\\'),
                    }
                    at += 1 + next.map_or(0, char::len_utf8);
                }
                '$' => {
                    let length = self.dollar(at);
                    if length == 0 {
                        self.literal.push('$');
                    }
                    at += length.max(1);
                }
                '`' => {
                    let length = rest[1..].find('`').map_or(rest.len(), |it| it + 2);
                    self.push(at, at + length, PartKind::Other);
                    at += length;
                }
                _ => {
                    self.literal.push(char);
                    at += char.len_utf8();
                }
            }
        }
        self.end_literal(at, at);
    }

    /// What `$` at `at` begins; gives its length, 0 if it stands for itself.
    fn dollar(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let behind = &rest[1..];
        if behind.starts_with('{') {
            let length = closing(rest);
            let kind = if self.depth < MAX_INNER {
                let base = self.base + at as u32;
                let variable = inner_variable(&rest[..length], base, self.depth + 1);
                PartKind::Variable(Box::new(variable))
            } else {
                PartKind::Other
            };
            self.push(at, at + length, kind);
            return length;
        }
        if behind.starts_with('(') {
            let length = closing(rest);
            self.push(at, at + length, PartKind::Other);
            return length;
        }
        // `$10` is `$1` and `0`.
        let is_digit = behind.starts_with(|it: char| it.is_ascii_digit());
        let length = if is_digit { 1 } else { name_length(behind) };
        if length == 0 {
            return 0;
        }
        let variable = Variable {
            name: behind[..length].to_owned(),
            index: None,
            form: Form::Plain,
        };
        self.push(at, at + length + 1, PartKind::Variable(Box::new(variable)));
        length + 1
    }

    fn push(&mut self, start: usize, end: usize, kind: PartKind) {
        self.end_literal(start, end);
        self.parts.push(Part {
            range: TextRange::new(self.base + start as u32, self.base + end as u32),
            kind,
            quoted: self.quoted,
        });
    }

    /// Ends the literal at `end`; the next begins at `next`.
    fn end_literal(&mut self, end: usize, next: usize) {
        if !self.literal.is_empty() {
            let text = std::mem::take(&mut self.literal);
            self.parts.push(Part {
                range: TextRange::new(self.base + self.since as u32, self.base + end as u32),
                kind: PartKind::Literal(text),
                quoted: self.quoted,
            });
        }
        self.since = next;
    }
}

/// The length of `${…}` or `$(…)` at the beginning of `text`, brackets within counted.
fn closing(text: &str) -> usize {
    let (open, close) = if text.starts_with("$(") {
        (b'(', b')')
    } else {
        (b'{', b'}')
    };
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + 1;
            }
        }
    }
    text.len()
}
