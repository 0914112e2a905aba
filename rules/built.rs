//! What the images of containers are built from: the Dockerfile that a link leads to, and what its build makes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_engine::{Confidence, Finding};
use kubelint_model::build::split_image;
use kubelint_model::dockerfile::{Base, BuildArgs, Context, Dockerfile, Image};
use kubelint_model::image_link::{self, ImageLink, Tie};
use kubelint_model::view::{Container, Workload};
use kubelint_model::{DeploymentGraph, File, FileId, ImageRef};
use kubelint_parser::{Span, TextRange};

use crate::chain;

/// The images that were asked about: many containers may run the same one.
pub(crate) struct AllBuilt<'a> {
    graph: &'a DeploymentGraph,
    /// The texts in quotes in the Tiltfiles.
    by_tilt: BTreeSet<&'a str>,
    images: RefCell<Images>,
}

/// What is made of each Dockerfile by each step; none if the step asks for a stage that is not there.
type Images = BTreeMap<(FileId, Option<u32>), Option<Rc<Image>>>;

/// The image of a container, and what builds it.
pub(crate) struct Built<'a> {
    pub(crate) link: &'a ImageLink,
    pub(crate) tie: &'a Tie,
    pub(crate) file: &'a File,
    pub(crate) dockerfile: &'a Dockerfile,
    pub(crate) args: BuildArgs,
    pub(crate) image: Rc<Image>,
}

impl<'a> AllBuilt<'a> {
    pub(crate) fn new(graph: &'a DeploymentGraph) -> Self {
        let files = graph.files.iter();
        let tiltfiles = files.filter(|it| it.path.file_name() == "Tiltfile");
        let texts = tiltfiles.map(|it| graph.sources.get(it.source).text());
        Self {
            graph,
            by_tilt: texts.flat_map(|it| it.split(['\'', '"'])).collect(),
            images: RefCell::default(),
        }
    }

    /// Whether Tilt builds an image of this name: it may do so from another Dockerfile, and start something else in it.
    fn is_tilts(&self, image: &str) -> bool {
        self.by_tilt.contains(split_image(image).0)
    }

    /// What the container's image is built from. None if that is not known well enough for a finding: no Dockerfile, one that only a name
    /// speaks for, several that are spoken for, another image in some kustomization, a stage that is not there.
    pub(crate) fn of(
        &self,
        workload: &Workload<'_>,
        container: &Container<'_>,
    ) -> Option<Built<'a>> {
        let graph = self.graph;
        let path = container.path();
        let mut links = graph.image_links.of_container(workload.resource.id, &path);
        let link = links.next()?;
        let tie = link.tie()?;
        let is_same = |it: &ImageLink| {
            let other = it.tie();
            other.is_some_and(|it| (it.dockerfile, it.step) == (tie.dockerfile, tie.step))
        };
        let is_sure = tie.confidence != image_link::Confidence::Low && !tie.is_disputed;
        if !is_sure || !links.all(is_same) || self.is_tilts(&link.image) {
            return None;
        }
        let dockerfile = graph.dockerfiles.get(&tie.dockerfile)?;
        let step = tie.build(graph);
        let args = step.map(|it| BuildArgs::of(&it.args)).unwrap_or_default();
        let mut images = self.images.borrow_mut();
        let image = images.entry((tie.dockerfile, tie.step)).or_insert_with(|| {
            let target = step.and_then(|it| it.target.as_ref());
            let stage = dockerfile.target(target.map(|it| it.text.as_str()))?;
            Some(Rc::new(dockerfile.image(stage, &args)))
        });
        Some(Built {
            link,
            tie,
            file: graph.file(tie.dockerfile),
            dockerfile,
            args,
            image: Rc::clone(image.as_ref()?),
        })
    }
}

impl Built<'_> {
    /// How sure one may be of what follows from the link.
    pub(crate) fn confidence(&self) -> Confidence {
        let by_link = match self.tie.confidence {
            image_link::Confidence::High => Confidence::High,
            image_link::Confidence::Medium => Confidence::Medium,
            image_link::Confidence::Low => Confidence::Low,
        };
        // What a builder refuses is not what runs.
        if self.dockerfile.is_broken() {
            by_link.min(Confidence::Medium)
        } else {
            by_link
        }
    }

    /// A place in the Dockerfile.
    pub(crate) fn span(&self, range: TextRange) -> Span {
        Span::new(self.file.source, range)
    }

    /// Adds what leads from the manifest to the Dockerfile.
    pub(crate) fn with_chain(&self, graph: &DeploymentGraph, finding: Finding) -> Finding {
        let finding = chain::with_steps(graph, self.link, finding);
        match self.tie.step {
            Some(_) => finding,
            None => finding.related(self.span(self.image.base_range), self.tie.words(graph)),
        }
    }

    /// The reference of the image that the first stage is based on, as far as it is known.
    pub(crate) fn base(&self) -> Option<&str> {
        match &self.image.base {
            Base::Image(value) => value.as_known(),
            Base::Scratch | Base::Stage(_) => None,
        }
    }

    /// What `of` knows of the base image: its tag may be unknown where only the name counts.
    pub(crate) fn of_base<T>(&self, of: impl Fn(&ImageRef<'_>) -> Option<T>) -> Option<T> {
        of(&ImageRef::parse(self.base()?)?)
    }

    /// The files that the build may take into the image. Where no step states the context, it is the folder of the Dockerfile.
    pub(crate) fn context<'a>(&'a self, graph: &'a DeploymentGraph) -> Option<Context<'a>> {
        let folder = match &self.tie.context {
            Some(folder) => folder.as_str(),
            None => return None,
        };
        Some(graph.build_files.context(&self.file.path, folder))
    }
}
