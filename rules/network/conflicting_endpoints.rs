//! Variables of one container that give different hosts or ports for the same database, cache or broker.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::address::{Host, Use};
use kubelint_model::link::{AddressLink, Destination};
use kubelint_model::variables::{Variable, Variables};
use kubelint_model::view::{Container, Workload};
use kubelint_model::{Cause, DeploymentGraph, Resource};
use kubelint_parser::{Span, TextRange};

use crate::addresses::ByScalar;
use crate::{absence, addresses, evidence};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// Schemes that say nothing of who answers.
const PLAIN: [&str; 3] = ["http", "https", "tcp"];

/// What one variable says of something.
struct Endpoint<'a> {
    variable: &'a Variable<'a>,
    links: Vec<&'a AddressLink>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let mut seen: BTreeSet<[Span; 2]> = BTreeSet::new();
    let by_scalar = ByScalar::of(graph);
    let mut known = Variables::new(graph);
    for (workload, container) in graph.containers() {
        let variables = known.of(&workload, &container);
        for endpoints in things(&by_scalar, &variables).values() {
            let Some((first, rest)) = endpoints.split_first() else {
                continue;
            };
            for other in rest {
                let places = [first.variable.span(graph), other.variable.span(graph)];
                if let Some(conflict) = conflict(first, other)
                    && seen.insert(places)
                {
                    out.push(finding(
                        graph,
                        &workload,
                        &container,
                        [first, other],
                        &conflict,
                    ));
                }
            }
        }
    }
}

/// What the variables of a container say of each database, cache or broker, by what their names call it.
fn things<'a>(
    by_scalar: &ByScalar<'a>,
    variables: &'a [Variable<'a>],
) -> BTreeMap<Vec<String>, Vec<Endpoint<'a>>> {
    let mut things: BTreeMap<Vec<String>, Vec<Endpoint<'_>>> = BTreeMap::new();
    for variable in variables {
        let links = by_scalar.get(variable.holder.id, variable.node.id());
        let is_known = links.iter().all(|it| is_known(it));
        let first = links.first();
        let thing = first
            .map(|it| addresses::thing(&it.mention))
            .unwrap_or_default();
        if is_known && !thing.is_empty() {
            things.entry(thing).or_default().push(Endpoint {
                variable,
                links: links.to_vec(),
            });
        }
    }
    things
}

/// Whether the address is called, is that of a dependency, and all of its host is known.
fn is_known(link: &AddressLink) -> bool {
    let mention = &link.mention;
    mention.dependency(link.port.map(|it| it.number)).is_some()
        && !mention.is_comment
        && !mention.is_hidden
        && mention.used() == Use::Called
        && !mention.host.contains(['$', '{', '%'])
}

/// In what two variables differ.
enum Conflict {
    Hosts,
    Ports(u16, u16),
}

fn conflict(a: &Endpoint<'_>, b: &Endpoint<'_>) -> Option<Conflict> {
    let pairs = || {
        a.links
            .iter()
            .flat_map(|a| b.links.iter().map(move |b| (*a, *b)))
    };
    if !pairs().any(|(a, b)| is_same_host(a, b)) {
        return Some(Conflict::Hosts);
    }
    let ([one], [other]) = (a.links.as_slice(), b.links.as_slice()) else {
        return None;
    };
    let (left, right) = (one.port?.number, other.port?.number);
    // Two protocols of one host have two ports.
    let scheme = |it: &AddressLink| it.mention.scheme.clone();
    let is_plain = |it: &AddressLink| scheme(it).is_some_and(|it| PLAIN.contains(&it.as_str()));
    let is_same = scheme(one) == scheme(other) || !is_plain(one) && !is_plain(other);
    (left != right && is_same).then_some(Conflict::Ports(left, right))
}

fn is_same_host(a: &AddressLink, b: &AddressLink) -> bool {
    match (&a.destination, &b.destination) {
        (
            Destination::Service { candidates: a, .. },
            Destination::Service { candidates: b, .. },
        ) => a.iter().any(|it| b.contains(it)),
        (Destination::Loopback { .. }, Destination::Loopback { .. }) => true,
        _ => is_same_name(&a.mention.host, &b.mention.host),
    }
}

/// Whether two names may be those of one host: one may leave out the namespace.
fn is_same_name(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    match (Host::of(a), Host::of(b)) {
        (Host::Name(a), Host::Name(b)) => {
            let is_open = a.namespace.is_none() || b.namespace.is_none();
            a.service == b.service
                && a.before == b.before
                && (is_open || a.namespace == b.namespace)
        }
        _ => false,
    }
}

fn finding(
    graph: &DeploymentGraph,
    workload: &Workload<'_>,
    container: &Container<'_>,
    endpoints: [&Endpoint<'_>; 2],
    conflict: &Conflict,
) -> Finding {
    let [first, other] = endpoints.map(|it| it.variable);
    let what = match conflict {
        Conflict::Hosts => "different hosts".to_owned(),
        Conflict::Ports(a, b) => format!("the ports {a} and {b}"),
    };
    let owner = absence::called(workload.resource);
    let message = format!(
        "`{}` and `{}` of {owner} give {what} for the same thing",
        first.name, other.name
    );
    let place = |holder: &Resource, endpoint: &Endpoint<'_>| {
        let parts = endpoint.links.iter().map(|it| it.mention.place);
        let range = parts
            .reduce(TextRange::cover)
            .unwrap_or(endpoint.variable.range());
        graph.span_in(holder, range)
    };
    let field = graph.path_at(other.holder, other.range());
    let is_doubtful = evidence::is_for_tests(graph, workload.resource)
        || [first, other].iter().any(|it| {
            let field = graph.path_at(it.holder, it.range());
            graph.may_change(it.holder, &field)
        });
    let confidence = if is_doubtful {
        Confidence::Low
    } else {
        evidence::in_template(graph, workload, &[]).min(Confidence::Medium)
    };
    let name = workload.resource.name.as_deref().unwrap_or_default();
    let container = container.name().map(|it| it.value).unwrap_or_default();
    Finding::new(
        place(other.holder, endpoints[1]),
        message,
        Cause::env(name, &container, &other.name),
    )
    .label("this is another one")
    .confidence(confidence)
    .about(other.holder.id, field, first.name.clone())
    .related(
        place(first.holder, endpoints[0]),
        format!("than `{}` gives", first.name),
    )
    .help("state it once, or give both the same host and port")
}
