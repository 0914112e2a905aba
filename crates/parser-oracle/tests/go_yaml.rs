//! What go-yaml takes, refuses and sees, file by file, on the public YAML test suite and on real manifests.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kubelint_parser::yaml::{self, Document, Kind, Style, SyntaxErrorKind, Yaml};
use parser_oracle::corpus::{self, CORPUS, GO_YAML, SUITE};
use parser_oracle::{Event, Properties};
use serde_json::Value;

/// Cases of the suite on which we knowingly differ; the reasons are in docs/yaml-conformance.md.
const EXCEPTIONS: &[&str] = &[];

#[test]
fn suite_as_kubectl_reads_it() {
    compare_suite(false);
}

#[test]
fn suite_as_one_document() {
    compare_suite(true);
}

#[test]
fn real_manifests() {
    let (Some(go), Some(directory)) = (
        corpus::from_environment(GO_YAML),
        corpus::from_environment(CORPUS),
    ) else {
        return;
    };
    let files = corpus::files(&directory, &[".yaml", ".yml", ".json"]);
    for single in [false, true] {
        let report = compare(&go, files.clone(), single);
        report.print("real manifests");
        assert_eq!(report.differences, Vec::<String>::new());
    }
}

fn compare_suite(single: bool) {
    let (Some(go), Some(suite)) = (
        corpus::from_environment(GO_YAML),
        corpus::from_environment(SUITE),
    ) else {
        return;
    };
    let mut report = compare(&go, corpus::files(&suite, &["in.yaml"]), single);
    report.print("suite");
    let prefix = format!("{}/", suite.display());
    report.differences.retain(|difference| {
        let case = difference.trim_start_matches(&prefix);
        !EXCEPTIONS.iter().any(|known| case.starts_with(known))
    });
    assert_eq!(report.differences, Vec::<String>::new());
}

#[derive(Default)]
struct Report {
    files: usize,
    accepted: usize,
    refused: usize,
    differences: Vec<String>,
}

impl Report {
    fn print(&self, what: &str) {
        println!(
            "{what}: {} files; documents taken by go-yaml {}, refused {}; differences {}",
            self.files,
            self.accepted,
            self.refused,
            self.differences.len()
        );
        for difference in &self.differences {
            println!("{difference}");
        }
    }
}

fn compare(go: &Path, files: Vec<PathBuf>, single: bool) -> Report {
    let texts = corpus::texts(files);
    let mut command = Command::new(go);
    if single {
        command.arg("-single");
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut names = String::new();
    for (path, _) in &texts {
        names.push_str(&path.display().to_string());
        names.push('\n');
    }
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(names.as_bytes()));
    let output = child.wait_with_output().expect("the oracle ends");
    writer.join().expect("no panic").expect("names are written");
    let lines = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let mut report = Report {
        files: texts.len(),
        ..Report::default()
    };
    for ((path, text), line) in texts.iter().zip(lines.lines()) {
        let theirs: Value = serde_json::from_str(line).expect("a JSON object a line");
        let yaml = if single {
            yaml::parse_single(text)
        } else {
            yaml::parse(text)
        };
        let mut differ = |document: usize, why: String| {
            let place = format!("{}#{document}: {why}", path.display());
            report.differences.push(place);
        };
        let empty = Vec::new();
        let theirs = theirs["documents"].as_array().unwrap_or(&empty);
        for (index, document) in theirs.iter().enumerate() {
            if document["error"].is_string() {
                report.refused += 1;
            } else {
                report.accepted += 1;
            }
            let outcome = match yaml.documents().get(index) {
                // The reader drops what it has of a document when the separator after it is wrong.
                Some(_) if is_bad_separator(&yaml, index + 1) && document["error"].is_string() => {
                    Ok(())
                }
                Some(ours) => compare_document(text, &yaml, ours, document),
                None if document["events"].is_null() && document["error"].is_null() => Ok(()),
                None => Err("go-yaml has one document more".to_owned()),
            };
            if let Err(why) = outcome {
                differ(index, why);
            }
        }
        let stopped = theirs.last().is_some_and(|last| last["error"].is_string());
        let extra = yaml.documents().iter().skip(theirs.len());
        if !stopped && extra.into_iter().any(|document| document.root.is_some()) {
            differ(theirs.len(), "we have one document more".to_owned());
        }
    }
    assert_eq!(lines.lines().count(), texts.len());
    report
}

fn is_bad_separator(yaml: &Yaml, document: usize) -> bool {
    let errors = yaml.errors().iter();
    errors
        .filter(|error| error.document == document)
        .any(|error| error.kind == SyntaxErrorKind::DocumentSeparator)
}

fn compare_document(
    text: &str,
    yaml: &Yaml,
    ours: &Document,
    theirs: &Value,
) -> Result<(), String> {
    let error = theirs["error"].as_str();
    match (ours.broken, error) {
        (true, Some(_)) => return Ok(()),
        (true, None) => {
            let error = yaml
                .errors()
                .iter()
                .find(|error| ours.range.contains(error.range));
            return Err(format!("we refuse it: {error:?}"));
        }
        (false, Some(error)) => return Err(format!("go-yaml refuses it: {error}")),
        (false, None) => {}
    }
    if ours.json != (theirs["json"] == true) {
        return Err("only one of us reads it as JSON".to_owned());
    }
    if ours.json {
        return Ok(());
    }
    let mut expected: Vec<Event> = theirs["events"]
        .as_array()
        .map(|events| events.iter().map(convert).collect())
        .unwrap_or_default();
    let mut found = yaml
        .root(text, ours)
        .map(parser_oracle::events)
        .unwrap_or_default();
    let handles = tag_handles(ours.range.of(text));
    for event in expected.iter_mut().chain(&mut found) {
        normalise(event, &handles);
    }
    if found.is_empty() && expected.len() == 1 {
        expected.clear();
    }
    if found == expected {
        return Ok(());
    }
    let at = found
        .iter()
        .zip(&expected)
        .position(|(ours, theirs)| ours != theirs)
        .unwrap_or(found.len().min(expected.len()));
    Err(format!(
        "event {at}: we have {:?}, go-yaml {:?}",
        found.get(at),
        expected.get(at)
    ))
}

/// The handles that `%TAG` lines declare, with their prefixes, after them the two that always exist.
fn tag_handles(document: &str) -> Vec<(String, String)> {
    let mut handles: Vec<_> = document
        .lines()
        .take_while(|line| !line.starts_with("---"))
        .filter_map(|line| {
            let mut words = line.strip_prefix("%TAG")?.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        })
        .collect();
    handles.push(("!!".to_owned(), "tag:yaml.org,2002:".to_owned()));
    handles.sort_by_key(|(handle, _)| std::cmp::Reverse(handle.len()));
    handles
}

/// Resolves tags, and forgets places.
fn normalise(event: &mut Event, handles: &[(String, String)]) {
    let properties = match event {
        Event::Start { properties, .. } => properties,
        Event::Scalar {
            properties, range, ..
        } => {
            *range = (0, 0);
            properties
        }
        Event::End | Event::Alias { .. } => return,
    };
    let tag = &mut properties.tag;
    if let Some(whole) = tag.strip_prefix("!<").and_then(|tag| tag.strip_suffix('>')) {
        *tag = whole.to_owned();
    } else if tag.len() > 1
        && let Some((handle, prefix)) = handles.iter().find(|(handle, _)| tag.starts_with(handle))
    {
        *tag = format!("{prefix}{}", &tag[handle.len()..]);
    }
    *tag = tag.replace("%21", "!");
}

fn convert(event: &Value) -> Event {
    let string = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let properties = Properties {
        anchor: string("anchor"),
        tag: string("tag"),
    };
    match event["type"].as_str().unwrap_or_default() {
        "map" => Event::Start {
            kind: Kind::Mapping,
            flow: event["style"] == "Flow",
            properties,
        },
        "seq" => Event::Start {
            kind: Kind::Sequence,
            flow: event["style"] == "Flow",
            properties,
        },
        "scalar" => Event::Scalar {
            style: match event["style"].as_str().unwrap_or_default() {
                "SingleQuoted" => Style::SingleQuoted,
                "DoubleQuoted" => Style::DoubleQuoted,
                "Literal" => Style::Literal,
                "Folded" => Style::Folded,
                _ => Style::Plain,
            },
            value: string("value"),
            properties,
            range: (0, 0),
        },
        "alias" => Event::Alias {
            name: string("value"),
        },
        _ => Event::End,
    }
}
