//! The parser of one document: a pushdown automaton over bytes, without tokens and without recursion.
//!
//! The states are those of libyaml's grammar as go-yaml has it, because what kubectl takes and refuses follows from them.
//! `state` owns its states, this file the stack and what it does to the tape; `block` and `flow` own the two grammars, `scan` the scalars,
//! `properties` anchors, tags and directives.

use std::collections::BTreeMap;

use super::chars::{break_len, is_blank_or_end, line_end};
use super::state::{Candidate, Fault, Frame, Leaf, Pending, State, Step, Stop, merged};
use super::tape::{AliasLink, Flags, Properties, Raw, Tape};
use super::{Comment, Kind, Style, SyntaxErrorKind};
use crate::TextRange;

/// The deepest nesting of flow collections, and of block collections, that go-yaml takes.
const MAX_DEPTH: usize = 10_000;

/// The parser of one document.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    /// The text up to the document's end.
    pub(super) bytes: &'a [u8],
    pub(super) pos: usize,
    pub(super) line_start: usize,
    /// Whether a key could start here (libyaml's "simple key allowed"); tabs are not blanks then.
    pub(super) key_allowed: bool,
    pub(super) top: Frame,
    pub(super) stack: Vec<Frame>,
    pub(super) flow_depth: usize,
    block_depth: usize,
    pub(super) candidate: Option<Candidate>,
    pub(super) pending: Pending,
    /// The line of the last candidate that was no key.
    pub(super) key_line: Option<usize>,
    /// End of the last thing read that is not a comment.
    pub(super) last_end: usize,
    /// Whether the reader adds a line break at the text's end if it has none.
    pub(super) adds_final_break: bool,
    /// Each anchor's latest entry in the tape's properties.
    pub(super) anchors: BTreeMap<&'a str, u32>,
    /// Handles declared by `%TAG`.
    pub(super) tag_handles: Vec<&'a str>,
    pub(super) tape: &'a mut Tape,
    pub(super) comments: &'a mut Vec<Comment>,
    pub(super) fault: Option<Fault>,
    /// Where the text starts that the reader never looks at.
    pub(super) ignored: Option<usize>,
    pub(super) root: Option<u32>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        text: &'a str,
        range: TextRange,
        tape: &'a mut Tape,
        comments: &'a mut Vec<Comment>,
    ) -> Self {
        let bytes = text.as_bytes();
        Self {
            text,
            bytes: bytes.get(..range.end as usize).unwrap_or(bytes),
            pos: range.start as usize,
            line_start: range.start as usize,
            key_allowed: true,
            top: Frame {
                state: State::Root,
                node: 0,
                indent: -1,
                candidate: None,
                has_content: false,
                key_line: None,
                outer: None,
            },
            stack: Vec::new(),
            flow_depth: 0,
            block_depth: 0,
            candidate: None,
            pending: Pending::default(),
            key_line: None,
            last_end: range.start as usize,
            adds_final_break: false,
            anchors: BTreeMap::new(),
            tag_handles: Vec::new(),
            tape,
            comments,
            fault: None,
            ignored: None,
            root: None,
        }
    }

    /// Reads the document.
    pub(super) fn document(&mut self) -> Step {
        self.prolog()?;
        loop {
            self.skip_to_content();
            if self.flow_depth > 0 {
                self.flow_token()?;
            } else if !self.block_token()? {
                return Ok(());
            }
        }
    }

    /// The byte at `at`; NUL after the end, which no document holds.
    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    pub(super) fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    pub(super) fn column(&self) -> usize {
        self.pos - self.line_start
    }

    /// Whether a line `---` or `...` starts at `at`, which starts a line.
    pub(super) fn is_document_marker(&self, at: usize) -> bool {
        matches!(self.bytes.get(at..at + 3), Some(b"---" | b"..."))
            && is_blank_or_end(self.bytes, at + 3)
    }

    /// Goes to the next byte that is not blank, line break or comment.
    #[inline]
    pub(super) fn skip_to_content(&mut self) {
        loop {
            if self.flow_depth > 0 || !self.key_allowed {
                self.pos = super::chars::skip_blanks(self.bytes, self.pos);
            } else {
                self.pos = super::chars::skip_spaces(self.bytes, self.pos);
            }
            if self.byte(self.pos) == b'#' {
                self.comment();
            }
            let length = break_len(self.bytes, self.pos);
            if length == 0 {
                return;
            }
            self.pos += length;
            self.line_start = self.pos;
            if self.flow_depth == 0 {
                self.key_allowed = true;
            }
        }
    }

    /// Reads the comment that starts here.
    pub(super) fn comment(&mut self) {
        let start = self.pos;
        let before = self.bytes.get(self.line_start..start).unwrap_or_default();
        let own_line = before.iter().all(|byte| matches!(byte, b' ' | b'\t'));
        self.pos = line_end(self.bytes, start);
        self.comments.push(Comment {
            range: TextRange::new(start as u32, self.pos as u32),
            own_line,
        });
    }

    /// Records what is wrong at `start..end`.
    #[cold]
    pub(super) fn fault(&mut self, kind: SyntaxErrorKind, start: usize, end: usize) -> Stop {
        self.fault = Some(Fault {
            kind,
            at: TextRange::new(start as u32, end as u32),
            related: None,
        });
        Stop
    }

    /// Records what is wrong at `start..end`, and the other place.
    #[cold]
    pub(super) fn fault_with(
        &mut self,
        kind: SyntaxErrorKind,
        start: usize,
        end: usize,
        related: (usize, usize),
    ) -> Stop {
        let stop = self.fault(kind, start, end);
        if let Some(fault) = &mut self.fault {
            fault.related = Some(TextRange::new(related.0 as u32, related.1 as u32));
        }
        stop
    }

    /// The end of the word at `at`, for a fault to point at: at least one character.
    pub(super) fn word_end(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let length = rest
            .iter()
            .take(64)
            .position(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
            .unwrap_or(rest.len().min(64));
        let mut end = (at + length.max(1)).min(self.bytes.len());
        while end < self.bytes.len() && !self.text.is_char_boundary(end) {
            end += 1;
        }
        end.max(at)
    }

    // ---- the tape ----

    /// Puts a leaf on the tape.
    #[inline]
    pub(super) fn push_leaf(&mut self, leaf: Leaf) -> u32 {
        let id = self.tape.push(leaf.raw());
        if leaf.kind == Kind::Alias {
            self.tape.aliases.push(AliasLink {
                node: id,
                properties: leaf.anchor,
            });
        }
        id
    }

    /// Gives a new node its properties, and makes its anchor known.
    pub(super) fn attach(&mut self, id: u32, properties: Properties) {
        if properties.is_empty() {
            return;
        }
        if !properties.anchor.is_empty() {
            let written = properties.anchor.of(self.text);
            let name = written.get(1..).unwrap_or_default();
            self.anchors.insert(name, self.tape.properties.len() as u32);
        }
        self.tape.attach(id, properties);
    }

    /// Puts an absent scalar, with the pending properties, where a node was expected.
    pub(super) fn push_absent(&mut self) {
        let id = self.push_leaf(Leaf::absent(self.last_end));
        if !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            let properties = merged(pending.outer, pending.inner).unwrap_or(pending.outer);
            self.attach(id, properties);
        }
        self.node_done();
    }

    /// Opens a collection at `start` and makes it the innermost one.
    pub(super) fn open(
        &mut self,
        kind: Kind,
        style: Style,
        start: usize,
        state: State,
        properties: Properties,
    ) {
        let node = self.tape.push(Raw {
            start: start as u32,
            end: start as u32,
            skip: 0,
            kind,
            style,
            flags: Flags::NONE,
        });
        self.attach(node, properties);
        self.stack.push(self.top);
        self.top = Frame {
            state,
            node,
            indent: self.top.indent,
            candidate: None,
            has_content: false,
            key_line: self.top.key_line,
            outer: None,
        };
    }

    /// Opens a block collection at `start`, `column` bytes into its line.
    pub(super) fn open_block(
        &mut self,
        kind: Kind,
        start: usize,
        column: usize,
        state: State,
        properties: Properties,
    ) -> Step {
        self.block_depth += 1;
        if self.block_depth > MAX_DEPTH {
            return Err(self.fault(SyntaxErrorKind::Depth, start, start + 1));
        }
        self.open(kind, Style::Block, start, state, properties);
        self.top.indent = i32::try_from(column).unwrap_or(i32::MAX);
        Ok(())
    }

    /// Counts one more level of flow collections.
    pub(super) fn enter_flow(&mut self) -> Step {
        self.flow_depth += 1;
        if self.flow_depth > MAX_DEPTH {
            return Err(self.fault(SyntaxErrorKind::Depth, self.pos, self.pos + 1));
        }
        Ok(())
    }

    /// Closes the innermost collection on the tape; the one around it becomes the innermost.
    pub(super) fn close_top(&mut self) {
        self.tape.close(self.top.node, self.last_end as u32);
        if let Some(frame) = self.stack.pop() {
            if frame.indent != self.top.indent {
                self.block_depth = self.block_depth.saturating_sub(1);
            }
            self.top = frame;
        }
    }

    /// The node that the innermost collection waited for is on the tape.
    #[inline]
    pub(super) fn node_done(&mut self) {
        self.top.state = match self.top.state {
            State::Root => State::RootDone,
            State::MapKeyNode => State::MapColon,
            State::MapColon | State::MapValue => State::MapKey,
            State::SeqItem => State::SeqDash,
            State::InlineItem => State::InlineDash,
            State::FlowSeqItem => State::FlowSeqComma,
            State::FlowMapKey | State::FlowMapKeyNode => State::FlowMapColon,
            State::FlowMapColon | State::FlowMapValue => State::FlowMapComma,
            State::FlowPairKeyNode => State::FlowPairColon,
            State::FlowPairColon | State::FlowPairValue => {
                self.close_top();
                State::FlowSeqComma
            }
            state => state,
        };
    }
}
