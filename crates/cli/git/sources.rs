//! A revision's tree as [`Sources`], searched as the disk is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use kubelint_parser::source::{ReadError, SourcePath, SourceText, Sources};

use super::id::BlobId;
use super::objects::{Blob, Objects};
use super::revision::Revision;
use super::tree::{Node, Place, Tree};
use crate::disk::{DiskSources, IgnoreRules, MAX_RULES, RuleFiles, TOOL_FOLDERS, hides, in_words};
use crate::exit::{Failure, Outcome};

/// The files of the root as a commit has them.
///
/// What git does not keep is taken from the disk, for it is the same before and after: submodules, and what `.gitignore` hides.
#[derive(Debug)]
pub(crate) struct TreeSources<'a> {
    stored: Arc<Stored<'a>>,
    rules: IgnoreRules<Arc<Stored<'a>>>,
    list: Vec<SourcePath>,
    texts: Mutex<HashMap<SourcePath, Slot>>,
}

/// A text, read at most once.
type Slot = Arc<OnceLock<Result<Arc<SourceText>, ReadError>>>;

/// The tree, and who knows the content of its files.
#[derive(Debug)]
struct Stored<'a> {
    root: PathBuf,
    tree: Tree,
    /// The `.gitignore` files between the repository's top folder and the root, by folder.
    above: HashMap<PathBuf, BlobId>,
    disk: &'a DiskSources,
    revision: Revision,
    objects: Mutex<Child>,
}

/// The child that reads objects.
#[derive(Debug, Default)]
enum Child {
    /// Nobody asked yet.
    #[default]
    Waiting,
    Running(Objects),
    /// Why it could not answer: from then on nothing that is found of the tree is sure.
    Failed(String),
}

/// The longest path that a link can hold, in bytes.
const MAX_LINK: u64 = 1 << 12;

/// How the content begins of what a filter of git keeps in place of the file: a large file's pointer, an encrypted file.
const FILTERED: [&[u8]; 2] = [b"version https://git-lfs.github.com/spec/", b"\0GITCRYPT\0"];

impl<'a> TreeSources<'a> {
    /// The files that `revision` has of `root`, in which `disk` is.
    pub(crate) fn new(root: &Path, revision: Revision, disk: &'a DiskSources) -> Outcome<Self> {
        let tree = Tree::read(&revision)?;
        let stored = Arc::new(Stored {
            root: root.to_path_buf(),
            tree,
            above: rules_above(root, &revision)?,
            disk,
            revision,
            objects: Mutex::default(),
        });
        let mut sources = Self {
            rules: IgnoreRules::within(root, stored.clone()),
            stored,
            list: Vec::new(),
            texts: Mutex::default(),
        };
        sources.list = sources.search("", &sources.rules);
        Ok(sources)
    }

    /// What a search of `folder` finds, as on disk: one that git ignores is searched like any other, for it was named. A file is found
    /// itself.
    pub(crate) fn below(&self, folder: &SourcePath) -> Vec<SourcePath> {
        let path = self.stored.root.join(folder.as_str());
        if folder.as_str().is_empty() {
            self.list.clone()
        } else if self.rules.hide(&path, true) {
            let rules = IgnoreRules::from(&path, self.stored.clone());
            self.search(folder.as_str(), &rules)
        } else {
            self.search(folder.as_str(), &self.rules)
        }
    }

    /// Where `path` is, if there is such a file: by no link.
    pub(crate) fn file(&self, path: &SourcePath) -> Option<SourcePath> {
        match self.stored.resolve(path) {
            Place::File(path, _) => Some(path),
            _ => None,
        }
    }

    /// Whether there is such a folder.
    pub(crate) fn is_folder(&self, path: &SourcePath) -> bool {
        matches!(self.stored.resolve(path), Place::Folder(_))
    }

    /// Whether what is at `path` is taken from the disk.
    pub(crate) fn is_of_disk(&self, path: &SourcePath) -> bool {
        match self.stored.resolve(path) {
            Place::Submodule(path) => self.stored.disk.exists(&path),
            Place::Nothing => self.stored.keeps_out(path),
            Place::File(..) | Place::Folder(_) | Place::Outside => false,
        }
    }

    /// That everything that was asked for could be read.
    ///
    /// # Errors
    /// If something could not: what was found is not all.
    pub(crate) fn expect_complete(&self) -> Outcome<()> {
        match &*self.stored.objects() {
            Child::Failed(why) => Err(Failure::new(format!("git cannot tell what changed: {why}"))),
            Child::Waiting | Child::Running(_) => Ok(()),
        }
    }

    fn search(&self, folder: &str, rules: &IgnoreRules<Arc<Stored<'a>>>) -> Vec<SourcePath> {
        let stored = &self.stored;
        let mut search = Search {
            stored,
            rules,
            known: HashMap::from([(folder.to_owned(), true)]),
        };
        let mut found = Vec::new();
        for (path, node) in stored.tree.below(folder) {
            if !search.reaches(path) {
                continue;
            }
            match node {
                Node::File(_) => found.push(SourcePath::new(path)),
                Node::Link(_) => {
                    if let Place::File(path, _) = stored.resolve(&SourcePath::new(path)) {
                        found.push(path);
                    }
                }
                Node::Submodule => {
                    let below = format!("{path}/");
                    let on_disk = stored.disk.list().iter();
                    found.extend(
                        on_disk
                            .filter(|it| it.as_str().starts_with(&below))
                            .cloned(),
                    );
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn slot(&self, path: &SourcePath) -> Slot {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.entry(path.clone()).or_default().clone()
    }
}

impl Sources for TreeSources<'_> {
    fn list(&self) -> &[SourcePath] {
        &self.list
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<SourceText>, ReadError> {
        let stored = &self.stored;
        let read = || match stored.resolve(path) {
            Place::File(path, id) => stored.text(&path, &id),
            Place::Submodule(path) => stored.disk.read(&path),
            Place::Outside => Err(ReadError::OutsideRoot),
            Place::Folder(_) => Err(ReadError::Io("it is a folder, not a file".to_owned())),
            Place::Nothing if stored.keeps_out(path) => stored.disk.read(path),
            Place::Nothing => Err(ReadError::NotFound),
        };
        self.slot(path).get_or_init(read).clone()
    }

    fn exists(&self, path: &SourcePath) -> bool {
        match self.stored.resolve(path) {
            Place::File(..) | Place::Folder(_) => true,
            Place::Submodule(path) => self.stored.disk.exists(&path),
            Place::Nothing => self.stored.keeps_out(path),
            Place::Outside => false,
        }
    }

    fn is_ignored(&self, path: &SourcePath) -> bool {
        let full = self.stored.root.join(path.as_str());
        match self.stored.resolve(path) {
            Place::File(..) => self.rules.hide(&full, false),
            Place::Folder(_) => self.rules.hide(&full, true),
            // What is not there may become either.
            _ => self.rules.hide(&full, false) || self.rules.hide(&full, true),
        }
    }
}

impl Stored<'_> {
    fn resolve(&self, path: &SourcePath) -> Place {
        self.tree.resolve(path, |id| {
            let target = self.blob(id, MAX_LINK).ok()?;
            Some(String::from_utf8_lossy(&target).into_owned())
        })
    }

    /// Whether a path that the tree does not have is on disk, and none of git's affairs.
    fn keeps_out(&self, path: &SourcePath) -> bool {
        self.disk.is_ignored(path) && self.disk.exists(path)
    }

    /// The text of the plain file `path`, which git keeps as `id`. What is the same on disk is read there; so is what only a filter of
    /// git could tell.
    fn text(&self, path: &SourcePath, id: &BlobId) -> Result<Arc<SourceText>, ReadError> {
        let on_disk = self.disk.read(path).ok();
        if let Some(text) = on_disk.as_ref().filter(|it| is_kept_as(it, id)) {
            return Ok(text.clone());
        }
        let content = self.blob(id, self.disk.limit())?;
        match on_disk {
            Some(text) if FILTERED.iter().any(|it| content.starts_with(it)) => Ok(text),
            _ => Ok(Arc::new(SourceText::from_bytes(content))),
        }
    }

    fn blob(&self, id: &BlobId, limit: u64) -> Result<Vec<u8>, ReadError> {
        let mut child = self.objects();
        if matches!(*child, Child::Waiting) {
            *child = match Objects::start(&self.revision.git) {
                Ok(objects) => Child::Running(objects),
                Err(error) => Child::Failed(in_words(&error)),
            };
        }
        let blob = match &mut *child {
            Child::Running(objects) => objects.read(id, limit).map_err(|it| in_words(&it)),
            Child::Failed(why) => Err(why.clone()),
            Child::Waiting => Err(String::new()),
        };
        let why = match blob {
            Ok(Blob::Content(content)) => return Ok(content),
            Ok(Blob::TooLarge(size)) => return Err(ReadError::TooLarge(size)),
            Ok(Blob::Missing) => self.lacks(id),
            // Versions of git that would have fetched it end if they cannot.
            Err(_) if self.revision.is_partial() => self.lacks(id),
            Err(why) => why,
        };
        *child = Child::Failed(why.clone());
        Err(ReadError::Io(why))
    }

    fn lacks(&self, id: &BlobId) -> String {
        let how = if self.revision.is_partial() {
            ", for it is partial: `git fetch --refetch --no-filter` brings what it lacks"
        } else {
            ""
        };
        format!(
            "this clone lacks the object {} of the commit {}{how}",
            id.as_str(),
            self.revision.commit
        )
    }

    fn objects(&self) -> MutexGuard<'_, Child> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RuleFiles for Arc<Stored<'_>> {
    fn in_folder(&self, folder: &Path) -> Option<Vec<u8>> {
        let id = match folder.strip_prefix(&self.root) {
            Err(_) => self.above.get(folder)?.clone(),
            Ok(below) => {
                let path = crate::disk::source_path(&below.join(".gitignore"));
                match self.resolve(&path) {
                    // Git does not follow links to rules.
                    Place::File(found, id) if found == path => id,
                    Place::Submodule(path) => {
                        let text = self.disk.read(&path).ok()?;
                        return Some(text.as_str().as_bytes().to_vec());
                    }
                    _ => return None,
                }
            }
        };
        self.blob(&id, MAX_RULES).ok()
    }
}

/// Which folders a search goes into.
struct Search<'s, 'a> {
    stored: &'s Stored<'a>,
    rules: &'s IgnoreRules<Arc<Stored<'a>>>,
    /// Whether it goes into a folder, by path; the one where it begins is known.
    known: HashMap<String, bool>,
}

impl Search<'_, '_> {
    /// Whether the search finds what stands at `path`.
    fn reaches(&mut self, path: &str) -> bool {
        let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
        self.enters(folder) && !self.hides(path, false)
    }

    /// Whether it goes into `folder`: not if it does not go into one above.
    fn enters(&mut self, folder: &str) -> bool {
        let mut unknown = Vec::new();
        let mut at = folder;
        let mut enters = loop {
            if let Some(&known) = self.known.get(at) {
                break known;
            }
            unknown.push(at);
            match at.rsplit_once('/') {
                Some((above, _)) => at = above,
                None if at.is_empty() => break true,
                None => at = "",
            }
        };
        for folder in unknown.into_iter().rev() {
            let name = folder.rsplit('/').next().unwrap_or(folder);
            enters = enters && !TOOL_FOLDERS.contains(&name) && !self.hides(folder, true);
            self.known.insert(folder.to_owned(), enters);
        }
        enters
    }

    fn hides(&self, path: &str, is_folder: bool) -> bool {
        let full = self.stored.root.join(path);
        let folder = full.parent().unwrap_or(&self.stored.root);
        hides(&self.rules.folder(folder), &full, is_folder)
    }
}

/// Whether git keeps a text of the disk under this name: as it is, or with the ends of lines that git has where it changes them.
fn is_kept_as(text: &SourceText, id: &BlobId) -> bool {
    let text = text.as_str();
    id.is_of(text.as_bytes())
        || text.contains("\r\n") && id.is_of(text.replace("\r\n", "\n").as_bytes())
}

/// The `.gitignore` files that the commit has in the folders above the root.
fn rules_above(root: &Path, revision: &Revision) -> Outcome<HashMap<PathBuf, BlobId>> {
    let mut rules = HashMap::new();
    let mut prefix = revision.prefix.as_slice();
    let mut folders = root.ancestors().skip(1);
    while let Some((inside, folder)) = prefix.strip_suffix(b"/").zip(folders.next()) {
        let slash = inside.iter().rposition(|&it| it == b'/');
        prefix = &inside[..slash.map_or(0, |it| it + 1)];
        if let Some(id) = revision.blob(&[prefix, b".gitignore"].concat())? {
            rules.insert(folder.to_path_buf(), id);
        }
    }
    Ok(rules)
}
