//! Addresses that name a Service, and a port that the Service does not have.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::address::{Dependency, Form};
use kubelint_model::link::{AskedPort, Destination, PartOutcome};
use kubelint_model::reach::Ring;
use kubelint_model::view::{IntOrString, Service, ServicePort, Value};
use kubelint_model::{Cause, ResourceId};
use kubelint_parser::TextRange;

use crate::addresses::{self, Stated};
use crate::far;
use crate::programs::AllPrograms;
use crate::source_addresses::{self, Sourced};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_programs();

/// The most Services whose ports are shown.
const MOST_PLACES: usize = 3;

/// The most ports of one Service that are listed.
const MOST_LISTED: usize = 20;

/// The ports of a Service. Thousands of addresses may ask one Service of thousands of ports, which is read once.
struct Ports {
    /// Where they stand.
    range: TextRange,
    /// Which they are.
    text: String,
    /// The number of the only one.
    only: Option<i64>,
    /// The number of the port before each number on which pods listen.
    before: BTreeMap<i64, i64>,
    /// The numbers that they have on the nodes.
    on_nodes: BTreeSet<i64>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let mut known: BTreeMap<ResourceId, Ports> = BTreeMap::new();
    for stated in addresses::all(cx.graph) {
        let Destination::Service {
            ring,
            candidates,
            port: PartOutcome::Absent,
            ..
        } = &stated.link.destination
        else {
            continue;
        };
        if let Some(asked) = stated.link.port
            && let Some(finding) = finding(&mut known, &stated, asked, *ring, candidates)
        {
            out.push(finding);
        }
    }
    for running in AllPrograms::new(cx.graph).all() {
        for sourced in source_addresses::called(&running) {
            if let Some(finding) = in_source(&mut known, &sourced) {
                out.push(finding);
            }
        }
    }
}

/// What is wrong with an address that the source of a program writes out.
fn in_source(
    known: &mut BTreeMap<ResourceId, Ports>,
    sourced: &Sourced<'_, '_>,
) -> Option<Finding> {
    let Destination::Service {
        ring,
        candidates,
        port: PartOutcome::Absent,
        ..
    } = sourced.destination
    else {
        return None;
    };
    let graph = sourced.running.graph;
    let from = sourced.running.workload.resource;
    let address = sourced.address;
    let number = sourced.port?;
    let first = addresses::service(graph, *candidates.first()?);
    let name = first.resource.name.as_deref()?;
    for id in candidates.iter().take(MOST_PLACES) {
        let service = || Ports::of(&addresses::service(graph, *id));
        known.entry(*id).or_insert_with(service);
    }
    let ports = candidates.first().and_then(|it| known.get(it))?;
    let states_namespace = address.host.contains('.');
    let is_inferred = address.port.is_none()
        || candidates
            .iter()
            .any(|it| addresses::is_picked(graph, *it, from.id));
    // A base, to which a port may be added.
    let is_base = address.port.is_none() && !address.has_path;
    let most = match (is_base, is_inferred) {
        (true, _) => Confidence::Low,
        (false, true) => Confidence::Medium,
        (false, false) => Confidence::High,
    };
    let meant = far::most(graph, from, states_namespace, (*ring, candidates));
    let most = most.min(meant);
    let message = format!(
        "{} asks the Service `{name}` for port {number}, which it does not have{}",
        sourced.called(),
        sourced.why()
    );
    let label = match address.port {
        Some(_) => format!("the Service has no port {number}"),
        None => format!(
            "without a port, `{}` asks for {number}",
            address.scheme.as_deref().unwrap_or_default()
        ),
    };
    let cause = Cause::port(name, &number.to_string());
    let mut finding = Finding::new(sourced.span(), message, cause)
        .label(label)
        .confidence(sourced.confidence().min(most))
        .help(ports.help(name, Some(number)));
    for &id in candidates.iter().take(MOST_PLACES) {
        if let Some(ports) = known.get(&id) {
            let place = graph.span_in(graph.resource(id), ports.range);
            finding = finding.related(place, ports.text.as_str());
        }
    }
    Some(sourced.complete(finding))
}

fn finding(
    known: &mut BTreeMap<ResourceId, Ports>,
    stated: &Stated<'_>,
    asked: AskedPort,
    ring: Ring,
    candidates: &[ResourceId],
) -> Option<Finding> {
    let graph = stated.graph;
    let first = addresses::service(graph, *candidates.first()?);
    let name = first.resource.name.as_deref()?;
    let number = asked.number;
    let place = asked.place.map_or(stated.span(), |it| stated.span_of(it));
    let hidden = stated.link.mention.is_hidden;
    let scheme = stated.link.mention.scheme.as_deref().unwrap_or_default();
    // Nothing of a Secret may be said: its owner knows the value, and the Service is shown.
    let (message, cause, value) = if hidden {
        let message = format!(
            "{} asks a Service for a port that it does not have",
            stated.called()
        );
        let cause = Cause::field_of(stated.from, stated.field());
        (message, cause, String::new())
    } else {
        let message = format!(
            "{} asks the Service `{name}` for port {number}, which it does not have",
            stated.called()
        );
        let value = format!("{name}:{number}");
        (message, Cause::port(name, &number.to_string()), value)
    };
    let label = match (hidden, asked.place) {
        (true, _) => "an address in this value".to_owned(),
        (false, Some(_)) => format!("the Service has no port {number}"),
        (false, None) => format!("without a port, `{scheme}` asks for {number}"),
    };
    for id in candidates.iter().take(MOST_PLACES) {
        let service = || Ports::of(&addresses::service(graph, *id));
        known.entry(*id).or_insert_with(service);
    }
    let ports = candidates.first().and_then(|it| known.get(it))?;
    let mut confidence = confidence(stated, asked, ring, candidates);
    if ring == Ring::Outward && ports.are_of_another(stated, asked) {
        confidence = Confidence::Low;
    }
    let mut finding = Finding::new(place, message, cause)
        .label(label)
        .confidence(confidence)
        .about(stated.from.id, stated.field(), value)
        .help(ports.help(name, (!hidden).then_some(number)));
    for &id in candidates.iter().take(MOST_PLACES) {
        if let Some(ports) = known.get(&id) {
            let place = graph.span_in(graph.resource(id), ports.range);
            finding = finding.related(place, ports.text.as_str());
        }
    }
    Some(finding)
}

fn confidence(
    stated: &Stated<'_>,
    asked: AskedPort,
    ring: Ring,
    candidates: &[ResourceId],
) -> Confidence {
    let mention = &stated.link.mention;
    // The base of an address, to which many programs add a port of their own, or one that another variable tells.
    let is_base = asked.place.is_none() && !mention.has_path && mention.form != Form::InFile;
    if is_base {
        return Confidence::Low;
    }
    let is_inferred = asked.place.is_none()
        // A program rarely calls itself through its Service; it tells its address to others.
        || candidates.iter().any(|it| stated.is_own(*it));
    let most = if is_inferred {
        Confidence::Medium
    } else {
        Confidence::High
    };
    let states_namespace = mention.host.contains('.');
    let candidates = (ring, candidates);
    let meant = far::most(stated.graph, stated.from, states_namespace, candidates);
    stated.confidence().min(most).min(meant)
}

impl Ports {
    fn of(service: &Service<'_>) -> Self {
        let ports = service.ports();
        let numbers: Vec<_> = ports.iter().filter_map(ServicePort::number).collect();
        let mut before = BTreeMap::new();
        for port in &ports {
            let target = port.effective_target_port().map(|it| it.value);
            if let (Some(IntOrString::Int(target)), Some(number)) = (target, port.number()) {
                before.entry(target).or_insert(number.value);
            }
        }
        let name = service.resource.name.as_deref().unwrap_or_default();
        let first = numbers.first().map(Value::range);
        let is_only = ports.len() == 1;
        let text = if is_only && first.is_some() {
            format!("the only port of Service `{name}`")
        } else {
            let listed = numbers.iter().take(MOST_LISTED);
            let listed: Vec<String> = listed.map(|it| it.value.to_string()).collect();
            let more = match numbers.len().saturating_sub(MOST_LISTED) {
                0 => String::new(),
                count => format!(" and {count} more"),
            };
            format!("Service `{name}` has the ports {}{more}", listed.join(", "))
        };
        let on_nodes = ports.iter().filter_map(ServicePort::node_port);
        Self {
            range: first.unwrap_or_else(|| service.root.range()),
            text,
            only: numbers
                .first()
                .filter(|_| numbers.len() == 1)
                .map(|it| it.value),
            before,
            on_nodes: on_nodes.map(|it| it.value).collect(),
        }
    }

    /// Whether a database, cache or broker of one kind is asked for, and the only port is that of another: `postgres://db:5432` and a `db`
    /// with port 3306.
    fn are_of_another(&self, stated: &Stated<'_>, asked: AskedPort) -> bool {
        let wanted = stated.link.mention.dependency(Some(asked.number));
        let there = self.only.and_then(Dependency::of_port);
        wanted
            .zip(there)
            .is_some_and(|(wanted, there)| !there.is_kin(&wanted))
    }

    /// What to do: name the port of the Service `name` that is meant, as far as the Service tells.
    fn help(&self, name: &str, number: Option<u16>) -> String {
        let Some(number) = number else {
            return "write a port of the Service, or give it the one that is asked for".to_owned();
        };
        let asked = i64::from(number);
        if let Some(port) = self.before.get(&asked) {
            return format!(
                "write `{name}:{port}`: {number} is where the pods listen, behind the Service's port {port}"
            );
        }
        let hint = if self.on_nodes.contains(&asked) {
            format!(": {number} is a port of the nodes")
        } else {
            String::new()
        };
        match self.only {
            Some(only) => {
                format!("write `{name}:{only}`{hint}, or give the Service a port {number}")
            }
            None => format!("write a port of the Service{hint}, or give it a port {number}"),
        }
    }
}
