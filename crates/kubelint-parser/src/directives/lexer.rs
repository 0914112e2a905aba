//! A place in a text that moves forward byte by byte: all that separates words is ASCII.

use crate::TextRange;

pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte here.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The byte after this one.
    pub(super) fn second(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at + 1).copied()
    }

    /// Steps over a byte.
    pub(super) fn step(&mut self) {
        self.at = (self.at + 1).min(self.text.len());
    }

    /// Steps to the next byte for which `is_end` holds, or to the end.
    pub(super) fn step_to(&mut self, is_end: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|it| is_end(*it));
        self.at += length.unwrap_or(rest.len());
    }

    /// The offset here.
    pub(super) const fn offset(&self) -> u32 {
        self.at as u32
    }

    /// From `start` to here.
    pub(super) const fn since(&self, start: u32) -> TextRange {
        TextRange::new(start, self.offset())
    }

    /// The text from `start` to here.
    pub(super) fn text_since(&self, start: u32) -> &'t str {
        self.since(start).of(self.text)
    }

    /// What follows.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Moves to `offset`.
    pub(super) const fn seek(&mut self, offset: u32) {
        self.at = offset as usize;
    }
}
