//! Secrets that Jobs and init containers are told to make: what their arguments name.

use kubelint_parser::Span;
use kubelint_parser::yaml::Node;

use super::Maker;
use super::names::Names;
use crate::view::{Container, ContainerKind};
use crate::{DeploymentGraph, KubeNode, Resource};

/// How many words of one container's arguments are kept.
const MAX_WORDS: usize = 1000;

/// Adds the words in the arguments of the containers of `resource` that run before others, or to their end, and speak of Secrets.
pub(super) fn add(graph: &DeploymentGraph, resource: &Resource, names: &mut Names) {
    let Some(workload) = graph.workload(resource) else {
        return;
    };
    let is_job = matches!(resource.gvk.kind.as_str(), "Job" | "CronJob");
    for template in workload.templates() {
        for container in template.containers() {
            if is_job || container.kind == ContainerKind::Init {
                add_container(graph, resource, &container, names);
            }
        }
    }
}

fn add_container(
    graph: &DeploymentGraph,
    resource: &Resource,
    container: &Container<'_>,
    names: &mut Names,
) {
    let lists = [container.command(), container.args()];
    let items = lists.into_iter().flatten().flat_map(Node::items);
    let texts: Vec<_> = items
        .filter_map(|it| Some((it.range(), it.string()?)))
        .collect();
    let speaks = |text: &str| text.to_ascii_lowercase().contains("secret");
    if !texts.iter().any(|(_, text)| speaks(text)) {
        return;
    }
    let is_name =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '.');
    let words = texts.iter().flat_map(|(range, text)| {
        let words = text.split(|it| !is_name(it));
        let words = words.filter(|it| it.len() > 1 && !it.starts_with(['-', '.']));
        words.map(|it| (*range, it))
    });
    for (range, word) in words.take(MAX_WORDS) {
        let maker = Maker::Argument(Span::new(graph.file(resource.file).source, range));
        names.add("Secret", word, resource.namespace.as_deref(), maker);
    }
}
