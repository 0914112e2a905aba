//! The pods behind a selector, and the ports that they declare.

use kubelint_model::link::{Outcome, Selection};
use kubelint_model::reference::Relation;
use kubelint_model::view::{Container, ContainerKind, PodTemplate, Workload};
use kubelint_model::{DeploymentGraph, KubeNode, ResourceId, path};
use kubelint_parser::yaml::Node;

/// Names that mean the port of the program itself.
const OWN: [&str; 8] = [
    "PORT",
    "HTTP_PORT",
    "GRPC_PORT",
    "LISTEN_PORT",
    "LISTENING_PORT",
    "APP_PORT",
    "CONTAINER_PORT",
    "SERVICE_PORT",
];

/// Names of ports that serve something else than the program's own requests.
const ASIDE: [&str; 9] = [
    "actuator",
    "admin",
    "debug",
    "health",
    "management",
    "metrics",
    "monitoring",
    "pprof",
    "prom",
];

/// Whether a variable of this name means the port of the program itself.
pub(crate) fn is_own(variable: &str) -> bool {
    OWN.contains(&variable)
}

/// Whether a port of this name serves something else than the program's own requests.
pub(crate) fn is_aside(name: &str) -> bool {
    ASIDE.iter().any(|it| name.contains(it))
}

/// A pod template that a selector picks.
pub(crate) struct Pod<'a> {
    /// What it belongs to.
    pub(crate) workload: Workload<'a>,
    /// The template.
    pub(crate) template: PodTemplate<'a>,
}

/// A port that a container declares.
pub(crate) struct Declared<'a> {
    /// Its number.
    pub(crate) number: i64,
    /// Where the number stands.
    pub(crate) node: Node<'a>,
}

/// The pod templates that a selection picks.
pub(crate) fn pods<'a>(graph: &'a DeploymentGraph, selection: &Selection) -> Vec<Pod<'a>> {
    let picked = selection.picked.iter();
    let picked = picked.filter_map(|&(id, template)| Pod::of(graph, id, template));
    picked.collect()
}

impl<'a> Pod<'a> {
    /// The pod template number `template` of the workload `id`.
    pub(crate) fn of(graph: &'a DeploymentGraph, id: ResourceId, template: u32) -> Option<Self> {
        let workload = graph.workload(graph.resource(id))?;
        let template = workload.templates().into_iter().nth(template as usize)?;
        Some(Self { workload, template })
    }

    /// The containers that run as long as the pod does.
    pub(crate) fn running(&self) -> Vec<Container<'a>> {
        let containers = self.template.containers().into_iter();
        containers
            .filter(|it| it.kind != ContainerKind::Init)
            .collect()
    }

    /// The ports that they declare.
    pub(crate) fn declared(&self) -> Vec<Declared<'a>> {
        let containers = self.running().into_iter();
        containers.flat_map(|it| declared(&it)).collect()
    }

    /// Whether the pods read a ConfigMap whose text is not all here.
    pub(crate) fn has_unseen_config(&self, graph: &DeploymentGraph) -> bool {
        let links = graph.links.of(self.workload.resource.id).iter();
        let mut config = links.filter(|it| it.relation == Relation::ConfigMap);
        config.any(|it| match &it.outcome {
            Outcome::Resolved { candidates, .. } => candidates.iter().any(|&id| {
                let resource = graph.resource(id);
                let from_files = |key| !graph.root(resource).list(key).is_empty();
                resource.generated && (from_files("files") || from_files("envs"))
            }),
            _ => true,
        })
    }

    /// Whether a patch may still add ports, or containers that have some.
    pub(crate) fn may_change(&self, graph: &DeploymentGraph) -> bool {
        let spec = self.template.spec_path();
        ["containers", "initContainers"].iter().any(|list| {
            let ports = format!("{}[*].ports", path::field(&spec, list));
            graph.may_change(self.workload.resource, &ports)
        })
    }
}

impl Pod<'_> {
    /// Whether a patch may still tell the containers where to listen.
    pub(crate) fn may_be_told(&self, graph: &DeploymentGraph) -> bool {
        let containers = path::field(&self.template.spec_path(), "containers");
        ["command", "args", "env", "envFrom"].iter().any(|list| {
            let told = format!("{containers}[*].{list}");
            graph.may_change(self.workload.resource, &told)
        })
    }
}

/// The ports that a container declares by number.
pub(crate) fn declared<'a>(container: &Container<'a>) -> Vec<Declared<'a>> {
    let ports = container.ports().filter_map(|port| {
        let number = port.number()?;
        Some(Declared {
            number: number.value,
            node: number.node,
        })
    });
    ports.collect()
}
