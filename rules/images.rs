//! What the repository itself does with the images that its manifests name.

use kubelint_model::commands::{ImageAct, ImageStep, UNKNOWN_IMAGE, split_image};
use kubelint_model::{DeploymentGraph, ImageRef};

/// The steps of scripts, workflows and tools that make or push `image`, whatever its tag; those of documents are left out.
pub(crate) fn made<'a>(
    graph: &'a DeploymentGraph,
    image: &ImageRef<'_>,
) -> impl Iterator<Item = &'a ImageStep> {
    let name = image.canonical();
    graph
        .commands
        .images
        .iter()
        .filter(move |it| !it.is_document && it.act != ImageAct::Loaded && is_of(&it.image, &name))
}

/// Whether something puts `image` onto the nodes without a registry: names it, or puts there what nobody knows.
pub(crate) fn is_loaded(graph: &DeploymentGraph, image: &ImageRef<'_>) -> bool {
    let name = image.canonical();
    let mut loaded = graph.commands.images.iter();
    loaded.any(|it| {
        it.act == ImageAct::Loaded && (it.image == UNKNOWN_IMAGE || is_of(&it.image, &name))
    })
}

/// Whether a command that names `step` means the image `canonical`: what is not known may be anything.
fn is_of(step: &str, canonical: &str) -> bool {
    let (repository, _) = split_image(step);
    match repository.rsplit_once('*') {
        // What stands behind the last variable is known; before it, the registry and more may stand.
        Some((_, end)) => end.is_empty() || canonical.ends_with(end),
        None => ImageRef::parse(repository).is_some_and(|it| it.canonical() == canonical),
    }
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn commands_mean_images() {
        for (step, expected) in [
            ("ghcr.io/shop/api:1", true),
            ("ghcr.io/shop/api", true),
            ("*/api:*", true),
            ("*/shop/api", true),
            ("*", true),
            ("*:1", true),
            ("ghcr.io/shop/*:1", true),
            ("*/apis", false),
            ("shop/api", false),
            ("api", false),
        ] {
            assert_eq!(is_of(step, "ghcr.io/shop/api"), expected, "{step}");
        }
        assert!(is_of("api", "docker.io/library/api"));
    }
}
