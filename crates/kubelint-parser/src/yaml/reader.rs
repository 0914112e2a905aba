//! From a text to its documents: which are JSON, where the others are cut, and what is wrong with each.

use super::documents::{self, Chunk};
use super::guess::Lines;
use super::parser::Parser;
use super::state::Fault;
use super::{Comment, Document, NodeId, SyntaxErrorKind, Yaml, chars, diagnose, json};
use crate::TextRange;

/// Fills a [`Yaml`].
pub(super) struct Reader<'a> {
    text: &'a str,
    yaml: Yaml,
    /// A place up to which lines were counted, and how many there are before it.
    counted: (usize, usize),
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            yaml: Yaml::default(),
            counted: (0, 0),
        }
    }

    /// What was read.
    pub(super) fn finish(self) -> Yaml {
        self.yaml
    }

    /// Whether offsets have room in 32 bits. If not, that is the error.
    pub(super) fn fits(&mut self) -> bool {
        if u32::try_from(self.text.len()).is_err() {
            self.push_document(TextRange::empty(0), None, None, false);
            self.refuse();
            return false;
        }
        self.yaml.tape.nodes.reserve(self.text.len() / 24 + 8);
        true
    }

    fn refuse(&mut self) {
        if let Some(document) = self.yaml.documents.last_mut() {
            document.broken = true;
        }
        self.yaml.errors.push(diagnose::too_large());
    }

    /// Where the text starts after a byte order mark.
    fn start(&self) -> usize {
        if self.text.starts_with('\u{FEFF}') {
            3
        } else {
            0
        }
    }

    /// Reads all documents, JSON first.
    pub(super) fn stream(&mut self) {
        let rest = self.read_json(self.start());
        self.read_chunks(rest);
    }

    /// Reads all documents as YAML.
    pub(super) fn yaml_stream(&mut self) {
        self.read_chunks(self.start());
    }

    /// Cuts the text from `start` on into documents, and reads them.
    fn read_chunks(&mut self, start: usize) {
        let mut chunks = documents::cut(self.text, start);
        if let Some(first) = chunks.first_mut()
            && self.yaml.documents.is_empty()
        {
            first.range.start = 0;
        }
        for chunk in chunks {
            self.read_chunk(chunk);
        }
        if self.yaml.documents.is_empty() && start > 0 {
            self.push_document(TextRange::new(0, start as u32), None, None, false);
        }
    }

    /// Reads the text as one document.
    pub(super) fn single(&mut self) {
        if !self.text.is_empty() {
            let range = TextRange::new(0, self.text.len() as u32);
            self.document(range, range, false);
        }
    }

    /// Reads JSON values from `start` on, as kubectl does where a text starts with `{`. Returns where YAML goes on: at
    /// `start` if there is no JSON, at the text's end if there is nothing else.
    ///
    /// After one value kubectl falls back to YAML, after two it does not.
    fn read_json(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let first = json::skip_space(bytes, start);
        if bytes.get(first) != Some(&b'{') {
            return start;
        }
        let mut begin = 0;
        let mut at = first;
        while at < bytes.len() {
            let mark = self.yaml.tape.mark();
            let Some((root, end)) = json::value(bytes, at, &mut self.yaml.tape) else {
                self.yaml.tape.cut(mark);
                return self.after_json(start, at);
            };
            at = json::skip_space(bytes, end);
            self.push_document(TextRange::new(begin, end as u32), Some(root), None, true);
            begin = end as u32;
        }
        self.extend_last(self.text.len());
        self.text.len()
    }

    /// Something that is not JSON is at `at`. Returns where YAML goes on.
    fn after_json(&mut self, start: usize, at: usize) -> usize {
        let Some(last) = self.yaml.documents.last() else {
            return start;
        };
        let begin = last.range.end as usize;
        if self.yaml.documents.len() == 1 {
            // White space is dropped, up to the end of the line.
            let space = self.text.get(begin..at).unwrap_or_default();
            let rest = space.find('\n').map_or(at, |newline| begin + newline + 1);
            self.extend_last(rest);
            return rest;
        }
        let after = self.text.get(at..).unwrap_or_default().chars().next();
        let end = at + after.map_or(0, char::len_utf8);
        let range = TextRange::new(begin as u32, self.text.len() as u32);
        self.push_document(range, None, None, true);
        let fault = Fault {
            kind: SyntaxErrorKind::Json,
            at: TextRange::new(at as u32, end as u32),
            related: None,
        };
        self.fail(range, fault);
        self.text.len()
    }

    /// Lets the last document reach to `end`.
    fn extend_last(&mut self, end: usize) {
        if let Some(last) = self.yaml.documents.last_mut() {
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
        self.yaml.documents.push(Document {
            range,
            root: root.map(NodeId),
            ignored,
            broken: false,
            json,
        });
    }

    /// Gives the last document an error.
    fn fail(&mut self, range: TextRange, fault: Fault) {
        let index = self.yaml.documents.len().saturating_sub(1);
        if let Some(document) = self.yaml.documents.last_mut() {
            document.broken = true;
            document.root = None;
        }
        let lines = Lines {
            text: self.text,
            chunk: range,
            first: self.line_number(range.start as usize),
        };
        let error = diagnose::describe(&lines, fault, index);
        self.yaml.errors.push(error);
    }

    fn read_chunk(&mut self, chunk: Chunk) {
        if let Some(range) = chunk.comment {
            self.yaml.comments.push(Comment {
                range,
                own_line: false,
            });
        }
        match chunk.bad_separator {
            None => self.document(chunk.range, chunk.content, true),
            Some(at) => {
                self.push_document(chunk.range, None, None, false);
                let fault = Fault {
                    kind: SyntaxErrorKind::DocumentSeparator,
                    at,
                    related: None,
                };
                self.fail(chunk.range, fault);
            }
        }
    }

    /// Reads one document, of which the parser gets to see `content`.
    fn document(&mut self, range: TextRange, content: TextRange, cut: bool) {
        let bytes = self
            .text
            .as_bytes()
            .get(..content.end as usize)
            .unwrap_or_default();
        let forbidden = chars::find_forbidden(bytes, content.start as usize);
        let seen = TextRange::new(content.start, forbidden.map_or(content.end, |at| at as u32));
        let mark = self.yaml.tape.mark();
        let mut parser = Parser::new(
            self.text,
            seen,
            &mut self.yaml.tape,
            &mut self.yaml.comments,
        );
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
                let found = self.text.get(at..).unwrap_or_default().chars().next();
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
                self.yaml.tape.cut(mark);
                self.push_document(range, None, None, false);
                self.fail(range, fault);
            }
        }
    }

    /// The number of the line that `at` is on, counted from 1. Calls are in order, so all of them together count once.
    fn line_number(&mut self, at: usize) -> usize {
        let (from, before) = self.counted;
        let bytes = self.text.as_bytes().get(from..at).unwrap_or_default();
        self.counted = (at, before + memchr::memchr_iter(b'\n', bytes).count());
        self.counted.1 + 1
    }
}

/// Whether go-yaml, which has parsed up to `stopped`, has already read `at`: it reads blocks of 512 bytes.
fn is_read_ahead(content: TextRange, stopped: usize, at: usize) -> bool {
    const BLOCK: usize = 512;
    let start = content.start as usize;
    at.saturating_sub(start) / BLOCK <= stopped.saturating_sub(start) / BLOCK
}
