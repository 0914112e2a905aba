//! What the API server fills in where a manifest is silent, and what controllers make of it: in one place.
//!
//! All of it is that of the versions which are served today (`apps/v1`, `policy/v1`, `networking.k8s.io/v1`); `extensions/v1beta1` had other
//! defaults.

use crate::view::IntOrString;

/// Protocol of container and Service ports: `SetDefaults_ContainerPort`… and `SetDefaults_Service` in `pkg/apis/core/v1/defaults.go`.
pub const PROTOCOL: &str = "TCP";

/// `spec.type` of a Service: `SetDefaults_Service`. (A Service's `targetPort` becomes its `port` in the same place.)
pub const SERVICE_TYPE: &str = "ClusterIP";

/// `spec.replicas` of Deployments, StatefulSets, ReplicaSets and ReplicationControllers: `pkg/apis/apps/v1/defaults.go`.
pub const REPLICAS: i64 = 1;

/// The strategy of Deployments, DaemonSets and StatefulSets: `pkg/apis/apps/v1/defaults.go`.
pub const STRATEGY: &str = "RollingUpdate";

/// `maxSurge` and `maxUnavailable` of a Deployment, in percent: `SetDefaults_Deployment`.
pub const DEPLOYMENT_STEP_PERCENT: i64 = 25;

/// `podManagementPolicy` of a StatefulSet: `SetDefaults_StatefulSet`.
pub const POD_MANAGEMENT_POLICY: &str = "OrderedReady";

/// `pathType` of an Ingress of the beta versions (`pkg/apis/networking/v1beta1/defaults.go`); `v1` wants it stated.
pub const PATH_TYPE: &str = "ImplementationSpecific";

/// `minReplicas` of a HorizontalPodAutoscaler: `pkg/apis/autoscaling/v1/defaults.go`.
pub const MIN_REPLICAS: i64 = 1;

/// `volumeMode` of claims and volumes: `SetDefaults_PersistentVolumeClaimSpec`.
pub const VOLUME_MODE: &str = "Filesystem";

/// `periodSeconds` of a probe: `SetDefaults_Probe` in `pkg/apis/core/v1/defaults.go`, as the three that follow.
pub const PROBE_PERIOD: i64 = 10;

/// `timeoutSeconds` of a probe.
pub const PROBE_TIMEOUT: i64 = 1;

/// `successThreshold` of a probe.
pub const PROBE_SUCCESS_THRESHOLD: i64 = 1;

/// `failureThreshold` of a probe.
pub const PROBE_FAILURE_THRESHOLD: i64 = 3;

/// `progressDeadlineSeconds` of a Deployment: `SetDefaults_Deployment` of `apps/v1`. (Argo's Rollouts have the same; those of
/// `extensions/v1beta1` had none.)
pub const PROGRESS_DEADLINE: i64 = 600;

/// `metrics` path of an endpoint that a ServiceMonitor or PodMonitor scrapes: the Prometheus operator's API reference.
pub const METRICS_PATH: &str = "/metrics";

/// How many pods a Deployment may be above and below its replicas while it is updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Pods above.
    pub surge: i64,
    /// Pods below.
    pub unavailable: i64,
}

/// The steps of a Deployment with so many replicas; what is not stated is [`DEPLOYMENT_STEP_PERCENT`]. `None` if a value is refused.
///
/// Percentages of surge are rounded up, those of unavailable pods down; if both come to nothing, one pod may be unavailable
/// (`ResolveFenceposts` in `pkg/controller/deployment/util`).
pub fn deployment_steps(
    replicas: i64,
    max_surge: Option<&IntOrString<'_>>,
    max_unavailable: Option<&IntOrString<'_>>,
) -> Option<Steps> {
    let step = |stated: Option<&IntOrString<'_>>, up| match stated {
        Some(stated) => scaled(stated, replicas, up),
        None => Some(percent_of(DEPLOYMENT_STEP_PERCENT, replicas, up)),
    };
    let surge = step(max_surge, true)?;
    let unavailable = step(max_unavailable, false)?;
    Some(Steps {
        surge,
        unavailable: if surge == 0 && unavailable == 0 {
            1
        } else {
            unavailable
        },
    })
}

/// How many of so many healthy pods a PodDisruptionBudget lets go at once; `None` if a value is refused, or neither is stated.
///
/// Percentages of both are rounded up (`getExpectedPodCount` in `pkg/controller/disruption`).
pub fn disruptions_allowed(
    pods: i64,
    min_available: Option<&IntOrString<'_>>,
    max_unavailable: Option<&IntOrString<'_>>,
) -> Option<i64> {
    let allowed = match (max_unavailable, min_available) {
        (Some(stated), _) => scaled(stated, pods, true)?,
        (None, Some(stated)) => pods.saturating_sub(scaled(stated, pods, true)?),
        (None, None) => return None,
    };
    Some(allowed.clamp(0, pods.max(0)))
}

/// A number, or a percentage of `total` (`GetScaledValueFromIntOrPercent` in `k8s.io/apimachinery`). `None` for what the API server refuses:
/// negative numbers and other text.
pub fn scaled(value: &IntOrString<'_>, total: i64, round_up: bool) -> Option<i64> {
    match value {
        IntOrString::Int(number) => Some(*number).filter(|it| *it >= 0),
        IntOrString::Str(text) => {
            let digits = text.strip_suffix('%')?;
            if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
                return None;
            }
            Some(percent_of(digits.parse().ok()?, total, round_up))
        }
    }
}

fn percent_of(percent: i64, total: i64, round_up: bool) -> i64 {
    let product = percent.saturating_mul(total.max(0));
    if round_up {
        product.saturating_add(99) / 100
    } else {
        product / 100
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int_or_string(text: &str) -> Option<IntOrString<'_>> {
        match text.parse() {
            _ if text.is_empty() => None,
            Ok(number) => Some(IntOrString::Int(number)),
            Err(_) => Some(IntOrString::Str(text.into())),
        }
    }

    fn check_steps(replicas: i64, surge: &str, unavailable: &str, expected: Option<(i64, i64)>) {
        let (surge, unavailable) = (int_or_string(surge), int_or_string(unavailable));
        let steps = deployment_steps(replicas, surge.as_ref(), unavailable.as_ref());
        assert_eq!(steps.map(|it| (it.surge, it.unavailable)), expected);
    }

    #[test]
    fn steps_of_deployments() {
        check_steps(1, "", "", Some((1, 0)));
        check_steps(3, "", "", Some((1, 0)));
        check_steps(4, "", "", Some((1, 1)));
        check_steps(10, "", "", Some((3, 2)));
        check_steps(1, "0", "", Some((0, 1)));
        check_steps(1, "0%", "1%", Some((0, 1)));
        check_steps(10, "150%", "100%", Some((15, 10)));
        check_steps(0, "", "", Some((0, 1)));
        check_steps(2, "1", "0", Some((1, 0)));
        check_steps(2, "x", "0", None);
        check_steps(2, "%", "0", None);
        check_steps(2, "+1%", "0", None);
        check_steps(2, "-1", "0", None);
        check_steps(
            i64::MAX,
            "100%",
            "9223372036854775807%",
            Some((i64::MAX / 100, i64::MAX / 100)),
        );
    }

    fn check_budget(pods: i64, min_available: &str, max_unavailable: &str, expected: Option<i64>) {
        let (min, max) = (int_or_string(min_available), int_or_string(max_unavailable));
        assert_eq!(
            disruptions_allowed(pods, min.as_ref(), max.as_ref()),
            expected
        );
    }

    #[test]
    fn budgets() {
        check_budget(1, "1", "", Some(0));
        check_budget(3, "1", "", Some(2));
        check_budget(3, "50%", "", Some(1));
        check_budget(3, "100%", "", Some(0));
        check_budget(3, "", "0", Some(0));
        check_budget(3, "", "34%", Some(2));
        check_budget(1, "5", "", Some(0));
        check_budget(1, "", "5", Some(1));
        check_budget(1, "", "", None);
        check_budget(1, "x", "", None);
    }
}
