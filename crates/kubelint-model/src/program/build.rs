//! The image of a program: which of its files are files of the repository.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::dockerfile::{Arguments, Keyword};
use kubelint_parser::source::SourcePath;

use crate::dockerfile::{
    Base, BuildArgs, Context, CopySource, Dockerfile, Image, Listing, Presence,
};
use crate::image_link::Tie;
use crate::{DeploymentGraph, FileId};

/// For one image no more places are looked up: whoever asks for more is led astray.
const MOST_LOOKUPS: usize = 50_000;

/// What a build makes of a Dockerfile.
pub(super) struct Build<'g> {
    /// The Dockerfile.
    pub(super) id: FileId,
    dockerfile: &'g Dockerfile,
    args: BuildArgs,
    /// The image.
    pub(super) image: Rc<Image>,
    stages: RefCell<BTreeMap<usize, Rc<Image>>>,
    context: Context<'g>,
    /// The text of the Dockerfile.
    text: &'g str,
    /// What stands in the context's paths between slashes, without extensions, …
    stems: Rc<BTreeSet<&'g str>>,
    /// … and in the paths that are copied to.
    copied: BTreeSet<String>,
    found: RefCell<BTreeMap<(usize, String), Option<SourcePath>>>,
    /// Folders of the image, by stage, and the folders of the repository that their files come from.
    folders: RefCell<BTreeMap<(usize, String), String>>,
    /// The files that stand directly in folders of the repository.
    listed: RefCell<BTreeMap<String, Rc<[SourcePath]>>>,
}

impl<'g> Build<'g> {
    /// What a link leads to; `None` if the build asks for a stage that is not there.
    pub(super) fn of(
        graph: &'g DeploymentGraph,
        tie: &'g Tie,
        stems: &mut Stems<'g>,
    ) -> Option<Self> {
        let dockerfile = graph.dockerfiles.get(&tie.dockerfile)?;
        let path = &graph.file(tie.dockerfile).path;
        let step = tie.build(graph);
        let args = step.map(|it| BuildArgs::of(&it.args)).unwrap_or_default();
        let target = step.and_then(|it| it.target.as_ref());
        let stage = dockerfile.target(target.map(|it| it.text.as_str()))?;
        let image = Rc::new(dockerfile.image(stage, &args));
        let folder = match &tie.context {
            Some(folder) => folder.as_str(),
            None => likely_context(graph, path, dockerfile, &args),
        };
        let context = graph.build_files.context(path, folder);
        Some(Self {
            id: tie.dockerfile,
            text: graph.sources.get(graph.file(tie.dockerfile).source).text(),
            stems: stems.of(&context),
            copied: copied(dockerfile, &args),
            stages: RefCell::new(BTreeMap::from([(stage, Rc::clone(&image))])),
            found: RefCell::default(),
            folders: RefCell::default(),
            listed: RefCell::default(),
            dockerfile,
            args,
            image,
            context,
        })
    }

    /// The folder of the context, relative to the root.
    pub(super) fn folder(&self) -> &'g str {
        self.context.folder
    }

    /// The image that the last stage is based on in the end, if that is known.
    pub(super) fn base(&self) -> Option<String> {
        match &self.image.base {
            Base::Image(value) => value.as_known().map(str::to_owned),
            _ => None,
        }
    }

    /// The files of the repository that the build sees.
    pub(super) fn files(&self) -> Vec<SourcePath> {
        self.context.shown_files(|_| true)
    }

    /// The files of the repository that the build sees, of those that are `wanted`.
    pub(super) fn files_such(&self, wanted: impl Fn(&SourcePath) -> bool) -> Vec<SourcePath> {
        self.context.shown_files(wanted)
    }

    /// The files of the repository that stand directly in one of its folders, as far as the build sees them.
    pub(super) fn in_folder(&self, folder: &str) -> Rc<[SourcePath]> {
        if let Some(known) = self.listed.borrow().get(folder) {
            return Rc::clone(known);
        }
        let prefix = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let files = self.context.files;
        let first = files.partition_point(|it| it.as_str() < prefix.as_str());
        let mut rest = &files[first..];
        let mut own = Vec::new();
        while let Some(file) = rest.first()
            && let Some(inner) = file.as_str().strip_prefix(&prefix)
        {
            let passed = match inner.split_once('/') {
                None => {
                    own.extend(self.context.shown(file).then(|| file.clone()));
                    1
                }
                // Folders in it may be large.
                Some((below, _)) => {
                    let below = format!("{prefix}{below}/");
                    rest.partition_point(|it| it.as_str().starts_with(&below))
                }
            };
            rest = &rest[passed..];
        }
        let own: Rc<[SourcePath]> = own.into();
        let mut listed = self.listed.borrow_mut();
        listed.insert(folder.to_owned(), Rc::clone(&own));
        own
    }

    /// Whether the build sees a file of the repository.
    pub(super) fn sees(&self, path: &SourcePath) -> bool {
        self.context.shown(path)
    }

    /// The commands that the stages run of which `stage` is made, in order: the text of each, and the folder that it runs in.
    pub(super) fn commands(&self, stage: usize) -> Vec<(String, String)> {
        let image = self.stage(stage);
        let mut texts = Vec::new();
        let text = &self.text;
        let stages = image.stages.iter();
        let instructions = stages.flat_map(|it| self.dockerfile.instructions(*it));
        for it in instructions.filter(|it| it.keyword == Keyword::Run) {
            let mut own = match &it.arguments {
                Arguments::Text(word) => word.text().to_owned(),
                Arguments::Exec(words) => {
                    let words = words.iter().map(|it| format!("'{}'", it.text()));
                    words.collect::<Vec<_>>().join(" ")
                }
                _ => String::new(),
            };
            for heredoc in &it.heredocs {
                own.push('\n');
                own.push_str(heredoc.body.of(text));
            }
            texts.push(own);
        }
        let folders = image.run_folders.iter().map(|it| match it.as_known() {
            Some(folder) => folder.to_owned(),
            None => absolute("/", &it.text().replace('*', "")),
        });
        texts.into_iter().zip(folders).collect()
    }

    /// The stages, the last first, from the one that is built.
    pub(super) fn stages(&self) -> impl Iterator<Item = usize> + use<> {
        (0..=self.image.stage()).rev()
    }

    /// What the stage `stage` makes.
    pub(super) fn stage(&self, stage: usize) -> Rc<Image> {
        let mut stages = self.stages.borrow_mut();
        let image = stages
            .entry(stage)
            .or_insert_with(|| Rc::new(self.dockerfile.image(stage, &self.args)));
        Rc::clone(image)
    }

    /// Whether some file or folder of the context, or of what is copied, may be called so.
    pub(super) fn may_hold(&self, name: &str) -> bool {
        self.stems.contains(name) || self.copied.contains(name)
    }

    /// The file of the repository that stands at `path` of the image that the stage `stage` makes.
    pub(super) fn file(&self, stage: usize, path: &str) -> Option<SourcePath> {
        let key = (stage, path.to_owned());
        if let Some(found) = self.found.borrow().get(&key) {
            return found.clone();
        }
        if self.found.borrow().len() >= MOST_LOOKUPS {
            return None;
        }
        let found = self.looked_up(stage, path);
        self.found.borrow_mut().insert(key, found.clone());
        found
    }

    /// Whether the file at `path` is in the image.
    pub(super) fn presence(&self, path: &str) -> Presence {
        self.dockerfile
            .presence(&self.image, &self.args, path, &self.context)
    }

    /// What the image has of the context below a folder.
    pub(super) fn listing(&self, folder: &str) -> Listing {
        self.dockerfile
            .listing(&self.image, &self.args, folder, &self.context)
    }

    /// What the stage `stage` has of the context below a folder.
    pub(super) fn listing_of(&self, stage: usize, folder: &str) -> Listing {
        let image = self.stage(stage);
        self.dockerfile
            .listing(&image, &self.args, folder, &self.context)
    }

    /// Whether the Dockerfile speaks of `word`.
    pub(super) fn says(&self, word: &str) -> bool {
        self.text.contains(word)
    }

    /// Whether places were left out because there were too many.
    pub(super) fn is_exhausted(&self) -> bool {
        self.found.borrow().len() >= MOST_LOOKUPS
    }

    fn looked_up(&self, stage: usize, path: &str) -> Option<SourcePath> {
        let (folder, name) = path.rsplit_once('/')?;
        let stem = name.split('.').next().unwrap_or_default();
        // Nothing of that name is there, wherever it would come from.
        if !self.may_hold(stem) {
            return None;
        }
        let key = (stage, folder.to_owned());
        if let Some(from) = self.folders.borrow().get(&key) {
            let beside = SourcePath::new(&format!("{from}/{name}"));
            if self.context.shown(&beside) {
                return Some(beside);
            }
        }
        let image = self.stage(stage);
        let presence = self
            .dockerfile
            .presence(&image, &self.args, path, &self.context);
        let Presence::Copied(origin) = presence else {
            return None;
        };
        if origin.file.file_name() == name {
            let from = origin.file.parent().to_owned();
            self.folders.borrow_mut().insert(key, from);
        }
        Some(origin.file)
    }

    /// The absolute path that `path` means in the working folder of `stage`. Where nobody knows that folder it is taken for the root, which it
    /// is in the images of most languages.
    pub(super) fn resolve(&self, stage: usize, path: &str) -> String {
        let image = self.stage(stage);
        let folder = match image.folder.as_known() {
            Some(folder) => folder.to_owned(),
            None => image.folder.text().replace('*', ""),
        };
        absolute(&folder, path)
    }
}

/// `path`, read from the folder `folder`.
pub(super) fn absolute(folder: &str, path: &str) -> String {
    let whole = if path.starts_with('/') {
        SourcePath::new(path)
    } else {
        SourcePath::new(&format!("{folder}/{path}"))
    };
    format!("/{whole}")
}

/// The context of a build that nothing states: the folder of the Dockerfile, or the nearest one above that holds all that is copied.
fn likely_context<'g>(
    graph: &'g DeploymentGraph,
    path: &'g SourcePath,
    dockerfile: &Dockerfile,
    args: &BuildArgs,
) -> &'g str {
    let stages = 0..dockerfile.stages.len();
    let images = stages.map(|it| dockerfile.image(it, args));
    let copied = images.flat_map(|it| it.copied);
    let copied = copied.filter(|it| it.from == CopySource::Context);
    let sources: BTreeSet<String> = copied
        .flat_map(|it| it.sources)
        .filter_map(|it| it.value.as_known().map(str::to_owned))
        .filter(|it| !it.contains(['*', '?', '[', ':']))
        .map(|it| SourcePath::new(&it).as_str().to_owned())
        .collect();
    let mut folder = path.parent();
    loop {
        let context = graph.build_files.context(path, folder);
        if sources.iter().all(|it| context.holds(it)) {
            return folder;
        }
        match folder.rsplit_once('/') {
            Some((above, _)) => folder = above,
            None if folder.is_empty() => return path.parent(),
            None => folder = "",
        }
    }
}

/// What stands in the paths of contexts between slashes, by the folder: many builds have one context.
#[derive(Default)]
pub(super) struct Stems<'g> {
    by_folder: BTreeMap<&'g str, Rc<BTreeSet<&'g str>>>,
}

impl<'g> Stems<'g> {
    fn of(&mut self, context: &Context<'g>) -> Rc<BTreeSet<&'g str>> {
        let read = || {
            let parts = context.all().flat_map(|it| it.split('/'));
            Rc::new(parts.map(stem).collect())
        };
        let stems = self.by_folder.entry(context.folder).or_insert_with(read);
        Rc::clone(stems)
    }
}

/// What stands between slashes in the paths that a Dockerfile copies to.
fn copied(dockerfile: &Dockerfile, args: &BuildArgs) -> BTreeSet<String> {
    let images = (0..dockerfile.stages.len()).map(|it| dockerfile.image(it, args));
    let mut stems = BTreeSet::new();
    for copied in images.flat_map(|it| it.copied) {
        let parts = copied.destination.value.text().split('/');
        stems.extend(parts.map(|it| stem(it).to_owned()));
    }
    stems
}

fn stem(part: &str) -> &str {
    part.split('.').next().unwrap_or_default()
}
