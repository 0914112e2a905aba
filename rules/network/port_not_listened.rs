//! Ports that a container declares and its program does not listen on.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext, Severity};
use kubelint_model::Cause;
use kubelint_model::code::Protocol;
use kubelint_model::view::{ContainerKind, ContainerPort};

use crate::askers::Askers;
use crate::misnamed::Misnamed;
use crate::port_mentions::Mentions;
use crate::ports;
use crate::programs::{AllPrograms, By, Listened, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// The most ports of a program that are listed.
const MOST_LISTED: usize = 4;

/// What is seen of the whole repository.
struct Surroundings<'a> {
    askers: Askers<'a>,
    mentions: Mentions<'a>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let surroundings = Surroundings {
        askers: Askers::new(cx.graph),
        mentions: Mentions::new(cx.graph),
    };
    for running in AllPrograms::new(cx.graph).all() {
        // On the network of the node, what is declared is reserved there, whoever listens.
        if running.container.kind == ContainerKind::Init || running.template.host_network() {
            continue;
        }
        if let Some(found) = finding(&surroundings, &running) {
            out.push(found);
        }
    }
}

/// A port that the container declares.
struct Declared<'a> {
    number: i64,
    port: ContainerPort<'a>,
}

fn finding(surroundings: &Surroundings<'_>, running: &Running<'_>) -> Option<Finding> {
    let listened = running.listened()?;
    let declared: Vec<Declared<'_>> = running
        .container
        .ports()
        .filter(|it| it.protocol() == "TCP")
        .filter_map(|port| {
            let number = port.number()?.value;
            Some(Declared { number, port })
        })
        .collect();
    let is_heard = |it: &Declared<'_>| listened.iter().any(|port| port.number == it.number);
    let is_declared = |it: &Listened<'_>| declared.iter().any(|port| port.number == it.number);
    let unheard: Vec<&Declared<'_>> = declared
        .iter()
        .filter(|it| !is_heard(it) && !is_aside(&it.port) && !is_of_other(running, it.number))
        .collect();
    // What only the pod itself reaches is not what a declared port is meant for, if there is anything else.
    let is_inner = listened.iter().all(|it| it.is_loopback);
    let mut left: Vec<&Listened<'_>> = listened
        .iter()
        .filter(|it| !is_declared(it) && (is_inner || !it.is_loopback))
        .collect();
    left.sort_by_key(|it| it.number);
    left.dedup_by_key(|it| it.number);
    let Some((wrong, right)) = pair(&unheard, &left) else {
        return unreached(surroundings, running, &declared, &listened);
    };
    // Another program of the container may be told to listen there.
    if surroundings.mentions.may_tell(running, wrong.number) {
        return None;
    }
    Some(report(
        surroundings,
        running,
        wrong,
        right,
        &left,
        unheard.len(),
    ))
}

/// A port that the container declares, and on which its program listens for its own pod only.
fn unreached(
    surroundings: &Surroundings<'_>,
    running: &Running<'_>,
    declared: &[Declared<'_>],
    listened: &[Listened<'_>],
) -> Option<Finding> {
    // Others in the pod may forward to it.
    if !is_alone(running) {
        return None;
    }
    let (wrong, right) = declared.iter().find_map(|port| {
        let mut here = listened.iter().filter(|it| it.number == port.number);
        let first = here.next()?;
        (first.is_loopback && here.all(|it| it.is_loopback)).then_some((port, first))
    })?;
    let graph = running.graph;
    let resource = running.workload.resource;
    let number = wrong.number;
    let message = format!(
        "container `{}` declares port {number}, and its program listens there on 127.0.0.1, which nothing outside of the pod reaches",
        running.name()
    );
    let cause = cause(running, wrong, right);
    let field = running
        .container
        .item_path("ports", wrong.port.index, wrong.port.node);
    let node = wrong.port.number().map_or(wrong.port.node, |it| it.node);
    let mut found = Finding::new(graph.span_in(resource, node.range()), message, cause)
        .label("only the pod itself is listened to")
        .about(resource.id, field, number.to_string())
        .help("listen on 0.0.0.0");
    if let Some(place) = right.port.place {
        found = found.related(running.span(place), "listens on 127.0.0.1");
    }
    let asking = surroundings.askers.of(resource, &running.container, number);
    let most = if asking.is_empty() {
        Severity::Warning
    } else {
        Severity::Error
    };
    let found = surroundings.askers.add(found, asking);
    let confidence = running.confidence(&["ports"]).min(right.confidence);
    Some(
        running
            .with_chain(found)
            .at_most(most)
            .confidence(confidence),
    )
}

/// Whether nothing runs beside the program.
fn is_alone(running: &Running<'_>) -> bool {
    let containers = running.template.containers();
    let mut beside = containers
        .iter()
        .filter(|it| it.kind != ContainerKind::Init);
    beside.next().is_some() && beside.next().is_none() && !running.template.is_injected()
}

/// The declared port that is meant for a port that the program listens on and that is not declared.
fn pair<'d, 'l, 'a>(
    unheard: &[&'d Declared<'a>],
    left: &[&'l Listened<'a>],
) -> Option<(&'d Declared<'a>, &'l Listened<'a>)> {
    let is_grpc = |it: &Declared<'_>| {
        let name = it.port.name();
        name.is_some_and(|it| it.value.to_ascii_lowercase().contains("grpc"))
    };
    for wrong in unheard {
        let wanted = if is_grpc(wrong) {
            Protocol::Grpc
        } else {
            Protocol::Http
        };
        if let Some(right) = left.iter().find(|it| it.port.protocol == wanted) {
            return Some((wrong, right));
        }
    }
    Some((unheard.first()?, left.first()?))
}

/// Whether the port is for something else than the program's own requests, as its name says.
fn is_aside(port: &ContainerPort<'_>) -> bool {
    let name = port.name().map(|it| it.value.to_ascii_lowercase());
    name.is_some_and(|it| ports::is_aside(&it))
}

/// Whether another container of the pod declares the port.
fn is_of_other(running: &Running<'_>, number: i64) -> bool {
    let containers = running.template.containers().into_iter();
    let mut others = containers.filter(|it| it.path() != running.container.path());
    others.any(|it| ports::declared(&it).iter().any(|it| it.number == number))
}

fn report(
    surroundings: &Surroundings<'_>,
    running: &Running<'_>,
    wrong: &Declared<'_>,
    right: &Listened<'_>,
    left: &[&Listened<'_>],
    unheard: usize,
) -> Finding {
    let graph = running.graph;
    let resource = running.workload.resource;
    let number = wrong.number;
    let field = running
        .container
        .item_path("ports", wrong.port.index, wrong.port.node);
    let node = wrong.port.number().map_or(wrong.port.node, |it| it.node);
    let message = format!(
        "container `{}` declares port {number}, and its program listens on {}",
        running.name(),
        listed(left)
    );
    let mut found = Finding::new(
        graph.span_in(resource, node.range()),
        message,
        cause(running, wrong, right),
    )
    .label("the program does not listen here")
    .about(resource.id, field, number.to_string())
    .help(help(number, right));
    if let By::Manifest(name, place) | By::Image(name, place) = &right.by {
        found = found.related(*place, format!("sets `{name}`"));
    }
    if let Some(place) = right.port.place {
        found = found.related(running.span(place), right.by.says(right.number));
    }
    let asking = surroundings.askers.of(resource, &running.container, number);
    let is_asked = !asking.is_empty();
    let found = surroundings.askers.add(found, asking);
    // Nothing goes by a declaration alone; where all go by the right port, it only misleads.
    let most = if is_asked {
        Severity::Error
    } else {
        Severity::Warning
    };
    let is_idle = !is_asked
        && !surroundings
            .askers
            .of(resource, &running.container, right.number)
            .is_empty();
    let is_plain = is_alone(running) && left.len() == 1 && unheard == 1;
    let sure = match (is_idle, is_plain) {
        (true, _) => Confidence::Low,
        (false, true) => Confidence::High,
        (false, false) => Confidence::Medium,
    };
    let confidence = running
        .confidence(&["ports"])
        .min(right.confidence)
        .min(sure);
    running
        .with_chain(found)
        .at_most(most)
        .confidence(confidence)
}

/// Why the port is another one: a variable that decides it, or the declaration.
fn cause(running: &Running<'_>, wrong: &Declared<'_>, right: &Listened<'_>) -> Cause {
    let variable = match &right.by {
        By::Default(name) => Misnamed::meant(running, name).or_else(|| Some(name.clone())),
        by => by.variable().map(str::to_owned),
    };
    if let Some(variable) = variable {
        return Cause::env(running.owner(), &running.name(), &variable);
    }
    let field = format!("ports[{}]", wrong.number);
    Cause::field_of(
        running.workload.resource,
        &running.container.field_path(&field),
    )
}

fn help(number: i64, right: &Listened<'_>) -> String {
    let port = right.number;
    match right.by.variable() {
        Some(name) => format!(
            "set `{name}` to {number}, or declare port {port}, and lead Services and probes there"
        ),
        None => format!(
            "declare port {port}, and lead Services and probes there, or let the program listen on {number}"
        ),
    }
}

/// `8080`, `8080 and 9090`.
fn listed(ports: &[&Listened<'_>]) -> String {
    let mut numbers: Vec<i64> = ports.iter().map(|it| it.number).collect();
    numbers.dedup();
    numbers.truncate(MOST_LISTED);
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    texts.join(" and ")
}
