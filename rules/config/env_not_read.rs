//! Variables that a container is given and that nothing in it reads.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::code::Subject;

use crate::misnamed::Misnamed;
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
    let graph = running.graph;
    let resource = running.workload.resource;
    let misnamed = Misnamed::all(running);
    for variable in running.container.env() {
        let Some(name) = variable.name() else {
            continue;
        };
        let is_meant = misnamed.iter().any(|it| it.set == name.value);
        if is_meant || running.may_read(&name.value) {
            continue;
        }
        let message = format!(
            "container `{}` is given `{}`, which its program does not read",
            running.name(),
            name.value
        );
        let cause = Cause::env(running.owner(), &running.name(), &name.value);
        let field = running
            .container
            .item_path("env", variable.index, variable.node);
        let mut found = Finding::new(graph.span_in(resource, name.range()), message, cause)
            .label("nothing reads this")
            .about(resource.id, field, name.value.as_ref())
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
        out.push(running.with_chain(found).confidence(confidence));
    }
}
