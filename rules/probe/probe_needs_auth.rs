//! HTTP probes of paths that the program answers only to those who log in.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::KubeNode;
use kubelint_model::code::GuardKind;
use kubelint_model::program::{Answer, Served};
use kubelint_model::view::text;

use crate::askers::probe_words;
use crate::probed::{HttpProbe, http_probes, requested};
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for running in AllPrograms::new(cx.graph).all() {
        let listened = running.listened();
        for probe in http_probes(&running, listened.as_deref()) {
            if let Some(found) = finding(&running, &probe) {
                out.push(found);
            }
        }
    }
}

fn finding(running: &Running<'_>, probe: &HttpProbe<'_, '_>) -> Option<Finding> {
    let graph = running.graph;
    let resource = running.workload.resource;
    let path = requested(probe.path.as_ref().map_or("", |it| &it.value));
    let Answer::Served(route) = running.program.serves(&path, "GET") else {
        return None;
    };
    // Which of several routes answers depends on their order.
    let mut answering = running.program.answering(&path, "GET", &[]).into_iter();
    let guard = |it: &Served| {
        it.guards
            .iter()
            .find(|it| it.kind == GuardKind::Auth)
            .cloned()
    };
    if !answering.all(|it| guard(it).is_some()) || has_credentials(probe) {
        return None;
    }
    let guard = guard(route)?;
    let what = probe_words(probe.probe.field);
    let message = format!(
        "the {what} of container `{}` asks for `{path}`, which its program answers to those only who log in",
        running.name()
    );
    let field = format!("{}.httpGet.path", probe.probe.field);
    let field = running.container.field_path(&field);
    let place = probe.path.as_ref().map_or(probe.handler, |it| it.node);
    let cause = Cause::field_of(
        resource,
        &running.container.field_path(&format!("path({path})")),
    );
    let found = Finding::new(graph.span_in(resource, place.range()), message, cause)
        .label("asked without credentials")
        .about(resource.id, field, path)
        .help("leave the path out of what wants credentials, or ask for another one")
        .related(running.span(guard.place), "wants credentials");
    let found = if guard.place == route.place {
        found
    } else {
        found.related(running.span(route.place), "stands behind it")
    };
    let confidence = running
        .confidence(&[probe.probe.field])
        .min(probe.confidence);
    Some(running.with_chain(found).confidence(confidence))
}

/// Whether the probe sends a header with credentials.
fn has_credentials(probe: &HttpProbe<'_, '_>) -> bool {
    let headers = probe.handler.list("httpHeaders").into_iter();
    let mut names = headers.filter_map(|it| text(it, "name"));
    names.any(|it| {
        let name = it.value.to_ascii_lowercase();
        ["authorization", "cookie", "token", "key"]
            .iter()
            .any(|it| name.contains(it))
    })
}
