//! What the repository's own steps build and push, compared with the images that its manifests run.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::build::{ImageAct, ImageStep, split_image};
use kubelint_model::image_link::{ImageLink, ImageLinks};
use kubelint_model::purpose::Purpose;
use kubelint_model::view::{Container, Workload};
use kubelint_model::{DeploymentGraph, ImageRef, Role};
use kubelint_parser::Span;

/// Of more steps than these that name one image, or that name something unknown, only so many are compared.
const MOST_STEPS: usize = 256;

/// What is done with images, by their names. What documents tell a person to do, and what is done for tests, proves nothing.
pub(crate) struct BuiltImages<'a> {
    graph: &'a DeploymentGraph,
    by_repository: BTreeMap<String, Vec<&'a ImageStep>>,
    by_name: BTreeMap<&'a str, Vec<&'a ImageStep>>,
    /// Steps whose repository is not known in full.
    open: Vec<&'a ImageStep>,
    /// What is pushed to each place: registry and path without the last part.
    pub(crate) pushed_to: BTreeMap<String, Pushed<'a>>,
    /// The words of scripts and workflows that set images while they deploy.
    set: BTreeSet<&'a str>,
}

/// What is pushed to a place.
pub(crate) struct Pushed<'a> {
    /// The first step that does so.
    pub(crate) first: &'a ImageStep,
    /// The names of the images.
    pub(crate) names: BTreeSet<String>,
}

/// What a script or workflow holds that may put tags into manifests, or images into the cluster.
const SETTERS: [&str; 6] = [
    "set image",
    "edit set image",
    "sed ",
    "yq ",
    "envsubst",
    "image.tag",
];

impl<'a> BuiltImages<'a> {
    pub(crate) fn of(graph: &'a DeploymentGraph) -> Self {
        let mut this = Self {
            graph,
            by_repository: BTreeMap::new(),
            by_name: BTreeMap::new(),
            open: Vec::new(),
            pushed_to: BTreeMap::new(),
            set: set_words(graph),
        };
        for step in &graph.commands.images {
            let (repository, _) = split_image(&step.image);
            let name = repository.rsplit('/').next().unwrap_or_default();
            if repository.contains('*') {
                if this.open.len() < MOST_STEPS {
                    this.open.push(step);
                }
            } else if let Some(image) = ImageRef::parse(repository) {
                let canonical = image.canonical();
                if step.act == ImageAct::Pushed && !step.is_document && !is_for_tests(graph, step) {
                    let (place, name) = canonical.rsplit_once('/').unwrap_or(("", &canonical));
                    let pushed = this.pushed_to.entry(place.to_owned());
                    let pushed = pushed.or_insert_with(|| Pushed {
                        first: step,
                        names: BTreeSet::new(),
                    });
                    pushed.names.insert(name.to_owned());
                }
                push(this.by_repository.entry(canonical).or_default(), step);
            }
            if !name.contains('*') {
                push(this.by_name.entry(name).or_default(), step);
            }
        }
        this
    }

    /// The steps that name `image`, whatever its tag.
    pub(crate) fn steps(&self, image: &ImageRef<'_>) -> &[&'a ImageStep] {
        let found = self.by_repository.get(&image.canonical());
        found.map_or(&[], Vec::as_slice)
    }

    /// The steps that name an image with the same last part.
    pub(crate) fn alike(&self, image: &ImageRef<'_>) -> &[&'a ImageStep] {
        self.by_name.get(image.name()).map_or(&[], Vec::as_slice)
    }

    /// The first step that names an image whose last part is `name`, as written.
    pub(crate) fn of_name(&self, name: &str) -> Option<&'a ImageStep> {
        self.by_name.get(name)?.first().copied()
    }

    /// Whether a step whose names are known only in part may make or push `image`.
    pub(crate) fn may_be_open(&self, image: &ImageRef<'_>) -> bool {
        let canonical = image.canonical();
        self.open.iter().any(|it| {
            let (repository, _) = split_image(&it.image);
            fits(repository, &canonical)
        })
    }

    /// Whether a script or workflow that sets images while it deploys mentions `name`.
    pub(crate) fn is_set_elsewhere(&self, name: &str) -> bool {
        self.set.contains(name)
    }

    /// Whether the text of a step says all of what it names itself, without variables.
    pub(crate) fn is_literal(&self, step: &ImageStep) -> bool {
        let source = self.graph.file(step.file).source;
        let text = step.range.of(self.graph.sources.get(source).text());
        !text.contains(['$', '%', '`']) && !text.contains("{{")
    }

    /// Whether the text of a step writes its tag out, whatever variables are in the name before it.
    pub(crate) fn states_tag(&self, step: &ImageStep) -> bool {
        let source = self.graph.file(step.file).source;
        let text = step.range.of(self.graph.sources.get(source).text());
        let (_, tag) = split_image(&step.image);
        let stated = text.rsplit_once(':').map(|it| it.1);
        // An image without a tag is `latest`, as good as written out.
        stated.is_some_and(|it| it.trim_end_matches(['"', '\'']) == tag)
            || !text.contains(':') && !text.contains(['$', '%', '`']) && !text.contains("{{")
    }

    /// The place of a step.
    pub(crate) fn span(&self, step: &ImageStep) -> Span {
        self.graph.span(step.file, step.range)
    }
}

/// The words of all texts that set images.
fn set_words(graph: &DeploymentGraph) -> BTreeSet<&str> {
    let files = graph.files.iter();
    let scripts = files.filter(|it| matches!(it.role, Role::Script | Role::Workflow));
    let texts = scripts.map(|it| graph.sources.get(it.source).text());
    let setting = texts.filter(|text| SETTERS.iter().any(|it| text.contains(it)));
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    setting
        .flat_map(|text| text.split(move |it| !is_name(it)))
        .filter(|it| !it.is_empty())
        .collect()
}

/// Whether a step is there for tests only.
pub(crate) fn is_for_tests(graph: &DeploymentGraph, step: &ImageStep) -> bool {
    graph.file(step.file).purpose == Purpose::Test
}

/// The image links of a container.
pub(crate) fn links<'a>(
    links: &'a ImageLinks,
    workload: &Workload<'_>,
    container: &Container<'_>,
) -> Vec<&'a ImageLink> {
    let path = container.path();
    links.of_container(workload.resource.id, &path).collect()
}

fn push<'a>(steps: &mut Vec<&'a ImageStep>, step: &'a ImageStep) {
    if steps.len() < MOST_STEPS {
        steps.push(step);
    }
}

/// Whether a repository with `*` for what is not known may be `canonical`. Of a registry that is not written Docker Hub is meant, or a variable
/// brings it.
fn fits(pattern: &str, canonical: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let hub = canonical.strip_prefix("docker.io/");
    let starts = [
        Some(canonical),
        hub,
        hub.and_then(|it| it.strip_prefix("library/")),
    ];
    let rests = starts
        .into_iter()
        .flatten()
        .filter_map(|it| it.strip_prefix(first));
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return false;
    };
    rests.into_iter().any(|mut rest| {
        let found = middle.iter().all(|part| match rest.find(part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        });
        found && rest.ends_with(last)
    })
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn what_a_step_may_mean() {
        for (pattern, expected) in [
            ("*", true),
            ("*/api", true),
            ("ghcr.io/*", true),
            ("ghcr.io/*/api", true),
            ("ghcr.io/*/web", false),
            ("quay.io/*", false),
            ("*-api", false),
        ] {
            assert_eq!(fits(pattern, "ghcr.io/acme/api"), expected, "{pattern}");
        }
        assert!(fits("acme/*", "docker.io/acme/api"));
    }
}
