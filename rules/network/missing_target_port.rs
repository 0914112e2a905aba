//! Ports of Services that lead to no port of the pods behind them.

use std::collections::BTreeMap;

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::{Outcome, PartOutcome, TargetOutcome, TargetPort};
use kubelint_model::reach::Ring;
use kubelint_model::reference::Relation;
use kubelint_model::view::{Container, Service, ServicePort, Text};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, ResourceId};
use kubelint_parser::Span;

use crate::evidence;
use crate::ports::{self, Declared, Pod};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// Places that a finding shows on the pods' side, and as many of those that send requests to the port.
const MOST_PLACES: usize = 8;

/// Who sends requests to a Service: the object, the port it asks for, and where that stands.
struct Sender<'a> {
    from: ResourceId,
    port: &'a str,
    place: Span,
}

/// A Service and the pods behind it.
struct Subject<'a> {
    service: Service<'a>,
    pods: Vec<Pod<'a>>,
    /// The ports that the pods declare by number.
    declared: Vec<Declared<'a>>,
    /// How many ports the Service has.
    ports: usize,
    /// How many of them lead nowhere.
    undeclared: usize,
    /// Where the Service and the pods stand beside patches, tests and injected containers.
    is_doubtful: bool,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let senders = senders(graph);
    let services = graph
        .links
        .target_ports
        .chunk_by(|a, b| a.service == b.service);
    for targets in services {
        let undeclared: Vec<_> = targets
            .iter()
            .filter(|it| it.outcome == TargetOutcome::Undeclared)
            .collect();
        let Some(first) = undeclared.first() else {
            continue;
        };
        let Some(subject) = Subject::of(graph, first.service, targets.len(), undeclared.len())
        else {
            continue;
        };
        let senders = senders.get(&first.service).map_or(&[][..], Vec::as_slice);
        for target in undeclared {
            if let Some(found) = subject.finding(cx, target, senders) {
                out.push(found);
            }
        }
    }
}

/// Who sends requests to each Service, and to which of its ports.
fn senders(graph: &DeploymentGraph) -> BTreeMap<ResourceId, Vec<Sender<'_>>> {
    let mut senders: BTreeMap<ResourceId, Vec<Sender<'_>>> = BTreeMap::new();
    for link in &graph.links.references {
        let (Relation::Backend, Outcome::Resolved { candidates, .. }, Some(part)) =
            (link.relation, &link.outcome, &link.part)
        else {
            continue;
        };
        if !matches!(part.outcome, PartOutcome::Present(_)) {
            continue;
        }
        let file = graph.resource(link.from).file;
        let place = graph.span(file, graph.node(file, part.node).range());
        for &service in candidates {
            senders.entry(service).or_default().push(Sender {
                from: link.from,
                port: &part.text,
                place,
            });
        }
    }
    senders
}

impl<'a> Subject<'a> {
    fn of(
        graph: &'a DeploymentGraph,
        service: ResourceId,
        ports: usize,
        undeclared: usize,
    ) -> Option<Self> {
        let resource = graph.resource(service);
        let (selection, pods) = ports::selected(graph, service)?;
        if pods.is_empty() {
            return None;
        }
        let changes = |path: &str| graph.may_change(resource, path);
        let is_doubtful = evidence::is_for_tests(graph, resource)
            || selection.has_more
            // Far from the Service, equal labels may be chance: whatever builds the Service may bring its own pods, and what builds the
            // pods may leave the Service out.
            || selection.ring == Some(Ring::Outward)
                && (graph.plan.is_taken_in(resource)
                    || pods
                        .iter()
                        .all(|it| graph.plan.is_taken_in(it.workload.resource)))
            || changes("spec.ports[*].targetPort")
            || changes("spec.selector")
            || pods
                .iter()
                .any(|it| it.may_change(graph) || it.template.is_injected());
        Some(Self {
            service: Service {
                resource,
                root: graph.root(resource),
            },
            declared: pods.iter().flat_map(Pod::declared).collect(),
            pods,
            ports,
            undeclared,
            is_doubtful,
        })
    }

    fn finding(
        &self,
        cx: &RuleContext<'_>,
        target: &TargetPort,
        senders: &[Sender<'_>],
    ) -> Option<Finding> {
        let graph = cx.graph;
        let resource = self.service.resource;
        let port = self
            .service
            .ports()
            .into_iter()
            .nth(target.index as usize)?;
        let node = graph.node(resource.file, target.node);
        let text = node.text_value()?;
        if text.is_empty() || evidence::is_replaced(&text) {
            return None;
        }
        let confidence = match node.integer() {
            Some(number) => self.of_number(graph, number)?,
            None => self.of_name(graph),
        };
        let owner = resource.name.as_deref().unwrap_or_default();
        let pods = self.pods.first()?;
        let message = format!(
            "Service `{owner}` sends to port `{text}`, which no container of {} declares",
            ports::called(pods.workload.resource)
        );
        let path = format!("{}.targetPort", port.path());
        let stated = port.target_port().is_some();
        let finding = Finding::new(
            graph.span_in(resource, node.range()),
            message,
            Cause::port(owner, &text),
        )
        .label(if stated {
            "no container declares this port"
        } else {
            "without a `targetPort`, this is the port of the pods, too"
        })
        .confidence(confidence)
        .about(resource.id, path, text.clone())
        .help(self.help(&text, &port));
        let finding = self.with_pods(graph, finding, &text, &port);
        Some(with_senders(graph, finding, &port, senders))
    }

    /// A name that no container declares: the endpoints controller leaves such pods out (`FindPort` in `k8s.io/kubernetes/pkg/api/v1/pod`).
    fn of_name(&self, graph: &DeploymentGraph) -> Confidence {
        if self.is_doubtful {
            Confidence::Low
        } else {
            self.handling(graph)
        }
    }

    /// A number works undeclared, too, if the program listens there. None if the pods declare nothing, so that nothing speaks against it.
    fn of_number(&self, graph: &DeploymentGraph, number: i64) -> Option<Confidence> {
        self.declared.first()?;
        let is_heard = || self.pods.iter().any(|it| it.mentions(graph, number));
        if self.is_doubtful || self.undeclared < self.ports || is_heard() {
            return Some(Confidence::Low);
        }
        let lone = |pod: &Pod<'_>| pod.running().len() == 1 && pod.declared().len() == 1;
        let is_plain = self.ports == 1
            // Nothing goes through a port of a headless Service, unless an ingress controller looks it up.
            && !self.service.is_headless()
            && self.pods.iter().all(lone)
            && !self.pods.iter().any(|it| it.has_unseen_config(graph));
        let handling = self.handling(graph);
        Some(if is_plain {
            handling
        } else {
            handling.min(Confidence::Medium)
        })
    }

    /// How sure one may be that the pods are made from their templates as they stand.
    fn handling(&self, graph: &DeploymentGraph) -> Confidence {
        let each = self.pods.iter();
        each.map(|it| evidence::in_template(graph, &it.workload, &[]))
            .min()
            .unwrap_or(Confidence::Low)
    }

    /// What the pods have instead.
    fn with_pods(
        &self,
        graph: &DeploymentGraph,
        mut finding: Finding,
        text: &str,
        port: &ServicePort<'_>,
    ) -> Finding {
        for pod in self.pods.iter().take(MOST_PLACES) {
            let resource = pod.workload.resource;
            let declared = pod.declared();
            let other = other_protocol(pod, text, port);
            finding = match (other, declared.as_slice()) {
                (Some((name, protocol)), _) => finding.related(
                    graph.span_in(resource, name.range()),
                    format!("declared for {protocol} only"),
                ),
                (None, []) => {
                    let containers = pod.running();
                    let Some(container) = containers.first() else {
                        continue;
                    };
                    let place = container.place().range();
                    finding.related(graph.span_in(resource, place), "declares no ports")
                }
                (None, [only]) => finding.related(
                    graph.span_in(resource, only.node.range()),
                    format!("the only port of {}", ports::called(resource)),
                ),
                (None, [first, ..]) => finding.related(
                    graph.span_in(resource, first.node.range()),
                    format!("{} declares other ports", ports::called(resource)),
                ),
            };
        }
        finding
    }

    fn help(&self, text: &str, port: &ServicePort<'_>) -> String {
        let names = self.pods.iter().flat_map(names);
        let names: Vec<Text<'_>> = names.take(100).collect();
        let meant = did_you_mean(text, names.iter().map(|it| &*it.value));
        let only = match self.declared.as_slice() {
            [first, rest @ ..] if rest.iter().all(|it| it.number == first.number) => {
                Some(first.number.to_string())
            }
            _ => None,
        };
        let verb = if port.target_port().is_some() {
            "write"
        } else {
            "add"
        };
        match meant.map(str::to_owned).or(only) {
            Some(meant) => format!(
                "{verb} `targetPort: {meant}`, or declare the port `{text}` in the container that listens on it"
            ),
            None => format!(
                "{verb} a `targetPort` that a container declares, or declare the port `{text}` in the container that listens on it"
            ),
        }
    }
}

/// The names of the ports that the containers of `pod` declare.
fn names<'a>(pod: &Pod<'a>) -> Vec<Text<'a>> {
    let containers = pod.running().into_iter();
    containers
        .flat_map(|it| it.ports().filter_map(|it| it.name()).collect::<Vec<_>>())
        .collect()
}

/// The port that is meant but for its protocol, which counts for names.
fn other_protocol<'a>(
    pod: &Pod<'a>,
    text: &str,
    port: &ServicePort<'_>,
) -> Option<(Text<'a>, String)> {
    let containers = pod.running();
    let mut declared = containers.iter().flat_map(Container::ports);
    declared.find_map(|it| {
        let name = it.name().filter(|name| name.value == text)?;
        let protocol = it.protocol().into_owned();
        (protocol != port.protocol()).then_some((name, protocol))
    })
}

/// Adds those who send requests to the port.
fn with_senders(
    graph: &DeploymentGraph,
    mut finding: Finding,
    port: &ServicePort<'_>,
    senders: &[Sender<'_>],
) -> Finding {
    let number = port.number().map(|it| it.value.to_string());
    let name = port.name().map(|it| it.value);
    let asks =
        |it: &&Sender<'_>| Some(it.port) == number.as_deref() || Some(it.port) == name.as_deref();
    for sender in senders.iter().filter(asks).take(MOST_PLACES) {
        let from = graph.resource(sender.from);
        let text = format!("{} sends requests here", ports::called(from));
        finding = finding.related(sender.place, text);
    }
    finding
}
