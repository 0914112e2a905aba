//! Services.

use std::borrow::Cow;

use kubelint_parser::yaml::Node;

use super::{IntOrString, Text, Value, int_or_string, integer, text};
use crate::selector::Selector;
use crate::{KubeNode, Resource, defaults, path};

/// A Service.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

/// An entry of a Service's `ports`.
#[derive(Clone, Copy, Debug)]
pub struct ServicePort<'a> {
    /// Its place in the list.
    pub index: usize,
    /// Its mapping.
    pub node: Node<'a>,
}

impl<'a> Service<'a> {
    /// Its ports, in order.
    pub fn ports(&self) -> Vec<ServicePort<'a>> {
        let ports = self
            .root
            .field("spec")
            .map(|it| it.list("ports"))
            .unwrap_or_default();
        ports
            .into_iter()
            .enumerate()
            .map(|(index, node)| ServicePort { index, node })
            .collect()
    }

    /// Its selector; `None` if it has none, so that it selects nothing.
    pub fn selector(&self) -> Option<Selector<'a>> {
        let selector = self.root.at(&["spec", "selector"])?;
        Some(Selector::of_map(selector)).filter(|it| !it.requirements.is_empty())
    }

    /// `spec.type`, or its default.
    pub fn kind(&self) -> Cow<'a, str> {
        let spec = self.root.field("spec");
        spec.and_then(|it| text(it, "type"))
            .map_or(defaults::SERVICE_TYPE.into(), |it| it.value)
    }

    /// Whether it has no address of its own: its names lead to its pods.
    pub fn is_headless(&self) -> bool {
        let spec = self.root.field("spec");
        spec.and_then(|it| text(it, "clusterIP"))
            .is_some_and(|it| it.value == "None")
    }
}

impl<'a> ServicePort<'a> {
    /// `port`.
    pub fn number(&self) -> Option<Value<'a, i64>> {
        integer(self.node, "port")
    }

    /// `name`.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.node, "name")
    }

    /// `protocol`, or its default.
    pub fn protocol(&self) -> Cow<'a, str> {
        text(self.node, "protocol").map_or(defaults::PROTOCOL.into(), |it| it.value)
    }

    /// `targetPort` as stated; where it is absent the API server takes [`Self::number`].
    pub fn target_port(&self) -> Option<Value<'a, IntOrString<'a>>> {
        int_or_string(self.node, "targetPort")
    }

    /// Where it leads: `targetPort`, or its default, the Service's own port (`SetDefaults_Service`); and where that is written. The API
    /// server takes an empty one, and 0, for absent.
    pub fn effective_target_port(&self) -> Option<Value<'a, IntOrString<'a>>> {
        let is_empty =
            |it: &IntOrString<'_>| matches!(it, IntOrString::Str(text) if text.is_empty());
        let stated = self.target_port();
        let stated = stated.filter(|it| !is_empty(&it.value) && it.value != IntOrString::Int(0));
        stated.or_else(|| int_or_string(self.node, "port"))
    }

    /// `nodePort`.
    pub fn node_port(&self) -> Option<Value<'a, i64>> {
        integer(self.node, "nodePort")
    }

    /// Its path: `spec.ports[8080]`.
    pub fn path(&self) -> String {
        path::item("spec.ports", "ports", self.index, self.node)
    }
}
