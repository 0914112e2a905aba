//! Under which URLs this repository is known: git's remotes, and what GitHub Actions says. Only compared, never shown: they may hold
//! credentials.

use std::env;
use std::fs;
use std::path::Path;

/// A configuration of git larger than this is none.
const MAX_CONFIG: u64 = 1 << 20;

/// The remotes that lead to this repository. Others are often another's, from which something was taken.
const REMOTES: [&str; 2] = ["origin", "upstream"];

/// The URLs of the repository whose root is `root`: those of git's remotes, else what GitHub Actions says of the folder that it checked out.
pub(crate) fn urls(root: &Path) -> Vec<String> {
    let urls = remotes(root);
    if urls.is_empty() {
        checked_out(root).into_iter().collect()
    } else {
        urls
    }
}

/// The URLs in `.git/config`. Where `.git` is a link or a file that leads elsewhere, nothing is read outside the root.
fn remotes(root: &Path) -> Vec<String> {
    let folder = root.join(".git");
    let file = folder.join("config");
    let is_own = fs::symlink_metadata(&folder).is_ok_and(|it| it.is_dir())
        && fs::symlink_metadata(&file).is_ok_and(|it| it.is_file() && it.len() <= MAX_CONFIG);
    let text = is_own.then(|| fs::read_to_string(&file).ok()).flatten();
    text.map(|it| in_config(&it)).unwrap_or_default()
}

fn in_config(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_wanted = false;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            let mut names = REMOTES.iter();
            is_wanted = names.any(|it| section.starts_with(&format!("remote \"{it}\"]")));
        } else if let Some((key, value)) = line.split_once('=')
            && is_wanted
            && key.trim() == "url"
        {
            found.push(value.trim().trim_matches('"').to_owned());
        }
    }
    found
}

/// The URL of what a job of GitHub Actions checked out at `root`.
fn checked_out(root: &Path) -> Option<String> {
    let workspace = env::var_os("GITHUB_WORKSPACE")?;
    let is_here = Path::new(&workspace)
        .canonicalize()
        .is_ok_and(|it| it == root);
    let name = env::var("GITHUB_REPOSITORY").ok().filter(|_| is_here)?;
    let server = env::var("GITHUB_SERVER_URL");
    let server = server.unwrap_or_else(|_| "https://github.com".to_owned());
    Some(format!("{server}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_of_a_configuration() {
        let text = "\
[core]
\tbare = false
[remote \"origin\"]
\turl = git@github.com:org/name.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote \"heroku\"]
\turl = https://git.heroku.com/name.git
[branch \"main\"]
\tremote = origin
[remote \"upstream\"]
\turl=\"https://github.com/other/name\"
";
        let expected = [
            "git@github.com:org/name.git",
            "https://github.com/other/name",
        ];
        assert_eq!(in_config(text), expected);
    }

    #[test]
    fn a_link_for_git_is_not_followed() {
        let tree = tempfile::tempdir().unwrap();
        let (root, other) = (tree.path().join("root"), tree.path().join("other"));
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::create_dir_all(&other).unwrap();
        let config = "[remote \"origin\"]\n\turl = https://github.com/org/name\n";
        fs::write(root.join(".git/config"), config).unwrap();
        assert_eq!(remotes(&root), ["https://github.com/org/name"]);
        fs::write(other.join(".git"), "gitdir: ../root/.git\n").unwrap();
        assert!(remotes(&other).is_empty());
    }
}
