//! From byte offsets to lines and columns. Only reporters ask.

use memchr::memchr2_iter;

use crate::TextRange;

/// A line and a column, both from 1; the column counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column in Unicode scalar values, from 1.
    pub column: u32,
}

/// Where each line of a text begins. Lines end at `\n`, `\r\n` or a lone `\r`, as YAML ends them.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// The lines of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr2_iter(b'\n', b'\r', bytes) {
            let carriage_return_of_pair = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            if !carriage_return_of_pair {
                starts.push(at as u32 + 1);
            }
        }
        Self { starts }
    }

    /// Number of lines; at least 1.
    pub fn len(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Never: a text has at least one line.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The line (from 1) that holds `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// The line and column of `offset` in `text`, which is the text this index was made of.
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let line = self.line(offset);
        let start = self.start(line) as usize;
        let before = text
            .get(start..(offset as usize).min(text.len()))
            .unwrap_or_default();
        LineColumn {
            line,
            column: before.chars().count() as u32 + 1,
        }
    }

    /// The bytes of `line` (from 1) in `text`, its line break not included.
    pub fn line_range(&self, text: &str, line: u32) -> TextRange {
        let start = self.start(line);
        let end = self
            .starts
            .get(line as usize)
            .map_or(text.len() as u32, |&next| next);
        let trimmed = TextRange::new(start, end)
            .of(text)
            .trim_end_matches(['\n', '\r'])
            .len() as u32;
        TextRange::new(start, start + trimmed)
    }

    /// The offset at which `line` (from 1) begins.
    pub fn start(&self, line: u32) -> u32 {
        let index = (line.max(1) - 1) as usize;
        self.starts
            .get(index)
            .or(self.starts.last())
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_all_breaks() {
        let text = "é: 1\r\nb\rc\n";
        let index = LineIndex::new(text);
        assert_eq!(index.len(), 4);
        assert_eq!(
            index.line_column(text, 4),
            LineColumn { line: 1, column: 4 }
        );
        assert_eq!(
            index.line_column(text, 7),
            LineColumn { line: 2, column: 1 }
        );
        assert_eq!(
            index.line_column(text, 9),
            LineColumn { line: 3, column: 1 }
        );
        assert_eq!(index.line_range(text, 1).of(text), "é: 1");
        assert_eq!(index.line_range(text, 2).of(text), "b");
        assert_eq!(index.line_range(text, 4).of(text), "");
    }
}
