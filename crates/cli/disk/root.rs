//! The root: the folder outside of which nothing is read.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    /// The folder: absolute, without links.
    pub(crate) path: PathBuf,
    /// What made it the root.
    pub(crate) origin: Origin,
}

/// What made a folder the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `--root`.
    Flag,
    /// It holds `.git`.
    Repository,
    /// It holds a `kubelint.yaml` that says `root: true`.
    Configuration,
    /// None is marked: it is the folder that holds all paths given.
    Common,
}

/// A configuration file larger than this says nothing about the root.
pub(crate) const MAX_CONFIG: u64 = 1 << 20;

impl Root {
    /// The nearest marked folder from `start` upwards, but never above the home directory or on another file system; else `start`.
    /// `says_root` tells whether the text of a `kubelint.yaml` makes its folder a root.
    pub(crate) fn find(
        start: &Path,
        home: Option<&Path>,
        says_root: &dyn Fn(&str) -> bool,
    ) -> Self {
        for folder in start.ancestors() {
            if let Some(origin) = mark(folder, says_root) {
                return Self {
                    path: folder.to_path_buf(),
                    origin,
                };
            }
            if home == Some(folder) || is_edge(folder) {
                break;
            }
        }
        Self {
            path: start.to_path_buf(),
            origin: Origin::Common,
        }
    }

    /// Whether what surrounds the paths given belongs to them. Not so if no mark was found and the root is so high up that it
    /// holds everything a person has, what everyone has lying about for the moment (`temporary`), or the whole disk.
    pub(crate) fn has_context(&self, home: Option<&Path>, temporary: Option<&Path>) -> bool {
        let holds = |folder: Option<&Path>| folder.is_some_and(|it| it.starts_with(&self.path));
        self.origin != Origin::Common
            || !(holds(home) || holds(temporary) || self.path.parent().is_none())
    }
}

fn mark(folder: &Path, says_root: &dyn Fn(&str) -> bool) -> Option<Origin> {
    if fs::symlink_metadata(folder.join(".git")).is_ok() {
        return Some(Origin::Repository);
    }
    let config = folder.join("kubelint.yaml");
    let small = fs::metadata(&config).is_ok_and(|it| it.is_file() && it.len() <= MAX_CONFIG);
    let text = small.then(|| fs::read_to_string(&config).ok()).flatten()?;
    says_root(&text).then_some(Origin::Configuration)
}

/// Whether the folder above is on another file system.
#[cfg(unix)]
fn is_edge(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|it| it.dev()).ok();
    folder
        .parent()
        .is_none_or(|parent| device(parent) != device(folder))
}

#[cfg(not(unix))]
fn is_edge(folder: &Path) -> bool {
    folder.parent().is_none()
}

/// The folder that holds all of `folders`, which are absolute. `None` if there are none, or none holds them all.
pub(crate) fn common<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Option<PathBuf> {
    let mut folders = folders.into_iter();
    let mut common = folders.next()?;
    for folder in folders {
        common = common.ancestors().find(|it| folder.starts_with(it))?;
    }
    Some(common.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_a_common_folder() {
        let of = |paths: &[&str]| common(paths.iter().map(Path::new));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["/a/b"]), Some("/a/b".into()));
        assert_eq!(of(&["/a/b/c", "/a/b", "/a/bc"]), Some("/a".into()));
        assert_eq!(of(&["/a", "/b"]), Some("/".into()));
    }

    #[test]
    fn the_nearest_mark_wins_and_home_is_the_end() {
        let tree = tempfile::tempdir().unwrap();
        let top = tree.path().canonicalize().unwrap();
        let deep = top.join("repo/team/deploy");
        fs::create_dir_all(&deep).unwrap();
        let find =
            |home: Option<&Path>| Root::find(&deep, home, &|text| text.contains("root: true"));
        fs::create_dir(top.join("repo/.git")).unwrap();
        assert_eq!(find(None).path, top.join("repo"));
        assert_eq!(find(Some(&top.join("repo"))).path, top.join("repo"));
        let above = find(Some(&top.join("repo/team")));
        assert_eq!((above.path, above.origin), (deep.clone(), Origin::Common));
        fs::write(top.join("repo/team/kubelint.yaml"), "ignore: []\n").unwrap();
        assert_eq!(find(None).path, top.join("repo"));
        fs::write(top.join("repo/team/kubelint.yaml"), "root: true\n").unwrap();
        assert_eq!(find(None).path, top.join("repo/team"));
        assert_eq!(find(None).origin, Origin::Configuration);
    }

    #[test]
    fn a_common_folder_that_holds_home_or_what_is_temporary_is_no_context() {
        let root = |path: &str, origin| Root {
            path: path.into(),
            origin,
        };
        let home = Some(Path::new("/home/ada"));
        let temporary = Some(Path::new("/tmp"));
        assert!(!root("/", Origin::Common).has_context(home, temporary));
        assert!(!root("/home", Origin::Common).has_context(home, temporary));
        assert!(!root("/home/ada", Origin::Common).has_context(home, temporary));
        assert!(root("/home/ada/x", Origin::Common).has_context(home, temporary));
        assert!(root("/home/ada", Origin::Repository).has_context(home, temporary));
        assert!(!root("/", Origin::Common).has_context(None, None));
        assert!(!root("/tmp", Origin::Common).has_context(home, temporary));
        assert!(root("/tmp/x", Origin::Common).has_context(home, temporary));
    }
}
