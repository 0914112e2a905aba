//! Who sends requests to the ports of containers: Services, and the kubelet for probes.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::Finding;
use kubelint_model::reference::Picks;
use kubelint_model::view::{Container, IntOrString};
use kubelint_model::{DeploymentGraph, KubeNode, Resource, ResourceId};
use kubelint_parser::TextRange;

use crate::absence;

/// The most places that a finding shows.
const MOST_PLACES: usize = 4;

/// The ports that Services send requests to.
pub(crate) struct Askers<'a> {
    graph: &'a DeploymentGraph,
    /// By workload: the Service, the target port as text, and where it stands.
    targets: BTreeMap<ResourceId, Vec<(&'a Resource, String, TextRange)>>,
}

/// Who asks one port.
pub(crate) struct Asking<'a> {
    places: Vec<(&'a Resource, TextRange, String)>,
}

impl<'a> Askers<'a> {
    pub(crate) fn new(graph: &'a DeploymentGraph) -> Self {
        let mut targets: BTreeMap<ResourceId, Vec<_>> = BTreeMap::new();
        for target in &graph.links.target_ports {
            let service = graph.resource(target.service);
            let node = graph.node(service.file, target.node);
            let Some(text) = node.text_value() else {
                continue;
            };
            let selections = graph.links.selections_of(target.service).iter();
            let selections = selections.filter(|it| it.picks == Picks::Service);
            let picked: BTreeSet<ResourceId> = selections
                .flat_map(|it| it.picked.iter().map(|it| it.0))
                .collect();
            for workload in picked {
                let of_workload = targets.entry(workload).or_default();
                of_workload.push((service, text.clone().into_owned(), node.range()));
            }
        }
        Self { graph, targets }
    }

    /// Who sends requests to the port `number` of the container of `workload`, which may declare names for it.
    pub(crate) fn of(
        &self,
        workload: &'a Resource,
        container: &Container<'_>,
        number: i64,
    ) -> Asking<'a> {
        let named = container
            .ports()
            .filter(|it| it.number().is_some_and(|it| it.value == number));
        let names: BTreeSet<String> = named
            .filter_map(|it| Some(it.name()?.value.into_owned()))
            .chain([number.to_string()])
            .collect();
        let mut places = Vec::new();
        let targets = self.targets.get(&workload.id).into_iter().flatten();
        for (service, _, range) in targets.filter(|(_, text, _)| names.contains(text)) {
            let says = format!("{} sends requests here", absence::called(service));
            places.push((*service, *range, says));
        }
        for probe in container.probes() {
            let Some(port) = probe.port() else { continue };
            let text = match &port.value {
                IntOrString::Int(number) => number.to_string(),
                IntOrString::Str(name) => name.to_string(),
            };
            if names.contains(&text) {
                let says = format!("the {} asks here", probe_words(probe.field));
                places.push((workload, port.range(), says));
            }
        }
        Asking { places }
    }

    /// Adds those who ask.
    pub(crate) fn add(&self, mut finding: Finding, asking: Asking<'_>) -> Finding {
        for (resource, range, says) in asking.places.into_iter().take(MOST_PLACES) {
            finding = finding.related(self.graph.span_in(resource, range), says);
        }
        finding
    }
}

impl Asking<'_> {
    /// Whether nobody does.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// `readinessProbe` in words.
pub(crate) fn probe_words(field: &str) -> &'static str {
    match field {
        "startupProbe" => "startup probe",
        "readinessProbe" => "readiness probe",
        _ => "liveness probe",
    }
}
