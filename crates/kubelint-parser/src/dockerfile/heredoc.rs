//! Here-documents: which of them a line opens, and where their bodies end.

use std::collections::BTreeMap;

use super::lex::{Lexeme, lex};
use super::lines::{line_at, range};
use super::word::Word;
use crate::TextRange;

/// A here-document of `RUN`, `COPY` or `ADD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that opens it, with what follows `<<` and the file descriptor before it.
    pub word: Word,
    /// What ends it, without quotes; `COPY` makes a file of this name.
    pub name: String,
    /// The lines of its body, with their line breaks; empty if there is none.
    pub body: TextRange,
    /// Whether variables in it are expanded: its name is not quoted.
    pub expands: bool,
    /// Whether tabs at the beginning of its lines are taken off: `<<-`.
    pub strips_tabs: bool,
}

/// A here-document whose body is not found yet.
pub(super) struct Opened {
    /// Its word, in the joined lines.
    pub(super) range: TextRange,
    pub(super) name: String,
    pub(super) strips_tabs: bool,
    expands: bool,
}

impl Opened {
    pub(super) fn with(self, word: Word, body: TextRange) -> Heredoc {
        Heredoc {
            word,
            name: self.name,
            body,
            expands: self.expands,
            strips_tabs: self.strips_tabs,
        }
    }
}

/// The here-documents that an instruction opens, in order. A text that is no words (a quote that is not closed) opens none.
pub(super) fn opened(text: &str) -> Vec<Opened> {
    // Whatever escapes in the rest of the file, a backslash escapes here.
    let Ok(lexemes) = lex(text, '\\') else {
        return Vec::new();
    };
    let words = words(text, &lexemes);
    words.into_iter().filter_map(|it| open(text, it)).collect()
}

/// Whether a word of `COPY` or `ADD` stands for a here-document.
pub(super) fn is_heredoc(word: &str) -> bool {
    open(word, range(0, word.len())).is_some()
}

/// The words of a text, as written, cut where blanks stand that are not quoted.
fn words(text: &str, lexemes: &[Lexeme]) -> Vec<TextRange> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    for lexeme in lexemes {
        match lexeme {
            Lexeme::Open { .. } => depth += 1,
            Lexeme::Close => depth = depth.saturating_sub(1),
            Lexeme::Literal {
                range: part,
                quoted: false,
            } if depth == 0 => {
                for (at, blank) in part.of(text).match_indices(char::is_whitespace) {
                    let at = part.start as usize + at;
                    if start < at {
                        words.push(range(start, at));
                    }
                    start = at + blank.len();
                }
            }
            _ => {}
        }
    }
    if start < text.len() {
        words.push(range(start, text.len()));
    }
    words
}

/// A word of the form `<<name`, `<<-name` or `3<<"name"`.
fn open(text: &str, at: TextRange) -> Option<Opened> {
    let word = at.of(text);
    let rest = word.trim_start_matches(|it: char| it.is_ascii_digit());
    let rest = rest.strip_prefix("<<")?;
    let stripped = rest.strip_prefix('-');
    let rest = stripped.unwrap_or(rest);
    let rest = rest.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let lexemes = lex(rest, '\\').ok()?;
    if words(rest, &lexemes).len() != 1 {
        return None;
    }
    let mut name = String::new();
    for lexeme in &lexemes {
        match lexeme {
            Lexeme::Literal { range, .. } => name.push_str(range.of(rest)),
            Lexeme::Variable { name: variable } => {
                name.push('$');
                name.push_str(variable.of(rest));
            }
            Lexeme::Open { .. } | Lexeme::Middle | Lexeme::Close => return None,
        }
    }
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    (!name.is_empty()).then(|| Opened {
        range: at,
        strips_tabs: stripped.is_some(),
        expands: quotes(&name) == quotes(rest),
        name,
    })
}

/// Where lines of a text stand, so that the end of every here-document is found at once, however many there are.
pub(super) struct Bodies<'a> {
    text: &'a str,
    /// Where the lines that could end a here-document start, by their content: with and without tabs at their beginning.
    lines: Option<[BTreeMap<&'a str, Vec<usize>>; 2]>,
}

impl<'a> Bodies<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, lines: None }
    }

    /// The body that begins at `start` and ends before the line `name`, and where the line after that starts.
    pub(super) fn find(
        &mut self,
        start: usize,
        name: &str,
        strips_tabs: bool,
    ) -> Option<(TextRange, usize)> {
        let text = self.text;
        let lines = self.lines.get_or_insert_with(|| index(text));
        let of_name = lines[usize::from(strips_tabs)].get(name)?;
        let end = *of_name.get(of_name.partition_point(|it| *it < start))?;
        Some((range(start, end), line_at(text, end)?.next))
    }
}

fn index(text: &str) -> [BTreeMap<&str, Vec<usize>>; 2] {
    let mut lines = [BTreeMap::new(), BTreeMap::new()];
    let mut at = 0;
    while let Some(line) = line_at(text, at) {
        at = line.next;
        let content = &text[line.start..line.end];
        for (lines, content) in lines
            .iter_mut()
            .zip([content, content.trim_start_matches('\t')])
        {
            lines
                .entry(content)
                .or_insert_with(Vec::new)
                .push(line.start);
        }
    }
    lines
}
