//! The texts that a shell reads: scripts, the recipes of Makefiles, the steps of workflows. They are evaluated, and the commands that they
//! run are handed to the reader of commands.

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::yaml::Node;

use super::script::Reader;
use super::words::{Variables, name_length};
use crate::script::{self, Folder, Options, Outcome, Places, Text, Value};
use crate::workflow::{self, Running};
use crate::{File, FileId};

/// The scripts of the repository by path, for those that source them.
pub(super) type Scripts<'a> = BTreeMap<&'a str, Text<'a>>;

/// A script that was evaluated: a file, a Makefile's recipe, a step of a workflow.
#[derive(Clone, Debug)]
pub struct Script {
    /// The file that holds it.
    pub file: FileId,
    /// The part of the file that is run as one, as in [`super::Runner`].
    pub part: u32,
    /// What it is.
    pub form: Form,
    /// What it does.
    pub outcome: Outcome,
}

/// What a script is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A file.
    File,
    /// The recipe of a Make target.
    Recipe,
    /// A step of a workflow.
    Step,
}

/// Where a text stands, and what may be known before it runs.
pub(super) struct Context<'a> {
    pub(super) id: FileId,
    pub(super) path: &'a str,
    pub(super) scripts: &'a Scripts<'a>,
    /// The steps of a workflow as they run, by where they stand.
    pub(super) runs: BTreeMap<TextRange, Vec<&'a Running<'a>>>,
}

/// What is known of a workflow's step.
pub(super) struct Step<'a> {
    pub(super) shell: &'a workflow::Shell,
    /// Its folder, as it is stated.
    pub(super) folder: Option<&'a str>,
    /// It, each time that it runs.
    pub(super) runs: &'a [&'a Running<'a>],
}

/// What is the same whenever a step runs; `None` if it never does, or if it differs.
pub(super) fn common<'r, T: PartialEq>(
    runs: &[&Running<'r>],
    of: impl Fn(&Running<'r>) -> T,
) -> Option<T> {
    let mut all = runs.iter().map(|it| of(it));
    let first = all.next()?;
    all.all(|it| it == first).then_some(first)
}

/// A value that is known in full. Of a path with an unknown middle nobody knows where it leads, but where its end is may be told.
fn whole(value: String) -> Option<Value> {
    (!value.contains(workflow::UNKNOWN)).then(|| Value::from(value))
}

/// What is known where nothing is said.
fn options<'t>(folder: &'t Folder, variables: &'t BTreeMap<String, Value>) -> Options<'t> {
    Options {
        folder,
        errexit: false,
        pipefail: false,
        variables,
        arguments: None,
        keeps_environment: false,
        templates: &[],
        template: &|_| Value::unknown(),
        sourced: &|_| None,
    }
}

/// Whether a file is a script of a shell that is read like bash.
pub(super) fn is_shell(file: &File, text: &str) -> bool {
    match file.path.extension() {
        Some("sh" | "bash" | "zsh" | "ksh") => true,
        None => text.starts_with("#!") && text.lines().next().is_some_and(|it| it.contains("sh")),
        _ => false,
    }
}

impl<'a> Context<'a> {
    fn text<'t>(&self, text: &'t str, places: Places<'t>) -> Text<'t>
    where
        'a: 't,
    {
        Text {
            file: self.id,
            path: self.path,
            text,
            places,
        }
    }

    /// Evaluates a whole file; `None` if it cannot be parsed at all.
    pub(super) fn file(&self, text: &str, reader: &mut Reader<'_>) -> Option<Script> {
        let sourced = |path: &str| self.scripts.get(path).copied();
        let first = text.lines().next().unwrap_or_default();
        let errexit =
            first.starts_with("#!") && first.split(" -").skip(1).any(|it| it.contains('e'));
        let (folder, variables) = (Folder::default(), BTreeMap::new());
        let options = Options {
            errexit,
            sourced: &sourced,
            ..options(&folder, &variables)
        };
        let outcome = script::read(&self.text(text, Places::At(0)), &options);
        if outcome.is_cut && outcome.runs.is_empty() {
            return None;
        }
        reader.evaluated(0, &outcome);
        Some(Script {
            file: self.id,
            part: 0,
            form: Form::File,
            outcome,
        })
    }

    /// Evaluates a logical line of a recipe, of which make gives each to a shell of its own.
    pub(super) fn recipe(
        &self,
        text: &str,
        range: TextRange,
        variables: &Variables,
        reader: &mut Reader<'_>,
        part: u32,
    ) -> Script {
        let recipe = Recipe::read(&text[range.to_usize()], range.start);
        let template = |text: &str| {
            let name = text
                .trim_start_matches(['$', '(', '{'])
                .trim_end_matches([')', '}']);
            made_value(name, variables)
        };
        let (folder, environment) = (Folder::default(), BTreeMap::new());
        let options = Options {
            errexit: true,
            templates: &recipe.templates,
            template: &template,
            ..options(&folder, &environment)
        };
        let outcome = script::read(
            &self.text(&recipe.text, Places::Pieces(&recipe.pieces)),
            &options,
        );
        reader.evaluated(part, &outcome);
        Script {
            file: self.id,
            part,
            form: Form::Recipe,
            outcome,
        }
    }

    /// Evaluates the commands of a workflow's step.
    pub(super) fn step(
        &self,
        run: Node<'_>,
        known: &Step<'_>,
        variables: &Variables,
        reader: &mut Reader<'_>,
        part: u32,
    ) -> Script {
        let Step {
            shell,
            folder,
            runs,
        } = *known;
        let decoded = run.decode();
        let text = decoded.text.as_ref();
        let mut pieces = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let range = TextRange::new(at, at + line.len() as u32);
            let source = decoded.source_ranges(range);
            pieces.extend(source.first().map(|it| (at, it.start)));
            at = range.end;
        }
        let templates = expressions(text);
        let template = |text: &str| {
            if let Some(known) = common(runs, |it| it.expression(text)).and_then(whole) {
                return known;
            }
            let inner = text.trim_start_matches("${{").trim_end_matches("}}").trim();
            let name = inner.strip_prefix("env.").unwrap_or_default();
            made_value(name, variables)
        };
        let environment = variables.iter().filter_map(|(name, value)| {
            let value = value.as_ref()?;
            Some((name.clone(), Value::from(value.as_str())))
        });
        let mut environment: BTreeMap<String, Value> = environment.collect();
        let set = common(runs, |it| {
            let all = it.env().map(|(name, value)| (name.to_owned(), value));
            all.collect::<Vec<_>>()
        });
        for (name, value) in set.unwrap_or_default() {
            if let Some(value) = whole(value) {
                environment.insert(name, value);
            }
        }
        let root = self.project();
        let folder = match folder {
            Some(it) if it.contains("${{") || it.contains(workflow::UNKNOWN) => None,
            Some(it) => root.join(it),
            None => Some(root),
        };
        let folder = folder.unwrap_or_else(Folder::unknown);
        let sourced = |path: &str| self.scripts.get(path).copied();
        let options = Options {
            errexit: shell.errexit,
            pipefail: shell.pipefail,
            templates: &templates,
            template: &template,
            sourced: &sourced,
            ..options(&folder, &environment)
        };
        let outcome = script::read(&self.text(text, Places::Pieces(&pieces)), &options);
        reader.evaluated(part, &outcome);
        Script {
            file: self.id,
            part,
            form: Form::Step,
            outcome,
        }
    }
}

impl Context<'_> {
    /// The root of the repository, as a workflow sees it: one that was copied into another repository was written for the root of its own.
    fn project(&self) -> Folder {
        let above = self.path.split_once("/.github/workflows/");
        let segments = above.map(|(above, _)| above.split('/').map(str::to_owned));
        Folder {
            segments: segments.map(Iterator::collect).unwrap_or_default(),
            ..Folder::root()
        }
    }
}

/// The value of a variable that the file states, or the tool that an unset one is called after.
fn made_value(name: &str, variables: &Variables) -> Value {
    if let Some(Some(value)) = variables.get(name) {
        return Value::from(value.as_str());
    }
    let lower = name.to_ascii_lowercase();
    let tool = ["kubectl", "kustomize", "helm", "make", "docker"]
        .into_iter()
        .find(|it| lower == *it || lower == format!("{it}_bin") || lower == format!("{it}_cmd"));
    tool.map_or_else(Value::unknown, Value::from)
}

/// The ranges of `${{ … }}`.
fn expressions(text: &str) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("${{").map(|it| it + at) {
        let Some(end) = text[start..].find("}}").map(|it| it + start + 2) else {
            break;
        };
        found.push(TextRange::new(start as u32, end as u32));
        at = end;
    }
    found
}

/// A line of a recipe as the shell gets it: `$$` is `$`, and what make replaces is marked.
struct Recipe {
    text: String,
    pieces: Vec<(u32, u32)>,
    templates: Vec<TextRange>,
}

impl Recipe {
    fn read(line: &str, base: u32) -> Self {
        let mut found = Self {
            text: String::with_capacity(line.len()),
            pieces: vec![(0, base)],
            templates: Vec::new(),
        };
        let mut rest = line;
        while let Some(at) = rest.find('$') {
            found.text.push_str(&rest[..at]);
            let behind = &rest[at + 1..];
            if let Some(next) = behind.strip_prefix('$') {
                found.text.push('$');
                let at = base + (line.len() - next.len()) as u32;
                found.pieces.push((found.text.len() as u32, at));
                rest = next;
                continue;
            }
            let length = made_length(behind);
            let start = found.text.len() as u32;
            found.text.push_str(&rest[at..=at + length]);
            if length > 0 {
                found
                    .templates
                    .push(TextRange::new(start, found.text.len() as u32));
            }
            rest = &behind[length..];
        }
        found.text.push_str(rest);
        found
    }
}

/// Longer references to variables are not followed.
const MAX_REFERENCE: usize = 1000;

/// The length of what stands behind `$` to be replaced by make: `(NAME)`, `{NAME}`, or one character.
fn made_length(text: &str) -> usize {
    let close = match text.as_bytes().first() {
        Some(b'(') => b')',
        Some(b'{') => b'}',
        Some(b'@' | b'<' | b'^' | b'*' | b'%' | b'?') => return 1,
        Some(_) if name_length(text) > 0 => return 1,
        _ => return 0,
    };
    let open = text.as_bytes()[0];
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(MAX_REFERENCE) {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    0
}
