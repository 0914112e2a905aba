//! The paths in charts and in helmfile's configuration.

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::{Kind, Node};

use super::{Named, What, plain};
use crate::KubeNode;
use crate::load::is_yaml;

/// Whether helmfile reads such a file without being told.
pub(super) fn is_helmfile(path: &SourcePath) -> bool {
    is_yaml(path)
        && (path.file_name().starts_with("helmfile.") || path.parent().ends_with("helmfile.d"))
}

/// A chart's dependencies that lie in folders of this repository.
pub(super) fn dependencies(file: &SourcePath, root: Node<'_>, found: &mut Vec<Named>) {
    if !matches!(file.file_name(), "Chart.yaml" | "requirements.yaml") {
        return;
    }
    for dependency in root.list("dependencies") {
        let Some(node) = dependency.field("repository") else {
            continue;
        };
        let text = node.string();
        let written = text.as_deref().and_then(|it| it.strip_prefix("file://"));
        let Some(written) = written.filter(|it| plain(it)) else {
            continue;
        };
        let Some(place) = file.join(written) else {
            continue;
        };
        let mut places = vec![place];
        places.extend(vendored(file, dependency));
        found.push(Named {
            range: node.range(),
            field: "dependencies.repository",
            what: What::Chart,
            written: written.to_owned(),
            places,
            origin: None,
        });
    }
}

/// Where helm finds a dependency that was fetched before: a folder or an archive in `charts`, which may be committed.
fn vendored(file: &SourcePath, dependency: Node<'_>) -> Vec<SourcePath> {
    let text = |key| dependency.field(key).and_then(KubeNode::string);
    let Some(name) = text("name") else {
        return Vec::new();
    };
    let version = text("version").unwrap_or_default();
    let places = [
        format!("charts/{name}"),
        format!("charts/{name}-{version}.tgz"),
    ];
    places.iter().filter_map(|it| file.join(it)).collect()
}

/// The charts and values of helmfile's releases and environments. Expressions name nothing that can be known.
pub(super) fn helmfile(file: &SourcePath, root: Node<'_>, found: &mut Vec<Named>) {
    let environments = root
        .field("environments")
        .into_iter()
        .flat_map(Node::fields);
    let environments = environments.map(|it| it.value.resolved());
    for (owner, field) in root
        .list("releases")
        .into_iter()
        .map(|it| (it, "releases.values"))
        .chain(environments.map(|it| (it, "environments.values")))
    {
        let is_tolerant = |it: Node<'_>| it.field("missingFileHandler").is_some();
        if is_tolerant(owner) || is_tolerant(root) {
            continue;
        }
        let chart = owner.field("chart").filter(|it| {
            let text = it.string();
            text.is_some_and(|it| it.starts_with("./") || it.starts_with("../"))
        });
        found.extend(chart.and_then(|it| Named::from(file, it, "releases.chart", What::Chart)));
        let values = owner.list("values").into_iter();
        for item in values.filter(|it| it.kind() == Kind::Scalar) {
            found.extend(Named::from(file, item, field, What::Values));
        }
    }
}
