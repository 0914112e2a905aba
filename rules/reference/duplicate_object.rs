//! Objects that are stated twice where both are applied.

use std::collections::BTreeMap;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext, Severity};
use kubelint_model::purpose::Purpose;
use kubelint_model::reference::newest_group;
use kubelint_model::{Cause, DeploymentGraph, FileId, KubeNode, Resource, ResourceId, Role};
use kubelint_parser::Span;
use kubelint_parser::yaml::resolve::{Profile, to_json};

use crate::{absence, evidence};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// What the API server tells objects apart by. Objects of one OpenShift template are made together, those of two are alternatives.
type Identity<'a> = (
    Option<ResourceId>,
    &'a str,
    &'a str,
    Option<&'a str>,
    &'a str,
);

/// So many other statements of an object are compared with one that a file repeats.
const MOST_SOURCES: usize = 64;

/// What takes two files together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Together<'a> {
    /// One kustomization names both.
    Kustomization(usize),
    /// One command of a script, workflow or GitOps object applies both: its place in [`Commands::spans`], and the folder that holds both.
    /// In two folders they may be alternatives, among which a variable of the command's path chooses.
    Command(usize, &'a str),
}

/// The commands that apply several files at once.
#[derive(Default)]
struct Commands {
    spans: Vec<Span>,
    /// The commands that take each file, in order.
    of_file: BTreeMap<FileId, Vec<usize>>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let mut by_identity: BTreeMap<Identity<'_>, Vec<&Resource>> = BTreeMap::new();
    for resource in &graph.resources {
        if let Some(identity) = identity(resource) {
            by_identity.entry(identity).or_default().push(resource);
        }
    }
    by_identity.retain(|_, same| same.len() > 1);
    if by_identity.is_empty() {
        return;
    }
    let commands = Commands::of(graph);
    for same in by_identity.values() {
        check_identity(cx, same, &commands, out);
    }
}

fn identity(resource: &Resource) -> Option<Identity<'_>> {
    let name = resource.name.as_deref()?;
    let namespace = resource.namespace.as_deref();
    let is_replaced = evidence::is_replaced(name) || namespace.is_some_and(evidence::is_replaced);
    if !resource.is_whole() || is_replaced || !resource.gvk.is_applied() {
        return None;
    }
    let kind = resource.gvk.kind.as_str();
    let group = newest_group(&resource.gvk.group, kind);
    Some((resource.template, group, kind, namespace, name))
}

/// Reports what comes second: `same` is in the order of files and places.
fn check_identity(
    cx: &RuleContext<'_>,
    same: &[&Resource],
    commands: &Commands,
    out: &mut Findings,
) {
    let mut first_of: BTreeMap<Together<'_>, &Resource> = BTreeMap::new();
    let mut in_file: Option<&Resource> = None;
    let mut collected = None;
    let mut texts = Texts::default();
    for &resource in same {
        if is_taken_by_selector(cx.graph, resource) {
            continue;
        }
        if let Some(first) = in_file.filter(|it| it.file == resource.file) {
            let found = if texts.are_equal(cx.graph, first, resource) {
                let collected =
                    collected.get_or_insert_with(|| texts.is_collected(cx.graph, first, same));
                repeated(first, resource, *collected)
            } else {
                let found = overwritten(first, resource);
                // Documentation shows one form of a custom resource after the other.
                unless_shown(cx, resource, resource.gvk.is_built_in(), found)
            };
            out.push(unless_tested(cx, resource, found));
            continue;
        }
        in_file = Some(resource);
        collected = None;
        let folder = cx.graph.file(resource.file).path.parent();
        let takers = cx.graph.plan.takers(resource.file).iter();
        let appliers = commands.of_file.get(&resource.file).into_iter().flatten();
        let together = takers
            .map(|&it| Together::Kustomization(it))
            .chain(appliers.map(|&it| Together::Command(it, folder)));
        let mut found = None;
        for it in together {
            match first_of.get(&it) {
                Some(first) if found.is_none() => found = Some((it, *first)),
                Some(_) => {}
                None => {
                    first_of.insert(it, resource);
                }
            }
        }
        if let Some((together, first)) = found {
            let found = in_two_files(cx, &mut texts, [first, resource], together, commands);
            let is_refused = is_refused([first, resource], together);
            let found = unless_shown(cx, resource, is_refused, found);
            out.push(unless_tested(cx, resource, found));
        }
    }
}

/// Annotations by which Config Sync takes an object for some clusters or namespaces only, and another of its name for others.
const SELECTORS: [&str; 4] = [
    "configmanagement.gke.io/namespace-selector",
    "configmanagement.gke.io/cluster-selector",
    "configsync.gke.io/cluster-name-selector",
    "configsync.gke.io/cluster-selector",
];

fn is_taken_by_selector(graph: &DeploymentGraph, resource: &Resource) -> bool {
    let annotations = graph.annotations(resource);
    annotations.is_some_and(|it| SELECTORS.iter().any(|key| it.field(key).is_some()))
}

/// Files for tests state objects twice on purpose: one after the other, to see what a change does.
fn unless_tested(cx: &RuleContext<'_>, resource: &Resource, found: Finding) -> Finding {
    if evidence::is_for_tests(cx.graph, resource) {
        found.confidence(Confidence::Low)
    } else {
        found
    }
}

/// Whether kustomize refuses to build: it tells objects apart by their versions, too (`ResId.Equals` in `sigs.k8s.io/kustomize/kyaml`).
fn is_refused([first, second]: [&Resource; 2], together: Together<'_>) -> bool {
    matches!(together, Together::Kustomization(_)) && first.gvk.version == second.gvk.version
}

/// Each file of a folder of examples stands for itself, unless what is wrong `counts` even there. Who applies them all tries whether they are valid, and what is left in the end
/// matters to nobody.
fn unless_shown(
    cx: &RuleContext<'_>,
    resource: &Resource,
    counts: bool,
    found: Finding,
) -> Finding {
    let is_sample = cx.graph.file(resource.file).purpose == Purpose::Sample;
    if is_sample && !counts {
        found.confidence(Confidence::Low)
    } else {
        found
    }
}

/// An object stated twice in one file, in the same words: nothing is lost. `is_collected`: the file was put together from others.
fn repeated(first: &Resource, second: &Resource, is_collected: bool) -> Finding {
    let says = "is stated twice in this file, in the same words";
    let found = finding(second, says, "stated again here")
        .related(first.span, "first stated here")
        .at_most(Severity::Warning)
        .help("delete one of the two");
    if is_collected {
        found.confidence(Confidence::Low)
    } else {
        found
    }
}

/// Two objects of one identity in one file.
fn overwritten(first: &Resource, second: &Resource) -> Finding {
    let says = "is stated twice in this file: the last one is kept, and the other lost";
    finding(second, says, "this one is kept")
        .related(first.span, "this one is lost")
        .help("delete one of the two, or give it a name of its own")
}

fn in_two_files(
    cx: &RuleContext<'_>,
    texts: &mut Texts,
    [first, second]: [&Resource; 2],
    together: Together<'_>,
    commands: &Commands,
) -> Finding {
    let other = format!("`{}`", cx.graph.file(first.file).path);
    let help = "take only one of the two files, or give one object a name of its own";
    match together {
        Together::Kustomization(_) if !is_refused([first, second], together) => finding(
            second,
            &format!("is stated here and in {other}, in another version of its API, and one kustomization takes both: one overwrites the other"),
            "stated again here",
        )
        .related(first.span, "first stated here")
        .help(help),
        Together::Kustomization(_) => finding(
            second,
            &format!("is stated here and in {other}, and one kustomization takes both: kustomize refuses that"),
            "stated again here",
        )
        .related(first.span, "first stated here")
        .help(help),
        Together::Command(command, _) => {
            let equal = texts.are_equal(cx.graph, first, second);
            let says = if equal {
                format!("is stated here and in {other}, in the same words, and one command applies both")
            } else {
                format!("is stated here and, differently, in {other}, and one command applies both")
            };
            let mut found = finding(second, &says, "stated again here")
                .related(first.span, "first stated here")
                .help(help);
            if let Some(&span) = commands.spans.get(command) {
                found = found.related(span, "both are applied here");
            }
            // Two Namespaces differ in labels and annotations: no pod waits for those.
            let is_namespace = second.gvk.is("", "Namespace");
            if equal || is_namespace {
                found.at_most(Severity::Warning)
            } else {
                found
            }
        }
    }
}

fn finding(second: &Resource, says: &str, label: &str) -> Finding {
    let name = second.name.as_deref().unwrap_or_default();
    let kind = &second.gvk.kind;
    let group = newest_group(&second.gvk.group, kind);
    let cause = Cause::object(group, kind, second.namespace.as_deref(), name);
    let message = format!("the {} {says}", absence::called(second));
    Finding::new(second.span, message, cause)
        .label(label)
        .about(second.id, "metadata.name", name)
}

/// What kubectl sends for the objects of one identity, each read once: one may be compared with thousands.
#[derive(Default)]
struct Texts(BTreeMap<ResourceId, Option<String>>);

impl Texts {
    /// Whether kubectl sends the same for both.
    fn are_equal(&mut self, graph: &DeploymentGraph, first: &Resource, second: &Resource) -> bool {
        for it in [first, second] {
            let json = || to_json(Profile::Kubectl, graph.root(it)).ok();
            self.0.entry(it.id).or_insert_with(json);
        }
        let text = |it: &Resource| self.0.get(&it.id)?.as_deref();
        text(first).is_some_and(|it| text(second) == Some(it))
    }

    /// Whether at least two other files state the object in the same words: then its file is one that some tool puts together from files
    /// that each stand for themselves, and so would the next one be.
    fn is_collected(
        &mut self,
        graph: &DeploymentGraph,
        first: &Resource,
        same: &[&Resource],
    ) -> bool {
        let others = same.iter().filter(|it| it.file != first.file);
        let equal = others
            .take(MOST_SOURCES)
            .filter(|it| self.are_equal(graph, first, it));
        let mut files: Vec<FileId> = equal.map(|it| it.file).collect();
        files.dedup();
        files.len() > 1
    }
}

impl Commands {
    /// Those that prove something: a document leaves the choice to its reader, and a kustomization may rename what it takes in.
    fn of(graph: &DeploymentGraph) -> Self {
        let mut commands = Self::default();
        for set in &graph.plan.apply_sets {
            if set.runner.is_document {
                continue;
            }
            for (range, files) in &set.commands {
                let is_kustomized = |file: &FileId| graph.file(*file).role == Role::Kustomization;
                if files.len() < 2 || files.iter().any(is_kustomized) {
                    continue;
                }
                for file in files {
                    let of_file = commands.of_file.entry(*file).or_default();
                    of_file.push(commands.spans.len());
                }
                commands.spans.push(graph.span(set.runner.file, *range));
            }
        }
        commands
    }
}
