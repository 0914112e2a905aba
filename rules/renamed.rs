//! Objects that one side calls otherwise than the other: of all that stands in a folder, one name leads nowhere, and one object of that kind
//! is used by nobody.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::link::{Link, Outcome};
use kubelint_model::reference::Relation;
use kubelint_model::{DeploymentGraph, Resource, ResourceId};

/// A kind of object in a folder: the folder, and the group and kind.
type Place<'a> = (&'a str, &'a str, &'a str);

/// The pairs of a name that leads nowhere and an object that nobody uses.
#[derive(Default)]
pub(crate) struct Renamed<'a> {
    /// The one object of a kind in a folder that nobody uses; `None` if there are several.
    unused: BTreeMap<Place<'a>, Option<&'a Resource>>,
    /// The one name of a kind that leads nowhere from a folder; `None` if there are several.
    missing: BTreeMap<Place<'a>, Option<&'a str>>,
}

impl<'a> Renamed<'a> {
    /// Looks for the pairs among references of these kinds.
    pub(crate) fn of(graph: &'a DeploymentGraph, relations: &[Relation]) -> Self {
        let mut this = Self::default();
        let mut used: BTreeSet<ResourceId> = BTreeSet::new();
        for link in &graph.links.references {
            match &link.outcome {
                Outcome::Missing(_) if is_paired(link.relation, relations) => {
                    let name = Some(link.target.name.as_str());
                    let known = this.missing.entry(place(graph, link)).or_insert(name);
                    if *known != name {
                        *known = None;
                    }
                }
                Outcome::Resolved { candidates, .. } => used.extend(candidates.iter().copied()),
                _ => {}
            }
        }
        if this.missing.is_empty() {
            return this;
        }
        for resource in &graph.resources {
            let place = (
                folder(graph, resource),
                &*resource.gvk.group,
                &*resource.gvk.kind,
            );
            let is_unused = !resource.partial
                && resource.name.is_some()
                && !used.contains(&resource.id)
                && this.missing.contains_key(&place);
            if is_unused {
                let known = this.unused.entry(place).or_insert(Some(resource));
                if known.is_some_and(|it| it.name != resource.name) {
                    *known = None;
                }
            }
        }
        this
    }

    /// The object that `link`, which leads nowhere, probably means.
    pub(crate) fn meant(&self, graph: &'a DeploymentGraph, link: &Link) -> Option<&'a Resource> {
        let place = place(graph, link);
        let is_alone = self.missing.get(&place)? == &Some(link.target.name.as_str());
        self.unused.get(&place).copied()?.filter(|_| is_alone)
    }
}

/// Whether an object that nobody uses says anything: those of other kinds are often used from outside.
fn is_paired(relation: Relation, relations: &[Relation]) -> bool {
    relations.contains(&relation)
        && matches!(
            relation,
            Relation::ConfigMap | Relation::Claim | Relation::ScaleTarget
        )
}

fn place<'a>(graph: &'a DeploymentGraph, link: &'a Link) -> Place<'a> {
    let target = &link.target;
    (
        folder(graph, graph.resource(link.from)),
        &target.group,
        &target.kind,
    )
}

fn folder<'a>(graph: &'a DeploymentGraph, resource: &Resource) -> &'a str {
    graph.file(resource.file).path.parent()
}
