//! What objects pick by labels.

use kubelint_parser::yaml::Node;

use super::{Namespaces, Pick, Picks, newest_group};
use crate::view::{Service, boolean};
use crate::{DeploymentGraph, KubeNode, Resource, Selector};

/// What `resource` picks by labels. Selectors that pick nothing at all (absent in a Service) are left out; empty ones that pick everything
/// are there, without requirements.
pub fn picks<'a>(graph: &'a DeploymentGraph, resource: &'a Resource) -> Vec<Pick<'a>> {
    let gvk = &resource.gvk;
    let root = graph.root(resource);
    let group = newest_group(&gvk.group, &gvk.kind);
    let pick = match (group, gvk.kind.as_str()) {
        ("", "Service") => of_service(Service { resource, root }),
        ("networking.k8s.io", "NetworkPolicy") => {
            of_spec(root, Picks::NetworkPolicy, "podSelector")
        }
        // `{}` picks everything since policy/v1; before, it picked nothing (the API's doc comment on `selector`).
        ("policy", "PodDisruptionBudget") => of_spec(root, Picks::DisruptionBudget, "selector")
            .filter(|it| gvk.version != "v1beta1" || !it.selector.requirements.is_empty()),
        ("monitoring.coreos.com", "PodMonitor") => of_monitor(root, Picks::PodMonitor),
        ("monitoring.coreos.com", "ServiceMonitor") => of_monitor(root, Picks::ServiceMonitor),
        _ => None,
    };
    pick.into_iter().collect()
}

fn of_service(service: Service<'_>) -> Option<Pick<'_>> {
    if service.kind() == "ExternalName" {
        return None;
    }
    Some(Pick {
        picks: Picks::Service,
        selector: service.selector()?,
        node: service.root.at(&["spec", "selector"])?,
        namespaces: Namespaces::Own,
    })
}

/// The label selector in `spec.<field>`.
fn of_spec<'a>(root: Node<'a>, picks: Picks, field: &str) -> Option<Pick<'a>> {
    let node = root.at(&["spec", field])?;
    Some(Pick {
        picks,
        selector: Selector::of_label_selector(node),
        node,
        namespaces: Namespaces::Own,
    })
}

/// A monitor of the Prometheus operator: in its own namespace, unless `namespaceSelector` says otherwise.
fn of_monitor(root: Node<'_>, picks: Picks) -> Option<Pick<'_>> {
    let pick = of_spec(root, picks, "selector")?;
    let Some(selector) = root.at(&["spec", "namespaceSelector"]) else {
        return Some(pick);
    };
    let names = selector.list("matchNames").into_iter();
    let names: Vec<String> = names
        .filter_map(|it| Some(it.string()?.into_owned()))
        .collect();
    let namespaces = if boolean(selector, "any").is_some_and(|it| it.value) {
        Namespaces::Any
    } else if names.is_empty() {
        Namespaces::Own
    } else {
        Namespaces::Named(names)
    };
    Some(Pick { namespaces, ..pick })
}
