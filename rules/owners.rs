//! Workloads that own pods, and find them by labels.

use kubelint_model::view::Workload;
use kubelint_model::{DeploymentGraph, Match, Resource, Selector, path};
use kubelint_parser::Span;
use kubelint_parser::yaml::Node;

/// The kinds whose selectors find pods, as group and kind. Rollouts of Argo and the like take over the pods of others on purpose.
const KINDS: [(&str, &str); 9] = [
    ("", "DeploymentConfig"),
    ("", "ReplicationController"),
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("apps.openshift.io", "DeploymentConfig"),
    ("extensions", "DaemonSet"),
    ("extensions", "Deployment"),
];

/// A workload and the pods that it selects.
pub(crate) struct Owner<'a> {
    /// The workload.
    pub(crate) workload: Workload<'a>,
    /// Its selector, which matches its own pods and is not empty.
    pub(crate) selector: Selector<'a>,
    /// The labels of its pods.
    pub(crate) labels: Option<Node<'a>>,
    /// The path of the pods' labels.
    pub(crate) labels_path: String,
}

impl<'a> Owner<'a> {
    /// The owner that a workload is: of a kind that selects pods, and with pods to own.
    pub(crate) fn of(workload: Workload<'a>) -> Option<Self> {
        let gvk = &workload.resource.gvk;
        let is_known = KINDS.contains(&(gvk.group.as_str(), gvk.kind.as_str()));
        // Nothing runs that would be mistaken for another.
        let is_off = workload.replicas().is_some_and(|it| it.value == 0);
        let selector = workload.selector().filter(|_| is_known && !is_off)?;
        let template = workload.templates().into_iter().next()?;
        let metadata = path::field(&template.path, "metadata");
        let labels = template.labels();
        let selects_own = selector.matches(labels) == Match::Yes;
        (selects_own && !selector.requirements.is_empty()).then_some(Self {
            workload,
            selector,
            labels,
            labels_path: path::field(&metadata, "labels"),
        })
    }

    /// The object.
    pub(crate) fn resource(&self) -> &'a Resource {
        self.workload.resource
    }

    /// Its name; empty if it has none.
    pub(crate) fn name(&self) -> &'a str {
        self.resource().name.as_deref().unwrap_or_default()
    }

    /// Whether it selects the pods of `other`, which is not stated to be the same object.
    pub(crate) fn selects(&self, other: &Self) -> bool {
        let (a, b) = (self.resource(), other.resource());
        let is_same = a.gvk.kind == b.gvk.kind && a.name == b.name;
        !is_same && self.selector.matches(other.labels) == Match::Yes
    }

    /// Where its selector begins.
    pub(crate) fn place(&self, graph: &DeploymentGraph) -> Option<Span> {
        let first = self.selector.requirements.first()?;
        let range = first.range();
        Some(graph.span_in(self.resource(), range))
    }

    /// Where the labels of its pods begin.
    pub(crate) fn labels_place(&self, graph: &DeploymentGraph) -> Span {
        let first = self.labels.and_then(|it| it.fields().next());
        first.map_or(self.resource().span, |it| {
            let range = it.key.range().cover(it.value.range());
            graph.span_in(self.resource(), range)
        })
    }
}
