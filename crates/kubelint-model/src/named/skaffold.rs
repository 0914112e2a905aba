//! The paths in skaffold's configuration.

use std::borrow::Cow;

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Node;

use super::{Named, What, above, compose, plain};
use crate::KubeNode;

/// Builders that need no Dockerfile.
const OTHER_BUILDERS: [&str; 6] = ["bazel", "buildpacks", "custom", "jib", "ko", "buildpack"];

pub(super) fn names(file: &SourcePath, root: Node<'_>, found: &mut Vec<Named>) {
    for required in root.list("requires") {
        let is_here = required.field("git").is_none();
        let path = required.field("path").filter(|_| is_here);
        let what = What::Configuration;
        found.extend(path.and_then(|it| Named::from(file, it, "requires.path", what)));
    }
    configuration(file, root, found);
    for profile in root.list("profiles") {
        configuration(file, profile, found);
    }
}

fn configuration(file: &SourcePath, node: Node<'_>, found: &mut Vec<Named>) {
    let lists: [(&[&str], &str, &'static str, What); 4] = [
        (
            &["manifests"],
            "rawYaml",
            "manifests.rawYaml",
            What::Manifest,
        ),
        (
            &["deploy", "kubectl"],
            "manifests",
            "deploy.kubectl.manifests",
            What::Manifest,
        ),
        (
            &["manifests", "kustomize"],
            "paths",
            "manifests.kustomize.paths",
            What::Kustomization,
        ),
        (
            &["deploy", "kustomize"],
            "paths",
            "deploy.kustomize.paths",
            What::Kustomization,
        ),
    ];
    for (keys, list, field, what) in lists {
        for item in node.at(keys).map(|it| it.list(list)).unwrap_or_default() {
            found.extend(Named::from_above(file, item, field, what));
        }
    }
    for artifact in node
        .at(&["build"])
        .map(|it| it.list("artifacts"))
        .unwrap_or_default()
    {
        self::artifact(file, artifact, found);
    }
    for section in ["deploy", "manifests"] {
        let helm = node.at(&[section, "helm"]);
        for release in helm.map(|it| it.list("releases")).unwrap_or_default() {
            self::release(file, release, found);
        }
    }
}

/// An image that is built: its context, and its Dockerfile, which skaffold looks for in the context and then where it runs.
fn artifact(file: &SourcePath, artifact: Node<'_>, found: &mut Vec<Named>) {
    let context = artifact.field("context");
    if let Some(node) = context {
        let what = What::BuildContext;
        found.extend(Named::from_above(
            file,
            node,
            "build.artifacts.context",
            what,
        ));
    }
    if OTHER_BUILDERS.iter().any(|it| artifact.field(it).is_some()) {
        return;
    }
    let folder = context.map_or(Some(Cow::Borrowed(".")), KubeNode::string);
    let Some(folder) = folder.filter(|it| plain(it)) else {
        return;
    };
    let mut builders = ["docker", "kaniko"].into_iter();
    let stated = builders.find_map(|it| artifact.at(&[it, "dockerfile"]));
    let name = stated.map_or(Some(Cow::Borrowed("Dockerfile")), KubeNode::string);
    let range = stated
        .or(context)
        .or_else(|| artifact.field("image"))
        .map(Node::range);
    let (Some(name), Some(range)) = (name.filter(|it| plain(it)), range) else {
        return;
    };
    let field = "build.artifacts.docker.dockerfile";
    if let Some(mut named) = compose::within(file, &folder, &name, range, field) {
        named.places.extend(file.join(&name));
        named.places.extend(above(file, &name));
        found.push(named);
    }
}

/// A release: its chart if that is evidently a folder, and its values.
fn release(file: &SourcePath, release: Node<'_>, found: &mut Vec<Named>) {
    let is_remote = release.field("remote").is_some();
    let chart = release.field("chartPath").filter(|_| !is_remote);
    // `stable/redis` names a chart of a repository.
    let is_folder = |it: &Node<'_>| {
        it.string()
            .is_some_and(|it| it.starts_with('.') || it.matches('/').count() > 1)
    };
    let field = "deploy.helm.releases.chartPath";
    found.extend(
        chart
            .filter(is_folder)
            .and_then(|it| Named::from_above(file, it, field, What::Chart)),
    );
    for item in release.list("valuesFiles") {
        let field = "deploy.helm.releases.valuesFiles";
        found.extend(Named::from_above(file, item, field, What::Values));
    }
}
