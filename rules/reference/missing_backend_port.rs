//! Ports that routes ask of a Service which does not have them.

use std::collections::BTreeMap;
use std::rc::Rc;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::reference::Relation;
use kubelint_model::view::{Ingress, IntOrString, Service, ServicePort};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, Resource, ResourceId, path};
use kubelint_parser::Span;

use crate::absence;
use crate::absent_part::{AbsentPart, absent_parts};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// The ports of Services, each read once: thousands of routes may ask one Service of thousands of ports for others.
struct AllPorts<'a> {
    graph: &'a DeploymentGraph,
    of: BTreeMap<ResourceId, Rc<Ports<'a>>>,
}

/// The ports of a Service.
struct Ports<'a> {
    service: &'a Resource,
    first: Option<ServicePort<'a>>,
    count: usize,
    /// The first that states each target, as text.
    by_target: BTreeMap<String, ServicePort<'a>>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let mut services = AllPorts {
        graph: cx.graph,
        of: BTreeMap::new(),
    };
    for absent in absent_parts(cx.graph, Relation::Backend) {
        if let Some(finding) = finding(cx, &absent, &mut services) {
            out.push(finding);
        }
    }
}

fn finding<'a>(
    cx: &RuleContext<'a>,
    absent: &AbsentPart<'_>,
    services: &mut AllPorts<'a>,
) -> Option<Finding> {
    let graph = cx.graph;
    let from = graph.resource(absent.link.from);
    let first = services.of(*absent.candidates.first()?);
    let name = &absent.link.target.name;
    let wanted = &absent.part.text;
    let place = graph.node(from.file, absent.part.node).range();
    let field = graph.path_at(from, place);
    let (other, text, help) = other_side(cx, &first, wanted);
    let message = format!(
        "the {} sends requests to the port `{wanted}` of the Service `{name}`, which has no such port",
        absence::called(from)
    );
    let is_target = absent
        .candidates
        .iter()
        .any(|id| services.of(*id).by_target.contains_key(wanted));
    let confidence = absent.confidence(graph, from, &field, "spec.ports");
    let confidence = match taken_as_target(graph, from).filter(|_| is_target) {
        Some(most) => confidence.min(most),
        None => confidence,
    };
    Some(
        Finding::new(
            graph.span_in(from, place),
            message,
            Cause::port(name, wanted),
        )
        .label("no such port")
        .related(other, text)
        .confidence(confidence)
        .about(from.id, field, wanted.clone())
        .help(help),
    )
}

impl<'a> AllPorts<'a> {
    fn of(&mut self, id: ResourceId) -> Rc<Ports<'a>> {
        let graph = self.graph;
        let ports = self.of.entry(id).or_insert_with(|| {
            let resource = graph.resource(id);
            let root = graph.root(resource);
            Rc::new(Ports::new(Service { resource, root }))
        });
        Rc::clone(ports)
    }
}

impl<'a> Ports<'a> {
    fn new(service: Service<'a>) -> Self {
        let ports = service.ports();
        let mut by_target = BTreeMap::new();
        for port in &ports {
            let target = match port.target_port().map(|it| it.value) {
                Some(IntOrString::Int(number)) => number.to_string(),
                Some(IntOrString::Str(name)) => name.into_owned(),
                None => continue,
            };
            by_target.entry(target).or_insert(*port);
        }
        Self {
            service: service.resource,
            first: ports.first().copied(),
            count: ports.len(),
            by_target,
        }
    }
}

/// The port that is most likely meant, or the place where all of them stand; what to say of it; what to do.
fn other_side(cx: &RuleContext<'_>, ports: &Ports<'_>, wanted: &str) -> (Span, String, String) {
    let resource = ports.service;
    let span = |range| cx.graph.span_in(resource, range);
    let name = resource.name.as_deref().unwrap_or_default();
    if let Some(port) = ports.by_target.get(wanted)
        && let (Some(number), Some(target)) = (port.number(), port.target_port())
    {
        return (
            span(target.range()),
            format!("`{wanted}` is where the port `{}` leads to", number.value),
            format!("write `{}`, the Service's own port", number.value),
        );
    }
    if let (Some(only), 1) = (&ports.first, ports.count)
        && let Some(number) = only.number()
    {
        let text = match only.name() {
            Some(name) => format!("`{}` (`{}`) is its only port", number.value, name.value),
            None => format!("`{}` is its only port", number.value),
        };
        let help = format!("write `{}`, or add a port to the Service", number.value);
        return (span(number.range()), text, help);
    }
    let place = cx.graph.locate(resource, &path::field("spec", "ports"));
    let text = if ports.count == 0 {
        "it has no ports"
    } else {
        "not among these ports"
    };
    let help = format!("take a port that the Service `{name}` has, or add this one to it");
    (span(place.range), text.to_owned(), help)
}

/// How sure it is at most that an Ingress's controller refuses the pods' side of a Service's port; `None` if `from` is no Ingress.
///
/// The API means the Service's own port (`ServiceBackendPort`), and so do Traefik (`pkg/provider/kubernetes/ingress`), its provider for
/// Ingresses that were written for ingress-nginx, and GKE (`ServicePort` in `pkg/controller/translator` of ingress-gce). But ingress-nginx
/// takes a port, a target port or a name, whichever fits first (`serviceEndpoints` in `internal/ingress/controller`), unless it is to use
/// the Service's own address.
fn taken_as_target(graph: &DeploymentGraph, from: &Resource) -> Option<Confidence> {
    if from.gvk.kind != "Ingress" || !from.gvk.is_built_in() {
        return None;
    }
    let ingress = Ingress {
        resource: from,
        root: graph.root(from),
    };
    let field = ingress.class_name().map(|it| it.value);
    let annotation = ingress.class_annotation();
    let class = field.or_else(|| annotation?.value.string());
    let annotations = graph.annotations(from);
    let upstream = annotations.and_then(|it| it.field(SERVICE_UPSTREAM)?.string());
    let is_nginx = class.is_some_and(|it| it.contains("nginx"));
    Some(if is_nginx && upstream.is_none_or(|it| it != "true") {
        Confidence::Low
    } else {
        Confidence::Medium
    })
}

/// The annotation that has ingress-nginx use the Service's own address.
const SERVICE_UPSTREAM: &str = "nginx.ingress.kubernetes.io/service-upstream";
