//! Pod templates: what a workload's pods are made from.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use kubelint_parser::yaml::{Entry, Node};

use super::container::{Amount, Container, ContainerKind, amounts};
use super::{Text, boolean, text};
use crate::{KubeNode, data, path};

/// The rows of `data/injection-marks.tsv`.
/// A row of `injection-marks.tsv`.
struct InjectionMark {
    /// Part of a key.
    part: &'static str,
    /// The ports of what it asks for; `None` if those are not known.
    ports: Option<RangeInclusive<i64>>,
}

static INJECTION_MARKS: LazyLock<Vec<InjectionMark>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../../data/injection-marks.tsv"));
    let marks = rows.map(|[part, ports, _]| InjectionMark {
        part,
        ports: port_range(ports),
    });
    marks.collect()
});

/// How long the containers of a pod are to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lifetime {
    /// For ever: a container that ends is started again, and backs off.
    StaysUp,
    /// Until their work is done.
    RunsToEnd,
    /// Only the controller of a custom kind knows.
    Unknown,
}

/// What a workload's pods are made from.
#[derive(Clone, Debug)]
pub struct PodTemplate<'a> {
    /// The mapping with `metadata` and `spec`; for Argo Workflows the template, which has the fields of both.
    pub node: Node<'a>,
    /// Its path within the resource: `spec.template`; empty for a Pod.
    pub path: Cow<'static, str>,
    /// How long its containers are to run.
    pub lifetime: Lifetime,
    /// How the containers are laid out.
    pub(super) layout: Layout,
    /// The resource's root.
    pub(super) root: Node<'a>,
}

/// Where a template keeps its pod spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// In `spec`.
    Pod,
    /// An entry of an Argo Workflow's `templates`; the path of what all templates of the workflow share.
    Argo(&'static [&'static str]),
}

/// A volume of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Volume<'a> {
    /// Its place in the list.
    pub index: usize,
    /// Its mapping.
    pub node: Node<'a>,
}

const POD_LISTS: [(&str, ContainerKind); 2] = [
    ("initContainers", ContainerKind::Init),
    ("containers", ContainerKind::Regular),
];

impl<'a> PodTemplate<'a> {
    /// The pod spec.
    pub fn spec(&self) -> Option<Node<'a>> {
        match self.layout {
            Layout::Pod => self.node.field("spec"),
            Layout::Argo(_) => Some(self.node),
        }
    }

    /// The path of the pod spec.
    pub fn spec_path(&self) -> Cow<'static, str> {
        match (self.layout, &*self.path) {
            (Layout::Argo(_), _) => self.path.clone(),
            (Layout::Pod, "") => "spec".into(),
            // The most common one: no need to allocate.
            (Layout::Pod, "spec.template") => "spec.template.spec".into(),
            (Layout::Pod, path) => format!("{path}.spec").into(),
        }
    }

    /// The labels of the pods: `metadata.labels`.
    pub fn labels(&self) -> Option<Node<'a>> {
        self.node.at(&["metadata", "labels"])
    }

    /// The annotations of the pods: `metadata.annotations`.
    pub fn annotations(&self) -> Option<Node<'a>> {
        self.node.at(&["metadata", "annotations"])
    }

    /// The containers that are deployed: init containers first, then the others, each in its order. Ephemeral ones are not deployed.
    pub fn containers(&self) -> Vec<Container<'a>> {
        let Some(spec) = self.spec() else {
            return Vec::new();
        };
        let base = self.spec_path();
        let mut found = Vec::new();
        for (list, kind) in POD_LISTS {
            add_list(&mut found, spec, &base, list, kind);
        }
        if let Layout::Argo(_) = self.layout {
            for field in ["container", "script"] {
                found.extend(spec.field(field).map(|node| Container {
                    node,
                    kind: ContainerKind::Regular,
                    base: base.clone(),
                    list: field,
                    index: None,
                }));
            }
            if let Some(set) = spec.field("containerSet") {
                let base = Cow::Owned(format!("{base}.containerSet"));
                add_list(&mut found, set, &base, "containers", ContainerKind::Regular);
            }
            add_list(&mut found, spec, &base, "sidecars", ContainerKind::Regular);
        }
        found
    }

    /// The volumes that the pod spec states.
    pub fn volumes(&self) -> Vec<Volume<'a>> {
        let volumes = self
            .spec()
            .map(|spec| spec.list("volumes"))
            .unwrap_or_default();
        volumes
            .into_iter()
            .enumerate()
            .map(|(index, node)| Volume { index, node })
            .collect()
    }

    /// The names that containers of this pod may mount: volumes, claim templates of the workload, and volumes that all templates of an Argo
    /// Workflow share. With the node that states each name.
    pub fn volume_names(&self) -> Vec<Text<'a>> {
        let mut names: Vec<Text<'a>> = self.volumes().iter().filter_map(Volume::name).collect();
        let shared = match self.layout {
            Layout::Pod => self.root.field("spec"),
            Layout::Argo(path) => {
                let shared = self.root.at(path);
                let volumes = shared.map(|it| it.list("volumes")).unwrap_or_default();
                names.extend(volumes.into_iter().filter_map(|it| text(it, "name")));
                shared
            }
        };
        let claims = shared
            .map(|it| it.list("volumeClaimTemplates"))
            .unwrap_or_default();
        names.extend(
            claims
                .into_iter()
                .filter_map(|it| text(it.field("metadata")?, "name")),
        );
        names
    }

    /// The requests of the whole pod, `resources.requests` of its spec, in order.
    pub fn requests(&self) -> Vec<Amount<'a>> {
        let spec = self.spec();
        spec.map(|it| amounts(it, "requests")).unwrap_or_default()
    }

    /// The limits of the whole pod, `resources.limits` of its spec, in order.
    pub fn limits(&self) -> Vec<Amount<'a>> {
        let spec = self.spec();
        spec.map(|it| amounts(it, "limits")).unwrap_or_default()
    }

    /// `restartPolicy`, if it is stated.
    pub fn restart_policy(&self) -> Option<Text<'a>> {
        text(self.spec()?, "restartPolicy")
    }

    /// Whether an annotation or label asks an admission webhook to add containers, which nobody sees here.
    pub fn is_injected(&self) -> bool {
        self.injections().next().is_some()
    }

    /// The ports on which those containers listen that each annotation or label [asks for](Self::is_injected); `None` if they are not known.
    pub fn injections(&self) -> impl Iterator<Item = Option<&'static RangeInclusive<i64>>> {
        let maps = [self.annotations(), self.labels()];
        let entries = maps.into_iter().flatten().flat_map(Node::fields);
        entries.filter_map(|it| {
            let key = it.key.as_str()?;
            let value = it.value.text_value();
            let is_off = value.is_some_and(|it| matches!(&*it, "false" | "disabled"));
            let mut marks = INJECTION_MARKS.iter().filter(|_| !is_off);
            let mark = marks.find(|it| key.contains(it.part))?;
            Some(mark.ports.as_ref())
        })
    }

    /// Whether the pods use the node's network.
    pub fn host_network(&self) -> bool {
        self.spec()
            .and_then(|it| boolean(it, "hostNetwork"))
            .is_some_and(|it| it.value)
    }
}

/// The range that `first-last` says.
fn port_range(text: &str) -> Option<RangeInclusive<i64>> {
    let (first, last) = text.split_once('-')?;
    Some(first.parse().ok()?..=last.parse().ok()?)
}

#[expect(
    clippy::ptr_arg,
    reason = "most paths are static, and a &str would lose that"
)]
fn add_list<'a>(
    found: &mut Vec<Container<'a>>,
    spec: Node<'a>,
    base: &Cow<'static, str>,
    list: &'static str,
    kind: ContainerKind,
) {
    let items = spec.list(list).into_iter().enumerate();
    found.extend(items.map(|(index, node)| Container {
        node,
        kind: match kind {
            ContainerKind::Init if is_sidecar(node) => ContainerKind::Sidecar,
            kind => kind,
        },
        base: base.clone(),
        list,
        index: Some(index),
    }));
}

/// A native sidecar is an init container that goes on running.
fn is_sidecar(node: Node<'_>) -> bool {
    text(node, "restartPolicy").is_some_and(|it| it.value == "Always")
}

impl<'a> Volume<'a> {
    /// Its name.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.node, "name")
    }

    /// What it is made of: the entry `configMap`, `secret`, `emptyDir` … If it states several, which the API server refuses, the first.
    pub fn source(&self) -> Option<Entry<'a>> {
        let mut fields = self.node.fields();
        fields.find(|it| it.key.as_str().as_deref() != Some("name") && !it.value.is_null())
    }

    /// Its path, where `spec_path` is the pod spec's.
    pub fn path(&self, spec_path: &str) -> String {
        path::item(
            &path::field(spec_path, "volumes"),
            "volumes",
            self.index,
            self.node,
        )
    }
}
