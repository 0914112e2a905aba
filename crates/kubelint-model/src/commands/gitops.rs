//! What Argo CD and Flux apply: the paths that their objects name. Those that this repository has are taken to be meant.

use std::collections::BTreeSet;

use kubelint_parser::yaml::Node;
use memchr::memmem;

use super::{Applied, AppliedPath, PathForm, Runner};
use crate::load::KUSTOMIZATION_NAMES;
use crate::{File, FileId, Gvk, KubeNode};

/// What the GitOps objects in a manifest apply: each is a part of its own.
pub(super) fn applied(id: FileId, file: &File, text: &str, paths: &BTreeSet<&str>) -> Vec<Applied> {
    let names = ["argoproj.io", "toolkit.fluxcd.io"];
    if !names
        .iter()
        .any(|it| memmem::find(text.as_bytes(), it.as_bytes()).is_some())
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (part, document) in (1..).zip(file.yaml.documents()) {
        let Some(root) = file.yaml.root(text, document) else {
            continue;
        };
        let applied = sources(root).into_iter().filter_map(|it| it.path(paths));
        let applied: Vec<AppliedPath> = applied.collect();
        if applied.is_empty() {
            continue;
        }
        found.push(Applied {
            runner: Runner {
                file: id,
                part,
                is_document: false,
            },
            range: root.range(),
            paths: applied,
        });
    }
    found
}

/// A folder that an object names.
struct Source<'a> {
    node: Node<'a>,
    is_recursive: bool,
}

fn sources(root: Node<'_>) -> Vec<Source<'_>> {
    let (Some(gvk), Some(spec)) = (Gvk::of(root), root.field("spec")) else {
        return Vec::new();
    };
    let argo = |source: Node<'_>| {
        let recurse = source.at(&["directory", "recurse"]);
        recurse.and_then(KubeNode::boolean).unwrap_or(false)
    };
    match (gvk.group.as_str(), gvk.kind.as_str()) {
        ("argoproj.io", "Application") => {
            let sources = spec.field("source").into_iter().chain(spec.list("sources"));
            let sources = sources.filter_map(|it| {
                Some(Source {
                    node: it.field("path")?,
                    is_recursive: argo(it),
                })
            });
            sources.collect()
        }
        // Flux writes the kustomization of a folder that has none, with all that is below it.
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => spec
            .field("path")
            .map(|node| Source {
                node,
                is_recursive: true,
            })
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

impl Source<'_> {
    fn path(&self, paths: &BTreeSet<&str>) -> Option<AppliedPath> {
        let text = self.node.text_value()?;
        let folder = text.trim_start_matches("./").trim_matches('/');
        let prefix = if folder.is_empty() || folder == "." {
            String::new()
        } else {
            format!("{folder}/")
        };
        let is_here = paths.range(prefix.as_str()..).next()?.starts_with(&prefix);
        let is_kustomization = KUSTOMIZATION_NAMES
            .iter()
            .any(|it| paths.contains(format!("{prefix}{it}").as_str()));
        is_here.then(|| AppliedPath {
            path: prefix.trim_end_matches('/').to_owned(),
            range: self.node.range(),
            form: match (is_kustomization, self.is_recursive) {
                (true, _) => PathForm::Kustomization,
                (false, true) => PathForm::Recursive,
                (false, false) => PathForm::Files,
            },
            by_end: false,
        })
    }
}
