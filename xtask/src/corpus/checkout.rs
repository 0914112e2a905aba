//! The trees of public repositories on this machine.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::unpack::{git, unpack};

/// The file that tells the commit of a tree without a `.git`.
pub(super) const COMMIT_FILE: &str = ".commit";

/// One repository, checked out.
#[derive(Debug)]
pub(super) struct Checkout {
    /// `owner/name`.
    pub(super) repository: String,
    pub(super) commit: String,
    pub(super) tree: PathBuf,
}

/// The repositories in `dir`, by name: its folders `owner+name`. Each is a checkout with a `.git`, a plain tree with a file
/// `.commit`, or holds a bare repository, itself or as `repo`; the newest commit of a bare one is unpacked below `unpacked`.
pub(super) fn checkouts(dir: &Path, unpacked: &Path) -> Result<Vec<Checkout>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        if name.matches('+').count() == 1 {
            names.push(name);
        }
    }
    names.sort();
    names
        .iter()
        .map(|name| checkout(name, &dir.join(name), unpacked).with_context(|| name.clone()))
        .collect()
}

fn checkout(name: &str, folder: &Path, unpacked: &Path) -> Result<Checkout> {
    let repository = name.replace('+', "/");
    let found = |commit: String, tree: PathBuf| Checkout {
        repository,
        commit,
        tree,
    };
    if let Ok(commit) = fs::read_to_string(folder.join(COMMIT_FILE)) {
        return Ok(found(commit.trim().to_owned(), folder.to_path_buf()));
    }
    if folder.join(".git").exists() {
        return Ok(found(head(&folder.join(".git"))?, folder.to_path_buf()));
    }
    for bare in [
        folder.join("repo/.git"),
        folder.join("repo"),
        folder.to_path_buf(),
    ] {
        if bare.join("HEAD").is_file() && bare.join("objects").is_dir() {
            let commit = head(&bare)?;
            let tree = unpacked.join(format!("{name}@{commit}"));
            unpack(&bare, &commit, &tree)?;
            return Ok(found(commit, tree));
        }
    }
    bail!("neither a checkout, nor a tree with a {COMMIT_FILE} file, nor a bare repository")
}

/// The newest commit of a repository.
fn head(git_dir: &Path) -> Result<String> {
    let output = git(git_dir).args(["rev-parse", "HEAD"]).output()?;
    if !output.status.success() {
        bail!("git: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::checkouts;

    fn git(dir: &Path, arguments: &[&str]) {
        let status = Command::new("git")
            .arg("-C")
            .arg(dir)
            .args(["-c", "user.name=t", "-c", "user.email=t@localhost"])
            .args(arguments)
            .status()
            .expect("git");
        assert!(status.success(), "{arguments:?}");
    }

    #[test]
    fn checkouts_trees_and_bare_repositories_are_found() {
        let dir = tempfile::tempdir().expect("a folder for the test");
        let (source, unpacked) = (dir.path().join("a+checkout"), dir.path().join("unpacked"));
        fs::create_dir_all(&source).expect("a folder");
        fs::write(source.join("x.yaml"), "a: 1\n").expect("a file");
        git(&source, &["init", "-q"]);
        git(&source, &["add", "x.yaml"]);
        git(&source, &["commit", "-q", "-m", "x"]);
        let bare = dir.path().join("b+bare/repo");
        fs::create_dir_all(&bare).expect("a folder");
        git(
            &source,
            &["clone", "-q", "--bare", ".", &bare.display().to_string()],
        );
        fs::create_dir_all(dir.path().join("c+plain")).expect("a folder");
        fs::write(dir.path().join("c+plain/.commit"), "abc\n").expect("a file");

        let found = checkouts(dir.path(), &unpacked).expect("repositories");
        let names: Vec<_> = found.iter().map(|it| it.repository.as_str()).collect();
        assert_eq!(names, ["a/checkout", "b/bare", "c/plain"]);
        assert_eq!(found[0].commit, found[1].commit);
        assert_eq!(found[2].commit, "abc");
        let text = fs::read_to_string(found[1].tree.join("x.yaml")).expect("the file");
        assert_eq!(text, "a: 1\n");
    }

    #[test]
    fn a_folder_that_is_no_repository_is_an_error() {
        let dir = tempfile::tempdir().expect("a folder for the test");
        fs::create_dir_all(dir.path().join("a+b")).expect("a folder");
        assert!(checkouts(dir.path(), dir.path()).is_err());
    }
}
