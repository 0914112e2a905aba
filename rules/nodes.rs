//! Pods for which the nodes that the configuration declares have no room.

use kubelint_engine::settings::NodePool;
use kubelint_engine::{Finding, Findings, Severity};
use kubelint_model::view::Level;
use kubelint_model::{Cause, Quantity};
use kubelint_parser::Span;

use crate::absence::called;
use crate::pod_counts;
use crate::pod_needs::Pods;

/// Nodes that are alike.
pub(crate) struct Nodes {
    count: i64,
    cpu: Option<Quantity>,
    memory: Option<Quantity>,
}

/// The resources of nodes that can be declared.
const RESOURCES: [&str; 2] = ["cpu", "memory"];

impl Nodes {
    fn of(&self, resource: &str) -> Option<Quantity> {
        match resource {
            "cpu" => self.cpu,
            _ => self.memory,
        }
    }
}

/// The declared nodes; `None` unless all of them state how large they are.
pub(crate) fn read(pools: &[NodePool]) -> Option<Vec<Nodes>> {
    let quantity = |it: &Option<String>| it.as_deref().and_then(Quantity::parse);
    let nodes = pools.iter().map(|it| Nodes {
        count: i64::from(it.count),
        cpu: quantity(&it.cpu),
        memory: quantity(&it.memory),
    });
    let nodes: Vec<Nodes> = nodes.collect();
    let is_stated = |it: &Nodes| it.cpu.is_some() || it.memory.is_some();
    (!nodes.is_empty() && nodes.iter().all(is_stated)).then_some(nodes)
}

/// What a pod requests of each resource, in the order of [`RESOURCES`].
type Requests = [Quantity; 2];

/// Reports pods that no node can hold, and those of which there may be more than all nodes can hold.
///
/// What other pods need is not counted, so that there is less room than this.
pub(crate) fn check(pods: &Pods<'_>, nodes: &[Nodes], out: &mut Findings) {
    let request = |resource| {
        let defaults = pods.defaults.certain();
        let demand = pods.template.demand(resource, Level::Request, defaults);
        demand.ok().flatten().unwrap_or(Quantity::ZERO)
    };
    let requests = RESOURCES.map(request);
    let room = nodes
        .iter()
        .map(|it| fitting(it, &requests).saturating_mul(it.count));
    let room = room.fold(0, i64::saturating_add);
    if room == 0 {
        out.push(too_large(pods, nodes, &requests));
        return;
    }
    let kind = pods.resource().gvk.kind.as_str();
    // There is a pod of each DaemonSet on a node, and pods of Jobs wait for one another.
    if matches!(kind, "DaemonSet" | "Job" | "CronJob") {
        return;
    }
    let most = pod_counts::most(pods.graph, &pods.workload);
    if let Some(most) = most.filter(|it| it.number > room) {
        out.push(too_many(pods, &requests, &most, room));
    }
}

/// How many pods a node can hold.
fn fitting(node: &Nodes, requests: &Requests) -> i64 {
    let each = RESOURCES
        .iter()
        .zip(requests)
        .filter_map(|(resource, request)| node.of(resource)?.holds(*request));
    each.min().unwrap_or(i64::MAX)
}

fn too_large(pods: &Pods<'_>, nodes: &[Nodes], requests: &Requests) -> Finding {
    let workload = pods.resource();
    let message = format!(
        "a pod of {} requests {}, and no declared node has that much ({} at most): it is never scheduled",
        called(workload),
        written(requests),
        sizes(nodes),
    );
    let containers = pods.template.containers();
    let first = containers.first().map(|it| it.place().range());
    let place = first.map_or(workload.span, |it| pods.graph.span_in(workload, it));
    finding(pods, place, message, requests)
        .label(format!("requests {}", written(requests)))
        .help("lower the requests, or declare larger nodes under `cluster.nodes`")
}

fn too_many(
    pods: &Pods<'_>,
    requests: &Requests,
    most: &pod_counts::Count<'_>,
    room: i64,
) -> Finding {
    let workload = pods.resource();
    let (number, each) = (most.number, written(requests));
    let may = if most.scaler.is_some() {
        "may have"
    } else {
        "has"
    };
    let message = format!(
        "{} {may} {number} pods that request {each} each, and the declared nodes have room for {room} of them",
        called(workload),
    );
    finding(pods, most.span, message, requests)
        .label(format!("{number} pods that request {each} each"))
        .help("lower the number of pods or their requests, or declare more nodes under `cluster.nodes`")
}

fn finding(pods: &Pods<'_>, place: Span, message: String, requests: &Requests) -> Finding {
    let workload = pods.resource();
    let containers = pods.containers_path();
    let confidence = pods.confidence(&["spec.replicas", containers.as_str()]);
    // What the pods need is stated in one place, how many there may be in another.
    let cause = Cause::field_of(workload, &containers);
    Finding::new(place, message, cause)
        .at_most(Severity::Warning)
        .confidence(confidence)
        .about(workload.id, containers, written(requests))
}

/// What a pod requests, as in `` `2` cpu and `4Gi` memory ``.
fn written(requests: &Requests) -> String {
    let each = RESOURCES.iter().zip(requests);
    let stated = each.filter(|it| *it.1 > Quantity::ZERO);
    let stated = stated.map(|(resource, amount)| format!("`{}` of `{resource}`", amount.short()));
    stated.collect::<Vec<_>>().join(" and ")
}

/// The most of each resource that a node has.
fn sizes(nodes: &[Nodes]) -> String {
    let most = RESOURCES.iter().filter_map(|resource| {
        let of_nodes = nodes.iter().filter_map(|it| it.of(resource));
        let most = of_nodes.max()?;
        Some(format!("`{}` of `{resource}`", most.short()))
    });
    most.collect::<Vec<_>>().join(" and ")
}
