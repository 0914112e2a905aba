//! What the rules about addresses have in common: how an address is called in a message, who calls it, and how sure its object is.

use std::collections::BTreeMap;

use kubelint_engine::Confidence;
use kubelint_model::address::{Mention, Site, Use};
use kubelint_model::link::{AddressLink, Selection};
use kubelint_model::purpose::Purpose;
use kubelint_model::reference::{Picks, Relation};
use kubelint_model::view::{PodTemplate, Service, Workload};
use kubelint_model::{DeploymentGraph, Resource, ResourceId};
use kubelint_parser::yaml::NodeId;
use kubelint_parser::{Span, TextRange};

use crate::{absence, evidence};

/// The most workloads that are looked at of those that read one ConfigMap: what hundreds do, the others do, too.
const MOST_READERS: usize = 64;

/// Words in the names of variables that say no more than that they hold an address.
const ADDRESS_WORDS: [&str; 13] = [
    "addr",
    "address",
    "connection",
    "dsn",
    "endpoint",
    "host",
    "hostname",
    "jdbc",
    "server",
    "spring",
    "string",
    "uri",
    "url",
];

/// Words that mean the same.
const SAME: [(&str, &str); 2] = [("database", "db"), ("datasource", "db")];

/// An address and the object that states it.
#[derive(Clone, Copy)]
pub(crate) struct Stated<'a> {
    pub(crate) graph: &'a DeploymentGraph,
    pub(crate) link: &'a AddressLink,
    pub(crate) from: &'a Resource,
}

/// All addresses.
pub(crate) fn all(graph: &DeploymentGraph) -> impl Iterator<Item = Stated<'_>> {
    let links = graph.links.addresses.iter();
    links.map(|link| Stated {
        graph,
        link,
        from: graph.resource(link.from),
    })
}

impl<'a> Stated<'a> {
    /// What messages call it: ``the variable `DB_URL` of Deployment `api` ``.
    pub(crate) fn called(&self) -> String {
        let mention = &self.link.mention;
        let owner = absence::called(self.from);
        let name = &mention.name;
        match (mention.site, &mention.key) {
            (Site::Variable(..), _) => format!("the variable `{name}` of {owner}"),
            (Site::Argument(..), Some(key)) if key.starts_with('-') => {
                format!("the argument `{key}` of {owner}")
            }
            (Site::Argument(..), _) if !name.is_empty() => {
                format!("the argument `{name}` of {owner}")
            }
            (Site::Argument(..), _) => format!("an argument of {owner}"),
            (Site::Data, _) => format!("`{name}` of {owner}"),
        }
    }

    /// Where host and port stand.
    pub(crate) fn span(&self) -> Span {
        self.span_of(self.link.mention.place)
    }

    pub(crate) fn span_of(&self, range: TextRange) -> Span {
        self.graph.span_in(self.from, range)
    }

    /// The path of the field that holds it.
    pub(crate) fn field(&self) -> &'a str {
        &self.link.mention.field
    }

    /// How sure one may be that a program calls the address as it is written here.
    pub(crate) fn confidence(&self) -> Confidence {
        let purpose = self.graph.file(self.from.file).purpose;
        let is_test = matches!(purpose, Purpose::Test | Purpose::Template);
        let may_change = self.graph.may_change(self.from, self.field());
        if is_test || may_change || self.link.mention.used() != Use::Called {
            return Confidence::Low;
        }
        let of_object = match self.graph.workload(self.from) {
            Some(workload) => evidence::in_template(self.graph, &workload, &[]),
            // Whoever reads it is not known: a sidecar, an operator, or nobody.
            None if !self.is_read() => Confidence::Medium,
            None => Confidence::High,
        };
        if self.link.mention.is_comment {
            of_object.min(Confidence::Medium)
        } else {
            of_object
        }
    }

    /// Whether a workload reads the ConfigMap or Secret that holds it.
    fn is_read(&self) -> bool {
        self.graph.incoming(self.from.id).next().is_some()
    }

    /// The pod templates that read it: the one that states it, or those that take its ConfigMap or Secret; and their workloads.
    pub(crate) fn readers(&self) -> Vec<(Workload<'a>, PodTemplate<'a>)> {
        let template = |id: ResourceId, only: Option<u32>| {
            let workload = self.graph.workload(self.graph.resource(id));
            let templates = workload.into_iter().flat_map(move |workload| {
                let templates = (0..).zip(workload.templates());
                let wanted = templates.filter(move |(at, _)| only.is_none_or(|it| it == *at));
                wanted.map(move |(_, template)| (workload, template))
            });
            templates.collect::<Vec<_>>()
        };
        match self.link.mention.site {
            Site::Variable(at, _) | Site::Argument(at, _) => template(self.from.id, Some(at)),
            Site::Data => {
                let takes = [Relation::ConfigMap, Relation::Secret];
                let links = self.graph.incoming(self.from.id);
                let links = links.filter(|it| takes.contains(&it.relation));
                let asks_key = links.filter(|it| {
                    let part = it.part.as_ref();
                    part.is_none_or(|it| it.text == self.link.mention.name)
                });
                let mut readers: Vec<ResourceId> = asks_key.map(|it| it.from).collect();
                readers.dedup();
                readers
                    .into_iter()
                    .take(MOST_READERS)
                    .flat_map(|it| template(it, None))
                    .collect()
            }
        }
    }

    /// Whether the Service `service` sends requests to all that state or read the address: then it is the program's own.
    pub(crate) fn is_own(&self, service: ResourceId) -> bool {
        let readers = self.readers();
        let mut own = readers.iter();
        let is_picked = |id| is_picked(self.graph, service, id);
        !readers.is_empty() && own.all(|it| is_picked(it.0.resource.id))
    }
}

/// Whether the Service `service` sends requests to `workload`.
pub(crate) fn is_picked(
    graph: &DeploymentGraph,
    service: ResourceId,
    workload: ResourceId,
) -> bool {
    let mut selections = graph.links.selections_of(service).iter();
    let selection: Option<&Selection> = selections.find(|it| it.picks == Picks::Service);
    selection.is_some_and(|it| it.picked.iter().any(|(picked, _)| *picked == workload))
}

/// What the name of a variable says that its address is that of: `orders`, `db` of `ORDERS_DATABASE_URL`.
pub(crate) fn thing(mention: &Mention) -> Vec<String> {
    let words = mention.words().into_iter();
    let words = words.filter(|it| !ADDRESS_WORDS.contains(&it.as_str()));
    let same = |word: String| {
        let known = SAME.iter().find(|it| it.0 == word);
        known.map_or(word, |it| it.1.to_owned())
    };
    words.map(same).collect()
}

/// The Service `id`.
pub(crate) fn service(graph: &DeploymentGraph, id: ResourceId) -> Service<'_> {
    let resource = graph.resource(id);
    Service {
        resource,
        root: graph.root(resource),
    }
}

/// The addresses of each scalar.
pub(crate) struct ByScalar<'a>(BTreeMap<(ResourceId, NodeId), Vec<&'a AddressLink>>);

impl<'a> ByScalar<'a> {
    pub(crate) fn of(graph: &'a DeploymentGraph) -> Self {
        let mut found: BTreeMap<_, Vec<&AddressLink>> = BTreeMap::new();
        for link in &graph.links.addresses {
            let scalar = (link.from, link.mention.node);
            found.entry(scalar).or_default().push(link);
        }
        Self(found)
    }

    /// Those of the scalar `node` of `resource`, in order.
    pub(crate) fn get(&self, resource: ResourceId, node: NodeId) -> &[&'a AddressLink] {
        let found = self.0.get(&(resource, node));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}
