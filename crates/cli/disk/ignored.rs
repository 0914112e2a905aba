//! What git would not look at: `.gitignore` files and `.git/info/exclude`, read as git reads them.
//!
//! A person's own excludes (`core.excludesFile`) do not count: a repository is checked alike on every machine.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The rules of a tree of folders, read when they are needed and once.
#[derive(Debug)]
pub(crate) struct IgnoreRules<F = OnDisk> {
    top: PathBuf,
    files: F,
    folders: Mutex<HashMap<PathBuf, FolderRules>>,
}

/// Where the files called `.gitignore` are read.
pub(crate) trait RuleFiles {
    /// The bytes of the one in `folder`, which is absolute; `None` if there is none, or none that git would read.
    fn in_folder(&self, folder: &Path) -> Option<Vec<u8>>;
}

/// They are read on disk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnDisk;

impl RuleFiles for OnDisk {
    fn in_folder(&self, folder: &Path) -> Option<Vec<u8>> {
        read(&folder.join(".gitignore"))
    }
}

/// The rules for what lies directly in one folder, the strongest last.
pub(crate) type FolderRules = Arc<[Arc<Gitignore>]>;

/// Larger files of rules are not read; in bytes.
pub(crate) const MAX_RULES: u64 = 1 << 20;

impl<F: RuleFiles> IgnoreRules<F> {
    /// The rules for everything below `root`. If it lies in a git repository, those from the repository's top folder on.
    pub(crate) fn within(root: &Path, files: F) -> Self {
        let top = root.ancestors().find(|it| is_repository(it));
        Self::from(top.unwrap_or(root), files)
    }

    /// The rules that stand in `top` or below it.
    pub(crate) fn from(top: &Path, files: F) -> Self {
        Self {
            top: top.to_path_buf(),
            files,
            folders: Mutex::default(),
        }
    }

    /// The rules for what lies directly in `folder`.
    pub(crate) fn folder(&self, folder: &Path) -> FolderRules {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let mut missing = Vec::new();
        let mut rules = FolderRules::default();
        for ancestor in folder
            .ancestors()
            .take_while(|it| it.starts_with(&self.top))
        {
            if let Some(known) = folders.get(ancestor) {
                rules = known.clone();
                break;
            }
            missing.push(ancestor);
        }
        for folder in missing.into_iter().rev() {
            rules = extend(&rules, folder, &self.files);
            folders.insert(folder.to_path_buf(), rules.clone());
        }
        rules
    }

    /// Whether the rules hide `path`, or a folder that it lies in.
    pub(crate) fn hide(&self, path: &Path, is_folder: bool) -> bool {
        let mut parts: Vec<&Path> = path
            .ancestors()
            .take_while(|it| *it != self.top && it.starts_with(&self.top))
            .collect();
        parts.reverse();
        parts.iter().any(|part| {
            let parent = part.parent().unwrap_or(&self.top);
            hides(&self.folder(parent), part, *part != path || is_folder)
        })
    }
}

/// Whether the rules of its folder hide `path`.
pub(crate) fn hides(rules: &FolderRules, path: &Path, is_folder: bool) -> bool {
    rules
        .iter()
        .rev()
        .map(|it| it.matched(path, is_folder))
        .find(|it| !it.is_none())
        .is_some_and(|it| it.is_ignore())
}

/// The rules of a folder, from those of the folder above. A repository within a repository has its own.
fn extend(above: &FolderRules, folder: &Path, files: &impl RuleFiles) -> FolderRules {
    let mut rules = above.to_vec();
    let mut changed = false;
    if is_repository(folder) {
        let excluded = read(&folder.join(".git/info/exclude"));
        rules = excluded
            .and_then(|it| parse(folder, &it))
            .into_iter()
            .collect();
        changed = true;
    }
    if let Some(own) = files.in_folder(folder).and_then(|it| parse(folder, &it)) {
        rules.push(own);
        changed = true;
    }
    if changed { rules.into() } else { above.clone() }
}

fn is_repository(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join(".git")).is_ok()
}

/// The bytes of a file of rules. As git does, links are not followed.
fn read(file: &Path) -> Option<Vec<u8>> {
    let metadata = fs::symlink_metadata(file).ok()?;
    let is_read = metadata.is_file() && metadata.len() <= MAX_RULES;
    is_read.then(|| fs::read(file).ok()).flatten()
}

/// The rules that `bytes` state for `folder`. As git does, a pattern that is none is passed over.
fn parse(folder: &Path, bytes: &[u8]) -> Option<Arc<Gitignore>> {
    let text = String::from_utf8_lossy(bytes);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines() {
        let _ = builder.add_line(None, line);
    }
    let rules = builder.build().ok()?;
    (!rules.is_empty()).then(|| Arc::new(rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_as_git_reads_them() {
        let tree = tempfile::tempdir().unwrap();
        let top = tree.path();
        let write = |path: &str, text: &str| {
            let path = top.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(".git/info/exclude", "secret.yaml\nkept.yaml\n");
        write(".gitignore", "\u{feff}/build/\n*.log\n!kept.yaml\n[\n");
        write("a/.gitignore", "!loud.log\n/x.yaml\n");
        write("a/inner/.git/HEAD", "");
        write("a/inner/.gitignore", "y.yaml\n");
        let rules = IgnoreRules::within(&top.join("a"), OnDisk);
        let hidden = |path: &str| rules.hide(&top.join(path), false);
        for path in [
            "build/x.yaml",
            "b.log",
            "a/b.log",
            "secret.yaml",
            "a/x.yaml",
            "a/inner/y.yaml",
        ] {
            assert!(hidden(path), "{path}");
        }
        for path in [
            "a/build/x.yaml",
            "a/loud.log",
            "a/b/x.yaml",
            "a/inner/x.log",
            "kept.yaml",
            "y.yaml",
        ] {
            assert!(!hidden(path), "{path}");
        }
        assert!(rules.hide(&top.join("build"), true));
        assert!(!rules.hide(&top.join("build"), false));
    }
}
