//! Variables of front ends that browsers read: names of the cluster in them, and values that come too late.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::address::{FrontEnd, Host, front_end};
use kubelint_model::link::{AddressLink, Destination};
use kubelint_model::view::{Container, ContainerKind, Workload};
use kubelint_model::{Cause, DeploymentGraph, KubeNode};

use crate::addresses::ByScalar;
use crate::{absence, evidence};
use kubelint_model::variables::{Variable, Variables};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// What commands hold that write variables into built files, build them, or serve the sources themselves.
const REWRITERS: [&str; 9] = [
    "envsubst",
    "sed ",
    "replace",
    "inject",
    "env.sh",
    "env-config",
    "build",
    "dev",
    "start",
];

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let mut seen = BTreeSet::new();
    let addresses = ByScalar::of(graph);
    let mut known = Variables::new(graph);
    for (workload, container) in graph.containers() {
        if container.kind == ContainerKind::Init {
            continue;
        }
        for variable in known.of(&workload, &container) {
            let Some(read) = front_end(&variable.name) else {
                continue;
            };
            let links = addresses.get(variable.holder.id, variable.node.id());
            let address = links.iter().copied().find(|it| is_of_cluster(it));
            if let Some(finding) = finding(graph, &workload, &container, &variable, read, address)
                && seen.insert((variable.holder.id, variable.node.id()))
            {
                out.push(finding);
            }
        }
    }
}

fn finding(
    graph: &DeploymentGraph,
    workload: &Workload<'_>,
    container: &Container<'_>,
    variable: &Variable<'_>,
    read: FrontEnd,
    address: Option<&AddressLink>,
) -> Option<Finding> {
    let name = &variable.name;
    let owner = absence::called(workload.resource);
    let (message, label, help) = if let Some(address) = address {
        let host = &address.mention.host;
        (
            format!(
                "`{name}` of {owner} hands browsers the host `{host}`, which only pods can look up"
            ),
            "no browser knows this name",
            "hand browsers an address outside the cluster, as that of the Ingress, or a path: `/api`",
        )
    } else if read == FrontEnd::Built {
        (
            format!(
                "`{name}` of {owner} is set when the pod starts, and read when the front end is built"
            ),
            "too late: the value was compiled in",
            "set it where the image is built, or write it into the files when the container starts",
        )
    } else {
        return None;
    };
    let place = address.map_or(variable.range(), |it| it.mention.place);
    let field = graph.path_at(variable.holder, variable.range());
    let is_doubtful = evidence::is_for_tests(graph, workload.resource)
        || graph.may_change(variable.holder, &field)
        || is_rewritten(container)
        // Only the image tells what becomes of it.
        || address.is_none();
    let confidence = if is_doubtful {
        Confidence::Low
    } else {
        evidence::in_template(graph, workload, &[]).min(Confidence::Medium)
    };
    let container_name = container.name().map(|it| it.value).unwrap_or_default();
    let workload_name = workload.resource.name.as_deref().unwrap_or_default();
    let mut finding = Finding::new(
        graph.span_in(variable.holder, place),
        message,
        Cause::env(workload_name, &container_name, name),
    )
    .label(label)
    .confidence(confidence)
    .about(variable.holder.id, field, "")
    .help(help);
    if let Some(Destination::Service { candidates, .. }) = address.map(|it| &it.destination)
        && let Some(service) = candidates.first()
    {
        let text = "the name of this Service, within the cluster";
        finding = finding.related(graph.resource(*service).span, text);
    } else if variable.holder.id != workload.resource.id {
        let place = graph.span_in(workload.resource, container.place().range());
        finding = finding.related(place, "read here");
    }
    Some(finding)
}

/// Whether only the cluster's DNS knows the host.
fn is_of_cluster(link: &AddressLink) -> bool {
    let is_full = matches!(Host::of(&link.mention.host), Host::Name(name) if name.is_full);
    is_full || matches!(link.destination, Destination::Service { .. })
}

/// Whether the container's command writes variables into files, or serves the sources, which read them.
fn is_rewritten(container: &Container<'_>) -> bool {
    let items = ["command", "args"]
        .into_iter()
        .flat_map(|it| container.node.list(it));
    let mut texts = items.filter_map(KubeNode::text_value);
    texts.any(|text| REWRITERS.iter().any(|it| text.contains(it)))
}
