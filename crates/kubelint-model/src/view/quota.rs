//! What a namespace sets bounds to: LimitRanges and ResourceQuotas.

use std::borrow::Cow;

use kubelint_parser::yaml::Node;

use super::container::{Amount, ContainerKind, amounts_in};
use super::{PodTemplate, integer, strings, text};
use crate::{DeploymentGraph, KubeNode, Quantity, Resource};

/// A ResourceQuota.
#[derive(Clone, Copy, Debug)]
pub struct ResourceQuota<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

/// A LimitRange.
#[derive(Clone, Copy, Debug)]
pub struct LimitRange<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

/// An entry of a LimitRange's `limits`.
#[derive(Clone, Debug)]
pub struct LimitRangeItem<'a> {
    /// What it holds for: `Container`, `Pod`, `PersistentVolumeClaim`.
    pub kind: Cow<'a, str>,
    /// Its mapping.
    pub node: Node<'a>,
}

impl<'a> LimitRange<'a> {
    /// The entries, in order; those without a type are left out.
    pub fn items(&self) -> Vec<LimitRangeItem<'a>> {
        let spec = self.root.field("spec");
        let items = spec.map(|it| it.list("limits")).unwrap_or_default();
        let items = items.into_iter().filter_map(|node| {
            let kind = text(node, "type")?.value;
            Some(LimitRangeItem { kind, node })
        });
        items.collect()
    }

    /// The entry for containers, unless there are several, which the API server refuses.
    pub fn of_containers(&self) -> Option<LimitRangeItem<'a>> {
        let mut items = self.items().into_iter();
        let mut of_containers = items.by_ref().filter(|it| it.kind == "Container");
        let only = of_containers.next();
        only.filter(|_| of_containers.next().is_none())
    }

    /// Whether containers that request none of `resource` get a request from it.
    pub fn gives_request(&self, resource: &str) -> bool {
        let mut items = self.items().into_iter();
        items.any(|it| it.default_request(resource).is_some())
    }
}

impl<'a> LimitRangeItem<'a> {
    /// Where the limit comes from that containers get which state none: the first of these fields that has one
    /// (`SetDefaults_LimitRangeItem` in `pkg/apis/core/v1/defaults.go`).
    pub const OF_LIMITS: &'static [&'static str] = &["default", "max"];

    /// Where the request comes from that containers get which state neither request nor limit: the first of these fields that has one
    /// (`SetDefaults_LimitRangeItem`).
    pub const OF_REQUESTS: &'static [&'static str] = &["defaultRequest", "default", "max", "min"];

    /// The amounts of one of its fields: `max`, `min`, `default`, `defaultRequest`, `maxLimitRequestRatio`.
    pub fn amounts(&self, field: &str) -> Vec<Amount<'a>> {
        amounts_in(self.node, field)
    }

    /// What a container that states no limit of `resource` gets: the stated default, else the maximum.
    pub fn default_limit(&self, resource: &str) -> Option<Amount<'a>> {
        self.first(Self::OF_LIMITS, resource)
    }

    /// What a container that states neither a request nor a limit of `resource` gets: the stated default, else the default of limits, else
    /// the minimum.
    pub fn default_request(&self, resource: &str) -> Option<Amount<'a>> {
        self.first(Self::OF_REQUESTS, resource)
    }

    /// The bound `field` of `resource`: in `max`, `min` or `maxLimitRequestRatio`.
    pub fn bound(&self, field: &str, resource: &str) -> Option<(Quantity, Node<'a>)> {
        let mut amounts = self.amounts(field).into_iter();
        let amount = amounts.find(|it| it.name == resource)?;
        Some((amount.quantity?, amount.entry.value))
    }

    /// Whether what it says of `resource` contradicts itself, so that the API server refuses the LimitRange (`ValidateLimitRange` in
    /// `pkg/apis/core/validation`).
    pub fn is_contradictory(&self, resource: &str) -> bool {
        let ascending = ["min", "defaultRequest", "default", "max"];
        let bounds = ascending.iter().filter_map(|it| self.bound(it, resource));
        let bounds: Vec<Quantity> = bounds.map(|it| it.0).collect();
        !bounds.is_sorted()
    }

    fn first(&self, fields: &[&str], resource: &str) -> Option<Amount<'a>> {
        if self.kind != "Container" {
            return None;
        }
        let mut all = fields.iter().flat_map(|it| self.amounts(it));
        all.find(|it| it.name == resource)
    }
}

impl<'a> ResourceQuota<'a> {
    /// What it sets bounds to, in order: `requests.cpu`, `limits.memory`, `pods` …
    pub fn hard(&self) -> Vec<Amount<'a>> {
        let spec = self.root.field("spec");
        spec.map_or(Vec::new(), |it| amounts_in(it, "hard"))
    }

    /// Whether it counts the pods that are made from `template`, as `podMatchesScopeFunc` in `pkg/quota/v1/evaluator/core` tells. `None` if
    /// that depends on what other objects make of the pods: a LimitRange, which may give them requests (so that they are no longer
    /// `BestEffort`), or a default PriorityClass.
    pub fn counts(&self, template: &PodTemplate<'_>) -> Option<bool> {
        let Some(spec) = self.root.field("spec") else {
            return Some(true);
        };
        let mut all = Some(true);
        for scope in strings(spec, "scopes") {
            all = and(all, matches_scope(&scope.value, "Exists", &[], template));
        }
        let expressions = spec.field("scopeSelector");
        for it in expressions.map_or(Vec::new(), |it| it.list("matchExpressions")) {
            let scope = text(it, "scopeName")?.value;
            let operator = text(it, "operator")?.value;
            let values: Vec<_> = strings(it, "values")
                .into_iter()
                .map(|it| it.value)
                .collect();
            all = and(all, matches_scope(&scope, &operator, &values, template));
        }
        all
    }
}

/// Whether both hold; one that does not hold decides even where the other is not known.
fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn matches_scope(
    scope: &str,
    operator: &str,
    values: &[Cow<'_, str>],
    template: &PodTemplate<'_>,
) -> Option<bool> {
    let spec = template.spec()?;
    let is_terminating = integer(spec, "activeDeadlineSeconds").is_some_and(|it| it.value >= 0);
    match scope {
        "Terminating" => Some(is_terminating),
        "NotTerminating" => Some(!is_terminating),
        "BestEffort" => has_amounts(template).then_some(false),
        "NotBestEffort" => has_amounts(template).then_some(true),
        "PriorityClass" => {
            let class = text(spec, "priorityClassName").filter(|it| !it.value.is_empty())?;
            let is_listed = values.contains(&class.value);
            match operator {
                "Exists" => Some(true),
                "DoesNotExist" => Some(false),
                "In" => Some(is_listed),
                "NotIn" => Some(!is_listed),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether some container that counts for the quality of service states CPU or memory (`ComputePodQOS` in `pkg/apis/core/v1/helper/qos`).
fn has_amounts(template: &PodTemplate<'_>) -> bool {
    let containers = template.containers().into_iter();
    let of_containers = containers.filter(|it| it.kind != ContainerKind::Init);
    let of_containers = of_containers.flat_map(|it| [it.requests(), it.limits()].concat());
    let of_pod = [template.requests(), template.limits()].concat();
    let mut all = of_containers.chain(of_pod);
    all.any(|it| {
        matches!(&*it.name, "cpu" | "memory") && it.quantity.is_some_and(|it| it > Quantity::ZERO)
    })
}

impl DeploymentGraph {
    /// Every whole ResourceQuota, in order.
    pub fn resource_quotas(&self) -> impl Iterator<Item = ResourceQuota<'_>> {
        let all = self.resources_of(Some(""), "ResourceQuota");
        all.map(|resource| ResourceQuota {
            resource,
            root: self.root(resource),
        })
    }

    /// Every whole LimitRange, in order.
    pub fn limit_ranges(&self) -> impl Iterator<Item = LimitRange<'_>> {
        let all = self.resources_of(Some(""), "LimitRange");
        all.map(|resource| LimitRange {
            resource,
            root: self.root(resource),
        })
    }
}
