//! Variables that a container is given and that nothing in it reads.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::code::Subject;
use kubelint_model::program::SetBy;
use kubelint_parser::Span;

use crate::misnamed::{Misnamed, own_names};
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for running in AllPrograms::new(cx.graph).all() {
        // Whoever reads nothing that is seen reads what is not seen.
        let is_seen =
            running.program.is_complete(Subject::Reads) && !running.program.reads.is_empty();
        if is_seen {
            report(&running, out);
        }
    }
}

fn report(running: &Running<'_>, out: &mut Findings) {
    let misnamed = Misnamed::all(running);
    let is_unread = |name: &str| {
        let is_meant = misnamed.iter().any(|it| it.set == name);
        !is_meant && !running.may_read(name)
    };
    let graph = running.graph;
    let resource = running.workload.resource;
    let mut stated = BTreeSet::new();
    for variable in running.container.env() {
        let Some(name) = variable.name() else {
            continue;
        };
        if is_unread(&name.value) {
            let field = running
                .container
                .item_path("env", variable.index, variable.node);
            let place = graph.span_in(resource, name.range());
            out.push(finding(running, &name.value, place, field));
        }
        stated.insert(name.value);
    }
    // What several containers are given together one of them may read.
    if running.template.containers().len() != 1 {
        return;
    }
    let taken = running.env.given().iter();
    let taken = taken.filter(|it| it.1.by == SetBy::Manifest && !stated.contains(it.0));
    let own = own_names(running);
    for (name, value) in taken.filter(|it| own.contains(it.0) && is_unread(it.0)) {
        if let Some(place) = value.place {
            let field = running.container.field_path("envFrom");
            out.push(finding(running, name, place, field));
        }
    }
}

fn finding(running: &Running<'_>, name: &str, place: Span, field: String) -> Finding {
    let graph = running.graph;
    let container = running.name();
    let message =
        format!("container `{container}` is given `{name}`, which its program does not read");
    let cause = Cause::env(running.owner(), &container, name);
    let mut found = Finding::new(place, message, cause)
        .label("nothing reads this")
        .about(running.workload.resource.id, field, name)
        .help("remove it, or let the program read it");
    if let Some(entry) = running.program.entry {
        let file = graph.file(entry);
        let start = kubelint_parser::TextRange::empty(0);
        found = found.related(
            graph.span(entry, start),
            format!("the program starts in {}", file.path),
        );
    }
    let confidence = running.confidence(&[]).min(Confidence::Medium);
    running.with_chain(found).confidence(confidence)
}
