//! What containers run: the programs that their images are built from, each with the variables that the container gives it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use kubelint_engine::{Confidence, Finding};
use kubelint_model::code::{ReadName, Subject};
use kubelint_model::program::{Environments, Listening, Port, Program, ProgramRead, What};
use kubelint_model::view::{Container, PodTemplate, Workload};
use kubelint_model::{
    DeploymentGraph, FileId, ImageRef, KubeNode, service_variable, unnamed_variable,
};
use kubelint_parser::code::Language;
use kubelint_parser::{Span, TextRange};

use crate::built::{AllBuilt, Built};
use crate::environment::{Environment, Setting};
use crate::evidence;
use crate::port_mentions::Mentions;
use crate::ports::Pod;

/// The most places where a program listens that a finding shows.
const MOST_LISTENERS: usize = 3;

/// The programs of all containers.
pub(crate) struct AllPrograms<'a> {
    graph: &'a DeploymentGraph,
    built: AllBuilt<'a>,
    environments: RefCell<Environments<'a>>,
    /// How the variables begin that Kubernetes sets for the Services: `API` for one that is called `api`.
    services: Rc<BTreeSet<String>>,
}

/// A container whose program is known.
pub(crate) struct Running<'a> {
    pub(crate) graph: &'a DeploymentGraph,
    pub(crate) workload: Workload<'a>,
    pub(crate) template: PodTemplate<'a>,
    pub(crate) container: Container<'a>,
    /// What builds its image; `None` of public software that the manifest configures.
    pub(crate) built: Option<Built<'a>>,
    pub(crate) program: &'a Program,
    pub(crate) env: Environment<'a>,
}

/// A port that a program listens on in a container.
pub(crate) struct Listened<'a> {
    pub(crate) number: i64,
    /// What states it.
    pub(crate) port: &'a Port,
    /// What decides that it is this one.
    pub(crate) by: By,
    /// Whether only what runs in the pod reaches it.
    pub(crate) is_loopback: bool,
    /// Whether TLS is spoken there, if that is known.
    pub(crate) tls: Option<bool>,
    /// How sure that is.
    pub(crate) confidence: Confidence,
}

/// What decides on which port a program listens.
pub(crate) enum By {
    /// It is written out.
    Source,
    /// A variable that the manifest sets: its name, and where.
    Manifest(String, Span),
    /// A variable that the Dockerfile sets: its name, and where.
    Image(String, Span),
    /// The default of a variable that nothing sets.
    Default(String),
}

/// What is known of the programs of a pod and one port.
pub(crate) enum Hearing<'a> {
    /// One of them listens there.
    Heard,
    /// None of them does: they listen elsewhere.
    Deaf(Vec<Running<'a>>),
    /// Nobody can tell.
    Unknown,
}

impl<'a> AllPrograms<'a> {
    pub(crate) fn new(graph: &'a DeploymentGraph) -> Self {
        let services = graph.services().filter_map(|it| {
            let name = it.resource.name.as_deref()?;
            let variable = service_variable::port_variable(name);
            Some(variable.strip_suffix("_PORT")?.to_owned())
        });
        Self {
            graph,
            built: AllBuilt::new(graph),
            environments: RefCell::new(Environments::new(graph)),
            services: Rc::new(services.collect()),
        }
    }

    /// What the container runs. None if that is not known well enough for a finding.
    pub(crate) fn of(
        &self,
        workload: &Workload<'a>,
        template: &PodTemplate<'a>,
        container: &Container<'a>,
    ) -> Option<Running<'a>> {
        let graph = self.graph;
        let programs = graph.programs.of(workload.resource.id, &container.path());
        let (first, rest) = programs.split_first()?;
        if rest.iter().any(|it| it.program != first.program) {
            return None;
        }
        let program = graph.programs.programs.get(first.program as usize)?;
        let link = graph.image_links.links.get(first.link as usize)?;
        let built = match program.dockerfile {
            Some(_) => Some(self.built.of(workload, container)?),
            None => None,
        };
        let mut environments = self.environments.borrow_mut();
        let given = environments.of(workload, container, link);
        let env = Environment::of(given, program, template, built.as_ref(), &self.services);
        Some(Running {
            graph,
            workload: *workload,
            template: template.clone(),
            container: container.clone(),
            built,
            program,
            env,
        })
    }

    /// Whether a program of the pod listens on the port `number`.
    pub(crate) fn hearing(
        &self,
        mentions: &Mentions<'a>,
        pod: &Pod<'a>,
        number: i64,
    ) -> Hearing<'a> {
        let template = &pod.template;
        let containers = pod.running();
        let known = containers
            .iter()
            .map(|it| self.of(&pod.workload, template, it));
        let known: Vec<Option<Running<'a>>> = known.collect();
        let mut is_closed =
            !known.is_empty() && !template.is_injected() && !template.host_network();
        for running in &known {
            let listened = running.as_ref().and_then(Running::listened);
            let Some(listened) = listened.filter(|it| !it.is_empty()) else {
                is_closed = false;
                continue;
            };
            if listened.iter().any(|it| it.number == number) {
                return Hearing::Heard;
            }
            let may_be_told = running
                .as_ref()
                .is_some_and(|it| mentions.may_tell(it, number));
            is_closed &= !may_be_told;
        }
        if is_closed {
            Hearing::Deaf(known.into_iter().flatten().collect())
        } else {
            Hearing::Unknown
        }
    }

    /// All containers whose programs are known, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = Running<'a>> {
        let templates = self.graph.workloads().flat_map(|workload| {
            let templates = workload.templates().into_iter();
            templates.map(move |it| (workload, it))
        });
        templates.flat_map(move |(workload, template)| {
            let containers = template.containers().into_iter();
            let running = containers.filter_map(|it| self.of(&workload, &template, &it));
            running.collect::<Vec<_>>()
        })
    }
}

impl<'a> Running<'a> {
    /// The name of the container.
    pub(crate) fn name(&self) -> String {
        let name = self.container.name();
        name.map(|it| it.value.into_owned()).unwrap_or_default()
    }

    /// Where the container says which variables it is given: the field, or the container itself if it has none.
    pub(crate) fn variables_at(&self) -> TextRange {
        let fields = ["env", "envFrom"].into_iter();
        let mut stated = fields.filter_map(|it| self.container.node.get(it));
        let first = stated.next().map(|it| it.key.range());
        first.unwrap_or_else(|| self.container.place().range())
    }

    /// The name of the workload.
    pub(crate) fn owner(&self) -> &'a str {
        self.workload.resource.name.as_deref().unwrap_or_default()
    }

    /// A place in a file of the program, or in what starts it.
    pub(crate) fn span(&self, place: (FileId, TextRange)) -> Span {
        self.graph.span(place.0, place.1)
    }

    /// How sure one may be of a contradiction between the manifest's fields `fields` of the container and the program.
    pub(crate) fn confidence(&self, fields: &[&str]) -> Confidence {
        let resource = self.workload.resource;
        let always = ["image", "command", "args", "env", "envFrom"];
        // What is mounted is the configuration of a web server.
        let mounts: &[&str] = match self.program.language {
            Some(_) => &[],
            None => &["volumeMounts"],
        };
        let fields = always.iter().chain(mounts).chain(fields);
        let paths: Vec<String> = fields.map(|it| self.container.field_path(it)).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let of_manifest = evidence::in_template(self.graph, &self.workload, &paths);
        // What stands in samples is run by hand, and told there what is missing.
        let is_for_tests = evidence::is_for_tests(self.graph, resource);
        let most = if is_for_tests {
            Confidence::Low
        } else {
            Confidence::High
        };
        // Public software as it is mostly stands for what is put in its place.
        let is_stand_in = self.built.is_none() && self.program.files.is_empty();
        let of_source = if self.program.is_guessed || is_stand_in {
            Confidence::Medium
        } else {
            Confidence::High
        };
        let of_link = self
            .built
            .as_ref()
            .map_or(Confidence::High, Built::confidence);
        of_manifest.min(of_link).min(of_source).min(most)
    }

    /// Adds what leads from the manifest to the source: what ties the image to the Dockerfile, and what that starts.
    pub(crate) fn with_chain(&self, finding: Finding) -> Finding {
        let (finding, says) = match &self.built {
            Some(built) => (built.with_chain(self.graph, finding), "starts the program"),
            None => (finding, "runs the program"),
        };
        match self.program.started.file {
            Some(place) => finding.related(self.span(place), says),
            None => finding,
        }
    }

    /// Adds where the program listens, and what leads there.
    pub(crate) fn with_listeners(&self, mut finding: Finding) -> Finding {
        let listened = self.listened().unwrap_or_default();
        for it in listened.iter().take(MOST_LISTENERS) {
            if let Some(place) = it.port.place {
                let says = it.by.says(it.number);
                finding = finding.related(self.span(place), says);
            }
        }
        self.with_chain(finding)
    }

    /// The ports that the program listens on. None if one of them is not known, or there may be more.
    pub(crate) fn listened(&self) -> Option<Vec<Listened<'a>>> {
        if !self.program.is_complete(Subject::Ports) {
            return None;
        }
        let all = self.program.listens(self.graph, self.env.given());
        all.into_iter().map(|it| self.listened_at(it)).collect()
    }

    fn listened_at(&self, listening: Listening<'a>) -> Option<Listened<'a>> {
        let number = i64::from(listening.number?);
        let set = listening.chain.iter().find(|it| it.what != What::Program);
        let by = match (listening.variable, set) {
            (None, _) => By::Source,
            (Some(name), Some(set)) if set.what == What::Manifest => By::Manifest(name, set.span),
            (Some(name), Some(set)) => By::Image(name, set.span),
            // What is given, and not where that is written, is no default.
            (Some(name), None) => match self.env.get(&name) {
                Setting::Absent => By::Default(name),
                Setting::Set | Setting::Unknown => return None,
            },
        };
        // Nobody sees what a base image of one's own sets.
        let is_sure = !matches!(by, By::Default(_)) || self.env.has_plain_base();
        let confidence = if is_sure {
            Confidence::High
        } else {
            Confidence::Medium
        };
        Some(Listened {
            number,
            port: listening.port,
            by,
            is_loopback: listening.is_loopback,
            tls: listening.tls,
            confidence,
        })
    }

    /// The reads of the variable `name`.
    pub(crate) fn reads_of<'n>(
        &self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a ProgramRead> + use<'a, 'n> {
        let reads = self.program.reads.iter();
        reads.filter(move |it| is_called(&it.name, name))
    }

    /// Whether the variable may be read: by the program, by something beside it, or by whatever else in the build's context speaks of it.
    pub(crate) fn may_read(&self, name: &str) -> bool {
        self.reads_of(name).next().is_some()
            || self.is_read_unnamed(name)
            // `__` separates the parts of settings in .NET and others, `.` in Java: whole families are read at once.
            || (name.contains("__") && !self.is_of_known_section(name))
            || name.contains('.')
            || self.is_spoken_of(name)
    }

    /// Whether the variable is of a section of the program's configuration whose settings the program reads one by one, as .NET does by the
    /// properties of a class.
    fn is_of_known_section(&self, name: &str) -> bool {
        let Some((section, _)) = name.rsplit_once("__") else {
            return false;
        };
        self.program.reads.iter().any(|it| {
            let ReadName::AnyCase(other) = &it.name else {
                return false;
            };
            let other = other.rsplit_once("__").map(|it| it.0);
            other.is_some_and(|it| it.eq_ignore_ascii_case(section))
        })
    }

    /// Whether the container's command, its arguments or hooks speak of the variable, or another variable refers to it.
    fn is_used_in_manifest(&self, name: &str) -> bool {
        let source = self.graph.file(self.workload.resource.file).source;
        let text = self.graph.sources.get(source).text();
        let lists = [
            "command",
            "args",
            "lifecycle",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
        ];
        let nodes = lists.iter().filter_map(|it| self.container.node.field(it));
        let mut texts = nodes.map(|it| it.range().of(text));
        let mut variables = self.container.env();
        variables.any(|it| it.refers_to(name))
            || texts.any(|it| word_places(it, name).next().is_some())
    }

    /// Whether the manifest or a text of the build's context speaks of the variable.
    pub(crate) fn is_spoken_of(&self, name: &str) -> bool {
        self.is_used_in_manifest(name) || self.is_mentioned(name)
    }

    /// Whether a text of the build's context speaks of the variable.
    fn is_mentioned(&self, name: &str) -> bool {
        let program = self.program;
        let beside = self.graph.programs.is_mentioned(program, name);
        // Of programs whose reads are not all known the context is not searched; of others it was too large.
        if beside.unwrap_or(program.is_complete(Subject::Reads)) {
            return true;
        }
        let text = |it: &FileId| {
            let source = self.graph.file(*it).source;
            self.graph.sources.get(source).text()
        };
        let holds = |it: &FileId| word_places(text(it), name).next().is_some();
        // In source a name is no variable of the environment unless it stands in a text.
        let quotes = |it: &FileId| {
            let text = text(it);
            let is_text = |at: usize| {
                let before = &text[..at];
                before.ends_with(['"', '\'', '`', '$']) || before.ends_with("${")
            };
            word_places(text, name).any(is_text)
        };
        // In JavaScript the environment is an object that is handed around: its members are words like any other.
        let is_bare = matches!(
            program.language,
            Some(Language::JavaScript | Language::TypeScript | Language::Tsx)
        );
        let mut scripts = program.scripts.iter().chain(&program.dockerfile);
        let mut files = program.files.iter();
        scripts.any(holds) || files.any(|it| if is_bare { holds(it) } else { quotes(it) })
    }

    /// Whether the variable is read although the source does not name it.
    pub(crate) fn is_read_unnamed(&self, name: &str) -> bool {
        let base = self.built.as_ref().and_then(Built::base);
        let base = base.and_then(ImageRef::parse);
        unnamed_variable::is_read(name, self.program.language, base.as_ref())
    }
}

impl By {
    /// The variable that decides, whether it is set or not.
    pub(crate) fn variable(&self) -> Option<&str> {
        match self {
            Self::Manifest(name, _) | Self::Image(name, _) | Self::Default(name) => Some(name),
            Self::Source => None,
        }
    }

    /// What a program does that listens on the port `number` by this.
    pub(crate) fn says(&self, number: i64) -> String {
        match self {
            Self::Source => format!("the program listens on {number}"),
            Self::Manifest(name, _) | Self::Image(name, _) => {
                format!("the program listens on `{name}`")
            }
            Self::Default(name) => {
                format!("listens on `{name}`, which nothing sets, or else on {number}")
            }
        }
    }
}

/// Whether a read may be of the variable `variable`.
pub(crate) fn is_called(read: &ReadName, variable: &str) -> bool {
    match read {
        ReadName::Exact(name) => name == variable,
        ReadName::AnyCase(name) => name.eq_ignore_ascii_case(variable),
        ReadName::Prefix(beginning) => variable
            .get(..beginning.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(beginning)),
        ReadName::Computed(_) => true,
    }
}

/// Where `word` stands in `text` as a word of its own.
pub(crate) fn word_places<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_part = |it: &u8| it.is_ascii_alphanumeric() || *it == b'_';
    text.match_indices(word).map(|it| it.0).filter(move |at| {
        let before = at.checked_sub(1).and_then(|it| text.as_bytes().get(it));
        let after = text.as_bytes().get(at + word.len());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// The port in a value: a number, or an address that ends in one.
pub(crate) fn port_of(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('/');
    let last = text.rsplit_once(':').map_or(text, |it| it.1);
    let port: u16 = last.parse().ok()?;
    (port > 0).then(|| port.into())
}

#[cfg(test)]
mod tests {
    use super::{port_of, word_places};

    #[test]
    fn words() {
        let text = "PORT GRPC_PORT ${PORT:-1} PORTS";
        assert_eq!(word_places(text, "PORT").collect::<Vec<_>>(), [0, 17]);
    }

    #[test]
    fn ports_of_addresses() {
        for (text, expected) in [
            ("8080", Some(8080)),
            (":8080", Some(8080)),
            ("[::]:50051", Some(50051)),
            ("tcp://0.0.0.0:80/", Some(80)),
            ("0", None),
            ("unix:/run/app.sock", None),
            ("70000", None),
            ("", None),
        ] {
            assert_eq!(port_of(text), expected, "{text}");
        }
    }
}
