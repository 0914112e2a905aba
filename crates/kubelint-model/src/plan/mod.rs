//! What is rendered with which values and what is applied together: kustomizations, charts, and what they may still change.
//!
//! Kustomizations are read, not applied: [`Plan::may_change`] says whether one of those that take an object in touches a field of it.

mod applied;
mod apply;
mod builds;
mod images;
pub(crate) mod kustomization;
mod notes;
mod patch;
mod target;
mod touch;

use std::collections::{BTreeMap, BTreeSet};

use crate::commands::Runner;
use crate::extract::Facts;
use crate::load::{self, Files, KUSTOMIZATION_NAMES};
use crate::view::{PodTemplate, Workload};
use crate::{File, FileId, ImageRef, Resource, ResourceId, Role};
use applied::{Applied, Changes};
pub(crate) use images::ImageRuns;
pub use images::RunImage;
use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;
use kustomization::Kustomization;
pub use notes::Note;
use patch::Patch;

/// Builds, and what is not applied yet.
#[derive(Debug, Default)]
pub struct Plan {
    /// What was left out and why, to be said once each.
    pub notes: Vec<Note>,
    /// The root kustomizations, in the order of their files.
    pub builds: Vec<Build>,
    /// What is applied together, in the order of what applies it. Empty unless [`crate::Needs::links`] asked for it.
    pub apply_sets: Vec<ApplySet>,
    /// The substitutions that are made in each manifest before it is applied: indices into [`crate::commands::Commands::edits`].
    pub edits: BTreeMap<FileId, Vec<u32>>,
    kustomizations: Vec<Kustomization>,
    /// The kustomizations that take in each kustomization, as base or component.
    parents: Vec<Vec<usize>>,
    /// The kustomizations that name each file as a resource, by file.
    takers: Vec<Vec<usize>>,
    /// What may change each file.
    applied: Applied,
    /// The image fields that some `images` entry sets.
    images: BTreeMap<ResourceId, Vec<String>>,
    /// Names of kustomize's `vars`.
    variables: BTreeSet<String>,
    /// Whether any kustomization changes names, so that a patch may use a longer one.
    renames: bool,
}

/// A root kustomization (one that no other takes in, and that is no component), and what it takes in.
#[derive(Clone, Debug)]
pub struct Build {
    /// The kustomization's file.
    pub file: FileId,
    /// The files that it takes in, at any remove, and the kustomizations that do so; sorted.
    pub files: Vec<FileId>,
    /// Whether it takes in something that was not read: a remote base, a component from elsewhere, a chart, a folder that is not there.
    pub is_open: bool,
    /// The single manifests that it names and that are not there, as far as they are few; otherwise it is open.
    pub absent: Vec<SourcePath>,
}

/// A kustomization or component, and what it names itself.
#[derive(Clone, Debug)]
pub struct TakesIn<'a> {
    /// Its own file.
    pub file: FileId,
    /// The manifests that it names, in its order.
    pub files: &'a [FileId],
    /// The files of the kustomizations and components that it names, in its order.
    pub kustomizations: Vec<FileId>,
    /// Whether it takes in something that was not read.
    pub is_open: bool,
}

/// What one script, Make target, workflow job, document or GitOps object applies.
#[derive(Clone, Debug)]
pub struct ApplySet {
    /// Who applies it.
    pub runner: Runner,
    /// All files that it applies; sorted.
    pub files: Vec<FileId>,
    /// Its commands, each with the files that it takes (sorted): only a command that takes two files proves that both are applied.
    pub commands: Vec<(TextRange, Vec<FileId>)>,
}

/// Reads the kustomizations and charts among `files`.
pub fn plan(files: &Files, facts: &Facts) -> Plan {
    let mut plan = Plan::default();
    let by_path: BTreeMap<&SourcePath, usize> = files
        .files
        .iter()
        .enumerate()
        .filter(|(_, file)| !files.sources.get(file.source).is_rendered())
        .map(|(index, file)| (&file.path, index))
        .collect();
    let mut by_folder: BTreeMap<&str, usize> = BTreeMap::new();
    let lookup = |path: &SourcePath| by_path.get(path).map(|&index| &files.files[index]);
    let ids = (0..).map(FileId);
    for (id, file) in ids
        .zip(&files.files)
        .filter(|(_, it)| it.role == Role::Kustomization)
    {
        by_folder.insert(file.path.parent(), plan.kustomizations.len());
        let text = files.sources.get(file.source).text();
        plan.kustomizations
            .push(Kustomization::read(id, file, text, &files.sources, &lookup));
    }
    plan.parents = vec![Vec::new(); plan.kustomizations.len()];
    plan.takers = vec![Vec::new(); files.files.len()];
    for index in 0..plan.kustomizations.len() {
        plan.connect(index, &files.files, &by_folder, &by_path);
    }
    plan.applied = Applied::new(&plan.kustomizations, &plan.takers, &plan.parents);
    plan.renames = plan.kustomizations.iter().any(|it| it.renames);
    let variables = plan
        .kustomizations
        .iter_mut()
        .flat_map(|it| std::mem::take(&mut it.variables));
    plan.variables = variables.collect();
    plan.find_images(files, facts);
    plan.builds = builds::builds(files, &plan);
    plan.apply_sets = apply::apply_sets(files, &facts.commands.applied, &plan);
    plan.edits = apply::edited(files, &facts.commands.edits, &plan);
    plan.notes = notes::notes(files, &plan.kustomizations, &plan.builds);
    plan
}

impl Plan {
    /// Whether something that is not applied yet may still change the field `path` of `resource`, or add it.
    ///
    /// Patches count if they touch the field, something in it or something around it; `images`, `replicas` and `namespace` touch those
    /// fields; what adds to names or labels changes both sides alike and counts for nothing. A patch that cannot be read, a remote
    /// component and a transformer touch everything.
    pub fn may_change(&self, resource: &Resource, path: &str) -> bool {
        let images = self.images.get(&resource.id);
        if images.is_some_and(|paths| paths.iter().any(|it| touch::overlap(it, path))) {
            return true;
        }
        self.any_patch(resource, |it| it.touches(path))
    }

    /// Whether something that is not applied yet may give the field `path` of `resource` a value: as [`Self::may_change`], but for patches
    /// that remove the whole object, and for `images`.
    pub fn may_set(&self, resource: &Resource, path: &str) -> bool {
        self.any_patch(resource, |it| it.sets(path))
    }

    fn any_patch(&self, resource: &Resource, changes: impl Fn(&Patch) -> bool) -> bool {
        let gathered = self.applied.to(resource.file);
        gathered
            .is_some_and(|it| it.any_patch(&self.kustomizations, resource, self.renames, changes))
    }

    /// Whether any kustomization changes names.
    pub fn renames(&self) -> bool {
        self.renames
    }

    /// Whether a kustomization that takes in `resource` changes names, so that others may know it by a longer one.
    pub fn may_rename(&self, resource: &Resource) -> bool {
        let changes = self.applied.to(resource.file);
        self.renames && changes.is_some_and(|it| it.renames)
    }

    /// Whether a kustomization that takes in `resource` adds the label `key` to it, and to the pods that it makes.
    pub fn may_label(&self, resource: &Resource, key: &str) -> bool {
        let changes = self.applied.to(resource.file);
        changes.is_some_and(|it| it.labels.contains(key))
    }

    /// Whether kustomizations may tell two objects apart that look alike: one of those that take in only one of the two adds labels to it,
    /// or may change its namespace.
    pub fn may_tell_apart(&self, a: &Resource, b: &Resource) -> bool {
        let (of_a, of_b) = (self.applied.to(a.file), self.applied.to(b.file));
        let tells = |resource: &Resource, its: Option<&Changes>, others: Option<&Changes>| {
            its.is_some_and(|its| {
                its.tell_apart(&self.kustomizations, resource, others, self.renames)
            })
        };
        a.file != b.file && (tells(a, of_a, of_b) || tells(b, of_b, of_a))
    }

    /// Whether some kustomization takes in the file of `resource`.
    pub fn is_taken_in(&self, resource: &Resource) -> bool {
        let takers = self.takers.get(resource.file.0 as usize);
        takers.is_some_and(|it| !it.is_empty())
    }

    /// Whether some kustomization's `images` changes the image of the container at `path` (`spec.containers[app]`) of `resource`.
    pub(crate) fn renames_image(&self, resource: ResourceId, path: &str) -> bool {
        let fields = self.images.get(&resource).into_iter().flatten();
        let mut containers = fields.filter_map(|it| it.strip_suffix(".image"));
        containers.any(|it| it == path)
    }

    /// Whether `name` is one of kustomize's `vars`: `$(name)` is replaced.
    pub fn is_variable(&self, name: &str) -> bool {
        self.variables.contains(name)
    }

    /// The kustomizations that name `file` itself among their resources, as numbers that tell them apart; in ascending order.
    pub fn takers(&self, file: FileId) -> &[usize] {
        let takers = self.takers.get(file.0 as usize);
        takers.map_or(&[], Vec::as_slice)
    }

    /// All kustomizations and components, in the order of their files.
    pub fn kustomizations(&self) -> impl Iterator<Item = TakesIn<'_>> {
        self.kustomizations.iter().map(|it| {
            let below = it.bases.iter().chain(&it.components);
            TakesIn {
                file: it.file,
                files: &it.files,
                kustomizations: below.map(|&it| self.kustomizations[it].file).collect(),
                is_open: it.is_open(),
            }
        })
    }

    /// Whether the kustomization in `kustomization` sees what `file` holds: it takes it in, at any remove, or is a component of one that does,
    /// or generates it. Where too much would have to be gathered to know that, it does.
    pub fn sees(&self, kustomization: FileId, file: FileId) -> bool {
        let index = self
            .kustomizations
            .binary_search_by_key(&kustomization, |it| it.file);
        let changes = self.applied.to(file);
        index.is_ok_and(|index| changes.is_some_and(|it| it.are_of(index)))
    }

    /// Ties a kustomization to what it takes in.
    fn connect(
        &mut self,
        index: usize,
        files: &[File],
        by_folder: &BTreeMap<&str, usize>,
        by_path: &BTreeMap<&SourcePath, usize>,
    ) {
        let kustomization = &mut self.kustomizations[index];
        let folder = |path: &SourcePath| {
            let named = KUSTOMIZATION_NAMES.contains(&path.file_name());
            by_folder
                .get(if named { path.parent() } else { path.as_str() })
                .copied()
        };
        for path in &kustomization.component_paths {
            match folder(path) {
                Some(component) => kustomization.components.push(component),
                None => kustomization.touches_everything = true,
            }
        }
        for path in &kustomization.resource_paths {
            let file = by_path.get(path).copied();
            if let Some(base) = folder(path) {
                kustomization.bases.push(base);
            } else if let Some(file) = file.filter(|&it| files[it].role == Role::Manifest) {
                kustomization.files.push(FileId(file as u32));
            } else if file.is_none() && load::is_yaml(path) {
                kustomization.absent.push(path.clone());
            } else {
                kustomization.lacking += 1;
            }
            if let Some(file) = file {
                self.takers[file].push(index);
            }
        }
        for &base in kustomization.bases.iter().chain(&kustomization.components) {
            self.parents[base].push(index);
        }
    }

    /// Finds the image fields that `images` entries set: by the image's name, as kustomize does.
    fn find_images(&mut self, files: &Files, facts: &Facts) {
        let mut found = BTreeMap::new();
        for resource in &facts.resources {
            let file = resource.file.0 as usize;
            let changes = self.applied.to(resource.file);
            let Some(changes) = changes.filter(|it| !it.images.is_empty()) else {
                continue;
            };
            let source = files.files[file].source;
            let root = files.files[file]
                .yaml
                .node(files.sources.get(source).text(), resource.node);
            let templates = Workload::of(resource, root)
                .map(|it| it.templates())
                .unwrap_or_default();
            let mut paths = Vec::new();
            for container in templates.iter().flat_map(PodTemplate::containers) {
                let Some(image) = container.image() else {
                    continue;
                };
                let name =
                    ImageRef::parse(&image.value).map_or(&*image.value, |it| it.repository());
                if changes.images.contains(name) {
                    paths.push(container.field_path("image"));
                }
            }
            if !paths.is_empty() {
                found.insert(resource.id, paths);
            }
        }
        self.images = found;
    }
}
