//! `--changed`: the files as a revision has them are checked first, and what is found there does not count.

use kubelint_engine::report::Note;
use kubelint_engine::{Input, Registry, Settings, lock, look_back};
use kubelint_model::pulled::ImageSources;
use kubelint_model::registry::ImageRegistry;
use kubelint_parser::source::SourcePath;

use crate::disk::{DiskSources, Root};
use crate::exit::{Failure, Outcome, say};
use crate::git::{Found, Revision, TreeSources};
use crate::targets::{GonePath, Targets};

/// What is asked for, as it is now.
#[derive(Clone, Copy)]
pub(crate) struct Now<'a> {
    /// The root.
    pub(crate) root: &'a Root,
    /// The files.
    pub(crate) sources: &'a DiskSources,
    /// Those of them that were asked for.
    pub(crate) targets: &'a Targets,
    /// The rules that there are.
    pub(crate) registry: &'a Registry,
    /// What was asked of them: of the files before the change too.
    pub(crate) settings: &'a Settings,
    /// Who can be asked about images.
    pub(crate) images: Option<&'a dyn ImageRegistry>,
}

/// What the files before the change show.
#[derive(Debug, Default)]
pub(crate) struct Before {
    /// What the files show; nothing if there are none, so that everything is new.
    pub(crate) shows: kubelint_engine::Before,
    /// What is worth knowing of it.
    pub(crate) notes: Vec<Note>,
}

impl Before {
    /// Checks the files as `revision` has them, and says so if `is_verbose`.
    ///
    /// # Errors
    /// If there is no such revision, its files cannot be read, or a path that was given is neither there nor was.
    pub(crate) fn look(now: Now<'_>, revision: &str, is_verbose: bool) -> Outcome<Self> {
        let revision = match Revision::find(&now.root.path, revision)? {
            Found::Commit(revision) => revision,
            Found::Unborn => {
                expect_gone(now.targets, |_| false)?;
                return Ok(Self {
                    notes: vec![
                        "there is no commit yet: everything is new"
                            .to_owned()
                            .into(),
                    ],
                    ..Self::default()
                });
            }
        };
        if is_verbose {
            say(&format!("compared with the commit {}", revision.commit));
        }
        let notes = revision.note.clone().map(Note::from).into_iter().collect();
        let sources = TreeSources::new(&now.root.path, revision, now.sources)?;
        expect_gone(now.targets, |it| {
            sources.file(it).is_some() || sources.is_folder(it)
        })?;
        let mut shows = check(now, &sources);
        sources.expect_complete()?;
        // A file that cannot be read is no affair of today's; but of a rule that failed, all that it finds now would look new.
        shows.problems.retain(|it| it.path.is_none());
        for problem in &mut shows.problems {
            problem.message = format!("before the change: {}", problem.message);
        }
        Ok(Self { shows, notes })
    }
}

fn check(now: Now<'_>, sources: &TreeSources<'_>) -> kubelint_engine::Before {
    let targets = TargetsBefore::of(now, sources);
    // A lock file that nobody could read then told nothing then.
    let is_asked = now.settings.needs(now.registry).registry;
    let lock = is_asked.then(|| lock::read(sources, lock::FILE_NAME).ok());
    let lock = lock.flatten().flatten();
    let input = Input {
        sources,
        targets: kubelint_model::Targets {
            files: &targets.files,
            named: &targets.named,
            folders: &targets.folders,
        },
        rendered: Vec::new(),
        images: ImageSources {
            lock: lock.as_ref(),
            registry: now.images,
            is_required: false,
        },
    };
    look_back(input, now.registry, now.settings)
}

/// What the paths given came to before the change; sorted.
#[derive(Debug, Default)]
struct TargetsBefore {
    files: Vec<SourcePath>,
    named: Vec<SourcePath>,
    folders: Vec<SourcePath>,
}

impl TargetsBefore {
    fn of(now: Now<'_>, sources: &TreeSources<'_>) -> Self {
        let mut targets = Self::default();
        let gone = now.targets.gone.iter().map(|it| &it.path);
        for path in now
            .targets
            .named
            .iter()
            .chain(&now.targets.folders)
            .chain(gone)
        {
            if let Some(file) = sources.file(path) {
                targets.named.push(file.clone());
                targets.files.push(file);
            } else {
                targets.files.extend(sources.below(path));
                targets.folders.push(path.clone());
            }
        }
        let is_shared = |it: &&SourcePath| sources.is_of_disk(it);
        let (files, named) = (now.sources.targets().iter(), now.targets.named.iter());
        targets.files.extend(files.filter(is_shared).cloned());
        targets.named.extend(named.filter(is_shared).cloned());
        for paths in [&mut targets.files, &mut targets.named, &mut targets.folders] {
            paths.sort_unstable();
            paths.dedup();
        }
        targets
    }
}

/// That what is not there was there once.
fn expect_gone(targets: &Targets, was_there: impl Fn(&SourcePath) -> bool) -> Outcome<()> {
    let never = targets.gone.iter().filter(|it| !was_there(&it.path));
    Failure::unless_empty(never.map(GonePath::mistake).collect())
}
