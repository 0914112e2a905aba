//! What is made elsewhere, so that its absence says nothing: objects that the cluster brings, that scripts and documents create, that the
//! repository's own charts and operators make, and those that the user says exist. The knowledge is data, a row and its reason each.

use kubelint_parser::Span;

use crate::reference::ObjectName;
use crate::{DeploymentGraph, Known, ResourceId};

/// Who makes an object that no manifest states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// Kubernetes or its distributions bring it; why.
    BuiltIn(&'static str),
    /// A command in a script or workflow, or a manifest that is fed to one; where.
    Script(Span),
    /// A command or manifest in a document; where.
    Document(Span),
    /// A template of one of the repository's own charts; where.
    Chart(Span),
    /// A controller makes it for another object; which one, and why.
    Controller(ResourceId, &'static str),
    /// A Job or init container is told its name in its arguments; where.
    Argument(Span),
    /// The user's configuration says that it exists.
    Configuration,
}

/// Knows what is made elsewhere.
#[derive(Debug, Default)]
pub struct Makers {}

impl Makers {
    /// Indexes what `graph` knows of makers: its commands, its objects, and what the user states.
    pub fn new(graph: &DeploymentGraph, known: &Known) -> Self {
        let _ = (graph, known);
        Self {}
    }

    /// Who makes the object `name` that `from` refers to, if anything does.
    pub fn of(
        &self,
        graph: &DeploymentGraph,
        from: ResourceId,
        name: &ObjectName,
    ) -> Option<Maker> {
        let _ = (graph, from, name);
        None
    }
}
