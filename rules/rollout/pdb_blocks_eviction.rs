//! Disruption budgets that never let a pod go.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::Selection;
use kubelint_model::reach::Ring;
use kubelint_model::reference::Picks;
use kubelint_model::view::{DisruptionBudget, IntOrString, Value, Workload};
use kubelint_model::{Cause, DeploymentGraph};
use kubelint_parser::Span;

use crate::absence::called;
use crate::{evidence, scalers};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// A budget, and the pods it counts.
struct Counted<'a> {
    graph: &'a DeploymentGraph,
    budget: DisruptionBudget<'a>,
    selection: &'a Selection,
    workloads: Vec<Workload<'a>>,
    /// The most pods there may be, and where the first workload's number is stated.
    most: i64,
    stated: Span,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for budget in cx.graph.disruption_budgets() {
        let selections = cx.graph.links.selections_of(budget.resource.id).iter();
        let mut own = selections.filter(|it| it.picks == Picks::DisruptionBudget);
        let counted = own.next().and_then(|it| Counted::of(cx.graph, budget, it));
        if let Some(counted) = counted
            && budget.disruptions_allowed(counted.most) == Some(0)
            && let Some(finding) = counted.finding()
        {
            out.push(finding);
        }
    }
}

impl<'a> Counted<'a> {
    /// `None` if nobody can tell how many pods the budget counts: it picks none, perhaps others, or some of a kind without a number.
    fn of(
        graph: &'a DeploymentGraph,
        budget: DisruptionBudget<'a>,
        selection: &'a Selection,
    ) -> Option<Self> {
        if selection.is_unknown || selection.has_more {
            return None;
        }
        let picked = selection.picked.iter();
        let workloads = picked.map(|(id, _)| graph.workload(graph.resource(*id)));
        let workloads = workloads.collect::<Option<Vec<_>>>()?;
        let (mut most, mut stated) = (0_i64, None);
        for workload in &workloads {
            let (pods, place) = most_pods(graph, workload)?;
            most = most.saturating_add(pods);
            stated = stated.or(Some(place));
        }
        (most > 0).then_some(Self {
            graph,
            budget,
            selection,
            workloads,
            most,
            stated: stated?,
        })
    }

    fn finding(&self) -> Option<Finding> {
        let resource = self.budget.resource;
        let (field, value) = self.bound()?;
        let written = match &value.value {
            IntOrString::Int(number) => number.to_string(),
            IntOrString::Str(text) => text.to_string(),
        };
        let first = self.workloads.first()?.resource;
        let (of, pods) = match self.workloads.len() {
            1 => (called(first), pods(self.most)),
            count => (format!("{count} workloads"), pods(self.most)),
        };
        let at_most = if self.is_scaled() { "at most " } else { "" };
        let message = format!(
            "{} states `{field}: {written}`, and what it selects, {of}, has {at_most}{pods}: no pod may ever be evicted",
            called(resource)
        );
        let field = format!("spec.{field}");
        let found = Finding::new(
            self.graph.span_in(resource, value.range()),
            message,
            Cause::field_of(resource, &field),
        )
        .label("lets no pod go")
        .related(self.stated, format!("{at_most}{pods}"))
        .confidence(self.confidence(&field))
        .about(resource.id, field, written)
        .help("allow one disruption (`maxUnavailable: 1`), or run more pods");
        Some(found)
    }

    /// What of the two the disruption controller goes by, and its value.
    fn bound(&self) -> Option<(&'static str, Value<'a, IntOrString<'a>>)> {
        let most = self.budget.max_unavailable();
        let least = || self.budget.min_available();
        let least = || least().map(|it| ("minAvailable", it));
        most.map(|it| ("maxUnavailable", it)).or_else(least)
    }

    fn is_scaled(&self) -> bool {
        let mut workloads = self.workloads.iter();
        workloads.any(|it| scalers::of(self.graph, it.resource.id).next().is_some())
    }

    fn confidence(&self, field: &str) -> Confidence {
        let graph = self.graph;
        let resources = self.workloads.iter().map(|it| it.resource);
        let mut all = resources.clone().chain([self.budget.resource]);
        let most = match self.selection.ring {
            _ if all.any(|it| evidence::is_for_tests(graph, it)) => Confidence::Low,
            Some(ring) if ring < Ring::Outward => Confidence::High,
            _ => Confidence::Medium,
        };
        let own = evidence::in_resource(graph, self.budget.resource, &[field, "spec.selector"]);
        let paths = ["spec.replicas"];
        resources.fold(most.min(own), |least, it| {
            least.min(evidence::in_resource(graph, it, &paths))
        })
    }
}

/// The most pods of a workload, and where that is stated: by it, or by an autoscaler.
fn most_pods(graph: &DeploymentGraph, workload: &Workload<'_>) -> Option<(i64, Span)> {
    let resource = workload.resource;
    let desired = workload.desired_replicas()?;
    let stated = workload.replicas();
    let place = stated.map_or(resource.span, |it| graph.span_in(resource, it.range()));
    // An autoscaler leaves a workload without pods alone.
    let scalers = scalers::of(graph, resource.id).filter(|_| desired > 0);
    let all = scalers.map(|it| it.most);
    let most = all.max_by_key(|(most, _)| *most);
    Some(
        most.filter(|(most, _)| *most > desired)
            .unwrap_or((desired, place)),
    )
}

fn pods(count: i64) -> String {
    if count == 1 {
        "one pod".to_owned()
    } else {
        format!("{count} pods")
    }
}
