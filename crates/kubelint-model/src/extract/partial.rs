//! Documents that state only part of an object, although nothing around them says so.

use kubelint_parser::yaml::Node;

use crate::Gvk;
use crate::node::KubeNode;

/// Whether a workload is evidently a fragment that some tool merges into a whole: the API server would refuse it for what is missing,
/// and what is missing is what nobody forgets.
///
/// That is: no pod spec at all; or a pod spec without a container; or no container with an image, and, in the kinds that need one, no
/// selector either. A workload that lacks but one of these is taken for a whole one with a mistake in it.
pub(super) fn is_partial(gvk: &Gvk, node: Node<'_>) -> bool {
    let (path, needs_selector): (&[&str], bool) = match (gvk.group.as_str(), gvk.kind.as_str()) {
        ("", "Pod") => (&["spec"], false),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => {
            (&["spec", "template", "spec"], true)
        }
        ("extensions", "Deployment" | "DaemonSet" | "ReplicaSet") | ("batch", "Job") => {
            (&["spec", "template", "spec"], false)
        }
        ("batch", "CronJob") => (&["spec", "jobTemplate", "spec", "template", "spec"], false),
        _ => return false,
    };
    let Some(pod) = node.at(path) else {
        return true;
    };
    let containers = pod.list("containers");
    if containers.is_empty() {
        return true;
    }
    let has_image = containers.iter().any(|it| it.field("image").is_some());
    let has_selector = node.at(&["spec", "selector"]).is_some();
    !(has_image || needs_selector && has_selector)
}
