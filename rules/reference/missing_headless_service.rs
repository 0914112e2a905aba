//! StatefulSets whose governing Service is not there, or has an address of its own.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::{Link, Outcome};
use kubelint_model::purpose::Purpose;
use kubelint_model::reference::Relation;
use kubelint_model::view::Service;

use crate::absence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// The field that makes a Service headless.
const CLUSTER_IP: &str = "spec.clusterIP";

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for (link, missing) in absence::missing(cx.graph, &[Relation::GoverningService]) {
        out.push(absence::finding(cx, link, missing, Confidence::Medium));
    }
    for link in &cx.graph.links.references {
        if link.relation == Relation::GoverningService
            && let Some(finding) = not_headless(cx, link)
        {
            out.push(finding);
        }
    }
}

/// The finding of a Service that has an address, if all that may be meant have one.
fn not_headless(cx: &RuleContext<'_>, link: &Link) -> Option<Finding> {
    let graph = cx.graph;
    let Outcome::Resolved { candidates, .. } = &link.outcome else {
        return None;
    };
    let service = |id| {
        let resource = graph.resource(id);
        Service {
            resource,
            root: graph.root(resource),
        }
    };
    if candidates.iter().any(|&id| service(id).is_headless()) {
        return None;
    }
    let first = graph.resource(*candidates.first()?);
    let from = graph.resource(link.from);
    let place = graph.node(from.file, link.node).range();
    let field = graph.path_at(from, place);
    let replicas = graph.workload(from).and_then(|it| it.desired_replicas());
    // A lone pod is reached through the Service as well, and a sample shows how little it takes.
    let is_doubtful = replicas.is_none_or(|it| it < 2)
        || graph.file(from.file).purpose != Purpose::Deployed
        || graph.may_change(from, &field)
        || graph.may_change(from, "spec.replicas")
        || candidates
            .iter()
            .any(|&id| graph.may_change(graph.resource(id), CLUSTER_IP));
    let message = format!(
        "the {} is governed by the Service `{}`, which is not headless",
        absence::called(from),
        link.target.name
    );
    // CoreDNS answers for the pods of any Service that governs them (`findServices` of its plugin `kubernetes`), beyond what the
    // specification of cluster DNS asks; other servers do not.
    let confidence = if is_doubtful {
        Confidence::Low
    } else {
        Confidence::Medium
    };
    let other = graph.span_in(first, graph.locate(first, CLUSTER_IP).range);
    Some(
        Finding::new(graph.span_in(from, place), message, absence::cause(link))
            .label("only a headless Service promises names to its pods")
            .related(other, "`clusterIP` is not `None`")
            .confidence(confidence)
            .about(from.id, field, link.target.name.clone())
            .help("govern it by a Service with `clusterIP: None`; keep this one beside it for clients"),
    )
}
