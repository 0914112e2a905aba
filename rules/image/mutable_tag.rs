//! Images whose tag is put on another image sooner or later.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::mutable_tag::{self, Mutable};
use kubelint_model::view::{Container, Text, Workload};
use kubelint_model::{Cause, ImageRef};

use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for (workload, container) in cx.graph.containers() {
        if let Some(image) = container.image()
            && let Some(finding) = finding(cx, &workload, &container, &image)
        {
            out.push(finding);
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
    let why = mutable_tag::of(&reference).or_else(|| is_stated(cx, &reference))?;
    let resource = workload.resource;
    let path = container.field_path("image");
    let (says, label) = match why {
        Mutable::Untagged => ("has no tag, which means `latest`", "no tag"),
        Mutable::Moving => ("is whatever was tagged so last", "this tag moves"),
        Mutable::Variant => ("states a variant and no version", "a variant, no version"),
        Mutable::Architecture => (
            "states an architecture and no version",
            "an architecture, no version",
        ),
    };
    let range = reference
        .tag_range()
        .and_then(|it| image.node.decode().source_ranges(it).first().copied())
        .unwrap_or(image.range());
    let confidence = if evidence::is_for_tests(cx.graph, resource) {
        Confidence::Low
    } else {
        evidence::in_resource(cx.graph, resource, &[&path])
    };
    Some(
        Finding::new(
            cx.graph.span_in(resource, range),
            format!("the image `{}` {says}", image.value),
            Cause::image(&reference.canonical()),
        )
        .label(label)
        .about(resource.id, path, image.value.clone())
        .confidence(confidence)
        .help("state the version, or the digest, so that every node runs the same image and a rollback brings the old one back"),
    )
}

/// Whether the user names the tag as one that moves.
fn is_stated(cx: &RuleContext<'_>, image: &ImageRef<'_>) -> Option<Mutable> {
    let tag = image.tag().filter(|_| image.digest().is_none())?;
    let is_named = cx.params.list("tags").iter().any(|it| it == tag);
    is_named.then_some(Mutable::Moving)
}
