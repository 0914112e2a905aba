//! Pods on the node's network that call names of the cluster and ask the node's DNS for them.

use std::collections::BTreeMap;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::address::{Host, Use};
use kubelint_model::link::Destination;
use kubelint_model::view::{PodTemplate, Workload, text};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, ResourceId, path};
use kubelint_parser::yaml::NodeId;

use crate::addresses::{self, Stated};
use crate::{absence, evidence};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// The most addresses that are shown of a pod.
const MOST_PLACES: usize = 3;

/// A pod template that calls names of the cluster.
struct Caller<'a> {
    workload: Workload<'a>,
    template: PodTemplate<'a>,
    calls: Vec<Stated<'a>>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let is_affected = |it: &PodTemplate<'_>| it.host_network() && asks_node(it);
    let mut templates = graph.workloads().flat_map(|it| it.templates());
    if !templates.any(|it| is_affected(&it)) {
        return;
    }
    let mut callers: BTreeMap<(ResourceId, NodeId), Caller<'_>> = BTreeMap::new();
    for stated in addresses::all(graph).filter(is_called) {
        for (workload, template) in stated.readers() {
            if is_affected(&template) {
                let key = (workload.resource.id, template.node.id());
                let caller = callers.entry(key).or_insert_with(|| Caller {
                    workload,
                    template,
                    calls: Vec::new(),
                });
                caller.calls.push(stated);
            }
        }
    }
    for caller in callers.values() {
        if let Some(finding) = finding(graph, caller) {
            out.push(finding);
        }
    }
}

/// Whether the address is called, by a name that only the cluster's DNS knows.
fn is_called(stated: &Stated<'_>) -> bool {
    let mention = &stated.link.mention;
    let is_full = || matches!(Host::of(&mention.host), Host::Name(name) if name.is_full);
    let is_name = match &stated.link.destination {
        Destination::Service { .. } => true,
        Destination::External(_) | Destination::Missing(_) => is_full(),
        Destination::Loopback { .. } | Destination::Other => false,
    };
    is_name && !mention.is_comment && mention.used() == Use::Called
}

/// Whether the pods ask the DNS of their node: on its network, `ClusterFirst`, which is the default, does so as well as `Default`
/// (`getPodDNSType` of the kubelet).
fn asks_node(template: &PodTemplate<'_>) -> bool {
    let policy = template.spec().and_then(|it| text(it, "dnsPolicy"));
    policy.is_none_or(|it| matches!(&*it.value, "ClusterFirst" | "Default" | ""))
}

fn finding(graph: &DeploymentGraph, caller: &Caller<'_>) -> Option<Finding> {
    let resource = caller.workload.resource;
    let spec = caller.template.spec()?;
    let stated = spec
        .field("dnsPolicy")
        .or_else(|| spec.field("hostNetwork"))?;
    let policy = path::field(&caller.template.spec_path(), "dnsPolicy");
    let network = path::field(&caller.template.spec_path(), "hostNetwork");
    let confidence = if evidence::is_for_tests(graph, resource) {
        Confidence::Low
    } else {
        evidence::in_template(graph, &caller.workload, &[&policy, &network])
    };
    let message = format!(
        "{} is on the node's network and asks the node's DNS, which knows no names of the cluster",
        absence::called(resource)
    );
    let mut finding = Finding::new(
        graph.span_in(resource, stated.range()),
        message,
        Cause::field_of(resource, &policy),
    )
    .label(if spec.field("dnsPolicy").is_some() {
        "on the node's network, this is the node's DNS"
    } else {
        "without a `dnsPolicy`, the node's DNS is asked"
    })
    .confidence(confidence.min(Confidence::Medium))
    .about(resource.id, policy, "")
    .help("add `dnsPolicy: ClusterFirstWithHostNet`");
    for call in caller.calls.iter().take(MOST_PLACES) {
        finding = finding.related(call.span(), "only the cluster's DNS knows this name");
    }
    Some(finding)
}
