//! Where documents begin and end, as kubectl's reader cuts them out of a text: by lines, without a look at the YAML.
//!
//! The rules are those of `YAMLOrJSONDecoder` and `YAMLReader` in `k8s.io/apimachinery/pkg/util/yaml`.

use memchr::memmem;

use crate::TextRange;

/// A part of the text that is one document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    /// The document with the `---` line before it.
    pub(super) range: TextRange,
    /// What the YAML parser gets to see.
    pub(super) content: TextRange,
    /// The comment on the `---` line, if that is not part of `content`.
    pub(super) comment: Option<TextRange>,
    /// Text after `---` that is neither blank nor a comment: the reader gives up there.
    pub(super) bad_separator: Option<TextRange>,
}

/// Cuts `text` from `from` on.
///
/// Every line that starts with `---` ends the document before it, whatever surrounds it, and is dropped; a `---` line that
/// no other line of its document precedes stays a part of it.
pub(super) fn cut(text: &str, from: usize) -> Vec<Chunk> {
    let bytes = text.as_bytes();
    let separator = memmem::Finder::new(b"\n---");
    let mut chunks = Vec::new();
    let mut chunk = Chunk::new(from, from);
    let mut has_lines = false;
    let mut line = from;
    loop {
        if bytes.get(line..line + 3) == Some(b"---") {
            let line_len = memchr::memchr(b'\n', bytes.get(line..).unwrap_or_default());
            let line_end = line_len.map_or(bytes.len(), |length| line + length);
            let after = trimmed(text, line + 3, line_end);
            let is_comment = after.of(text).starts_with('#');
            let is_bad = !after.is_empty() && !is_comment;
            if has_lines || chunk.content.start < line as u32 || is_bad {
                if chunk.range.start < line as u32 {
                    chunks.push(chunk.until(line));
                }
                chunk = Chunk::new(line, (line_end + 1).min(bytes.len()));
                chunk.bad_separator = is_bad.then_some(after);
                chunk.comment = is_comment.then_some(after);
                has_lines = is_bad;
            } else {
                has_lines = true;
            }
        }
        match separator.find(bytes.get(line..).unwrap_or_default()) {
            Some(offset) => line += offset + 1,
            None => break,
        }
    }
    if (chunk.range.start as usize) < bytes.len() {
        chunks.push(chunk.until(bytes.len()));
    }
    chunks
}

impl Chunk {
    fn new(start: usize, content: usize) -> Self {
        Self {
            range: TextRange::empty(start as u32),
            content: TextRange::empty(content as u32),
            comment: None,
            bad_separator: None,
        }
    }

    fn until(mut self, end: usize) -> Self {
        self.range.end = end as u32;
        self.content.end = (end as u32).max(self.content.start);
        self
    }
}

/// The part of `start..end` without white space around it.
fn trimmed(text: &str, start: usize, end: usize) -> TextRange {
    let part = text.get(start..end).unwrap_or_default();
    let start = end - part.trim_start().len();
    TextRange::new(start as u32, (start + part.trim().len()) as u32)
}
