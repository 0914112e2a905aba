//! What SARIF says of the rules: their titles and pages.

use kubelint_engine::decide::page_url;
use kubelint_engine::registry::Rule;
use kubelint_engine::{Confidence, Severity};

use super::super::Context;
use super::super::escape::lines;
use super::level;
use super::wire::{
    Configuration, Message, MultiformatMessage, ReportingDescriptor, RuleProperties,
};

/// All rules, sorted by id.
pub(super) fn descriptors(cx: Context<'_>) -> Vec<ReportingDescriptor<'_>> {
    cx.registry.iter().map(descriptor).collect()
}

fn descriptor(rule: &Rule) -> ReportingDescriptor<'_> {
    let meta = &rule.meta;
    let title = lines(&meta.title);
    let remedy = lines(meta.remedy.trim());
    ReportingDescriptor {
        id: meta.id.as_str(),
        short_description: Message {
            text: title.clone(),
        },
        full_description: Message {
            text: title.clone(),
        },
        default_configuration: Configuration {
            level: level(meta.severity),
        },
        help_uri: Some(page_url(meta)).filter(|it| !it.is_empty()),
        help: MultiformatMessage {
            text: if remedy.is_empty() { title } else { remedy },
            markdown: lines(body(&rule.page)),
        },
        properties: RuleProperties {
            tags: ["kubernetes", meta.category.as_str()],
            precision: match meta.confidence {
                Confidence::High => "high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            },
            problem_severity: match meta.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    }
}

/// A page without its front matter.
fn body(page: &str) -> &str {
    let body = page
        .strip_prefix("---")
        .and_then(|rest| rest.split_once("\n---"))
        .map_or(page, |(_, body)| body);
    body.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_its_front_matter() {
        assert_eq!(body("---\ntitle: a\n---\n\nWhat.\n"), "What.");
        assert_eq!(body("What.\n"), "What.");
    }
}
