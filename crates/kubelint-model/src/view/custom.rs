//! Kinds that a cluster learns: CustomResourceDefinitions.

use kubelint_parser::yaml::Node;

use super::{Text, text};
use crate::{DeploymentGraph, KubeNode, Resource};

/// A CustomResourceDefinition.
#[derive(Clone, Copy, Debug)]
pub struct CustomResourceDefinition<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

impl<'a> CustomResourceDefinition<'a> {
    /// The group it defines.
    pub fn group(&self) -> Option<Text<'a>> {
        text(self.root.field("spec")?, "group")
    }

    /// The kind it defines.
    pub fn kind(&self) -> Option<Text<'a>> {
        text(self.root.at(&["spec", "names"])?, "kind")
    }

    /// Whether such objects belong to namespaces. `v1beta1` took them for namespaced where `scope` is absent; `v1` wants it stated.
    pub fn is_namespaced(&self) -> bool {
        let scope = self.root.field("spec").and_then(|it| text(it, "scope"));
        scope.is_none_or(|it| it.value != "Cluster")
    }
}

impl DeploymentGraph {
    /// Every whole CustomResourceDefinition, in order.
    pub fn custom_resource_definitions(
        &self,
    ) -> impl Iterator<Item = CustomResourceDefinition<'_>> {
        let definitions =
            self.resources_of(Some("apiextensions.k8s.io"), "CustomResourceDefinition");
        definitions.map(|resource| CustomResourceDefinition {
            resource,
            root: self.root(resource),
        })
    }
}
