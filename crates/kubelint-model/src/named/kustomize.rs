//! The paths in a kustomization. kustomize refuses to build where any of them is not there (tried with kustomize 5.5, field by field).

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::{Kind, Node};

use super::{Named, What, plain};
use crate::KubeNode;
use crate::plan::kustomization::{is_inline, is_remote};

/// Lists of paths, and what is named.
const LISTS: [(&str, What); 8] = [
    ("resources", What::Resource),
    ("bases", What::Resource),
    ("components", What::Kustomization),
    ("configurations", What::File),
    ("crds", What::File),
    ("generators", What::Resource),
    ("transformers", What::Resource),
    ("validators", What::Resource),
];

/// Lists of mappings with a `path`.
const WITH_PATH: [&str; 3] = ["patches", "patchesJson6902", "replacements"];

pub(super) fn names(file: &SourcePath, root: Node<'_>, found: &mut Vec<Named>) {
    for (list, what) in LISTS {
        for item in root.list(list) {
            found.extend(named(file, item, list, what));
        }
    }
    for item in root.list("patchesStrategicMerge") {
        found.extend(named(file, item, "patchesStrategicMerge", What::File));
    }
    for list in WITH_PATH {
        for path in root
            .list(list)
            .into_iter()
            .filter_map(|it| it.field("path"))
        {
            found.extend(named(file, path, list, What::File));
        }
    }
    if let Some(path) = root.at(&["openapi", "path"]) {
        found.extend(named(file, path, "openapi.path", What::File));
    }
    generators(file, root, found);
    charts(file, root, found);
}

/// What `node` names. Text that is the thing itself, and what is fetched from elsewhere, names nothing here.
fn named(file: &SourcePath, node: Node<'_>, field: &'static str, what: What) -> Option<Named> {
    if node.kind() != Kind::Scalar {
        return None;
    }
    let written = node.string()?;
    let is_elsewhere = is_inline(&written)
        || is_remote(&written)
        || [".git", "_git/", "git::"]
            .iter()
            .any(|it| written.contains(it));
    (!is_elsewhere).then(|| Named::from(file, node, field, what))?
}

/// The files that ConfigMaps and Secrets are made of.
fn generators(file: &SourcePath, root: Node<'_>, found: &mut Vec<Named>) {
    const CONFIG: [&str; 3] = [
        "configMapGenerator.files",
        "configMapGenerator.envs",
        "configMapGenerator.env",
    ];
    const SECRET: [&str; 3] = [
        "secretGenerator.files",
        "secretGenerator.envs",
        "secretGenerator.env",
    ];
    let lists = [
        ("configMapGenerator", CONFIG, What::File),
        ("secretGenerator", SECRET, What::SecretFile),
    ];
    for (list, [files, envs, env], what) in lists {
        for generator in root.list(list) {
            for item in generator.list("files") {
                found.extend(keyed(file, item, files, what));
            }
            for item in generator.list("envs") {
                found.extend(named(file, item, envs, what));
            }
            if let Some(item) = generator.field("env") {
                found.extend(named(file, item, env, what));
            }
        }
    }
}

/// `path`, or `key=path`.
fn keyed(file: &SourcePath, node: Node<'_>, field: &'static str, what: What) -> Option<Named> {
    let text = node.string()?;
    let Some((_, path)) = text.split_once('=') else {
        return named(file, node, field, what);
    };
    if path.contains('=') || !plain(path) || is_remote(path) {
        return None;
    }
    Some(Named {
        range: node.range(),
        field,
        what,
        written: path.to_owned(),
        places: vec![file.join(path)?],
        origin: None,
    })
}

/// The values of charts that kustomize renders. What lies in the folder that charts are pulled to may be pulled, too.
fn charts(file: &SourcePath, root: Node<'_>, found: &mut Vec<Named>) {
    let home = root.at(&["helmGlobals", "chartHome"]);
    let home = home.and_then(KubeNode::string);
    let home = file.join(home.as_deref().unwrap_or("charts"));
    for chart in root.list("helmCharts") {
        let one = chart.field("valuesFile").into_iter();
        let nodes = one.chain(chart.list("additionalValuesFiles"));
        let values = nodes.filter_map(|it| named(file, it, "helmCharts.valuesFile", What::Values));
        found.extend(values.filter(|it| {
            let is_pulled = |path: &SourcePath| {
                let home = home.as_ref().map(SourcePath::as_str);
                home.is_some_and(|home| path.as_str().starts_with(&format!("{home}/")))
            };
            !it.places.iter().any(is_pulled)
        }));
    }
}
