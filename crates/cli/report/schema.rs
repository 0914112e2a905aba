//! The JSON Schema of `--format json`, which is the contract.

use serde_json::{Value, json};

use super::json::VERSION;
use super::schema_parts::{described, list, nullable, number, object, reference, text, words};

/// The JSON Schema (draft 2020-12) that every output of `--format json` is valid under, and that allows no key beside those that
/// it describes.
pub(crate) fn report_schema() -> String {
    let mut text = format!("{:#}", schema());
    text.push('\n');
    text
}

fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": concat!(env!("CARGO_PKG_REPOSITORY"), "/schema/report-1.json"),
        "title": "kubelint report",
        "description": "What `kubelint check --format json` prints.",
        "$ref": "#/$defs/report",
        "$defs": {
            "report": object("A report.", &json!({
                "version": {"const": VERSION, "description": "The version of this contract."},
                "findings": list("The findings, by path, offset and rule.", "finding"),
                "problems": list("What kubelint itself could not do; any makes the exit status 2.", "problem"),
                "summary": reference("summary"),
            })),
            "finding": finding(),
            "place": place(),
            "label": label(),
            "position": position(),
            "resource": resource(),
            "fix": fix(),
            "edit": edit(),
            "problem": problem(),
            "summary": summary(),
        },
    })
}

fn finding() -> Value {
    object(
        "One finding about one reference.",
        &json!({
            "rule": text("The rule that found it: see `kubelint explain RULE`."),
            "severity": words("How bad it is.", &["error", "warning", "info"]),
            "confidence": words("How sure it is.", &["high", "medium", "low"]),
            "message": text("What is wrong here."),
            "primary": described("label", "The place that refers."),
            "related": list("The places that contradict it, or the nearest candidates; also further pieces of the primary place.", "label"),
            "resource": nullable("resource", "The Kubernetes object that it is about."),
            "builds": {
                "type": "array",
                "items": {"type": "string"},
                "description": "The kustomizations and charts in which it was found, by path.",
            },
            "cause": text("Why; opaque. Equal for all findings that one edit would mend."),
            "group": text("Opaque. Joins the findings of one rule and cause, which are shown and counted as one."),
            "state": words(
                "Whether it counts: `suppressed` findings are allowed by a comment, an annotation or the configuration, `baselined` ones by the baseline, and `unchanged` ones were there before the change that is looked at.",
                &["active", "suppressed", "baselined", "unchanged"],
            ),
            "explainedBy": {
                "type": ["string", "null"],
                "description": "The fingerprint of the finding that explains this one, which then does not count.",
            },
            "fix": nullable("fix", "How to mend it."),
            "fingerprint": text("Tells this finding from others, whatever path or line it moves to."),
            "url": text("The rule's page."),
        }),
    )
}

/// A place with optional keys of its own kind.
fn place_with(description: &str, more: &[(&str, Value)], optional: &[(&str, Value)]) -> Value {
    let mut properties = json!({
        "path": text("The file, relative to the working directory, with `/` between its parts."),
        "start": described("position", "Its first character."),
        "end": described("position", "One past its last character."),
    });
    for (key, value) in more {
        properties[*key] = value.clone();
    }
    let mut schema = object(description, &properties);
    for (key, value) in optional {
        schema["properties"][*key] = value.clone();
    }
    schema
}

fn place() -> Value {
    place_with("A place in a file.", &[], &[])
}

fn label() -> Value {
    place_with(
        "A place in a file, and what is to be said of it.",
        &[("text", text("What is there; may be empty."))],
        &[(
            "via",
            list(
                "The templates, helpers and bases through which it came, from the outermost inwards.",
                "place",
            ),
        )],
    )
}

fn edit() -> Value {
    place_with(
        "Replaces what is at a place.",
        &[("text", text("The new text."))],
        &[],
    )
}

fn position() -> Value {
    object(
        "A position in a file.",
        &json!({
            "line": number("The line, from 1.", 1),
            "column": number("The column in Unicode scalar values, from 1.", 1),
            "offset": number("The bytes of the text before it.", 0),
        }),
    )
}

fn resource() -> Value {
    object(
        "A Kubernetes object, as its manifest states it.",
        &json!({
            "apiVersion": text("Its `apiVersion`."),
            "kind": text("Its `kind`."),
            "namespace": {"type": ["string", "null"], "description": "Its `metadata.namespace`, if stated."},
            "name": {"type": ["string", "null"], "description": "Its `metadata.name`, if stated."},
        }),
    )
}

fn fix() -> Value {
    object(
        "Edits that mend a finding.",
        &json!({
            "title": text("What the fix does."),
            "applicability": words("`safe` keeps the meaning; `unsafe` may change it.", &["safe", "unsafe"]),
            "edits": list("The edits; they do not overlap.", "edit"),
        }),
    )
}

fn problem() -> Value {
    object(
        "What kubelint itself could not do.",
        &json!({
            "path": {"type": ["string", "null"], "description": "The file that it concerns."},
            "message": text("What happened."),
        }),
    )
}

fn summary() -> Value {
    object(
        "Counts. Findings are counted by group, and only those that are active and unexplained.",
        &json!({
            "files": number("The files that were checked.", 0),
            "resources": number("The Kubernetes objects in them.", 0),
            "error": number("Errors.", 0),
            "warning": number("Warnings.", 0),
            "info": number("Infos.", 0),
            "suppressed": number("Suppressed findings.", 0),
        }),
    )
}
