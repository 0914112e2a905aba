//! The text behind the root, which go-yaml never parses, but of which it reads a token or more ahead.
//!
//! It looks for the next token, and where that could be a key, on through its line for a colon. What is malformed so far
//! makes it refuse the whole document; what comes after that it never sees.

use super::SyntaxErrorKind;
use super::chars::{INDICATOR, is, is_blank_or_end};
use super::parser::Parser;
use super::state::{Candidate, State, Step, Stop};

impl Parser<'_> {
    /// At a token that cannot be the root's content: if the root has an anchor or a tag, that is all of it, and what
    /// follows is never parsed.
    pub(super) fn root_without_content(&mut self) -> Result<bool, Stop> {
        let absent = self.top.state == State::Root && !self.pending.is_empty();
        if absent {
            self.key_line = self.candidate.take().map(Candidate::line_start);
            self.push_root_absent();
            self.ignore_rest()?;
        }
        Ok(absent)
    }

    /// The root is whole; something else is here.
    pub(super) fn ignore_rest(&mut self) -> Step {
        if self.ignored.is_some() {
            return Ok(());
        }
        self.ignored = Some(self.pos);
        let root_line = self.key_line.take();
        let first_line = (self.key_allowed && self.may_start_key()).then_some(self.line_start);
        loop {
            let at = self.pos;
            if self.at_end() || (self.column() == 0 && self.is_document_marker(at)) {
                return Ok(());
            }
            if self.column() == 0 && self.byte(at) == b'%' {
                return self.scan_directive();
            }
            let on_line = |line: Option<usize>| line == Some(self.line_start);
            let is_colon = self.byte(at) == b':' && is_blank_or_end(self.bytes, at + 1);
            if is_colon && self.flow_depth == 0 {
                if !on_line(root_line) && (on_line(first_line) || self.key_allowed) {
                    return Ok(());
                }
                return Err(self.fault(SyntaxErrorKind::MappingNotAllowed, at, at + 1));
            }
            let goes_on = self.ignored_token()?;
            let line = Some(self.line_start);
            if !goes_on || (line != root_line && line != first_line) {
                return Ok(());
            }
            self.skip_to_content();
        }
    }

    fn may_start_key(&self) -> bool {
        let byte = self.byte(self.pos);
        let indicator =
            is(byte, INDICATOR) && !matches!(byte, b'[' | b'{' | b'"' | b'\'' | b'*' | b'&' | b'!');
        !indicator || !is_blank_or_end(self.bytes, self.pos + 1)
    }

    /// Reads one token that nobody parses. Returns whether a key that started before it may still go on.
    fn ignored_token(&mut self) -> Result<bool, Stop> {
        let at = self.pos;
        let blank = is_blank_or_end(self.bytes, at + 1);
        let in_flow = self.flow_depth > 0;
        match self.byte(at) {
            b'[' | b'{' => {
                self.flow_depth += 1;
                self.key_allowed = true;
                self.pos += 1;
            }
            b']' | b'}' | b',' if in_flow => {
                self.key_allowed = self.byte(at) == b',';
                self.flow_depth -= usize::from(!self.key_allowed);
                self.pos += 1;
                let before = self.bytes.get(..at).unwrap_or_default().trim_ascii_end();
                // go-yaml loses sight of a key in empty brackets.
                return Ok(
                    self.flow_depth > 0 || !before.ends_with(b"[") && !before.ends_with(b"{")
                );
            }
            b']' | b'}' | b',' => return Ok(false),
            b'-' if blank && !self.key_allowed && !in_flow => {
                return Err(self.fault(SyntaxErrorKind::SequenceNotAllowed, at, at + 1));
            }
            b'?' if blank && !self.key_allowed && !in_flow => {
                return Err(self.fault(SyntaxErrorKind::MappingNotAllowed, at, at + 1));
            }
            b'-' | b'?' if blank && !in_flow => return Ok(false),
            b'-' if blank => self.pos += 1,
            b'?' | b':' if in_flow => self.pos += 1,
            b'&' | b'*' => self.scan_name(SyntaxErrorKind::BadAnchor)?,
            b'!' => self.scan_tag()?,
            quote @ (b'"' | b'\'') => drop(self.scan_quoted(quote)?),
            b'|' | b'>' if !in_flow => {
                self.scan_block_scalar()?;
                return Ok(false);
            }
            b'%' | b'@' | b'`' | b'\t' | b'|' | b'>' => return Err(self.cannot_start()),
            _ => {
                self.key_allowed = false;
                self.scan_plain()?;
                return Ok(true);
            }
        }
        if !matches!(self.byte(at), b'[' | b'{' | b',') {
            self.key_allowed = false;
        }
        Ok(true)
    }
}
