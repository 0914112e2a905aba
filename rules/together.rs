//! What is certainly deployed together: what one file, one build or one apply set holds.

use std::collections::BTreeMap;

use kubelint_model::{DeploymentGraph, FileId, Resource};

/// A file that more sets than these hold is only looked for in the first of them.
const MOST_SETS: usize = 256;

/// Which files are deployed together.
pub(crate) struct Together<'a> {
    graph: &'a DeploymentGraph,
    /// The sets that hold each file, by numbers in ascending order.
    sets: BTreeMap<FileId, Vec<u32>>,
}

impl<'a> Together<'a> {
    /// As builds, and as what scripts, pipelines and GitOps objects apply. A document leaves it to its reader which of its commands to run,
    /// so that only what one command takes is applied together.
    pub(crate) fn new(graph: &'a DeploymentGraph) -> Self {
        let builds = graph.plan.builds.iter().map(|it| it.files.as_slice());
        let applied = graph.plan.apply_sets.iter().flat_map(|set| {
            let whole = (!set.runner.is_document).then_some(set.files.as_slice());
            let commands = set.commands.iter().filter(move |_| whole.is_none());
            whole
                .into_iter()
                .chain(commands.map(|(_, files)| files.as_slice()))
        });
        let mut sets: BTreeMap<FileId, Vec<u32>> = BTreeMap::new();
        for (number, files) in (0..).zip(builds.chain(applied)) {
            for file in files {
                let of_file = sets.entry(*file).or_default();
                if of_file.len() < MOST_SETS {
                    of_file.push(number);
                }
            }
        }
        Self { graph, sets }
    }

    /// Whether the two objects are deployed together, into one namespace as far as anyone states: an unset one may be any. Not if
    /// kustomizations put only one of them into a namespace, or label only one of them.
    pub(crate) fn are(&self, a: &Resource, b: &Resource) -> bool {
        let namespaces = a.namespace.as_ref().zip(b.namespace.as_ref());
        namespaces.is_none_or(|(a, b)| a == b)
            && (a.file == b.file || self.in_one_set(a.file, b.file))
            && !self.graph.plan.may_tell_apart(a, b)
    }

    fn in_one_set(&self, a: FileId, b: FileId) -> bool {
        let of = |file| self.sets.get(&file).map(Vec::as_slice).unwrap_or_default();
        let (a, b) = (of(a), of(b));
        let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
        few.iter().any(|it| many.binary_search(it).is_ok())
    }
}
