//! Annotations that allow findings: for the whole resource that carries them.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::{Resource, ResourceId, Role};
use kubelint_parser::yaml::{Decoded, Entry, Node};
use kubelint_parser::{SourceId, Span, TextRange};
use memchr::memmem;

use super::directive::{self, ANNOTATION_HELP};
use super::peers::{self, PeerAnnotation};
use super::{Site, Suppressions, complaint};
use crate::RuleId;
use crate::decide::draft::Draft;

/// Our own annotation.
const IGNORE: &str = "kubelint.dev/ignore";

/// What all of our annotations begin with.
const OURS: &str = "kubelint.dev/";

/// What the annotations of resources allow.
#[derive(Default)]
pub(super) struct Annotations {
    /// Our own: by resource and rule the number of the suppression.
    ours: BTreeMap<(ResourceId, RuleId), usize>,
    /// Other linters'.
    peers: BTreeMap<ResourceId, Vec<PeerAnnotation>>,
    /// The resources with such annotations, by source in order.
    ranges: BTreeMap<SourceId, Vec<(TextRange, ResourceId)>>,
}

impl Annotations {
    /// The resources with annotations that a draft is about or has a place in; `places` are its real places.
    pub(super) fn resources(&self, draft: &Draft, places: &[Span]) -> BTreeSet<ResourceId> {
        if self.ranges.is_empty() {
            return BTreeSet::new();
        }
        draft
            .spans
            .iter()
            .chain(places)
            .filter_map(|&span| self.resource_at(span))
            .chain(draft.subject)
            .collect()
    }

    fn resource_at(&self, span: Span) -> Option<ResourceId> {
        let ranges = self.ranges.get(&span.source)?;
        let next = ranges.partition_point(|(range, _)| range.start <= span.range.start);
        let (range, resource) = ranges.get(next.checked_sub(1)?)?;
        range.contains(span.range).then_some(*resource)
    }

    /// The suppressions of `rule` on any of `resources`.
    pub(super) fn matching(
        &self,
        resources: &BTreeSet<ResourceId>,
        rule: &RuleId,
    ) -> impl Iterator<Item = usize> {
        resources
            .iter()
            .filter_map(|&resource| self.ours.get(&(resource, rule.clone())).copied())
    }

    /// Why another linter's annotation on any of `resources` allows a rule with these aliases, if one does.
    pub(super) fn allowed_by_peer(
        &self,
        resources: &BTreeSet<ResourceId>,
        aliases: &[String],
    ) -> Option<String> {
        resources
            .iter()
            .filter_map(|resource| self.peers.get(resource))
            .flatten()
            .find_map(|peer| aliases.iter().find_map(|alias| peer.allows(alias)))
    }
}

impl Suppressions<'_> {
    /// Reads the annotations of all resources, in targets or not.
    pub(super) fn collect_annotations(&mut self) {
        let graph = self.graph;
        let marked: Vec<bool> = graph
            .files
            .iter()
            .map(|file| is_marked(graph.sources.get(file.source).text()))
            .collect();
        for resource in &graph.resources {
            if marked.get(resource.file.0 as usize) == Some(&true) {
                self.read_resource(resource);
            }
        }
        for ranges in self.annotations.ranges.values_mut() {
            ranges.sort_unstable();
        }
    }

    fn read_resource(&mut self, resource: &Resource) {
        let root = self.graph.root(resource);
        let mut allows = false;
        for entry in annotations(root) {
            let key = entry.key.decoded();
            if key == IGNORE {
                self.read_ignore(resource, entry.value.resolved());
                allows = true;
            } else if key.starts_with(OURS) {
                self.unknown_annotation(resource, entry);
            } else if is_peers(&key) {
                self.add_peer(resource.id, entry, false);
                allows = true;
            }
        }
        for entry in pod_template(root).into_iter().flat_map(annotations) {
            if is_peers(&entry.key.decoded()) {
                self.add_peer(resource.id, entry, true);
                allows = true;
            }
        }
        if allows {
            let source = self.graph.file(resource.file).source;
            let ranges = self.annotations.ranges.entry(source).or_default();
            ranges.push((root.range(), resource.id));
        }
    }

    fn add_peer(&mut self, resource: ResourceId, entry: Entry<'_>, on_template: bool) {
        let peers = self.annotations.peers.entry(resource).or_default();
        peers.push(PeerAnnotation {
            key: entry.key.decoded().into_owned(),
            value: entry.value.as_str().unwrap_or_default().into_owned(),
            on_template,
        });
    }

    fn read_ignore(&mut self, resource: &Resource, value: Node<'_>) {
        let decoded = value.decode();
        let site = self.site(resource);
        for read in directive::annotation(&decoded.text) {
            let place = |range| self.place(resource, source_range(&decoded, range));
            let spans: Vec<Span> = match &read {
                Ok(directive) => directive.rules.iter().map(|(it, _)| place(*it)).collect(),
                Err(flaw) => vec![place(flaw.range)],
            };
            for (rule, ignore) in self.take(&read, site, &spans) {
                let ours = &mut self.annotations.ours;
                ours.entry((resource.id, rule)).or_insert(ignore);
            }
        }
    }

    fn unknown_annotation(&mut self, resource: &Resource, entry: Entry<'_>) {
        let key = entry.key.decoded();
        let span = self.place(resource, entry.key.range());
        self.flaws.push(complaint(
            span,
            Some(resource.id),
            &key,
            format!("kubelint knows no annotation `{key}`"),
            format!("did you mean `{IGNORE}`?"),
        ));
    }

    /// A range of a resource's file, as the place that a user would edit.
    fn place(&self, resource: &Resource, range: TextRange) -> Span {
        let span = self.graph.span(resource.file, range);
        let places = self.graph.sources.places(span);
        places.first().map_or(span, |place| place.span)
    }

    fn site(&self, resource: &Resource) -> Site {
        let file = self.graph.file(resource.file);
        let rendered = self.graph.sources.get(file.source).is_rendered();
        Site {
            subject: Some(resource.id),
            checked: file.target && file.role == Role::Manifest && !rendered && !resource.partial,
            help: ANNOTATION_HELP,
        }
    }
}

/// Whether a file may hold annotations that allow something.
fn is_marked(text: &str) -> bool {
    let marks = peers::MARKS.iter().copied().chain([OURS]);
    marks
        .into_iter()
        .any(|mark| memmem::find(text.as_bytes(), mark.as_bytes()).is_some())
}

/// Whether an annotation is one of another linter.
fn is_peers(key: &str) -> bool {
    peers::MARKS.iter().any(|mark| key.contains(mark))
}

/// The annotations of an object or pod template.
fn annotations(object: Node<'_>) -> impl Iterator<Item = Entry<'_>> {
    child(object, &["metadata", "annotations"])
        .into_iter()
        .flat_map(Node::fields)
}

/// The pod template of a workload.
fn pod_template(object: Node<'_>) -> Option<Node<'_>> {
    child(object, &["spec", "template"])
        .or_else(|| child(object, &["spec", "jobTemplate", "spec", "template"]))
}

/// What a path of keys leads to.
fn child<'a>(node: Node<'a>, path: &[&str]) -> Option<Node<'a>> {
    path.iter()
        .try_fold(node, |node, key| Some(node.get(key)?.value))
}

/// Where a part of a scalar's text is written: from its first to its last byte.
fn source_range(decoded: &Decoded<'_>, range: TextRange) -> TextRange {
    decoded
        .source_ranges(range)
        .into_iter()
        .reduce(TextRange::cover)
        .unwrap_or_default()
}
