//! The patches of a kustomization: which objects they are for and which fields they touch.

use kubelint_parser::source::{SourceMap, SourcePath};
use kubelint_parser::yaml::resolve::Profile;
use kubelint_parser::yaml::{Kind, Node, Yaml};

use super::kustomization::{is_inline, is_remote};
use super::target::Target;
use super::touch;
use crate::{File, KubeNode, tree};

/// A patch, as far as it matters for what it may change.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Patch {
    pub(super) target: Target,
    /// The fields it touches; `None` for every field.
    paths: Option<Vec<String>>,
    /// Whether it removes the whole object: `$patch: delete`.
    deletes: bool,
}

impl Patch {
    /// A patch of one field.
    pub(super) fn of_path(target: Target, path: &str) -> Self {
        Self {
            target,
            paths: Some(vec![path.to_owned()]),
            deletes: false,
        }
    }

    /// Whether it touches the field, something in it or something around it.
    pub(super) fn touches(&self, path: &str) -> bool {
        self.paths
            .as_ref()
            .is_none_or(|paths| paths.iter().any(|it| touch::overlap(it, path)))
    }

    /// Whether it may give the field, something in it or something around it another value. One that removes the object does not.
    pub(super) fn sets(&self, path: &str) -> bool {
        !self.deletes && self.touches(path)
    }
}

/// All patches of the kustomization `root` in `file`.
pub(super) fn read_all<'f>(
    file: &File,
    root: Node<'_>,
    sources: &SourceMap,
    lookup: &impl Fn(&SourcePath) -> Option<&'f File>,
) -> Vec<Patch> {
    let mut patches = Vec::new();
    let from_file = |path: &str, target: Option<&Target>, patches: &mut Vec<Patch>| {
        let found = file.path.join(path).filter(|_| !is_remote(path));
        match found.and_then(|path| lookup(&path)) {
            Some(patch) => {
                let text = sources.get(patch.source).text();
                of_yaml(&patch.yaml, text, target, patches);
            }
            None => patches.push(unreadable(target)),
        }
    };
    for list in ["patches", "patchesJson6902"] {
        for entry in root.list(list) {
            let target = entry.field("target").map(Target::of_selector);
            if let Some(path) = entry.field("path").and_then(KubeNode::string) {
                from_file(&path, target.as_ref(), &mut patches);
            } else if let Some(inline) = entry.field("patch") {
                of_inline(inline, target.as_ref(), &mut patches);
            }
        }
    }
    for entry in root.list("patchesStrategicMerge") {
        match entry.string() {
            Some(path) if !is_inline(&path) => from_file(&path, None, &mut patches),
            _ => of_inline(entry, None, &mut patches),
        }
    }
    patches
}

/// A patch that stands in the kustomization: as text, or as a node.
fn of_inline(patch: Node<'_>, target: Option<&Target>, patches: &mut Vec<Patch>) {
    match patch.string() {
        Some(text) => of_yaml(
            &tree::parse(Profile::Kustomize, &text),
            &text,
            target,
            patches,
        ),
        None => patches.push(of_root(patch, target)),
    }
}

/// The patches of a text: one a document.
fn of_yaml(yaml: &Yaml, text: &str, target: Option<&Target>, patches: &mut Vec<Patch>) {
    for document in yaml.documents() {
        match yaml.root(text, document) {
            Some(root) => patches.push(of_root(root, target)),
            None if document.broken => patches.push(unreadable(target)),
            None => {}
        }
    }
}

fn of_root(root: Node<'_>, target: Option<&Target>) -> Patch {
    match root.kind() {
        Kind::Sequence => Patch {
            target: target.cloned().unwrap_or_default(),
            paths: touch::of_operations(root),
            deletes: false,
        },
        Kind::Mapping => Patch {
            target: target.cloned().unwrap_or_else(|| Target::of_patch(root)),
            paths: touch::of_merge(root),
            deletes: root.field("$patch").and_then(KubeNode::string).as_deref() == Some("delete"),
        },
        Kind::Scalar | Kind::Alias => unreadable(target),
    }
}

fn unreadable(target: Option<&Target>) -> Patch {
    Patch {
        target: target.cloned().unwrap_or_default(),
        paths: None,
        deletes: false,
    }
}
