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

/// The most keys that are taken of one ConfigMap as variables: larger ones are no environment.
const MOST_KEYS: usize = 1000;

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
    // Those whose value is not known hide others all the same.
    let mut found: Vec<(String, Option<Variable<'a>>)> = Vec::new();
    for source in container.env_from() {
        let Some(holder) = config(source.config_map().map(|it| it.node)) else {
            continue;
        };
        let prefix = source.prefix().map(|it| it.value).unwrap_or_default();
        for (key, node, value) in data(graph, holder) {
            let name = format!("{prefix}{key}");
            let variable = Variable {
                name: name.clone(),
                holder,
                key: key.into_owned(),
                node,
                value,
            };
            found.push((name, Some(variable)));
        }
    }
    for variable in container.env() {
        let Some(name) = variable.name() else {
            continue;
        };
        let name = name.value.into_owned();
        let literal = variable.value().map(|value| Variable {
            name: name.clone(),
            holder: workload.resource,
            key: name.clone(),
            node: value.node,
            value: value.value,
        });
        let taken = || {
            let reference = variable.value_from()?.field("configMapKeyRef")?;
            let holder = config(reference.field("name"))?;
            let key = reference.field("key")?.string()?;
            let (node, value) = entry(graph, holder, &key)?;
            Some(Variable {
                name: name.clone(),
                holder,
                key: key.into_owned(),
                node,
                value,
            })
        };
        let variable = literal.or_else(taken);
        found.push((name, variable));
    }
    let mut seen = BTreeSet::new();
    found.reverse();
    found.retain(|it| seen.insert(it.0.clone()));
    found.reverse();
    found.into_iter().filter_map(|it| it.1).collect()
}

/// The value of one key of a ConfigMap, if it is text.
fn entry<'a>(
    graph: &'a DeploymentGraph,
    resource: &'a Resource,
    key: &str,
) -> Option<(Node<'a>, Cow<'a, str>)> {
    if resource.generated {
        let mut entries = data(graph, resource).into_iter();
        return entries.find(|it| it.0 == key).map(|it| (it.1, it.2));
    }
    let node = graph.root(resource).field("data")?.field(key)?;
    Some((node, node.string()?))
}

/// The first entries of a ConfigMap that are text: key, scalar, value.
fn data<'a>(
    graph: &'a DeploymentGraph,
    resource: &'a Resource,
) -> Vec<(Cow<'a, str>, Node<'a>, Cow<'a, str>)> {
    let root = graph.root(resource);
    if resource.generated {
        let literals = root.list("literals").into_iter().take(MOST_KEYS);
        let pairs = literals.filter_map(|it| {
            let text = it.decoded();
            let (key, value) = text.split_once('=')?;
            Some((key.to_owned().into(), it, value.to_owned().into()))
        });
        return pairs.collect();
    }
    let entries = root.field("data").into_iter().flat_map(Node::fields);
    let entries = entries.take(MOST_KEYS);
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
