//! How sure a rule may be of what one object states: who judges the object, and what may still change it.

use kubelint_engine::Confidence;
use kubelint_model::purpose::Purpose;
use kubelint_model::view::{Handling, Workload};
use kubelint_model::{DeploymentGraph, Resource, placeholder};

/// The confidence of a contradiction between the fields `paths` of a workload's pod templates: high where the API server itself judges
/// them, medium where a known controller makes pods from them as they stand, low where something may still change them. In files for tests
/// only what the API server is certain to refuse is shown: the rest is mostly meant.
pub(crate) fn in_template(
    graph: &DeploymentGraph,
    workload: &Workload<'_>,
    paths: &[&str],
) -> Confidence {
    let judged = match workload.handling() {
        Handling::Validated => Confidence::High,
        Handling::Unchanged if !is_for_tests(graph, workload.resource) => Confidence::Medium,
        Handling::Unchanged | Handling::Completed => Confidence::Low,
    };
    judged.min(in_resource(graph, workload.resource, paths))
}

/// The confidence of what follows from all that was read, and not from one contradiction: medium at most, and low where the object is for
/// something else than being deployed, or something may still change one of its fields `paths`.
pub(crate) fn inferred(graph: &DeploymentGraph, resource: &Resource, paths: &[&str]) -> Confidence {
    let most = match graph.file(resource.file).purpose {
        Purpose::Test | Purpose::Template | Purpose::Sample => Confidence::Low,
        Purpose::Deployed => Confidence::Medium,
    };
    most.min(in_resource(graph, resource, paths))
}

/// The confidence of a contradiction between the fields `paths` of an object: low where a kustomization may still change one of them.
pub(crate) fn in_resource(
    graph: &DeploymentGraph,
    resource: &Resource,
    paths: &[&str],
) -> Confidence {
    if paths.iter().any(|path| graph.may_change(resource, path)) {
        Confidence::Low
    } else {
        Confidence::High
    }
}

/// Whether a file is there to be tested with or filled in, so that what it contradicts is mostly meant.
pub(crate) fn is_for_tests(graph: &DeploymentGraph, resource: &Resource) -> bool {
    matches!(
        graph.file(resource.file).purpose,
        Purpose::Test | Purpose::Template
    )
}

/// Whether some tool may replace part of `text` before the API server sees it, so that it equals or differs from another text by chance.
pub(crate) fn is_replaced(text: &str) -> bool {
    !placeholder::find(text).is_empty()
}
