//! The function of `selector-mismatch`: what it promises stands on its page.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::path::field;
use kubelint_model::selector::{Operator, Requirement};
use kubelint_model::view::{PodTemplate, Workload};
use kubelint_model::{Cause, Gvk, KubeNode};
use kubelint_parser::TextRange;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for workload in cx.graph.workloads().filter(is_validated) {
        let Some(selector) = workload.selector() else {
            continue;
        };
        for template in workload.templates() {
            for requirement in selector.failing(template.labels()) {
                out.push(finding(cx, &workload, &template, requirement));
            }
        }
    }
}

/// Whether someone refuses the object if its selector does not match: the API server (`ValidateDeploymentSpec` and its kin in
/// `pkg/apis/apps/validation`, `ValidatePodTemplateSpecForRC` in `pkg/apis/core/validation`, `ValidateJobSpec` with `manualSelector`), that
/// of OpenShift, or the controller of Argo Rollouts.
fn is_validated(workload: &Workload<'_>) -> bool {
    let Gvk { group, kind, .. } = &workload.resource.gvk;
    match (group.as_str(), kind.as_str()) {
        ("apps" | "extensions", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("" | "apps.openshift.io", "DeploymentConfig")
        | ("", "ReplicationController")
        | ("argoproj.io", "Rollout") => true,
        ("batch", "Job") => {
            let manual = workload.root.at(&["spec", "manualSelector"]);
            manual.and_then(KubeNode::boolean) == Some(true)
        }
        _ => false,
    }
}

fn finding(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    template: &PodTemplate<'_>,
    requirement: &Requirement<'_>,
) -> Finding {
    let resource = workload.resource;
    let wanted = words(requirement);
    let path = field(workload.selector_path(), &requirement.key);
    let cause = Cause::field(
        &resource.gvk.kind,
        resource.namespace.as_deref(),
        resource.name.as_deref().unwrap_or_default(),
        &path,
    );
    let (range, label) = other_side(workload, template, &requirement.key);
    let metadata = field(&template.path, "metadata");
    let label_path = field(&field(&metadata, "labels"), &requirement.key);
    let finding = Finding::new(
        cx.graph.span_in(resource, place(requirement)),
        format!("the selector's `{wanted}` does not match the labels of its own pod template"),
        cause,
    )
    .label(format!("selects `{wanted}`"))
    .related(cx.graph.span_in(resource, range), label)
    .about(resource.id, &path, wanted);
    let may_change = [&path, &label_path]
        .iter()
        .any(|it| cx.graph.may_change(resource, it));
    if may_change {
        finding.confidence(Confidence::Low)
    } else {
        finding
    }
}

/// Where the requirement says what it wants: the value of a label, the key of an expression.
fn place(requirement: &Requirement<'_>) -> TextRange {
    match requirement.node.field("key") {
        Some(_) => requirement.key_node.range(),
        None => requirement.node.range(),
    }
}

/// What the pod template says of the label `key`, and where.
fn other_side(
    workload: &Workload<'_>,
    template: &PodTemplate<'_>,
    key: &str,
) -> (TextRange, String) {
    let metadata = template.node.get("metadata");
    let labels = metadata.and_then(|it| it.value.resolved().get("labels"));
    if let Some(label) = labels.and_then(|it| it.value.resolved().get(key)) {
        let value = label.value.text_value().unwrap_or_default();
        return (
            label.value.range(),
            format!("the pod template says `{value}`"),
        );
    }
    if let Some(labels) = labels {
        return (labels.key.range(), format!("no label `{key}` here"));
    }
    let template = workload
        .root
        .get("spec")
        .and_then(|it| it.value.resolved().get("template"));
    let nearest = metadata.or(template).map(|it| it.key.range());
    (
        nearest.unwrap_or(workload.resource.span.range),
        "the pod template has no labels".to_owned(),
    )
}

/// A requirement as kubectl writes it.
fn words(requirement: &Requirement<'_>) -> String {
    let key = &requirement.key;
    let is_label = requirement.node.field("key").is_none();
    match &requirement.operator {
        Operator::In(values) if is_label => format!("{key}: {}", values.join(", ")),
        Operator::In(values) => format!("{key} in ({})", values.join(", ")),
        Operator::NotIn(values) => format!("{key} notin ({})", values.join(", ")),
        Operator::Exists | Operator::Unreadable => key.to_string(),
        Operator::DoesNotExist => format!("!{key}"),
    }
}
