//! From trees to facts: the resources that each document states, and what of its text must not be shown.

mod generated;
pub(crate) mod names;
mod partial;
pub(crate) mod redact;
pub(crate) mod shapes;

use std::collections::BTreeMap;

use kubelint_parser::source::Sources;
use kubelint_parser::yaml::{Kind, Node};
use kubelint_parser::{Span, TextRange};
pub(crate) use names::words;
use rayon::prelude::*;

use crate::commands::{Commands, commands};
use crate::compose::{self, Compose};
use crate::dockerfile::Dockerfile;
use crate::load::Files;
use crate::named::{ScriptPath, script};
use crate::node::KubeNode;
use crate::workflow::{Workflows, workflows};
use crate::{File, FileId, Gvk, Needs, Resource, ResourceId, Role};

/// What the documents say.
#[derive(Debug, Default)]
pub struct Facts {
    /// The resources, in the order of files, documents and list items.
    pub resources: Vec<Resource>,
    /// What must not be shown: values of Secrets, and what looks like a credential elsewhere.
    pub redactions: Vec<Span>,
    /// What scripts and documents apply and create.
    pub commands: Commands,
    /// What compose files say.
    pub compose: Compose,
    /// The pipelines.
    pub workflows: Workflows,
    /// What the Dockerfiles say.
    pub dockerfiles: BTreeMap<FileId, Dockerfile>,
    /// What the target scripts name and is not there; empty before [`Self::look_for_paths`].
    pub missing_paths: Vec<ScriptPath>,
}

impl Facts {
    /// Looks whether the paths are there that scripts name, if it is asked for.
    pub fn look_for_paths(&mut self, files: &Files, sources: &dyn Sources, needs: Needs) {
        if needs.paths && needs.links {
            let scripts = &self.commands.scripts;
            self.missing_paths = script::missing(files, scripts, &self.workflows, sources);
        }
    }
}

/// How deep lists may stand in lists. The API server has no lists of lists at all; kubectl takes them apart one by one.
const MAX_LISTS: u32 = 8;

/// Reads the facts of every file, in parallel.
pub fn extract(files: &Files) -> Facts {
    extract_with(files, workflows(files))
}

/// Reads the facts of every file but those of pipelines, which were read before.
pub fn extract_with(files: &Files, workflows: Workflows) -> Facts {
    let by_file: Vec<(Vec<Resource>, Vec<TextRange>)> = files
        .files
        .par_iter()
        .enumerate()
        .map(|(index, file)| {
            let text = files.sources.get(file.source).text();
            let resources = resources(FileId(index as u32), file, text);
            let redactions = redact::ranges(file, text);
            (resources, redactions)
        })
        .collect();
    let compose = compose::read(files);
    let mut facts = Facts {
        commands: commands(files, &workflows, &compose),
        compose,
        workflows,
        dockerfiles: dockerfiles(files),
        ..Facts::default()
    };
    for (file, (resources, redactions)) in files.files.iter().zip(by_file) {
        let first = facts.resources.len() as u32;
        facts.resources.extend(resources.into_iter().map(|mut it| {
            it.id = ResourceId(first + it.id.0);
            it.template = it.template.map(|id| ResourceId(first + id.0));
            it
        }));
        let spans = redactions.into_iter().map(|it| Span::new(file.source, it));
        facts.redactions.extend(spans);
    }
    facts
        .redactions
        .extend(std::mem::take(&mut facts.commands.secrets));
    facts
}

fn dockerfiles(files: &Files) -> BTreeMap<FileId, Dockerfile> {
    let all = files.files.par_iter().enumerate();
    let dockerfiles = all.filter(|(_, it)| it.role == Role::Dockerfile);
    let read = dockerfiles.map(|(index, file)| {
        let text = files.sources.get(file.source).text();
        (FileId(index as u32), Dockerfile::new(text))
    });
    read.collect()
}

/// The resources of one file, numbered from 0.
fn resources(id: FileId, file: &File, text: &str) -> Vec<Resource> {
    let mut found = Vec::new();
    for (index, document) in file.yaml.documents().iter().enumerate() {
        let Some(root) = file.yaml.root(text, document) else {
            continue;
        };
        match file.role {
            Role::Manifest | Role::Patch => {
                document_resources(id, file, index as u32, root, &mut found);
            }
            Role::Kustomization => generated::find(id, file, index as u32, root, &mut found),
            _ => {}
        }
    }
    found
}

/// A node that may be a resource.
struct Candidate<'a> {
    node: Node<'a>,
    lists: u32,
    /// What it is if it does not say so: items of a `PodList` need not.
    inherited: Option<Gvk>,
    template: Option<ResourceId>,
}

fn document_resources<'a>(
    file: FileId,
    File {
        source,
        role,
        path,
        purpose,
        ..
    }: &File,
    document: u32,
    root: Node<'a>,
    found: &mut Vec<Resource>,
) {
    let is_compared = partial::is_compared(path, *purpose);
    let mut open = vec![Candidate {
        node: root,
        lists: 0,
        inherited: None,
        template: None,
    }];
    while let Some(candidate) = open.pop() {
        let node = candidate.node;
        let Some(gvk) = Gvk::of(node).or(candidate.inherited) else {
            continue;
        };
        if !gvk.is_applied() {
            continue;
        }
        let list = list_items(node, &gvk);
        let push = |items: Vec<Node<'a>>,
                    inherited: Option<Gvk>,
                    template,
                    open: &mut Vec<Candidate<'a>>| {
            if candidate.lists < MAX_LISTS {
                open.extend(items.into_iter().rev().map(|node| Candidate {
                    node,
                    lists: candidate.lists + 1,
                    inherited: inherited.clone(),
                    template,
                }));
            }
        };
        if let Some(items) = list {
            let item_kind = gvk.kind.strip_suffix("List").filter(|it| !it.is_empty());
            let inherited = item_kind.map(|kind| Gvk {
                kind: kind.to_owned(),
                ..gvk.clone()
            });
            push(items, inherited, candidate.template, &mut open);
            continue;
        }
        let id = ResourceId(found.len() as u32);
        if is_openshift_template(&gvk) {
            push(node.list("objects"), None, Some(id), &mut open);
        }
        let metadata = node.field("metadata");
        let string = |key: &str| Some(metadata?.field(key)?.string()?.into_owned());
        let place = metadata
            .and_then(|it| it.field("name"))
            .or_else(|| node.field("kind"));
        found.push(Resource {
            id,
            file,
            document,
            node: node.id(),
            name: string("name"),
            generate_name: string("generateName"),
            namespace: string("namespace"),
            span: Span::new(*source, place.unwrap_or(node).range()),
            partial: *role == Role::Patch || is_compared || partial::is_partial(&gvk, node),
            generated: false,
            template: candidate.template,
            gvk,
        });
    }
}

/// The items of a list. kubectl takes everything with `items` for a list; but some custom kind may have such a field too, so the kind
/// must end in `List` as well.
fn list_items<'a>(node: Node<'a>, gvk: &Gvk) -> Option<Vec<Node<'a>>> {
    let items = node.field("items")?;
    let is_list = gvk.kind.ends_with("List") && items.kind() == Kind::Sequence;
    is_list.then(|| node.list("items"))
}

fn is_openshift_template(gvk: &Gvk) -> bool {
    gvk.kind == "Template" && matches!(gvk.group.as_str(), "" | "template.openshift.io")
}
