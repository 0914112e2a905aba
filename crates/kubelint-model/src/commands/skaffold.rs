//! What skaffold applies, as `skaffold.yaml` says: raw manifests and kustomizations, of all modules together.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Node;
use kubelint_parser::yaml::resolve::Profile;

use super::{Applied, AppliedPath, PathForm, Runner};
use crate::load::{Files, is_yaml};
use crate::{File, FileId, KubeNode, tree};

/// More modules than these are not followed.
const MAX_MODULES: usize = 256;

/// Whether skaffold reads such a file.
pub(crate) fn is_configuration(path: &SourcePath) -> bool {
    path.file_name().starts_with("skaffold") && is_yaml(path)
}

/// What one configuration applies; its profiles are parts of their own, with everything that holds without them.
pub(super) fn applied(id: FileId, file: &File, text: &str) -> Vec<Applied> {
    let parsed;
    let yaml = if file.yaml.documents().is_empty() {
        parsed = tree::parse(Profile::Kubectl, text);
        &parsed
    } else {
        &file.yaml
    };
    let mut found: Vec<Applied> = Vec::new();
    let mut profiles = 0;
    let roots = yaml.documents().iter().filter_map(|it| yaml.root(text, it));
    let mut push = |part, node: Node<'_>| {
        let paths = paths(node);
        if let (Some(first), false) = (paths.first(), paths.is_empty()) {
            found.push(Applied {
                runner: Runner {
                    file: id,
                    part,
                    is_document: false,
                },
                range: first.range,
                paths,
            });
        }
    };
    for root in roots {
        push(0, root);
        for profile in root.list("profiles") {
            profiles += 1;
            push(profiles, profile);
        }
    }
    let base: Vec<Applied> = found
        .iter()
        .filter(|it| it.runner.part == 0)
        .cloned()
        .collect();
    let parts: BTreeSet<u32> = found
        .iter()
        .map(|it| it.runner.part)
        .filter(|it| *it > 0)
        .collect();
    for part in parts.into_iter().take(MAX_MODULES) {
        found.extend(base.iter().cloned().map(|mut it| {
            it.runner.part = part;
            it
        }));
    }
    found
}

fn paths(node: Node<'_>) -> Vec<AppliedPath> {
    let lists: [(&[&str], &str, PathForm); 4] = [
        (&["manifests"], "rawYaml", PathForm::Files),
        (&["deploy", "kubectl"], "manifests", PathForm::Files),
        (
            &["manifests", "kustomize"],
            "paths",
            PathForm::Kustomization,
        ),
        (&["deploy", "kustomize"], "paths", PathForm::Kustomization),
    ];
    let mut found = Vec::new();
    for (keys, list, form) in lists {
        for item in node.at(keys).map(|it| it.list(list)).unwrap_or_default() {
            let text = item.text_value().unwrap_or_default();
            let path = text.trim_start_matches("./").trim_end_matches('/');
            if !path.is_empty() && !path.contains(['$', '{']) && !path.contains("..") {
                found.push(AppliedPath {
                    path: path.to_owned(),
                    range: item.range(),
                    form,
                    by_end: false,
                });
            }
        }
    }
    found
}

/// Lets every configuration apply what the modules apply that it requires, at any remove.
pub(super) fn join_modules(files: &Files, applied: &mut Vec<Applied>) {
    let configurations: BTreeMap<&str, usize> = files
        .files
        .iter()
        .enumerate()
        .filter(|(_, it)| is_configuration(&it.path))
        .map(|(index, it)| (it.path.as_str(), index))
        .collect();
    if configurations.len() < 2 {
        return;
    }
    let mut added = Vec::new();
    for &index in configurations.values().take(MAX_MODULES) {
        let root = &files.files[index];
        let mut seen = BTreeSet::from([index]);
        let mut open = required(files, index, &configurations);
        while let Some(module) = open.pop() {
            if !seen.insert(module) || seen.len() > MAX_MODULES {
                continue;
            }
            open.extend(required(files, module, &configurations));
            let folder = files.files[module].path.parent();
            let Some(prefix) = below(root.path.parent(), folder) else {
                continue;
            };
            let own = applied
                .iter()
                .filter(|it| it.runner.file.0 as usize == module && it.runner.part == 0);
            added.extend(own.map(|it| {
                Applied {
                    runner: Runner {
                        file: FileId(index as u32),
                        ..it.runner
                    },
                    // The place is that of the first path in the module: what requires it has none of its own.
                    range: kubelint_parser::TextRange::empty(0),
                    paths: it
                        .paths
                        .iter()
                        .map(|path| AppliedPath {
                            path: format!("{prefix}{}", path.path),
                            range: kubelint_parser::TextRange::empty(0),
                            ..*path
                        })
                        .collect(),
                }
            }));
        }
    }
    applied.extend(added);
    applied.sort_by_key(|it| (it.runner.file, it.runner.part, it.range));
}

/// What leads from `folder` to `inner`: empty, or with a `/` at its end.
fn below(folder: &str, inner: &str) -> Option<String> {
    if folder.is_empty() {
        return Some(if inner.is_empty() {
            String::new()
        } else {
            format!("{inner}/")
        });
    }
    let rest = inner.strip_prefix(folder)?;
    match rest.strip_prefix('/') {
        Some(rest) => Some(format!("{rest}/")),
        None => rest.is_empty().then(String::new),
    }
}

/// The configurations that the one at `index` requires.
fn required(files: &Files, index: usize, known: &BTreeMap<&str, usize>) -> Vec<usize> {
    let file = &files.files[index];
    let text = files.sources.get(file.source).text();
    let yaml = tree::parse(Profile::Kubectl, text);
    let roots = yaml.documents().iter().filter_map(|it| yaml.root(text, it));
    let modules = roots.flat_map(|it| it.list("requires"));
    let paths = modules.filter_map(|it| it.field("path")?.text_value());
    let found = paths.filter_map(|it| {
        let path = file.path.join(&it)?;
        let inner = SourcePath::new(&format!("{path}/skaffold.yaml"));
        known
            .get(path.as_str())
            .or_else(|| known.get(inner.as_str()))
            .copied()
    });
    found.collect()
}
