//! Workloads: everything that makes pods.

use std::borrow::Cow;

use kubelint_parser::yaml::{Kind, Node};

use super::pod::{Layout, Lifetime, PodTemplate};
use super::{Value, integer};
use crate::path::{self, Step};
use crate::selector::Selector;
use crate::{KubeNode, Resource};

/// A resource that makes pods.
#[derive(Clone, Copy, Debug)]
pub struct Workload<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
    shape: Shape,
}

/// What happens to a workload's pod template before pods are made from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Handling {
    /// A built-in kind: the API server validates the template together with the object that holds it.
    Validated,
    /// A well-known custom kind: the API server takes what is there, and the controller makes pods from it as it stands.
    Unchanged,
    /// The controller may complete or overwrite the template, or nobody knows what it does.
    Completed,
}

/// Where a kind keeps its pod templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The path of the templates; `[*]` is every item of a list, `.*` every field of a mapping.
    templates: &'static str,
    lifetime: Lifetime,
    layout: Layout,
}

/// A known kind: group, kind, where its pod templates are, how long its pods run.
type Known = (&'static str, &'static str, &'static str, Lifetime);

const STAYS: Lifetime = Lifetime::StaysUp;
const ENDS: Lifetime = Lifetime::RunsToEnd;
const UNKNOWN: Lifetime = Lifetime::Unknown;

/// The kinds whose pod templates are known. Any other kind with containers in `spec.template.spec` counts too.
#[rustfmt::skip]
const KNOWN: [Known; 35] = [
    ("", "Pod", "", STAYS),
    ("", "PodTemplate", "template", UNKNOWN),
    ("", "ReplicationController", "spec.template", STAYS),
    ("apps", "Deployment", "spec.template", STAYS),
    ("apps", "StatefulSet", "spec.template", STAYS),
    ("apps", "DaemonSet", "spec.template", STAYS),
    ("apps", "ReplicaSet", "spec.template", STAYS),
    ("extensions", "Deployment", "spec.template", STAYS),
    ("extensions", "DaemonSet", "spec.template", STAYS),
    ("extensions", "ReplicaSet", "spec.template", STAYS),
    ("batch", "Job", "spec.template", ENDS),
    ("batch", "CronJob", "spec.jobTemplate.spec.template", ENDS),
    ("", "DeploymentConfig", "spec.template", STAYS),
    ("apps.openshift.io", "DeploymentConfig", "spec.template", STAYS),
    ("argoproj.io", "Rollout", "spec.template", STAYS),
    ("argoproj.io", "Rollout", "spec.strategy.canary.steps[*].experiment.templates[*]", UNKNOWN),
    ("argoproj.io", "Experiment", "spec.templates[*].template", UNKNOWN),
    ("serving.knative.dev", "Service", "spec.template", STAYS),
    ("serving.knative.dev", "Configuration", "spec.template", STAYS),
    ("serving.knative.dev", "Revision", "", STAYS),
    ("keda.sh", "ScaledJob", "spec.jobTargetRef.template", ENDS),
    ("jobset.x-k8s.io", "JobSet", "spec.replicatedJobs[*].template.spec.template", ENDS),
    ("leaderworkerset.x-k8s.io", "LeaderWorkerSet", "spec.leaderWorkerTemplate.*", STAYS),
    ("batch.volcano.sh", "Job", "spec.tasks[*].template", ENDS),
    ("ray.io", "RayCluster", "spec.workerGroupSpecs[*].template", UNKNOWN),
    ("ray.io", "RayCluster", "spec.headGroupSpec.template", UNKNOWN),
    ("ray.io", "RayJob", "spec.rayClusterSpec.workerGroupSpecs[*].template", UNKNOWN),
    ("ray.io", "RayJob", "spec.rayClusterSpec.headGroupSpec.template", UNKNOWN),
    ("ray.io", "RayService", "spec.rayClusterConfig.workerGroupSpecs[*].template", UNKNOWN),
    ("ray.io", "RayService", "spec.rayClusterConfig.headGroupSpec.template", UNKNOWN),
    ("kubeflow.org", "TFJob", "spec.tfReplicaSpecs.*.template", ENDS),
    ("kubeflow.org", "PyTorchJob", "spec.pytorchReplicaSpecs.*.template", ENDS),
    ("kubeflow.org", "MPIJob", "spec.mpiReplicaSpecs.*.template", ENDS),
    ("kubeflow.org", "XGBoostJob", "spec.xgbReplicaSpecs.*.template", ENDS),
    ("kubeflow.org", "Notebook", "spec.template", STAYS),
];

/// Argo's kinds, each with where its workflow spec is, as path and as keys.
const ARGO: [(&str, &str, &[&str]); 4] = [
    ("Workflow", "spec.templates[*]", &["spec"]),
    ("WorkflowTemplate", "spec.templates[*]", &["spec"]),
    ("ClusterWorkflowTemplate", "spec.templates[*]", &["spec"]),
    (
        "CronWorkflow",
        "spec.workflowSpec.templates[*]",
        &["spec", "workflowSpec"],
    ),
];

/// The custom kinds, as group and kind, whose controllers make pods from the templates as they stand. (An Argo WorkflowTemplate is not among
/// them: a workflow that refers to one of its templates brings volumes of its own.)
const UNCHANGED: [(&str, &str); 12] = [
    ("", "DeploymentConfig"),
    ("apps.openshift.io", "DeploymentConfig"),
    ("argoproj.io", "CronWorkflow"),
    ("argoproj.io", "Rollout"),
    ("argoproj.io", "Workflow"),
    ("batch.volcano.sh", "Job"),
    ("jobset.x-k8s.io", "JobSet"),
    ("keda.sh", "ScaledJob"),
    ("leaderworkerset.x-k8s.io", "LeaderWorkerSet"),
    ("serving.knative.dev", "Configuration"),
    ("serving.knative.dev", "Revision"),
    ("serving.knative.dev", "Service"),
];

/// A custom kind that looks like a Deployment.
const LIKE_DEPLOYMENT: Shape = Shape {
    templates: "spec.template",
    lifetime: UNKNOWN,
    layout: Layout::Pod,
};

impl<'a> Workload<'a> {
    /// The workload that a resource is, if it is one: of a known kind, or of any kind with containers in `spec.template.spec`.
    pub fn of(resource: &'a Resource, root: Node<'a>) -> Option<Self> {
        let shape = shapes(&resource.gvk.group, &resource.gvk.kind).next();
        let like_deployment = || {
            let containers = root.at(&["spec", "template", "spec", "containers"])?;
            (containers.kind() == Kind::Sequence).then_some(LIKE_DEPLOYMENT)
        };
        let shape = shape.or_else(like_deployment)?;
        Some(Self::shaped(resource, root, shape))
    }

    /// The workload that a resource is which is known to be of this shape.
    pub(crate) const fn shaped(resource: &'a Resource, root: Node<'a>, shape: Shape) -> Self {
        Self {
            resource,
            root,
            shape,
        }
    }

    /// Where it keeps its pod templates.
    pub(crate) const fn shape(&self) -> Shape {
        self.shape
    }

    /// What its pods are made from: one template for most kinds.
    pub fn templates(&self) -> Vec<PodTemplate<'a>> {
        let gvk = &self.resource.gvk;
        let known = shapes(&gvk.group, &gvk.kind);
        let own = (self.shape == LIKE_DEPLOYMENT).then_some(LIKE_DEPLOYMENT);
        known
            .chain(own)
            .flat_map(|shape| self.templates_of(shape))
            .collect()
    }

    fn templates_of(&self, shape: Shape) -> Vec<PodTemplate<'a>> {
        let found = expand(self.root, shape.templates).into_iter();
        let templates = found.map(|(node, path)| PodTemplate {
            node,
            path,
            lifetime: lifetime(shape, &self.resource.gvk.kind, node),
            layout: shape.layout,
            root: self.root,
        });
        templates.collect()
    }

    /// What all templates of an Argo Workflow share: its workflow spec, with volumes, account and pull secrets of all pods. `None` for other
    /// kinds.
    pub fn shared_spec(&self) -> Option<Node<'a>> {
        match self.shape.layout {
            Layout::Pod => None,
            Layout::Argo(path) => self.root.at(path),
        }
    }

    /// What happens to its pod templates before pods are made from them.
    pub fn handling(&self) -> Handling {
        let gvk = &self.resource.gvk;
        if UNCHANGED.contains(&(gvk.group.as_str(), gvk.kind.as_str())) {
            Handling::Unchanged
        } else if gvk.is_built_in() && self.shape != LIKE_DEPLOYMENT {
            Handling::Validated
        } else {
            Handling::Completed
        }
    }

    /// Its selector for the pods it owns, in either form; `None` if it states none.
    pub fn selector(&self) -> Option<Selector<'a>> {
        let selector = self.root.at(&["spec", "selector"])?;
        let is_map = matches!(
            self.resource.gvk.kind.as_str(),
            "ReplicationController" | "DeploymentConfig"
        );
        Some(if is_map {
            Selector::of_map(selector)
        } else {
            Selector::of_label_selector(selector)
        })
    }

    /// The path of its selector's labels: `spec.selector.matchLabels`, or `spec.selector` in the older form.
    pub fn selector_path(&self) -> &'static str {
        match self.resource.gvk.kind.as_str() {
            "ReplicationController" | "DeploymentConfig" => "spec.selector",
            _ => "spec.selector.matchLabels",
        }
    }

    /// `spec.replicas`, if it is stated.
    pub fn replicas(&self) -> Option<Value<'a, i64>> {
        integer(self.root.field("spec")?, "replicas")
    }
}

/// Where the kind keeps its pod templates.
fn shapes(group: &str, kind: &str) -> impl Iterator<Item = Shape> {
    let known = KNOWN.iter().filter(move |it| it.1 == kind && it.0 == group);
    let known = known.map(|&(_, _, templates, lifetime)| Shape {
        templates,
        lifetime,
        layout: Layout::Pod,
    });
    let argo = ARGO
        .iter()
        .filter(move |it| it.0 == kind && group == "argoproj.io");
    known.chain(argo.map(|&(_, templates, shared)| Shape {
        templates,
        lifetime: ENDS,
        layout: Layout::Argo(shared),
    }))
}

/// How long the containers are to run: in a Pod that is for its restart policy to say.
fn lifetime(shape: Shape, kind: &str, template: Node<'_>) -> Lifetime {
    let policy = || template.at(&["spec", "restartPolicy"])?.string();
    match policy().as_deref() {
        Some("Never" | "OnFailure") if kind == "Pod" => ENDS,
        _ => shape.lifetime,
    }
}

/// The nodes that `pattern` leads to, with their paths.
fn expand<'a>(root: Node<'a>, pattern: &'static str) -> Vec<(Node<'a>, Cow<'static, str>)> {
    if !pattern.contains('*') {
        let node = path::locate(root, pattern).value;
        return node
            .map(|node| (node, pattern.into()))
            .into_iter()
            .collect();
    }
    let mut found = vec![(root, String::new(), "")];
    for step in path::steps(pattern) {
        found = found
            .into_iter()
            .flat_map(|(node, path, list)| matches(node, &path, list, step))
            .collect();
    }
    let whole = found
        .into_iter()
        .filter(|(node, ..)| node.kind() == Kind::Mapping);
    whole.map(|(node, path, _)| (node, path.into())).collect()
}

/// What one step of a pattern leads to from `node`.
fn matches<'a>(
    node: Node<'a>,
    path: &str,
    list: &str,
    step: Step<'static>,
) -> Vec<(Node<'a>, String, &'static str)> {
    match step {
        Step::Item(_) => {
            let items = node.items().map(Node::resolved).enumerate();
            items
                .map(|(index, item)| (item, path::item(path, list, index, item), ""))
                .collect()
        }
        Step::Field("*") => {
            let fields = node.fields().filter_map(|it| {
                let value = it.value.resolved();
                Some((value, path::field(path, &it.key.as_str()?), ""))
            });
            fields.collect()
        }
        Step::Field(name) => {
            let value = node
                .field(name)
                .map(|it| (it, path::field(path, name), name));
            value.into_iter().collect()
        }
    }
}
