//! The deployment graph: everything that was read, linked. Rules see nothing else.

use kubelint_parser::source::{ReadError, SourceMap, SourcePath};
use kubelint_parser::yaml::{Node, NodeId};
use kubelint_parser::{Span, TextRange};

use crate::extract::Facts;
use crate::load::{Files, Substitutions};
use crate::plan::Plan;
use crate::{File, FileId, LeftOut, Resource, ResourceId};

/// What the selected rules need to see; nothing else is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Whether some rule asks what the repository's tools substitute in manifests (envsubst, sed, helm …).
    pub substitutions: bool,
}

/// Everything that was read. Frozen: rules cannot change it.
#[derive(Debug, Default)]
pub struct DeploymentGraph {
    /// The sources, for texts and places.
    pub sources: SourceMap,
    /// The loaded files, sorted by path.
    pub files: Vec<File>,
    /// The resources, in the order of files, documents and list items.
    pub resources: Vec<Resource>,
    /// Targets that could not be read.
    pub unread: Vec<(SourcePath, ReadError)>,
    /// Targets that were not checked, and why; sorted.
    pub left_out: Vec<(LeftOut, SourcePath)>,
    /// What is rendered and applied together.
    pub plan: Plan,
    /// What the repository's tools replace in manifests; empty unless [`Needs::substitutions`] asked for it.
    pub substitutions: Substitutions,
}

/// Links the facts. The one barrier: everything before runs file by file, everything after sees the frozen graph.
pub fn link(files: Files, facts: Facts, plan: Plan) -> DeploymentGraph {
    let Files {
        mut sources,
        files,
        unread,
        left_out,
        substitutions,
    } = files;
    for span in facts.redactions {
        sources.redact(span);
    }
    DeploymentGraph {
        sources,
        files,
        resources: facts.resources,
        unread,
        left_out,
        plan,
        substitutions,
    }
}

impl DeploymentGraph {
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
}
