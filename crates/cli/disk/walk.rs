//! Searching folders for files: in parallel, without following links, passing over what git ignores and what tools put there.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use kubelint_parser::source::SourcePath;

use super::ignored::{FolderRules, IgnoreRules, hides};
use super::names::source_path;
use super::open::{describe, in_words};

/// What a search found; sorted, each once.
#[derive(Clone, Debug)]
pub(crate) struct Found<F = SourcePath> {
    /// The plain files.
    pub(crate) files: Vec<F>,
    /// What was left out and why.
    pub(crate) left_out: Vec<LeftOut>,
}

impl<F> Default for Found<F> {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            left_out: Vec::new(),
        }
    }
}

/// A file or folder that is not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LeftOut {
    /// Its path.
    pub(crate) path: SourcePath,
    /// Why it is not read.
    pub(crate) reason: Reason,
}

/// Why a file or folder is not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Git ignores it.
    Ignored,
    /// Folders of this name hold what tools put there.
    ToolFolder,
    /// A link that leads out of the root.
    LinkOutside,
    /// A link to nothing, or to itself.
    LinkBroken,
    /// A link to a folder in the root, which is searched at its own place.
    LinkToFolder(SourcePath),
    /// A link to a file in the root, which is read at its own place.
    LinkToFile(SourcePath),
    /// Neither file nor folder; what it is.
    NotAFile(&'static str),
    /// The system refused; its words.
    Unreadable(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ignored => f.write_str("git ignores it"),
            Self::ToolFolder => f.write_str("folders of this name are not searched"),
            Self::LinkOutside => f.write_str("a link that leads out of the root"),
            Self::LinkBroken => f.write_str("a link to nothing"),
            Self::LinkToFolder(path) | Self::LinkToFile(path) if path.as_str().is_empty() => {
                f.write_str("a link to the root")
            }
            Self::LinkToFolder(path) => write!(
                f,
                "a link to the folder {path}, which is searched at its own place"
            ),
            Self::LinkToFile(path) => write!(f, "a link to {path}, which is read at its own place"),
            Self::NotAFile(what) => write!(f, "{what}, not a file"),
            Self::Unreadable(words) => write!(f, "it cannot be read: {words}"),
        }
    }
}

/// Folders that are not searched: version control, and what package managers and build tools fill. A file in them that something
/// names can still be read.
pub(crate) const TOOL_FOLDERS: [&str; 16] = [
    ".git",
    ".hg",
    ".jj",
    ".svn",
    ".cache",
    ".gradle",
    ".mypy_cache",
    ".pytest_cache",
    ".terraform",
    ".tox",
    ".venv",
    "__pycache__",
    "bower_components",
    "node_modules",
    "target",
    "vendor",
];

/// What sources call a file, and its path below the root.
type Named = (SourcePath, PathBuf);

/// Searches `folder`, which lies below `root`; both are absolute and without links.
pub(crate) fn walk(root: &Path, folder: &Path, rules: &IgnoreRules) -> Found<Named> {
    let found = Mutex::new(Found::default());
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .build_parallel();
    walk.run(|| {
        let mut visitor = Visitor {
            root,
            rules,
            parent: None,
            batch: Found::default(),
            found: &found,
        };
        Box::new(move |entry| visitor.visit(entry))
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.files.sort_unstable();
    found.files.dedup();
    found.left_out.sort_unstable();
    found.left_out.dedup();
    found
}

/// One thread of the walk.
struct Visitor<'a> {
    root: &'a Path,
    rules: &'a IgnoreRules,
    /// The folder of the last entry and its rules: the next entry is most often in the same one.
    parent: Option<(PathBuf, FolderRules)>,
    batch: Found<Named>,
    found: &'a Mutex<Found<Named>>,
}

impl Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) if entry.depth() == 0 => WalkState::Continue,
            Ok(entry) => self.visit_entry(&entry),
            Err(error) => {
                let (path, words) = split(&error);
                self.leave_out(path.unwrap_or(self.root), Reason::Unreadable(words));
                WalkState::Continue
            }
        }
    }

    fn visit_entry(&mut self, entry: &DirEntry) -> WalkState {
        let path = entry.path();
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        let name = entry.file_name().to_str();
        if name == Some(".git")
            || kind.is_dir() && name.is_some_and(|it| TOOL_FOLDERS.contains(&it))
        {
            self.leave_out(path, Reason::ToolFolder);
            return WalkState::Skip;
        }
        if hides(self.rules_of(path), path, kind.is_dir()) {
            self.leave_out(path, Reason::Ignored);
            return WalkState::Skip;
        }
        if kind.is_file() {
            self.add(path);
        } else if kind.is_symlink() {
            self.visit_link(path);
        } else if !kind.is_dir() {
            self.leave_out(path, Reason::NotAFile(describe(kind)));
        }
        WalkState::Continue
    }

    /// A link to a file is what it leads to, as kubectl reads it; folders behind links are not searched, as by kubectl.
    fn visit_link(&mut self, path: &Path) {
        let Ok(target) = path.canonicalize() else {
            return self.leave_out(path, Reason::LinkBroken);
        };
        let (Ok(relative), Ok(metadata)) = (target.strip_prefix(self.root), target.metadata())
        else {
            return self.leave_out(path, Reason::LinkOutside);
        };
        if is_git_internal(relative) {
            self.leave_out(path, Reason::ToolFolder);
        } else if metadata.is_dir() {
            self.leave_out(path, Reason::LinkToFolder(source_path(relative)));
        } else if metadata.is_file() {
            self.leave_out(path, Reason::LinkToFile(source_path(relative)));
            self.add(&target);
        } else {
            self.leave_out(path, Reason::NotAFile(describe(metadata.file_type())));
        }
    }

    fn rules_of(&mut self, path: &Path) -> &FolderRules {
        let folder = path.parent().unwrap_or(self.root);
        let known = self.parent.take().filter(|(known, _)| known == folder);
        let known = known.unwrap_or_else(|| (folder.to_path_buf(), self.rules.folder(folder)));
        &self.parent.insert(known).1
    }

    fn add(&mut self, path: &Path) {
        let path = path.strip_prefix(self.root).unwrap_or(path);
        self.batch
            .files
            .push((source_path(path), path.to_path_buf()));
    }

    fn leave_out(&mut self, path: &Path, reason: Reason) {
        let path = source_path(path.strip_prefix(self.root).unwrap_or(path));
        self.batch.left_out.push(LeftOut { path, reason });
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.files.append(&mut self.batch.files);
        found.left_out.append(&mut self.batch.left_out);
    }
}

/// Whether a path leads into git's own files, which may hold credentials: they are not read, whatever names them.
pub(crate) fn is_git_internal(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == ".git")
}

/// Where an error of the walk happened, and the system's words.
fn split(error: &ignore::Error) -> (Option<&Path>, String) {
    let mut path = None;
    let mut error = error;
    loop {
        match error {
            ignore::Error::WithPath { path: at, err } => {
                path = Some(at.as_path());
                error = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                error = err;
            }
            ignore::Error::Io(io) => return (path, in_words(io)),
            other => return (path, other.to_string()),
        }
    }
}
