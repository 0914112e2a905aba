//! The order in which reach sees files: by folder, then by name. A folder is a range of it, and so is everything below a folder.

use std::ops::Range;

use kubelint_parser::source::SourcePath;

use crate::{File, FileId};

/// Files in the order of (folder, name), where a folder is written with a `/` behind it, and the root as `""`: so that no other folder
/// comes between one and what lies below it (`a-b/` sorts before `a/`, but not between `a/` and `a/b/`).
#[derive(Debug, Default)]
pub(crate) struct FolderOrder {
    paths: Vec<SourcePath>,
    files: Vec<FileId>,
    /// By file.
    ranks: Vec<u32>,
}

/// The folder of a path as the order writes it: `""`, or with a `/` behind it.
pub(crate) fn folder_of(path: &SourcePath) -> &str {
    let path = path.as_str();
    &path[..path.rfind('/').map_or(0, |it| it + 1)]
}

/// The innermost folder that holds both folders.
pub(crate) fn common_folder<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b);
    let same = same.count();
    let end = one.as_bytes()[..same].iter().rposition(|&it| it == b'/');
    &one[..end.map_or(0, |it| it + 1)]
}

/// The folder directly below `above` on the way to `folder`; none if they are the same.
pub(crate) fn child_towards<'a>(above: &str, folder: &'a str) -> Option<&'a str> {
    let end = folder.get(above.len()..)?.find('/')?;
    folder.get(..above.len() + end + 1)
}

impl FolderOrder {
    /// Orders files.
    pub(crate) fn new(files: &[File]) -> Self {
        let mut order: Vec<(FileId, &SourcePath)> = (0..)
            .map(FileId)
            .zip(files.iter().map(|it| &it.path))
            .collect();
        order.sort_by_key(|&(id, path)| (folder_of(path), path.file_name(), id));
        let mut ranks = vec![0; files.len()];
        for (rank, (id, _)) in (0..).zip(&order) {
            ranks[id.0 as usize] = rank;
        }
        Self {
            paths: order.iter().map(|(_, path)| (*path).clone()).collect(),
            files: order.into_iter().map(|(id, _)| id).collect(),
            ranks,
        }
    }

    /// The files of some ranks.
    pub(crate) fn files(&self, ranks: Range<u32>) -> &[FileId] {
        let ranks = ranks.start as usize..ranks.end as usize;
        self.files.get(ranks).unwrap_or_default()
    }

    /// The place of a file in the order.
    pub(crate) fn rank(&self, file: FileId) -> u32 {
        self.ranks.get(file.0 as usize).copied().unwrap_or_default()
    }

    /// The folder of the file with a rank.
    pub(crate) fn folder(&self, rank: u32) -> &str {
        self.paths.get(rank as usize).map_or("", folder_of)
    }

    /// The files directly in `folder`.
    pub(crate) fn directory(&self, folder: &str) -> Range<u32> {
        let start = self.paths.partition_point(|it| folder_of(it) < folder);
        let end = self.paths.partition_point(|it| folder_of(it) <= folder);
        start as u32..end as u32
    }

    /// The files in `folder` and below it.
    pub(crate) fn subtree(&self, folder: &str) -> Range<u32> {
        let start = self.paths.partition_point(|it| folder_of(it) < folder);
        let end = self
            .paths
            .partition_point(|it| folder_of(it) < folder || folder_of(it).starts_with(folder));
        start as u32..end as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders() {
        assert_eq!(common_folder("a/b/", "a/bc/"), "a/");
        assert_eq!(common_folder("a/b/", "a/b/c/"), "a/b/");
        assert_eq!(common_folder("a/", "b/"), "");
        assert_eq!(common_folder("", "b/"), "");
        assert_eq!(child_towards("", "a/b/"), Some("a/"));
        assert_eq!(child_towards("a/", "a/b/c/"), Some("a/b/"));
        assert_eq!(child_towards("a/", "a/"), None);
        assert_eq!(folder_of(&SourcePath::new("a/b.yaml")), "a/");
        assert_eq!(folder_of(&SourcePath::new("b.yaml")), "");
    }
}
