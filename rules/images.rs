//! What the repository itself does with the images that its manifests name.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::build::{ImageAct, ImageStep, UNKNOWN_IMAGE, split_image};
use kubelint_model::{DeploymentGraph, ImageRef};

/// Longer ends belong to no image (`RepositoryNameTotalLengthMax` of `distribution/reference`).
const MAX_NAME: usize = 255;

/// What scripts, workflows and tools do with images: thousands of containers may ask about thousands of steps.
#[derive(Default)]
pub(crate) struct Steps<'a> {
    /// The images that something makes or pushes. What documents tell a person to do is left out here and below.
    made: Images<'a>,
    /// Those that skaffold makes.
    by_skaffold: Images<'a>,
    /// Those that something puts onto the nodes without a registry.
    loaded: Images<'a>,
    /// Whether something puts there what nobody knows.
    loads_unknown: bool,
    /// The first step that pushes each image with each tag, where both are known.
    pushed: BTreeMap<(String, &'a str), &'a ImageStep>,
}

/// Images as commands name them, whatever their tags.
#[derive(Default)]
struct Images<'a> {
    /// The canonical names.
    whole: BTreeSet<String>,
    /// What stands behind the last part that is not known.
    ends: BTreeSet<&'a str>,
}

impl<'a> Steps<'a> {
    pub(crate) fn of(graph: &'a DeploymentGraph) -> Self {
        let mut steps = Self::default();
        for step in &graph.commands.images {
            if step.act == ImageAct::Loaded {
                steps.loads_unknown |= step.image == UNKNOWN_IMAGE;
                steps.loaded.add(&step.image);
            } else if !step.is_document {
                steps.add(step);
            }
        }
        steps
    }

    fn add(&mut self, step: &'a ImageStep) {
        self.made.add(&step.image);
        if step.act == ImageAct::BuiltBySkaffold {
            self.by_skaffold.add(&step.image);
        }
        let is_whole = step.act == ImageAct::Pushed && !step.image.contains('*');
        let (repository, tag) = split_image(&step.image);
        if let Some(image) = ImageRef::parse(repository).filter(|_| is_whole) {
            let key = (image.canonical(), tag);
            self.pushed.entry(key).or_insert(step);
        }
    }

    /// Whether something makes or pushes `image`, whatever its tag.
    pub(crate) fn is_made(&self, image: &ImageRef<'_>) -> bool {
        self.made.has(&image.canonical())
    }

    /// Whether skaffold makes `image`.
    pub(crate) fn is_by_skaffold(&self, image: &ImageRef<'_>) -> bool {
        self.by_skaffold.has(&image.canonical())
    }

    /// The first step that pushes `image` with this tag, both written out.
    pub(crate) fn pushed<'s>(
        &'s self,
        image: &ImageRef<'_>,
        tag: &'s str,
    ) -> Option<&'a ImageStep> {
        self.pushed.get(&(image.canonical(), tag)).copied()
    }

    /// Whether something puts `image` onto the nodes without a registry: names it, or puts there what nobody knows.
    pub(crate) fn is_loaded(&self, image: &ImageRef<'_>) -> bool {
        self.loads_unknown || self.loaded.has(&image.canonical())
    }
}

impl<'a> Images<'a> {
    /// Adds an image as a command names it.
    fn add(&mut self, image: &'a str) {
        let (repository, _) = split_image(image);
        match repository.rsplit_once('*') {
            // What stands behind the last variable is known; before it, the registry and more may stand.
            Some((_, end)) => {
                self.ends.insert(end);
            }
            None => self
                .whole
                .extend(ImageRef::parse(repository).map(|it| it.canonical())),
        }
    }

    /// Whether one of them means the image `canonical`: what is not known may be anything.
    fn has(&self, canonical: &str) -> bool {
        let from = canonical.len().saturating_sub(MAX_NAME);
        let mut ends = (from..=canonical.len()).filter_map(|at| canonical.get(at..));
        self.whole.contains(canonical) || ends.any(|it| self.ends.contains(it))
    }
}

#[cfg(test)]
mod tests {
    use super::Images;

    #[test]
    fn commands_mean_images() {
        let is_of = |step, canonical| {
            let mut images = Images::default();
            images.add(step);
            images.has(canonical)
        };
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
