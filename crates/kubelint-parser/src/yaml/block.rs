//! Block context: mappings and sequences written by indentation.

use super::chars::{INDICATOR, is, is_blank_or_end, skip_blanks};
use super::parser::{Candidate, Leaf, Parser, Pending, State, Step, Stop, merged};
use super::tape::Properties;
use super::{Kind, Style, SyntaxErrorKind};

/// The longest key that go-yaml takes without `?`, in characters.
const MAX_KEY_CHARS: usize = 1024;

impl Parser<'_> {
    /// Reads one token outside of brackets. Returns whether the document goes on.
    pub(super) fn block_token(&mut self) -> Result<bool, Stop> {
        if let Some(candidate) = self.candidate
            && (self.at_end() || candidate.line_start != self.line_start)
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
        match self.byte(at) {
            b'-' if is_blank_or_end(self.bytes, at + 1) => self.dash(column)?,
            b'?' if is_blank_or_end(self.bytes, at + 1) => self.question(column)?,
            b':' if is_blank_or_end(self.bytes, at + 1) => self.colon(column)?,
            b'[' | b'{' => {
                self.begin_content(column)?;
                self.block_flow_start()?;
            }
            b']' | b'}' | b',' => {
                if self.root_without_content() {
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
                let leaf = self.scan_quoted(quote)?;
                return self.block_leaf(leaf);
            }
            b'|' | b'>' => {
                self.drop_candidate()?;
                if !self.top.state.expects_node() {
                    return Err(self.unexpected());
                }
                let leaf = self.scan_block_scalar()?;
                return self.finish_leaf(leaf);
            }
            byte if !is(byte, INDICATOR) && !matches!(byte, b'\t')
                || (byte == b'-' || byte == b'?' || byte == b':') =>
            {
                self.begin_content(column)?;
                let leaf = self.scan_plain()?;
                return self.block_leaf(leaf);
            }
            _ => return Err(self.cannot_start()),
        }
        Ok(true)
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

    fn push_root_absent(&mut self) {
        self.root = Some(self.tape.len());
        self.push_absent();
    }

    /// At a token that cannot be the root's content: if the root has an anchor or a tag, that is all of it, and what
    /// follows is never read.
    fn root_without_content(&mut self) -> bool {
        let absent = self.top.state == State::Root && !self.pending.is_empty();
        if absent {
            self.candidate = None;
            self.push_root_absent();
            self.ignored = Some(self.pos);
        }
        absent
    }

    /// Closes the innermost block collection; what it still waits for is absent.
    fn close_block(&mut self) -> Step {
        match self.top.state {
            State::MapKeyNode => {
                self.push_absent();
                self.push_absent();
            }
            State::MapColon | State::MapValue | State::SeqItem | State::InlineItem => {
                self.push_absent();
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
                    self.push_absent();
                    self.top.state = State::SeqItem;
                }
                State::InlineItem => {
                    self.push_absent();
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
        if self.scan_property()? {
            return Ok(true);
        }
        if self.root_without_content() {
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
    fn indicator(&mut self) {
        self.pos += 1;
        self.last_end = self.pos;
    }

    /// Remembers that the next node is the root, if it is.
    fn note_root(&mut self) {
        if self.top.state == State::Root {
            self.root = Some(self.tape.len());
        }
    }

    /// All pending properties, for one node.
    fn take_properties(&mut self) -> Result<Properties, Stop> {
        let pending = std::mem::take(&mut self.pending);
        merged(pending.outer, pending.inner)
            .ok_or_else(|| self.fault(SyntaxErrorKind::DuplicateProperty, self.pos, self.pos + 1))
    }

    /// Closes a sequence that stands at the column of its mapping's keys.
    fn close_inline(&mut self) -> Step {
        if matches!(self.top.state, State::InlineDash | State::InlineItem) {
            self.close_block()?;
        }
        Ok(())
    }

    /// Makes the innermost mapping ready for a key that starts at its column.
    fn next_key(&mut self) -> Step {
        self.close_inline()?;
        match self.top.state {
            State::MapKey => Ok(()),
            State::MapColon | State::MapValue => {
                self.push_absent();
                Ok(())
            }
            State::MapKeyNode => {
                self.push_absent();
                self.push_absent();
                Ok(())
            }
            _ => Err(self.unexpected()),
        }
    }

    /// Before anything that could be a key or start one.
    #[inline]
    fn begin_content(&mut self, column: i32) -> Step {
        if !self.key_allowed {
            return Ok(());
        }
        self.key_allowed = false;
        let required = self.top.indent == column;
        if required {
            self.next_key()?;
        }
        if !self.pending.inner.is_empty() {
            self.drop_candidate()?;
            let Pending { outer, inner } = std::mem::take(&mut self.pending);
            match merged(outer, inner) {
                Some(outer) => self.pending.outer = outer,
                None => return Err(self.unexpected()),
            }
        }
        self.candidate = Some(Candidate {
            start: self.pos,
            line_start: self.line_start,
            required,
        });
        Ok(())
    }

    /// Gives up the place where a key may have started. If it must be one, that is an error.
    pub(super) fn drop_candidate(&mut self) -> Step {
        match self.candidate.take() {
            Some(candidate) if candidate.required => Err(self.missing_colon(candidate)),
            _ => Ok(()),
        }
    }

    fn missing_colon(&mut self, candidate: Candidate) -> Stop {
        let end = self.last_end.max(candidate.start + 1).min(self.bytes.len());
        self.fault(SyntaxErrorKind::MissingColon, candidate.start, end)
    }

    /// Whether what has been read since `candidate` is a key: on one line, not too long, a colon behind it.
    #[inline]
    pub(super) fn is_key(&mut self, candidate: Candidate) -> Result<bool, Stop> {
        if candidate.line_start != self.line_start {
            return Ok(false);
        }
        let at = skip_blanks(self.bytes, self.pos);
        if self.byte(at) != b':' || (self.flow_depth == 0 && !is_blank_or_end(self.bytes, at + 1)) {
            return Ok(false);
        }
        if at - candidate.start > MAX_KEY_CHARS {
            let key = self.text.get(candidate.start..at).unwrap_or_default();
            if key.chars().nth(MAX_KEY_CHARS).is_some() {
                return Err(self.fault(SyntaxErrorKind::KeyTooLong, candidate.start, at));
            }
        }
        self.pos = at;
        Ok(true)
    }

    /// A scalar or alias that may be a key.
    #[inline]
    fn block_leaf(&mut self, leaf: Leaf) -> Result<bool, Stop> {
        if let Some(candidate) = self.candidate {
            if self.is_key(candidate)? {
                self.candidate = None;
                self.simple_key(candidate, leaf)?;
                return Ok(true);
            }
            self.last_end = leaf.end;
            self.drop_candidate()?;
        }
        self.finish_leaf(leaf)
    }

    /// Puts `leaf` on the tape as a key and steps over the colon at the current place.
    #[inline]
    fn simple_key(&mut self, candidate: Candidate, leaf: Leaf) -> Step {
        if !candidate.required {
            if !self.top.state.expects_node() {
                return Err(self.bad_indentation(candidate));
            }
            self.note_root();
            let outer = std::mem::take(&mut self.pending.outer);
            let column = candidate.start - candidate.line_start;
            self.open_block(Kind::Mapping, candidate.start, column, State::MapKey, outer)?;
        }
        let inner = std::mem::take(&mut self.pending).inner;
        if leaf.kind == Kind::Alias && !inner.is_empty() {
            return Err(self.fault(SyntaxErrorKind::DuplicateProperty, leaf.start, leaf.end));
        }
        self.push_leaf(leaf, inner);
        self.top.state = State::MapValue;
        self.indicator();
        self.key_allowed = false;
        Ok(())
    }

    /// Puts `leaf` on the tape as the node that is expected.
    fn finish_leaf(&mut self, leaf: Leaf) -> Result<bool, Stop> {
        if !self.top.state.expects_node() {
            self.pos = leaf.start;
            return Err(self.unexpected());
        }
        self.last_end = leaf.end;
        if self.pending.is_empty() {
            self.note_root();
            self.push_leaf(leaf, Properties::default());
        } else {
            let properties = merged(self.pending.outer, self.pending.inner);
            if leaf.kind == Kind::Alias || properties.is_none() {
                self.pos = leaf.start;
                if self.root_without_content() {
                    return Ok(false);
                }
                return Err(self.fault(SyntaxErrorKind::DuplicateProperty, leaf.start, leaf.end));
            }
            self.pending = Pending::default();
            self.note_root();
            self.push_leaf(leaf, properties.unwrap_or_default());
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
        let Pending { outer, inner } = std::mem::take(&mut self.pending);
        let outer_index = (!outer.is_empty()).then_some(self.tape.properties.len() as u32);
        self.start_flow(outer)?;
        let node = self.top.node;
        self.attach(node, inner);
        self.top.candidate = candidate;
        self.top.outer = outer_index;
        Ok(())
    }

    /// The outermost bracket has closed; `closed` is its frame, and the current frame is the one around it.
    pub(super) fn block_flow_end(&mut self, closed: super::parser::Frame) -> Step {
        if let Some(candidate) = closed.candidate {
            if self.is_key(candidate)? {
                return self.flow_key(candidate, closed);
            }
            if candidate.required {
                return Err(self.missing_colon(candidate));
            }
        }
        if let Some(index) = closed.outer {
            let split = self.tape.properties.get(index as usize..index as usize + 2);
            if let Some([outer, inner]) = split
                && inner.node == closed.node
                && merged(*outer, *inner).is_none()
            {
                let at = inner.anchor.cover(inner.tag);
                return Err(self.fault(
                    SyntaxErrorKind::DuplicateProperty,
                    at.start as usize,
                    at.end as usize,
                ));
            }
        }
        self.node_done();
        Ok(())
    }

    /// A collection in brackets turned out to be the key of a block mapping.
    fn flow_key(&mut self, candidate: Candidate, closed: super::parser::Frame) -> Step {
        if candidate.required {
            self.top.state = State::MapValue;
        } else {
            self.insert_block_mapping(candidate, closed)?;
        }
        self.indicator();
        self.key_allowed = false;
        Ok(())
    }

    fn insert_block_mapping(&mut self, candidate: Candidate, closed: super::parser::Frame) -> Step {
        let first_inner = match closed.outer {
            Some(index) => index as usize + 1,
            None => self
                .tape
                .properties
                .partition_point(|entry| entry.node < closed.node),
        };
        let column = candidate.start - candidate.line_start;
        // Opening appends; the node is then moved to its place before the key.
        self.open_block(
            Kind::Mapping,
            candidate.start,
            column,
            State::MapValue,
            Properties::default(),
        )?;
        if let Some(mut mapping) = self.tape.nodes.pop() {
            if closed.outer.is_some() {
                mapping.flags = mapping.flags.with_properties();
            }
            self.tape.insert_mapping(closed.node, mapping, first_inner);
        }
        self.top.node = closed.node;
        let key = closed.node + 1;
        let has_inner = self
            .tape
            .properties
            .get(first_inner)
            .is_some_and(|entry| entry.node == key);
        if let Some(raw) = self.tape.nodes.get_mut(key as usize) {
            raw.flags = if has_inner {
                raw.flags.with_properties()
            } else {
                raw.flags.without_properties()
            };
        }
        Ok(())
    }

    /// The root is whole, and something follows it that the reader drops. It reads one token ahead, so that must be one.
    fn ignore_rest(&mut self) -> Step {
        let at = self.pos;
        self.ignored = Some(at);
        match self.byte(at) {
            b':' | b'?' if is_blank_or_end(self.bytes, at + 1) && !self.key_allowed => {
                Err(self.fault(SyntaxErrorKind::MappingNotAllowed, at, at + 1))
            }
            b'-' if is_blank_or_end(self.bytes, at + 1) && !self.key_allowed => {
                Err(self.fault(SyntaxErrorKind::SequenceNotAllowed, at, at + 1))
            }
            b'%' | b'@' | b'`' | b'\t' => Err(self.cannot_start()),
            quote @ (b'"' | b'\'') => self.scan_quoted(quote).map(drop),
            b'&' | b'!' => self.scan_property().map(drop),
            b'|' | b'>' => self.scan_block_scalar().map(drop),
            _ => Ok(()),
        }
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

    /// A key that is further right than its neighbours.
    fn bad_indentation(&mut self, candidate: Candidate) -> Stop {
        let end = self.word_end(candidate.start);
        self.fault(SyntaxErrorKind::Indentation, candidate.start, end)
    }

    /// Something well formed at a place where the grammar has no room for it.
    pub(super) fn unexpected(&mut self) -> Stop {
        let end = self.word_end(self.pos);
        self.fault(SyntaxErrorKind::Unexpected, self.pos, end)
    }
}
