//! Links: where references and selectors lead, through each object's [reach](crate::reach).

mod address;
mod amend;
mod index;
mod made_keys;
mod mention;
mod missing;
mod name_index;
mod near;
mod parts;
mod ports;
mod resolve;
pub mod script;
mod select;
#[cfg(test)]
mod tests;
mod unread;

use std::collections::BTreeMap;

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::NodeId;
use kubelint_parser::{Span, TextRange};
use rayon::prelude::*;

use crate::address::Mention;
use crate::made::{Maker, Makers};
use crate::purpose::Purpose;
use crate::reach::{Reach, Ring};
use crate::reference::{self, ObjectName, Picks, Relation};
use crate::{DeploymentGraph, Known, ResourceId};

pub(crate) use address::find_in_source;
pub use name_index::NameIndex;
pub use near::{Nearness, are_sibling_names, near_miss};
use resolve::{Draft, Resolver};
use script::ScriptLink;
use select::Selecting;

/// All links of a graph.
#[derive(Debug, Default)]
pub struct Links {
    /// By name, in the order of resources and of their text.
    pub references: Vec<Link>,
    /// By labels, in the order of resources and of their text.
    pub selections: Vec<Selection>,
    /// The ports of Services, in the order of resources and of their text.
    pub target_ports: Vec<TargetPort>,
    /// The addresses in texts, in the order of resources and of their texts. Left out is what files say of hosts that are none of the cluster.
    pub addresses: Vec<AddressLink>,
    /// The objects that the commands of scripts name, in the order of scripts, of their commands and of the words.
    pub scripts: Vec<ScriptLink>,
    /// How many references of each kind of target there are, and how many of them resolve: in the whole repository, without tests.
    pub resolved: BTreeMap<Relation, Ratio>,
    incoming: Incoming,
}

/// How many of some references resolve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    /// Those that lead to an object in reach.
    pub resolved: u32,
    /// All, without those that are external or optional.
    pub all: u32,
}

/// A reference by name, and where it leads.
#[derive(Clone, Debug)]
pub struct Link {
    /// The object that refers.
    pub from: ResourceId,
    /// How it refers.
    pub relation: Relation,
    /// What it names.
    pub target: ObjectName,
    /// Where the name is written, in the file of `from`.
    pub node: NodeId,
    /// Whether the reference states the namespace itself.
    pub states_namespace: bool,
    /// Whether it may lead nowhere.
    pub is_optional: bool,
    /// Where it leads.
    pub outcome: Outcome,
    /// What of the object it asks for, and whether that is there. Only resolved links have it, and those to what a script makes with keys.
    pub part: Option<PartLink>,
}

/// Where a reference leads.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// To one of these, which are equally near.
    Resolved {
        /// How near they are.
        ring: Ring,
        /// Them; never empty.
        candidates: Vec<ResourceId>,
        /// Whether there are more.
        has_more: bool,
    },
    /// Nowhere.
    Missing(Box<Missing>),
    /// To something that is made elsewhere.
    External(Maker),
    /// Nobody can tell: the name holds text that something replaces, or a search among too many objects of that name gave up.
    Unknown,
}

impl Outcome {
    /// All that a reference leads to, which are equally near; `None` if it leads nowhere, or nobody can tell what else it leads to.
    pub fn candidates(&self) -> Option<&[ResourceId]> {
        match self {
            Self::Resolved {
                candidates,
                has_more: false,
                ..
            } => Some(candidates),
            _ => None,
        }
    }
}

/// What is known of something that is not there.
#[derive(Clone, Debug, Default)]
pub struct Missing {
    /// Objects of the same kind in the same file or directory whose name is nearly the same, nearest first.
    pub near: Vec<ResourceId>,
    /// Objects of that name in reach, in another namespace than the one that is asked.
    pub other_namespace: Vec<ResourceId>,
    /// Objects of that name that are there in some of the builds that hold the referring object, but not in all.
    pub in_some_builds: Vec<ResourceId>,
    /// Objects of that name that only alternatives or tests have.
    pub elsewhere: Vec<ResourceId>,
    /// A script, document or Terraform file that mentions the name.
    pub mentioned: Option<Span>,
    /// Whether another reference of the same kind, from the same directory and into the same namespace, leads to an object of that
    /// directory: what is named there is stated there.
    pub has_resolved_neighbour: bool,
    /// Whether something that was not read may bring it: a remote base, a patch that cannot be read, a generator from elsewhere.
    pub may_be_unseen: bool,
    /// Manifests that a kustomization names and that are not there. What they are called does not speak of the object, so it is
    /// unlikely, though not out of the question, that one of them would state it.
    pub absent_files: Vec<SourcePath>,
    /// What speaks for its being brought by something that is not in the repository.
    pub brought: Option<Brought>,
}

/// Why an object that no file states may be there all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// A chart's release or an operator is installed beside what refers to it, a custom resource is called like it, or whoever stands beside it
    /// may create Secrets.
    Installed,
    /// At least three objects of the kind that are named from the directory are not there, and few others are: they are kept elsewhere.
    KeptElsewhere,
}

/// The key or port that a resolved reference asks for.
#[derive(Clone, Debug)]
pub struct PartLink {
    /// Where it is written, in the file of the referring object.
    pub node: NodeId,
    /// The key, or the port's number or name.
    pub text: String,
    /// Whether it is there.
    pub outcome: PartOutcome,
}

/// Whether a key or port is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartOutcome {
    /// One of the candidates has it: where.
    Present(Span),
    /// All candidates were read whole, and none has it.
    Absent,
    /// A candidate may have it: it has no data yet, is filled by a controller, or holds text that something replaces.
    Unknown,
}

/// What a selector picks.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The object that states the selector.
    pub from: ResourceId,
    /// What it is for.
    pub picks: Picks,
    /// The selector's mapping, in the file of `from`.
    pub node: NodeId,
    /// How near what it picks is; `None` if it picks nothing in reach.
    pub ring: Option<Ring>,
    /// What it picks there: resources, and the number of the pod template within each (0 for Services).
    pub picked: Vec<(ResourceId, u32)>,
    /// Whether there is more of it.
    pub has_more: bool,
    /// Whether it may match something whose labels are not all known, or is not all known itself.
    pub is_unknown: bool,
    /// Matches that only alternatives, tests, or some of several builds have.
    pub elsewhere: Vec<ResourceId>,
}

/// A port of a Service, and the container port it leads to.
#[derive(Clone, Debug)]
pub struct TargetPort {
    /// The Service.
    pub service: ResourceId,
    /// The port's place in `spec.ports`.
    pub index: u32,
    /// Where its target is written: `targetPort`, else `port`; in the Service's file.
    pub node: NodeId,
    /// Whether the pods that the Service selects declare it.
    pub outcome: TargetOutcome,
}

/// Whether a Service's target port is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetOutcome {
    /// A container of a selected pod declares it: where.
    Declared(Span),
    /// All selected pods were read, and no container of theirs declares it.
    Undeclared,
    /// The Service selects no pods that are known, or not all that matters of them is.
    Unknown,
}

/// An address in a text, and where it leads.
#[derive(Clone, Debug)]
pub struct AddressLink {
    /// The object that states it.
    pub from: ResourceId,
    /// What it says, and where.
    pub mention: Mention,
    /// The port that it asks for.
    pub port: Option<AskedPort>,
    /// Where it leads.
    pub destination: Destination,
}

/// The port that an address asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedPort {
    /// Its number.
    pub number: u16,
    /// Where it is written, in the file of the object; `None` if it is the default of the URL's scheme.
    pub place: Option<TextRange>,
}

/// Where an address leads.
#[derive(Clone, Debug)]
pub enum Destination {
    /// To the pod itself, or to whatever machine asks.
    Loopback {
        /// The Services in reach that the name of the variable or key speaks of: `orders` of `ORDERS_URL`.
        named: Vec<ResourceId>,
    },
    /// To one of these Services, which are equally near.
    Service {
        /// How near they are.
        ring: Ring,
        /// Them; never empty.
        candidates: Vec<ResourceId>,
        /// Whether there are more.
        has_more: bool,
        /// Whether it names a pod of a headless Service.
        is_pod: bool,
        /// Whether the port that is asked for is there. Unknown if none is asked for, and for headless Services, whose pods are reached on any
        /// port.
        port: PartOutcome,
    },
    /// To a Service that is not there.
    Missing(Box<MissingHost>),
    /// To a Service that is made elsewhere.
    External(Maker),
    /// To hosts of the internet, to addresses, or nobody can tell.
    Other,
}

/// A name of the cluster that no Service has: one with `.svc`, or one that nearly is the name of a Service.
#[derive(Clone, Debug)]
pub struct MissingHost {
    /// The Service that it names.
    pub target: ObjectName,
    /// Whether it is written out with `.svc`, so that it can be nothing but a name of the cluster.
    pub is_full: bool,
    /// What is known of the absence.
    pub missing: Missing,
    /// How far away the first of the near misses is.
    pub near_ring: Option<Ring>,
    /// A Service, or else a Namespace, that states the same namespace as the name does, and how far away it is.
    pub namespace: Option<(Ring, ResourceId)>,
}

impl Links {
    /// Links everything in `graph`.
    pub(crate) fn new(graph: &DeploymentGraph, known: &Known) -> Self {
        let reach = Reach::new(graph);
        let makers = Makers::new(graph, known);
        let resolver = Resolver::new(graph, &reach, &makers);
        let whole = graph.resources.par_iter().filter(|it| it.is_whole());
        let mut drafts: Vec<Draft<'_>> = whole
            .clone()
            .flat_map_iter(|resource| {
                let references = reference::references(graph, resource).into_iter();
                references.map(|it| resolver.link(resource, it))
            })
            .collect();
        parts::find(graph, &mut drafts);
        let references: Vec<Link> = drafts.into_iter().map(|it| it.link).collect();
        let selecting = Selecting::new(graph, &reach, &makers);
        let selections: Vec<Selection> = whole
            .flat_map_iter(|resource| {
                let picks = reference::picks(graph, resource).into_iter();
                picks.map(|it| selecting.selection(resource, &it))
            })
            .collect();
        let mut links = Self {
            target_ports: ports::target_ports(graph, &selections),
            resolved: BTreeMap::new(),
            incoming: Incoming::new(graph, &references),
            references,
            selections,
            scripts: script::links(graph, &makers),
            addresses: address::find(graph, &resolver),
        };
        missing::complete(graph, &mut links);
        links.resolved = ratios(graph, &links.references);
        links
    }

    /// The references of `resource`, in order.
    pub fn of(&self, resource: ResourceId) -> &[Link] {
        of(&self.references, resource, |it| it.from)
    }

    /// The selections of `resource`, in order.
    pub fn selections_of(&self, resource: ResourceId) -> &[Selection] {
        of(&self.selections, resource, |it| it.from)
    }

    /// The ports of the Service `service`, in order; none if it has no selector.
    pub fn target_ports_of(&self, service: ResourceId) -> &[TargetPort] {
        of(&self.target_ports, service, |it| it.service)
    }

    /// The addresses that `resource` states, in order.
    pub fn addresses_of(&self, resource: ResourceId) -> &[AddressLink] {
        of(&self.addresses, resource, |it| it.from)
    }

    /// The numbers, in [`Links::references`], of the links that lead to `resource`, in order.
    pub fn incoming(&self, resource: ResourceId) -> &[u32] {
        self.incoming.of(resource)
    }
}

/// The items that belong to `resource`, of some that are sorted by that.
fn of<T>(items: &[T], resource: ResourceId, owner: impl Fn(&T) -> ResourceId) -> &[T] {
    let start = items.partition_point(|it| owner(it) < resource);
    let end = items.partition_point(|it| owner(it) <= resource);
    &items[start..end]
}

/// How many of the references of each kind resolve, in the whole repository but for tests.
fn ratios(graph: &DeploymentGraph, references: &[Link]) -> BTreeMap<Relation, Ratio> {
    let mut ratios: BTreeMap<Relation, Ratio> = BTreeMap::new();
    for link in references.iter().filter(|it| !it.is_optional) {
        let file = graph.file(graph.resource(link.from).file);
        let counts = matches!(link.outcome, Outcome::Resolved { .. } | Outcome::Missing(_));
        if file.purpose == Purpose::Test || !counts {
            continue;
        }
        let ratio = ratios.entry(link.relation).or_default();
        ratio.all += 1;
        ratio.resolved += u32::from(matches!(link.outcome, Outcome::Resolved { .. }));
    }
    ratios
}

/// Which links lead to each resource.
#[derive(Debug, Default)]
struct Incoming {
    /// The numbers of the links that lead to the first resource, then to the second, and so on.
    links: Vec<u32>,
    /// Where the links of each resource begin; one more at the end.
    starts: Vec<u32>,
}

impl Incoming {
    fn new(graph: &DeploymentGraph, references: &[Link]) -> Self {
        let mut pairs: Vec<(ResourceId, u32)> = Vec::new();
        for (at, link) in (0..).zip(references) {
            if let Outcome::Resolved { candidates, .. } = &link.outcome {
                pairs.extend(candidates.iter().map(|it| (*it, at)));
            }
        }
        pairs.sort_unstable();
        let ids = (0..=graph.resources.len() as u32).map(ResourceId);
        let starts = ids.map(|id| pairs.partition_point(|it| it.0 < id) as u32);
        Self {
            starts: starts.collect(),
            links: pairs.into_iter().map(|it| it.1).collect(),
        }
    }

    fn of(&self, resource: ResourceId) -> &[u32] {
        let at = resource.0 as usize;
        let range = self.starts.get(at).zip(self.starts.get(at + 1));
        let links = range.and_then(|(start, end)| self.links.get(*start as usize..*end as usize));
        links.unwrap_or_default()
    }
}
