//! The pods behind Services: what they declare, each read once.

use std::collections::BTreeMap;
use std::rc::Rc;

use kubelint_model::link::Selection;
use kubelint_model::view::{Container, ServicePort, Text};
use kubelint_model::{DeploymentGraph, ResourceId};
use kubelint_parser::yaml::Node;

use crate::ports::{Declared, Pod};

/// So many names of a pod's ports are compared with one that it does not have.
pub(crate) const MOST_NAMES: usize = 100;

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
    /// Whether it may declare more than is seen.
    pub(crate) may_change: bool,
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
        for port in containers.iter().flat_map(Container::ports) {
            let Some(name) = port.name() else { continue };
            if names.len() < MOST_NAMES {
                names.push(name.clone());
            }
            let of_name = by_name.entry(name.value.to_string()).or_default();
            of_name.push((name, port.protocol().into_owned()));
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
            may_change: pod.may_change(graph) || pod.template.is_injected(),
            has_unseen_config: pod.has_unseen_config(graph),
            pod,
        }
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
    use kubelint_model::{Known, Needs, Targets, extract, link, load, plan};
    use kubelint_parser::source::{MemorySources, SourcePath};

    use super::*;

    /// As many Services as their one pod has ports: the pod is read once.
    #[test]
    fn pods_are_read_once() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: a}}\nspec: {containers: [{name: a, image: a}]}\n";
        let service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: a}, ports: [{port: 80}]}\n";
        let text = format!("{pod}{}", service.repeat(20));
        let path = SourcePath::new("a.yaml");
        let sources = MemorySources::new([("a.yaml", text.as_str())]);
        let needs = Needs {
            links: true,
            ..Needs::default()
        };
        let files = load(&sources, Targets::of(&[path]), Vec::new(), needs);
        let facts = extract(&files);
        let plan = plan(&files, &facts);
        let graph = link(files, facts, plan, &Known::default(), needs);
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
