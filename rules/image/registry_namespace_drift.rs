//! Images of one project that manifests take from two registries or organisations.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::Cause;

use crate::absence::called;
use crate::origins::{Drift, Origins, Used};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// How many images of the other origin a finding shows.
const MOST_PLACES: usize = 3;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let origins = Origins::of(cx.graph);
    for drift in origins.drifts() {
        for used in &drift.uses {
            out.push(finding(cx, &drift, used));
        }
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
