//! The build steps of a repository, by the images that they build.

use std::collections::{BTreeMap, BTreeSet};

use super::asked::{Asked, is_own, shared};
use super::dockerfiles::{Built, Dockerfiles};
use super::name::{Name, SHORT, captured};
use super::words;
use crate::build::{BuildStep, Builder, ImageAct, split_image};
use crate::purpose::Purpose;
use crate::{DeploymentGraph, FileId};

/// Of more steps than these that name one image only the first are asked.
const MOST_STEPS: usize = 64;
/// Of a name that is known in part, this many characters must be known, its `*` counted.
const LEAST_KNOWN: usize = 4;
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

/// A name that a step gives, of whose last part only some is known.
struct Pattern {
    base: String,
    place: Option<String>,
    step: usize,
}

/// The steps, by what they build.
pub(super) struct Steps<'a> {
    pub(super) all: Vec<Step<'a>>,
    by_path: BTreeMap<String, Vec<usize>>,
    by_base: BTreeMap<String, Vec<usize>>,
    by_service: BTreeMap<String, Vec<usize>>,
    patterns: Vec<Pattern>,
    /// Where the repository's own images are kept, as far as steps say: registry and path without the last part.
    pub(super) places: BTreeSet<String>,
    /// Steps that build whatever they are given by the build argument: the step's number.
    selecting: Vec<usize>,
    /// The image steps that give what a build step builds another name: by the number of that, and the last part of the name.
    tags: BTreeMap<(u32, String), u32>,
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
            tags: BTreeMap::new(),
        };
        for index in 0..this.all.len() {
            this.add(index);
        }
        this.add_tags(graph);
        let pushed = graph.commands.images.iter();
        let pushed = pushed.filter(|it| it.act != ImageAct::Loaded && !it.is_document);
        let places = pushed.filter_map(|it| Name::of(&it.image)?.place);
        // A short name is one for the machine that builds, and says nothing of where the image is kept.
        this.places.extend(places.filter(|it| it != SHORT));
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
        if let Some(name) = &step.made_up {
            self.add_name(name, index);
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
            // All of its last part is unknown: what stands for it may also stand in the path.
            let (repository, _) = split_image(image);
            if repository.ends_with('*') && self.patterns.len() < MOST_PATTERNS {
                self.patterns.push(Pattern {
                    base: "*".to_owned(),
                    place: place_of(repository),
                    step: index,
                });
            }
            return;
        };
        if name.is_pattern() {
            if self.patterns.len() < MOST_PATTERNS {
                self.patterns.push(Pattern {
                    base: name.base,
                    place: name.place,
                    step: index,
                });
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
        for (number, act) in (0..).zip(&graph.commands.images) {
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
                if let Some(name) = Name::of(&act.image) {
                    let step = self.all[index].index;
                    self.tags.entry((step, name.base)).or_insert(number);
                }
                let named = by_image.entry((Some(act.file), repository(&act.image)));
                let named = named.or_default();
                if named.len() < MOST_STEPS {
                    named.push(index);
                }
            }
        }
    }

    /// The image step that gives what the build step `step` builds this name, unless that names it so itself.
    pub(super) fn tag(&self, step: u32, name: &Name) -> Option<u32> {
        let tag = self.tags.get(&(step, name.base.clone()))?;
        let build = self.all.get(step as usize)?;
        let mut names = build.step.names.iter().filter_map(|it| Name::of(&it.text));
        let is_direct = names.any(|it| it.path == name.path);
        (!is_direct).then_some(*tag)
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

    /// Those of `named` that are meant where they contradict each other: steps that are not for tests, that give the same tag, and of an image
    /// that is named without an organisation, so that it may be another project's, those nearest to the manifest.
    pub(super) fn narrowed<'s>(
        graph: &DeploymentGraph,
        mut named: Vec<&'s Step<'a>>,
        asked: &Asked<'_>,
    ) -> Vec<&'s Step<'a>> {
        let path = |it: &Step<'_>| graph.file(it.step.file).path.as_str();
        let is_short = asked.name.path.as_ref().is_some_and(|it| !it.contains('/'));
        if is_short {
            named.retain(|it| it.is_of_project(graph, asked));
        }
        let first = named.first().map(|it| &it.built);
        if named.iter().all(|it| Some(&it.built) == first) {
            return named;
        }
        let is_for_tests = |it: &&Step<'_>| graph.file(it.step.file).purpose == Purpose::Test;
        keep_if_any(&mut named, |it| asked.is_for_tests == is_for_tests(it));
        keep_if_any(&mut named, |it| {
            let names = it.step.names.iter();
            let mut tags = names.map(|it| split_image(&it.text).1);
            // Everybody has a `latest`.
            asked.tag != "latest" && tags.any(|it| it == asked.tag)
        });
        if is_short {
            let near = |it: &&Step<'_>| shared(asked.manifest, path(it));
            let nearest = named.iter().map(near).max().unwrap_or(0);
            named.retain(|it| near(it) == nearest);
        }
        named
    }

    /// The steps that name an image with this last part.
    pub(super) fn by_base(&self, base: &str) -> Vec<&Step<'a>> {
        self.all(self.by_base.get(base))
    }

    /// The compose services of this name.
    pub(super) fn by_service(&self, name: &str) -> Vec<&Step<'a>> {
        self.all(self.by_service.get(name))
    }

    /// What the steps build the image from whose names say only part of it: those in whose paths the same unknown part stands
    /// (`services/*`), and those whose path is known. Something else must be known of name or path, or the step might build anything.
    pub(super) fn by_pattern(
        &self,
        graph: &DeploymentGraph,
        dockerfiles: &Dockerfiles<'_>,
        name: &Name,
    ) -> Vec<(&Step<'a>, Built)> {
        let mut found = Vec::new();
        for pattern in &self.patterns {
            let (Some(bound), Some(it)) = (
                captured(&pattern.base, &name.base),
                self.all.get(pattern.step),
            ) else {
                continue;
            };
            let is_named = pattern.base.len() >= LEAST_KNOWN;
            let is_there = pattern.place.is_some() && pattern.place == name.place;
            let paths = [Some(&it.step.context), it.step.dockerfile.as_ref()];
            let mut parts = paths.iter().flatten().flat_map(|it| it.path.split('/'));
            let is_placed = parts.any(|it| !it.is_empty() && !it.contains('*'));
            let built = if it.built == Built::Unknown && (is_named || is_there || is_placed) {
                let from = graph.file(it.step.file).path.as_str();
                dockerfiles.of_step(it.step, from, Some(bound))
            } else if is_named {
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
        let mut steps: Vec<&Step<'a>> = found.filter_map(|it| self.all.get(*it)).collect();
        // What Tilt builds runs on the machines of developers, in place of what the other steps build.
        keep_if_any(&mut steps, |it| it.step.by != Builder::Tilt);
        steps
    }
}

/// Keeps those for which `holds`, if it holds for any.
fn keep_if_any<T>(items: &mut Vec<T>, holds: impl Fn(&T) -> bool) {
    if items.iter().any(&holds) {
        items.retain(holds);
    }
}

impl Step<'_> {
    /// Whether the image that it builds may be the one that is asked for: one with a name that every project has is that of its own.
    pub(super) fn is_of_project(&self, graph: &DeploymentGraph, asked: &Asked<'_>) -> bool {
        !words::is_generic(&asked.name.base)
            || match self.built {
                Built::By(id, _) => is_own(asked.manifest, graph.file(id).path.parent()),
                _ => true,
            }
    }

    /// Steps in the order in which they are believed: what deploys what it builds first, then what publishes, what developers build last.
    pub(super) fn rank(&self) -> (bool, u8, u32) {
        let by = match self.step.by {
            Builder::Skaffold => 0,
            Builder::Action | Builder::Bake => 1,
            Builder::Command if self.step.pushes => 2,
            Builder::Command => 3,
            Builder::Compose | Builder::Tilt => 4,
        };
        (self.step.is_document, by, self.index)
    }
}

/// Whether something unknown stands before what is known of a name that it gives.
fn has_open_name(step: &BuildStep) -> bool {
    step.names.iter().any(|it| it.text.contains('*'))
}

/// The registry and path up to the last part of a repository, if they are known.
fn place_of(repository: &str) -> Option<String> {
    let (place, _) = repository.rsplit_once('/')?;
    Name::of(&format!("{place}/x"))?.place
}

fn repository(image: &str) -> String {
    split_image(image).0.to_ascii_lowercase()
}
