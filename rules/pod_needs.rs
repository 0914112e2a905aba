//! Workloads whose pods are held against what a namespace or the nodes have room for.

use kubelint_engine::settings::KubernetesVersion;
use kubelint_engine::{Confidence, RuleContext};
use kubelint_model::view::{Handling, PodTemplate, Workload};
use kubelint_model::{DeploymentGraph, Resource, path};

use crate::bounds::Defaults;
use crate::pod_counts::{self, Count};
use crate::{evidence, scalers};

/// Since then API servers read `resources` of a whole pod unless told otherwise (feature gate `PodLevelResources`).
const POD_RESOURCES_SINCE: KubernetesVersion = KubernetesVersion {
    major: 1,
    minor: 34,
};

/// A workload, and what decides how much its pods need.
pub(crate) struct Pods<'a> {
    pub(crate) graph: &'a DeploymentGraph,
    pub(crate) workload: Workload<'a>,
    pub(crate) template: PodTemplate<'a>,
    /// The least pods there are.
    pub(crate) least: Count<'a>,
    /// What LimitRanges give to the containers.
    pub(crate) defaults: Defaults<'a>,
}

impl<'a> Pods<'a> {
    /// `None` if there are no pods, or nobody knows what they need.
    pub(crate) fn of(cx: &RuleContext<'a>, workload: Workload<'a>) -> Option<Self> {
        let graph = cx.graph;
        if workload.handling() == Handling::Completed {
            return None;
        }
        let mut templates = workload.templates().into_iter();
        let template = templates.next().filter(|_| templates.next().is_none())?;
        let version = cx.world.kubernetes_version;
        let is_old = version.is_some_and(|it| it < POD_RESOURCES_SINCE);
        if is_old && template.has_pod_resources() || scalers::has_vertical(graph, workload.resource)
        {
            return None;
        }
        Some(Self {
            graph,
            least: pod_counts::least(graph, &workload)?,
            workload,
            template,
            defaults: Defaults::None,
        })
    }

    /// How sure it is that the pods are as `fields` of the workload say, besides what a bound says.
    pub(crate) fn confidence(&self, fields: &[&str]) -> Confidence {
        let most = if evidence::is_for_tests(self.graph, self.workload.resource) {
            Confidence::Low
        } else {
            Confidence::High
        };
        let of_scaler = self.least.scaler.map_or(Confidence::High, |it| {
            evidence::in_resource(self.graph, it, &["spec.minReplicas", "spec.maxReplicas"])
        });
        let judged = evidence::in_template(self.graph, &self.workload, fields);
        most.min(judged).min(of_scaler)
    }

    /// The path of the pods' containers.
    pub(crate) fn containers_path(&self) -> String {
        path::field(&self.template.spec_path(), "containers")
    }

    pub(crate) const fn resource(&self) -> &'a Resource {
        self.workload.resource
    }
}
