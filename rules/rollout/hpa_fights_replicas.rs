//! Workloads that state how many pods they have, and are scaled by an autoscaler.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::view::{Value, Workload, defers_replicas, integer};
use kubelint_model::{Cause, DeploymentGraph, KubeNode};

use crate::absence::called;
use crate::evidence;
use crate::scalers::{self, Scaler};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let mut gitops = graph.resources.iter();
    if gitops.any(|it| defers_replicas(it, graph.root(it))) {
        return;
    }
    for workload in graph.workloads() {
        let Some(replicas) = workload.replicas() else {
            continue;
        };
        // No pods at all switch the autoscaler off.
        if replicas.value == 0 {
            continue;
        }
        let mut scalers = scalers::of(graph, workload.resource.id);
        if let Some(scaler) = scalers.find(|it| !is_fixed(graph, it, replicas.value)) {
            out.push(finding(graph, &workload, &replicas, &scaler));
        }
    }
}

/// Whether the autoscaler may only make as many pods as the workload states.
fn is_fixed(graph: &DeploymentGraph, scaler: &Scaler<'_>, replicas: i64) -> bool {
    let spec = graph.root(scaler.resource).field("spec");
    let least = ["minReplicas", "minReplicaCount"].into_iter();
    let mut least = least.filter_map(|it| integer(spec?, it));
    scaler.most.0 == replicas && least.next().is_some_and(|it| it.value == replicas)
}

fn finding(
    graph: &DeploymentGraph,
    workload: &Workload<'_>,
    replicas: &Value<'_, i64>,
    scaler: &Scaler<'_>,
) -> Finding {
    let resource = workload.resource;
    let (it, by, count) = (called(resource), called(scaler.resource), replicas.value);
    Finding::new(
        graph.span_in(resource, replicas.range()),
        format!("{it} states `replicas: {count}`, and {by} scales it: each apply undoes what the autoscaler did"),
        Cause::field_of(resource, "spec.replicas"),
    )
    .label(format!("set to {count} by each apply"))
    .related(scaler.place(graph), format!("scales {it}"))
    .confidence(confidence(graph, workload, scaler))
    .about(resource.id, "spec.replicas", count.to_string())
    .help("leave out `spec.replicas`: `minReplicas` of the autoscaler says how many pods there are at least")
}

fn confidence(graph: &DeploymentGraph, workload: &Workload<'_>, scaler: &Scaler<'_>) -> Confidence {
    let is_for_tests = [workload.resource, scaler.resource]
        .into_iter()
        .any(|it| evidence::is_for_tests(graph, it));
    let most = if is_for_tests || scaler.is_far_choice(graph) {
        Confidence::Low
    } else if scaler.is_sure() {
        Confidence::High
    } else {
        Confidence::Medium
    };
    most.min(evidence::in_resource(
        graph,
        workload.resource,
        &["spec.replicas"],
    ))
    .min(evidence::in_resource(
        graph,
        scaler.resource,
        &["spec.scaleTargetRef"],
    ))
}
