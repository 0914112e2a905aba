//! Liveness probes that kill a container before it can have started.

use std::collections::BTreeMap;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::purpose::Purpose;
use kubelint_model::view::{Container, ContainerKind, Probe, Timing, Workload};
use kubelint_model::{Cause, FileId, ImageRef, KubeNode};
use kubelint_parser::yaml::{Kind, Node};
use kubelint_parser::{Span, TextRange};

use crate::built::AllBuilt;
use crate::evidence;
use crate::programs::AllPrograms;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_images().needs_programs();

/// A container that a liveness probe may kill while it starts.
struct Subject<'a> {
    workload: Workload<'a>,
    container: Container<'a>,
    liveness: Probe<'a>,
    /// When the probe kills it if it does not answer, in seconds after its start.
    kills_at: i64,
}

/// What tells variants of one container: kind and name of the workload, name of the container, its image without tag.
type Variant = (String, String, String, String);

/// How long a container takes to start, as one file states it.
struct Start {
    /// In seconds.
    seconds: i64,
    file: FileId,
    /// The place that says so.
    span: Span,
    /// What says so.
    what: &'static str,
    /// How sure that is: a startup probe may allow more than anybody expects to be needed.
    confidence: Confidence,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let starts = slowest(cx);
    let built = AllBuilt::new(cx.graph);
    let programs = AllPrograms::new(cx.graph);
    for subject in subjects(cx) {
        let found = subject
            .own(cx)
            .or_else(|| subject.of_image(cx, &built))
            .or_else(|| subject.of_program(cx, &programs));
        if let Some(found) = found.or_else(|| subject.variant(cx, &starts)) {
            out.push(found);
        }
    }
}

/// The containers with a liveness probe and without a startup probe, which would hold it back.
fn subjects<'a>(cx: &RuleContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    let containers = cx.graph.containers();
    let running = containers.filter(|(_, it)| it.kind != ContainerKind::Init);
    running.filter_map(|(workload, container)| {
        let probes = container.probes();
        if probes.iter().any(|it| it.field == "startupProbe") {
            return None;
        }
        let liveness = probes.into_iter().find(|it| it.field == "livenessProbe")?;
        let kills_at = liveness.timing()?.kills_at();
        Some(Subject {
            workload,
            container,
            liveness,
            kills_at,
        })
    })
}

/// For each container the longest time that one of its variants gives it to start, as far as that is sure. Tests and samples say nothing of it.
fn slowest(cx: &RuleContext<'_>) -> BTreeMap<Variant, Start> {
    let mut found: BTreeMap<Variant, Start> = BTreeMap::new();
    for (workload, container) in cx.graph.containers() {
        let file = workload.resource.file;
        if cx.graph.file(file).purpose != Purpose::Deployed {
            continue;
        }
        let Some(variant) = variant(&workload, &container) else {
            continue;
        };
        for probe in container.probes() {
            let Some((seconds, what, confidence)) = probe.timing().map(|it| stated(&probe, it))
            else {
                continue;
            };
            let rank = (confidence, seconds);
            let known = found.get(&variant).map(|it| (it.confidence, it.seconds));
            if known.is_none_or(|known| known < rank) && !is_explained(cx, &workload, &probe) {
                let span = cx.graph.span(file, probe.entry.key.range());
                let start = Start {
                    seconds,
                    file,
                    span,
                    what,
                    confidence,
                };
                found.insert(variant.clone(), start);
            }
        }
    }
    found
}

/// The start-up time that a probe speaks of, and how.
fn stated(probe: &Probe<'_>, timing: Timing) -> (i64, &'static str, Confidence) {
    match probe.field {
        "startupProbe" => (
            timing.allows_start_until(),
            "its startup probe waits so long",
            Confidence::Low,
        ),
        "readinessProbe" => (
            timing.initial_delay,
            "its readiness probe first asks then",
            Confidence::Medium,
        ),
        _ => (
            timing.initial_delay,
            "its liveness probe first asks then",
            Confidence::Medium,
        ),
    }
}

fn variant(workload: &Workload<'_>, container: &Container<'_>) -> Option<Variant> {
    let image = container.image()?;
    let reference = ImageRef::parse(&image.value)?;
    Some((
        workload.resource.gvk.kind.clone(),
        workload.resource.name.clone()?,
        container.name()?.value.into_owned(),
        reference.canonical(),
    ))
}

/// Whether a comment stands in the probe: who wrote it knew what the times are for.
fn is_explained(cx: &RuleContext<'_>, workload: &Workload<'_>, probe: &Probe<'_>) -> bool {
    let file = cx.graph.file(workload.resource.file);
    let text = cx.graph.sources.get(file.source).text();
    let range = probe.entry.key.range().cover(probe.entry.value.range());
    // The last line's comment stands behind the value.
    let rest = text.get(range.end as usize..).unwrap_or_default();
    let last = rest.lines().next().unwrap_or_default();
    range.of(text).contains(" #") || last.contains(" #")
}

impl<'a> Subject<'a> {
    /// The container's own readiness probe is not even asked before it is killed.
    fn own(&self, cx: &RuleContext<'_>) -> Option<Finding> {
        let probes = self.container.probes();
        let readiness = probes.iter().find(|it| it.field == "readinessProbe")?;
        let delay = readiness.timing()?.initial_delay;
        if delay <= self.kills_at {
            return None;
        }
        // Another question may well have its answer before the program is ready.
        let confidence = if is_same_question(&self.liveness, readiness) {
            Confidence::High
        } else {
            Confidence::Low
        };
        let message = format!(
            "container `{}` is killed after about {} seconds without an answer, and is not expected to be ready for {delay}",
            self.name(),
            self.kills_at
        );
        let place = cx
            .graph
            .span_in(self.workload.resource, readiness.entry.key.range());
        let found = self
            .finding(cx, message, &[readiness.field])
            .related(place, "its readiness probe first asks then".to_owned());
        Some(found.confidence(confidence))
    }

    /// The health check of the image, or of the compose service that runs it, gives the program more time to start.
    fn of_image(&self, cx: &RuleContext<'_>, built: &AllBuilt<'_>) -> Option<Finding> {
        let built = built.of(&self.workload, &self.container)?;
        let of_image = built.image.health.stated().and_then(|it| {
            let start = it.value.start_period.as_ref()?;
            Some((start.value, built.span(start.range), "its image"))
        });
        let mut services = built.tie.services(cx.graph);
        let of_service = || {
            services.find_map(|it| {
                let start = it.health.as_ref()?.start_period.as_ref()?;
                Some((start.value, start.span, "its compose service"))
            })
        };
        let (start, place, whose) = of_image.or_else(of_service)?;
        let seconds = i64::try_from(start.as_secs()).ok()?;
        if seconds <= self.kills_at || is_explained(cx, &self.workload, &self.liveness) {
            return None;
        }
        let message = format!(
            "container `{}` is killed after about {} seconds without an answer, and the health check of {whose} gives it {seconds} to start",
            self.name(),
            self.kills_at
        );
        let found = self
            .finding(cx, message, &["image"])
            .related(place, "failures before this do not count");
        let confidence = built.confidence().min(Confidence::Medium);
        Some(built.with_chain(cx.graph, found).confidence(confidence))
    }

    /// The program itself waits longer before it listens.
    fn of_program(&self, cx: &RuleContext<'_>, programs: &AllPrograms<'a>) -> Option<Finding> {
        let mut templates = self.workload.templates().into_iter();
        let running = templates.find_map(|template| {
            let mut own = template.containers().into_iter();
            let is_own = own.any(|it| it.path() == self.container.path());
            is_own.then(|| programs.of(&self.workload, &template, &self.container))?
        })?;
        let waits = &running.program.waits;
        let seconds = waits.iter().map(|it| i64::from(it.seconds)).sum::<i64>();
        if seconds <= self.kills_at || is_explained(cx, &self.workload, &self.liveness) {
            return None;
        }
        let longest = waits.iter().max_by_key(|it| it.seconds)?;
        let message = format!(
            "container `{}` is killed after about {} seconds without an answer, and its program waits {seconds} before it listens",
            self.name(),
            self.kills_at
        );
        let found = self
            .finding(cx, message, &["image"])
            .related(running.span(longest.place), "every start waits here");
        let confidence = running.confidence(&[]).min(Confidence::Medium);
        Some(running.with_chain(found).confidence(confidence))
    }

    /// Another file gives the same container more time to start than this one lets it live.
    fn variant(&self, cx: &RuleContext<'_>, starts: &BTreeMap<Variant, Start>) -> Option<Finding> {
        let own = self.workload.resource.file;
        let start = starts.get(&variant(&self.workload, &self.container)?)?;
        if start.file == own
            || start.seconds <= self.kills_at
            || is_explained(cx, &self.workload, &self.liveness)
        {
            return None;
        }
        let path = &cx.graph.file(start.file).path;
        let message = format!(
            "container `{}` is killed after about {} seconds without an answer, and `{path}` gives it {} to start",
            self.name(),
            self.kills_at,
            start.seconds
        );
        let found = self
            .finding(cx, message, &[])
            .related(start.span, start.what);
        // Both are guesses, and these two are nearly the same.
        let is_near = self.kills_at * 4 > start.seconds * 3;
        let most = if is_near {
            Confidence::Low
        } else {
            Confidence::High
        };
        Some(found.confidence(start.confidence.min(most)))
    }

    fn finding(&self, cx: &RuleContext<'_>, message: String, fields: &[&str]) -> Finding {
        let graph = cx.graph;
        let resource = self.workload.resource;
        let path = self.container.field_path(self.liveness.field);
        let startup = self.container.field_path("startupProbe");
        let others = fields.iter().map(|it| self.container.field_path(it));
        let paths: Vec<String> = others.chain([path.clone(), startup]).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let confidence = if evidence::is_for_tests(graph, resource) {
            Confidence::Low
        } else {
            evidence::in_resource(graph, resource, &paths)
        };
        let place: TextRange = self.liveness.entry.key.range();
        Finding::new(
            graph.span_in(resource, place),
            message,
            Cause::field_of(resource, &path),
        )
        .label(format!(
            "gives up about {} seconds after the start",
            self.kills_at
        ))
        .about(resource.id, path, self.kills_at.to_string())
        .confidence(confidence)
        .help("add a `startupProbe` that waits long enough, or let the liveness probe begin later")
    }

    fn name(&self) -> String {
        let name = self.container.name();
        name.map(|it| it.value.into_owned()).unwrap_or_default()
    }
}

/// Whether two probes ask the same thing of the same place.
fn is_same_question(a: &Probe<'_>, b: &Probe<'_>) -> bool {
    match (&a.handlers[..], &b.handlers[..]) {
        ([a], [b]) => a.key.as_str() == b.key.as_str() && is_same(a.value, b.value),
        _ => false,
    }
}

/// Whether two handlers state the same: the same fields with the same values. None of them is nested deeply.
fn is_same(a: Node<'_>, b: Node<'_>) -> bool {
    let mut open = vec![(a.resolved(), b.resolved())];
    // Aliases may make a small document a huge tree.
    let mut budget = 1000_u32;
    while let Some((a, b)) = open.pop() {
        let Some(rest) = budget.checked_sub(1) else {
            return false;
        };
        budget = rest;
        if a.kind() != b.kind() {
            return false;
        }
        match a.kind() {
            Kind::Mapping => {
                if a.fields().len() != b.fields().len() {
                    return false;
                }
                for entry in a.fields() {
                    let other = entry.key.as_str().and_then(|key| b.get(&key));
                    let Some(other) = other else { return false };
                    open.push((entry.value.resolved(), other.value.resolved()));
                }
            }
            Kind::Sequence => {
                let (a, b): (Vec<_>, Vec<_>) = (a.items().collect(), b.items().collect());
                if a.len() != b.len() {
                    return false;
                }
                let pairs = a.into_iter().zip(b);
                open.extend(pairs.map(|(a, b)| (a.resolved(), b.resolved())));
            }
            _ if a.text_value() != b.text_value() => return false,
            _ => {}
        }
    }
    true
}
