//! Jobs that can never run although nobody switched them off: they need one that never runs, or their condition asks for an event that does
//! not start the workflow.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::workflow::{Job, Never, Reason, Workflow};
use kubelint_model::{Cause, DeploymentGraph};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_workflows();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for workflow in cx.graph.workflows.iter() {
        for never in workflow.never() {
            out.extend(finding(cx.graph, workflow, never));
        }
    }
}

fn finding(graph: &DeploymentGraph, workflow: &Workflow, never: Never) -> Option<Finding> {
    let job = workflow.jobs.get(never.job)?;
    let mut finding = match never.reason {
        Reason::Disabled => return None,
        Reason::Needs { need, job: needed } => {
            let needed = workflow.jobs.get(needed)?;
            needs(graph, workflow, job, need, needed)?
        }
        Reason::NothingFails => nothing_fails(graph, workflow, job)?,
        Reason::Events => events(graph, workflow, job)?,
        Reason::EventsOfNeeds => events_of_needs(graph, workflow, job),
    };
    finding.field = format!("jobs.{}", job.id);
    Some(finding)
}

fn needs(
    graph: &DeploymentGraph,
    workflow: &Workflow,
    job: &Job,
    need: usize,
    needed: &Job,
) -> Option<Finding> {
    let (id, other) = (&job.id, &needed.id);
    let span = graph.span(workflow.file, job.needs.get(need)?.range);
    let message = format!("the job `{id}` never runs: it needs `{other}`, which never runs");
    // Mended where the needed job is.
    let finding = Finding::new(span, message, workflow.cause_of(needed))
        .label(format!("`{id}` is skipped with it"))
        .help(format!(
            "let `{other}` run, take it out of `needs`, or give `{id}` a condition such as `!cancelled()`"
        ));
    let (range, text) = match &needed.condition {
        Some(condition) => (condition.range, format!("`{other}` never runs")),
        None => (needed.key, format!("`{other}` never runs")),
    };
    Some(finding.related(graph.span(workflow.file, range), text))
}

fn nothing_fails(graph: &DeploymentGraph, workflow: &Workflow, job: &Job) -> Option<Finding> {
    let condition = job.condition.as_ref()?;
    let message = format!(
        "the job `{}` never runs: it waits for a failure, and needs no job that could fail",
        job.id
    );
    let span = graph.span(workflow.file, condition.range);
    let finding = Finding::new(span, message, workflow.cause_of(job));
    Some(
        finding
            .label("only jobs in `needs` count")
            .help("name the jobs in `needs` whose failure it waits for"),
    )
}

fn events(graph: &DeploymentGraph, workflow: &Workflow, job: &Job) -> Option<Finding> {
    let condition = job.condition.as_ref()?;
    let message = format!(
        "the job `{}` never runs: no event that starts this workflow meets its condition",
        job.id
    );
    let span = graph.span(workflow.file, condition.range);
    let finding =
        Finding::new(span, message, workflow.cause_of(job)).label("false for each of them");
    let help = "correct the condition, or let the workflow start on the event that it asks for";
    Some(with_triggers(graph, workflow, finding.help(help)))
}

fn events_of_needs(graph: &DeploymentGraph, workflow: &Workflow, job: &Job) -> Finding {
    let message = format!(
        "the job `{}` never runs: for each event that starts this workflow, it or a job that it needs is skipped",
        job.id
    );
    let range = job.condition.as_ref().map_or(job.key, |it| it.range);
    let span = graph.span(workflow.file, range);
    let cause: Cause = workflow.cause_of(job);
    let mut finding = Finding::new(span, message, cause)
        .label("not met when what it needs runs")
        .help("let the job and those that it needs run on the same events");
    for need in &job.needs {
        let needed = workflow.job(&need.text);
        if let Some(condition) = needed.and_then(|it| it.condition.as_ref()) {
            let text = format!("when `{}` runs", need.text);
            finding = finding.related(graph.span(workflow.file, condition.range), text);
        }
    }
    with_triggers(graph, workflow, finding)
}

/// Shows what starts the workflow.
fn with_triggers(graph: &DeploymentGraph, workflow: &Workflow, mut finding: Finding) -> Finding {
    for trigger in &workflow.triggers {
        let place = trigger.branches.first().map_or(trigger.range, |first| {
            let last = trigger.branches.last().unwrap_or(first);
            first.range.cover(last.range)
        });
        let text = format!("started by `{}`", trigger.event);
        finding = finding.related(graph.span(workflow.file, place), text);
    }
    finding
}
