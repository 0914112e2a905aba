//! For people: each group with excerpts from every file concerned, the resource and its build, and what to do; then what was not
//! checked, and the counts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use annotate_snippets::{
    AnnotationKind, Element, Group as Block, Level, Origin, Renderer, Snippet,
};
use kubelint_engine::report::{Subject, Summary};
use kubelint_engine::{RuleId, Severity};

use super::Context;
use super::escape::{line, lines};
use super::excerpt::{Excerpt, excerpts};
use super::groups::{Group, counts, groups, number, plural};

/// A group shows this many places; the others are counted.
const SHOWN: usize = 8;
/// A group names this many resources and builds; the others are counted.
const LISTED: usize = 3;

/// Writes groups in path order, problems, notes and counts.
pub(super) fn write(cx: Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if cx.options.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let groups = groups(cx.report);
    for group in &groups {
        writeln!(out, "{}\n", renderer.render(&[block(cx, group)]))?;
    }
    let report = cx.report;
    for problem in &report.problems {
        let text = match &problem.path {
            Some(path) => format!("{}: {}", cx.options.paths.show(path), problem.message),
            None => problem.message.clone(),
        };
        remark(&renderer, Level::ERROR.with_name("problem"), &text, out)?;
    }
    if cx.options.quiet {
        return Ok(());
    }
    for note in &report.notes {
        remark(&renderer, Level::NOTE, &cx.options.paths.note(note), out)?;
    }
    if !(report.problems.is_empty() && report.notes.is_empty()) {
        writeln!(out)?;
    }
    if cx.options.statistics {
        statistics(&groups, out)?;
    }
    writeln!(out, "{}", last_line(&report.summary, report.problems.len()))
}

/// A line that is not about a finding.
fn remark(
    renderer: &Renderer,
    level: Level<'_>,
    text: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = line(text);
    let blocks = [Block::with_title(level.primary_title(&*text))];
    writeln!(out, "{}", renderer.render(&blocks))
}

fn block<'a>(cx: Context<'a>, group: &Group<'a>) -> Block<'a> {
    let entry = group.head;
    let level = match entry.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level
        .primary_title(line(&entry.message))
        .id(line(entry.rule.as_str()));
    let mut marks = group.marks();
    let more = marks.len().saturating_sub(SHOWN);
    marks.truncate(SHOWN);
    let mut block = Block::with_title(title);
    for excerpt in excerpts(&cx.report.sources, &marks) {
        block = block.elements(shown(cx, excerpt));
    }
    if more > 0 {
        let text = format!("and {more} more");
        block = block.element(Level::NOTE.no_name().message(text));
    }
    let resources = group.entries().filter_map(|it| it.resource.as_ref());
    let builds = group.entries().flat_map(|it| &it.builds);
    for (name, values) in [
        ("resource", distinct(resources.map(named))),
        ("build", distinct(builds.cloned())),
    ] {
        if !values.is_empty() {
            let name = plural(values.len(), name);
            block = block.element(Level::NOTE.with_name(name).message(listed(&values)));
        }
    }
    if !entry.help.trim().is_empty() {
        block = block.element(Level::HELP.message(lines(entry.help.trim())));
    }
    block
}

/// An excerpt under its path, line and column. The renderer counts the column in what is shown; where the line was cut or escaped
/// before the mark, the place is given to it.
fn shown<'a>(cx: Context<'a>, excerpt: Excerpt<'a>) -> Vec<Element<'a>> {
    let path = line(&cx.options.paths.show(excerpt.source.path())).into_owned();
    let exact = excerpt.shows_columns();
    let snippet = Snippet::source(excerpt.text)
        .line_start(excerpt.first_line as usize)
        .fold(false)
        .annotations(excerpt.marks.into_iter().map(|(range, mark)| {
            let kind = if mark.primary {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            kind.span(range)
                .label((!mark.text.is_empty()).then(|| line(mark.text)))
        }));
    if exact {
        return vec![snippet.path(path).into()];
    }
    let origin = Origin::path(path)
        .line(excerpt.at.line as usize)
        .char_column(excerpt.at.column as usize);
    vec![origin.into(), snippet.into()]
}

/// An object's kind and name: `Service shop/api`.
fn named(subject: &Subject) -> String {
    let name = subject.name.as_deref().unwrap_or("(no name)");
    let text = match &subject.namespace {
        Some(namespace) => format!("{} {namespace}/{name}", subject.kind),
        None => format!("{} {name}", subject.kind),
    };
    line(&text).into_owned()
}

/// Each value once, in order.
fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut known = BTreeSet::new();
    values.filter(|it| known.insert(it.clone())).collect()
}

/// The first few values, and how many more there are.
fn listed(values: &[String]) -> String {
    let shown = values[..values.len().min(LISTED)].join(", ");
    let more = match values.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    line(&shown).into_owned() + &more
}

/// How often each rule was found, the most frequent first.
fn statistics(groups: &[Group<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut found: BTreeMap<(&RuleId, Severity), usize> = BTreeMap::new();
    for group in groups {
        *found
            .entry((&group.head.rule, group.head.severity))
            .or_default() += 1;
    }
    let mut rows: Vec<_> = found.into_iter().collect();
    rows.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    for ((rule, severity), count) in &rows {
        writeln!(
            out,
            "{count:>6}  {:<7}  {}",
            severity.as_str(),
            line(rule.as_str())
        )?;
    }
    if !rows.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

/// What was checked, so that nobody takes what was not seen for what is right: `118 resources checked, 64 references followed, 9 of 11
/// images tied to a Dockerfile`.
fn checked(summary: &Summary) -> String {
    let mut parts = vec![format!("{} checked", number(summary.resources, "resource"))];
    if summary.references > 0 {
        let references = number(summary.references, "reference");
        parts.push(format!("{references} followed"));
    }
    if summary.images > 0 {
        let images = number(summary.images, "image");
        parts.push(format!(
            "{} of {images} tied to a Dockerfile",
            summary.tied_images
        ));
    }
    parts.join(", ")
}

/// `Found 2 errors in 42 files (118 resources checked); 1 suppressed`.
fn last_line(summary: &Summary, problems: usize) -> String {
    let found = counts(summary.error, summary.warning, summary.info);
    let found = match found.as_str() {
        "" => "No findings".to_owned(),
        found => format!("Found {found}"),
    };
    let mut parts = vec![if summary.files == 0 {
        format!("{found}: no file was checked")
    } else {
        let files = number(summary.files, "file");
        format!("{found} in {files} ({})", checked(summary))
    }];
    if summary.suppressed > 0 {
        parts.push(format!("{} suppressed", summary.suppressed));
    }
    if summary.baselined > 0 {
        parts.push(format!("{} in the baseline", summary.baselined));
    }
    if summary.unchanged > 0 {
        let findings = number(summary.unchanged, "finding");
        let were = if summary.unchanged == 1 {
            "was"
        } else {
            "were"
        };
        parts.push(format!("{findings} {were} there before"));
    }
    if problems > 0 {
        let problems = number(problems, "problem");
        parts.push(format!("not everything was checked: {problems}"));
    }
    parts.join("; ")
}
