//! Containers and pods that a LimitRange refuses, as `PodValidateLimitFunc` in `plugin/pkg/admission/limitranger` does, and containers whose
//! request is above the limit that one gives them.

use std::collections::BTreeSet;

use kubelint_engine::{Finding, Findings};
use kubelint_model::view::{Container, Demands, Level, LimitRange, LimitRangeItem, Unreadable};
use kubelint_model::{Cause, Quantity};
use kubelint_parser::yaml::Node;

use crate::absence::called;
use crate::bounds::InReach;
use crate::evidence;
use crate::pod_needs::Pods;

/// As many resources of one entry are looked at: there are no more than a few.
const MOST_RESOURCES: usize = 32;

/// The fields of a LimitRange's entry that refuse something.
const BOUNDS: [&str; 4] = ["max", "min", "default", "maxLimitRequestRatio"];

/// Reports what `range` refuses of `pods`.
pub(crate) fn check(pods: &Pods<'_>, range: &InReach<LimitRange<'_>>, out: &mut Findings) {
    for item in range.bound.items() {
        let names = BOUNDS.iter().flat_map(|it| item.amounts(it));
        let names: BTreeSet<String> = names.map(|it| it.name.into_owned()).collect();
        let names = names.iter().take(MOST_RESOURCES);
        for resource in names.filter(|it| !item.is_contradictory(it)) {
            let check = Check {
                pods,
                range,
                item: &item,
                resource,
            };
            // Nothing is known of what cannot be read.
            let _ = match &*item.kind {
                "Container" => check.containers(out),
                "Pod" => check.pod(out),
                _ => Ok(()),
            };
        }
    }
}

/// One bound of one resource.
struct Check<'c, 'a> {
    pods: &'c Pods<'a>,
    range: &'c InReach<LimitRange<'a>>,
    item: &'c LimitRangeItem<'a>,
    resource: &'c str,
}

/// What is refused.
struct Refusal<'a> {
    /// What of the workload contradicts the bound; `None` if something is missing.
    node: Option<Node<'a>>,
    /// What it is, after the name of the container or pod.
    what: String,
    /// What the LimitRange says, after its name.
    bound: String,
    /// What says it.
    place: Node<'a>,
    level: Level,
}

impl<'a> Check<'_, 'a> {
    fn containers(&self, out: &mut Findings) -> Result<(), Unreadable> {
        for container in self.pods.template.containers() {
            let demands = container.demands(self.resource, self.pods.defaults.certain())?;
            let refusal = self
                .above(&demands, "a container")
                .or_else(|| self.below(&demands, "a container"))
                .or_else(|| self.above_default(&demands))
                .or_else(|| self.ratio(&demands));
            if let Some(refusal) = refusal {
                out.push(self.of_container(&container, &refusal));
            }
        }
        Ok(())
    }

    fn pod(&self, out: &mut Findings) -> Result<(), Unreadable> {
        let template = &self.pods.template;
        let defaults = self.pods.defaults.certain();
        let request = template.demand(self.resource, Level::Request, defaults)?;
        let limit = template.demand(self.resource, Level::Limit, defaults)?;
        // What nobody knows of can only add to what is known.
        let is_known = self.pods.defaults.is_known();
        let max = self.item.bound("max", self.resource);
        let min = self.item.bound("min", self.resource);
        let refusal = match (max, min) {
            (Some((max, place)), _) if limit.is_some_and(|it| it > max) => {
                self.in_all(Level::Limit, limit, "at most", max, place)
            }
            (Some((max, place)), _) if request.is_some_and(|it| it > max) => {
                self.in_all(Level::Request, request, "at most", max, place)
            }
            (Some((max, place)), _) if limit.is_none() && is_known => {
                self.in_all(Level::Limit, None, "at most", max, place)
            }
            (_, Some((min, place))) if is_known && request.is_none_or(|it| it < min) => {
                self.in_all(Level::Request, request, "at least", min, place)
            }
            (_, Some((min, place))) if is_known && limit.is_some_and(|it| it < min) => {
                self.in_all(Level::Limit, limit, "at least", min, place)
            }
            _ => return Ok(()),
        };
        out.push(self.of_pod(&refusal));
        Ok(())
    }

    /// What the containers of a pod ask for together, and is refused.
    fn in_all(
        &self,
        level: Level,
        amount: Option<Quantity>,
        how: &str,
        bound: Quantity,
        place: Node<'a>,
    ) -> Refusal<'a> {
        let (resource, word, bound) = (self.resource, level.as_str(), bound.short());
        let what = match amount {
            Some(amount) => format!("`{resource}` {word}s of `{}` in all", amount.short()),
            None => format!("no `{resource}` {word}"),
        };
        Refusal {
            node: None,
            what,
            bound: format!("allows a pod {how} `{bound}`"),
            place,
            level,
        }
    }

    /// What is above the maximum. (Without a limit, a container gets one that is not.)
    fn above(&self, demands: &Demands<'a>, whom: &str) -> Option<Refusal<'a>> {
        let (max, place) = self.item.bound("max", self.resource)?;
        self.beyond(
            demands,
            place,
            format!("allows {whom} at most `{}`", max.short()),
            |it| it > max,
        )
    }

    /// What is below the minimum. (Without a request, a container gets one that is not.)
    fn below(&self, demands: &Demands<'a>, whom: &str) -> Option<Refusal<'a>> {
        let (min, place) = self.item.bound("min", self.resource)?;
        self.beyond(
            demands,
            place,
            format!("wants {whom} to have at least `{}`", min.short()),
            |it| it < min,
        )
    }

    fn beyond(
        &self,
        demands: &Demands<'a>,
        place: Node<'a>,
        bound: String,
        is_refused: impl Fn(Quantity) -> bool,
    ) -> Option<Refusal<'a>> {
        let mut levels = [Level::Limit, Level::Request].into_iter();
        let (level, demand) = levels.find_map(|level| {
            let demand = demands.at(level).filter(|it| !it.is_default)?;
            is_refused(demand.quantity).then_some((level, demand))
        })?;
        Some(Refusal {
            node: Some(demand.node),
            what: self.amount_of(level, demand.quantity),
            bound,
            place,
            level,
        })
    }

    fn amount_of(&self, level: Level, quantity: Quantity) -> String {
        let article = if level == Level::Limit {
            "limit"
        } else {
            "request"
        };
        format!("a `{}` {article} of `{}`", self.resource, quantity.short())
    }

    /// A request above the limit that the LimitRange gives: the API server then refuses the pod, because no request may be above its limit.
    fn above_default(&self, demands: &Demands<'a>) -> Option<Refusal<'a>> {
        let request = demands.request.filter(|it| !it.is_default)?;
        let limit = demands.limit.filter(|it| it.is_default)?;
        (request.quantity > limit.quantity).then(|| Refusal {
            node: Some(request.node),
            what: format!(
                "{} and no limit",
                self.amount_of(Level::Request, request.quantity)
            ),
            bound: format!("gives it a limit of only `{}`", limit.quantity.short()),
            place: limit.node,
            level: Level::Request,
        })
    }

    /// A limit that is too many times the request, or one of the two missing or nothing.
    fn ratio(&self, demands: &Demands<'a>) -> Option<Refusal<'a>> {
        let (most, place) = self.item.bound("maxLimitRequestRatio", self.resource)?;
        let amount = |level| demands.at(level).filter(|it| it.quantity > Quantity::ZERO);
        let bound = format!("allows a limit of at most {most} times the request");
        let (Some(request), Some(limit)) = (amount(Level::Request), amount(Level::Limit)) else {
            let is_request = amount(Level::Request).is_none();
            let level = if is_request {
                Level::Request
            } else {
                Level::Limit
            };
            return self.pods.defaults.is_known().then(|| Refusal {
                node: demands
                    .at(level)
                    .filter(|it| !it.is_default)
                    .map(|it| it.node),
                what: format!("no `{}` {}", self.resource, level.as_str()),
                bound,
                place,
                level,
            });
        };
        // Both are billionths: the product is compared without the rounding of a division.
        let most_limit = request.quantity.nanos().checked_mul(most.nanos())?;
        let limit_nanos = limit
            .quantity
            .nanos()
            .checked_mul(Quantity::whole(1).nanos())?;
        let own = [limit, request].into_iter().find(|it| !it.is_default);
        (limit_nanos > most_limit).then(|| Refusal {
            node: own.map(|it| it.node),
            what: format!(
                "a `{}` request of `{}` and a limit of `{}`",
                self.resource,
                request.quantity.short(),
                limit.quantity.short()
            ),
            bound,
            place,
            level: Level::Limit,
        })
    }

    fn of_container(&self, container: &Container<'a>, refusal: &Refusal<'a>) -> Finding {
        let name = container.name().map(|it| it.value).unwrap_or_default();
        let of = called(self.pods.resource());
        let subject = format!("container `{name}` of {of} has {}", refusal.what);
        let list = format!("resources.{}s.{}", refusal.level.as_str(), self.resource);
        let field = container.field_path(&list);
        let node = refusal.node.unwrap_or_else(|| container.place());
        self.finding(node, &subject, &field, refusal)
            .help("state an amount within the bounds of the LimitRange, or widen them")
    }

    fn of_pod(&self, refusal: &Refusal<'a>) -> Finding {
        let subject = format!(
            "{} gives its pods {}",
            called(self.pods.resource()),
            refusal.what
        );
        let field = self.pods.containers_path();
        let containers = self.pods.template.containers();
        let place = containers
            .first()
            .map_or(self.pods.workload.root, Container::place);
        self.finding(place, &subject, &field, refusal)
            .help("state amounts whose sum is within the bounds of the LimitRange, or widen them")
    }

    fn finding(
        &self,
        node: Node<'a>,
        subject: &str,
        field: &str,
        refusal: &Refusal<'a>,
    ) -> Finding {
        let graph = self.pods.graph;
        let (workload, range) = (self.pods.resource(), self.range.bound.resource);
        let by = called(range);
        let bound = &refusal.bound;
        let message = format!("{subject}, and {by} {bound}: the API server refuses the pods");
        let own = evidence::in_resource(graph, range, &["spec.limits"]);
        let confidence = self
            .pods
            .confidence(&[field])
            .min(own)
            .min(self.range.confidence);
        Finding::new(
            graph.span_in(workload, node.range()),
            message,
            Cause::field_of(workload, field),
        )
        .label(format!("has {}", refusal.what))
        .related(graph.span_in(range, refusal.place.range()), bound.clone())
        .confidence(confidence)
        .about(workload.id, field.to_owned(), self.resource.to_owned())
    }
}
