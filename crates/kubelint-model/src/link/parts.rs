//! Looks for the keys and ports that references ask for in the objects they lead to.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::Span;
use kubelint_parser::yaml::Node;
use rayon::prelude::*;

use crate::placeholder::is_replaced;
use crate::reference::Part;
use crate::view::{IntOrString, Service};
use crate::{DeploymentGraph, Resource, ResourceId};

use super::amend::Amendments;
use super::made_keys::MadeKeys;
use super::resolve::Draft;
use super::{Outcome, PartOutcome};

/// Something of an object that a reference may ask for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name<'a> {
    /// A key of a ConfigMap or Secret.
    Key(Cow<'a, str>),
    /// A port of a Service, by its number.
    Number(i64),
    /// A port of a Service, by its name.
    Named(Cow<'a, str>),
    /// A port of a Service's endpoints, by its number.
    Target(i64),
}

/// What an object has.
#[derive(Default)]
pub(super) struct Table<'g> {
    /// Sorted.
    has: Vec<(Name<'g>, Span)>,
    /// Whether it may have more, or may lose some.
    is_open: bool,
    /// Whether only the pods say what the numbers of some of its endpoints' ports are.
    has_named_targets: bool,
}

/// Says of each reference that asks for a key or port whether it is there.
pub(super) fn find(graph: &DeploymentGraph, drafts: &mut [Draft<'_>]) {
    let mut asked: BTreeSet<ResourceId> = BTreeSet::new();
    for draft in drafts.iter().filter(|it| it.part.is_some()) {
        if let Outcome::Resolved { candidates, .. } = &draft.link.outcome {
            asked.extend(candidates);
        }
    }
    let asked: Vec<ResourceId> = asked.into_iter().collect();
    let amendments = Amendments::new(graph);
    let tables = asked
        .into_par_iter()
        .map(|id| (id, whole_table(graph, &amendments, id)));
    let tables: BTreeMap<ResourceId, Table<'_>> = tables.collect();
    let made = MadeKeys::new(graph);
    drafts.par_iter_mut().for_each(|draft| {
        let outcome = match &draft.link.outcome {
            Outcome::External(_) => made.outcome(&draft.link),
            _ => match outcome(draft, &tables) {
                // A command may make it once more, or add keys to it.
                Some(PartOutcome::Absent) if matches!(draft.part, Some(Part::Key(_))) => {
                    made.outcome(&draft.link).or(Some(PartOutcome::Absent))
                }
                found => found,
            },
        };
        if let (Some(outcome), Some(part)) = (outcome, &mut draft.link.part) {
            part.outcome = outcome;
        }
    });
}

/// Whether what `draft` asks for is there; `None` if it asks for nothing.
fn outcome(draft: &Draft<'_>, tables: &BTreeMap<ResourceId, Table<'_>>) -> Option<PartOutcome> {
    let Outcome::Resolved {
        candidates,
        has_more,
        ..
    } = &draft.link.outcome
    else {
        return None;
    };
    let part = draft.link.part.as_ref()?;
    let names: Vec<Name<'_>> = match draft.part.as_ref()? {
        Part::Key(_) => vec![Name::Key(part.text.as_str().into())],
        Part::Port(IntOrString::Int(number), _) => vec![Name::Number(*number)],
        Part::Port(IntOrString::Str(name), _) => {
            // Ingress controllers read a number in quotes as a number.
            let number = name.parse().ok().map(Name::Number);
            let name = Name::Named(name.clone());
            number.into_iter().chain([name]).collect()
        }
        Part::EndpointPort(IntOrString::Int(number), _) => vec![Name::Target(*number)],
        Part::EndpointPort(IntOrString::Str(name), _) => vec![Name::Named(name.clone())],
    };
    let tables: Vec<&Table<'_>> = candidates.iter().filter_map(|it| tables.get(it)).collect();
    let place = |table: &&Table<'_>| {
        let found = names.iter().find_map(|name| {
            let at = table.has.binary_search_by(|it| it.0.cmp(name)).ok()?;
            table.has.get(at)
        });
        found.map(|it| it.1)
    };
    let by_target = names.iter().any(|it| matches!(it, Name::Target(_)));
    let is_open = |table: &&Table<'_>| table.is_open || (by_target && table.has_named_targets);
    Some(if let Some(span) = tables.iter().find_map(place) {
        PartOutcome::Present(span)
    } else if *has_more || is_replaced(&part.text) || tables.iter().any(is_open) {
        PartOutcome::Unknown
    } else {
        PartOutcome::Absent
    })
}

/// Whether one of some Services has the port `number`. What is known of each is `None` if nobody can tell what it has.
pub(super) fn port<'t, 'g: 't>(
    tables: impl Iterator<Item = Option<&'t Table<'g>>>,
    has_more: bool,
    number: u16,
) -> PartOutcome {
    let wanted = Name::Number(number.into());
    let mut is_open = has_more;
    for table in tables {
        let Some(table) = table else {
            is_open = true;
            continue;
        };
        let at = table.has.binary_search_by(|it| it.0.cmp(&wanted));
        if let Some((_, place)) = at.ok().and_then(|it| table.has.get(it)) {
            return PartOutcome::Present(*place);
        }
        is_open |= table.is_open || table.has.is_empty();
    }
    if is_open {
        PartOutcome::Unknown
    } else {
        PartOutcome::Absent
    }
}

/// What the object `id` states itself.
pub(super) fn table(graph: &DeploymentGraph, id: ResourceId) -> Table<'_> {
    let resource = graph.resource(id);
    let mut table = match resource.gvk.kind.as_str() {
        "ConfigMap" | "Secret" => keys(graph, resource),
        "Service" => ports(graph, resource),
        _ => Table {
            is_open: true,
            ..Table::default()
        },
    };
    table.sort();
    table
}

/// What the object `id` has, with what generators add to it.
fn whole_table<'g>(
    graph: &'g DeploymentGraph,
    amendments: &Amendments<'g>,
    id: ResourceId,
) -> Table<'g> {
    let mut table = table(graph, id);
    let sharing = amendments.sharing(graph, graph.resource(id));
    table.is_open |= sharing.is_open;
    for other in sharing.others {
        let other = keys(graph, graph.resource(other));
        table.is_open |= other.is_open;
        table.has.extend(other.has);
    }
    table.sort();
    table
}

impl Table<'_> {
    fn sort(&mut self) {
        self.has.sort();
        self.has.dedup_by(|a, b| a.0 == b.0);
    }
}

/// The fields of ConfigMaps and Secrets that hold their data.
const DATA: [&str; 3] = ["data", "binaryData", "stringData"];

/// The keys that a ConfigMap or Secret states itself.
fn keys<'g>(graph: &'g DeploymentGraph, resource: &'g Resource) -> Table<'g> {
    let data = graph.config_data(resource).unwrap_or_default();
    let is_changed = DATA.iter().any(|it| graph.may_change(resource, it));
    let is_open = !data.complete || data.keys.is_empty() || is_changed;
    let has = data.keys.into_iter();
    let has = has.map(|(key, node)| (Name::Key(key), graph.span_in(resource, node.range())));
    Table {
        has: has.collect(),
        is_open,
        has_named_targets: false,
    }
}

/// The ports of a Service, and those of its endpoints.
fn ports<'g>(graph: &'g DeploymentGraph, resource: &'g Resource) -> Table<'g> {
    let service = Service {
        resource,
        root: graph.root(resource),
    };
    let mut table = Table {
        is_open: service.kind() == "ExternalName" || graph.may_change(resource, "spec.ports"),
        ..Table::default()
    };
    let span = |node: Node<'_>| graph.span_in(resource, node.range());
    for port in service.ports() {
        if let Some(name) = port.name() {
            table.is_open |= is_replaced(&name.value);
            table.has.push((Name::Named(name.value), span(name.node)));
        }
        match port.number() {
            Some(it) => table.has.push((Name::Number(it.value), span(it.node))),
            None => table.is_open = true,
        }
        match port.effective_target_port().map(|it| (it.value, it.node)) {
            Some((IntOrString::Int(target), node)) => {
                table.has.push((Name::Target(target), span(node)));
            }
            _ => table.has_named_targets = true,
        }
    }
    table
}
