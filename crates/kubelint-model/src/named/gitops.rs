//! What Argo CD and Flux objects take out of repositories: folders, charts and values files. Whether the repository is this one, and the
//! revision what is here, is for a rule to say.

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Node;
use memchr::memmem;

use super::{Named, What, plain};
use crate::{Gvk, KubeNode};

/// The repository that a GitOps object takes a path from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Which one it is.
    pub repository: OriginRepository,
    /// The branch, tag or commit, as written; `None` where the object states none.
    pub revision: Option<String>,
}

/// Which repository it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginRepository {
    /// The one at this URL, which is written here.
    Url {
        /// The URL as written.
        url: String,
        /// Where it is written.
        range: TextRange,
    },
    /// The one of a Flux `GitRepository`.
    Source {
        /// Its name.
        name: String,
        /// Its namespace; the object's own if none is stated.
        namespace: Option<String>,
        /// Where the name is written.
        range: TextRange,
    },
}

/// Whether a text may hold objects that are looked at here.
pub(super) fn may_name(text: &str) -> bool {
    let groups = [&b"argoproj.io"[..], b"toolkit.fluxcd.io"];
    groups
        .iter()
        .any(|it| memmem::find(text.as_bytes(), it).is_some())
}

/// What the object `root` takes out of repositories.
pub(super) fn names(root: Node<'_>, found: &mut Vec<Named>) {
    let (Some(gvk), Some(spec)) = (Gvk::of(root), root.field("spec")) else {
        return;
    };
    match (gvk.group.as_str(), gvk.kind.as_str()) {
        ("argoproj.io", "Application") => application(spec, found),
        ("argoproj.io", "ApplicationSet") => {
            if let Some(spec) = spec.at(&["template", "spec"]) {
                application(spec, found);
            }
        }
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => {
            if let (Some(origin), Some(path)) = (flux_origin(spec), spec.field("path")) {
                found.extend(named(path, "", "path", What::GitOpsFolder, &origin));
            }
        }
        ("helm.toolkit.fluxcd.io", "HelmRelease") => helm_release(spec, found),
        _ => {}
    }
}

fn application<'a>(spec: Node<'a>, found: &mut Vec<Named>) {
    let sources: Vec<Node<'a>> = match spec.list("sources") {
        // Where there are several, `source` is not read.
        several if !several.is_empty() => several,
        _ => spec.field("source").into_iter().collect(),
    };
    let by_reference = |name: &str| {
        let mut sources = sources.iter();
        sources.find(|it| it.field("ref").and_then(KubeNode::string).as_deref() == Some(name))
    };
    for source in &sources {
        let own = argo_origin(*source);
        let path = source
            .field("path")
            .filter(|_| source.field("chart").is_none());
        let folder = path.and_then(KubeNode::string).unwrap_or_default();
        if let (Some(origin), Some(path)) = (&own, path) {
            found.extend(named(path, "", "path", What::GitOpsFolder, origin));
        }
        let Some(helm) = source.field("helm") else {
            continue;
        };
        let may_lack = helm
            .field("ignoreMissingValueFiles")
            .and_then(KubeNode::boolean);
        if may_lack == Some(true) {
            continue;
        }
        for file in helm.list("valueFiles") {
            let Some(written) = file.string() else {
                continue;
            };
            if let Some(rest) = written.strip_prefix('$') {
                let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
                let origin = by_reference(name).and_then(|it| argo_origin(*it));
                let origin = origin.as_ref();
                found.extend(origin.and_then(|it| value_file(file, &written, "", rest, it)));
            } else if let (Some(origin), true) = (&own, path.is_some()) {
                let (folder, rest) = match written.strip_prefix('/') {
                    Some(rest) => ("", rest),
                    None => (&*folder, &*written),
                };
                found.extend(value_file(file, &written, folder, rest, origin));
            }
        }
    }
}

fn value_file(
    node: Node<'_>,
    written: &str,
    folder: &str,
    rest: &str,
    origin: &Origin,
) -> Option<Named> {
    let is_plain = plain(rest) && (folder.is_empty() || plain(folder));
    let path = is_plain.then(|| within(folder, rest))??;
    Some(Named {
        range: node.range(),
        field: "valueFiles",
        what: What::GitOpsFile,
        written: written.to_owned(),
        places: vec![path],
        origin: Some(origin.clone()),
    })
}

fn argo_origin(source: Node<'_>) -> Option<Origin> {
    let url = source.field("repoURL")?;
    let text = url.string()?;
    let revision = source.field("targetRevision");
    Some(Origin {
        repository: OriginRepository::Url {
            url: text.into_owned(),
            range: url.range(),
        },
        revision: revision.and_then(KubeNode::text_value).map(Into::into),
    })
}

/// The `sourceRef` of a Flux object, if it is a `GitRepository`.
fn flux_origin(node: Node<'_>) -> Option<Origin> {
    let source = node.field("sourceRef")?;
    let kind = source.field("kind")?.string()?;
    let name = source.field("name")?;
    let namespace = source.field("namespace").and_then(KubeNode::string);
    let repository = OriginRepository::Source {
        name: name.string()?.into_owned(),
        namespace: namespace.map(Into::into),
        range: name.range(),
    };
    (kind == "GitRepository").then_some(Origin {
        repository,
        revision: None,
    })
}

fn helm_release(spec: Node<'_>, found: &mut Vec<Named>) {
    let Some(chart) = spec.at(&["chart", "spec"]) else {
        return;
    };
    let Some(origin) = flux_origin(chart) else {
        return;
    };
    if let Some(path) = chart.field("chart") {
        found.extend(named(path, "", "chart", What::GitOpsChart, &origin));
    }
    let may_lack = chart
        .field("ignoreMissingValuesFiles")
        .and_then(KubeNode::boolean);
    if may_lack != Some(true) {
        for file in chart.list("valuesFiles") {
            found.extend(named(file, "", "valuesFiles", What::GitOpsFile, &origin));
        }
    }
}

/// What `node` names from `folder`.
fn named(
    node: Node<'_>,
    folder: &str,
    field: &'static str,
    what: What,
    origin: &Origin,
) -> Option<Named> {
    let written = node.string()?;
    // Both tools take a leading slash for the repository's root.
    let path = written.trim_start_matches('/').trim_end_matches('/');
    let path = plain(path).then(|| within(folder, path))??;
    Some(Named {
        range: node.range(),
        field,
        what,
        written: written.into_owned(),
        places: vec![path],
        origin: Some(origin.clone()),
    })
}

/// `path` from `folder`; `None` if it leads out of the repository.
fn within(folder: &str, path: &str) -> Option<SourcePath> {
    let folder = folder.trim_matches('/');
    let from = if folder.is_empty() {
        SourcePath::new("x")
    } else {
        SourcePath::new(&format!("{}/x", SourcePath::new("x").join(folder)?))
    };
    from.join(path)
}
