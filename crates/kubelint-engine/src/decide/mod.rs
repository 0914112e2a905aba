//! From findings to the report: levels, suppression, what is known, causes. Knows ids, causes, spans and levels; no rule, no Kubernetes.

mod baseline;
mod draft;
mod explain;
mod fingerprint;
mod known;
mod mask;
mod path_ignore;
mod place;
mod suppression;
#[cfg(test)]
mod tests;

pub use baseline::Baseline;
pub use draft::page_url;
pub use known::FoundBefore;
pub use path_ignore::{BadPattern, PathIgnore};

use std::collections::BTreeSet;

use kubelint_model::{Cause, DeploymentGraph, File, Resource};
use kubelint_parser::source::{SourceMap, SourcePath};

use self::draft::{Draft, Drafter, join_builds};
use self::suppression::{Suppressions, UNUSED_SUPPRESSION};
use crate::check::Checked;
use crate::report::{Note, Problem, Summary};
use crate::{Entry, Finding, Registry, Report, Settings, State};

/// Makes the report: the only stage that knows levels, suppressions and baselines. Drops nothing that counts, marks the rest.
///
/// In this order: severity, confidence and real places; what the user allows; what several builds show is joined; what is less
/// sure than asked for is left out; order; what is known; what others explain. So what is allowed or known explains nothing, and what
/// is hidden still counts as a use of the comment that allows it.
pub fn decide(
    graph: DeploymentGraph,
    checked: Checked,
    registry: &Registry,
    settings: &Settings,
) -> Report {
    let Checked {
        findings,
        problems,
        failed,
    } = checked;
    let drafter = Drafter::new(&graph, settings);
    let mut drafts: Vec<Draft> = findings
        .into_iter()
        .filter_map(|(id, finding)| {
            let rule = registry.get(id.as_str())?;
            drafter.draft(&rule.meta, finding)
        })
        .collect();
    let mut suppressions = Suppressions::collect(&graph, registry, settings, &failed);
    for draft in &mut drafts {
        suppress(draft, &mut suppressions);
    }
    drafts.extend(complaints(&drafter, suppressions, registry, settings));
    let mut drafts = join_builds(drafts);
    drafts.retain(|draft| draft.entry.confidence >= settings.min_confidence);
    sort(&mut drafts, &graph.sources);
    let (mut entries, causes): (Vec<Entry>, Vec<Cause>) = drafts
        .into_iter()
        .map(|draft| (draft.entry, draft.cause))
        .unzip();
    let paths: Vec<SourcePath> = entries
        .iter()
        .map(|it| {
            graph
                .sources
                .get(it.primary.place.span.source)
                .path()
                .clone()
        })
        .collect();
    let gone = known::mark(&mut entries, &paths, settings);
    explain::explain(&mut entries, &causes, registry);
    Report {
        summary: summary(&graph, &entries),
        problems: problems_of(&graph, problems),
        notes: notes(&graph, gone),
        entries,
        sources: graph.sources,
    }
}

/// Marks a draft that the user allows.
fn suppress(draft: &mut Draft, suppressions: &mut Suppressions<'_>) {
    if let Some((reason, by)) = suppressions.allow(draft) {
        draft.entry.state = State::Suppressed { reason, by };
    }
}

/// What is wrong with suppressions, if the rule for it was selected. These findings may be suppressed in turn, but not those about
/// the suppressions that do it.
fn complaints(
    drafter: &Drafter<'_>,
    mut suppressions: Suppressions<'_>,
    registry: &Registry,
    settings: &Settings,
) -> Vec<Draft> {
    let rule = registry
        .get(UNUSED_SUPPRESSION)
        .filter(|rule| settings.rules.contains_key(&rule.meta.id));
    let Some(rule) = rule else {
        return Vec::new();
    };
    let draft = |finding: Finding| drafter.draft(&rule.meta, finding);
    let complaints = suppressions.complaints();
    let mut drafts: Vec<Draft> = complaints.into_iter().filter_map(draft).collect();
    for draft in &mut drafts {
        suppress(draft, &mut suppressions);
    }
    drafts.extend(suppressions.last_complaints().into_iter().filter_map(draft));
    drafts
}

/// By path, offset, rule and fingerprint; then by what is left, so that nothing hangs on the order in which rules ran.
fn sort(drafts: &mut [Draft], sources: &SourceMap) {
    drafts.sort_by_cached_key(|draft| {
        let entry = &draft.entry;
        let span = entry.primary.place.span;
        (
            sources.get(span.source).path().clone(),
            span.range.start,
            entry.rule.clone(),
            entry.fingerprint.clone(),
            span.range.end,
            entry.message.clone(),
        )
    });
}

/// Targets that could not be read, rules that failed, and registries that had to answer and did not.
fn problems_of(graph: &DeploymentGraph, mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.extend(graph.unread.iter().map(|(path, error)| Problem {
        path: Some(path.clone()),
        message: format!("cannot be read: {error}"),
    }));
    let silent = graph.registry.failures.iter();
    problems.extend(silent.map(|message| Problem {
        path: None,
        message: message.clone(),
    }));
    problems.sort();
    problems.dedup();
    problems
}

/// What was not checked, each once: what the plan says, then what registries did not, then what the baseline lacks.
fn notes(graph: &DeploymentGraph, gone: usize) -> Vec<Note> {
    let gone = (gone > 0).then(|| {
        let (entries, are) = if gone == 1 {
            ("entry", "is")
        } else {
            ("entries", "are")
        };
        format!("{gone} {entries} of the baseline {are} no longer found in what was checked").into()
    });
    let mut seen = BTreeSet::new();
    let planned = graph.plan.notes.iter().cloned();
    planned
        .chain(graph.registry.notes.iter().cloned())
        .chain(gone)
        .filter(|note| seen.insert(note.clone()))
        .collect()
}

/// Counts the targets, their resources, and the groups of what counts.
fn summary(graph: &DeploymentGraph, entries: &[Entry]) -> Summary {
    let is_target = |file: &File| file.target && !graph.sources.get(file.source).is_rendered();
    let files: BTreeSet<&SourcePath> = graph
        .files
        .iter()
        .filter(|file| is_target(file))
        .map(|file| &file.path)
        .collect();
    let is_checked = |it: &Resource| !it.generated && is_target(graph.file(it.file));
    let links = graph.links.references.iter();
    let images = &graph.image_links;
    let (images, tied_images) = images.count(|it| is_checked(graph.resource(it)));
    Summary {
        files: files.len(),
        resources: graph.resources.iter().filter(|it| is_checked(it)).count(),
        references: links
            .filter(|it| is_checked(graph.resource(it.from)))
            .count(),
        images,
        tied_images,
        ..Summary::of(entries)
    }
}
