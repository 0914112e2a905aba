//! Labels of pods that no pod template of the repository states: set at run time, or in templates of charts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use kubelint_parser::{Span, TextRange};

use super::names::matches;
use crate::{DeploymentGraph, Role, data};

/// The rows of `data/cluster-labels.tsv`.
static LABELS: LazyLock<Vec<[&'static str; 3]>> =
    LazyLock::new(|| data::rows(include_str!("../../data/cluster-labels.tsv")).collect());

/// The rows of `data/given-labels.tsv`.
static GIVEN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    data::rows(include_str!("../../data/given-labels.tsv"))
        .map(|[key, ..]| key)
        .collect()
});

/// Whether people give their pods the label `key`, so that a selector for it is a mistake where no pod has it.
pub fn is_given(key: &str) -> bool {
    GIVEN.contains(key)
}

/// How many labels of charts' templates are kept.
const MAX_LABELS: usize = 100_000;

/// Why pods get one of these labels at run time, if they do.
pub(super) fn at_run_time(labels: &[(Cow<'_, str>, Cow<'_, str>)]) -> Option<&'static str> {
    let found = labels.iter().find_map(|(key, value)| {
        LABELS
            .iter()
            .find(|[known, of, _]| matches(known, key) && matches(of, value))
    });
    found.map(|[.., why]| *why)
}

/// The labels, as key and value, that the templates of the repository's charts state literally.
#[derive(Debug, Default)]
pub(super) struct ChartLabels {
    places: BTreeMap<(String, String), Span>,
}

impl ChartLabels {
    pub(super) fn new(graph: &DeploymentGraph) -> Self {
        let mut found = Self::default();
        for file in graph
            .files
            .iter()
            .filter(|it| it.role == Role::ChartTemplate)
        {
            let mut start = 0;
            for line in graph.sources.get(file.source).text().split_inclusive('\n') {
                let at = start;
                start += line.len();
                let Some((key, value)) = line.split_once(": ") else {
                    continue;
                };
                let clean = |it: &str| it.trim().trim_matches(['"', '\'']).to_owned();
                let (key, value) = (clean(key), clean(value));
                let is_label =
                    !value.is_empty() && value.len() <= 63 && !value.contains([' ', '{']);
                if is_label && found.places.len() < MAX_LABELS {
                    let range = TextRange::new(at as u32, (at + line.trim_end().len()) as u32);
                    let span = Span::new(file.source, range);
                    found.places.entry((key, value)).or_insert(span);
                }
            }
        }
        found
    }

    /// Where a template states these labels: all of them, for one alone is often shared by much else.
    pub(super) fn find(&self, labels: &[(Cow<'_, str>, Cow<'_, str>)]) -> Option<Span> {
        let places = labels.iter().map(|(key, value)| {
            let label = (key.clone().into_owned(), value.clone().into_owned());
            self.places.get(&label).copied()
        });
        let places: Vec<Span> = places.collect::<Option<_>>()?;
        places.first().copied()
    }
}
