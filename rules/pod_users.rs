//! What goes by the pods of one workload and gets those of two: Services, disruption budgets, autoscalers.

use std::collections::BTreeMap;

use kubelint_engine::{Confidence, Finding, Findings};
use kubelint_model::link::{Link, Outcome, Selection};
use kubelint_model::reach::Ring;
use kubelint_model::reference::{Picks, Relation};
use kubelint_model::view::text;
use kubelint_model::{Cause, DeploymentGraph, KubeNode, Match, Resource, ResourceId};
use kubelint_parser::Span;

use crate::absence::called;
use crate::evidence;
use crate::owners::Owner;
use crate::together::Together;
use crate::unmatched;

/// Ends of names that say what kind of object it is.
const KIND_WORDS: [&str; 13] = [
    "-budget",
    "-daemonset",
    "-dep",
    "-deploy",
    "-deployment",
    "-headless",
    "-lb",
    "-pdb",
    "-service",
    "-statefulset",
    "-sts",
    "-svc",
    "-ds",
];

/// What may count or reach the pods of a workload by mistake.
const COUNTED: [Picks; 2] = [Picks::Service, Picks::DisruptionBudget];

/// Of more Services and budgets that pick a workload than these, the others are not looked at.
const MOST_USERS: usize = 64;

/// Who goes by pods.
pub(crate) struct Users<'a> {
    graph: &'a DeploymentGraph,
    together: &'a Together<'a>,
    /// The selections of Services and budgets that pick each workload.
    selections: BTreeMap<ResourceId, Vec<&'a Selection>>,
}

/// Something that is meant for the pods of one workload, and gets those of two.
pub(crate) enum User<'a> {
    /// A Service or a disruption budget, and where its selector begins.
    Selector(&'a Resource, Span),
    /// An autoscaler of the one that selects the other's pods.
    Scaler(&'a Resource),
    /// An autoscaler of each.
    Scalers(&'a Resource, &'a Resource),
}

impl<'a> Users<'a> {
    pub(crate) fn new(graph: &'a DeploymentGraph, together: &'a Together<'a>) -> Self {
        let mut selections: BTreeMap<ResourceId, Vec<&Selection>> = BTreeMap::new();
        let all = graph.links.selections.iter();
        for selection in all.filter(|it| COUNTED.contains(&it.picks)) {
            for (id, _) in &selection.picked {
                selections.entry(*id).or_default().push(selection);
            }
        }
        Self {
            graph,
            together,
            selections,
        }
    }

    /// What is meant for one of the two and gets the pods of both: `owner` selects those of `other`, which does so too if `is_mutual`.
    pub(crate) fn of(
        &self,
        owner: &Owner<'a>,
        other: &Owner<'a>,
        is_mutual: bool,
    ) -> Option<User<'a>> {
        let (own, theirs) = (self.scaler(owner), self.scaler(other));
        match (own, theirs) {
            (Some(own), Some(theirs)) if own.id != theirs.id => {
                return Some(User::Scalers(own, theirs));
            }
            (Some(own), None) if goes_by_pods(self.graph, own) => return Some(User::Scaler(own)),
            (None, Some(theirs)) if is_mutual && goes_by_pods(self.graph, theirs) => {
                return Some(User::Scaler(theirs));
            }
            _ => {}
        }
        if is_mutual {
            self.selector(owner, other)
        } else {
            None
        }
    }

    /// The autoscaler of a workload.
    fn scaler(&self, owner: &Owner<'a>) -> Option<&'a Resource> {
        let mut scalers = scalers(self.graph, owner.resource().id);
        scalers.next().map(|it| self.graph.resource(it.from))
    }

    /// A Service or budget that picks both, and is called like only one of them or stands in one file with only one.
    fn selector(&self, owner: &Owner<'a>, other: &Owner<'a>) -> Option<User<'a>> {
        let both = [owner, other];
        let of = |it: &Owner<'a>| self.selections.get(&it.resource().id);
        let all = both.into_iter().filter_map(of).flatten();
        all.take(MOST_USERS).find_map(|selection| {
            let from = self.graph.resource(selection.from);
            let selector = unmatched::pick(self.graph, selection)?.selector;
            let picks = |it: &Owner<'a>| {
                let is_picked = selector.matches(it.labels) == Match::Yes;
                is_picked && self.together.are(from, it.resource())
            };
            if !is_meant_for_one(from, owner, other) || !both.into_iter().all(picks) {
                return None;
            }
            let first = selector.requirements.first()?;
            let range = first.range();
            Some(User::Selector(from, self.graph.span_in(from, range)))
        })
    }
}

/// Whether an object is called like one of the two, but not like the other, or stands in one file with only one.
fn is_meant_for_one(from: &Resource, owner: &Owner<'_>, other: &Owner<'_>) -> bool {
    let is_named = |it: &Owner<'_>| {
        let name = from.name.as_deref().unwrap_or_default();
        bare(name) == bare(it.name())
    };
    let is_beside = |it: &Owner<'_>| it.resource().file == from.file;
    is_named(owner) != is_named(other) || is_beside(owner) != is_beside(other)
}

impl User<'_> {
    /// What that means for it: the rest of a sentence.
    pub(crate) fn means(&self) -> String {
        match self {
            Self::Selector(from, _) if from.gvk.kind == "Service" => {
                format!(", so {} sends requests to both", called(from))
            }
            Self::Selector(from, _) => format!(", so {} counts those of both", called(from)),
            Self::Scaler(scaler) => {
                format!(", so {} goes by the load of both", called(scaler))
            }
            Self::Scalers(own, theirs) => format!(
                ", so neither {} nor {} scales anything",
                called(own),
                called(theirs)
            ),
        }
    }

    /// Whether it stops working, even if the pods are meant to be alike.
    pub(crate) fn stops(&self) -> bool {
        matches!(self, Self::Scalers(..))
    }

    /// Where it stands.
    pub(crate) fn places(&self) -> Vec<(Span, String)> {
        match self {
            Self::Selector(from, place) => vec![(*place, format!("{} selects both", called(from)))],
            Self::Scaler(scaler) => vec![(scaler.span, "goes by the pods of both".to_owned())],
            Self::Scalers(own, theirs) => {
                let text = "the autoscaler refuses pods that two of them count";
                vec![(own.span, text.to_owned()), (theirs.span, text.to_owned())]
            }
        }
    }
}

/// The links of the HorizontalPodAutoscalers that surely scale `target`.
fn scalers(graph: &DeploymentGraph, target: ResourceId) -> impl Iterator<Item = &Link> {
    graph.incoming(target).filter(|link| {
        let is_scaler = graph.resource(link.from).gvk.kind == "HorizontalPodAutoscaler";
        let is_near = matches!(
            &link.outcome,
            Outcome::Resolved { ring, candidates, .. }
                if *ring < Ring::Outward && candidates.len() == 1
        );
        link.relation == Relation::ScaleTarget && is_scaler && is_near
    })
}

/// Whether an autoscaler measures pods: by a metric of its target's pods, or by the default, which is their CPU.
fn goes_by_pods(graph: &DeploymentGraph, scaler: &Resource) -> bool {
    let metrics = graph.root(scaler).field("spec");
    let metrics = metrics.map(|it| it.list("metrics")).unwrap_or_default();
    let of_pods = |it: &str| matches!(it, "Resource" | "ContainerResource" | "Pods");
    let mut kinds = metrics.iter().filter_map(|it| text(*it, "type"));
    metrics.is_empty() || kinds.any(|it| of_pods(&it.value))
}

fn bare(name: &str) -> &str {
    let end = KIND_WORDS.iter().find_map(|it| name.strip_suffix(it));
    end.unwrap_or(name)
}

/// Finds workloads that two autoscalers scale: each counts the pods of the other, so that neither does anything (`AmbiguousSelector`, set by
/// `validateAndParseSelector` in `pkg/controller/podautoscaler`).
pub(crate) fn check_targets(graph: &DeploymentGraph, together: &Together<'_>, out: &mut Findings) {
    for workload in graph.workloads() {
        let target = workload.resource;
        let mut links = scalers(graph, target.id);
        let Some(first) = links.next() else {
            continue;
        };
        let one = graph.resource(first.from);
        for link in links {
            let two = graph.resource(link.from);
            if one.name == two.name || !together.are(one, two) {
                continue;
            }
            let place = |it: &Link| {
                let file = graph.resource(it.from).file;
                graph.span(file, graph.node(file, it.node).range())
            };
            let paths = ["spec.scaleTargetRef"];
            let doubtful = evidence::is_for_tests(graph, two);
            let confidence = if doubtful {
                Confidence::Low
            } else {
                evidence::in_resource(graph, one, &paths)
                    .min(evidence::in_resource(graph, two, &paths))
            };
            let message = format!(
                "{} and {} both scale {}, so neither of them does",
                called(one),
                called(two),
                called(target)
            );
            let found = Finding::new(
                place(link),
                message,
                Cause::field_of(target, "spec.replicas"),
            )
            .label("scaled by two autoscalers")
            .related(place(first), "also scales it")
            .about(
                two.id,
                "spec.scaleTargetRef.name",
                link.target.name.as_str(),
            )
            .confidence(confidence)
            .help("state all metrics in one of them, and delete the other");
            out.push(found);
        }
    }
}
