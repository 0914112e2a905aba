//! Which findings are known already: by the baseline, or because they were there before the change that is looked at.

use std::collections::BTreeMap;

use kubelint_parser::source::SourcePath;

use super::Baseline;
use crate::{Confidence, Entry, Report, Settings, State};

/// What was found before a change: how often each fingerprint, and in which files. What exceeds a count came with the change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundBefore {
    found: BTreeMap<String, BTreeMap<SourcePath, Count>>,
}

/// How often a fingerprint was found in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    /// With low confidence.
    guessed: usize,
    /// With more.
    known: usize,
}

impl FoundBefore {
    /// What `report`, of the files before the change, shows. What was suppressed there does not count: if the comment that did it goes,
    /// the finding is new.
    pub fn of(report: &Report) -> Self {
        let mut found: BTreeMap<String, BTreeMap<SourcePath, Count>> = BTreeMap::new();
        for entry in &report.entries {
            if !matches!(entry.state, State::Suppressed { .. }) {
                let path = report.sources.get(entry.primary.place.span.source).path();
                let paths = found.entry(entry.fingerprint.clone()).or_default();
                let count = paths.entry(path.clone()).or_default();
                if entry.confidence == Confidence::Low {
                    count.guessed += 1;
                } else {
                    count.known += 1;
                }
            }
        }
        Self { found }
    }

    fn paths(&self, fingerprint: &str) -> &BTreeMap<SourcePath, Count> {
        static NONE: BTreeMap<SourcePath, Count> = BTreeMap::new();
        self.found.get(fingerprint).unwrap_or(&NONE)
    }
}

impl Count {
    /// How often what is found now with this confidence was there. What is sure now and was a guess is news; but what is likely now may
    /// be so because of anything in the repository.
    fn of(self, now: Confidence) -> usize {
        if now == Confidence::High {
            self.known
        } else {
            self.known + self.guessed
        }
    }
}

/// Marks the active `entries` that are known, which are in the order of the report, each with the path of its primary place. Of equal ones
/// as many are known as the baseline counts or as were there before the change, whichever is more.
///
/// Those known are the first; but where it is known what was there before, those that a file has more of than it had are left for the
/// last: an equal finding in another file is most likely the one that the change brought.
///
/// Returns how many known findings of rules that ran the baseline holds and were not found.
pub(super) fn mark(entries: &mut [Entry], paths: &[SourcePath], settings: &Settings) -> usize {
    let (baseline, before) = (settings.baseline.as_ref(), settings.before.as_ref());
    if baseline.is_none() && before.is_none() {
        return 0;
    }
    let mut equal: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        if entry.state == State::Active {
            let indices = equal.entry(entry.fingerprint.clone()).or_default();
            indices.push(index);
        }
    }
    for (fingerprint, indices) in &equal {
        let in_baseline = baseline.map_or(0, |it| it.count(fingerprint));
        let (order, there_before) = match before {
            None => (indices.clone(), 0),
            Some(before) => {
                let surest = indices.iter().map(|&it| entries[it].confidence).max();
                let surest = surest.unwrap_or(Confidence::Low);
                let counts = before.paths(fingerprint);
                let count = |path: &SourcePath| counts.get(path).map_or(0, |it| it.of(surest));
                let all = counts.values().map(|it| it.of(surest)).sum();
                (unexpected_last(indices, paths, count), all)
            }
        };
        for (place, index) in order.into_iter().enumerate() {
            if place < in_baseline {
                entries[index].state = State::Baselined;
            } else if place < there_before {
                entries[index].state = State::Unchanged;
            }
        }
    }
    let found = |fingerprint: &str| equal.get(fingerprint).map_or(0, Vec::len);
    baseline.map_or(0, |it| it.gone(found, settings))
}

/// The indices in order; but of those in one file only as many first as `expected` tells for its path.
fn unexpected_last(
    indices: &[usize],
    paths: &[SourcePath],
    expected: impl Fn(&SourcePath) -> usize,
) -> Vec<usize> {
    let mut seen: BTreeMap<&SourcePath, usize> = BTreeMap::new();
    let (mut first, last): (Vec<_>, Vec<_>) = indices.iter().partition(|&&index| {
        let path = &paths[index];
        let seen = seen.entry(path).or_default();
        *seen += 1;
        *seen <= expected(path)
    });
    first.extend(last);
    first
}

impl Baseline {
    /// How many known findings of rules that ran were not found; `found` tells how often each fingerprint was.
    fn gone(&self, found: impl Fn(&str) -> usize, settings: &Settings) -> usize {
        self.of_rules(&settings.rules)
            .map(|(fingerprint, count)| count.saturating_sub(found(fingerprint)))
            .sum()
    }
}
