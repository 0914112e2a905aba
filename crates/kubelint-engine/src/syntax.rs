//! `yaml-syntax`: what the reader of a file cannot read, as findings: what does not parse, and what it refuses all the same. The
//! engine raises it: a broken document has no facts to make a rule of.

use kubelint_model::purpose::{self, Purpose};
use kubelint_model::{Cause, DeploymentGraph, File, Role};
use kubelint_parser::yaml::{SyntaxError, SyntaxErrorKind};
use kubelint_parser::{Span, TextRange};

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
                let is_variable = is_variable(graph, file, error);
                let found = unless_meant(file, is_variable, finding(graph, file, error));
                // What is put in its place makes it sound, whatever the file is there for.
                out.push(if is_placeholder(graph, file, error) {
                    found.confidence(Confidence::Low)
                } else {
                    found
                });
            }
        }
    }
}

/// What is wrong with a template may be gone when it is filled in, as a test does with its own. What tests call wrong is to be refused.
fn unless_meant(file: &File, is_variable: bool, finding: Finding) -> Finding {
    let is_called_wrong = || purpose::is_called_wrong(&file.path);
    match (file.purpose, file.template) {
        (Purpose::Test, is_template) if is_template || is_variable || is_called_wrong() => {
            finding.confidence(Confidence::Low)
        }
        (_, true) if is_variable => finding.confidence(Confidence::Low),
        (_, true) => finding.confidence(Confidence::Medium),
        (_, false) => finding,
    }
}

/// Whether the error stands at a variable, which `envsubst` and the like replace by text that may have several lines, or at a place that
/// a program fills in: `%s`, `%%NAME%%`. YAML lets no scalar begin with `%`.
fn is_variable(graph: &DeploymentGraph, file: &File, error: &SyntaxError) -> bool {
    let text = graph.sources.get(file.source).text();
    let rest = text.get(error.range.start as usize..);
    rest.is_some_and(|it| it.starts_with(['$', '%']))
}

/// Whether the error stands at something that is replaced by text that is whole: a line `<NAME>` or `<EDIT: THE RULES>`, `%%NAME%%` and
/// `@@NAME@@`, which nobody means as they stand, or right behind `{NAME}`.
fn is_placeholder(graph: &DeploymentGraph, file: &File, error: &SyntaxError) -> bool {
    let text = graph.sources.get(file.source).text();
    let (before, rest) = text
        .split_at_checked(error.range.start as usize)
        .unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default().trim_end();
    let is_name = |it: &str| {
        let is_part = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_';
        it.len() > 1 && it.bytes().all(is_part)
    };
    let is_loud = |it: &str| {
        let is_other = |it: u8| it.is_ascii_lowercase() || matches!(it, b'<' | b'>');
        it.starts_with(|it: char| it.is_ascii_uppercase()) && !it.bytes().any(is_other)
    };
    let bracketed = line.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
    let fenced = ["%%", "@@", "%", "@"].iter().find_map(|fence| {
        let (name, _) = line.strip_prefix(fence)?.split_once(fence)?;
        Some(name)
    });
    let braced = before.strip_suffix('}').and_then(|it| {
        let (_, name) = it.rsplit_once('{')?;
        Some(name)
    });
    bracketed.is_some_and(|it| is_name(it) || is_loud(it))
        || fenced.is_some_and(is_name)
        || braced.is_some_and(is_name)
}

fn is_read(file: &File) -> bool {
    matches!(
        file.role,
        Role::Manifest | Role::Kustomization | Role::Patch | Role::ChartFile
    )
}

/// Words for an error. They quote the text, so they are left out where the document holds anything that must not be shown: what is
/// broken has no places that could be told apart from the secret ones, and what is quoted may be cut short.
fn finding(graph: &DeploymentGraph, file: &File, error: &SyntaxError) -> Finding {
    let place = |range| Span::new(file.source, range);
    let documents = file.yaml.documents();
    let document = documents.get(error.document).map(|it| it.range);
    let is_secret = document.is_some_and(|range| graph.is_redacted(place(range)));
    let encoded = graph.sources.get(file.source).source_text().invalid();
    let message = if encoded.binary_search(&error.range.start).is_ok() {
        "a byte that is not UTF-8: the text is in another encoding"
    } else if is_secret && error.kind != SyntaxErrorKind::Refused {
        error.kind.summary()
    } else {
        &error.message
    };
    let cause = cause(graph, file, document.unwrap_or_default(), message);
    let mut finding = Finding::new(place(error.range), message, cause);
    if let Some((range, text)) = &error.related {
        finding = finding.related(place(*range), text.clone());
    }
    // Of these the help too says which character it was.
    let quotes = matches!(
        error.kind,
        SyntaxErrorKind::ControlCharacter | SyntaxErrorKind::BadEscape
    );
    if let Some(help) = error.help.as_ref().filter(|_| !(is_secret && quotes)) {
        finding = finding.help(help.clone());
    }
    message.clone_into(&mut finding.value);
    finding
}

/// The object that the document was to state, as far as its lines tell: what refers to it is missing for the same cause. Where they
/// do not tell, what is wrong with it: no other text, for it may be a Secret's.
fn cause(graph: &DeploymentGraph, file: &File, document: TextRange, message: &str) -> Cause {
    let text = document.of(graph.sources.get(file.source).text());
    let mut offset = document.start;
    let mut fields = [None; 4];
    let [api_version, kind, name, namespace] = &mut fields;
    let mut in_metadata = false;
    for line in text.split_inclusive('\n') {
        let range = TextRange::new(offset, offset + line.len() as u32);
        offset = range.end;
        if graph.is_redacted(Span::new(file.source, range)) {
            continue;
        }
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
