//! Containers that must not run as root, of images that do.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::dockerfile::Inherited;
use kubelint_model::image_user::{self, ImageUser};
use kubelint_model::pulled::Origin;
use kubelint_model::registry::ImageConfig;
use kubelint_model::view::{Container, PodTemplate, Text, Value, Workload, boolean, integer};
use kubelint_model::{Cause, ImageRef, KubeNode, path};
use kubelint_parser::yaml::Node;

use crate::built::{AllBuilt, Built};
use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_images().needs_registry();

/// A container that must not run as root.
struct Subject<'a> {
    workload: Workload<'a>,
    template: PodTemplate<'a>,
    container: Container<'a>,
    /// Where that is demanded.
    demand: Value<'a, bool>,
}

/// A user that the kubelet refuses.
enum User {
    Root,
    Name(String),
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let is_openshift = is_for_openshift(cx);
    let built = AllBuilt::new(cx.graph);
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
                if let Some(found) = subject.finding(cx, &built).filter(|_| demand.value) {
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
    fn finding(&self, cx: &RuleContext<'_>, built: &AllBuilt<'_>) -> Option<Finding> {
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
                let built = built.of(&self.workload, &self.container);
                let path = self.container.path();
                let pulled = cx.graph.registry.config(self.workload.resource.id, &path);
                match (built, pulled) {
                    (Some(built), None) => self.of_build(cx, &image, &built),
                    (Some(built), _) if !is_unknown(cx, &built) => {
                        self.of_build(cx, &image, &built)
                    }
                    (_, Some((config, origin))) => self.of_pulled(cx, &image, config, origin),
                    (None, None) => self.of_image(cx, &image),
                }
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
        let user = User::of_known(user)?;
        let found = self.refused(cx, image, &user)?.label(label_of(&user));
        Some(found.confidence(self.confidence(cx)))
    }

    /// The user that the image has in its registry.
    fn of_pulled(
        &self,
        cx: &RuleContext<'_>,
        image: &Text<'_>,
        config: &ImageConfig,
        origin: Origin,
    ) -> Option<Finding> {
        let user = User::of_text(&config.user)?;
        let mut found = self.refused(cx, image, &user)?.label(label_of(&user));
        if let Origin::Lock(span) = origin {
            found = found.related(span, "its user, as it was locked");
        }
        Some(found.confidence(self.confidence(cx)))
    }

    /// The user that the image's Dockerfile sets, else that of the image that it is based on.
    fn of_build(
        &self,
        cx: &RuleContext<'_>,
        image: &Text<'_>,
        built: &Built<'_>,
    ) -> Option<Finding> {
        let base_range = built.image.base_range;
        let (user, range, label) = match &built.image.user {
            Inherited::Stated(stated) => {
                let user = User::of_text(stated.value.as_known()?)?;
                let label = match &user {
                    User::Root => "this is root".to_owned(),
                    User::Name(_) => "a name is not enough for the kubelet".to_owned(),
                };
                (user, stated.range, label)
            }
            Inherited::Cleared(_) => (User::Root, base_range, "sets no user".to_owned()),
            Inherited::FromBase => {
                let known = built.of_base(|it| image_user::of(it).or_else(|| stated(cx, it)))?;
                let user = User::of_known(known)?;
                let label = match &user {
                    User::Root => "runs as root, and nothing sets another user".to_owned(),
                    User::Name(name) => format!("runs as `{name}`, and nothing sets another user"),
                };
                (user, base_range, label)
            }
        };
        let found = self.refused(cx, image, &user)?;
        let found = built.with_chain(cx.graph, found.related(built.span(range), label));
        Some(found.confidence(self.confidence(cx).min(built.confidence())))
    }

    /// The image runs as a user that the kubelet refuses.
    fn refused(&self, cx: &RuleContext<'_>, image: &Text<'_>, user: &User) -> Option<Finding> {
        let reference = ImageRef::parse(&image.value)?;
        let says = match user {
            User::Root => "runs as root".to_owned(),
            User::Name(name) => {
                format!("runs as `{name}`, which the kubelet cannot tell from root")
            }
        };
        let graph = cx.graph;
        let resource = self.workload.resource;
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
        .related(
            graph.span_in(resource, self.demand.range()),
            "root is not allowed",
        )
        .about(
            resource.id,
            self.container.field_path("image"),
            reference.repository(),
        )
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

fn label_of(user: &User) -> String {
    match user {
        User::Root => "the image sets no other user than root".to_owned(),
        User::Name(name) => format!("the image sets its user by name: `{name}`"),
    }
}

/// Whether a Dockerfile leaves the user to a base image that is not known.
fn is_unknown(cx: &RuleContext<'_>, built: &Built<'_>) -> bool {
    let known = || built.of_base(|it| image_user::of(it).or_else(|| stated(cx, it)));
    matches!(built.image.user, Inherited::FromBase) && known().is_none()
}

/// Of longer names only the beginning is shown: images may state anything.
const LONGEST_NAME: usize = 64;

impl User {
    /// The user of a known image, if the kubelet refuses it.
    fn of_known(user: ImageUser) -> Option<Self> {
        match user {
            ImageUser::Number(_) => None,
            ImageUser::Root => Some(Self::Root),
            ImageUser::Name(name) => Some(Self::Name(name.to_owned())),
        }
    }

    /// What `USER` states, if the kubelet refuses it: runtimes take what stands before a colon for the user, and for a name what is no
    /// number (`getUserFromImage` of containerd's CRI plug-in).
    fn of_text(text: &str) -> Option<Self> {
        let user = text.split_once(':').map_or(text, |(user, _)| user);
        match user.parse::<i64>() {
            Ok(0) => Some(Self::Root),
            Ok(_) => None,
            Err(_) if user.is_empty() || user == "root" => Some(Self::Root),
            Err(_) => Some(Self::Name(user.chars().take(LONGEST_NAME).collect())),
        }
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
