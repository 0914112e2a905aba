//! One line a group: `path:line:col: severity[rule] message`.

use std::io::{self, Write};

use super::Context;
use super::escape::line;
use super::groups::groups;

/// Writes a line for each group, problem and note, whatever is in their texts.
pub(super) fn write(cx: Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let sources = &cx.report.sources;
    for group in groups(cx.report) {
        let entry = group.head;
        let source = sources.get(entry.primary.place.span.source);
        let at = source.line_column(entry.primary.place.span.range.start);
        let path = cx.options.paths.show(source.path());
        write!(
            out,
            "{}:{}:{}: {}[{}] {}",
            line(&path),
            at.line,
            at.column,
            entry.severity.as_str(),
            line(entry.rule.as_str()),
            line(&entry.message)
        )?;
        match group.rest.len() {
            0 => writeln!(out)?,
            more => writeln!(out, " (and {more} more)")?,
        }
    }
    for problem in &cx.report.problems {
        if let Some(path) = &problem.path {
            write!(out, "{}: ", line(&cx.options.paths.show(path)))?;
        }
        writeln!(out, "problem: {}", line(&problem.message))?;
    }
    if !cx.options.quiet {
        for note in &cx.report.notes {
            writeln!(out, "note: {}", line(&cx.options.paths.note(note)))?;
        }
    }
    Ok(())
}
