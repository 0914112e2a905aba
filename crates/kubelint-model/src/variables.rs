//! The variables that a container gets, with where each value is really written: in its own `env`, or in a ConfigMap. Values of Secrets are
//! left out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::yaml::{Node, NodeId};
use kubelint_parser::{Span, TextRange};

use crate::link::{Link, Outcome};
use crate::view::{Container, EnvVar, Workload};
use crate::{DeploymentGraph, KubeNode, Resource, ResourceId};

/// A variable whose value is known.
#[derive(Clone)]
pub struct Variable<'a> {
    /// Its name within the container.
    pub name: String,
    /// The object that holds the value: the workload, or a ConfigMap.
    pub holder: &'a Resource,
    /// The name that it has there: its own, or the ConfigMap's key.
    pub key: String,
    /// The scalar that holds the value.
    pub node: Node<'a>,
    /// The value.
    pub value: Cow<'a, str>,
}

/// The most keys that are taken of one ConfigMap as variables: larger ones are no environment.
const MOST_KEYS: usize = 1000;

/// The most variables that all containers together are given by whole ConfigMaps: what a million tell, the others tell, too.
const MOST_GIVEN: usize = 1 << 20;

/// Reads the variables of containers. Thousands of them may refer to one ConfigMap of thousands of keys, which is read once.
pub struct Variables<'a> {
    graph: &'a DeploymentGraph,
    tables: BTreeMap<ResourceId, Rc<Table<'a>>>,
    /// The workload whose container was read last, and where its references lead.
    links: (Option<ResourceId>, BTreeMap<NodeId, &'a Link>),
    /// How many more variables whole ConfigMaps may give.
    left: usize,
}

/// What a ConfigMap holds.
struct Table<'a> {
    /// The first entries that are text, in order.
    first: Vec<(Cow<'a, str>, Text<'a>)>,
    /// All entries, by key; `None` for those that are no text.
    by_key: BTreeMap<Cow<'a, str>, Option<Text<'a>>>,
    /// Whether the first entries are all that it has.
    is_complete: bool,
}

/// The variables that a container gets.
pub struct Given<'a> {
    /// By name, in the order of the text; none for a value that is not known.
    pub given: Vec<(String, Option<Variable<'a>>)>,
    /// Whether these are all: what objects give by `envFrom` that were not found is not known.
    pub is_complete: bool,
}

/// A scalar and its text.
type Text<'a> = (Node<'a>, Cow<'a, str>);

/// The variables of a container by name, in order. Those whose value is not known hide others all the same.
type Found<'a> = Vec<(String, Option<Variable<'a>>)>;

impl<'a> Variables<'a> {
    /// Of the containers of `graph`, which knows where references lead ([`crate::Needs::links`]).
    pub const fn new(graph: &'a DeploymentGraph) -> Self {
        Self {
            graph,
            tables: BTreeMap::new(),
            links: (None, BTreeMap::new()),
            left: MOST_GIVEN,
        }
    }

    /// The variables of a container, in the order of its text. What two sources give is what the kubelet makes of it: `env` wins over
    /// `envFrom`, a later entry over an earlier one.
    pub fn of(&mut self, workload: &Workload<'a>, container: &Container<'a>) -> Vec<Variable<'a>> {
        let all = self.all_of(workload, container).given;
        all.into_iter().filter_map(|it| it.1).collect()
    }

    /// All variables of a container, as [`Self::of`], with those whose value is not known.
    pub fn all_of(&mut self, workload: &Workload<'a>, container: &Container<'a>) -> Given<'a> {
        let id = workload.resource.id;
        if self.links.0 != Some(id) {
            let links = self.graph.links.of(id).iter();
            self.links = (Some(id), links.map(|it| (it.node, it)).collect());
        }
        let mut found: Found<'a> = Vec::new();
        let mut is_complete = true;
        for source in container.env_from() {
            let prefix = source.prefix().map(|it| it.value).unwrap_or_default();
            is_complete &= match (source.config_map(), source.secret()) {
                (None, Some(secret)) => self.add_hidden(secret.node, &prefix, &mut found),
                (config, _) => self.add_all(config.map(|it| it.node), &prefix, &mut found),
            };
        }
        for variable in container.env() {
            self.add(workload, variable, &mut found);
        }
        let mut seen = BTreeSet::new();
        found.reverse();
        found.retain(|it| seen.insert(it.0.clone()));
        found.reverse();
        Given {
            given: found,
            is_complete,
        }
    }

    /// Adds what the ConfigMap gives that is named at `name`; whether that is all.
    fn add_all(&mut self, name: Option<Node<'a>>, prefix: &str, found: &mut Found<'a>) -> bool {
        let Some(holder) = self.config(name) else {
            return false;
        };
        let table = self.table(holder);
        for (key, (node, value)) in table.first.iter().take(self.left) {
            let name = format!("{prefix}{key}");
            let variable = Variable {
                name: name.clone(),
                holder,
                key: key.to_string(),
                node: *node,
                value: value.clone(),
            };
            found.push((name, Some(variable)));
        }
        let is_complete = table.is_complete && table.first.len() <= self.left;
        self.left = self.left.saturating_sub(table.first.len());
        is_complete
    }

    /// Adds the names that the Secret gives that is named at `name`; whether that are all.
    fn add_hidden(&mut self, name: Node<'a>, prefix: &str, found: &mut Found<'a>) -> bool {
        let holder = self.config(Some(name));
        let Some(data) = holder.and_then(|it| self.graph.config_data(it)) else {
            return false;
        };
        let names = data.keys.iter().take(self.left);
        found.extend(names.map(|(key, _)| (format!("{prefix}{key}"), None)));
        let is_complete = data.complete && data.keys.len() <= self.left;
        self.left = self.left.saturating_sub(data.keys.len());
        is_complete
    }

    /// Adds an entry of `env`.
    fn add(&mut self, workload: &Workload<'a>, variable: EnvVar<'a>, found: &mut Found<'a>) {
        let Some(name) = variable.name() else {
            return;
        };
        let name = name.value.into_owned();
        let known = match variable.value() {
            Some(value) => Some((workload.resource, name.clone(), value.node, value.value)),
            None => self.taken(variable),
        };
        let variable = known.map(|(holder, key, node, value)| Variable {
            name: name.clone(),
            holder,
            key,
            node,
            value,
        });
        found.push((name, variable));
    }

    /// The ConfigMap, key and text from which a variable takes its value.
    fn taken(
        &mut self,
        variable: EnvVar<'a>,
    ) -> Option<(&'a Resource, String, Node<'a>, Cow<'a, str>)> {
        let reference = variable.value_from()?.field("configMapKeyRef")?;
        let holder = self.config(reference.field("name"))?;
        let key = reference.field("key")?.string()?;
        let table = self.table(holder);
        let (node, value) = table.by_key.get(&key)?.clone()?;
        Some((holder, key.into_owned(), node, value))
    }

    /// The only ConfigMap or Secret that is meant where it is named.
    fn config(&self, name: Option<Node<'a>>) -> Option<&'a Resource> {
        let link = self.links.1.get(&name?.id())?;
        match &link.outcome {
            Outcome::Resolved {
                candidates,
                has_more: false,
                ..
            } if candidates.len() == 1 => Some(self.graph.resource(candidates[0])),
            _ => None,
        }
    }

    fn table(&mut self, resource: &'a Resource) -> Rc<Table<'a>> {
        let graph = self.graph;
        let table = self.tables.entry(resource.id);
        Rc::clone(table.or_insert_with(|| Rc::new(Table::of(graph, resource))))
    }
}

impl<'a> Table<'a> {
    fn of(graph: &'a DeploymentGraph, resource: &'a Resource) -> Self {
        let root = graph.root(resource);
        let entries: Vec<(Cow<'a, str>, Option<Text<'a>>)> = if resource.generated {
            let literals = root.list("literals").into_iter();
            let pairs = literals.filter_map(|it| {
                let text = it.decoded();
                let (key, value) = text.split_once('=')?;
                let value = Cow::Owned(value.to_owned());
                Some((Cow::Owned(key.to_owned()), Some((it, value))))
            });
            pairs.collect()
        } else {
            let entries = root.field("data").into_iter().flat_map(Node::fields);
            let texts = entries.filter_map(|it| {
                let node = it.value.resolved();
                Some((it.key.as_str()?, node.string().map(|text| (node, text))))
            });
            texts.collect()
        };
        let first = entries.iter().take(MOST_KEYS);
        let first = first.filter_map(|(key, text)| Some((key.clone(), text.clone()?)));
        let mut by_key = BTreeMap::new();
        let first: Vec<_> = first.collect();
        let is_stated = graph.config_data(resource).is_some_and(|it| it.complete);
        let is_complete = is_stated && first.len() == entries.len();
        for (key, text) in entries {
            by_key.entry(key).or_insert(text);
        }
        Self {
            first,
            by_key,
            is_complete,
        }
    }
}

impl Variable<'_> {
    /// The number that is the whole value, if it may be a port.
    pub fn port(&self) -> Option<i64> {
        let number: u16 = self.value.trim().parse().ok()?;
        (number > 0).then(|| i64::from(number))
    }

    /// Where the value is written: of a generator's literal only what follows the `=`.
    pub fn range(&self) -> TextRange {
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

    /// The place of the value.
    pub fn span(&self, graph: &DeploymentGraph) -> Span {
        graph.span_in(self.holder, self.range())
    }
}
