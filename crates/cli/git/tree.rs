//! A revision's tree: which files, links and submodules it has, and where a path in it leads.

use std::collections::BTreeMap;
use std::ops::Bound;

use kubelint_parser::source::SourcePath;

use super::id::BlobId;
use super::revision::Revision;
use crate::disk::{git_path, is_git_internal};
use crate::exit::Outcome;

/// The files of the root as a commit has them, by path.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: BTreeMap<Box<str>, Node>,
}

/// What stands at a path.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// A plain file.
    File(BlobId),
    /// A link; the blob says where it leads.
    Link(BlobId),
    /// A commit of another repository.
    Submodule,
}

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// To a plain file of the tree, by no link.
    File(SourcePath, BlobId),
    /// To a folder of the tree.
    Folder(SourcePath),
    /// Into a submodule.
    Submodule(SourcePath),
    /// To nothing.
    Nothing,
    /// Out of the root.
    Outside,
}

/// How many links a path may lead over, as on Linux.
const MAX_LINKS: usize = 40;

impl Tree {
    /// The tree of the root in `revision`. Files that a sparse checkout leaves out of the folders are left out here too: what is not
    /// looked at on one side has not changed on the other.
    pub(super) fn read(revision: &Revision) -> Outcome<Self> {
        let Some(tree) = revision.tree()? else {
            return Ok(Self::default());
        };
        let mut args = ["ls-tree", "-r", "-z", "--full-tree"]
            .map(Into::into)
            .to_vec();
        args.push(tree);
        let answer = revision.git.ask(args)?.or_failure()?;
        let rows = answer.bytes.split(|&it| it == 0);
        let mut nodes: BTreeMap<Box<str>, Node> = rows.filter_map(node).collect();
        for path in left_out(revision)? {
            nodes.remove(path.as_str());
        }
        Ok(Self { nodes })
    }

    /// The plain file at a path, if there is one.
    pub(super) fn file(&self, path: &str) -> Option<&BlobId> {
        match self.nodes.get(path) {
            Some(Node::File(id)) => Some(id),
            _ => None,
        }
    }

    /// Where `path` leads; `target` tells where a link leads, in the words of git.
    pub(super) fn resolve(
        &self,
        path: &SourcePath,
        target: impl Fn(&BlobId) -> Option<String>,
    ) -> Place {
        if let Some(id) = self.file(path.as_str()) {
            return Place::File(path.clone(), id.clone());
        }
        let mut rest: Vec<String> = path.as_str().rsplit('/').map(str::to_owned).collect();
        let mut at = String::new();
        let mut links = 0;
        while let Some(part) = rest.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." if at.is_empty() => return Place::Outside,
                ".." => {
                    at.truncate(at.rfind('/').unwrap_or(0));
                    continue;
                }
                _ => {}
            }
            let above = at.len();
            if !at.is_empty() {
                at.push('/');
            }
            at.push_str(&part);
            match self.nodes.get(at.as_str()) {
                Some(Node::Link(id)) => {
                    links += 1;
                    at.truncate(above);
                    match target(id) {
                        _ if links > MAX_LINKS => return Place::Nothing,
                        None => return Place::Nothing,
                        // Where the repository lies is not its own to say.
                        Some(target) if target.starts_with('/') => return Place::Outside,
                        Some(target) => rest.extend(target.rsplit('/').map(str::to_owned)),
                    }
                }
                Some(Node::Submodule) => {
                    let parts = std::iter::once(at).chain(rest.into_iter().rev());
                    let path: Vec<String> = parts.collect();
                    return Place::Submodule(SourcePath::new(&path.join("/")));
                }
                Some(Node::File(_)) if !rest.is_empty() => return Place::Nothing,
                Some(Node::File(_)) | None => {}
            }
        }
        match self.file(&at) {
            Some(id) => Place::File(SourcePath::new(&at), id.clone()),
            None if self.has_folder(&at) => Place::Folder(SourcePath::new(&at)),
            None => Place::Nothing,
        }
    }

    fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.below(path).next().is_some()
    }

    /// What stands below a folder; everything, if it is the root.
    pub(super) fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Node)> {
        let first = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let from = (Bound::Included(first.as_str()), Bound::Unbounded);
        let nodes = self.nodes.range::<str, _>(from);
        nodes
            .map(|(path, node)| (&**path, node))
            .take_while(move |(path, _)| path.starts_with(&first))
    }
}

/// One row: `MODE TYPE NAME`, a tab, and the path. Git's own files are never there, unless somebody means harm.
fn node(row: &[u8]) -> Option<(Box<str>, Node)> {
    let tab = row.iter().position(|&it| it == b'\t')?;
    let (words, path) = (&row[..tab], git_path(&row[tab + 1..]));
    let mut words = words.split(|&it| it == b' ');
    let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
    let node = match mode {
        b"120000" => Node::Link(BlobId::parse(id)?),
        b"160000" => Node::Submodule,
        _ => Node::File(BlobId::parse(id)?),
    };
    let is_usual = !is_git_internal(path.as_str().as_ref()) && !path.as_str().is_empty();
    is_usual.then(|| (path.as_str().into(), node))
}

/// The paths that a sparse checkout leaves out.
fn left_out(revision: &Revision) -> Outcome<Vec<SourcePath>> {
    let git = &revision.git;
    let is_sparse = git.ask(["config", "--type=bool", "--get", "core.sparseCheckout"])?;
    if is_sparse.line() != "true" {
        return Ok(Vec::new());
    }
    // Of the root, each after a letter that tells whether it is left out, and a space.
    let answer = git.ask(["ls-files", "-t", "-z"])?.or_failure()?;
    let rows = answer.bytes.split(|&it| it == 0);
    Ok(rows
        .filter_map(|it| it.strip_prefix(b"S "))
        .map(git_path)
        .collect())
}
