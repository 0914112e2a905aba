//! Finds the names that may be near another, without comparing it with all of them.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::near::{MAX_LENGTH, folded, without_generic, words};

/// Groups of up to this many names are compared one by one. In larger ones only names at one edit are found, by an index: among hundreds
/// of names, two edits say little.
const FEW: usize = 128;

/// Deletions of longer names are not indexed.
const MAX_INDEXED: usize = 63;

/// The most candidates that the index is asked for.
const MAX_CANDIDATES: usize = 256;

/// An index of names by what similar ones have in common.
#[derive(Debug, Default)]
pub struct NameIndex {
    /// How many names there are.
    len: u32,
    /// Hashes of what similar names have in common, each with the number of a name; sorted. Empty if there are few names.
    keys: Vec<(u64, u32)>,
}

impl NameIndex {
    /// The index of `names`, which are numbered in their order.
    pub fn new<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Self {
        let mut index = Self {
            len: names.len() as u32,
            keys: Vec::new(),
        };
        if names.len() > FEW {
            let keys = (0..).zip(names).flat_map(|(at, name)| {
                let keys = keys(name).into_iter();
                keys.map(move |key| (key, at))
            });
            index.keys = keys.collect();
            index.keys.sort_unstable();
            index.keys.dedup();
        }
        index
    }

    /// The numbers of the names that may be [near](super::near_miss) `wanted`, in order: at most a few hundred, however many there are.
    pub fn candidates(&self, wanted: &str) -> Vec<u32> {
        if self.keys.is_empty() {
            return (0..self.len).collect();
        }
        let mut found: Vec<u32> = Vec::new();
        for key in keys(wanted) {
            let start = self.keys.partition_point(|it| it.0 < key);
            let same = self.keys[start..].iter().take_while(|it| it.0 == key);
            found.extend(same.map(|it| it.1).take(MAX_CANDIDATES));
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(MAX_CANDIDATES);
        found
    }

    /// Whether there are so many names that not all of them are candidates.
    #[cfg(test)]
    pub(super) fn is_selective(&self) -> bool {
        !self.keys.is_empty()
    }
}

/// Hashes of which two names at most one edit apart, or equal but for spelling, have at least one in common: of the name itself, of the
/// name without each generic word, and without each of its letters. None of what is too long for a name.
fn keys(name: &str) -> Vec<u64> {
    if name.len() > MAX_LENGTH {
        return Vec::new();
    }
    let name: Cow<'_, str> = name.to_ascii_lowercase().into();
    let folded = folded(&name);
    let bytes = folded.as_bytes();
    let hash = |parts: [&[u8]; 2]| {
        let mut hasher = DefaultHasher::new();
        for byte in parts.into_iter().flatten() {
            byte.hash(&mut hasher);
        }
        hasher.finish()
    };
    let forms = without_generic(&words(&name)).into_iter();
    let mut keys: Vec<u64> = forms.map(|it| hash([it.as_bytes(), &[]])).collect();
    keys.push(hash([bytes, &[]]));
    if bytes.len() <= MAX_INDEXED {
        keys.extend((0..bytes.len()).map(|at| hash([&bytes[..at], &bytes[at + 1..]])));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}
