//! `yaml-syntax`: what the reader of a file cannot read, as findings: what does not parse, and what it refuses all the same. The
//! engine raises it: a broken document has no facts to make a rule of.

use kubelint_model::{Cause, DeploymentGraph, File, Role};
use kubelint_parser::Span;
use kubelint_parser::source::Source;
use kubelint_parser::yaml::SyntaxError;

use crate::{Confidence, Finding, Findings};

/// The rule's id.
pub const YAML_SYNTAX: &str = "yaml-syntax";

/// One finding for each broken document of a file that a Kubernetes tool reads.
pub(crate) fn check(graph: &DeploymentGraph, out: &mut Findings) {
    for file in graph.files.iter().filter(|it| is_read(it)) {
        let mut last = None;
        for error in file.yaml.errors() {
            // What follows a document's first error is mostly its consequence.
            if last.replace(error.document) != Some(error.document) {
                out.push(unless_filled_in(file, finding(graph, file, error)));
            }
        }
    }
}

/// What is wrong with a template may be gone when it is filled in.
fn unless_filled_in(file: &File, finding: Finding) -> Finding {
    if file.template {
        finding.confidence(Confidence::Medium)
    } else {
        finding
    }
}

fn is_read(file: &File) -> bool {
    matches!(
        file.role,
        Role::Manifest | Role::Kustomization | Role::Patch | Role::ChartFile
    )
}

fn finding(graph: &DeploymentGraph, file: &File, error: &SyntaxError) -> Finding {
    let text = graph.sources.get(file.source).text();
    let place = |range| Span::new(file.source, range);
    let document = file
        .yaml
        .documents()
        .get(error.document)
        .map(|it| it.range.of(text))
        .unwrap_or_default();
    let message = message(graph.sources.get(file.source), error);
    let mut finding = Finding::new(
        place(error.range),
        message.clone(),
        cause(document, &message),
    );
    if let Some((range, text)) = &error.related {
        finding = finding.related(place(*range), text.clone());
    }
    if let Some(help) = &error.help {
        finding = finding.help(help.clone());
    }
    finding.value = message;
    finding
}

/// What is wrong, without the words of the text where they must not be shown: a password that begins with `*` is no alias.
fn message(source: &Source, error: &SyntaxError) -> String {
    let hidden = source.redacted();
    let next = hidden.partition_point(|it| it.end <= error.range.start);
    let is_hidden = hidden
        .get(next)
        .is_some_and(|it| it.start < error.range.end);
    let quoted = error.message.split_once('`');
    match quoted.and_then(|(before, rest)| Some((before, rest.rsplit_once('`')?))) {
        Some((before, (words, after)))
            if is_hidden
                && words.contains(char::is_alphanumeric)
                && error.range.of(source.text()).contains(words) =>
        {
            format!("{before}`***`{after}")
        }
        _ => error.message.clone(),
    }
}

/// The object that the document was to state, as far as its lines tell: what refers to it is missing for the same cause. Where they
/// do not tell, what is wrong with it: no other text, for it may be a Secret's.
fn cause(document: &str, message: &str) -> Cause {
    let mut fields = [None; 4];
    let [api_version, kind, name, namespace] = &mut fields;
    let mut in_metadata = false;
    for line in document.lines() {
        let indented = line.starts_with([' ', '\t']);
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = plain(value);
        match (indented, in_metadata, key.trim()) {
            (false, _, "apiVersion") => _ = api_version.get_or_insert(value),
            (false, _, "kind") => _ = kind.get_or_insert(value),
            (true, true, "name") => _ = name.get_or_insert(value),
            (true, true, "namespace") => _ = namespace.get_or_insert(value),
            _ => {}
        }
        if !indented {
            in_metadata = key == "metadata";
        }
    }
    let [api_version, kind, name, namespace] = fields;
    match (kind, name) {
        (Some(kind), Some(name)) if !kind.is_empty() && !name.is_empty() => {
            let group = api_version
                .and_then(|it| it.rsplit_once('/'))
                .map_or("", |(group, _)| group);
            Cause::object(group, kind, namespace.filter(|it| !it.is_empty()), name)
        }
        _ => Cause::text(&format!("{}: {message}", kind.unwrap_or("document"))),
    }
}

/// A scalar on its line, without quotes and comment.
fn plain(value: &str) -> &str {
    let value = value.trim();
    let value = value.split_once(" #").map_or(value, |(value, _)| value);
    value.trim().trim_matches(['"', '\''])
}
