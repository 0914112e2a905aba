//! Block context: mappings and sequences written by indentation.

use super::chars::{INDICATOR, is, is_blank_or_end};
use super::parser::Parser;
use super::state::{Leaf, Pending, State, Step, Stop, merged};
use super::tape::Properties;
use super::{Kind, Style, SyntaxErrorKind};

impl Parser<'_> {
    /// Reads one token outside of brackets. Returns whether the document goes on.
    pub(super) fn block_token(&mut self) -> Result<bool, Stop> {
        if let Some(candidate) = self.candidate
            && (self.at_end() || candidate.line_start() != self.line_start)
        {
            self.drop_candidate()?;
        }
        if self.at_end() {
            self.finish()?;
            return Ok(false);
        }
        let column = self.column();
        if column == 0 && self.ends_document()? {
            return Ok(false);
        }
        let column = i32::try_from(column).unwrap_or(i32::MAX);
        while self.top.indent > column {
            self.close_block()?;
        }
        if self.top.state == State::RootDone {
            self.ignore_rest()?;
            return Ok(false);
        }
        let at = self.pos;
        let byte = self.byte(at);
        // Most tokens are plain scalars, so these come before the jump table.
        if !is(byte, INDICATOR) && byte != b'\t' {
            return self.block_plain(column);
        }
        match byte {
            b'-' if is_blank_or_end(self.bytes, at + 1) => self.dash(column)?,
            b'?' if is_blank_or_end(self.bytes, at + 1) => self.question(column)?,
            b':' if is_blank_or_end(self.bytes, at + 1) => self.colon(column)?,
            b'[' | b'{' => {
                self.begin_content(column)?;
                self.block_flow_start()?;
            }
            b']' | b'}' | b',' => {
                if self.root_without_content()? {
                    return Ok(false);
                }
                return Err(self.unexpected());
            }
            b'&' | b'!' => {
                self.begin_content(column)?;
                return self.block_property();
            }
            b'*' => {
                self.begin_content(column)?;
                let leaf = self.scan_alias()?;
                return self.block_leaf(leaf);
            }
            quote @ (b'"' | b'\'') => {
                self.begin_content(column)?;
                let leaf = self.scan_quoted(quote)?.from(at);
                return self.block_leaf(leaf);
            }
            b'|' | b'>' => {
                self.drop_candidate()?;
                if !self.top.state.expects_node() {
                    return Err(self.unexpected());
                }
                let leaf = self.scan_block_scalar()?.from(at);
                return self.finish_leaf(leaf);
            }
            b'-' | b'?' | b':' => return self.block_plain(column),
            _ => return Err(self.cannot_start()),
        }
        Ok(true)
    }

    /// A plain scalar.
    #[inline]
    fn block_plain(&mut self, column: i32) -> Result<bool, Stop> {
        let at = self.pos;
        self.begin_content(column)?;
        let leaf = self.scan_plain()?.from(at);
        self.block_leaf(leaf)
    }

    /// Whether the line at column 0 ends the document: `---`, `...` or a directive.
    fn ends_document(&mut self) -> Result<bool, Stop> {
        let at = self.pos;
        match self.byte(at) {
            b'-' | b'.' if self.is_document_marker(at) => {}
            b'%' => self.scan_directive()?,
            _ => return Ok(false),
        }
        self.finish()?;
        self.ignored = Some(at);
        Ok(true)
    }

    /// Closes everything: the document is over.
    fn finish(&mut self) -> Step {
        self.drop_candidate()?;
        while !self.stack.is_empty() {
            self.close_block()?;
        }
        if self.top.state == State::Root && !self.pending.is_empty() {
            self.push_root_absent();
        }
        Ok(())
    }

    pub(super) fn push_root_absent(&mut self) {
        self.root = Some(self.tape.len());
        self.push_absent();
    }

    /// Puts an absent scalar where a node was expected.
    pub(super) fn absent(&mut self) -> Step {
        let Pending { outer, inner, any } = self.pending;
        if any && merged(outer, inner).is_none() {
            return Err(self.duplicate_property());
        }
        self.push_absent();
        Ok(())
    }

    /// A second anchor or tag on one node.
    pub(super) fn duplicate_property(&mut self) -> Stop {
        let Pending { outer, inner, .. } = self.pending;
        self.duplicate_of(outer, inner)
    }

    /// What `inner` has in common with `outer`.
    fn duplicate_of(&mut self, outer: Properties, inner: Properties) -> Stop {
        let both_anchors = !outer.anchor.is_empty() && !inner.anchor.is_empty();
        let (first, second) = if both_anchors {
            (outer.anchor, inner.anchor)
        } else {
            (outer.tag, inner.tag)
        };
        self.fault_with(
            SyntaxErrorKind::DuplicateProperty,
            second.start as usize,
            second.end as usize,
            (first.start as usize, first.end as usize),
        )
    }

    /// Closes the innermost block collection; what it still waits for is absent.
    fn close_block(&mut self) -> Step {
        match self.top.state {
            State::MapKeyNode => {
                self.absent()?;
                self.absent()?;
            }
            State::MapColon | State::MapValue | State::SeqItem | State::InlineItem => {
                self.absent()?;
            }
            _ => {}
        }
        if !self.pending.is_empty() {
            return Err(self.unexpected());
        }
        self.close_top();
        self.node_done();
        Ok(())
    }

    /// `-` and a blank.
    fn dash(&mut self, column: i32) -> Step {
        let at = self.pos;
        self.drop_candidate()?;
        if !self.key_allowed {
            return Err(self.fault(SyntaxErrorKind::SequenceNotAllowed, at, at + 1));
        }
        if self.top.indent < column {
            self.start_collection(Kind::Sequence, State::SeqItem)?;
        } else {
            match self.top.state {
                State::SeqDash => self.top.state = State::SeqItem,
                State::InlineDash => self.top.state = State::InlineItem,
                State::SeqItem => {
                    self.absent()?;
                    self.top.state = State::SeqItem;
                }
                State::InlineItem => {
                    self.absent()?;
                    self.top.state = State::InlineItem;
                }
                State::MapKeyNode | State::MapValue => {
                    let properties = self.take_properties()?;
                    self.note_root();
                    self.open(
                        Kind::Sequence,
                        Style::Block,
                        at,
                        State::InlineItem,
                        properties,
                    );
                }
                _ => return Err(self.unexpected()),
            }
        }
        self.indicator();
        self.key_allowed = true;
        Ok(())
    }

    /// `?` and a blank.
    fn question(&mut self, column: i32) -> Step {
        let at = self.pos;
        self.drop_candidate()?;
        if !self.key_allowed {
            return Err(self.fault(SyntaxErrorKind::MappingNotAllowed, at, at + 1));
        }
        if self.top.indent < column {
            self.start_collection(Kind::Mapping, State::MapKeyNode)?;
        } else {
            self.next_key()?;
            self.top.state = State::MapKeyNode;
        }
        self.indicator();
        self.key_allowed = true;
        Ok(())
    }

    /// `:` and a blank that does not follow a key on its line.
    fn colon(&mut self, column: i32) -> Step {
        let at = self.pos;
        if let Some(candidate) = self.candidate.take() {
            // Only properties were read since the key may have started: the key itself is absent.
            let leaf = Leaf::absent(self.last_end);
            return self.simple_key(candidate, leaf);
        }
        if !self.key_allowed {
            return Err(self.fault(SyntaxErrorKind::MappingNotAllowed, at, at + 1));
        }
        if self.top.indent < column {
            return Err(self.unexpected());
        }
        self.close_inline()?;
        match self.top.state {
            State::MapColon => {}
            State::MapKeyNode => self.push_absent(),
            _ => return Err(self.unexpected()),
        }
        self.top.state = State::MapValue;
        self.indicator();
        self.key_allowed = true;
        Ok(())
    }

    /// An anchor or a tag.
    fn block_property(&mut self) -> Result<bool, Stop> {
        let starts_key = self.candidate.is_some_and(|candidate| candidate.required);
        if !starts_key && !self.top.state.expects_node() {
            return Err(self.unexpected());
        }
        if self.scan_property()? {
            return Ok(true);
        }
        if self.root_without_content()? {
            return Ok(false);
        }
        Err(self.fault(
            SyntaxErrorKind::DuplicateProperty,
            self.pos,
            self.word_end(self.pos),
        ))
    }

    /// Opens a block collection here, further right than the innermost one.
    fn start_collection(&mut self, kind: Kind, state: State) -> Step {
        if !self.top.state.expects_node() {
            return Err(self.unexpected());
        }
        let properties = self.take_properties()?;
        self.note_root();
        self.open_block(kind, self.pos, self.column(), state, properties)
    }

    /// Steps over an indicator of one byte.
    pub(super) fn indicator(&mut self) {
        self.pos += 1;
        self.last_end = self.pos;
    }

    /// Remembers that the next node is the root, if it is.
    pub(super) fn note_root(&mut self) {
        if self.top.state == State::Root {
            self.root = Some(self.tape.len());
        }
    }

    /// All pending properties, for one node.
    fn take_properties(&mut self) -> Result<Properties, Stop> {
        if self.pending.is_empty() {
            return Ok(Properties::default());
        }
        let pending = std::mem::take(&mut self.pending);
        merged(pending.outer, pending.inner)
            .ok_or_else(|| self.fault(SyntaxErrorKind::DuplicateProperty, self.pos, self.pos + 1))
    }

    /// Closes a sequence that stands at the column of its mapping's keys.
    pub(super) fn close_inline(&mut self) -> Step {
        if matches!(self.top.state, State::InlineDash | State::InlineItem) {
            self.close_block()?;
        }
        Ok(())
    }

    /// Puts `leaf` on the tape as the node that is expected.
    pub(super) fn finish_leaf(&mut self, leaf: Leaf) -> Result<bool, Stop> {
        if !self.top.state.expects_node() {
            let end = self.word_end(leaf.start());
            return Err(self.fault(SyntaxErrorKind::Unexpected, leaf.start(), end));
        }
        self.last_end = leaf.end();
        if self.pending.is_empty() {
            self.note_root();
            self.push_leaf(leaf);
        } else {
            let properties = merged(self.pending.outer, self.pending.inner);
            if leaf.kind == Kind::Alias || properties.is_none() {
                self.pos = leaf.start();
                self.line_start = self.line_start.min(leaf.start());
                if self.root_without_content()? {
                    return Ok(false);
                }
                return Err(self.fault(
                    SyntaxErrorKind::DuplicateProperty,
                    leaf.start(),
                    leaf.end(),
                ));
            }
            self.pending = Pending::default();
            self.note_root();
            let id = self.push_leaf(leaf);
            self.attach(id, properties.unwrap_or_default());
        }
        self.node_done();
        Ok(true)
    }

    /// `[` or `{` outside of brackets.
    fn block_flow_start(&mut self) -> Step {
        let required = self.candidate.is_some_and(|candidate| candidate.required);
        if !required && !self.top.state.expects_node() {
            return Err(self.unexpected());
        }
        self.note_root();
        let candidate = self.candidate.take();
        let Pending { outer, inner, .. } = std::mem::take(&mut self.pending);
        let outer_index = (!outer.is_empty()).then_some(self.tape.properties.len() as u32);
        self.start_flow(outer)?;
        let node = self.top.node;
        self.attach(node, inner);
        self.start_candidate(candidate);
        self.top.outer = outer_index;
        Ok(())
    }

    /// The outermost bracket has closed; `closed` is its frame, and the current frame is the one around it.
    pub(super) fn block_flow_end(&mut self, closed: super::state::Frame) -> Step {
        if let Some(candidate) = closed.candidate {
            let at = self.pos;
            if self.is_key(candidate)? {
                if closed.has_content {
                    return self.flow_key(candidate, closed);
                }
                if self.top.state != State::Root {
                    let at = self.pos;
                    return Err(self.fault(SyntaxErrorKind::MappingNotAllowed, at, at + 1));
                }
                self.ignored = Some(at);
            }
            self.key_line = closed.has_content.then_some(candidate.line_start());
            if candidate.required {
                return Err(self.missing_colon(candidate));
            }
        }
        if let Some(index) = closed.outer {
            let split = self.tape.properties.get(index as usize..index as usize + 2);
            if let Some(&[outer, inner]) = split
                && inner.node == closed.node
                && merged(outer, inner).is_none()
            {
                return Err(self.duplicate_of(outer, inner));
            }
        }
        self.node_done();
        Ok(())
    }

    // ---- what is wrong ----

    /// A byte that starts nothing.
    pub(super) fn cannot_start(&mut self) -> Stop {
        let at = self.pos;
        let kind = match self.byte(at) {
            b'\t' => SyntaxErrorKind::Tab,
            _ => SyntaxErrorKind::ReservedCharacter,
        };
        self.fault(kind, at, at + 1)
    }

    /// Something well formed at a place where the grammar has no room for it.
    pub(super) fn unexpected(&mut self) -> Stop {
        let end = self.word_end(self.pos);
        self.fault(SyntaxErrorKind::Unexpected, self.pos, end)
    }
}
