//! Keys that pods take from a ConfigMap which does not have them.

use kubelint_engine::{CodeRule, Findings, RuleContext};
use kubelint_model::reference::Relation;

use crate::absent_part::{self, absent_parts};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for absent in absent_parts(cx.graph, Relation::ConfigMap) {
        if let Some(finding) = absent_part::key(cx, &absent) {
            out.push(finding);
        }
    }
}
