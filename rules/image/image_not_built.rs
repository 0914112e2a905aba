//! Images in a place to which the repository pushes its own, and that nothing in it builds.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::image_link::{Outcome, Untied};
use kubelint_model::{Cause, ImageRef, public_image};

use crate::built_images::{BuiltImages, links};
use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_images();

/// How many images a repository must push to a place for it to be the one that fills it.
const FILLS: usize = 2;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let built = BuiltImages::of(cx.graph);
    if built.pushed_to.is_empty() {
        return;
    }
    for (workload, container) in cx.graph.containers() {
        for link in links(&cx.graph.image_links, &workload, &container) {
            let unknown = matches!(link.outcome, Outcome::Untied(Untied::Unknown));
            let Some(image) = ImageRef::parse(&link.image).filter(|_| unknown) else {
                continue;
            };
            let canonical = image.canonical();
            let Some((place, name)) = canonical.rsplit_once('/') else {
                continue;
            };
            let Some(pushed) = built.pushed_to.get(place) else {
                continue;
            };
            let is_known = !built.alike(&image).is_empty() || built.may_be_open(&image);
            if is_known || public_image::is_public(&image) || pushed.names.len() < FILLS {
                continue;
            }
            let resource = workload.resource;
            let path = container.field_path("image");
            let most = if is_of_project(place, name, &pushed.names) {
                Confidence::Medium
            } else {
                // The organisation may have other repositories.
                Confidence::Low
            };
            let confidence = evidence::inferred(cx.graph, resource, &[&path]).min(most);
            let repository = image.repository().to_owned();
            let message = format!(
                "nothing builds `{repository}`, and {} other images are built here and pushed to `{place}`",
                pushed.names.len()
            );
            let found = Finding::new(
                cx.graph.span_in(resource, link.range),
                message,
                Cause::image(&canonical),
            )
            .label("this image")
            .about(resource.id, path, repository)
            .confidence(confidence)
            .help("build and push it with the others, or take an image that is there");
            out.push(found.related(built.span(pushed.first), "another image goes there"));
        }
    }
}

/// Whether the images of a place are evidently one project's: the place is named after one, or all names begin alike.
fn is_of_project(place: &str, name: &str, pushed: &BTreeSet<String>) -> bool {
    let head = |it: &str| {
        it.split(['-', '_', '.'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let is_named_alike =
        name.contains(['-', '_']) && pushed.iter().all(|it| head(it) == head(name));
    place.split('/').count() > 2 || is_named_alike
}
