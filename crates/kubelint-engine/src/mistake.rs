//! What is wrong with a page, a pack or the configuration: kubelint's own input, whose mistakes stop a run (exit status 2).

use std::fmt;

use kubelint_parser::TextRange;
use kubelint_parser::source::{LineColumn, LineIndex};

/// A mistake in kubelint's own input, with its place if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it is; nowhere if it was made in flags.
    pub place: Option<MistakePlace>,
    /// What is wrong, with a did-you-mean if there is one: lower case, no full stop.
    pub message: String,
}

/// The place of a [`Mistake`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MistakePlace {
    /// The file, as its reader called it.
    pub path: String,
    /// The bytes of its text.
    pub range: TextRange,
    /// Line and column of the first byte, counted from 1.
    pub start: LineColumn,
}

/// A text that is being read, to give its mistakes their places.
#[derive(Clone, Debug)]
pub struct InputText<'a> {
    path: &'a str,
    text: &'a str,
    lines: LineIndex,
}

impl Mistake {
    /// A mistake without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            place: None,
            message: message.into(),
        }
    }
}

/// The mistakes, one a line.
pub fn lines(mistakes: &[Mistake]) -> String {
    let lines: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            let LineColumn { line, column } = place.start;
            write!(f, "{}:{line}:{column}: ", place.path)?;
        }
        f.write_str(&self.message)
    }
}

impl<'a> InputText<'a> {
    /// The text of the file `path`.
    pub fn new(path: &'a str, text: &'a str) -> Self {
        Self {
            path,
            text,
            lines: LineIndex::new(text),
        }
    }

    /// The file.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// Its text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// A mistake at `range` of the text.
    pub fn mistake(&self, range: TextRange, message: impl Into<String>) -> Mistake {
        Mistake {
            place: Some(MistakePlace {
                path: self.path.to_owned(),
                range,
                start: self.lines.line_column(self.text, range.start),
            }),
            message: message.into(),
        }
    }

    /// The line (from 1) of an offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.lines.line(offset)
    }
}
