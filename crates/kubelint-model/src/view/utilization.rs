//! The metrics by which autoscalers compare usage with requests.

use std::borrow::Cow;

use kubelint_parser::yaml::{Kind, Node};

use super::{Autoscaler, Text, text};
use crate::KubeNode;

/// A metric whose target is a share of what containers request: without requests, it cannot be computed.
#[derive(Clone, Debug)]
pub struct Utilization<'a> {
    /// The resource: `cpu`, `memory`.
    pub resource: Cow<'a, str>,
    /// The only container that counts, of a `ContainerResource` metric; else all of the pod count.
    pub container: Option<Text<'a>>,
    /// Where the share is stated; `None` where the autoscaler states no metric, so that it goes by 80 % of the requested CPU.
    pub node: Option<Node<'a>>,
}

/// Holds further metrics of an autoscaler of `autoscaling/v1`, as JSON.
const METRICS_ANNOTATION: &str = "autoscaling.alpha.kubernetes.io/metrics";

impl<'a> Autoscaler<'a> {
    /// The metrics by utilization, in order: those that are stated, or the default one if no metric is (`SetDefaults_HorizontalPodAutoscaler`
    /// in `pkg/apis/autoscaling/v2`, and the conversion from `autoscaling/v1`). An average value, if it is stated too, comes first, as in
    /// `computeStatusForResourceMetricGeneric` of `pkg/controller/podautoscaler`.
    pub fn utilizations(&self) -> Vec<Utilization<'a>> {
        let Some(spec) = self.root.field("spec") else {
            return Vec::new();
        };
        let key = match self.resource.gvk.version.as_str() {
            "v1" => "targetCPUUtilizationPercentage",
            _ => "metrics",
        };
        let is_unset = |it: &Node<'_>| it.is_null() || it.kind() == Kind::Sequence && it.is_empty();
        let Some(stated) = spec.field(key).filter(|it| !is_unset(it)) else {
            let default = Utilization::of_cpu(None);
            return Vec::from_iter((!self.has_annotated_metrics()).then_some(default));
        };
        if key == "metrics" {
            let metrics = spec.list(key).into_iter();
            return metrics.filter_map(Utilization::of).collect();
        }
        vec![Utilization::of_cpu(Some(stated))]
    }

    fn has_annotated_metrics(&self) -> bool {
        let annotations = self.root.at(&["metadata", "annotations"]);
        annotations.is_some_and(|it| it.field(METRICS_ANNOTATION).is_some())
    }
}

impl<'a> Utilization<'a> {
    fn of_cpu(node: Option<Node<'a>>) -> Self {
        Self {
            resource: "cpu".into(),
            container: None,
            node,
        }
    }

    /// An entry of `metrics`, in the form of `v2beta1` or of those after it.
    fn of(metric: Node<'a>) -> Option<Self> {
        let (key, of_container) = match &*text(metric, "type")?.value {
            "Resource" => ("resource", false),
            "ContainerResource" => ("containerResource", true),
            _ => return None,
        };
        let source = metric.field(key)?;
        let (holder, value, share) = match source.field("target") {
            Some(target) => (target, "averageValue", "averageUtilization"),
            None => (source, "targetAverageValue", "targetAverageUtilization"),
        };
        let node = holder.field(share).filter(|it| !it.is_null())?;
        if holder.field(value).is_some_and(|it| !it.is_null()) {
            return None;
        }
        let container = text(source, "container").filter(|_| of_container);
        if of_container && container.is_none() {
            return None;
        }
        Some(Self {
            resource: text(source, "name")?.value,
            container,
            node: Some(node),
        })
    }
}
