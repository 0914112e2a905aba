//! What builds images, and what else is done with them: facts of one file each, whoever states them (commands of scripts and workflows,
//! compose, skaffold, steps of workflows).
//!
//! Whatever only running a file would tell is `*` in images, paths and values, and stands for any text; ranges are those of what is
//! written. A source of build steps is one file here: a function from what it reads, and where it stands ([`Place`]), to [`ImageSteps`].

mod action;
mod bake;
mod command;
mod compose;
mod containers;
mod kustomize;
mod name;
mod path;
mod skaffold;
mod tilt;
mod tokens;

use kubelint_parser::TextRange;

use crate::{File, FileId};

pub use action::{Input, action};
pub(crate) use bake::{bake, is_bake};
pub(crate) use command::enters_cluster;
pub use command::{Word, command};
pub(crate) use compose::of_service;
pub(crate) use containers::containers;
pub use kustomize::ImageRename;
pub(crate) use kustomize::renames;
pub(crate) use name::pattern;
pub use name::split as split_image;
pub use path::StepPath;
pub(crate) use skaffold::skaffold;
pub(crate) use tilt::tilt;

/// Stands for text that is not known.
pub const UNKNOWN: char = '*';

/// An image of which nothing is known.
pub const UNKNOWN_IMAGE: &str = "*";

/// One step that builds an image.
#[derive(Clone, Debug)]
pub struct BuildStep {
    /// The file that states it.
    pub file: FileId,
    /// The command, the compose service, the step of the workflow.
    pub range: TextRange,
    /// What builds it.
    pub by: Builder,
    /// The image references that it gives, as written; none where only the compose service is named.
    pub names: Vec<BuiltName>,
    /// The compose service's name.
    pub service: Option<BuiltName>,
    /// The name that the builder makes up for the image where none is given; it says nothing of where the image is kept, nor of its tag.
    pub made_up: Option<String>,
    /// The context folder.
    pub context: StepPath,
    /// The Dockerfile, where it is stated: relative to the root as the context is. Otherwise it is `Dockerfile` in the context.
    pub dockerfile: Option<StepPath>,
    /// Where the Dockerfile is none of the repository's files: its text (`dockerfile_inline`), the `-` that means the standard input, or the
    /// address of the context.
    pub elsewhere: Option<TextRange>,
    /// The stage that is built; the last one where none is stated.
    pub target: Option<BuiltName>,
    /// The build arguments, in their order.
    pub args: Vec<BuildArg>,
    /// Whether it also pushes what it builds.
    pub pushes: bool,
    /// Whether a document says so, for a person to do.
    pub is_document: bool,
}

/// What builds images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Builder {
    /// A service of docker compose.
    Compose,
    /// A step of a workflow that uses an action: `docker/build-push-action` and its like.
    Action,
    /// A command: `docker build`, `podman build`, `buildah bud` …
    Command,
    /// An artifact of skaffold.
    Skaffold,
    /// A target of a bake file.
    Bake,
    /// A call in a Tiltfile.
    Tilt,
}

/// A text that a step states, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltName {
    /// The text; `*` stands for what is not known.
    pub text: String,
    /// Where it is written.
    pub range: TextRange,
}

/// A build argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildArg {
    /// Its name.
    pub name: String,
    /// Its value; `None` where the environment of the command gives it.
    pub value: Option<String>,
    /// Where it is written.
    pub range: TextRange,
}

/// Something that is done with an image, under one name.
#[derive(Clone, Debug)]
pub struct ImageStep {
    /// The file that states it.
    pub file: FileId,
    /// Where the image is named.
    pub range: TextRange,
    /// The image as written; `*` stands for what is not known. [`split_image`] tells its repository from its tag.
    pub image: String,
    /// What is done with it.
    pub act: ImageAct,
    /// The image that is given this name, if [`ImageAct::Tagged`].
    pub source: Option<String>,
    /// Whether a document says so, for a person to do.
    pub is_document: bool,
}

/// What is done with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImageAct {
    /// It is built: a [`BuildStep`] says from what.
    Built,
    /// It is built by skaffold, which puts the tag into the manifests that it deploys.
    BuiltBySkaffold,
    /// An image that is there is given this name.
    Tagged,
    /// It is pushed to its registry, by a step of its own or the one that builds it.
    Pushed,
    /// It is put onto the nodes of a cluster without a registry; [`UNKNOWN_IMAGE`] if nobody knows which.
    Loaded,
}

/// Where a step stands, and from where its paths are read.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The file that states it.
    pub file: FileId,
    /// Whether a document says so, for a person to do.
    pub is_document: bool,
    /// The working folder, relative to the root; `*` stands for what is not known.
    pub folder: &'a str,
    /// Whether something that is not known stands before `folder`, so that it can only be matched by its end.
    pub by_end: bool,
}

/// What is done with images.
#[derive(Clone, Debug, Default)]
pub struct ImageSteps {
    /// What builds images.
    pub builds: Vec<BuildStep>,
    /// What else is done with images. [`Self::names`] are those with the names that builds give.
    pub acts: Vec<ImageStep>,
}

impl ImageSteps {
    /// One step that builds an image.
    fn built(step: BuildStep) -> Self {
        Self {
            builds: vec![step],
            acts: Vec::new(),
        }
    }

    /// What is done with images that are there.
    fn done(acts: impl IntoIterator<Item = ImageStep>) -> Self {
        Self {
            builds: Vec::new(),
            acts: acts.into_iter().collect(),
        }
    }

    /// Adds what another source says.
    pub fn extend(&mut self, other: Self) {
        self.builds.extend(other.builds);
        self.acts.extend(other.acts);
    }

    /// Whether nothing is done with any image.
    pub const fn is_empty(&self) -> bool {
        self.builds.is_empty() && self.acts.is_empty()
    }

    /// Everything that is done with an image under some name: what builds give, and what else is done; in the order of files and places.
    pub fn names(&self) -> Vec<ImageStep> {
        let built = self.builds.iter().flat_map(BuildStep::steps);
        let mut all: Vec<ImageStep> = built.chain(self.acts.iter().cloned()).collect();
        all.sort_by_key(|it| (it.file, it.range));
        all
    }
}

impl BuildStep {
    /// What it does, by the names that it gives.
    fn steps(&self) -> impl Iterator<Item = ImageStep> {
        let act = match self.by {
            _ if self.pushes => ImageAct::Pushed,
            Builder::Skaffold => ImageAct::BuiltBySkaffold,
            _ => ImageAct::Built,
        };
        self.names.iter().map(move |name| ImageStep {
            file: self.file,
            range: name.range,
            image: name.text.clone(),
            act,
            source: None,
            is_document: self.is_document,
        })
    }
}

impl<'a> Place<'a> {
    /// The folder of `file`, to which what configurations state is relative.
    pub(crate) fn in_folder_of(id: FileId, file: &'a File) -> Self {
        Self {
            file: id,
            is_document: false,
            folder: file.path.parent(),
            by_end: false,
        }
    }

    /// A step of which nothing is known yet but what builds it, and from which context.
    fn build(&self, by: Builder, range: TextRange, context: StepPath) -> BuildStep {
        BuildStep {
            file: self.file,
            range,
            by,
            names: Vec::new(),
            service: None,
            made_up: None,
            context,
            dockerfile: None,
            elsewhere: None,
            target: None,
            args: Vec::new(),
            pushes: false,
            is_document: self.is_document,
        }
    }

    /// Something that is done here with an image.
    fn step(&self, act: ImageAct, image: &str, range: TextRange) -> ImageStep {
        ImageStep {
            file: self.file,
            range,
            image: pattern(image),
            act,
            source: None,
            is_document: self.is_document,
        }
    }

    /// A path that is written here.
    pub(crate) fn path(&self, text: &str, range: TextRange) -> StepPath {
        path::join(self.folder, self.by_end, text, range)
    }
}

#[cfg(test)]
mod tests;
