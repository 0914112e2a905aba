//! What an image holds of the files of its build context.

use std::collections::BTreeSet;

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

use super::copy::{Copied, CopySource, clean};
use super::ignore::{Ignored, part_matches};
use super::value::Value;
use super::{BuildArgs, Dockerfile, Image};

/// The build context: a folder of the repository, without what its `.dockerignore` hides.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Every file of the repository, sorted. Files that git ignores are not among them, and may be there all the same.
    pub files: &'a [SourcePath],
    /// The folder, relative to the root; empty for the root itself.
    pub folder: &'a str,
    /// What its `.dockerignore` says.
    pub ignored: Option<&'a Ignored>,
}

/// Whether a file is in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is copied there.
    Copied(Origin),
    /// Nothing copies it there. Commands may still make it.
    Absent,
    /// Something may bring it that is not all known: another image, a stage in which commands run, a file that git ignores.
    Unknown,
}

/// Where a file of an image comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file of the repository.
    pub file: SourcePath,
    /// The instruction that copies it out of the context.
    pub range: TextRange,
}

/// In more stages and places than these a file is not looked for.
const MOST_LOOKUPS: usize = 32;
/// Whoever copies in more steps may copy anything.
const MOST_COPIES: usize = 1000;
/// For one file no more patterns are compared with all files of the context.
const MOST_PATTERNS: usize = 16;

impl Dockerfile {
    /// Whether the file at `path`, which begins with a slash, is in `image`.
    pub fn presence(
        &self,
        image: &Image,
        args: &BuildArgs,
        path: &str,
        context: &Context<'_>,
    ) -> Presence {
        let mut wanted = vec![(image.stage(), clean(path))];
        let mut seen = BTreeSet::new();
        let mut is_unsure = false;
        let mut patterns = MOST_PATTERNS;
        while let Some((stage, path)) = wanted.pop() {
            if seen.len() > MOST_LOOKUPS || !seen.insert((stage, path.clone())) {
                is_unsure |= seen.len() > MOST_LOOKUPS;
                continue;
            }
            let of_stage;
            let copied = if stage == image.stage() {
                &image.copied
            } else {
                of_stage = self.image(stage, args);
                // Commands may make it there.
                is_unsure = true;
                &of_stage.copied
            };
            if copied.len() > MOST_COPIES {
                return Presence::Unknown;
            }
            for copy in copied {
                match copy.brings(&path, context, &mut patterns) {
                    Brings::File(file) => {
                        let range = copy.range;
                        return Presence::Copied(Origin { file, range });
                    }
                    Brings::Inner(stage, paths) => {
                        wanted.extend(paths.into_iter().map(|it| (stage, it)));
                    }
                    Brings::Perhaps => is_unsure = true,
                    Brings::No => {}
                }
            }
        }
        if is_unsure {
            Presence::Unknown
        } else {
            Presence::Absent
        }
    }
}

/// What an instruction has to do with a file.
enum Brings {
    /// It copies it, from this one.
    File(SourcePath),
    /// It copies it if these paths are in an earlier stage.
    Inner(usize, Vec<String>),
    Perhaps,
    No,
}

impl Copied {
    /// Whether it brings the file at `path` of the image. `patterns` is how many may still be compared with all files.
    fn brings(&self, path: &str, context: &Context<'_>, patterns: &mut usize) -> Brings {
        let Some(destination) = self.destination.value.as_known() else {
            return Brings::Perhaps;
        };
        let folder = clean(destination);
        let Some(rest) = below(path, &folder) else {
            return Brings::No;
        };
        if self
            .inline
            .iter()
            .any(|name| rest == name || rest.is_empty())
        {
            return Brings::Perhaps;
        }
        let sources: Option<Vec<&str>> =
            self.sources.iter().map(|it| it.value.as_known()).collect();
        let Some(sources) = sources.filter(|_| !self.is_filtered) else {
            return Brings::Perhaps;
        };
        match &self.from {
            CopySource::Image(_) => Brings::Perhaps,
            CopySource::Stage(stage) => {
                let paths = sources
                    .into_iter()
                    .map(|it| (clean(it), it.contains(['*', '?', '['])));
                let paths: Option<Vec<Vec<String>>> = paths
                    .map(|(source, is_pattern)| (!is_pattern).then(|| inner(&source, rest)))
                    .collect();
                match paths {
                    Some(paths) => Brings::Inner(*stage, paths.concat()),
                    None => Brings::Perhaps,
                }
            }
            CopySource::Context => {
                let mut all = Brings::No;
                for source in sources {
                    match self.out_of_context(source, rest, context, patterns) {
                        Brings::No => {}
                        found @ Brings::File(_) => return found,
                        other => all = other,
                    }
                }
                all
            }
        }
    }

    /// Whether `source` in the context brings the file that stands at `rest` of the destination.
    fn out_of_context(
        &self,
        source: &str,
        rest: &str,
        context: &Context<'_>,
        patterns: &mut usize,
    ) -> Brings {
        let is_remote = source.contains("://") || source.starts_with("git@");
        if self.is_add && (is_remote || is_archive(source)) {
            return Brings::Perhaps;
        }
        let source = clean(source);
        let matching = if source.contains(['*', '?', '[', '\\']) {
            let Some(rest) = patterns.checked_sub(1) else {
                return Brings::Perhaps;
            };
            *patterns = rest;
            context.matching(&source)
        } else {
            BTreeSet::from([source])
        };
        let mut is_unlisted = matching.is_empty();
        for source in matching {
            let found = inner(&source, rest)
                .into_iter()
                .find_map(|it| context.file(&it));
            if let Some(file) = found {
                return Brings::File(file.clone());
            }
            is_unlisted |= !context.holds(&source);
        }
        // What is not among the repository's files is made before the build.
        if is_unlisted {
            Brings::Perhaps
        } else {
            Brings::No
        }
    }
}

/// The paths that a copy of `source` takes for the file at `rest` of its destination: a file in a folder, or the file itself, under its own
/// name or the destination's.
fn inner(source: &str, rest: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let name = source.rsplit('/').next().unwrap_or_default();
    if rest.is_empty() || (rest == name && !source.is_empty()) {
        paths.push(source.to_owned());
    }
    if !rest.is_empty() {
        paths.push(clean(&format!("{source}/{rest}")));
    }
    paths
}

/// What of `path` stands below `folder`.
pub(super) fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix('/')
}

fn is_archive(path: &str) -> bool {
    let ends = [
        ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".zst",
    ];
    ends.iter().any(|it| path.ends_with(it))
}

impl<'a> Context<'a> {
    /// The file at `path` of the context, if the build sees it.
    pub fn file(&self, path: &str) -> Option<&SourcePath> {
        let whole = self.whole(path);
        let at = self
            .files
            .binary_search_by(|it| it.as_str().cmp(&whole))
            .ok()?;
        let is_hidden = self.ignored.is_some_and(|it| it.is_ignored(path));
        self.files.get(at).filter(|_| !is_hidden)
    }

    /// Whether the build sees the file at `path` of the repository.
    pub(crate) fn shown(&self, path: &SourcePath) -> bool {
        let inner = match self.folder {
            "" => Some(path.as_str()),
            folder => path
                .as_str()
                .strip_prefix(folder)
                .and_then(|it| it.strip_prefix('/')),
        };
        inner.is_some_and(|it| self.file(it).is_some())
    }

    /// The files of the context, hidden or not: their paths in it.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.listed().map(|it| it.1)
    }

    /// The files of the context that the build sees, of those that are `wanted`: that is asked first, for it takes less time.
    pub(crate) fn shown_files(&self, wanted: impl Fn(&SourcePath) -> bool) -> Vec<SourcePath> {
        let listed = self.listed().filter(|it| wanted(it.0));
        let is_hidden = |path: &str| self.ignored.is_some_and(|it| it.is_ignored(path));
        let shown = listed.filter(|it| !is_hidden(it.1));
        shown.map(|it| it.0.clone()).collect()
    }

    fn listed(&self) -> impl Iterator<Item = (&'a SourcePath, &'a str)> + use<'a> {
        let prefix = match self.folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let first = self
            .files
            .partition_point(|it| it.as_str() < prefix.as_str());
        let files = self.files[first..].iter();
        files.map_while(move |it| Some((it, it.as_str().strip_prefix(prefix.as_str())?)))
    }

    /// Whether the repository has a file or folder at `path` of the context, hidden or not.
    pub(crate) fn holds(&self, path: &str) -> bool {
        if path.is_empty() {
            return true;
        }
        let whole = self.whole(path);
        let first = self
            .files
            .partition_point(|it| it.as_str() < whole.as_str());
        let folder = format!("{whole}/");
        let below = self
            .files
            .partition_point(|it| it.as_str() < folder.as_str());
        let is_file = self.files.get(first).is_some_and(|it| it.as_str() == whole);
        let is_folder = |it: &SourcePath| it.as_str().starts_with(&folder);
        is_file || self.files.get(below).is_some_and(is_folder)
    }

    /// The files below a folder of the context that the build sees, relative to the folder.
    pub(super) fn shown_below(&self, folder: &str) -> Vec<String> {
        let prefix = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let all = self.all().filter_map(|it| it.strip_prefix(&prefix));
        let shown = all.filter(|it| self.file(&format!("{prefix}{it}")).is_some());
        shown.map(str::to_owned).collect()
    }

    /// The files and folders that a pattern of `COPY` means.
    pub(super) fn matching(&self, pattern: &str) -> BTreeSet<String> {
        let parts: Vec<&str> = pattern.split('/').collect();
        let mut found = BTreeSet::new();
        for path in self.all() {
            let mut own = path.split('/');
            let matches = parts
                .iter()
                .all(|it| own.next().is_some_and(|own| part_matches(it, own)));
            if matches {
                let path: Vec<&str> = path.split('/').take(parts.len()).collect();
                found.insert(path.join("/"));
            }
        }
        found
    }

    fn whole(&self, path: &str) -> String {
        match self.folder {
            "" => path.to_owned(),
            folder => format!("{folder}/{path}"),
        }
    }
}

impl Image {
    /// The path that a relative one means in the image's working folder; `None` if that is not known.
    pub fn resolve(&self, path: &str) -> Option<String> {
        let path = super::copy::within(&self.folder, &Value::known(path));
        path.as_known().map(str::to_owned)
    }
}
