//! Image links: from the image of a container to the step that builds it, its Dockerfile and its context.
//!
//! What builds an image is stated in one place and what runs it in another, and between them stand registries, variables and habits. So
//! there are several means to tell which Dockerfile an image is built from, of different strength ([`Means`]); the first that gives exactly
//! one Dockerfile ties the image to it, and the others vote. The order, and how far each means is believed, was measured on public
//! repositories: `docs/linking.md` has the figures.

mod answers;
mod asked;
mod dockerfiles;
mod name;
mod projects;
mod steps;
mod tie;
mod unstated;
mod words;

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::source::Sources;

use crate::build::BuildStep;
use crate::compose::Service;
use crate::plan::RunImage;
use crate::{DeploymentGraph, FileId, Known, ResourceId};

/// All image links.
#[derive(Debug, Default)]
pub struct ImageLinks {
    /// In the order of resources and containers; several for one container where kustomizations give it different images.
    pub links: Vec<ImageLink>,
    /// The Dockerfile of each build step, by number.
    of_steps: Vec<Option<FileId>>,
}

/// The image of one container, and what it is built from.
#[derive(Clone, Debug)]
pub struct ImageLink {
    /// The workload.
    pub resource: ResourceId,
    /// The path of the container: `spec.template.spec.containers[app]`.
    pub container: String,
    /// Where its image is written.
    pub range: TextRange,
    /// The image that runs: as written, or as kustomizations change it.
    pub image: String,
    /// What changes it, if anything does: a kustomization, or an edit by a script or document.
    pub renamed: Option<RunImage>,
    /// What it is built from.
    pub outcome: Outcome,
}

/// What an image is built from.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A Dockerfile of the repository.
    Tied(Box<Tie>),
    /// None: why.
    Untied(Untied),
}

/// Why an image is tied to no Dockerfile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Untied {
    /// It is software that many projects use, and no step builds it.
    Public,
    /// It is no image reference: a placeholder, an expression.
    Unreadable,
    /// This step builds it, and not from a Dockerfile of the repository: an index into [`crate::commands::Commands::builds`].
    BuiltElsewhere(u32),
    /// It is the import path of a program that ko builds, which needs no Dockerfile (`ko://example.com/cmd/api`).
    BuiltByKo,
    /// This step builds it from a Dockerfile that is not there, or whose path is not known.
    WithoutDockerfile(u32),
    /// Several Dockerfiles fit equally well.
    Ambiguous,
    /// Nothing in the repository is called like it.
    Unknown,
}

/// A link from an image to a Dockerfile.
#[derive(Clone, Debug)]
pub struct Tie {
    /// By which means it was found.
    pub means: Means,
    /// How far it is to be believed.
    pub confidence: Confidence,
    /// The Dockerfile.
    pub dockerfile: FileId,
    /// The step that builds it: an index into [`crate::commands::Commands::builds`]. `None` where only names agree.
    pub step: Option<u32>,
    /// What gives the image that the step builds the name that is run, where that is a step of its own: an index into
    /// [`crate::commands::Commands::images`].
    pub tag: Option<u32>,
    /// The folder that is the build's context, relative to the root; `None` where no step states it.
    pub context: Option<String>,
    /// What every means says that gives exactly one Dockerfile, that of [`Self::means`] first.
    pub votes: Vec<Vote>,
    /// Whether two means that are to be believed name different Dockerfiles, or different stages of one.
    pub is_disputed: bool,
    /// The steps of compose that build the same from the same Dockerfile: indices into [`crate::commands::Commands::builds`], in order.
    pub compose_steps: Vec<u32>,
}

/// What one means says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// The means.
    pub means: Means,
    /// The Dockerfile that it gives.
    pub dockerfile: FileId,
    /// The step that says so, if one does.
    pub step: Option<u32>,
}

/// By which means an image is tied to a Dockerfile, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// A build step names it, the registry aside.
    Step,
    /// A build step names an image with the same last part, and no other Dockerfile builds one.
    StepBaseName,
    /// A compose service that is built has its name.
    ComposeService,
    /// A build step whose name and context have one unknown part in common.
    StepPattern,
    /// The Dockerfile's folder has its name.
    Folder,
    /// The Dockerfile's folder has the same words in its name.
    FolderWords,
    /// The project beside the Dockerfile calls itself so, and nothing surer is known.
    ProjectName,
    /// A document tells people to build it so.
    Document,
    /// Its manifest does not state it, and what is built is called like the container.
    UnstatedImage,
    /// The Dockerfile's folder is called like the container.
    ContainerName,
    /// The Dockerfile's folder is called like the workload.
    WorkloadName,
    /// The workloads run no other image that is not public software, and there is no other Dockerfile but one at the root.
    OnlyImage,
    /// The name of the Dockerfile's folder is the beginning or the end of its name.
    FolderAffix,
    /// The repository has one Dockerfile, at its root.
    OnlyDockerfile,
}

/// How far a link is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Good for an explanation, not for a finding.
    Low,
    /// Good for a warning, or where the source itself shows the other side.
    Medium,
    /// As good as stated.
    High,
}

/// Means that do not follow from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Build,
    Compose,
    Folder,
    Manifest,
    Tree,
}

impl ImageLinks {
    /// Ties the images of all containers.
    pub(crate) fn new(graph: &DeploymentGraph, known: &Known, sources: &dyn Sources) -> Self {
        tie::links(graph, known, sources)
    }

    /// The Dockerfile from which the build step that names an image at `range` of `file` builds it.
    pub fn dockerfile_of(
        &self,
        graph: &DeploymentGraph,
        file: FileId,
        range: TextRange,
    ) -> Option<FileId> {
        let steps = &graph.commands.builds;
        let first = steps.partition_point(|it| it.file < file);
        let of_file = steps.iter().enumerate().skip(first);
        let mut of_file = of_file.take_while(|(_, it)| it.file == file);
        let (number, _) = of_file.find(|(_, it)| it.names.iter().any(|it| it.range == range))?;
        self.of_steps.get(number).copied().flatten()
    }

    /// The links of a workload's containers, in their order.
    pub fn of(&self, resource: ResourceId) -> &[ImageLink] {
        let start = self.links.partition_point(|it| it.resource < resource);
        let end = self.links.partition_point(|it| it.resource <= resource);
        &self.links[start..end]
    }

    /// The links of one container of a workload: one for each image that kustomizations give it.
    pub fn of_container<'a, 'b>(
        &'a self,
        resource: ResourceId,
        container: &'b str,
    ) -> impl Iterator<Item = &'a ImageLink> + use<'a, 'b> {
        let all = self.of(resource).iter();
        all.filter(move |it| it.container == container)
    }

    /// How many images the workloads run for which `holds`, public software left out, and how many of them are tied to a Dockerfile well
    /// enough for a finding.
    pub fn count(&self, holds: impl Fn(ResourceId) -> bool) -> (usize, usize) {
        let mut images: BTreeMap<&str, bool> = BTreeMap::new();
        for link in self.links.iter().filter(|it| holds(it.resource)) {
            let is_tied = match &link.outcome {
                Outcome::Tied(tie) => tie.confidence > Confidence::Low,
                Outcome::Untied(Untied::Public | Untied::Unreadable) => continue,
                Outcome::Untied(_) => false,
            };
            *images.entry(&link.image).or_default() |= is_tied;
        }
        (images.len(), images.values().filter(|it| **it).count())
    }
}

impl ImageLink {
    /// The link to a Dockerfile, if there is one.
    pub fn tie(&self) -> Option<&Tie> {
        match &self.outcome {
            Outcome::Tied(tie) => Some(tie),
            Outcome::Untied(_) => None,
        }
    }
}

impl Tie {
    /// The build step, if one is known.
    pub fn build<'a>(&self, graph: &'a DeploymentGraph) -> Option<&'a BuildStep> {
        graph.commands.builds.get(self.step? as usize)
    }

    /// The compose services that run what is built: how its program is set up where it is not the cluster that runs it.
    pub fn services<'a>(&'a self, graph: &'a DeploymentGraph) -> impl Iterator<Item = &'a Service> {
        let steps = self.compose_steps.iter();
        let steps = steps.filter_map(|it| graph.commands.builds.get(*it as usize));
        steps.flat_map(|it| graph.compose.of_step(it))
    }

    /// The evidence of the link in words: `built from api/Dockerfile by .github/workflows/ci.yml`.
    pub fn words(&self, graph: &DeploymentGraph) -> String {
        let dockerfile = &graph.file(self.dockerfile).path;
        match self.build(graph) {
            Some(step) => format!("built from {dockerfile} by {}", graph.file(step.file).path),
            None => format!("built from {dockerfile}: {}", self.means.as_str()),
        }
    }
}

impl Untied {
    /// The reason in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public software",
            Self::Unreadable => "no image reference",
            Self::BuiltByKo => "built by ko, without a Dockerfile",
            Self::BuiltElsewhere(_) => "built without a Dockerfile of the repository",
            Self::WithoutDockerfile(_) => "the Dockerfile of its build is not known",
            Self::Ambiguous => "several Dockerfiles fit",
            Self::Unknown => "nothing is called like it",
        }
    }
}

impl Means {
    /// The means in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Step => "a build step names it",
            Self::StepBaseName => "a build step names its last part",
            Self::ComposeService => "a compose service has its name",
            Self::StepPattern => "a build step names it in part",
            Self::Folder => "the folder has its name",
            Self::FolderWords => "the folder has the words of its name",
            Self::ProjectName => "the project beside it has its name",
            Self::Document => "a document builds it so",
            Self::UnstatedImage => {
                "it is not stated, and what is built is called like the container"
            }
            Self::ContainerName => "the folder is called like the container",
            Self::WorkloadName => "the folder is called like the workload",
            Self::FolderAffix => "its name begins or ends with the folder's",
            Self::OnlyImage => "it is the only Dockerfile, and there is no other image of its own",
            Self::OnlyDockerfile => "it is the only Dockerfile",
        }
    }

    /// How far it is believed by itself. `docs/linking.md` has the figures.
    const fn confidence(self) -> Confidence {
        match self {
            Self::Step
            | Self::StepBaseName
            | Self::ComposeService
            | Self::StepPattern
            | Self::Folder
            | Self::FolderWords
            | Self::ProjectName => Confidence::High,
            Self::Document
            | Self::UnstatedImage
            | Self::ContainerName
            | Self::WorkloadName
            | Self::OnlyImage => Confidence::Medium,
            Self::FolderAffix | Self::OnlyDockerfile => Confidence::Low,
        }
    }

    const fn family(self) -> Family {
        match self {
            Self::Step | Self::StepBaseName | Self::StepPattern | Self::Document => Family::Build,
            Self::ComposeService => Family::Compose,
            Self::Folder | Self::FolderWords | Self::FolderAffix => Family::Folder,
            Self::UnstatedImage | Self::ContainerName | Self::WorkloadName => Family::Manifest,
            Self::ProjectName | Self::OnlyImage | Self::OnlyDockerfile => Family::Tree,
        }
    }
}

impl Confidence {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

#[cfg(test)]
mod tests;
