//! What one object says of others: by name, and by labels. Facts of one document each; where they lead is for [`crate::link`].

use kubelint_parser::yaml::Node;

use crate::view::IntOrString;
use crate::{DeploymentGraph, Resource};

/// What an object is called: what it takes to find it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// The API group, `""` for the core group; of groups that one kind has been moved between the newest: `apps` for a Deployment of
    /// `extensions`.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace; `None` if it is not known, and for kinds that have none.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

/// How one object refers to another by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// A pod's variable or volume takes a ConfigMap, or a key of it.
    ConfigMap,
    /// A pod's variable or volume takes a Secret, or a key of it.
    Secret,
    /// A pod or ServiceAccount pulls images with a Secret.
    PullSecret,
    /// An Ingress, Gateway or Route serves with a Secret's certificate.
    TlsSecret,
    /// A pod runs as a ServiceAccount.
    ServiceAccount,
    /// A pod's volume takes a PersistentVolumeClaim.
    Claim,
    /// A binding grants a Role or ClusterRole.
    Role,
    /// A binding grants it to a ServiceAccount.
    Subject,
    /// An autoscaler scales it.
    ScaleTarget,
    /// A StatefulSet's pods are named by a headless Service.
    GoverningService,
    /// An Ingress, Gateway API route, OpenShift Route or Istio object sends requests to a Service.
    Backend,
}

/// One object's mention of another by its name.
#[derive(Clone, Debug)]
pub struct Reference<'a> {
    /// How it refers.
    pub relation: Relation,
    /// What it names. The namespace is the referring object's own where the API looks there, else the one that is stated.
    pub target: ObjectName,
    /// Where the name is written.
    pub node: Node<'a>,
    /// Whether the reference itself states a namespace (subjects, backends in other namespaces).
    pub states_namespace: bool,
    /// Whether it may lead nowhere (`optional: true`).
    pub is_optional: bool,
    /// What of the object it asks for.
    pub part: Option<Part<'a>>,
}

/// What of an object a reference asks for.
#[derive(Clone, Debug)]
pub enum Part<'a> {
    /// A key of a ConfigMap or Secret: the node says which.
    Key(Node<'a>),
    /// A port of a Service, by number or name: the node says which.
    Port(IntOrString<'a>, Node<'a>),
}

/// How one object picks others by their labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Picks {
    /// A Service sends requests to pods.
    Service,
    /// A NetworkPolicy concerns pods.
    NetworkPolicy,
    /// A PodDisruptionBudget concerns pods.
    DisruptionBudget,
    /// A PodMonitor scrapes pods.
    PodMonitor,
    /// A ServiceMonitor scrapes Services: by their own labels, not their pods'.
    ServiceMonitor,
}

/// One object's choice of others by their labels.
#[derive(Clone, Debug)]
pub struct Pick<'a> {
    /// What it is for.
    pub picks: Picks,
    /// The selector.
    pub selector: crate::Selector<'a>,
    /// Where the selector is written; its mapping.
    pub node: Node<'a>,
    /// The namespaces in which it looks: none for its own, else those that are named; `Any` for all, or for those that labels pick.
    pub namespaces: Namespaces,
}

/// Where a selector looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespaces {
    /// In the namespace of the object that states it.
    Own,
    /// In these.
    Named(Vec<String>),
    /// In all, or in some that only the cluster knows.
    Any,
}

/// What `resource` refers to by name, in the order of its text.
pub fn references<'a>(graph: &'a DeploymentGraph, resource: &'a Resource) -> Vec<Reference<'a>> {
    let _ = (graph, resource);
    Vec::new()
}

/// What `resource` picks by labels. Selectors that pick nothing at all (absent in a Service) are left out; empty ones that pick everything
/// are there, without requirements.
pub fn picks<'a>(graph: &'a DeploymentGraph, resource: &'a Resource) -> Vec<Pick<'a>> {
    let _ = (graph, resource);
    Vec::new()
}
