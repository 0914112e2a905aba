//! Completes what is known of missing objects: what is nearly it, and who mentions it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::placeholder::is_replaced;
use crate::reach::Ring;
use crate::reference::Relation;
use crate::{DeploymentGraph, Resource, ResourceId};

use super::index::group_kind;
use super::near::{Neighbours, base};
use super::resolve::is_stand_in;
use super::{Brought, Link, Links, Missing, Outcome, mention};

/// The most near misses of one reference.
const MOST_NEAR: usize = 4;

/// So many objects of one kind that are named from one directory are not forgotten: they are kept elsewhere.
const A_HABIT: usize = 3;

/// From so many folders claims are named that are nowhere: they were made before, and are not taken out of the cluster with what states them.
const A_SERIES: usize = 5;

/// The most objects that refer to a near miss that are looked at.
const MOST_PARTNERS: usize = 64;

/// A directory, a group and a kind.
type Place<'g> = (&'g str, &'g str, &'g str);

/// Adds near misses, neighbours and mentions to the missing links, and takes back those of which nobody can tell.
pub(super) fn complete(graph: &DeploymentGraph, links: &mut Links) {
    settle(graph, &mut links.references);
    let missing: Vec<&Link> = links
        .references
        .iter()
        .filter(|it| is_missing(it))
        .collect();
    let neighbours = neighbours(graph, &missing);
    let near: Vec<Vec<ResourceId>> = missing
        .par_iter()
        .map(|link| {
            let neighbours = neighbours.get(&place(graph, link));
            neighbours.map_or_else(Vec::new, |it| near(graph, links, link, it))
        })
        .collect();
    let kind_name = |link: &&Link| (link.target.kind.clone(), link.target.name.clone());
    let mut names: Vec<(String, String)> = missing.iter().map(kind_name).collect();
    names.sort_unstable();
    names.dedup();
    let names: Vec<(&str, &str)> = names.iter().map(|it| (&*it.0, &*it.1)).collect();
    let mentions = mention::mentions(graph, &names);
    let missing = links.references.iter_mut().filter(|it| is_missing(it));
    for (link, near) in missing.zip(near) {
        let target = (link.target.kind.as_str(), link.target.name.as_str());
        let at = names.binary_search(&target).ok();
        if let Outcome::Missing(missing) = &mut link.outcome {
            let mentioned = at.and_then(|it| mentions.get(&it)).copied();
            **missing = Missing {
                near,
                mentioned,
                ..std::mem::take(missing)
            };
        }
    }
}

/// References of one kind from one directory into one namespace, as it is written.
type Custom<'g> = (&'g str, Relation, Option<String>);

/// Says of each missing link whether another one beside it resolves beside it. Where none does, a namespace that is filled in may be any:
/// nobody can tell who makes what is there.
fn settle(graph: &DeploymentGraph, references: &mut [Link]) {
    let custom = |link: &Link| -> Custom<'_> {
        let file = graph.file(graph.resource(link.from).file);
        let namespace = link.target.namespace.clone();
        (file.path.parent(), link.relation, namespace)
    };
    let is_beside = |it: &&Link| matches!(it.outcome, Outcome::Resolved { ring, .. } if ring <= Ring::Directory);
    let settled: BTreeSet<Custom<'_>> = references.iter().filter(is_beside).map(custom).collect();
    let habits = habits(graph, references);
    let are_claims_kept = are_claims_kept(graph, references);
    for link in references.iter_mut().filter(|it| is_missing(it)) {
        let is_settled = settled.contains(&custom(link));
        let is_filled_in = link.target.namespace.as_deref().is_some_and(is_stand_in);
        match &mut link.outcome {
            outcome if is_filled_in && !is_settled => *outcome = Outcome::Unknown,
            Outcome::Missing(missing) => {
                missing.has_resolved_neighbour = is_settled;
                let file = graph.file(graph.resource(link.from).file);
                let is_habit = habits.contains(&(file.path.parent(), link.relation));
                let is_series = are_claims_kept && link.relation == Relation::Claim;
                if missing.brought.is_none() && (is_habit || is_series) {
                    missing.brought = Some(Brought::KeptElsewhere);
                }
            }
            _ => {}
        }
    }
}

/// The directories from which several objects are referred to in one way, and fewer than a third of them are there.
fn habits<'g>(graph: &'g DeploymentGraph, references: &[Link]) -> BTreeSet<(&'g str, Relation)> {
    type Names<'a> = BTreeSet<&'a str>;
    let mut named: BTreeMap<(&str, Relation), (Names<'_>, Names<'_>)> = BTreeMap::new();
    for link in references {
        let file = graph.file(graph.resource(link.from).file);
        let place = (file.path.parent(), link.relation);
        let name = link.target.name.as_str();
        match &link.outcome {
            Outcome::Missing(_) => named.entry(place).or_default().0.insert(name),
            Outcome::Resolved { .. } => named.entry(place).or_default().1.insert(name),
            Outcome::External(_) | Outcome::Unknown => continue,
        };
    }
    named.retain(|_, (missing, there)| missing.len() >= A_HABIT && there.len() * 2 < missing.len());
    named.into_keys().collect()
}

/// Whether the claims of many applications, each in a folder of its own, are nowhere.
fn are_claims_kept(graph: &DeploymentGraph, references: &[Link]) -> bool {
    let missing = references
        .iter()
        .filter(|it| it.relation == Relation::Claim && is_missing(it));
    let folders: BTreeSet<&str> = missing
        .map(|it| graph.file(graph.resource(it.from).file).path.parent())
        .collect();
    folders.len() >= A_SERIES
}

fn is_missing(link: &Link) -> bool {
    matches!(link.outcome, Outcome::Missing(_))
}

/// Where near misses of a link are looked for: beside what refers to it.
fn place<'g>(graph: &'g DeploymentGraph, link: &'g Link) -> Place<'g> {
    let file = graph.file(graph.resource(link.from).file);
    (file.path.parent(), &link.target.group, &link.target.kind)
}

/// The names in all places where near misses are looked for.
fn neighbours<'g>(
    graph: &'g DeploymentGraph,
    missing: &[&'g Link],
) -> BTreeMap<Place<'g>, Neighbours<'g>> {
    let places: BTreeSet<Place<'_>> = missing.iter().map(|it| place(graph, it)).collect();
    let mut objects: BTreeMap<Place<'_>, Vec<(&str, ResourceId)>> = BTreeMap::new();
    for resource in graph.resources.iter().filter(|it| !it.partial) {
        let (group, kind) = group_kind(resource);
        let place = (graph.file(resource.file).path.parent(), group, kind);
        let name = resource.name.as_deref().filter(|it| !is_replaced(it));
        if let Some(name) = name.filter(|_| places.contains(&place)) {
            objects.entry(place).or_default().push((name, resource.id));
        }
    }
    let objects = objects.into_par_iter();
    let neighbours = objects.map(|(place, objects)| (place, Neighbours::new(objects)));
    neighbours.collect()
}

/// The objects whose name is nearly the one that `link` asks for.
fn near(
    graph: &DeploymentGraph,
    links: &Links,
    link: &Link,
    neighbours: &Neighbours<'_>,
) -> Vec<ResourceId> {
    let from = graph.resource(link.from);
    let mut found = Vec::new();
    for neighbour in neighbours.of(&link.target.name) {
        let mut ids: Vec<&Resource> = neighbour
            .ids
            .iter()
            .map(|it| graph.resource(*it))
            .filter(|it| {
                let (asked, stated) = (&link.target.namespace, &it.namespace);
                asked.is_none() || stated.is_none() || asked == stated
            })
            .collect();
        ids.sort_by_key(|it| (it.file != from.file, it.id));
        let ids = ids.into_iter().take(MOST_NEAR - found.len());
        found.extend(
            ids.map(|it| it.id)
                .filter(|it| !has_partner(graph, links, link, *it)),
        );
        if found.len() == MOST_NEAR {
            break;
        }
    }
    found
}

/// Whether both names belong to someone: what refers to the missing one is called like it, and something else is called like the candidate
/// and refers to that. `api` has its `api-config`; then `app` will have lost its own `app-config`.
fn has_partner(graph: &DeploymentGraph, links: &Links, link: &Link, candidate: ResourceId) -> bool {
    let base_of = |id: ResourceId| base(graph.resource(id).name.as_deref().unwrap_or_default());
    let (wanted, other) = (base(&link.target.name), base_of(candidate));
    if wanted == other || base_of(link.from) != wanted {
        return false;
    }
    let partners = links.incoming(candidate).iter().take(MOST_PARTNERS);
    let mut partners = partners.filter_map(|it| links.references.get(*it as usize));
    partners.any(|it| it.from != link.from && base_of(it.from) == other)
}
