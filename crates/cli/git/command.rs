//! Running `git` so that neither a repository nor a hook that kubelint runs in decides what it does.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::disk::in_words;
use crate::exit::{Failure, Outcome};

/// `git` in one folder.
#[derive(Clone, Debug)]
pub(super) struct Git {
    folder: PathBuf,
}

/// What git answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// Whether it did what it was asked.
    pub(super) is_ok: bool,
    /// What it printed.
    pub(super) bytes: Vec<u8>,
    complaint: String,
}

/// What git sets for its hooks, and what else says where a repository or its parts are: the repository is the one that holds the folder.
const LOCAL: [&str; 13] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// What git is told in every run. Objects that a partial clone lacks are not fetched: old versions do not know the variable for that,
/// but with no transport allowed they cannot.
const TOLD: [(&str, &str); 6] = [
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    // So that what it complains of can be told apart.
    ("LC_ALL", "C"),
];

impl Git {
    /// In `folder`, which is absolute.
    pub(super) fn within(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
        }
    }

    /// A command that reads objects. Nothing that the repository configures is started: there is no pager, no monitor of files, and the
    /// commands that are used convert no content.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new("git");
        command
            .args(["--no-pager", "-c", "core.fsmonitor=false"])
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        for name in LOCAL {
            command.env_remove(name);
        }
        command.envs(TOLD);
        command
    }

    /// Asks git, and waits for the answer.
    pub(super) fn ask<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
    ) -> Outcome<Answer> {
        let output = self.command().args(args).output().map_err(|error| {
            Failure::new(match error.kind() {
                ErrorKind::NotFound => {
                    "`--changed` needs the program git, which is not there".to_owned()
                }
                _ => format!("cannot run git: {}", in_words(&error)),
            })
        })?;
        Ok(Answer {
            is_ok: output.status.success(),
            bytes: output.stdout,
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

impl Answer {
    /// The answer, if git did what it was asked.
    pub(super) fn or_failure(self) -> Outcome<Self> {
        if self.is_ok {
            Ok(self)
        } else {
            Err(self.failure())
        }
    }

    /// The first line of the answer.
    pub(super) fn line(&self) -> String {
        let line = self.bytes.split(|&it| it == b'\n').next();
        String::from_utf8_lossy(line.unwrap_or_default()).into_owned()
    }

    /// Why git could not.
    pub(super) fn failure(&self) -> Failure {
        let fatal = self
            .complaint
            .lines()
            .find_map(|it| it.strip_prefix("fatal: "));
        let words = fatal.or_else(|| self.complaint.lines().next());
        let words = words.unwrap_or("it does not say why");
        let mut message = format!("git cannot tell what changed: {words}");
        if words.contains("dubious ownership") || words.contains("unsafe repository") {
            message += "; `git config --global --add safe.directory` with this path lets it read what belongs to somebody else";
        }
        Failure::new(message)
    }
}
