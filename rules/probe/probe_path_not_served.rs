//! HTTP probes of paths that the container's program does not serve.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::code::Subject;
use kubelint_model::program::{Answer, Port};

use crate::askers::probe_words;
use crate::probed::{HttpProbe, http_probes, nearest, requested};
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for running in AllPrograms::new(cx.graph).all() {
        let program = running.program;
        if program.routes.is_empty() || !program.is_complete(Subject::Routes) {
            continue;
        }
        let listened = running.listened();
        for probe in http_probes(&running, listened.as_deref()) {
            let all = listened.iter().flatten();
            let asked = all.filter(|it| it.number == probe.number);
            let asked: Vec<&Port> = asked.map(|it| it.port).collect();
            if let Some(found) = finding(&running, &probe, &asked) {
                out.push(found);
            }
        }
    }
}

/// `ports` are those of the program that the probe asks.
fn finding(running: &Running<'_>, probe: &HttpProbe<'_, '_>, ports: &[&Port]) -> Option<Finding> {
    let graph = running.graph;
    let program = running.program;
    let resource = running.workload.resource;
    let stated = probe.path.as_ref().map_or("", |it| &it.value);
    let path = requested(stated);
    let elsewhere = match program.serves(&path, "GET") {
        Answer::Served(route) => Some(route),
        _ => None,
    };
    let (says, route, label) = match program.serves_at(&path, "GET", ports) {
        Answer::Served(_) | Answer::Unknown => return None,
        Answer::OtherMethod(route) => {
            let methods = route.methods.join("` and `");
            (
                format!("and its program serves it for `{methods}` only"),
                Some(route),
                "not for `GET`".to_owned(),
            )
        }
        Answer::NotServed if elsewhere.is_some() => (
            "which its program serves at another port".to_owned(),
            elsewhere,
            "at another port".to_owned(),
        ),
        Answer::NotServed => {
            let meant = nearest(program, &path);
            // To some frameworks case counts for nothing.
            if meant.is_some_and(|it| it.path.text.eq_ignore_ascii_case(&path)) {
                return None;
            }
            let label = meant.map_or_else(String::new, |it| format!("serves `{}`", it.path.text));
            ("which its program does not serve".to_owned(), meant, label)
        }
    };
    let field = running
        .container
        .field_path(&format!("{}.httpGet.path", probe.probe.field));
    let place = probe.path.as_ref().map_or(probe.handler, |it| it.node);
    let message = format!(
        "the {} of container `{}` asks for `{path}`, {says}",
        probe_words(probe.probe.field),
        running.name()
    );
    let cause = Cause::field_of(
        resource,
        &running.container.field_path(&format!("path({path})")),
    );
    let mut found = Finding::new(graph.span_in(resource, place.range()), message, cause)
        .label("no route answers this")
        .about(resource.id, field, path)
        .help(match route {
            _ if elsewhere.is_some() => {
                "ask the port where the program serves this, or serve it here too".to_owned()
            }
            Some(route) => format!(
                "ask for a path that is served, as `{}`, or add the route",
                route.path.text
            ),
            None => "ask for a path that is served, or add the route".to_owned(),
        });
    if let Some(route) = route {
        found = found.related(running.span(route.place), label);
        for prefix in &route.prefixes {
            found = found.related(running.span(*prefix), "stands before it");
        }
    }
    let other = elsewhere.and_then(|it| it.port.as_ref());
    if let Some(other) = program.ports.iter().find(|it| Some(&it.port) == other)
        && let Some(place) = other.place
    {
        found = found.related(running.span(place), "listens there");
    }
    if let Some(place) = probe.listener.and_then(|it| it.port.place) {
        found = found.related(running.span(place), format!("listens on {}", probe.number));
    }
    let fields = [probe.probe.field, "ports"];
    let confidence = running.confidence(&fields).min(probe.confidence);
    Some(running.with_chain(found).confidence(confidence))
}
