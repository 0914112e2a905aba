//! The variables that a container gets, with where each value is really written: in its own `env`, or in a ConfigMap. Values of Secrets are
//! left out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::link::{Link, Outcome};
use kubelint_model::view::{Container, Workload};
use kubelint_model::{DeploymentGraph, KubeNode, Resource};
use kubelint_parser::yaml::{Node, NodeId};
use kubelint_parser::{Span, TextRange};

/// A variable whose value is known.
#[derive(Clone)]
pub(crate) struct Variable<'a> {
    /// Its name within the container.
    pub(crate) name: String,
    /// The object that holds the value: the workload, or a ConfigMap.
    pub(crate) holder: &'a Resource,
    /// The name that it has there: its own, or the ConfigMap's key.
    pub(crate) key: String,
    /// The scalar that holds the value.
    pub(crate) node: Node<'a>,
    /// The value.
    pub(crate) value: Cow<'a, str>,
}

/// The variables of a container, in the order of its text. What two sources give is what the kubelet makes of it: `env` wins over `envFrom`,
/// a later entry over an earlier one.
pub(crate) fn of<'a>(
    graph: &'a DeploymentGraph,
    workload: &Workload<'a>,
    container: &Container<'a>,
) -> Vec<Variable<'a>> {
    let links = graph.links.of(workload.resource.id);
    let links: BTreeMap<NodeId, &Link> = links.iter().map(|it| (it.node, it)).collect();
    let config = |name: Option<Node<'a>>| -> Option<&'a Resource> {
        let link = links.get(&name?.id())?;
        match &link.outcome {
            Outcome::Resolved {
                candidates,
                has_more: false,
                ..
            } if candidates.len() == 1 => Some(graph.resource(candidates[0])),
            _ => None,
        }
    };
    let mut found: Vec<Variable<'a>> = Vec::new();
    for source in container.env_from() {
        let name = source.config_map().map(|it| it.node);
        let prefix = source.prefix().map(|it| it.value).unwrap_or_default();
        for (key, node, value) in config(name).into_iter().flat_map(|it| data(graph, it)) {
            if let Some(holder) = config(name) {
                found.push(Variable {
                    name: format!("{prefix}{key}"),
                    holder,
                    key: key.into_owned(),
                    node,
                    value,
                });
            }
        }
    }
    for variable in container.env() {
        let Some(name) = variable.name() else {
            continue;
        };
        let name = name.value.into_owned();
        // Whatever it is, it hides what `envFrom` has under that name.
        found.retain(|it| it.name != name);
        if let Some(value) = variable.value() {
            found.push(Variable {
                key: name.clone(),
                name,
                holder: workload.resource,
                node: value.node,
                value: value.value,
            });
            continue;
        }
        let reference = variable
            .value_from()
            .and_then(|it| it.field("configMapKeyRef"));
        let holder = reference.and_then(|it| config(it.field("name")));
        let key = reference.and_then(|it| it.field("key")?.string());
        if let (Some(holder), Some(key)) = (holder, key) {
            let mut entries = data(graph, holder).into_iter();
            if let Some((_, node, value)) = entries.find(|it| it.0 == key) {
                found.push(Variable {
                    name,
                    holder,
                    key: key.into_owned(),
                    node,
                    value,
                });
            }
        }
    }
    let mut seen = BTreeSet::new();
    found.reverse();
    found.retain(|it| seen.insert(it.name.clone()));
    found.reverse();
    found
}

/// The entries of a ConfigMap that are text: key, scalar, value.
fn data<'a>(
    graph: &'a DeploymentGraph,
    resource: &'a Resource,
) -> Vec<(Cow<'a, str>, Node<'a>, Cow<'a, str>)> {
    let root = graph.root(resource);
    if resource.generated {
        let literals = root.list("literals").into_iter();
        let pairs = literals.filter_map(|it| {
            let text = it.decoded();
            let (key, value) = text.split_once('=')?;
            Some((key.to_owned().into(), it, value.to_owned().into()))
        });
        return pairs.collect();
    }
    let entries = root.field("data").into_iter().flat_map(Node::fields);
    let texts = entries.filter_map(|it| {
        let node = it.value.resolved();
        Some((it.key.as_str()?, node, node.string()?))
    });
    texts.collect()
}

impl Variable<'_> {
    /// The number that is the whole value, if it may be a port.
    pub(crate) fn port(&self) -> Option<i64> {
        let number: u16 = self.value.trim().parse().ok()?;
        (number > 0).then(|| i64::from(number))
    }

    /// Where the value is written: of a generator's literal only what follows the `=`.
    pub(crate) fn range(&self) -> TextRange {
        let range = self.node.range();
        if !self.holder.generated {
            return range;
        }
        let decoded = self.node.decode();
        let value = decoded.text.find('=').map_or(0, |it| it + 1);
        let value = TextRange::new(value as u32, decoded.text.len() as u32);
        let parts = decoded.source_ranges(value).into_iter();
        parts.reduce(TextRange::cover).unwrap_or(range)
    }

    pub(crate) fn span(&self, graph: &DeploymentGraph) -> Span {
        graph.span_in(self.holder, self.range())
    }
}
