//! A finding on its way into the report: its severity, its places, its names.

use std::borrow::Cow;
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::{Cause, DeploymentGraph, ResourceId};
use kubelint_parser::{SourceId, Span};

use super::fingerprint::{Identity, SubjectIdentity, fingerprint, group};
use super::mask::Masks;
use super::place::Places;
use crate::report::{ReportLabel, Subject};
use crate::{Confidence, Edit, Entry, Finding, Fix, RuleId, RuleMeta, Settings, Severity, State};

/// Where the pages of the built-in rules are.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/rules");

/// A finding with what is still needed to decide on it.
pub(super) struct Draft {
    /// What will be reported.
    pub(super) entry: Entry,
    /// The cause as the rule gave it: compared, never shown.
    pub(super) cause: Cause,
    /// The object it is about.
    pub(super) subject: Option<ResourceId>,
    /// The field within the object.
    pub(super) field: String,
    /// The places as the rule gave them, some of them perhaps in rendered texts.
    pub(super) spans: Vec<Span>,
}

/// Makes drafts of findings.
pub(super) struct Drafter<'a> {
    graph: &'a DeploymentGraph,
    settings: &'a Settings,
    places: Places<'a>,
    masks: Masks<'a>,
    /// By source: whether it is a target.
    targets: Vec<bool>,
}

impl<'a> Drafter<'a> {
    pub(super) fn new(graph: &'a DeploymentGraph, settings: &'a Settings) -> Self {
        let mut targets: Vec<bool> = graph.sources.iter().map(|_| false).collect();
        for file in graph.files.iter().filter(|file| file.target) {
            if let Some(target) = targets.get_mut(file.source.0 as usize) {
                *target = true;
            }
        }
        Self {
            graph,
            settings,
            places: Places::new(&graph.sources),
            masks: Masks::new(&graph.sources, names(graph)),
            targets,
        }
    }

    /// The draft of a finding of the rule `meta`; none if none of its places lies in a target.
    pub(super) fn draft(&self, meta: &RuleMeta, finding: Finding) -> Option<Draft> {
        let (primary, mut related) = self.places.resolve(&finding.primary);
        for label in &finding.related {
            let (first, further) = self.places.resolve(label);
            related.push(first);
            related.extend(further);
        }
        let spans: Vec<Span> = std::iter::once(&finding.primary)
            .chain(&finding.related)
            .map(|label| label.span)
            .collect();
        let sources = sources_of(&spans, &primary, &related);
        if !sources.iter().any(|it| self.is_target(*it)) {
            return None;
        }
        Some(Draft {
            entry: self.entry(meta, &finding, primary, related, &sources),
            cause: finding.cause,
            subject: finding.subject,
            field: finding.field,
            spans,
        })
    }

    fn is_target(&self, source: SourceId) -> bool {
        self.targets
            .get(source.0 as usize)
            .is_some_and(|&target| target)
    }

    /// What is reported of `finding`, with nothing in it that is redacted in `sources`.
    fn entry(
        &self,
        meta: &RuleMeta,
        finding: &Finding,
        mut primary: ReportLabel,
        mut related: Vec<ReportLabel>,
        sources: &[SourceId],
    ) -> Entry {
        let mask = |text: &str| self.masks.mask(text, sources).into_owned();
        for label in std::iter::once(&mut primary).chain(&mut related) {
            label.text = mask(&label.text);
        }
        let help = if finding.help.is_empty() {
            meta.remedy.trim()
        } else {
            &finding.help
        };
        let confidence = confidence_of(meta, finding);
        let subject = finding.subject.map(|id| self.graph.resource(id));
        let cause = mask(finding.cause.as_str());
        let identity = Identity {
            rule: meta.id.as_str(),
            cause: &cause,
            subject: subject.map(|resource| SubjectIdentity {
                group: &resource.gvk.group,
                kind: &resource.gvk.kind,
                namespace: resource.namespace.as_deref(),
                name: resource.name.as_deref(),
            }),
            field: &mask(&finding.field),
            value: &mask(&finding.value),
        };
        Entry {
            rule: meta.id.clone(),
            severity: self.severity_of(meta, finding, confidence),
            confidence,
            message: mask(&finding.message),
            help: mask(help),
            primary,
            related,
            resource: subject.map(|resource| Subject {
                api_version: resource.gvk.api_version(),
                kind: resource.gvk.kind.clone(),
                namespace: resource.namespace.clone(),
                name: resource.name.clone(),
            }),
            builds: Vec::from_iter(self.places.build(finding.primary.span)),
            fingerprint: fingerprint(&identity),
            group: group(meta.id.as_str(), &cause),
            cause,
            state: State::Active,
            explained_by: None,
            fix: finding.fix.as_ref().and_then(|fix| self.fix(fix, sources)),
            url: page_url(meta),
        }
    }

    /// The rule's severity, or the user's for it; no worse than the finding itself and its confidence allow.
    fn severity_of(&self, meta: &RuleMeta, finding: &Finding, confidence: Confidence) -> Severity {
        let level = self.settings.rules.get(&meta.id).copied().flatten();
        level
            .unwrap_or(meta.severity)
            .min(finding.severity.unwrap_or(Severity::Error))
            .min(confidence.cap())
    }

    /// The fix, in real files; none if it cannot be made there, or would write what is redacted.
    fn fix(&self, fix: &Fix, sources: &[SourceId]) -> Option<Fix> {
        let edits: Option<Vec<Edit>> = fix
            .edits
            .iter()
            .map(|edit| {
                let places = self.graph.sources.places(edit.span);
                let [place] = places.as_slice() else {
                    return None;
                };
                let whole = place.span.range.len() == edit.span.range.len();
                let clean = self.masks.mask(&edit.text, sources) == edit.text;
                (whole && clean).then(|| Edit {
                    span: place.span,
                    text: edit.text.clone(),
                })
            })
            .collect();
        Some(Fix {
            title: self.masks.mask(&fix.title, sources).into_owned(),
            applicability: fix.applicability,
            edits: edits?,
        })
    }
}

/// What objects, their namespaces and containers are called, as far as that may be shown.
fn names(graph: &DeploymentGraph) -> BTreeSet<&str> {
    let resources = graph.resources.iter();
    let resources = resources.filter(|it| !graph.is_redacted(it.span));
    let names = resources.flat_map(|it| [&it.name, &it.namespace]);
    let containers = graph.containers();
    let containers = containers.filter_map(|(_, container)| match container.name()?.value {
        Cow::Borrowed(name) => Some(name),
        Cow::Owned(_) => None,
    });
    let names = names.flatten().map(String::as_str);
    names.chain(containers).collect()
}

/// Where the rule's page can be read; empty for rules of other packs.
pub fn page_url(meta: &RuleMeta) -> String {
    let (category, id) = (meta.category.as_str(), meta.id.as_str());
    if id.contains('/') {
        return String::new();
    }
    format!("{PAGES}/{category}/{id}.md")
}

/// The lesser of what the rule and the finding claim.
fn confidence_of(meta: &RuleMeta, finding: &Finding) -> Confidence {
    finding
        .confidence
        .map_or(meta.confidence, |it| it.min(meta.confidence))
}

/// Every source that some place lies in, rendered ones and those on the way included; sorted.
fn sources_of(spans: &[Span], primary: &ReportLabel, related: &[ReportLabel]) -> Vec<SourceId> {
    let places = std::iter::once(primary)
        .chain(related)
        .flat_map(|label| std::iter::once(&label.place.span).chain(&label.place.via));
    let mut sources: Vec<SourceId> = spans.iter().chain(places).map(|it| it.source).collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}

/// Joins what several builds show of the same places, as one draft with all their builds. The worst stands for all of them.
///
/// Two drafts of one build are two references, however alike they look: the first joins with the first of each other build, the
/// second with the second. What is allowed in one build and not in another stays apart.
pub(super) fn join_builds(mut drafts: Vec<Draft>) -> Vec<Draft> {
    if drafts.iter().all(|draft| draft.entry.builds.is_empty()) {
        return drafts;
    }
    drafts.sort_by(|a, b| a.entry.builds.cmp(&b.entry.builds));
    let mut seen: BTreeMap<(Sight, Vec<String>), usize> = BTreeMap::new();
    let mut joined: Vec<Draft> = Vec::new();
    let mut places: BTreeMap<(Sight, usize), usize> = BTreeMap::new();
    for draft in drafts {
        let sight = Sight::of(&draft);
        let nth = seen
            .entry((sight.clone(), draft.entry.builds.clone()))
            .or_default();
        *nth += 1;
        match places.entry((sight, *nth)) {
            Slot::Occupied(place) => joined[*place.get()].join(draft),
            Slot::Vacant(place) => {
                place.insert(joined.len());
                joined.push(draft);
            }
        }
    }
    joined
}

/// What makes drafts of different builds the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sight {
    rule: RuleId,
    active: bool,
    spans: Vec<Span>,
    field: String,
}

impl Sight {
    fn of(draft: &Draft) -> Self {
        let entry = &draft.entry;
        Self {
            rule: entry.rule.clone(),
            active: entry.state == State::Active,
            spans: std::iter::once(&entry.primary)
                .chain(&entry.related)
                .map(|label| label.place.span)
                .collect(),
            field: draft.field.clone(),
        }
    }
}

impl Draft {
    /// Takes over the builds of `other`, and all of it if it is worse.
    fn join(&mut self, mut other: Self) {
        let weight = |draft: &Self| (draft.entry.severity, draft.entry.confidence);
        if weight(&other) > weight(self) {
            std::mem::swap(self, &mut other);
        }
        self.entry.builds.append(&mut other.entry.builds);
        self.entry.builds.sort_unstable();
        self.entry.builds.dedup();
    }
}
