//! Workloads that select each other's pods, and what counts on their not doing so.

use std::collections::BTreeMap;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::selector::Operator;
use kubelint_model::{Cause, DeploymentGraph};
use kubelint_parser::yaml::Node;

use crate::absence::called;
use crate::owners::Owner;
use crate::pod_users::{User, Users, check_targets};
use crate::together::Together;
use crate::{evidence, unmatched, variants};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// Of more workloads whose pods one selects than these, the others are not looked at: one finding is enough.
const MOST_OVERLAPS: usize = 8;

/// Among more workloads with one label than these, only so many before and after one are compared with it.
const MOST_NEIGHBOURS: usize = 128;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let owners: Vec<Owner<'_>> = graph.workloads().filter_map(Owner::of).collect();
    let together = Together::new(graph);
    let users = Users::new(graph, &together);
    let by_label = by_label(&owners);
    for (at, owner) in owners.iter().enumerate() {
        let neighbours = neighbours(owner, at, &by_label);
        let overlapping = neighbours.into_iter().filter_map(|at| {
            let other = &owners[at];
            let overlaps = owner.selects(other) && together.are(owner.resource(), other.resource());
            overlaps.then_some((at, other))
        });
        let found = overlapping
            .take(MOST_OVERLAPS)
            .filter_map(|(other_at, other)| {
                // Of two that select each other's pods, the later one is told of it.
                let is_mutual = other.selects(owner);
                if is_mutual && other_at > at {
                    return None;
                }
                finding(graph, &users, owner, other, is_mutual)
            });
        // The first of the surest ones: what is mended for one is mostly mended for all.
        let found: Vec<Finding> = found.collect();
        let surest = found.iter().map(|it| it.confidence).max();
        if let Some(first) = found.into_iter().find(|it| Some(it.confidence) == surest) {
            out.push(first);
        }
    }
    check_targets(graph, &together, out);
}

/// The owners by each label of their pods, in order.
fn by_label(owners: &[Owner<'_>]) -> BTreeMap<(String, String), Vec<usize>> {
    let mut by_label: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (at, owner) in owners.iter().enumerate() {
        for entry in owner.labels.into_iter().flat_map(Node::fields) {
            let label = entry.key.as_str().zip(entry.value.as_str());
            if let Some((key, value)) = label {
                let label = (key.into_owned(), value.into_owned());
                by_label.entry(label).or_default().push(at);
            }
        }
    }
    by_label
}

/// The owners whose pods may be selected by `owner`, which is number `at`: those that have the rarest of the labels it asks for.
fn neighbours(
    owner: &Owner<'_>,
    at: usize,
    by_label: &BTreeMap<(String, String), Vec<usize>>,
) -> Vec<usize> {
    let wanted = owner.selector.requirements.iter();
    let postings = wanted.filter_map(|it| match &it.operator {
        Operator::In(values) => match values.as_slice() {
            [value] => by_label.get(&(it.key.to_string(), value.to_string())),
            _ => None,
        },
        _ => None,
    });
    let Some(rarest) = postings.min_by_key(|it| it.len()) else {
        return Vec::new();
    };
    let own = rarest.partition_point(|it| *it < at);
    let from = own.saturating_sub(MOST_NEIGHBOURS);
    let near = rarest.iter().skip(from).take(2 * MOST_NEIGHBOURS);
    near.copied().filter(|it| *it != at).collect()
}

/// What is wrong with `owner` selecting the pods of `other`, if anything is.
fn finding(
    graph: &DeploymentGraph,
    users: &Users<'_>,
    owner: &Owner<'_>,
    other: &Owner<'_>,
    is_mutual: bool,
) -> Option<Finding> {
    let on_purpose = variants::are_variants(owner, other);
    let user = users.of(owner, other, is_mutual);
    let user = user.filter(|it| !on_purpose || it.stops());
    if user.is_none() && (on_purpose || !is_mutual) {
        return None;
    }
    let (a, b) = (called(owner.resource()), called(other.resource()));
    let labels = unmatched::words(&owner.selector);
    let says = if is_mutual {
        format!("{a} and {b} select each other's pods")
    } else {
        format!("{a} selects the pods of {b}, too")
    };
    let means = user.as_ref().map(User::means).unwrap_or_default();
    let field = owner.workload.selector_path();
    let mut found = Finding::new(
        owner.place(graph)?,
        format!("{says}{means}"),
        Cause::field_of(other.resource(), "spec.selector"),
    )
    .label(format!("also matches the pods of {b}"))
    .about(owner.resource().id, field, labels)
    .confidence(confidence(graph, owner, other, user.is_some()))
    .help("give each of them a label of its own, in the selector and in the pod template");
    found = if is_mutual {
        found.related(other.place(graph)?, format!("also matches the pods of {a}"))
    } else {
        found.related(other.labels_place(graph), "these labels match")
    };
    for (place, text) in user.iter().flat_map(User::places) {
        found = found.related(place, text);
    }
    Some(found)
}

/// Controllers leave alone pods that others own, so that overlapping selectors by themselves only mislead people and tools.
fn confidence(
    graph: &DeploymentGraph,
    owner: &Owner<'_>,
    other: &Owner<'_>,
    is_used: bool,
) -> Confidence {
    let most = if is_used {
        Confidence::High
    } else {
        Confidence::Medium
    };
    [owner, other].into_iter().fold(most, |least, it| {
        let selector = it.workload.selector_path();
        let paths = [selector, it.labels_path.as_str()];
        let doubtful = evidence::is_for_tests(graph, it.resource());
        let own = if doubtful {
            Confidence::Low
        } else {
            evidence::in_resource(graph, it.resource(), &paths)
        };
        least.min(own)
    })
}
