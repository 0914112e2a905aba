//! Roles that bindings grant and no manifest defines.

use kubelint_engine::{CodeRule, Findings, RuleContext};
use kubelint_model::reference::Relation;

use crate::absence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    absence::report(cx, &[Relation::Role], out);
}
