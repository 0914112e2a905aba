//! Deadlines of rollouts that are over before a pod may be ready.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::view::{
    Container, ContainerKind, PodTemplate, Probe, Timing, Value, Workload, integer,
};
use kubelint_model::{Cause, KubeNode, defaults};
use kubelint_parser::TextRange;

use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// The field that states how long a rollout may stand still, and where it is.
const DEADLINE: &str = "spec.progressDeadlineSeconds";

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for workload in cx.graph.workloads() {
        if !has_deadline(&workload) {
            continue;
        }
        for template in workload.templates() {
            if let Some(found) = finding(cx, &workload, &template) {
                out.push(found);
            }
        }
    }
}

/// Whether the kind is one whose rollouts fail when nothing happens for `progressDeadlineSeconds`.
fn has_deadline(workload: &Workload<'_>) -> bool {
    let gvk = &workload.resource.gvk;
    gvk.is("apps", "Deployment")
        || gvk.is("extensions", "Deployment")
        || gvk.is("argoproj.io", "Rollout")
}

/// How long a container may take until its pod counts as available.
struct Start {
    /// At least, whatever the program does.
    least: i64,
    /// At most, as its startup probe allows; the same as `least` if it has none.
    most: i64,
    /// The probe that says so.
    range: TextRange,
    /// The field of that probe.
    field: &'static str,
    container: String,
    path: String,
}

fn finding(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    template: &PodTemplate<'_>,
) -> Option<Finding> {
    let resource = workload.resource;
    let spec = workload.root.field("spec")?;
    let stated = integer(spec, "progressDeadlineSeconds");
    let is_absent = spec.field("progressDeadlineSeconds").is_none();
    let deadline = match &stated {
        Some(stated) if stated.value > 0 => stated.value,
        None if is_absent && resource.gvk.group != "extensions" => defaults::PROGRESS_DEADLINE,
        _ => return None,
    };
    let min_ready = integer(spec, "minReadySeconds").map_or(0, |it| it.value.max(0));
    let containers = template.containers().into_iter();
    let running = containers.filter(|it| it.kind != ContainerKind::Init);
    let starts = running.filter_map(|it| start(&it, min_ready));
    let start = starts.max_by_key(|it| it.most)?;
    if start.most <= deadline {
        return None;
    }
    let is_certain = start.least > deadline;
    let confidence = confidence(cx, workload, &start, stated.is_some(), is_certain);
    Some(
        new_finding(
            cx,
            workload,
            &start,
            (deadline, stated.as_ref()),
            is_certain,
        )
        .confidence(confidence),
    )
}

/// How long `container` may take until it is ready, and the pod available. The kubelet asks a readiness probe from its own delay after the
/// container's start on, but not before the startup probe has succeeded (`pkg/kubelet/prober/worker.go`).
fn start(container: &Container<'_>, min_ready: i64) -> Option<Start> {
    let probes = container.probes();
    let find = |field: &str| probes.iter().find(|it| it.field == field);
    let timing = |probe: Option<&Probe<'_>>| match probe {
        Some(probe) => probe.timing().map(Some),
        None => Some(None),
    };
    let (startup, readiness) = (find("startupProbe"), find("readinessProbe"));
    let (startup_time, ready_time) = (timing(startup)?, timing(readiness)?);
    let delay = ready_time.map_or(0, |it| it.initial_delay);
    let confirm = ready_time.map_or(0, |it| it.confirms_after());
    let after = confirm.saturating_add(min_ready);
    let first = startup_time.map_or(0, |it| it.initial_delay);
    let last = startup_time.map_or(0, |it: Timing| it.allows_start_until());
    let by_startup = last >= delay;
    let probe = if by_startup { startup } else { readiness };
    let probe = probe.or(startup).or(readiness)?;
    let name = container.name();
    Some(Start {
        least: first.max(delay).saturating_add(after),
        most: last.max(delay).saturating_add(after),
        range: probe.entry.key.range(),
        field: probe.field,
        container: name.map(|it| it.value.into_owned()).unwrap_or_default(),
        path: container.field_path(probe.field),
    })
}

fn confidence(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    start: &Start,
    is_stated: bool,
    is_certain: bool,
) -> Confidence {
    let resource = workload.resource;
    if evidence::is_for_tests(cx.graph, resource) {
        return Confidence::Low;
    }
    let seen = evidence::in_resource(
        cx.graph,
        resource,
        &[DEADLINE, "spec.minReadySeconds", &start.path],
    );
    // Who states no deadline has not thought of one; a startup probe may allow more than anybody expects to be needed.
    let known = match (is_stated, is_certain) {
        (true, _) => Confidence::High,
        (false, true) => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    seen.min(known)
}

fn new_finding(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    start: &Start,
    (deadline, stated): (i64, Option<&Value<'_, i64>>),
    is_certain: bool,
) -> Finding {
    let graph = cx.graph;
    let resource = workload.resource;
    let probe = match start.field {
        "startupProbe" => "startup probe",
        _ => "readiness probe",
    };
    let container = &start.container;
    let says = if is_certain {
        format!("is available after {} seconds at the earliest", start.least)
    } else {
        format!("may take {} seconds until it is available", start.most)
    };
    let by_default = if stated.is_some() {
        ""
    } else {
        ", which is the default"
    };
    let message = format!(
        "the rollout counts as failed after {deadline} seconds{by_default}, and container `{container}` {says}"
    );
    let own = graph.span_in(resource, start.range);
    let place = stated.map_or(own, |it| graph.span_in(resource, it.range()));
    let found = Finding::new(place, message, Cause::field_of(resource, DEADLINE))
        .about(resource.id, DEADLINE, deadline.to_string())
        .help(format!(
            "let `progressDeadlineSeconds` be more than {}",
            start.most
        ));
    let label = format!("its {probe} takes so long");
    if stated.is_some() {
        found.label("the rollout's deadline").related(own, label)
    } else {
        found.label(label)
    }
}
