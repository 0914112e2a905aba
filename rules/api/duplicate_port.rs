//! Ports that a container or Service declares twice.

use std::collections::BTreeMap;

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext, Severity};
use kubelint_model::view::{Container, Service, Workload};
use kubelint_model::{Cause, Resource};
use kubelint_parser::yaml::Node;

use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// Two entries of one list that may not be alike in this.
struct Pair<'a> {
    first: Node<'a>,
    again: Node<'a>,
    /// The path of the second.
    path: String,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for (workload, container) in cx.graph.containers() {
        check_container(cx, &workload, &container, out);
    }
    for service in cx.graph.services() {
        check_service(cx, &service, out);
    }
}

/// As `validateContainerPorts` of Kubernetes, which compares names only, and as server-side apply, which tells ports apart by number and
/// protocol.
fn check_container(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    out: &mut Findings,
) {
    let owner = || container.name().map(|it| it.value).unwrap_or_default();
    let (mut names, mut numbers) = (BTreeMap::new(), BTreeMap::new());
    for port in container.ports() {
        let path = || container.item_path("ports", port.index, port.node);
        let name = port.name().filter(|it| !it.value.is_empty());
        // Ports of the node tell entries apart: one number may be there for each of several addresses.
        let number = port.number().map(|it| {
            let on_node = (port.host_port().map(|it| it.value), port.host_ip());
            let on_node = (on_node.0, on_node.1.map(|it| it.value));
            ((it.value, port.protocol(), on_node), it.node)
        });
        let named = name.and_then(|it| pair(&mut names, &it.value.into_owned(), it.node, path));
        let numbered = number.and_then(|(key, node)| pair(&mut numbers, &key, node, path));
        let (pair, message, at_most) = match (named, numbered) {
            (Some(pair), _) => {
                let name = pair.again.as_str().unwrap_or_default();
                let message = format!("container `{}` has two ports named `{name}`", owner());
                (pair, message, Severity::Error)
            }
            (None, Some(pair)) => {
                let number = pair.again.as_str().unwrap_or_default();
                let protocol = port.protocol();
                let message = format!(
                    "container `{}` declares port {number}/{protocol} twice",
                    owner()
                );
                (pair, message, Severity::Warning)
            }
            (None, None) => continue,
        };
        let confidence = evidence::in_template(cx.graph, workload, &[&pair.path]);
        let found = finding(cx, workload.resource, &pair, message);
        out.push(found.at_most(at_most).confidence(confidence));
    }
}

/// As `ValidateService` of Kubernetes.
fn check_service(cx: &RuleContext<'_>, service: &Service<'_>, out: &mut Findings) {
    let owner = service.resource.name.as_deref().unwrap_or_default();
    let (mut names, mut numbers) = (BTreeMap::new(), BTreeMap::new());
    for port in service.ports() {
        let path = || port.path();
        let name = port.name().filter(|it| !it.value.is_empty());
        let number = port.number();
        let named = name.and_then(|it| pair(&mut names, &it.value.into_owned(), it.node, path));
        let numbered = number.and_then(|it| {
            let key = (it.value, port.protocol());
            pair(&mut numbers, &key, it.node, path)
        });
        let (pair, message) = match (numbered, named) {
            (Some(pair), _) => {
                let number = pair.again.as_str().unwrap_or_default();
                let protocol = port.protocol();
                let message = format!("Service `{owner}` has port {number}/{protocol} twice");
                (pair, message)
            }
            (None, Some(pair)) => {
                let name = pair.again.as_str().unwrap_or_default();
                let message = format!("Service `{owner}` has two ports named `{name}`");
                (pair, message)
            }
            (None, None) => continue,
        };
        let confidence = evidence::in_resource(cx.graph, service.resource, &[&pair.path]);
        out.push(finding(cx, service.resource, &pair, message).confidence(confidence));
    }
}

/// What `node` repeats, if an earlier entry of the list had the same `key`.
fn pair<'a, K: Ord + Clone>(
    seen: &mut BTreeMap<K, Node<'a>>,
    key: &K,
    node: Node<'a>,
    path: impl Fn() -> String,
) -> Option<Pair<'a>> {
    if let Some(&first) = seen.get(key) {
        let (again, path) = (node, path());
        return Some(Pair { first, again, path });
    }
    seen.insert(key.clone(), node);
    None
}

fn finding(cx: &RuleContext<'_>, resource: &Resource, pair: &Pair<'_>, message: String) -> Finding {
    let at = |node: Node<'_>| cx.graph.span_in(resource, node.range());
    let cause = Cause::field_of(resource, &pair.path);
    let value = pair.again.as_str().unwrap_or_default();
    Finding::new(at(pair.again), message, cause)
        .label("again here")
        .related(at(pair.first), "first here")
        .about(resource.id, &pair.path, value)
}
