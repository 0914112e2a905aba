//! What speaks for a port that no container declares: Kubernetes does not care whether a port is declared, only whether the program listens
//! on it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_model::link::Outcome;
use kubelint_model::reference::Relation;
use kubelint_model::view::Container;
use kubelint_model::{DeploymentGraph, ImageRef, KubeNode, ResourceId, image_ports};
use kubelint_parser::yaml::Node;

use crate::ports::Pod;

/// Aliases may make a small document a huge tree: what has more nodes than these may name any port.
const MOST_NODES: u32 = 20_000;

/// Whoever reads more ConfigMaps than these may be told any port.
const MOST_CONFIGS: usize = 64;

/// The ports that pods and their configuration name. Each text is read once, however many Services and probes ask for however many ports.
pub(crate) struct Mentions<'a> {
    graph: &'a DeploymentGraph,
    /// By workload and the path of its template.
    pods: RefCell<BTreeMap<(ResourceId, String), Rc<Said>>>,
    /// Of ConfigMaps.
    configs: RefCell<BTreeMap<ResourceId, Rc<Numbers>>>,
}

/// What the containers of a pod are told, asked and known for.
struct Said {
    /// Whatever probes ask left out.
    told: Numbers,
    /// What probes ask.
    asked: Numbers,
    /// The ConfigMaps that the workload reads.
    configs: Vec<ResourceId>,
}

/// The numbers that stand in texts, as numbers of their own.
#[derive(Default)]
struct Numbers {
    /// Whether any number may be one of them.
    any: bool,
    found: BTreeSet<i64>,
}

impl<'a> Mentions<'a> {
    pub(crate) fn new(graph: &'a DeploymentGraph) -> Self {
        Self {
            graph,
            pods: RefCell::default(),
            configs: RefCell::default(),
        }
    }

    /// Whether anything that a container is told, asked or known for names the port `number`: then it may well listen there.
    pub(crate) fn has(&self, pod: &Pod<'a>, number: i64) -> bool {
        self.said(pod).asked.has(number) || self.has_beside_probes(pod, number)
    }

    /// [`Self::has`], whatever the probes ask.
    pub(crate) fn has_beside_probes(&self, pod: &Pod<'a>, number: i64) -> bool {
        let said = self.said(pod);
        let mut configs = said.configs.iter();
        said.told.has(number) || configs.any(|it| self.config(*it).has(number))
    }

    fn said(&self, pod: &Pod<'a>) -> Rc<Said> {
        let key = (pod.workload.resource.id, pod.template.path.to_string());
        let mut pods = self.pods.borrow_mut();
        let said = pods.entry(key);
        Rc::clone(said.or_insert_with(|| Rc::new(Said::of(self.graph, pod))))
    }

    fn config(&self, id: ResourceId) -> Rc<Numbers> {
        let mut configs = self.configs.borrow_mut();
        let numbers = configs.entry(id).or_insert_with(|| {
            let mut numbers = Numbers::default();
            numbers.read(self.graph.root(self.graph.resource(id)));
            Rc::new(numbers)
        });
        Rc::clone(numbers)
    }
}

impl Said {
    fn of(graph: &DeploymentGraph, pod: &Pod<'_>) -> Self {
        let (mut told, mut asked) = (Numbers::default(), Numbers::default());
        told.any = pod.template.host_network();
        if let Some(annotations) = pod.template.annotations() {
            told.read(annotations);
        }
        for container in pod.running() {
            told.add_container(&container);
            for probe in container.probes() {
                asked.read(probe.entry.value);
            }
        }
        let links = graph.links.of(pod.workload.resource.id).iter();
        let links = links.filter(|it| it.relation == Relation::ConfigMap);
        let configs = links.filter_map(|it| match &it.outcome {
            Outcome::Resolved { candidates, .. } => Some(candidates),
            _ => None,
        });
        let mut configs: Vec<ResourceId> = configs.flatten().copied().collect();
        configs.sort_unstable();
        configs.dedup();
        told.any |= configs.len() > MOST_CONFIGS;
        configs.truncate(MOST_CONFIGS);
        Self {
            told,
            asked,
            configs,
        }
    }
}

impl Numbers {
    fn has(&self, number: i64) -> bool {
        self.any || self.found.contains(&number)
    }

    /// Adds what the container's command, arguments, variables, hooks and image speak of.
    fn add_container(&mut self, container: &Container<'_>) {
        for field in ["command", "args", "lifecycle"] {
            if let Some(node) = container.node.field(field) {
                self.read(node);
            }
        }
        for value in container.env().filter_map(|it| it.value()) {
            self.read(value.node);
        }
        let host_ports = container.ports().filter_map(|it| it.host_port());
        self.found.extend(host_ports.map(|it| it.value));
        let image = container.image();
        let image = image.as_ref().and_then(|it| ImageRef::parse(&it.value));
        if let Some(image) = image {
            self.found.extend(image_ports::of(&image));
        }
    }

    /// Adds what the texts below `node` hold.
    fn read(&mut self, node: Node<'_>) {
        let mut open = vec![node.resolved()];
        let mut budget = MOST_NODES;
        while let Some(node) = open.pop() {
            let Some(rest) = budget.checked_sub(1) else {
                self.any = true;
                return;
            };
            budget = rest;
            if let Some(text) = node.text_value() {
                self.add(&text);
            }
            open.extend(node.items().map(Node::resolved));
            open.extend(node.fields().map(|it| it.value.resolved()));
        }
    }

    /// Adds the numbers of `text` with no digit beside them.
    fn add(&mut self, text: &str) {
        let runs = text.split(|it: char| !it.is_ascii_digit());
        // `007` is not 7.
        let numbers = runs.filter(|it| it.len() == 1 || !it.starts_with('0'));
        self.found
            .extend(numbers.filter_map(|it| it.parse::<i64>().ok()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_alone() {
        for (text, expected) in [
            ("--port=80", true),
            ("http://0.0.0.0:80/", true),
            ("8080", false),
            ("listen 8080 80;", true),
            ("180", false),
            ("080", false),
            ("", false),
        ] {
            let mut numbers = Numbers::default();
            numbers.add(text);
            assert_eq!(numbers.has(80), expected, "{text}");
        }
    }
}
