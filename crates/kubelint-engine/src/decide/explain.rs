//! One cause, one finding: what a finding yields to.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::Cause;

use crate::report::ReportLabel;
use crate::{Confidence, Entry, Registry, RuleId, RuleMeta, Severity, State};

/// Entries that nothing downstream can tell apart for this purpose: of one cause, rule, severity and confidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    // Ordered so that the strongest comes first.
    severity: std::cmp::Reverse<Severity>,
    confidence: std::cmp::Reverse<Confidence>,
    rule: RuleId,
}

/// Marks the active entries that another active entry of the same cause explains away, and adds their places to that one's.
///
/// The explaining entry is of a rule that the weaker one's page yields to (itself or by its category), and of at least its
/// severity and confidence. If it is explained in turn, the entry at the end of the chain explains both. Rules that yield to each
/// other leave one standing: the first by name.
pub(super) fn explain(entries: &mut [Entry], causes: &[Cause], registry: &Registry) {
    let mut by_cause: BTreeMap<&Cause, BTreeMap<Class, Vec<usize>>> = BTreeMap::new();
    for (index, (entry, cause)) in entries.iter().zip(causes).enumerate() {
        if entry.state == State::Active {
            let class = Class {
                severity: std::cmp::Reverse(entry.severity),
                confidence: std::cmp::Reverse(entry.confidence),
                rule: entry.rule.clone(),
            };
            let classes = by_cause.entry(cause).or_default();
            classes.entry(class).or_default().push(index);
        }
    }
    for classes in by_cause.into_values().filter(|classes| classes.len() > 1) {
        let (classes, members): (Vec<Class>, Vec<Vec<usize>>) = classes.into_iter().unzip();
        for (weaker, stronger) in explanations(&classes, registry) {
            if let Some(&root) = members[stronger].first() {
                explain_by(entries, &members[weaker], root);
            }
        }
    }
}

/// Which class is explained by which: pairs of indices, the second never explained itself.
fn explanations(classes: &[Class], registry: &Registry) -> Vec<(usize, usize)> {
    let edges: Vec<Vec<usize>> = classes
        .iter()
        .map(|weaker| {
            let stronger = classes.iter().enumerate();
            stronger
                .filter(|(_, stronger)| yields(weaker, stronger, registry))
                .map(|(index, _)| index)
                .collect()
        })
        .collect();
    let reach: Vec<BTreeSet<usize>> = (0..classes.len())
        .map(|from| reachable(from, &edges))
        .collect();
    // What reaches nothing that does not lead back to it stands; of several that lead to each other, the first does.
    let stands: Vec<bool> = (0..classes.len())
        .map(|it| {
            reach[it]
                .iter()
                .all(|&to| to > it && reach[to].contains(&it))
        })
        .collect();
    (0..classes.len())
        .filter(|&it| !stands[it])
        .filter_map(|it| Some((it, *reach[it].iter().find(|&&to| stands[to])?)))
        .collect()
}

fn yields(weaker: &Class, stronger: &Class, registry: &Registry) -> bool {
    let meta = |rule: &RuleId| registry.get(rule.as_str()).map(|rule| &rule.meta);
    weaker.rule != stronger.rule
        && stronger.severity <= weaker.severity
        && stronger.confidence <= weaker.confidence
        && meta(&weaker.rule)
            .zip(meta(&stronger.rule))
            .is_some_and(|(weaker, stronger)| lists(weaker, stronger))
}

/// Whether the page of `weaker` yields to `stronger` by its id or category.
fn lists(weaker: &RuleMeta, stronger: &RuleMeta) -> bool {
    weaker
        .yields_to
        .iter()
        .any(|it| it == stronger.id.as_str() || it == stronger.category.as_str())
}

/// What can be reached from `from` by one step or more, without `from` itself.
fn reachable(from: usize, edges: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for &to in &edges[at] {
            if to != from && reached.insert(to) {
                open.push(to);
            }
        }
    }
    reached
}

/// Marks `weaker` as explained by the entry `root`, which gets their places.
fn explain_by(entries: &mut [Entry], weaker: &[usize], root: usize) {
    let fingerprint = entries[root].fingerprint.clone();
    let mut places: BTreeSet<_> = std::iter::once(&entries[root].primary)
        .chain(&entries[root].related)
        .map(|label| label.place.span)
        .collect();
    let mut added = Vec::new();
    for &index in weaker {
        let entry = &mut entries[index];
        entry.explained_by = Some(fingerprint.clone());
        if places.insert(entry.primary.place.span) {
            added.push(ReportLabel {
                place: entry.primary.place.clone(),
                text: entry.message.clone(),
            });
        }
    }
    entries[root].related.extend(added);
}
