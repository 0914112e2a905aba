//! What is said of each part of the graph: the types of `--format json`, which the other formats write in their own way.

use std::borrow::Cow;

use kubelint_model::link::{
    Link, Missing, Outcome, PartLink, PartOutcome, Selection, TargetOutcome, TargetPort,
};
use kubelint_model::made::Maker;
use kubelint_model::reference::{Picks, Relation};
use kubelint_model::{FileId, Resource, ResourceId};
use kubelint_parser::Span;
use kubelint_parser::yaml::NodeId;
use serde::Serialize;

use super::View;
use super::images::WireImage;

/// What stands for a text that must not be shown.
const HIDDEN: &str = "***";

/// Where something is written.
#[derive(Serialize)]
pub(super) struct Place<'a> {
    pub(super) path: Cow<'a, str>,
    pub(super) line: u32,
    pub(super) column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireResource<'a> {
    pub(super) id: u32,
    pub(super) api_version: String,
    pub(super) kind: &'a str,
    pub(super) namespace: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    #[serde(skip)]
    pub(super) title: String,
    pub(super) generate_name: Option<&'a str>,
    pub(super) generated: bool,
    pub(super) place: Place<'a>,
    pub(super) references: Vec<Reference<'a>>,
    pub(super) selections: Vec<Pick<'a>>,
    pub(super) target_ports: Vec<Port<'a>>,
    pub(super) images: Vec<WireImage<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference<'a> {
    pub(super) relation: &'static str,
    pub(super) field: String,
    pub(super) place: Place<'a>,
    pub(super) target: Target<'a>,
    pub(super) optional: bool,
    pub(super) outcome: &'static str,
    pub(super) ring: Option<&'static str>,
    pub(super) to: Vec<u32>,
    pub(super) more: bool,
    pub(super) part: Option<Part<'a>>,
    pub(super) near: Vec<u32>,
    pub(super) other_namespace: Vec<u32>,
    pub(super) in_some_builds: Vec<u32>,
    pub(super) elsewhere: Vec<u32>,
    pub(super) mentioned: Option<Place<'a>>,
    pub(super) may_be_unseen: bool,
    pub(super) maker: Option<WireMaker<'a>>,
}

#[derive(Serialize)]
pub(super) struct Target<'a> {
    pub(super) group: &'a str,
    pub(super) kind: &'a str,
    pub(super) namespace: Option<&'a str>,
    pub(super) name: &'a str,
}

#[derive(Serialize)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    pub(super) outcome: &'static str,
    pub(super) place: Option<Place<'a>>,
}

#[derive(Serialize)]
pub(super) struct WireMaker<'a> {
    pub(super) by: &'static str,
    pub(super) why: Option<&'static str>,
    pub(super) place: Option<Place<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pick<'a> {
    pub(super) picks: &'static str,
    pub(super) field: String,
    pub(super) place: Place<'a>,
    pub(super) outcome: &'static str,
    pub(super) ring: Option<&'static str>,
    pub(super) to: Vec<u32>,
    pub(super) more: bool,
    pub(super) elsewhere: Vec<u32>,
}

#[derive(Serialize)]
pub(super) struct Port<'a> {
    pub(super) field: String,
    pub(super) place: Place<'a>,
    pub(super) outcome: &'static str,
    pub(super) declared: Option<Place<'a>>,
}

impl<'a> View<'a> {
    /// The resources that are shown, in order.
    pub(super) fn resources(&self) -> impl Iterator<Item = WireResource<'a>> {
        self.shown.iter().map(|it| self.resource(*it))
    }

    fn resource(&self, id: ResourceId) -> WireResource<'a> {
        let resource = self.graph.resource(id);
        let ports = &self.graph.links.target_ports;
        let first = ports.partition_point(|it| it.service < id);
        let ports = ports[first..].iter().take_while(|it| it.service == id);
        let ports = ports.filter(|_| self.focus.contains(&id));
        WireResource {
            id: id.0,
            api_version: resource.gvk.api_version(),
            kind: &resource.gvk.kind,
            namespace: resource.namespace.as_deref(),
            name: self.name(resource),
            title: self.title(resource),
            generate_name: resource.generate_name.as_deref(),
            generated: resource.generated,
            place: self.place(resource.span),
            images: self.images(resource),
            references: self
                .references(id)
                .map(|it| self.reference(resource, it))
                .collect(),
            selections: self
                .selections(id)
                .map(|it| self.pick(resource, it))
                .collect(),
            target_ports: ports.map(|it| self.port(resource, it)).collect(),
        }
    }

    /// The name of a resource, if it states one.
    pub(super) fn name(&self, resource: &'a Resource) -> Option<&'a str> {
        let name = resource.name.as_deref()?;
        Some(self.unless_hidden(resource.span, name))
    }

    /// A resource in a word: `Deployment/web`, `Job/migrate-*` if the API server completes its name.
    pub(super) fn title(&self, resource: &'a Resource) -> String {
        let kind = &resource.gvk.kind;
        match (self.name(resource), &resource.generate_name) {
            (Some(name), _) => format!("{kind}/{name}"),
            (None, Some(prefix)) => format!("{kind}/{prefix}*"),
            (None, None) => format!("{kind}/-"),
        }
    }

    /// `text`, which stands at `span`, if it may be shown.
    pub(super) fn unless_hidden<'t>(&self, span: Span, text: &'t str) -> &'t str {
        if self.graph.is_redacted(span) {
            HIDDEN
        } else {
            text
        }
    }

    pub(super) fn path(&self, file: FileId) -> Cow<'a, str> {
        self.paths.show(&self.graph.file(file).path)
    }

    pub(super) fn place(&self, span: Span) -> Place<'a> {
        let source = self.graph.sources.get(span.source);
        let start = source.line_column(span.range.start);
        Place {
            path: self.paths.show(source.path()),
            line: start.line,
            column: start.column,
        }
    }

    fn node(&self, resource: &Resource, node: NodeId) -> (String, Place<'a>) {
        let range = self.graph.node(resource.file, node).range();
        let place = self.place(self.graph.span_in(resource, range));
        (self.graph.path_at(resource, range), place)
    }

    /// `text`, which `node` holds, if it may be shown.
    fn text_of<'t>(&self, resource: &Resource, node: NodeId, text: &'t str) -> &'t str {
        let range = self.graph.node(resource.file, node).range();
        self.unless_hidden(self.graph.span_in(resource, range), text)
    }

    fn reference(&self, resource: &Resource, link: &'a Link) -> Reference<'a> {
        let (field, place) = self.node(resource, link.node);
        let mut reference = Reference {
            relation: relation(link.relation),
            field,
            place,
            target: Target {
                group: &link.target.group,
                kind: &link.target.kind,
                namespace: link.target.namespace.as_deref(),
                name: self.text_of(resource, link.node, &link.target.name),
            },
            optional: link.is_optional,
            outcome: "unknown",
            ring: None,
            to: Vec::new(),
            more: false,
            part: link.part.as_ref().map(|it| self.part(resource, it)),
            near: Vec::new(),
            other_namespace: Vec::new(),
            in_some_builds: Vec::new(),
            elsewhere: Vec::new(),
            mentioned: None,
            may_be_unseen: false,
            maker: None,
        };
        match &link.outcome {
            Outcome::Resolved {
                ring,
                candidates,
                has_more,
            } => {
                reference.outcome = "resolved";
                reference.ring = Some(ring.as_str());
                reference.to = ids(candidates);
                reference.more = *has_more;
            }
            Outcome::Missing(missing) => self.missing(&mut reference, missing),
            Outcome::External(maker) => {
                reference.outcome = "external";
                reference.maker = Some(self.maker(maker));
            }
            Outcome::Unknown => {}
        }
        reference
    }

    fn part(&self, resource: &Resource, part: &'a PartLink) -> Part<'a> {
        let (outcome, span) = match part.outcome {
            PartOutcome::Present(span) => ("present", Some(span)),
            PartOutcome::Absent => ("absent", None),
            PartOutcome::Unknown => ("unknown", None),
        };
        Part {
            text: self.text_of(resource, part.node, &part.text),
            outcome,
            place: span.map(|it| self.place(it)),
        }
    }

    fn missing(&self, reference: &mut Reference<'a>, missing: &Missing) {
        reference.outcome = "missing";
        reference.near = ids(&missing.near);
        reference.other_namespace = ids(&missing.other_namespace);
        reference.in_some_builds = ids(&missing.in_some_builds);
        reference.elsewhere = ids(&missing.elsewhere);
        reference.mentioned = missing.mentioned.map(|it| self.place(it));
        reference.may_be_unseen =
            missing.may_be_unseen || missing.brought.is_some() || !missing.absent_files.is_empty();
    }

    fn maker(&self, maker: &Maker) -> WireMaker<'a> {
        let (by, why, span) = match maker {
            Maker::BuiltIn(why) => ("built-in", Some(*why), None),
            Maker::Script(span) => ("script", None, Some(*span)),
            Maker::Document(span) => ("document", None, Some(*span)),
            Maker::Chart(span) => ("chart", None, Some(*span)),
            Maker::Controller(id, why) => (
                "controller",
                Some(*why),
                Some(self.graph.resource(*id).span),
            ),
            Maker::Argument(span) => ("argument", None, Some(*span)),
            Maker::Configuration => ("configuration", None, None),
        };
        WireMaker {
            by,
            why,
            place: span.map(|it| self.place(it)),
        }
    }

    fn pick(&self, resource: &Resource, selection: &Selection) -> Pick<'a> {
        let (field, place) = self.node(resource, selection.node);
        let outcome = match selection.ring {
            Some(_) => "resolved",
            None if selection.is_unknown => "unknown",
            None => "nothing",
        };
        Pick {
            picks: match selection.picks {
                Picks::ServiceMonitor => "services",
                _ => "pods",
            },
            field,
            place,
            outcome,
            ring: selection.ring.map(kubelint_model::reach::Ring::as_str),
            to: ids(&super::picked(selection)),
            more: selection.has_more,
            elsewhere: ids(&selection.elsewhere),
        }
    }

    fn port(&self, resource: &Resource, port: &TargetPort) -> Port<'a> {
        let (field, place) = self.node(resource, port.node);
        let (outcome, declared) = match port.outcome {
            TargetOutcome::Declared(span) => ("declared", Some(self.place(span))),
            TargetOutcome::Undeclared => ("undeclared", None),
            TargetOutcome::Unknown => ("unknown", None),
        };
        Port {
            field,
            place,
            outcome,
            declared,
        }
    }
}

fn ids(ids: &[ResourceId]) -> Vec<u32> {
    ids.iter().map(|it| it.0).collect()
}

const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::ConfigMap => "config-map",
        Relation::Secret => "secret",
        Relation::PullSecret => "pull-secret",
        Relation::TlsSecret => "tls-secret",
        Relation::ServiceAccount => "service-account",
        Relation::Claim => "claim",
        Relation::Role => "role",
        Relation::Subject => "subject",
        Relation::ScaleTarget => "scale-target",
        Relation::GoverningService => "governing-service",
        Relation::Backend => "backend",
    }
}
