//! The build steps of a repository, by the images that they build.

use std::collections::{BTreeMap, BTreeSet};

use super::dockerfiles::{Built, Dockerfiles};
use super::name::{Name, captured};
use super::words;
use crate::build::{BuildStep, Builder, ImageAct, split_image};
use crate::{DeploymentGraph, FileId};

/// Of more steps than these that name one image only the first are asked.
const MOST_STEPS: usize = 64;
/// How many names with something unknown in their last part are compared with each image.
const MOST_PATTERNS: usize = 64;

/// A build step, and what it builds from.
#[derive(Debug)]
#[expect(
    clippy::struct_field_names,
    reason = "it is the model's step that this is about"
)]
pub(super) struct Step<'a> {
    /// Its number among the graph's.
    pub(super) index: u32,
    pub(super) step: &'a BuildStep,
    pub(super) built: Built,
}

/// The steps, by what they build.
pub(super) struct Steps<'a> {
    pub(super) all: Vec<Step<'a>>,
    by_path: BTreeMap<String, Vec<usize>>,
    by_base: BTreeMap<String, Vec<usize>>,
    by_service: BTreeMap<String, Vec<usize>>,
    patterns: Vec<(String, usize)>,
    /// Where the repository's own images are kept, as far as steps say: registry and path without the last part.
    pub(super) places: BTreeSet<String>,
    /// Steps that build whatever they are given by the build argument: the step's number.
    selecting: Vec<usize>,
}

impl<'a> Steps<'a> {
    pub(super) fn of(graph: &'a DeploymentGraph, dockerfiles: &Dockerfiles<'_>) -> Self {
        let steps = graph.commands.builds.iter().zip(0..);
        let all = steps.map(|(step, index)| Step {
            index,
            step,
            built: dockerfiles.of_step(step, graph.file(step.file).path.as_str(), None),
        });
        let mut this = Self {
            all: all.collect(),
            by_path: BTreeMap::new(),
            by_base: BTreeMap::new(),
            by_service: BTreeMap::new(),
            patterns: Vec::new(),
            places: BTreeSet::new(),
            selecting: Vec::new(),
        };
        for index in 0..this.all.len() {
            this.add(index);
        }
        this.add_tags(graph);
        let pushed = graph.commands.images.iter();
        let pushed = pushed.filter(|it| it.act != ImageAct::Loaded && !it.is_document);
        this.places
            .extend(pushed.filter_map(|it| Name::of(&it.image)?.place));
        for list in this
            .by_path
            .values_mut()
            .chain(this.by_base.values_mut())
            .chain(this.by_service.values_mut())
        {
            list.sort_unstable();
            list.dedup();
            list.truncate(MOST_STEPS);
        }
        this
    }

    fn add(&mut self, index: usize) {
        let step = self.all[index].step;
        for name in &step.names {
            self.add_name(&name.text, index);
        }
        if let Some(service) = &step.service {
            let of_service = self.by_service.entry(service.text.to_ascii_lowercase());
            of_service.or_default().push(index);
        }
        let is_selecting = step.args.iter().any(|it| {
            words::selects(&it.name) && it.value.as_ref().is_none_or(|it| it.contains('*'))
        });
        if is_selecting && self.selecting.len() < MOST_PATTERNS {
            self.selecting.push(index);
        }
    }

    fn add_name(&mut self, image: &str, index: usize) {
        let Some(name) = Name::of(image) else {
            // All of it is unknown: what stands for it may also stand in the path.
            let (repository, _) = split_image(image);
            let may_bind = repository.ends_with('*') && !repository.is_empty();
            if may_bind && self.patterns.len() < MOST_PATTERNS {
                self.patterns.push(("*".to_owned(), index));
            }
            return;
        };
        if name.is_pattern() {
            if self.patterns.len() < MOST_PATTERNS {
                self.patterns.push((name.base, index));
            }
            return;
        }
        if let Some(path) = name.path {
            self.by_path.entry(path).or_default().push(index);
        }
        self.by_base.entry(name.base).or_default().push(index);
    }

    /// Gives the names of `docker tag SOURCE NAME` to the steps that build the source: in the same file, else anywhere. In their order, so that
    /// what was tagged may be tagged again.
    fn add_tags(&mut self, graph: &DeploymentGraph) {
        let mut by_image: BTreeMap<(Option<FileId>, String), Vec<usize>> = BTreeMap::new();
        for (index, it) in self.all.iter().enumerate() {
            for name in &it.step.names {
                let image = repository(&name.text);
                for file in [Some(it.step.file), None] {
                    let known = by_image.entry((file, image.clone())).or_default();
                    if known.len() < MOST_STEPS {
                        known.push(index);
                    }
                }
            }
        }
        for act in &graph.commands.images {
            let Some(source) = act.source.as_deref().map(repository) else {
                continue;
            };
            if source == "*" || act.image == "*" {
                continue;
            }
            let own = by_image.get(&(Some(act.file), source.clone()));
            let built = own.or_else(|| by_image.get(&(None, source)));
            for index in built.cloned().unwrap_or_default() {
                self.add_name(&act.image, index);
                let named = by_image.entry((Some(act.file), repository(&act.image)));
                let named = named.or_default();
                if named.len() < MOST_STEPS {
                    named.push(index);
                }
            }
        }
    }

    /// The steps that name this image, the registry aside.
    pub(super) fn by_path(&self, name: &Name) -> Vec<&Step<'a>> {
        let Some(path) = &name.path else {
            return Vec::new();
        };
        // What is known of a name may be its end: of two parts at least.
        let ends = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
        let ends = ends.filter(|it| it.contains('/'));
        let mut found: Vec<&Step<'a>> = self.all(self.by_path.get(path));
        if found.is_empty() {
            found = ends
                .flat_map(|it| self.all(self.by_path.get(it)))
                .filter(|it| has_open_name(it.step))
                .collect();
        }
        found
    }

    /// The steps that name an image with this last part.
    pub(super) fn by_base(&self, base: &str) -> Vec<&Step<'a>> {
        self.all(self.by_base.get(base))
    }

    /// The compose services of this name.
    pub(super) fn by_service(&self, name: &str) -> Vec<&Step<'a>> {
        self.all(self.by_service.get(name))
    }

    /// What the steps build `base` from whose names say only part of it: those in whose paths the same unknown part stands (`services/*`),
    /// and those whose path is known.
    pub(super) fn by_pattern(
        &self,
        graph: &DeploymentGraph,
        dockerfiles: &Dockerfiles<'_>,
        base: &str,
    ) -> Vec<(&Step<'a>, Built)> {
        let mut found = Vec::new();
        for (pattern, index) in &self.patterns {
            let (Some(bound), Some(it)) = (captured(pattern, base), self.all.get(*index)) else {
                continue;
            };
            let built = if it.built == Built::Unknown {
                let from = graph.file(it.step.file).path.as_str();
                dockerfiles.of_step(it.step, from, Some(bound))
            } else if pattern.len() > 3 {
                it.built.clone()
            } else {
                continue;
            };
            if matches!(built, Built::By(..)) {
                found.push((it, built));
            }
        }
        found
    }

    /// Whether some step builds from this Dockerfile whatever a build argument says: a folder that is called like an image then proves nothing.
    pub(super) fn selecting(&self) -> impl Iterator<Item = &Step<'a>> {
        self.selecting.iter().filter_map(|it| self.all.get(*it))
    }

    fn all(&self, found: Option<&Vec<usize>>) -> Vec<&Step<'a>> {
        let found = found.into_iter().flatten();
        found.filter_map(|it| self.all.get(*it)).collect()
    }
}

impl Step<'_> {
    /// Steps in the order in which they are believed: what deploys what it builds first, then what publishes, what developers build last.
    pub(super) fn rank(&self) -> (bool, u8, u32) {
        let by = match self.step.by {
            Builder::Skaffold => 0,
            Builder::Action => 1,
            Builder::Command if self.step.pushes => 2,
            Builder::Command => 3,
            Builder::Compose => 4,
        };
        (self.step.is_document, by, self.index)
    }
}

/// Whether something unknown stands before what is known of a name that it gives.
fn has_open_name(step: &BuildStep) -> bool {
    step.names.iter().any(|it| it.text.contains('*'))
}

fn repository(image: &str) -> String {
    split_image(image).0.to_ascii_lowercase()
}
