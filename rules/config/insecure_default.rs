//! Credentials that nothing sets and that the program replaces by one of its own.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::code::{Expr, ReadName};
use kubelint_model::{Cause, credential, placeholder};

use crate::environment::Setting;
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// Defaults that are no credentials: they mean that there is none.
const NONE: [&str; 8] = ["", "none", "null", "nil", "false", "true", "0", "undefined"];

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for running in AllPrograms::new(cx.graph).all() {
        let mut seen = BTreeSet::new();
        for read in &running.program.reads {
            let (name, setting) = match &read.name {
                ReadName::Exact(name) => (name, running.env.get(name)),
                ReadName::AnyCase(name) => (name, running.env.get_any_case(name)),
                ReadName::Prefix(_) | ReadName::Computed(_) => continue,
            };
            let default = read.default.as_ref().and_then(Expr::text);
            let is_given = default.is_some_and(is_credential);
            let is_absent = matches!(setting, Setting::Absent);
            if is_given && is_absent && credential::is_name(name) && seen.insert(name.as_str()) {
                out.push(finding(&running, name, running.span(read.place)));
            }
        }
    }
}

/// Whether a default is a text that can be logged in with: no path, no placeholder of a template, and no time as that after which
/// a token expires.
fn is_credential(default: &str) -> bool {
    let text = default.trim();
    let number = text.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    let is_time =
        text.len() - number.len() < 2 && number.len() < 8 && number.parse::<u32>().is_ok();
    if is_time {
        return false;
    }
    let is_none = NONE.contains(&text.to_ascii_lowercase().as_str());
    let is_path = text.starts_with('/') || text.starts_with("./") || text.contains("://");
    // A word that asks to be changed works as long as nobody does.
    let is_filled_in = placeholder::find(text)
        .iter()
        .any(|it| it.form != placeholder::Form::Word);
    !is_none && !is_path && !text.contains(char::is_whitespace) && !is_filled_in
}

fn finding(running: &Running<'_>, name: &str, place: kubelint_parser::Span) -> Finding {
    let graph = running.graph;
    let resource = running.workload.resource;
    let container = running.name();
    let message = format!(
        "container `{container}` is not given `{name}`, and its program takes one that stands in its source"
    );
    let field = running.container.field_path("env");
    let range = running.variables_at();
    let cause = Cause::env(running.owner(), &container, name);
    let found = Finding::new(graph.span_in(resource, range), message, cause)
        .label(format!("`{name}` is not among these"))
        .about(resource.id, field, name)
        .help(format!(
            "set `{name}` from a Secret, and let the program stop without it"
        ))
        .related(place, "whoever reads the source knows the default");
    let confidence = running.confidence(&[]).min(Confidence::Medium);
    running.with_chain(found).confidence(confidence)
}
