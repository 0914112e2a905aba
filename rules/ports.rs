//! What speaks for and against a port that no container declares: Kubernetes does not care whether a port is declared, only whether the
//! program listens on it.

use kubelint_model::link::{Outcome, Selection};
use kubelint_model::reference::{Picks, Relation};
use kubelint_model::view::{Container, ContainerKind, PodTemplate, Workload};
use kubelint_model::{
    DeploymentGraph, ImageRef, KubeNode, Resource, ResourceId, image_ports, path,
};
use kubelint_parser::yaml::Node;

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

/// The pod templates that the selector of a Service picks, and the selection.
pub(crate) fn selected(
    graph: &DeploymentGraph,
    service: ResourceId,
) -> Option<(&Selection, Vec<Pod<'_>>)> {
    let mut selections = graph.links.selections_of(service).iter();
    let selection = selections.find(|it| it.picks == Picks::Service)?;
    Some((selection, pods(graph, selection)))
}

/// The pod templates that a selection picks.
pub(crate) fn pods<'a>(graph: &'a DeploymentGraph, selection: &Selection) -> Vec<Pod<'a>> {
    let picked = selection.picked.iter().filter_map(|&(id, index)| {
        let workload = graph.workload(graph.resource(id))?;
        let template = workload.templates().into_iter().nth(index as usize)?;
        Some(Pod { workload, template })
    });
    picked.collect()
}

impl<'a> Pod<'a> {
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

    /// Whether anything that a container is told, asked or known for names the port `number`: then it may well listen there.
    pub(crate) fn mentions(&self, graph: &DeploymentGraph, number: i64) -> bool {
        let probes = || self.running().into_iter().flat_map(|it| it.probes());
        self.mentions_beside_probes(graph, number)
            || probes().any(|it| names(it.entry.value, number))
    }

    /// [`Self::mentions`], whatever the probes ask.
    pub(crate) fn mentions_beside_probes(&self, graph: &DeploymentGraph, number: i64) -> bool {
        let annotations = self.template.annotations();
        self.template.host_network()
            || annotations.is_some_and(|it| names(it, number))
            || self.running().iter().any(|it| is_told(it, number))
            || self.is_configured(graph, number)
    }

    /// Whether a ConfigMap that the workload reads names the port.
    fn is_configured(&self, graph: &DeploymentGraph, number: i64) -> bool {
        let links = graph.links.of(self.workload.resource.id).iter();
        let config = links.filter(|it| it.relation == Relation::ConfigMap);
        config
            .filter_map(|it| match &it.outcome {
                Outcome::Resolved { candidates, .. } => Some(candidates),
                _ => None,
            })
            .flatten()
            .any(|&id| names(graph.root(graph.resource(id)), number))
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

/// Whether the container's command, arguments, variables, hooks or image speak of the port.
fn is_told(container: &Container<'_>, number: i64) -> bool {
    let fields = ["command", "args", "lifecycle"]
        .into_iter()
        .filter_map(|it| container.node.field(it));
    let values = container
        .env()
        .filter_map(|it| Some(it.value()?.node))
        .chain(fields);
    let host = container
        .ports()
        .filter_map(|it| it.host_port())
        .any(|it| it.value == number);
    host || values.into_iter().any(|it| names(it, number)) || is_default(container, number)
}

/// Whether the container runs an image that is known to listen on the port by itself.
fn is_default(container: &Container<'_>, number: i64) -> bool {
    let image = container.image();
    let image = image.as_ref().and_then(|it| ImageRef::parse(&it.value));
    image.is_some_and(|it| image_ports::has(&it, number))
}

/// Whether a text below `node` holds `number` as a number of its own.
fn names(node: Node<'_>, number: i64) -> bool {
    let number = number.to_string();
    let mut open = vec![node.resolved()];
    // Aliases may make a small document a huge tree: what is too large to look through may hold anything.
    let mut budget = 20_000_u32;
    while let Some(node) = open.pop() {
        let Some(rest) = budget.checked_sub(1) else {
            return true;
        };
        budget = rest;
        if node.text_value().is_some_and(|it| holds(&it, &number)) {
            return true;
        }
        open.extend(node.items().map(Node::resolved));
        open.extend(node.fields().map(|it| it.value.resolved()));
    }
    false
}

/// Whether `text` holds `number`, with no digit beside it.
fn holds(text: &str, number: &str) -> bool {
    let is_digit = |it: Option<&u8>| it.is_some_and(u8::is_ascii_digit);
    text.match_indices(number).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|it| text.as_bytes().get(it));
        !is_digit(before) && !is_digit(text.as_bytes().get(at + number.len()))
    })
}

/// What messages call a workload: ``Deployment `api` ``.
pub(crate) fn called(resource: &Resource) -> String {
    let name = resource.name.as_ref().or(resource.generate_name.as_ref());
    match name {
        Some(name) => format!("{} `{name}`", resource.gvk.kind),
        None => resource.gvk.kind.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn numbers_stand_alone() {
        for (text, expected) in [
            ("--port=80", true),
            ("http://0.0.0.0:80/", true),
            ("8080", false),
            ("listen 8080 80;", true),
            ("180", false),
            ("", false),
        ] {
            assert_eq!(holds(text, "80"), expected, "{text}");
        }
    }
}
