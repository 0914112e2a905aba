//! YAML and JSON: one pass, no recursion, a flat pre-order tape with a byte range for every token.
//!
//! The tree is neutral: it says what is written, not what it means. What a scalar or key *means* depends on who reads it
//! ([`resolve`]). The grammar is that of libyaml as kubectl uses it (go-yaml), not that of YAML 1.2: what kubectl accepts
//! parses, what it refuses is an error.
//!
//! Texts are cut into documents first, textually, as kubectl cuts them, so a broken document does not spoil its neighbours.

mod block;
mod chars;
mod decode;
mod diagnose;
mod documents;
mod fields;
mod flow;
mod ignored;
mod json;
mod keys;
mod node;
mod parser;
mod properties;
mod scan;
mod tape;
mod tree;

pub mod resolve;

pub use decode::Decoded;
pub use fields::Fields;
pub use node::{Entries, Entry, Items, Node};
pub use tree::{Comment, Document, Kind, NodeId, Style, SyntaxError, SyntaxErrorKind, Yaml};

use crate::TextRange;
use documents::Chunk;
use parser::{Fault, Parser};

/// Parses a text as kubectl reads it. Never fails: what is wrong is in [`Yaml::errors`], and documents without an error are
/// whole.
///
/// A byte order mark at the beginning is skipped. Offsets have 32 bits: a text of 4 GiB or more gets one error and no
/// document is read.
pub fn parse(text: &str) -> Yaml {
    let mut yaml = Yaml::default();
    if u32::try_from(text.len()).is_err() {
        yaml.refuse();
        return yaml;
    }
    yaml.tape.nodes.reserve(text.len() / 24 + 8);
    let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let rest = yaml.read_json(text, start);
    let mut chunks = documents::cut(text, rest);
    if let Some(first) = chunks.first_mut()
        && yaml.documents.is_empty()
    {
        first.range.start = 0;
    }
    for chunk in chunks {
        yaml.read_chunk(text, chunk);
    }
    yaml
}

/// Parses a text as one document, as programs read it that use go-yaml directly: `---` may follow directives, and whatever
/// comes after the first document is [`Document::ignored`].
pub fn parse_single(text: &str) -> Yaml {
    let mut yaml = Yaml::default();
    if u32::try_from(text.len()).is_err() {
        yaml.refuse();
        return yaml;
    }
    yaml.tape.nodes.reserve(text.len() / 24 + 8);
    if !text.is_empty() {
        let range = TextRange::new(0, text.len() as u32);
        yaml.read_document(text, range, range, false);
    }
    yaml
}

impl Yaml {
    /// A text that is too large.
    fn refuse(&mut self) {
        self.documents.push(Document {
            range: TextRange::empty(0),
            root: None,
            ignored: None,
            broken: true,
            json: false,
        });
        self.errors.push(diagnose::too_large());
    }

    /// Reads JSON values from `start` on, as kubectl does where a text starts with `{`. Returns where YAML goes on: at
    /// `start` if there is no JSON, at the text's end if there is nothing else.
    ///
    /// After one value kubectl falls back to YAML, after two it does not.
    fn read_json(&mut self, text: &str, start: usize) -> usize {
        let bytes = text.as_bytes();
        let first = json::skip_space(bytes, start);
        if bytes.get(first) != Some(&b'{') {
            return start;
        }
        let mut begin = 0;
        let mut at = first;
        while at < bytes.len() {
            let mark = self.tape.mark();
            let Some((root, end)) = json::value(bytes, at, &mut self.tape) else {
                self.tape.cut(mark);
                return self.after_json(text, start, at);
            };
            at = json::skip_space(bytes, end);
            self.push_document(TextRange::new(begin, end as u32), Some(root), None, true);
            begin = end as u32;
        }
        self.extend_last(text.len());
        text.len()
    }

    /// Something that is not JSON is at `at`. Returns where YAML goes on.
    fn after_json(&mut self, text: &str, start: usize, at: usize) -> usize {
        let Some(last) = self.documents.last() else {
            return start;
        };
        let begin = last.range.end as usize;
        if self.documents.len() == 1 {
            // White space is dropped, up to the end of the line.
            let space = text.get(begin..at).unwrap_or_default();
            let rest = space.find('\n').map_or(at, |newline| begin + newline + 1);
            self.extend_last(rest);
            return rest;
        }
        let after = text.get(at..).unwrap_or_default().chars().next();
        let end = at + after.map_or(0, char::len_utf8);
        let range = TextRange::new(begin as u32, text.len() as u32);
        self.push_document(range, None, None, true);
        let fault = Fault {
            kind: SyntaxErrorKind::Json,
            at: TextRange::new(at as u32, end as u32),
            related: None,
        };
        self.fail(text, range, fault);
        text.len()
    }

    /// Lets the last document reach to `end`.
    fn extend_last(&mut self, end: usize) {
        if let Some(last) = self.documents.last_mut() {
            last.range.end = end as u32;
        }
    }

    fn push_document(
        &mut self,
        range: TextRange,
        root: Option<u32>,
        ignored: Option<TextRange>,
        json: bool,
    ) {
        self.documents.push(Document {
            range,
            root: root.map(NodeId),
            ignored,
            broken: false,
            json,
        });
    }

    /// Gives the last document an error.
    fn fail(&mut self, text: &str, range: TextRange, fault: Fault) {
        let index = self.documents.len().saturating_sub(1);
        if let Some(document) = self.documents.last_mut() {
            document.broken = true;
            document.root = None;
        }
        self.errors
            .push(diagnose::describe(text, range, fault, index));
    }

    fn read_chunk(&mut self, text: &str, chunk: Chunk) {
        if let Some(range) = chunk.comment {
            self.comments.push(Comment {
                range,
                own_line: false,
            });
        }
        match chunk.bad_separator {
            None => self.read_document(text, chunk.range, chunk.content, true),
            Some(at) => {
                self.push_document(chunk.range, None, None, false);
                let fault = Fault {
                    kind: SyntaxErrorKind::DocumentSeparator,
                    at,
                    related: None,
                };
                self.fail(text, chunk.range, fault);
            }
        }
    }

    /// Reads one document, of which the parser gets to see `content`.
    fn read_document(&mut self, text: &str, range: TextRange, content: TextRange, cut: bool) {
        let bytes = text
            .as_bytes()
            .get(..content.end as usize)
            .unwrap_or_default();
        let forbidden = chars::find_forbidden(bytes, content.start as usize);
        let seen = TextRange::new(content.start, forbidden.map_or(content.end, |at| at as u32));
        let mark = self.tape.mark();
        let mut parser = Parser::new(text, seen, &mut self.tape, &mut self.comments);
        parser.adds_final_break = cut;
        let outcome = parser.document();
        let (root, ignored, stopped) = (parser.root, parser.ignored, parser.pos);
        let mut fault = outcome.err().and(parser.fault);
        if let Some(at) = forbidden {
            // The parser took it for the end. If that end was wrong, or was reached, the character is what is wrong.
            let at_end = |fault: Fault| {
                let unclosed = matches!(
                    fault.kind,
                    SyntaxErrorKind::UnclosedQuote | SyntaxErrorKind::UnclosedBracket
                );
                unclosed || fault.at.end as usize >= at
            };
            let seen = ignored.is_none() || is_read_ahead(content, stopped, at);
            if fault.map_or(seen, at_end) {
                let found = text.get(at..).unwrap_or_default().chars().next();
                let end = at + found.map_or(1, char::len_utf8);
                fault = Some(Fault {
                    kind: SyntaxErrorKind::ControlCharacter,
                    at: TextRange::new(at as u32, end as u32),
                    related: None,
                });
            }
        }
        let ignored = ignored.map(|start| TextRange::new(start as u32, range.end));
        match fault {
            None => self.push_document(range, root, ignored, false),
            Some(fault) => {
                self.tape.cut(mark);
                self.push_document(range, None, None, false);
                self.fail(text, range, fault);
            }
        }
    }
}

/// Whether go-yaml, which has parsed up to `stopped`, has already read `at`: it reads blocks of 512 bytes.
fn is_read_ahead(content: TextRange, stopped: usize, at: usize) -> bool {
    const BLOCK: usize = 512;
    let start = content.start as usize;
    at.saturating_sub(start) / BLOCK <= stopped.saturating_sub(start) / BLOCK
}

#[cfg(test)]
mod tests;
