//! Every rule, as it lies in this folder. Made by the test of `kubelint-rule-index`: do not edit.

use kubelint_engine::RuleSource;

/// The rules, by id.
#[rustfmt::skip]
pub(crate) const RULES: &[RuleSource<'_>] = &[
    RuleSource { path: "hygiene/unused-suppression.md", text: include_str!("hygiene/unused-suppression.md"), code: None },
    RuleSource { path: "api/yaml-syntax.md", text: include_str!("api/yaml-syntax.md"), code: None },
];
