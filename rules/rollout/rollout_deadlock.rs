//! Workloads each of whose pods wants a node of its own, and for whose pods, or for the one more that an update starts, there are too few.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::view::{Text, Workload};
use kubelint_model::{Cause, DeploymentGraph, defaults, path};
use kubelint_parser::Span;

use crate::absence::called;
use crate::pod_counts::{self, Count};
use crate::{evidence, scalers};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// A workload whose pods are kept apart.
struct Apart<'a> {
    graph: &'a DeploymentGraph,
    workload: Workload<'a>,
    /// What keeps them apart.
    key: Text<'a>,
    /// The path of the affinity.
    affinity: String,
    /// The declared nodes.
    nodes: i64,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let nodes: i64 = cx.world.nodes.iter().map(|it| i64::from(it.count)).sum();
    if nodes == 0 {
        return;
    }
    for workload in cx.graph.workloads() {
        let apart = Apart::of(cx.graph, workload, nodes);
        if let Some(finding) = apart.and_then(|it| it.finding()) {
            out.push(finding);
        }
    }
}

impl<'a> Apart<'a> {
    fn of(graph: &'a DeploymentGraph, workload: Workload<'a>, nodes: i64) -> Option<Self> {
        let kind = workload.resource.gvk.kind.as_str();
        // The pods of Jobs wait for one another, and those of DaemonSets are on a node each anyway.
        if !workload.resource.gvk.is_built_in() || matches!(kind, "Job" | "CronJob" | "DaemonSet") {
            return None;
        }
        let template = workload.templates().into_iter().next()?;
        let key = template.one_on_a_node(workload.resource.namespace.as_deref())?;
        Some(Self {
            graph,
            workload,
            key,
            affinity: path::field(&template.spec_path(), "affinity"),
            nodes,
        })
    }

    fn finding(&self) -> Option<Finding> {
        let most = pod_counts::most(self.graph, &self.workload)?;
        if most.number > self.nodes {
            return Some(self.too_many(&most));
        }
        let least = pod_counts::least(self.graph, &self.workload)?;
        (least.number == self.nodes && self.starts_first(least.number))
            .then(|| self.deadlock(&least))
    }

    /// Whether an update of so many pods starts one before it stops one.
    fn starts_first(&self, pods: i64) -> bool {
        if self.workload.resource.gvk.kind != "Deployment" {
            return false;
        }
        let strategy = self.workload.strategy();
        let steps = strategy
            .filter(|it| it.kind == "RollingUpdate")
            .and_then(|it| {
                let (surge, unavailable) = (it.max_surge, it.max_unavailable);
                let (surge, unavailable) = (surge.as_ref(), unavailable.as_ref());
                defaults::deployment_steps(
                    pods,
                    surge.map(|it| &it.value),
                    unavailable.map(|it| &it.value),
                )
            });
        steps.is_some_and(|it| it.unavailable == 0 && it.surge > 0)
    }

    fn deadlock(&self, pods: &Count<'_>) -> Finding {
        let (nodes, it) = (nodes(self.nodes), called(self.workload.resource));
        let message = format!(
            "an update of {it} starts a pod before it stops one, and each pod wants a node of its own: with {nodes} and as many pods there is none left, and the update waits for ever"
        );
        let found = self.found(message);
        let found = found.related(pods.span, "as many pods as nodes");
        match self.bound() {
            Some(span) => found.related(span, "no pod is stopped before another is there"),
            None => found,
        }
        .help("set `rollingUpdate.maxUnavailable: 1` and `maxSurge: 0`, or only prefer nodes without such a pod")
    }

    fn too_many(&self, pods: &Count<'_>) -> Finding {
        let (nodes, it) = (nodes(self.nodes), called(self.workload.resource));
        let number = pods.number;
        let may = if pods.scaler.is_some() {
            "may have"
        } else {
            "has"
        };
        let message = format!(
            "each pod of {it} wants a node of its own, and it {may} {number} pods on {nodes}: the others are never scheduled"
        );
        self.found(message)
            .related(pods.span, format!("{number} pods"))
            .help("lower the number of pods, or only prefer nodes without such a pod (`preferredDuringSchedulingIgnoredDuringExecution`)")
    }

    /// Where the strategy states how many pods may be unavailable; else it is a quarter, rounded down.
    fn bound(&self) -> Option<Span> {
        let stated = self.workload.strategy()?.max_unavailable?;
        Some(self.graph.span_in(self.workload.resource, stated.range()))
    }

    fn found(&self, message: String) -> Finding {
        let (graph, resource) = (self.graph, self.workload.resource);
        let place = graph.span_in(resource, self.key.range());
        Finding::new(place, message, Cause::field_of(resource, &self.affinity))
            .label("no two of its pods on one node")
            .confidence(self.confidence())
            .about(resource.id, self.affinity.clone(), self.nodes.to_string())
    }

    fn confidence(&self) -> Confidence {
        let (graph, workload) = (self.graph, &self.workload);
        let fields = [self.affinity.as_str(), "spec.replicas", "spec.strategy"];
        let judged = evidence::in_template(graph, workload, &fields);
        let scalers = scalers::of(graph, workload.resource.id);
        let of_scalers = scalers.map(|it| {
            evidence::in_resource(
                graph,
                it.resource,
                &["spec.minReplicas", "spec.maxReplicas"],
            )
        });
        let least = of_scalers.fold(judged, Confidence::min);
        if evidence::is_for_tests(graph, workload.resource) {
            return Confidence::Low;
        }
        least
    }
}

fn nodes(count: i64) -> String {
    if count == 1 {
        "one declared node".to_owned()
    } else {
        format!("{count} declared nodes")
    }
}
