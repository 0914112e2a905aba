//! What kustomizations take in that was not read, or is not there: what may bring an object that seems to be missing.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::source::SourcePath;

use crate::reference::ObjectName;
use crate::{DeploymentGraph, FileId};

/// The most absent manifests that are told apart for one file: each of its missing references asks for all of them.
const MOST_ABSENT: usize = 64;

/// What was not read of the builds that hold a file.
pub(super) struct Unread<'g> {
    /// For each file, whether some build that holds it takes in what was not read.
    is_open: Vec<bool>,
    /// For each file, the manifests that builds name beside it and that are not there.
    absent: BTreeMap<FileId, BTreeSet<&'g SourcePath>>,
}

impl<'g> Unread<'g> {
    pub(super) fn new(graph: &'g DeploymentGraph) -> Self {
        let mut unread = Self {
            is_open: vec![false; graph.files.len()],
            absent: BTreeMap::new(),
        };
        for build in &graph.plan.builds {
            for &file in &build.files {
                let Some(is_open) = unread.is_open.get_mut(file.0 as usize) else {
                    continue;
                };
                *is_open |= build.is_open;
                if *is_open || build.absent.is_empty() {
                    continue;
                }
                let absent = unread.absent.entry(file).or_default();
                absent.extend(&build.absent);
                *is_open = absent.len() > MOST_ABSENT;
            }
        }
        unread
    }

    /// Whether a build that holds `file` takes in something of which nobody knows what it holds.
    pub(super) fn is_open(&self, file: FileId) -> bool {
        self.is_open.get(file.0 as usize).is_some_and(|it| *it)
    }

    /// The manifests that builds name beside `file` and that are not there.
    pub(super) fn absent_beside(&self, file: FileId) -> impl Iterator<Item = &'g SourcePath> {
        self.absent.get(&file).into_iter().flatten().copied()
    }
}

/// Whether the name of a manifest that is not there tells of the object `target`: a word of it is part of the kind or of the name, as
/// `config.yaml` of the ConfigMap `api`. Then a script will write it, or it is kept out of the repository.
pub(super) fn speaks_of(path: &SourcePath, target: &ObjectName) -> bool {
    let of = format!("{} {}", target.kind, target.name).to_ascii_lowercase();
    let name = path.file_name().to_ascii_lowercase();
    let stem = name
        .rsplit_once('.')
        .map_or(name.as_str(), |(stem, _)| stem);
    let mut words = stem.split(|it: char| !it.is_ascii_alphanumeric());
    words.any(|word| {
        let singular = word.strip_suffix('s').unwrap_or(word);
        singular.len() > 1 && of.contains(singular)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_absent_manifests() {
        let target = ObjectName {
            group: String::new(),
            kind: "ConfigMap".into(),
            namespace: None,
            name: "shop-api-settings".into(),
        };
        for (path, expected) in [
            ("deploy/ingress.yaml", false),
            ("deploy/configmap.yaml", true),
            ("deploy/config.yaml", true),
            ("deploy/configmaps.yml", true),
            ("deploy/local-settings.yaml", true),
            ("api/service.yaml", false),
            ("deploy/01-roles.yaml", false),
            ("deploy/api.yaml", true),
        ] {
            let path = SourcePath::new(path);
            assert_eq!(speaks_of(&path, &target), expected, "{path:?}");
        }
    }
}
