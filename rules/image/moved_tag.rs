//! Tags that lead to another image than when they were locked.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::Cause;

use crate::pulls;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_registry();

/// So many characters tell two digests apart: `sha256:` and a few more.
const SHOWN: usize = 19;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    for pull in pulls::all(graph) {
        let (Some(moved), Some(image)) = (graph.registry.moved(pull.used), pull.image()) else {
            continue;
        };
        let cut = |digest: &str| digest.get(..SHOWN).unwrap_or(digest).to_owned();
        let message = format!(
            "`{}` is another image now than when it was locked",
            pull.used.image
        );
        let found = Finding::new(
            pull.span(graph, image.tag_range()),
            message,
            Cause::image(&image.canonical()),
        )
        .label(format!("leads to {}… now", cut(moved.now)))
        .related(moved.span, format!("led to {}… when this was locked", cut(moved.locked)))
        .help("if you trust the new image, `kubelint lock` takes it in; a digest in the manifest never changes");
        out.push(pull.about(found, pull.used.image.as_str(), ""));
    }
}
