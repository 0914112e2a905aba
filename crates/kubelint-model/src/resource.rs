//! A Kubernetes object as one document states it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use kubelint_parser::Span;
use kubelint_parser::yaml::{Kind, Node, NodeId};

use crate::node::KubeNode;
use crate::{FileId, data};

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

/// One Kubernetes object. Items of `List` kinds and objects of OpenShift templates are resources of their own; the list is none.
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
    /// `metadata.generateName`, if it is there and a string.
    pub generate_name: Option<String>,
    /// `metadata.namespace`, if it is there. Unset means unknown, not `default`.
    pub namespace: Option<String>,
    /// Where to point when the whole object is meant: the value of `metadata.name`, else of `kind`.
    pub span: Span,
    /// Whether this is only part of an object: a patch, or one of those that some tool completes.
    pub partial: bool,
    /// Whether a kustomization's generator makes it: its node is the generator's entry, which has no `metadata`.
    pub generated: bool,
    /// The OpenShift template that holds it: its `${NAME}` are parameters.
    pub template: Option<ResourceId>,
}

impl Resource {
    /// Whether the file states the whole object, as it is sent: neither part of one, nor a generator's entry.
    pub const fn is_whole(&self) -> bool {
        !self.partial && !self.generated
    }
}

/// The rows of `data/not-manifests.tsv`, as group and kind.
static NOT_APPLIED: LazyLock<BTreeSet<(&'static str, &'static str)>> = LazyLock::new(|| {
    data::rows(include_str!("../data/not-manifests.tsv"))
        .map(|[group, kind, _]| (if group == "-" { "" } else { group }, kind))
        .collect()
});

impl Gvk {
    /// The kind `kind` of `api_version`, as `apps/v1`; without a `/` it is a version of the core group.
    pub fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
        }
    }

    /// What a document's root says it is: `None` unless `apiVersion` and `kind` are non-empty scalars at its top level.
    pub fn of(root: Node<'_>) -> Option<Self> {
        if root.kind() != Kind::Mapping {
            return None;
        }
        let word = |key: &str| root.field(key)?.text_value().filter(|it| !it.is_empty());
        Some(Self::new(&word("apiVersion")?, &word("kind")?))
    }

    /// Whether such objects are sent to an API server: false for configuration of programs and files of local tools
    /// (`data/not-manifests.tsv`).
    pub fn is_applied(&self) -> bool {
        let group = self.group.as_str();
        !NOT_APPLIED.contains(&(group, "*")) && !NOT_APPLIED.contains(&(group, self.kind.as_str()))
    }

    /// Group and version as `apiVersion` writes them.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Whether it is `kind` of `group`, in any version.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.group == group
    }

    /// Whether Kubernetes itself defines the group: the core group, those without a dot (`apps`, `batch`), and `*.k8s.io` ones that
    /// ship with the API server.
    pub fn is_built_in(&self) -> bool {
        const GROUPS: [&str; 23] = [
            "",
            "admissionregistration.k8s.io",
            "apiextensions.k8s.io",
            "apiregistration.k8s.io",
            "apps",
            "authentication.k8s.io",
            "authorization.k8s.io",
            "autoscaling",
            "batch",
            "certificates.k8s.io",
            "coordination.k8s.io",
            "discovery.k8s.io",
            "events.k8s.io",
            "extensions",
            "flowcontrol.apiserver.k8s.io",
            "internal.apiserver.k8s.io",
            "networking.k8s.io",
            "node.k8s.io",
            "policy",
            "rbac.authorization.k8s.io",
            "resource.k8s.io",
            "scheduling.k8s.io",
            "storage.k8s.io",
        ];
        GROUPS.contains(&self.group.as_str())
    }
}
