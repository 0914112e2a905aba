//! Addresses of databases, caches, brokers and other Services that lead to the pod itself, where nothing of the kind listens.

use std::collections::BTreeMap;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::address::{Dependency, Site, Use};
use kubelint_model::link::Destination;
use kubelint_model::view::Container;
use kubelint_model::{Cause, DeploymentGraph, ImageRef, KubeNode, Resource, ResourceId};
use kubelint_parser::yaml::NodeId;

use crate::absence;
use crate::addresses::{self, Stated};
use crate::ports::{self, Pod};
use crate::programs::AllPrograms;
use crate::source_addresses::{self, Sourced};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_programs();

/// Words of Services that only browsers call: an address of theirs is told to others.
const FRONT_ENDS: [&str; 9] = [
    "app",
    "client",
    "dashboard",
    "front",
    "frontend",
    "portal",
    "site",
    "ui",
    "web",
];

/// Images that hold a program together with all that it depends on.
const ALL_IN_ONE: [&str; 6] = [
    "all-in-one",
    "allinone",
    "aio",
    "localstack",
    "omnibus",
    "standalone",
];

/// The most Services of a directory that are looked at to name the one that may be meant.
const MOST_BESIDE: usize = 100;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let beside = Beside::of(cx.graph);
    let elsewhere = Elsewhere::of(cx.graph);
    for stated in addresses::all(cx.graph) {
        let Destination::Loopback { named } = &stated.link.destination else {
            continue;
        };
        let mention = &stated.link.mention;
        if mention.is_comment || mention.used() != Use::Called {
            continue;
        }
        let port = stated.link.port.map(|it| it.number);
        let dependency = mention.dependency(port);
        let other = other_service(&stated, named);
        if dependency.is_none() && (other.is_none() || port.is_none()) {
            continue;
        }
        if let Some(finding) = finding(&stated, dependency, other, &beside, &elsewhere) {
            out.push(finding);
        }
    }
    for running in AllPrograms::new(cx.graph).all() {
        for sourced in source_addresses::called(&running) {
            if let Some(finding) = in_source(&sourced, &beside) {
                out.push(finding);
            }
        }
    }
}

/// What is wrong with an address that the source of a program writes out. Programs have defaults for what they may be used with, so it counts
/// only where a Service beside the workload speaks of the same.
fn in_source(sourced: &Sourced<'_, '_>, beside: &Beside<'_>) -> Option<Finding> {
    let Destination::Loopback { .. } = sourced.destination else {
        return None;
    };
    let running = sourced.running;
    let graph = running.graph;
    let dependency = sourced.dependency()?;
    let meant = beside.find(graph, running.workload.resource, dependency)?;
    let name = meant.name.as_deref()?;
    let asked = Asked {
        graph,
        port: sourced.port,
        node: None,
    };
    let pod = Pod {
        workload: running.workload,
        template: running.template.clone(),
    };
    if may_listen(&asked, &pod, Some(dependency)) {
        return None;
    }
    let message = format!(
        "{} calls `{}`, where no container of its pod listens{}",
        sourced.called(),
        sourced.shown(),
        sourced.why()
    );
    let help = match sourced.address.variables.as_slice() {
        [] => format!("name the Service `{name}`, or run what is called in a sidecar"),
        names => format!("set `{}` to the Service `{name}`", names.join("` or `")),
    };
    let cause = Cause::field_of(running.workload.resource, &sourced.shown());
    let finding = Finding::new(sourced.span(), message, cause)
        .label(format!("{}: not in this pod", dependency.what))
        .confidence(sourced.confidence().min(Confidence::Medium))
        .help(help)
        .related(meant.span, format!("did you mean the Service `{name}`?"));
    Some(sourced.complete(finding))
}

/// The Service that the name of the variable speaks of, if it is another's and programs call it.
fn other_service<'a>(stated: &Stated<'a>, named: &[ResourceId]) -> Option<&'a Resource> {
    let first = named.first()?;
    let is_front = |it: &String| FRONT_ENDS.contains(&it.as_str());
    let is_other = !named.iter().any(|it| stated.is_own(*it));
    let is_called = !stated.link.mention.words().iter().any(is_front);
    (is_other && is_called).then(|| stated.graph.resource(*first))
}

fn finding(
    stated: &Stated<'_>,
    dependency: Option<Dependency>,
    other: Option<&Resource>,
    beside: &Beside<'_>,
    elsewhere: &Elsewhere<'_>,
) -> Option<Finding> {
    let graph = stated.graph;
    let mention = &stated.link.mention;
    let pods = stated.readers().into_iter();
    let mut pods = pods.map(|(workload, template)| Pod { workload, template });
    let asked = Asked {
        graph,
        port: stated.link.port.map(|it| it.number),
        node: Some(mention.node),
    };
    let pod = pods.find(|it| !may_listen(&asked, it, dependency))?;
    let container = match mention.site {
        Site::Variable(_, at) | Site::Argument(_, at) => {
            pod.template.containers().into_iter().nth(at as usize)?
        }
        Site::Data => pod.running().into_iter().next()?,
    };
    let resource = pod.workload.resource;
    let port = stated.link.port.map(|it| it.number);
    let shown = if mention.is_hidden {
        "the pod itself".to_owned()
    } else {
        match port {
            Some(port) => format!("`{}:{port}`", mention.host),
            None => format!("`{}`", mention.host),
        }
    };
    let message = format!(
        "{} points to {shown}, where no container of {} listens",
        stated.called(),
        absence::called(resource)
    );
    let field = stated.field();
    let value = if mention.is_hidden {
        String::new()
    } else {
        mention.host.clone()
    };
    let right = elsewhere.find(stated, resource.id);
    let meant = other.or_else(|| dependency.and_then(|it| beside.find(graph, stated.from, it)));
    let name = meant.and_then(|it| it.name.as_deref());
    let help = match name {
        _ if right.is_some() => "name the same host in both places".to_owned(),
        Some(name) => format!("name the Service `{name}`, or run what is called in a sidecar"),
        None => "name the host where it runs, or run it in a sidecar".to_owned(),
    };
    let label = match dependency {
        Some(it) => format!("{}: not in this pod", it.what),
        None => "not in this pod".to_owned(),
    };
    let mut finding = Finding::new(stated.span(), message, Cause::field_of(stated.from, field))
        .label(label)
        .confidence(stated.confidence().min(Confidence::Medium))
        .about(stated.from.id, field, value)
        .help(help)
        .related(
            graph.span_in(resource, container.place().range()),
            "nothing else runs in the pod",
        );
    if let Some(right) = right {
        let says = format!("{} names `{}`", right.called(), right.link.mention.host);
        finding = finding.related(right.span(), says);
    } else if let (Some(meant), Some(name)) = (meant, name) {
        finding = finding.related(meant.span, format!("did you mean the Service `{name}`?"));
    }
    Some(finding)
}

/// What a pod is asked for.
struct Asked<'a> {
    graph: &'a DeploymentGraph,
    port: Option<u16>,
    /// The scalar of the manifest that asks.
    node: Option<NodeId>,
}

/// Whether something in the pod may listen there: a sidecar, whatever the node runs, or the container itself.
fn may_listen(asked: &Asked<'_>, pod: &Pod<'_>, dependency: Option<Dependency>) -> bool {
    let graph = asked.graph;
    let running = pod.running();
    let has_sidecars = pod.template.host_network()
        || pod.template.is_injected()
        || pod.may_change(graph)
        || running.len() != 1;
    has_sidecars || running.iter().any(|it| is_own(asked, it, dependency))
}

/// Whether the container itself listens on the port that is asked for, or is the program that is meant.
fn is_own(asked: &Asked<'_>, container: &Container<'_>, dependency: Option<Dependency>) -> bool {
    let image = container.image();
    let name = image.as_ref().map_or("", |it| &*it.value);
    let name = ImageRef::parse(name).map_or(name, |it| it.path());
    let is_bundle = ALL_IN_ONE.iter().any(|it| name.contains(it));
    if is_bundle || dependency.is_some_and(|it| it.is_image(name)) {
        return true;
    }
    let Some(port) = asked.port else {
        return false;
    };
    let number = i64::from(port);
    let declares = ports::declared(container)
        .iter()
        .any(|it| it.number == number);
    // Who is told a port elsewhere may be told to listen there.
    declares
        || is_bound(container, &port.to_string())
        || dependency.is_none() && is_told(asked, container, &number.to_string())
}

/// Whether a variable that is called after listeners holds the port: `KAFKA_LISTENERS`.
fn is_bound(container: &Container<'_>, port: &str) -> bool {
    const WORDS: [&str; 4] = ["BIND", "LISTEN", "LISTENER", "LISTENERS"];
    container.env().any(|it| {
        let name = it.name().map(|it| it.value.to_ascii_uppercase());
        let is_listener = name.is_some_and(|it| it.split('_').any(|it| WORDS.contains(&it)));
        let numbers = |it: char| !it.is_ascii_digit();
        let value = it.value().filter(|_| is_listener);
        value.is_some_and(|it| it.value.split(numbers).any(|it| it == port))
    })
}

/// Whether another variable of the container is the port, or an argument holds it.
fn is_told(asked: &Asked<'_>, container: &Container<'_>, port: &str) -> bool {
    let is_other = |it: NodeId| asked.node != Some(it);
    let mut variables = container.env().filter_map(|it| it.value());
    let is_variable = variables.any(|it| is_other(it.node.id()) && it.value == port);
    let lists = ["command", "args"].into_iter();
    let mut arguments = lists.flat_map(|it| container.node.list(it));
    let is_argument = arguments.any(|it| {
        let text = it.string().unwrap_or_default();
        is_other(it.id()) && text.contains(port)
    });
    is_variable || is_argument
}

/// The Services of each directory: a few.
struct Beside<'a>(BTreeMap<&'a str, Vec<&'a Resource>>);

impl<'a> Beside<'a> {
    fn of(graph: &'a DeploymentGraph) -> Self {
        let mut services: BTreeMap<&str, Vec<&Resource>> = BTreeMap::new();
        for service in graph.services() {
            let folder = graph.file(service.resource.file).path.parent();
            let services = services.entry(folder).or_default();
            if services.len() < MOST_BESIDE {
                services.push(service.resource);
            }
        }
        Self(services)
    }

    /// A Service beside what states the address, whose name speaks of the dependency.
    fn find(
        &self,
        graph: &DeploymentGraph,
        from: &Resource,
        dependency: Dependency,
    ) -> Option<&'a Resource> {
        let folder = graph.file(from.file).path.parent();
        let services = self.0.get(folder).into_iter().flatten();
        let is_meant =
            |it: &&Resource| it.name.as_deref().is_some_and(|it| dependency.is_named(it));
        services.copied().find(is_meant)
    }
}

/// The addresses that lead to other hosts, by what their names call them.
struct Elsewhere<'a>(BTreeMap<Vec<String>, Vec<Stated<'a>>>);

impl<'a> Elsewhere<'a> {
    fn of(graph: &'a DeploymentGraph) -> Self {
        let mut found: BTreeMap<Vec<String>, Vec<Stated<'_>>> = BTreeMap::new();
        for stated in addresses::all(graph) {
            let mention = &stated.link.mention;
            let is_other = !matches!(stated.link.destination, Destination::Loopback { .. })
                && !mention.is_comment
                && !mention.is_hidden
                && mention.used() == Use::Called
                && !mention.name.is_empty();
            let found = is_other.then(|| found.entry(addresses::thing(mention)).or_default());
            if let Some(found) = found.filter(|it| it.len() < MOST_BESIDE) {
                found.push(stated);
            }
        }
        Self(found)
    }

    /// Another address of the same thing that the same workload reads.
    fn find(&self, stated: &Stated<'_>, reader: ResourceId) -> Option<&Stated<'a>> {
        let same = self.0.get(&addresses::thing(&stated.link.mention))?;
        let mut named = same.iter();
        named.find(|it| it.readers().iter().any(|it| it.0.resource.id == reader))
    }
}
