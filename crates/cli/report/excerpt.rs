//! Excerpts: the few lines around the marks of a group, cut from its sources, safe to print.
//!
//! An excerpt holds only what is near its marks, so that its cost does not depend on the size of the file or of the line. Its text
//! comes from [`Source::shown`], which hides what must not be shown, and is escaped; marks are moved along.

use std::ops::Range;

use kubelint_parser::TextRange;
use kubelint_parser::source::{LineColumn, Source, SourceMap};

use super::escape;
use super::groups::Mark;

/// Lines shown before the first mark of an excerpt and after its last.
const CONTEXT: u32 = 1;
/// Marks with more lines between them are shown in excerpts of their own.
const FAR_LINES: u32 = 4;
/// A mark over more lines is shown to the end of its first line.
const TALL: u32 = 8;
/// A longer line, in bytes, is cut.
const LONG: u32 = 200;
/// How much of a long line is shown before its first mark.
const LEAD: u32 = 40;

/// A few lines of a source with marks in them.
pub(super) struct Excerpt<'a> {
    /// The source.
    pub source: &'a Source,
    /// Where its first primary mark begins, else its first mark.
    pub at: LineColumn,
    /// The number of its first line.
    pub first_line: u32,
    /// Its lines, escaped, with `\n` between them.
    pub text: String,
    /// The marks, in order, as ranges of `text`.
    pub marks: Vec<(Range<usize>, Mark<'a>)>,
}

/// The excerpts that show `marks`: sources in the order in which they come up, within a source the excerpt with the first mark
/// first and the others by line.
pub(super) fn excerpts<'a>(sources: &'a SourceMap, marks: &[Mark<'a>]) -> Vec<Excerpt<'a>> {
    let mut by_source: Vec<Vec<Mark<'a>>> = Vec::new();
    for &mark in marks {
        match by_source
            .iter_mut()
            .find(|it| it[0].span.source == mark.span.source)
        {
            Some(known) => known.push(mark),
            None => by_source.push(vec![mark]),
        }
    }
    let mut excerpts = Vec::new();
    for marks in by_source {
        let source = sources.get(marks[0].span.source);
        let first = marks[0].span;
        let mut clusters = cluster(source, marks);
        if let Some(index) = clusters
            .iter()
            .position(|it| it.iter().any(|mark| mark.span == first))
        {
            clusters[..=index].rotate_right(1);
        }
        excerpts.extend(clusters.into_iter().map(|it| excerpt(source, it)));
    }
    excerpts
}

impl Excerpt<'_> {
    /// Whether a reader who counts in the shown text finds the column of [`Excerpt::at`].
    pub(super) fn shows_columns(&self) -> bool {
        let first = self.marks.iter().find(|(_, mark)| mark.primary);
        let Some((range, _)) = first.or(self.marks.first()) else {
            return true;
        };
        let before = &self.text[..range.start];
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        before[line..].chars().count() as u32 + 1 == self.at.column
    }
}

/// Marks that are near one another, by offset.
fn cluster<'a>(source: &Source, mut marks: Vec<Mark<'a>>) -> Vec<Vec<Mark<'a>>> {
    marks.sort_by_key(|mark| mark.span);
    let lines = source.lines();
    let mut clusters: Vec<Vec<Mark<'a>>> = Vec::new();
    let (mut last_line, mut line_first) = (0, 0);
    for mark in marks {
        let shown = cut(source, mark.span.range);
        let line = lines.line(shown.start);
        let new_line = line != last_line;
        let near = if new_line {
            line <= last_line + FAR_LINES
        } else {
            lines.line_range(source.text(), line).len() <= LONG
                || shown.start < line_first + LONG - LEAD
        };
        match clusters.last_mut() {
            Some(cluster) if near => cluster.push(mark),
            _ => clusters.push(vec![mark]),
        }
        if new_line || !near {
            line_first = shown.start;
        }
        last_line = line;
    }
    clusters
}

/// The part of a range that is shown: all of it, or its first line if it is tall.
fn cut(source: &Source, range: TextRange) -> TextRange {
    let lines = source.lines();
    let first = lines.line(range.start);
    if lines.line(range.end) - first <= TALL {
        return range;
    }
    let end = lines.line_range(source.text(), first).end;
    TextRange::new(range.start, end.max(range.start))
}

fn excerpt<'a>(source: &'a Source, marks: Vec<Mark<'a>>) -> Excerpt<'a> {
    let lines = source.lines();
    let ranges: Vec<TextRange> = marks.iter().map(|it| cut(source, it.span.range)).collect();
    let first = ranges.iter().map(|it| it.start).min().unwrap_or_default();
    let last = ranges.iter().map(|it| it.end).max().unwrap_or_default();
    let first_line = lines.line(first).saturating_sub(CONTEXT).max(1);
    let last_line = (lines.line(last) + CONTEXT).min(lines.len());
    let mut text = Text::default();
    for line in first_line..=last_line {
        if line > first_line {
            text.shown.push('\n');
        }
        text.push_line(source, lines.line_range(source.text(), line), &ranges);
    }
    let at = marks
        .iter()
        .find(|mark| mark.primary)
        .or(marks.first())
        .map_or(first, |mark| mark.span.range.start);
    let ranges = ranges.iter().map(|&range| text.range(range));
    Excerpt {
        source,
        at: source.line_column(at),
        first_line,
        marks: ranges.zip(marks).collect(),
        text: text.shown,
    }
}

/// Escaped lines, and where each of their characters came from.
#[derive(Default)]
struct Text {
    shown: String,
    /// Offsets in the source, ascending, with the offsets in `shown` at which they are.
    origins: Vec<(u32, usize)>,
}

impl Text {
    /// Adds a line, or the part of a long line that holds its first mark.
    fn push_line(&mut self, source: &Source, line: TextRange, marks: &[TextRange]) {
        let part = visible(source.text(), line, marks);
        if part.start > line.start {
            self.shown.push('…');
        }
        let shown = source.shown(part);
        let mut at = part.start;
        for (index, c) in shown.char_indices() {
            self.origins.push((at, self.shown.len()));
            at += c.len_utf8() as u32;
            // A byte order mark at the beginning of a file is no part of its text.
            if c == '\u{feff}' && at as usize == c.len_utf8() {
                continue;
            }
            escape::push_excerpt(&mut self.shown, &shown[..index], &shown[index..]);
        }
        self.origins.push((part.end, self.shown.len()));
        if part.end < line.end {
            self.shown.push('…');
        }
    }

    /// Where a range of the source is in the shown text.
    fn range(&self, range: TextRange) -> Range<usize> {
        let start = self.offset(range.start);
        start..self.offset(range.end).max(start)
    }

    fn offset(&self, offset: u32) -> usize {
        let index = self.origins.partition_point(|&(at, _)| at < offset);
        self.origins
            .get(index)
            .or(self.origins.last())
            .map_or(0, |&(_, at)| at)
    }
}

/// The part of a line that is shown: all of it, or, of a long one, what is around its first mark.
fn visible(text: &str, line: TextRange, marks: &[TextRange]) -> TextRange {
    if line.len() <= LONG {
        return line;
    }
    let first = marks
        .iter()
        .filter(|it| it.start >= line.start && it.start <= line.end)
        .map(|it| it.start)
        .min()
        .unwrap_or(line.start);
    let start = first.saturating_sub(LEAD).max(line.start);
    let end = (start + LONG).min(line.end);
    TextRange::new(boundary(text, start), boundary(text, end))
}

/// The beginning of the character that holds this byte.
fn boundary(text: &str, offset: u32) -> u32 {
    text.floor_char_boundary(offset as usize) as u32
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kubelint_parser::Span;
    use kubelint_parser::source::SourcePath;

    use super::*;

    /// The excerpts of a text whose marks stand between `‹` and `›`.
    fn shown(marked: &str) -> Vec<(u32, String, Vec<String>)> {
        let mut text = String::new();
        let mut ranges = Vec::new();
        let mut open = Vec::new();
        for c in marked.chars() {
            match c {
                '‹' => open.push(text.len() as u32),
                '›' => ranges.push(TextRange::new(open.pop().unwrap(), text.len() as u32)),
                c => text.push(c),
            }
        }
        let mut sources = SourceMap::default();
        let id = sources.add_file(SourcePath::new("a.yaml"), Arc::new(text.as_str().into()));
        let marks: Vec<Mark<'_>> = ranges
            .into_iter()
            .map(|range| Mark {
                span: Span::new(id, range),
                text: "",
                primary: false,
            })
            .collect();
        excerpts(&sources, &marks)
            .into_iter()
            .map(|it| {
                let marks = it.marks.iter();
                let marked = marks.map(|(range, _)| it.text[range.clone()].to_owned());
                (it.first_line, it.text.clone(), marked.collect())
            })
            .collect()
    }

    #[test]
    fn marks_near_one_another_share_an_excerpt() {
        let found = shown("a: 1\nb: ‹2›\nc: 3\nd: ‹4›\ne: 5\nf: 6\n");
        assert_eq!(
            found,
            [(
                1,
                "a: 1\nb: 2\nc: 3\nd: 4\ne: 5".into(),
                vec!["2".into(), "4".into()]
            )]
        );
        let far = format!("a: ‹1›\n{}b: ‹2›\n", "c: 3\n".repeat(40));
        let found = shown(&far);
        assert_eq!(found.len(), 2);
        assert_eq!((found[1].0, &*found[1].2[0]), (41, "2"));
    }

    #[test]
    fn line_breaks_of_all_kinds_and_a_byte_order_mark() {
        let found = shown("\u{feff}‹a›: 1\r\nb: ‹2›\rc: 3\r\n");
        assert_eq!(
            found,
            [(1, "a: 1\nb: 2\nc: 3".into(), vec!["a".into(), "2".into()])]
        );
    }

    #[test]
    fn what_acts_is_shown_and_marks_stay_right() {
        let found = shown("k: \u{1b}[0m\u{202e}‹日本\u{200b}›\t##[e]\n");
        assert_eq!(
            found,
            [(
                1,
                "k: \\x1b[0m\\u202e日本\\u200b\t#\\x23[e]\n".into(),
                vec!["日本\\u200b".into()]
            )]
        );
    }

    #[test]
    fn a_long_line_is_cut_around_its_marks() {
        let line = format!(
            "[{} ‹here› {} ‹there› é]",
            "é,".repeat(400_000),
            "x".repeat(1000)
        );
        let found = shown(&line);
        assert_eq!(found.len(), 2);
        for ((_, text, marks), word) in found.iter().zip(["here", "there"]) {
            assert!(text.len() < 300, "{text}");
            assert_eq!(marks, &[word]);
            assert!(text.starts_with('…'));
        }
    }

    #[test]
    fn a_tall_mark_is_shown_to_the_end_of_its_line() {
        let found = shown(&format!("a:\n  ‹b: 1\n{}›c: 2\n", "  d: 3\n".repeat(100)));
        assert_eq!(
            found,
            [(1, "a:\n  b: 1\n  d: 3".into(), vec!["b: 1".into()])]
        );
    }

    #[test]
    fn places_at_the_end_of_a_file() {
        assert_eq!(
            shown("a: 1\n‹›"),
            [(1, "a: 1\n".into(), vec![String::new()])]
        );
        assert_eq!(shown("‹›"), [(1, String::new(), vec![String::new()])]);
        assert_eq!(shown("a:‹\n›")[0].2, ["\n"]);
    }
}
