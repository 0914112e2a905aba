//! Alternatives: other files that define the same object. What lies beside them belongs to them, not to the object.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::order::{FolderOrder, child_towards};
use crate::reference::newest_group;
use crate::{DeploymentGraph, ResourceId};

/// Ranges of ranks, in order.
type Ranks = Arc<Vec<Range<u32>>>;

/// Which files define each object.
#[derive(Debug, Default)]
pub(super) struct Alternatives {
    /// The identity of each resource: what it is called, without its namespace.
    identities: Vec<Option<u32>>,
    /// The ranks of the files that define each identity, in order.
    definers: Vec<Vec<u32>>,
    /// What was excluded below each folder (by its ranks) for each identity. There are as many entries in all as objects, at most once
    /// for each folder above them.
    excluded: Mutex<BTreeMap<(u32, u32, u32), Ranks>>,
}

impl Alternatives {
    /// Indexes the objects of `graph`. Patches and generators define nothing, and what has no name is nobody's alternative.
    pub(super) fn new(graph: &DeploymentGraph, order: &FolderOrder) -> Self {
        let mut ids: BTreeMap<(&str, &str, &str), u32> = BTreeMap::new();
        let mut identities = Vec::with_capacity(graph.resources.len());
        let mut definers: Vec<Vec<u32>> = Vec::new();
        for resource in &graph.resources {
            let kind = resource.gvk.kind.as_str();
            let group = newest_group(&resource.gvk.group, kind);
            let name = resource.name.as_deref().filter(|_| resource.is_whole());
            let identity = name.map(|name| {
                *ids.entry((group, kind, name)).or_insert_with(|| {
                    definers.push(Vec::new());
                    definers.len() as u32 - 1
                })
            });
            if let Some(identity) = identity {
                definers[identity as usize].push(order.rank(resource.file));
            }
            identities.push(identity);
        }
        for ranks in &mut definers {
            ranks.sort_unstable();
            ranks.dedup();
        }
        Self {
            identities,
            definers,
            excluded: Mutex::default(),
        }
    }

    /// The identity of `resource`, if other files define it, too.
    pub(super) fn identity(&self, resource: ResourceId) -> Option<u32> {
        let identity = self.identities.get(resource.0 as usize).copied()??;
        let definers = self.definers.get(identity as usize)?;
        (definers.len() > 1).then_some(identity)
    }

    /// The ranks in `folder` that objects of this identity, whose file lies in `folder` or below, do not see, in order: files directly in
    /// it that define the object, and the subfolders that hold such files. The branch from which an object looks is among them, but that
    /// was looked at already.
    pub(super) fn excluded(&self, order: &FolderOrder, folder: &str, identity: u32) -> Ranks {
        let within = order.subtree(folder);
        let key = (within.start, within.end, identity);
        let lock = || self.excluded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let found = Arc::new(self.find(order, folder, &within, identity));
        lock().insert(key, Arc::clone(&found));
        found
    }

    fn find(
        &self,
        order: &FolderOrder,
        folder: &str,
        within: &Range<u32>,
        identity: u32,
    ) -> Vec<Range<u32>> {
        let definers = self.definers.get(identity as usize);
        let definers = definers.map(Vec::as_slice).unwrap_or_default();
        let mut found = Vec::new();
        let mut at = definers.partition_point(|&it| it < within.start);
        while let Some(&rank) = definers.get(at).filter(|&&it| it < within.end) {
            let branch = match child_towards(folder, order.folder(rank)) {
                Some(child) => order.subtree(child),
                None => rank..rank + 1,
            };
            at += definers[at..].partition_point(|&it| it < branch.end);
            found.push(branch);
        }
        found
    }
}
