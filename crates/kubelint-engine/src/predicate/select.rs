//! What `each:` selects.

use kubelint_model::path::{field, item};
use kubelint_model::{DeploymentGraph, KubeNode, Resource};
use kubelint_parser::TextRange;
use kubelint_parser::yaml::Node;

use super::path::{Path, item_place};

/// A selection of the parts of a resource.
#[derive(Clone, Debug)]
pub(super) enum Each {
    /// The whole object.
    Resources,
    /// The spec of its pods.
    PodTemplates,
    /// Items of lists in the spec of its pods, by the lists' keys.
    InPod(&'static [&'static str]),
    /// Items of a list in its containers, by the list's key.
    InContainers(&'static str),
    /// What a path leads to.
    Path(Path),
}

/// A part that was selected.
pub(super) struct Selected<'a> {
    pub(super) resource: &'a Resource,
    pub(super) node: Node<'a>,
    /// Where to point when something in it is absent.
    pub(super) at: TextRange,
    /// Its path within the resource.
    pub(super) path: String,
    /// Its own name, if it has one and is not the whole object.
    pub(super) name: Option<String>,
    /// The container that it is or is in.
    pub(super) container: Option<String>,
    /// The spec of its pod, unless it is the whole object.
    pub(super) pod_spec: Option<PodSpec<'a>>,
}

/// The spec of a pod.
#[derive(Clone, Copy)]
pub(super) struct PodSpec<'a> {
    pub(super) node: Node<'a>,
    /// Its key.
    pub(super) at: TextRange,
    /// Its path within the object.
    pub(super) path: &'static str,
}

const CONTAINERS: &[&str] = &["initContainers", "containers"];

impl Each {
    /// The named selections.
    pub(super) const WORDS: [(&'static str, Self); 9] = [
        ("resources", Self::Resources),
        ("pod-templates", Self::PodTemplates),
        ("containers", Self::InPod(CONTAINERS)),
        ("main-containers", Self::InPod(&["containers"])),
        ("init-containers", Self::InPod(&["initContainers"])),
        ("volumes", Self::InPod(&["volumes"])),
        ("container-ports", Self::InContainers("ports")),
        ("variables", Self::InContainers("env")),
        ("volume-mounts", Self::InContainers("volumeMounts")),
    ];

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::WORDS
            .into_iter()
            .find(|(name, _)| *name == word)
            .map(|(_, each)| each)
    }

    pub(super) fn select<'a>(
        &self,
        graph: &'a DeploymentGraph,
        resource: &'a Resource,
    ) -> Vec<Selected<'a>> {
        let whole = Selected {
            resource,
            node: graph.root(resource),
            at: resource.span.range,
            path: String::new(),
            name: None,
            container: None,
            pod_spec: None,
        };
        match self {
            Self::Resources => vec![whole],
            Self::Path(path) => in_path(&whole, path),
            Self::PodTemplates => pod_spec(whole).into_iter().collect(),
            Self::InPod(lists) => in_pod(pod_spec(whole), lists),
            Self::InContainers(list) => in_pod(pod_spec(whole), CONTAINERS)
                .iter()
                .flat_map(|container| items(container, list))
                .collect(),
        }
    }
}

/// Whether a resource is of one of `kinds` (`Kind` or `group/Kind`), or `kinds` is empty.
pub(super) fn is_of_kinds(resource: &Resource, kinds: &[String]) -> bool {
    let gvk = &resource.gvk;
    kinds.is_empty()
        || kinds.iter().any(|it| match it.split_once('/') {
            Some((group, kind)) => group == gvk.group && kind == gvk.kind,
            None => *it == gvk.kind,
        })
}

fn in_path<'a>(whole: &Selected<'a>, path: &Path) -> Vec<Selected<'a>> {
    let hits = path.find(whole.node, whole.at, "");
    hits.into_iter()
        .filter_map(|hit| {
            let node = hit.value?;
            Some(Selected {
                node,
                at: item_place(node),
                name: own_name(node),
                path: hit.path,
                resource: whole.resource,
                container: None,
                pod_spec: None,
            })
        })
        .collect()
}

fn in_pod<'a>(pod: Option<Selected<'a>>, lists: &[&str]) -> Vec<Selected<'a>> {
    let Some(pod) = pod else {
        return Vec::new();
    };
    lists
        .iter()
        .flat_map(|list| items(&pod, list))
        .map(|item| Selected {
            container: item
                .name
                .clone()
                .filter(|_| lists.iter().all(|it| CONTAINERS.contains(it))),
            ..item
        })
        .collect()
}

/// The items of the list `key` of what was selected.
fn items<'a>(outer: &Selected<'a>, key: &str) -> Vec<Selected<'a>> {
    let list = outer.node.list(key).into_iter().enumerate();
    let path = field(&outer.path, key);
    list.map(|(index, node)| Selected {
        resource: outer.resource,
        node,
        at: item_place(node),
        path: item(&path, key, index, node),
        name: own_name(node),
        container: outer.container.clone(),
        pod_spec: outer.pod_spec,
    })
    .collect()
}

fn own_name(node: Node<'_>) -> Option<String> {
    Some(node.field("name")?.text_value()?.into_owned())
}

/// The pod's spec of an object that has one.
fn pod_spec(whole: Selected<'_>) -> Option<Selected<'_>> {
    let path = match whole.resource.gvk.kind.as_str() {
        "Pod" => "spec",
        "CronJob" => "spec.jobTemplate.spec.template.spec",
        _ => "spec.template.spec",
    };
    let (mut node, mut at) = (whole.node, whole.at);
    for key in path.split('.') {
        let entry = node.resolved().get(key)?;
        (node, at) = (entry.value.resolved(), entry.key.range());
    }
    node.field("containers")?;
    Some(Selected {
        node,
        at,
        path: path.to_owned(),
        pod_spec: Some(PodSpec { node, at, path }),
        ..whole
    })
}
