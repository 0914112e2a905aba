//! What sets the number of a workload's pods beside the workload itself: autoscalers.

use kubelint_engine::Confidence;
use kubelint_model::link::{Link, Outcome};
use kubelint_model::reach::Ring;
use kubelint_model::reference::Relation;
use kubelint_model::view::{Autoscaler, integer, text};
use kubelint_model::{DeploymentGraph, KubeNode, Resource, ResourceId};
use kubelint_parser::Span;

use crate::far;

/// How many pods KEDA makes at most where a ScaledObject does not say (`defaultHPAMaxReplicas`).
const KEDA_MAXIMUM: i64 = 100;

/// A HorizontalPodAutoscaler, or a ScaledObject of KEDA, which makes one.
pub(crate) struct Scaler<'a> {
    /// The autoscaler.
    pub(crate) resource: &'a Resource,
    /// Its reference to what it scales.
    pub(crate) link: &'a Link,
    /// The most pods it may make, and where it says so: there, or at its name if it does not.
    pub(crate) most: (i64, Span),
}

/// As many autoscalers of one workload are looked at: already two of them fight each other.
pub(crate) const MOST_SCALERS: usize = 16;

/// The first autoscalers of a workload, in order.
pub(crate) fn of(
    graph: &DeploymentGraph,
    workload: ResourceId,
) -> impl Iterator<Item = Scaler<'_>> {
    let links = graph.incoming(workload);
    let links = links.filter(|it| it.relation == Relation::ScaleTarget);
    let scalers = links.filter_map(|link| {
        let resource = graph.resource(link.from);
        let root = graph.root(resource);
        let (stated, default) = match resource.gvk.kind.as_str() {
            "HorizontalPodAutoscaler" => (Autoscaler { resource, root }.max_replicas(), 1),
            "ScaledObject" => {
                let spec = root.field("spec");
                let stated = spec.and_then(|it| integer(it, "maxReplicaCount"));
                (stated, KEDA_MAXIMUM)
            }
            _ => return None,
        };
        let most = stated.as_ref().map_or(default, |it| it.value);
        let place = stated.map_or(resource.span, |it| graph.span_in(resource, it.range()));
        Some(Scaler {
            resource,
            link,
            most: (most, place),
        })
    });
    scalers.take(MOST_SCALERS)
}

/// Whether a VerticalPodAutoscaler gives the workload's pods requests when they are made.
pub(crate) fn has_vertical(graph: &DeploymentGraph, workload: &Resource) -> bool {
    graph.incoming(workload.id).any(|link| {
        let from = graph.resource(link.from);
        let policy = graph.root(from).at(&["spec", "updatePolicy"]);
        let mode = policy.and_then(|it| text(it, "updateMode"));
        from.gvk.kind == "VerticalPodAutoscaler" && mode.is_none_or(|it| it.value != "Off")
    })
}

impl Scaler<'_> {
    /// Where it names what it scales.
    pub(crate) fn place(&self, graph: &DeploymentGraph) -> Span {
        let node = graph.node(self.resource.file, self.link.node);
        graph.span_in(self.resource, node.range())
    }

    /// Whether it surely scales that workload: one that is deployed together with it, and no other could be meant.
    pub(crate) fn is_sure(&self) -> bool {
        let (ring, count) = self.choice();
        ring < Ring::Outward && count == 1
    }

    /// Whether another workload may be meant as well: it is one of several, or in a namespace that a kustomization decides, and none is known
    /// to be deployed together with the autoscaler.
    pub(crate) fn is_far_choice(&self, graph: &DeploymentGraph) -> bool {
        let (ring, count) = self.choice();
        let candidates = self.link.outcome.candidates().unwrap_or_default();
        let meant = far::most(graph, self.resource, false, (ring, candidates));
        ring >= Ring::Outward && count > 1 || meant == Confidence::Low
    }

    /// How near what it may scale is, and how many of that there are.
    fn choice(&self) -> (Ring, usize) {
        match &self.link.outcome {
            Outcome::Resolved {
                ring, candidates, ..
            } => (*ring, candidates.len()),
            _ => (Ring::Elsewhere, 0),
        }
    }
}
