//! Endpoints and EndpointSlices that are written by hand: where a Service leads that has no selector.

use kubelint_parser::yaml::Node;

use super::{Text, text};
use crate::{DeploymentGraph, KubeNode, Resource};

/// The label by which an EndpointSlice belongs to its Service (`LabelServiceName` of `discovery.k8s.io`).
pub const SERVICE_NAME_LABEL: &str = "kubernetes.io/service-name";

/// An Endpoints or EndpointSlice object.
#[derive(Clone, Copy, Debug)]
pub struct Endpoints<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

impl<'a> Endpoints<'a> {
    /// The Service it belongs to, in its own namespace: of its own name for Endpoints, that of its label for an EndpointSlice. `None` if it
    /// belongs to none.
    pub fn service(&self) -> Option<Text<'a>> {
        let metadata = self.root.field("metadata")?;
        let name = if self.resource.gvk.kind == "EndpointSlice" {
            text(metadata.field("labels")?, SERVICE_NAME_LABEL)
        } else {
            text(metadata, "name")
        };
        name.filter(|it| !it.value.is_empty())
    }
}

impl DeploymentGraph {
    /// Every whole Endpoints and EndpointSlice, in order of kind, then of place.
    pub fn endpoints(&self) -> impl Iterator<Item = Endpoints<'_>> {
        let all = self.resources_of(Some(""), "Endpoints");
        let slices = self.resources_of(Some("discovery.k8s.io"), "EndpointSlice");
        all.chain(slices).map(|resource| Endpoints {
            resource,
            root: self.root(resource),
        })
    }
}
