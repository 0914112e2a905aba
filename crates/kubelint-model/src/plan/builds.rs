//! Builds: the root kustomizations, and what each takes in.

use std::collections::BTreeSet;

use super::kustomization::{Form, Kustomization};
use super::{Build, Plan};
use kubelint_parser::source::SourcePath;

use crate::FileId;
use crate::load::Files;

/// How many times files and kustomizations are counted as part of a build in all: each of many roots may take in each of many files, so
/// that their number would grow with the square of the text.
const MAX_MEMBERSHIPS: usize = 4_000_000;

/// Where more manifests than these are not there, nobody asks which: they come from elsewhere.
const MOST_ABSENT: usize = 16;

/// What a kustomization takes in, at any remove.
pub(super) struct TakenIn {
    /// The files, the kustomizations' own among them; sorted.
    pub(super) files: Vec<FileId>,
    /// Whether there is more that was not read, or not counted.
    pub(super) is_open: bool,
    /// The manifests that are not there, at most [`MOST_ABSENT`].
    pub(super) absent: Vec<SourcePath>,
}

/// How much may still be counted.
pub(super) struct Budget(usize);

impl Budget {
    pub(super) const fn new(most: usize) -> Self {
        Self(most)
    }

    /// Whether there is room for one more, which is then taken.
    pub(super) const fn take(&mut self) -> bool {
        match self.0.checked_sub(1) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }
}

/// The builds of all root kustomizations, in the order of their files.
pub(super) fn builds(files: &Files, plan: &Plan) -> Vec<Build> {
    let mut budget = Budget::new(MAX_MEMBERSHIPS);
    let mut builds = Vec::new();
    for (index, root) in plan.kustomizations.iter().enumerate() {
        if root.form == Form::Component || !plan.parents[index].is_empty() {
            continue;
        }
        let taken = taken_in(files, &plan.kustomizations, index, &mut budget);
        builds.push(Build {
            file: root.file,
            files: taken.files,
            is_open: taken.is_open,
            absent: taken.absent,
        });
    }
    builds.sort_by_key(|it| it.file);
    builds
}

/// What the kustomization `root` takes in. Those that take in one another, which kustomize refuses, are seen once each.
pub(super) fn taken_in(
    files: &Files,
    kustomizations: &[Kustomization],
    root: usize,
    budget: &mut Budget,
) -> TakenIn {
    let mut taken = TakenIn {
        files: Vec::new(),
        is_open: false,
        absent: Vec::new(),
    };
    let mut seen = BTreeSet::from([root]);
    let mut open = vec![root];
    while let Some(index) = open.pop() {
        let it = &kustomizations[index];
        taken.is_open |= it.is_open();
        taken.absent.extend(it.absent.iter().cloned());
        if taken.absent.len() > MOST_ABSENT {
            taken.is_open = true;
            taken.absent.clear();
        }
        taken.files.push(it.file);
        for &file in &it.files {
            if !budget.take() {
                taken.is_open = true;
                break;
            }
            let is_broken = |file: FileId| {
                let documents = files.files[file.0 as usize].yaml.documents();
                documents.iter().any(|it| it.broken)
            };
            taken.is_open |= is_broken(file);
            taken.files.push(file);
        }
        for &below in it.bases.iter().chain(&it.components) {
            if !budget.take() {
                taken.is_open = true;
                break;
            }
            if seen.insert(below) {
                open.push(below);
            }
        }
    }
    taken.files.sort_unstable();
    taken.files.dedup();
    taken
}
