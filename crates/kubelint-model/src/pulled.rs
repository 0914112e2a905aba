//! The images that the workloads which were asked about pull, and what is known of them from registries: the lock file's answers, and
//! those of whoever may be asked.
//!
//! Nothing is asked that a person did not write out: placeholders, stand-ins, and what tools render or fill in, name no image yet.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use kubelint_parser::source::{SourcePath, SourceText};
use kubelint_parser::{Span, TextRange};

use crate::plan::Note;
use crate::purpose::Purpose;
use crate::registry::{ImageAnswer, ImageConfig, ImageRegistry, Unchecked};
use crate::view::text;
use crate::{DeploymentGraph, FileId, ImageRef, KubeNode, ResourceId, path, placeholder};

/// Where answers come from.
#[derive(Clone, Copy, Default)]
pub struct ImageSources<'a> {
    /// What was written down of images, if there is a lock file.
    pub lock: Option<&'a LockFile>,
    /// Who can be asked, if a person allowed that.
    pub registry: Option<&'a dyn ImageRegistry>,
    /// Whether it is a failure, and not a note, if somebody who is asked does not tell.
    pub is_required: bool,
}

/// A lock file.
#[derive(Clone, Debug)]
pub struct LockFile {
    /// Its path.
    pub path: SourcePath,
    /// What it holds.
    pub text: Arc<SourceText>,
    /// What it says, by the images' full references.
    pub images: BTreeMap<String, LockedImage>,
}

/// An entry of a lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedImage {
    /// What was answered: never [`ImageAnswer::Unchecked`].
    pub answer: ImageAnswer,
    /// The place of its key.
    pub range: TextRange,
}

/// The images of the checked workloads, and what is known of them.
#[derive(Debug, Default)]
pub struct PulledImages {
    /// What is pulled where, in the order of resources, containers and volumes.
    pub uses: Vec<ImageUse>,
    /// What is known, by full reference; nothing of images that nobody was asked about.
    answers: BTreeMap<String, Answers>,
    /// Who did not tell.
    pub notes: Vec<Note>,
    /// The same, where [`ImageSources::is_required`] makes failures of them.
    pub failures: Vec<String>,
}

/// A place that has an image pulled.
#[derive(Clone, Debug)]
pub struct ImageUse {
    /// The workload.
    pub resource: ResourceId,
    /// The path of the container, or of the volume: `spec.template.spec.containers[app]`.
    pub user: String,
    /// The path of the field that names the image.
    pub field: String,
    /// Whether it is mounted as a volume, and nothing in it started.
    pub is_volume: bool,
    /// The reference that is pulled: as written, or as kustomizations change it.
    pub image: String,
    /// Where its parts are to be read: the text that is written in the workload, or the kustomization's.
    pub span: Span,
    /// Whether a kustomization says that it is this image, and not the workload.
    pub is_renamed: bool,
    /// The full reference.
    full: String,
}

/// What is known of an image.
#[derive(Debug, Default)]
struct Answers {
    online: Option<ImageAnswer>,
    locked: Option<(ImageAnswer, Span)>,
}

/// What counts of what is known of an image.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The answer: never [`ImageAnswer::Unchecked`].
    pub answer: &'a ImageAnswer,
    /// Who says so.
    pub origin: Origin,
}

/// Who says what is known of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The registry, now.
    Online,
    /// The lock file: its entry.
    Lock(Span),
}

/// A tag that leads to another image than when it was locked.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'a> {
    /// The digest in the lock file.
    pub locked: &'a str,
    /// Its entry.
    pub span: Span,
    /// The digest now.
    pub now: &'a str,
}

impl PulledImages {
    /// What is known of the image of `used`: what registries say now counts more than what was locked.
    pub fn known(&self, used: &ImageUse) -> Option<Known<'_>> {
        let answers = self.answers.get(&used.full)?;
        let online = answers.online.as_ref().filter(|it| is_checked(it));
        let online = online.map(|answer| Known {
            answer,
            origin: Origin::Online,
        });
        online.or_else(|| {
            answers.locked.as_ref().map(|(answer, span)| Known {
                answer,
                origin: Origin::Lock(*span),
            })
        })
    }

    /// What a container, or a volume, has pulled: one image for each that kustomizations give it.
    pub fn of<'a, 'b>(
        &'a self,
        resource: ResourceId,
        user: &'b str,
    ) -> impl Iterator<Item = &'a ImageUse> + use<'a, 'b> {
        let start = self.uses.partition_point(|it| it.resource < resource);
        let end = self.uses.partition_point(|it| it.resource <= resource);
        let of_resource = self.uses[start..end].iter();
        of_resource.filter(move |it| it.user == user)
    }

    /// How the image of a container starts that its workload states, with who says so. `None` where that is not known, and where a
    /// kustomization gives it another image.
    pub fn config(&self, resource: ResourceId, user: &str) -> Option<(&ImageConfig, Origin)> {
        let mut of_user = self.of(resource, user);
        let used = of_user.next()?;
        if used.is_renamed || of_user.next().is_some() {
            return None;
        }
        let known = self.known(used)?;
        match known.answer {
            ImageAnswer::Found(facts) => Some((facts.config.as_ref()?, known.origin)),
            _ => None,
        }
    }

    /// Whether the image of `used` is another one now than when it was locked.
    pub fn moved(&self, used: &ImageUse) -> Option<Moved<'_>> {
        let answers = self.answers.get(&used.full)?;
        let (ImageAnswer::Found(locked), span) = answers.locked.as_ref()? else {
            return None;
        };
        let ImageAnswer::Found(now) = answers.online.as_ref()? else {
            return None;
        };
        (locked.digest != now.digest).then_some(Moved {
            locked: &locked.digest,
            span: *span,
            now: &now.digest,
        })
    }

    /// All that registries answered now, by full reference: what a lock file would hold.
    pub fn online(&self) -> impl Iterator<Item = (&str, &ImageAnswer)> {
        let answers = self.answers.iter();
        answers.filter_map(|(full, it)| Some((full.as_str(), it.online.as_ref()?)))
    }
}

/// Finds what is pulled, and asks: first the lock file, then whoever else can be asked.
pub(crate) fn pulled(
    graph: &DeploymentGraph,
    sources: ImageSources<'_>,
    lock: Option<FileId>,
) -> PulledImages {
    let mut pulled = PulledImages {
        uses: uses(graph),
        ..PulledImages::default()
    };
    let wanted: BTreeSet<&str> = pulled.uses.iter().map(|it| it.full.as_str()).collect();
    let mut answers: BTreeMap<String, Answers> = BTreeMap::new();
    if let (Some(file), Some(lock)) = (lock, sources.lock) {
        for full in &wanted {
            if let Some(it) = lock.images.get(*full) {
                let known = answers.entry((*full).to_owned()).or_default();
                known.locked = Some((it.answer.clone(), graph.span(file, it.range)));
            }
        }
    }
    if let Some(registry) = sources.registry {
        // What a digest names is the same for ever.
        let is_settled = |full: &str| {
            let locked = answers.get(full).and_then(|it| it.locked.as_ref());
            let is_found = locked.is_some_and(|it| matches!(it.0, ImageAnswer::Found(_)));
            is_found && full.contains('@')
        };
        let open = wanted.iter().filter(|it| !is_settled(it));
        let open: BTreeSet<String> = open.map(|it| (*it).to_owned()).collect();
        let mut said = registry.ask(&open);
        for full in open {
            let silent = || ImageAnswer::Unchecked(Unchecked::TimedOut);
            let answer = said.remove(&full).unwrap_or_else(silent);
            answers.entry(full).or_default().online = Some(answer);
        }
    }
    let unknown = wanted
        .iter()
        .filter(|it| !answers.contains_key(**it))
        .count();
    pulled.answers = answers;
    pulled.tell(sources, unknown);
    pulled
}

/// The places that have images pulled, of the workloads that were asked about. An image that something fills in or replaces is not known.
fn uses(graph: &DeploymentGraph) -> Vec<ImageUse> {
    let mut found = Vec::new();
    for workload in graph.workloads() {
        let resource = workload.resource;
        let file = graph.file(resource.file);
        let is_filled_in = matches!(file.purpose, Purpose::Test | Purpose::Template);
        if !file.target || resource.generated || is_filled_in {
            continue;
        }
        for link in graph.image_links.of(resource.id) {
            let field = path::field(&link.container, "image");
            let renamed = link.renamed.as_ref().and_then(|it| it.by);
            if renamed.is_none() && graph.may_change(resource, &field) {
                continue;
            }
            let span = match renamed {
                Some((file, range)) => graph.span(file, range),
                None => graph.span_in(resource, link.range),
            };
            found.extend(full(&link.image).map(|full| ImageUse {
                resource: resource.id,
                user: link.container.clone(),
                field,
                is_volume: false,
                image: link.image.clone(),
                span,
                is_renamed: renamed.is_some(),
                full,
            }));
        }
        for template in workload.templates() {
            let spec_path = template.spec_path();
            for volume in template.volumes() {
                let image = volume.node.field("image");
                let Some(reference) = image.and_then(|it| text(it, "reference")) else {
                    continue;
                };
                let user = volume.path(&spec_path);
                let field = format!("{user}.image.reference");
                if graph.may_change(resource, &field) {
                    continue;
                }
                found.extend(full(&reference.value).map(|full| ImageUse {
                    resource: resource.id,
                    user,
                    field,
                    is_volume: true,
                    span: graph.span_in(resource, reference.range()),
                    image: reference.value.into_owned(),
                    is_renamed: false,
                    full,
                }));
            }
        }
    }
    found
}

/// The full reference of an image that a person wrote out.
fn full(image: &str) -> Option<String> {
    let is_open = !placeholder::find(image).is_empty()
        || placeholder::documentation_registry(image).is_some();
    let reference = ImageRef::parse(image).filter(|_| !is_open)?;
    Some(reference.full())
}

/// Whether somebody said something.
const fn is_checked(answer: &ImageAnswer) -> bool {
    !matches!(answer, ImageAnswer::Unchecked(_))
}

/// What a registry did not tell.
#[derive(Default)]
struct Silence<'a> {
    /// Why it could not be asked: the first reason.
    why: Option<&'a Unchecked>,
    /// Images that it could not be asked about.
    unasked: usize,
    /// Those of them that the lock file knows.
    locked: usize,
    /// Images that it tells nobody about, or only others.
    denied: usize,
}

impl PulledImages {
    /// Says once for each registry what it did not tell; `unknown` is the number of images that nobody was asked about.
    fn tell(&mut self, sources: ImageSources<'_>, unknown: usize) {
        let mut silent: BTreeMap<&str, Silence<'_>> = BTreeMap::new();
        for (full, it) in &self.answers {
            let registry = full.split('/').next().unwrap_or_default();
            let locked = it.locked.as_ref().map(|it| &it.0);
            match it.online.as_ref().or(locked) {
                Some(ImageAnswer::Unchecked(why)) => {
                    let silence = silent.entry(registry).or_default();
                    silence.why = Some(silence.why.map_or(why, |it| it.min(why)));
                    silence.unasked += 1;
                    silence.locked += usize::from(locked.is_some());
                }
                Some(ImageAnswer::Denied { .. }) => {
                    silent.entry(registry).or_default().denied += 1;
                }
                _ => {}
            }
        }
        let mut lines: Vec<String> = Vec::new();
        for (registry, it) in silent {
            if let Some(why) = it.why {
                let mut line = format!("{registry} {}: ", why.words());
                // Writing to memory does not fail.
                let _ = match (it.unasked, it.locked) {
                    (all, locked) if all == locked => {
                        write!(line, "what was locked of {} counts", images(all))
                    }
                    (all, 0) => write!(line, "{} not looked up", were(all)),
                    (all, locked) => write!(
                        line,
                        "{} not looked up, and what was locked of {locked} others counts",
                        were(all - locked)
                    ),
                };
                lines.push(line);
            }
            if it.denied > 0 {
                let denied = were(it.denied);
                lines.push(format!(
                    "{registry} wants other credentials than there are: {denied} not looked up"
                ));
            }
        }
        if sources.is_required && sources.registry.is_some() {
            self.failures = lines;
        } else {
            self.notes = lines.into_iter().map(Note::from).collect();
        }
        if let Some(lock) = sources.lock.filter(|_| unknown > 0) {
            let (images, are) = if unknown == 1 {
                ("image", "is")
            } else {
                ("images", "are")
            };
            let note = format!(
                "{unknown} {images} {are} not in {}, and no registry was asked: `kubelint lock` adds what registries say of them",
                lock.path
            );
            self.notes.push(note.into());
        }
    }
}

fn images(count: usize) -> String {
    match count {
        1 => "1 image".to_owned(),
        many => format!("{many} images"),
    }
}

fn were(count: usize) -> String {
    let were = if count == 1 { "was" } else { "were" };
    format!("{} {were}", images(count))
}
