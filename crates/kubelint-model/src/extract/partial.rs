//! Documents that state only part of an object, although nothing around them says so.

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Node;

use crate::Gvk;
use crate::node::KubeNode;
use crate::purpose::Purpose;

/// Whether a workload is evidently a fragment that some tool merges into a whole: the API server would refuse it for what is missing,
/// and what is missing is what nobody forgets.
///
/// That is: no pod spec at all; or a pod spec without a container; or no container with an image, and, in the kinds that need one, no
/// selector either. A workload that lacks but one of these is taken for a whole one with a mistake in it; and an `image:` without a value is
/// a place that a script fills in, in an object that is whole otherwise.
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
    let has_image = containers.iter().any(|it| it.get("image").is_some());
    let has_selector = node.at(&["spec", "selector"]).is_some();
    !(has_image || needs_selector && has_selector)
}

/// Whether a file of a test is compared with what is in the cluster, and never applied: what kuttl and chainsaw call `00-assert.yaml` and
/// `00-errors.yaml`. It states as much of its objects as the test is about.
pub(super) fn is_compared(path: &SourcePath, purpose: Purpose) -> bool {
    const COMPARED: [&str; 4] = ["assert", "asserts", "error", "errors"];
    let mut words = path.file_name().split(['-', '_', '.']);
    purpose == Purpose::Test && words.any(|word| COMPARED.contains(&word))
}

#[cfg(test)]
mod tests {
    use kubelint_parser::yaml;

    use super::*;

    #[test]
    fn asserted_objects_are_partial() {
        for (path, purpose, expected) in [
            ("tests/e2e/00-assert.yaml", Purpose::Test, true),
            ("tests/e2e/assert-collector.yaml", Purpose::Test, true),
            ("tests/e2e/02-errors.yaml", Purpose::Test, true),
            ("tests/e2e/00-install.yaml", Purpose::Test, false),
            ("deploy/error-pages.yaml", Purpose::Deployed, false),
        ] {
            let path = SourcePath::new(path);
            assert_eq!(is_compared(&path, purpose), expected, "{path}");
        }
    }

    fn partial(text: &str) -> bool {
        let yaml = yaml::parse(text);
        let root = yaml.root(text, &yaml.documents()[0]).unwrap();
        is_partial(&Gvk::of(root).unwrap(), root)
    }

    /// A Deployment of `extensions/v1beta1`, which needs no selector, with one container.
    fn of_container(container: &str) -> String {
        format!(
            "apiVersion: extensions/v1beta1\nkind: Deployment\nspec: {{template: {{spec: {{containers: [{container}]}}}}}}\n"
        )
    }

    #[test]
    fn a_container_without_an_image_belongs_to_a_part() {
        assert!(partial(&of_container("{name: app, args: [x]}")));
        assert!(!partial(&of_container("{name: app, image: app}")));
        let with_selector = "apiVersion: apps/v1\nkind: Deployment\nspec: {selector: {}, template: {spec: {containers: [{name: app}]}}}\n";
        assert!(!partial(with_selector));
    }

    #[test]
    fn an_image_without_a_value_is_filled_in_by_a_script() {
        for image in ["image: ", "image: null", "image: ''"] {
            let container = of_container(&format!("{{name: app, {image}}}"));
            assert!(!partial(&container), "{image}");
        }
    }
}
