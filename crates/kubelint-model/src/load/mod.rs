//! Discover and parse: from the sources to files with trees. File by file, in parallel; what was read says nothing of other files, but
//! for one thing: a kustomization makes patches of the files that it names so.

mod composed;
mod content;
mod dockerfiles;
mod layout;
mod numbers;
mod sourced;
mod substitutions;
mod texts;
mod used;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kubelint_parser::code::Language;
use kubelint_parser::source::{
    Encoding, ReadError, Rendered, SourceMap, SourcePath, SourceText, Sources,
};
use kubelint_parser::yaml::Yaml;
use kubelint_parser::yaml::resolve::Profile;
use memchr::memmem;
use rayon::prelude::*;

use crate::compose::Variables;
use crate::dockerfile::BuildFiles;
use crate::named::{self, MissingPath};
use crate::plan::kustomization;
use crate::purpose::{Purpose, Purposes};
use crate::{File, Gvk, LeftOut, Needs, Role, tree};
use layout::{ChartPart, Charts};

pub use layout::{KUSTOMIZATION_NAMES, is_kustomization, is_yaml};
pub(crate) use layout::{is_dockerfile, is_values};
pub use numbers::Numbers;
pub use substitutions::{Substitutions, Unfinished};
pub(crate) use texts::{MAX_TOTAL, is_pipeline, may_make_objects, readable, role as text_role};

/// The files of a run, parsed.
#[derive(Debug, Default)]
pub struct Files {
    /// The sources.
    pub sources: SourceMap,
    /// The files, sorted by path; rendered texts after the real files, in the order given.
    pub files: Vec<File>,
    /// Targets that could not be read.
    pub unread: Vec<(SourcePath, ReadError)>,
    /// Targets that were not checked, and why; sorted.
    pub left_out: Vec<(LeftOut, SourcePath)>,
    /// What the repository's tools replace in manifests; empty unless it was asked for.
    pub substitutions: Substitutions,
    /// What the targets name and is not there; empty unless it was asked for.
    pub missing_paths: Vec<MissingPath>,
    /// What builds may take into images; empty unless it was asked for.
    pub build_files: BuildFiles,
    /// The numbers that programs may listen on; empty unless it was asked for.
    pub numbers: Numbers,
    /// The variables of the `.env` files beside compose files, by folder.
    pub dot_envs: BTreeMap<String, Variables>,
    /// How many files that may hold manifests, and are no targets, were not read because there is too much text.
    pub unread_context: usize,
}

/// How much text is read besides the targets. Whoever has more keeps data in YAML.
const MAX_CONTEXT: usize = 256 << 20;
/// How many files of the context are read at once.
const CONTEXT_BATCH: usize = 1024;

/// What the user asked about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Targets<'a> {
    /// The files to report about.
    pub files: &'a [SourcePath],
    /// Those that were named one by one: they are read whatever they are called, and what is wrong with them is never taken for another
    /// tool's text.
    pub named: &'a [SourcePath],
    /// The folders that were named: whoever names `examples` means what is in it, so the words of their own paths say nothing of what
    /// the files below are for.
    pub folders: &'a [SourcePath],
}

impl<'a> Targets<'a> {
    /// Files that were found, none of them named.
    pub const fn of(files: &'a [SourcePath]) -> Self {
        Self {
            files,
            named: &[],
            folders: &[],
        }
    }
}

/// Loads and parses what the rules need: the targets, and of the context only the kustomizations, the patches they name, and what `needs`
/// asks for: for links, all manifests.
///
/// The result depends on the content of the sources only, not on the order in which anything is listed.
pub fn load(
    sources: &dyn Sources,
    targets: Targets<'_>,
    rendered: Vec<Rendered>,
    needs: Needs,
) -> Files {
    let mut loader = Loader::new(sources, targets);
    loader.read_targets();
    if needs.links || (needs.images && loader.has_dockerfile()) {
        loader.read_context();
    }
    if needs.links || needs.images {
        loader.read_texts();
    }
    if needs.links || needs.images {
        loader.read_composed();
    }
    if needs.images {
        loader.read_dockerfiles();
    }
    if needs.programs {
        loader.understand_named_sources();
    }
    if needs.links || needs.images || needs.workflows {
        loader.read_used();
    }
    loader.read_patches();
    loader.finish(rendered, needs)
}

/// A file on its way into [`Files`].
struct Loaded {
    text: Arc<SourceText>,
    role: Role,
    left_out: Option<LeftOut>,
    template: bool,
    yaml: Yaml,
}

/// How a kustomization names a file.
#[derive(Clone, Copy, Default)]
struct Mention {
    resource: bool,
    patch: bool,
}

struct Loader<'a> {
    sources: &'a dyn Sources,
    /// Everything there is, sorted.
    listed: Vec<&'a SourcePath>,
    targets: BTreeSet<&'a SourcePath>,
    named: BTreeSet<&'a SourcePath>,
    purposes: Purposes<'a>,
    charts: Charts,
    loaded: BTreeMap<SourcePath, Loaded>,
    unread: Vec<(SourcePath, ReadError)>,
    left_out: Vec<(LeftOut, SourcePath)>,
    /// What was read only for the commands and texts of manifests in it: no target, wherever it lies.
    texts: BTreeSet<SourcePath>,
    unread_context: usize,
}

/// What files are there for, as their paths and the README at the root tell.
pub(crate) fn purposes<'a>(sources: &'a dyn Sources, asked: Targets<'a>) -> Purposes<'a> {
    let purposes = Purposes::new(sources.list(), asked);
    let at_root = sources.list().iter().filter(|it| it.parent().is_empty());
    let readme = at_root
        .filter(|it| it.file_name().to_ascii_lowercase().starts_with("readme"))
        .filter(|it| texts::role(it) == Some(Role::Document))
        .min();
    match readme.and_then(|it| texts::readable(sources, it)) {
        Some(text) => purposes.with_readme(text.as_str()),
        None => purposes,
    }
}

impl<'a> Loader<'a> {
    fn new(sources: &'a dyn Sources, asked: Targets<'a>) -> Self {
        let mut listed: Vec<&SourcePath> = sources.list().iter().collect();
        listed.sort_unstable();
        let named: BTreeSet<&SourcePath> = asked.named.iter().collect();
        let targets: BTreeSet<&SourcePath> = asked.files.iter().chain(asked.named).collect();
        let mut charts = Charts::find(listed.iter().copied().chain(targets.iter().copied()));
        for path in &named {
            charts.add_unlisted(path, sources);
        }
        Self {
            sources,
            listed,
            targets,
            named,
            purposes: purposes(sources, asked),
            charts,
            loaded: BTreeMap::new(),
            unread: Vec::new(),
            left_out: Vec::new(),
            unread_context: 0,
            texts: BTreeSet::new(),
        }
    }

    /// Reads the targets, and the kustomizations of the whole repository: their patches decide what is part of what.
    fn read_targets(&mut self) {
        if self.targets.is_empty() {
            return;
        }
        let mut wanted: BTreeSet<&SourcePath> = BTreeSet::new();
        for &path in &self.targets {
            let is_template = self.charts.part(path) == Some(ChartPart::Template);
            if is_template && (is_yaml(path) || self.named.contains(path)) {
                self.left_out.push((LeftOut::ChartTemplate, path.clone()));
            } else if !is_template && (is_yaml(path) || self.named.contains(path)) {
                wanted.insert(path);
            }
        }
        let context = self.listed.iter().copied();
        wanted.extend(context.filter(|it| {
            is_kustomization(it) && self.charts.part(it) != Some(ChartPart::Template)
        }));
        self.read(wanted.into_iter().cloned().collect(), Mention::default());
    }

    /// Reads the manifests of the whole repository that are no targets, and the values of charts. What they lack or hide is none of the
    /// user's concern: they only resolve what targets refer to.
    fn read_context(&mut self) {
        if self.targets.is_empty() {
            return;
        }
        let is_context = |path: &&&SourcePath| {
            is_yaml(path)
                && !self.targets.contains(*path)
                && !self.loaded.contains_key(**path)
                && match self.charts.part(path) {
                    Some(ChartPart::Template) => false,
                    Some(ChartPart::File) => is_values(path),
                    None => true,
                }
                && !layout::is_workflow(path)
                && !layout::is_gitlab(path)
                && !layout::is_compose(path)
        };
        let wanted: Vec<SourcePath> = self
            .listed
            .iter()
            .filter(is_context)
            .map(|&it| it.clone())
            .collect();
        let mut budget = MAX_CONTEXT;
        let mut batches = wanted.chunks(CONTEXT_BATCH);
        for batch in batches.by_ref() {
            self.read(batch.to_vec(), Mention::default());
            for path in batch {
                let Some(file) = self.loaded.get(path) else {
                    continue;
                };
                budget = budget.saturating_sub(file.text.as_str().len());
                if file.role != Role::Manifest && !is_values(path) {
                    self.loaded.remove(path);
                }
            }
            if budget == 0 {
                break;
            }
        }
        self.unread_context = batches.map(<[_]>::len).sum();
    }

    /// Reads the files that kustomizations name, as far as that changes what they are: patches, and targets that were not understood.
    fn read_patches(&mut self) {
        let mut mentions: BTreeMap<SourcePath, Mention> = BTreeMap::new();
        for (path, file) in &self.loaded {
            if file.role != Role::Kustomization {
                continue;
            }
            let text = file.text.as_str();
            let roots = file.yaml.documents().iter();
            for root in roots.filter_map(|document| file.yaml.root(text, document)) {
                for patch in kustomization::patch_paths(root) {
                    if let Some(path) = path.join(&patch) {
                        mentions.entry(path).or_default().patch = true;
                    }
                }
                for resource in kustomization::resource_paths(root) {
                    if let Some(path) = path.join(&resource) {
                        mentions.entry(path).or_default().resource = true;
                    }
                }
            }
        }
        let mut patches = Vec::new();
        let mut misunderstood = Vec::new();
        for (path, mention) in mentions {
            match self.loaded.get(&path) {
                Some(file) if file.role == Role::Kustomization => {}
                // What is both is a resource: kustomize builds it as a whole object first.
                _ if mention.patch && !mention.resource => patches.push(path),
                Some(file) if mention.resource && file.left_out.is_some() => {
                    misunderstood.push(path);
                }
                _ => {}
            }
        }
        let patch = Mention {
            patch: true,
            resource: false,
        };
        let resource = Mention {
            patch: false,
            resource: true,
        };
        self.read(patches, patch);
        self.read(misunderstood, resource);
    }

    /// Reads the scripts, workflows, documents and charts' templates that may say what is applied and made elsewhere.
    fn read_texts(&mut self) {
        if self.targets.is_empty() {
            return;
        }
        let wanted: Vec<(&SourcePath, Role)> = self
            .listed
            .iter()
            .filter(|it| !self.loaded.contains_key(**it))
            .filter_map(|&path| match self.charts.part(path) {
                Some(ChartPart::Template) => is_yaml(path).then_some((path, Role::ChartTemplate)),
                _ => Some((path, texts::role(path)?)),
            })
            .collect();
        for (path, role, text) in texts::read(self.sources, &wanted) {
            let yaml = role.profile().map(|it| tree::parse(it, text.as_str()));
            let loaded = Loaded {
                yaml: yaml.unwrap_or_default(),
                text,
                role,
                left_out: None,
                template: false,
            };
            self.loaded.insert(path.clone(), loaded);
            if role != Role::Script || is_yaml(path) {
                self.texts.insert(path.clone());
            }
        }
        self.read_sourced();
    }

    /// Reads what the scripts among them source.
    fn read_sourced(&mut self) {
        let scripts = self
            .loaded
            .iter()
            .filter(|(_, it)| matches!(it.role, Role::Script | Role::Workflow | Role::Action));
        let named = scripts.flat_map(|(path, it)| sourced::places(path, it.text.as_str()));
        let named: BTreeSet<SourcePath> = named.collect();
        let is_new = |it: &&SourcePath| {
            !self.loaded.contains_key(*it) && self.listed.binary_search(it).is_ok()
        };
        let wanted: Vec<&SourcePath> = named.iter().filter(is_new).take(sourced::MOST).collect();
        for path in wanted {
            let text = readable(self.sources, path);
            let Some(text) = text.filter(|it| it.as_str().len() <= sourced::MAX_SIZE) else {
                continue;
            };
            let loaded = Loaded {
                text,
                role: Role::Script,
                left_out: None,
                template: false,
                yaml: Yaml::default(),
            };
            self.loaded.insert(path.clone(), loaded);
            self.texts.insert(path.clone());
        }
    }

    /// Tells which of the files that were named one by one are the source of programs.
    fn understand_named_sources(&mut self) {
        for (path, loaded) in &mut self.loaded {
            let is_source = path.extension().and_then(Language::of_extension).is_some();
            let is_text = loaded.left_out == Some(LeftOut::NoManifest);
            if loaded.role == Role::Other && is_source && is_text {
                loaded.role = Role::Source;
                loaded.left_out = None;
            }
        }
    }

    /// Reads, parses and classifies in parallel.
    fn read(&mut self, paths: Vec<SourcePath>, mention: Mention) {
        let read: Vec<Result<Loaded, ReadError>> = paths
            .par_iter()
            .map(|path| {
                let text = self.sources.read(path)?;
                let size = text.as_str().len();
                if u32::try_from(size).is_err() {
                    return Err(ReadError::TooLarge(size as u64));
                }
                Ok(self.understand(path, text, mention))
            })
            .collect();
        for (path, read) in paths.into_iter().zip(read) {
            match read {
                Ok(file) => {
                    self.loaded.insert(path, file);
                }
                Err(error) if self.targets.contains(&path) => self.unread.push((path, error)),
                // A patch that cannot be read is the plan's concern.
                Err(_) => {}
            }
        }
    }

    /// Parses a file and tells what it is for.
    fn understand(&self, path: &SourcePath, text: Arc<SourceText>, mention: Mention) -> Loaded {
        let named = self.named.contains(path) || mention.resource;
        let as_is = |role, left_out, text| Loaded {
            text,
            role,
            left_out,
            template: false,
            yaml: Yaml::default(),
        };
        if text.encoding() == Encoding::Binary {
            return as_is(Role::Other, Some(LeftOut::Binary), text);
        }
        let is_patch = mention.patch;
        if let Some(role) = self.role_of_path(path).filter(|_| !is_patch) {
            let profile = role.profile().unwrap_or(Profile::Kubectl);
            let yaml = tree::parse(profile, text.as_str());
            let flux = role == Role::Kustomization && holds_manifest(&yaml, text.as_str());
            return Loaded {
                text,
                role: if flux { Role::Manifest } else { role },
                left_out: None,
                template: false,
                yaml,
            };
        }
        let is_named = self.named.contains(path);
        let other = if is_yaml(path) {
            Role::OtherYaml
        } else {
            Role::Other
        };
        if !is_patch && !content::can_be_manifest(text.as_str()) {
            return as_is(other, is_named.then_some(LeftOut::NoManifest), text);
        }
        let yaml = tree::parse(Profile::Kubectl, text.as_str());
        let (role, left_out) = if is_patch {
            (Role::Patch, None)
        } else {
            classify(&yaml, text.as_str(), named)
        };
        let template = matches!(role, Role::Manifest | Role::Patch)
            && !is_named
            && is_broken(&yaml)
            && content::is_template(text.as_str());
        let is_other = role == Role::OtherYaml;
        Loaded {
            left_out: left_out.or((is_other && is_named).then_some(LeftOut::NoManifest)),
            role: if is_other { other } else { role },
            template,
            text,
            yaml,
        }
    }

    /// The role that a path alone gives.
    fn role_of_path(&self, path: &SourcePath) -> Option<Role> {
        if is_kustomization(path) {
            Some(Role::Kustomization)
        } else if self.charts.part(path) == Some(ChartPart::File) {
            Some(Role::ChartFile)
        } else if layout::is_workflow(path) {
            Some(Role::Workflow)
        } else if layout::is_gitlab(path) {
            Some(Role::GitLab)
        } else if layout::is_compose(path) {
            Some(Role::Compose)
        } else {
            None
        }
    }

    fn finish(mut self, rendered: Vec<Rendered>, needs: Needs) -> Files {
        let substitutions = if needs.substitutions {
            self.substitutions()
        } else {
            Substitutions::default()
        };
        let exposing = self.exposing();
        let dot_envs = self.dot_envs();
        let mut files = Files {
            substitutions,
            dot_envs,
            unread: self.unread,
            unread_context: self.unread_context,
            ..Files::default()
        };
        for (path, loaded) in self.loaded {
            let target = self.targets.contains(&path) && !self.texts.contains(&path);
            if let Some(reason) = loaded.left_out.filter(|_| target) {
                self.left_out.push((reason, path.clone()));
            }
            files.files.push(File {
                source: files.sources.add_file(path.clone(), loaded.text),
                purpose: self.purposes.of(&path),
                path,
                role: loaded.role,
                target,
                template: loaded.template,
                yaml: loaded.yaml,
            });
        }
        if needs.ports {
            files.numbers = Numbers::read(self.sources, &self.listed, &exposing);
        }
        if needs.images {
            files.build_files = BuildFiles::read(self.sources, &self.listed);
        }
        if needs.paths {
            files.missing_paths = named::missing(&files, self.sources, &self.listed);
        }
        for text in rendered {
            files.add_rendered(text);
        }
        self.left_out.sort();
        files.left_out = self.left_out;
        files.unread.sort_by(|a, b| a.0.cmp(&b.0));
        files
    }

    /// The folders of the Dockerfiles that say which ports they expose.
    fn exposing(&self) -> BTreeSet<String> {
        let exposes = |text: &str| {
            let words = [&b"EXPOSE"[..], b"expose"];
            words
                .iter()
                .any(|it| memmem::find(text.as_bytes(), it).is_some())
        };
        let dockerfiles = self.loaded.iter();
        let dockerfiles = dockerfiles.filter(|(_, it)| it.role == Role::Dockerfile);
        let exposing = dockerfiles.filter(|(_, it)| exposes(it.text.as_str()));
        exposing.map(|(path, _)| path.parent().to_owned()).collect()
    }

    fn substitutions(&self) -> Substitutions {
        // What the manifests of the context hold is not asked: they may do the replacing themselves.
        let manifests = self
            .loaded
            .iter()
            .filter(|(path, it)| it.role == Role::Manifest && self.targets.contains(path));
        let manifests: BTreeMap<&SourcePath, &Loaded> = manifests.collect();
        let tokens = manifests
            .par_iter()
            .map(|(_, it)| substitutions::tokens(&it.yaml, it.text.as_str()))
            .reduce(BTreeSet::new, |mut all, mut some| {
                all.append(&mut some);
                all
            });
        let is_other = |path: &&SourcePath| {
            let is_patch = self
                .loaded
                .get(*path)
                .is_some_and(|it| it.role == Role::Patch);
            !(is_patch || manifests.contains_key(path)) || layout::is_kustomization(path)
        };
        let mut paths: Vec<&SourcePath> = self.listed.iter().copied().filter(is_other).collect();
        // Targets may be the only place where Flux is told to replace what other targets hold.
        let flux = |it: &Loaded| memmem::find(it.text.as_str().as_bytes(), b"postBuild").is_some();
        paths.extend(
            manifests
                .iter()
                .filter(|(_, it)| flux(it))
                .map(|(path, _)| *path),
        );
        paths.sort_unstable();
        paths.dedup();
        substitutions::search(self.sources, &paths, &tokens)
    }
}

impl Files {
    /// Adds a rendered text: it is parsed and classified like a file, by its content alone.
    fn add_rendered(&mut self, rendered: Rendered) {
        let path = rendered.path.clone();
        let yaml = tree::parse(Profile::Kubectl, rendered.text.as_str());
        let (role, _) = classify(&yaml, rendered.text.as_str(), true);
        let source = self.sources.add_rendered(rendered);
        self.files.push(File {
            source,
            purpose: Purpose::Deployed,
            path,
            role,
            target: true,
            template: false,
            yaml,
        });
    }
}

/// What a text is for that may hold manifests. `named` ones are manifests even if they do not parse.
fn classify(yaml: &Yaml, text: &str, named: bool) -> (Role, Option<LeftOut>) {
    let broken = is_broken(yaml);
    if broken && !named && content::is_template(text) {
        let stated = holds_manifest(yaml, text) || content::states_manifest(text);
        let reason = if stated {
            LeftOut::Template
        } else {
            LeftOut::Unreadable
        };
        return (Role::OtherYaml, Some(reason));
    }
    if holds_manifest(yaml, text) || (broken && (named || content::states_manifest(text))) {
        return (Role::Manifest, None);
    }
    (Role::OtherYaml, broken.then_some(LeftOut::Unreadable))
}

/// Whether some document does not parse, or is refused.
fn is_broken(yaml: &Yaml) -> bool {
    yaml.documents().iter().any(|it| it.broken)
}

/// Whether some document is a manifest.
fn holds_manifest(yaml: &Yaml, text: &str) -> bool {
    let mut roots = yaml
        .documents()
        .iter()
        .filter_map(|document| yaml.root(text, document));
    roots.any(|root| Gvk::of(root).is_some_and(|gvk| gvk.is_applied()))
}
