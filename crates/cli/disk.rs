//! The disk as [`Sources`]: nothing outside the root is read, and what was read once is the same ever after.

mod ignored;
mod names;
mod open;
mod root;
mod walk;

pub(crate) use ignored::{IgnoreRules, MAX_RULES, RuleFiles, hides};
pub(crate) use names::{git_path, slashed, source_path};
pub(crate) use open::{describe, in_words};
pub(crate) use root::{MAX_CONFIG, Origin, Root, common};
pub(crate) use walk::{LeftOut, Reason, TOOL_FOLDERS, is_git_internal};

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use kubelint_parser::source::{ReadError, SourcePath, SourceText, Sources};

use ignored::OnDisk;
use open::Enclosure;
use walk::{Found, walk};

/// The files below a root.
#[derive(Debug)]
pub(crate) struct DiskSources {
    root: PathBuf,
    /// Larger files are refused; in bytes.
    limit: u64,
    context: Context,
    enclosure: Enclosure,
    rules: IgnoreRules,
    /// The files that were found or named, and their texts once they are read.
    files: Mutex<HashMap<SourcePath, Arc<Slot>>>,
    /// The targets, sorted: they are listed whether or not a search of the root finds them.
    targets: Vec<SourcePath>,
    /// What a search of the whole root finds, once somebody asks.
    whole: OnceLock<Found>,
    /// That and the targets.
    list: OnceLock<Vec<SourcePath>>,
}

/// Whether the files around the targets belong to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// Everything below the root does.
    Root,
    /// Nothing but the targets does.
    None,
}

/// A file, read at most once.
#[derive(Debug, Default)]
struct Slot {
    /// Where it is below the root, if it is known to be a plain file, not a link.
    plain: Option<PathBuf>,
    text: OnceLock<Result<Arc<SourceText>, ReadError>>,
}

impl DiskSources {
    /// The files below `root`, which is absolute and without links. Files of more than `limit` bytes are refused.
    pub(crate) fn new(root: &Path, context: Context, limit: u64) -> Self {
        Self {
            root: root.to_path_buf(),
            limit,
            context,
            enclosure: Enclosure::new(root),
            rules: IgnoreRules::within(root, OnDisk),
            files: Mutex::default(),
            targets: Vec::new(),
            whole: OnceLock::new(),
            list: OnceLock::new(),
        }
    }

    /// Adds `text` to the targets as the content of `path`, whether or not there is such a file on disk.
    pub(crate) fn add_text(&mut self, path: SourcePath, text: SourceText) {
        let slot = Slot {
            plain: None,
            text: OnceLock::from(Ok(Arc::new(text))),
        };
        self.slots().insert(path.clone(), Arc::new(slot));
        self.add_targets([path]);
    }

    /// Adds the plain file at `path` below the root to the targets, whatever it is called and whether or not git ignores it.
    pub(crate) fn add_file(&mut self, path: &Path) -> SourcePath {
        let name = source_path(path);
        self.know(&name, path);
        self.add_targets([name.clone()]);
        name
    }

    /// Adds what is found below `folder` to the targets; it is absolute, without links, and lies in the root. One that git ignores
    /// is searched like any other, for it was named. Returns what was left out.
    pub(crate) fn add_folder(&mut self, folder: &Path) -> Vec<LeftOut> {
        let found = if *folder == self.root {
            self.whole().clone()
        } else if self.rules.hide(folder, true) {
            self.search(folder, &IgnoreRules::from(folder, OnDisk))
        } else {
            self.search(folder, &self.rules)
        };
        self.add_targets(found.files);
        found.left_out
    }

    /// Files of more bytes are refused.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// Where `path` really is: absolute, without links, and inside the root.
    pub(crate) fn locate(&self, path: &SourcePath) -> Result<PathBuf, ReadError> {
        self.resolve(path).map(|it| self.root.join(it))
    }

    /// Whether `path` is in the root, or would be if it were made.
    pub(crate) fn holds(&self, path: &SourcePath) -> Result<(), ReadError> {
        let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|it| it.is_symlink());
        match self.resolve(path) {
            Err(ReadError::NotFound) if !is_link(&self.root.join(path.as_str())) => {
                self.resolve(&SourcePath::new(path.parent())).map(drop)
            }
            resolved => resolved.map(drop),
        }
    }

    /// The targets, sorted.
    pub(crate) fn targets(&self) -> &[SourcePath] {
        &self.targets
    }

    /// What was left out of the whole root and why, sorted; nothing if nobody asked for what there is.
    pub(crate) fn left_out(&self) -> &[LeftOut] {
        self.whole.get().map_or(&[], |it| &it.left_out)
    }

    fn add_targets(&mut self, paths: impl IntoIterator<Item = SourcePath>) {
        self.targets.extend(paths);
        self.targets.sort_unstable();
        self.targets.dedup();
        self.list = OnceLock::new();
    }

    fn whole(&self) -> &Found {
        self.whole
            .get_or_init(|| self.search(&self.root, &self.rules))
    }

    fn search(&self, folder: &Path, rules: &IgnoreRules) -> Found {
        let Found { files, left_out } = walk(&self.root, folder, rules);
        for (name, path) in &files {
            self.know(name, path);
        }
        Found {
            files: files.into_iter().map(|(name, _)| name).collect(),
            left_out,
        }
    }

    fn know(&self, name: &SourcePath, plain: &Path) {
        self.slots()
            .entry(name.clone())
            .or_insert_with(|| Slot::plain(plain.to_path_buf()));
    }

    fn slot(&self, path: &SourcePath) -> Arc<Slot> {
        self.slots().entry(path.clone()).or_default().clone()
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<SourcePath, Arc<Slot>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a file from disk.
    fn load(&self, path: &Path) -> Result<Arc<SourceText>, ReadError> {
        let (file, size) = self.enclosure.open(path)?;
        if size > self.limit {
            return Err(self.too_large(size));
        }
        let mut bytes = Vec::with_capacity(size as usize + 1);
        file.take(self.limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| ReadError::Io(in_words(&error)))?;
        if bytes.len() as u64 > self.limit {
            return Err(self.too_large(bytes.len() as u64));
        }
        Ok(Arc::new(SourceText::from_bytes(bytes)))
    }

    fn too_large(&self, size: u64) -> ReadError {
        let limit = self.limit;
        ReadError::Io(format!(
            "it has {size} bytes, more than the {limit} that `--max-file-size` allows"
        ))
    }

    /// Where a path that no search found really is, below the root: it may be a link, or lie behind one.
    fn resolve(&self, path: &SourcePath) -> Result<PathBuf, ReadError> {
        let resolved = self.enclosure.resolve(Path::new(path.as_str()))?;
        let below = resolved.strip_prefix(&self.root).unwrap_or(&resolved);
        if is_git_internal(below) {
            return Err(ReadError::OutsideRoot);
        }
        Ok(below.to_path_buf())
    }
}

impl Slot {
    fn plain(path: PathBuf) -> Arc<Self> {
        Arc::new(Self {
            plain: Some(path),
            text: OnceLock::new(),
        })
    }

    /// Whether it is known that there is such a file.
    fn is_there(&self) -> bool {
        self.plain.is_some() || matches!(self.text.get(), Some(Ok(_)))
    }
}

impl Sources for DiskSources {
    fn list(&self) -> &[SourcePath] {
        self.list.get_or_init(|| {
            let mut list = self.targets.clone();
            if self.context == Context::Root {
                list.extend_from_slice(&self.whole().files);
                list.sort_unstable();
                list.dedup();
            }
            list
        })
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<SourceText>, ReadError> {
        let slot = self.slot(path);
        let read = || {
            if let Some(plain) = &slot.plain {
                return self.load(plain);
            }
            let found = self.resolve(path)?;
            self.enclosure.expect_plain(&found)?;
            self.load(&found)
        };
        slot.text.get_or_init(read).clone()
    }

    fn exists(&self, path: &SourcePath) -> bool {
        self.slots().get(path).is_some_and(|it| it.is_there()) || self.resolve(path).is_ok()
    }

    fn is_ignored(&self, path: &SourcePath) -> bool {
        let path = self.root.join(path.as_str());
        let hides = |is_folder| self.rules.hide(&path, is_folder);
        // What is not there may become either.
        if path.exists() {
            hides(path.is_dir())
        } else {
            hides(false) || hides(true)
        }
    }
}

#[cfg(test)]
mod tests;
