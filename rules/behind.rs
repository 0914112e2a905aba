//! The pods behind Services: what they declare, each read once.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

use kubelint_model::link::Selection;
use kubelint_model::view::{Container, ServicePort, Text};
use kubelint_model::{DeploymentGraph, ResourceId};
use kubelint_parser::yaml::Node;

use crate::ports::{Declared, Pod};

/// So many names of a pod's ports are compared with one that it does not have.
pub(crate) const MOST_NAMES: usize = 100;

/// A pod that declares more ports is not compared with the ports of its Service one by one, and neither is a Service that has more.
pub(crate) const MOST_PORTS: usize = 64;

/// All pods that are asked for: thousands of Services may select one with thousands of ports.
pub(crate) struct AllBehind<'a> {
    graph: &'a DeploymentGraph,
    /// By resource and number of the template.
    pods: BTreeMap<(ResourceId, u32), Option<Rc<Behind<'a>>>>,
}

/// A pod that a Service selects.
pub(crate) struct Behind<'a> {
    pub(crate) pod: Pod<'a>,
    /// The first of the containers that run as long as it does, and how many they are.
    pub(crate) first_container: Option<Node<'a>>,
    pub(crate) containers: usize,
    /// The first of the ports that they declare by number, and how many they are.
    pub(crate) first: Option<Declared<'a>>,
    pub(crate) declared: usize,
    /// Whether all of those have one number.
    pub(crate) is_one_number: bool,
    /// The first names of their ports: [`MOST_NAMES`].
    pub(crate) names: Vec<Text<'a>>,
    /// All names of their ports, and for which protocols they stand.
    by_name: BTreeMap<String, Vec<(Text<'a>, String)>>,
    /// The names and numbers of their ports, unless they are more than [`MOST_PORTS`].
    ports: Vec<(Option<String>, Option<i64>)>,
    /// Whether it may declare more than is seen, but for what is injected.
    pub(crate) may_change: bool,
    /// The ports of containers that are injected, each once; `None` where they are not known.
    injected: Vec<Option<&'static RangeInclusive<i64>>>,
    /// Whether it reads a ConfigMap whose text is not all here.
    pub(crate) has_unseen_config: bool,
}

impl<'a> AllBehind<'a> {
    pub(crate) fn new(graph: &'a DeploymentGraph) -> Self {
        Self {
            graph,
            pods: BTreeMap::new(),
        }
    }

    /// The pods that a selection picks.
    pub(crate) fn of(&mut self, selection: &Selection) -> Vec<Rc<Behind<'a>>> {
        let graph = self.graph;
        let picked = selection.picked.iter();
        let pods = picked.filter_map(|&(id, template)| {
            let pod = self.pods.entry((id, template)).or_insert_with(|| {
                let pod = Pod::of(graph, id, template)?;
                Some(Rc::new(Behind::new(graph, pod)))
            });
            pod.clone()
        });
        pods.collect()
    }
}

impl<'a> Behind<'a> {
    fn new(graph: &'a DeploymentGraph, pod: Pod<'a>) -> Self {
        let containers = pod.running();
        let mut names = Vec::new();
        let mut by_name: BTreeMap<String, Vec<(Text<'a>, String)>> = BTreeMap::new();
        let mut ports = Vec::new();
        for port in containers.iter().flat_map(Container::ports) {
            if ports.len() <= MOST_PORTS {
                let name = port.name().map(|it| it.value.into_owned());
                ports.push((name, port.number().map(|it| it.value)));
            }
            let Some(name) = port.name() else { continue };
            if names.len() < MOST_NAMES {
                names.push(name.clone());
            }
            let of_name = by_name.entry(name.value.to_string()).or_default();
            of_name.push((name, port.protocol().into_owned()));
        }
        if ports.len() > MOST_PORTS {
            ports.clear();
        }
        let mut injected = Vec::new();
        for ports in pod.template.injections() {
            if !injected.contains(&ports) {
                injected.push(ports);
            }
        }
        let declared = pod.declared();
        let count = declared.len();
        let first_number = declared.first().map(|it| it.number);
        Self {
            first_container: containers.first().map(Container::place),
            containers: containers.len(),
            is_one_number: declared.iter().all(|it| Some(it.number) == first_number),
            first: declared.into_iter().next(),
            declared: count,
            names,
            by_name,
            ports,
            may_change: pod.may_change(graph),
            injected,
            has_unseen_config: pod.has_unseen_config(graph),
            pod,
        }
    }

    /// Whether containers are injected.
    pub(crate) fn is_injected(&self) -> bool {
        !self.injected.is_empty()
    }

    /// Whether a container that is injected may have the port `number`, or, without one, a port of some name.
    pub(crate) fn may_inject(&self, number: Option<i64>) -> bool {
        self.injected.iter().any(|ports| match (ports, number) {
            (Some(ports), Some(number)) => ports.contains(&number),
            _ => true,
        })
    }

    /// Whether it declares a port of this name or number that is none of `targets`, which are names and numbers.
    pub(crate) fn leaves(
        &self,
        name: Option<&str>,
        number: Option<i64>,
        targets: &[String],
    ) -> bool {
        self.ports.iter().any(|(its_name, its_number)| {
            let is_meant = name.is_some() && its_name.as_deref() == name
                || number.is_some() && *its_number == number;
            let is_target = |it: &String| {
                its_name.as_ref() == Some(it) || its_number.is_some_and(|no| no.to_string() == *it)
            };
            is_meant && !targets.iter().any(is_target)
        })
    }

    /// The port of this name that is declared for another protocol than `port` has, which counts for names.
    pub(crate) fn other_protocol(
        &self,
        text: &str,
        port: &ServicePort<'_>,
    ) -> Option<&(Text<'a>, String)> {
        let mut of_name = self.by_name.get(text)?.iter();
        of_name.find(|(_, protocol)| *protocol != port.protocol())
    }
}

#[cfg(test)]
mod tests {
    use kubelint_model::{Known, Needs, Targets};
    use kubelint_parser::source::{MemorySources, Sources};

    use super::*;

    /// As many Services as their one pod has ports: the pod is read once.
    #[test]
    fn pods_are_read_once() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: a}}\nspec: {containers: [{name: a, image: a}]}\n";
        let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: a}, ports: [{port: 80}]}\n";
        let text = format!("{pod}{}", service.repeat(20));
        let sources = MemorySources::new([("a.yaml", text.as_str())]);
        let needs = Needs {
            links: true,
            ..Needs::default()
        };
        let targets = Targets::of(sources.list());
        let known = Known::default();
        let graph = DeploymentGraph::read(&sources, targets, Vec::new(), &known, needs);
        let mut behind = AllBehind::new(&graph);
        let found: Vec<_> = graph
            .links
            .selections
            .iter()
            .flat_map(|it| behind.of(it))
            .collect();
        assert_eq!(found.len(), 20);
        assert!(found.iter().all(|it| Rc::ptr_eq(it, &found[0])));
    }
}
