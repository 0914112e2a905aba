//! Services that send requests to the pods of Jobs, too.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::link::Selection;
use kubelint_model::reference::Picks;
use kubelint_model::view::{Container, IntOrString, Lifetime, Service};

use crate::absence::called;
use crate::evidence;
use crate::ports::{self, Pod};
use crate::unmatched;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let selections = cx.graph.links.selections.iter();
    for selection in selections.filter(|it| it.picks == Picks::Service && !it.has_more) {
        let pods = ports::pods(cx.graph, selection);
        let of = |lifetime| {
            pods.iter()
                .filter(move |it| it.template.lifetime == lifetime)
        };
        // A Service that selects nothing but a Job's pods is meant for them.
        let Some(server) = of(Lifetime::StaysUp).next() else {
            continue;
        };
        for job in of(Lifetime::RunsToEnd) {
            if let Some(found) = finding(cx, selection, job, server) {
                out.push(found);
            }
        }
    }
}

fn finding(
    cx: &RuleContext<'_>,
    selection: &Selection,
    job: &Pod<'_>,
    server: &Pod<'_>,
) -> Option<Finding> {
    let graph = cx.graph;
    let resource = graph.resource(selection.from);
    let service = Service {
        resource,
        root: graph.root(resource),
    };
    if !may_receive(&service, job) {
        return None;
    }
    let pick = unmatched::pick(graph, selection)?;
    let first = pick.selector.requirements.first()?;
    let place = first.range();
    let owner = resource.name.as_deref().unwrap_or_default();
    let job_resource = job.workload.resource;
    let it = called(job_resource);
    let labels = job.template.labels().and_then(|it| it.fields().next());
    let other = labels.map_or(job_resource.span, |it| {
        graph.span_in(job_resource, it.key.range())
    });
    let confidence = if evidence::is_for_tests(graph, resource) {
        Confidence::Low
    } else {
        let labels = kubelint_model::path::field(&job.template.path, "metadata");
        evidence::in_template(graph, &job.workload, &[&format!("{labels}.labels")])
            .min(evidence::in_resource(graph, resource, &["spec.selector"]))
    };
    let value = job_resource.name.clone().unwrap_or_default();
    let finding = Finding::new(
        graph.span_in(resource, place),
        format!(
            "Service `{owner}` is meant for {} and selects the pods of {it}, too",
            called(server.workload.resource)
        ),
        Cause::field_of(resource, "spec.selector"),
    )
    .label("matches both")
    .related(other, format!("{it} has the same labels"))
    .about(resource.id, "spec.selector", value)
    .confidence(confidence)
    .help("give the Job's pods another label, or select one that only the server has");
    Some(finding)
}

/// Whether requests may reach the job: its pods are left out if they do not declare the name of the port.
fn may_receive(service: &Service<'_>, job: &Pod<'_>) -> bool {
    let containers = job.running();
    let declares = |name: &str| {
        let mut ports = containers.iter().flat_map(Container::ports);
        ports.any(|it| it.name().is_some_and(|it| it.value == name))
    };
    let ports = service.ports();
    ports.is_empty()
        || ports.iter().any(|it| match it.target_port() {
            Some(target) => match &target.value {
                IntOrString::Str(name) => declares(name),
                IntOrString::Int(_) => true,
            },
            None => true,
        })
}
