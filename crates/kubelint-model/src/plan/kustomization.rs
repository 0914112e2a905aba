//! What a kustomization names.

use std::borrow::Cow;

use kubelint_parser::yaml::{Kind, Node};

use crate::node::KubeNode;

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
    paths
        .into_iter()
        .filter(|it| !is_remote(it))
        .map(Cow::into_owned)
        .collect()
}

/// The files and folders whose objects a kustomization takes in, as written.
pub(crate) fn resource_paths(root: Node<'_>) -> Vec<String> {
    ["resources", "bases"]
        .iter()
        .flat_map(|list| root.list(list))
        .filter(|it| it.kind() == Kind::Scalar)
        .filter_map(KubeNode::string)
        .filter(|it| !is_remote(it))
        .map(Cow::into_owned)
        .collect()
}

/// Whether an entry of `patchesStrategicMerge` is the patch itself.
pub(crate) fn is_inline(entry: &str) -> bool {
    entry.contains('\n') || entry.contains(": ")
}

/// Whether kustomize would fetch this from elsewhere.
pub(crate) fn is_remote(path: &str) -> bool {
    path.contains("://")
        || path.starts_with("git@")
        || path.contains("?ref=")
        || path.contains("//")
        || ["github.com/", "gitlab.com/", "bitbucket.org/"]
            .iter()
            .any(|it| path.starts_with(it))
}
