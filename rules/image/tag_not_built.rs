//! Images that are deployed with a tag which the repository, that builds and pushes the image, gives to none.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::build::{ImageAct, ImageStep, split_image};
use kubelint_model::image_link::ImageLink;
use kubelint_model::view::Workload;
use kubelint_model::{Cause, ImageRef, mutable_tag};

use crate::built_images::{BuiltImages, is_for_tests, links};
use crate::chain::with_chain;
use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_images();

/// How many of the tags that are built a finding shows.
const MOST_SHOWN: usize = 3;

/// What is built of an image.
struct Tags<'a> {
    /// The steps that give it a tag, one for each tag.
    steps: Vec<(&'a str, &'a ImageStep)>,
    /// Whether each says its tag itself, and not by a variable that someone may set otherwise.
    is_literal: bool,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let built = BuiltImages::of(cx.graph);
    for (workload, container) in cx.graph.containers() {
        for link in links(&cx.graph.image_links, &workload, &container) {
            let Some(image) = ImageRef::parse(&link.image) else {
                continue;
            };
            let wanted = image.tag().filter(|_| image.digest().is_none());
            let Some(tags) = wanted.and_then(|it| tags(cx, &built, &image, it)) else {
                continue;
            };
            let path = container.field_path("image");
            out.push(finding(cx, &built, link, &workload, path, &image, &tags));
        }
    }
}

/// The tags that are built of `image`; `None` if `wanted` is one of them, or may be.
fn tags<'a>(
    cx: &RuleContext<'a>,
    built: &BuiltImages<'a>,
    image: &ImageRef<'_>,
    wanted: &str,
) -> Option<Tags<'a>> {
    let steps = built.steps(image);
    let is_fixed = |it: &&ImageStep| {
        let (_, tag) = split_image(&it.image);
        it.act != ImageAct::BuiltBySkaffold && !tag.contains('*') && tag != wanted
    };
    // A step for people or tests counts where it makes the tag that is deployed, and not where it makes another.
    if steps.is_empty() || !steps.iter().all(is_fixed) || built.may_be_open(image) {
        return None;
    }
    let makes = |it: &&&ImageStep| {
        it.act != ImageAct::Loaded && !it.is_document && !is_for_tests(cx.graph, it)
    };
    let mut seen = BTreeSet::new();
    let mut found = Tags {
        steps: Vec::new(),
        is_literal: true,
    };
    for step in steps.iter().filter(makes) {
        let (_, tag) = split_image(&step.image);
        found.is_literal &= built.is_literal(step);
        if seen.insert(tag) {
            found.steps.push((tag, step));
        }
    }
    // Who builds `latest` at home has releases made elsewhere.
    let is_release = |tag: &str| mutable_tag::of_tag(tag).is_none();
    let is_versioned = found.steps.iter().any(|it| is_release(it.0));
    (is_versioned && !built.is_set_elsewhere(image.name())).then_some(found)
}

fn finding(
    cx: &RuleContext<'_>,
    built: &BuiltImages<'_>,
    link: &ImageLink,
    workload: &Workload<'_>,
    path: String,
    image: &ImageRef<'_>,
    tags: &Tags<'_>,
) -> Finding {
    let graph = cx.graph;
    let resource = workload.resource;
    let repository = image.repository();
    let wanted = image.tag().unwrap_or_default();
    let shown: Vec<String> = tags.steps.iter().map(|it| format!("`{}`", it.0)).collect();
    let shown = shown[..shown.len().min(MOST_SHOWN)].join(", ");
    let message =
        format!("nothing builds `{repository}:{wanted}`; the tags that are built are {shown}");
    let (span, may_change) = match link.renamed.as_ref().and_then(|it| it.by) {
        Some((file, range)) => (graph.span(file, range), false),
        None => (
            graph.span_in(resource, link.range),
            graph.may_change(resource, &path),
        ),
    };
    let confidence = if evidence::is_for_tests(graph, resource) || may_change {
        Confidence::Low
    } else if tags.is_literal {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let found = Finding::new(span, message, Cause::image(&image.canonical()))
        .label("this tag")
        .about(resource.id, path, format!("{repository}:{wanted}"))
        .confidence(confidence)
        .help("deploy a tag that is built, or build this one");
    let steps = tags.steps.iter().take(MOST_SHOWN);
    let found = steps.fold(found, |found, (tag, step)| {
        found.related(built.span(step), format!("this makes `{tag}`"))
    });
    with_chain(graph, link, found)
}
