//! Reporters: from a decided report to bytes. They know lines, columns, colours and formats; no rule, no setting.
//!
//! A format is one file with one function of the shape of [`concise::write`], one variant of [`Format`] and one arm of [`write`].
//! Whatever comes from a user's files goes through [`escape`], and excerpts are cut only from what a source allows to show.

mod concise;
mod escape;
mod groups;
mod json;
mod paths;

use std::io::{self, BufWriter, Write};

use kubelint_engine::{Registry, Report};

pub(crate) use paths::Paths;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// One line a group: `path:line:col: severity[rule] message`.
    Concise,
    /// The contract of `kubelint schema report`.
    Json,
}

/// What the reporters are told beside the report.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Whether the output may hold colours; only [`Format::Human`] has any.
    pub(crate) color: bool,
    /// Whether to add how often each rule was found, in the formats that people read.
    pub(crate) statistics: bool,
    /// Whether to leave out what is neither a finding nor a problem, in the formats that people read.
    pub(crate) quiet: bool,
    /// How paths read from the working directory.
    pub(crate) paths: Paths,
    /// The status with which the command will end, for formats that can say it.
    pub(crate) exit_code: u8,
}

/// What every reporter is given.
#[derive(Clone, Copy)]
struct Context<'a> {
    report: &'a Report,
    registry: &'a Registry,
    options: &'a Options,
}

/// Writes a report.
///
/// # Errors
/// Those of `out`, a closed pipe included; what was written until then is not a whole document.
pub(crate) fn write(
    format: Format,
    report: &Report,
    registry: &Registry,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let cx = Context {
        report,
        registry,
        options,
    };
    let mut out = BufWriter::new(out);
    match format {
        Format::Concise => concise::write(cx, &mut out)?,
        Format::Json => json::write(cx, &mut out)?,
    }
    out.flush()
}

impl Format {
    /// All formats, in the order of the documentation.
    pub(crate) const ALL: [Self; 2] = [Self::Concise, Self::Json];

    /// The word used on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Concise => "concise",
            Self::Json => "json",
        }
    }

    /// The format of a word, if it is one.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}
