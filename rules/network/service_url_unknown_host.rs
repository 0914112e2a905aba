//! Addresses whose host is a name of the cluster that no Service has.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::address::{Form, Host};
use kubelint_model::link::{Destination, MissingHost, Nearness, near_miss};
use kubelint_model::purpose::Purpose;
use kubelint_model::reach::Ring;
use kubelint_model::{Cause, DeploymentGraph, Resource, ResourceId};

use crate::absence;
use crate::addresses::{self, Stated};
use crate::programs::AllPrograms;
use crate::source_addresses::{self, Sourced};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_programs();

/// The most addresses of one object that are looked through for one that names the Service as it is called.
const MOST_OTHERS: usize = 1000;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let customs = Customs::of(cx.graph);
    for stated in addresses::all(cx.graph) {
        let Destination::Missing(host) = &stated.link.destination else {
            continue;
        };
        // A comment that names what is gone hurts nobody.
        if stated.link.mention.is_comment {
            continue;
        }
        if let Some(confidence) = confidence(&stated, host, &customs) {
            out.push(finding(&stated, host, confidence));
        }
    }
    for running in AllPrograms::new(cx.graph).all() {
        for sourced in source_addresses::called(&running) {
            if let Destination::Missing(host) = sourced.destination
                && let Some(confidence) = confidence_in_source(&sourced, host)
            {
                out.push(in_source(&sourced, host, confidence));
            }
        }
    }
}

/// How sure it is that the host is meant for the Service whose name is nearly the same. `None` if there is none, or it is not.
fn confidence_in_source(sourced: &Sourced<'_, '_>, host: &MissingHost) -> Option<Confidence> {
    let graph = sourced.running.graph;
    let missing = &host.missing;
    let near = *missing.near.first()?;
    let is_doubtful = missing.may_be_unseen
        || !missing.in_some_builds.is_empty()
        || !missing.elsewhere.is_empty()
        || host.near_ring.is_none_or(|it| it > Ring::Applied);
    let program = sourced.running.program;
    let service = addresses::service(graph, near);
    let name = service.resource.name.as_deref().unwrap_or_default();
    // Whoever calls both means both.
    let names_both = program.addresses.iter().any(|it| it.host == name);
    let asked = i64::from(sourced.port?);
    let mut ports = service.ports().into_iter();
    let has_port = ports.any(|it| it.number().is_some_and(|it| it.value == asked));
    if is_doubtful || names_both || !has_port {
        return None;
    }
    let is_spelled = near_miss(&host.target.name, name).is_some();
    let is_sure = is_spelled && missing.mentioned.is_none();
    let most = if is_sure {
        Confidence::High
    } else {
        Confidence::Medium
    };
    Some(sourced.confidence().min(most))
}

fn in_source(sourced: &Sourced<'_, '_>, host: &MissingHost, confidence: Confidence) -> Finding {
    let graph = sourced.running.graph;
    let target = &host.target;
    let message = format!(
        "{} calls the host `{}`, which no Service has{}",
        sourced.called(),
        sourced.address.host,
        sourced.why()
    );
    let cause = Cause::object("", "Service", target.namespace.as_deref(), &target.name);
    let near = host.missing.near.first().map(|it| graph.resource(*it));
    let mut finding = Finding::new(sourced.span(), message, cause)
        .label(label(host))
        .confidence(confidence)
        .help(help(host, near, None, false));
    if let Some(near) = near {
        let name = near.name.as_deref().unwrap_or_default();
        finding = finding.related(near.span, format!("did you mean `{name}`?"));
    }
    sourced.complete(finding)
}

/// How many names of each namespace lead to a Service, of those that are written out with `.svc`.
struct Customs<'a>(BTreeMap<&'a str, Custom<'a>>);

#[derive(Default)]
struct Custom<'a> {
    found: BTreeSet<&'a str>,
    missing: BTreeSet<&'a str>,
}

impl<'a> Customs<'a> {
    fn of(graph: &'a DeploymentGraph) -> Self {
        let mut customs: BTreeMap<&str, Custom<'_>> = BTreeMap::new();
        for stated in addresses::all(graph) {
            let Host::Name(name) = Host::of(&stated.link.mention.host) else {
                continue;
            };
            let Some(namespace) = name.namespace.filter(|_| name.is_full) else {
                continue;
            };
            let custom = customs.entry(namespace).or_default();
            match stated.link.destination {
                Destination::Service { .. } => custom.found.insert(name.service),
                Destination::Missing(_) => custom.missing.insert(name.service),
                _ => continue,
            };
        }
        Self(customs)
    }

    /// Whether most names of the namespace lead to Services, so that the repository evidently states those that it calls.
    fn are_stated(&self, namespace: &str) -> bool {
        let custom = self.0.get(namespace);
        custom.is_some_and(|it| it.found.len() >= it.missing.len() && !it.found.is_empty())
    }

    /// Whether at least a third of them do. Where none does, other repositories bring what runs beside this one's.
    fn are_stated_in_part(&self, namespace: &str) -> bool {
        let custom = self.0.get(namespace);
        custom.is_some_and(|it| it.found.len() * 2 >= it.missing.len() && !it.found.is_empty())
    }
}

/// How sure it is that nothing has the name. `None` if there is nothing to be said.
fn confidence(
    stated: &Stated<'_>,
    host: &MissingHost,
    customs: &Customs<'_>,
) -> Option<Confidence> {
    let graph = stated.graph;
    let missing = &host.missing;
    let is_doubtful = missing.may_be_unseen
        || missing.mentioned.is_some()
        || !missing.in_some_builds.is_empty()
        || !missing.elsewhere.is_empty();
    if is_doubtful {
        return Some(Confidence::Low);
    }
    let most = stated.confidence();
    let is_near = |ring: Ring| ring <= Ring::Applied;
    if let (Some(near), Some(ring)) = (missing.near.first(), host.near_ring) {
        let is_sure = is_near(ring) && (host.is_full || is_meant(stated, host, *near));
        let of_near = if is_sure {
            Confidence::High
        } else {
            Confidence::Medium
        };
        return Some(most.min(of_near));
    }
    if !host.is_full {
        // The name is another namespace's: nobody finds it without that.
        let of_namespace = (!missing.other_namespace.is_empty()).then_some(Confidence::Medium);
        return of_namespace.map(|it| it.min(most));
    }
    // Samples show a part and leave the rest to the reader.
    let is_sample = graph.file(stated.from.file).purpose == Purpose::Sample;
    let namespace = host.target.namespace.as_deref();
    let is_stated = namespace.is_some_and(|it| customs.are_stated(it));
    let is_partly_stated = namespace.is_some_and(|it| customs.are_stated_in_part(it));
    let has_services = host
        .namespace
        .is_some_and(|(ring, id)| is_near(ring) && graph.resource(id).gvk.is("", "Service"));
    Some(match (is_sample, is_stated, has_services) {
        (false, true, true) => most,
        (false, true, false) => most.min(Confidence::Medium),
        (false, false, true) if is_partly_stated => most.min(Confidence::Medium),
        _ => Confidence::Low,
    })
}

/// Whether the bare name is meant for the Service `near`: a mistake in typing and not another name, of an address that can be nothing else,
/// with a port that the Service has, in an object that does not name the Service as well.
fn is_meant(stated: &Stated<'_>, host: &MissingHost, near: ResourceId) -> bool {
    let graph = stated.graph;
    let service = addresses::service(graph, near);
    let name = service.resource.name.as_deref().unwrap_or_default();
    let asked = stated.link.port.map(|it| i64::from(it.number));
    let mut ports = service.ports().into_iter();
    let has_port =
        asked.map(|asked| ports.any(|it| it.number().is_some_and(|it| it.value == asked)));
    let is_right = match near_miss(&host.target.name, name) {
        Some(Nearness::Spelling) => has_port == Some(true),
        Some(Nearness::OneEdit | Nearness::TwoEdits) => has_port != Some(false),
        None => false,
    };
    let names_both = || {
        let others = graph.links.addresses_of(stated.from.id).iter();
        let mut others = others.take(MOST_OTHERS);
        others.any(|it| match &it.destination {
            Destination::Service { candidates, .. } => candidates.contains(&near),
            _ => false,
        })
    };
    stated.link.mention.form != Form::Named && is_right && !names_both()
}

fn finding(stated: &Stated<'_>, host: &MissingHost, confidence: Confidence) -> Finding {
    let graph = stated.graph;
    let mention = &stated.link.mention;
    let target = &host.target;
    let first = |ids: &[ResourceId]| ids.first().map(|id| graph.resource(*id));
    let near = first(&host.missing.near);
    let there = first(&host.missing.other_namespace);
    let (message, cause, value) = if mention.is_hidden {
        let message = format!("{} names a host that no Service has", stated.called());
        let cause = Cause::field_of(stated.from, stated.field());
        (message, cause, String::new())
    } else {
        let says = match there.and_then(|it| it.namespace.as_deref()) {
            Some(namespace) if near.is_none() => {
                format!("which is a Service of the namespace `{namespace}`")
            }
            _ => "which no Service has".to_owned(),
        };
        let message = format!(
            "{} names the host `{}`, {says}",
            stated.called(),
            mention.host
        );
        let namespace = target.namespace.as_deref();
        let cause = Cause::object("", "Service", namespace, &target.name);
        (message, cause, mention.host.clone())
    };
    let mut finding = Finding::new(stated.span(), message, cause)
        .label(label(host))
        .confidence(confidence)
        .about(stated.from.id, stated.field(), value)
        .help(help(host, near, there, mention.is_hidden));
    if let Some(near) = near {
        let name = near.name.as_deref().unwrap_or_default();
        finding = finding.related(near.span, format!("did you mean `{name}`?"));
    } else if let Some(there) = there {
        let place = graph.locate(there, "metadata.namespace").range;
        let text = format!("the {} is here", absence::called(there));
        finding = finding.related(graph.span_in(there, place), text);
    } else if let Some((_, id)) = host.namespace {
        let other = graph.resource(id);
        let text = if other.gvk.kind == "Service" {
            "a Service of that namespace"
        } else {
            "the namespace"
        };
        finding = finding.related(other.span, text);
    }
    finding
}

fn label(host: &MissingHost) -> String {
    match (&host.target.namespace, host.is_full) {
        (Some(_), true) => "no Service of that namespace is called so".to_owned(),
        _ => "no Service is called so".to_owned(),
    }
}

fn help(
    host: &MissingHost,
    near: Option<&Resource>,
    there: Option<&Resource>,
    is_hidden: bool,
) -> String {
    let external = "list it under `external` in `kubelint.yaml` if something else makes it";
    if is_hidden {
        return format!("write the name of a Service, or {external}");
    }
    let namespace = there.and_then(|it| it.namespace.as_deref());
    match (near.and_then(|it| it.name.as_deref()), namespace) {
        (Some(name), _) => format!("write `{name}`, or {external}"),
        (None, Some(namespace)) => format!(
            "write `{}.{namespace}`: a bare name is only looked up in the pod's own namespace",
            host.target.name
        ),
        (None, None) => format!("add the Service `{}`, or {external}", host.target.name),
    }
}
