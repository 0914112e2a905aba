//! What may be meant by a path that is not there.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::source::SourcePath;

use super::{Lack, MissingPath};
use crate::link::near_miss;
use crate::load::is_yaml;

/// Where more files than these have one name, another one of it says nothing.
const FEW: usize = 3;

/// Words in the names of files that people copy and fill in, or decrypt.
const SAMPLES: [&str; 14] = [
    "age",
    "default",
    "dist",
    "enc",
    "encrypted",
    "example",
    "gpg",
    "in",
    "j2",
    "sample",
    "sops",
    "template",
    "tmpl",
    "tpl",
];

/// Folders of such files, below the one that they are copied to.
const SAMPLE_FOLDERS: [&str; 5] = ["example", "examples", "sample", "samples", "templates"];

/// Fills in what may be meant, and what is there to be copied. `folders` are those of the naming files.
pub(super) fn find(listed: &[&SourcePath], folders: &[&str], found: &mut [MissingPath]) {
    let names = Names::new(listed);
    for (missing, folder) in found.iter_mut().zip(folders) {
        if missing.lack == Lack::KustomizationFile {
            continue;
        }
        missing.sample = names.sample(&missing.path).map(SourcePath::new);
        // A folder without the file that it should hold is not another folder.
        let nearest = match missing.lack {
            Lack::Without(_) => names.beside(&missing.path),
            _ => names.nearest(&missing.path),
        };
        missing.nearest = nearest.map(|it| relative(folder, it));
    }
}

/// All paths, those of folders too.
#[derive(Default)]
struct Names<'a> {
    by_name: BTreeMap<&'a str, BTreeSet<&'a str>>,
    by_folder: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Names<'a> {
    fn new(listed: &[&'a SourcePath]) -> Self {
        let mut names = Self::default();
        for path in listed {
            let mut path = path.as_str();
            while !path.is_empty() {
                let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
                let is_new = names.by_folder.entry(folder).or_default().insert(path);
                names.by_name.entry(name).or_default().insert(path);
                // What lies above has been seen before.
                path = if is_new { folder } else { "" };
            }
        }
        names
    }

    /// A file beside `path` with its name and a word that says that it is to be copied, or of its name in a folder that says so.
    fn sample(&self, path: &SourcePath) -> Option<&'a str> {
        let folders = SAMPLE_FOLDERS.iter();
        let mut within = folders.map(|it| format!("{}/{it}/{}", path.parent(), path.file_name()));
        let same = self.by_name.get(path.file_name());
        let copied = within.find_map(|it| same?.get(it.trim_start_matches('/')));
        copied.copied().or_else(|| self.sample_beside(path))
    }

    fn sample_beside(&self, path: &SourcePath) -> Option<&'a str> {
        let beside = self.by_folder.get(path.parent())?;
        let wanted: Vec<&str> = words(path.file_name());
        beside.iter().copied().find(|it| {
            let name = it.rsplit('/').next().unwrap_or(it);
            let words = words(name);
            let rest = words.iter().filter(|it| !SAMPLES.contains(it));
            words.len() > wanted.len() && rest.eq(wanted.iter())
        })
    }

    fn nearest(&self, path: &SourcePath) -> Option<&'a str> {
        self.beside(path).or_else(|| self.elsewhere(path))
    }

    /// Something of nearly this name in its folder.
    fn beside(&self, path: &SourcePath) -> Option<&'a str> {
        let name = path.file_name();
        let near = self.by_folder.get(path.parent())?.iter().filter_map(|it| {
            let other = it.rsplit('/').next().unwrap_or(it);
            let is_twin =
                || is_yaml(path) && stem(name) == stem(other) && is_yaml(&SourcePath::new(other));
            let is_near = if is_twin() {
                Some(None)
            } else {
                near_miss(stem(name), stem(other)).map(Some)
            };
            let is_alike = extension(name) == extension(other) || is_twin();
            is_near.filter(|_| is_alike).map(|nearness| (nearness, *it))
        });
        near.min().map(|(_, path)| path)
    }

    /// Something of this name in another folder: one of few, or one whose folder has the same name, too.
    fn elsewhere(&self, path: &SourcePath) -> Option<&'a str> {
        let all = self.by_name.get(path.file_name())?;
        let folder = |path: &str| path.rsplit('/').nth(1).unwrap_or_default().to_owned();
        let wanted = folder(path.as_str());
        let is_few = all.len() <= FEW;
        let candidates = all.iter().filter(|it| is_few || folder(it) == wanted);
        let shared = |other: &str| {
            let pairs = path.segments().zip(other.split('/'));
            pairs.take_while(|(a, b)| a == b).count()
        };
        let best = candidates.max_by_key(|it| {
            (
                folder(it) == wanted,
                shared(it),
                std::cmp::Reverse(it.len()),
            )
        });
        best.copied()
    }
}

fn words(name: &str) -> Vec<&str> {
    name.split(['.', '-', '_'])
        .filter(|it| !it.is_empty())
        .collect()
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// How `path` is written in a file in `folder`.
fn relative(folder: &str, path: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    let to: Vec<&str> = path.split('/').collect();
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut parts = vec![".."; from.len() - same];
    parts.extend(&to[same..]);
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_meant() {
        let listed = [
            "deploy/base/service.yaml",
            "deploy/base/ingress.yml",
            "k8s/components/add-label/kustomization.yaml",
            "a/config.env.example",
            "a/examples/cloud",
            "a/one.yaml",
            "b/one.yaml",
            "c/one.yaml",
            "d/one.yaml",
        ]
        .map(SourcePath::new);
        let listed: Vec<&SourcePath> = listed.iter().collect();
        let names = Names::new(&listed);
        for (path, expected) in [
            ("deploy/base/servcie.yaml", Some("deploy/base/service.yaml")),
            ("deploy/base/ingress.yaml", Some("deploy/base/ingress.yml")),
            ("deploy/service.yaml", Some("deploy/base/service.yaml")),
            ("src/components/add-label", Some("k8s/components/add-label")),
            ("e/one.yaml", None),
            ("x/a/one.yaml", Some("a/one.yaml")),
            ("deploy/base/other.yaml", None),
        ] {
            assert_eq!(names.nearest(&SourcePath::new(path)), expected, "{path}");
        }
        let sample = |path| names.sample(&SourcePath::new(path));
        assert_eq!(sample("a/config.env"), Some("a/config.env.example"));
        assert_eq!(sample("a/cloud"), Some("a/examples/cloud"));
        assert_eq!(sample("a/two.yaml"), None);
    }

    #[test]
    fn relative_paths() {
        for (folder, path, expected) in [
            ("a/b", "a/c/d", "../c/d"),
            ("", "a/b", "a/b"),
            ("a", "a/b", "b"),
            ("a/b", "c", "../../c"),
        ] {
            assert_eq!(relative(folder, path), expected);
        }
    }
}
