//! `--format json`: a contract, whose schema is [`super::schema`]. The wire format is its own, so that types of the engine may change.

use std::borrow::Cow;
use std::io::{self, Write};

use kubelint_engine::report::{Problem, ReportLabel, State, Subject};
use kubelint_engine::{Applicability, Entry, Fix};
use kubelint_parser::Span;
use serde::{Serialize, Serializer};

use super::Context;
use super::escape::SafeJson;

/// The version of the contract: changes when a key is removed or its meaning changes, not when one is added.
pub(super) const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    #[serde(serialize_with = "findings")]
    findings: Context<'a>,
    problems: Vec<WireProblem<'a>>,
    summary: WireSummary,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireFinding<'a> {
    rule: &'a str,
    severity: &'static str,
    confidence: &'static str,
    message: &'a str,
    primary: WireLabel<'a>,
    related: Vec<WireLabel<'a>>,
    resource: Option<WireResource<'a>>,
    builds: &'a [String],
    cause: &'a str,
    group: &'a str,
    state: &'static str,
    explained_by: Option<&'a str>,
    fix: Option<WireFix<'a>>,
    fingerprint: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct WirePlace<'a> {
    path: Cow<'a, str>,
    start: WirePosition,
    end: WirePosition,
}

#[derive(Serialize)]
struct WireLabel<'a> {
    #[serde(flatten)]
    place: WirePlace<'a>,
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    via: Vec<WirePlace<'a>>,
}

#[derive(Serialize)]
struct WirePosition {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireResource<'a> {
    api_version: &'a str,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct WireFix<'a> {
    title: &'a str,
    applicability: &'static str,
    edits: Vec<WireEdit<'a>>,
}

#[derive(Serialize)]
struct WireEdit<'a> {
    #[serde(flatten)]
    place: WirePlace<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct WireProblem<'a> {
    path: Option<Cow<'a, str>>,
    message: &'a str,
}

#[derive(Serialize)]
struct WireSummary {
    files: usize,
    resources: usize,
    error: usize,
    warning: usize,
    info: usize,
    suppressed: usize,
}

/// Writes the document, finding by finding.
pub(super) fn write(cx: Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let summary = cx.report.summary;
    let document = Document {
        version: VERSION,
        findings: cx,
        problems: cx
            .report
            .problems
            .iter()
            .map(|it| problem(cx, it))
            .collect(),
        summary: WireSummary {
            files: summary.files,
            resources: summary.resources,
            error: summary.error,
            warning: summary.warning,
            info: summary.info,
            suppressed: summary.suppressed,
        },
    };
    write_json(&document, out)
}

/// Writes one JSON document and a line break.
pub(crate) fn write_json<T: Serialize>(document: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, SafeJson::default());
    document.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

fn findings<S: Serializer>(cx: &Context<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(cx.report.entries.iter().map(|entry| finding(*cx, entry)))
}

fn finding<'a>(cx: Context<'a>, entry: &'a Entry) -> WireFinding<'a> {
    WireFinding {
        rule: entry.rule.as_str(),
        severity: entry.severity.as_str(),
        confidence: entry.confidence.as_str(),
        message: &entry.message,
        primary: label(cx, &entry.primary),
        related: entry.related.iter().map(|it| label(cx, it)).collect(),
        resource: entry.resource.as_ref().map(resource),
        builds: &entry.builds,
        cause: &entry.cause,
        group: &entry.group,
        state: match entry.state {
            State::Active => "active",
            State::Suppressed { .. } => "suppressed",
            State::Baselined => "baselined",
            State::Unchanged => "unchanged",
        },
        explained_by: entry.explained_by.as_deref(),
        fix: entry.fix.as_ref().map(|it| fix(cx, it)),
        fingerprint: &entry.fingerprint,
        url: &entry.url,
    }
}

fn label<'a>(cx: Context<'a>, label: &'a ReportLabel) -> WireLabel<'a> {
    WireLabel {
        place: place(cx, label.place.span),
        text: &label.text,
        via: label.place.via.iter().map(|&it| place(cx, it)).collect(),
    }
}

fn place(cx: Context<'_>, span: Span) -> WirePlace<'_> {
    let source = cx.report.sources.get(span.source);
    let position = |offset| {
        let at = source.line_column(offset);
        WirePosition {
            line: at.line,
            column: at.column,
            offset,
        }
    };
    WirePlace {
        path: cx.options.paths.show(source.path()),
        start: position(span.range.start),
        end: position(span.range.end),
    }
}

fn resource(subject: &Subject) -> WireResource<'_> {
    WireResource {
        api_version: &subject.api_version,
        kind: &subject.kind,
        namespace: subject.namespace.as_deref(),
        name: subject.name.as_deref(),
    }
}

fn fix<'a>(cx: Context<'a>, fix: &'a Fix) -> WireFix<'a> {
    WireFix {
        title: &fix.title,
        applicability: match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
        },
        edits: fix
            .edits
            .iter()
            .map(|edit| WireEdit {
                place: place(cx, edit.span),
                text: &edit.text,
            })
            .collect(),
    }
}

fn problem<'a>(cx: Context<'a>, problem: &'a Problem) -> WireProblem<'a> {
    WireProblem {
        path: problem.path.as_ref().map(|it| cx.options.paths.show(it)),
        message: &problem.message,
    }
}
