//! Ingresses whose annotation and field name two classes.

use std::borrow::Cow;

use kubelint_engine::settings::KubernetesVersion;
use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::view::{CLASS_ANNOTATION, Ingress, Text};
use kubelint_model::{Cause, KubeNode};
use kubelint_parser::yaml::Node;

use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// The first version that has `ingressClassName`; those before drop it.
const FIELD_SINCE: KubernetesVersion = KubernetesVersion {
    major: 1,
    minor: 18,
};
/// The first version in which both may be there if they say the same (`ValidateIngressCreate` of Kubernetes).
const EQUAL_SINCE: KubernetesVersion = KubernetesVersion {
    major: 1,
    minor: 27,
};

const ANNOTATION_PATH: &str = "metadata.annotations[kubernetes.io/ingress.class]";
const FIELD_PATH: &str = "spec.ingressClassName";

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let version = cx.world.kubernetes_version;
    if version.is_some_and(|it| it < FIELD_SINCE) {
        return;
    }
    let one_only = version.is_some_and(|it| it < EQUAL_SINCE);
    for ingress in cx.graph.ingresses() {
        let (Some(field), Some(entry)) = (ingress.class_name(), ingress.class_annotation()) else {
            continue;
        };
        let node = entry.value.resolved();
        // An annotation that is null is an empty one for the API server.
        let value = if node.is_null() {
            Some(Cow::Borrowed(""))
        } else {
            node.string()
        };
        let Some(value) = value else { continue };
        let differ = value != field.value
            && !evidence::is_replaced(&value)
            && !evidence::is_replaced(&field.value);
        if differ || one_only {
            let place = if node.is_null() { entry.key } else { node };
            out.push(finding(cx, &ingress, place, &value, &field));
        }
    }
}

fn finding(
    cx: &RuleContext<'_>,
    ingress: &Ingress<'_>,
    place: Node<'_>,
    annotation: &str,
    field: &Text<'_>,
) -> Finding {
    let resource = ingress.resource;
    let message = if annotation.is_empty() {
        format!(
            "the class annotation is empty, while `ingressClassName` asks for `{}`",
            field.value
        )
    } else if annotation == field.value {
        format!("the class `{annotation}` stands in an annotation and in `ingressClassName`")
    } else {
        format!(
            "the annotation asks for the class `{annotation}`, `ingressClassName` for `{}`",
            field.value
        )
    };
    Finding::new(
        cx.graph.span_in(resource, place.range()),
        message,
        Cause::field_of(resource, FIELD_PATH),
    )
    .label("the annotation")
    .related(cx.graph.span_in(resource, field.range()), "the field")
    .confidence(evidence::in_resource(
        cx.graph,
        resource,
        &[ANNOTATION_PATH, FIELD_PATH],
    ))
    .about(resource.id, ANNOTATION_PATH, annotation)
    .help(format!(
        "remove the annotation `{CLASS_ANNOTATION}`, which the field replaces; make sure that the field names the class that is meant"
    ))
}
