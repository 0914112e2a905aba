//! How sure a rule may be that an object which is there lacks a key or port, and how to say so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::{Link, Outcome, PartLink, PartOutcome};
use kubelint_model::made::Maker;
use kubelint_model::purpose::Purpose;
use kubelint_model::reference::Relation;
use kubelint_model::{Cause, DeploymentGraph, Resource, ResourceId, path};
use kubelint_parser::Span;
use kubelint_parser::yaml::Node;

use crate::{absence, evidence, far};

/// More keys of one object than these are not compared with one that it lacks: that would take long.
const MOST_CANDIDATES: usize = 200;

/// The first keys of objects. Thousands of references may lead to one object of thousands of keys, which is read once.
#[derive(Default)]
struct FirstKeys<'a>(BTreeMap<ResourceId, Vec<(Cow<'a, str>, Node<'a>)>>);

/// A reference to an object that is there, and to a part that is not.
pub(crate) struct AbsentPart<'a> {
    /// The reference.
    pub(crate) link: &'a Link,
    /// What it asks for.
    pub(crate) part: &'a PartLink,
    /// The objects that it may mean: none of them has it.
    pub(crate) candidates: &'a [ResourceId],
    /// The command that makes the object, if no manifest states it.
    pub(crate) made: Option<Span>,
}

/// The references of one kind whose key or port no object has that they may mean, in order.
pub(crate) fn absent_parts(
    graph: &DeploymentGraph,
    relation: Relation,
) -> impl Iterator<Item = AbsentPart<'_>> {
    let links = graph.links.references.iter();
    links.filter_map(move |link| {
        let part = link.part.as_ref()?;
        let (candidates, made) = match &link.outcome {
            Outcome::Resolved { candidates, .. } => (candidates.as_slice(), None),
            Outcome::External(Maker::Script(span)) => (&[][..], Some(*span)),
            _ => return None,
        };
        let is_absent = link.relation == relation
            && !link.is_optional
            && part.outcome == PartOutcome::Absent
            && !evidence::is_replaced(&part.text);
        is_absent.then_some(AbsentPart {
            link,
            part,
            candidates,
            made,
        })
    })
}

impl AbsentPart<'_> {
    /// The confidence that the part is absent, where `field` of the candidates would hold it.
    pub(crate) fn confidence(
        &self,
        graph: &DeploymentGraph,
        from: &Resource,
        own_field: &str,
        field: &str,
    ) -> Confidence {
        let may_change = |resource: &Resource, path: &str| graph.may_change(resource, path);
        let object_field = own_field_of_object(graph, self.link, from);
        let is_doubtful = graph.file(from.file).purpose >= Purpose::Test
            || may_change(from, own_field)
            || may_change(from, &object_field)
            || self
                .candidates
                .iter()
                .any(|&id| may_change(graph.resource(id), field))
            // What tests state, or what is put aside, is not what is meant.
            || !self.candidates.is_empty()
                && self.candidates.iter().all(|&id| graph.file(graph.resource(id).file).purpose == Purpose::Test);
        if is_doubtful {
            Confidence::Low
        } else if self.made.is_some() {
            // A script may be one way of several to make it.
            Confidence::Medium
        } else {
            far::meant(graph, self.link)
        }
    }
}

fn own_field_of_object(graph: &DeploymentGraph, link: &Link, from: &Resource) -> String {
    graph.path_at(from, graph.node(from.file, link.node).range())
}

/// Reports the keys that pods take from ConfigMaps or Secrets which do not have them.
pub(crate) fn check_keys(cx: &RuleContext<'_>, relation: Relation, out: &mut Findings) {
    let mut keys = FirstKeys::default();
    for absent in absent_parts(cx.graph, relation) {
        if let Some(finding) = key(cx, &mut keys, &absent) {
            out.push(finding);
        }
    }
}

/// The finding of a key that a ConfigMap or Secret does not have.
fn key<'a>(
    cx: &RuleContext<'a>,
    keys: &mut FirstKeys<'a>,
    absent: &AbsentPart<'a>,
) -> Option<Finding> {
    let graph = cx.graph;
    let AbsentPart {
        link,
        part,
        candidates,
        made,
    } = absent;
    let from = graph.resource(link.from);
    let target = &link.target;
    let place = graph.node(from.file, part.node).range();
    let own_field = graph.path_at(from, place);
    let confidence = absent.confidence(graph, from, &own_field, &path::field("data", &part.text));
    let stated = || Some(keys_place(graph, graph.resource(*candidates.first()?)));
    let held = made.or_else(stated)?;
    let nearest = keys.nearest(graph, candidates, &part.text);
    let message = format!(
        "the {} {} the key `{}` of the {} `{}`, which has no such key",
        absence::called(from),
        absence::verb(link.relation),
        part.text,
        target.kind,
        target.name
    );
    let cause = Cause::key(
        &target.kind,
        target.namespace.as_deref(),
        &target.name,
        &part.text,
    );
    let (other, text, help) = match nearest {
        Some((span, key)) => (
            span,
            format!("did you mean `{key}`?"),
            format!("write `{key}`, or add the key `{}`", part.text),
        ),
        None => (
            held,
            "not among these keys".to_owned(),
            format!(
                "add the key `{}` to the {} `{}`, or take one that it has",
                part.text, target.kind, target.name
            ),
        ),
    };
    Some(
        Finding::new(graph.span_in(from, place), message, cause)
            .label("no such key")
            .related(other, text)
            .confidence(confidence)
            .about(from.id, own_field, part.text.clone())
            .help(help),
    )
}

impl<'a> FirstKeys<'a> {
    /// The key of one of the objects that may be meant.
    fn nearest(
        &mut self,
        graph: &'a DeploymentGraph,
        candidates: &[ResourceId],
        wanted: &str,
    ) -> Option<(Span, String)> {
        candidates.iter().find_map(|&id| {
            let resource = graph.resource(id);
            let keys = self.0.entry(id).or_insert_with(|| {
                let data = graph.config_data(resource).unwrap_or_default();
                data.keys.into_iter().take(MOST_CANDIDATES).collect()
            });
            let meant = did_you_mean(wanted, keys.iter().map(|(key, _)| &**key))?;
            let (key, node) = keys.iter().find(|(key, _)| key == meant)?;
            Some((graph.span_in(resource, node.range()), key.to_string()))
        })
    }
}

/// Where the keys of a ConfigMap or Secret stand; what generates it where it does.
fn keys_place(graph: &DeploymentGraph, resource: &Resource) -> Span {
    let root = graph.root(resource);
    let mut maps = ["data", "stringData", "binaryData"].into_iter();
    match maps.find_map(|field| root.get(field)) {
        Some(entry) if !resource.generated => graph.span_in(resource, entry.key.range()),
        _ => resource.span,
    }
}
