//! Which lines of a file are commands: scripts, Makefiles, pipelines, workflows, documents, Tiltfiles.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

use super::script::{Actions, Reader};
use super::shell::{
    self, Context, Script, cloud_build, document, gitlab, jenkins, pipeline, recipe, step,
};
use super::words::{Variables, is_literal, name_length};
use super::{AppliedPath, PathForm};
use crate::{File, Role};

/// A Make target by its part: its name, and what it depends on.
pub(super) type Targets = Vec<(String, Vec<String>)>;

/// More targets than these are not told apart.
const MAX_TARGETS: usize = 1000;
/// How many commands prerequisites may add.
const MAX_ADDED: usize = 4000;

/// The variables that a text sets to a literal: `NAME=value` of shells, `NAME := value` of make, `NAME: value` of workflows.
pub(super) fn variables(text: &str) -> Variables {
    let mut found = Variables::new();
    for line in text.lines() {
        let mut line = line.trim_start_matches([' ', '\t', '-', '$', '>']);
        for word in ["export ", "local ", "readonly ", "declare ", "set "] {
            line = line.strip_prefix(word).unwrap_or(line);
        }
        let name = &line[..name_length(line)];
        let rest = line[name.len()..].trim_start();
        let is_constant = !name.bytes().any(|it| it.is_ascii_lowercase());
        let value = [":=", "?=", "="]
            .iter()
            .find_map(|it| rest.strip_prefix(it));
        let value = value.or_else(|| rest.strip_prefix(": ").filter(|_| is_constant));
        let Some(value) = value.filter(|it| !name.is_empty() && !it.starts_with('=')) else {
            continue;
        };
        let value = literal_of(value.trim());
        match found.get_mut(name) {
            Some(known) if *known != value => *known = None,
            Some(_) => {}
            None => {
                found.insert(name.to_owned(), value);
            }
        }
    }
    found
}

/// The text that a value is, if it is nothing but text; of `${NAME:-text}` the default.
fn literal_of(value: &str) -> Option<String> {
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
    let value = match quote {
        Some(quote) => value[1..].split(quote).next().unwrap_or_default(),
        None => value
            .split([' ', '\t', ';', '#', '&'])
            .next()
            .unwrap_or_default(),
    };
    let inner = value.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let default = inner.and_then(|it| it.split_once(":-"));
    let value = default.map_or(value, |(_, it)| it);
    is_literal(value).then(|| value.to_owned())
}

/// Whether make reads the file, or just.
pub(super) fn is_make(path: &SourcePath) -> bool {
    let lower = path.file_name().to_ascii_lowercase();
    ["makefile", "gnumakefile", "justfile"].contains(&lower.as_str())
        || [".mk", ".just"].iter().any(|it| lower.ends_with(it))
}

/// Has `reader` read the commands of `file`; gives the targets of a Makefile.
pub(super) fn read(
    file: &File,
    text: &str,
    reader: &mut Reader<'_>,
    context: &Context<'_>,
    variables: &Variables,
    scripts: &mut Vec<Script>,
) -> Targets {
    let name = file.path.file_name();
    let lower = name.to_ascii_lowercase();
    if matches!(file.role, Role::Workflow | Role::Action) {
        step::read(file, text, reader, context, variables, scripts);
    } else if is_make(&file.path) {
        let recipe = if lower.contains("just") {
            recipe::just
        } else {
            recipe::make
        };
        return makefile(text, reader, |reader, range, part| {
            let script = recipe(context, (text, range), variables, reader, part);
            scripts.push(script);
        });
    } else if file.role == Role::Document {
        document::read(text, reader, context, variables);
    } else if name == "Tiltfile" {
        tiltfile(text, reader);
    } else if let Some(pipeline) = context.pipeline {
        gitlab::read((file, text), pipeline, reader, context, variables, scripts);
    } else if crate::load::is_yaml(&file.path) {
        if cloud_build::is_configuration(file) {
            cloud_build::read((file, text), reader, context, scripts);
        } else {
            pipeline::read((file, text), reader, context, variables, scripts);
        }
    } else if name.starts_with("Jenkinsfile") || file.path.extension() == Some("groovy") {
        jenkins::read(text, reader, context, variables, scripts);
    } else if shell::is_shell(file, text)
        && let Some(script) = context.file(text, reader)
    {
        scripts.push(script);
    } else {
        let whole = TextRange::new(0, text.len() as u32);
        let continued: &[char] = if file.path.extension() == Some("ps1") {
            BACKTICK
        } else {
            CONTINUED
        };
        each_continued_line(text, whole, continued, |range, _| reader.line(range));
    }
    Vec::new()
}

/// What a line ends with that goes on in the next: in shells and Makefiles, and in batch files.
pub(super) const CONTINUED: &[char] = &['\\', '^'];

/// The same in PowerShell.
pub(super) const BACKTICK: &[char] = &['`'];

/// Calls `read` for each logical line within `range`: continued ones are one. It is given the line's range and its indentation.
pub(super) fn each_line(text: &str, range: TextRange, read: impl FnMut(TextRange, usize)) {
    each_continued_line(text, range, CONTINUED, read);
}

pub(super) fn each_continued_line(
    text: &str,
    range: TextRange,
    continued: &[char],
    mut read: impl FnMut(TextRange, usize),
) {
    let mut start = range.start as usize;
    let mut at = start;
    for line in text[range.to_usize()].split_inclusive('\n') {
        at += line.len();
        if line.trim_end().ends_with(continued) && at < range.end as usize {
            continue;
        }
        let whole = &text[start..at];
        let indentation = whole.len() - whole.trim_start_matches([' ', '\t']).len();
        if !whole.trim().is_empty() {
            read(TextRange::new(start as u32, at as u32), indentation);
        }
        start = at;
    }
}

/// The range without its first `count` bytes.
pub(super) fn after(range: TextRange, count: usize) -> TextRange {
    TextRange::new(range.start + count as u32, range.end)
}

fn makefile(
    text: &str,
    reader: &mut Reader<'_>,
    mut recipe: impl FnMut(&mut Reader<'_>, TextRange, u32),
) -> Targets {
    let mut targets: Targets = Vec::new();
    let whole = TextRange::new(0, text.len() as u32);
    each_line(text, whole, |range, indentation| {
        let line = &text[range.to_usize()];
        if indentation > 0 {
            // Every line of a recipe has a shell of its own.
            reader.enter(targets.len() as u32, None);
            let content = line.trim_start();
            let prefix = content.len() - content.trim_start_matches(['@', '-', '+']).len();
            let part = targets.len() as u32;
            recipe(reader, after(range, indentation + prefix), part);
        } else if let Some((names, rest)) = line.split_once(':')
            && !rest.starts_with(['=', ':'])
            && !names.contains(['#', '=', '"', '\''])
            && !names.starts_with('.')
            && targets.len() < MAX_TARGETS
        {
            let rest = rest.split([';', '#']).next().unwrap_or_default();
            let words = rest
                .split([' ', '\t', '\r', '\n', '\\'])
                .filter(|it| !it.is_empty());
            let depends: Vec<String> = words.map(str::to_owned).collect();
            // Justfiles state parameters behind the name.
            let names = names.split_whitespace().next().unwrap_or_default();
            targets.push((names.to_owned(), depends));
        }
    });
    targets
}

/// Runs with each Make target what it depends on, at any remove.
pub(super) fn add_prerequisites(actions: &mut Actions, targets: &Targets) {
    let mut parts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, (name, _)) in targets.iter().enumerate() {
        parts.entry(name).or_default().push(index);
    }
    let mut depends: Vec<Vec<usize>> = targets
        .iter()
        .map(|(_, names)| {
            let known = names.iter().filter_map(|it| parts.get(it.as_str()));
            known.flatten().copied().collect()
        })
        .collect();
    for (part, name) in &actions.made {
        let from = (*part as usize)
            .checked_sub(1)
            .and_then(|it| depends.get_mut(it));
        if let Some(from) = from {
            from.extend(parts.get(name.as_str()).into_iter().flatten());
        }
    }
    let mut own: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, (part, ..)) in actions.applied.iter().enumerate() {
        own.entry(*part as usize).or_default().push(index);
    }
    let mut added = Vec::new();
    for part in 0..targets.len() {
        let mut seen = BTreeSet::from([part]);
        let mut open = depends[part].clone();
        while let Some(next) = open.pop() {
            if added.len() > MAX_ADDED || !seen.insert(next) {
                continue;
            }
            open.extend(&depends[next]);
            for &index in own.get(&(next + 1)).into_iter().flatten() {
                let (_, range, paths) = &actions.applied[index];
                added.push((part as u32 + 1, *range, paths.clone()));
            }
        }
        if added.len() > MAX_ADDED {
            break;
        }
    }
    actions.applied.extend(added);
    actions
        .applied
        .sort_by_key(|(part, range, _)| (*part, *range));
}

/// What a Tiltfile applies: the literals in `k8s_yaml(…)`.
fn tiltfile(text: &str, reader: &mut Reader<'_>) {
    let mut at = 0;
    while let Some(found) = text[at..].find("k8s_yaml(") {
        let start = at + found + "k8s_yaml(".len();
        let end = text[start..].find('\n').map_or(text.len(), |it| start + it);
        let line = &text[start..end];
        let form = if line.trim_start().starts_with("kustomize(") {
            PathForm::Kustomization
        } else {
            PathForm::Files
        };
        let is_other = line.trim_start().starts_with(['h', 'l']);
        let range = TextRange::new((start - "k8s_yaml(".len()) as u32, end as u32);
        let literals = line.split(['"', '\'']).skip(1).step_by(2);
        let paths = literals
            .filter(|it| !it.is_empty() && !is_other)
            .map(|it| AppliedPath {
                path: it.trim_start_matches("./").trim_end_matches('/').to_owned(),
                range,
                form,
                by_end: false,
            });
        let paths: Vec<AppliedPath> = paths.collect();
        if !paths.is_empty() {
            reader.actions.applied.push((0, range, paths));
        }
        at = end;
    }
}
