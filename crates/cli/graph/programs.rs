//! What is said of the programs that images start.

use std::borrow::Cow;

use kubelint_model::Resource;
use kubelint_model::code::{Protocol, ReadName, Subject};
use kubelint_model::image_link::ImageLink;
use kubelint_model::program::{Gap, Listening, Program, ProgramRead, Served};
use kubelint_model::view::PodTemplate;
use serde::Serialize;

use super::View;
use super::wire::Place;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireProgram<'a> {
    pub(super) command: Vec<&'a str>,
    pub(super) place: Option<Place<'a>>,
    pub(super) language: Option<&'static str>,
    pub(super) scripts: Vec<Cow<'a, str>>,
    pub(super) entry: Option<Cow<'a, str>>,
    pub(super) files: usize,
    pub(super) routes: Vec<WireRoute<'a>>,
    pub(super) variables: Vec<WireVariable<'a>>,
    pub(super) ports: Vec<WireListening<'a>>,
    pub(super) gaps: Vec<WireGap<'a>>,
}

#[derive(Serialize)]
pub(super) struct WireRoute<'a> {
    pub(super) methods: &'a [String],
    pub(super) path: &'a str,
    pub(super) place: Place<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the document"
)]
pub(super) struct WireVariable<'a> {
    pub(super) name: &'a str,
    pub(super) is_prefix: bool,
    pub(super) required: bool,
    pub(super) has_default: bool,
    pub(super) on_start: bool,
    pub(super) place: Place<'a>,
}

#[derive(Serialize)]
pub(super) struct WireListening<'a> {
    pub(super) port: Option<u16>,
    pub(super) protocol: &'static str,
    pub(super) variable: Option<String>,
    pub(super) loopback: bool,
    pub(super) places: Vec<Place<'a>>,
}

#[derive(Serialize)]
pub(super) struct WireGap<'a> {
    pub(super) subject: &'static str,
    pub(super) why: &'a str,
    pub(super) place: Option<Place<'a>>,
}

/// The words for what may not be known.
pub(super) const SUBJECTS: [&str; 4] = ["all", "routes", "variables", "ports"];

/// The words for what is spoken at a port.
pub(super) const PROTOCOLS: [&str; 3] = ["http", "grpc", "other"];

impl<'a> View<'a> {
    /// The program that an image starts in a container.
    pub(super) fn program(
        &self,
        resource: &Resource,
        link: &'a ImageLink,
    ) -> Option<WireProgram<'a>> {
        let graph = self.graph;
        let of = graph.programs.of(link.resource, &link.container).iter();
        let number = of
            .filter(|it| {
                let other = graph.image_links.links.get(it.link as usize);
                other.is_some_and(|it| std::ptr::eq(it, link))
            })
            .map(|it| it.program)
            .next()?;
        let program = graph.programs.programs.get(number as usize)?;
        let resource = graph.resource(resource.id);
        let workload = graph.workload(resource)?;
        let templates = workload.templates();
        let mut containers = templates.iter().flat_map(PodTemplate::containers);
        let container = containers.find(|it| it.path() == link.container)?;
        let mut environments = self.environments.borrow_mut();
        let environment = environments.of(&workload, &container, link);
        let ports = program.listens(graph, &environment);
        Some(self.wire(program, ports))
    }

    fn wire(&self, program: &'a Program, ports: Vec<Listening<'a>>) -> WireProgram<'a> {
        let started = program.started.file;
        let started = started.map(|(file, range)| self.graph.span(file, range));
        let words = program.started.words.iter();
        WireProgram {
            command: words
                .map(|it| started.map_or(it.as_str(), |span| self.unless_hidden(span, it)))
                .collect(),
            place: started.map(|it| self.place(it)),
            language: program
                .language
                .map(kubelint_parser::code::Language::as_str),
            scripts: program.scripts.iter().map(|it| self.path(*it)).collect(),
            entry: program.entry.map(|it| self.path(it)),
            files: program.files.len(),
            routes: program.routes.iter().map(|it| self.route(it)).collect(),
            variables: program
                .reads
                .iter()
                .filter_map(|it| self.variable(it))
                .collect(),
            ports: ports.into_iter().map(|it| self.listening(it)).collect(),
            gaps: program.gaps.iter().map(|it| self.gap(it)).collect(),
        }
    }

    fn route(&self, route: &'a Served) -> WireRoute<'a> {
        let (file, range) = route.place;
        WireRoute {
            methods: &route.methods,
            path: &route.path.text,
            place: self.place(self.graph.span(file, range)),
        }
    }

    fn variable(&self, read: &'a ProgramRead) -> Option<WireVariable<'a>> {
        let (name, is_prefix) = match &read.name {
            ReadName::Exact(name) | ReadName::AnyCase(name) => (name, false),
            ReadName::Prefix(name) => (name, true),
            ReadName::Computed(_) => return None,
        };
        let (file, range) = read.place;
        Some(WireVariable {
            name,
            is_prefix,
            required: read.is_required,
            has_default: read.default.is_some(),
            on_start: read.on_start,
            place: self.place(self.graph.span(file, range)),
        })
    }

    fn listening(&self, it: Listening<'a>) -> WireListening<'a> {
        WireListening {
            port: it.number,
            protocol: match it.port.protocol {
                Protocol::Http => PROTOCOLS[0],
                Protocol::Grpc => PROTOCOLS[1],
                Protocol::Other => PROTOCOLS[2],
            },
            variable: it.variable,
            loopback: it.is_loopback,
            places: it.chain.iter().map(|it| self.place(it.span)).collect(),
        }
    }

    fn gap(&self, gap: &'a Gap) -> WireGap<'a> {
        let place = gap.place;
        WireGap {
            subject: match gap.subject {
                None => SUBJECTS[0],
                Some(Subject::Routes) => SUBJECTS[1],
                Some(Subject::Reads) => SUBJECTS[2],
                Some(Subject::Ports) => SUBJECTS[3],
            },
            why: &gap.why,
            place: place.map(|(file, range)| self.place(self.graph.span(file, range))),
        }
    }
}
