//! What keeps pods in number: autoscalers and disruption budgets.

use kubelint_parser::yaml::Node;

use super::{IntOrString, Value, int_or_string, integer};
use crate::{DeploymentGraph, KubeNode, Resource, defaults};

/// A PodDisruptionBudget.
#[derive(Clone, Copy, Debug)]
pub struct DisruptionBudget<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

/// A HorizontalPodAutoscaler.
#[derive(Clone, Copy, Debug)]
pub struct Autoscaler<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

impl<'a> DisruptionBudget<'a> {
    /// `minAvailable`, if it is stated.
    pub fn min_available(&self) -> Option<Value<'a, IntOrString<'a>>> {
        int_or_string(self.root.field("spec")?, "minAvailable")
    }

    /// `maxUnavailable`, if it is stated.
    pub fn max_unavailable(&self) -> Option<Value<'a, IntOrString<'a>>> {
        int_or_string(self.root.field("spec")?, "maxUnavailable")
    }

    /// How many of so many healthy pods may go at once; `None` if it says nothing, or something that the API server refuses.
    pub fn disruptions_allowed(&self, pods: i64) -> Option<i64> {
        let (min, max) = (self.min_available(), self.max_unavailable());
        let min = min.as_ref().map(|it| &it.value);
        defaults::disruptions_allowed(pods, min, max.as_ref().map(|it| &it.value))
    }
}

impl<'a> Autoscaler<'a> {
    /// `minReplicas`, if it is stated; else it is [`defaults::MIN_REPLICAS`].
    pub fn min_replicas(&self) -> Option<Value<'a, i64>> {
        integer(self.root.field("spec")?, "minReplicas")
    }

    /// `maxReplicas`.
    pub fn max_replicas(&self) -> Option<Value<'a, i64>> {
        integer(self.root.field("spec")?, "maxReplicas")
    }
}

impl DeploymentGraph {
    /// Every whole PodDisruptionBudget, in order.
    pub fn disruption_budgets(&self) -> impl Iterator<Item = DisruptionBudget<'_>> {
        let budgets = self.resources_of(Some("policy"), "PodDisruptionBudget");
        budgets.map(|resource| DisruptionBudget {
            resource,
            root: self.root(resource),
        })
    }

    /// Every whole HorizontalPodAutoscaler, in order.
    pub fn autoscalers(&self) -> impl Iterator<Item = Autoscaler<'_>> {
        let autoscalers = self.resources_of(Some("autoscaling"), "HorizontalPodAutoscaler");
        autoscalers.map(|resource| Autoscaler {
            resource,
            root: self.root(resource),
        })
    }
}
