//! A summary in Markdown, as GitHub shows it for a job: counts, and the worst findings.
//!
//! GitHub takes 1 MiB a step, and refuses more as a whole: what is listed is bounded in number and length. Text from users' files
//! stands in code spans, in which there are no links, images, mentions or HTML; only words that cannot act stand outside of one.

use std::borrow::Cow;
use std::io::{self, Write};

use kubelint_engine::Severity;

use super::Context;
use super::details::position;
use super::escape::line;
use super::groups::{Group, counts, number, worst_first};

/// How many findings are listed; the others are counted.
const FINDINGS: usize = 50;
/// How many problems, and how many notes.
const REMARKS: usize = 10;
/// How many related places of a finding are named.
const PLACES: usize = 3;
/// A longer message, in characters, is cut.
const MESSAGE: usize = 500;
/// A longer name of a place or a rule is cut.
const NAME: usize = 300;

/// Writes a heading with the counts, problems, findings and notes.
pub(super) fn write(cx: Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let summary = &cx.report.summary;
    let found = counts(summary.error, summary.warning, summary.info);
    let found = if found.is_empty() {
        "no findings"
    } else {
        &found
    };
    writeln!(out, "## kubelint: {found}\n")?;
    let mut checked = vec![
        format!("{} checked", number(summary.files, "file")),
        number(summary.resources, "resource"),
    ];
    if summary.suppressed > 0 {
        checked.push(format!("{} suppressed", summary.suppressed));
    }
    if summary.baselined > 0 {
        checked.push(format!("{} in the baseline", summary.baselined));
    }
    if summary.unchanged > 0 {
        let findings = number(summary.unchanged, "finding");
        checked.push(format!("{findings} from before the change"));
    }
    writeln!(out, "{}.", checked.join(", "))?;
    let problems: Vec<String> = cx
        .report
        .problems
        .iter()
        .map(|problem| match &problem.path {
            Some(path) => format!("{}: {}", cx.options.repository.show(path), problem.message),
            None => problem.message.clone(),
        })
        .collect();
    remarks("What could not be checked", &problems, out)?;
    findings(cx, out)?;
    if !cx.options.quiet {
        let notes = cx.report.notes.iter();
        let notes: Vec<String> = notes.map(|it| cx.options.repository.note(it)).collect();
        remarks("Notes", &notes, out)?;
    }
    Ok(())
}

fn remarks(title: &str, texts: &[String], out: &mut dyn Write) -> io::Result<()> {
    if texts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### {title}\n")?;
    for text in texts.iter().take(REMARKS) {
        writeln!(out, "- {}", prose(&cut(text, MESSAGE)))?;
    }
    more(texts.len(), REMARKS, out)
}

fn findings(cx: Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let groups = worst_first(cx.report);
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Findings\n")?;
    for group in groups.iter().take(FINDINGS) {
        finding(cx, group, out)?;
    }
    more(groups.len(), FINDINGS, out)
}

fn more(all: usize, shown: usize, out: &mut dyn Write) -> io::Result<()> {
    match all.saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "- and {more} more"),
    }
}

/// An item: severity, rule and place, and below them the message and the other places.
fn finding(cx: Context<'_>, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
    let severity = match group.head.severity {
        Severity::Error => "**error**",
        Severity::Warning => "**warning**",
        Severity::Info => "info",
    };
    let marks = group.marks();
    let mut places = marks
        .iter()
        .map(|it| code(&cut(&position(cx, it, &cx.options.repository), NAME)));
    let rule = rule(group.head.rule.as_str(), &group.head.url);
    let first = places.next().unwrap_or_default();
    let mut lines = vec![format!("{severity} {rule} at {first}")];
    lines.push(prose(&cut(&group.head.message, MESSAGE)));
    let others: Vec<String> = places.by_ref().take(PLACES).collect();
    if !others.is_empty() {
        let more = match places.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        lines.push(format!("see {}{more}", others.join(", ")));
    }
    // A backslash at the end of a line breaks it.
    lines.retain(|it| !it.is_empty());
    writeln!(out, "- {}", lines.join("\\\n  "))
}

/// The rule's name, linked with its page where the address is plainly one.
fn rule(name: &str, url: &str) -> String {
    let name = code(&cut(name, NAME));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    match url.strip_prefix("https://") {
        Some(rest) if rest.len() <= NAME && rest.chars().all(is_plain) => {
            format!("[{name}]({url})")
        }
        _ => name,
    }
}

/// The text as one line, or the beginning of it if it is longer than `most` characters.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    let text = line(text);
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => text,
    }
}

/// A message of one line: what stands between backticks as code, and so does what is more than words.
fn prose(text: &str) -> String {
    // Code spans must not touch: then their delimiters would be read as one. Those that would are one span.
    let mut out = String::with_capacity(text.len() + 16);
    let mut open: Option<String> = None;
    let mut backticks = 0;
    let text = text.trim_matches(' ');
    for (index, part) in text.split('`').enumerate() {
        backticks += usize::from(index > 0);
        let inner = part.trim_matches(' ');
        let is_first = index == 0;
        let is_code = !inner.is_empty()
            && (index % 2 == 1
                || (is_first && begins_list(inner))
                || !inner.split(' ').all(is_word));
        let (before, code_text, after) = match (is_code, index % 2) {
            (false, _) => (part, "", ""),
            (true, 1) => ("", part, ""),
            (true, _) => {
                let (before, rest) = part.split_at(part.len() - part.trim_start_matches(' ').len());
                let (inner, after) = rest.split_at(rest.trim_end_matches(' ').len());
                (before, inner, after)
            }
        };
        if !before.is_empty() {
            out.extend(open.take().map(|it| code(&it)));
            out.push_str(before);
            backticks = 0;
        }
        if !code_text.is_empty() {
            let span = open.get_or_insert_default();
            if !span.is_empty() {
                span.push_str(&"`".repeat(backticks));
            }
            span.push_str(code_text);
            backticks = 0;
        }
        if !after.is_empty() {
            out.extend(open.take().map(|it| code(&it)));
            out.push_str(after);
            backticks = 0;
        }
    }
    out.extend(open.take().map(|it| code(&it)));
    if out.trim().is_empty() && !text.is_empty() {
        return code(text);
    }
    out
}

/// Whether some Markdown would read the beginning of a line as that of a list: `1.`, `1)`, `:`.
fn begins_list(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.starts_with(['.', ')', ':'])
}

/// Whether a word is a number, or letters that neither Markdown nor GitHub reads as anything else: no address, mention, emoji,
/// issue or markup.
fn is_word(word: &str) -> bool {
    let bare = word
        .trim_start_matches('(')
        .trim_end_matches([',', ';', ':', '.', '?', '!', ')', '…']);
    let is_number = bare.len() <= 6 && bare.bytes().all(|it| it.is_ascii_digit());
    let letters = |c: char| c.is_alphabetic() || c == '-' || c == '\'' || c == '/';
    is_number || (bare.chars().all(letters) && !bare.starts_with(['-', '/']))
}

/// A code span, whose delimiters are longer than any backticks within.
fn code(text: &str) -> String {
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // One space on either side is no part of the code: it is needed where the code begins or ends with a backtick or a space.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}
