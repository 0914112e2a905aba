//! Builds, pushes and deployments whose failure cannot stop their script.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::commands::{Form, Script};
use kubelint_model::purpose::{Purpose, is_called_wrong};
use kubelint_model::script::{Fate, Run};
use kubelint_model::{Cause, DeploymentGraph};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for script in &cx.graph.commands.scripts {
        let file = cx.graph.file(script.file);
        let is_odd = matches!(
            file.purpose,
            Purpose::Test | Purpose::Template | Purpose::Sample
        );
        if !file.target || is_odd || is_called_wrong(&file.path) {
            continue;
        }
        of_script(cx.graph, script, out);
    }
}

fn of_script(graph: &DeploymentGraph, script: &Script, out: &mut Findings) {
    let mut seen = BTreeSet::new();
    let runs = &script.outcome.runs;
    let tasks: Vec<Option<Task>> = runs.iter().map(task).collect();
    // The last thing that is done behind each command.
    let mut later = vec![None; runs.len() + 1];
    for (at, task) in tasks.iter().enumerate().rev() {
        later[at] = later[at + 1].max(*task);
    }
    for (at, run) in runs.iter().enumerate() {
        let Some(task) = tasks[at] else {
            continue;
        };
        // Something goes on behind it: what relies on it, or at least more of its kind.
        let next = later[at + 1].filter(|it| *it >= task);
        let is_seen = seen.contains(&run.range);
        let Some(next) = next.filter(|_| !is_seen && !run.substituted) else {
            continue;
        };
        if run.file != script.file {
            continue;
        }
        if let Some(why) = why(script, run) {
            seen.insert(run.range);
            let mut finding = finding(graph, script, run, task, why);
            if next == task {
                finding = finding.confidence(Confidence::Low);
            }
            out.push(finding);
        }
    }
}

/// What a command is for, in the order in which they follow each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Build,
    Push,
    Apply,
}

impl Task {
    const fn noun(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Push => "push",
            Self::Apply => "deployment",
        }
    }
}

fn task(run: &Run) -> Option<Task> {
    let words: Vec<&str> = run
        .command()
        .iter()
        .map(|it| it.value.text.as_str())
        .collect();
    let (first, rest) = words.split_first()?;
    let is_dry = rest
        .iter()
        .any(|it| it.starts_with("--dry-run") || *it == "--help");
    if is_dry {
        return None;
    }
    let tool = first.rsplit('/').next().unwrap_or_default();
    let mut verbs = rest.iter().filter(|it| !it.starts_with('-'));
    let verb = verbs.next().copied().unwrap_or_default();
    match tool {
        "docker" | "podman" | "nerdctl" | "buildah" => match verb {
            "build" | "bud" => Some(Task::Build),
            "buildx" if verbs.next() == Some(&"build") => Some(Task::Build),
            "push" => Some(Task::Push),
            _ => None,
        },
        "kubectl" | "oc" if rest.contains(&"apply") => Some(Task::Apply),
        "helm" if matches!(verb, "upgrade" | "install") => Some(Task::Apply),
        _ => None,
    }
}

/// Why the failure of a command cannot stop its script.
fn why(script: &Script, run: &Run) -> Option<&'static str> {
    let is_step = script.form == Form::Step;
    match run.fate {
        Fate::Swallowed => Some("its failure is taken for success"),
        Fate::Printed => Some("its failure is only printed"),
        Fate::Piped if is_step => {
            Some("its status is lost in the pipe: the step's shell has no `pipefail`")
        }
        Fate::Piped => Some("its status is lost in the pipe without `pipefail`"),
        Fate::Unchecked => Some("nothing looks at its status, and the script goes on"),
        Fate::Ends | Fate::Tested | Fate::Skips | Fate::Background => None,
    }
}

fn finding(
    graph: &DeploymentGraph,
    script: &Script,
    run: &Run,
    task: Task,
    why: &'static str,
) -> Finding {
    let command: Vec<&str> = run
        .command()
        .iter()
        .take(2)
        .map(|it| it.value.text.as_str())
        .collect();
    let command = command.join(" ");
    let unseen = if run.silent {
        ", and what it says of it is thrown away"
    } else {
        ""
    };
    let message = format!(
        "a failed {} does not stop the script{unseen}: {why}",
        task.noun()
    );
    let name = graph.file(script.file).path.file_name();
    let mut finding = Finding::new(
        graph.span(run.file, run.range),
        message,
        Cause::text(&format!("{name} {why}")),
    )
    .label(format!(
        "if `{command}` fails, what follows runs all the same"
    ))
    .help(match run.fate {
        Fate::Piped => "set `-o pipefail`",
        Fate::Swallowed | Fate::Printed => "end the script where it fails: `|| exit 1`",
        _ => "begin the script with `set -euo pipefail`",
    });
    // `kubectl apply` is often repeated until all kinds are known, and may fail for objects that are there.
    if task == Task::Apply && matches!(run.fate, Fate::Swallowed | Fate::Printed) {
        finding = finding.confidence(Confidence::Low);
    }
    command.clone_into(&mut finding.field);
    finding
}
