//! Paths and ports that Prometheus is told to scrape and that the program does not serve.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::code::{Protocol, Subject};
use kubelint_model::program::{Answer, Port};
use kubelint_model::reference::Picks;
use kubelint_model::view::{ContainerKind, IntOrString, Service, ServicePort};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, Resource, ResourceId, defaults};
use kubelint_parser::yaml::Node;

use crate::absence;
use crate::evidence;
use crate::ports;
use crate::probed::{nearest, requested};
use crate::programs::{AllPrograms, Listened, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// The annotations that Prometheus's own examples of configuration for Kubernetes go by.
const SCRAPE: &str = "prometheus.io/scrape";
const PATH: &str = "prometheus.io/path";
const PORT: &str = "prometheus.io/port";

/// Something that lets Prometheus scrape a pod.
#[derive(Clone)]
struct Scrape<'a> {
    /// What says so.
    by: &'a Resource,
    /// The path, and where it is stated, if it is.
    path: String,
    path_node: Option<Node<'a>>,
    /// The port as a number or name of the container's; none for the only one that it declares.
    port: Option<String>,
    /// Where to point when nothing better is stated: what asks for the scraping.
    node: Node<'a>,
    /// Where the port is stated.
    port_node: Option<Node<'a>>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let scrapes = Scrapes::of(cx.graph);
    for running in AllPrograms::new(cx.graph).all() {
        if running.container.kind == ContainerKind::Init || running.template.host_network() {
            continue;
        }
        let own = running
            .template
            .annotations()
            .and_then(|it| annotated(it, running.workload.resource, None));
        let others = scrapes.0.get(&running.workload.resource.id);
        for scrape in own.iter().chain(others.into_iter().flatten()) {
            if let Some(found) = finding(&running, scrape) {
                out.push(found);
            }
        }
    }
}

/// What is scraped through Services and monitors, by the workload behind.
struct Scrapes<'a>(BTreeMap<ResourceId, Vec<Scrape<'a>>>);

impl<'a> Scrapes<'a> {
    fn of(graph: &'a DeploymentGraph) -> Self {
        let mut found: BTreeMap<ResourceId, Vec<Scrape<'a>>> = BTreeMap::new();
        let picked = |from: ResourceId, picks: Picks| {
            let selections = graph.links.selections_of(from).iter();
            let of_kind = selections.filter(move |it| it.picks == picks);
            of_kind.flat_map(|it| it.picked.iter().map(|it| it.0))
        };
        for service in graph.services() {
            let resource = service.resource;
            let Some(annotations) = graph.annotations(resource) else {
                continue;
            };
            if let Some(scrape) = annotated(annotations, resource, Some(&service)) {
                for workload in picked(resource.id, Picks::Service) {
                    found.entry(workload).or_default().push(scrape.clone());
                }
            }
        }
        for resource in &graph.resources {
            let Some(monitor) = graph.monitor(resource) else {
                continue;
            };
            for endpoint in monitor.endpoints() {
                let scrape = |port: Option<String>| Scrape {
                    by: resource,
                    path: endpoint.metrics_path().into_owned(),
                    path_node: endpoint.node.field("path"),
                    port,
                    node: endpoint.node,
                    port_node: None,
                };
                let stated = endpoint.port().map(|it| it.value.into_owned());
                let target = endpoint.target_port().map(|it| text_of(&it.value));
                let number = endpoint.port_number().map(|it| it.value.to_string());
                let mut scraped: Vec<(ResourceId, String)> = Vec::new();
                let port = stated.clone().or(number).or_else(|| target.clone());
                if let Some(port) = port {
                    let pods = picked(resource.id, Picks::PodMonitor);
                    scraped.extend(pods.map(|it| (it, port.clone())));
                }
                for id in picked(resource.id, Picks::ServiceMonitor) {
                    let service = crate::addresses::service(graph, id);
                    let port = match &stated {
                        Some(name) => target_of(&service, name),
                        None => target.clone(),
                    };
                    let Some(port) = port else { continue };
                    let workloads = picked(id, Picks::Service);
                    scraped.extend(workloads.map(|it| (it, port.clone())));
                }
                // Of workloads with one name, which are not deployed together, nobody can tell which is meant.
                let mut by_name: BTreeMap<Option<&str>, BTreeSet<ResourceId>> = BTreeMap::new();
                for (workload, _) in &scraped {
                    let name = graph.resource(*workload).name.as_deref();
                    by_name.entry(name).or_default().insert(*workload);
                }
                for (workload, port) in scraped {
                    let namesakes = by_name.get(&graph.resource(workload).name.as_deref());
                    if namesakes.is_some_and(|it| it.len() == 1) {
                        let scrapes = found.entry(workload).or_default();
                        scrapes.push(scrape(Some(port)));
                    }
                }
            }
        }
        Self(found)
    }
}

/// What annotations ask for, if they ask for anything. Of a Service the port is the only one that it leads to, unless they state one.
fn annotated<'a>(
    annotations: Node<'a>,
    by: &'a Resource,
    service: Option<&Service<'a>>,
) -> Option<Scrape<'a>> {
    let asks = annotations.field(SCRAPE)?;
    if asks.text_value()? != "true" {
        return None;
    }
    let path_node = annotations.field(PATH);
    let path = match path_node {
        Some(node) => node.string()?.into_owned(),
        None => defaults::METRICS_PATH.to_owned(),
    };
    let port_node = annotations.field(PORT);
    let port = match (port_node, service) {
        (Some(node), _) => Some(node.text_value()?.into_owned()),
        (None, Some(service)) => {
            let ports = service.ports();
            let [only] = ports.as_slice() else {
                return None;
            };
            Some(text_of(&only.effective_target_port()?.value))
        }
        (None, None) => None,
    };
    Some(Scrape {
        by,
        path,
        path_node,
        port,
        node: asks,
        port_node,
    })
}

/// The port of the container behind a Service's port of this name.
fn target_of(service: &Service<'_>, name: &str) -> Option<String> {
    let ports = service.ports().into_iter();
    let mut named = ports.filter(|it| it.name().is_some_and(|it| it.value == name));
    let target = named.find_map(|it| ServicePort::effective_target_port(&it))?;
    Some(text_of(&target.value))
}

fn text_of(port: &IntOrString<'_>) -> String {
    match port {
        IntOrString::Int(number) => number.to_string(),
        IntOrString::Str(text) => text.to_string(),
    }
}

fn finding(running: &Running<'_>, scrape: &Scrape<'_>) -> Option<Finding> {
    if evidence::is_replaced(&scrape.path) || scrape.by.generated {
        return None;
    }
    let number = number(running, scrape)?;
    let listened = running.listened().filter(|it| !it.is_empty())?;
    let asked: Vec<&Listened<'_>> = listened.iter().filter(|it| it.number == number).collect();
    match asked.first() {
        Some(listener) => path_finding(running, scrape, listener, &asked),
        None => port_finding(running, scrape, number, &listened),
    }
}

/// The number of the port that is scraped, if it is one of this container: declared by it, or by none of several.
fn number(running: &Running<'_>, scrape: &Scrape<'_>) -> Option<i64> {
    let declared = ports::declared(&running.container);
    let containers = running.template.containers();
    let is_alone = containers
        .iter()
        .filter(|it| it.kind != ContainerKind::Init)
        .count()
        == 1
        && !running.template.is_injected();
    let number = match &scrape.port {
        None => match declared.as_slice() {
            [only] if is_alone => return Some(only.number),
            _ => return None,
        },
        Some(text) => match text.parse() {
            Ok(number) => number,
            Err(_) => return declared_as(running, text),
        },
    };
    (is_alone || declared.iter().any(|it| it.number == number)).then_some(number)
}

/// The number of the container's port that is called `name`.
fn declared_as(running: &Running<'_>, name: &str) -> Option<i64> {
    let mut ports = running.container.ports();
    let named = ports.find(|it| it.name().is_some_and(|it| it.value == name));
    Some(named?.number()?.value)
}

fn path_finding(
    running: &Running<'_>,
    scrape: &Scrape<'_>,
    listener: &Listened<'_>,
    asked: &[&Listened<'_>],
) -> Option<Finding> {
    let program = running.program;
    let is_known = program.is_complete(Subject::Routes) && !program.routes.is_empty();
    if listener.port.protocol != Protocol::Http || !is_known {
        return None;
    }
    let path = requested(&scrape.path);
    let ports: Vec<&Port> = asked.iter().map(|it| it.port).collect();
    let answer = program.serves_at(&path, "GET", &ports);
    let is_missing = matches!(answer, Answer::NotServed);
    let is_elsewhere = matches!(program.serves(&path, "GET"), Answer::Served(_));
    if !is_missing || speaks_of_metrics(running) {
        return None;
    }
    let place = scrape.path_node.unwrap_or(scrape.node);
    let message = format!(
        "container `{}` is scraped at `{path}`, which its program {}",
        running.name(),
        if is_elsewhere {
            "serves at another port"
        } else {
            "does not serve"
        }
    );
    let mut found = draft(running, scrape, place, message, &path)
        .label("no route answers this")
        .help("serve the metrics there, or scrape the path that serves them");
    if let Some(route) = nearest(program, &path) {
        let says = format!("serves `{}`", route.path.text);
        found = found.related(running.span(route.place), says);
    }
    Some(finish(running, scrape, found, listener))
}

fn port_finding(
    running: &Running<'_>,
    scrape: &Scrape<'_>,
    number: i64,
    listened: &[Listened<'_>],
) -> Option<Finding> {
    // What is declared and not listened on is another rule's.
    let declared = ports::declared(&running.container);
    let place = scrape.port_node?;
    if declared.iter().any(|it| it.number == number) || speaks_of(running, &number.to_string()) {
        return None;
    }
    let first = listened.first()?;
    let message = format!(
        "container `{}` is scraped at port {number}, and its program listens on {}",
        running.name(),
        first.number
    );
    let found = draft(running, scrape, place, message, &number.to_string())
        .label("nothing listens here")
        .help("write the port on which the program serves its metrics");
    Some(finish(running, scrape, found, first))
}

fn draft(
    running: &Running<'_>,
    scrape: &Scrape<'_>,
    place: Node<'_>,
    message: String,
    value: &str,
) -> Finding {
    let graph = running.graph;
    let field = graph.path_at(scrape.by, place.range());
    let cause = Cause::field_of(scrape.by, &field);
    Finding::new(graph.span_in(scrape.by, place.range()), message, cause).about(
        scrape.by.id,
        field,
        value,
    )
}

fn finish(
    running: &Running<'_>,
    scrape: &Scrape<'_>,
    mut found: Finding,
    listener: &Listened<'_>,
) -> Finding {
    let graph = running.graph;
    let resource = running.workload.resource;
    if scrape.by.id != resource.id {
        let place = running.container.place().range();
        let says = format!("a container of {}", absence::called(resource));
        found = found.related(graph.span_in(resource, place), says);
    }
    if let Some(place) = listener.port.place {
        found = found.related(
            running.span(place),
            format!("listens on {}", listener.number),
        );
    }
    let field = graph.path_at(scrape.by, scrape.node.range());
    let of_scrape = evidence::in_resource(graph, scrape.by, &[&field]);
    let confidence = running.confidence(&["ports"]).min(listener.confidence);
    let confidence = confidence.min(of_scrape).min(Confidence::High);
    running.with_chain(found).confidence(confidence)
}

/// Whether the program's source speaks of metrics that none of its routes serves, so that a library may add one that does.
fn speaks_of_metrics(running: &Running<'_>) -> bool {
    let mut routes = running.program.routes.iter();
    let is_served = routes.any(|it| it.path.text.contains("metrics"));
    let words = ["prometheus", "Prometheus", "opentelemetry", "/metrics"];
    !is_served && words.iter().any(|it| speaks_of(running, it))
}

fn speaks_of(running: &Running<'_>, word: &str) -> bool {
    let mut files = running.program.files.iter();
    files.any(|it| {
        let source = running.graph.file(*it).source;
        running.graph.sources.get(source).text().contains(word)
    })
}
