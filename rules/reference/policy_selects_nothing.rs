//! Policies and monitors whose selector, namespaces or port match nothing.

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::Selection;
use kubelint_model::reference::{Namespaces, Pick, Picks};
use kubelint_model::selector::Requirement;
use kubelint_model::view::{Service, Text, text};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, Resource, path};
use kubelint_parser::Span;
use kubelint_parser::yaml::Node;

use crate::absence::called;
use crate::evidence;
use crate::ports;
use crate::unmatched::{self, Candidate, Candidates};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// A policy or monitor, and what it says.
struct Subject<'a> {
    resource: &'a Resource,
    selection: &'a Selection,
    pick: Pick<'a>,
}

/// A port that something selected has: its name and where that stands.
struct Port<'a> {
    name: Text<'a>,
    place: Span,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let is_policy = |it: &&Selection| it.picks != Picks::Service;
    if !graph.links.selections.iter().any(|it| is_policy(&it)) {
        return;
    }
    let (pods, services) = (Candidates::pods(graph), Candidates::services(graph));
    for selection in graph.links.selections.iter().filter(is_policy) {
        let Some(pick) = unmatched::pick(graph, selection) else {
            continue;
        };
        let subject = Subject {
            resource: graph.resource(selection.from),
            selection,
            pick,
        };
        let candidates = match selection.picks {
            Picks::ServiceMonitor => &services,
            _ => &pods,
        };
        let is_silent = selection.is_unknown
            || subject.pick.selector.requirements.is_empty()
            || candidates.may_be_made(&subject.pick.selector);
        if selection.ring.is_none() && !is_silent {
            out.push(subject.nothing(cx, candidates));
        }
        if !selection.is_unknown {
            subject.check_ports(cx, candidates, out);
        }
    }
}

impl<'a> Subject<'a> {
    fn nothing(&self, cx: &RuleContext<'_>, candidates: &Candidates<'a>) -> Finding {
        let graph = cx.graph;
        let owner = called(self.resource);
        let what = match self.selection.picks {
            Picks::ServiceMonitor => "Services",
            _ => "pods",
        };
        let matching = candidates.matching(graph, self.resource, &self.pick.selector);
        if let Some((theirs, place)) = matching.iter().find_map(|it| self.outside(graph, it)) {
            return self.looks_elsewhere(graph, &theirs, place, what);
        }
        let words = unmatched::words(&self.pick.selector);
        let node = graph.node(self.resource.file, self.selection.node).range();
        let first = self.pick.selector.requirements.first();
        let place = first.map_or(node, Requirement::range);
        let meant = candidates.meant(graph, self.resource, &self.pick.selector);
        let cause = unmatched::cause(graph, self.resource, &self.pick.selector, meant.as_ref());
        let finding = Finding::new(
            graph.span_in(self.resource, place),
            format!("{owner} selects no {what}: none has the labels `{words}`"),
            cause,
        )
        .label(format!("no {what} have these labels"))
        .about(self.resource.id, "spec.selector", words);
        match meant {
            Some(meant) if self.selection.elsewhere.is_empty() => finding
                .related(meant.place, meant.text)
                .confidence(meant.confidence)
                .help(meant.help),
            _ => finding.confidence(Confidence::Low),
        }
    }

    /// The namespace of `candidate` and where it is stated, if the object states that it looks in others.
    fn outside(
        &self,
        graph: &DeploymentGraph,
        candidate: &Candidate<'_>,
    ) -> Option<(String, Span)> {
        let theirs = candidate.resource.namespace.as_deref()?;
        let is_outside = match &self.pick.namespaces {
            Namespaces::Own => self.resource.namespace.as_deref()? != theirs,
            Namespaces::Named(names) => !names.iter().any(|it| it == theirs),
            Namespaces::Any => false,
        };
        let place = graph.locate(candidate.resource, "metadata.namespace").range;
        let place = graph.span_in(candidate.resource, place);
        is_outside.then(|| (theirs.to_owned(), place))
    }

    fn looks_elsewhere(
        &self,
        graph: &DeploymentGraph,
        theirs: &str,
        place: Span,
        what: &str,
    ) -> Finding {
        let owner = called(self.resource);
        let field = match self.pick.namespaces {
            Namespaces::Own => "metadata.namespace",
            _ => "spec.namespaceSelector.matchNames",
        };
        let own = graph.locate(self.resource, field);
        let first = own.value.and_then(|it| it.items().next());
        let own = first.map_or(own.range, Node::range);
        let is_doubtful = evidence::is_for_tests(graph, self.resource)
            || graph.may_change(self.resource, "metadata.namespace")
            || graph.may_change(self.resource, "spec.namespaceSelector");
        let confidence = if is_doubtful {
            Confidence::Low
        } else {
            Confidence::High
        };
        let is_monitor = matches!(
            self.selection.picks,
            Picks::ServiceMonitor | Picks::PodMonitor
        );
        let help = if is_monitor {
            format!("name `{theirs}` in `spec.namespaceSelector.matchNames`")
        } else {
            format!("put it into the namespace `{theirs}`: it only concerns pods of its own")
        };
        Finding::new(
            graph.span_in(self.resource, own),
            format!(
                "{owner} selects no {what}: those with its labels are in the namespace `{theirs}`, where it does not look"
            ),
            Cause::field_of(self.resource, field),
        )
        .label("it only looks here")
        .related(place, "they are in this namespace")
        .about(self.resource.id, field, theirs)
        .confidence(confidence)
        .help(help)
    }

    /// Checks the names of the ports that a monitor scrapes.
    fn check_ports(&self, cx: &RuleContext<'_>, candidates: &Candidates<'a>, out: &mut Findings) {
        let graph = cx.graph;
        let list = match self.selection.picks {
            Picks::ServiceMonitor => "endpoints",
            Picks::PodMonitor => "podMetricsEndpoints",
            _ => return,
        };
        if self.selection.has_more {
            return;
        }
        let Some((ports, is_doubtful)) = self.ports(graph, candidates) else {
            return;
        };
        let root = graph.root(self.resource);
        let endpoints = root
            .field("spec")
            .map(|it| it.list(list))
            .unwrap_or_default();
        for (index, endpoint) in endpoints.into_iter().enumerate() {
            let Some(port) = text(endpoint, "port") else {
                continue;
            };
            let is_there = ports.iter().any(|it| it.name.value == port.value);
            if is_there || port.value.is_empty() || evidence::is_replaced(&port.value) {
                continue;
            }
            let field = path::item(&format!("spec.{list}"), list, index, endpoint);
            let field = path::field(&field, "port");
            // The Service or pod that has the port may be an operator's.
            let is_doubtful = is_doubtful
                || candidates.may_be_made(&self.pick.selector)
                || evidence::is_for_tests(graph, self.resource);
            let confidence = if is_doubtful {
                Confidence::Low
            } else {
                evidence::in_resource(graph, self.resource, &[&field, "spec.selector"])
            };
            let finding = self.no_port(graph, &port, &ports, candidates);
            let field_value = port.value.clone();
            out.push(
                finding
                    .about(self.resource.id, field, field_value)
                    .confidence(confidence),
            );
        }
    }

    fn no_port(
        &self,
        graph: &DeploymentGraph,
        port: &Text<'_>,
        ports: &[Port<'_>],
        candidates: &Candidates<'a>,
    ) -> Finding {
        let selected = self.selected(graph, candidates);
        let whose = selected.first().map(|it| called(it)).unwrap_or_default();
        let message = format!(
            "{} scrapes the port `{}`, which {whose} does not have",
            called(self.resource),
            port.value
        );
        let cause = Cause::field_of(self.resource, &format!("ports[{}]", port.value));
        let finding = Finding::new(graph.span_in(self.resource, port.range()), message, cause)
            .label("no port is called so");
        let names = ports.iter().take(100).map(|it| &*it.name.value);
        let meant = did_you_mean(&port.value, names);
        if let Some(meant) = ports.iter().find(|it| Some(&*it.name.value) == meant) {
            let text = format!("did you mean `{}`?", meant.name.value);
            let help = format!(
                "scrape `{}`, or name a port `{}`",
                meant.name.value, port.value
            );
            return finding.related(meant.place, text).help(help);
        }
        let first = ports.first().map(|it| it.place);
        let place = first.or_else(|| selected.first().map(|it| it.span));
        let finding = finding.help(format!(
            "scrape a port that is there, or add a port called `{}`",
            port.value
        ));
        match place {
            Some(place) => finding.related(place, "has other ports"),
            None => finding,
        }
    }

    /// What is selected; if nothing is where the monitor looks, what its labels match in its folder.
    fn selected(
        &self,
        graph: &'a DeploymentGraph,
        candidates: &Candidates<'a>,
    ) -> Vec<&'a Resource> {
        if self.selection.ring.is_some() {
            let picked = self.selection.picked.iter();
            return picked.map(|&(id, _)| graph.resource(id)).collect();
        }
        let matching = candidates.matching(graph, self.resource, &self.pick.selector);
        matching.into_iter().map(|it| it.resource).collect()
    }

    /// The named ports of all that is selected, and whether a patch may still change them. None if nothing is selected.
    fn ports(
        &self,
        graph: &'a DeploymentGraph,
        candidates: &Candidates<'a>,
    ) -> Option<(Vec<Port<'a>>, bool)> {
        let selected = self.selected(graph, candidates);
        if selected.is_empty() {
            return None;
        }
        if self.selection.picks == Picks::ServiceMonitor {
            // A sample's Service has the labels that an operator's have.
            let own = graph.file(self.resource.file).purpose;
            let doubtful = selected.iter().any(|it| {
                graph.may_change(it, "spec.ports[*]") || graph.file(it.file).purpose > own
            });
            let ports = selected.iter().flat_map(|resource| {
                let root = graph.root(resource);
                let ports = Service { resource, root }.ports().into_iter();
                ports.filter_map(|it| {
                    let name = it.name()?;
                    let place = graph.span_in(resource, name.range());
                    Some(Port { name, place })
                })
            });
            return Some((ports.collect(), doubtful));
        }
        let pods = ports::pods(graph, self.selection);
        if pods.is_empty() {
            return None;
        }
        let doubtful = pods
            .iter()
            .any(|it| it.may_change(graph) || it.template.is_injected());
        let ports = pods.iter().flat_map(|pod| {
            let resource = pod.workload.resource;
            let containers = pod.running().into_iter();
            let names = containers.flat_map(|it| it.ports().collect::<Vec<_>>());
            names.filter_map(move |it| {
                let name = it.name()?;
                let place = graph.span_in(resource, name.range());
                Some(Port { name, place })
            })
        });
        Some((ports.collect(), doubtful))
    }
}
