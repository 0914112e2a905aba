//! Deadlines of rollouts that are over before a pod may be ready, and scripts that do not wait for them long enough.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::commands::Script;
use kubelint_model::purpose::Purpose;
use kubelint_model::view::{
    Container, ContainerKind, PodTemplate, Probe, Timing, Value, Workload, integer,
};
use kubelint_model::{Cause, DeploymentGraph, FileId, KubeNode, defaults};
use kubelint_parser::TextRange;

use crate::evidence;
use crate::waits::{self, Wait, What};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

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
    check_scripts(cx.graph, out);
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
    // Only a pod that uses up nearly all it is allowed is too late: both bounds are meant to be equal.
    let is_close = !is_certain && start.most <= deadline.saturating_add(deadline / 10);
    let confidence = if is_close {
        Confidence::Low
    } else {
        confidence
    };
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

/// Compares how long scripts wait with what the probes of those allow for which they do.
fn check_scripts(graph: &DeploymentGraph, out: &mut Findings) {
    let mut slow: BTreeMap<&str, Vec<Slow<'_>>> = BTreeMap::new();
    let all = graph
        .workloads()
        .filter(|it| !evidence::is_for_tests(graph, it.resource));
    for workload in all {
        let Some(name) = workload.resource.name.as_deref() else {
            continue;
        };
        slow.entry(name).or_default().push(Slow::of(workload));
    }
    for scripts in graph.commands.scripts.chunk_by(|a, b| a.file == b.file) {
        let id = scripts[0].file;
        let file = graph.file(id);
        if matches!(file.purpose, Purpose::Test | Purpose::Template) {
            continue;
        }
        let text = graph.sources.get(file.source).text();
        let scripts: Vec<&Script> = scripts.iter().collect();
        let applied = applied(graph, id);
        for wait in waits::of_file(&scripts, text) {
            out.extend(
                Waiting {
                    graph,
                    wait: &wait,
                    applied: &applied,
                }
                .finding(&slow),
            );
        }
    }
}

/// The files that a script applies.
fn applied(graph: &DeploymentGraph, id: FileId) -> BTreeSet<FileId> {
    let sets = graph
        .plan
        .apply_sets
        .iter()
        .filter(|it| it.runner.file == id);
    sets.flat_map(|it| it.files.iter().copied()).collect()
}

/// A workload, and how long its slowest container takes: as a pod, and until it is available.
struct Slow<'a> {
    workload: Workload<'a>,
    ready: Option<Start>,
    available: Option<Start>,
    /// How many pods are started one after the other.
    in_turn: i64,
}

impl<'a> Slow<'a> {
    fn of(workload: Workload<'a>) -> Self {
        let spec = workload.root.field("spec");
        let min_ready = spec.and_then(|it| integer(it, "minReadySeconds"));
        let min_ready = min_ready.map_or(0, |it| it.value.max(0));
        let slowest = |min_ready| {
            let templates = workload.templates();
            let containers = templates.iter().flat_map(PodTemplate::containers);
            let running = containers.filter(|it| it.kind != ContainerKind::Init);
            running
                .filter_map(|it| start(&it, min_ready))
                .max_by_key(|it| it.most)
        };
        let in_turn = workload
            .desired_replicas()
            .filter(|_| workload.is_ordered());
        Self {
            ready: slowest(0),
            available: slowest(min_ready),
            in_turn: in_turn.unwrap_or(1).max(1),
            workload,
        }
    }

    /// Whether its pods have these labels.
    fn is_labelled(&self, labels: &[(&str, &str)]) -> bool {
        let templates = self.workload.templates();
        templates
            .iter()
            .filter_map(PodTemplate::labels)
            .any(|node| {
                labels.iter().all(|(key, value)| {
                    node.field(key)
                        .and_then(KubeNode::string)
                        .is_some_and(|it| it == *value)
                })
            })
    }
}

/// A script that waits.
struct Waiting<'a, 'w> {
    graph: &'a DeploymentGraph,
    wait: &'w Wait<'a>,
    applied: &'w BTreeSet<FileId>,
}

impl<'a> Waiting<'a, '_> {
    fn finding(&self, all: &BTreeMap<&str, Vec<Slow<'a>>>) -> Option<Finding> {
        match &self.wait.what {
            What::Objects(objects) => objects.iter().find_map(|object| {
                let named = all.get(object.name)?.iter();
                self.of(named.filter(|it| it.workload.resource.gvk.kind == object.kind.name))
            }),
            What::Pods(labels) => all.values().find_map(|named| {
                let long = named
                    .iter()
                    .filter(|it| it.workload.resource.gvk.kind != "Job");
                self.of(long.filter(|it| it.is_labelled(labels)))
            }),
        }
    }

    /// Of the definitions of one object: those that the script applies, else all, and each of them takes longer.
    fn of<'s>(&self, named: impl Iterator<Item = &'s Slow<'a>>) -> Option<Finding>
    where
        'a: 's,
    {
        let fits = |it: &&Slow<'_>| {
            let namespace = it.workload.resource.namespace.as_deref();
            namespace.is_none() || self.wait.namespace.is_none_or(|it| Some(it) == namespace)
        };
        let named: Vec<&Slow<'_>> = named.filter(fits).collect();
        let own: Vec<&Slow<'_>> = named
            .iter()
            .copied()
            .filter(|it| self.applied.contains(&it.workload.resource.file))
            .collect();
        let is_own = !own.is_empty();
        let candidates = if is_own { own } else { named };
        let mut found: Option<(&Slow<'_>, &Start, i64)> = None;
        for slow in &candidates {
            let start = match self.wait.what {
                What::Pods(_) => slow.ready.as_ref(),
                What::Objects(_) => slow.available.as_ref(),
            }?;
            let passed = self.wait.timeout.saturating_add(self.wait.slept);
            let most = start.most.saturating_mul(slow.in_turn);
            if most <= passed {
                return None;
            }
            if found.is_none_or(|it| it.2 > most) {
                found = Some((slow, start, most));
            }
        }
        let (slow, start, _) = found?;
        Some(self.new_finding(slow, start, is_own || candidates.len() == 1))
    }

    fn new_finding(&self, slow: &Slow<'_>, start: &Start, is_plain: bool) -> Finding {
        let (graph, wait) = (self.graph, self.wait);
        let resource = slow.workload.resource;
        let least = start.least.saturating_mul(slow.in_turn);
        let passed = wait.timeout.saturating_add(wait.slept);
        let is_certain = least > passed;
        let says = match (is_certain, slow.in_turn) {
            (true, 1) => format!("is ready after {least} seconds at the earliest"),
            (true, pods) => format!(
                "is ready in {pods} pods, one after the other, after {least} seconds at the earliest"
            ),
            (false, _) => format!(
                "may take {} seconds until it is ready",
                start.most.saturating_mul(slow.in_turn)
            ),
        };
        let message = format!(
            "`{}` gives up after {} seconds, and container `{}` of `{}` {says}",
            wait.command,
            wait.timeout,
            start.container,
            resource.name.as_deref().unwrap_or_default(),
        );
        let probe = match start.field {
            "startupProbe" => "startup probe",
            _ => "readiness probe",
        };
        // The time that other waits take counts, too, and nobody knows it.
        let others = wait.waited.map(|it| passed.saturating_add(it));
        let is_late = others.is_some_and(|it| start.most.saturating_mul(slow.in_turn) > it);
        let confidence = match graph.file(wait.file).purpose {
            Purpose::Sample => Confidence::Low,
            _ if !is_late || !wait.deploys => Confidence::Low,
            _ if is_certain && is_plain && slow.in_turn == 1 => Confidence::High,
            _ => Confidence::Medium,
        };
        let seen = evidence::in_resource(graph, resource, &["spec.minReadySeconds", &start.path]);
        let place = graph.span(wait.file, wait.range);
        Finding::new(place, message, Cause::field_of(resource, wait.command))
            .label("so long it waits")
            .related(
                graph.span_in(resource, start.range),
                format!("its {probe} takes so long"),
            )
            .about(resource.id, wait.command, wait.timeout.to_string())
            .confidence(confidence.min(seen))
            .help(format!(
                "wait more than {} seconds",
                start.most.saturating_mul(slow.in_turn)
            ))
    }
}
