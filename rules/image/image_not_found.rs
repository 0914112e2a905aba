//! Images whose repository their registry does not have.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::registry::ImageAnswer;
use kubelint_parser::TextRange;

use crate::pulls::{self, Pushes};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_registry();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let pulls = pulls::all(graph);
    let absent = |it: &&pulls::Pull<'_>| *it.known.answer == ImageAnswer::NoRepository;
    if !pulls.iter().any(|it| absent(&it)) {
        return;
    }
    let pushes = Pushes::of(graph);
    for pull in pulls.iter().filter(absent) {
        let Some(image) = pull.image() else {
            continue;
        };
        let Some(absence) = pushes.absence(graph, pull, &image, true) else {
            continue;
        };
        let (host, path) = (image.host(), image.path());
        let name = TextRange::new(0, image.path_range().end);
        let found = Finding::new(
            pull.span(graph, Some(name)),
            format!(
                "`{host}` has no image `{path}`: whoever pulls `{}` fails",
                pull.used.image
            ),
            Cause::image(&image.canonical()),
        )
        .label("there is no such image")
        .help(if pull.is_locked() {
            "name an image that is there, or push this one; `kubelint lock` then asks again"
        } else {
            "name an image that is there, or push this one"
        })
        .confidence(absence.confidence);
        let found = pull.about(
            found,
            image.repository(),
            "the registry said so when this was locked",
        );
        out.push(pushes.with_push(found, &absence));
    }
}
