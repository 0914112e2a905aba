//! Containers that must not run as root, of images that do.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::image_user::{self, ImageUser};
use kubelint_model::view::{Container, PodTemplate, Text, Value, Workload, boolean, integer};
use kubelint_model::{Cause, ImageRef, KubeNode, path};
use kubelint_parser::yaml::Node;

use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// A container that must not run as root.
struct Subject<'a> {
    workload: Workload<'a>,
    template: PodTemplate<'a>,
    container: Container<'a>,
    /// Where that is demanded.
    demand: Value<'a, bool>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let is_openshift = is_for_openshift(cx);
    for workload in cx.graph.workloads() {
        for template in workload.templates() {
            if is_windows(&template) {
                continue;
            }
            for container in template.containers() {
                let Some(demand) =
                    effective(&template, &container, |it| boolean(it, "runAsNonRoot"))
                else {
                    continue;
                };
                let subject = Subject {
                    workload,
                    template: template.clone(),
                    container,
                    demand,
                };
                if let Some(found) = subject.finding(cx).filter(|_| demand.value) {
                    out.push(if is_openshift {
                        found.confidence(Confidence::Low)
                    } else {
                        found
                    });
                }
            }
        }
    }
}

/// A field of the container's security context, else of the pod's (`DetermineEffectiveSecurityContext` in `pkg/securitycontext`).
fn effective<'a, T>(
    template: &PodTemplate<'a>,
    container: &Container<'a>,
    read: impl Fn(Node<'a>) -> Option<Value<'a, T>>,
) -> Option<Value<'a, T>> {
    let of_pod = || template.spec()?.field("securityContext");
    let own = container.security_context().and_then(&read);
    own.or_else(|| of_pod().and_then(&read))
}

impl Subject<'_> {
    /// As `verifyRunAsNonRoot` of the kubelet (`pkg/kubelet/kuberuntime/security_context_others.go`): the stated user decides, else the
    /// image's; one that is a name cannot be verified.
    fn finding(&self, cx: &RuleContext<'_>) -> Option<Finding> {
        match effective(&self.template, &self.container, |it| {
            integer(it, "runAsUser")
        }) {
            Some(user) if user.value == 0 => Some(self.contradiction(cx, &user)),
            Some(_) => None,
            None => {
                let stated = effective(&self.template, &self.container, |node| {
                    let value = node.field("runAsUser")?;
                    Some(Value {
                        value: (),
                        node: value,
                    })
                });
                // What is stated and no number is filled in by something.
                if stated.is_some() {
                    return None;
                }
                let image = self.container.image()?;
                self.of_image(cx, &image)
            }
        }
    }

    fn contradiction(&self, cx: &RuleContext<'_>, user: &Value<'_, i64>) -> Finding {
        let graph = cx.graph;
        let resource = self.workload.resource;
        let message = format!(
            "container `{}` must not run as root, and runs as user 0: the kubelet refuses to start it",
            self.name()
        );
        let place = graph.span_in(resource, user.range());
        Finding::new(
            place,
            message,
            Cause::field_of(resource, &graph.path_at(resource, user.range())),
        )
        .label("this is root")
        .related(
            graph.span_in(resource, self.demand.range()),
            "root is not allowed",
        )
        .about(
            resource.id,
            self.container.field_path("securityContext.runAsUser"),
            "0",
        )
        .confidence(self.confidence(cx))
        .help("state another user, or do not demand `runAsNonRoot`")
    }

    fn of_image(&self, cx: &RuleContext<'_>, image: &Text<'_>) -> Option<Finding> {
        let reference = ImageRef::parse(&image.value)?;
        let user = image_user::of(&reference).or_else(|| stated(cx, &reference))?;
        let (says, label) = match user {
            ImageUser::Number(_) => return None,
            ImageUser::Root => (
                "runs as root".to_owned(),
                "the image sets no other user than root".to_owned(),
            ),
            ImageUser::Name(name) => (
                format!("runs as `{name}`, which the kubelet cannot tell from root"),
                format!("the image sets its user by name: `{name}`"),
            ),
        };
        let graph = cx.graph;
        let resource = self.workload.resource;
        let path = self.container.field_path("image");
        let message = format!(
            "container `{}` must not run as root, and its image `{}` {says}: the kubelet refuses to start it",
            self.name(),
            image.value
        );
        let found = Finding::new(
            graph.span_in(resource, image.range()),
            message,
            Cause::image(&reference.canonical()),
        )
        .label(label)
        .related(
            graph.span_in(resource, self.demand.range()),
            "root is not allowed",
        )
        .about(resource.id, path, reference.repository())
        .confidence(self.confidence(cx))
        .help("state `runAsUser` with a number that the program can run as");
        Some(found)
    }

    fn confidence(&self, cx: &RuleContext<'_>) -> Confidence {
        let pod = path::field(&self.template.spec_path(), "securityContext");
        let own = self.container.field_path("securityContext");
        let image = self.container.field_path("image");
        if evidence::is_for_tests(cx.graph, self.workload.resource) {
            return Confidence::Low;
        }
        evidence::in_template(cx.graph, &self.workload, &[&pod, &own, &image])
    }

    fn name(&self) -> String {
        let name = self.container.name();
        name.map(|it| it.value.into_owned()).unwrap_or_default()
    }
}

/// The user of an image that the configuration names.
fn stated(cx: &RuleContext<'_>, image: &ImageRef<'_>) -> Option<ImageUser> {
    let name = image.canonical();
    let roots = cx.params.list("root-images").iter();
    roots
        .filter_map(|it| ImageRef::parse(it))
        .any(|it| it.canonical() == name)
        .then_some(ImageUser::Root)
}

/// Whether the pods run on Windows, where the kubelet asks for other users.
fn is_windows(template: &PodTemplate<'_>) -> bool {
    let Some(spec) = template.spec() else {
        return false;
    };
    let is = |path: &[&str]| {
        let value = spec.at(path).and_then(KubeNode::string);
        value.is_some_and(|it| it == "windows")
    };
    is(&["os", "name"]) || is(&["nodeSelector", "kubernetes.io/os"])
}

/// Whether the repository deploys to OpenShift, which gives pods a user of their own where none is stated.
fn is_for_openshift(cx: &RuleContext<'_>) -> bool {
    let mut groups = cx.graph.resources.iter().map(|it| it.gvk.group.as_str());
    groups.any(|it| it.ends_with(".openshift.io"))
}
