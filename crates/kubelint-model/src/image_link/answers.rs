//! What each means says of an image: one Dockerfile, none, or several.

use super::asked::{Asked, is_own, shared};
use super::dockerfiles::{Built, Candidate};
use super::steps::Step;
use super::tie::Tree;
use super::{Confidence, Means, Vote, words};
use crate::FileId;

/// Longer names have more parts than anyone compares.
const MOST_TOKENS: usize = 16;

/// What the means say.
#[derive(Default)]
pub(super) struct Answers {
    /// Of each that gives exactly one Dockerfile: that, and the context if a step states it. The surest first.
    pub(super) given: Vec<(Vote, Option<String>)>,
    /// Whether some give several.
    pub(super) is_ambiguous: bool,
}

impl Answers {
    /// Asks all means. `named` are the steps that name the image.
    pub(super) fn of(tree: &Tree<'_>, asked: &Asked<'_>, named: &[&Step<'_>]) -> Self {
        let mut answers = Self::default();
        answers.add_step(named);
        if !asked.is_public {
            answers.add_base_name(tree, asked, named);
            answers.add_folders(tree, asked);
            answers.add_manifest(tree, asked);
            answers.add_project(tree, asked);
        }
        answers.given.sort_by_key(|(it, _)| it.means);
        answers
    }

    /// The step that names the image and is believed most.
    fn add_step(&mut self, named: &[&Step<'_>]) {
        let stated = named.iter().filter(|it| !it.step.is_document);
        let first = stated
            .filter_map(|it| built(it))
            .min_by_key(|it| it.0.rank());
        self.given.extend(first.map(|it| it.vote(Means::Step)));
    }

    /// Steps that name an image like it, compose services, steps that name it in part, and what documents tell people to do.
    fn add_base_name(&mut self, tree: &Tree<'_>, asked: &Asked<'_>, named: &[&Step<'_>]) {
        if asked.name.is_pattern() {
            return;
        }
        let base = &asked.name.base;
        let mut stated = tree.steps.by_base(base);
        stated.retain(|it| !it.step.is_document && it.is_of_project(tree.graph, asked));
        let stated = stated.iter().filter_map(|it| built(it));
        self.add_builds(Means::StepBaseName, stated);
        // What a document calls nearly so may be its reader's own.
        let told = named.iter().filter(|it| it.step.is_document);
        self.add_builds(Means::Document, told.filter_map(|it| built(it)));
        let mut services = tree.steps.by_service(base);
        services.retain(|it| it.is_of_project(tree.graph, asked));
        self.add_builds(
            Means::ComposeService,
            services.iter().filter_map(|it| built(it)),
        );
        let bound = tree
            .steps
            .by_pattern(tree.graph, &tree.dockerfiles, &asked.name);
        let bound = bound.iter().filter(|it| !it.0.step.is_document);
        let bound = bound.filter_map(|(step, it)| of(step, it));
        self.add_builds(Means::StepPattern, bound);
    }

    /// Folders that are called like the image.
    fn add_folders(&mut self, tree: &Tree<'_>, asked: &Asked<'_>) {
        if asked.name.is_pattern() {
            return;
        }
        let base = &asked.name.base;
        let called = tree.dockerfiles.called(base);
        self.add_candidates(Means::Folder, asked, called);
        let alike = tree
            .dockerfiles
            .alike(base, &tree.project, &asked.own_words());
        self.add_candidates(Means::FolderWords, asked, alike);
        let tokens = words::tokens(base);
        if tokens.len() > MOST_TOKENS {
            return;
        }
        // The longest folder wins.
        for length in (1..tokens.len()).rev() {
            let ends = [&tokens[..length], &tokens[tokens.len() - length..]];
            let ends = ends.iter().map(|it| it.concat());
            let found: Vec<_> = ends.flat_map(|it| tree.dockerfiles.called(&it)).collect();
            if !found.is_empty() {
                self.add_candidates(Means::FolderAffix, asked, found);
                return;
            }
        }
    }

    /// Folders that are called like the container or the workload, and the only Dockerfile there is.
    fn add_manifest(&mut self, tree: &Tree<'_>, asked: &Asked<'_>) {
        for (means, name) in [
            (Means::ContainerName, asked.container),
            (Means::WorkloadName, asked.workload),
        ] {
            if let Some(name) = name {
                self.add_candidates(means, asked, tree.dockerfiles.called(name));
            }
        }
        let is_projects = tree.project.contains(&words::folded(&asked.name.base));
        let only = tree.dockerfiles.only_at_root().filter(|_| is_projects);
        if let Some(dockerfile) = only {
            self.add(Means::OnlyDockerfile, dockerfile);
        }
    }

    /// The project that calls itself like the image, where nothing else is to be believed: names of projects are copied, too. Else the only
    /// Dockerfile for the only image.
    fn add_project(&mut self, tree: &Tree<'_>, asked: &Asked<'_>) {
        let is_told = |it: &(Vote, Option<String>)| it.0.means.confidence() > Confidence::Low;
        let base = &asked.name.base;
        let is_open = self.is_ambiguous || self.given.iter().any(is_told);
        if is_open || asked.name.is_pattern() {
            return;
        }
        if !words::is_generic(base) {
            let called = tree.dockerfiles.of_project(base);
            self.add_candidates(Means::ProjectName, asked, called);
        }
        let is_only = tree.only_image.as_deref() == Some(base) && !self.given.iter().any(is_told);
        if let Some(dockerfile) = tree.dockerfiles.only_of_all().filter(|_| is_only) {
            self.add(Means::OnlyImage, dockerfile);
        }
    }

    /// What steps say, if they agree.
    fn add_builds<'s>(&mut self, means: Means, built: impl Iterator<Item = BuiltBy<'s>>) {
        let mut built: Vec<BuiltBy<'_>> = built.collect();
        built.sort_by_key(|it| it.0.rank());
        let Some(first) = built.first() else {
            return;
        };
        if built.iter().any(|it| it.1 != first.1) {
            self.is_ambiguous = true;
        } else {
            self.given.push(first.vote(means));
        }
    }

    /// What folders say, if there is one that may be meant, or one that is nearest to the manifest.
    fn add_candidates(&mut self, means: Means, asked: &Asked<'_>, mut found: Vec<&Candidate<'_>>) {
        found.retain(|it| {
            let is_generic = words::is_generic(&it.name.to_ascii_lowercase());
            (!it.is_for_tests || asked.is_for_tests)
                && (!is_generic || is_own(asked.manifest, it.folder))
        });
        found.sort_by_key(|it| it.dockerfile);
        found.dedup_by_key(|it| it.dockerfile);
        match found.as_slice() {
            [] => {}
            [only] => self.add(means, only.dockerfile),
            several => {
                let near = |it: &Candidate<'_>| shared(asked.manifest, it.folder);
                let nearest = several.iter().map(|it| near(it)).max().unwrap_or(0);
                let mut those = several.iter().filter(|it| near(it) == nearest);
                match (those.next(), those.next()) {
                    (Some(one), None) if nearest > 0 => self.add(means, one.dockerfile),
                    _ => self.is_ambiguous = true,
                }
            }
        }
    }

    fn add(&mut self, means: Means, dockerfile: FileId) {
        let vote = Vote {
            means,
            dockerfile,
            step: None,
        };
        self.given.push((vote, None));
    }
}

/// A step, the Dockerfile from which it builds, and its context.
struct BuiltBy<'s>(&'s Step<'s>, FileId, Option<String>);

fn built<'s>(step: &'s Step<'s>) -> Option<BuiltBy<'s>> {
    of(step, &step.built)
}

fn of<'s>(step: &'s Step<'s>, built: &Built) -> Option<BuiltBy<'s>> {
    match built {
        Built::By(id, context) => Some(BuiltBy(step, *id, context.clone())),
        _ => None,
    }
}

impl BuiltBy<'_> {
    fn vote(&self, means: Means) -> (Vote, Option<String>) {
        let vote = Vote {
            means,
            dockerfile: self.1,
            step: Some(self.0.index),
        };
        (vote, self.2.clone())
    }
}
