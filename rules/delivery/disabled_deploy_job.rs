//! Jobs and steps that deploy, and whose condition is false whatever happens.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::workflow::{Form, Job, Step, Task, Workflow, Written};
use kubelint_model::{Cause, DeploymentGraph};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_workflows();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let workflows = cx.graph.workflows.iter();
    for workflow in workflows.filter(|it| it.form != Form::Action) {
        for job in &workflow.jobs {
            if job.is_disabled() {
                if job.deploys() {
                    out.extend(disabled_job(cx.graph, workflow, job));
                }
                continue;
            }
            let steps = job.steps.iter().filter(|it| it.is_disabled());
            for step in steps.filter(|it| it.tasks().contains(&Task::Deploy)) {
                out.extend(disabled_step(cx.graph, workflow, job, step));
            }
        }
    }
}

fn disabled_job(graph: &DeploymentGraph, workflow: &Workflow, job: &Job) -> Option<Finding> {
    let condition = job.condition.as_ref()?;
    let finding = finding(
        graph,
        workflow,
        condition,
        match workflow.form {
            Form::GitLab => format!("the job `{}` never runs: its rules say so", job.id),
            _ => format!("the job `{}` never runs: its condition is false", job.id),
        },
        workflow.cause_of(job),
    );
    let label = graph.span(workflow.file, job.key);
    let mut finding = finding.related(label, "this job deploys");
    finding.field = format!("jobs.{}.if", job.id);
    Some(finding)
}

fn disabled_step(
    graph: &DeploymentGraph,
    workflow: &Workflow,
    job: &Job,
    step: &Step,
) -> Option<Finding> {
    let condition = step.condition.as_ref()?;
    let (title, range) = step.title()?;
    let message = format!(
        "the step `{title}` of the job `{}` never runs: its condition is false",
        job.id
    );
    let cause = Cause::job(workflow.title(), &job.id, title);
    let finding = finding(graph, workflow, condition, message, cause);
    let label = graph.span(workflow.file, range);
    let mut finding = finding.related(label, "this step deploys");
    finding.field = format!("jobs.{}.steps.if", job.id);
    title.clone_into(&mut finding.value);
    Some(finding)
}

fn finding(
    graph: &DeploymentGraph,
    workflow: &Workflow,
    condition: &Written,
    message: String,
    cause: Cause,
) -> Finding {
    let span = graph.span(workflow.file, condition.range);
    Finding::new(span, message, cause).label("false whatever happens")
}
