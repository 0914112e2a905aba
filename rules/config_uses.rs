//! Who reads ConfigMaps, as far as the repository shows: references of pods, and mentions of a name anywhere.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{Confidence, RuleContext};
use kubelint_model::link::Link;
use kubelint_model::made::Makers;
use kubelint_model::reference::{ObjectName, Relation};
use kubelint_model::{DeploymentGraph, Resource};
use kubelint_parser::yaml::Node;

use crate::evidence;

/// Labels that say what an object belongs to. By any other, something may look for ConfigMaps: sidecars of dashboards, operators.
const PLAIN_LABELS: [&str; 17] = [
    "app",
    "chart",
    "component",
    "config",
    "env",
    "environment",
    "heritage",
    "k8s-app",
    "name",
    "owner",
    "part-of",
    "project",
    "release",
    "service",
    "team",
    "tier",
    "version",
];
/// Beginnings of labels and annotations of which the same holds.
const PLAIN_BEGINNINGS: [&str; 3] = [
    "app.kubernetes.io/",
    "kubectl.kubernetes.io/",
    "meta.helm.sh/",
];

/// What is known of the uses of ConfigMaps.
pub(crate) struct Uses<'a> {
    /// How often each name of a ConfigMap stands in any file that was read.
    mentions: BTreeMap<&'a str, usize>,
    /// How many ConfigMaps have the name.
    definitions: BTreeMap<&'a str, usize>,
    /// The references of pods to that name, wherever they lead.
    references: BTreeMap<&'a str, Vec<&'a Link>>,
    makers: Makers,
}

impl<'a> Uses<'a> {
    pub(crate) fn new(cx: &RuleContext<'a>) -> Self {
        let graph = cx.graph;
        let mut definitions: BTreeMap<&str, usize> = BTreeMap::new();
        let all = graph
            .resources
            .iter()
            .filter(|it| it.gvk.is("", "ConfigMap"));
        for name in all.filter_map(|it| it.name.as_deref()) {
            *definitions.entry(name).or_default() += 1;
        }
        let mut references: BTreeMap<&str, Vec<&Link>> = BTreeMap::new();
        for link in graph.references(Relation::ConfigMap) {
            references.entry(&link.target.name).or_default().push(link);
        }
        let names: BTreeSet<&str> = definitions.keys().copied().collect();
        Self {
            mentions: mentions(graph, &names),
            definitions,
            references,
            makers: Makers::new(graph, &cx.world.known),
        }
    }

    /// The references of pods to ConfigMaps of that name.
    pub(crate) fn references(&self, name: &str) -> &[&'a Link] {
        self.references.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the name stands only where ConfigMaps of that name are stated, and where pods refer to them.
    pub(crate) fn is_only_referenced(&self, name: &str) -> bool {
        let of = |counts: &BTreeMap<&str, usize>| counts.get(name).copied().unwrap_or_default();
        of(&self.mentions) <= of(&self.definitions) + self.references(name).len()
    }

    /// Whether something that reads ConfigMaps by their labels, annotations or well-known names may read this one.
    pub(crate) fn may_be_found(&self, graph: &DeploymentGraph, resource: &Resource) -> bool {
        let maps = [graph.labels(resource), graph.annotations(resource)];
        let mut keys = maps.into_iter().flatten().flat_map(Node::fields);
        let is_marked = keys.any(|it| !it.key.as_str().is_some_and(|it| is_plain(&it)));
        let name = resource.name.clone().unwrap_or_default();
        let namespace = resource.namespace.as_deref().unwrap_or_default();
        let target = ObjectName {
            group: String::new(),
            kind: "ConfigMap".to_owned(),
            namespace: resource.namespace.clone(),
            name,
        };
        is_marked
            || namespace.starts_with("kube-")
            || namespace.starts_with("openshift-")
            || self.makers.of(graph, resource.id, &target).is_some()
    }
}

/// How sure it is that nobody reads the fields `path` of a ConfigMap which nothing here reads.
pub(crate) fn confidence(graph: &DeploymentGraph, resource: &Resource, path: &str) -> Confidence {
    evidence::inferred(graph, resource, &[path, "metadata.name"])
}

fn is_plain(key: &str) -> bool {
    PLAIN_LABELS.contains(&key) || PLAIN_BEGINNINGS.iter().any(|it| key.starts_with(it))
}

/// How often each of `names` stands as a whole word in the files that were read.
fn mentions<'a>(graph: &DeploymentGraph, names: &BTreeSet<&'a str>) -> BTreeMap<&'a str, usize> {
    let mut found = BTreeMap::new();
    if names.is_empty() {
        return found;
    }
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
    for file in &graph.files {
        let text = graph.sources.get(file.source).text();
        for word in text.split(|it| !is_part(it)) {
            if let Some(name) = names.get(word.trim_end_matches('.')) {
                *found.entry(*name).or_default() += 1;
            }
        }
    }
    found
}
