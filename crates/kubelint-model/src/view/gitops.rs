//! What Argo CD and Flux take out of repositories.

use kubelint_parser::yaml::Node;

use super::{Text, boolean, strings, text};
use crate::{DeploymentGraph, KubeNode, Resource};

/// Something that a GitOps object takes out of a repository and applies.
#[derive(Clone, Debug)]
pub struct GitOpsSource<'a> {
    /// The mapping that states it.
    pub node: Node<'a>,
    /// Where the repository is.
    pub repository: Option<Repository<'a>>,
    /// The folder within the repository, as written: perhaps with a leading `./`, for Argo CD perhaps with text that a generator replaces.
    /// Absent for the repository's root, and for charts of a chart repository.
    pub path: Option<Text<'a>>,
    /// How the folder is read.
    pub form: SourceForm,
}

/// Where a repository is.
#[derive(Clone, Debug)]
pub enum Repository<'a> {
    /// At this URL.
    Url(Text<'a>),
    /// Where the Flux source of this kind, name and namespace says; the namespace is the object's own if none is stated.
    Source {
        /// `GitRepository`, `OCIRepository`, `HelmRepository`, `Bucket`.
        kind: Text<'a>,
        /// Its name.
        name: Text<'a>,
        /// Its namespace, if it is stated.
        namespace: Option<Text<'a>>,
    },
}

/// How a GitOps source's folder is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceForm {
    /// As Argo CD does: a kustomization or chart if it is one, else the manifests directly in it.
    Folder,
    /// Its kustomization if it has one, else the manifests in it and below: as Flux does, and Argo CD with `directory.recurse`.
    Tree,
    /// A chart.
    Chart,
    /// A pattern: each folder that it matches is one to apply, each by an Application of its own.
    Pattern,
}

impl DeploymentGraph {
    /// What `resource` takes out of repositories: an Argo CD Application or ApplicationSet, a Flux Kustomization or HelmRelease. In the
    /// order of its text for each of its lists.
    pub fn gitops_sources<'a>(&'a self, resource: &Resource) -> Vec<GitOpsSource<'a>> {
        let Some(spec) = self.root(resource).field("spec") else {
            return Vec::new();
        };
        match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
            ("argoproj.io", "Application") => application(spec),
            ("argoproj.io", "ApplicationSet") => application_set(spec),
            ("kustomize.toolkit.fluxcd.io", "Kustomization") => vec![GitOpsSource {
                node: spec,
                repository: spec.field("sourceRef").and_then(source_reference),
                path: text(spec, "path"),
                form: SourceForm::Tree,
            }],
            ("helm.toolkit.fluxcd.io", "HelmRelease") => helm_release(spec).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// `source` and `sources` of an Application's spec.
fn application(spec: Node<'_>) -> Vec<GitOpsSource<'_>> {
    let one = spec.field("source").into_iter();
    let sources = one.chain(spec.list("sources"));
    let sources = sources.map(|node| {
        let directory = node.field("directory");
        let is_tree = directory
            .and_then(|it| boolean(it, "recurse"))
            .is_some_and(|it| it.value);
        let chart = node.field("chart");
        GitOpsSource {
            node,
            repository: text(node, "repoURL").map(Repository::Url),
            path: text(node, "path"),
            form: match (chart, is_tree) {
                (Some(_), _) => SourceForm::Chart,
                (None, true) => SourceForm::Tree,
                (None, false) => SourceForm::Folder,
            },
        }
    });
    sources.collect()
}

/// The template's sources, and the folders that git generators look for, also those within a matrix or merge generator.
fn application_set(spec: Node<'_>) -> Vec<GitOpsSource<'_>> {
    let template = spec.at(&["template", "spec"]);
    let mut sources = template.map(application).unwrap_or_default();
    for generator in spec.list("generators") {
        let nested = ["matrix", "merge"].into_iter();
        let nested = nested.filter_map(|it| generator.field(it));
        let nested = nested.flat_map(|it| it.list("generators"));
        for git in std::iter::once(generator)
            .chain(nested)
            .filter_map(|it| it.field("git"))
        {
            folders(git, &mut sources);
        }
    }
    sources
}

fn folders<'a>(git: Node<'a>, sources: &mut Vec<GitOpsSource<'a>>) {
    for folder in git.list("directories") {
        if boolean(folder, "exclude").is_some_and(|it| it.value) {
            continue;
        }
        sources.push(GitOpsSource {
            node: folder,
            repository: text(git, "repoURL").map(Repository::Url),
            path: text(folder, "path"),
            form: SourceForm::Pattern,
        });
    }
}

/// A release's chart: a folder, if its source is a repository of files.
fn helm_release(spec: Node<'_>) -> Option<GitOpsSource<'_>> {
    let node = spec
        .at(&["chart", "spec"])
        .or_else(|| spec.field("chartRef"))?;
    let repository = node.field("sourceRef").unwrap_or(node);
    let is_folder =
        text(repository, "kind").is_some_and(|it| matches!(&*it.value, "GitRepository" | "Bucket"));
    Some(GitOpsSource {
        node,
        repository: source_reference(repository),
        path: text(node, "chart").filter(|_| is_folder),
        form: SourceForm::Chart,
    })
}

fn source_reference(node: Node<'_>) -> Option<Repository<'_>> {
    Some(Repository::Source {
        kind: text(node, "kind")?,
        name: text(node, "name")?,
        namespace: text(node, "namespace"),
    })
}

/// Whether an Application or ApplicationSet creates the namespace that it deploys to: `CreateNamespace=true` among its `syncOptions`.
pub fn creates_namespace(root: Node<'_>) -> bool {
    let specs = [&["spec"][..], &["spec", "template", "spec"][..]];
    let policies = specs
        .iter()
        .filter_map(|it| root.at(it)?.field("syncPolicy"));
    let mut options = policies.flat_map(|it| strings(it, "syncOptions"));
    options.any(|it| it.value == "CreateNamespace=true")
}

/// Whether an Application or ApplicationSet leaves the number of replicas of what it applies to others: names it in its
/// `ignoreDifferences`, as JSON pointer or as `jq` path.
pub fn defers_replicas(resource: &Resource, root: Node<'_>) -> bool {
    let specs: &[&[&str]] = match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
        ("argoproj.io", "Application") => &[&["spec"]],
        ("argoproj.io", "ApplicationSet") => &[&["spec", "template", "spec"]],
        _ => return false,
    };
    let ignored = specs.iter().filter_map(|it| root.at(it));
    let mut ignored = ignored.flat_map(|it| it.list("ignoreDifferences"));
    ignored.any(|it| {
        let mut fields = strings(it, "jsonPointers");
        fields.extend(strings(it, "jqPathExpressions"));
        fields
            .iter()
            .any(|it| matches!(&*it.value, "/spec/replicas" | ".spec.replicas"))
    })
}
