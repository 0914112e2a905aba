//! Ingresses.

use kubelint_parser::yaml::{Entry, Node};

use super::{Text, text};
use crate::{KubeNode, Resource};

/// The annotation that named an Ingress's class before there was a field for it.
pub const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";

/// An Ingress.
#[derive(Clone, Copy, Debug)]
pub struct Ingress<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

impl<'a> Ingress<'a> {
    /// Its class in `spec.ingressClassName`.
    pub fn class_name(&self) -> Option<Text<'a>> {
        text(self.root.field("spec")?, "ingressClassName")
    }

    /// Its class in the annotation `kubernetes.io/ingress.class`: key and value. An empty one is there for the API server.
    pub fn class_annotation(&self) -> Option<Entry<'a>> {
        self.root
            .at(&["metadata", "annotations"])?
            .get(CLASS_ANNOTATION)
    }
}
