//! What `kubelint init` sees of a repository, and the configuration that it proposes.

mod text;
pub(crate) mod versions;

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{Entry, RuleId};
use kubelint_model::link::{Missing, Outcome};
use kubelint_model::plan::Plan;
use kubelint_model::{DeploymentGraph, ImageRef};
use kubelint_parser::Span;
use kubelint_parser::source::{SourceMap, SourcePath, Sources};

pub(crate) use text::configuration;
use versions::{Choice, Hint};

/// What is seen of a repository.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Whether nothing but the configuration can mark the root.
    pub(crate) needs_root: bool,
    /// What speaks of the cluster's version, sorted by place.
    pub(crate) hints: Vec<Hint>,
    /// What follows from it.
    pub(crate) version: Choice,
    /// The folders of root kustomizations, sorted.
    pub(crate) builds: Vec<String>,
    /// The folders of charts, without those in other charts; sorted.
    pub(crate) charts: Vec<String>,
    /// The registries of images that workloads run, with how many images come from each.
    pub(crate) registries: BTreeMap<String, usize>,
    /// What is referred to and made by nothing here; sorted by kind and name.
    pub(crate) absent: Vec<Absent>,
}

/// An object that something refers to and nothing in the repository makes.
#[derive(Clone, Debug)]
pub(crate) struct Absent {
    /// As the configuration writes it: `Secret/app-credentials`.
    pub(crate) name: String,
    /// Where the first reference is.
    pub(crate) path: SourcePath,
    /// The line of it, counted from 1.
    pub(crate) line: u32,
    /// The rule that reports it.
    pub(crate) reported_by: Option<RuleId>,
    span: Span,
}

impl Seen {
    /// Looks at everything but findings: they come with [`Self::mark_reported`].
    pub(crate) fn new(graph: &DeploymentGraph, sources: &dyn Sources, needs_root: bool) -> Self {
        let hints = versions::hints(sources);
        Self {
            needs_root,
            version: versions::choose(&hints),
            hints,
            builds: builds(graph, &graph.plan),
            charts: charts(sources),
            registries: registries(graph),
            absent: absent(graph),
        }
    }

    /// Notes which of what is absent the run reports: that is more likely a mistake than something made elsewhere.
    pub(crate) fn mark_reported(&mut self, entries: &[Entry]) {
        let reported: BTreeMap<Span, &RuleId> = entries
            .iter()
            .filter(|it| it.counts())
            .map(|it| (it.primary.place.span, &it.rule))
            .collect();
        for absent in &mut self.absent {
            absent.reported_by = reported.get(&absent.span).map(|it| (*it).clone());
        }
    }
}

/// The folder that holds `path`, as a path from the root; the root itself is `.`.
fn folder(path: &SourcePath) -> String {
    match path.parent() {
        "" => ".".to_owned(),
        parent => parent.to_owned(),
    }
}

fn builds(graph: &DeploymentGraph, plan: &Plan) -> Vec<String> {
    let folders: BTreeSet<String> = plan
        .builds
        .iter()
        .map(|it| folder(&graph.file(it.file).path))
        .collect();
    folders.into_iter().collect()
}

fn charts(sources: &dyn Sources) -> Vec<String> {
    let charts = sources.list().iter();
    let charts: BTreeSet<String> = charts
        .filter(|it| it.file_name() == "Chart.yaml")
        .map(folder)
        .collect();
    let is_inside = |it: &&String| {
        let mut outer = it.match_indices("/charts/").map(|(at, _)| &it[..at]);
        outer.any(|outer| charts.contains(outer))
    };
    let outermost = charts.iter().filter(|it| !is_inside(it));
    outermost.cloned().collect()
}

fn registries(graph: &DeploymentGraph) -> BTreeMap<String, usize> {
    let images: BTreeSet<&str> = graph
        .image_links
        .links
        .iter()
        .map(|it| it.image.as_str())
        .collect();
    let mut registries = BTreeMap::new();
    for image in images.into_iter().filter_map(ImageRef::parse) {
        *registries.entry(image.host().to_owned()).or_default() += 1;
    }
    registries
}

fn absent(graph: &DeploymentGraph) -> Vec<Absent> {
    let mut found: BTreeMap<String, Absent> = BTreeMap::new();
    for link in &graph.links.references {
        let Outcome::Missing(missing) = &link.outcome else {
            continue;
        };
        let (kind, name) = (&link.target.kind, &link.target.name);
        if link.is_optional || is_elsewhere(missing) || !is_plain(kind) || !is_plain(name) {
            continue;
        }
        let resource = graph.resource(link.from);
        if !graph.file(resource.file).target {
            continue;
        }
        let range = graph.node(resource.file, link.node).range();
        let name = format!("{kind}/{name}");
        if !found.contains_key(&name) {
            let span = graph.span(resource.file, range);
            let place = place(&graph.sources, span);
            found.insert(
                name.clone(),
                Absent {
                    name,
                    path: place.0,
                    line: place.1,
                    reported_by: None,
                    span,
                },
            );
        }
    }
    found.into_values().collect()
}

fn place(sources: &SourceMap, span: Span) -> (SourcePath, u32) {
    let source = sources.get(span.source);
    let line = source.line_column(span.range.start).line;
    (source.path().clone(), line)
}

/// Whether some file states it, or something of nearly that name.
fn is_elsewhere(missing: &Missing) -> bool {
    let known = [
        &missing.near,
        &missing.other_namespace,
        &missing.in_some_builds,
        &missing.elsewhere,
    ];
    known.into_iter().any(|it| !it.is_empty())
}

/// Whether a word is a text in YAML wherever it stands, without quotes: names of objects are, and others cannot exist.
fn is_plain(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.ends_with(|c: char| c.is_ascii_alphanumeric())
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':'))
}
