//! What a namespace sets bounds to: LimitRanges and ResourceQuotas.

use std::borrow::Cow;

use kubelint_parser::yaml::Node;

use super::container::{Amount, amounts_in};
use super::text;
use crate::{DeploymentGraph, KubeNode, Resource};

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

    /// Whether containers that request none of `resource` get a request from it.
    pub fn gives_request(&self, resource: &str) -> bool {
        let mut items = self.items().into_iter();
        items.any(|it| it.default_request(resource).is_some())
    }
}

impl<'a> LimitRangeItem<'a> {
    /// The amounts of one of its fields: `max`, `min`, `default`, `defaultRequest`, `maxLimitRequestRatio`.
    pub fn amounts(&self, field: &str) -> Vec<Amount<'a>> {
        amounts_in(self.node, field)
    }

    /// What a container that states no limit of `resource` gets: the stated default, else the maximum
    /// (`SetDefaults_LimitRangeItem` in `pkg/apis/core/v1/defaults.go`).
    pub fn default_limit(&self, resource: &str) -> Option<Amount<'a>> {
        self.first(&["default", "max"], resource)
    }

    /// What a container that states neither a request nor a limit of `resource` gets: the stated default, else the default of limits, else
    /// the minimum (`SetDefaults_LimitRangeItem`).
    pub fn default_request(&self, resource: &str) -> Option<Amount<'a>> {
        self.first(&["defaultRequest", "default", "max", "min"], resource)
    }

    fn first(&self, fields: &[&str], resource: &str) -> Option<Amount<'a>> {
        if self.kind != "Container" {
            return None;
        }
        let mut all = fields.iter().flat_map(|it| self.amounts(it));
        all.find(|it| it.name == resource)
    }
}

impl DeploymentGraph {
    /// Every whole LimitRange, in order.
    pub fn limit_ranges(&self) -> impl Iterator<Item = LimitRange<'_>> {
        let all = self.resources_of(Some(""), "LimitRange");
        all.map(|resource| LimitRange {
            resource,
            root: self.root(resource),
        })
    }
}
