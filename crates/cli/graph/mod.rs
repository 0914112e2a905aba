//! The deployment graph as `kubelint graph` prints it: what is shown of it, and the formats.
//!
//! A format is one file with one function. All write the parts of [`wire`] and [`groups`] one by one, so that a large graph is never held as text.

mod diagram;
mod groups;
mod images;
mod json;
mod programs;
mod resource_name;
mod schema;
mod text;
mod wire;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write};

use kubelint_model::link::{Link, Outcome, Selection};
use kubelint_model::program::Environments;
use kubelint_model::{DeploymentGraph, FileId, Resource, ResourceId};

use crate::args::GraphFormat;
use crate::report::Paths;

pub(crate) use resource_name::ResourceName;
pub(crate) use schema::graph_schema;

/// A part of the deployment graph.
pub(crate) struct View<'a> {
    graph: &'a DeploymentGraph,
    paths: &'a Paths,
    /// The resources that were asked for.
    focus: BTreeSet<ResourceId>,
    /// The files that hold those.
    focus_files: BTreeSet<FileId>,
    /// Those, what they are linked with, and what those links speak of.
    shown: BTreeSet<ResourceId>,
    /// Whether the builds and apply sets are shown that hold nothing in focus.
    is_whole: bool,
    /// The environments of containers, for the ports that programs listen on.
    environments: RefCell<Environments<'a>>,
}

impl<'a> View<'a> {
    /// The resources for which `asked` holds, and what they are linked with, either way.
    pub(crate) fn new(
        graph: &'a DeploymentGraph,
        paths: &'a Paths,
        asked: impl Fn(&Resource) -> bool,
    ) -> Self {
        let whole = || graph.resources.iter().filter(|it| !it.partial);
        let focus: BTreeSet<ResourceId> = whole().filter(|it| asked(it)).map(|it| it.id).collect();
        let mut shown = focus.clone();
        let mut join = |from: ResourceId, to: &[ResourceId], hints: &[&[ResourceId]]| {
            if focus.contains(&from) || to.iter().any(|it| focus.contains(it)) {
                shown.insert(from);
                // Whatever a link that is shown speaks of, so that no number leads nowhere.
                shown.extend(hints.iter().copied().chain([to]).flatten());
            }
        };
        for link in &graph.links.references {
            join(link.from, candidates(link), &hints(link));
        }
        for selection in &graph.links.selections {
            let hints = [selection.elsewhere.as_slice()];
            join(selection.from, &picked(selection), &hints);
        }
        let is_whole = whole().count() == focus.len();
        let file = |it: &ResourceId| graph.resource(*it).file;
        Self {
            graph,
            paths,
            focus_files: focus.iter().map(file).collect(),
            focus,
            shown,
            is_whole,
            environments: RefCell::new(Environments::new(graph)),
        }
    }

    /// Whether nothing was asked for that is there.
    pub(crate) fn is_empty(&self) -> bool {
        self.focus.is_empty()
    }

    /// Writes it.
    ///
    /// # Errors
    /// Those of `out`, a closed pipe included.
    pub(crate) fn write(&self, format: GraphFormat, out: &mut dyn Write) -> io::Result<()> {
        match format {
            GraphFormat::Text => text::write(self, out),
            GraphFormat::Json => json::write(self, out),
            GraphFormat::Mermaid => diagram::mermaid(self, out),
            GraphFormat::Dot => diagram::dot(self, out),
        }
    }

    /// Whether a link is shown: one of its ends is in focus.
    fn shows(&self, from: ResourceId, to: &[ResourceId]) -> bool {
        self.focus.contains(&from) || to.iter().any(|it| self.focus.contains(it))
    }

    /// The references of a resource that are shown.
    fn references(&self, from: ResourceId) -> impl Iterator<Item = &'a Link> {
        let all = self.graph.links.of(from).iter();
        all.filter(move |it| self.shows(from, candidates(it)))
    }

    /// The selections of a resource that are shown.
    fn selections(&self, from: ResourceId) -> impl Iterator<Item = &'a Selection> {
        let all = self.graph.links.selections_of(from).iter();
        all.filter(move |it| self.shows(from, &picked(it)))
    }
}

fn candidates(link: &Link) -> &[ResourceId] {
    match &link.outcome {
        Outcome::Resolved { candidates, .. } => candidates,
        _ => &[],
    }
}

/// What is said of a link that leads nowhere.
fn hints(link: &Link) -> [&[ResourceId]; 4] {
    match &link.outcome {
        Outcome::Missing(it) => [
            &it.near,
            &it.other_namespace,
            &it.in_some_builds,
            &it.elsewhere,
        ],
        _ => Default::default(),
    }
}

fn picked(selection: &Selection) -> Vec<ResourceId> {
    let mut picked: Vec<ResourceId> = selection.picked.iter().map(|it| it.0).collect();
    picked.dedup();
    picked
}
