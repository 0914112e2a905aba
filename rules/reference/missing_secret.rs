//! Secrets that pods and ingresses use and no manifest defines.

use kubelint_engine::{CodeRule, Findings, RuleContext};
use kubelint_model::reference::Relation;

use crate::absence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// Every way to use a Secret.
const USES: [Relation; 3] = [Relation::Secret, Relation::PullSecret, Relation::TlsSecret];

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    absence::report(cx, &USES, out);
}
