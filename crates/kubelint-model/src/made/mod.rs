//! What is made elsewhere, so that its absence says nothing: objects that the cluster brings, that scripts and documents create, that the
//! repository's own charts and operators make, and those that the user says exist. The knowledge is data, a row and its reason each.

mod arguments;
mod installers;
pub(crate) mod names;
mod pods;
mod products;

use std::borrow::Cow;

use kubelint_parser::Span;

use crate::commands::MadeBy;
use crate::purpose::Purpose;
use crate::reference::ObjectName;
use crate::{DeploymentGraph, Known, Resource, ResourceId, data};

use installers::Installers;
use names::Names;
pub use names::matches;
use pods::ChartLabels;
pub use pods::is_given;
use products::CustomResources;
pub use products::makes_nothing;

/// Who makes an object that no manifest states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// Kubernetes or its distributions bring it; why.
    BuiltIn(&'static str),
    /// A command in a script or workflow, or a manifest that is fed to one; where.
    Script(Span),
    /// A command or manifest in a document; where.
    Document(Span),
    /// A template of one of the repository's own charts; where.
    Chart(Span),
    /// A controller makes it for another object; which one, and why.
    Controller(ResourceId, &'static str),
    /// A Job or init container is told its name in its arguments; where.
    Argument(Span),
    /// The user's configuration says that it exists.
    Configuration,
}

/// Knows what is made elsewhere.
#[derive(Debug, Default)]
pub struct Makers {
    names: Names,
    custom: CustomResources,
    labels: ChartLabels,
    installers: Installers,
}

/// Kinds that controllers make for their custom resources.
const OF_CONTROLLERS: [&str; 4] = ["ConfigMap", "Secret", "Service", "ServiceAccount"];

/// Workloads that they may run besides.
const RUN_BY_CONTROLLERS: [&str; 3] = ["DaemonSet", "Deployment", "StatefulSet"];

impl Makers {
    /// Indexes what `graph` knows of makers: its commands, its objects, and what the user states.
    ///
    /// What is certain comes first and wins: built-ins, the user's word, known products, commands, templates, arguments, documents.
    pub fn new(graph: &DeploymentGraph, known: &Known) -> Self {
        let mut makers = Self {
            labels: ChartLabels::new(graph),
            ..Self::default()
        };
        let names = &mut makers.names;
        for [kind, name, why] in data::rows(include_str!("../../data/built-ins.tsv")) {
            names.add(kind, name, None, Maker::BuiltIn(why));
        }
        for it in &known.external {
            let namespace = it.namespace.as_deref();
            names.add(&it.kind, &it.name, namespace, Maker::Configuration);
        }
        for resource in graph.resources.iter().filter(|it| it.is_whole()) {
            products::add(graph, resource, names);
            makers.custom.add(graph, resource);
        }
        // A release that is a patch, too, brings what the patched one brings.
        for resource in &graph.resources {
            makers.installers.add(graph, resource);
        }
        let mut made = |by: MadeBy, maker: fn(Span) -> Maker| {
            for it in graph.commands.made.iter().filter(|it| it.by == by) {
                let maker = maker(graph.span(it.file, it.range));
                names.add(&it.kind, &it.name, it.namespace.as_deref(), maker);
            }
        };
        made(MadeBy::Script, Maker::Script);
        made(MadeBy::Chart, Maker::Chart);
        made(MadeBy::Document, Maker::Document);
        for resource in graph.resources.iter().filter(|it| it.is_whole()) {
            arguments::add(graph, resource, names);
        }
        makers
    }

    /// Who makes the object `name` that `from` refers to, if anything does.
    pub fn of(
        &self,
        graph: &DeploymentGraph,
        from: ResourceId,
        name: &ObjectName,
    ) -> Option<Maker> {
        if let Some(maker) = self.names.find(name) {
            return Some(maker.clone());
        }
        if !OF_CONTROLLERS.contains(&name.kind.as_str()) {
            return None;
        }
        let accept = deployed_with(graph, from);
        let maker = self.custom.within(&name.name, &accept)?;
        let why = "its name occurs in the name: its controller may make it";
        Some(Maker::Controller(maker, why))
    }

    /// Who makes the object `name` that a command names, if anything does.
    pub(crate) fn of_command(&self, name: &ObjectName) -> Option<Maker> {
        let released = || {
            let of_release = ObjectName {
                kind: "*".to_owned(),
                ..name.clone()
            };
            self.names.find(&of_release).cloned()
        };
        let kind = name.kind.as_str();
        let is_run = OF_CONTROLLERS.contains(&kind) || RUN_BY_CONTROLLERS.contains(&kind);
        let controlled = || {
            let maker = self.custom.within(&name.name, &|_| is_run)?;
            let why = "its name occurs in the name: its controller may make it";
            Some(Maker::Controller(maker, why))
        };
        let made = self.names.find(name).cloned();
        made.or_else(released).or_else(controlled)
    }

    /// Who makes pods with all of `labels`, which a command asks for, if anything does that no manifest shows. A label is often the name of
    /// what makes the pods.
    pub(crate) fn of_labels(&self, labels: &[(Cow<'_, str>, Cow<'_, str>)]) -> Option<Maker> {
        if let Some(why) = pods::at_run_time(labels) {
            return Some(Maker::BuiltIn(why));
        }
        let named = labels.iter().find_map(|(_, value)| {
            let kinds = RUN_BY_CONTROLLERS.iter().chain(&["Pod", "Job"]);
            kinds.copied().find_map(|kind| {
                self.of_command(&ObjectName {
                    group: String::new(),
                    kind: kind.to_owned(),
                    namespace: None,
                    name: value.to_string(),
                })
            })
        });
        named.or_else(|| self.labels.find(labels).map(Maker::Chart))
    }

    /// Whether `name`, to which `from` refers, may be one of the objects that an installation brings whose parts are not in the repository.
    pub fn may_install(&self, graph: &DeploymentGraph, from: &Resource, name: &ObjectName) -> bool {
        let may_run = RUN_BY_CONTROLLERS.contains(&name.kind.as_str());
        self.installers.may_bring(graph, from, name)
            || may_run
                && self
                    .custom
                    .within(&name.name, &deployed_with(graph, from.id))
                    .is_some()
    }

    /// Who makes pods with all of `labels`, which `from` asks for, if anything does that no pod template shows.
    pub fn of_pods(
        &self,
        graph: &DeploymentGraph,
        from: ResourceId,
        labels: &[(Cow<'_, str>, Cow<'_, str>)],
    ) -> Option<Maker> {
        if let Some(why) = pods::at_run_time(labels) {
            return Some(Maker::BuiltIn(why));
        }
        let accept = deployed_with(graph, from);
        let mut values = labels.iter().map(|(_, value)| value);
        if let Some(maker) = values.find_map(|it| self.custom.named(it, &accept)) {
            let why = "a label of the pods is its name: its controller may make them";
            return Some(Maker::Controller(maker, why));
        }
        self.labels.find(labels).map(Maker::Chart)
    }
}

/// Whether an object may be deployed together with `from`: not itself, and nothing for tests unless `from` is.
fn deployed_with(graph: &DeploymentGraph, from: ResourceId) -> impl Fn(ResourceId) -> bool {
    let purpose = |id: ResourceId| graph.file(graph.resource(id).file).purpose;
    let is_test = purpose(from) == Purpose::Test;
    move |id| id != from && (is_test || purpose(id) != Purpose::Test)
}

#[cfg(test)]
mod tests;
