//! A Kubernetes object as one document states it.

use kubelint_parser::Span;
use kubelint_parser::yaml::NodeId;

use crate::FileId;

/// A resource: an index into [`crate::DeploymentGraph::resources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(pub u32);

/// API group, version and kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gvk {
    /// The group; `""` for the core group.
    pub group: String,
    /// The version, as `v1`.
    pub version: String,
    /// The kind, as `Deployment`.
    pub kind: String,
}

/// One Kubernetes object. Items of `List` kinds are resources of their own.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its own number.
    pub id: ResourceId,
    /// The file that states it.
    pub file: FileId,
    /// The document within the file, from 0.
    pub document: u32,
    /// Its mapping on the file's tape.
    pub node: NodeId,
    /// What it is.
    pub gvk: Gvk,
    /// `metadata.name`, if it is there and a string.
    pub name: Option<String>,
    /// `metadata.namespace`, if it is there. Unset means unknown, not `default`.
    pub namespace: Option<String>,
    /// Where to point when the whole object is meant: the value of `metadata.name`, else of `kind`.
    pub span: Span,
    /// Whether this is only part of an object: a patch, or one of those that some tool completes.
    pub partial: bool,
}

impl Gvk {
    /// Group and version as `apiVersion` writes them.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}
