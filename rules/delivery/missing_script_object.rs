//! Objects, containers and labels that scripts name to kubectl, and that no manifest has.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::kubectl::Call;
use kubelint_model::link::script::{Asked, ScriptLink, ScriptOutcome, containers};
use kubelint_model::link::{Nearness, near_miss};
use kubelint_model::purpose::{Purpose, is_called_wrong};
use kubelint_model::script::{Fate, Run};
use kubelint_model::view::{PodTemplate, Workload};
use kubelint_model::{Cause, DeploymentGraph, FileId, Resource, ResourceId};
use kubelint_parser::TextRange;

use crate::absence::called;
use crate::closed_scripts;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// Containers that admission webhooks add.
const INJECTED: [&str; 12] = [
    "cloud-sql-proxy",
    "consul-dataplane",
    "daprd",
    "envoy",
    "istio-init",
    "istio-proxy",
    "jaeger-agent",
    "kuma-sidecar",
    "linkerd-init",
    "linkerd-proxy",
    "queue-proxy",
    "vault-agent",
];

/// How many containers are shown beside one that is not there.
const MOST_SHOWN: usize = 4;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let scripts = &graph.commands.scripts;
    let links = &graph.links.scripts;
    let objects = graph.resources.iter();
    let tops: BTreeSet<&str> = objects.map(|it| top(graph, it.file)).collect();
    for links in links.chunk_by(|a, b| scripts[a.script].file == scripts[b.script].file) {
        let id = scripts[links[0].script].file;
        let file = graph.file(id);
        if !file.target || is_called_wrong(&file.path) {
            continue;
        }
        let asking = Asking::new(graph, id, links, &tops);
        let mut seen = BTreeSet::new();
        for link in links {
            for finding in asking.findings(link) {
                if seen.insert((finding.primary.span.range.start, finding.value.clone())) {
                    out.push(finding);
                }
            }
        }
    }
}

/// What the scripts of one file name.
struct Asking<'a> {
    graph: &'a DeploymentGraph,
    file: FileId,
    /// The objects that are named and are there.
    named: BTreeSet<ResourceId>,
    /// Whether a name that is like no other is one that somebody forgot: the scripts deploy manifests, nothing in them brings others, and
    /// most of what they name is there.
    is_telling: bool,
    /// The topmost folders that hold manifests.
    tops: &'a BTreeSet<&'a str>,
}

/// The topmost folder on the way to a file; empty for those at the root.
fn top(graph: &DeploymentGraph, file: FileId) -> &str {
    let path = graph.file(file).path.as_str();
    path.split_once('/').map_or("", |it| it.0)
}

/// A command that names something.
struct Command<'a> {
    run: &'a Run,
    call: Call<'a>,
}

impl Command<'_> {
    /// As it is called: `kubectl rollout status`.
    fn name(&self) -> String {
        let verb = self.call.text(0);
        match verb {
            "rollout" | "set" => format!("kubectl {verb} {}", self.call.text(1)),
            _ => format!("kubectl {verb}"),
        }
    }
}

impl<'a> Asking<'a> {
    fn new(
        graph: &'a DeploymentGraph,
        file: FileId,
        links: &[ScriptLink],
        tops: &'a BTreeSet<&'a str>,
    ) -> Self {
        let mut named = BTreeSet::new();
        let mut found = BTreeSet::new();
        let mut missing = BTreeSet::new();
        for link in links {
            match &link.outcome {
                ScriptOutcome::Found { candidates, .. } => {
                    named.extend(candidates.iter().copied());
                    found.insert(&link.asked);
                }
                ScriptOutcome::Missing { near } if near.is_empty() => {
                    missing.insert(&link.asked);
                }
                _ => {}
            }
        }
        let mut applied = graph.plan.apply_sets.iter();
        let applies = applied.any(|it| it.runner.file == file && !it.files.is_empty());
        let is_telling = !missing.is_empty()
            && found.len() >= missing.len() * 2
            && applies
            && closed_scripts::is_closed(graph, file);
        Self {
            graph,
            file,
            named,
            is_telling,
            tops,
        }
    }

    fn findings(&self, link: &ScriptLink) -> Vec<Finding> {
        let script = &self.graph.commands.scripts[link.script];
        let command = script.outcome.runs.get(link.run).and_then(|run| {
            let call = Call::of(run)?;
            Some(Command { run, call })
        });
        let Some(command) = command else {
            return Vec::new();
        };
        match &link.outcome {
            ScriptOutcome::Found { candidates, .. } => {
                self.absent_containers(&command, link, candidates)
            }
            ScriptOutcome::Missing { near } => {
                self.absent(&command, link, near).into_iter().collect()
            }
            ScriptOutcome::Made(_) | ScriptOutcome::Unknown => Vec::new(),
        }
    }

    /// An object, or labels, that nothing has.
    fn absent(
        &self,
        command: &Command<'_>,
        link: &ScriptLink,
        near: &[ResourceId],
    ) -> Option<Finding> {
        let (says, label, cause, value, wanted) = match &link.asked {
            Asked::Object(it) => (
                format!(
                    "names the {} `{}`, which no manifest defines",
                    it.kind, it.name
                ),
                format!("no {} is called so", it.kind),
                Cause::object(&it.group, &it.kind, it.namespace.as_deref(), &it.name),
                it.name.clone(),
                it.name.as_str(),
            ),
            Asked::Labels { kind, labels, .. } => {
                let labels = labels.iter().map(|(key, value)| format!("{key}={value}"));
                let labels = labels.collect::<Vec<_>>().join(",");
                let what = if kind == "Pod" { "pod template" } else { kind };
                (
                    format!("asks for `{labels}`, labels that no {what} has"),
                    format!("no {what} has these labels"),
                    Cause::text(&labels),
                    labels,
                    "",
                )
            }
            Asked::File(_) => return None,
        };
        let near = self.near(wanted, near);
        let known = if near.is_empty() {
            self.plain(command, link)
        } else if self.is_of_one_project(near[0]) {
            Confidence::High
        } else {
            Confidence::Medium
        };
        let message = format!("`{}` {says}", command.name());
        let mut finding = Finding::new(self.graph.span(self.file, link.range), message, cause)
            .label(label)
            .confidence(known.min(self.seen(command, link.range)));
        finding = self.with_origins(finding, command, link.range);
        finding.field = command.name();
        finding.value = value;
        let Some(meant) = near.first() else {
            return Some(finding.help(
                "correct the name, or list the object under `external` in `kubelint.yaml` if something else makes it",
            ));
        };
        let name = meant.name.as_deref().unwrap_or_default();
        Some(match &link.asked {
            Asked::Labels { .. } => finding
                .related(meant.span, "this one has nearly the same labels")
                .help("write the labels as they are there"),
            _ => finding
                .related(meant.span, format!("did you mean `{name}`?"))
                .help(format!("write `{name}`")),
        })
    }

    /// Those that may be meant. If an object whose name only says more or less of what it is stands in the same file, it is another one.
    fn near(&self, wanted: &str, near: &[ResourceId]) -> Vec<&'a Resource> {
        let near = near.iter().map(|it| self.graph.resource(*it));
        let near = near.filter(|it| {
            let name = it.name.as_deref().unwrap_or_default();
            near_miss(wanted, name) != Some(Nearness::Spelling) || !self.named.contains(&it.id)
        });
        near.collect()
    }

    /// Whether the script and an object belong together: the script does not lie in a project of its own.
    fn is_of_one_project(&self, object: &Resource) -> bool {
        let own = top(self.graph, self.file);
        own.is_empty() || own == top(self.graph, object.file) || !self.tops.contains(own)
    }

    /// How sure it is that something that is called like nothing else is not there. Whoever cleans up deletes what there was once.
    fn plain(&self, command: &Command<'_>, link: &ScriptLink) -> Confidence {
        let is_deleted = command.call.text(0) == "delete";
        if self.is_telling && matches!(link.asked, Asked::Object(_)) && !is_deleted {
            Confidence::Medium
        } else {
            Confidence::Low
        }
    }

    /// How sure a contradiction of a command can be, whatever it names.
    fn seen(&self, command: &Command<'_>, range: TextRange) -> Confidence {
        let of_file = match self.graph.file(self.file).purpose {
            Purpose::Test | Purpose::Template => return Confidence::Low,
            Purpose::Sample => Confidence::Medium,
            Purpose::Deployed => Confidence::High,
        };
        let run = command.run;
        let is_lost = matches!(run.fate, Fate::Swallowed | Fate::Background) || run.silent;
        let words = run.words.iter();
        let mut words = words.filter(|it| it.range == range);
        let is_assumed = words.any(|it| it.value.assumed);
        let is_old = command.call.text(0) == "delete";
        if is_lost || is_assumed || is_old || command.call.is_open {
            return of_file.min(Confidence::Medium);
        }
        of_file
    }

    /// Adds where the parts of a word are written that are not written in it.
    fn with_origins(
        &self,
        mut finding: Finding,
        command: &Command<'_>,
        range: TextRange,
    ) -> Finding {
        let words = command.run.words.iter();
        for origin in words
            .filter(|it| it.range == range)
            .flat_map(|it| &it.value.origins)
        {
            let place = self.graph.span(origin.file, origin.range);
            finding = finding.related(place, "this is a part of it");
        }
        finding
    }

    /// The containers that a command names, of workloads that have others.
    fn absent_containers(
        &self,
        command: &Command<'_>,
        link: &ScriptLink,
        candidates: &[ResourceId],
    ) -> Vec<Finding> {
        let asked = command.call.containers();
        // Labels may be those of pods that nobody sees here, too.
        if asked.is_empty() || matches!(link.asked, Asked::Labels { .. }) {
            return Vec::new();
        }
        let objects = candidates.iter().map(|it| self.graph.resource(*it));
        let workloads = objects.filter(|it| it.is_whole());
        let workloads: Vec<Workload<'_>> =
            workloads.filter_map(|it| self.graph.workload(it)).collect();
        let known: Option<Vec<_>> = workloads.iter().map(containers).collect();
        let known = known.unwrap_or_default();
        if known.iter().all(Vec::is_empty) {
            return Vec::new();
        }
        let has = |name: &str| known.iter().flatten().any(|it| it.0 == name);
        let absent = asked
            .into_iter()
            .filter(|(name, _)| !has(name) && !INJECTED.contains(name));
        let findings = absent.map(|(name, range)| {
            let confidence = self.of_containers(link, &workloads);
            let confidence = confidence.min(self.seen(command, range));
            let finding = self
                .absent_container(command, name, range, &workloads)
                .confidence(confidence);
            self.with_origins(finding, command, range)
        });
        findings.collect()
    }

    /// How sure it is that workloads have no other containers than those that were read.
    fn of_containers(&self, link: &ScriptLink, workloads: &[Workload<'_>]) -> Confidence {
        let is_changed = |workload: &Workload<'_>| {
            let templates = workload.templates();
            let mut paths = templates
                .iter()
                .map(|it| format!("{}.containers", it.spec_path()));
            paths.any(|it| self.graph.may_change(workload.resource, &it))
                || templates.iter().any(PodTemplate::is_injected)
        };
        let is_for_tests = |workload: &Workload<'_>| {
            let file = self.graph.file(workload.resource.file);
            matches!(file.purpose, Purpose::Test | Purpose::Template)
        };
        let is_doubtful = match &link.outcome {
            ScriptOutcome::Found {
                is_applied,
                may_be_made,
                ..
            } => *may_be_made && !*is_applied,
            _ => true,
        };
        if is_doubtful || workloads.iter().any(is_changed) || workloads.iter().all(is_for_tests) {
            Confidence::Low
        } else {
            Confidence::High
        }
    }

    fn absent_container(
        &self,
        command: &Command<'_>,
        name: &str,
        range: TextRange,
        workloads: &[Workload<'_>],
    ) -> Finding {
        let first = workloads[0].resource;
        let more = workloads.len() - 1;
        let others = match more {
            0 => String::new(),
            1 => " (nor another one of this name)".to_owned(),
            more => format!(" (nor {more} others of this name)"),
        };
        let message = format!(
            "`{}` names the container `{name}`, which the {}{others} does not have",
            command.name(),
            called(first)
        );
        let cause = Cause::field_of(first, &format!("container {name}"));
        let mut finding = Finding::new(
            self.graph.span(self.file, self.name_in(range, name)),
            message,
            cause,
        )
        .label("no container is called so")
        .about(first.id, command.name(), name);
        let known = workloads.iter().flat_map(|workload| {
            let names = containers(workload).unwrap_or_default().into_iter();
            names.map(|(name, range)| (workload.resource, name, range))
        });
        let known: Vec<_> = known.collect();
        for (resource, _, range) in known.iter().take(MOST_SHOWN) {
            let place = self.graph.span_in(resource, *range);
            finding = finding.related(place, "it has this container");
        }
        let meant = match &known[..] {
            [only] => Some(only),
            all => all.iter().find(|it| near_miss(name, &it.1).is_some()),
        };
        match meant {
            Some((_, meant, _)) => finding.help(format!("write `{meant}`")),
            None => finding.help("name one of the containers that it has"),
        }
    }

    /// The place of a name at the start of a word, if the word begins with it.
    fn name_in(&self, word: TextRange, name: &str) -> TextRange {
        let text = self
            .graph
            .sources
            .get(self.graph.file(self.file).source)
            .text();
        if word.of(text).starts_with(name) {
            TextRange::new(word.start, word.start + name.len() as u32)
        } else {
            word
        }
    }
}
