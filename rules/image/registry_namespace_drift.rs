//! Images of one project that manifests take from two registries or organisations, or from another than the one to which they are pushed.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::build::{ImageAct, ImageStep, split_image};
use kubelint_model::image_link::{Confidence as Belief, ImageLink, Means};
use kubelint_model::link::{are_sibling_names, near_miss};
use kubelint_model::purpose::Purpose;
use kubelint_model::view::{Container, Workload};
use kubelint_model::{Cause, ImageRef, public_image};

use crate::absence::called;
use crate::built_images::{BuiltImages, is_for_tests, links};
use crate::chain::with_chain;
use crate::origins::{Drift, Origins, Used};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_images();

/// How many images of the other origin a finding shows.
const MOST_PLACES: usize = 3;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let origins = Origins::of(cx.graph);
    let drifts = origins.drifts();
    let built = BuiltImages::of(cx.graph);
    let mut reported = BTreeSet::new();
    for drift in &drifts {
        let usual = drift.usual.to_string();
        for used in &drift.uses {
            // Where the project pushes the one, and none of the others, the others have drifted: they are compared with their pushes.
            if is_pushed(&built, &used.repository) && !built.pushed_to.contains_key(&usual) {
                continue;
            }
            out.push(finding(cx, drift, used));
            reported.insert((used.resource.id, used.field.as_str()));
        }
    }
    let used: BTreeSet<String> = used_places(cx);
    for (workload, container) in cx.graph.containers() {
        let field = container.field_path("image");
        if !reported.contains(&(workload.resource.id, field.as_str())) {
            against_pushes(cx, &built, &used, &workload, &container, out);
        }
    }
}

/// Whether a step pushes the image, whatever its tag.
fn is_pushed(built: &BuiltImages<'_>, repository: &str) -> bool {
    let image = ImageRef::parse(repository);
    let steps = image.as_ref().map_or(&[][..], |it| built.steps(it));
    steps.iter().any(|it| it.act == ImageAct::Pushed)
}

/// Where a container's image is taken from, and where it is pushed to.
struct Pushed<'a> {
    image: &'a ImageRef<'a>,
    here: String,
    there: String,
    step: &'a ImageStep,
    confidence: Confidence,
}

/// The places from which manifests take images: registry and path without the last part.
fn used_places(cx: &RuleContext<'_>) -> BTreeSet<String> {
    let images = cx.graph.containers().filter_map(|it| it.1.image());
    let places = images.filter_map(|it| Some(place(&ImageRef::parse(&it.value)?)));
    places.collect()
}

fn place(image: &ImageRef<'_>) -> String {
    let canonical = image.canonical();
    let place = canonical.rsplit_once('/').map(|it| it.0.to_owned());
    place.unwrap_or(canonical)
}

/// Compares a container's image with what is pushed under its name.
fn against_pushes(
    cx: &RuleContext<'_>,
    built: &BuiltImages<'_>,
    used: &BTreeSet<String>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    out: &mut Findings,
) {
    let graph = cx.graph;
    let field = container.field_path("image");
    let is_deployed = graph.file(workload.resource.file).purpose == Purpose::Deployed;
    if !is_deployed || graph.may_change(workload.resource, &field) {
        return;
    }
    for link in links(&graph.image_links, workload, container) {
        let tie = link.tie().filter(|it| {
            it.means == Means::StepBaseName && it.confidence == Belief::High && !it.is_disputed
        });
        let Some(image) = ImageRef::parse(&link.image).filter(|_| tie.is_some()) else {
            continue;
        };
        let is_named = !built.steps(&image).is_empty() || built.may_be_open(&image);
        if is_named || public_image::is_public(&image) {
            continue;
        }
        if let Some(pushed) = pushed_elsewhere(cx, built, used, &image) {
            out.push(pushed.finding(cx, built, link, workload, &field));
        }
    }
}

/// The step that pushes the image to another organisation at the same registry, if all that push one of its name do.
fn pushed_elsewhere<'a>(
    cx: &RuleContext<'a>,
    built: &BuiltImages<'a>,
    used: &BTreeSet<String>,
    image: &'a ImageRef<'a>,
) -> Option<Pushed<'a>> {
    let mut pushes = built
        .alike(image)
        .iter()
        .filter(|it| it.act == ImageAct::Pushed && !it.is_document && !is_for_tests(cx.graph, it));
    let step = *pushes.next()?;
    let there = place(&ImageRef::parse(split_image(&step.image).0)?);
    let here = place(image);
    let (registry, owner) = here.split_once('/')?;
    let (other_registry, other_owner) = there.split_once('/')?;
    let is_one_place = pushes.all(|it| {
        let parsed = ImageRef::parse(split_image(&it.image).0);
        parsed.is_some_and(|it| place(&it) == there)
    });
    let is_environment = are_sibling_names(owner, other_owner);
    if registry != other_registry || !is_one_place || is_environment || other_owner == "library" {
        return None;
    }
    let is_sure = near_miss(owner, other_owner).is_some() || used.contains(&there);
    Some(Pushed {
        image,
        step,
        confidence: if is_sure {
            Confidence::High
        } else {
            Confidence::Medium
        },
        here,
        there,
    })
}

impl Pushed<'_> {
    fn finding(
        &self,
        cx: &RuleContext<'_>,
        built: &BuiltImages<'_>,
        link: &ImageLink,
        workload: &Workload<'_>,
        field: &str,
    ) -> Finding {
        let (here, there) = (&self.here, &self.there);
        let file = &cx.graph.file(self.step.file).path;
        let message =
            format!("this image is taken from `{here}`, and `{file}` pushes it to `{there}`");
        let resource = workload.resource;
        let found = Finding::new(
            cx.graph.span_in(resource, link.range),
            message,
            Cause::image(here),
        )
        .label("another place than that of the push")
        .about(
            resource.id,
            field.to_owned(),
            self.image.repository().to_owned(),
        )
        .confidence(self.confidence)
        .help(format!("take it from `{there}`, or push it to `{here}`"));
        let found = found.related(built.span(self.step), "it is pushed here");
        with_chain(cx.graph, link, found)
    }
}

fn finding(cx: &RuleContext<'_>, drift: &Drift<'_, '_>, used: &Used<'_>) -> Finding {
    let (here, there) = (drift.origin.to_string(), drift.usual.to_string());
    let count = drift.count;
    let images = if count == 1 { "image" } else { "images" };
    let message = if drift.is_near_miss {
        format!("`{here}` is nearly `{there}`, which {count} other {images} come from")
    } else {
        format!(
            "this image is taken from `{here}`, and {count} others of the project from `{there}`"
        )
    };
    let confidence = if drift.is_near_miss {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let found = Finding::new(
        cx.graph.span_in(used.resource, used.range),
        message,
        Cause::image(&here),
    )
    .label("another place than the others'")
    .about(
        used.resource.id,
        used.field.clone(),
        used.repository.clone(),
    )
    .confidence(confidence)
    .help(format!("take it from `{there}`, or move the others"));
    let others = drift.usual_uses.iter().take(MOST_PLACES);
    others.fold(found, |found, other| {
        let place = cx.graph.span_in(other.resource, other.range);
        found.related(
            place,
            format!("{} takes its image from there", called(other.resource)),
        )
    })
}
