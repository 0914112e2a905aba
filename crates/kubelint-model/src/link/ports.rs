//! Looks for the ports that Services lead to in the pods they select.

use std::collections::BTreeMap;

use kubelint_parser::Span;
use kubelint_parser::yaml::Kind;
use rayon::prelude::*;

use crate::placeholder::is_replaced;
use crate::reference::Picks;
use crate::view::{Container, ContainerKind, Handling, IntOrString, Service, ServicePort};
use crate::{DeploymentGraph, KubeNode, ResourceId, path};

use super::{Selection, TargetOutcome, TargetPort};

/// The target ports of all Services that select pods.
pub(super) fn target_ports(graph: &DeploymentGraph, selections: &[Selection]) -> Vec<TargetPort> {
    let of_services = selections.par_iter();
    let of_services = of_services.filter(|it| it.picks == Picks::Service);
    let mut picked: Vec<Picked> = of_services
        .clone()
        .flat_map_iter(|it| it.picked.iter().copied())
        .collect();
    picked.par_sort_unstable();
    picked.dedup();
    let pods = picked.into_par_iter();
    let pods: AllPods = pods.map(|it| (it, Pod::of(graph, it))).collect();
    let ports = of_services.flat_map_iter(|it| of_service(graph, it, &pods));
    ports.collect()
}

/// A resource, and the number of a pod template within it.
type Picked = (ResourceId, u32);

/// The pods behind all Services, each read once: thousands of Services may select one with thousands of ports.
type AllPods = BTreeMap<Picked, Pod>;

fn of_service(graph: &DeploymentGraph, selection: &Selection, pods: &AllPods) -> Vec<TargetPort> {
    let resource = graph.resource(selection.from);
    let service = Service {
        resource,
        root: graph.root(resource),
    };
    let pods = Pods::of(selection, pods);
    let ports = service.ports().into_iter().map(|port| {
        let target = port.effective_target_port();
        let node = target.as_ref().map_or(port.node, |it| it.node);
        TargetPort {
            service: resource.id,
            index: port.index as u32,
            node: node.id(),
            outcome: target.map_or(TargetOutcome::Unknown, |it| pods.serve(&port, &it.value)),
        }
    });
    ports.collect()
}

/// The pods behind a Service.
struct Pods<'p> {
    pods: Vec<&'p Pod>,
    /// Whether they may declare more.
    is_open: bool,
}

/// The containers of a pod template.
#[derive(Default)]
struct Pod {
    /// By number and place; sorted.
    numbers: Vec<(i64, Span)>,
    /// By name, protocol and place; sorted.
    names: Vec<(String, String, Span)>,
    /// Whether they may declare more.
    is_open: bool,
}

impl Pod {
    fn of(graph: &DeploymentGraph, (id, template): Picked) -> Self {
        let mut pod = Self::default();
        pod.read(graph, id, template);
        pod.numbers.sort_unstable();
        pod.names.sort_unstable();
        pod
    }

    /// Adds what the template declares.
    fn read(&mut self, graph: &DeploymentGraph, id: ResourceId, template: u32) {
        let resource = graph.resource(id);
        let Some(workload) = graph.workload(resource) else {
            return;
        };
        let templates = workload.templates();
        let Some(template) = templates.get(template as usize) else {
            return;
        };
        let spec = template.spec_path();
        // An init container that goes on running serves, too, and a patch may add one.
        let lists = ["containers", "initContainers"].iter();
        let mut lists = lists.map(|it| format!("{}[*].ports", path::field(&spec, it)));
        self.is_open |= workload.handling() == Handling::Completed
            || lists.any(|it| graph.may_change(resource, &it));
        let containers = template.containers();
        self.is_open |= containers.is_empty();
        for container in containers {
            if container.kind != ContainerKind::Init {
                self.declare(graph, id, &container);
            }
        }
    }

    /// Adds what one container declares.
    fn declare(&mut self, graph: &DeploymentGraph, id: ResourceId, container: &Container<'_>) {
        let resource = graph.resource(id);
        let ports = container.node.field("ports");
        self.is_open |= ports.is_some_and(|it| it.kind() != Kind::Sequence);
        for port in container.ports() {
            if let Some(number) = port.number() {
                let span = graph.span_in(resource, number.range());
                self.numbers.push((number.value, span));
            } else {
                self.is_open = true;
            }
            if let Some(name) = port.name() {
                self.is_open |= is_replaced(&name.value);
                let span = graph.span_in(resource, name.range());
                let protocol = port.protocol().into_owned();
                self.names.push((name.value.into_owned(), protocol, span));
            }
        }
    }

    /// The first place where a container declares `target`. Names only count for the same protocol (`FindPort` in Kubernetes'
    /// `pkg/api/v1/pod`); numbers need not be declared at all, so that their protocol says nothing.
    fn declares(&self, port: &ServicePort<'_>, target: &IntOrString<'_>) -> Option<Span> {
        match target {
            IntOrString::Int(number) => {
                let at = self.numbers.partition_point(|it| it.0 < *number);
                let first = self.numbers.get(at).filter(|it| it.0 == *number);
                first.map(|it| it.1)
            }
            IntOrString::Str(name) => {
                let protocol = port.protocol();
                let wanted = (&**name, &*protocol);
                let of = |it: &(String, String, Span)| (it.0.as_str(), it.1.as_str()).cmp(&wanted);
                let at = self.names.partition_point(|it| of(it).is_lt());
                let first = self.names.get(at).filter(|it| of(it).is_eq());
                first.map(|it| it.2)
            }
        }
    }
}

impl<'p> Pods<'p> {
    fn of(selection: &Selection, all: &'p AllPods) -> Self {
        let pods = selection.picked.iter().filter_map(|it| all.get(it));
        let pods: Vec<&Pod> = pods.collect();
        let is_known = !selection.is_unknown && !selection.has_more;
        Self {
            is_open: !is_known || pods.is_empty() || pods.iter().any(|it| it.is_open),
            pods,
        }
    }

    /// Whether one of them declares `target`.
    fn serve(&self, port: &ServicePort<'_>, target: &IntOrString<'_>) -> TargetOutcome {
        let found = self.pods.iter().filter_map(|it| it.declares(port, target));
        let found = found.min();
        // A number in quotes is no name; whoever fills in the text may make anything of it.
        let is_name =
            |name: &str| !is_replaced(name) && name.bytes().any(|it| !it.is_ascii_digit());
        let is_unclear = matches!(target, IntOrString::Str(name) if !is_name(name));
        match found {
            Some(span) => TargetOutcome::Declared(span),
            None if self.is_open || is_unclear => TargetOutcome::Unknown,
            None => TargetOutcome::Undeclared,
        }
    }
}
