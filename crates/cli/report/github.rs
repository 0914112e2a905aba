//! Annotations of a GitHub workflow, one a group, the worst first: of each level, GitHub shows ten a step.
//!
//! The syntax is that of the runner (`ActionCommand` in actions/runner): `%`, carriage return and line feed are escaped in the
//! message, and `:` and `,` too in a property; columns are allowed only where a place begins and ends on one line. Paths are those
//! of the repository, which is where GitHub looks for them.

use std::io::{self, Write};

use kubelint_engine::Severity;
use kubelint_parser::source::SourcePath;

use super::Context;
use super::details::details;
use super::escape::{github_message, github_property, line};
use super::groups::{Group, number, worst_first};

/// How many annotations of a level GitHub shows for a step.
const SHOWN: usize = 10;

/// Writes an annotation for each group, problem and note, and says how many of them GitHub will not show.
pub(super) fn write(cx: Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut written = [("error", 0), ("warning", 0), ("notice", 0)];
    let mut count = |level: &str| {
        for (known, count) in &mut written {
            *count += usize::from(*known == level);
        }
    };
    for problem in &cx.report.problems {
        let place = problem.path.as_ref().map(|path| file(cx, path));
        annotation("error", place, "kubelint", &line(&problem.message), out)?;
        count("error");
    }
    for group in worst_first(cx.report) {
        let level = level(group.head.severity);
        let title = line(group.head.rule.as_str());
        let place = Some(place(cx, &group));
        let message = details(cx, &group, &cx.options.repository);
        annotation(level, place, &title, &message, out)?;
        count(level);
    }
    if !cx.options.quiet {
        for note in &cx.report.notes {
            annotation(
                "notice",
                None,
                "kubelint",
                &line(&cx.options.repository.note(note)),
                out,
            )?;
            count("notice");
        }
    }
    for (level, count) in written {
        if count > SHOWN {
            writeln!(
                out,
                "GitHub shows {SHOWN} annotations of this step's {}; all are in this log.",
                number(count, level)
            )?;
        }
    }
    Ok(())
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn annotation(
    level: &str,
    place: Option<String>,
    title: &str,
    message: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = place.map(|it| it + ",").unwrap_or_default();
    let (title, message) = (github_property(title), github_message(message));
    writeln!(out, "::{level} {place}title={title}::{message}")
}

fn file(cx: Context<'_>, path: &SourcePath) -> String {
    let path = cx.options.repository.show(path);
    format!("file={}", github_property(&line(&path)))
}

/// The properties that say where a group's first entry is.
fn place(cx: Context<'_>, group: &Group<'_>) -> String {
    let span = group.head.primary.place.span;
    let (start, end) = cx.lines(span);
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    let file = file(cx, cx.path(span));
    format!("{file},line={},endLine={}{columns}", start.line, end.line)
}
