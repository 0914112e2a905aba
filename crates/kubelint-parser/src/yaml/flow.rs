//! Flow context: mappings and sequences in brackets.

use super::chars::{INDICATOR, is, is_blank_or_end};
use super::parser::Parser;
use super::state::{Candidate, Frame, Leaf, State, Step, Stop};
use super::tape::{Flags, Properties, Raw};
use super::{Kind, Style, SyntaxErrorKind};

impl Parser<'_> {
    /// Opens the collection whose bracket is here.
    pub(super) fn start_flow(&mut self, properties: Properties) -> Step {
        self.enter_flow()?;
        let (kind, state) = if self.byte(self.pos) == b'[' {
            (Kind::Sequence, State::FlowSeqItem)
        } else {
            (Kind::Mapping, State::FlowMapKey)
        };
        self.open(kind, Style::Flow, self.pos, state, properties);
        self.pos += 1;
        self.last_end = self.pos;
        self.key_allowed = true;
        Ok(())
    }

    /// Reads one token inside of brackets.
    pub(super) fn flow_token(&mut self) -> Step {
        let at = self.pos;
        if self.at_end() {
            return Err(self.unclosed_bracket());
        }
        if self.column() == 0 && (self.is_document_marker(at) || self.byte(at) == b'%') {
            return Err(self.unclosed_bracket());
        }
        if self
            .candidate
            .is_some_and(|candidate| candidate.line_start() != self.line_start)
        {
            self.candidate = None;
        }
        match self.byte(at) {
            b']' => self.flow_end(Kind::Sequence),
            b'}' => self.flow_end(Kind::Mapping),
            b',' => self.flow_comma(),
            b':' => self.flow_colon(),
            b'?' => self.flow_question(),
            b'[' | b'{' => {
                self.flow_content()?;
                let candidate = self.candidate.take();
                let properties = std::mem::take(&mut self.pending).inner;
                self.start_flow(properties)?;
                self.start_candidate(candidate);
                Ok(())
            }
            b'&' | b'!' => {
                self.flow_content()?;
                if self.scan_property()? {
                    return Ok(());
                }
                Err(self.fault(
                    SyntaxErrorKind::DuplicateProperty,
                    self.pos,
                    self.word_end(self.pos),
                ))
            }
            b'*' => {
                self.flow_content()?;
                let leaf = self.scan_alias()?;
                if !self.pending.is_empty() {
                    let kind = SyntaxErrorKind::DuplicateProperty;
                    return Err(self.fault(kind, leaf.start(), leaf.end()));
                }
                self.flow_leaf(leaf)
            }
            quote @ (b'"' | b'\'') => {
                self.flow_content()?;
                let leaf = self.scan_quoted(quote)?.from(at);
                self.flow_leaf(leaf)
            }
            b'-' if is_blank_or_end(self.bytes, at + 1) => {
                Err(self.fault(SyntaxErrorKind::SequenceNotAllowed, at, at + 1))
            }
            byte if byte == b'-' || !is(byte, INDICATOR) => {
                self.flow_content()?;
                let leaf = self.scan_plain()?.from(at);
                self.flow_leaf(leaf)
            }
            _ => Err(self.cannot_start()),
        }
    }

    /// Keeps the place where a key may have started with the bracket that was just opened.
    pub(super) fn start_candidate(&mut self, candidate: Option<Candidate>) {
        self.top.candidate = candidate;
        if let Some(candidate) = candidate {
            self.top.key_line = Some(candidate.line_start() as u32);
        }
    }

    /// Before any part of a node.
    fn flow_content(&mut self) -> Step {
        if !self.top.state.expects_node() {
            return Err(self.missing_comma());
        }
        if self.key_allowed {
            self.top.has_content = true;
            self.candidate = Some(Candidate::new(self.pos, self.line_start, false));
        }
        self.key_allowed = false;
        Ok(())
    }

    /// A scalar or alias that may be a key.
    fn flow_leaf(&mut self, leaf: Leaf) -> Step {
        self.last_end = leaf.end();
        let key = match self.candidate.take() {
            Some(candidate) if self.is_key(candidate)? => Some(candidate),
            _ => None,
        };
        if let Some(candidate) = key {
            self.flow_key_leaf(candidate, leaf);
            return Ok(());
        }
        self.push_entry(leaf);
        self.entry_done();
        Ok(())
    }

    /// Puts `leaf` on the tape with the pending properties.
    fn push_entry(&mut self, leaf: Leaf) {
        let id = self.push_leaf(leaf);
        if !self.pending.is_empty() {
            let properties = std::mem::take(&mut self.pending).inner;
            self.attach(id, properties);
        }
    }

    /// Puts `leaf` on the tape as a key and steps over the colon at the current place.
    fn flow_key_leaf(&mut self, candidate: Candidate, leaf: Leaf) {
        if self.top.state == State::FlowSeqItem {
            self.open(
                Kind::Mapping,
                Style::Flow,
                candidate.start(),
                State::FlowPairValue,
                Properties::default(),
            );
        } else {
            self.top.state = State::FlowMapValue;
        }
        self.push_entry(leaf);
        self.step(false);
    }

    /// A node inside of brackets is whole and is not a key before its colon.
    fn entry_done(&mut self) {
        let lone_key = self.top.state == State::FlowMapKey;
        self.node_done();
        if lone_key {
            self.push_absent();
        }
    }

    /// Makes an absent node of pending properties, before an indicator.
    fn settle(&mut self) {
        self.candidate = None;
        if !self.pending.is_empty() {
            let lone_key = self.top.state == State::FlowMapKey;
            self.push_absent();
            if lone_key {
                self.push_absent();
            }
        }
    }

    /// Steps over an indicator of one byte.
    fn step(&mut self, key_allowed: bool) {
        self.pos += 1;
        self.last_end = self.pos;
        self.key_allowed = key_allowed;
    }

    fn flow_comma(&mut self) -> Step {
        self.settle();
        match self.top.state {
            State::FlowSeqComma | State::FlowMapComma => {}
            State::FlowPairColon
            | State::FlowPairValue
            | State::FlowMapColon
            | State::FlowMapValue => {
                self.push_absent();
            }
            State::FlowMapKeyNode => {
                self.push_absent();
                self.push_absent();
            }
            State::FlowPairKeyNode => {
                // go-yaml swallows this comma: the pair goes on.
                self.push_absent();
                self.step(true);
                return Ok(());
            }
            _ => {
                return Err(self.fault(SyntaxErrorKind::Unexpected, self.pos, self.pos + 1));
            }
        }
        self.top.state = if self.top.state == State::FlowSeqComma {
            State::FlowSeqItem
        } else {
            State::FlowMapKey
        };
        self.step(true);
        Ok(())
    }

    fn flow_colon(&mut self) -> Step {
        if let Some(candidate) = self.candidate.take() {
            // Only properties were read since the key may have started: the key itself is absent.
            let leaf = Leaf::absent(self.last_end);
            self.flow_key_leaf(candidate, leaf);
            return Ok(());
        }
        self.settle();
        match self.top.state {
            State::FlowMapColon => self.top.state = State::FlowMapValue,
            State::FlowPairColon => self.top.state = State::FlowPairValue,
            State::FlowMapKeyNode => {
                self.push_absent();
                self.top.state = State::FlowMapValue;
            }
            // go-yaml swallows this colon: only a second one would start the value.
            State::FlowPairKeyNode => self.push_absent(),
            _ => {
                return Err(self.missing_comma());
            }
        }
        self.step(false);
        Ok(())
    }

    fn flow_question(&mut self) -> Step {
        self.settle();
        match self.top.state {
            State::FlowSeqItem => {
                self.open(
                    Kind::Mapping,
                    Style::Flow,
                    self.pos,
                    State::FlowPairKeyNode,
                    Properties::default(),
                );
            }
            State::FlowMapKey => self.top.state = State::FlowMapKeyNode,
            _ => return Err(self.missing_comma()),
        }
        self.step(false);
        Ok(())
    }

    /// `]` or `}`.
    fn flow_end(&mut self, kind: Kind) -> Step {
        self.settle();
        match self.top.state {
            State::FlowMapColon
            | State::FlowMapValue
            | State::FlowPairColon
            | State::FlowPairValue => self.push_absent(),
            State::FlowMapKeyNode => {
                self.push_absent();
                self.push_absent();
            }
            _ => {}
        }
        let closes = match self.top.state {
            State::FlowSeqItem | State::FlowSeqComma => kind == Kind::Sequence,
            State::FlowMapKey | State::FlowMapComma => kind == Kind::Mapping,
            _ => false,
        };
        if !closes {
            let opened = self.opened();
            let at = self.pos;
            return Err(self.fault_with(
                SyntaxErrorKind::UnclosedBracket,
                at,
                at + 1,
                (opened, opened + 1),
            ));
        }
        self.step(false);
        let closed = self.top;
        self.close_top();
        self.flow_depth -= 1;
        if self.flow_depth == 0 {
            return self.block_flow_end(closed);
        }
        self.nested_flow_end(closed)
    }

    /// A bracket within brackets has closed; `closed` is its frame.
    fn nested_flow_end(&mut self, closed: Frame) -> Step {
        let key = match closed.candidate {
            Some(candidate)
                if (closed.has_content || self.top.key_line == Some(self.line_start as u32))
                    && self.is_key(candidate)? =>
            {
                candidate
            }
            _ => {
                self.entry_done();
                return Ok(());
            }
        };
        if self.top.state == State::FlowSeqItem {
            let first_property = self
                .tape
                .properties
                .partition_point(|entry| entry.node < closed.node);
            self.stack.push(self.top);
            self.top = Frame {
                state: State::FlowPairValue,
                node: closed.node,
                indent: self.top.indent,
                candidate: None,
                has_content: false,
                key_line: self.top.key_line,
                outer: None,
            };
            let mapping = Raw {
                start: key.start() as u32,
                end: key.start() as u32,
                skip: 0,
                kind: Kind::Mapping,
                style: Style::Flow,
                flags: Flags::NONE,
            };
            self.tape
                .insert_mapping(closed.node, mapping, first_property);
        } else {
            self.top.state = State::FlowMapValue;
        }
        self.step(false);
        Ok(())
    }

    // ---- what is wrong ----

    /// Where the innermost bracket was opened.
    fn opened(&self) -> usize {
        let node = match self.top.state {
            State::FlowPairKeyNode | State::FlowPairColon | State::FlowPairValue => {
                self.stack.last().map_or(self.top.node, |frame| frame.node)
            }
            _ => self.top.node,
        };
        self.tape
            .nodes
            .get(node as usize)
            .map_or(0, |raw| raw.start as usize)
    }

    fn unclosed_bracket(&mut self) -> Stop {
        let opened = self.opened();
        let at = self.pos;
        self.fault_with(
            SyntaxErrorKind::UnclosedBracket,
            opened,
            opened + 1,
            (at, at),
        )
    }

    fn missing_comma(&mut self) -> Stop {
        let opened = self.opened();
        let at = self.pos;
        let end = self.word_end(at);
        self.fault_with(SyntaxErrorKind::MissingComma, at, end, (opened, opened + 1))
    }
}
