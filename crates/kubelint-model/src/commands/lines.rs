//! Which lines of a file are commands: scripts, Makefiles, pipelines, workflows, documents, Tiltfiles.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;
use kubelint_parser::yaml::{Node, Style};

use super::script::{Actions, Reader};
use super::shell::{self, Context, Script};
use super::words::{Variables, is_literal, name_length};
use super::{AppliedPath, PathForm};
use crate::workflow::{Language, Running, Shell, System};
use crate::{File, KubeNode, Role};

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
    let is_make = ["makefile", "gnumakefile", "justfile"].contains(&lower.as_str())
        || [".mk", ".just"].iter().any(|it| lower.ends_with(it));
    if matches!(file.role, Role::Workflow | Role::Action) {
        workflow(file, text, reader, context, variables, scripts);
    } else if is_make {
        let is_just = lower.contains("just");
        return makefile(text, reader, |reader, range, part| {
            if is_just {
                reader.line(range);
            } else {
                scripts.push(context.recipe(text, range, variables, reader, part));
            }
        });
    } else if file.role == Role::Document {
        document(text, reader);
    } else if name == "Tiltfile" {
        tiltfile(text, reader);
    } else if crate::load::is_yaml(&file.path) {
        pipeline(text, reader);
    } else if shell::is_shell(file, text)
        && let Some(script) = context.file(text, reader)
    {
        scripts.push(script);
    } else {
        let whole = TextRange::new(0, text.len() as u32);
        let continued: &[char] = if file.path.extension() == Some("ps1") {
            &['`']
        } else {
            CONTINUED
        };
        each_continued_line(text, whole, continued, |range, _| reader.line(range));
    }
    Vec::new()
}

/// What a line ends with that goes on in the next: in shells and Makefiles, and in batch files.
const CONTINUED: &[char] = &['\\', '^'];

/// Calls `read` for each logical line within `range`: continued ones are one. It is given the line's range and its indentation.
fn each_line(text: &str, range: TextRange, read: impl FnMut(TextRange, usize)) {
    each_continued_line(text, range, CONTINUED, read);
}

fn each_continued_line(
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
fn after(range: TextRange, count: usize) -> TextRange {
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

/// The commands of a GitHub workflow or composite action: each job is a part.
fn workflow(
    file: &File,
    text: &str,
    reader: &mut Reader<'_>,
    context: &Context<'_>,
    variables: &Variables,
    scripts: &mut Vec<Script>,
) {
    let roots = file
        .yaml
        .documents()
        .iter()
        .filter_map(|it| file.yaml.root(text, it));
    for root in roots {
        let folder_of = |node: kubelint_parser::yaml::Node<'_>| {
            let stated = node.at(&["defaults", "run", "working-directory"])?;
            stated.text_value().map(std::borrow::Cow::into_owned)
        };
        let jobs = root.field("jobs").into_iter().flat_map(Node::fields);
        let jobs = jobs.map(|it| it.value.resolved());
        for (index, job) in jobs.chain(root.field("runs")).enumerate() {
            let default = folder_of(job).or_else(|| folder_of(root));
            for step in job.list("steps") {
                let stated = step
                    .field("working-directory")
                    .and_then(KubeNode::text_value);
                let runs = context.runs.get(&step.range());
                let runs = runs.map_or(&[][..], Vec::as_slice);
                let known = shell::common(runs, Running::folder).flatten();
                let folder = stated.as_deref().or(default.as_deref());
                let folder = known.as_deref().or(folder);
                reader.enter(index as u32 + 1, folder);
                if let Some(run) = step.field("run") {
                    let named = step.field("shell").and_then(KubeNode::text_value);
                    let named = named.or_else(|| shell_of(job)).or_else(|| shell_of(root));
                    let facts = runs.first().and_then(|it| it.step.run());
                    let stated = || {
                        named
                            .as_deref()
                            .map_or_else(|| Shell::of_system(System::Unix), Shell::named)
                    };
                    let shell = facts.map_or_else(stated, |it| it.shell.clone());
                    let known = shell::Step {
                        shell: &shell,
                        folder,
                        runs,
                    };
                    if matches!(shell.language, Language::Bash | Language::Sh) {
                        let part = index as u32 + 1;
                        let script = context.step(run, &known, variables, reader, part);
                        scripts.push(script);
                    } else {
                        lines_of_step(run, text, reader);
                    }
                }
            }
        }
    }
}

/// The shell that a workflow or a job names for its steps.
fn shell_of(node: Node<'_>) -> Option<std::borrow::Cow<'_, str>> {
    node.at(&["defaults", "run", "shell"])?.text_value()
}

/// Reads the commands of a step line by line: those of other shells.
fn lines_of_step(run: Node<'_>, text: &str, reader: &mut Reader<'_>) {
    let range = run.range();
    let is_block = matches!(run.style(), Style::Literal | Style::Folded);
    let head = text[range.to_usize()].find('\n').map_or(0, |it| it + 1);
    let range = if is_block { after(range, head) } else { range };
    match run.style() {
        Style::SingleQuoted | Style::DoubleQuoted if range.len() > 1 => {
            reader.line(TextRange::new(range.start + 1, range.end - 1));
        }
        Style::Folded => reader.line(range),
        _ => each_line(text, range, |range, _| reader.line(range)),
    }
}

/// The commands of another service's pipeline: each key at the beginning of a line begins a job.
fn pipeline(text: &str, reader: &mut Reader<'_>) {
    let whole = TextRange::new(0, text.len() as u32);
    let mut part = 0;
    each_line(text, whole, |range, indentation| {
        let line = text[range.to_usize()].trim_end();
        if indentation == 0 && !line.starts_with(['-', '#']) {
            part += 1;
            reader.enter(part, None);
        }
        let mut rest = &line[indentation..];
        loop {
            let keys = [
                "- ", "script:", "run:", "command:", "bash:", "inline:", "|", ">",
            ];
            let found = keys.iter().find_map(|it| rest.strip_prefix(it));
            let Some(inner) = found else {
                break;
            };
            rest = inner.trim_start();
        }
        let quoted = rest.strip_prefix(['"', '\'']);
        let rest = quoted
            .and_then(|it| it.strip_suffix(['"', '\'']))
            .unwrap_or(rest);
        let start = range.start as usize + (rest.as_ptr() as usize - line.as_ptr() as usize);
        reader.line(TextRange::new(start as u32, (start + rest.len()) as u32));
    });
}

/// What a line of a document may begin with to be a command outside a block of code.
const COMMANDS: [&str; 15] = [
    "docker",
    "podman",
    "kind",
    "minikube",
    "kubectl",
    "oc",
    "helm",
    "kustomize",
    "eksctl",
    "cat",
    "cd",
    "for",
    "done",
    "git",
    "microk8s",
];

/// The commands of a document: lines in fences, lines that begin with a tool, and code within lines.
fn document(text: &str, reader: &mut Reader<'_>) {
    let whole = TextRange::new(0, text.len() as u32);
    let mut in_fence = false;
    each_line(text, whole, |range, indentation| {
        let line = &text[range.to_usize()];
        let content = line.trim();
        if content.starts_with("```") || content.starts_with("~~~") {
            in_fence = !in_fence;
            return;
        }
        let prompt = ["$ ", "# ", "> ", "% ", "- "]
            .iter()
            .find(|it| content.starts_with(**it));
        let skipped = prompt.map_or(0, |it| it.len());
        let start = indentation + skipped;
        let first = line
            .get(start..)
            .unwrap_or_default()
            .split_whitespace()
            .next();
        if first.is_some_and(|it| COMMANDS.contains(&it)) || in_fence {
            let skipped = if prompt == Some(&"# ") && in_fence {
                0
            } else {
                start
            };
            reader.line(after(range, skipped));
            return;
        }
        let mut at = range.start as usize;
        for (index, code) in line.split('`').enumerate() {
            let is_command = COMMANDS
                .iter()
                .any(|it| code.strip_prefix(it).is_some_and(|it| it.starts_with(' ')));
            if index % 2 == 1 && is_command {
                reader.line(TextRange::new(at as u32, (at + code.len()) as u32));
            }
            at += code.len() + 1;
        }
    });
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
