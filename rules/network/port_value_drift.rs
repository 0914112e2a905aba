//! Ports that a program is told to listen on and its container does not declare.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::address::{PortVariable, port_variable};
use kubelint_model::reference::Picks;
use kubelint_model::variables::{Variable, Variables};
use kubelint_model::view::{Container, IntOrString, Lifetime};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, Resource, ResourceId};
use kubelint_parser::yaml::{Node, NodeId};

use crate::port_mentions::Mentions;
use crate::ports::{self, Pod};
use crate::programs::{AllPrograms, By, Running};
use crate::{absence, evidence};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// What stands beside the port of another host: `DB_HOST` beside `DB_PORT`.
const HOSTS: [&str; 8] = [
    "HOST", "HOSTNAME", "URL", "URI", "ADDR", "ADDRESS", "ENDPOINT", "SERVER",
];

/// Values of those that are the program's own.
const BOUND: [&str; 6] = ["", "0.0.0.0", "::", "localhost", "127.0.0.1", "*"];

/// A container that is told a port that it does not declare.
struct Drift<'a> {
    workload: &'a Resource,
    container: String,
    variable: Variable<'a>,
    port: i64,
    declared: Node<'a>,
    confidence: Confidence,
    /// The program, if its source shows that it listens on the variable.
    running: Option<Running<'a>>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let services = Services::of(graph);
    let programs = AllPrograms::new(graph);
    let mentions = Mentions::new(graph);
    let mut known = Variables::new(graph);
    // Of what a ConfigMap says to several containers, nothing is wrong as long as one of them declares it.
    let mut right: BTreeSet<(ResourceId, NodeId)> = BTreeSet::new();
    let mut drifts: BTreeMap<(ResourceId, NodeId), Drift<'_>> = BTreeMap::new();
    for workload in graph.workloads() {
        for template in workload.templates() {
            let lifetime = template.lifetime;
            let pod = Pod { workload, template };
            for container in pod.running() {
                let variables = known.of(&workload, &container);
                let running = programs.of(&workload, &pod.template, &container);
                for variable in &variables {
                    let by_name = || said(variable, &container, workload.resource.name.as_deref());
                    let said = match InSource::of(running.as_ref(), variable) {
                        InSource::Listens(said) => Some(said),
                        InSource::Elsewhere => None,
                        InSource::Unknown => by_name(),
                    };
                    let Some(said) = said else { continue };
                    let place = (variable.holder.id, variable.node.id());
                    match drift(
                        graph, &services, &pod, &container, &variables, variable, &said,
                    )
                    .filter(|it| !is_mounted(&mentions, &pod, &container, running.as_ref(), it))
                    {
                        Some(mut drift) if lifetime == Lifetime::StaysUp => {
                            if said.by == SaidBy::Source {
                                drift.running = programs.of(&workload, &pod.template, &container);
                            }
                            drifts.entry(place).or_insert(drift);
                        }
                        _ => drop(right.insert(place)),
                    }
                }
            }
        }
    }
    for (place, drift) in drifts {
        if !right.contains(&place) {
            out.push(finding(graph, &drift));
        }
    }
}

/// A port that a variable says, and how sure it is that the program listens there.
struct Said {
    port: i64,
    by: SaidBy,
}

/// Why a variable's value is taken for the port that the program listens on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SaidBy {
    /// The source of the program shows it.
    Source,
    /// A framework reads the variable under this name.
    Framework,
    /// The variable is called so.
    Name,
}

/// What the source of the program makes of a variable.
enum InSource {
    /// It listens on this port by it.
    Listens(Said),
    /// It listens elsewhere.
    Elsewhere,
    /// Nobody can tell.
    Unknown,
}

impl InSource {
    fn of(running: Option<&Running<'_>>, variable: &Variable<'_>) -> Self {
        let listened = running.and_then(Running::listened);
        let Some(listened) = listened.filter(|it| !it.is_empty()) else {
            return Self::Unknown;
        };
        let is_it = |by: &By| matches!(by, By::Manifest(name, _) if *name == variable.name);
        let found: Vec<i64> = listened
            .into_iter()
            .filter(|it| is_it(&it.by))
            .map(|it| it.number)
            .collect();
        // Of several addresses in one variable, one that is declared is enough.
        let declares = |number: &i64| {
            let mut ports = running.into_iter().flat_map(|it| it.container.ports());
            ports.any(|it| it.number().is_some_and(|it| it.value == *number))
        };
        let found = found.iter().find(|it| declares(it)).or(found.first());
        found.map_or(Self::Elsewhere, |it| {
            Self::Listens(Said {
                port: *it,
                by: SaidBy::Source,
            })
        })
    }
}

fn said(
    variable: &Variable<'_>,
    container: &Container<'_>,
    workload: Option<&str>,
) -> Option<Said> {
    if let Some(form) = port_variable(&variable.name) {
        let port = match form {
            PortVariable::Number => variable.port()?,
            PortVariable::Url => url_port(&variable.value)?,
        };
        return Some(Said {
            port,
            by: SaidBy::Framework,
        });
    }
    let port = variable.port()?;
    let name = variable.name.to_ascii_uppercase();
    let own = || {
        let before = name.strip_suffix("_PORT")?;
        let names = [
            workload.map(Into::into),
            container.name().map(|it| it.value),
        ];
        let mut names = names.into_iter().flatten();
        let is_own = |it: Cow<'_, str>| it.to_ascii_uppercase().replace('-', "_") == before;
        names.any(is_own).then_some(())
    };
    (ports::is_own(&name) || own().is_some()).then_some(Said {
        port,
        by: SaidBy::Name,
    })
}

/// The port of `http://+:8080`; none if there are several.
fn url_port(value: &str) -> Option<i64> {
    let (_, port) = value.trim().trim_end_matches('/').rsplit_once(':')?;
    let port: u16 = port.parse().ok().filter(|_| !value.contains(';'))?;
    Some(port.into())
}

/// The drift between what `variable` says and what the container declares, if there is one.
fn drift<'a>(
    graph: &'a DeploymentGraph,
    services: &Services,
    pod: &Pod<'a>,
    container: &Container<'a>,
    variables: &[Variable<'a>],
    variable: &Variable<'a>,
    said: &Said,
) -> Option<Drift<'a>> {
    let resource = pod.workload.resource;
    let serving = container.ports().filter(|it| {
        let name = it.name().map(|it| it.value.to_ascii_lowercase());
        !name.is_some_and(|it| ports::is_aside(&it))
    });
    let serving: Vec<Node<'a>> = serving.filter_map(|it| Some(it.number()?.node)).collect();
    let declared = *serving.first()?;
    let mut running = pod
        .running()
        .into_iter()
        .flat_map(|it| ports::declared(&it));
    let is_declared = running.any(|it| it.number == said.port);
    // A port of its own for what is aside: which of several is meant, nobody can tell.
    let is_aside = variable.name.contains("MANAGEMENT") && serving.len() < 2;
    let is_other =
        said.by == SaidBy::Name && is_of_another(services, resource, variable, variables);
    let is_known = services.leads_to(resource.id, said.port) || is_probed(container, said.port);
    if is_declared || is_aside || is_other || is_known || is_told(container, &serving) {
        return None;
    }
    let may_change = pod.may_change(graph)
        || graph.may_change(
            variable.holder,
            &graph.path_at(variable.holder, variable.range()),
        )
        || evidence::is_for_tests(graph, resource);
    let confidence = match (may_change, said.by != SaidBy::Name && serving.len() == 1) {
        (true, _) => Confidence::Low,
        (false, true) => evidence::in_template(graph, &pod.workload, &[]),
        (false, false) => Confidence::Medium,
    };
    Some(Drift {
        workload: resource,
        container: container
            .name()
            .map(|it| it.value.into_owned())
            .unwrap_or_default(),
        variable: variable.clone(),
        port: said.port,
        declared,
        confidence,
        running: None,
    })
}

/// Whether the port is that of another program: a host stands beside it, or a Service is called so that does not lead here.
fn is_of_another(
    services: &Services,
    workload: &Resource,
    variable: &Variable<'_>,
    variables: &[Variable<'_>],
) -> bool {
    let Some(before) = variable.name.strip_suffix("PORT") else {
        return true;
    };
    let is_beside = variables.iter().any(|it| {
        let word = it.name.strip_prefix(before);
        word.is_some_and(|it| HOSTS.contains(&it)) && !is_bound(&it.value)
    });
    let name = before
        .trim_end_matches('_')
        .to_ascii_lowercase()
        .replace('_', "-");
    is_beside || services.is_another(&name, workload.id)
}

/// Whether a host is where the program listens: `0.0.0.0`, or an address of the pod.
fn is_bound(host: &str) -> bool {
    let host = host.trim();
    BOUND.contains(&host) || host.contains('$')
}

/// Whether the command or the arguments name one of the declared ports: they win over variables.
fn is_told(container: &Container<'_>, declared: &[Node<'_>]) -> bool {
    let items = ["command", "args"]
        .into_iter()
        .flat_map(|it| container.node.list(it));
    let texts: Vec<_> = items.filter_map(KubeNode::text_value).collect();
    let numbers = declared.iter().filter_map(|it| it.integer());
    numbers
        .map(|it| it.to_string())
        .any(|number| texts.iter().any(|text| text.contains(&number)))
}

/// Whether a mounted file may make the program listen on the port that is declared.
fn is_mounted<'a>(
    mentions: &Mentions<'a>,
    pod: &Pod<'a>,
    container: &Container<'a>,
    running: Option<&Running<'a>>,
    drift: &Drift<'a>,
) -> bool {
    let language = running.and_then(|it| it.program.language);
    let declared = drift.declared.integer();
    declared.is_some_and(|it| mentions.may_mount(pod, container, language, it))
}

/// Whether a probe of the container asks the port.
fn is_probed(container: &Container<'_>, port: i64) -> bool {
    let probes = container.probes();
    probes.iter().any(|it| {
        let asked = it.port().map(|it| it.value);
        asked == Some(IntOrString::Int(port))
    })
}

/// Where Services lead.
struct Services {
    /// The workloads and the numbers of their ports that Services send requests to.
    targets: BTreeSet<(ResourceId, i64)>,
    /// The workloads that the Services of each name select.
    by_name: BTreeMap<String, BTreeSet<ResourceId>>,
}

impl Services {
    fn of(graph: &DeploymentGraph) -> Self {
        let mut services = Self {
            targets: BTreeSet::new(),
            by_name: BTreeMap::new(),
        };
        for service in graph.services() {
            let name = service.resource.name.clone().unwrap_or_default();
            let selected = services.by_name.entry(name).or_default();
            let selections = graph.links.selections_of(service.resource.id).iter();
            let picked = selections
                .filter(|it| it.picks == Picks::Service)
                .flat_map(|it| it.picked.iter().map(|it| it.0));
            for workload in picked {
                selected.insert(workload);
                for port in service.ports() {
                    if let Some(IntOrString::Int(port)) =
                        port.effective_target_port().map(|it| it.value)
                    {
                        services.targets.insert((workload, port));
                    }
                }
            }
        }
        services
    }

    fn leads_to(&self, workload: ResourceId, port: i64) -> bool {
        self.targets.contains(&(workload, port))
    }

    /// Whether a Service of this name leads elsewhere.
    fn is_another(&self, name: &str, workload: ResourceId) -> bool {
        let selected = self.by_name.get(name);
        selected.is_some_and(|it| !it.contains(&workload))
    }
}

fn finding(graph: &DeploymentGraph, drift: &Drift<'_>) -> Finding {
    let (variable, port) = (&drift.variable, drift.port);
    let declared = drift.declared.integer().unwrap_or_default();
    let owner = absence::called(drift.workload);
    let by = if variable.holder.id == drift.workload.id {
        format!("the variable `{}`", variable.name)
    } else {
        format!("`{}` of {}", variable.key, absence::called(variable.holder))
    };
    let message = format!(
        "{by} tells container `{}` of {owner} to listen on port {port}, and it declares {declared}",
        drift.container
    );
    let name = drift.workload.name.as_deref().unwrap_or_default();
    let field = graph.path_at(variable.holder, variable.range());
    let found = Finding::new(
        variable.span(graph),
        message,
        Cause::env(name, &drift.container, &variable.name),
    )
    .label("the program is told to listen here")
    .confidence(drift.confidence)
    .about(variable.holder.id, field, port.to_string())
    .help(format!(
        "write {declared} here, or declare port {port}, and lead Services and probes there"
    ))
    .related(
        graph.span_in(drift.workload, drift.declared.range()),
        "the container declares this port",
    );
    match &drift.running {
        Some(running) => {
            let confidence = running.confidence(&["ports"]);
            running.with_listeners(found).confidence(confidence)
        }
        None => found,
    }
}
