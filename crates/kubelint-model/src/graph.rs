//! The deployment graph: everything that was read, linked. Rules see nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kubelint_parser::source::{ReadError, Rendered, SourceMap, SourcePath, SourceText, Sources};
use kubelint_parser::yaml::{Node, NodeId, Yaml};
use kubelint_parser::{SourceId, Span, TextRange};
use rayon::prelude::*;

use crate::commands::Commands;
use crate::compose::Compose;
use crate::dockerfile::{BuildFiles, Dockerfile};
use crate::extract::{Facts, redact};
use crate::image_link::ImageLinks;
use crate::link::{Link, Links, Selection, find_in_source};
use crate::load::{Files, Numbers, Substitutions, purposes};
use crate::named::{MissingPath, ScriptPath};
use crate::path::{self, Located};
use crate::plan::Plan;
use crate::program::{self, Programs};
use crate::pulled::{self, ImageSources, LockFile, PulledImages};
use crate::purpose::{Purpose, Purposes};
use crate::reference::{Picks, Relation};
use crate::view::{Container, Ingress, PodTemplate, Service, Shape, Workload};
use crate::workflow::Workflows;
use crate::{File, FileId, Known, KubeNode, LeftOut, Resource, ResourceId, Role, Targets};

/// What the selected rules need to see; nothing else is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each need stands for itself")]
pub struct Needs {
    /// Whether some rule asks what the repository's tools substitute in manifests (envsubst, sed, helm …).
    pub substitutions: bool,
    /// Whether some rule asks where references lead: then the manifests of the whole repository are read, and its scripts and documents.
    pub links: bool,
    /// Whether some rule asks which of the paths that kustomizations, skaffold, compose and charts name are not there.
    pub paths: bool,
    /// Whether some rule asks what images are built from: then the Dockerfiles of the repository are read, and what builds images;
    /// and if one of them is a target, the manifests of the whole repository.
    pub images: bool,
    /// Whether some rule asks which ports the sources of images speak of: then the files beside Dockerfiles are read that set programs up.
    pub ports: bool,
    /// Whether some rule asks what workflows do: then the actions and workflows of the repository are read that the targets use.
    pub workflows: bool,
    /// Whether some rule asks what programs do: then the source files are read that images are made of and that they start with.
    pub programs: bool,
    /// Whether some rule asks what registries say of images.
    pub registry: bool,
}

/// Everything that was read. Frozen: rules cannot change it.
#[derive(Debug, Default)]
pub struct DeploymentGraph {
    /// The sources, for texts and places.
    pub sources: SourceMap,
    /// The loaded files, sorted by path; rendered texts after the real files.
    pub files: Vec<File>,
    /// The resources, in the order of files, documents and list items.
    pub resources: Vec<Resource>,
    /// Targets that could not be read.
    pub unread: Vec<(SourcePath, ReadError)>,
    /// Targets that were not checked, and why; sorted.
    pub left_out: Vec<(LeftOut, SourcePath)>,
    /// What is rendered and applied together.
    pub plan: Plan,
    /// What scripts and documents apply and create; empty unless [`Needs::links`] asked for it.
    pub commands: Commands,
    /// What compose files say of services; empty unless [`Needs::links`] or [`Needs::images`] asked for it.
    pub compose: Compose,
    /// The pipelines; empty unless [`Needs::links`] or [`Needs::workflows`] asked for them.
    pub workflows: Workflows,
    /// What the Dockerfiles say; empty unless [`Needs::images`] asked for it.
    pub dockerfiles: BTreeMap<FileId, Dockerfile>,
    /// What builds may take into images; empty unless [`Needs::images`] asked for it.
    pub build_files: BuildFiles,
    /// The numbers that programs may listen on; empty unless [`Needs::ports`] asked for them.
    pub numbers: Numbers,
    /// Where references and selectors lead; empty unless [`Needs::links`] asked for it.
    pub links: Links,
    /// What the images of containers are built from; empty unless [`Needs::images`] asked for it.
    pub image_links: ImageLinks,
    /// What the images of containers start; empty unless [`Needs::programs`] asked for it.
    pub programs: Programs,
    /// What registries say of the images that are pulled; empty unless [`Needs::registry`] asked for it, and there was somebody to ask.
    pub registry: PulledImages,
    /// What the repository's tools replace in manifests; empty unless [`Needs::substitutions`] asked for it.
    pub substitutions: Substitutions,
    /// What the targets name and is not there; empty unless [`Needs::paths`] asked for it.
    pub missing_paths: Vec<MissingPath>,
    /// What the target scripts name and is not there; empty unless [`Needs::paths`] and [`Needs::links`] asked for it.
    pub missing_script_paths: Vec<ScriptPath>,
    /// The whole resources of each kind, by kind and group.
    by_kind: BTreeMap<String, BTreeMap<String, Vec<ResourceId>>>,
    /// The file of each source.
    by_source: BTreeMap<SourceId, FileId>,
    /// The whole resources that make pods, in order: nearly every rule asks for them.
    by_workload: Vec<(ResourceId, Shape)>,
}

/// Links the facts. The one barrier: everything before runs file by file, everything after sees the frozen graph.
pub fn link(
    files: Files,
    facts: Facts,
    plan: Plan,
    known: &Known,
    needs: Needs,
) -> DeploymentGraph {
    let Files {
        mut sources,
        files,
        unread,
        left_out,
        substitutions,
        missing_paths,
        build_files,
        numbers,
        dot_envs: _,
        unread_context: _,
    } = files;
    for span in facts.redactions {
        sources.redact(span);
    }
    let mut by_kind: BTreeMap<String, BTreeMap<String, Vec<ResourceId>>> = BTreeMap::new();
    for resource in facts.resources.iter().filter(|it| it.is_whole()) {
        if !by_kind.contains_key(&resource.gvk.kind) {
            by_kind.insert(resource.gvk.kind.clone(), BTreeMap::new());
        }
        if let Some(groups) = by_kind.get_mut(&resource.gvk.kind) {
            let group = groups.entry(resource.gvk.group.clone()).or_default();
            group.push(resource.id);
        }
    }
    let ids = (0..).map(FileId);
    let by_source = files.iter().map(|it| it.source).zip(ids).collect();
    let mut graph = DeploymentGraph {
        sources,
        commands: facts.commands,
        compose: facts.compose,
        workflows: facts.workflows,
        dockerfiles: facts.dockerfiles,
        build_files,
        numbers,
        links: Links::default(),
        image_links: ImageLinks::default(),
        programs: Programs::default(),
        registry: PulledImages::default(),
        files,
        resources: facts.resources,
        unread,
        left_out,
        plan,
        substitutions,
        missing_paths,
        missing_script_paths: facts.missing_paths,
        by_kind,
        by_source,
        by_workload: Vec::new(),
    };
    graph.by_workload = graph.find_workloads();
    if needs.links {
        graph.links = Links::new(&graph, known);
    }
    graph
}

/// Ties the images of containers to what they are built from, if `needs` asks for it: the end of the barrier.
pub fn tie_images(
    mut graph: DeploymentGraph,
    sources: &dyn Sources,
    known: &Known,
    needs: Needs,
) -> DeploymentGraph {
    if needs.images {
        graph.image_links = ImageLinks::new(&graph, known, sources);
    }
    graph
}

/// Reads the programs that the images of containers start, if `needs` asks for it, and adds their source files to the graph.
pub fn read_programs(
    mut graph: DeploymentGraph,
    sources: &dyn Sources,
    targets: Targets<'_>,
    known: &Known,
    needs: Needs,
) -> DeploymentGraph {
    if needs.programs {
        let (programs, files) = program::read(&graph, sources);
        let purposes = purposes(sources, targets);
        let asked: BTreeSet<&SourcePath> = targets.files.iter().chain(targets.named).collect();
        for (path, text) in files {
            graph.add_source(path, text, &asked, &purposes);
        }
        graph.programs = programs;
        if needs.links {
            graph.programs.destinations = find_in_source(&graph, known);
        }
    }
    graph
}

/// Looks up the images that the targets pull, if `needs` asks for it and there is somebody to ask. The lock file becomes a file of the graph, so
/// that its entries can be shown.
pub fn look_up(
    mut graph: DeploymentGraph,
    images: ImageSources<'_>,
    needs: Needs,
) -> DeploymentGraph {
    if needs.registry && (images.lock.is_some() || images.registry.is_some()) {
        let lock = images.lock.map(|it| graph.add_lock(it));
        graph.registry = pulled::pulled(&graph, images, lock);
    }
    graph
}

impl DeploymentGraph {
    /// Everything from the sources to the graph, for whoever asks for nothing else and has no clock.
    pub fn read(
        sources: &dyn Sources,
        targets: Targets<'_>,
        rendered: Vec<Rendered>,
        known: &Known,
        needs: Needs,
    ) -> Self {
        let files = crate::load(sources, targets, rendered, needs);
        let mut facts = crate::extract(&files);
        facts.look_for_paths(&files, sources, needs);
        let plan = crate::plan(&files, &facts);
        let graph = link(files, facts, plan, known, needs);
        let graph = tie_images(graph, sources, known, needs);
        read_programs(graph, sources, targets, known, needs)
    }

    /// Adds a source file behind all that is there.
    fn add_source(
        &mut self,
        path: SourcePath,
        text: Arc<SourceText>,
        targets: &BTreeSet<&SourcePath>,
        purposes: &Purposes<'_>,
    ) {
        let source = self.sources.add_file(path.clone(), text);
        let file = File {
            source,
            role: Role::Source,
            purpose: purposes.of(&path),
            target: targets.contains(&path),
            template: false,
            yaml: Yaml::default(),
            path,
        };
        let text = self.sources.get(source).text();
        let assigned = redact::given_in_source(text);
        for range in redact::ranges(&file, text).into_iter().chain(assigned) {
            self.sources.redact(Span::new(source, range));
        }
        self.by_source
            .insert(source, FileId(self.files.len() as u32));
        self.files.push(file);
    }

    /// Adds the lock file behind all that is there, unless it is there already.
    fn add_lock(&mut self, lock: &LockFile) -> FileId {
        let known = self.sources.find(&lock.path);
        if let Some(file) = known.and_then(|it| self.file_of(it)) {
            return file;
        }
        let source = self
            .sources
            .add_file(lock.path.clone(), Arc::clone(&lock.text));
        let id = FileId(self.files.len() as u32);
        self.by_source.insert(source, id);
        self.files.push(File {
            source,
            path: lock.path.clone(),
            role: Role::OtherYaml,
            purpose: Purpose::Deployed,
            target: false,
            template: false,
            yaml: Yaml::default(),
        });
        id
    }

    /// The file `id`.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// The resource `id`.
    pub fn resource(&self, id: ResourceId) -> &Resource {
        &self.resources[id.0 as usize]
    }

    /// The node `id` of `file`.
    pub fn node(&self, file: FileId, id: NodeId) -> Node<'_> {
        let file = self.file(file);
        file.yaml.node(self.sources.get(file.source).text(), id)
    }

    /// A resource's mapping.
    pub fn root(&self, resource: &Resource) -> Node<'_> {
        self.node(resource.file, resource.node)
    }

    /// A range of `file` as a place.
    pub fn span(&self, file: FileId, range: TextRange) -> Span {
        Span::new(self.file(file).source, range)
    }

    /// The place of a node, or part of one, that belongs to `resource`.
    pub fn span_in(&self, resource: &Resource, range: TextRange) -> Span {
        self.span(resource.file, range)
    }

    /// The file of a source.
    pub fn file_of(&self, source: SourceId) -> Option<FileId> {
        self.by_source.get(&source).copied()
    }

    /// What `file` states, in order: partial and generated ones too.
    pub fn resources_in(&self, file: FileId) -> &[Resource] {
        let start = self.resources.partition_point(|it| it.file < file);
        let end = self.resources.partition_point(|it| it.file <= file);
        &self.resources[start..end]
    }

    /// The whole resources of a kind, in order: of `group`, or of any group if it is `None`. Partial and generated ones are left out.
    pub fn resources_of(&self, group: Option<&str>, kind: &str) -> impl Iterator<Item = &Resource> {
        let groups = self.by_kind.get(kind).into_iter().flatten();
        let mut ids: Vec<ResourceId> = groups
            .filter(|(it, _)| group.is_none_or(|group| group == it.as_str()))
            .flat_map(|(_, ids)| ids.iter().copied())
            .collect();
        ids.sort_unstable();
        ids.into_iter().map(|id| self.resource(id))
    }

    /// Every whole resource that makes pods, in order.
    pub fn workloads(&self) -> impl Iterator<Item = Workload<'_>> {
        self.by_workload.iter().map(|&(id, shape)| {
            let resource = self.resource(id);
            Workload::shaped(resource, self.root(resource), shape)
        })
    }

    fn find_workloads(&self) -> Vec<(ResourceId, Shape)> {
        let whole = self.resources.par_iter().filter(|it| it.is_whole());
        let workloads = whole.filter_map(|it| Workload::of(it, self.root(it)));
        workloads.map(|it| (it.resource.id, it.shape())).collect()
    }

    /// The containers of all workloads that are deployed, each with its workload.
    pub fn containers(&self) -> impl Iterator<Item = (Workload<'_>, Container<'_>)> {
        self.workloads().flat_map(|workload| {
            let templates = workload.templates();
            let containers: Vec<_> = templates.iter().flat_map(PodTemplate::containers).collect();
            containers
                .into_iter()
                .map(move |container| (workload, container))
        })
    }

    /// The workload that `resource` is, if it makes pods.
    pub fn workload<'a>(&'a self, resource: &'a Resource) -> Option<Workload<'a>> {
        if !resource.is_whole() {
            return Workload::of(resource, self.root(resource));
        }
        let at = self
            .by_workload
            .binary_search_by_key(&resource.id, |it| it.0);
        let (_, shape) = self.by_workload[at.ok()?];
        Some(Workload::shaped(resource, self.root(resource), shape))
    }

    /// Every whole Service of the core group, in order.
    pub fn services(&self) -> impl Iterator<Item = Service<'_>> {
        self.resources_of(Some(""), "Service")
            .map(|resource| Service {
                resource,
                root: self.root(resource),
            })
    }

    /// Every whole Ingress, in order: also those of `extensions`.
    pub fn ingresses(&self) -> impl Iterator<Item = Ingress<'_>> {
        let all = self.resources_of(None, "Ingress");
        let built_in = all.filter(|it| it.gvk.is_built_in());
        built_in.map(|resource| Ingress {
            resource,
            root: self.root(resource),
        })
    }

    /// The labels of a resource: a mapping.
    pub fn labels(&self, resource: &Resource) -> Option<Node<'_>> {
        self.root(resource).at(&["metadata", "labels"])
    }

    /// The annotations of a resource: a mapping.
    pub fn annotations(&self, resource: &Resource) -> Option<Node<'_>> {
        self.root(resource).at(&["metadata", "annotations"])
    }

    /// The field `path` of a resource: its value, or for one that is absent the nearest present ancestor's place.
    pub fn locate(&self, resource: &Resource, path: &str) -> Located<'_> {
        path::locate(self.root(resource), path)
    }

    /// The innermost resource that holds `span`. What generates one is none.
    pub fn resource_at(&self, span: Span) -> Option<&Resource> {
        let file = self.file_of(span.source)?;
        let of_file = self.resources_in(file);
        let after = of_file.partition_point(|it| self.root(it).range().start <= span.range.start);
        let mut candidate = of_file.get(after.checked_sub(1)?)?;
        loop {
            if self.root(candidate).range().contains(span.range) {
                return Some(candidate).filter(|it| !it.generated);
            }
            candidate = self.resource(candidate.template?);
        }
    }

    /// The path within `resource` of the innermost field that holds `range`: `spec.template.spec.containers[app].image`. Empty for the
    /// resource itself.
    pub fn path_at(&self, resource: &Resource, range: TextRange) -> String {
        path::path_at(self.root(resource), range)
    }

    /// Where the references of `resource` lead, in the order of their text.
    pub fn links_from(&self, resource: ResourceId) -> &[Link] {
        self.links.of(resource)
    }

    /// All references of one kind, in the order of resources and of their text.
    pub fn references(&self, relation: Relation) -> impl Iterator<Item = &Link> {
        let all = self.links.references.iter();
        all.filter(move |it| it.relation == relation)
    }

    /// The references that lead to `resource`, alone or among others that are equally near, in order.
    pub fn incoming(&self, resource: ResourceId) -> impl Iterator<Item = &Link> {
        let numbers = self.links.incoming(resource).iter();
        numbers.filter_map(|it| self.links.references.get(*it as usize))
    }

    /// What the Service `service` selects; `None` if it has no selector.
    pub fn selection_of(&self, service: ResourceId) -> Option<&Selection> {
        let mut selections = self.links.selections_of(service).iter();
        selections.find(|it| it.picks == Picks::Service)
    }

    /// Whether something that is not applied yet may still change the field `path` of `resource`, or add it: patches and transformers of
    /// the kustomizations that take it in.
    pub fn may_change(&self, resource: &Resource, path: &str) -> bool {
        self.plan.may_change(resource, path)
    }

    /// The file that replaces a placeholder with this token, as far as a search can tell.
    pub fn substituted(
        &self,
        placeholder: &crate::placeholder::Placeholder<'_>,
    ) -> Option<&SourcePath> {
        self.substitutions.by(placeholder.token, placeholder.form)
    }

    /// Whether `span` holds a byte that must not be shown.
    pub fn is_redacted(&self, span: Span) -> bool {
        let redacted = self.sources.get(span.source).redacted();
        let first = redacted.partition_point(|it| it.end <= span.range.start);
        redacted
            .get(first)
            .is_some_and(|it| it.overlaps(span.range))
    }
}
