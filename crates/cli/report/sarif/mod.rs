//! SARIF 2.1.0, as code scanning reads it: the worst first, related places linked from the message, and the one fingerprint by
//! which GitHub matches alerts.
//!
//! A result is one entry. Suppressed and baselined entries are results that say so; entries that another explains are left out, as
//! they would become alerts.

mod rules;
mod wire;

use std::collections::BTreeMap;
use std::io::{self, Write};

use kubelint_engine::report::{ReportLabel, State, Subject, SuppressedBy};
use kubelint_engine::{Entry, Report, Severity};
use kubelint_parser::Span;
use kubelint_parser::source::SourcePath;
use serde::{Serialize, Serializer};

use self::wire::{
    ArtifactLocation, Driver, Invocation, Location, Log, LogicalLocation, Message, Notification,
    PhysicalLocation, Region, ResultProperties, SarifResult, Suppression, Tool,
};
use super::Context;
use super::escape::{line, lines, sarif, sarif_link, uri};
use super::groups::CARRIED;
use super::json::write_json;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What paths are relative to.
const BASE: &str = "%SRCROOT%";
/// A result has at most this many related places; the first are those of its own labels.
const RELATED: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation<'a>; 1],
    original_uri_base_ids: BTreeMap<&'static str, BaseId>,
    column_kind: &'static str,
    #[serde(serialize_with = "write_results")]
    results: Results<'a>,
}

#[derive(Serialize)]
struct BaseId {
    description: Message,
}

/// The results, made while they are written.
struct Results<'a> {
    cx: Context<'a>,
    rules: BTreeMap<&'a str, usize>,
    entries: Vec<(&'a Entry, String)>,
}

/// Writes one run.
pub(super) fn write(cx: Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rules = rules::descriptors(cx);
    let indices = rules
        .iter()
        .enumerate()
        .map(|(at, it)| (it.id, at))
        .collect();
    let description =
        "The repository or, outside of one, the directory in which kubelint ran.".to_owned();
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "kubelint",
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_HOMEPAGE"),
                rules,
            },
        },
        invocations: [invocation(cx)],
        original_uri_base_ids: BTreeMap::from([(
            BASE,
            BaseId {
                description: Message { text: description },
            },
        )]),
        column_kind: "unicodeCodePoints",
        results: Results {
            cx,
            rules: indices,
            entries: ordered(cx.report),
        },
    };
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [run],
    };
    write_json(&log, out)
}

/// The entries that become results, each with its unique fingerprint: those that count first, the worst first of all.
fn ordered(report: &Report) -> Vec<(&Entry, String)> {
    let unique = report.unique_fingerprints();
    let mut ordered: Vec<(&Entry, String)> = report
        .entries
        .iter()
        .zip(unique)
        .filter(|(entry, _)| entry.explained_by.is_none())
        .collect();
    ordered.sort_by_key(|(entry, _)| (!entry.counts(), std::cmp::Reverse(entry.severity)));
    ordered
}

fn write_results<S: Serializer>(results: &Results<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        results
            .entries
            .iter()
            .map(|(entry, unique)| result(results, entry, unique)),
    )
}

fn result<'a>(results: &Results<'a>, entry: &'a Entry, unique: &str) -> SarifResult<'a> {
    let cx = results.cx;
    let (message, related) = message(cx, entry);
    let mut primary = location(cx, entry.primary.place.span, &entry.primary.text);
    primary.logical_locations = entry.resource.iter().map(logical).collect();
    let summary = cx.report.summary;
    let is_compared = summary.baselined + summary.unchanged > 0;
    SarifResult {
        rule_id: entry.rule.as_str(),
        rule_index: results.rules.get(entry.rule.as_str()).copied(),
        level: level(entry.severity),
        message: Message { text: message },
        locations: [primary],
        related_locations: related,
        partial_fingerprints: BTreeMap::from([
            ("kubelintFingerprint/v1", entry.fingerprint.clone()),
            ("primaryLocationLineHash", unique.to_owned()),
        ]),
        suppressions: match &entry.state {
            State::Suppressed { reason, by } => vec![Suppression {
                kind: match by {
                    SuppressedBy::Source => "inSource",
                    SuppressedBy::Configuration => "external",
                },
                justification: line(reason),
            }],
            State::Active | State::Baselined | State::Unchanged => Vec::new(),
        },
        baseline_state: match entry.state {
            State::Baselined | State::Unchanged => Some("unchanged"),
            State::Active if is_compared => Some("new"),
            State::Active | State::Suppressed { .. } => None,
        },
        properties: ResultProperties {
            confidence: entry.confidence.as_str(),
            cause: &entry.cause,
            group: &entry.group,
            builds: &entry.builds,
        },
    }
}

/// What is wrong, with links to the related places, and what to do; and those places.
fn message<'a>(cx: Context<'a>, entry: &'a Entry) -> (String, Vec<Location<'a>>) {
    let mut text = sarif(&entry.message);
    let (mut links, mut related) = (Vec::new(), Vec::new());
    for (label, words) in labels(entry).take(RELATED) {
        let mut location = location(cx, label, words);
        let id = related.len() + 1;
        location.id = Some(id);
        let at = match words {
            "" | CARRIED => place_name(cx, label),
            words => words.to_owned(),
        };
        links.push(format!("[{}]({id})", sarif_link(&at)));
        related.push(location);
    }
    if !links.is_empty() {
        text = format!("{text}. See {}", links.join(", "));
    }
    let help = entry.help.trim();
    if !help.is_empty() {
        text += if text.ends_with(['.', '?', '!']) {
            " "
        } else {
            ". "
        };
        text += &help.lines().map(sarif).collect::<Vec<_>>().join("\n");
    }
    (text, related)
}

/// The places beside the primary one, each with its words: what carried the primary place, then the related ones and what carried
/// them.
fn labels(entry: &Entry) -> impl Iterator<Item = (Span, &str)> {
    let carried = |label: &'static str, it: &ReportLabel| -> Vec<(Span, &'static str)> {
        it.place.via.iter().map(|&span| (span, label)).collect()
    };
    carried(CARRIED, &entry.primary)
        .into_iter()
        .chain(entry.related.iter().flat_map(move |it| {
            std::iter::once((it.place.span, it.text.as_str())).chain(carried(CARRIED, it))
        }))
}

/// `deploy/app.yaml:12`.
fn place_name(cx: Context<'_>, span: Span) -> String {
    let source = cx.report.sources.get(span.source);
    let line = source.lines().line(span.range.start);
    format!("{}:{line}", cx.options.repository.show(source.path()))
}

fn location<'a>(cx: Context<'_>, span: Span, text: &str) -> Location<'a> {
    let (start, end) = cx.lines(span);
    Location {
        physical_location: PhysicalLocation {
            region: Some(Region {
                start_line: start.line,
                start_column: start.column,
                end_line: end.line,
                end_column: end.column,
            }),
            ..file(cx, cx.path(span))
        },
        message: (!text.is_empty()).then(|| Message { text: sarif(text) }),
        ..Location::default()
    }
}

fn file(cx: Context<'_>, path: &SourcePath) -> PhysicalLocation {
    PhysicalLocation {
        artifact_location: ArtifactLocation {
            uri: uri(&cx.options.repository.show(path)),
            uri_base_id: BASE,
        },
        region: None,
    }
}

/// `apps/v1 Deployment shop/api`, as the object is called in no file.
fn logical(subject: &Subject) -> LogicalLocation<'_> {
    let name = subject.name.as_deref();
    let namespace = subject.namespace.as_ref().map(|it| format!("{it}/"));
    let full = format!(
        "{}/{}/{}{}",
        subject.api_version,
        subject.kind,
        namespace.unwrap_or_default(),
        name.unwrap_or_default()
    );
    LogicalLocation {
        name: name.map(line),
        fully_qualified_name: line(&full).into_owned(),
        kind: "resource",
    }
}

fn invocation(cx: Context<'_>) -> Invocation<'_> {
    let problems = cx.report.problems.iter().map(|problem| Notification {
        level: "error",
        message: Message {
            text: lines(&problem.message),
        },
        locations: problem
            .path
            .iter()
            .map(|path| Location {
                physical_location: file(cx, path),
                ..Location::default()
            })
            .collect(),
    });
    let notes = cx.report.notes.iter().map(|note| Notification {
        level: "note",
        message: Message {
            text: line(&cx.options.repository.note(note)).into_owned(),
        },
        locations: Vec::new(),
    });
    Invocation {
        execution_successful: cx.report.problems.is_empty(),
        exit_code: cx.options.exit_code,
        exit_code_description: match cx.options.exit_code {
            0 => "nothing at or above the level that fails",
            1 => "findings",
            _ => "kubelint could not do all of its work",
        },
        tool_execution_notifications: problems.chain(notes).collect(),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
