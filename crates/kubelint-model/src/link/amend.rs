//! ConfigMaps and Secrets that the generators of kustomizations change: with `behavior: merge` an entry adds its keys to the object of its
//! name that its kustomization has by then, with `behavior: replace` it takes that object's place.
//!
//! As kustomize does it (`appendReplaceOrMerge` in `api/resmap/reswrangler.go`). Which of several builds is deployed nobody says, so what
//! any of them makes of an object counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::{DeploymentGraph, KubeNode, Resource, ResourceId};

/// Objects of one name that are more than these are not told apart.
const MOST_OF_A_NAME: usize = 256;

/// What an entry of a generator does to an object that is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behavior {
    Merge,
    Replace,
}

/// Knows which objects are changed by generators.
#[derive(Default)]
pub(super) struct Amendments<'g> {
    /// All objects of the kinds and names that some generator changes, in order.
    by_name: BTreeMap<(&'g str, &'g str), Vec<ResourceId>>,
}

/// The objects whose keys one object may have in the end.
#[derive(Default)]
pub(super) struct Sharing {
    /// The others.
    pub(super) others: Vec<ResourceId>,
    /// Whether there may be more that nobody has seen.
    pub(super) is_open: bool,
}

impl<'g> Amendments<'g> {
    pub(super) fn new(graph: &'g DeploymentGraph) -> Self {
        let generated = graph.resources.iter().filter(|it| it.generated);
        let amending = generated.filter(|it| behavior(graph, it).is_some());
        let names: BTreeSet<_> = amending.filter_map(called).collect();
        let mut by_name: BTreeMap<_, Vec<ResourceId>> = BTreeMap::new();
        if !names.is_empty() {
            for resource in graph.resources.iter().filter(|it| !it.partial) {
                if let Some(name) = called(resource).filter(|it| names.contains(it)) {
                    by_name.entry(name).or_default().push(resource.id);
                }
            }
        }
        Self { by_name }
    }

    /// What `resource` shares its keys with: what is merged into it or replaces it in a kustomization that takes it in, and what it is
    /// merged into itself.
    pub(super) fn sharing(&self, graph: &DeploymentGraph, resource: &Resource) -> Sharing {
        let Some(same) = called(resource).and_then(|it| self.by_name.get(&it)) else {
            return Sharing::default();
        };
        if same.len() > MOST_OF_A_NAME {
            return Sharing {
                others: Vec::new(),
                is_open: true,
            };
        }
        let others = same.iter().map(|it| graph.resource(*it));
        let others: Vec<&Resource> = others.filter(|it| it.id != resource.id).collect();
        let amending = others
            .iter()
            .filter(|it| graph.plan.sees(it.file, resource.file) && behavior(graph, it).is_some());
        let mut sharing = Sharing {
            others: amending.map(|it| it.id).collect(),
            is_open: false,
        };
        if behavior(graph, resource) == Some(Behavior::Merge) {
            let bases = others
                .iter()
                .filter(|it| graph.plan.sees(resource.file, it.file));
            let bases: Vec<_> = bases.collect();
            let is_base = |it: &&&Resource| behavior(graph, it) != Some(Behavior::Merge);
            sharing.is_open = !bases.iter().any(is_base);
            sharing.others.extend(bases.iter().map(|it| it.id));
        }
        sharing
    }
}

/// The kind and name of a ConfigMap or Secret. Namespaces are left out: a kustomization may yet set them.
fn called(resource: &Resource) -> Option<(&str, &str)> {
    let gvk = &resource.gvk;
    let is_config = gvk.is("", "ConfigMap") || gvk.is("", "Secret");
    let name = resource.name.as_deref().filter(|_| is_config)?;
    Some((&gvk.kind, name))
}

/// What the entry of a generator that makes `resource` does; `None` if it makes a new object.
fn behavior(graph: &DeploymentGraph, resource: &Resource) -> Option<Behavior> {
    let entry = resource.generated.then(|| graph.root(resource))?;
    match &*entry.field("behavior")?.string()? {
        "merge" => Some(Behavior::Merge),
        "replace" => Some(Behavior::Replace),
        _ => None,
    }
}
