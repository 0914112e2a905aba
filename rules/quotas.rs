//! Pods that a ResourceQuota refuses, as the pod evaluator in `pkg/quota/v1/evaluator/core` counts them: those of which a container does not
//! state what the quota counts, and those of which there are more than it allows.

use kubelint_engine::{Finding, Findings, Severity};
use kubelint_model::view::{Amount, Container, Level, ResourceQuota, int_or_string};
use kubelint_model::{Cause, KubeNode, Quantity, path};
use kubelint_parser::Span;

use crate::absence::called;
use crate::bounds::{Bounds, InReach};
use crate::evidence;
use crate::pod_needs::Pods;

/// As many bounds of one quota are looked at: there are no more than a few.
const MOST_BOUNDS: usize = 64;

/// What every container must state where a quota counts it (`validationSet`).
const MUST_BE_STATED: [&str; 2] = ["cpu", "memory"];

/// Reports what `quota` refuses of `pods`.
pub(crate) fn check(
    pods: &Pods<'_>,
    bounds: &Bounds<'_>,
    quota: &InReach<ResourceQuota<'_>>,
    out: &mut Findings,
) {
    if quota.bound.counts(&pods.template) != Some(true) {
        return;
    }
    let check = Check { pods, quota };
    let mut hard = quota.bound.hard();
    hard.truncate(MOST_BOUNDS);
    check.unstated(bounds, &hard, out);
    // One bound is enough to keep the pods out.
    if let Some(finding) = hard.iter().find_map(|it| check.exceeded(it)) {
        out.push(finding);
    }
}

struct Check<'c, 'a> {
    pods: &'c Pods<'a>,
    quota: &'c InReach<ResourceQuota<'a>>,
}

/// What a key of `hard` counts of each pod.
enum Counted<'k> {
    /// The pods themselves.
    Pods,
    /// An amount.
    Amount(Level, &'k str),
}

impl<'k> Counted<'k> {
    /// `None` for what does not concern pods.
    fn of(key: &'k str) -> Option<Self> {
        let of_request = key.strip_prefix("requests.");
        let of_limit = key.strip_prefix("limits.");
        match key {
            "pods" | "count/pods" => Some(Self::Pods),
            // What claims request.
            "requests.storage" => None,
            "cpu" | "memory" | "ephemeral-storage" => Some(Self::Amount(Level::Request, key)),
            _ => of_request
                .map(|it| Self::Amount(Level::Request, it))
                .or(of_limit.map(|it| Self::Amount(Level::Limit, it))),
        }
    }
}

impl<'a> Check<'_, 'a> {
    /// Reports containers that do not state what the quota counts, and to which no LimitRange gives it.
    fn unstated(&self, bounds: &Bounds<'_>, hard: &[Amount<'_>], out: &mut Findings) {
        // Since pods may state resources themselves, containers need not.
        if self.pods.template.has_pod_resources() {
            return;
        }
        let workload = self.pods.resource();
        let wanted = hard.iter().filter_map(|it| match Counted::of(&it.name) {
            Some(Counted::Amount(level, resource)) if MUST_BE_STATED.contains(&resource) => {
                Some((it, level, resource))
            }
            _ => None,
        });
        let wanted = wanted.filter(|(_, level, resource)| match level {
            Level::Request => !bounds.may_give_request(workload, resource),
            Level::Limit => !bounds.may_give_limit(workload, resource),
        });
        let wanted: Vec<_> = wanted.collect();
        for container in self.pods.template.containers() {
            let lacking = wanted.iter().filter(|(_, level, resource)| {
                let demands = container.demands(resource, None);
                demands.is_ok_and(|it| it.at(*level).is_none())
            });
            let lacking: Vec<&Amount<'_>> = lacking.map(|it| it.0).collect();
            if !lacking.is_empty() {
                out.push(self.of_container(&container, &lacking));
            }
        }
    }

    fn of_container(&self, container: &Container<'a>, lacking: &[&Amount<'_>]) -> Finding {
        let (graph, workload) = (self.pods.graph, self.pods.resource());
        let name = container.name().map(|it| it.value).unwrap_or_default();
        let keys: Vec<String> = lacking.iter().map(|it| format!("`{}`", it.name)).collect();
        let keys = keys.join(", ");
        let quota = self.quota.bound.resource;
        let message = format!(
            "container `{name}` of {} does not state {keys}, which {} counts: the API server refuses the pods",
            called(workload),
            called(quota),
        );
        let field = container.field_path("resources");
        let own = evidence::in_resource(graph, quota, &["spec.hard"]);
        let confidence = self
            .pods
            .confidence(&[&field])
            .min(own)
            .min(self.quota.confidence);
        let place = graph.span_in(workload, container.place().range());
        let found = Finding::new(place, message, Cause::field_of(workload, &field))
            .label(format!("does not state {keys}"))
            .confidence(confidence)
            .about(workload.id, field, quota.name.clone().unwrap_or_default())
            .help("state `resources` for the container, or add a LimitRange that gives containers defaults");
        let counted = lacking.iter().map(|it| {
            let place = graph.span_in(quota, it.entry.key.range());
            (place, "must be stated by every container")
        });
        counted.fold(found, |found, (place, text)| found.related(place, text))
    }

    /// Reports that the pods, or the one more that an update starts first, are more than the quota allows.
    fn exceeded(&self, hard: &Amount<'_>) -> Option<Finding> {
        let allowed = hard.quantity?;
        let counted = Counted::of(&hard.name)?;
        let each = self.each(&counted)?;
        let count = self.pods.least;
        let room = allowed.holds(each)?;
        if room < count.number {
            return Some(self.of_count(hard, &counted, each, room));
        }
        (room == count.number && self.waits_for_room()).then(|| self.of_update(hard, room))
    }

    /// What one pod counts for: at least, where nobody knows what LimitRanges give it.
    fn each(&self, counted: &Counted<'_>) -> Option<Quantity> {
        let template = &self.pods.template;
        match counted {
            Counted::Pods => Some(Quantity::whole(1)),
            Counted::Amount(level, resource) => {
                let defaults = self.pods.defaults.certain();
                let demand = template.demand(resource, *level, defaults).ok()??;
                Some(demand.plus(self.overhead(resource)))
            }
        }
    }

    /// What the pod states beside its containers.
    fn overhead(&self, resource: &str) -> Quantity {
        let spec = self.pods.template.spec();
        let overhead = spec.and_then(|it| it.at(&["overhead", resource]));
        let scalar = overhead.and_then(KubeNode::scalar);
        scalar
            .and_then(|it| Quantity::of(&it))
            .filter(|it| *it > Quantity::ZERO)
            .unwrap_or(Quantity::ZERO)
    }

    /// Whether an update starts a pod before it stops one.
    fn waits_for_room(&self) -> bool {
        let steps = self.pods.workload.update_steps();
        let is_scaled = self.pods.least.scaler.is_some();
        !is_scaled && steps.is_some_and(|it| it.unavailable == 0 && it.surge > 0)
    }

    fn of_count(
        &self,
        hard: &Amount<'_>,
        counted: &Counted<'_>,
        each: Quantity,
        room: i64,
    ) -> Finding {
        let count = self.pods.least;
        let workload = called(self.pods.resource());
        let written = |it: Quantity| it.short();
        let allowed = hard.quantity.map(written).unwrap_or_default();
        let need = match counted {
            Counted::Pods => String::new(),
            Counted::Amount(Level::Limit, resource) => {
                format!(" with a `{resource}` limit of `{}` each", each.short())
            }
            Counted::Amount(Level::Request, resource) => {
                format!(
                    ", each of which requests `{}` of `{resource}`",
                    each.short()
                )
            }
        };
        let (pods, made) = match (count.number, room) {
            (1, _) => ("a pod".to_owned(), "it is not made".to_owned()),
            (number, 0) => (format!("{number} pods"), "none of them is made".to_owned()),
            (number, room) => (format!("{number} pods"), format!("only {room} of them fit")),
        };
        let message = format!(
            "{workload} has {pods}{need}, and {} allows `{}` of `{allowed}` in all: {made}",
            called(self.quota.bound.resource),
            hard.name,
        );
        self.finding(hard, count.span, message, format!("{pods}{need}"))
            .help("lower the number of pods or what each asks for, or raise the quota")
    }

    fn of_update(&self, hard: &Amount<'_>, room: i64) -> Finding {
        let workload = self.pods.resource();
        let strategy = self.pods.graph.locate(workload, "spec.strategy").range;
        let has_stated = self.pods.workload.root.at(&["spec", "strategy"]);
        let has_stated = has_stated
            .and_then(|it| it.field("rollingUpdate"))
            .is_some_and(|it| int_or_string(it, "maxUnavailable").is_some());
        let place = if has_stated {
            self.pods.graph.span_in(workload, strategy)
        } else {
            self.pods.least.span
        };
        let pods = if room == 1 {
            "the one pod".to_owned()
        } else {
            format!("the {room} pods")
        };
        let message = format!(
            "{} leaves room in `{}` for {pods} of {}, and not for the one more that an update starts before it stops one: updates wait for ever",
            called(self.quota.bound.resource),
            hard.name,
            called(workload),
        );
        let label = "an update may stop no pod before another is there".to_owned();
        self.finding(hard, place, message, label)
            .at_most(Severity::Warning)
            .help("allow one unavailable pod (`maxUnavailable: 1`), or raise the quota by what one pod needs")
    }

    fn finding(&self, hard: &Amount<'_>, place: Span, message: String, label: String) -> Finding {
        let (graph, workload) = (self.pods.graph, self.pods.resource());
        let quota = self.quota.bound.resource;
        let key = path::field("spec.hard", &hard.name);
        let containers = self.pods.containers_path();
        let fields = ["spec.replicas", "spec.strategy", containers.as_str()];
        let own = evidence::in_resource(graph, quota, &[&key]);
        let confidence = self
            .pods
            .confidence(&fields)
            .min(own)
            .min(self.quota.confidence);
        let allowed = hard.quantity.map(Quantity::short).unwrap_or_default();
        Finding::new(place, message, Cause::field_of(quota, &key))
            .label(label)
            .related(
                graph.span_in(quota, hard.entry.value.range()),
                format!("`{allowed}` in all"),
            )
            .confidence(confidence)
            .about(workload.id, "spec.replicas", hard.name.to_string())
    }
}
