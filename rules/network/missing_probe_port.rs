//! Probes of ports that the probed container does not declare.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::TargetOutcome;
use kubelint_model::reference::Picks;
use kubelint_model::view::{Container, IntOrString, PodTemplate, Probe, Text, Value, Workload};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, ResourceId};
use kubelint_parser::{Span, TextRange};

use crate::evidence;
use crate::port_mentions::Mentions;
use crate::ports::{self, Pod};
use crate::programs::{AllPrograms, Hearing};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// From how many probes of a directory on one may speak of a custom there.
///
/// Thin evidence: in 68 healthy repositories the custom decides nothing (no finding, true or false), in a set of faulty ones it decides
/// once, rightly. It stands in for knowing that the image is built here.
const CUSTOM_LEAST: u32 = 5;

/// The most programs whose ports are shown.
const MOST_SOURCES: usize = 2;

/// A container and what it belongs to.
struct Subject<'a> {
    pod: Rc<Pod<'a>>,
    running: Rc<Running>,
    container: Container<'a>,
    /// The ports that it declares by number.
    declared: BTreeSet<i64>,
}

/// The containers that run as long as their pod does.
struct Running {
    count: usize,
    /// The first container that has a port of each name, and where it declares that.
    names: BTreeMap<String, (TextRange, String)>,
}

/// What the Services and the other probes of the repository say.
struct Surroundings<'a> {
    /// The targets of the Services that select each workload, with a Service each, and whether a container declares it.
    targets: BTreeMap<(ResourceId, String), (ResourceId, TargetOutcome)>,
    /// Of each directory: how many probes ask the only port that their container declares, and how many ask by number at all.
    customs: BTreeMap<String, (u32, u32)>,
    mentions: Mentions<'a>,
    programs: AllPrograms<'a>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let surroundings = Surroundings::of(graph);
    for subject in subjects(graph) {
        for probe in subject.container.probes() {
            let Some(port) = probe.port() else { continue };
            let found = match &port.value {
                // As `ResolveContainerPort` of the kubelet: a name of this container's own ports, else a number written as text.
                IntOrString::Str(name) if name.parse::<i64>().is_err() => {
                    subject.name_finding(cx, &surroundings, &probe, &port, name)
                }
                IntOrString::Str(text) => {
                    let number = text.parse().unwrap_or_default();
                    subject.number_finding(cx, &surroundings, &probe, &port, number)
                }
                &IntOrString::Int(number) => {
                    subject.number_finding(cx, &surroundings, &probe, &port, number)
                }
            };
            if let Some(found) = found {
                out.push(found);
            }
        }
    }
}

/// All containers that have probes.
fn subjects(graph: &DeploymentGraph) -> impl Iterator<Item = Subject<'_>> {
    let templates = graph.workloads().flat_map(|workload| {
        let templates = workload.templates().into_iter();
        templates.map(move |template| (workload, template))
    });
    templates.flat_map(|(workload, template)| of_template(workload, template))
}

fn of_template<'a>(workload: Workload<'a>, template: PodTemplate<'a>) -> Vec<Subject<'a>> {
    let containers = template.containers().into_iter();
    let probed = containers.filter(|it| !it.probes().is_empty());
    let probed: Vec<Container<'a>> = probed.collect();
    if probed.is_empty() {
        return Vec::new();
    }
    let pod = Rc::new(Pod { workload, template });
    let running = Rc::new(Running::of(&pod));
    let subjects = probed.into_iter().map(|container| Subject {
        pod: Rc::clone(&pod),
        running: Rc::clone(&running),
        declared: ports::declared(&container)
            .iter()
            .map(|it| it.number)
            .collect(),
        container,
    });
    subjects.collect()
}

impl Running {
    fn of(pod: &Pod<'_>) -> Self {
        let containers = pod.running();
        let mut names = BTreeMap::new();
        for container in &containers {
            let Some(owner) = container.name() else {
                continue;
            };
            for name in container.ports().filter_map(|it| it.name()) {
                let place = || (name.range(), owner.value.to_string());
                names.entry(name.value.to_string()).or_insert_with(place);
            }
        }
        Self {
            count: containers.len(),
            names,
        }
    }
}

impl<'a> Surroundings<'a> {
    fn of(graph: &'a DeploymentGraph) -> Self {
        let mut surroundings = Self {
            targets: BTreeMap::new(),
            customs: BTreeMap::new(),
            mentions: Mentions::new(graph),
            programs: AllPrograms::new(graph),
        };
        for target in &graph.links.target_ports {
            let service = graph.resource(target.service);
            let Some(text) = graph.node(service.file, target.node).text_value() else {
                continue;
            };
            let selections = graph.links.selections_of(target.service).iter();
            for selection in selections.filter(|it| it.picks == Picks::Service) {
                for (workload, _) in &selection.picked {
                    let key = (*workload, text.clone().into_owned());
                    let value = (target.service, target.outcome.clone());
                    surroundings.targets.entry(key).or_insert(value);
                }
            }
        }
        for subject in subjects(graph) {
            let resource = subject.pod.workload.resource;
            let Some(only) = subject.only_port() else {
                continue;
            };
            let folder = graph.file(resource.file).path.parent().to_owned();
            let count = surroundings.customs.entry(folder).or_default();
            let probes = subject.container.probes();
            for port in probes.iter().filter_map(Probe::port) {
                if let IntOrString::Int(number) = port.value {
                    count.0 += u32::from(number == only);
                    count.1 += 1;
                }
            }
        }
        surroundings
    }

    fn target(&self, workload: ResourceId, port: &str) -> Option<&(ResourceId, TargetOutcome)> {
        self.targets.get(&(workload, port.to_owned()))
    }
}

impl<'a> Subject<'a> {
    /// The port that the container declares, if it is one.
    fn only_port(&self) -> Option<i64> {
        let first = self.declared.first().copied();
        first.filter(|_| self.declared.len() == 1)
    }

    fn names(&self) -> Vec<Text<'a>> {
        self.container.ports().filter_map(|it| it.name()).collect()
    }

    fn name_finding(
        &self,
        cx: &RuleContext<'_>,
        surroundings: &Surroundings<'a>,
        probe: &Probe<'_>,
        port: &Value<'_, IntOrString<'_>>,
        name: &str,
    ) -> Option<Finding> {
        let names = self.names();
        if name.is_empty()
            || evidence::is_replaced(name)
            || names
                .iter()
                .any(|it| it.value == name || evidence::is_replaced(&it.value))
        {
            return None;
        }
        let graph = cx.graph;
        let confidence = if self.is_doubtful(graph, probe) {
            Confidence::Low
        } else {
            let path = self.container.field_path("ports");
            evidence::in_template(graph, &self.pod.workload, &[&path])
        };
        let (place, text, help) = self.other_name(graph, name);
        let finding = self.finding(cx, surroundings, probe, port, name);
        Some(
            finding
                .related(place, text)
                .confidence(confidence)
                .help(help),
        )
    }

    /// What the name of the probe's port was probably meant to be, or where it is looked up; what to say of it; what to do.
    fn other_name(&self, graph: &DeploymentGraph, name: &str) -> (Span, String, String) {
        let resource = self.pod.workload.resource;
        let names = self.names();
        let meant = did_you_mean(name, names.iter().take(100).map(|it| &*it.value));
        if let Some(meant) = names.iter().find(|it| Some(&*it.value) == meant) {
            return (
                graph.span_in(resource, meant.range()),
                format!("did you mean `{}`?", meant.value),
                format!("probe `{}`, or name a port `{name}`", meant.value),
            );
        }
        if let Some((place, owner)) = self.running.names.get(name) {
            return (
                graph.span_in(resource, *place),
                format!(
                    "declared by the container `{owner}`: a name is only looked up in the probed container"
                ),
                "probe the port by its number, or declare it in this container".to_owned(),
            );
        }
        let entry = self.container.node.get("ports");
        let entry = entry.filter(|it| !it.value.is_null());
        let place = entry.map_or(self.container.place(), |it| it.value.resolved());
        let text = if self.declared.is_empty() {
            "no ports here"
        } else {
            "not among these ports"
        };
        (
            graph.span_in(resource, place.range()),
            text.to_owned(),
            format!("name the port that is to be probed `{name}`, or probe it by its number"),
        )
    }

    fn number_finding(
        &self,
        cx: &RuleContext<'_>,
        surroundings: &Surroundings<'a>,
        probe: &Probe<'_>,
        port: &Value<'_, IntOrString<'_>>,
        number: i64,
    ) -> Option<Finding> {
        if self.declared.contains(&number) {
            return None;
        }
        let graph = cx.graph;
        let text = number.to_string();
        let only = self.only_port();
        let deaf = match surroundings
            .programs
            .hearing(&surroundings.mentions, &self.pod, number)
        {
            Hearing::Heard => return None,
            Hearing::Deaf(running) if !self.is_doubtful(graph, probe) => running,
            _ => Vec::new(),
        };
        if let Some(confidence) = deaf.iter().map(|it| it.confidence(&["ports"])).min() {
            let mut finding = self.finding(cx, surroundings, probe, port, &text);
            for running in deaf.iter().take(MOST_SOURCES) {
                finding = running.with_listeners(finding);
            }
            let help = "probe the port on which the program listens".to_owned();
            return Some(finding.confidence(confidence).help(help));
        }
        let confidence = match only {
            Some(only) if self.contradicts(graph, surroundings, probe, number, only) => {
                Confidence::Medium
            }
            _ => Confidence::Low,
        };
        let resource = self.pod.workload.resource;
        let declared = ports::declared(&self.container);
        let first = declared.first()?;
        let place = graph.span_in(resource, first.node.range());
        let (label, help) = match only {
            Some(only) => (
                "the only port that it declares".to_owned(),
                format!("probe the port {only}, or declare {text} if the program listens there"),
            ),
            None => (
                "it declares other ports".to_owned(),
                format!(
                    "probe a port that is declared, or declare {text} if the program listens there"
                ),
            ),
        };
        let finding = self.finding(cx, surroundings, probe, port, &text);
        Some(
            finding
                .related(place, label)
                .confidence(confidence)
                .help(help),
        )
    }

    /// Whether more than the declaration speaks against the probe's port: the container serves a Service on the port that it declares, and
    /// another probe of it, or nearly all probes beside it, ask the declared port.
    fn contradicts(
        &self,
        graph: &DeploymentGraph,
        surroundings: &Surroundings<'a>,
        probe: &Probe<'_>,
        number: i64,
        only: i64,
    ) -> bool {
        let workload = self.pod.workload.resource;
        let is_served = |text: &str| surroundings.target(workload.id, text).is_some();
        let serves =
            is_served(&only.to_string()) || self.names().iter().any(|it| is_served(&it.value));
        let names = self.names();
        let asks_declared = |it: &Probe<'_>| match it.port().map(|it| it.value) {
            Some(IntOrString::Int(port)) => port == only,
            Some(IntOrString::Str(name)) => names.iter().any(|it| it.value == name),
            None => false,
        };
        let sibling = || self.container.probes().iter().any(asks_declared);
        let custom = || {
            let folder = graph.file(workload.file).path.parent();
            let (asking, all) = surroundings
                .customs
                .get(folder)
                .copied()
                .unwrap_or_default();
            all >= CUSTOM_LEAST && u64::from(asking) * 10 >= u64::from(all) * 9
        };
        serves
            && (sibling() || custom())
            && self.running.count == 1
            && !self.is_doubtful(graph, probe)
            && !surroundings.mentions.has_beside_probes(&self.pod, number)
    }

    /// Whether something unread may give the container the port.
    fn is_doubtful(&self, graph: &DeploymentGraph, probe: &Probe<'_>) -> bool {
        let resource = self.pod.workload.resource;
        let field = self.container.field_path(probe.field);
        evidence::is_for_tests(graph, resource)
            || graph.may_change(resource, &field)
            || graph.may_change(resource, &self.container.field_path("ports"))
            || graph.may_change(
                resource,
                &format!("{}[*]", self.container.field_path("ports")),
            )
    }

    /// What all findings of a probe have in common.
    fn finding(
        &self,
        cx: &RuleContext<'_>,
        surroundings: &Surroundings<'a>,
        probe: &Probe<'_>,
        port: &Value<'_, IntOrString<'_>>,
        text: &str,
    ) -> Finding {
        let graph = cx.graph;
        let resource = self.pod.workload.resource;
        let owner = self.container.name().map(|it| it.value).unwrap_or_default();
        let handler = graph.path_at(resource, port.range());
        // A Service that sends to the same wrong port is the same mistake.
        let cause = if let Some((service, TargetOutcome::Undeclared)) =
            surroundings.target(resource.id, text)
        {
            let service = graph.resource(*service).name.as_deref();
            Cause::port(service.unwrap_or_default(), text)
        } else {
            let path = format!("{}.ports[{text}]", self.container.path());
            Cause::field_of(resource, &path)
        };
        let message = format!(
            "the {} of container `{owner}` asks port `{text}`, which the container does not declare",
            called(probe.field)
        );
        Finding::new(graph.span_in(resource, port.range()), message, cause)
            .label("this port")
            .about(resource.id, handler, text)
    }
}

/// `readinessProbe` in words.
fn called(field: &str) -> &'static str {
    match field {
        "startupProbe" => "startup probe",
        "readinessProbe" => "readiness probe",
        _ => "liveness probe",
    }
}
