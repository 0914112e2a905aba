//! Finds what selectors pick.

use std::cell::Cell;

use kubelint_parser::yaml::Node;

use crate::made::Makers;
use crate::path;
use crate::placeholder::is_replaced;
use crate::reach::Reach;
use crate::reference::{Namespaces, Pick, Picks};
use crate::selector::{LabelSet, Match, Operator};
use crate::view::PodTemplate;
use crate::{DeploymentGraph, Resource, ResourceId, Selector};

use super::Selection;
use super::index::{Labels, Scope};

/// The most objects whose labels are compared with one selector: where each of its requirements alone is met by a thousand objects, and
/// all of them together by none of those, nobody knows what it is meant for.
const MAX_COMPARED: u32 = 1024;

/// The most pods that are looked at for labels that kustomizations and patches may add to them.
const MAX_PATCHED: u32 = 256;

/// Finds what selectors pick.
pub(super) struct Selecting<'g> {
    graph: &'g DeploymentGraph,
    reach: &'g Reach,
    makers: &'g Makers,
    pods: Labels<'g>,
    services: Labels<'g>,
}

/// The pod templates of a resource.
fn templates<'g>(graph: &'g DeploymentGraph, resource: &'g Resource) -> Vec<PodTemplate<'g>> {
    let workload = graph.workload(resource);
    workload.map(|it| it.templates()).unwrap_or_default()
}

impl<'g> Selecting<'g> {
    pub(super) fn new(graph: &'g DeploymentGraph, reach: &'g Reach, makers: &'g Makers) -> Self {
        let set = |labels: Option<Node<'g>>| labels.map(LabelSet::of).unwrap_or_default();
        Self {
            graph,
            reach,
            makers,
            pods: Labels::new(graph, reach, |resource| {
                if !resource.is_whole() {
                    return Vec::new();
                }
                let templates = templates(graph, resource).into_iter();
                templates.map(|it| set(it.labels())).collect()
            }),
            services: Labels::new(graph, reach, |resource| {
                let is_service = resource.is_whole() && resource.gvk.is("", "Service");
                let labels = is_service.then(|| set(graph.labels(resource)));
                labels.into_iter().collect()
            }),
        }
    }

    /// What `pick`, one of those of `from`, picks.
    pub(super) fn selection(&self, from: &'g Resource, pick: &Pick<'g>) -> Selection {
        let labels = match pick.picks {
            Picks::ServiceMonitor => &self.services,
            _ => &self.pods,
        };
        let left = Cell::new(MAX_COMPARED);
        let accept = |id: ResourceId| {
            left.set(left.get().saturating_sub(1));
            // All the rest is taken once there is no knowing, to come to an end.
            left.get() == 0 || matches(labels.of(id), &pick.selector).next().is_some()
        };
        let sets = labels.candidates(&pick.selector);
        let hits = in_scope(from, pick, |scope| {
            Labels::find(&sets, self.graph, self.reach, from.id, scope, &accept)
        });
        let mut selection = Selection {
            from: from.id,
            picks: pick.picks,
            node: pick.node.id(),
            ring: None,
            picked: Vec::new(),
            has_more: false,
            is_unknown: left.get() == 0,
            elsewhere: Vec::new(),
        };
        if selection.is_unknown {
            return selection;
        }
        selection.elsewhere = hits.in_some_builds;
        selection.elsewhere.extend(hits.elsewhere);
        if let Some((ring, ids)) = hits.nearest {
            for id in ids {
                for (template, matched) in matches(labels.of(id), &pick.selector) {
                    match matched {
                        Match::Yes => selection.picked.push((id, template)),
                        _ => selection.is_unknown = true,
                    }
                }
            }
            selection.ring = Some(ring).filter(|_| !selection.picked.is_empty());
            selection.has_more = hits.has_more;
        } else {
            selection.is_unknown = hits.has_more
                || self.may_pick(from, pick, labels)
                || self.is_made_elsewhere(from, pick);
        }
        selection
    }

    /// Whether a selector that picks nothing may pick something that is not known, or not known well enough.
    fn may_pick(&self, from: &'g Resource, pick: &Pick<'g>, labels: &Labels<'g>) -> bool {
        let mut requirements = pick.selector.requirements.iter();
        let is_unreadable = requirements.any(|it| it.operator == Operator::Unreadable);
        let has_replaced = || {
            let mut requirements = pick.selector.requirements.iter();
            requirements.any(|it| {
                let values: &[_] = match &it.operator {
                    Operator::In(values) | Operator::NotIn(values) => values,
                    _ => &[],
                };
                is_replaced(&it.key) || values.iter().any(|it| is_replaced(it))
            })
        };
        is_unreadable || has_replaced() || self.may_be_changed(from, pick, labels)
    }

    /// Whether what the selector asks for is made by controllers, at run time, or by the repository's own charts.
    fn is_made_elsewhere(&self, from: &Resource, pick: &Pick<'_>) -> bool {
        let requirements = pick.selector.requirements.iter();
        let labels = requirements.filter_map(|it| match &it.operator {
            Operator::In(values) => Some((it.key.clone(), values.first()?.clone())),
            Operator::Exists => Some((it.key.clone(), "".into())),
            _ => None,
        });
        let labels: Vec<_> = labels.collect();
        let maker = self.makers.of_pods(self.graph, from.id, &labels);
        maker.is_some()
    }

    /// Whether something that a kustomization takes in gets the labels that it lacks, or others, before it is deployed.
    fn may_be_changed(&self, from: &'g Resource, pick: &Pick<'g>, labels: &Labels<'g>) -> bool {
        let left = Cell::new(MAX_PATCHED);
        let is_found = Cell::new(false);
        let may_get = |id: ResourceId| {
            let resource = self.graph.resource(id);
            match pick.picks {
                Picks::ServiceMonitor => {
                    let labels = self.graph.labels(resource);
                    self.may_get(resource, "metadata.labels", labels, &pick.selector)
                }
                _ => templates(self.graph, resource).iter().any(|it| {
                    let path = path::field(&it.path, "metadata");
                    let path = path::field(&path, "labels");
                    self.may_get(resource, &path, it.labels(), &pick.selector)
                }),
            }
        };
        let accept = |id: ResourceId| {
            if left.get() == 0 {
                return true;
            }
            left.set(left.get() - 1);
            let may_get = may_get(id);
            is_found.set(is_found.get() || may_get);
            may_get
        };
        let hits = in_scope(from, pick, |scope| {
            let patched = labels.patched();
            patched.find(self.graph, self.reach, from.id, scope, &accept)
        });
        hits.nearest.is_some() && is_found.get()
    }

    /// Whether all requirements that `labels`, which stand at `path`, do not meet are about labels that something may change.
    fn may_get(
        &self,
        resource: &Resource,
        path: &str,
        labels: Option<Node<'_>>,
        selector: &Selector<'_>,
    ) -> bool {
        let plan = &self.graph.plan;
        selector.failing(labels).all(|it| {
            plan.may_label(resource, &it.key) || plan.may_set(resource, &path::field(path, &it.key))
        })
    }
}

/// Which of an object's sets of labels the selector matches, or may match: their places, and how.
fn matches(labels: &[LabelSet<'_>], selector: &Selector<'_>) -> impl Iterator<Item = (u32, Match)> {
    let each = (0..).zip(labels);
    let each = each.map(|(at, labels)| (at, selector.matches_set(labels)));
    each.filter(|it| it.1 != Match::No)
}

/// Searches in the namespaces in which `pick` looks.
fn in_scope<T>(from: &Resource, pick: &Pick<'_>, find: impl FnOnce(Scope<'_>) -> T) -> T {
    match (&pick.namespaces, &from.namespace) {
        (Namespaces::Own, Some(own)) => find(Scope::In(&[own])),
        (Namespaces::Named(names), _) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            find(Scope::In(&names))
        }
        (Namespaces::Own, None) | (Namespaces::Any, _) => find(Scope::Any),
    }
}
