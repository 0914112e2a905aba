//! What tests of several subjects need.

use kubelint_model::{DeploymentGraph, Known, Needs, Targets, extract, link, load, plan};
use kubelint_parser::source::{MemorySources, SourcePath};

/// The graph of one file.
pub(crate) fn graph(text: &str) -> DeploymentGraph {
    let path = [SourcePath::new("a.yaml")];
    let sources = MemorySources::new([("a.yaml", text)]);
    let needs = Needs::default();
    let files = load(&sources, Targets::of(&path), Vec::new(), needs);
    let facts = extract(&files);
    let plan = plan(&files, &facts);
    link(files, facts, plan, &Known::default(), needs)
}
