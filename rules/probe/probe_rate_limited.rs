//! Probes that ask more often than the program lets one address ask.

use std::collections::BTreeMap;

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::code::GuardKind;
use kubelint_model::program::{Answer, Served};
use kubelint_model::{Cause, FileId};
use kubelint_parser::TextRange;

use crate::probed::{HttpProbe, http_probes, requested};
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// What a route lets through, and which probes ask it how often.
struct Limited<'p, 'r, 'a> {
    route: &'p Served,
    probes: Vec<(&'p HttpProbe<'r, 'a>, i64)>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for running in AllPrograms::new(cx.graph).all() {
        let listened = running.listened();
        let probes = http_probes(&running, listened.as_deref());
        let mut by_route: BTreeMap<(FileId, u32), Limited<'_, '_, '_>> = BTreeMap::new();
        // A startup probe asks no more once it was answered.
        for probe in probes.iter().filter(|it| it.probe.field != "startupProbe") {
            let path = requested(probe.path.as_ref().map_or("", |it| &it.value));
            let Answer::Served(route) = running.program.serves(&path, "GET") else {
                continue;
            };
            // Which of several routes answers depends on their order.
            let mut answering = running.program.answering(&path, "GET", &[]).into_iter();
            let is_limited = |it: &Served| {
                let mut guards = it.guards.iter();
                guards.any(|it| matches!(it.kind, GuardKind::Rate { .. }))
            };
            let timing = probe.probe.timing().filter(|_| answering.all(is_limited));
            let Some(timing) = timing else {
                continue;
            };
            let (file, TextRange { start, .. }) = route.place;
            let limited = by_route.entry((file, start)).or_insert_with(|| Limited {
                route,
                probes: Vec::new(),
            });
            limited.probes.push((probe, timing.period));
        }
        for limited in by_route.values() {
            if let Some(found) = limited.finding(&running) {
                out.push(found);
            }
        }
    }
}

impl Limited<'_, '_, '_> {
    /// The kubelet of a node asks from one address, each pod by itself: what one pod counts are its own probes.
    fn finding(&self, running: &Running<'_>) -> Option<Finding> {
        let (limiter, requests, seconds, asked) = self.route.guards.iter().find_map(|it| {
            let GuardKind::Rate { requests, seconds } = it.kind else {
                return None;
            };
            let each = self.probes.iter();
            let asked: i64 = each.map(|(_, period)| i64::from(seconds) / period).sum();
            (asked > i64::from(requests)).then_some((it.place, requests, seconds, asked))
        })?;
        let graph = running.graph;
        let resource = running.workload.resource;
        let (fastest, period) = self.probes.iter().min_by_key(|it| it.1)?;
        let path = requested(fastest.path.as_ref().map_or("", |it| &it.value));
        let message = format!(
            "the probes of container `{}` ask for `{path}` {asked} times in {}, and its program lets {requests} through",
            running.name(),
            span_words(seconds)
        );
        let field = format!("{}.httpGet.path", fastest.probe.field);
        let field = running.container.field_path(&field);
        let place = fastest.path.as_ref().map_or(fastest.handler, |it| it.node);
        let cause = Cause::field_of(
            resource,
            &running.container.field_path(&format!("path({path})")),
        );
        let mut found = Finding::new(graph.span_in(resource, place.range()), message, cause)
            .label(format!("asked every {period} seconds"))
            .about(resource.id, field, path)
            .help("leave the path out of the limit, or ask less often");
        for (probe, period) in self
            .probes
            .iter()
            .filter(|it| it.0.probe.field != fastest.probe.field)
        {
            let place = probe.path.as_ref().map_or(probe.handler, |it| it.node);
            let place = graph.span_in(resource, place.range());
            found = found.related(place, format!("every {period} seconds"));
        }
        if limiter != self.route.place {
            let label = format!("lets {requests} through in {}", span_words(seconds));
            found = found.related(running.span(limiter), label);
        }
        let found = found.related(
            running.span(self.route.place),
            "the limit counts for this route",
        );
        let confidence = running
            .confidence(&[fastest.probe.field])
            .min(fastest.confidence);
        Some(running.with_chain(found).confidence(confidence))
    }
}

/// `15 minutes`, `40 seconds`.
fn span_words(seconds: u32) -> String {
    let (count, unit) = match seconds {
        it if it % 86_400 == 0 => (it / 86_400, "day"),
        it if it % 3_600 == 0 => (it / 3_600, "hour"),
        it if it % 60 == 0 => (it / 60, "minute"),
        it => (it, "second"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::span_words;

    #[test]
    fn spans() {
        for (seconds, expected) in [
            (900, "15 minutes"),
            (3600, "1 hour"),
            (61, "61 seconds"),
            (86_400, "1 day"),
        ] {
            assert_eq!(span_words(seconds), expected);
        }
    }
}
