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
///
/// A byte order mark at the beginning of the text has no column, as in editors.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// How many characters begin before each block of [`BLOCK`] bytes, so that a column in a line of megabytes costs no more than
    /// one in a short line.
    before: Vec<u32>,
}

const BLOCK: usize = 1024;

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
        let mut before = vec![0];
        let mut count = 0;
        for block in bytes.chunks_exact(BLOCK) {
            count += characters(block);
            before.push(count);
        }
        Self { starts, before }
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
        let start = self.start(line);
        let mark = line == 1 && offset > 0 && text.starts_with('\u{feff}');
        LineColumn {
            line,
            column: self.characters_before(text, offset)
                - self.characters_before(text, start)
                - u32::from(mark)
                + 1,
        }
    }

    /// How many characters of `text` begin before `offset`.
    fn characters_before(&self, text: &str, offset: u32) -> u32 {
        let bytes = text.as_bytes();
        let offset = (offset as usize).min(bytes.len());
        let block = offset / BLOCK;
        let whole = self.before.get(block).copied().unwrap_or_default();
        whole + characters(bytes.get(block * BLOCK..offset).unwrap_or_default())
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

/// How many characters begin in these bytes of a text.
fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_far_into_a_line_are_right() {
        let text = format!("x\n{}", "aé日𝒳".repeat(1000));
        let index = LineIndex::new(&text);
        for (column, (at, _)) in text[2..].char_indices().enumerate() {
            let found = index.line_column(&text, at as u32 + 2);
            assert_eq!((found.line, found.column), (2, column as u32 + 1));
        }
        let block = "a".repeat(BLOCK);
        let end = LineIndex::new(&block).line_column(&block, BLOCK as u32);
        assert_eq!(end.column, BLOCK as u32 + 1);
        assert_eq!(LineIndex::new("").line_column("", 0).column, 1);
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        let text = "\u{feff}a: 1\nb: 2\n";
        let index = LineIndex::new(text);
        assert_eq!(index.line_column(text, 0).column, 1);
        assert_eq!(index.line_column(text, 3).column, 1);
        assert_eq!(index.line_column(text, 6).column, 4);
        assert_eq!(index.line_column(text, 8).column, 1);
    }

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
