//! Services whose selector matches no pods.

use std::borrow::Cow;
use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::Selection;
use kubelint_model::reference::Picks;
use kubelint_model::{DeploymentGraph, KubeNode};

use crate::unmatched::{self, Candidates};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// The label by which an EndpointSlice names its Service.
const SERVICE_NAME: &str = "kubernetes.io/service-name";

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let (pods, given) = (Candidates::pods(graph), given_endpoints(graph));
    let selections = graph.links.selections.iter();
    for selection in
        selections.filter(|it| it.picks == Picks::Service && it.ring.is_none() && !it.is_unknown)
    {
        let name = graph.resource(selection.from).name.as_deref();
        if !name.is_some_and(|it| given.contains(it))
            && let Some(found) = finding(cx, &pods, selection)
        {
            out.push(found);
        }
    }
}

/// The names of the Services whose endpoints are stated.
fn given_endpoints(graph: &DeploymentGraph) -> BTreeSet<String> {
    let endpoints = graph.resources_of(Some(""), "Endpoints");
    let slices = graph.resources_of(Some("discovery.k8s.io"), "EndpointSlice");
    let of_slices = slices.filter_map(|it| graph.labels(it)?.field(SERVICE_NAME)?.string());
    endpoints
        .filter_map(|it| it.name.clone())
        .chain(of_slices.map(Cow::into_owned))
        .collect()
}

fn finding(cx: &RuleContext<'_>, pods: &Candidates<'_>, selection: &Selection) -> Option<Finding> {
    let graph = cx.graph;
    let service = graph.resource(selection.from);
    let pick = unmatched::pick(graph, selection)?;
    if pick.selector.requirements.is_empty() || pods.may_be_made(&pick.selector) {
        return None;
    }
    let owner = service.name.as_deref().unwrap_or_default();
    let words = unmatched::words(&pick.selector);
    let first = pick.selector.requirements.first()?;
    let meant = pods.meant(graph, service, &pick.selector);
    let cause = unmatched::cause(graph, service, &pick.selector, meant.as_ref());
    let place = first.range();
    let finding = Finding::new(
        graph.span_in(service, place),
        format!("Service `{owner}` selects no pods: nothing makes pods with the labels `{words}`"),
        cause,
    )
    .label("no pod has these labels")
    .about(service.id, "spec.selector", words);
    let elsewhere = selection.elsewhere.first().map(|&it| graph.resource(it));
    Some(match (meant, elsewhere) {
        (Some(meant), elsewhere) => {
            // Something has these labels, though not where the Service looks.
            let most = match elsewhere {
                Some(_) => Confidence::Medium,
                None => Confidence::High,
            };
            finding
                .related(meant.place, meant.text)
                .confidence(meant.confidence.min(most))
                .help(meant.help)
        }
        (None, Some(elsewhere)) => finding
            .related(elsewhere.span, "has them, but belongs to something else")
            .confidence(Confidence::Low),
        (None, None) => finding.confidence(Confidence::Low),
    })
}
