//! How workloads replace their pods.

use std::borrow::Cow;

use kubelint_parser::yaml::Node;

use super::{Claim, IntOrString, Value, Workload, int_or_string, text};
use crate::defaults::{self, Steps};
use crate::{KubeNode, Resource};

/// How a Deployment, DaemonSet or StatefulSet replaces its pods.
#[derive(Clone, Debug)]
pub struct Strategy<'a> {
    /// `RollingUpdate`, `Recreate` (Deployments), `OnDelete` (the others): as stated, or the default.
    pub kind: Cow<'a, str>,
    /// Its mapping, if it is stated.
    pub node: Option<Node<'a>>,
    /// `rollingUpdate.maxSurge`, if it is stated.
    pub max_surge: Option<Value<'a, IntOrString<'a>>>,
    /// `rollingUpdate.maxUnavailable`, if it is stated.
    pub max_unavailable: Option<Value<'a, IntOrString<'a>>>,
}

impl<'a> Workload<'a> {
    /// How it replaces its pods; `None` for kinds other than Deployment, DaemonSet and StatefulSet.
    pub fn strategy(&self) -> Option<Strategy<'a>> {
        let field = match kind(self.resource)? {
            "Deployment" => "strategy",
            "DaemonSet" | "StatefulSet" => "updateStrategy",
            _ => return None,
        };
        let node = self.root.at(&["spec", field]);
        let rolling = node.and_then(|it| it.field("rollingUpdate"));
        let step = |key: &str| rolling.and_then(|it| int_or_string(it, key));
        let stated = node.and_then(|it| text(it, "type"));
        Some(Strategy {
            kind: stated.map_or(defaults::STRATEGY.into(), |it| it.value),
            node,
            max_surge: step("maxSurge"),
            max_unavailable: step("maxUnavailable"),
        })
    }

    /// How many pods a Deployment may be above and below its replicas during an update: `None` for other kinds and strategies, and for
    /// values that the API server refuses.
    pub fn update_steps(&self) -> Option<Steps> {
        if kind(self.resource)? != "Deployment" {
            return None;
        }
        let strategy = self.strategy().filter(|it| it.kind == "RollingUpdate")?;
        defaults::deployment_steps(
            self.desired_replicas()?,
            strategy.max_surge.as_ref().map(|it| &it.value),
            strategy.max_unavailable.as_ref().map(|it| &it.value),
        )
    }

    /// `spec.replicas` as stated, or the default; `None` for kinds that have no such field (and whose default is not known), and where
    /// something else is written.
    ///
    /// Autoscalers may change it.
    pub fn desired_replicas(&self) -> Option<i64> {
        if !matches!(
            kind(self.resource)?,
            "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController"
        ) {
            return None;
        }
        match self.root.at(&["spec", "replicas"]) {
            Some(stated) => stated.integer(),
            None => Some(defaults::REPLICAS),
        }
    }

    /// Whether a StatefulSet starts and stops its pods one after the other.
    pub fn is_ordered(&self) -> bool {
        let spec = self.root.field("spec");
        let policy = spec.and_then(|it| text(it, "podManagementPolicy"));
        kind(self.resource) == Some("StatefulSet")
            && policy.map_or(defaults::POD_MANAGEMENT_POLICY.into(), |it| it.value)
                == defaults::POD_MANAGEMENT_POLICY
    }

    /// What a StatefulSet makes claims from, one for each pod.
    pub fn claim_templates(&self) -> Vec<Claim<'a>> {
        let spec = self.root.field("spec");
        let spec = spec.filter(|_| kind(self.resource) == Some("StatefulSet"));
        let templates = spec.map(|it| it.list("volumeClaimTemplates"));
        let templates = templates.unwrap_or_default().into_iter();
        templates.map(|node| Claim { node }).collect()
    }
}

/// The kind of a built-in workload.
fn kind(resource: &Resource) -> Option<&str> {
    let gvk = &resource.gvk;
    gvk.is_built_in().then_some(gvk.kind.as_str())
}
