//! Variables that are set under another name than the one that the program reads.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::code::Expr;
use kubelint_model::program::ProgramRead;

use crate::misnamed::Misnamed;
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for running in AllPrograms::new(cx.graph).all() {
        for misnamed in Misnamed::all(&running) {
            if let Some(found) = finding(&running, &misnamed) {
                out.push(found);
            }
        }
    }
}

fn finding(running: &Running<'_>, misnamed: &Misnamed<'_, '_>) -> Option<Finding> {
    let graph = running.graph;
    let (set, wanted) = (misnamed.set, misnamed.wanted);
    let name = running.name();
    let message = format!(
        "container `{name}` is given `{set}`, and its program reads `{wanted}`, which nothing sets"
    );
    let cause = Cause::env(running.owner(), &name, set);
    let resource = running.workload.resource;
    let mut own = running.container.env();
    let stated = own.find(|it| it.name().is_some_and(|it| it.value == set));
    // The name is what is wrong: of a ConfigMap that is taken whole, its key.
    let (place, field) = match stated {
        Some(variable) => {
            let node = variable.name().map_or(variable.node, |it| it.node);
            let field = running
                .container
                .item_path("env", variable.index, variable.node);
            (graph.span_in(resource, node.range()), field)
        }
        None => (
            misnamed.value.place?,
            running.container.field_path("envFrom"),
        ),
    };
    let mut found = Finding::new(place, message, cause)
        .label("the program does not read this")
        .about(resource.id, field, set)
        .help(format!(
            "call it `{wanted}`, or let the program read `{set}`"
        ));
    if let (Some(_), Some(place)) = (stated, misnamed.value.place)
        && !resource.span.range.contains(place.range)
    {
        found = found.related(place, "its value");
    }
    let found = match misnamed.read {
        Some(read) => found.related(running.span(read.place), reads(misnamed, read)),
        None => found,
    };
    let confidence = running.confidence(&[]).min(misnamed.confidence);
    Some(running.with_chain(found).confidence(confidence))
}

/// What the program does with the variable that nothing sets.
fn reads(misnamed: &Misnamed<'_, '_>, read: &ProgramRead) -> String {
    let wanted = misnamed.wanted;
    let is_secret = kubelint_model::credential::is_name(wanted);
    match read.default.as_ref().and_then(Expr::text) {
        Some(default) if !default.is_empty() && !is_secret => {
            format!("reads `{wanted}`, or else takes `{default}`")
        }
        _ if read.is_required => format!("reads `{wanted}`, and stops without it"),
        _ => format!("reads `{wanted}`"),
    }
}
