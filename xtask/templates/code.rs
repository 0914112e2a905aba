//! The function of `my-rule`: what it promises stands on its page.

use kubelint_engine::{CodeRule, Findings, RuleContext};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let _ = (cx.graph, out);
}
