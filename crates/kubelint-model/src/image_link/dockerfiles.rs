//! The Dockerfiles of a repository, by their paths and by the names of what they build.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::source::Sources;

use super::{projects, words};
use crate::build::{BuildStep, StepPath};
use crate::load;
use crate::purpose::Purpose;
use crate::{DeploymentGraph, FileId, Role};

/// The names under which a Dockerfile is looked for where none is stated.
const DEFAULTS: [&str; 3] = ["Dockerfile", "dockerfile", "Containerfile"];

/// Of more Dockerfiles nobody looks what their projects are called.
const MOST_PROJECTS: usize = 200;

/// Of more Dockerfiles than these that are called alike nobody can tell which is meant.
const MOST_ALIKE: usize = 64;

/// A Dockerfile that is found by what it builds: one for each component.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub(super) dockerfile: FileId,
    /// The component's folder: that of the Dockerfile, or the one above if that is one for Dockerfiles.
    pub(super) folder: &'a str,
    /// What the component is called: by its folder, or by the name of the Dockerfile.
    pub(super) name: &'a str,
    /// Whether it is there for tests.
    pub(super) is_for_tests: bool,
}

/// The Dockerfiles, by path and by name.
pub(super) struct Dockerfiles<'a> {
    by_path: BTreeMap<&'a str, FileId>,
    /// Paths by their last two parts.
    by_end: BTreeMap<&'a str, Vec<&'a str>>,
    pub(super) candidates: Vec<Candidate<'a>>,
    /// Candidates by their folded names.
    by_name: BTreeMap<String, Vec<usize>>,
    /// Candidates by what is left of their names without filler words and those of the project.
    by_tokens: BTreeMap<String, Vec<usize>>,
    /// The components by their folders, whatever they are called.
    by_folder: Vec<Candidate<'a>>,
    /// Those of `by_folder` by what their projects call themselves, once somebody asks.
    by_project: OnceCell<BTreeMap<String, Vec<usize>>>,
    sources: &'a dyn Sources,
}

/// Where the Dockerfile of a build step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Built {
    /// This one, in this context.
    By(FileId, Option<String>),
    /// It is none of the repository's files.
    Elsewhere,
    /// Its path is not known.
    Unknown,
    /// Its path is known, and there is no Dockerfile.
    Absent,
}

impl<'a> Dockerfiles<'a> {
    pub(super) fn of(graph: &'a DeploymentGraph, sources: &'a dyn Sources) -> Self {
        let files = graph.files.iter().zip((0..).map(FileId));
        let files = files.filter(|(it, _)| it.role == Role::Dockerfile);
        let mut this = Self {
            by_path: files.map(|(it, id)| (it.path.as_str(), id)).collect(),
            by_end: BTreeMap::new(),
            candidates: Vec::new(),
            by_name: BTreeMap::new(),
            by_tokens: BTreeMap::new(),
            by_folder: Vec::new(),
            by_project: OnceCell::new(),
            sources,
        };
        let mut of_folder: BTreeMap<&str, Vec<(&str, FileId)>> = BTreeMap::new();
        for (&path, &id) in &this.by_path {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            // What another name does not say to be a Dockerfile only a step can mean.
            if load::is_dockerfile(&graph.file(id).path) {
                of_folder.entry(folder).or_default().push((name, id));
            }
            let end = folder.rfind('/').map_or(path, |at| &path[at + 1..]);
            this.by_end.entry(end).or_default().push(path);
        }
        for (folder, files) in &of_folder {
            let is_for_tests = |id: FileId| graph.file(id).purpose == Purpose::Test;
            let candidates = candidates(folder, files).into_iter();
            let candidates = candidates.map(|(dockerfile, folder, name)| Candidate {
                dockerfile,
                folder,
                name,
                is_for_tests: is_for_tests(dockerfile),
            });
            this.candidates.extend(candidates);
            this.by_folder
                .extend(main_of(files).map(|dockerfile| Candidate {
                    dockerfile,
                    folder: component_folder(folder),
                    name: "",
                    is_for_tests: is_for_tests(dockerfile),
                }));
        }
        for (index, it) in this.candidates.iter().enumerate() {
            let name = words::folded(it.name);
            this.by_name.entry(name).or_default().push(index);
        }
        this
    }

    /// Lets candidates be found by their words without those of the project.
    pub(super) fn drop_words(&mut self, project: &BTreeSet<String>) {
        for (index, it) in self.candidates.iter().enumerate() {
            if let Some(key) = key(it.name, project, &BTreeSet::new()) {
                self.by_tokens.entry(key).or_default().push(index);
            }
        }
    }

    /// The only Dockerfile, if it builds what the whole repository holds.
    pub(super) fn only_of_all(&self) -> Option<FileId> {
        let only = self.by_folder.first().filter(|_| self.by_path.len() == 1)?;
        let is_of_all = only.folder.is_empty() && !only.is_for_tests;
        is_of_all.then_some(only.dockerfile)
    }

    /// The only Dockerfile, if it lies at the root.
    pub(super) fn only_at_root(&self) -> Option<FileId> {
        let (path, id) = self.by_path.first_key_value()?;
        (self.by_path.len() == 1 && !path.contains('/')).then_some(*id)
    }

    /// Those whose project calls itself so, separators and case aside.
    pub(super) fn of_project(&self, name: &str) -> Vec<&Candidate<'a>> {
        let by_project = self.by_project.get_or_init(|| {
            let few = self.by_folder.iter().take(MOST_PROJECTS).enumerate();
            let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (index, it) in few {
                if let Some(name) = projects::name_of(it.folder, self.sources) {
                    found.entry(words::folded(&name)).or_default().push(index);
                }
            }
            found
        });
        let found = by_project.get(&words::folded(name)).into_iter().flatten();
        found.filter_map(|it| self.by_folder.get(*it)).collect()
    }

    /// Those that are called so, separators and case aside.
    pub(super) fn called(&self, name: &str) -> Vec<&Candidate<'a>> {
        self.all(self.by_name.get(&words::folded(name)))
    }

    /// Those whose name has the same words, but for filler words and those of the project; `own` are the words of the image's own place.
    pub(super) fn alike(
        &self,
        name: &str,
        project: &BTreeSet<String>,
        own: &BTreeSet<String>,
    ) -> Vec<&Candidate<'a>> {
        let key = key(name, project, own);
        self.all(key.and_then(|it| self.by_tokens.get(&it)))
    }

    fn all(&self, found: Option<&Vec<usize>>) -> Vec<&Candidate<'a>> {
        let found = found.filter(|it| it.len() <= MOST_ALIKE);
        let found = found.into_iter().flatten();
        found.filter_map(|it| self.candidates.get(*it)).collect()
    }

    /// The Dockerfile of a build step in the file `from`; `bound` is what the one `*` in its paths stands for.
    pub(super) fn of_step(&self, step: &BuildStep, from: &str, bound: Option<&str>) -> Built {
        if step.elsewhere.is_some() {
            return Built::Elsewhere;
        }
        let fill = |path: &StepPath| {
            let text = bound.map_or_else(|| path.path.clone(), |it| path.path.replacen('*', it, 1));
            (!text.contains('*')).then_some(text)
        };
        let context = fill(&step.context);
        let stated = match &step.dockerfile {
            Some(stated) => match fill(stated) {
                Some(path) => vec![path],
                None => return Built::Unknown,
            },
            None => match &context {
                Some(context) => DEFAULTS.iter().map(|it| joined(context, it)).collect(),
                None => return Built::Unknown,
            },
        };
        let by_end = step.dockerfile.as_ref().unwrap_or(&step.context).by_end;
        for path in &stated {
            let found = if by_end {
                self.nearest(path, from)
                    .or_else(|| self.only(path).filter(|_| bound.is_none()))
            } else {
                self.by_path.get(path.as_str()).map(|id| ("", *id))
            };
            if let Some((above, id)) = found {
                let above = if step.context.by_end { above } else { "" };
                return Built::By(id, context.map(|it| joined(above, &it)));
            }
        }
        Built::Absent
    }

    /// The Dockerfile at `path`, read from the folder of `from` or the nearest one above from which it leads somewhere. With that folder.
    fn nearest<'s>(&'s self, path: &str, from: &'s str) -> Option<(&'s str, FileId)> {
        let mut folder = from.rsplit_once('/').map_or("", |it| it.0);
        loop {
            if let Some(id) = self.by_path.get(joined(folder, path).as_str()) {
                return Some((folder, *id));
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |it| it.0);
        }
    }

    /// The only Dockerfile whose path ends with `path`, with the folder from which that leads to it.
    fn only(&self, path: &str) -> Option<(&str, FileId)> {
        let (inner, _) = path.rsplit_once('/')?;
        let end = inner.rfind('/').map_or(path, |at| &path[at + 1..]);
        let alike = self.by_end.get(end).filter(|it| it.len() <= MOST_ALIKE)?;
        let mut fitting = alike.iter().filter_map(|it| {
            let above = it.strip_suffix(path)?.strip_suffix('/')?;
            Some((above, *self.by_path.get(it)?))
        });
        let only = fitting.next()?;
        fitting.next().is_none().then_some(only)
    }
}

/// The components that the Dockerfiles of one folder build: each its Dockerfile, folder and name.
fn candidates<'a>(folder: &'a str, files: &[(&'a str, FileId)]) -> Vec<(FileId, &'a str, &'a str)> {
    let named = files.iter().filter_map(|&(file, id)| {
        let name = component(file)?;
        Some((id, folder, name))
    });
    let mut found: Vec<_> = named.collect();
    let Some(id) = main_of(files) else {
        return found;
    };
    let component = component_folder(folder);
    if !component.is_empty() {
        let name = component.rsplit('/').next().unwrap_or(component);
        found.push((id, component, name));
    }
    found
}

/// The Dockerfile of a folder that is for none of its components alone: of several variants nobody can tell which is deployed, unless there
/// is one that is none.
fn main_of(files: &[(&str, FileId)]) -> Option<FileId> {
    let mut unnamed = files.iter().filter(|it| component(it.0).is_none());
    let plain = unnamed.clone().find(|it| DEFAULTS.contains(&it.0));
    let only = unnamed.next().filter(|_| unnamed.next().is_none());
    plain.or(only).map(|it| it.1)
}

/// The folder itself, or the one above if it only holds a Dockerfile, which says nothing of what that builds.
fn component_folder(folder: &str) -> &str {
    let mut rest = folder;
    while !rest.is_empty() {
        let (above, name) = rest.rsplit_once('/').unwrap_or(("", rest));
        if !words::is_holder(&name.trim_start_matches('.').to_ascii_lowercase()) {
            break;
        }
        rest = above;
    }
    rest
}

/// The component that the name of a Dockerfile speaks of: `api` of `Dockerfile.api` and `api.Dockerfile`; none of `Dockerfile.dev`.
fn component(file: &str) -> Option<&str> {
    let lower = file.to_ascii_lowercase();
    let name = ["dockerfile", "containerfile"].iter().find_map(|it| {
        let range = if lower.starts_with(it) {
            it.len()..file.len()
        } else {
            0..lower.strip_suffix(it)?.len()
        };
        file.get(range)
    })?;
    let name = name.trim_matches(['.', '-', '_']);
    let is_variant = words::is_variant(&name.to_ascii_lowercase())
        || words::tokens(name).iter().all(|it| words::is_variant(it));
    (!name.is_empty() && !is_variant).then_some(name)
}

/// What is left of a name without filler words and those of the project, or of the image's own place.
fn key(name: &str, project: &BTreeSet<String>, own: &BTreeSet<String>) -> Option<String> {
    let mut tokens = words::tokens(name);
    tokens.retain(|it| !words::is_filler(it) && !project.contains(it) && !own.contains(it));
    (!tokens.is_empty()).then(|| tokens.join("-"))
}

fn joined(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        _ => format!("{folder}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_of_names() {
        for (file, expected) in [
            ("Dockerfile", None),
            ("Dockerfile.dev", None),
            ("Dockerfile.alpine-prod", None),
            ("Dockerfile.api", Some("api")),
            ("api.Dockerfile", Some("api")),
            ("Dockerfile-order-service", Some("order-service")),
        ] {
            assert_eq!(component(file), expected, "{file}");
        }
    }

    #[test]
    fn components_of_folders() {
        let of = |folder, files: &[&'static str]| {
            let files: Vec<_> = files.iter().copied().zip((0..).map(FileId)).collect();
            let found = candidates(folder, &files);
            let found = found
                .iter()
                .map(|(id, folder, name)| format!("{}:{folder}:{name}", id.0));
            found.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            of("a/api", &["Dockerfile", "Dockerfile.dev"]),
            "0:a/api:api"
        );
        assert_eq!(of("a/api", &["Dockerfile.dev", "Dockerfile.prod"]), "");
        assert_eq!(of("a/api", &["Dockerfile.dev"]), "0:a/api:api");
        assert_eq!(of("api/docker", &["Dockerfile"]), "0:api:api");
        assert_eq!(of("docker", &["Dockerfile.api"]), "0:docker:api");
        assert_eq!(of("", &["Dockerfile"]), "");
    }
}
