//! Addresses that name a Service, and a port that the Service does not have.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::address::Form;
use kubelint_model::link::{AskedPort, Destination, PartOutcome};
use kubelint_model::reach::Ring;
use kubelint_model::view::{IntOrString, Service, ServicePort};
use kubelint_model::{Cause, ResourceId};
use kubelint_parser::TextRange;

use crate::addresses::{self, Stated};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// The most Services whose ports are shown.
const MOST_PLACES: usize = 3;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
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
            && let Some(finding) = finding(&stated, asked, *ring, candidates)
        {
            out.push(finding);
        }
    }
}

fn finding(
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
    let confidence = confidence(stated, asked, ring, candidates);
    let mut finding = Finding::new(place, message, cause)
        .label(label)
        .confidence(confidence)
        .about(stated.from.id, stated.field(), value)
        .help(help(&first, (!hidden).then_some(number)));
    for &id in candidates.iter().take(MOST_PLACES) {
        let (range, text) = ports(&addresses::service(graph, id));
        let service = graph.resource(id);
        finding = finding.related(graph.span_in(service, range), text);
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
        // Of several Services of that name far away, none may be the one.
        || ring == Ring::Outward && candidates.len() > 1
        // A program rarely calls itself through its Service; it tells its address to others.
        || candidates.iter().any(|it| stated.is_own(*it));
    let most = if is_inferred {
        Confidence::Medium
    } else {
        Confidence::High
    };
    stated.confidence().min(most)
}

/// Where the ports of a Service stand, and which they are.
fn ports(service: &Service<'_>) -> (TextRange, String) {
    let ports = service.ports();
    let numbers: Vec<String> = ports
        .iter()
        .filter_map(|it| Some(it.number()?.value.to_string()))
        .collect();
    let name = service.resource.name.as_deref().unwrap_or_default();
    let only = match ports.as_slice() {
        [only] => only.number(),
        _ => None,
    };
    if let Some(only) = only {
        return (only.range(), format!("the only port of Service `{name}`"));
    }
    let first = ports.first().and_then(ServicePort::number);
    let range = first.map_or(service.root.range(), |it| it.range());
    let text = format!("Service `{name}` has the ports {}", numbers.join(", "));
    (range, text)
}

/// What to do: name the port that is meant, as far as the Service tells.
fn help(service: &Service<'_>, number: Option<u16>) -> String {
    let name = service.resource.name.as_deref().unwrap_or_default();
    let Some(number) = number else {
        return "write a port of the Service, or give it the one that is asked for".to_owned();
    };
    let asked = i64::from(number);
    let ports = service.ports();
    let mut numbers = ports.iter().filter_map(|it| Some(it.number()?.value));
    let behind = ports.iter().find_map(|it| {
        let target = it.effective_target_port()?.value;
        (target == IntOrString::Int(asked)).then(|| it.number())?
    });
    if let Some(port) = behind {
        let port = port.value;
        return format!(
            "write `{name}:{port}`: {number} is where the pods listen, behind the Service's port {port}"
        );
    }
    let mut node_ports = ports.iter().filter_map(ServicePort::node_port);
    let hint = if node_ports.any(|it| it.value == asked) {
        format!(": {number} is a port of the nodes")
    } else {
        String::new()
    };
    match (numbers.next(), numbers.next()) {
        (Some(only), None) => {
            format!("write `{name}:{only}`{hint}, or give the Service a port {number}")
        }
        _ => format!("write a port of the Service{hint}, or give it a port {number}"),
    }
}
