//! Command lines of kubectl whose flags it refuses together.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::commands::Script;
use kubelint_model::kubectl_flags::refusal;
use kubelint_model::purpose::{Purpose, is_called_wrong};
use kubelint_model::script::Run;
use kubelint_model::{Cause, DeploymentGraph};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for script in &cx.graph.commands.scripts {
        let file = cx.graph.file(script.file);
        if !file.target || is_called_wrong(&file.path) {
            continue;
        }
        let mut seen = BTreeSet::new();
        for run in &script.outcome.runs {
            if run.file == script.file
                && !seen.contains(&run.range)
                && let Some(finding) = finding(cx.graph, script, run)
            {
                seen.insert(run.range);
                out.push(finding);
            }
        }
    }
}

fn finding(graph: &DeploymentGraph, script: &Script, run: &Run) -> Option<Finding> {
    let (tool, words) = run.command().split_first()?;
    let is_kubectl = tool.value.text.rsplit('/').next() == Some("kubectl");
    let refusal = refusal(words).filter(|_| is_kubectl)?;
    let mut places = refusal
        .words
        .iter()
        .flatten()
        .filter_map(|it| words.get(*it));
    let first = places.next().map_or(run.range, |it| it.range);
    let message = format!("kubectl refuses this command: {}", refusal.says);
    let confidence = match graph.file(script.file).purpose {
        Purpose::Deployed => Confidence::High,
        Purpose::Test | Purpose::Template | Purpose::Sample => Confidence::Low,
    };
    let finding = Finding::new(
        graph.span(run.file, first),
        message,
        Cause::text(refusal.says),
    )
    .label(if refusal.words[0].is_none() {
        "the flag is missing here"
    } else {
        "refused in this command"
    })
    .confidence(confidence);
    let mut finding = match places.next().filter(|it| it.range != first) {
        Some(second) => finding
            .related(graph.span(run.file, second.range), "together with this")
            .help("leave one of the two out"),
        None => finding.help("add what is missing"),
    };
    finding.field = words
        .iter()
        .take(2)
        .fold(String::from("kubectl"), |field, it| {
            format!("{field} {}", it.value.text)
        });
    Some(finding)
}
