//! StatefulSets whose governing Service is not there, or has an address of its own.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::{Link, Outcome};
use kubelint_model::reference::{Picks, Relation};
use kubelint_model::view::Service;
use kubelint_model::{DeploymentGraph, Resource, ResourceId};

use crate::absence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// The field that makes a Service headless.
const CLUSTER_IP: &str = "spec.clusterIP";

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for (link, missing) in absence::missing(cx.graph, &[Relation::GoverningService]) {
        let meant = headless_beside(cx.graph, link).filter(|_| missing.near.is_empty());
        // Pods start without it, and most never ask for each other by name.
        let plain = match meant {
            Some(_) => Confidence::Medium,
            None => Confidence::Low,
        };
        let finding = absence::finding(cx, link, missing, plain);
        out.push(match meant {
            Some(service) => {
                finding.related(service.span, "this one selects its pods: is it meant?")
            }
            None => finding,
        });
    }
    for link in &cx.graph.links.references {
        if link.relation == Relation::GoverningService
            && let Some(finding) = not_headless(cx, link)
        {
            out.push(finding);
        }
    }
}

/// The headless Service that selects the pods of the StatefulSet that asks for another.
fn headless_beside<'a>(graph: &'a DeploymentGraph, link: &Link) -> Option<&'a Resource> {
    let selections = graph.links.selections.iter();
    let selecting = selections.filter(|it| {
        it.picks == Picks::Service && it.picked.iter().any(|(id, _)| *id == link.from)
    });
    let mut services = selecting.map(|it| service(graph, it.from));
    let found = services.find(Service::is_headless)?;
    Some(found.resource)
}

fn service(graph: &DeploymentGraph, id: ResourceId) -> Service<'_> {
    let resource = graph.resource(id);
    Service {
        resource,
        root: graph.root(resource),
    }
}

/// The finding of a Service that has an address, if all that may be meant have one.
fn not_headless(cx: &RuleContext<'_>, link: &Link) -> Option<Finding> {
    let graph = cx.graph;
    let Outcome::Resolved { candidates, .. } = &link.outcome else {
        return None;
    };
    if candidates
        .iter()
        .any(|&id| service(graph, id).is_headless())
    {
        return None;
    }
    let first = graph.resource(*candidates.first()?);
    let from = graph.resource(link.from);
    let place = graph.node(from.file, link.node).range();
    let field = graph.path_at(from, place);
    let message = format!(
        "the {} is governed by the Service `{}`, which is not headless",
        absence::called(from),
        link.target.name
    );
    let other = graph.span_in(first, graph.locate(first, CLUSTER_IP).range);
    Some(
        Finding::new(graph.span_in(from, place), message, absence::cause(link))
            .label("only a headless Service promises names to its pods")
            .related(other, "`clusterIP` is not `None`")
            // CoreDNS answers for the pods of any Service that governs them (`findServices` of its plugin `kubernetes`), beyond what the
            // specification of cluster DNS asks, so that nearly nobody notices.
            .confidence(Confidence::Low)
            .about(from.id, field, link.target.name.clone())
            .help("govern it by a Service with `clusterIP: None`; keep this one beside it for clients"),
    )
}
