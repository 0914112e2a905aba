//! Reporters: from a decided report to bytes. They know lines, columns, colours and formats; no rule, no setting.
//!
//! A format is one file with one function of the shape of [`concise::write`], one variant of [`Format`] and one arm of [`write()`].
//! Whatever comes from a user's files goes through [`escape`], and excerpts are cut only from what a source allows to show.

mod concise;
mod details;
mod escape;
mod excerpt;
mod github;
mod gitlab;
mod groups;
mod human;
mod json;
mod junit;
mod markdown;
mod paths;
mod sarif;
mod schema;
pub(crate) mod schema_parts;
#[cfg(test)]
mod tests;

use std::io::{self, BufWriter, Write};

use kubelint_engine::settings::FailOn;
use kubelint_engine::{Registry, Report};
use kubelint_parser::Span;
use kubelint_parser::source::{LineColumn, SourcePath};

pub(crate) use escape::line;
pub(crate) use json::write_json;
pub(crate) use paths::Paths;
pub(crate) use schema::report_schema;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Excerpts from every file concerned, for people.
    Human,
    /// One line a group: `path:line:col: severity[rule] message`.
    Concise,
    /// The contract of `kubelint schema report`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// A code quality report of GitLab.
    Gitlab,
    /// Test results as XML, for what shows tests.
    Junit,
    /// A summary of bounded size, for what shows Markdown.
    Markdown,
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
    /// How they read from the repository's folder, which is where platforms look for them; outside of a repository, from the
    /// working directory.
    pub(crate) repository: Paths,
    /// From which severity on findings make the run fail.
    pub(crate) fail_on: FailOn,
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

impl<'a> Context<'a> {
    /// The path of a span's source below the root.
    fn path(self, span: Span) -> &'a SourcePath {
        self.report.sources.get(span.source).path()
    }

    /// Where a span begins and ends, the end exclusive.
    fn lines(self, span: Span) -> (LineColumn, LineColumn) {
        let source = self.report.sources.get(span.source);
        (
            source.line_column(span.range.start),
            source.line_column(span.range.end),
        )
    }
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
        Format::Human => human::write(cx, &mut out)?,
        Format::Concise => concise::write(cx, &mut out)?,
        Format::Json => json::write(cx, &mut out)?,
        Format::Sarif => sarif::write(cx, &mut out)?,
        Format::Github => github::write(cx, &mut out)?,
        Format::Gitlab => gitlab::write(cx, &mut out)?,
        Format::Junit => junit::write(cx, &mut out)?,
        Format::Markdown => markdown::write(cx, &mut out)?,
    }
    out.flush()
}

impl Format {
    /// All formats, in the order of the documentation.
    pub(crate) const ALL: [Self; 8] = [
        Self::Human,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
    ];

    /// The word used on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }

    /// Whether the format has a place for what is not a finding: first for problems, then for notes.
    pub(crate) const fn tells(self) -> (bool, bool) {
        match self {
            Self::Gitlab => (false, false),
            Self::Json => (true, false),
            _ => (true, true),
        }
    }

    /// The format of a word, if it is one.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}
