//! Words, their parts, and assignments.

use crate::TextRange;

use super::build::Builder;
use super::expansion::{self, Quotes};
use super::tape::{Field, Kind};
use super::tree::{Assigned, Assignment, Element, Form, Part, PartKind, Variable, Word};

/// How a literal is written.
#[derive(Clone, Copy)]
enum Style {
    Plain,
    Single,
    Double,
    Ansi,
}

impl Builder<'_> {
    /// The word that a node is.
    pub(super) fn word(&mut self, at: usize) -> Word {
        let range = self.tape[at].range;
        let mut parts = Vec::new();
        self.nested(|it| it.parts(at, &mut parts));
        if parts.is_empty() && matches!(self.tape[at].kind, Kind::String | Kind::RawString) {
            // `""` is a word.
            parts.push(literal_part(range, String::new(), true));
        }
        Word { range, parts }
    }

    fn parts(&mut self, at: usize, parts: &mut Vec<Part>) {
        let node = self.tape[at];
        match node.kind {
            Kind::Word | Kind::VariableName | Kind::TestOperator => {
                self.literal(node.range, Style::Plain, parts);
            }
            Kind::RawString => {
                self.literal(self.unquoted(node.range, "'", '\''), Style::Single, parts);
            }
            Kind::AnsiString => {
                let inner = self.unquoted(node.range, "$'", '\'');
                self.literal(inner, Style::Ansi, parts);
            }
            Kind::String => {
                let inner = self.unquoted(node.range, "\"", '"');
                self.with_gaps(at, inner, Style::Double, parts);
            }
            Kind::TranslatedString | Kind::CommandName => {
                for child in self.children(at) {
                    if self.tape[child].named {
                        self.parts(child, parts);
                    }
                }
            }
            Kind::Concatenation => self.with_gaps(at, node.range, Style::Plain, parts),
            Kind::SimpleExpansion => {
                let text = node.range.of(self.text);
                let variable = Variable {
                    name: text.strip_prefix('$').unwrap_or(text).to_owned(),
                    index: None,
                    form: Form::Plain,
                };
                push(parts, node.range, PartKind::Variable(Box::new(variable)));
            }
            Kind::Expansion => {
                let variable = expansion::variable(node.range.of(self.text), node.range.start);
                push(parts, node.range, PartKind::Variable(Box::new(variable)));
            }
            Kind::Substitution => {
                let body = self.body(at);
                push(parts, node.range, PartKind::Substitution(body));
            }
            Kind::Process => {
                let body = self.body(at);
                push(parts, node.range, PartKind::Process(body));
            }
            Kind::Arithmetic => {
                let names = self.variable_names(at);
                push(parts, node.range, PartKind::Arithmetic(names));
            }
            _ => push(parts, node.range, PartKind::Other),
        }
    }

    /// The range without the quotes around it; the last may be missing.
    fn unquoted(&self, range: TextRange, open: &str, close: char) -> TextRange {
        let text = range.of(self.text);
        let inner = text.strip_prefix(open).unwrap_or(text);
        let start = range.end - inner.len() as u32;
        let inner = inner.strip_suffix(close).unwrap_or(inner);
        TextRange::new(start, start + inner.len() as u32)
    }

    /// The parts that the children of a node are, and the text between them.
    fn with_gaps(&mut self, at: usize, inner: TextRange, style: Style, parts: &mut Vec<Part>) {
        let is_quoted = matches!(style, Style::Double);
        let mut from = inner.start;
        for child in self.children(at) {
            let node = self.tape[child];
            let is_text = matches!(node.kind, Kind::Other) || !node.named;
            if is_text || node.range.is_empty() || node.range.start < from {
                continue;
            }
            self.literal(TextRange::new(from, node.range.start), style, parts);
            let before = parts.len();
            self.nested(|it| it.parts(child, parts));
            for part in parts.iter_mut().skip(before).filter(|_| is_quoted) {
                part.quoted = true;
            }
            from = node.range.end;
        }
        self.literal(TextRange::new(from.min(inner.end), inner.end), style, parts);
    }

    /// A literal, cut where another tool replaces something.
    fn literal(&self, range: TextRange, style: Style, parts: &mut Vec<Part>) {
        if range.start >= range.end && !matches!(style, Style::Single) {
            return;
        }
        let mut from = range.start;
        let first = self.masked.partition_point(|it| it.end <= range.start);
        let quoted = !matches!(style, Style::Plain);
        for mask in self.masked[first..]
            .iter()
            .take_while(|it| it.start < range.end)
        {
            let start = mask.start.max(range.start);
            self.text_part(TextRange::new(from, start), style, parts);
            let masked = TextRange::new(start, mask.end.min(range.end));
            // One expression may be cut into several nodes.
            let same = parts.last().is_some_and(|it| {
                matches!(it.kind, PartKind::Template) && it.range.end == masked.start
            });
            if !same || mask.start >= range.start {
                parts.push(Part {
                    range: masked,
                    kind: PartKind::Template,
                    quoted,
                });
            }
            from = masked.end;
        }
        self.text_part(TextRange::new(from, range.end.max(from)), style, parts);
    }

    fn text_part(&self, range: TextRange, style: Style, parts: &mut Vec<Part>) {
        if range.is_empty() {
            return;
        }
        let raw = range.of(self.text);
        let (text, quoted) = match style {
            Style::Plain => (unescaped(raw, |_| true), false),
            Style::Single => (raw.to_owned(), true),
            Style::Double => (unescaped(raw, |it| "$`\"\\\n".contains(it)), true),
            Style::Ansi => (ansi(raw), true),
        };
        if let Some(Part {
            kind: PartKind::Literal(before),
            quoted: was_quoted,
            range: whole,
        }) = parts.last_mut()
            && *was_quoted == quoted
            && whole.end == range.start
        {
            before.push_str(&text);
            whole.end = range.end;
            return;
        }
        parts.push(literal_part(range, text, quoted));
    }

    /// The assignment that a node is.
    pub(super) fn assignment(&mut self, at: usize) -> Assignment {
        let node = self.tape[at];
        let mut name = String::new();
        let mut index = None;
        let mut append = false;
        let mut value = None;
        for child in self.children(at) {
            let part = self.tape[child];
            match part.field {
                Field::Name if part.kind == Kind::Subscript => {
                    for inner in self.children(child) {
                        match self.tape[inner].field {
                            Field::Name => name = self.owned(inner),
                            Field::Index => index = Some(self.word(inner)),
                            _ => {}
                        }
                    }
                }
                Field::Name => name = self.owned(child),
                Field::Value if part.kind == Kind::Array => {
                    value = Some(Assigned::Array(self.elements(child)));
                }
                Field::Value => value = Some(Assigned::Word(self.word(child))),
                _ => append |= part.range.of(self.text) == "+=",
            }
        }
        let empty = Word {
            range: TextRange::empty(node.range.end),
            parts: Vec::new(),
        };
        Assignment {
            range: node.range,
            name,
            index,
            append,
            value: value.unwrap_or(Assigned::Word(empty)),
        }
    }

    fn elements(&mut self, at: usize) -> Vec<Element> {
        let mut found = Vec::new();
        for child in self.children(at) {
            let node = self.tape[child];
            if !node.named || node.kind == Kind::Comment {
                continue;
            }
            let keyed = node.range.of(self.text).strip_prefix('[').and_then(|it| {
                let (key, value) = it.split_once("]=")?;
                let key_at = node.range.start + 1;
                let value_at = key_at + key.len() as u32 + 2;
                Some(Element {
                    key: Some(expansion::fragment(key, key_at, Quotes::Read)),
                    value: expansion::fragment(value, value_at, Quotes::Read),
                })
            });
            found.push(keyed.unwrap_or_else(|| Element {
                key: None,
                value: self.word(child),
            }));
        }
        found
    }

    /// The variables that stand in an arithmetic expression, which may change them.
    pub(super) fn variable_names(&self, at: usize) -> Vec<String> {
        let text = self.tape[at].range.of(self.text);
        let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let words = text.split(|it| !is_name(it));
        let names = words.filter(|it| it.starts_with(|it: char| !it.is_ascii_digit()));
        names.map(str::to_owned).collect()
    }
}

fn push(parts: &mut Vec<Part>, range: TextRange, kind: PartKind) {
    parts.push(Part {
        range,
        kind,
        quoted: false,
    });
}

fn literal_part(range: TextRange, text: String, quoted: bool) -> Part {
    Part {
        range,
        kind: PartKind::Literal(text),
        quoted,
    }
}

/// `text` without the backslashes before what they may escape, and without those that continue a line.
fn unescaped(text: &str, escapes: impl Fn(char) -> bool) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut found = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            found.push(char);
            continue;
        }
        match chars.next() {
            Some('\n') => {}
            Some(next) if escapes(next) => found.push(next),
            Some(next) => found.extend(['\\', next]),
            None => found.push('\\'),
        }
    }
    found
}

/// The text of `$'…'`, as far as paths and names need its escapes.
fn ansi(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (char == '\\').then(|| chars.next()).flatten() {
            None => found.push(char),
            Some('n') => found.push('\n'),
            Some('t') => found.push('\t'),
            Some('r') => found.push('\r'),
            Some(next) => found.push(next),
        }
    }
    found
}
