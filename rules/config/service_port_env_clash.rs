//! Services by whose name Kubernetes sets a variable that a program takes for its own port.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::code::{Kind, ReadName};
use kubelint_model::link::Outcome;
use kubelint_model::reference::{Picks, Relation};
use kubelint_model::service_variable::{port_variable, read_by};
use kubelint_model::view::{Container, PodTemplate, Service, Workload, boolean};
use kubelint_model::{Cause, ImageRef, KubeNode, Resource, ResourceId};
use kubelint_parser::Span;
use kubelint_parser::yaml::Node;

use crate::absence::called;
use crate::evidence;
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// How a container takes a variable of a Service for the number of a port.
struct Reading<'a> {
    variable: String,
    /// What states that.
    place: Span,
    says: String,
    label: &'static str,
    confidence: Confidence,
    /// The program, if its source shows that.
    running: Option<Rc<Running<'a>>>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let services = services(cx);
    let beside = Beside::of(cx);
    let programs = AllPrograms::new(cx.graph);
    for workload in cx.graph.workloads() {
        let own = services.get(&workload.resource.id);
        for template in workload.templates() {
            if !has_service_links(&template) {
                continue;
            }
            for container in template.containers() {
                let stated = own.map(|_| readings(cx, &workload, &container));
                let running = programs.of(&workload, &template, &container).map(Rc::new);
                let in_source = running.iter().flat_map(in_source);
                for mut reading in stated.into_iter().flatten().chain(in_source) {
                    let selecting = own.and_then(|it| it.get(&reading.variable));
                    let service = selecting.or_else(|| {
                        reading.running.as_ref()?;
                        reading.confidence = Confidence::Medium;
                        beside.get(cx, &workload, &reading.variable)
                    });
                    if let Some(service) = service
                        && let Some(found) = finding(cx, &workload, &container, service, &reading)
                    {
                        out.push(found);
                    }
                }
            }
        }
    }
}

/// The Services that select each workload, and so evidently are in its namespace, by the variable that they bring.
fn services<'a>(cx: &RuleContext<'a>) -> BTreeMap<ResourceId, BTreeMap<String, Service<'a>>> {
    let mut found: BTreeMap<ResourceId, BTreeMap<String, Service<'a>>> = BTreeMap::new();
    let selections = cx.graph.links.selections.iter();
    for selection in selections.filter(|it| it.picks == Picks::Service) {
        let resource = cx.graph.resource(selection.from);
        let service = Service {
            resource,
            root: cx.graph.root(resource),
        };
        // Without an address of its own there are no variables (`getServiceEnvVarMap` of the kubelet).
        if service.is_headless() || service.kind() == "ExternalName" {
            continue;
        }
        let Some(name) = &resource.name else {
            continue;
        };
        for (workload, _) in &selection.picked {
            let services = found.entry(*workload).or_default();
            services
                .entry(port_variable(name))
                .or_insert_with(|| Service {
                    resource,
                    root: cx.graph.root(resource),
                });
        }
    }
    found
}

/// The Services that bring each variable, of those that evidently are in the namespace of what stands beside them: both state the same one, or
/// both state none and stand in one folder.
struct Beside<'a>(BTreeMap<(Option<&'a str>, &'a str, String), Service<'a>>);

impl<'a> Beside<'a> {
    fn of(cx: &RuleContext<'a>) -> Self {
        let mut found = BTreeMap::new();
        for service in cx.graph.services() {
            if service.is_headless() || service.kind() == "ExternalName" {
                continue;
            }
            let resource = service.resource;
            let Some(name) = &resource.name else { continue };
            let key = Self::key(cx, resource, port_variable(name));
            found.entry(key).or_insert(service);
        }
        Self(found)
    }

    fn key(
        cx: &RuleContext<'a>,
        resource: &'a Resource,
        variable: String,
    ) -> (Option<&'a str>, &'a str, String) {
        let namespace = resource.namespace.as_deref();
        let folder = cx.graph.file(resource.file).path.parent();
        (
            namespace,
            if namespace.is_some() { "" } else { folder },
            variable,
        )
    }

    fn get(
        &self,
        cx: &RuleContext<'a>,
        workload: &Workload<'a>,
        variable: &str,
    ) -> Option<&Service<'a>> {
        let key = Self::key(cx, workload.resource, variable.to_owned());
        self.0.get(&key)
    }
}

/// Whether the pods are given variables of Services, as they are unless they say otherwise.
fn has_service_links(template: &PodTemplate<'_>) -> bool {
    let stated = template
        .spec()
        .and_then(|it| boolean(it, "enableServiceLinks"));
    stated.is_none_or(|it| it.value)
}

/// The variables `X_PORT` that the program takes for a number.
fn in_source<'a>(running: &Rc<Running<'a>>) -> Vec<Reading<'a>> {
    let mut seen = BTreeSet::new();
    let ports = &running.program.ports;
    let reads = running.program.reads.iter().filter_map(|read| {
        let ReadName::Exact(name) = &read.name else {
            return None;
        };
        let is_listened_on = || ports.iter().any(|it| it.port.names_variable(name));
        let is_number = name.ends_with("_PORT") && (read.kind == Kind::Number || is_listened_on());
        (is_number && seen.insert(name)).then(|| Reading {
            variable: name.clone(),
            place: running.span(read.place),
            says: "which its program takes for a number".to_owned(),
            label: "a number belongs here",
            confidence: Confidence::High,
            running: Some(Rc::clone(running)),
        })
    });
    reads.collect()
}

/// The variables of Services that a container takes for a number: its program is known to, or its arguments say so.
fn readings<'a>(
    cx: &RuleContext<'a>,
    workload: &Workload<'a>,
    container: &Container<'a>,
) -> Vec<Reading<'a>> {
    let span = |node: Node<'a>| cx.graph.span_in(workload.resource, node.range());
    let mut found = Vec::new();
    if let Some(image) = container.image()
        && let Some(variable) = ImageRef::parse(&image.value).and_then(|it| read_by(&it))
    {
        found.push(Reading {
            variable: variable.to_owned(),
            place: span(image.node),
            says: "which its program takes for its own setting".to_owned(),
            label: "the program reads it",
            confidence: Confidence::High,
            running: None,
        });
    }
    let lists = ["command", "args"].into_iter();
    let arguments = lists.flat_map(|it| container.node.list(it));
    let values = container.env().filter_map(|it| Some(it.value()?.node));
    for node in arguments.chain(values) {
        let text = node.text_value().unwrap_or_default();
        for variable in used_as_port(&text) {
            found.push(Reading {
                says: format!("which `$({variable})` puts where the number of a port belongs"),
                variable,
                place: span(node),
                label: "a number belongs here",
                confidence: Confidence::Medium,
                running: None,
            });
        }
    }
    found
}

/// The variables `X_PORT` that a text refers to as `$(X_PORT)` where a port's number stands: behind a colon, or as the value of an option that is
/// called so.
fn used_as_port(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("$(") {
        let rest = &text[at + 2..];
        let Some(name) = rest.split_once(')').map(|it| it.0) else {
            break;
        };
        let before = &text[..at];
        let option = before.strip_suffix('=').unwrap_or_default();
        let is_port = before.ends_with(':') && !before.ends_with("::")
            || option.starts_with('-') && option.to_ascii_lowercase().ends_with("port");
        if is_port && name.ends_with("_PORT") {
            found.push(name.to_owned());
        }
    }
    found
}

/// What a container's `env` and `envFrom` say of a variable.
fn is_set(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    name: &str,
) -> Option<bool> {
    if container
        .env()
        .any(|it| it.name().is_some_and(|it| it.value == name))
    {
        return Some(true);
    }
    let mut is_known = true;
    for source in container.env_from() {
        let named = source.config_map().or_else(|| source.secret());
        let link = named.and_then(|named| {
            let mut links = cx.graph.links_from(workload.resource.id).iter();
            links.find(|it| it.node == named.node.id())
        });
        let of_config =
            link.filter(|it| matches!(it.relation, Relation::ConfigMap | Relation::Secret));
        let Some(Outcome::Resolved { candidates, .. }) = of_config.map(|it| &it.outcome) else {
            is_known = false;
            continue;
        };
        let prefix = source.prefix().map(|it| it.value).unwrap_or_default();
        for data in candidates
            .iter()
            .filter_map(|it| cx.graph.config_data(cx.graph.resource(*it)))
        {
            let has = data
                .keys
                .iter()
                .any(|(key, _)| format!("{prefix}{key}") == name);
            if has {
                return Some(true);
            }
            is_known &= data.complete;
        }
    }
    is_known.then_some(false)
}

fn finding(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    service: &Service<'_>,
    reading: &Reading<'_>,
) -> Option<Finding> {
    let graph = cx.graph;
    let resource = workload.resource;
    let variable = reading.variable.as_str();
    let is_set = is_set(cx, workload, container, variable);
    if is_set == Some(true) {
        return None;
    }
    let name = container.name().map(|it| it.value).unwrap_or_default();
    let owner = resource.name.as_deref().unwrap_or_default();
    let path = container.field_path("env");
    let links = format!(
        "{}.enableServiceLinks",
        container
            .path()
            .split(".containers")
            .next()
            .unwrap_or_default()
    );
    let confidence = if is_set.is_none() || evidence::is_for_tests(graph, resource) {
        Confidence::Low
    } else {
        let any = format!("{path}[{variable}]");
        reading.confidence.min(evidence::in_resource(
            graph,
            resource,
            &[&path, &any, &links],
        ))
    };
    let message = format!(
        "Kubernetes sets `{variable}` to `tcp://…` in container `{name}` because of {}, {}",
        called(service.resource),
        reading.says
    );
    let found = Finding::new(
        service.resource.span,
        message,
        Cause::env(owner, &name, variable),
    )
    .label("the variable is made of this name")
    .related(reading.place, reading.label)
    .about(resource.id, path, variable)
    .confidence(confidence)
    .help(format!(
        "set `enableServiceLinks: false`, or `{variable}` itself, or give the Service another name"
    ));
    Some(match &reading.running {
        Some(running) => {
            let confidence = running.confidence(&[]);
            running.with_chain(found).confidence(confidence)
        }
        None => found,
    })
}

#[cfg(test)]
mod tests {
    use super::used_as_port;

    #[test]
    fn ports_in_arguments() {
        for (text, expected) in [
            ("--port=$(API_PORT)", &["API_PORT"][..]),
            ("-p=$(API_PORT)", &[]),
            ("http://$(API_HOST):$(API_PORT)/x", &["API_PORT"]),
            ("--upstream=$(API_PORT)", &[]),
            ("--http-port=$(API_SERVICE_PORT)", &["API_SERVICE_PORT"]),
            ("$(API_PORT", &[]),
            ("echo $(API_PORT)", &[]),
        ] {
            assert_eq!(used_as_port(text), expected, "{text}");
        }
    }
}
