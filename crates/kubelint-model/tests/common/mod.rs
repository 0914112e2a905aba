//! What tests of several subjects need.

use kubelint_model::{DeploymentGraph, Known, Needs, Targets};
use kubelint_parser::source::{MemorySources, Sources};

/// The graph of one file of manifests.
pub(crate) fn graph(text: &str) -> DeploymentGraph {
    graph_of("a.yaml", text)
}

/// The graph of one file.
pub(crate) fn graph_of(path: &str, text: &str) -> DeploymentGraph {
    let sources = MemorySources::new([(path, text)]);
    let needs = Needs::default();
    let targets = Targets::of(sources.list());
    DeploymentGraph::read(&sources, targets, Vec::new(), &Known::default(), needs)
}
