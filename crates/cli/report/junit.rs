//! Test results in the XML that JUnit's runners made common, as Jenkins and GitLab read it.
//!
//! No standard describes it; the schema that is meant is `junit-10.xsd` of Jenkins' xUnit plugin, which refuses what it does not
//! list, so that a case has no attributes for its place. A test case is a group: failed if
//! it makes the run fail, else skipped, so that the tests fail exactly if the command does. Its class is the rule, and its name
//! holds no line, so that histories survive moves; names are unique, because GitLab drops all but the first of one name.

use std::collections::BTreeMap;
use std::io::{self, Write};

use kubelint_engine::report::Problem;
use kubelint_engine::{Confidence, Severity};

use super::Context;
use super::details::{details, position};
use super::escape::{line, xml};
use super::groups::{Group, worst_first};

/// The class of what is not a finding.
const TOOL: &str = "kubelint";

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Passed,
    Failed,
    Error,
    Skipped,
}

/// A test case, its texts escaped for a log but not yet for XML.
struct Case {
    class: String,
    name: String,
    outcome: Outcome,
    kind: &'static str,
    message: String,
    text: String,
}

/// Writes one suite: whether all could be checked, a case for each group, and the notes as its output.
pub(super) fn write(cx: Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut cases: Vec<Case> = cx
        .report
        .problems
        .iter()
        .map(|it| problem(cx, it))
        .collect();
    if cases.is_empty() {
        cases.push(passed());
    }
    cases.extend(worst_first(cx.report).iter().map(|group| case(cx, group)));
    make_unique(&mut cases);
    let count = |outcome| cases.iter().filter(|it| it.outcome == outcome).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        cases.len(),
        count(Outcome::Failed),
        count(Outcome::Error)
    );
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"{TOOL}\" {counts}>")?;
    let skipped = count(Outcome::Skipped);
    writeln!(
        out,
        "  <testsuite name=\"{TOOL}\" {counts} skipped=\"{skipped}\">"
    )?;
    for case in &cases {
        write_case(case, out)?;
    }
    if !cx.options.quiet && !cx.report.notes.is_empty() {
        writeln!(out, "    <system-out>")?;
        for note in &cx.report.notes {
            let note = cx.options.repository.note(note);
            writeln!(out, "note: {}", xml(&line(&note)))?;
        }
        writeln!(out, "    </system-out>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// The case that says that everything was checked.
fn passed() -> Case {
    Case {
        class: TOOL.to_owned(),
        name: "everything could be checked".to_owned(),
        outcome: Outcome::Passed,
        kind: "",
        message: String::new(),
        text: String::new(),
    }
}

fn problem(cx: Context<'_>, problem: &Problem) -> Case {
    let message = line(&problem.message).into_owned();
    let path = problem
        .path
        .as_ref()
        .map(|it| line(&cx.options.repository.show(it)).into_owned());
    let text = match &path {
        Some(path) => format!("{path}: {message}"),
        None => message.clone(),
    };
    Case {
        class: TOOL.to_owned(),
        name: text.clone(),
        outcome: Outcome::Error,
        kind: "problem",
        message,
        text,
    }
}

fn case(cx: Context<'_>, group: &Group<'_>) -> Case {
    let repository = &cx.options.repository;
    let span = group.head.primary.place.span;
    let path = line(&repository.show(cx.path(span))).into_owned();
    let message = line(&group.head.message).into_owned();
    // As `Report::worst` counts.
    let fails = group
        .entries()
        .any(|it| it.confidence > Confidence::Low && cx.options.fail_on.fails(it.severity));
    let at = group
        .marks()
        .first()
        .map_or_else(String::new, |it| position(cx, it, repository));
    Case {
        class: format!("{TOOL}.{}", line(group.head.rule.as_str())),
        name: format!("{path}: {message}"),
        outcome: if fails {
            Outcome::Failed
        } else {
            Outcome::Skipped
        },
        kind: match group.head.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        },
        message,
        text: format!("{at}: {}", details(cx, group, repository)),
    }
}

/// Numbers the second and later cases of one class and name.
fn make_unique(cases: &mut [Case]) {
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    for case in cases {
        let count = known
            .entry((case.class.clone(), case.name.clone()))
            .or_default();
        *count += 1;
        if *count > 1 {
            case.name = format!("{} ({count})", case.name);
        }
    }
}

fn write_case(case: &Case, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\"",
        xml(&case.class),
        xml(&case.name)
    )?;
    let element = match case.outcome {
        Outcome::Passed => return writeln!(out, "/>"),
        Outcome::Failed => "failure",
        Outcome::Error => "error",
        Outcome::Skipped => "skipped",
    };
    writeln!(
        out,
        ">\n      <{element} type=\"{}\" message=\"{}\">{}</{element}>\n    </testcase>",
        case.kind,
        xml(&case.message),
        xml(&case.text)
    )
}
