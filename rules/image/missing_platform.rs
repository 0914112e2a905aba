//! Images that are not there for the nodes that their pods run on.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext, Severity};
use kubelint_model::Cause;
use kubelint_model::registry::{ImageAnswer, Platform};

use crate::evidence;
use crate::node_platforms::{Nodes, nodes};
use crate::pulls::{self, Pull};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_registry();

/// How many platforms a message names.
const MOST_SHOWN: usize = 4;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for pull in pulls::all(cx.graph) {
        if let ImageAnswer::Found(facts) = pull.known.answer
            && !facts.platforms.is_empty()
        {
            out.extend(finding(cx, &pull, &facts.platforms));
        }
    }
}

fn finding(cx: &RuleContext<'_>, pull: &Pull<'_>, there: &[Platform]) -> Option<Finding> {
    let graph = cx.graph;
    let image = pull.image()?;
    let Nodes {
        platforms,
        stated_at,
        paths,
    } = nodes(&pull.template, &cx.world.platforms)?;
    let runs = |node: &&Platform| there.iter().any(|it| node.runs(it));
    let without: Vec<&Platform> = platforms.iter().filter(|it| !runs(it)).collect();
    if without.is_empty() {
        return None;
    }
    let is_nowhere = without.len() == platforms.len();
    let missing = listed(without.into_iter());
    let message = if is_nowhere {
        format!(
            "`{}` is there for {} only, and its pod runs on {missing}",
            pull.used.image,
            listed(there.iter())
        )
    } else {
        format!(
            "`{}` is not there for {missing}, and its pod may run there",
            pull.used.image
        )
    };
    let resource = pull.workload.resource;
    let fields: Vec<&str> = paths.iter().map(String::as_str).collect();
    let confidence = if evidence::is_for_tests(graph, resource) {
        Confidence::Low
    } else {
        evidence::in_resource(graph, resource, &fields)
    };
    let mut found = Finding::new(
        pull.span(graph, None),
        message,
        Cause::field_of(resource, &pull.used.field),
    )
    .label(format!("not there for {missing}"))
    .help("build and push the image for this platform too, or keep the pod on nodes of another one with `nodeSelector`")
    .confidence(confidence);
    if !is_nowhere {
        // Where the pod comes to lie is up to the scheduler, which does not look at images.
        found = found.at_most(Severity::Warning);
    }
    if let Some(range) = stated_at {
        found = found.related(graph.span_in(resource, range), "the pod runs on such nodes");
    }
    Some(pull.about(
        found,
        image.repository(),
        "the platforms that it was locked with",
    ))
}

fn listed<'a>(platforms: impl ExactSizeIterator<Item = &'a Platform>) -> String {
    let all = platforms.len();
    let shown: Vec<String> = platforms
        .take(MOST_SHOWN)
        .map(|it| format!("`{it}`"))
        .collect();
    match all.saturating_sub(MOST_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
