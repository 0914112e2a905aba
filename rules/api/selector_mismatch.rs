//! The function of `selector-mismatch`: what it promises stands on its page.

use std::borrow::Cow;

use kubelint_engine::suggest::{did_you_mean, hint};
use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::path::field;
use kubelint_model::selector::{Operator, Requirement};
use kubelint_model::view::{PodTemplate, Workload};
use kubelint_model::{Cause, Gvk, KubeNode};
use kubelint_parser::TextRange;
use kubelint_parser::yaml::Entry;

use crate::{evidence, unmatched};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// A pod template with more labels than this gets no suggestion: comparing all of them would take long.
const MOST_CANDIDATES: usize = 100;

/// A requirement that the labels of a pod template do not meet.
struct Mismatch<'a, 'w> {
    workload: &'w Workload<'a>,
    template: &'w PodTemplate<'a>,
    requirement: &'w Requirement<'a>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for workload in cx.graph.workloads().filter(is_validated) {
        let Some(selector) = workload.selector() else {
            continue;
        };
        // A Rollout's experiments have templates and selectors of their own.
        let own = workload.templates().into_iter();
        for template in own.filter(|it| it.path == "spec.template") {
            for requirement in selector.failing(template.labels()) {
                let mismatch = Mismatch {
                    workload: &workload,
                    template: &template,
                    requirement,
                };
                out.push(mismatch.finding(cx));
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

impl<'a> Mismatch<'a, '_> {
    fn finding(&self, cx: &RuleContext<'_>) -> Finding {
        let resource = self.workload.resource;
        let requirement = self.requirement;
        let wanted = wanted(requirement);
        let has = self.has();
        let path = unmatched::requirement_path(self.workload, requirement);
        let metadata = field(&self.template.path, "metadata");
        let label_path = field(&field(&metadata, "labels"), &requirement.key);
        let confidence = evidence::in_template(cx.graph, self.workload, &[&path, &label_path]);
        let mut finding = Finding::new(
            cx.graph.span_in(resource, place(requirement)),
            format!("the selector asks for {wanted}, but the pod template has {has}"),
            Cause::field_of(resource, &path),
        )
        .label(format!("asks for {wanted}"))
        .related(
            cx.graph.span_in(resource, self.other_side()),
            format!("the pod template has {has}"),
        )
        .confidence(confidence)
        .about(resource.id, &path, wanted);
        if let Some((entry, _)) = self.near_key() {
            let text = format!("did you mean `{}`?", requirement.key);
            finding = finding.related(cx.graph.span_in(resource, entry.key.range()), text);
        }
        finding.help(self.help())
    }

    /// The label of the pod template that the requirement is about.
    fn label(&self) -> Option<Entry<'a>> {
        self.template.labels()?.get(&self.requirement.key)
    }

    /// What the pod template has of that label.
    fn has(&self) -> String {
        let key = &self.requirement.key;
        match (self.label(), self.template.labels()) {
            (Some(label), _) => match label.value.resolved().text_value() {
                Some(value) => format!("`{key}: {value}`"),
                None => format!("an empty `{key}`"),
            },
            (None, Some(_)) => format!("no label `{key}`"),
            (None, None) => "no labels".to_owned(),
        }
    }

    /// Where it has it: the label's value, else what should hold it: `labels`, else `metadata`, else `template`.
    fn other_side(&self) -> TextRange {
        if let Some(label) = self.label() {
            return label.value.range();
        }
        let metadata = self.template.node.get("metadata");
        let labels = metadata.and_then(|it| it.value.resolved().get("labels"));
        let spec = self.workload.root.get("spec");
        let holder = labels
            .or(metadata)
            .or_else(|| spec.and_then(|it| it.value.resolved().get("template")));
        holder.map_or(self.workload.resource.span.range, |it| it.key.range())
    }

    /// The label that the pod template has in place of the missing one, as far as their names tell, and its name.
    fn near_key(&self) -> Option<(Entry<'a>, String)> {
        let is_missing = self.label().is_none()
            && matches!(
                self.requirement.operator,
                Operator::In(_) | Operator::Exists
            );
        let labels = self.template.labels().filter(|_| is_missing)?;
        let names: Vec<_> = labels
            .fields()
            .take(MOST_CANDIDATES)
            .filter_map(|it| it.key.as_str())
            .collect();
        let nearest = did_you_mean(&self.requirement.key, names.iter().map(|it| &**it))?;
        Some((labels.get(nearest)?, nearest.to_owned()))
    }

    /// What to do.
    fn help(&self) -> String {
        let key = &self.requirement.key;
        if let Some((_, nearest)) = self.near_key() {
            return format!("call the label `{nearest}` of the pod template `{key}`");
        }
        let actual = self.label().and_then(|it| it.value.resolved().string());
        match &self.requirement.operator {
            Operator::In(values) if values.len() == 1 => {
                format!("give the pod template the label `{key}: {}`", values[0])
            }
            Operator::In(values) => {
                let candidates = values.iter().take(MOST_CANDIDATES).map(|it| &**it);
                let nearest = actual.and_then(|it| did_you_mean(&it, candidates));
                format!(
                    "give the pod template the label `{key}` with one of these values{}",
                    hint(nearest)
                )
            }
            Operator::NotIn(_) => {
                format!("give the label `{key}` of the pod template another value")
            }
            Operator::DoesNotExist => format!("remove the label `{key}` from the pod template"),
            Operator::Exists | Operator::Unreadable => {
                format!("give the pod template a label `{key}`")
            }
        }
    }
}

/// Where the requirement says what it wants: the value of a label, the key of an expression.
fn place(requirement: &Requirement<'_>) -> TextRange {
    if unmatched::is_expression(requirement) {
        requirement.key_node.range()
    } else {
        requirement.node.range()
    }
}

/// What the selector asks for.
fn wanted(requirement: &Requirement<'_>) -> String {
    let key = &requirement.key;
    let list = |values: &[Cow<'_, str>]| format!("`{}`", values.join("`, `"));
    match &requirement.operator {
        Operator::In(values) if values.len() == 1 => format!("`{key}: {}`", values[0]),
        Operator::In(values) => format!("`{key}` to be one of {}", list(values)),
        Operator::NotIn(values) if values.len() == 1 => {
            format!("`{key}` not to be {}", list(values))
        }
        Operator::NotIn(values) => format!("`{key}` to be none of {}", list(values)),
        Operator::DoesNotExist => format!("no label `{key}`"),
        Operator::Exists | Operator::Unreadable => format!("a label `{key}`"),
    }
}
