//! Placeholders that nothing fills in, where the field cannot hold them.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext, Severity};
use kubelint_model::grammar::{self, Field, Grammar};
use kubelint_model::placeholder::{self, Form, Placeholder};
use kubelint_model::purpose::Purpose;
use kubelint_model::{Cause, KubeNode, Resource};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_substitutions();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let mut found = Vec::new();
    // The files of which a tool fills in some variable: it fills in all, and those that are not set with nothing.
    let mut filled_in = BTreeSet::new();
    for resource in cx.graph.resources.iter().filter(|it| it.is_whole()) {
        for field in grammar::fields(&resource.gvk, cx.graph.root(resource)) {
            let Some(text) = field.node.text_value() else {
                continue;
            };
            let registry = placeholder::documentation_registry(&text);
            let registry = registry.filter(|_| field.grammar == Grammar::Image);
            for placeholder in placeholder::find(&text).into_iter().chain(registry) {
                if is_variable(&placeholder) && cx.graph.substituted(&placeholder).is_some() {
                    filled_in.insert(resource.file);
                }
                if let Some(severity) = severity(field.grammar, &text, &placeholder) {
                    let finding = finding(cx, resource, field, &placeholder, &text);
                    let is_variable = is_variable(&placeholder);
                    found.push((resource.file, is_variable, finding.at_most(severity)));
                }
            }
        }
    }
    for (file, is_variable, finding) in found {
        out.push(if is_variable && filled_in.contains(&file) {
            finding.confidence(Confidence::Low)
        } else {
            finding
        });
    }
}

/// Whether it is a variable as envsubst fills them in.
fn is_variable(placeholder: &Placeholder<'_>) -> bool {
    matches!(placeholder.form, Form::Dollar | Form::DollarBrace)
}

/// How bad a placeholder is in a field; `None` if the field may well hold it.
fn severity(grammar: Grammar, text: &str, found: &Placeholder<'_>) -> Option<Severity> {
    let part = found.range.of(text);
    let is_whole = part.len() == text.trim().len();
    let is_stand_in = found.form == Form::Word
        && match grammar {
            Grammar::Image => true,
            // `externalName: placeholder` is what some controllers ask for, to put a name of theirs there.
            Grammar::Host => placeholder::is_unmistakable(found.token),
            _ => false,
        };
    if grammar.forbids(text, part) || (is_stand_in && placeholder::is_unmistakable(found.token)) {
        Some(Severity::Error)
    } else if grammar == Grammar::Env {
        // `$(NAME)` is resolved by the kubelet.
        (is_whole && found.form != Form::DollarParen).then_some(Severity::Warning)
    } else {
        is_stand_in.then_some(Severity::Warning)
    }
}

fn finding(
    cx: &RuleContext<'_>,
    resource: &Resource,
    field: Field<'_>,
    found: &Placeholder<'_>,
    text: &str,
) -> Finding {
    let graph = cx.graph;
    let ranges = field.node.decode().source_ranges(found.range);
    let range = ranges.first().copied().unwrap_or(field.node.range());
    let span = graph.span_in(resource, range);
    let path = graph.path_at(resource, range);
    let hidden = field.grammar == Grammar::Base64 || graph.is_redacted(span);
    let (shown, cause) = if hidden {
        ("a placeholder".to_owned(), Cause::field_of(resource, &path))
    } else {
        let part = found.range.of(text);
        (
            format!("the placeholder `{part}`"),
            Cause::text(found.token),
        )
    };
    let message = if field.grammar.forbids(text, found.range.of(text)) {
        let what = field.grammar.what();
        format!("{shown} was not filled in, and {what} cannot hold it")
    } else {
        format!("{shown} was not filled in")
    };
    let value = if hidden { "" } else { found.token };
    let this = Finding::new(span, message, cause)
        .about(resource.id, path.as_str(), value)
        .confidence(confidence(cx, resource, found, &path).min(most(field.grammar)));
    match graph.substituted(found) {
        Some(file) => this.help(format!("make sure that `{file}` replaces it")),
        None => this.help("put the value in its place, or replace it before this is applied"),
    }
}

/// How sure it can be at most. No Secret is committed with its values: whoever applies one with a placeholder fills it in first.
const fn most(grammar: Grammar) -> Confidence {
    match grammar {
        Grammar::Base64 => Confidence::Medium,
        _ => Confidence::High,
    }
}

fn confidence(
    cx: &RuleContext<'_>,
    resource: &Resource,
    found: &Placeholder<'_>,
    path: &str,
) -> Confidence {
    let graph = cx.graph;
    let may_be_filled_in = graph.substituted(found).is_some()
        || graph.substitutions.unfinished().is_some()
        || graph.plan.is_variable(found.token)
        || resource.template.is_some()
        || graph.may_change(resource, path)
        || graph.file(resource.file).purpose != Purpose::Deployed;
    if may_be_filled_in {
        Confidence::Low
    } else if resource.gvk.is_built_in() {
        Confidence::High
    } else {
        Confidence::Medium
    }
}
