//! Namespaces that objects are put into and nothing in the repository makes.

use std::collections::BTreeMap;

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::made::Makers;
use kubelint_model::reference::ObjectName;
use kubelint_model::view::{Text, boolean, creates_namespace, text};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, Resource};

use crate::absence::called;
use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// What makes a namespace of its own name.
const KINDS: [&str; 4] = [
    "Namespace",
    "Project",
    "ProjectRequest",
    "SubnamespaceAnchor",
];

/// Built-in kinds without a namespace that are often given one.
const OF_CLUSTER: [&str; 10] = [
    "APIService",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "MutatingWebhookConfiguration",
    "Namespace",
    "PersistentVolume",
    "PriorityClass",
    "StorageClass",
    "ValidatingWebhookConfiguration",
];

/// More names of namespaces than these are not compared with one that is missing.
const MOST_CANDIDATES: usize = 200;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let stated = stated(graph);
    let makers = Makers::new(graph, &cx.world.known);
    let mut is_made: BTreeMap<String, bool> = BTreeMap::new();
    for resource in graph.resources.iter().filter(|it| it.is_whole()) {
        let metadata = graph.root(resource).field("metadata");
        let Some(namespace) = metadata.and_then(|it| text(it, "namespace")) else {
            continue;
        };
        let name = &*namespace.value;
        if name.is_empty() || is_of_cluster(resource) || evidence::is_replaced(name) {
            continue;
        }
        if !is_made.contains_key(name) {
            let target = ObjectName {
                group: String::new(),
                kind: "Namespace".to_owned(),
                namespace: None,
                name: name.to_owned(),
            };
            let made =
                stated.contains_key(name) || makers.of(graph, resource.id, &target).is_some();
            is_made.insert(name.to_owned(), made);
        }
        if is_made.get(name) == Some(&false) {
            out.push(finding(graph, resource, &namespace, &stated));
        }
    }
}

/// Whether it is of a kind that has no namespace, whatever it states.
fn is_of_cluster(resource: &Resource) -> bool {
    resource.gvk.is_built_in() && OF_CLUSTER.contains(&resource.gvk.kind.as_str())
}

/// The namespaces that objects make, each with the first of those.
fn stated(graph: &DeploymentGraph) -> BTreeMap<String, &Resource> {
    let mut stated = BTreeMap::new();
    for resource in &graph.resources {
        let root = graph.root(resource);
        let target = || text(root.field("spec")?, "targetNamespace");
        let made = match resource.gvk.kind.as_str() {
            kind if KINDS.contains(&kind) => resource.name.clone(),
            "Application" | "ApplicationSet" if creates_namespace(root) => {
                let specs = [&["spec"][..], &["spec", "template", "spec"][..]];
                let mut of = specs
                    .iter()
                    .filter_map(|it| root.at(it)?.field("destination"));
                of.find_map(|it| text(it, "namespace"))
                    .map(|it| it.value.into_owned())
            }
            "HelmRelease" => {
                let install = root.at(&["spec", "install"]);
                let creates = install.and_then(|it| boolean(it, "createNamespace"));
                let creates = creates.is_some_and(|it| it.value);
                target().filter(|_| creates).map(|it| it.value.into_owned())
            }
            _ => None,
        };
        if let Some(name) = made {
            stated.entry(name).or_insert(resource);
        }
    }
    stated
}

fn finding(
    graph: &DeploymentGraph,
    resource: &Resource,
    namespace: &Text<'_>,
    stated: &BTreeMap<String, &Resource>,
) -> Finding {
    let name = &*namespace.value;
    let message = format!(
        "{} is put into the namespace `{name}`, which nothing in the repository makes",
        called(resource)
    );
    let field = "metadata.namespace";
    let found = Finding::new(
        graph.span_in(resource, namespace.range()),
        message,
        Cause::object("", "Namespace", None, name),
    )
    .label("no manifest or script makes this namespace")
    .confidence(evidence::inferred(graph, resource, &["metadata.namespace"]))
    .about(resource.id, field, name);
    let names = stated.keys().take(MOST_CANDIDATES).map(String::as_str);
    let meant = did_you_mean(name, names).and_then(|it| stated.get_key_value(it));
    match meant {
        Some((meant, other)) => found
            .related(other.span, format!("did you mean `{meant}`?"))
            .help(format!("write `{meant}`, or add the Namespace `{name}`")),
        None => found.help(format!(
            "add the Namespace `{name}`, or list it under `external` in `kubelint.yaml` if something else makes it"
        )),
    }
}
