//! What `each:` selects.

use std::borrow::Cow;

use kubelint_model::path::item;
use kubelint_model::view::{Container, ContainerKind, PodTemplate};
use kubelint_model::{DeploymentGraph, KubeNode, Resource};
use kubelint_parser::TextRange;
use kubelint_parser::yaml::Node;

use super::path::{Path, item_place};

/// A selection of the parts of a resource.
#[derive(Clone, Debug)]
pub(super) enum Each {
    /// The whole object.
    Resources,
    /// The specs of its pods.
    PodTemplates,
    /// The containers of its pods.
    Containers(Which),
    /// The volumes of its pods.
    Volumes,
    /// The items of a list in its containers, by the list's field.
    InContainers(&'static str),
    /// What a path leads to.
    Path(Path),
}

/// Which containers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    All,
    Regular,
    Init,
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
#[derive(Clone)]
pub(super) struct PodSpec<'a> {
    pub(super) node: Node<'a>,
    /// Its key.
    pub(super) at: TextRange,
    /// Its path within the object.
    pub(super) path: Cow<'static, str>,
}

impl Each {
    /// The named selections.
    pub(super) const WORDS: [(&'static str, Self); 9] = [
        ("resources", Self::Resources),
        ("pod-templates", Self::PodTemplates),
        ("containers", Self::Containers(Which::All)),
        ("regular-containers", Self::Containers(Which::Regular)),
        ("init-containers", Self::Containers(Which::Init)),
        ("volumes", Self::Volumes),
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
        let templates = || {
            let workload = graph.workload(resource);
            workload.map(|it| it.templates()).unwrap_or_default()
        };
        match self {
            Self::Resources => vec![Selected::whole(graph, resource)],
            Self::Path(path) => in_path(&Selected::whole(graph, resource), path),
            Self::PodTemplates => templates()
                .iter()
                .filter_map(|it| pod(resource, it))
                .collect(),
            Self::Volumes => templates()
                .iter()
                .flat_map(|it| volumes(resource, it))
                .collect(),
            Self::Containers(which) => templates()
                .iter()
                .flat_map(|it| containers(resource, it, *which))
                .map(|(_, selected)| selected)
                .collect(),
            Self::InContainers(list) => templates()
                .iter()
                .flat_map(|it| containers(resource, it, Which::All))
                .flat_map(|(container, selected)| in_container(&container, &selected, list))
                .collect(),
        }
    }
}

impl<'a> Selected<'a> {
    fn whole(graph: &'a DeploymentGraph, resource: &'a Resource) -> Self {
        Self {
            resource,
            node: graph.root(resource),
            at: resource.span.range,
            path: String::new(),
            name: None,
            container: None,
            pod_spec: None,
        }
    }
}

/// Whether a resource is of one of `kinds` (`Kind` or `group/Kind`), or `kinds` is empty.
pub(super) fn is_of_kinds(resource: &Resource, kinds: &[String]) -> bool {
    let gvk = &resource.gvk;
    kinds.is_empty()
        || kinds.iter().any(|it| match it.split_once('/') {
            Some((group, kind)) => gvk.is(group, kind),
            None => *it == gvk.kind,
        })
}

fn in_path<'a>(whole: &Selected<'a>, path: &Path) -> Vec<Selected<'a>> {
    let hits = path.find(whole.node, whole.at, "");
    hits.into_iter()
        .filter_map(|hit| {
            let node = hit.value?;
            Some(Selected {
                resource: whole.resource,
                node,
                at: item_place(node),
                path: hit.path,
                name: own_name(node),
                container: None,
                pod_spec: None,
            })
        })
        .collect()
}

fn pod_spec<'a>(template: &PodTemplate<'a>) -> Option<PodSpec<'a>> {
    let node = template.spec()?;
    let key = template.node.get("spec").map(|it| it.key.range());
    Some(PodSpec {
        node,
        at: key.unwrap_or_else(|| item_place(node)),
        path: template.spec_path(),
    })
}

fn pod<'a>(resource: &'a Resource, template: &PodTemplate<'a>) -> Option<Selected<'a>> {
    let spec = pod_spec(template)?;
    Some(Selected {
        resource,
        node: spec.node,
        at: spec.at,
        path: spec.path.to_string(),
        name: None,
        container: None,
        pod_spec: Some(spec),
    })
}

fn volumes<'a>(resource: &'a Resource, template: &PodTemplate<'a>) -> Vec<Selected<'a>> {
    let spec = pod_spec(template);
    let volumes = template.volumes().into_iter();
    volumes
        .map(|it| Selected {
            resource,
            node: it.node,
            at: item_place(it.node),
            path: it.path(&template.spec_path()),
            name: own_name(it.node),
            container: None,
            pod_spec: spec.clone(),
        })
        .collect()
}

fn containers<'a>(
    resource: &'a Resource,
    template: &PodTemplate<'a>,
    which: Which,
) -> Vec<(Container<'a>, Selected<'a>)> {
    let spec = pod_spec(template);
    let wanted = |it: &Container<'_>| match which {
        Which::All => true,
        Which::Regular => it.kind == ContainerKind::Regular,
        Which::Init => it.kind != ContainerKind::Regular,
    };
    let containers = template.containers().into_iter().filter(wanted);
    containers
        .map(|it| {
            let name = own_name(it.node);
            let selected = Selected {
                resource,
                node: it.node,
                at: it.place().range(),
                path: it.path(),
                container: name.clone(),
                name,
                pod_spec: spec.clone(),
            };
            (it, selected)
        })
        .collect()
}

fn in_container<'a>(
    container: &Container<'a>,
    outer: &Selected<'a>,
    list: &str,
) -> Vec<Selected<'a>> {
    let items = container.node.list(list).into_iter().enumerate();
    let path = container.field_path(list);
    items
        .map(|(index, node)| Selected {
            resource: outer.resource,
            node,
            at: item_place(node),
            path: item(&path, list, index, node),
            name: own_name(node),
            container: outer.container.clone(),
            pod_spec: outer.pod_spec.clone(),
        })
        .collect()
}

fn own_name(node: Node<'_>) -> Option<String> {
    Some(node.field("name")?.text_value()?.into_owned())
}
