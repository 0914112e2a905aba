//! Steps of GitHub's workflows and actions, with the values of each combination of a matrix and of each caller.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;
use kubelint_parser::yaml::{Node, Style};

use super::{Assembled, Context, Form, Script, Shell, known, made_value};
use crate::commands::lines::{after, each_line};
use crate::commands::script::Reader;
use crate::commands::words::Variables;
use crate::script::{Folder, ROOT, Value};
use crate::workflow::{self, Language, Running, System};
use crate::{File, KubeNode};

/// With how many sets of values a step is evaluated.
const MOST_ROUNDS: usize = 32;

/// What is known of a step.
struct Step<'a> {
    shell: &'a workflow::Shell,
    /// Its folder, as it is stated.
    folder: Option<&'a str>,
    /// It, each time that it runs.
    runs: &'a [&'a Running<'a>],
}

/// What is the same whenever a step runs; `None` if it never does, or if it differs.
fn common<'r, T: PartialEq>(runs: &[&Running<'r>], of: impl Fn(&Running<'r>) -> T) -> Option<T> {
    let mut all = runs.iter().map(|it| of(it));
    let first = all.next()?;
    all.all(|it| it == first).then_some(first)
}

/// A value that is known in full. Of a path with an unknown middle nobody knows where it leads, but where its end is may be told.
fn whole(value: String) -> Option<Value> {
    (!value.contains(workflow::UNKNOWN)).then(|| Value::from(value))
}

/// Reads the commands of a workflow or composite action: each job is a part.
pub(in crate::commands) fn read(
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
        let folder_of = |node: Node<'_>| {
            let stated = node.at(&["defaults", "run", "working-directory"])?;
            stated.text_value().map(std::borrow::Cow::into_owned)
        };
        let jobs = root.field("jobs").into_iter().flat_map(Node::fields);
        let jobs = jobs.map(|it| it.value.resolved());
        for (part, job) in (1..).zip(jobs.chain(root.field("runs"))) {
            let default = folder_of(job).or_else(|| folder_of(root));
            for step in job.list("steps") {
                let Some(run) = step.field("run") else {
                    continue;
                };
                let stated = step
                    .field("working-directory")
                    .and_then(KubeNode::text_value);
                let runs = context.runs.get(&step.range());
                let runs = runs.map_or(&[][..], Vec::as_slice);
                let named = step.field("shell").and_then(KubeNode::text_value);
                let named = named.or_else(|| shell_of(job)).or_else(|| shell_of(root));
                let facts = runs.first().and_then(|it| it.step.run());
                let stated_shell = || {
                    named.as_deref().map_or_else(
                        || workflow::Shell::of_system(System::Unix),
                        workflow::Shell::named,
                    )
                };
                let shell = facts.map_or_else(stated_shell, |it| it.shell.clone());
                let known = Step {
                    shell: &shell,
                    folder: stated.as_deref().or(default.as_deref()),
                    runs,
                };
                if matches!(shell.language, Language::Bash | Language::Sh) {
                    let script = known.evaluate(run, context, variables, reader, part);
                    scripts.push(script);
                } else {
                    let folder = common(runs, Running::folder).flatten();
                    reader.enter(part, folder.as_deref().or(known.folder));
                    lines_of_step(run, text, reader);
                }
            }
        }
    }
}

/// The shell that a workflow or a job names for its steps.
fn shell_of(node: Node<'_>) -> Option<std::borrow::Cow<'_, str>> {
    node.at(&["defaults", "run", "shell"])?.text_value()
}

impl Step<'_> {
    /// Evaluates its commands: with what is the same whenever it runs, and with each set of values.
    fn evaluate(
        &self,
        run: Node<'_>,
        context: &Context<'_>,
        variables: &Variables,
        reader: &mut Reader<'_>,
        part: u32,
    ) -> Script {
        let commands = Assembled::of_node(run).mark("${{", "}}", |_| true);
        let texts = [context.text(&commands)];
        let outcome_of = |runs: &[&Running<'_>]| {
            let template = |text: &str| value_of(text, runs, variables);
            let shell = Shell {
                folder: self.folder(context, runs),
                errexit: self.shell.errexit,
                pipefail: self.shell.pipefail,
                variables: environment(runs, variables),
                template: &template,
            };
            context.evaluate(&texts, &shell)
        };
        let outcome = outcome_of(self.runs);
        let rounds: Vec<_> = self
            .different(&commands)
            .iter()
            .map(|it| outcome_of(&[*it]))
            .collect();
        if rounds.is_empty() {
            reader.evaluated(part, &[&outcome]);
        } else {
            reader.evaluated(part, &rounds.iter().collect::<Vec<_>>());
        }
        Script {
            file: context.id,
            part,
            form: Form::Step,
            outcome,
            rounds,
        }
    }

    /// One run for each set of the values that its commands read, if there are several, and not too many.
    fn different(&self, commands: &Assembled) -> Vec<&Running<'_>> {
        if self.runs.len() < 2 {
            return Vec::new();
        }
        let mut seen: BTreeSet<Vec<String>> = BTreeSet::new();
        let mut found = Vec::new();
        for run in self.runs {
            let expressions = commands.templates.iter();
            let expressions = expressions.map(|it| run.expression(it.of(&commands.text)));
            let read = run.env().filter(|(name, _)| commands.text.contains(*name));
            let read = read.map(|(name, value)| format!("{name}={value}"));
            let mut values: Vec<String> = expressions.chain(read).collect();
            values.extend(run.folder());
            if seen.insert(values) {
                found.push(*run);
            }
        }
        if found.len() < 2 || found.len() > MOST_ROUNDS {
            found.clear();
        }
        found
    }

    /// The folder in which it starts.
    fn folder(&self, context: &Context<'_>, runs: &[&Running<'_>]) -> Folder {
        let known = common(runs, Running::folder).flatten();
        let root = context.project();
        let folder = match known.as_deref().or(self.folder) {
            Some(it) if it.contains("${{") || it.contains(workflow::UNKNOWN) => None,
            Some(it) => root.join(it),
            None => Some(root),
        };
        folder.unwrap_or_else(Folder::unknown)
    }
}

/// The value of an expression.
fn value_of(text: &str, runs: &[&Running<'_>], variables: &Variables) -> Value {
    if let Some(known) = common(runs, |it| it.expression(text)).and_then(whole) {
        return known;
    }
    let inner = text.trim_start_matches("${{").trim_end_matches("}}").trim();
    made_value(inner.strip_prefix("env.").unwrap_or_default(), variables)
}

/// The variables that are set where a step runs.
fn environment(runs: &[&Running<'_>], variables: &Variables) -> BTreeMap<String, Value> {
    let mut found = known(variables);
    // Before steps that a container runs, the runner sets the place there.
    found.insert("GITHUB_WORKSPACE".to_owned(), Value::from(ROOT.to_string()));
    let set = common(runs, |it| {
        let all = it.env().map(|(name, value)| (name.to_owned(), value));
        all.collect::<Vec<_>>()
    });
    for (name, value) in set.unwrap_or_default() {
        found.extend(whole(value).map(|it| (name, it)));
    }
    found
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
