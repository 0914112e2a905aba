//! Images that a script builds and deploys, and that nothing pushes.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::build::{ImageAct, ImageStep};
use kubelint_model::purpose::{Purpose, is_called_wrong};
use kubelint_model::view::{Text, text};
use kubelint_model::{Cause, DeploymentGraph, FileId, ImageRef, local_cluster};
use kubelint_parser::Span;

use crate::evidence;
use crate::images::Steps;
use crate::script_images::{self, Act, Deed, Doings, canonical, may_be_same, runs_unknown_actions};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_workflows();

/// How many images of one file are looked at.
const MOST_JUDGED: usize = 200;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let steps = Steps::of(graph);
    let mut names = BTreeSet::new();
    let pushed = graph.commands.images.iter();
    let pushed = pushed.filter(|it| it.act == ImageAct::Pushed && names.insert(it.image.as_str()));
    let pushed: Vec<&ImageStep> = pushed.collect();
    for doings in script_images::by_file(graph) {
        let file = graph.file(doings.file);
        let is_odd = matches!(file.purpose, Purpose::Template | Purpose::Test);
        let is_local = doings.is_local || local_cluster::is_for_one(&file.path);
        let is_open = doings.is_open || runs_unknown_actions(graph, doings.file);
        if is_odd || is_local || is_open || is_called_wrong(&file.path) {
            continue;
        }
        let script = graph.sources.get(file.source).text().to_ascii_lowercase();
        if local_cluster::is_mentioned(&script) {
            continue;
        }
        of_file(graph, &doings, &steps, &pushed, out);
    }
}

fn of_file(
    graph: &DeploymentGraph,
    doings: &Doings<'_>,
    steps: &Steps<'_>,
    pushed: &[&ImageStep],
    out: &mut Findings,
) {
    let built = doings
        .deeds
        .iter()
        .filter(|it| it.act == Act::Built && it.run.file == doings.file);
    let mut seen = BTreeSet::new();
    for deed in built {
        let Some(image) = deed.canonical.as_ref().filter(|_| seen.len() < MOST_JUDGED) else {
            continue;
        };
        let reference = ImageRef::parse(&deed.image);
        let is_near = reference.is_none_or(|it| {
            it.registry().is_some_and(local_cluster::is_registry) || steps.is_loaded(&it)
        });
        let is_pushed = || pushed.iter().any(|it| may_be_same(&it.image, &deed.image));
        if is_near || !seen.insert(image) || is_pushed() {
            continue;
        }
        if let Some(use_) = deployed(graph, doings, deed, image) {
            out.push(finding(graph, deed, image, &use_));
        }
    }
}

/// Where an image is deployed, and how sure it is that the nodes pull it.
struct Use {
    place: Span,
    says: &'static str,
    confidence: Confidence,
}

fn deployed(
    graph: &DeploymentGraph,
    doings: &Doings<'_>,
    deed: &Deed<'_>,
    image: &(String, String),
) -> Option<Use> {
    let sure = sureness(&deed.image);
    let mut deeds = doings.deeds.iter();
    let set = deeds.find(|it| it.act == Act::Deployed && it.canonical.as_ref() == Some(image));
    if let Some(set) = set {
        return Some(Use {
            place: graph.span(set.run.file, set.range),
            says: "a workload is given it here",
            confidence: sure,
        });
    }
    let sets = graph.plan.apply_sets.iter();
    let sets = sets.filter(|it| it.runner.file == doings.file && !it.runner.is_document);
    let files: BTreeSet<FileId> = sets.flat_map(|it| it.files.iter().copied()).collect();
    let mut containers = graph
        .containers()
        .filter(|(it, _)| files.contains(&it.resource.file));
    containers.find_map(|(workload, container)| {
        let written: Text<'_> = container.image()?;
        let path = container.field_path("image");
        let is_it = canonical(&written.value).as_ref() == Some(image);
        let seen = evidence::in_resource(graph, workload.resource, &[&path]);
        let policy = text(container.node, "imagePullPolicy");
        let confidence = match policy.as_ref().map(|it| it.value.as_ref()) {
            Some("Never") => return None,
            // Who does not want it pulled has it on the nodes.
            Some("IfNotPresent") => Confidence::Low,
            _ => sure,
        };
        let is_local = local_cluster::is_for_one(&graph.file(workload.resource.file).path);
        (is_it && !is_local).then(|| Use {
            place: graph.span_in(workload.resource, written.range()),
            says: "a container runs it",
            confidence: confidence.min(seen),
        })
    })
}

/// A short name is as likely that of an image which is built on the only node.
fn sureness(image: &str) -> Confidence {
    let is_short = ImageRef::parse(image).is_none_or(|it| !it.repository().contains('/'));
    if is_short {
        Confidence::Low
    } else {
        Confidence::Medium
    }
}

fn finding(
    graph: &DeploymentGraph,
    deed: &Deed<'_>,
    image: &(String, String),
    used: &Use,
) -> Finding {
    let message = format!(
        "`{}` is built and deployed, and nothing pushes it",
        deed.image
    );
    let place = graph.span(deed.run.file, deed.range);
    let is_sample = graph.file(deed.run.file).purpose == Purpose::Sample;
    let most = if is_sample {
        Confidence::Low
    } else {
        Confidence::High
    };
    let mut finding = Finding::new(place, message, Cause::image(&image.0))
        .label("it stays on the machine that builds it")
        .related(used.place, used.says)
        .confidence(used.confidence.min(most))
        .help("push it before it is deployed, or load it onto the nodes");
    "build".clone_into(&mut finding.field);
    finding.value.clone_from(&deed.image);
    finding
}
