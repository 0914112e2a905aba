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

mod alternatives;
pub(crate) mod order;
mod search;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU32, Ordering};

use crate::purpose::Purpose;
use crate::{DeploymentGraph, FileId, ResourceId};
use alternatives::Alternatives;
use order::FolderOrder;
use search::{Search, Visible};

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
    /// Tells these postings from others of the same reach.
    number: u32,
    /// By directory, file and place in it.
    all: Vec<ResourceId>,
    /// Those that are not in tests, if that is not all of them.
    outside_tests: Option<Vec<ResourceId>>,
}

/// What an object sees of some postings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The nearest ring that has any, and what it has: at most [`Reach::MOST_HITS`]. None if no ring but [`Ring::Elsewhere`] has any.
    pub nearest: Option<(Ring, Vec<ResourceId>)>,
    /// Whether the nearest ring has more than are listed; or, if there is none, whether not everything could be looked at: then nobody
    /// knows.
    pub has_more: bool,
    /// Some of the builds that hold the object have it, and others do not, and nothing else that is applied with it does: what those
    /// have.
    pub in_some_builds: Vec<ResourceId>,
    /// What only [`Ring::Elsewhere`] has, if nothing nearer has any: a few, nearest first.
    pub elsewhere: Vec<ResourceId>,
}

/// Knows what each object can see.
#[derive(Debug, Default)]
pub struct Reach {
    order: FolderOrder,
    /// The rank of each resource's file.
    ranks: Vec<u32>,
    /// Whether each resource is in tests.
    in_tests: Vec<bool>,
    /// The builds that hold each file, by their index in [`crate::plan::Plan::builds`].
    builds: Vec<Vec<u32>>,
    /// The apply sets that hold each file, by their index in [`crate::plan::Plan::apply_sets`].
    apply_sets: Vec<Vec<u32>>,
    alternatives: Alternatives,
    visible: Visible,
    postings: AtomicU32,
    /// How many steps all searches took.
    #[cfg(test)]
    work: std::sync::atomic::AtomicUsize,
}

impl Reach {
    /// More hits of one ring than these are not listed.
    pub const MOST_HITS: usize = 32;

    /// Orders the files and indexes builds, apply sets and alternatives.
    pub fn new(graph: &DeploymentGraph) -> Self {
        let order = FolderOrder::new(&graph.files);
        let resources = graph.resources.iter();
        let in_tests = |file: FileId| graph.file(file).purpose == Purpose::Test;
        let builds = graph.plan.builds.iter().map(|it| it.files.as_slice());
        let apply_sets = graph.plan.apply_sets.iter().map(|it| it.files.as_slice());
        Self {
            ranks: resources.clone().map(|it| order.rank(it.file)).collect(),
            in_tests: resources.map(|it| in_tests(it.file)).collect(),
            builds: holders(builds, graph.files.len()),
            apply_sets: holders(apply_sets, graph.files.len()),
            alternatives: Alternatives::new(graph, &order),
            order,
            ..Self::default()
        }
    }

    /// Makes postings of resources.
    pub fn postings(&self, mut resources: Vec<ResourceId>) -> Postings {
        resources.sort_unstable_by_key(|&it| (self.rank(it), it));
        resources.dedup();
        let is_in_tests = |it: &ResourceId| self.in_tests.get(it.0 as usize) == Some(&true);
        let outside_tests = resources.iter().any(is_in_tests).then(|| {
            let outside = resources.iter().filter(|it| !is_in_tests(it));
            outside.copied().collect()
        });
        Postings {
            number: self.postings.fetch_add(1, Ordering::Relaxed),
            all: resources,
            outside_tests,
        }
    }

    /// The builds that hold `file`, by their index in [`crate::plan::Plan::builds`].
    pub fn builds_of(&self, file: FileId) -> &[u32] {
        let builds = self.builds.get(file.0 as usize);
        builds.map(Vec::as_slice).unwrap_or_default()
    }

    /// The apply sets that hold `file`, by their index in [`crate::plan::Plan::apply_sets`].
    pub fn apply_sets_of(&self, file: FileId) -> &[u32] {
        let sets = self.apply_sets.get(file.0 as usize);
        sets.map(Vec::as_slice).unwrap_or_default()
    }

    /// What `from` sees of `postings`, of those that `accept` takes. `from` itself is one of them if it is accepted.
    ///
    /// The rings are searched from the inside out. A search takes a bounded number of steps, whatever the postings.
    pub fn find(
        &self,
        graph: &DeploymentGraph,
        from: ResourceId,
        postings: &Postings,
        accept: &dyn Fn(ResourceId) -> bool,
    ) -> Hits {
        if postings.all.is_empty() {
            return Hits::default();
        }
        let mut search = Search::new(self, graph, from, postings, accept);
        let rings = [
            Search::in_file,
            Search::in_directory,
            Search::in_builds,
            Search::in_apply_sets,
            Search::outward,
        ];
        let mut hits = rings
            .into_iter()
            .find_map(|ring| ring(&mut search).or_else(|| search.gives_up()))
            .unwrap_or_default();
        if hits.nearest.is_none() && !hits.has_more {
            hits.elsewhere = search.elsewhere();
            hits.in_some_builds = search.in_some_builds();
        }
        #[cfg(test)]
        self.work.fetch_add(search.steps_taken(), Ordering::Relaxed);
        hits
    }

    /// How many steps all searches took so far.
    #[cfg(test)]
    pub(crate) fn steps(&self) -> usize {
        self.work.load(Ordering::Relaxed)
    }

    fn rank(&self, resource: ResourceId) -> u32 {
        self.ranks
            .get(resource.0 as usize)
            .copied()
            .unwrap_or_default()
    }
}

/// The sets that hold each of `count` files.
fn holders<'a>(sets: impl Iterator<Item = &'a [FileId]>, count: usize) -> Vec<Vec<u32>> {
    let mut holders = vec![Vec::new(); count];
    for (index, files) in (0..).zip(sets) {
        for file in files {
            if let Some(holders) = holders.get_mut(file.0 as usize) {
                holders.push(index);
            }
        }
    }
    holders
}
