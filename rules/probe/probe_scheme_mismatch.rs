//! Probes that speak TLS to a plain server, or plainly to one that wants TLS.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::view::text;

use crate::askers::probe_words;
use crate::probed::{HttpProbe, http_probes};
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for running in AllPrograms::new(cx.graph).all() {
        // Whatever is injected may take TLS off.
        if running.template.is_injected() {
            continue;
        }
        let listened = running.listened();
        for probe in http_probes(&running, listened.as_deref()) {
            if probe.confidence == Confidence::High
                && let Some(found) = finding(&running, &probe)
            {
                out.push(found);
            }
        }
    }
}

fn finding(running: &Running<'_>, probe: &HttpProbe<'_, '_>) -> Option<Finding> {
    let graph = running.graph;
    let resource = running.workload.resource;
    let listener = probe.listener?;
    let has_tls = listener.tls?;
    let scheme = text(probe.handler, "scheme");
    let asks_tls = scheme.as_ref().is_some_and(|it| it.value == "HTTPS");
    if asks_tls == has_tls {
        return None;
    }
    let (asks, speaks, meant) = if has_tls {
        ("HTTP", "TLS", "HTTPS")
    } else {
        ("HTTPS", "no TLS", "HTTP")
    };
    let what = probe_words(probe.probe.field);
    let message = format!(
        "the {what} of container `{}` speaks {asks} to port {}, where its program speaks {speaks}",
        running.name(),
        probe.number
    );
    let field = format!("{}.httpGet.scheme", probe.probe.field);
    let place = scheme.map_or(probe.handler, |it| it.node);
    let cause = Cause::field_of(resource, &running.container.field_path(&field));
    let mut found = Finding::new(graph.span_in(resource, place.range()), message, cause)
        .label(format!("the probe speaks {asks}"))
        .about(resource.id, running.container.field_path(&field), asks)
        .help(format!("write `scheme: {meant}`, or serve {asks} there"));
    if let Some(place) = listener.port.place {
        found = found.related(running.span(place), format!("speaks {speaks}"));
    }
    let confidence = running
        .confidence(&[probe.probe.field])
        .min(listener.confidence);
    Some(running.with_chain(found).confidence(confidence))
}
