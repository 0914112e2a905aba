//! The places that lead from the image of a container to what it is built from.

use kubelint_engine::Finding;
use kubelint_model::image_link::ImageLink;
use kubelint_model::{DeploymentGraph, FileId};
use kubelint_parser::{Span, TextRange};

/// Adds what leads from a container's image to its Dockerfile: the kustomization that makes it this image, the command that gives it this
/// name, and the step that builds it.
pub(crate) fn with_steps(
    graph: &DeploymentGraph,
    link: &ImageLink,
    mut finding: Finding,
) -> Finding {
    if let Some((file, range)) = link.renamed.as_ref().and_then(|it| it.by) {
        finding = finding.related(graph.span(file, range), "makes it this image");
    }
    let Some(tie) = link.tie() else {
        return finding;
    };
    let tag = tie
        .tag
        .and_then(|it| graph.commands.images.get(it as usize));
    if let Some(tag) = tag {
        let place = graph.span(tag.file, tag.range);
        finding = finding.related(place, "what is built is given this name");
    }
    match tie.build(graph) {
        Some(step) => finding.related(graph.span(step.file, step.range), tie.words(graph)),
        None => finding,
    }
}

/// Adds all that leads from a container's image to its Dockerfile, and that.
pub(crate) fn with_chain(graph: &DeploymentGraph, link: &ImageLink, finding: Finding) -> Finding {
    let finding = with_steps(graph, link, finding);
    match link.tie() {
        Some(tie) => with_dockerfile(graph, tie.dockerfile, tie.words(graph), finding),
        None => finding,
    }
}

/// Adds a Dockerfile.
pub(crate) fn with_dockerfile(
    graph: &DeploymentGraph,
    file: FileId,
    words: String,
    finding: Finding,
) -> Finding {
    let source = graph.file(file).source;
    let text = graph.sources.get(source).text();
    let end = text.find('\n').unwrap_or(text.len());
    finding.related(Span::new(source, TextRange::new(0, end as u32)), words)
}
