//! Containers that are to stay up, and start nothing that lasts.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::purpose::Purpose;
use kubelint_model::view::{Container, ContainerKind, Lifetime, Text, Workload};
use kubelint_model::{Cause, ImageRef, KubeNode, base_image};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// The fields that decide what a container starts, and whether that waits.
const DECISIVE: [&str; 5] = ["image", "command", "args", "stdin", "tty"];

/// The annotation by which OpenShift puts another image in place of the one that is stated.
const IMAGE_TRIGGERS: &str = "image.openshift.io/triggers";

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for workload in cx.graph.workloads() {
        for template in workload.templates() {
            if template.lifetime != Lifetime::StaysUp {
                continue;
            }
            for container in template.containers() {
                let starts_nothing = container.kind != ContainerKind::Init
                    && container.command().is_none()
                    && container.args().is_none()
                    && !container.is_interactive();
                if let Some(image) = container.image().filter(|_| starts_nothing)
                    && let Some(finding) = finding(cx, &workload, &container, &image)
                {
                    out.push(finding);
                }
            }
        }
    }
}

fn finding(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    image: &Text<'_>,
) -> Option<Finding> {
    let reference = ImageRef::parse(&image.value)?;
    let on_start = match base_image::of(&reference) {
        Some(base) => base.on_start,
        None if is_stated(cx, &reference) => {
            "holds no program that lasts, as the configuration says"
        }
        None => return None,
    };
    let resource = workload.resource;
    let path = container.field_path("image");
    let may_start_something = DECISIVE
        .iter()
        .any(|field| cx.graph.may_change(resource, &container.field_path(field)))
        || takes_image_from_elsewhere(cx, workload)
        || workload.replicas().is_some_and(|it| it.value == 0)
        || cx.graph.file(resource.file).purpose == Purpose::Test;
    let message = format!("`{}` {}", image.value, on_start);
    let found = Finding::new(
        cx.graph.span_in(resource, image.range()),
        message,
        Cause::field_of(resource, &path),
    )
    .label("no `command` or `args` says what to run in it")
    .about(resource.id, path, reference.repository())
    .help("state a `command`, or use an image that holds your program");
    Some(if may_start_something {
        found.confidence(Confidence::Low)
    } else {
        found
    })
}

/// Whether the user names the image, by its repository without tag, as one that holds nothing to run.
fn is_stated(cx: &RuleContext<'_>, image: &ImageRef<'_>) -> bool {
    let name = image.canonical();
    let stated = cx.params.list("base-images").iter();
    stated
        .filter_map(|it| ImageRef::parse(it))
        .any(|it| it.canonical() == name)
}

/// Whether OpenShift replaces the stated image when an image stream changes.
fn takes_image_from_elsewhere(cx: &RuleContext<'_>, workload: &Workload<'_>) -> bool {
    let annotated = cx
        .graph
        .annotations(workload.resource)
        .is_some_and(|it| it.field(IMAGE_TRIGGERS).is_some());
    let triggers = workload.root.at(&["spec", "triggers"]);
    annotated || (workload.resource.gvk.kind == "DeploymentConfig" && triggers.is_some())
}
