//! What the Prometheus operator scrapes: ServiceMonitors and PodMonitors.

use std::borrow::Cow;

use kubelint_parser::yaml::Node;

use super::{IntOrString, Text, Value, int_or_string, integer, text};
use crate::{DeploymentGraph, KubeNode, Resource, defaults, path};

/// A ServiceMonitor or PodMonitor.
#[derive(Clone, Copy, Debug)]
pub struct Monitor<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
    /// The list of its endpoints: `endpoints` or `podMetricsEndpoints`.
    list: &'static str,
}

/// An endpoint that a monitor scrapes.
#[derive(Clone, Copy, Debug)]
pub struct MonitorEndpoint<'a> {
    /// Its place in the list.
    pub index: usize,
    /// Its mapping.
    pub node: Node<'a>,
    /// The list it is in.
    list: &'static str,
}

impl<'a> Monitor<'a> {
    /// What it scrapes, in order.
    pub fn endpoints(&self) -> Vec<MonitorEndpoint<'a>> {
        let endpoints = self.root.field("spec").map(|it| it.list(self.list));
        let endpoints = endpoints.unwrap_or_default().into_iter().enumerate();
        let list = self.list;
        endpoints
            .map(|(index, node)| MonitorEndpoint { index, node, list })
            .collect()
    }
}

impl<'a> MonitorEndpoint<'a> {
    /// `port`: the name of the Service's port, or for PodMonitors of the container's. It wins over [`Self::target_port`].
    pub fn port(&self) -> Option<Text<'a>> {
        text(self.node, "port").filter(|it| !it.value.is_empty())
    }

    /// `targetPort`: name or number of the container's port.
    pub fn target_port(&self) -> Option<Value<'a, IntOrString<'a>>> {
        int_or_string(self.node, "targetPort")
    }

    /// `portNumber`, which PodMonitors have instead of `targetPort`.
    pub fn port_number(&self) -> Option<Value<'a, i64>> {
        integer(self.node, "portNumber")
    }

    /// `path`, or its default.
    pub fn metrics_path(&self) -> Cow<'a, str> {
        let stated = text(self.node, "path").filter(|it| !it.value.is_empty());
        stated.map_or(defaults::METRICS_PATH.into(), |it| it.value)
    }

    /// `interval`: how often it is scraped, a Prometheus duration as `30s`. Prometheus's own interval if it is absent.
    pub fn interval(&self) -> Option<Text<'a>> {
        text(self.node, "interval")
    }

    /// Its path: `spec.endpoints[0]`.
    pub fn path(&self) -> String {
        path::item(
            &path::field("spec", self.list),
            self.list,
            self.index,
            self.node,
        )
    }
}

impl DeploymentGraph {
    /// The monitor that `resource` is, if it is one.
    pub fn monitor<'a>(&'a self, resource: &'a Resource) -> Option<Monitor<'a>> {
        if resource.gvk.group != "monitoring.coreos.com" {
            return None;
        }
        let list = match resource.gvk.kind.as_str() {
            "ServiceMonitor" => "endpoints",
            "PodMonitor" => "podMetricsEndpoints",
            _ => return None,
        };
        Some(Monitor {
            resource,
            root: self.root(resource),
            list,
        })
    }
}
