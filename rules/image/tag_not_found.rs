//! Images of which their registry has other tags, but not the one that is asked for.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::registry::{ImageAnswer, Tags};
use kubelint_model::{Cause, ImageRef};

use crate::pulls::{self, Pull, Pushes};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_registry();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let pulls = pulls::all(cx.graph);
    let tags = |it: &Pull<'_>| matches!(it.known.answer, ImageAnswer::NoTag(_));
    if !pulls.iter().any(tags) {
        return;
    }
    let pushes = Pushes::of(cx.graph);
    for pull in &pulls {
        if let ImageAnswer::NoTag(tags) = pull.known.answer
            && let Some(image) = pull.image()
        {
            out.extend(finding(cx, &pushes, pull, &image, tags));
        }
    }
}

fn finding(
    cx: &RuleContext<'_>,
    pushes: &Pushes<'_>,
    pull: &Pull<'_>,
    image: &ImageRef<'_>,
    tags: &Tags,
) -> Option<Finding> {
    let graph = cx.graph;
    let absence = pushes.absence(graph, pull, image, false)?;
    let repository = image.repository();
    let (what, part) = match image.digest() {
        Some(digest) => (
            format!("nothing with the digest `{digest}`"),
            image.digest_range(),
        ),
        None => (
            format!("no tag `{}`", image.tag().unwrap_or("latest")),
            image.tag_range(),
        ),
    };
    let message = format!("`{repository}` has {what}{}", others(tags));
    let label = if part.is_some() {
        "the registry does not have it"
    } else {
        "no tag means `latest`, which the registry does not have"
    };
    let found = Finding::new(
        pull.span(graph, part),
        message,
        Cause::image(&image.canonical()),
    )
    .label(label)
    .help(help(pull, tags))
    .confidence(absence.confidence);
    let found = pull.about(
        found,
        pull.used.image.as_str(),
        "the registry said so when this was locked",
    );
    Some(pushes.with_push(found, &absence))
}

/// What there is instead.
fn others(tags: &Tags) -> String {
    let nearest = tags.nearest.first();
    // Of a part of the tags, the newest says nothing.
    let newest = tags.newest.as_ref().filter(|_| tags.is_complete);
    match (newest, nearest) {
        (Some(newest), Some(nearest)) if newest != nearest => {
            format!("; near it is `{nearest}`, and the newest is `{newest}`")
        }
        (Some(newest), _) => format!("; the newest is `{newest}`"),
        (None, Some(nearest)) => format!("; near it is `{nearest}`"),
        (None, None) => String::new(),
    }
}

fn help(pull: &Pull<'_>, tags: &Tags) -> String {
    let instead = match tags.nearest.first().or(tags.newest.as_ref()) {
        Some(tag) => format!("deploy one that is there, as `{tag}`, or push this one"),
        None => "deploy one that is there, or push this one".to_owned(),
    };
    if pull.is_locked() {
        format!("{instead}; `kubelint lock` then asks again")
    } else {
        instead
    }
}
