//! Steps as they run: with the values of a matrix, the inputs of a caller, the variables around them, and what earlier steps and jobs put out,
//! as far as each is known.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Expression, Piece, Scope, Value, interpolate, pieces};
use super::matrix::Combination;
use super::outputs;
use super::{Does, Form, Job, Matrix, Step, Uses, Variable, Workflow};

/// The inputs that a caller gives, by name in lower case; `*` stands for what is not known.
pub type Given = BTreeMap<String, String>;

/// More combinations of a matrix than these are not followed.
const MOST_COMBINATIONS: usize = 64;
/// More steps of a workflow than these are not followed, each counted as often as it runs.
pub(super) const MOST_STEPS: usize = 1000;
/// More variables than these are not known where a step runs.
const MOST_VARIABLES: usize = 100;
/// Longer values of variables and outputs are not known.
const MOST_TEXT: usize = 1024;

/// Stands for the path of the folder that the repository is checked out to, where a shell reads it.
const WORKSPACE: &str = "\u{2}";

/// A step as it runs with one set of values.
#[derive(Clone, Debug)]
pub struct Running<'a> {
    /// The place of its job in [`Workflow::jobs`].
    pub job: usize,
    /// The step.
    pub step: &'a Step,
    values: Values<'a>,
}

/// A call of another workflow, with what it is given.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    pub(super) uses: &'a Uses,
    pub(super) given: Given,
}

/// What runs of a workflow.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs<'a> {
    pub(super) steps: Vec<Running<'a>>,
    pub(super) calls: Vec<Call<'a>>,
}

/// What is known where a step runs.
#[derive(Clone, Debug)]
struct Values<'a> {
    env: BTreeMap<String, Value>,
    matrix: &'a Matrix,
    combination: Option<Combination>,
    inputs: BTreeMap<String, Value>,
    /// By step and output, in lower case.
    outputs: BTreeMap<(String, String), Value>,
    /// By job and output, in lower case.
    needs: BTreeMap<(String, String), Value>,
    /// The folder of a composite action; empty for workflows.
    action_folder: String,
}

impl Scope for Values<'_> {
    fn get(&self, path: &[String]) -> Value {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let input = |name: &str| self.inputs.get(name).cloned().unwrap_or(Value::Unknown);
        match path.as_slice() {
            ["env", name] => self.variable(name),
            ["matrix", rest @ ..] if !rest.is_empty() => self
                .matrix
                .value(self.combination.as_ref(), &rest.join(".")),
            ["inputs", name] | ["github", "event", "inputs", name] => input(name),
            ["github", "workspace"] => Value::Text(WORKSPACE.to_owned()),
            ["github", "action_path"] => Value::Text(format!("{WORKSPACE}/{}", self.action_folder)),
            ["steps", step, "outputs", name] => {
                let key = ((*step).to_owned(), (*name).to_owned());
                self.outputs.get(&key).cloned().unwrap_or(Value::Unknown)
            }
            ["needs", job, "outputs", name] => {
                let key = ((*job).to_owned(), (*name).to_owned());
                self.needs.get(&key).cloned().unwrap_or(Value::Unknown)
            }
            _ => Value::Unknown,
        }
    }

    fn status(&self, _: &str) -> Option<bool> {
        None
    }
}

impl Values<'_> {
    /// A variable, whose name is compared without regard to case as Windows does: nobody has two that differ in it.
    fn variable(&self, name: &str) -> Value {
        let mut all = self.env.iter();
        let found = all.find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map_or(Value::Unknown, |(_, value)| value.clone())
    }

    fn add(&mut self, variables: &[Variable]) {
        for variable in variables {
            if self.env.len() >= MOST_VARIABLES {
                break;
            }
            let value = short(interpolate(&variable.value.text, self));
            self.env.insert(variable.name.clone(), value);
        }
    }
}

impl Running<'_> {
    /// A text of the step with its expressions filled in; `*` stands for what is not known, and paths are read from the repository's root.
    pub fn text(&self, written: &str) -> String {
        let text = interpolate(written, &self.values).text();
        text.replace(WORKSPACE, ".")
    }

    /// The value of an expression, with or without `${{ }}` around it, as a shell gets it: [`crate::script::ROOT`] stands for the path of
    /// the repository, `*` for what is not known.
    pub fn expression(&self, text: &str) -> String {
        let inner = text
            .trim()
            .strip_prefix("${{")
            .and_then(|it| it.strip_suffix("}}"));
        let expression = Expression::parse(inner.unwrap_or(text));
        let value = expression.map_or(Value::Unknown, |it| it.evaluate(&self.values));
        value.text()
    }

    /// The folder that its commands run in, from the repository's root.
    pub fn folder(&self) -> Option<String> {
        let folder = self.step.run()?.folder.as_ref()?;
        Some(self.text(&folder.text))
    }

    /// The variables that are set for it, by name; `*` stands for what is not known.
    pub fn env(&self) -> impl Iterator<Item = (&str, String)> {
        self.values
            .env
            .iter()
            .map(|(name, value)| (name.as_str(), value.text()))
    }

    /// Everything of it that depends on values: two runs of a step with the same are one.
    fn signature(&self) -> Vec<String> {
        match &self.step.does {
            Does::Run(run) => {
                let env = self.env().map(|(name, value)| format!("{name}={value}"));
                let mut found: Vec<String> = env.collect();
                found.extend(self.folder());
                for piece in pieces(&run.script.text) {
                    if let Piece::Expression { text, .. } = piece {
                        found.push(self.expression(text));
                    }
                }
                found
            }
            Does::Uses(uses) => {
                let given = uses.with.iter();
                given.map(|it| self.text(&it.value.text)).collect()
            }
            Does::Nothing => Vec::new(),
        }
    }
}

impl Workflow {
    /// Its steps as they run when it is given `given`, in the order of jobs, combinations and steps. Steps that different combinations
    /// run alike are there once. `folder` is that of a composite action; no more than
    /// `left` steps are read.
    pub(super) fn runs(&self, given: &Given, folder: &str, mut left: usize) -> Runs<'_> {
        let mut found = Runs::default();
        let inputs: BTreeMap<String, Value> = self
            .inputs
            .iter()
            .map(|it| {
                let name = it.name.to_lowercase();
                let value = match (given.get(&name), &it.default) {
                    (Some(value), _) => Value::of_text(value.clone()),
                    (None, Some(default)) if !default.text.contains("${{") => {
                        Value::of_text(default.text.clone())
                    }
                    _ => Value::Unknown,
                };
                (name, value)
            })
            .collect();
        let none = Matrix::none();
        let mut base = Values {
            env: BTreeMap::new(),
            matrix: &none,
            combination: None,
            inputs,
            outputs: BTreeMap::new(),
            needs: BTreeMap::new(),
            action_folder: folder.to_owned(),
        };
        base.add(&self.env);
        let mut by_job: Vec<(usize, Runs<'_>)> = Vec::new();
        let mut needs = BTreeMap::new();
        for index in self.order() {
            let job = &self.jobs[index];
            let values = Values {
                needs: needs.clone(),
                matrix: &job.matrix,
                ..base.clone()
            };
            let runs = self.job_runs(index, &values, &mut left, &mut needs);
            by_job.push((index, runs));
        }
        by_job.sort_by_key(|(index, _)| *index);
        for (_, runs) in by_job {
            found.steps.extend(runs.steps);
            found.calls.extend(runs.calls);
        }
        found
    }

    fn job_runs<'a>(
        &'a self,
        index: usize,
        base: &Values<'a>,
        left: &mut usize,
        needs: &mut BTreeMap<(String, String), Value>,
    ) -> Runs<'a> {
        let job = &self.jobs[index];
        let mut found = Runs::default();
        let mut seen: BTreeSet<(usize, Vec<String>)> = BTreeSet::new();
        let mut outputs: Vec<(String, Value)> = Vec::new();
        for combination in job.combinations() {
            let mut values = Values {
                combination,
                ..base.clone()
            };
            values.add(&job.env);
            if let Some(uses) = &job.call {
                let given = given(uses, &values);
                found.calls.push(Call { uses, given });
            }
            for (at, step) in job.steps.iter().enumerate() {
                if *left == 0 {
                    return found;
                }
                let mut own = values.clone();
                own.add(&step.env);
                let running = Running {
                    job: index,
                    step,
                    values: own,
                };
                if let Some(uses) = step.uses().filter(|it| it.local().is_some()) {
                    let given = given(uses, &running.values);
                    found.calls.push(Call { uses, given });
                }
                outputs::of(&running, &mut values.outputs, &mut values.env);
                if seen.insert((at, running.signature())) {
                    *left -= 1;
                    found.steps.push(running);
                }
            }
            for output in &job.outputs {
                let value = short(interpolate(&output.value.text, &values));
                outputs.push((output.name.to_lowercase(), value));
            }
        }
        for (name, value) in outputs {
            outputs::set(needs, (job.id.to_lowercase(), name), value);
        }
        found
    }
}

impl Job {
    /// The combinations of its matrix, as far as anything in it depends on them; one that is not known if there are none, or too many.
    fn combinations(&self) -> Vec<Option<Combination>> {
        let mut keys: BTreeSet<String> = BTreeSet::new();
        let mut read = |text: &str| {
            for piece in pieces(text) {
                let Piece::Expression { text, .. } = piece else {
                    continue;
                };
                let expression = Expression::parse(text);
                for path in expression.iter().flat_map(Expression::paths) {
                    if let [context, key, ..] = path
                        && context == "matrix"
                    {
                        keys.insert(key.clone());
                    }
                }
            }
        };
        let own = self.env.iter().chain(&self.outputs);
        let own = own.chain(self.call.iter().flat_map(|it| &it.with));
        own.for_each(|it| read(&it.value.text));
        for step in &self.steps {
            step.env.iter().for_each(|it| read(&it.value.text));
            match &step.does {
                Does::Run(run) => {
                    read(&run.script.text);
                    run.folder.iter().for_each(|it| read(&it.text));
                }
                Does::Uses(uses) => uses.with.iter().for_each(|it| read(&it.value.text)),
                Does::Nothing => {}
            }
        }
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        if keys.is_empty() || self.matrix.combinations.is_empty() {
            return vec![None];
        }
        let combinations = self.matrix.projected(&keys);
        if combinations.len() > MOST_COMBINATIONS {
            return vec![None];
        }
        combinations.into_iter().map(Some).collect()
    }
}

/// A value that is short enough to be kept.
pub(super) fn short(value: Value) -> Value {
    match &value {
        Value::Text(text) | Value::Partial(text) if text.len() > MOST_TEXT => Value::Unknown,
        _ => value,
    }
}

/// What a workflow or action is given.
fn given(uses: &Uses, values: &Values<'_>) -> Given {
    let inputs = uses.with.iter();
    inputs
        .take(MOST_VARIABLES)
        .map(|it| {
            let value = short(interpolate(&it.value.text, values)).text();
            (it.name.to_lowercase(), value.replace(WORKSPACE, "."))
        })
        .collect()
}

/// Whether a file of this form runs only if something calls it.
pub(super) fn is_only_called(workflow: &Workflow) -> bool {
    let mut triggers = workflow.triggers.iter();
    workflow.form == Form::Action || triggers.all(|it| it.event == "workflow_call")
}
