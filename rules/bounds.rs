//! Which LimitRanges and ResourceQuotas hold for a workload's pods, and how surely they do.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::Confidence;
use kubelint_model::purpose::Purpose;
use kubelint_model::reach::{Postings, Reach, Ring};
use kubelint_model::view::{LimitRange, LimitRangeItem, ResourceQuota};
use kubelint_model::{DeploymentGraph, Resource, ResourceId};

use crate::evidence;

/// Knows the bounds of all namespaces.
pub(crate) struct Bounds<'a> {
    graph: &'a DeploymentGraph,
    reach: Reach,
    ranges: Postings,
    quotas: Postings,
    /// What LimitRanges give to containers, by the namespace that they state.
    given: BTreeMap<Option<&'a str>, Given<'a>>,
    /// The same of all of them.
    given_anywhere: Given<'a>,
}

/// What some LimitRanges give to containers.
#[derive(Default)]
struct Given<'a> {
    /// The LimitRanges, as many as are told apart.
    ranges: Vec<LimitRange<'a>>,
    requests: BTreeSet<String>,
    limits: BTreeSet<String>,
}

/// A bound that holds for some workload, and how surely.
pub(crate) struct InReach<T> {
    pub(crate) bound: T,
    pub(crate) confidence: Confidence,
}

/// What LimitRanges give to the containers of some workload.
#[derive(Clone)]
pub(crate) enum Defaults<'a> {
    /// Nothing.
    None,
    /// What this one gives.
    Of(LimitRangeItem<'a>),
    /// Several may hold, or one of which nobody knows whether it does.
    Unknown,
}

/// As many LimitRanges are told apart in one namespace.
const MOST_RANGES: usize = 2;

impl<'a> Bounds<'a> {
    /// `None` if there are no bounds.
    pub(crate) fn new(graph: &'a DeploymentGraph) -> Option<Self> {
        let ranges: Vec<_> = graph.limit_ranges().collect();
        let quotas: Vec<_> = graph.resource_quotas().map(|it| it.resource.id).collect();
        if ranges.is_empty() && quotas.is_empty() {
            return None;
        }
        let reach = Reach::new(graph);
        let mut given: BTreeMap<Option<&str>, Given<'_>> = BTreeMap::new();
        let mut given_anywhere = Given::default();
        for range in &ranges {
            let namespace = range.resource.namespace.as_deref();
            given.entry(namespace).or_default().add(*range);
            given_anywhere.add(*range);
        }
        let of_ranges = ranges.iter().map(|it| it.resource.id).collect();
        Some(Self {
            graph,
            ranges: reach.postings(of_ranges),
            quotas: reach.postings(quotas),
            reach,
            given,
            given_anywhere,
        })
    }

    /// The LimitRanges that hold for the pods of `workload`.
    pub(crate) fn limit_ranges(&self, workload: &Resource) -> Vec<InReach<LimitRange<'a>>> {
        let graph = self.graph;
        self.find(workload, &self.ranges, |resource| LimitRange {
            resource,
            root: graph.root(resource),
        })
    }

    /// The ResourceQuotas that hold for the pods of `workload`.
    pub(crate) fn quotas(&self, workload: &Resource) -> Vec<InReach<ResourceQuota<'a>>> {
        let graph = self.graph;
        self.find(workload, &self.quotas, |resource| ResourceQuota {
            resource,
            root: graph.root(resource),
        })
    }

    /// Whether some LimitRange, wherever it is, may give a request of `resource` to containers of `workload` that state none.
    pub(crate) fn may_give_request(&self, workload: &Resource, resource: &str) -> bool {
        let mut given = self.may_hold_for(workload);
        given.any(|it| it.requests.contains(resource))
    }

    /// Whether some LimitRange, wherever it is, may give a limit of `resource` to containers of `workload` that state none.
    pub(crate) fn may_give_limit(&self, workload: &Resource, resource: &str) -> bool {
        let mut given = self.may_hold_for(workload);
        given.any(|it| it.limits.contains(resource))
    }

    /// What containers of `workload` are given, where `in_reach` are the LimitRanges that hold for it.
    pub(crate) fn defaults(
        &self,
        workload: &Resource,
        in_reach: &[InReach<LimitRange<'a>>],
    ) -> Defaults<'a> {
        let mut all = self.may_hold_for(workload).flat_map(|it| &it.ranges);
        match (all.next(), all.next(), in_reach) {
            (None, ..) => Defaults::None,
            (Some(_), None, [only]) => match only.bound.of_containers() {
                Some(item) => Defaults::Of(item),
                None if only.bound.items().iter().all(|it| it.kind != "Container") => {
                    Defaults::None
                }
                None => Defaults::Unknown,
            },
            _ => Defaults::Unknown,
        }
    }

    /// What the LimitRanges give whose namespace may be that of `workload`.
    fn may_hold_for<'b>(&'b self, workload: &'b Resource) -> impl Iterator<Item = &'b Given<'a>> {
        let namespace = workload.namespace.as_deref();
        let anywhere = namespace.is_none().then_some(&self.given_anywhere);
        let stated = namespace.map(|it| [self.given.get(&Some(it)), self.given.get(&None)]);
        anywhere
            .into_iter()
            .chain(stated.into_iter().flatten().flatten())
    }

    fn find<T>(
        &self,
        workload: &Resource,
        postings: &Postings,
        view: impl Fn(&'a Resource) -> T,
    ) -> Vec<InReach<T>> {
        let accept = |id: ResourceId| {
            let both = self.graph.resource(id).namespace.as_ref();
            let both = both.zip(workload.namespace.as_ref());
            both.is_none_or(|(a, b)| a == b)
        };
        let hits = self.reach.find(self.graph, workload.id, postings, &accept);
        let Some((ring, ids)) = hits.nearest.filter(|_| !hits.has_more) else {
            return Vec::new();
        };
        let found: Vec<&Resource> = ids.iter().map(|&it| self.graph.resource(it)).collect();
        let mut names: Vec<_> = found.iter().map(|it| &it.name).collect();
        names.sort_unstable();
        names.dedup();
        let are_namesakes = names.len() < found.len();
        let are_several = found.len() > 1;
        let found = found.into_iter().filter_map(|bound| {
            let confidence = match ring {
                _ if self.graph.plan.may_tell_apart(workload, bound) => return None,
                Ring::File => Confidence::High,
                // Each build of the workload holds one of them.
                Ring::Build if !are_namesakes => Confidence::High,
                Ring::Directory | Ring::Applied if !are_several => Confidence::High,
                Ring::Outward if are_several || workload.namespace.is_none() => return None,
                Ring::Elsewhere => return None,
                _ => Confidence::Medium,
            };
            // A bound holds for one namespace: who states none may deploy to any, and files that lie side by side are often examples.
            let is_same = workload.namespace == bound.namespace;
            let is_stated = workload.namespace.is_some();
            // Of samples each file stands for itself, as do the steps of a tutorial.
            let is_sample = self.graph.file(workload.file).purpose == Purpose::Sample;
            let most = match ring {
                Ring::Outward if !is_same => return None,
                Ring::Directory | Ring::Outward if is_sample => Confidence::Low,
                _ if !is_same => Confidence::Low,
                Ring::Directory if !is_stated => Confidence::Low,
                Ring::Applied if !is_stated => Confidence::Medium,
                _ => Confidence::High,
            };
            let is_for_tests = evidence::is_for_tests(self.graph, bound);
            let most = most.min(if is_for_tests { Confidence::Low } else { most });
            Some(InReach {
                bound: view(bound),
                confidence: confidence.min(most),
            })
        });
        found.collect()
    }
}

impl<'a> Given<'a> {
    fn add(&mut self, range: LimitRange<'a>) {
        if self.ranges.len() < MOST_RANGES {
            self.ranges.push(range);
        }
        for item in range.items().iter().filter(|it| it.kind == "Container") {
            let amounts = |fields: &[&str]| -> Vec<String> {
                let all = fields.iter().flat_map(|it| item.amounts(it));
                all.map(|it| it.name.into_owned()).collect()
            };
            let (requests, limits) = (LimitRangeItem::OF_REQUESTS, LimitRangeItem::OF_LIMITS);
            self.requests.extend(amounts(requests));
            self.limits.extend(amounts(limits));
        }
    }
}

impl<'a> Defaults<'a> {
    /// What is certainly given.
    pub(crate) const fn certain(&self) -> Option<&LimitRangeItem<'a>> {
        match self {
            Self::Of(item) => Some(item),
            Self::None | Self::Unknown => None,
        }
    }

    /// Whether it is known what is given.
    pub(crate) const fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }
}
