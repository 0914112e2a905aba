//! What the controllers of custom resources and annotations make: known products by name, and the custom resources that may make
//! something of their own name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kubelint_parser::yaml::Node;

use super::Maker;
use super::names::Names;
use crate::purpose::Purpose;
use crate::reference::service_of_host;
use crate::{DeploymentGraph, Gvk, KubeNode, Resource, ResourceId, data};

/// A kind, as `group/Kind`, to its rows: what it makes or where it is stated, and why.
type Table = BTreeMap<&'static str, Vec<(&'static str, &'static str)>>;

fn table(text: &'static str) -> Table {
    let mut found = Table::new();
    for [kind, product, why] in data::rows(text) {
        found.entry(kind).or_default().push((product, why));
    }
    found
}

static OPERATORS: LazyLock<Table> =
    LazyLock::new(|| table(include_str!("../../data/operators.tsv")));
static SECRET_MAKERS: LazyLock<Table> =
    LazyLock::new(|| table(include_str!("../../data/secret-makers.tsv")));
static MAKES_NOTHING: LazyLock<Table> =
    LazyLock::new(|| table(include_str!("../../data/makes-nothing.tsv")));

/// Annotations of Services for which OpenShift makes a Secret of the name that they state.
const SERVING_CERTIFICATES: [&str; 2] = [
    "service.beta.openshift.io/serving-cert-secret-name",
    "service.alpha.openshift.io/serving-cert-secret-name",
];

/// Annotations by which cert-manager (its older group, and kube-lego before it) makes the certificates that an Ingress or Gateway names.
const CERTIFICATE_ISSUERS: [&str; 5] = [
    "cert-manager.io/cluster-issuer",
    "cert-manager.io/issuer",
    "certmanager.k8s.io/cluster-issuer",
    "certmanager.k8s.io/issuer",
    "kubernetes.io/tls-acme",
];

/// Adds what the controllers of `resource` make.
pub(super) fn add(graph: &DeploymentGraph, resource: &Resource, names: &mut Names) {
    let namespace = resource.namespace.as_deref();
    if resource.gvk.is("networking.istio.io", "ServiceEntry") {
        service_entry(graph, resource, names);
    }
    let mut secret = |name: &str, why| {
        names.add(
            "Secret",
            name,
            namespace,
            Maker::Controller(resource.id, why),
        );
    };
    for product in graph.secret_products(resource) {
        secret(&product.name.value, "its controller makes the Secret");
    }
    if let Some(annotations) = graph.annotations(resource) {
        for key in SERVING_CERTIFICATES {
            if let Some(name) = annotations.field(key).and_then(KubeNode::string) {
                secret(&name, "OpenShift makes the serving certificate");
            }
        }
        let is_certified = |key: &&str| annotations.field(key).is_some();
        if CERTIFICATE_ISSUERS.iter().any(is_certified) {
            for name in certificates(graph.root(resource)) {
                secret(&name, "cert-manager makes the certificate");
            }
        }
    }
    if resource.gvk.is_built_in() {
        return;
    }
    let kind = format!("{}/{}", resource.gvk.group, resource.gvk.kind);
    for (path, why) in SECRET_MAKERS.get(kind.as_str()).into_iter().flatten() {
        for name in stated(graph.root(resource), path) {
            secret(&name, why);
        }
    }
    let Some(own) = resource.name.as_deref() else {
        return;
    };
    for (product, why) in OPERATORS.get(kind.as_str()).into_iter().flatten() {
        if let Some((kind, name)) = product.split_once('/') {
            let name = name.replace("NAME", own);
            names.add(kind, &name, namespace, Maker::Controller(resource.id, why));
        }
    }
}

/// The hosts of Services that an Istio ServiceEntry adds to the mesh.
fn service_entry(graph: &DeploymentGraph, resource: &Resource, names: &mut Names) {
    for host in stated(graph.root(resource), "spec.hosts[]") {
        if let Some((name, namespace)) = service_of_host(&host) {
            let namespace = namespace.or(resource.namespace.as_deref());
            let maker = Maker::Controller(resource.id, "it adds the host to the mesh");
            names.add("Service", name, namespace, maker);
        }
    }
}

/// The Secrets that an Ingress or Gateway serves with.
fn certificates(root: Node<'_>) -> Vec<String> {
    let mut found = stated(root, "spec.tls[].secretName");
    found.extend(stated(root, "spec.listeners[].tls.certificateRefs[].name"));
    found
}

/// The strings at `path`; `[]` is every item of a list.
fn stated(root: Node<'_>, path: &str) -> Vec<String> {
    let mut nodes = vec![root];
    for step in path.split('.') {
        nodes = match step.strip_suffix("[]") {
            Some(list) => nodes.into_iter().flat_map(|it| it.list(list)).collect(),
            None => nodes.into_iter().filter_map(|it| it.field(step)).collect(),
        };
    }
    let texts = nodes.into_iter().filter_map(KubeNode::string);
    texts.map(std::borrow::Cow::into_owned).collect()
}

/// Whether nobody is known to make objects of its own name for such a resource: it is a kind of Kubernetes itself, or one of
/// `data/makes-nothing.tsv`.
pub fn makes_nothing(gvk: &Gvk) -> bool {
    // Groups of which one kind of many makes nothing have rows for that kind alone.
    let rows = MAKES_NOTHING.get(gvk.group.as_str()).into_iter().flatten();
    let mut rows = rows.map(|it| it.0);
    gvk.is_built_in() || rows.any(|kind| kind == "*" || kind == gvk.kind)
}

/// The custom resources whose controllers may make something of their name, by that name.
#[derive(Debug, Default)]
pub(super) struct CustomResources {
    /// The first two of each name for tests and the first two others: among them is the first that one object is deployed with.
    by_name: BTreeMap<String, Vec<ResourceId>>,
}

impl CustomResources {
    pub(super) fn add(&mut self, graph: &DeploymentGraph, resource: &Resource) {
        if makes_nothing(&resource.gvk) {
            return;
        }
        if let Some(name) = resource.name.clone().filter(|it| it.len() > 1) {
            let is_test = |it: &Resource| graph.file(it.file).purpose == Purpose::Test;
            let of_name = self.by_name.entry(name).or_default();
            let alike = of_name
                .iter()
                .filter(|it| is_test(graph.resource(**it)) == is_test(resource));
            if alike.count() < 2 {
                of_name.push(resource.id);
            }
        }
    }

    /// The custom resource whose name is `name`, of those that `accept` takes: all that are no tests and all tests, or either, but for one.
    pub(super) fn named(
        &self,
        name: &str,
        accept: &dyn Fn(ResourceId) -> bool,
    ) -> Option<ResourceId> {
        let ids = self.by_name.get(name)?;
        ids.iter().copied().find(|it| accept(*it))
    }

    /// The custom resource whose name is `name`, or that and further words before or behind it.
    pub(super) fn within(
        &self,
        name: &str,
        accept: &dyn Fn(ResourceId) -> bool,
    ) -> Option<ResourceId> {
        if self.by_name.is_empty() {
            return None;
        }
        let cuts = name.match_indices(['-', '.']);
        let parts = cuts.flat_map(|(at, _)| [&name[..at], &name[at + 1..]]);
        let mut candidates = std::iter::once(name).chain(parts);
        candidates.find_map(|it| self.named(it, accept))
    }
}
