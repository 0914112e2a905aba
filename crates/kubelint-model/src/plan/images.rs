//! The images that containers run after the `images` of the kustomizations that take them in, build by build.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;

use super::Plan;
use super::builds::Budget;
use super::kustomization::Form;
use crate::FileId;

/// How many times an image is handed from one kustomization to the next in all: each of many bases may stand in each of many overlays.
const MAX_STEPS: usize = 1_000_000;
/// An image that comes out in more ways than these is followed no further.
const MOST_IMAGES: usize = 32;

/// An image that runs in some builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunImage {
    /// The image.
    pub image: String,
    /// The root kustomizations in which it runs, in the order of their files.
    pub builds: Vec<FileId>,
    /// The kustomization that gives it its name or tag, and where it says so; `None` if none changes it.
    pub by: Option<(FileId, TextRange)>,
}

/// What changed an image last: the kustomization, and where it says so.
type Change = Option<(FileId, TextRange)>;

/// Follows images through the kustomizations.
pub(crate) struct ImageRuns<'a> {
    plan: &'a Plan,
    budget: Budget,
    known: BTreeMap<(&'a [usize], String), Vec<RunImage>>,
}

impl<'a> ImageRuns<'a> {
    pub(crate) const fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            budget: Budget::new(MAX_STEPS),
            known: BTreeMap::new(),
        }
    }

    /// What `image`, written in `file`, comes out as, in the order of the builds; nothing if no kustomization takes the file in.
    pub(crate) fn of(&mut self, file: FileId, image: &str) -> Vec<RunImage> {
        let takers = self.plan.takers(file);
        if takers.is_empty() {
            return Vec::new();
        }
        let key = (takers, image.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let found = self.follow(takers, image);
        self.known.insert(key, found.clone());
        found
    }

    fn follow(&mut self, takers: &[usize], image: &str) -> Vec<RunImage> {
        let all = &self.plan.kustomizations;
        let mut found: BTreeMap<String, RunImage> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<(usize, String, Change)> = takers
            .iter()
            .map(|&it| (it, image.to_owned(), None))
            .collect();
        while let Some((index, image, by)) = open.pop() {
            let Some(it) = all.get(index) else {
                continue;
            };
            if !self.budget.take() || found.len() > MOST_IMAGES {
                return Vec::new();
            }
            // Its components have their turn before it.
            let components = it.components.iter().filter_map(|it| all.get(*it));
            let (mut image, mut by) = (image, by);
            for changer in components.chain([it]) {
                for rename in &changer.image_renames {
                    if let Some(renamed) = rename.apply(&image) {
                        (image, by) = (renamed, Some((changer.file, rename.range())));
                    }
                }
            }
            if !seen.insert((index, image.clone())) {
                continue;
            }
            let parents = self.plan.parents.get(index).map_or(&[][..], Vec::as_slice);
            if parents.is_empty() && it.form != Form::Component {
                let run = found.entry(image.clone()).or_insert_with(|| RunImage {
                    image,
                    builds: Vec::new(),
                    by,
                });
                run.builds.push(it.file);
            } else {
                open.extend(parents.iter().map(|it| (*it, image.clone(), by)));
            }
        }
        let mut found: Vec<RunImage> = found.into_values().collect();
        for run in &mut found {
            run.builds.sort_unstable();
            run.builds.dedup();
        }
        found.sort_by(|a, b| a.builds.cmp(&b.builds));
        found
    }
}
