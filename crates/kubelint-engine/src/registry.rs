//! All rules, whether they are data or code.

use std::collections::BTreeMap;

use crate::{CodeRule, RuleId, RuleMeta};

/// All rules of a run. Nobody downstream can tell data from code.
#[derive(Default)]
pub struct Registry {
    rules: BTreeMap<RuleId, Rule>,
}

/// One rule.
pub struct Rule {
    /// What its page states.
    pub meta: RuleMeta,
    /// Its page, as text.
    pub page: String,
    /// How it checks.
    pub check: Check,
}

/// How a rule checks.
pub enum Check {
    /// A function over the graph.
    Code(CodeRule),
    /// The engine itself raises it.
    Engine,
}

impl Registry {
    /// All rules, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// The rule called `id`.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.get(&RuleId::new(id))
    }
}
