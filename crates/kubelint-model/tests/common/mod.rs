//! What tests of several subjects need.

use kubelint_model::{DeploymentGraph, Known, Needs, Targets, extract, link, load, plan};
use kubelint_parser::source::{MemorySources, SourcePath};

/// The graph of one file of manifests.
pub(crate) fn graph(text: &str) -> DeploymentGraph {
    graph_of("a.yaml", text)
}

/// The graph of one file.
pub(crate) fn graph_of(path: &str, text: &str) -> DeploymentGraph {
    let paths = [SourcePath::new(path)];
    let sources = MemorySources::new([(path, text)]);
    let needs = Needs::default();
    let files = load(&sources, Targets::of(&paths), Vec::new(), needs);
    let facts = extract(&files);
    let plan = plan(&files, &facts);
    link(files, facts, plan, &Known::default(), needs)
}
