//! The code quality report of GitLab: a subset of Code Climate's format, of which GitLab reads the fields below and no others.
//!
//! GitLab stops reading at the first issue that lacks one of them, shows issues of one fingerprint as one, and looks for paths
//! below the repository's folder. An issue is one entry; entries that do not count are left out, as it knows no state.

use std::borrow::Cow;
use std::io::{self, Write};

use kubelint_engine::{Entry, Severity};
use kubelint_parser::Span;
use serde::Serialize;
use serde::ser::Serializer;

use super::Context;
use super::escape::line;
use super::json::write_json;

/// How many related places a description names.
const PLACES: usize = 3;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: Cow<'a, str>,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// The issues, made while they are written.
struct Issues<'a>(Context<'a>);

/// Writes an array with an issue for each entry that counts.
pub(super) fn write(cx: Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_json(&Issues(cx), out)
}

impl Serialize for Issues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0.report;
        let entries = report.entries.iter().zip(report.unique_fingerprints());
        let counting = entries.filter(|(entry, _)| entry.counts());
        serializer.collect_seq(counting.map(|(entry, unique)| issue(self.0, entry, unique)))
    }
}

fn issue<'a>(cx: Context<'a>, entry: &'a Entry, fingerprint: String) -> Issue<'a> {
    let span = entry.primary.place.span;
    let (start, end) = cx.lines(span);
    Issue {
        description: description(cx, entry),
        check_name: entry.rule.as_str(),
        fingerprint,
        severity: match entry.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Info => "info",
        },
        location: Location {
            path: cx.options.repository.show(cx.path(span)),
            lines: Lines {
                begin: start.line,
                end: end.line,
            },
        },
    }
}

/// What is wrong, and where the other side is, as the format has no place for that.
fn description(cx: Context<'_>, entry: &Entry) -> String {
    let message = line(&entry.message);
    let places: Vec<String> = entry
        .related
        .iter()
        .take(PLACES)
        .map(|label| place(cx, label.place.span))
        .collect();
    if places.is_empty() {
        message.into_owned()
    } else {
        format!("{message} (see {})", places.join(", "))
    }
}

fn place(cx: Context<'_>, span: Span) -> String {
    let (start, _) = cx.lines(span);
    let path = cx.options.repository.show(cx.path(span));
    format!("{}:{}", line(&path), start.line)
}
