//! From lines to instructions: directives, comments, continued lines, and the bodies of here-documents.

use super::heredoc::{self, Bodies};
use super::instruction::{self, Instruction};
use super::word::{Piece, Word};
use super::{Dockerfile, SyntaxError, SyntaxErrorKind};
use crate::TextRange;

/// A parser directive: `# name=value`, at the very beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its name.
    pub name: TextRange,
    /// Its value, without blanks around it.
    pub value: TextRange,
}

/// The longest line that `BuildKit` reads, in bytes with its line break: `bufio.MaxScanTokenSize` of Go.
const MAX_LINE: usize = 64 * 1024;

/// A line of the text, without its line break.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the next one starts.
    pub(super) next: usize,
}

/// The line that starts at `start`, if the text does not end there.
pub(super) fn line_at(text: &str, start: usize) -> Option<Line> {
    let rest = text.get(start..).filter(|it| !it.is_empty())?;
    let len = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
    let content = rest[..len].trim_end_matches(['\r', '\n']);
    Some(Line {
        start,
        end: start + content.len(),
        next: start + len,
    })
}

/// An instruction's lines, joined, and the way back.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) text: String,
    pieces: Vec<Piece>,
}

impl Joined {
    fn push(&mut self, source: &str, range: TextRange) {
        let start = offset(self.text.len());
        self.text.push_str(range.of(source));
        if !range.is_empty() {
            self.pieces.push(Piece {
                text: TextRange::new(start, start + range.len()),
                source: range,
            });
        }
    }

    fn clear(&mut self) {
        self.text.clear();
        self.pieces.clear();
    }

    /// All of it as one word.
    pub(super) fn whole(&self) -> Word {
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else {
            return Word::plain("", TextRange::default());
        };
        let range = first.source.cover(last.source);
        if self.pieces.len() == 1 {
            return Word::plain(&self.text, range);
        }
        Word::pieced(self.text.clone(), range, self.pieces.clone())
    }
}

/// An offset into a text that is known to be short enough.
#[expect(
    clippy::cast_possible_truncation,
    reason = "texts of 4 GiB and more are not read"
)]
pub(super) const fn offset(at: usize) -> u32 {
    at as u32
}

pub(super) const fn range(start: usize, end: usize) -> TextRange {
    TextRange::new(offset(start), offset(end))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    file: Dockerfile,
    bodies: Bodies<'a>,
}

/// Reads the lines. What is wrong in the lines themselves is found here; what an instruction may hold is checked later.
pub(super) fn read(text: &str) -> Dockerfile {
    let file = Dockerfile {
        escape: '\\',
        ..Dockerfile::default()
    };
    if u32::try_from(text.len()).is_err() {
        return file;
    }
    let mut reader = Reader {
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        file,
        bodies: Bodies::new(text),
    };
    reader.directives();
    let mut joined = Joined::default();
    while reader.join(&mut joined) {
        reader.instruction(&joined);
    }
    reader.file
}

impl Reader<'_> {
    fn error(&mut self, range: TextRange, kind: SyntaxErrorKind) {
        self.file.errors.push(SyntaxError { range, kind });
    }

    /// The directives: the first line that is none ends them.
    fn directives(&mut self) {
        while let Some(line) = line_at(self.text, self.at) {
            let Some(directive) = directive(self.text, line) else {
                return;
            };
            self.at = line.next;
            let name = directive.name.of(self.text);
            let is_same = |it: &Directive| it.name.of(self.text).eq_ignore_ascii_case(name);
            if self.file.directives.iter().any(is_same) {
                self.error(directive.name, SyntaxErrorKind::DirectiveTwice);
            } else if name.eq_ignore_ascii_case("escape") {
                match directive.value.of(self.text) {
                    "\\" => {}
                    "`" => self.file.escape = '`',
                    _ => self.error(directive.value, SyntaxErrorKind::BadEscape),
                }
            }
            self.file.directives.push(directive);
        }
    }

    /// Joins the lines of the next instruction; `false` at the end of the text.
    fn join(&mut self, joined: &mut Joined) -> bool {
        joined.clear();
        let mut has_begun = false;
        while let Some(line) = line_at(self.text, self.at) {
            self.at = line.next;
            if line.next - line.start > MAX_LINE {
                self.error(range(line.start, line.end), SyntaxErrorKind::LineTooLong);
            }
            let content = &self.text[line.start..line.end];
            let trimmed = content.trim_start();
            let first = line.end - trimmed.len();
            if trimmed.starts_with('#') {
                self.file.comments.push(range(first, line.end));
                continue;
            }
            if trimmed.is_empty() {
                continue;
            }
            // Blanks at the beginning of a continued line belong to the instruction.
            let start = if has_begun { line.start } else { first };
            let continued = before_continuation(&self.text[start..line.end], self.file.escape);
            has_begun = true;
            let end = continued.map_or(line.end, |len| start + len);
            joined.push(self.text, range(start, end));
            if continued.is_none() {
                return true;
            }
        }
        has_begun && !joined.text.is_empty()
    }

    fn instruction(&mut self, joined: &Joined) {
        let errors = &mut self.file.errors;
        let Some(mut instruction) = instruction::read(joined, self.file.escape, errors) else {
            return;
        };
        if instruction.can_have_heredocs() && joined.text.contains("<<") {
            let whole = joined.whole();
            for opened in heredoc::opened(&joined.text) {
                self.heredoc(&mut instruction, &whole, opened);
            }
        }
        self.file.instructions.push(instruction);
    }

    fn heredoc(&mut self, instruction: &mut Instruction, whole: &Word, opened: heredoc::Opened) {
        let word = whole.slice(opened.range);
        match self.bodies.find(self.at, &opened.name, opened.strips_tabs) {
            Some((body, next)) => {
                self.at = next;
                instruction.heredocs.push(opened.with(word, body));
            }
            // Its lines are read as instructions, so that what follows is not lost.
            None => self.error(word.range(), SyntaxErrorKind::UnterminatedHeredoc),
        }
    }
}

/// How much of a line stands before the character that continues it; `None` if nothing continues it. That character is the last one
/// but for blanks, and no other of its kind stands before it.
fn before_continuation(line: &str, escape: char) -> Option<usize> {
    let rest = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!rest.ends_with(escape)).then_some(rest.len())
}

/// The directive that a line holds: `# name = value`, of those names that BuildKit knows.
fn directive(text: &str, line: Line) -> Option<Directive> {
    const NAMES: [&str; 3] = ["syntax", "escape", "check"];
    const BLANKS: [char; 5] = ['\t', '\n', '\u{c}', '\r', ' '];
    let content = text[line.start..line.end].trim_start();
    let content = content.strip_prefix('#')?.trim_start();
    let start = line.end - content.len();
    let (name, value) = content.split_once('=')?;
    let name = name.trim_end_matches(BLANKS);
    if !NAMES.iter().any(|it| it.eq_ignore_ascii_case(name)) {
        return None;
    }
    let trimmed = value.trim_start_matches(BLANKS);
    let at = line.end - trimmed.len();
    let value = trimmed.trim_end_matches(BLANKS);
    (!value.is_empty()).then(|| Directive {
        name: range(start, start + name.len()),
        value: range(at, at + value.len()),
    })
}
