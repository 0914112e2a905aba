//! The texts that a shell reads: scripts, the recipes of Makefiles, the jobs of pipelines, the blocks of documents. They are evaluated, and
//! the commands that they run are handed to the reader of commands. One file here is one source of such texts.

mod assembled;
pub(super) mod cloud_build;
pub(super) mod document;
pub(super) mod gitlab;
pub(super) mod jenkins;
pub(super) mod pipeline;
pub(super) mod recipe;
pub(super) mod step;

use std::collections::BTreeMap;

use kubelint_parser::TextRange;

use super::script::Reader;
use super::words::Variables;
use crate::script::{self, Folder, Options, Outcome, Places, Text, Value};
use crate::workflow::{Running, Workflow};
use crate::{File, FileId};
use assembled::Assembled;

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
    /// What it does, as far as that is the same whenever it runs.
    pub outcome: Outcome,
    /// What it does each time, where it runs with several values: those of a matrix, or of several callers. Empty otherwise.
    pub rounds: Vec<Outcome>,
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
    /// The commands of a job of another service's pipeline: GitLab CI, Azure Pipelines, Cloud Build …
    Job,
}

/// Where a text stands, and what may be known before it runs.
pub(super) struct Context<'a> {
    pub(super) id: FileId,
    pub(super) path: &'a str,
    pub(super) scripts: &'a Scripts<'a>,
    /// The steps of a workflow as they run, by where they stand.
    pub(super) runs: BTreeMap<TextRange, Vec<&'a Running<'a>>>,
    /// What GitLab reads of the file, if it is its pipeline.
    pub(super) pipeline: Option<&'a Workflow>,
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

/// A shell that is to read texts.
#[derive(Clone)]
struct Shell<'a> {
    folder: Folder,
    errexit: bool,
    pipefail: bool,
    variables: BTreeMap<String, Value>,
    /// What another tool puts into the texts before.
    template: &'a dyn Fn(&str) -> Value,
}

impl Default for Shell<'_> {
    fn default() -> Self {
        Self {
            folder: Folder::default(),
            errexit: false,
            pipefail: false,
            variables: BTreeMap::new(),
            template: &|_| Value::unknown(),
        }
    }
}

impl Shell<'_> {
    /// The shell of a pipeline's job, which services start in the root of the repository, and end with the first command that fails.
    fn of_job(variables: &Variables) -> Self {
        Self {
            folder: Folder::root(),
            errexit: true,
            pipefail: true,
            variables: known(variables),
            ..Self::default()
        }
    }
}

/// The variables of a text whose values it states itself, whatever order it is read in.
fn known(variables: &Variables) -> BTreeMap<String, Value> {
    let known = variables.iter().filter_map(|(name, value)| {
        let value = value.as_ref()?;
        Some((name.clone(), Value::from(value.as_str())))
    });
    known.collect()
}

/// Whether a file is a script of a shell that is read like bash.
pub(super) fn is_shell(file: &File, text: &str) -> bool {
    match file.path.extension() {
        Some("sh" | "bash" | "zsh" | "ksh") => true,
        None => text.starts_with("#!") && text.lines().next().is_some_and(|it| it.contains("sh")),
        _ => false,
    }
}

impl Context<'_> {
    fn text<'t>(&'t self, text: &'t Assembled) -> Text<'t> {
        Text {
            file: self.id,
            path: self.path,
            text: &text.text,
            places: Places::Pieces(&text.pieces),
            templates: &text.templates,
        }
    }

    /// Evaluates texts that one shell is given.
    fn evaluate(&self, texts: &[Text<'_>], shell: &Shell<'_>) -> Outcome {
        let sourced = |path: &str| self.scripts.get(path).copied();
        let options = Options {
            folder: &shell.folder,
            errexit: shell.errexit,
            pipefail: shell.pipefail,
            variables: &shell.variables,
            arguments: None,
            keeps_environment: false,
            template: shell.template,
            sourced: &sourced,
        };
        script::read_all(texts, &options)
    }

    /// Evaluates texts that one shell is given, and has `reader` read what they run.
    fn run(
        &self,
        texts: &[Assembled],
        shell: &Shell<'_>,
        (part, form): (u32, Form),
        reader: &mut Reader<'_>,
    ) -> Script {
        let texts: Vec<Text<'_>> = texts.iter().map(|it| self.text(it)).collect();
        self.script(self.evaluate(&texts, shell), (part, form), reader)
    }

    fn script(
        &self,
        outcome: Outcome,
        (part, form): (u32, Form),
        reader: &mut Reader<'_>,
    ) -> Script {
        reader.evaluated(part, &[&outcome]);
        Script {
            file: self.id,
            part,
            form,
            outcome,
            rounds: Vec::new(),
        }
    }

    /// Evaluates a whole file; `None` if it cannot be parsed at all.
    pub(super) fn file(&self, text: &str, reader: &mut Reader<'_>) -> Option<Script> {
        let first = text.lines().next().unwrap_or_default();
        let errexit =
            first.starts_with("#!") && first.split(" -").skip(1).any(|it| it.contains('e'));
        let shell = Shell {
            errexit,
            ..Shell::default()
        };
        let whole = Text {
            file: self.id,
            path: self.path,
            text,
            places: Places::At(0),
            templates: &[],
        };
        let outcome = self.evaluate(&[whole], &shell);
        let is_unread = outcome.is_cut && outcome.runs.is_empty();
        (!is_unread).then(|| self.script(outcome, (0, Form::File), reader))
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
