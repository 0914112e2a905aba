//! What a fault is usually caused by: the place where the parser stopped is often not the place to look at.
//!
//! All of this looks at text, not at the parser's state, and runs once for a document that is broken.

use super::SyntaxErrorKind as Error;
use super::state::Fault;
use crate::TextRange;

/// How many bytes before its document are searched for an anchor. It bounds the work if many documents are broken.
const NEARBY: usize = 1 << 14;

/// The lines of one document.
pub(super) struct Lines<'a> {
    pub(super) text: &'a str,
    pub(super) chunk: TextRange,
    /// The number of the chunk's first line, counted from 1.
    pub(super) first: usize,
}

/// A line that starts at the wrong column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Indentation {
    pub(super) found: usize,
    pub(super) expected: usize,
    /// The start of the line that shows what was expected.
    pub(super) model: TextRange,
}

/// One line: where its text starts, which is after the spaces, and where it ends.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: usize,
    text: usize,
    end: usize,
}

impl<'a> Lines<'a> {
    /// The start of the line that `at` is on.
    pub(super) fn start(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)
    }

    /// The number of the line that `at` is on, counted from 1.
    pub(super) fn number(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let before = bytes.get(self.chunk.start as usize..at);
        memchr::memchr_iter(b'\n', before.unwrap_or_default()).count() + self.first
    }

    /// The line that `at` is on; the last line of the document for its end.
    fn line(&self, at: usize) -> Line {
        let last = (self.chunk.end as usize).saturating_sub(1);
        let start = self.start(at.min(last)).max(self.chunk.start as usize);
        let bytes = self.text.as_bytes();
        let rest = bytes.get(start..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        let spaces = line.iter().take_while(|&&byte| byte == b' ').count();
        Line {
            start,
            text: start + spaces,
            end: start + line.trim_ascii_end().len().max(spaces),
        }
    }

    fn content(&self, line: Line) -> &'a str {
        self.text.get(line.text..line.end).unwrap_or_default()
    }

    /// The lines before the one that starts at `start`, last first, without empty lines and comments.
    fn before(&self, start: usize) -> impl Iterator<Item = Line> {
        let first = self.chunk.start as usize;
        let step = move |at: usize| (at > first).then(|| self.line(at - 1));
        std::iter::successors(step(start), move |line| step(line.start)).filter(|&line| {
            let content = self.content(line);
            !content.is_empty() && !content.starts_with('#') && !content.starts_with("---")
        })
    }
}

/// The likely cause of `fault`, and for a line at the wrong column, where it should be.
pub(super) fn usual_cause(lines: &Lines<'_>, fault: Fault) -> (Fault, Option<Indentation>) {
    let certain = matches!(
        fault.kind,
        Error::DocumentSeparator | Error::ControlCharacter | Error::Json | Error::Depth
    );
    if certain {
        return (fault, None);
    }
    if let Some(found) = merge_conflict(lines, fault).or_else(|| template(lines, fault)) {
        return (found, None);
    }
    match fault.kind {
        Error::MappingNotAllowed => second_colon(lines, fault),
        Error::MissingColon => (lone_word(lines, fault), None),
        Error::Indentation | Error::Unexpected => misplaced(lines, fault),
        Error::MissingComma => (open_bracket(lines, fault), None),
        Error::UnknownAnchor => (anchor_elsewhere(lines, fault), None),
        _ => (fault, None),
    }
}

fn at(kind: Error, start: usize, end: usize) -> Fault {
    Fault {
        kind,
        at: TextRange::new(start as u32, end as u32),
        related: None,
    }
}

/// A conflict marker at or above the fault.
fn merge_conflict(lines: &Lines<'_>, fault: Fault) -> Option<Fault> {
    let end = lines.line(fault.at.end as usize).end;
    let mut start = lines.chunk.start as usize;
    while start <= end && start < lines.text.len() {
        let line = lines.line(start);
        let content = lines.text.get(line.start..line.end).unwrap_or_default();
        let marker = ["<<<<<<<", ">>>>>>>", "|||||||"]
            .iter()
            .any(|marker| content.strip_prefix(marker).is_some_and(is_label));
        if marker || content == "=======" {
            return Some(at(Error::MergeConflict, line.start, line.end));
        }
        let rest = lines.text.as_bytes().get(line.end..)?;
        start = line.end + memchr::memchr(b'\n', rest)? + 1;
    }
    None
}

/// Whether `rest` may follow a conflict marker on its line.
fn is_label(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(' ')
}

/// Braces of a template on the line of the fault, or where the bracket was opened.
fn template(lines: &Lines<'_>, fault: Fault) -> Option<Fault> {
    if matches!(
        fault.kind,
        Error::Tab | Error::BadEscape | Error::UnknownAnchor
    ) {
        return None;
    }
    let places = [Some(fault.at), fault.related];
    places.into_iter().flatten().find_map(|place| {
        let line = lines.line(place.start as usize);
        let content = lines.content(line);
        let open = ["{{", "{%"]
            .iter()
            .filter_map(|open| content.find(open))
            .min()?;
        let rest = content.get(open..)?;
        let close = ["}}", "%}"]
            .iter()
            .filter_map(|close| rest.find(close))
            .min();
        let length = close.map_or(rest.len(), |close| close + 2);
        let start = line.text + open;
        Some(at(Error::TemplateBraces, start, start + length))
    })
}

/// A colon where no key can be: a second one in its line, or a key on a line that continues the value above.
fn second_colon(lines: &Lines<'_>, fault: Fault) -> (Fault, Option<Indentation>) {
    let colon = fault.at.start as usize;
    let line = lines.line(colon);
    let before = lines.text.get(line.text..colon).unwrap_or_default();
    if let Some(first) = before.find(": ") {
        let (start, end) = (line.text, line.text + first + 1);
        let related = Some(TextRange::new(start as u32, end as u32));
        return (Fault { related, ..fault }, None);
    }
    let key = at(
        Error::Indentation,
        line.text,
        colon.max(line.text + 1).min(line.end),
    );
    let Some(above) = lines.before(line.start).next() else {
        return (fault, None);
    };
    let content = lines.content(above);
    let unmarked = content.trim_start_matches("- ");
    if above.text <= line.text && !unmarked.contains(": ") && !content.ends_with(':') {
        let start = above.end - unmarked.len();
        return (without_colon(unmarked, start), None);
    }
    let key_column = above.end - unmarked.len() - above.start;
    let found = line.text - line.start;
    let opened = before.starts_with(['"', '\'']);
    if found <= key_column || opened {
        return (fault, None);
    }
    let start = above.end - unmarked.len();
    let indentation = Indentation {
        found,
        expected: key_column,
        model: TextRange::new(start as u32, key_end(unmarked, start) as u32),
    };
    (key, Some(indentation))
}

/// The end of the key in `content`, which starts at `start`.
fn key_end(content: &str, start: usize) -> usize {
    let length = content
        .find([':', ' '])
        .unwrap_or(content.len())
        .max(usize::from(!content.is_empty()));
    start + length
}

/// A line of text without `: ` in the place of a key.
fn without_colon(content: &str, start: usize) -> Fault {
    let word_len = content.find([' ', '\t']).unwrap_or(content.len());
    let word = content.get(..word_len).unwrap_or_default();
    if word.len() > 1 && word.starts_with('-') && !word.starts_with("--") {
        return at(Error::MissingBlankAfterDash, start, start + word_len);
    }
    match word.find(':') {
        Some(colon) if colon > 0 && !word.get(colon..).unwrap_or_default().starts_with("://") => {
            at(Error::MissingBlankAfterColon, start, start + word_len)
        }
        _ => at(Error::MissingColon, start, start + content.len()),
    }
}

/// A word at the column of keys that is none.
fn lone_word(lines: &Lines<'_>, fault: Fault) -> Fault {
    let start = fault.at.start as usize;
    let end = lines.line(start).end.min(fault.at.end as usize);
    let content = lines.text.get(start..end).unwrap_or_default();
    if content.starts_with(['&', '!', '*', '"', '\'', '[', '{']) {
        return at(Error::MissingColon, start, end.max(start));
    }
    without_colon(content, start)
}

/// Something well formed in a wrong place.
fn misplaced(lines: &Lines<'_>, fault: Fault) -> (Fault, Option<Indentation>) {
    let start = fault.at.start as usize;
    let line = lines.line(start);
    let content = lines.text.get(start..line.end).unwrap_or_default();
    if content.starts_with([']', '}']) {
        return (at(Error::UnopenedBracket, start, start + 1), None);
    }
    if start != line.text {
        return (after_value(lines, line, fault), None);
    }
    let is_dash = content == "-" || content.starts_with("- ");
    if !is_dash && content.starts_with('-') && !content.starts_with("--") {
        return (without_colon(content, start), None);
    }
    if let Some(indentation) = off_column(lines, line) {
        return (
            at(Error::Indentation, start, key_end(content, start)),
            Some(indentation),
        );
    }
    let neighbour = lines
        .before(line.start)
        .find(|above| above.text - above.start == line.text - line.start);
    let end = if is_dash {
        start + 1
    } else {
        key_end(content, start)
    };
    let mut mixed = at(Error::MixedCollections, start, end);
    mixed.related = neighbour.map(|above| TextRange::new(above.text as u32, above.end as u32));
    match neighbour {
        Some(_) => (mixed, None),
        None => (fault, None),
    }
}

/// Text behind a value on its line.
fn after_value(lines: &Lines<'_>, line: Line, fault: Fault) -> Fault {
    let start = fault.at.start as usize;
    let before = lines.text.get(line.text..start).unwrap_or_default();
    let value = before.trim_end();
    let last = value.len().saturating_sub(1);
    if !value.ends_with(['"', '\'', ']', '}']) {
        return fault;
    }
    let at = TextRange::new(start as u32, (line.end.max(start)) as u32);
    let end = line.text + last;
    Fault {
        kind: Error::TextAfterValue,
        at,
        related: Some(TextRange::new(end as u32, end as u32 + 1)),
    }
}

/// Whether a line starts at a column at which no line above it, that it could belong to, starts; the nearest such column.
fn off_column(lines: &Lines<'_>, line: Line) -> Option<Indentation> {
    let found = line.text - line.start;
    let content = lines.content(line);
    let is_dash = content == "-" || content.starts_with("- ");
    let mut best: Option<Indentation> = None;
    let mut limit = usize::MAX;
    for above in lines.before(line.start) {
        let column = above.text - above.start;
        if column >= limit {
            continue;
        }
        limit = column;
        for (column, start) in starts(lines, above, is_dash) {
            if column == found {
                return None;
            }
            let nearer = |best: Indentation| column.abs_diff(found) < best.expected.abs_diff(found);
            if best.is_none_or(nearer) {
                let text = lines.text.get(start..above.end).unwrap_or_default();
                best = Some(Indentation {
                    found,
                    expected: column,
                    model: TextRange::new(start as u32, key_end(text, start) as u32),
                });
            }
        }
        if limit == 0 {
            break;
        }
    }
    best
}

/// The columns and offsets at which a dash (if `dashes`) or else a key starts on a line.
fn starts(lines: &Lines<'_>, line: Line, dashes: bool) -> Vec<(usize, usize)> {
    let mut starts = Vec::new();
    let mut at = line.text;
    loop {
        let content = lines.text.get(at..line.end).unwrap_or_default();
        let is_dash = content == "-" || content.starts_with("- ");
        let is_key = content.contains(": ") || content.ends_with(':');
        if is_dash == dashes && (is_dash || is_key) {
            starts.push((at - line.start, at));
        }
        if !is_dash || content == "-" {
            return starts;
        }
        let rest = content.get(1..).unwrap_or_default();
        at = line.end - rest.trim_start_matches(' ').len();
    }
}

/// Two entries without a comma: if the second is a line left of the bracket's, the bracket was never closed.
fn open_bracket(lines: &Lines<'_>, fault: Fault) -> Fault {
    let Some(opened) = fault.related else {
        return fault;
    };
    let first = lines.line(opened.start as usize);
    let line = lines.line(fault.at.start as usize);
    let is_left = line.text - line.start <= first.text - first.start;
    if line.start > first.start && is_left {
        return Fault {
            kind: Error::UnclosedBracket,
            at: opened,
            related: Some(TextRange::empty(line.text as u32)),
        };
    }
    let colon = fault.at.start as usize;
    if !fault.at.of(lines.text).starts_with(':') {
        return fault;
    }
    // The entry that lacks the comma starts with the word before its colon.
    let before = lines
        .text
        .get(line.text..colon)
        .unwrap_or_default()
        .trim_end();
    let word = before.rfind([' ', ',', '[', '{']).map_or(0, |at| at + 1);
    Fault {
        at: TextRange::new((line.text + word) as u32, colon as u32),
        ..fault
    }
}

/// Looks for an anchor that is defined too late or in another document.
fn anchor_elsewhere(lines: &Lines<'_>, fault: Fault) -> Fault {
    let name = fault.at.of(lines.text).trim_start_matches('*');
    let anchor = format!("&{name}");
    let is_whole = |&(at, found): &(usize, &str)| {
        let next = lines.text.as_bytes().get(at + found.len());
        next.is_none_or(u8::is_ascii_whitespace)
    };
    let mut from = (lines.chunk.start as usize).saturating_sub(NEARBY);
    while !lines.text.is_char_boundary(from) {
        from += 1;
    }
    let window = lines.text.get(from..lines.chunk.end as usize);
    let found = window
        .unwrap_or_default()
        .match_indices(&anchor)
        .map(|(at, found)| (from + at, found))
        .find(is_whole);
    let related = found.map(|(at, found)| TextRange::new(at as u32, (at + found.len()) as u32));
    Fault { related, ..fault }
}
