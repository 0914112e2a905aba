//! Which commit a revision means, and where the root lies in its tree.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use super::command::{Answer, Git};
use super::id::BlobId;
use crate::exit::{Failure, Outcome};

/// The commit with which the files are compared.
#[derive(Debug)]
pub(crate) struct Revision {
    pub(super) git: Git,
    /// Its name: a hash.
    pub(crate) commit: String,
    /// Where the root is below the top folder of the repository: bytes, with `/` at the end; empty at the top.
    pub(super) prefix: Vec<u8>,
    /// What is worth knowing of how it was found.
    pub(crate) note: Option<String>,
}

/// What a revision leads to.
#[derive(Debug)]
pub(crate) enum Found {
    /// A commit.
    Commit(Revision),
    /// `HEAD`, before the first commit: everything is new.
    Unborn,
}

/// What `HEAD` is called.
const HEAD: [&str; 2] = ["HEAD", "@"];

impl Revision {
    /// The commit that `given` means in the repository that holds `root`: where what is checked out left it. That is itself if it came
    /// before; otherwise what it got since then is no part of the change.
    ///
    /// # Errors
    /// If git is not there or refuses, no repository holds the root, or it has no such commit: with what can be done.
    pub(crate) fn find(root: &Path, given: &str) -> Outcome<Found> {
        let git = Git::within(root);
        let place = Place::of(&git)?;
        // A revision never begins so; git would take it for an option.
        let commit = if given.is_empty() || given.starts_with('-') {
            None
        } else {
            commit(&git, given)?
        };
        let Some(commit) = commit else {
            if HEAD.contains(&given) && is_unborn(&git)? {
                return Ok(Found::Unborn);
            }
            return Err(unknown(given, place.is_shallow));
        };
        let mut revision = Self {
            git,
            commit,
            prefix: place.prefix,
            note: None,
        };
        if !HEAD.contains(&given) {
            revision.go_back(given, place.is_shallow)?;
        }
        Ok(Found::Commit(revision))
    }

    /// The tree of the root, in the words of git; `None` if the commit has no such folder.
    pub(super) fn tree(&self) -> Outcome<Option<OsString>> {
        let folder = self.prefix.strip_suffix(b"/").unwrap_or(&self.prefix);
        let tree = self.at(folder);
        let answer = self.git.ask(verify(&tree))?;
        Ok(answer.is_ok.then_some(tree))
    }

    /// The file at `path`, which counts from the top folder; `None` if the commit has none.
    pub(super) fn blob(&self, path: &[u8]) -> Outcome<Option<BlobId>> {
        let answer = self.git.ask(verify(&self.at(path)))?;
        Ok(BlobId::parse(answer.line().as_bytes()).filter(|_| answer.is_ok))
    }

    /// Whether the clone is partial: whoever made it left objects out.
    pub(super) fn is_partial(&self) -> bool {
        let keys = "^(extensions\\.partialclone|remote\\..*\\.promisor)$";
        let answer = self.git.ask(["config", "--get-regexp", keys]);
        answer.is_ok_and(|it| it.is_ok)
    }

    /// What the commit has at `path`, in the words of git.
    fn at(&self, path: &[u8]) -> OsString {
        let mut name = OsString::from(format!("{}:", self.commit));
        name.push(os_string(path));
        name
    }

    /// From the commit to where what is checked out left it.
    fn go_back(&mut self, given: &str, is_shallow: bool) -> Outcome<()> {
        let Some(head) = commit(&self.git, "HEAD")? else {
            return Ok(());
        };
        let base = self.git.ask(["merge-base", &self.commit, &head])?;
        if base.is_ok {
            self.commit = base.line();
            return Ok(());
        }
        let why = if is_shallow {
            "this clone is shallow"
        } else {
            "they have no commit in common"
        };
        self.note = Some(format!(
            "where HEAD left `{given}` is not known, because {why}: compared with `{given}` as it is now"
        ));
        Ok(())
    }
}

/// Where the root is.
struct Place {
    is_shallow: bool,
    prefix: Vec<u8>,
}

impl Place {
    fn of(git: &Git) -> Outcome<Self> {
        let questions = [
            "--is-inside-work-tree",
            "--is-shallow-repository",
            "--show-prefix",
        ];
        let answer = git
            .ask(["rev-parse"].iter().chain(&questions))?
            .or_failure()?;
        // A folder's name may hold line breaks: only the last one is git's.
        let mut lines = answer.bytes.splitn(3, |&it| it == b'\n');
        let is_inside = lines.next() == Some(b"true");
        let is_shallow = lines.next() == Some(b"true");
        let prefix = lines.next().unwrap_or_default();
        if !is_inside {
            let message = "git cannot tell what changed: the root is no work tree of a repository";
            return Err(Failure::new(message));
        }
        Ok(Self {
            is_shallow,
            prefix: prefix.strip_suffix(b"\n").unwrap_or(prefix).to_vec(),
        })
    }
}

/// The commit that a revision means, if it means one.
fn commit(git: &Git, revision: &str) -> Outcome<Option<String>> {
    let answer = git.ask(verify(OsStr::new(&format!("{revision}^{{commit}}"))))?;
    Ok(answer.is_ok.then(|| answer.line()))
}

/// What git is asked for the one object of this name.
fn verify(name: &OsStr) -> [&OsStr; 4] {
    let [command, one, quietly] = ["rev-parse", "--verify", "--quiet"].map(OsStr::new);
    [command, one, quietly, name]
}

/// Whether the branch that is checked out has no commit yet.
fn is_unborn(git: &Git) -> Outcome<bool> {
    let branch: Answer = git.ask(["symbolic-ref", "--quiet", "HEAD"])?;
    Ok(branch.is_ok)
}

/// That there is no such commit, and what to do.
fn unknown(given: &str, is_shallow: bool) -> Failure {
    let is_path = !given.is_empty() && fs::symlink_metadata(given).is_ok();
    if is_path {
        return Failure::new(format!(
            "`{given}` is a path, and `--changed` wants a revision before it: `--changed HEAD {given}`"
        ));
    }
    let fetch = match given.strip_prefix("origin/") {
        Some(branch) => format!("`git fetch origin {branch}:refs/remotes/{given}`"),
        None if is_shallow => "`git fetch --unshallow`".to_owned(),
        None => String::new(),
    };
    let hint = match (fetch.as_str(), is_shallow) {
        ("", _) => String::new(),
        (fetch, false) => format!("; {fetch} brings it"),
        (fetch, true) => format!(
            ", which is shallow; {fetch} brings it, or `fetch-depth: 0` where actions/checkout made the clone"
        ),
    };
    Failure::new(format!("there is no commit `{given}` in this clone{hint}"))
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}
