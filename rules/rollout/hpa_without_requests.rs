//! Autoscalers that go by the share of a request which a container does not state.

use std::collections::BTreeMap;

use kubelint_engine::settings::KubernetesVersion;
use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::Outcome;
use kubelint_model::reach::Ring;
use kubelint_model::reference::Relation;
use kubelint_model::view::{
    Autoscaler, Container, ContainerKind, LimitRange, PodTemplate, Utilization, Workload,
};
use kubelint_model::{Cause, Resource, ResourceId};

use crate::absence::called;
use crate::{evidence, scalers};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// Since then servers and autoscalers read `resources` of a whole pod unless told otherwise (feature gate `PodLevelResources`).
const POD_RESOURCES_SINCE: KubernetesVersion = KubernetesVersion {
    major: 1,
    minor: 34,
};

/// An autoscaler and what it scales: all that may be meant, which are equally near.
struct Scaling<'a> {
    cx: &'a RuleContext<'a>,
    scaler: Autoscaler<'a>,
    targets: Vec<(Workload<'a>, PodTemplate<'a>)>,
    ring: Ring,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let ranges: Vec<LimitRange<'_>> = cx.graph.limit_ranges().collect();
    // How many autoscalers each target has had so far.
    let mut counts: BTreeMap<Option<ResourceId>, usize> = BTreeMap::new();
    for scaler in cx.graph.autoscalers() {
        let metrics = scaler.utilizations();
        if metrics.is_empty() {
            continue;
        }
        let count = counts.entry(target(cx, &scaler)).or_default();
        *count += 1;
        if *count > scalers::MOST_SCALERS {
            continue;
        }
        let Some(scaling) = Scaling::of(cx, scaler) else {
            continue;
        };
        for metric in metrics {
            let given = ranges
                .iter()
                .filter(|it| it.gives_request(&metric.resource));
            let is_given = given.into_iter().any(|it| {
                let mut targets = scaling.targets.iter();
                targets.any(|(target, _)| may_share_namespace(it.resource, target.resource))
            });
            if !is_given {
                scaling.check(&metric, out);
            }
        }
    }
}

/// The first of what an autoscaler may scale.
fn target(cx: &RuleContext<'_>, scaler: &Autoscaler<'_>) -> Option<ResourceId> {
    let mut links = cx.graph.links_from(scaler.resource.id).iter();
    let link = links.find(|it| it.relation == Relation::ScaleTarget)?;
    match &link.outcome {
        Outcome::Resolved { candidates, .. } => candidates.first().copied(),
        _ => None,
    }
}

/// Whether two objects may end up in one namespace, as far as they state any.
fn may_share_namespace(a: &Resource, b: &Resource) -> bool {
    let both = a.namespace.as_ref().zip(b.namespace.as_ref());
    both.is_none_or(|(a, b)| a == b)
}

impl<'a> Scaling<'a> {
    fn of(cx: &'a RuleContext<'a>, scaler: Autoscaler<'a>) -> Option<Self> {
        let graph = cx.graph;
        let mut links = graph.links_from(scaler.resource.id).iter();
        let link = links.find(|it| it.relation == Relation::ScaleTarget)?;
        let Outcome::Resolved {
            ring,
            candidates,
            has_more: false,
        } = &link.outcome
        else {
            return None;
        };
        let targets = candidates.iter().map(|&id| {
            let workload = graph.workload(graph.resource(id))?;
            let template = workload.templates().into_iter().next()?;
            (!scalers::has_vertical(graph, workload.resource)).then_some((workload, template))
        });
        Some(Self {
            cx,
            scaler,
            targets: targets.collect::<Option<Vec<_>>>()?,
            ring: *ring,
        })
    }

    /// Reports the containers of the first target that lack the request, if none of the others could be meant and has all.
    fn check(&self, metric: &Utilization<'a>, out: &mut Findings) {
        let lacking = self.targets.iter().map(|(_, template)| {
            let lacking = self.lacking(template, metric);
            lacking.filter(|it| !it.is_empty())
        });
        let Some(lacking) = lacking.collect::<Option<Vec<_>>>() else {
            return;
        };
        let (Some((workload, _)), Some(lacking)) = (self.targets.first(), lacking.first()) else {
            return;
        };
        for container in lacking {
            out.push(self.finding(metric, workload, container));
        }
    }

    /// The containers that count for `metric` and have no request: as `calculateRequests` looks for them in
    /// `pkg/controller/podautoscaler/replica_calculator.go`. `None` if what one of them states cannot be read.
    fn lacking(
        &self,
        template: &PodTemplate<'a>,
        metric: &Utilization<'a>,
    ) -> Option<Vec<Container<'a>>> {
        let resource = &*metric.resource;
        let mut all = template.containers();
        let mut lacking = Vec::new();
        let mut some_has = false;
        if let Some(only) = &metric.container {
            all.retain(|it| it.name().is_some_and(|it| it.value == only.value));
        }
        for container in all {
            let has = container.has_request(resource)?;
            some_has |= has;
            if !has && container.kind != ContainerKind::Init {
                lacking.push(container);
            }
        }
        // A request of the whole pod counts for a metric of the whole pod, or is made from those of the containers that have one.
        if metric.container.is_none() && self.is_of_pods() {
            let of_pod: Vec<_> = [template.requests(), template.limits()].concat();
            let is_stated = of_pod.iter().any(|it| it.name == resource);
            if is_stated || !of_pod.is_empty() && some_has {
                lacking.clear();
            }
        }
        Some(lacking)
    }

    fn is_of_pods(&self) -> bool {
        let version = self.cx.world.kubernetes_version;
        version.is_none_or(|it| it >= POD_RESOURCES_SINCE)
    }

    fn finding(
        &self,
        metric: &Utilization<'a>,
        workload: &Workload<'a>,
        container: &Container<'a>,
    ) -> Finding {
        let (graph, resource) = (self.cx.graph, &*metric.resource);
        let scaler = self.scaler.resource;
        let name = container.name().map(|it| it.value).unwrap_or_default();
        let message = format!(
            "{} scales {} by the share of the requested `{resource}` that it uses, and container `{name}` requests none",
            called(scaler),
            called(workload.resource),
        );
        let field = container.field_path(&format!("resources.requests.{resource}"));
        let place = graph.span_in(workload.resource, container.place().range());
        let (stated, label) = match metric.node {
            Some(node) => (
                graph.span_in(scaler, node.range()),
                format!("a share of the requested `{resource}`"),
            ),
            None => (
                scaler.span,
                "states no metric, so that it goes by 80 % of the requested `cpu`".to_owned(),
            ),
        };
        Finding::new(place, message, Cause::field_of(workload.resource, &field))
            .label(format!("requests no `{resource}`"))
            .related(stated, label)
            .confidence(self.confidence(workload, container))
            .about(workload.resource.id, field, resource)
            .help(format!(
                "state `resources.requests.{resource}` for the container, or scale by an `averageValue`"
            ))
    }

    fn confidence(&self, workload: &Workload<'_>, container: &Container<'_>) -> Confidence {
        let graph = self.cx.graph;
        let is_for_tests = evidence::is_for_tests(graph, workload.resource)
            || evidence::is_for_tests(graph, self.scaler.resource);
        let most = match self.ring {
            _ if is_for_tests => Confidence::Low,
            // What is not known to be deployed together may be another object of that name.
            Ring::Outward | Ring::Elsewhere => Confidence::Medium,
            _ => Confidence::High,
        };
        let resources = container.field_path("resources");
        let of_scaler = ["spec.metrics", "spec.scaleTargetRef"];
        most.min(evidence::in_template(graph, workload, &[&resources]))
            .min(evidence::in_resource(
                graph,
                self.scaler.resource,
                &of_scaler,
            ))
    }
}
