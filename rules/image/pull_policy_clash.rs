//! Pull policies by which the nodes do not get the image that is meant.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::build::ImageStep;
use kubelint_model::mutable_tag;
use kubelint_model::view::{Container, Text, Workload, text};
use kubelint_model::{Cause, ImageRef, local_cluster};
use kubelint_parser::Span;

use crate::evidence;
use crate::images::Steps;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// A container and its image.
struct Subject<'a> {
    workload: Workload<'a>,
    container: Container<'a>,
    image: Text<'a>,
    reference: ImageRef<'a>,
    policy: Option<Text<'a>>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let steps = Steps::of(cx.graph);
    for (workload, container) in cx.graph.containers() {
        let Some(image) = container.image() else {
            continue;
        };
        let Some(reference) = ImageRef::parse(&image.value) else {
            continue;
        };
        let subject = Subject {
            policy: text(container.node, "imagePullPolicy"),
            workload,
            reference,
            image: image.clone(),
            container,
        };
        if let Some(found) = subject.finding(cx, &steps) {
            out.push(found);
        }
    }
}

impl Subject<'_> {
    fn finding(&self, cx: &RuleContext<'_>, steps: &Steps<'_>) -> Option<Finding> {
        match self.policy.as_ref().map(|it| it.value.as_ref()) {
            Some("Never") => self.never(cx, steps),
            Some("IfNotPresent") => self.if_not_present(cx, steps),
            // As `SetDefaults_Container` of the API server: `Always` for `latest` and for no tag, else `IfNotPresent`.
            None if self.reference.tag().is_some_and(|it| it != "latest") => {
                self.if_not_present(cx, steps)
            }
            _ => None,
        }
    }

    /// `Never`, and an image that only a registry has.
    fn never(&self, cx: &RuleContext<'_>, steps: &Steps<'_>) -> Option<Finding> {
        let registry = self.reference.registry();
        let is_local = registry.is_some_and(local_cluster::is_registry);
        let is_remote = registry.is_some() || self.reference.is_docker_official();
        // A short name is as likely that of an image which is built on the node.
        let is_short = registry.is_none() && !is_known_official(&self.reference);
        if is_local
            || is_short
            || !is_remote
            || steps.is_loaded(&self.reference)
            || steps.is_made(&self.reference)
        {
            return None;
        }
        let policy = self.policy.as_ref()?;
        let message = format!(
            "container `{}` never pulls `{}`, which nothing here puts onto the nodes",
            self.name(),
            self.image.value
        );
        let finding = self
            .new_finding(cx, policy, message)
            .label("the kubelet does not pull the image")
            .related(self.span(cx, &self.image), "a registry has it")
            .help("pull it `IfNotPresent`, or load it onto every node");
        Some(finding)
    }

    /// `IfNotPresent`, stated or by default, and a tag that is put on a new image with each build.
    fn if_not_present(&self, cx: &RuleContext<'_>, steps: &Steps<'_>) -> Option<Finding> {
        mutable_tag::of(&self.reference)?;
        if steps.is_loaded(&self.reference) {
            return None;
        }
        let step = self.rebuilt(steps)?;
        let policy = self.policy.as_ref().unwrap_or(&self.image);
        let by_default = if self.policy.is_none() {
            ", as is the default"
        } else {
            ""
        };
        let message = format!(
            "container `{}` pulls `{}` only if its node has none{by_default}, and new builds get the same tag",
            self.name(),
            self.image.value
        );
        let place = cx.graph.span(step.file, step.range);
        let finding = self
            .new_finding(cx, policy, message)
            .label("a node that has an older image keeps it")
            .related(place, "this gives the tag to every new image")
            .help("state a tag of its own for each build, or `imagePullPolicy: Always`");
        Some(finding)
    }

    /// The step that pushes the image with this very tag.
    fn rebuilt<'g>(&self, steps: &Steps<'g>) -> Option<&'g ImageStep> {
        // skaffold writes a tag of its own into what it deploys.
        if steps.is_by_skaffold(&self.reference) {
            return None;
        }
        let tag = self.reference.tag().unwrap_or("latest");
        steps.pushed(&self.reference, tag)
    }

    fn new_finding(&self, cx: &RuleContext<'_>, at: &Text<'_>, message: String) -> Finding {
        let graph = cx.graph;
        let resource = self.workload.resource;
        let path = self.container.field_path("imagePullPolicy");
        let image_path = self.container.field_path("image");
        let confidence = if evidence::is_for_tests(graph, resource) {
            Confidence::Low
        } else {
            evidence::in_template(graph, &self.workload, &[&path, &image_path])
                .min(Confidence::Medium)
        };
        let cause = Cause::image(&self.reference.canonical());
        let value = self.policy.as_ref().map_or("", |it| it.value.as_ref());
        Finding::new(self.span(cx, at), message, cause)
            .about(resource.id, path, value.to_owned())
            .confidence(confidence)
    }

    fn name(&self) -> String {
        let name = self.container.name();
        name.map(|it| it.value.into_owned()).unwrap_or_default()
    }

    fn span(&self, cx: &RuleContext<'_>, at: &Text<'_>) -> Span {
        cx.graph.span_in(self.workload.resource, at.range())
    }
}

/// Whether a short name is that of a well-known official image with a version, which nobody builds under this name.
fn is_known_official(image: &ImageRef<'_>) -> bool {
    image.is_docker_official()
        && image.tag().is_some_and(|it| it != "latest")
        && kubelint_model::image_user::of(image).is_some()
}
