//! What a kustomization takes in, and what it changes.

use std::collections::BTreeSet;

use kubelint_parser::source::{SourceMap, SourcePath};
use kubelint_parser::yaml::{Kind, Node};

use super::patch::{self, Patch};
use super::target::Target;
use super::touch;
use crate::build::{self, ImageRename};
use crate::{File, FileId, KubeNode};

/// What a kustomization is built as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// On its own, or as a base of others.
    Kustomization,
    /// As part of others only.
    Component,
}

/// One kustomization or component, as far as it matters for what it may change.
#[derive(Debug)]
pub(super) struct Kustomization {
    /// Its own file.
    pub(super) file: FileId,
    /// What it is built as.
    pub(super) form: Form,
    /// The manifests of `resources` that were found.
    pub(super) files: Vec<FileId>,
    /// The kustomizations of `resources` and `bases` that were found.
    pub(super) bases: Vec<usize>,
    /// How much it takes in that was not found or not read: charts, what generators make, folders that are not there.
    pub(super) lacking: usize,
    /// The manifests of `resources` and `bases` that are not there.
    pub(super) absent: Vec<SourcePath>,
    /// Files and folders of `resources` and `bases`.
    pub(super) resource_paths: Vec<SourcePath>,
    /// Folders of `components`.
    pub(super) component_paths: Vec<SourcePath>,
    /// The components that were found.
    pub(super) components: Vec<usize>,
    /// Whether it takes in something from elsewhere, which was not fetched.
    pub(super) is_remote: bool,
    /// Whether it may change anything in whatever it takes in.
    pub(super) touches_everything: bool,
    /// The names in `images`.
    pub(super) images: BTreeSet<String>,
    /// What it makes of the names and tags of images.
    pub(super) image_renames: Vec<ImageRename>,
    /// The names of `vars`.
    pub(super) variables: Vec<String>,
    /// Whether it changes names.
    pub(super) renames: bool,
    /// The keys of the labels that it adds to objects and their pods: `commonLabels`, and `labels` unless only for the objects themselves.
    pub(super) labels: BTreeSet<String>,
    /// What it patches.
    pub(super) patches: Vec<Patch>,
}

impl Kustomization {
    /// Reads a kustomization; `lookup` finds the loaded files that it names.
    pub(super) fn read<'f>(
        id: FileId,
        file: &File,
        text: &str,
        sources: &SourceMap,
        lookup: &impl Fn(&SourcePath) -> Option<&'f File>,
    ) -> Self {
        let mut this = Self::of(id);
        let mut documents = file.yaml.documents().iter();
        let Some(root) = documents.find_map(|document| file.yaml.root(text, document)) else {
            // What does not parse may say anything.
            this.touches_everything = file.yaml.documents().iter().any(|it| it.broken);
            return this;
        };
        let kind = root.field("kind").and_then(KubeNode::string);
        if kind.is_some_and(|it| it == "Component") {
            this.form = Form::Component;
        }
        let generate = ["generators", "helmCharts", "helmChartInflationGenerator"];
        this.lacking = generate.iter().map(|it| root.list(it).len()).sum();
        this.take_in(file, root);
        this.transformers(root);
        this.patches
            .extend(patch::read_all(file, root, sources, lookup));
        this.replacements(root);
        this
    }

    /// The kustomization in `file`, of which nothing is known yet.
    const fn of(file: FileId) -> Self {
        Self {
            file,
            form: Form::Kustomization,
            files: Vec::new(),
            bases: Vec::new(),
            lacking: 0,
            absent: Vec::new(),
            resource_paths: Vec::new(),
            component_paths: Vec::new(),
            components: Vec::new(),
            is_remote: false,
            touches_everything: false,
            images: BTreeSet::new(),
            image_renames: Vec::new(),
            variables: Vec::new(),
            renames: false,
            labels: BTreeSet::new(),
            patches: Vec::new(),
        }
    }

    /// Whether it may take in objects that nobody has seen.
    pub(super) const fn is_open(&self) -> bool {
        self.is_remote || self.lacking > 0 || self.touches_everything
    }

    fn take_in(&mut self, file: &File, root: Node<'_>) {
        for list in ["resources", "bases"] {
            for path in strings(root, list) {
                if is_remote(&path) {
                    self.is_remote = true;
                } else if let Some(path) = file.path.join(&path) {
                    self.resource_paths.push(path);
                } else {
                    self.lacking += 1;
                }
            }
        }
        for path in strings(root, "components") {
            if let Some(path) = file.path.join(&path).filter(|_| !is_remote(&path)) {
                self.component_paths.push(path);
            } else {
                self.is_remote = true;
                self.touches_everything = true;
            }
        }
    }

    fn transformers(&mut self, root: Node<'_>) {
        self.touches_everything |= !root.list("transformers").is_empty();
        let added = root.list("labels").into_iter().filter(|it| {
            ["includeSelectors", "includeTemplates"]
                .iter()
                .any(|flag| it.field(flag).and_then(KubeNode::boolean) == Some(true))
        });
        let added = added.filter_map(|it| it.field("pairs"));
        let added = added.chain(root.field("commonLabels"));
        let keys = added.flat_map(Node::fields);
        let keys = keys.filter_map(|it| Some(it.key.as_str()?.into_owned()));
        self.labels.extend(keys);
        self.renames = ["namePrefix", "nameSuffix"]
            .iter()
            .any(|it| root.field(it).is_some());
        let names = |list: &str| -> Vec<String> {
            let entries = root.list(list).into_iter();
            entries
                .filter_map(|it| Some(it.field("name")?.string()?.into_owned()))
                .collect()
        };
        self.images = names("images").into_iter().collect();
        self.image_renames = build::renames(root);
        self.variables = names("vars");
        for name in names("replicas") {
            let target = Target::named(&name);
            self.patches.push(Patch::of_path(target, "spec.replicas"));
        }
        if root.field("namespace").is_some() {
            for path in ["metadata.namespace", "subjects[*].namespace"] {
                self.patches.push(Patch::of_path(Target::default(), path));
            }
        }
    }

    /// `replacements`: the fields they write to.
    fn replacements(&mut self, root: Node<'_>) {
        for replacement in root.list("replacements") {
            self.touches_everything |= replacement.field("path").is_some();
            for target in replacement.list("targets") {
                let selected = target
                    .field("select")
                    .map(Target::of_selector)
                    .unwrap_or_default();
                for path in strings(target, "fieldPaths") {
                    self.patches.push(Patch::of_path(
                        selected.clone(),
                        &touch::of_field_path(&path),
                    ));
                }
            }
        }
    }
}

/// The paths of the patches that a kustomization names, as written. Inline patches and URLs are left out.
pub(crate) fn patch_paths(root: Node<'_>) -> Vec<String> {
    let mut paths = Vec::new();
    for list in ["patches", "patchesJson6902"] {
        for patch in root.list(list) {
            paths.extend(patch.field("path").and_then(KubeNode::string));
        }
    }
    for patch in root.list("patchesStrategicMerge") {
        paths.extend(patch.string().filter(|it| !is_inline(it)));
    }
    let local = paths.into_iter().filter(|it| !is_remote(it));
    local.map(std::borrow::Cow::into_owned).collect()
}

/// The files and folders whose objects a kustomization takes in, as written.
pub(crate) fn resource_paths(root: Node<'_>) -> Vec<String> {
    let lists = ["resources", "bases"].iter();
    lists
        .flat_map(|list| strings(root, list))
        .filter(|it| !is_remote(it))
        .collect()
}

/// The strings of the list `list`.
pub(super) fn strings(node: Node<'_>, list: &str) -> Vec<String> {
    let items = node.list(list).into_iter();
    let scalars = items.filter(|it| it.kind() == Kind::Scalar);
    scalars
        .filter_map(|it| Some(it.string()?.into_owned()))
        .collect()
}

/// Whether an entry of `patchesStrategicMerge` is the patch itself.
pub(crate) fn is_inline(entry: &str) -> bool {
    entry.contains('\n') || entry.contains(": ")
}

/// Whether kustomize would fetch this from elsewhere.
pub(crate) fn is_remote(path: &str) -> bool {
    path.contains("//")
        || path.contains("?ref=")
        || path.starts_with("git@")
        || ["github.com/", "gitlab.com/", "bitbucket.org/"]
            .iter()
            .any(|it| path.starts_with(it))
}
