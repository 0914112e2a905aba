//! Keys that pods take from a Secret which does not have them.

use kubelint_engine::{CodeRule, Findings, RuleContext};
use kubelint_model::reference::Relation;

use crate::absent_part;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    absent_part::check_keys(cx, Relation::Secret, out);
}
