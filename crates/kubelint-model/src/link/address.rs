//! Finds where addresses lead: to Services, by the names that the cluster's DNS gives them.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::address::{ClusterName, Form, Host, Mention, Port, default_port, mentions};
use crate::made::Makers;
use crate::placeholder::is_replaced;
use crate::program::{ProgramAddress, SourceAddress};
use crate::reach::{Reach, Ring};
use crate::reference::ObjectName;
use crate::view::Service;
use crate::{DeploymentGraph, Known, KubeNode, Resource, ResourceId};

use super::index::{Scope, Scoped};
use super::near::{Neighbours, base};
use super::resolve::Resolver;
use super::{
    AddressLink, AskedPort, Destination, Missing, MissingHost, Outcome, PartOutcome, mention, parts,
};

/// The most near misses of one name that are looked at.
const MOST_NEAR: usize = 4;

/// Words in the names of variables and keys that say no more than that they hold an address.
const ADDRESS_WORDS: [&str; 18] = [
    "addr", "address", "api", "base", "endpoint", "grpc", "host", "hostname", "http", "port",
    "server", "service", "services", "svc", "target", "uri", "url", "urls",
];

/// All addresses in `graph` that are of interest, in the order of resources and of their texts.
pub(super) fn find(graph: &DeploymentGraph, resolver: &Resolver<'_>) -> Vec<AddressLink> {
    let hosts = Hosts::new(graph, resolver);
    let resources = graph.resources.par_iter();
    let mut links: Vec<AddressLink> = resources
        .flat_map_iter(|resource| hosts.of(resource))
        .collect();
    let asked = links.iter_mut();
    let asked = asked.map(|it| (it.port.map(|it| it.number), &mut it.destination));
    hosts.ask_ports(asked.collect());
    add_mentions(
        graph,
        links.iter_mut().map(|it| &mut it.destination).collect(),
    );
    links
}

/// The most Services whose names are compared with one that no Service has.
const MOST_COMPARED: usize = 2000;

/// Where the addresses lead that the source of programs writes out, by workload and container.
pub(crate) fn find_in_source(
    graph: &DeploymentGraph,
    known: &Known,
) -> BTreeMap<(ResourceId, String), Vec<SourceAddress>> {
    let mut found = BTreeMap::new();
    let programs = &graph.programs.programs;
    if programs.iter().all(|it| it.addresses.is_empty()) {
        return found;
    }
    let reach = Reach::new(graph);
    let makers = Makers::new(graph, known);
    let resolver = Resolver::new(graph, &reach, &makers);
    let hosts = Hosts::new(graph, &resolver);
    for (workload, container) in graph.containers() {
        let path = container.path();
        let resource = workload.resource;
        let mut of = graph.programs.of(resource.id, &path).iter();
        let Some(first) = of
            .next()
            .filter(|first| of.all(|it| it.program == first.program))
        else {
            continue;
        };
        let Some(program) = programs.get(first.program as usize) else {
            continue;
        };
        let own: Vec<SourceAddress> = (0..)
            .zip(&program.addresses)
            .filter_map(|(number, it)| hosts.of_source(resource, number, it))
            .collect();
        if !own.is_empty() {
            found.insert((resource.id, path), own);
        }
    }
    let all = found.values_mut().flatten();
    hosts.ask_ports(all.map(|it| (it.port, &mut it.destination)).collect());
    let all = found.values_mut().flatten();
    add_mentions(graph, all.map(|it| &mut it.destination).collect());
    found
}

/// Knows the hosts of the cluster.
struct Hosts<'a, 'g> {
    graph: &'g DeploymentGraph,
    resolver: &'a Resolver<'g>,
    /// The names of all Services.
    names: Neighbours<'g>,
    /// The same by what they are about: their words without those that only say that they are Services.
    by_words: BTreeMap<String, BTreeSet<&'g str>>,
    /// The Services and Namespaces that state each namespace.
    namespaces: BTreeMap<&'g str, Scoped<'g>>,
    /// The namespaces that any object states.
    stated: BTreeSet<&'g str>,
    /// The names that pods have in their own `/etc/hosts`.
    aliases: BTreeSet<String>,
}

impl<'a, 'g> Hosts<'a, 'g> {
    fn new(graph: &'g DeploymentGraph, resolver: &'a Resolver<'g>) -> Self {
        let services: Vec<&Resource> = graph.resources_of(Some(""), "Service").collect();
        let named = services.iter().filter_map(|it| {
            let name = it.name.as_deref().filter(|it| !is_replaced(it))?;
            Some((name, it.id))
        });
        let mut by_words: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for name in services.iter().filter_map(|it| it.name.as_deref()) {
            let mut words = base(name);
            words.retain(|it| !ADDRESS_WORDS.contains(&it.as_str()));
            if !words.is_empty() {
                by_words.entry(words.join("-")).or_default().insert(name);
            }
        }
        let mut by_namespace: BTreeMap<&str, Vec<ResourceId>> = BTreeMap::new();
        for service in &services {
            if let Some(namespace) = service.namespace.as_deref() {
                by_namespace.entry(namespace).or_default().push(service.id);
            }
        }
        for namespace in graph.resources_of(Some(""), "Namespace") {
            if let Some(name) = namespace.name.as_deref() {
                by_namespace.entry(name).or_default().push(namespace.id);
            }
        }
        let stated = graph
            .resources
            .iter()
            .filter_map(|it| it.namespace.as_deref());
        let stated = stated.chain(by_namespace.keys().copied()).collect();
        let by_namespace = by_namespace.into_iter();
        let namespaces = by_namespace
            .map(|(name, ids)| (name, Scoped::new(graph, resolver.reach, ids)))
            .collect();
        Self {
            graph,
            resolver,
            names: Neighbours::new(named.collect()),
            by_words,
            namespaces,
            stated,
            aliases: aliases(graph),
        }
    }

    /// The addresses that `resource` states, and where they lead; their ports are not looked for yet.
    fn of(&self, resource: &'g Resource) -> Vec<AddressLink> {
        let mut known: BTreeMap<String, Destination> = BTreeMap::new();
        let mut links = Vec::new();
        for mention in mentions(self.graph, resource) {
            let destination = if let Some(known) = known.get(&mention.host) {
                known.clone()
            } else {
                let found = self.destination(resource, &mention.host);
                known.insert(mention.host.clone(), found.clone());
                found
            };
            let destination = match destination {
                Destination::Loopback { .. } => Destination::Loopback {
                    named: self.spoken_of(resource, &mention.words()),
                },
                destination => destination,
            };
            // Files are full of addresses of other worlds.
            if mention.form == Form::InFile && matches!(destination, Destination::Other) {
                continue;
            }
            links.push(AddressLink {
                from: resource.id,
                port: asked(&mention),
                mention,
                destination,
            });
        }
        links
    }

    /// Where an address in the source of a program leads that `from` runs; `None` if that is out of the cluster.
    fn of_source(
        &self,
        from: &'g Resource,
        number: u32,
        stated: &ProgramAddress,
    ) -> Option<SourceAddress> {
        let of_scheme = || default_port(stated.scheme.as_deref()?);
        let destination = match self.destination(from, &stated.host) {
            Destination::Loopback { .. } => Destination::Loopback { named: Vec::new() },
            Destination::Other => self.shortened(from, stated)?,
            other => other,
        };
        Some(SourceAddress {
            address: number,
            port: stated.port.or_else(of_scheme),
            destination,
        })
    }

    /// The only Service in reach that has the port, and of whose name the host is another form: `db-reserve` of `db-reservation`.
    fn shortened(&self, from: &'g Resource, stated: &ProgramAddress) -> Option<Destination> {
        let port = i64::from(stated.port?);
        let host = stated.host.as_str();
        if host.contains('.') || !host.contains('-') {
            return None;
        }
        let services = self.graph.services().take(MOST_COMPARED);
        let meant = services.filter(|it| {
            let name = it.resource.name.as_deref().unwrap_or_default();
            let mut numbers = it.ports().into_iter().filter_map(|it| it.number());
            are_forms(host, name) && numbers.any(|it| it.value == port)
        });
        let mut near: Option<(Ring, ResourceId)> = None;
        for service in meant {
            let name = service.resource.name.as_deref().unwrap_or_default();
            let named = self.resolver.names.get("", "Service", name)?;
            let hits = named.find(
                self.graph,
                self.resolver.reach,
                from.id,
                Scope::Any,
                &|_| true,
            );
            if let Some((ring, ids)) = hits.nearest {
                let id = ids.first().copied()?;
                if near.is_some_and(|it| it.1 != id) {
                    return None;
                }
                near = Some((ring, id));
            }
        }
        let (ring, id) = near.filter(|it| it.0 <= Ring::Applied)?;
        Some(Destination::Missing(Box::new(MissingHost {
            target: ObjectName {
                group: String::new(),
                kind: "Service".to_owned(),
                namespace: from.namespace.clone(),
                name: host.to_owned(),
            },
            is_full: false,
            missing: Missing {
                near: vec![id],
                ..Missing::default()
            },
            near_ring: Some(ring),
            namespace: None,
        })))
    }

    fn destination(&self, from: &'g Resource, host: &str) -> Destination {
        if self.aliases.contains(host) {
            return Destination::Other;
        }
        let name = match Host::of(host) {
            Host::Loopback => return Destination::Loopback { named: Vec::new() },
            Host::Other => return Destination::Other,
            Host::Name(name) => name,
        };
        let own = from.namespace.as_deref();
        match (&name, name.is_full, name.namespace) {
            (_, true, namespace) => self.named(from, &name, namespace),
            (_, false, None) => self.named(from, &name, own),
            (it, false, Some(last)) => {
                let pod = ClusterName {
                    before: Some(it.service),
                    service: last,
                    namespace: None,
                    is_full: false,
                };
                let of_pod = match it.before {
                    None => self.named(from, &pod, own),
                    Some(_) => Destination::Other,
                };
                match of_pod {
                    Destination::Service { is_pod: true, .. } => of_pod,
                    _ if self.stated.contains(last) => self.named(from, it, Some(last)),
                    _ => Destination::Other,
                }
            }
        }
    }

    /// Where a name leads whose namespace is known, if it is.
    fn named(
        &self,
        from: &'g Resource,
        name: &ClusterName<'_>,
        namespace: Option<&str>,
    ) -> Destination {
        let target = ObjectName {
            group: String::new(),
            kind: "Service".to_owned(),
            namespace: namespace.map(str::to_owned),
            name: name.service.to_owned(),
        };
        match self.resolver.outcome(from, &target) {
            Outcome::Resolved {
                ring,
                candidates,
                has_more,
            } => {
                let is_headless = candidates.iter().all(|it| self.service(*it).is_headless());
                Destination::Service {
                    ring,
                    candidates,
                    has_more,
                    is_pod: name.before.is_some() && is_headless,
                    port: PartOutcome::Unknown,
                }
            }
            Outcome::Missing(missing) => self.missing(from, name, target, *missing),
            Outcome::External(maker) => Destination::External(maker),
            Outcome::Unknown => Destination::Other,
        }
    }

    fn missing(
        &self,
        from: &'g Resource,
        name: &ClusterName<'_>,
        target: ObjectName,
        mut missing: Missing,
    ) -> Destination {
        let (near, near_ring) = self.near(from, &target);
        missing.near = near;
        // Who moves objects to other namespaces decides what their names are.
        let moved = |id: &ResourceId| {
            let resource = self.graph.resource(*id);
            self.graph.may_change(resource, "metadata.namespace")
        };
        let is_there = !missing.other_namespace.is_empty();
        let is_moved = missing.other_namespace.iter().any(moved) || moved(&from.id);
        missing.may_be_unseen |= is_there && is_moved;
        let namespace = name.namespace.and_then(|it| self.namespaces.get(it));
        let namespace = namespace.and_then(|it| {
            let reach = self.resolver.reach;
            let hits = it.find(self.graph, reach, from.id, Scope::Any, &|_| true);
            let (ring, ids) = hits.nearest?;
            Some((ring, ids.first().copied()?))
        });
        let says_something = name.is_full
            || !missing.near.is_empty()
            || name.before.is_none() && !missing.other_namespace.is_empty();
        if !says_something {
            return Destination::Other;
        }
        Destination::Missing(Box::new(MissingHost {
            target,
            is_full: name.is_full,
            missing,
            near_ring,
            namespace,
        }))
    }

    /// The Services in reach whose names are nearly the one that is asked for, nearest first, and how far away the first is.
    fn near(&self, from: &Resource, target: &ObjectName) -> (Vec<ResourceId>, Option<Ring>) {
        let namespace = target.namespace.as_deref();
        let namespaces = namespace.as_slice();
        let scope = namespace.map_or(Scope::Any, |_| Scope::In(namespaces));
        let neighbours = self.names.of(&target.name);
        let visible = neighbours.iter().take(MOST_NEAR).filter_map(|it| {
            let named = self.resolver.names.get("", "Service", it.name)?;
            let reach = self.resolver.reach;
            let hits = named.find(self.graph, reach, from.id, scope, &|_| true);
            let (ring, ids) = hits.nearest?;
            Some((ring, ids.first().copied()?))
        });
        let found: Vec<(Ring, ResourceId)> = visible.collect();
        let ring = found.first().map(|it| it.0);
        (found.into_iter().map(|it| it.1).collect(), ring)
    }

    /// The nearest Services whose name is what `words`, the name of a variable or key, ends in, without those for addresses.
    fn spoken_of(&self, from: &Resource, words: &[String]) -> Vec<ResourceId> {
        let is_plain = |it: &&String| !ADDRESS_WORDS.contains(&it.as_str());
        let words: Vec<&str> = words.iter().filter(is_plain).map(String::as_str).collect();
        let ends = (0..words.len()).map(|at| &words[at..]);
        let names = ends.filter_map(|it| self.by_words.get(&*it.join("-")));
        for name in names.flatten() {
            let Some(named) = self.resolver.names.get("", "Service", name) else {
                continue;
            };
            let reach = self.resolver.reach;
            let hits = named.find(self.graph, reach, from.id, Scope::Any, &|_| true);
            if let Some((_, ids)) = hits.nearest {
                return ids;
            }
        }
        Vec::new()
    }

    fn service(&self, id: ResourceId) -> Service<'g> {
        let resource = self.graph.resource(id);
        Service {
            resource,
            root: self.graph.root(resource),
        }
    }

    /// Looks for the ports that addresses ask for in the Services that they lead to.
    fn ask_ports(&self, mut links: Vec<(Option<u16>, &mut Destination)>) {
        let mut asked: BTreeSet<ResourceId> = BTreeSet::new();
        for link in links.iter().filter(|it| it.0.is_some()) {
            if let Destination::Service { candidates, .. } = &*link.1 {
                asked.extend(candidates);
            }
        }
        let asked: Vec<ResourceId> = asked.into_iter().collect();
        let tables = asked.into_par_iter().map(|id| {
            let service = self.service(id);
            // Nothing forwards the ports of a headless Service: whatever its pods listen on is reached. What is renamed is another host.
            let is_open = service.is_headless() || self.graph.plan.may_rename(service.resource);
            (id, (!is_open).then(|| parts::table(self.graph, id)))
        });
        let tables: BTreeMap<ResourceId, Option<parts::Table<'_>>> = tables.collect();
        links.par_iter_mut().for_each(|link| {
            if let (
                Some(asked),
                Destination::Service {
                    candidates,
                    has_more,
                    port,
                    ..
                },
            ) = (link.0, &mut *link.1)
            {
                let tables = candidates.iter().map(|it| tables.get(it)?.as_ref());
                *port = parts::port(tables, *has_more, asked);
            }
        });
    }
}

/// The port that an address asks for: the one it states, else that of its scheme.
fn asked(mention: &Mention) -> Option<AskedPort> {
    match (mention.port, &mention.scheme) {
        (Port::Number(number, place), _) => Some(AskedPort {
            number,
            place: Some(place),
        }),
        (Port::Absent, Some(scheme)) => Some(AskedPort {
            number: default_port(scheme)?,
            place: None,
        }),
        (Port::Absent | Port::Replaced, _) => None,
    }
}

/// Whether two names have the same words but for one, of which both are forms: they begin with the same four letters or more, two thirds of
/// the shorter.
fn are_forms(a: &str, b: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split('-').collect(), b.split('-').collect());
    let mut differing = a.iter().zip(&b).filter(|(a, b)| a != b);
    let (Some((one, other)), None) = (differing.next(), differing.next()) else {
        return false;
    };
    let same = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    a.len() == b.len() && same >= 4 && same * 3 >= one.len().min(other.len()) * 2
}

/// The names that pods are told to have in their `/etc/hosts`.
fn aliases(graph: &DeploymentGraph) -> BTreeSet<String> {
    let templates = graph.workloads().flat_map(|it| it.templates());
    let entries = templates.filter_map(|it| it.spec().map(|it| it.list("hostAliases")));
    let names = entries.flatten().flat_map(|it| it.list("hostnames"));
    names
        .filter_map(|it| Some(it.string()?.to_ascii_lowercase()))
        .collect()
}

/// Adds who mentions the Services that are missing.
fn add_mentions(graph: &DeploymentGraph, destinations: Vec<&mut Destination>) {
    let missing = destinations.iter().filter_map(|it| match it {
        Destination::Missing(missing) => Some(missing.target.name.clone()),
        _ => None,
    });
    let names: BTreeSet<String> = missing.collect();
    let names: Vec<(&str, &str)> = names.iter().map(|it| ("Service", it.as_str())).collect();
    let mentioned = mention::mentions(graph, &names);
    for destination in destinations {
        if let Destination::Missing(missing) = destination {
            let at = names.binary_search(&("Service", missing.target.name.as_str()));
            missing.missing.mentioned = at.ok().and_then(|it| mentioned.get(&it)).copied();
        }
    }
}
