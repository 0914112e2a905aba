//! How rules see the graph, and how they answer.

use kubelint_model::{DeploymentGraph, Needs};

use crate::report::Problem;
use crate::{Finding, Registry, RuleId, RuleMeta, Settings};

/// What a rule is given.
pub struct RuleContext<'a> {
    /// Everything that was read.
    pub graph: &'a DeploymentGraph,
    /// The rule's own page.
    pub meta: &'a RuleMeta,
}

/// Where a rule puts its findings.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

/// A rule written in code: a total, pure function from the graph to findings.
#[derive(Clone, Copy)]
pub struct CodeRule {
    /// The function.
    pub check: fn(&RuleContext<'_>, &mut Findings),
    /// What it needs to see beside the targets themselves.
    pub needs: Needs,
}

/// What the rules said.
#[derive(Debug, Default)]
pub struct Checked {
    /// The findings, each with its rule.
    pub findings: Vec<(RuleId, Finding)>,
    /// Rules that panicked: the others went on.
    pub problems: Vec<Problem>,
    /// Those rules, by name: what they would have found is unknown.
    pub failed: Vec<RuleId>,
}

/// Runs the selected rules over the frozen graph, in parallel.
pub fn check(graph: &DeploymentGraph, registry: &Registry, settings: &Settings) -> Checked {
    let _ = (graph, registry, settings);
    Checked::default()
}

impl CodeRule {
    /// A rule that needs nothing but the targets.
    pub const fn new(check: fn(&RuleContext<'_>, &mut Findings)) -> Self {
        Self {
            check,
            needs: Needs {
                substitutions: false,
            },
        }
    }
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// The findings, in the order in which they were added.
    pub fn into_vec(self) -> Vec<Finding> {
        self.0
    }
}
