//! Facts of pipelines: workflows and actions of GitHub, and GitLab CI. What starts them, which jobs need which, what the steps run with
//! which shell and in which folder, and which values are known where.
//!
//! One file's facts are a [`Workflow`]; [`Workflows`] holds those of a run. What calls what (reusable workflows, actions of the repository)
//! is told by path, and resolved by [`Workflows::called`].

mod check;
mod expression;
mod github;
mod gitlab;
mod matrix;
mod outputs;
mod reach;
mod running;
mod shell;
pub mod task;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::{Kind, Node, NodeId, Yaml};
use rayon::prelude::*;

use crate::load::Files;
use crate::{Cause, FileId, KubeNode, Role};

pub use check::{Check, Swallowed};
pub use expression::{Condition, Expression, Piece, Scope, UNKNOWN, Value, interpolate, pieces};
pub use matrix::{Combination, Matrix};
pub use reach::{Never, Reason};
pub use running::{Given, Running};
pub use shell::{Language, Shell, System};
pub use task::Task;

/// How many sets of inputs are followed for one file, and how many calls in all.
const MOST_GIVEN: usize = 100;
const MOST_CALLS: usize = 400;

/// The pipelines of a run.
#[derive(Clone, Debug, Default)]
pub struct Workflows {
    files: BTreeMap<FileId, Workflow>,
    /// By path, to find what is called.
    by_path: BTreeMap<String, FileId>,
    /// What callers give to each, in the order of callers.
    given: BTreeMap<FileId, Vec<Given>>,
}

/// What a file of a pipeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A workflow of GitHub Actions.
    GitHub,
    /// A composite action: its steps are the steps of a job without a name.
    Action,
    /// A pipeline of GitLab CI.
    GitLab,
}

/// A scalar as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its decoded text, expressions included.
    pub text: String,
    /// Where it is written.
    pub range: TextRange,
}

/// An entry of a mapping of scalars: a variable, an input, an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name as written.
    pub name: String,
    /// Where the name is written.
    pub key: TextRange,
    /// Its value.
    pub value: Written,
}

/// One pipeline.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// Its file.
    pub file: FileId,
    /// What it is.
    pub form: Form,
    /// Its name, if it is stated.
    pub name: Option<Written>,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// Its variables.
    pub env: Vec<Variable>,
    /// What callers and people may give it: each name once, with its default if it has one.
    pub inputs: Vec<Input>,
    /// What it hands to its caller.
    pub outputs: Vec<Variable>,
    /// The jobs, in the order written.
    pub jobs: Vec<Job>,
}

/// An event that starts a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The event: `push`.
    pub event: String,
    /// Where it is written.
    pub range: TextRange,
    /// The patterns of `branches`.
    pub branches: Vec<Written>,
    /// Whether it says anything of branches: `branches` or `branches-ignore`.
    pub has_branches: bool,
    /// Whether it says anything of tags: `tags` or `tags-ignore`.
    pub has_tags: bool,
}

/// An input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its default.
    pub default: Option<Written>,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id; empty for the steps of an action.
    pub id: String,
    /// Where the id is written.
    pub key: TextRange,
    /// The whole of it.
    pub range: TextRange,
    /// Its name, if it is stated.
    pub name: Option<Written>,
    /// The jobs that must have run before.
    pub needs: Vec<Written>,
    /// Its `if`. Of GitLab's `rules` only that they never let it run: `false`.
    pub condition: Option<Written>,
    /// Its `continue-on-error`, GitLab's `allow_failure`.
    pub continue_on_error: Option<Written>,
    /// Its environment, which people may have to approve.
    pub environment: Option<Written>,
    /// What it runs on.
    pub system: System,
    /// Its variables.
    pub env: Vec<Variable>,
    /// What it hands to the jobs that need it.
    pub outputs: Vec<Variable>,
    /// The values that it runs with.
    pub matrix: Matrix,
    /// The workflow that it calls, and what it gives it.
    pub call: Option<Uses>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its id, if it has one.
    pub id: Option<Written>,
    /// Its name, if it is stated.
    pub name: Option<Written>,
    /// The whole of it.
    pub range: TextRange,
    /// Its `if`.
    pub condition: Option<Written>,
    /// Its `continue-on-error`.
    pub continue_on_error: Option<Written>,
    /// Its variables.
    pub env: Vec<Variable>,
    /// What it does.
    pub does: Does,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Does {
    /// It runs commands.
    Run(Run),
    /// It uses an action.
    Uses(Uses),
    /// Nothing that is known.
    Nothing,
}

/// Commands that a step runs.
#[derive(Clone, Debug)]
pub struct Run {
    /// The commands, expressions included.
    pub script: Written,
    /// The scalar that holds them, to find the place of a part of them.
    pub node: NodeId,
    /// Who reads them.
    pub shell: Shell,
    /// The folder that they are run in; `None` is the root.
    pub folder: Option<Written>,
}

/// An action or workflow that is used.
#[derive(Clone, Debug)]
pub struct Uses {
    /// What is used: `docker/build-push-action@v6`, `./.github/workflows/build.yml`.
    pub what: Written,
    /// What it is given.
    pub with: Vec<Variable>,
}

impl Uses {
    /// The action's name without its version, in lower case: `docker/build-push-action`.
    pub fn action(&self) -> String {
        let name = self.what.text.split('@').next().unwrap_or_default();
        name.to_ascii_lowercase()
    }

    /// The path of an action or workflow of this repository, from its root.
    pub fn local(&self) -> Option<&str> {
        self.what.text.strip_prefix("./")
    }

    /// What is given as `name`, which is compared without regard to case.
    pub fn input(&self, name: &str) -> Option<&Variable> {
        let mut given = self.with.iter();
        given.find(|it| it.name.eq_ignore_ascii_case(name))
    }
}

impl Step {
    /// The commands that it runs.
    pub fn run(&self) -> Option<&Run> {
        match &self.does {
            Does::Run(run) => Some(run),
            _ => None,
        }
    }

    /// The action that it uses.
    pub fn uses(&self) -> Option<&Uses> {
        match &self.does {
            Does::Uses(uses) => Some(uses),
            _ => None,
        }
    }

    /// Whether its condition is false whatever happens.
    pub fn is_disabled(&self) -> bool {
        let condition = self.condition.as_ref();
        condition.is_some_and(|it| reach::is_false(&it.text))
    }

    /// What a person would call it: its name, else its action, else its first command; with where that is written.
    pub fn title(&self) -> Option<(&str, TextRange)> {
        if let Some(name) = &self.name {
            return Some((&name.text, name.range));
        }
        match &self.does {
            Does::Uses(uses) => Some((&uses.what.text, uses.what.range)),
            Does::Run(run) => {
                let mut lines = run.script.text.lines().map(str::trim);
                let first = lines.find(|it| !it.is_empty() && !it.starts_with('#'))?;
                Some((first, run.script.range))
            }
            Does::Nothing => None,
        }
    }
}

impl Workflow {
    /// The job called `id`: GitHub compares ids without regard to case.
    pub fn job(&self, id: &str) -> Option<&Job> {
        self.jobs.iter().find(|it| it.id.eq_ignore_ascii_case(id))
    }

    /// What a person would call it: its name; empty if it has none.
    pub fn title(&self) -> &str {
        self.name.as_ref().map_or("", |it| &it.text)
    }

    /// The cause of what concerns a job of it.
    pub fn cause_of(&self, job: &Job) -> Cause {
        Cause::job(self.title(), &job.id, "")
    }

    /// Whether the event starts it.
    pub fn is_started_by(&self, event: &str) -> bool {
        self.triggers.iter().any(|it| it.event == event)
    }
}

impl Workflows {
    /// The facts of a file.
    pub fn get(&self, file: FileId) -> Option<&Workflow> {
        self.files.get(&file)
    }

    /// All of them, in the order of files.
    pub fn iter(&self) -> impl Iterator<Item = &Workflow> {
        self.files.values()
    }

    /// The steps of a file as they run, once for each set of inputs that it is given; in the order of jobs and steps for each.
    pub fn running(&self, file: FileId) -> Vec<Running<'_>> {
        let Some(workflow) = self.files.get(&file) else {
            return Vec::new();
        };
        let unknown = [Given::new()];
        let given = self.given.get(&file).map_or(&unknown[..], Vec::as_slice);
        let folder = self.folder(file);
        let mut found = Vec::new();
        for given in given {
            let left = running::MOST_STEPS.saturating_sub(found.len());
            found.extend(workflow.runs(given, folder, left).steps);
        }
        found
    }

    /// The folder of a file; of actions the one that they are used by.
    fn folder(&self, file: FileId) -> &str {
        let path = self.by_path.iter().find(|(_, id)| **id == file);
        let folder = path.and_then(|(path, _)| path.rsplit_once('/'));
        folder.map_or("", |(folder, _)| folder)
    }

    /// What callers give to workflows and actions, at any remove.
    fn find_given(&self) -> BTreeMap<FileId, Vec<Given>> {
        let mut found: BTreeMap<FileId, Vec<Given>> = BTreeMap::new();
        let started = self
            .files
            .values()
            .filter(|it| !running::is_only_called(it));
        let mut open: VecDeque<(FileId, Given)> =
            started.map(|it| (it.file, Given::new())).collect();
        let mut left = MOST_CALLS;
        while let Some((file, given)) = open.pop_front() {
            let Some(workflow) = self.files.get(&file) else {
                continue;
            };
            for call in workflow
                .runs(&given, self.folder(file), running::MOST_STEPS)
                .calls
            {
                let Some(called) = self.called(call.uses) else {
                    continue;
                };
                let known = found.entry(called.file).or_default();
                if left > 0 && !known.contains(&call.given) && known.len() < MOST_GIVEN {
                    left -= 1;
                    known.push(call.given.clone());
                    open.push_back((called.file, call.given));
                }
            }
        }
        // Who can also be started otherwise is read with its own defaults, too.
        for workflow in self
            .files
            .values()
            .filter(|it| !running::is_only_called(it))
        {
            if let Some(given) = found.get_mut(&workflow.file) {
                given.push(Given::new());
            }
        }
        found
    }

    /// The jobs of this repository that call a workflow, or use an action in their steps, each with what it is of; in the order of files.
    pub fn users(&self, file: FileId) -> Vec<(&Workflow, &Job)> {
        let jobs = self
            .iter()
            .flat_map(|workflow| workflow.jobs.iter().map(move |job| (workflow, job)));
        jobs.filter(|(_, job)| {
            let uses = job.steps.iter().filter_map(Step::uses);
            let mut local = uses.chain(&job.call).filter(|it| it.local().is_some());
            local.any(|it| self.called(it).is_some_and(|it| it.file == file))
        })
        .collect()
    }

    /// The workflow or action of this repository that is used; `None` if it is elsewhere, or was not read.
    pub fn called(&self, uses: &Uses) -> Option<&Workflow> {
        let path = uses.local()?.trim_end_matches('/');
        let names = ["", "/action.yml", "/action.yaml"];
        let mut found = names
            .iter()
            .filter_map(|it| self.by_path.get(&format!("{path}{it}")));
        self.files.get(found.next()?)
    }
}

/// The workflows and actions of the repository that a workflow or action uses, as paths from the root; each once, sorted.
pub(crate) fn used(yaml: &Yaml, text: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    let roots = yaml.documents().iter().filter_map(|it| yaml.root(text, it));
    for node in roots.flat_map(Node::descendants) {
        if node.kind() != Kind::Mapping {
            continue;
        }
        let uses = node.entries().find(|it| it.key.raw() == "uses");
        let uses = uses.and_then(|it| it.value.text_value());
        if let Some(path) = uses.as_deref().and_then(|it| it.strip_prefix("./")) {
            found.insert(path.trim_end_matches('/').to_owned());
        }
    }
    found.into_iter().collect()
}

/// The files that may be meant by a path that is used, each with what it then is.
pub(crate) fn places(path: &str) -> Vec<(SourcePath, Role)> {
    let is_workflow = [".yml", ".yaml"].iter().any(|it| path.ends_with(it));
    if is_workflow {
        return vec![(SourcePath::new(path), Role::Workflow)];
    }
    let names = ["action.yml", "action.yaml"].iter();
    names
        .map(|it| (SourcePath::new(&format!("{path}/{it}")), Role::Action))
        .collect()
}

/// Reads the pipelines among the loaded files, in parallel.
pub fn workflows(files: &Files) -> Workflows {
    let read: Vec<(FileId, &str, Workflow)> = files
        .files
        .par_iter()
        .enumerate()
        .filter_map(|(index, file)| {
            let id = FileId(index as u32);
            let text = files.sources.get(file.source).text();
            let workflow = match file.role {
                Role::Workflow => github::workflow(id, file, text)?,
                Role::Action => github::action(id, file, text)?,
                Role::GitLab => gitlab::pipeline(id, file, text)?,
                _ => return None,
            };
            Some((id, file.path.as_str(), workflow))
        })
        .collect();
    let mut found = Workflows::default();
    for (id, path, workflow) in read {
        found.by_path.insert(path.to_owned(), id);
        found.files.insert(id, workflow);
    }
    found.given = found.find_given();
    found
}

#[cfg(test)]
mod tests;
