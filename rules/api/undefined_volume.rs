//! Mounts of volumes that the pod does not have.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::view::{Container, PodTemplate, Text, Volume, VolumeMount, Workload, text};
use kubelint_model::{Cause, KubeNode, path};
use kubelint_parser::yaml::Kind;
use kubelint_parser::{Span, TextRange};

use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// Where a StatefulSet states volumes of its own.
const CLAIM_TEMPLATES: &str = "spec.volumeClaimTemplates";
/// A pod with more volumes than this gets no suggestion: comparing all of them would take long.
const MOST_CANDIDATES: usize = 200;

/// A pod template, and the volumes that it has: each read once for all mounts.
struct Subject<'a> {
    workload: Workload<'a>,
    template: PodTemplate<'a>,
    /// The names of all volumes, those of claim templates among them.
    volumes: Vec<Text<'a>>,
    /// Those of the template itself.
    own: Vec<Volume<'a>>,
    /// The place of their list, or of what should hold it.
    place: OnceCell<TextRange>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for workload in cx.graph.workloads() {
        for template in workload.templates() {
            let volumes = template.volume_names();
            let subject = Subject {
                own: template.volumes(),
                workload,
                template,
                volumes,
                place: OnceCell::new(),
            };
            check_template(cx, &subject, out);
        }
    }
}

fn check_template(cx: &RuleContext<'_>, subject: &Subject<'_>, out: &mut Findings) {
    let names: BTreeSet<&str> = subject.volumes.iter().map(|it| &*it.value).collect();
    let may_have_more = OnceCell::new();
    for container in subject.template.containers() {
        for mount in container.volume_mounts() {
            let Some(name) = mount.name() else { continue };
            if names.contains(&*name.value) || evidence::is_replaced(&name.value) {
                continue;
            }
            if *may_have_more.get_or_init(|| subject.may_have_more()) {
                return;
            }
            out.push(finding(cx, subject, &container, &mount, &name));
        }
    }
}

fn finding(
    cx: &RuleContext<'_>,
    subject: &Subject<'_>,
    container: &Container<'_>,
    mount: &VolumeMount<'_>,
    name: &Text<'_>,
) -> Finding {
    let resource = subject.workload.resource;
    let mount_path = container.item_path(mount.list, mount.index, mount.node);
    let volumes_path = path::field(&subject.template.spec_path(), "volumes");
    let paths = [&*mount_path, &volumes_path, CLAIM_TEMPLATES];
    let owner = container.name().map(|it| it.value).unwrap_or_default();
    let message = format!(
        "container `{owner}` mounts the volume `{}`, which the pod does not have",
        name.value
    );
    let (place, text, help) = subject.other_side(cx, name, &volumes_path);
    let cause = Cause::field_of(resource, &format!("{volumes_path}[{}]", name.value));
    Finding::new(cx.graph.span_in(resource, name.range()), message, cause)
        .label("no volume is called so")
        .related(place, text)
        .confidence(evidence::in_template(cx.graph, &subject.workload, &paths))
        .about(resource.id, mount_path, name.value.clone())
        .help(help)
}

impl Subject<'_> {
    /// Whether something other than the manifest gives the pod volumes, or their names.
    fn may_have_more(&self) -> bool {
        let list = self.template.spec().and_then(|it| it.field("volumes"));
        let unreadable = list.is_some_and(|it| it.kind() != Kind::Sequence)
            || self.own.iter().any(|it| it.name().is_none());
        // Argo Workflows merges this text into the pods that it makes.
        let root = self.workload.root;
        let patched = self.template.node.field("podSpecPatch").is_some()
            || root.at(&["spec", "podSpecPatch"]).is_some()
            || root.at(&["spec", "workflowSpec", "podSpecPatch"]).is_some();
        let names = || self.volumes.iter().map(|it| &*it.value);
        unreadable || patched || names().any(evidence::is_replaced)
    }

    /// The nearest volume, or the place where it is missing; what to say of it; what to do.
    fn other_side(
        &self,
        cx: &RuleContext<'_>,
        name: &Text<'_>,
        volumes_path: &str,
    ) -> (Span, String, String) {
        let resource = self.workload.resource;
        for volume in self.own.iter().take(MOST_CANDIDATES) {
            let (Some(own), Some(source)) = (volume.name(), volume.source()) else {
                continue;
            };
            let keys = ["name", "secretName", "claimName"];
            let mut sources = keys.iter().filter_map(|key| text(source.value, key));
            if sources.any(|it| it.value == name.value) {
                let kind = source.key.as_str().unwrap_or_default();
                return (
                    cx.graph.span_in(resource, own.range()),
                    format!(
                        "the volume made of the {kind} `{}` is called `{}`",
                        name.value, own.value
                    ),
                    format!("mount it by its own name, `{}`", own.value),
                );
            }
        }
        let candidates = self.volumes.iter().take(MOST_CANDIDATES);
        if let Some(nearest) = did_you_mean(&name.value, candidates.map(|it| &*it.value))
            && let Some(volume) = self.volumes.iter().find(|it| it.value == nearest)
        {
            return (
                cx.graph.span_in(resource, volume.range()),
                format!("did you mean `{nearest}`?"),
                format!("mount `{nearest}`, or add a volume `{}`", name.value),
            );
        }
        let place = self.place.get_or_init(|| {
            let claims_only = self.own.is_empty() && !self.volumes.is_empty();
            let list = if claims_only {
                CLAIM_TEMPLATES
            } else {
                volumes_path
            };
            // An item that no list has: what is found is the key of the list, or of what should hold it.
            cx.graph.locate(resource, &format!("{list}[]")).range
        });
        let text = if self.volumes.is_empty() {
            "no volumes here"
        } else {
            "not among these volumes"
        };
        (
            cx.graph.span_in(resource, *place),
            text.to_owned(),
            format!(
                "add a volume `{}` to `{volumes_path}`, or remove the mount",
                name.value
            ),
        )
    }
}
