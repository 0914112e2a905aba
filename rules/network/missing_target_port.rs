//! Ports of Services that lead to no port of the pods behind them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::{Outcome, PartOutcome, TargetOutcome, TargetPort};
use kubelint_model::reach::Ring;
use kubelint_model::reference::Relation;
use kubelint_model::view::{Service, ServicePort};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, Resource, ResourceId};
use kubelint_parser::Span;

use crate::behind::{AllBehind, Behind, MOST_NAMES, MOST_PORTS};
use crate::port_mentions::Mentions;
use crate::ports::Declared;
use crate::programs::{AllPrograms, Hearing, Running};
use crate::{absence, evidence};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// Places that a finding shows on the pods' side, and as many of those that send requests to the port.
const MOST_PLACES: usize = 8;

/// Where servers of webhooks listen by default (`DefaultPort` in `sigs.k8s.io/controller-runtime/pkg/webhook`).
const WEBHOOKS: i64 = 9443;

/// Who sends requests to a port of a Service, and where that stands.
struct Sender {
    /// Its number among all links.
    number: usize,
    from: ResourceId,
    place: Span,
}

/// The first that send requests to each port of each Service, by the port as they write it.
type Senders<'a> = BTreeMap<(ResourceId, &'a str), Vec<Sender>>;

/// The most programs whose ports are shown.
const MOST_SOURCES: usize = 2;

/// What the source of the pods' programs says of a port.
enum Heard<'a> {
    /// A program listens there, whether it is declared or not.
    Somewhere,
    /// All listen elsewhere.
    Nowhere(Vec<Running<'a>>),
    /// Nobody can tell.
    Unknown,
}

/// A Service and the pods behind it.
struct Subject<'a> {
    service: Service<'a>,
    ports: Vec<ServicePort<'a>>,
    pods: Vec<Rc<Behind<'a>>>,
    /// How many of its ports lead nowhere.
    undeclared: usize,
    /// Whether other Services, too, lead to ports that the pods do not declare: who wrote them does not declare all.
    is_habit: bool,
    /// Where the Service and the pods stand beside patches, tests and injected containers.
    is_doubtful: bool,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let senders = senders(graph);
    let mut behind = AllBehind::new(graph);
    let mentions = Mentions::new(graph);
    let programs = AllPrograms::new(graph);
    let bundles = Bundles::of(graph);
    let habits = Habits::of(graph);
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
        let Some(mut subject) = Subject::of(graph, &mut behind, first.service, undeclared.len())
        else {
            continue;
        };
        subject.is_doubtful |= bundles.have(graph, subject.service.resource);
        subject.is_habit = habits.has(&subject.pods);
        for target in undeclared {
            if let Some(found) = subject.finding(cx, target, &mentions, &programs, &senders) {
                out.push(found);
            }
        }
    }
}

/// How many Services lead to numbers that each pod template does not declare.
struct Habits(BTreeMap<ResourceId, usize>);

impl Habits {
    /// So many Services of one workload are no mistake.
    const LEAST: usize = 3;

    fn of(graph: &DeploymentGraph) -> Self {
        let mut found = BTreeMap::new();
        let undeclared = graph.links.target_ports.iter();
        let undeclared = undeclared.filter(|it| it.outcome == TargetOutcome::Undeclared);
        let mut last = None;
        for target in undeclared {
            if last.replace(target.service) != Some(target.service)
                && let Some(selection) = graph.selection_of(target.service)
            {
                for (workload, _) in &selection.picked {
                    *found.entry(*workload).or_default() += 1;
                }
            }
        }
        Self(found)
    }

    fn has(&self, pods: &[Rc<Behind<'_>>]) -> bool {
        let count = |it: &Rc<Behind<'_>>| self.0.get(&it.pod.workload.resource.id).copied();
        pods.iter().any(|it| count(it) >= Some(Self::LEAST))
    }
}

/// The folders of the bundles from which the Operator Lifecycle Manager installs operators.
struct Bundles<'a>(BTreeSet<&'a str>);

impl<'a> Bundles<'a> {
    fn of(graph: &'a DeploymentGraph) -> Self {
        let resources = graph.resources.iter();
        let versions = resources
            .filter(|it| it.gvk.group == "operators.coreos.com")
            .filter(|it| it.gvk.kind == "ClusterServiceVersion");
        Self(
            versions
                .map(|it| graph.file(it.file).path.parent())
                .collect(),
        )
    }

    /// Whether a bundle has `resource`: the pods behind it are made from the ClusterServiceVersion, and equal ones elsewhere may be a
    /// state of them before patches.
    fn have(&self, graph: &DeploymentGraph, resource: &Resource) -> bool {
        self.0.contains(graph.file(resource.file).path.parent())
    }
}

/// Who sends requests to each Service, and to which of its ports.
fn senders(graph: &DeploymentGraph) -> Senders<'_> {
    let mut senders = Senders::new();
    for (number, link) in graph.links.references.iter().enumerate() {
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
            let of_port = senders.entry((service, &part.text)).or_default();
            if of_port.len() < MOST_PLACES {
                of_port.push(Sender {
                    number,
                    from: link.from,
                    place,
                });
            }
        }
    }
    senders
}

impl<'a> Subject<'a> {
    fn of(
        graph: &'a DeploymentGraph,
        behind: &mut AllBehind<'a>,
        service: ResourceId,
        undeclared: usize,
    ) -> Option<Self> {
        let resource = graph.resource(service);
        let selection = graph.selection_of(service)?;
        let pods = behind.of(selection);
        if pods.is_empty() {
            return None;
        }
        let changes = |path: &str| graph.may_change(resource, path);
        let is_taken_in = |it: &Rc<Behind<'_>>| graph.plan.is_taken_in(it.pod.workload.resource);
        let purpose = |it: &Resource| graph.file(it.file).purpose;
        // A sample shows a program as it may also be run, and the pods that are deployed may be made by something else.
        let is_for_another =
            |it: &Rc<Behind<'_>>| purpose(it.pod.workload.resource) != purpose(resource);
        let is_doubtful = evidence::is_for_tests(graph, resource)
            || selection.has_more
            // Far from the Service, equal labels may be chance: whatever builds the Service may bring its own pods, and what builds the
            // pods may leave the Service out.
            || selection.ring == Some(Ring::Outward)
                && (graph.plan.is_taken_in(resource)
                    || pods.iter().all(is_taken_in)
                    || pods.iter().all(is_for_another))
            || changes("spec.ports[*].targetPort")
            || changes("spec.selector")
            || pods.iter().any(|it| it.may_change);
        let service = Service {
            resource,
            root: graph.root(resource),
        };
        Some(Self {
            ports: service.ports(),
            service,
            pods,
            undeclared,
            is_habit: false,
            is_doubtful,
        })
    }

    fn finding(
        &self,
        cx: &RuleContext<'_>,
        target: &TargetPort,
        mentions: &Mentions<'a>,
        programs: &AllPrograms<'a>,
        senders: &Senders<'_>,
    ) -> Option<Finding> {
        let graph = cx.graph;
        let resource = self.service.resource;
        let port = self.ports.get(target.index as usize)?;
        let node = graph.node(resource.file, target.node);
        let text = node.text_value()?;
        if text.is_empty() || evidence::is_replaced(&text) {
            return None;
        }
        let heard = match node.integer() {
            Some(number) => self.heard(mentions, programs, number),
            None => Heard::Unknown,
        };
        let confidence = match (node.integer(), &heard) {
            (Some(_), Heard::Somewhere) => return None,
            (Some(_), Heard::Nowhere(running)) if !self.is_doubtful => {
                let each = running.iter().map(|it| it.confidence(&["ports"]));
                each.min()?
            }
            (Some(number), _) => self.of_number(graph, mentions, number, port)?,
            (None, _) => self.of_name(graph),
        };
        // Nothing goes through a number of a headless Service, unless an ingress controller takes it from there: who calls its pods may
        // ask them for the port on which they do listen.
        let is_direct = node.integer().is_some()
            && self.service.is_headless()
            && written(port)
                .iter()
                .all(|it| !senders.contains_key(&(resource.id, it.as_str())));
        let confidence = match is_direct {
            true if !self.is_left(port) => Confidence::Low,
            true => confidence.min(Confidence::Medium),
            false => confidence,
        };
        let owner = resource.name.as_deref().unwrap_or_default();
        let pods = self.pods.first()?;
        let message = format!(
            "Service `{owner}` sends to port `{text}`, which no container of {} declares",
            absence::called(pods.pod.workload.resource)
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
        .help(self.help(&text, port));
        let mut finding = self.with_pods(graph, finding, &text, port);
        if let Heard::Nowhere(running) = &heard {
            for it in running.iter().take(MOST_SOURCES) {
                finding = it.with_listeners(finding);
            }
        }
        Some(with_senders(graph, finding, resource.id, port, senders))
    }

    /// Whether the programs of the pods listen on the port `number`.
    fn heard(&self, mentions: &Mentions<'a>, programs: &AllPrograms<'a>, number: i64) -> Heard<'a> {
        let mut all = Vec::new();
        for pod in self.pods.iter().take(MOST_PLACES) {
            match programs.hearing(mentions, &pod.pod, number) {
                Hearing::Heard => return Heard::Somewhere,
                Hearing::Deaf(running) => all.extend(running),
                Hearing::Unknown => return Heard::Unknown,
            }
        }
        if self.pods.len() > MOST_PLACES {
            return Heard::Unknown;
        }
        Heard::Nowhere(all)
    }

    /// A name that no container declares: the endpoints controller leaves such pods out (`FindPort` in `k8s.io/kubernetes/pkg/api/v1/pod`).
    fn of_name(&self, graph: &DeploymentGraph) -> Confidence {
        if self.is_doubtful || self.pods.iter().any(|it| it.may_inject(None)) {
            Confidence::Low
        } else {
            self.handling(graph)
        }
    }

    /// A number works undeclared, too, if the program listens there. None if the pods declare nothing, so that nothing speaks against it.
    fn of_number(
        &self,
        graph: &DeploymentGraph,
        mentions: &Mentions<'a>,
        number: i64,
        port: &ServicePort<'_>,
    ) -> Option<Confidence> {
        self.first_declared()?;
        // Programs made with controller-runtime serve their webhooks there unless they are told otherwise.
        let service = self.service.resource.name.as_deref().unwrap_or_default();
        if number == WEBHOOKS && service.contains("webhook") {
            return Some(Confidence::Low);
        }
        let is_heard = |it: &Rc<Behind<'_>>| {
            it.may_inject(Some(number))
                || mentions.has(&it.pod, number)
                || mentions.may_be_exposed(&it.pod, number)
                || mentions.is_usual(&it.pod, number)
                || it.pod.may_be_told(graph)
        };
        // One of several may well listen undeclared, unless the port that it was to lead to stands unused beside it.
        let may_be_extra = || self.undeclared < self.ports.len() && !self.is_left(port);
        if self.is_doubtful
            || self.is_habit && !self.is_left(port)
            || may_be_extra()
            || self.pods.iter().any(is_heard)
        {
            return Some(Confidence::Low);
        }
        let lone = |it: &Rc<Behind<'_>>| it.containers == 1 && it.declared == 1;
        let is_plain = self.ports.len() == 1
            // Nothing goes through a port of a headless Service, unless an ingress controller looks it up.
            && !self.service.is_headless()
            && self.pods.iter().all(lone)
            && !self.pods.iter().any(|it| it.has_unseen_config);
        // The declared ports may be for other Services, and pods that get a proxy are mostly of those that have many.
        if !is_plain && self.pods.iter().any(|it| it.is_injected()) && !self.is_left(port) {
            return Some(Confidence::Low);
        }
        let handling = self.handling(graph);
        Some(if is_plain {
            handling
        } else {
            handling.min(Confidence::Medium)
        })
    }

    /// Whether all pods declare a port of the name or number of `port`, and no port of the Service leads there.
    fn is_left(&self, port: &ServicePort<'_>) -> bool {
        if self.ports.len() > MOST_PORTS || self.pods.len() > MOST_PLACES {
            return false;
        }
        let targets = self
            .ports
            .iter()
            .filter_map(ServicePort::effective_target_port);
        let targets: Vec<String> = targets
            .filter_map(|it| Some(it.node.text_value()?.into_owned()))
            .collect();
        let (name, number) = (port.name(), port.number().map(|it| it.value));
        let name = name.as_ref().map(|it| &*it.value);
        let mut pods = self.pods.iter();
        pods.all(|it| it.leaves(name, number, &targets))
    }

    /// How sure one may be that the pods are made from their templates as they stand.
    fn handling(&self, graph: &DeploymentGraph) -> Confidence {
        let each = self.pods.iter();
        each.map(|it| evidence::in_template(graph, &it.pod.workload, &[]))
            .min()
            .unwrap_or(Confidence::Low)
    }

    /// The first port that the pods declare by number.
    fn first_declared(&self) -> Option<&Declared<'a>> {
        self.pods.iter().find_map(|it| it.first.as_ref())
    }

    /// What the pods have instead.
    fn with_pods(
        &self,
        graph: &DeploymentGraph,
        mut finding: Finding,
        text: &str,
        port: &ServicePort<'_>,
    ) -> Finding {
        for it in self.pods.iter().take(MOST_PLACES) {
            let resource = it.pod.workload.resource;
            let span = |range| graph.span_in(resource, range);
            finding = match (it.other_protocol(text, port), &it.first) {
                (Some((name, protocol)), _) => {
                    finding.related(span(name.range()), format!("declared for {protocol} only"))
                }
                (None, None) => {
                    let Some(container) = it.first_container else {
                        continue;
                    };
                    finding.related(span(container.range()), "declares no ports")
                }
                (None, Some(first)) => {
                    let says = if it.declared == 1 {
                        format!("the only port of {}", absence::called(resource))
                    } else {
                        format!("{} declares other ports", absence::called(resource))
                    };
                    finding.related(span(first.node.range()), says)
                }
            };
        }
        finding
    }

    fn help(&self, text: &str, port: &ServicePort<'_>) -> String {
        let names = self.pods.iter().flat_map(|it| &it.names);
        let meant = did_you_mean(text, names.take(MOST_NAMES).map(|it| &*it.value));
        let first = self.first_declared().map(|it| it.number);
        let is_only = |it: &Rc<Behind<'_>>| {
            let number = it.first.as_ref().map(|it| it.number);
            it.is_one_number && (number.is_none() || number == first)
        };
        let only = first.filter(|_| self.pods.iter().all(is_only));
        let only = only.map(|it| it.to_string());
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

/// How others may name a port of a Service: by its number and by its name.
fn written(port: &ServicePort<'_>) -> BTreeSet<String> {
    let number = port.number().map(|it| it.value.to_string());
    let name = port.name().map(|it| it.value.into_owned());
    number.into_iter().chain(name).collect()
}

/// Adds those who send requests to the port, by its number or its name.
fn with_senders(
    graph: &DeploymentGraph,
    mut finding: Finding,
    service: ResourceId,
    port: &ServicePort<'_>,
    senders: &Senders<'_>,
) -> Finding {
    let both = written(port);
    let asking = both.iter().filter_map(|it| senders.get(&(service, it)));
    let mut asking: Vec<&Sender> = asking.flatten().collect();
    asking.sort_unstable_by_key(|it| it.number);
    for sender in asking.into_iter().take(MOST_PLACES) {
        let from = graph.resource(sender.from);
        let text = format!("{} sends requests here", absence::called(from));
        finding = finding.related(sender.place, text);
    }
    finding
}
