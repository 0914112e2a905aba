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
        let applied = sources(root).into_iter().flat_map(|it| it.paths(paths));
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
    /// How it is read if it has no kustomization.
    form: PathForm,
    /// The pattern of the files that Argo CD takes of it: one, or several in braces.
    include: Option<Node<'a>>,
}

fn sources(root: Node<'_>) -> Vec<Source<'_>> {
    let (Some(gvk), Some(spec)) = (Gvk::of(root), root.field("spec")) else {
        return Vec::new();
    };
    let argo = |source: Node<'_>| {
        let recurse = source.at(&["directory", "recurse"]);
        let is_recursive = recurse.and_then(KubeNode::boolean).unwrap_or(false);
        match (source.at(&["directory", "exclude"]), is_recursive) {
            (Some(_), _) => PathForm::Some,
            (None, true) => PathForm::Recursive,
            (None, false) => PathForm::Files,
        }
    };
    match (gvk.group.as_str(), gvk.kind.as_str()) {
        ("argoproj.io", "Application") => {
            let sources = spec.field("source").into_iter().chain(spec.list("sources"));
            let sources = sources.filter_map(|it| {
                Some(Source {
                    node: it.field("path")?,
                    form: argo(it),
                    include: it.at(&["directory", "include"]),
                })
            });
            sources.collect()
        }
        // Flux writes the kustomization of a folder that has none.
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => spec
            .field("path")
            .map(|node| Source {
                node,
                form: PathForm::Generated,
                include: None,
            })
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

impl Source<'_> {
    /// What it leads to of what is here.
    fn paths(&self, paths: &BTreeSet<&str>) -> Vec<AppliedPath> {
        let Some(text) = self.node.text_value() else {
            return Vec::new();
        };
        let folder = text.trim_start_matches("./").trim_matches('/');
        let prefix = if folder.is_empty() || folder == "." {
            String::new()
        } else {
            format!("{folder}/")
        };
        let mut below = paths.range(prefix.as_str()..);
        if !below.next().is_some_and(|it| it.starts_with(&prefix)) {
            return Vec::new();
        }
        let applied = |path: String, form| AppliedPath {
            path,
            range: self.node.range(),
            form,
            by_end: false,
        };
        let whole = prefix.trim_end_matches('/').to_owned();
        let is_kustomization = KUSTOMIZATION_NAMES
            .iter()
            .any(|it| paths.contains(format!("{prefix}{it}").as_str()));
        let include = self.include.and_then(KubeNode::text_value);
        match include.map(|it| alternatives(&it)) {
            _ if is_kustomization => vec![applied(whole, PathForm::Kustomization)],
            None => vec![applied(whole, self.form)],
            Some(None) => vec![applied(whole, PathForm::Some)],
            Some(Some(names)) => names
                .into_iter()
                .map(|it| applied(format!("{prefix}{it}"), PathForm::Files))
                .collect(),
        }
    }
}

/// The names that a pattern of Argo CD stands for, if it is nothing but a list of them.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let pattern = pattern.trim();
    let braced = pattern
        .strip_prefix('{')
        .and_then(|it| it.strip_suffix('}'));
    let names = braced.map_or_else(|| vec![pattern], |it| it.split(',').collect());
    let is_name = |it: &&str| !it.contains(['*', '?', '[', '{', '\\']);
    let all = names.iter().all(is_name);
    all.then(|| names.into_iter().map(|it| it.trim().to_owned()).collect())
}
