//! Every rule, as it lies in this folder. Made by the test of `kubelint-rule-index`: do not edit.

use kubelint_engine::RuleSource;

#[path = "api/duplicate_key.rs"]
mod duplicate_key;
#[path = "api/selector_mismatch.rs"]
mod selector_mismatch;

/// The rules, by id.
#[rustfmt::skip]
pub(crate) const RULES: &[RuleSource<'_>] = &[
    RuleSource { path: "api/duplicate-key.md", text: include_str!("api/duplicate-key.md"), code: Some(duplicate_key::RULE) },
    RuleSource { path: "security/privileged-container.md", text: include_str!("security/privileged-container.md"), code: None },
    RuleSource { path: "api/selector-mismatch.md", text: include_str!("api/selector-mismatch.md"), code: Some(selector_mismatch::RULE) },
    RuleSource { path: "hygiene/unused-suppression.md", text: include_str!("hygiene/unused-suppression.md"), code: None },
    RuleSource { path: "api/yaml-syntax.md", text: include_str!("api/yaml-syntax.md"), code: None },
];
