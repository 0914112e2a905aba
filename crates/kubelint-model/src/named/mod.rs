//! The files and folders that build configurations name: kustomizations, skaffold, compose and helmfile files, charts. Which of them are
//! not there is a fact that only loading can know, for it alone sees the disk; what that means is for a rule to say.

mod compose;
mod gitops;
mod helm;
mod input;
mod kustomize;
mod makers;
mod nearest;
pub(crate) mod script;
mod skaffold;

use std::collections::BTreeSet;

pub use script::{Doubt, ScriptPath};

use kubelint_parser::TextRange;
use kubelint_parser::source::{ReadError, SourcePath, Sources};
use kubelint_parser::yaml::resolve::Profile;
use kubelint_parser::yaml::{Node, Yaml};

pub use gitops::{Origin, OriginRepository};

use crate::load::{Files, KUSTOMIZATION_NAMES};
use crate::{File, FileId, KubeNode, Role, commands, tree};

/// Something that a build configuration names and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPath {
    /// The file that names it.
    pub file: FileId,
    /// Where it is named.
    pub range: TextRange,
    /// The field that names it: `configMapGenerator.files`.
    pub field: &'static str,
    /// What is named.
    pub what: What,
    /// The path, as it is written or implied there.
    pub written: String,
    /// The path from the root at which it should be.
    pub path: SourcePath,
    /// What is wrong with it.
    pub lack: Lack,
    /// Whether git would ignore it: it is not committed, on purpose.
    pub is_ignored: bool,
    /// A file beside it that people are to copy: `app.env.example`.
    pub sample: Option<SourcePath>,
    /// A script, Makefile, workflow or document that makes such a file, as far as its lines tell.
    pub maker: Option<SourcePath>,
    /// The file or folder that may be meant, as it would have to be written.
    pub nearest: Option<String>,
    /// The repository that it is taken from, if a GitOps object names it: then it is missing only if that is this one.
    pub origin: Option<Origin>,
}

/// What a configuration names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A file of manifests, or a folder with a kustomization: a kustomization's resource.
    Resource,
    /// A folder with a kustomization.
    Kustomization,
    /// A file that kustomize reads: a patch, a generator's input, a configuration.
    File,
    /// A file of variables that a program is given.
    EnvFile,
    /// A file for a Secret, which few people commit.
    SecretFile,
    /// A manifest that skaffold applies.
    Manifest,
    /// A folder that an image is built from.
    BuildContext,
    /// A Dockerfile.
    Dockerfile,
    /// A folder with a chart.
    Chart,
    /// A chart's values.
    Values,
    /// Another configuration of the same tool.
    Configuration,
    /// A folder that a script goes to.
    Folder,
    /// A folder that Argo CD or Flux applies.
    GitOpsFolder,
    /// A chart that Flux installs.
    GitOpsChart,
    /// A chart's values, which Argo CD or Flux reads.
    GitOpsFile,
}

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// There is nothing.
    Absent,
    /// There is a folder, but not this file in it, which makes it what it should be.
    Without(&'static str),
    /// It is a kustomization's own file, where its folder would have to be named.
    KustomizationFile,
}

/// A path that a configuration names, before anybody looked.
struct Named {
    range: TextRange,
    field: &'static str,
    what: What,
    written: String,
    /// Where the tool may look for it: one is enough. The first is the usual one.
    places: Vec<SourcePath>,
    origin: Option<Origin>,
}

/// More paths than these are not reported: a repository that lacks so many is not complete.
const MOST: usize = 1000;

/// What is named by the targets among `files` and is not there, in the order of files and places.
pub(crate) fn missing(
    files: &Files,
    sources: &dyn Sources,
    listed: &[&SourcePath],
) -> Vec<MissingPath> {
    let disk = Disk::new(sources, listed);
    let mut found = Vec::new();
    let ids = (0..).map(FileId);
    for (id, file) in ids.zip(&files.files).filter(|(_, it)| it.target) {
        for named in names(file, files.sources.get(file.source).text()) {
            let Some((path, lack)) = disk.lack(&named) else {
                continue;
            };
            if lack == Lack::KustomizationFile && !files.is_refused(&path) {
                continue;
            }
            found.push(MissingPath {
                file: id,
                range: named.range,
                field: named.field,
                what: named.what,
                written: named.written,
                origin: named.origin,
                lack,
                is_ignored: sources.is_ignored(&path),
                sample: None,
                maker: None,
                nearest: None,
                path,
            });
        }
        if found.len() >= MOST {
            break;
        }
    }
    without_those_in_missing_contexts(&mut found);
    found.sort_by_key(|it| (it.file, it.range));
    found.dedup();
    if !found.is_empty() {
        let folders: Vec<&str> = found
            .iter()
            .map(|it| match it.origin {
                // Read from the root of the repository.
                Some(_) => "",
                None => files.files[it.file.0 as usize].path.parent(),
            })
            .collect();
        nearest::find(listed, &folders, &mut found);
        makers::find(sources, listed, &mut found);
    }
    found
}

/// Where a build context is not there, nobody needs to hear that it has no Dockerfile.
fn without_those_in_missing_contexts(found: &mut Vec<MissingPath>) {
    let contexts = found.iter().filter(|it| it.what == What::BuildContext);
    let contexts: BTreeSet<(FileId, SourcePath)> =
        contexts.map(|it| (it.file, it.path.clone())).collect();
    found.retain(|it| {
        let mut folder = it.path.parent();
        let mut is_within = false;
        while it.what == What::Dockerfile && !folder.is_empty() && !is_within {
            is_within = contexts.contains(&(it.file, SourcePath::new(folder)));
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
        !is_within
    });
}

impl Files {
    /// Whether `path` is a kustomization that is no resource: kustomize refuses it for want of a name, or because it lies outside; or it
    /// passes it on, and no API server knows such objects. Those that are only for local use are dropped.
    fn is_refused(&self, path: &SourcePath) -> bool {
        let at = self.files.binary_search_by(|it| it.path.cmp(path));
        let Some(file) = at.ok().map(|at| &self.files[at]) else {
            return false;
        };
        let text = self.sources.get(file.source).text();
        let annotation = [
            "metadata",
            "annotations",
            "config.kubernetes.io/local-config",
        ];
        let mut documents = file.yaml.documents().iter();
        let is_local = documents.any(|it| {
            let root = file.yaml.root(text, it);
            root.and_then(|it| it.at(&annotation)).is_some()
        });
        file.role == Role::Kustomization && !is_local
    }
}

/// What `file` names: nothing if it is no configuration of a tool that is known here.
fn names(file: &File, text: &str) -> Vec<Named> {
    let is_helmfile = helm::is_helmfile(&file.path);
    let is_skaffold = commands::is_skaffold(&file.path);
    let is_yaml = matches!(
        file.role,
        Role::Kustomization | Role::Compose | Role::ChartFile
    );
    let is_gitops = file.role == Role::Manifest && gitops::may_name(text);
    if !(is_yaml || is_skaffold || is_helmfile || is_gitops) {
        return Vec::new();
    }
    let parsed;
    let yaml: &Yaml = if file.yaml.documents().is_empty() {
        parsed = tree::parse(Profile::Kubectl, text);
        &parsed
    } else {
        &file.yaml
    };
    let mut found = Vec::new();
    for document in yaml.documents().iter().filter(|it| !it.broken) {
        let Some(root) = yaml.root(text, document) else {
            continue;
        };
        match file.role {
            Role::Kustomization => kustomize::names(&file.path, root, &mut found),
            Role::Compose => compose::names(&file.path, root, &mut found),
            Role::ChartFile => helm::dependencies(&file.path, root, &mut found),
            _ if is_gitops => gitops::names(root, &mut found),
            _ if is_skaffold => skaffold::names(&file.path, root, &mut found),
            _ => helm::helmfile(&file.path, root, &mut found),
        }
    }
    found
}

impl Named {
    /// What `node`, a string, names from the folder of `file`; `None` if it is no plain path, or leads out of the root.
    fn from(file: &SourcePath, node: Node<'_>, field: &'static str, what: What) -> Option<Self> {
        let written = node.string()?;
        let path = plain(&written).then(|| file.join(&written))??;
        Some(Self {
            range: node.range(),
            field,
            what,
            written: written.into_owned(),
            places: vec![path],
            origin: None,
        })
    }

    /// The same, and from every folder above: for tools that are run from one of them.
    fn from_above(
        file: &SourcePath,
        node: Node<'_>,
        field: &'static str,
        what: What,
    ) -> Option<Self> {
        let mut named = Self::from(file, node, field, what)?;
        named.places.extend(above(file, &named.written));
        Some(named)
    }
}

/// What `written` leads to from the folders above that of `file`, the nearest first.
fn above(file: &SourcePath, written: &str) -> Vec<SourcePath> {
    let mut found = Vec::new();
    let mut folder = file.parent();
    while !folder.is_empty() {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        let beside = SourcePath::new(&format!("{folder}/x"));
        found.extend(beside.join(written));
    }
    found
}

/// Whether a path is written out: no variable, expression, pattern or address, and not absolute.
fn plain(path: &str) -> bool {
    let is_placeholder = |it: char| "$*?[]{}<>%\\\n\0".contains(it);
    !path.is_empty()
        && !path.starts_with(['/', '~', '@'])
        && !path.contains(is_placeholder)
        && !path.contains("://")
        && path.trim() == path
}

/// What there is, as far as names are asked for.
struct Disk<'a> {
    sources: &'a dyn Sources,
    listed: &'a [&'a SourcePath],
    /// Folders that other repositories are checked out to.
    submodules: BTreeSet<SourcePath>,
}

impl<'a> Disk<'a> {
    fn new(sources: &'a dyn Sources, listed: &'a [&'a SourcePath]) -> Self {
        let modules = sources.read(&SourcePath::new(".gitmodules"));
        let text = modules.as_ref().map_or("", |it| it.as_str());
        let paths = text.lines().filter_map(|line| {
            let (key, path) = line.split_once('=')?;
            (key.trim() == "path").then(|| SourcePath::new(path.trim()))
        });
        Self {
            sources,
            listed,
            submodules: paths.collect(),
        }
    }

    /// The outermost folder on the way to `path` that is not there, else `path` itself.
    fn outermost_missing(&self, path: &SourcePath) -> SourcePath {
        let mut outermost = path.clone();
        while !outermost.parent().is_empty() {
            let above = SourcePath::new(outermost.parent());
            if self.is_there(&above) {
                break;
            }
            outermost = above;
        }
        outermost
    }

    /// What is wrong with what is named, and the path that it concerns; `None` if nothing is, or nobody can tell.
    fn lack(&self, named: &Named) -> Option<(SourcePath, Lack)> {
        let mut lacks = named.places.iter().map(|it| self.lack_at(it, named.what));
        let first = lacks.next()??;
        lacks.all(|it| it.is_some()).then_some(first)
    }

    fn lack_at(&self, path: &SourcePath, what: What) -> Option<(SourcePath, Lack)> {
        if self.is_of_submodule(path) {
            return None;
        }
        if !self.is_there(path) {
            return Some((path.clone(), Lack::Absent));
        }
        let is_kustomization = KUSTOMIZATION_NAMES.contains(&path.file_name());
        match what {
            What::Resource if is_kustomization => Some((path.clone(), Lack::KustomizationFile)),
            What::Resource | What::Kustomization => self.without(path, &KUSTOMIZATION_NAMES),
            What::Chart | What::GitOpsChart => self.without(path, &["Chart.yaml"]),
            _ => None,
        }
    }

    /// Whether `path` is a folder without any of these files, of which the first is the usual one.
    fn without(&self, path: &SourcePath, names: &[&'static str]) -> Option<(SourcePath, Lack)> {
        let within: Vec<SourcePath> = names
            .iter()
            .map(|name| SourcePath::new(&format!("{path}/{name}")))
            .collect();
        let is_without = self.is_folder(path) && !within.iter().any(|it| self.is_there(it));
        let first = within.into_iter().next().filter(|_| is_without)?;
        Some((first, Lack::Without(names.first()?)))
    }

    /// Whether there is something. What cannot be read for another reason than that it is not there may well be.
    fn is_there(&self, path: &SourcePath) -> bool {
        path.as_str().is_empty()
            || self.sources.exists(path)
            || !matches!(self.sources.read(path), Err(ReadError::NotFound))
    }

    /// Whether some listed file lies below `path`.
    fn is_folder(&self, path: &SourcePath) -> bool {
        let prefix = format!("{path}/");
        let at = self
            .listed
            .partition_point(|it| it.as_str() < prefix.as_str());
        path.as_str().is_empty()
            || self
                .listed
                .get(at)
                .is_some_and(|it| it.as_str().starts_with(&prefix))
    }

    fn is_of_submodule(&self, path: &SourcePath) -> bool {
        let mut modules = self.submodules.iter();
        modules.any(|it| {
            let rest = path.as_str().strip_prefix(it.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

#[cfg(test)]
mod tests;
