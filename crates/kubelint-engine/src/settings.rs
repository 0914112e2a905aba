//! What the user asked for, resolved and valid.

use std::collections::BTreeMap;

use kubelint_model::Needs;

use crate::decide::{Baseline, PathIgnore};
use crate::{Confidence, Registry, RuleId, Severity};

/// The settings of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rules that run, each with the severity that the user gave it, if any.
    pub rules: BTreeMap<RuleId, Option<Severity>>,
    /// Findings of lower confidence are left out.
    pub min_confidence: Confidence,
    /// Findings that the configuration allows by path.
    pub ignores: Vec<PathIgnore>,
    /// Findings that are known already, if the user keeps a baseline.
    pub baseline: Option<Baseline>,
}

impl Settings {
    /// What the selected rules need to see.
    pub fn needs(&self, registry: &Registry) -> Needs {
        let _ = registry;
        Needs::default()
    }
}
