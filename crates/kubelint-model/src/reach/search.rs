//! One search: the rings of one object, each a method, from the inside out.
//!
//! The cost: postings and files are sorted, so every ring is a range or an intersection that binary searches find, and each posting that is
//! looked at, each file that is compared and each folder on the way outward is a step. A search may take [`MOST_STEPS`], so all of them
//! together take time in proportion to their number. So that this is enough where thousands of folders each hold an alternative, what is
//! left of some postings in a folder without the alternatives is computed once for all that look for it there.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::order::common_folder;
use super::{Hits, Postings, Reach, Ring};
use crate::{DeploymentGraph, FileId, ResourceId};

/// How many steps a search may take before it gives up.
const MOST_STEPS: usize = 4_000;
/// How many of the builds and apply sets that hold an object are asked. Whatever hundreds have or lack, the others do, too.
const MOST_SETS: usize = 256;
/// How many hits elsewhere are named, and how many steps are taken to find them.
const MOST_ELSEWHERE: usize = 5;
const MOST_STEPS_ELSEWHERE: usize = 200;

/// What of some postings is left in a folder (by its ranks) for some identity when its alternatives are taken out: ranges of postings, by
/// the numbers of the postings, ranks and identity.
#[derive(Debug, Default)]
pub(super) struct Visible(Mutex<BTreeMap<VisibleKey, Ranges>>);

type VisibleKey = (u32, bool, u32, u32, u32);
type Ranges = Arc<Vec<Range<usize>>>;

/// A search for what one object sees of some postings.
pub(super) struct Search<'a> {
    reach: &'a Reach,
    graph: &'a DeploymentGraph,
    from: ResourceId,
    file: FileId,
    rank: u32,
    postings: &'a Postings,
    accept: &'a dyn Fn(ResourceId) -> bool,
    steps: usize,
    /// What some, but not all of the builds have.
    some_builds: Vec<ResourceId>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        reach: &'a Reach,
        graph: &'a DeploymentGraph,
        from: ResourceId,
        postings: &'a Postings,
        accept: &'a dyn Fn(ResourceId) -> bool,
    ) -> Self {
        Self {
            reach,
            graph,
            from,
            file: graph.resource(from).file,
            rank: reach.rank(from),
            postings,
            accept,
            steps: 0,
            some_builds: Vec::new(),
        }
    }

    #[cfg(test)]
    pub(super) const fn steps_taken(&self) -> usize {
        self.steps
    }

    /// Nobody knows what a search that took too many steps would still have found.
    pub(super) fn gives_up(&self) -> Option<Hits> {
        (self.steps >= MOST_STEPS).then(|| Hits {
            has_more: true,
            ..Hits::default()
        })
    }

    /// What some, but not all of the builds that hold the object have.
    pub(super) fn in_some_builds(&mut self) -> Vec<ResourceId> {
        let mut hits = std::mem::take(&mut self.some_builds);
        hits.truncate(Reach::MOST_HITS);
        self.sort(&mut hits);
        hits
    }

    /// Ring 1: the object's own file.
    pub(super) fn in_file(&mut self) -> Option<Hits> {
        let range = self.range(&self.postings.all, self.rank..self.rank + 1);
        let hits = self.accepted(&self.postings.all[range]);
        self.hits(Ring::File, hits)
    }

    /// Ring 1: the directory, without what is below.
    pub(super) fn in_directory(&mut self) -> Option<Hits> {
        let directory = self.reach.order.directory(self.folder());
        let all = &self.postings.all;
        let before = self.range(all, directory.start..self.rank);
        let after = self.range(all, self.rank + 1..directory.end);
        let mut hits = self.accepted(&all[before]);
        hits.extend(self.accepted(&all[after]));
        self.hits(Ring::Directory, hits)
    }

    /// Ring 1: the builds that hold the file. It is there if each of them has it.
    pub(super) fn in_builds(&mut self) -> Option<Hits> {
        let reach = self.reach;
        let mut hits = Vec::new();
        let mut all_have_it = true;
        for &build in reach.builds_of(self.file).iter().take(MOST_SETS) {
            let files = &self.graph.plan.builds[build as usize].files;
            let of_build = self.intersect(files);
            all_have_it &= !of_build.is_empty();
            hits.extend(of_build);
        }
        self.sort(&mut hits);
        if all_have_it {
            return self.hits(Ring::Build, hits);
        }
        hits.sort_unstable();
        self.some_builds = hits;
        None
    }

    /// Ring 2: what is applied together with the file, whoever does it.
    pub(super) fn in_apply_sets(&mut self) -> Option<Hits> {
        let reach = self.reach;
        let some_builds = std::mem::take(&mut self.some_builds);
        let mut hits = Vec::new();
        for &set in reach.apply_sets_of(self.file).iter().take(MOST_SETS) {
            hits.extend(self.intersect(&self.graph.plan.apply_sets[set as usize].files));
        }
        self.sort(&mut hits);
        self.some_builds = some_builds;
        self.hits(Ring::Applied, hits)
    }

    /// Ring 3: the folders above, the nearest first; each without the branch that was seen, without tests and without alternatives.
    pub(super) fn outward(&mut self) -> Option<Hits> {
        let postings = self.outward_postings();
        let mut seen = self.range(postings, self.reach.order.directory(self.folder()));
        // Only folders that hold more than was seen are visited: those shared with the postings next to what was seen.
        while self.step()
            && let Some(folder) = self.next_folder(postings, &seen)
        {
            let ranks = self.reach.order.subtree(folder);
            let within = self.range(postings, ranks.clone());
            let mut hits = Vec::new();
            for visible in self.visible(postings, folder, &ranks, &within).iter() {
                let before = visible.start..visible.end.min(seen.start);
                let after = visible.start.max(seen.end)..visible.end;
                for part in [before, after] {
                    if let Some(part) = postings.get(part) {
                        hits.extend(self.accepted(part));
                    }
                }
                if hits.len() > Reach::MOST_HITS || self.steps >= MOST_STEPS {
                    break;
                }
            }
            if let Some(hits) = self.hits(Ring::Outward, hits) {
                return Some(hits);
            }
            seen = within;
        }
        None
    }

    /// Ring 4: whatever is left, nearest first.
    pub(super) fn elsewhere(&mut self) -> Vec<ResourceId> {
        let all = &self.postings.all;
        let folder = self.folder();
        let mut after = all.partition_point(|&it| self.reach.rank(it) < self.rank);
        let mut before = after;
        let mut found = Vec::new();
        for _ in 0..MOST_STEPS_ELSEWHERE {
            let nearness = |at: Option<usize>| {
                let there = self.reach.order.folder(self.reach.rank(*all.get(at?)?));
                Some(common_folder(folder, there).len())
            };
            let (left, right) = (nearness(before.checked_sub(1)), nearness(Some(after)));
            let at = if left.is_none() && right.is_none() || found.len() == MOST_ELSEWHERE {
                break;
            } else if left > right {
                before -= 1;
                before
            } else {
                after += 1;
                after - 1
            };
            let hit = all[at];
            if self.is_accepted(hit) {
                found.push(hit);
            }
        }
        found
    }

    /// The postings that are looked for outside: without tests, unless the object is in one itself.
    fn outward_postings(&self) -> &'a [ResourceId] {
        let outside = self.postings.outside_tests.as_ref();
        let in_tests = self.reach.in_tests.get(self.from.0 as usize) == Some(&true);
        outside.filter(|_| !in_tests).unwrap_or(&self.postings.all)
    }

    /// The nearest folder above that holds more postings than those that were seen.
    fn next_folder(&self, postings: &[ResourceId], seen: &Range<usize>) -> Option<&'a str> {
        let own = self.folder();
        let shared = |at: Option<usize>| {
            let there = self
                .reach
                .order
                .folder(self.reach.rank(*postings.get(at?)?));
            Some(common_folder(own, there))
        };
        let neighbours = [shared(seen.start.checked_sub(1)), shared(Some(seen.end))];
        neighbours.into_iter().flatten().max_by_key(|it| it.len())
    }

    /// The ranges of `postings` that are left of `within`, which is what `folder` holds of them, without alternatives.
    fn visible(
        &mut self,
        postings: &[ResourceId],
        folder: &str,
        ranks: &Range<u32>,
        within: &Range<usize>,
    ) -> Ranges {
        let Some(identity) = self.reach.alternatives.identity(self.from) else {
            return Arc::new(vec![within.clone()]);
        };
        let number = self.postings.number;
        let is_all = postings.len() == self.postings.all.len();
        let key = (number, is_all, ranks.start, ranks.end, identity);
        let memo = &self.reach.visible.0;
        let lock = || memo.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let reach = self.reach;
        let excluded = reach.alternatives.excluded(&reach.order, folder, identity);
        let rank_of = |it: ResourceId| reach.rank(it);
        let mut found = Vec::new();
        let mut at = within.start;
        while at < within.end {
            #[cfg(test)]
            self.reach
                .work
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let rank = rank_of(postings[at]);
            let next = excluded.partition_point(|it| it.end <= rank);
            let skip_to =
                |rank: u32| at + postings[at..within.end].partition_point(|&it| rank_of(it) < rank);
            match excluded.get(next) {
                Some(range) if range.start <= rank => at = skip_to(range.end),
                Some(range) => {
                    let end = skip_to(range.start);
                    found.push(at..end);
                    at = end;
                }
                None => {
                    found.push(at..within.end);
                    at = within.end;
                }
            }
        }
        let found = Arc::new(found);
        lock().insert(key, Arc::clone(&found));
        found
    }

    /// The accepted postings in `files` (sorted): the fewer of both are looked up among the others.
    fn intersect(&mut self, files: &[FileId]) -> Vec<ResourceId> {
        let all = &self.postings.all;
        let mut hits = Vec::new();
        if all.len() <= files.len() {
            for &posting in all {
                if hits.len() > Reach::MOST_HITS || !self.step() {
                    break;
                }
                let file = self.graph.resource(posting).file;
                if files.binary_search(&file).is_ok() && (self.accept)(posting) {
                    hits.push(posting);
                }
            }
        } else {
            for &file in files {
                if hits.len() > Reach::MOST_HITS || !self.step() {
                    break;
                }
                let rank = self.reach.order.rank(file);
                let range = self.range(all, rank..rank + 1);
                hits.extend(self.accepted(&all[range]));
            }
        }
        hits
    }

    /// The accepted ones of some postings: one more than are listed, at most.
    fn accepted(&mut self, postings: &[ResourceId]) -> Vec<ResourceId> {
        let mut hits = Vec::new();
        for &posting in postings {
            if hits.len() > Reach::MOST_HITS || !self.step() {
                break;
            }
            if self.is_accepted(posting) {
                hits.push(posting);
            }
        }
        hits
    }

    /// Whether a posting is asked for. What some builds have is no answer for the others, so that it counts no more when they have been
    /// looked at, unless it is applied together.
    fn is_accepted(&self, posting: ResourceId) -> bool {
        (self.accept)(posting) && self.some_builds.binary_search(&posting).is_err()
    }

    fn hits(&self, ring: Ring, mut hits: Vec<ResourceId>) -> Option<Hits> {
        if hits.is_empty() {
            return None;
        }
        let has_more = hits.len() > Reach::MOST_HITS || self.steps >= MOST_STEPS;
        hits.truncate(Reach::MOST_HITS);
        Some(Hits {
            nearest: Some((ring, hits)),
            has_more,
            ..Hits::default()
        })
    }

    fn sort(&self, hits: &mut Vec<ResourceId>) {
        hits.sort_unstable_by_key(|&it| (self.reach.rank(it), it));
        hits.dedup();
    }

    fn range(&self, postings: &[ResourceId], ranks: Range<u32>) -> Range<usize> {
        let start = postings.partition_point(|&it| self.reach.rank(it) < ranks.start);
        let end = postings.partition_point(|&it| self.reach.rank(it) < ranks.end);
        start..end.max(start)
    }

    fn folder(&self) -> &'a str {
        self.reach.order.folder(self.rank)
    }

    /// Takes a step, if one is left.
    fn step(&mut self) -> bool {
        self.steps += 1;
        self.steps < MOST_STEPS
    }
}
