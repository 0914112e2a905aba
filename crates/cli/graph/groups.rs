//! What is said of files that go together: builds, apply sets, and the kustomizations of a picture.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::FileId;
use kubelint_model::plan::TakesIn;
use serde::Serialize;

use super::View;

#[derive(Serialize)]
pub(super) struct WireBuild<'a> {
    pub(super) path: Cow<'a, str>,
    pub(super) files: Vec<Cow<'a, str>>,
    pub(super) open: bool,
}

#[derive(Serialize)]
pub(super) struct WireApplySet<'a> {
    pub(super) path: Cow<'a, str>,
    pub(super) files: Vec<Cow<'a, str>>,
    pub(super) document: bool,
}

/// A kustomization in a picture.
pub(super) struct Kustomization<'a> {
    pub(super) id: u32,
    pub(super) path: Cow<'a, str>,
    pub(super) open: bool,
    /// Those that it takes in.
    pub(super) kustomizations: Vec<u32>,
    /// The resources that are shown of the files that it names, and those that it generates.
    pub(super) resources: Vec<u32>,
}

impl<'a> View<'a> {
    /// The builds that are shown.
    pub(super) fn builds(&self) -> impl Iterator<Item = WireBuild<'a>> {
        let all = self.graph.plan.builds.iter();
        let shown = all.filter(|it| self.shows_any(&it.files));
        shown.map(|it| WireBuild {
            path: self.path(it.file),
            files: it.files.iter().map(|it| self.path(*it)).collect(),
            open: it.is_open,
        })
    }

    /// The apply sets that are shown.
    pub(super) fn apply_sets(&self) -> impl Iterator<Item = WireApplySet<'a>> {
        let all = self.graph.plan.apply_sets.iter();
        let shown = all.filter(|it| self.shows_any(&it.files));
        shown.map(|it| WireApplySet {
            path: self.path(it.runner.file),
            files: it.files.iter().map(|it| self.path(*it)).collect(),
            document: it.runner.is_document,
        })
    }

    /// The kustomizations that are shown: those of the files of what is in focus, and all that take in one of these.
    pub(super) fn kustomizations(&self) -> impl Iterator<Item = Kustomization<'a>> {
        let mut shown: BTreeSet<FileId> = BTreeSet::new();
        let mut takers: BTreeMap<FileId, Vec<FileId>> = BTreeMap::new();
        let mut open = Vec::new();
        for it in self.graph.plan.kustomizations() {
            for below in it.kustomizations {
                takers.entry(below).or_default().push(it.file);
            }
            if self.shows_any(&[it.file]) || self.shows_any(it.files) {
                open.push(it.file);
            }
        }
        while let Some(file) = open.pop() {
            if shown.insert(file) {
                open.extend(takers.get(&file).into_iter().flatten());
            }
        }
        let all = self.graph.plan.kustomizations();
        let all: Vec<TakesIn<'_>> = all.filter(|it| shown.contains(&it.file)).collect();
        all.into_iter()
            .map(move |it| self.kustomization(&it, &shown))
    }

    fn kustomization(&self, it: &TakesIn<'_>, shown: &BTreeSet<FileId>) -> Kustomization<'a> {
        let files = it.files.iter().chain([&it.file]);
        let resources = files.flat_map(|file| self.graph.resources_in(*file));
        let resources = resources.map(|it| it.id);
        Kustomization {
            id: it.file.0,
            path: self.path(it.file),
            open: it.is_open,
            kustomizations: it
                .kustomizations
                .iter()
                .filter(|it| shown.contains(it))
                .map(|it| it.0)
                .collect(),
            resources: resources
                .filter(|it| self.shown.contains(it))
                .map(|it| it.0)
                .collect(),
        }
    }

    /// Whether to show what takes in these files.
    fn shows_any(&self, files: &[FileId]) -> bool {
        let mut files = files.iter();
        files.any(|it| self.is_whole || self.focus_files.contains(it))
    }
}
