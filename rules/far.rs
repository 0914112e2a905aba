//! Objects far from what names them: how sure one may be that they are meant, and not others of the name that are stated nowhere.

use kubelint_engine::Confidence;
use kubelint_model::link::{Link, Outcome};
use kubelint_model::purpose::Purpose;
use kubelint_model::reach::Ring;
use kubelint_model::{DeploymentGraph, Resource, ResourceId};

/// How sure it is at most that `from` means one of these objects, which are as near as `ring`. `states_namespace`: the name is written with a
/// namespace.
pub(crate) fn most(
    graph: &DeploymentGraph,
    from: &Resource,
    states_namespace: bool,
    (ring, candidates): (Ring, &[ResourceId]),
) -> Confidence {
    if ring < Ring::Applied {
        return Confidence::High;
    }
    let is_moved = |id: &ResourceId| is_moved(graph, from, states_namespace, *id);
    if candidates.iter().any(is_moved) {
        return Confidence::Low;
    }
    if ring < Ring::Outward {
        return Confidence::High;
    }
    let [only] = candidates else {
        return Confidence::Medium;
    };
    let target = graph.resource(*only);
    let is_in_one = from.namespace.is_some() && from.namespace == target.namespace;
    if states_namespace || is_in_one || is_beside(graph, from, target) {
        Confidence::High
    } else {
        Confidence::Medium
    }
}

/// How sure it is that the objects to which a link leads are the ones that are meant, so that what they lack is missing.
pub(crate) fn meant(graph: &DeploymentGraph, link: &Link) -> Confidence {
    let Outcome::Resolved {
        ring, candidates, ..
    } = &link.outcome
    else {
        return Confidence::High;
    };
    let from = graph.resource(link.from);
    // Of samples each file stands for itself.
    let is_sample = graph.file(from.file).purpose == Purpose::Sample;
    if *ring == Ring::Outward && (is_sample || is_half_stated(graph, link, candidates)) {
        return Confidence::Low;
    }
    most(graph, from, link.states_namespace, (*ring, candidates))
}

/// Whether only one side states a namespace, so that both being in one is no more than a guess.
fn is_half_stated(graph: &DeploymentGraph, link: &Link, candidates: &[ResourceId]) -> bool {
    let states = |id: &ResourceId| graph.resource(*id).namespace.is_some();
    let is_stated = link.target.namespace.is_some();
    candidates.iter().any(|it| states(it) != is_stated)
}

/// Whether a kustomization decides in which namespace the object is, and the name says another way which one it means.
fn is_moved(
    graph: &DeploymentGraph,
    from: &Resource,
    states_namespace: bool,
    candidate: ResourceId,
) -> bool {
    let target = graph.resource(candidate);
    let is_said = states_namespace || from.namespace.is_some();
    is_said && target.namespace.is_none() && graph.may_change(target, "metadata.namespace")
}

/// Whether both stand in one branch of the repository.
fn is_beside(graph: &DeploymentGraph, from: &Resource, target: &Resource) -> bool {
    let folder = |it: &Resource| graph.file(it.file).path.parent();
    let above = folder(from).rsplit_once('/').map_or("", |(above, _)| above);
    above.is_empty()
        || folder(target)
            .strip_prefix(above)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
