//! Finds objects by what they are called, and what has labels by its labels.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::placeholder::is_replaced;
use crate::reach::{Hits, Postings, Reach};
use crate::reference::newest_group;
use crate::selector::{LabelSet, Operator, Selector};
use crate::{DeploymentGraph, Resource, ResourceId};

/// In which namespaces something is looked for. Objects that state none may be in any.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// In any.
    Any,
    /// In these.
    In(&'a [&'a str]),
}

/// Objects that have one thing in common.
pub(super) struct Scoped<'g> {
    all: Postings,
    len: usize,
    /// The same by the namespace that they state, where they are many: thousands of namespaces may hold one object each of the same name,
    /// and must not all be looked at for each of them.
    by_namespace: BTreeMap<Option<&'g str>, Postings>,
}

impl<'g> Scoped<'g> {
    pub(super) fn new(graph: &'g DeploymentGraph, reach: &Reach, ids: Vec<ResourceId>) -> Self {
        let len = ids.len();
        let mut by_namespace: BTreeMap<Option<&str>, Vec<ResourceId>> = BTreeMap::new();
        if len > Reach::MOST_HITS {
            for &id in &ids {
                let namespace = graph.resource(id).namespace.as_deref();
                by_namespace.entry(namespace).or_default().push(id);
            }
        }
        let by_namespace = by_namespace.into_iter();
        Self {
            by_namespace: by_namespace
                .map(|(namespace, ids)| (namespace, reach.postings(ids)))
                .collect(),
            all: reach.postings(ids),
            len,
        }
    }

    /// What `from` sees of them in `scope`, of those that `accept` takes.
    pub(super) fn find(
        &self,
        graph: &DeploymentGraph,
        reach: &Reach,
        from: ResourceId,
        scope: Scope<'_>,
        accept: &dyn Fn(ResourceId) -> bool,
    ) -> Hits {
        let namespaces = match scope {
            Scope::Any => return reach.find(graph, from, &self.all, accept),
            Scope::In(namespaces) => namespaces,
        };
        if self.by_namespace.is_empty() {
            let is_in = |id: ResourceId| {
                let namespace = graph.resource(id).namespace.as_deref();
                namespace.is_none_or(|it| namespaces.contains(&it)) && accept(id)
            };
            return reach.find(graph, from, &self.all, &is_in);
        }
        let stated = namespaces.iter().map(|it| Some(*it));
        let postings = stated.chain([None]);
        let postings = postings.filter_map(|it| self.by_namespace.get(&it));
        let hits = postings.map(|it| reach.find(graph, from, it, accept));
        hits.fold(Hits::default(), nearer)
    }
}

/// What two searches of one object found together.
fn nearer(a: Hits, b: Hits) -> Hits {
    let mut both = match (&a.nearest, &b.nearest) {
        (None, None) => {
            let mut both = a;
            both.in_some_builds.extend(b.in_some_builds);
            both.elsewhere.extend(b.elsewhere);
            both.has_more |= b.has_more;
            return both;
        }
        (Some(_), None) => return a,
        (None, Some(_)) => return b,
        (Some(one), Some(other)) if one.0 < other.0 => return a,
        (Some(one), Some(other)) if one.0 > other.0 => return b,
        _ => a,
    };
    if let (Some((_, ids)), Some((_, more))) = (&mut both.nearest, b.nearest) {
        ids.extend(more);
        ids.sort_unstable();
        ids.dedup();
        both.has_more |= b.has_more || ids.len() > Reach::MOST_HITS;
        ids.truncate(Reach::MOST_HITS);
    }
    both
}

/// The whole objects of a graph, those that generators make among them, by what they are called.
pub(super) struct Names<'g> {
    /// By group, kind and name.
    by_name: BTreeMap<(&'g str, &'g str, &'g str), Scoped<'g>>,
    /// Those whose name holds text that something replaces, by group and kind.
    replaced: BTreeMap<(&'g str, &'g str), Scoped<'g>>,
}

/// The group and kind under which an object is found.
pub(super) fn group_kind(resource: &Resource) -> (&str, &str) {
    let gvk = &resource.gvk;
    (newest_group(&gvk.group, &gvk.kind), &gvk.kind)
}

impl<'g> Names<'g> {
    pub(super) fn new(graph: &'g DeploymentGraph, reach: &Reach) -> Self {
        let whole = graph.resources.par_iter().filter(|it| !it.partial);
        let mut all: Vec<_> = whole
            .filter_map(|it| {
                let (group, kind) = group_kind(it);
                Some(((group, kind, it.name.as_deref()?), it.id))
            })
            .collect();
        all.par_sort_unstable();
        let chunks = all.chunk_by(|a, b| a.0 == b.0);
        let mut by_name = BTreeMap::new();
        let mut replaced: BTreeMap<_, Vec<ResourceId>> = BTreeMap::new();
        for chunk in chunks {
            let key = chunk[0].0;
            let ids: Vec<ResourceId> = chunk.iter().map(|it| it.1).collect();
            if is_replaced(key.2) {
                replaced.entry((key.0, key.1)).or_default().extend(&ids);
            }
            by_name.insert(key, Scoped::new(graph, reach, ids));
        }
        let replaced = replaced.into_iter();
        Self {
            by_name,
            replaced: replaced
                .map(|(key, ids)| (key, Scoped::new(graph, reach, ids)))
                .collect(),
        }
    }

    /// All objects of this group, kind and name.
    pub(super) fn get<'a>(
        &'a self,
        group: &'a str,
        kind: &'a str,
        name: &'a str,
    ) -> Option<&'a Scoped<'a>> {
        self.by_name.get(&(group, kind, name))
    }

    /// All objects of this group and kind whose name holds text that something replaces.
    pub(super) fn replaced<'a>(&'a self, group: &'a str, kind: &'a str) -> Option<&'a Scoped<'a>> {
        self.replaced.get(&(group, kind))
    }
}

/// Objects by their labels, or by those of their pods.
pub(super) struct Labels<'g> {
    all: Scoped<'g>,
    /// Those that kustomizations take in.
    patched: Scoped<'g>,
    by_key: BTreeMap<Cow<'g, str>, OfKey<'g>>,
    of: OfObjects<'g>,
}

/// The labels of each object: its own, or those of each of its pod templates.
///
/// Thousands of selectors may each be compared with a thousand objects, so that looking for the labels in the objects is not for then.
struct OfObjects<'g> {
    /// By resource: where its labels end.
    ends: Vec<u32>,
    labels: Vec<LabelSet<'g>>,
}

/// The objects with one label.
struct OfKey<'g> {
    any: Scoped<'g>,
    by_value: BTreeMap<Cow<'g, str>, Scoped<'g>>,
    /// Those whose value is not known.
    unclear: Scoped<'g>,
}

/// One label of an object: key, value if it is known, object.
type Labelled<'g> = (Cow<'g, str>, Option<Cow<'g, str>>, ResourceId);

impl<'g> Labels<'g> {
    /// Of all objects to which `labels` gives labels: their own, or those of each of their pod templates.
    pub(super) fn new(
        graph: &'g DeploymentGraph,
        reach: &Reach,
        labels: impl Fn(&'g Resource) -> Vec<LabelSet<'g>> + Sync,
    ) -> Self {
        let of = OfObjects::new(graph, labels);
        let all = (0..graph.resources.len() as u32).map(ResourceId);
        let ids: Vec<ResourceId> = all.filter(|it| !of.get(*it).is_empty()).collect();
        let labelled = ids.par_iter().flat_map_iter(|&id| {
            let labels = of.get(id).iter().flat_map(LabelSet::iter);
            labels.map(move |(key, value)| {
                let known = value.filter(|it| !is_replaced(it));
                (key.clone(), known.cloned(), id)
            })
        });
        let mut labelled: Vec<Labelled<'g>> = labelled.collect();
        labelled.par_sort_unstable();
        labelled.dedup();
        let mut by_key = BTreeMap::new();
        for chunk in labelled.chunk_by(|a, b| a.0 == b.0) {
            let mut ids: Vec<ResourceId> = chunk.iter().map(|it| it.2).collect();
            ids.sort_unstable();
            ids.dedup();
            let mut of_key = OfKey {
                any: Scoped::new(graph, reach, ids),
                by_value: BTreeMap::new(),
                unclear: Scoped::new(graph, reach, Vec::new()),
            };
            for same in chunk.chunk_by(|a, b| a.1 == b.1) {
                let ids = same.iter().map(|it| it.2).collect();
                let scoped = Scoped::new(graph, reach, ids);
                match &same[0].1 {
                    Some(value) => drop(of_key.by_value.insert(value.clone(), scoped)),
                    None => of_key.unclear = scoped,
                }
            }
            by_key.insert(chunk[0].0.clone(), of_key);
        }
        let patched = ids.iter().copied();
        let patched = patched.filter(|id| graph.plan.is_taken_in(graph.resource(*id)));
        Self {
            patched: Scoped::new(graph, reach, patched.collect()),
            all: Scoped::new(graph, reach, ids),
            by_key,
            of,
        }
    }

    /// The labels of an object: its own, or those of each of its pod templates.
    pub(super) fn of(&self, id: ResourceId) -> &[LabelSet<'g>] {
        self.of.get(id)
    }

    /// Those that kustomizations take in, so that their labels may be others in the end.
    pub(super) fn patched(&self) -> &Scoped<'g> {
        &self.patched
    }

    /// The smallest set of objects that holds all those that `selector` may match.
    pub(super) fn candidates(&self, selector: &Selector<'_>) -> Vec<&Scoped<'g>> {
        let sets = selector.requirements.iter().filter_map(|it| {
            if is_replaced(&it.key) {
                return None;
            }
            let of_key = self.by_key.get(&*it.key);
            match &it.operator {
                Operator::In(values) => Some(match of_key {
                    None => Vec::new(),
                    Some(of_key) if values.iter().any(|it| is_replaced(it)) => vec![&of_key.any],
                    Some(of_key) => {
                        let known = values.iter().filter_map(|it| of_key.by_value.get(&**it));
                        known.chain([&of_key.unclear]).collect()
                    }
                }),
                Operator::Exists => Some(of_key.map(|it| &it.any).into_iter().collect()),
                Operator::NotIn(_) | Operator::DoesNotExist | Operator::Unreadable => None,
            }
        });
        let smallest = sets.min_by_key(|it| it.iter().map(|it| it.len).sum::<usize>());
        smallest.unwrap_or_else(|| vec![&self.all])
    }

    /// What `from` sees of `sets` in `scope`, of those that `accept` takes.
    pub(super) fn find(
        sets: &[&Scoped<'g>],
        graph: &DeploymentGraph,
        reach: &Reach,
        from: ResourceId,
        scope: Scope<'_>,
        accept: &dyn Fn(ResourceId) -> bool,
    ) -> Hits {
        let sets = sets.iter().filter(|it| it.len > 0);
        let hits = sets.map(|it| it.find(graph, reach, from, scope, accept));
        hits.fold(Hits::default(), nearer)
    }
}

impl<'g> OfObjects<'g> {
    fn new(
        graph: &'g DeploymentGraph,
        labels: impl Fn(&'g Resource) -> Vec<LabelSet<'g>> + Sync,
    ) -> Self {
        let found: Vec<_> = graph.resources.par_iter().map(&labels).collect();
        let mut this = Self {
            ends: Vec::with_capacity(found.len()),
            labels: Vec::new(),
        };
        for labels in found {
            this.labels.extend(labels);
            this.ends.push(this.labels.len() as u32);
        }
        this
    }

    fn get(&self, id: ResourceId) -> &[LabelSet<'g>] {
        let at = id.0 as usize;
        let end = |at: usize| self.ends.get(at).copied().unwrap_or_default() as usize;
        let start = at.checked_sub(1).map_or(0, end);
        self.labels.get(start..end(at)).unwrap_or_default()
    }
}
