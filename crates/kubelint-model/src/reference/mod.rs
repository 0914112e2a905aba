//! What one object says of others: by name, and by labels. Facts of one document each; where they lead is for [`mod@crate::link`].

mod kinds;
mod pod;
mod rbac;
mod routing;
mod scaling;
mod selectors;

use kubelint_parser::yaml::Node;

use crate::view::{IntOrString, Text, text};
use crate::{DeploymentGraph, KubeNode, Resource};

pub use kinds::newest_group;
pub(crate) use routing::service_of_host;
pub use selectors::picks;

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
    /// A port of a Service, by its own number or name: the node says which.
    Port(IntOrString<'a>, Node<'a>),
    /// A port of a Service's endpoints, as an OpenShift Route names it: by the name of the Service's port, or by the number that its
    /// `targetPort` leads to. The router compares text, so `"8080"` is that number too and is given as one.
    EndpointPort(IntOrString<'a>, Node<'a>),
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

/// The ServiceAccount that every namespace has.
const DEFAULT_ACCOUNT: &str = "default";

/// What `resource` refers to by name, in the order of its text.
///
/// Left out is what names nothing that must be there: empty names, the ServiceAccount `default`, which every namespace has, and the
/// volumes that a StatefulSet replaces with claims that it makes itself.
pub fn references<'a>(graph: &'a DeploymentGraph, resource: &'a Resource) -> Vec<Reference<'a>> {
    // A generator's entry is no object.
    if resource.generated {
        return Vec::new();
    }
    let root = graph.root(resource);
    let mut found = Found {
        own_namespace: resource.namespace.as_deref().filter(|it| !it.is_empty()),
        references: Vec::new(),
    };
    if let Some(workload) = graph.workload(resource) {
        pod::of_workload(&workload, &mut found);
    }
    of_kind(resource, root, &mut found);
    let mut references = found.references;
    references.sort_by_key(|it| it.node.id());
    references
}

/// What an object of a kind says that is no matter of pods.
fn of_kind<'a>(resource: &'a Resource, root: Node<'a>, found: &mut Found<'a>) {
    let gvk = &resource.gvk;
    let group = newest_group(&gvk.group, &gvk.kind);
    match (group, gvk.kind.as_str()) {
        ("", "ServiceAccount") => found.pull_secrets(root),
        ("networking.k8s.io", "Ingress") => routing::ingress(root, found),
        ("gateway.networking.k8s.io", "Gateway") => routing::gateway(root, found),
        (
            "gateway.networking.k8s.io",
            "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" | "UDPRoute",
        ) => routing::gateway_route(root, found),
        ("route.openshift.io", "Route") => routing::openshift_route(root, found),
        ("networking.istio.io", "VirtualService") => routing::virtual_service(root, found),
        ("networking.istio.io", "DestinationRule") => routing::destination_rule(root, found),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            rbac::binding(root, found);
        }
        ("autoscaling", "HorizontalPodAutoscaler") => scaling::horizontal(root, found),
        ("autoscaling.k8s.io", "VerticalPodAutoscaler") => scaling::vertical(root, found),
        ("keda.sh" | "keda.k8s.io", "ScaledObject") => scaling::keda(root, found),
        ("apps", "StatefulSet") => scaling::governing_service(root, found),
        _ => {}
    }
}

/// The references that were found so far.
struct Found<'a> {
    /// The namespace of the referring object, if it is known.
    own_namespace: Option<&'a str>,
    references: Vec<Reference<'a>>,
}

impl<'a> Found<'a> {
    /// A reference to `kind` of the core group in the object's own namespace; `None` if nothing is named.
    fn in_own_namespace(
        &self,
        relation: Relation,
        kind: &str,
        name: Option<Text<'a>>,
    ) -> Option<Reference<'a>> {
        let name = name.filter(|it| !it.value.is_empty())?;
        Some(Reference {
            relation,
            target: ObjectName {
                group: String::new(),
                kind: kind.to_owned(),
                namespace: self.own_namespace.map(str::to_owned),
                name: name.value.into_owned(),
            },
            node: name.node,
            states_namespace: false,
            is_optional: false,
            part: None,
        })
    }

    fn extend(&mut self, references: impl IntoIterator<Item = Reference<'a>>) {
        self.references.extend(references);
    }

    /// The `imagePullSecrets` of a pod spec or ServiceAccount.
    fn pull_secrets(&mut self, holder: Node<'a>) {
        for secret in holder.list("imagePullSecrets") {
            let name = text(secret, "name");
            self.extend(self.in_own_namespace(Relation::PullSecret, "Secret", name));
        }
    }
}

impl<'a> Reference<'a> {
    /// The reference, in the namespace that the field `namespace` of `holder` states; in the same one if it states none.
    #[must_use]
    fn in_stated_namespace(mut self, holder: Node<'a>) -> Self {
        if let Some(stated) = text(holder, "namespace").filter(|it| !it.value.is_empty()) {
            self.target.namespace = Some(stated.value.into_owned());
            self.states_namespace = true;
        }
        self
    }

    /// The reference to an object of a kind in a group, as its API calls them today.
    #[must_use]
    fn with_kind(mut self, group: &str, kind: &str) -> Self {
        newest_group(group, kind).clone_into(&mut self.target.group);
        kind.clone_into(&mut self.target.kind);
        self
    }
}
