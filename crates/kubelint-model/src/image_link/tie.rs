//! Ties each container's image to a Dockerfile: every means is asked, the first that gives exactly one Dockerfile wins, the others vote.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;
use kubelint_parser::source::Sources;

use super::answers::Answers;
use super::asked::{Asked, own_images, project_words};
use super::dockerfiles::{Built, Dockerfiles};
use super::name::{Name, SHORT, captured};
use super::steps::{Step, Steps};
use super::{
    Confidence, Family, ImageLink, ImageLinks, Means, Outcome, Tie, Untied, Vote, unstated, words,
};
use crate::build::Builder;
use crate::plan::ImageRuns;
use crate::purpose::Purpose;
use crate::view::{Container, ContainerKind, Workload};
use crate::{DeploymentGraph, FileId, Known, KubeNode, Resource};

/// What there is to tie images to.
pub(super) struct Tree<'a> {
    pub(super) graph: &'a DeploymentGraph,
    pub(super) dockerfiles: Dockerfiles<'a>,
    pub(super) steps: Steps<'a>,
    /// The words of the project's own name and organisation.
    pub(super) project: BTreeSet<String>,
    /// The only image that is not public software, if there is one, by the last part of its name.
    pub(super) only_image: Option<String>,
}

/// What an outcome depends on: the image, the manifest, the container's name and the workload's.
type Key = (String, FileId, Option<String>, Option<String>);

/// Ties the images of all containers, in the order of resources and containers.
pub(super) fn links(graph: &DeploymentGraph, known: &Known, sources: &dyn Sources) -> ImageLinks {
    let tree = Tree::of(graph, known, sources);
    let mut runs = ImageRuns::new(&graph.plan);
    let mut outcomes = BTreeMap::new();
    let mut found = Vec::new();
    for workload in graph.workloads() {
        for template in workload.templates() {
            let mut is_first = true;
            for container in template.containers() {
                let is_regular = container.kind == ContainerKind::Regular;
                // The name of a workload is that of its main container: of a side container it says nothing.
                let is_main = is_regular && std::mem::take(&mut is_first);
                let name = workload.resource.name.as_deref().filter(|_| is_main);
                found.extend(tree.of_container(
                    &workload,
                    &container,
                    name,
                    &mut runs,
                    &mut outcomes,
                ));
            }
        }
    }
    let of_steps = tree.steps.all.iter().map(|it| match it.built {
        Built::By(file, _) => Some(file),
        Built::Elsewhere | Built::Unknown | Built::Absent => None,
    });
    ImageLinks {
        of_steps: of_steps.collect(),
        links: found,
    }
}

impl<'a> Tree<'a> {
    fn of(graph: &'a DeploymentGraph, known: &Known, sources: &'a dyn Sources) -> Self {
        let mut dockerfiles = Dockerfiles::of(graph, sources);
        let steps = Steps::of(graph, &dockerfiles);
        let mut images = own_images(graph);
        let project = project_words(&images, known);
        dockerfiles.drop_words(&project);
        let is_only = images.len() == 1;
        Self {
            graph,
            dockerfiles,
            steps,
            project,
            only_image: images.pop_first().filter(|_| is_only),
        }
    }

    /// The links of one container: one for each image that kustomizations give it.
    fn of_container(
        &self,
        workload: &Workload<'_>,
        container: &Container<'_>,
        name: Option<&str>,
        runs: &mut ImageRuns<'a>,
        outcomes: &mut BTreeMap<Key, Outcome>,
    ) -> Vec<ImageLink> {
        let Some((written, range)) = image_of(container) else {
            return Vec::new();
        };
        let resource = workload.resource;
        let path = container.path();
        let images = if self.graph.plan.renames_image(resource.id, &path) {
            runs.of(resource.file, &written)
        } else {
            Vec::new()
        };
        let as_written = images
            .is_empty()
            .then(|| (written.clone().into_owned(), None));
        let changed = images.into_iter().map(|it| (it.image.clone(), Some(it)));
        let called = container.name();
        let called = called.as_ref().map(|it| it.value.as_ref());
        let link = |(image, run): (String, Option<crate::plan::RunImage>)| {
            let key = (
                image.clone(),
                resource.file,
                called.map(str::to_owned),
                name.map(str::to_owned),
            );
            let outcome = outcomes.entry(key).or_insert_with(|| {
                let file = self.graph.file(resource.file);
                let is_for_tests = file.purpose == Purpose::Test;
                let by = Asked::by(file.path.as_str(), is_for_tests, called, name);
                self.outcome(&image, &written, &by)
            });
            let link = ImageLink {
                resource: resource.id,
                container: path.clone(),
                range,
                outcome: outcome.clone(),
                image,
                renamed: run.filter(|it| it.by.is_some()),
            };
            self.unless_open(link, resource, called, name)
        };
        changed.chain(as_written).map(link).collect()
    }

    /// The link, or what is known better of an image that is not stated, or that nothing is called like.
    fn unless_open(
        &self,
        link: ImageLink,
        resource: &Resource,
        called: Option<&str>,
        name: Option<&str>,
    ) -> ImageLink {
        if !unstated::is_open(&link.outcome) {
            return link;
        }
        let file = self.graph.file(resource.file);
        let by = Asked::by(
            file.path.as_str(),
            file.purpose == Purpose::Test,
            called,
            name,
        );
        let is_as_written = link.renamed.is_none();
        let edited = self.edited(resource, link.range);
        if let Some(run) = edited.filter(|_| is_as_written)
            && let outcome @ Outcome::Tied(_) = self.outcome(&run.image, &run.image, &by)
        {
            return ImageLink {
                image: run.image.clone(),
                renamed: Some(run),
                outcome,
                ..link
            };
        }
        let is_stated = !matches!(link.outcome, Outcome::Untied(Untied::Unreadable));
        let outcome = self.by_container(&by).filter(|_| !is_stated);
        ImageLink {
            outcome: outcome.unwrap_or(link.outcome),
            ..link
        }
    }

    /// What `image` is built from, which stands as `written` in the manifest.
    fn outcome(&self, image: &str, written: &str, by: &Asked<'_>) -> Outcome {
        if image.starts_with("ko://") {
            return Outcome::Untied(Untied::BuiltByKo);
        }
        let Some(first) = Asked::new(image, by) else {
            return Outcome::Untied(Untied::Unreadable);
        };
        let outcome = self.tie(&first);
        // Behind a name that a kustomization gives there may be the one by which the image is built.
        let is_untied = matches!(outcome, Outcome::Untied(Untied::Unknown | Untied::Public));
        let before = Asked::new(written, by).filter(|_| is_untied && written != image);
        match before.map(|it| self.tie(&it)) {
            Some(tied @ Outcome::Tied(_)) => tied,
            _ => outcome,
        }
    }

    pub(super) fn tie(&self, asked: &Asked<'_>) -> Outcome {
        let named = Steps::narrowed(self.graph, self.steps.by_path(&asked.name), asked);
        let answers = Answers::of(self, asked, &named);
        // A step that names the image and has no Dockerfile here is the answer, whatever folders are called.
        let first_step = named.iter().min_by_key(|it| it.rank());
        let first = answers.given.first();
        let is_stated = first.is_some_and(|(it, _)| it.means == Means::Step);
        if let Some(step) = first_step.filter(|it| !is_stated && !it.step.is_document) {
            match step.built {
                Built::Elsewhere => return Outcome::Untied(Untied::BuiltElsewhere(step.index)),
                Built::Absent => return Outcome::Untied(Untied::WithoutDockerfile(step.index)),
                Built::By(..) | Built::Unknown => {}
            }
        }
        let Some((first, context)) = first else {
            return Outcome::Untied(match first_step {
                Some(step) => Untied::WithoutDockerfile(step.index),
                None if asked.is_public => Untied::Public,
                None if answers.is_ambiguous => Untied::Ambiguous,
                None => self.built_elsewhere(&asked.name.base),
            });
        };
        let (first, context) = (first.clone(), context.clone());
        let votes: Vec<Vote> = answers.given.into_iter().map(|it| it.0).collect();
        let is_disputed = self.is_disputed(asked, &first, &votes, &named);
        let confidence = if is_disputed {
            Confidence::Low
        } else {
            self.confidence(asked, &first, &votes)
        };
        let dockerfile = first.dockerfile;
        Outcome::Tied(Box::new(Tie {
            means: first.means,
            confidence,
            dockerfile,
            step: first.step,
            tag: first.step.and_then(|it| self.steps.tag(it, &asked.name)),
            context,
            votes,
            is_disputed,
            compose_steps: self.compose_steps(asked, &named, dockerfile),
        }))
    }

    /// The steps of compose that build `dockerfile` under a name of the image, or of its container.
    fn compose_steps(
        &self,
        asked: &Asked<'_>,
        named: &[&Step<'_>],
        dockerfile: FileId,
    ) -> Vec<u32> {
        let called = asked.container.into_iter();
        let services = called.flat_map(|it| self.steps.by_service(&it.to_ascii_lowercase()));
        let base = &asked.name.base;
        let all = named.iter().copied().chain(self.steps.by_base(base));
        let all = all.chain(self.steps.by_service(base)).chain(services);
        let of_compose = all.filter(|it| it.step.by == Builder::Compose);
        let of_same =
            of_compose.filter(|it| matches!(it.built, Built::By(id, _) if id == dockerfile));
        let mut found: Vec<u32> = of_same.map(|it| it.index).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether all steps that name an image with this last part build it without a Dockerfile of the repository.
    fn built_elsewhere(&self, base: &str) -> Untied {
        let steps = self.steps.by_base(base);
        let mut stated = steps.iter().filter(|it| !it.step.is_document);
        match stated.next() {
            Some(first) if steps.iter().all(|it| it.built == Built::Elsewhere) => {
                Untied::BuiltElsewhere(first.index)
            }
            _ => Untied::Unknown,
        }
    }

    /// Whether something that is to be believed contradicts the vote `first`.
    fn is_disputed(
        &self,
        asked: &Asked<'_>,
        first: &Vote,
        votes: &[Vote],
        named: &[&Step<'_>],
    ) -> bool {
        if first.means == Means::Step {
            // What a step says of the very image is doubted because of another step, not because of what a folder is called.
            let stated = named.iter().filter(|it| !it.step.is_document);
            let mut built = stated.filter_map(|it| match &it.built {
                Built::By(id, _) => Some((*id, it.step.target.as_ref().map(|it| &it.text))),
                _ => None,
            });
            let one = built.next();
            return built.any(|it| Some(it) != one);
        }
        let counts = |it: &&Vote| it.means.confidence() > Confidence::Low;
        let mut others = votes.iter().filter(counts);
        if others.any(|it| it.dockerfile != first.dockerfile) {
            return true;
        }
        // One Dockerfile may build every component, told by an argument which; a folder that is called like one may then hold another.
        let is_by_steps = first.step.is_some();
        let mut selecting = self.steps.selecting().filter(|_| !is_by_steps);
        selecting.any(|it| match it.built {
            Built::By(id, _) => id != first.dockerfile && may_build(it, asked),
            _ => false,
        })
    }

    /// How far the vote `first`, which nothing contradicts, is to be believed.
    fn confidence(&self, asked: &Asked<'_>, first: &Vote, votes: &[Vote]) -> Confidence {
        let own = self.own_confidence(asked, first);
        // Of a name that every project has, container and folder have their own.
        let is_generic = words::is_generic(&asked.name.base);
        let agrees = |it: &Vote| {
            !is_upstream(asked)
                && it.dockerfile == first.dockerfile
                && it.means.family() != first.means.family()
                && !(is_generic && it.means.family() == Family::Manifest)
        };
        if own == Confidence::Medium && votes.iter().any(agrees) {
            Confidence::High
        } else {
            own
        }
    }

    /// How far a means is to be believed for this image by itself.
    fn own_confidence(&self, asked: &Asked<'_>, vote: &Vote) -> Confidence {
        let of_means = vote.means.confidence();
        let step = vote.step.and_then(|it| self.steps.all.get(it as usize));
        let has_target = step.is_some_and(|it| it.step.target.is_some());
        let is_generic = words::is_generic(&asked.name.base);
        if let Some(tilt) = step.filter(|it| it.step.by == Builder::Tilt) {
            let is_for_tilt = has_target || tilt.step.dockerfile.is_some();
            let most = if is_for_tilt {
                Confidence::Low
            } else {
                Confidence::Medium
            };
            return of_means.min(most);
        }
        match vote.means {
            // Compose often builds the stage for developers.
            Means::ComposeService if has_target => of_means.min(Confidence::Medium),
            // Two organisations may call what they build alike.
            Means::StepBaseName | Means::ComposeService | Means::StepPattern
                if self.is_foreign(asked)
                    && step.is_some_and(|it| names_another_place(it, asked)) =>
            {
                of_means.min(Confidence::Medium)
            }
            Means::Folder | Means::FolderWords
                if self.is_foreign(asked) || is_generic || is_upstream(asked) =>
            {
                of_means.min(Confidence::Medium)
            }
            Means::ContainerName | Means::WorkloadName
                if self.is_foreign(asked) || is_upstream(asked) =>
            {
                of_means.min(Confidence::Low)
            }
            _ => of_means,
        }
    }

    /// Whether the image is kept where none of the images is that steps build, though they say where.
    fn is_foreign(&self, asked: &Asked<'_>) -> bool {
        let places = &self.steps.places;
        asked
            .name
            .place
            .as_ref()
            .is_some_and(|place| place != SHORT && !places.is_empty() && !places.contains(place))
    }
}

/// The image of a container as its manifest states it, empty where it states none, and where that is.
fn image_of<'a>(container: &Container<'a>) -> Option<(Cow<'a, str>, TextRange)> {
    if let Some(image) = container.image() {
        return Some((image.value.clone(), image.range()));
    }
    let mut entries = container.node.entries();
    let entry = entries.find(|it| it.key.raw() == "image" && it.value.is_null())?;
    Some((Cow::Borrowed(""), entry.key.range()))
}

/// Whether the organisation is called like the image, as those are that make one product: `jenkins/jenkins`.
fn is_upstream(asked: &Asked<'_>) -> bool {
    let path = asked.name.path.as_deref().unwrap_or_default();
    let mut parts = path.rsplit('/');
    let name = parts.next();
    name.is_some() && parts.next() == name
}

/// Whether all names that a step gives say where the image is kept, and that is another place. A short name is one for the machine that builds.
fn names_another_place(step: &Step<'_>, asked: &Asked<'_>) -> bool {
    let mut names = step.step.names.iter();
    let is_elsewhere = |image: &str| {
        let place = Name::of(image).and_then(|it| it.place);
        place.is_some_and(|it| it != SHORT && Some(&it) != asked.name.place.as_ref())
    };
    names.all(|it| is_elsewhere(&it.text)) && !step.step.names.is_empty()
}

/// Whether a step that builds what it is told may build this image, as far as its own names tell.
fn may_build(step: &Step<'_>, asked: &Asked<'_>) -> bool {
    let names = &step.step.names;
    let base = &asked.name.base;
    names.is_empty()
        || names.iter().any(|it| match Name::of(&it.text) {
            None => true,
            Some(name) => name.base == *base || captured(&name.base, base).is_some(),
        })
}
