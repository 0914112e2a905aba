//! What all kustomizations that see a file may change in it, together: those that name it, those that take these in, at any remove, and the
//! components of all of them. A kustomization sees what it generates, and so its own file.
//!
//! Files that the same kustomizations name have one answer. It is gathered once, and asked for by the name of an object: one base may stand
//! in thousands of overlays, and one overlay may hold thousands of patches.

use std::collections::{BTreeMap, BTreeSet};

use super::builds::Budget;
use super::kustomization::Kustomization;
use super::patch::Patch;
use crate::{FileId, Resource};

/// How many kustomizations, patches, labels and images are gathered for all files in all: each of many kustomizations may take in each of
/// many others, so that their number would grow with the square of the text. Whatever comes later may be changed in any way.
const MAX_GATHERED: usize = 4_000_000;

/// How many different patches are compared with one field. If there are more, one of them may well touch it.
const MAX_COMPARED: usize = 1_000;

/// What may change each file.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// By file: the place of its changes. None for files that no kustomization sees.
    by_file: Vec<Option<u32>>,
    changes: Vec<Changes>,
}

/// What some kustomizations change together.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Their numbers, sorted; `None` if they are too many.
    of: Option<Vec<usize>>,
    /// Whether they may change everything.
    everything: bool,
    /// Whether one of them changes names.
    pub(super) renames: bool,
    /// The keys of labels that they add to objects and their pods.
    pub(super) labels: BTreeSet<String>,
    /// The names of images that they replace.
    pub(super) images: BTreeSet<String>,
    /// The patches for objects of one name, by that name; no two alike.
    named: BTreeMap<String, Vec<PatchAt>>,
    /// All other patches; no two alike.
    others: Vec<PatchAt>,
}

/// A patch: the number of its kustomization, and its own within that.
type PatchAt = (u32, u32);

impl Applied {
    /// Gathers what may change each file. `takers` are the kustomizations that name it, by file; `parents` are those that take in each
    /// kustomization.
    pub(super) fn new(
        kustomizations: &[Kustomization],
        takers: &[Vec<usize>],
        parents: &[Vec<usize>],
    ) -> Self {
        let mut budget = Budget::new(MAX_GATHERED);
        let mut this = Self::default();
        let mut known: BTreeMap<Vec<usize>, u32> = BTreeMap::new();
        let mut own = kustomizations.iter().enumerate().peekable();
        for (file, takers) in (0..).map(FileId).zip(takers) {
            let mut seeing = takers.clone();
            // They are in the order of their files.
            while let Some((index, _)) = own.next_if(|(_, it)| it.file <= file) {
                seeing.push(index);
            }
            if seeing.is_empty() {
                this.by_file.push(None);
                continue;
            }
            let place = if let Some(&known) = known.get(&seeing) {
                known
            } else {
                let all = with_components(kustomizations, &seeing, parents, &mut budget);
                let place = this.changes.len() as u32;
                this.changes
                    .push(Changes::of(kustomizations, all, &mut budget));
                known.insert(seeing, place);
                place
            };
            this.by_file.push(Some(place));
        }
        this
    }

    /// What may change `file`; `None` if no kustomization sees it.
    pub(super) fn to(&self, file: FileId) -> Option<&Changes> {
        let place = self.by_file.get(file.0 as usize).copied()??;
        self.changes.get(place as usize)
    }
}

/// The kustomizations that see what `seeing` see: themselves, those above, and the components of all; sorted. `None` if they are too many.
fn with_components(
    kustomizations: &[Kustomization],
    seeing: &[usize],
    parents: &[Vec<usize>],
    budget: &mut Budget,
) -> Option<Vec<usize>> {
    let mut above = BTreeSet::new();
    let mut open = seeing.to_vec();
    while let Some(index) = open.pop() {
        if above.insert(index) {
            for &parent in &parents[index] {
                budget.take().then(|| open.push(parent))?;
            }
        }
    }
    let mut all = BTreeSet::new();
    let mut open: Vec<usize> = above.into_iter().collect();
    while let Some(index) = open.pop() {
        if all.insert(index) {
            for &component in &kustomizations[index].components {
                budget.take().then(|| open.push(component))?;
            }
        }
    }
    Some(all.into_iter().collect())
}

impl Changes {
    /// What the kustomizations `all` change; everything if they are too many.
    fn of(kustomizations: &[Kustomization], all: Option<Vec<usize>>, budget: &mut Budget) -> Self {
        let mut this = Self {
            everything: all.is_none(),
            renames: all.is_none(),
            of: all,
            ..Self::default()
        };
        for &index in this.of.iter().flatten() {
            let it = &kustomizations[index];
            this.everything |= it.touches_everything;
            this.renames |= it.renames;
            let size = it.labels.len() + it.images.len() + it.patches.len();
            if !(0..size).all(|_| budget.take()) {
                this.everything = true;
                break;
            }
            this.labels.extend(it.labels.iter().cloned());
            this.images.extend(it.images.iter().cloned());
            for (at, patch) in it.patches.iter().enumerate() {
                let place = (index as u32, at as u32);
                match patch.target.literal_name() {
                    Some(name) if this.named.contains_key(name) => {
                        this.named.entry(name.to_owned()).or_default().push(place);
                    }
                    Some(name) => drop(this.named.insert(name.to_owned(), vec![place])),
                    None => this.others.push(place),
                }
            }
        }
        let lists = this.named.values_mut().chain([&mut this.others]);
        for list in lists.filter(|it| it.len() > 1) {
            list.sort_by_key(|at| patch(kustomizations, *at));
            list.dedup_by_key(|at| patch(kustomizations, *at));
        }
        this
    }

    /// Whether the kustomization of this number is one of them, or may be.
    pub(super) fn are_of(&self, index: usize) -> bool {
        let of = self.of.as_ref();
        of.is_none_or(|it| it.binary_search(&index).is_ok())
    }

    /// Whether some of them, of which none is among `others`, add labels to `resource` or may change its namespace.
    pub(super) fn tell_apart(
        &self,
        kustomizations: &[Kustomization],
        resource: &Resource,
        others: Option<&Self>,
        renames: bool,
    ) -> bool {
        let Some(of) = &self.of else {
            return true;
        };
        let own = of
            .iter()
            .filter(|it| others.is_none_or(|others| !others.are_of(**it)));
        let mut own = own.filter_map(|it| kustomizations.get(*it));
        own.any(|it| {
            let mut patches = it.patches.iter();
            it.touches_everything
                || !it.labels.is_empty()
                || patches.any(|it| {
                    it.target.may_select(resource, renames) && it.touches("metadata.namespace")
                })
        })
    }

    /// Whether one of their patches for `resource` changes it so that `changes` holds of the patch, or they may change everything. `renames`
    /// says whether any kustomization changes names, so that a patch may know the object by a longer one.
    pub(super) fn any_patch(
        &self,
        kustomizations: &[Kustomization],
        resource: &Resource,
        renames: bool,
        changes: impl Fn(&Patch) -> bool,
    ) -> bool {
        if self.everything {
            return true;
        }
        let name = resource.name.as_deref().unwrap_or_default();
        let of_name = self.named.get(name).filter(|_| !renames);
        let of_all = renames.then(|| self.named.values().flatten());
        let named = of_name.into_iter().flatten();
        let named = named.chain(of_all.into_iter().flatten());
        for (at, place) in self.others.iter().chain(named).enumerate() {
            let touches = |it: &Patch| it.target.may_select(resource, renames) && changes(it);
            if at == MAX_COMPARED || patch(kustomizations, *place).is_some_and(touches) {
                return true;
            }
        }
        false
    }
}

fn patch(kustomizations: &[Kustomization], at: PatchAt) -> Option<&Patch> {
    let kustomization = kustomizations.get(at.0 as usize)?;
    kustomization.patches.get(at.1 as usize)
}
