//! How many pods a workload has, as far as that is certain, and how many it may have.

use kubelint_model::view::{Autoscaler, Workload, integer};
use kubelint_model::{DeploymentGraph, KubeNode, Resource, defaults};
use kubelint_parser::Span;

use crate::scalers;

/// A number of pods, and where it is stated.
#[derive(Clone, Copy)]
pub(crate) struct Count<'a> {
    /// The number.
    pub(crate) number: i64,
    /// Where it is stated; where none is, the name of the workload.
    pub(crate) span: Span,
    /// The autoscaler that states it, if it is not the workload.
    pub(crate) scaler: Option<&'a Resource>,
}

/// The least pods of a workload: its replicas, or what an autoscaler keeps at least. `None` if it has none, or nobody can tell.
///
/// A DaemonSet has one at least, and a Job needs no more than one at a time to come to its end.
pub(crate) fn least<'a>(graph: &'a DeploymentGraph, workload: &Workload<'a>) -> Option<Count<'a>> {
    let stated = desired(graph, workload)?;
    let scalers: Vec<_> = scalers::of(graph, workload.resource.id).collect();
    let [only] = scalers.as_slice() else {
        // Several fight each other.
        let number = if scalers.is_empty() { stated.number } else { 1 };
        return Some(Count { number, ..stated });
    };
    let least = only.is_sure().then(|| of_scaler(graph, only.resource));
    let least = least.flatten();
    Some(least.unwrap_or(Count {
        number: 1,
        ..stated
    }))
}

/// The most pods of a workload: its replicas, or what an autoscaler may make of them. `None` if it has none, or nobody can tell.
pub(crate) fn most<'a>(graph: &'a DeploymentGraph, workload: &Workload<'a>) -> Option<Count<'a>> {
    let stated = desired(graph, workload)?;
    let scalers = scalers::of(graph, workload.resource.id).filter(scalers::Scaler::is_sure);
    let most = scalers.max_by_key(|it| it.most.0).map(|it| Count {
        number: it.most.0,
        span: it.most.1,
        scaler: Some(it.resource),
    });
    Some(
        most.filter(|it| it.number > stated.number)
            .unwrap_or(stated),
    )
}

/// The number that the workload itself states.
fn desired<'a>(graph: &DeploymentGraph, workload: &Workload<'_>) -> Option<Count<'a>> {
    let resource = workload.resource;
    let spec = workload.root.field("spec");
    let (field, number) = match resource.gvk.kind.as_str() {
        "Pod" | "DaemonSet" | "CronJob" => (None, 1),
        "Job" => (spec.and_then(|it| it.field("parallelism")), 1),
        _ => {
            let replicas = spec.and_then(|it| it.field("replicas"));
            (replicas, defaults::REPLICAS)
        }
    };
    let stated = match field {
        Some(node) => node.integer()?,
        None => number,
    };
    if stated <= 0 {
        return None;
    }
    let is_job = resource.gvk.kind == "Job";
    Some(Count {
        number: if is_job { 1 } else { stated },
        span: field.map_or(resource.span, |it| graph.span_in(resource, it.range())),
        scaler: None,
    })
}

/// What an autoscaler keeps at least, if it keeps any.
fn of_scaler<'a>(graph: &'a DeploymentGraph, scaler: &'a Resource) -> Option<Count<'a>> {
    let root = graph.root(scaler);
    let (stated, default) = match scaler.gvk.kind.as_str() {
        "HorizontalPodAutoscaler" => {
            let autoscaler = Autoscaler {
                resource: scaler,
                root,
            };
            (autoscaler.min_replicas(), defaults::MIN_REPLICAS)
        }
        _ => (integer(root.field("spec")?, "minReplicaCount"), 0),
    };
    let number = stated.as_ref().map_or(default, |it| it.value);
    let place = stated.map_or(scaler.span, |it| graph.span_in(scaler, it.range()));
    (number > 0).then_some(Count {
        number,
        span: place,
        scaler: Some(scaler),
    })
}
