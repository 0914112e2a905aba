//! Keys without `?`: a key is known to be one only when its colon has been read.
//!
//! libyaml calls the place where one may have started a possible simple key; here it is a [`Candidate`].

use super::chars::{is_blank_or_end, skip_blanks};
use super::parser::Parser;
use super::state::{Candidate, Frame, Leaf, Pending, State, Step, Stop, merged};
use super::tape::Properties;
use super::{Kind, SyntaxErrorKind};

/// The longest key that go-yaml takes without `?`, in characters.
const MAX_KEY_CHARS: usize = 1024;

impl Parser<'_> {
    /// Makes the innermost mapping ready for a key that starts at its column.
    pub(super) fn next_key(&mut self) -> Step {
        self.close_inline()?;
        match self.top.state {
            State::MapKey => Ok(()),
            State::MapColon | State::MapValue => {
                self.absent()?;
                Ok(())
            }
            State::MapKeyNode => {
                self.absent()?;
                self.absent()?;
                Ok(())
            }
            _ => Err(self.unexpected()),
        }
    }

    /// Before anything that could be a key or start one.
    #[inline]
    pub(super) fn begin_content(&mut self, column: i32) -> Step {
        if !self.key_allowed {
            return Ok(());
        }
        self.key_allowed = false;
        let required = self.top.indent == column;
        if required {
            self.next_key()?;
        }
        if !self.pending.is_empty() && !self.pending.inner.is_empty() {
            self.drop_candidate()?;
            let Pending { outer, inner, .. } = self.pending;
            let Some(both) = merged(outer, inner) else {
                return Err(self.duplicate_property());
            };
            self.pending.outer = both;
            self.pending.inner = Properties::default();
        }
        self.candidate = Some(Candidate::new(self.pos, self.line_start, required));
        Ok(())
    }

    /// Gives up the place where a key may have started. If it must be one, that is an error.
    pub(super) fn drop_candidate(&mut self) -> Step {
        match self.candidate.take() {
            Some(candidate) if candidate.required => Err(self.missing_colon(candidate)),
            _ => Ok(()),
        }
    }

    pub(super) fn missing_colon(&mut self, candidate: Candidate) -> Stop {
        let end = self
            .last_end
            .max(candidate.start() + 1)
            .min(self.bytes.len());
        self.fault(SyntaxErrorKind::MissingColon, candidate.start(), end)
    }

    /// Whether what has been read since `candidate` is a key: on one line, not too long, a colon behind it.
    #[inline]
    pub(super) fn is_key(&mut self, candidate: Candidate) -> Result<bool, Stop> {
        if candidate.line_start() != self.line_start {
            return Ok(false);
        }
        let at = skip_blanks(self.bytes, self.pos);
        if self.byte(at) != b':' || (self.flow_depth == 0 && !is_blank_or_end(self.bytes, at + 1)) {
            return Ok(false);
        }
        if at - candidate.start() > MAX_KEY_CHARS {
            let key = self.text.get(candidate.start()..at).unwrap_or_default();
            if key.chars().nth(MAX_KEY_CHARS).is_some() {
                return Err(self.fault(SyntaxErrorKind::KeyTooLong, candidate.start(), at));
            }
        }
        self.pos = at;
        Ok(true)
    }

    /// A scalar or alias that may be a key.
    #[inline]
    pub(super) fn block_leaf(&mut self, leaf: Leaf) -> Result<bool, Stop> {
        if let Some(candidate) = self.candidate {
            if self.is_key(candidate)? {
                self.candidate = None;
                self.simple_key(candidate, leaf)?;
                return Ok(true);
            }
            self.last_end = leaf.end();
            self.drop_candidate()?;
            self.key_line = Some(candidate.line_start());
        }
        self.finish_leaf(leaf)
    }

    /// Puts `leaf` on the tape as a key and steps over the colon at the current place.
    #[inline]
    pub(super) fn simple_key(&mut self, candidate: Candidate, leaf: Leaf) -> Step {
        if !candidate.required {
            if !self.top.state.expects_node() {
                return Err(self.bad_indentation(candidate));
            }
            self.note_root();
            let outer = self.pending.outer;
            let column = candidate.start() - candidate.line_start();
            self.open_block(
                Kind::Mapping,
                candidate.start(),
                column,
                State::MapKey,
                outer,
            )?;
        }
        let alias = leaf.kind == Kind::Alias;
        let id = self.push_leaf(leaf);
        if !self.pending.is_empty() {
            let inner = std::mem::take(&mut self.pending).inner;
            if alias && !inner.is_empty() {
                let kind = SyntaxErrorKind::DuplicateProperty;
                return Err(self.fault(kind, leaf.start(), leaf.end()));
            }
            self.attach(id, inner);
        }
        self.top.state = State::MapValue;
        self.indicator();
        self.key_allowed = false;
        Ok(())
    }

    /// A collection in brackets turned out to be the key of a block mapping.
    pub(super) fn flow_key(&mut self, candidate: Candidate, closed: Frame) -> Step {
        if candidate.required {
            self.top.state = State::MapValue;
        } else {
            self.insert_block_mapping(candidate, closed)?;
        }
        self.indicator();
        self.key_allowed = false;
        Ok(())
    }

    fn insert_block_mapping(&mut self, candidate: Candidate, closed: Frame) -> Step {
        let first_inner = match closed.outer {
            Some(index) => index as usize + 1,
            None => self
                .tape
                .properties
                .partition_point(|entry| entry.node < closed.node),
        };
        let column = candidate.start() - candidate.line_start();
        // Opening appends; the node is then moved to its place before the key.
        self.open_block(
            Kind::Mapping,
            candidate.start(),
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

    /// A key that is further right than its neighbours.
    fn bad_indentation(&mut self, candidate: Candidate) -> Stop {
        let end = self.word_end(candidate.start());
        self.fault(SyntaxErrorKind::Indentation, candidate.start(), end)
    }
}
