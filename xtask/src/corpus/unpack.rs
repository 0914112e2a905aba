//! Writes the files of a commit of a bare repository.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use super::checkout::COMMIT_FILE;

/// Writes the files of `commit` to `tree`, unless an earlier run did. Objects that a partial copy lacks are left out and counted.
pub(super) fn unpack(git_dir: &Path, commit: &str, tree: &Path) -> Result<()> {
    if tree.join(COMMIT_FILE).exists() {
        return Ok(());
    }
    if tree.exists() {
        fs::remove_dir_all(tree)?;
    }
    fs::create_dir_all(tree)?;
    let mut objects = Objects::open(git_dir)?;
    let (mut absent, mut links) = (0, Vec::new());
    for entry in entries(git_dir, commit)? {
        let Some(bytes) = objects.read(&entry.object)? else {
            absent += 1;
            continue;
        };
        let path = tree.join(&entry.path);
        fs::create_dir_all(path.parent().unwrap_or(tree))?;
        if entry.is_link {
            links.push((path, bytes));
        } else {
            fs::write(&path, bytes)?;
        }
    }
    // Last, so that nothing is written through one.
    for (path, target) in links {
        link(&path, &target)?;
    }
    if absent > 0 {
        println!("{}: {absent} files are not in this copy", git_dir.display());
    }
    fs::write(tree.join(COMMIT_FILE), commit)?;
    Ok(())
}

/// A file of a commit.
struct Entry {
    path: PathBuf,
    object: String,
    is_link: bool,
}

/// The files and links of a commit, without submodules and without names that lead out of the tree.
fn entries(git_dir: &Path, commit: &str) -> Result<Vec<Entry>> {
    let output = git(git_dir)
        .args(["ls-tree", "-r", "-z", commit])
        .output()?;
    if !output.status.success() {
        bail!("git: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let listing = String::from_utf8_lossy(&output.stdout);
    let mut entries = Vec::new();
    for line in listing.split_terminator('\0') {
        let (what, path) = line.split_once('\t').context("an entry without a path")?;
        let [mode, kind, object] = what.split(' ').collect::<Vec<_>>()[..] else {
            bail!("git ls-tree printed {line:?}");
        };
        let path = PathBuf::from(path);
        let inside = path
            .components()
            .all(|it| matches!(it, Component::Normal(name) if name != ".git"));
        if kind == "blob" && inside {
            entries.push(Entry {
                path,
                object: object.to_owned(),
                is_link: mode == "120000",
            });
        }
    }
    Ok(entries)
}

/// The objects of a repository, read one by one from a running git.
struct Objects {
    git: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    fn open(git_dir: &Path) -> Result<Self> {
        let mut git = git(git_dir)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start git")?;
        let requests = git.stdin.take().context("git has no input")?;
        let answers = git.stdout.take().context("git has no output")?;
        Ok(Self {
            git,
            requests,
            answers: BufReader::new(answers),
        })
    }

    /// The bytes of an object; `None` if this copy lacks it.
    fn read(&mut self, object: &str) -> Result<Option<Vec<u8>>> {
        writeln!(self.requests, "{object}")?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        let Some(size) = head
            .trim_end()
            .rsplit(' ')
            .next()
            .and_then(|it| it.parse::<usize>().ok())
        else {
            return Ok(None);
        };
        let mut bytes = vec![0; size + 1]; // a line break follows
        self.answers.read_exact(&mut bytes)?;
        bytes.pop();
        Ok(Some(bytes))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // Nothing depends on how it ends: all that was asked for was read.
        let _ = self.git.kill();
        let _ = self.git.wait();
    }
}

#[cfg(unix)]
fn link(path: &Path, target: &[u8]) -> Result<()> {
    use std::os::unix::ffi::OsStrExt;
    std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(target), path)?;
    Ok(())
}

/// Where links are not everybody's, git too writes their target into a file.
#[cfg(not(unix))]
fn link(path: &Path, target: &[u8]) -> Result<()> {
    fs::write(path, target)?;
    Ok(())
}

/// A git command on a repository.
pub(super) fn git(git_dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("--git-dir").arg(git_dir);
    command.env("GIT_NO_LAZY_FETCH", "1"); // what a partial copy lacks is not fetched
    command
}
