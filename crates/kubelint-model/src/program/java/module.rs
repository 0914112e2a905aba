//! Modules of a repository that are built with Maven or Gradle, and what each depends on.

use std::collections::BTreeSet;

use kubelint_parser::source::SourcePath;

use super::{gradle, maven};
use crate::program::Gap;
use crate::program::store::Store;

/// A program of more modules is not followed.
const MOST_MODULES: usize = 100;

/// A library that a module depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dependency {
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: Option<String>,
}

/// A module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Module {
    /// Its folder in the repository.
    pub(super) folder: String,
    /// The folders of its source within it.
    pub(super) sources: Vec<String>,
    /// The folders within it of what is on the class path as it is.
    pub(super) resources: Vec<String>,
    /// The group that it is published in.
    pub(super) group: String,
    pub(super) dependencies: BTreeSet<Dependency>,
    /// The folders of the modules of the repository that it depends on.
    pub(super) locals: BTreeSet<String>,
    /// The version of Spring Boot that manages it, as far as it is stated.
    pub(super) boot: Option<String>,
    /// What else may be a part of it that is not seen: a parent outside of the repository, a plug-in of one's own.
    pub(super) unknown: Option<String>,
}

impl Module {
    /// A module of which nothing is known yet but its folder.
    pub(super) fn in_folder(folder: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            sources: vec!["src/main".to_owned()],
            resources: vec!["src/main/resources".to_owned()],
            ..Self::default()
        }
    }

    /// A path below its folder.
    pub(super) fn path(&self, inner: &str) -> String {
        let path = SourcePath::new(&format!("{}/{inner}", self.folder));
        path.as_str().to_owned()
    }

    /// Its folders of what is on the class path as it is, in the repository.
    pub(super) fn resources(&self) -> impl Iterator<Item = String> + '_ {
        self.resources.iter().map(|it| self.path(it))
    }
}

/// Whether a folder of the repository is that of a module.
pub(super) fn is_module(folder: &str, store: &Store<'_>) -> bool {
    ["pom.xml", "build.gradle", "build.gradle.kts"]
        .iter()
        .any(|it| store.exists(&SourcePath::new(&format!("{folder}/{it}"))))
}

/// The module in `folder`, then those of the repository that it depends on.
pub(super) fn all(folder: &str, store: &mut Store<'_>, gaps: &mut Vec<Gap>) -> Option<Vec<Module>> {
    let mut found: Vec<Module> = Vec::new();
    let mut open = vec![SourcePath::new(folder).as_str().to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(folder) = open.pop() {
        if !seen.insert(folder.clone()) {
            continue;
        }
        if found.len() >= MOST_MODULES {
            gaps.push(Gap::of_all("it depends on too many modules", None));
            break;
        }
        let module = maven::module(&folder, store).or_else(|| gradle::module(&folder, store));
        let Some(module) = module else {
            if found.is_empty() {
                return None;
            }
            gaps.push(Gap::of_all(
                format!("the module in {folder} is not read"),
                None,
            ));
            continue;
        };
        open.extend(module.locals.iter().rev().cloned());
        found.push(module);
    }
    Some(found)
}
