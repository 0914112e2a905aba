//! What speaks for a port that no container declares: Kubernetes does not care whether a port is declared, only whether the program listens
//! on it.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_model::dockerfile::{BuildArgs, Exposed};
use kubelint_model::image_link::{self, ImageLink, Outcome, Tie, Untied};
use kubelint_model::link;
use kubelint_model::reference::Relation;
use kubelint_model::view::Container;
use kubelint_model::{DeploymentGraph, FileId, ImageRef, KubeNode, ResourceId, image_ports};
use kubelint_parser::code::Language;
use kubelint_parser::yaml::Node;

use crate::ports::{self, Pod};
use crate::programs::Running;

/// Aliases may make a small document a huge tree: what has more nodes than these may name any port.
const MOST_NODES: u32 = 20_000;

/// Whoever reads more ConfigMaps than these may be told any port.
const MOST_CONFIGS: usize = 64;

/// What the folders are called that certificates and their keys are mounted in.
const CERTIFICATES: [&str; 4] = ["tls", "ssl", "cert", "pki"];

/// The ports that pods and their configuration name. Each text is read once, however many Services and probes ask for however many ports.
pub(crate) struct Mentions<'a> {
    graph: &'a DeploymentGraph,
    /// By workload and the path of its template.
    pods: RefCell<BTreeMap<(ResourceId, String), Rc<Said>>>,
    /// Of ConfigMaps.
    configs: RefCell<BTreeMap<ResourceId, Rc<Numbers>>>,
    images: OnceCell<Declarations>,
    /// What the Dockerfiles expose that no image is surely built from.
    exposed: OnceCell<Vec<Exposed>>,
}

/// How many containers declare each port, by the repository of their image.
type Declarations = BTreeMap<String, BTreeMap<i64, u32>>;

/// What the containers of a pod are told, asked and known for.
struct Said {
    /// Whatever probes ask left out.
    told: Numbers,
    /// What probes ask.
    asked: Numbers,
    /// The ConfigMaps that the workload reads.
    configs: Vec<ResourceId>,
    /// Those of them that it mounts.
    mounted: Vec<ResourceId>,
}

/// The numbers that stand in texts, as numbers of their own.
#[derive(Default)]
struct Numbers {
    /// Whether any number may be one of them.
    any: bool,
    found: BTreeSet<i64>,
}

impl<'a> Mentions<'a> {
    pub(crate) fn new(graph: &'a DeploymentGraph) -> Self {
        Self {
            graph,
            pods: RefCell::default(),
            configs: RefCell::default(),
            images: OnceCell::new(),
            exposed: OnceCell::new(),
        }
    }

    /// Whether other containers of an image that the pod runs mostly declare the port `number`, rather than those that are declared here:
    /// then the image listens there, and what is wrong is what is declared.
    pub(crate) fn is_usual(&self, pod: &Pod<'a>, number: i64) -> bool {
        let images = self.images.get_or_init(|| declarations(self.graph));
        pod.running().iter().any(|container| {
            let Some(ports) = repository(container).and_then(|it| images.get(&it)) else {
                return false;
            };
            let count = |port: i64| ports.get(&port).copied().unwrap_or_default();
            let here = ports::declared(container).into_iter().map(|it| it.number);
            here.map(count).max() < Some(count(number))
        })
    }

    /// Whether an image of the pod may be built from a Dockerfile that exposes the port `number`: nothing leads from it to one for certain, and
    /// there is such a Dockerfile that no image is surely built from.
    pub(crate) fn may_be_exposed(&self, pod: &Pod<'a>, number: i64) -> bool {
        let links = &self.graph.image_links;
        let is_open = |it: &ImageLink| match &it.outcome {
            Outcome::Tied(tie) => !is_sure(tie),
            Outcome::Untied(why) => !matches!(why, Untied::Public | Untied::Unreadable),
        };
        let owner = pod.workload.resource.id;
        let mut running = pod.running().into_iter();
        let has_open = running.any(|it| links.of_container(owner, &it.path()).any(is_open));
        let exposed = || self.exposed.get_or_init(|| left_exposed(self.graph));
        has_open
            && exposed()
                .iter()
                .any(|it| it.ports.is_some() && it.may_be(number))
    }

    /// Whether anything that a container is told, asked or known for names the port `number`: then it may well listen there.
    pub(crate) fn has(&self, pod: &Pod<'a>, number: i64) -> bool {
        self.said(pod).asked.has(number) || self.has_beside_probes(pod, number)
    }

    /// [`Self::has`], whatever the probes ask.
    pub(crate) fn has_beside_probes(&self, pod: &Pod<'a>, number: i64) -> bool {
        let said = self.said(pod);
        let mut configs = said.configs.iter();
        said.told.has(number) || configs.any(|it| self.config(*it).has(number))
    }

    /// Whether a ConfigMap that the pod mounts names the port `number`, or may do so.
    fn is_configured(&self, pod: &Pod<'a>, number: i64) -> bool {
        let said = self.said(pod);
        let mut configs = said.mounted.iter();
        said.told.any
            || configs.any(|it| self.config(*it).has(number))
            || pod.has_unseen_config(self.graph)
    }

    /// Whether something that is not read as source may make the program listen on the port `number`: words of its command, a framework's
    /// variable, a variable that the program reads for something that is not understood, a mounted file.
    pub(crate) fn may_tell(&self, running: &Running<'a>, number: i64) -> bool {
        let text = number.to_string();
        let holds = |it: &str| {
            it.split(|it: char| !it.is_ascii_digit())
                .any(|it| it == text)
        };
        let in_words = running.program.started.words.iter().any(|it| holds(it));
        let mut variables = running.env.given().iter();
        let in_variables = variables.any(|(name, value)| {
            let is_read =
                || running.is_read_unnamed(name) || running.reads_of(name).next().is_some();
            value.text.as_deref().is_some_and(holds) && is_read()
        });
        let pod = Pod {
            workload: running.workload,
            template: running.template.clone(),
        };
        let language = running.program.language;
        in_words || in_variables || self.may_mount(&pod, &running.container, language, number)
    }

    /// Whether a file that the container mounts may make its program listen on the port `number`.
    pub(crate) fn may_mount(
        &self,
        pod: &Pod<'a>,
        container: &Container<'a>,
        language: Option<Language>,
        number: i64,
    ) -> bool {
        if container.volume_mounts().next().is_none() {
            return false;
        }
        // Frameworks of these look for files of settings by themselves.
        let may_find = matches!(
            language,
            Some(Language::CSharp | Language::Java | Language::Kotlin)
        );
        self.is_configured(pod, number) || may_find && mounts_secret(pod, container)
    }

    fn said(&self, pod: &Pod<'a>) -> Rc<Said> {
        let key = (pod.workload.resource.id, pod.template.path.to_string());
        let mut pods = self.pods.borrow_mut();
        let said = pods.entry(key);
        Rc::clone(said.or_insert_with(|| Rc::new(Said::of(self.graph, pod))))
    }

    fn config(&self, id: ResourceId) -> Rc<Numbers> {
        let mut configs = self.configs.borrow_mut();
        let numbers = configs.entry(id).or_insert_with(|| {
            let mut numbers = Numbers::default();
            numbers.read(self.graph.root(self.graph.resource(id)));
            Rc::new(numbers)
        });
        Rc::clone(numbers)
    }
}

/// Whether the container mounts a Secret, and not as what TLS needs.
fn mounts_secret(pod: &Pod<'_>, container: &Container<'_>) -> bool {
    let volumes = pod.template.volumes();
    let secrets = volumes.iter().filter(|it| {
        ["secret", "projected", "csi"]
            .iter()
            .any(|kind| it.node.field(kind).is_some())
    });
    let names: BTreeSet<Cow<'_, str>> = secrets
        .filter_map(|it| it.node.field("name")?.text_value())
        .collect();
    container.volume_mounts().any(|it| {
        let is_secret = it.name().is_some_and(|it| names.contains(&it.value));
        let path = it.path().map(|it| it.value.to_ascii_lowercase());
        let is_of_tls = path.is_some_and(|path| CERTIFICATES.iter().any(|it| path.contains(it)));
        is_secret && !is_of_tls
    })
}

fn is_sure(tie: &Tie) -> bool {
    tie.confidence != image_link::Confidence::Low && !tie.is_disputed
}

/// What the Dockerfiles expose that no image is surely built from.
fn left_exposed(graph: &DeploymentGraph) -> Vec<Exposed> {
    let ties = graph.image_links.links.iter().filter_map(ImageLink::tie);
    let tied: BTreeSet<FileId> = ties
        .filter(|it| is_sure(it))
        .map(|it| it.dockerfile)
        .collect();
    let left = graph.dockerfiles.iter().filter(|it| !tied.contains(it.0));
    let images = left.filter_map(|(_, it)| Some(it.image(it.target(None)?, &BuildArgs::default())));
    images.flat_map(|it| it.exposed).collect()
}

/// The repository of a container's image.
fn repository(container: &Container<'_>) -> Option<String> {
    let image = container.image()?;
    Some(ImageRef::parse(&image.value)?.canonical())
}

fn declarations(graph: &DeploymentGraph) -> Declarations {
    let mut found = Declarations::new();
    for template in graph.workloads().flat_map(|it| it.templates()) {
        for container in template.containers() {
            let Some(repository) = repository(&container) else {
                continue;
            };
            let of_image = found.entry(repository).or_default();
            for declared in ports::declared(&container) {
                *of_image.entry(declared.number).or_default() += 1;
            }
        }
    }
    found
}

impl Said {
    fn of(graph: &DeploymentGraph, pod: &Pod<'_>) -> Self {
        let (mut told, mut asked) = (Numbers::default(), Numbers::default());
        told.any = pod.template.host_network();
        if let Some(annotations) = pod.template.annotations() {
            told.read(annotations);
        }
        for container in pod.running() {
            told.add_container(&container);
            for probe in container.probes() {
                asked.read(probe.entry.value);
            }
        }
        let links = graph.links.of(pod.workload.resource.id).iter();
        let (mut configs, mut mounted) = (Vec::new(), Vec::new());
        for link in links.filter(|it| it.relation == Relation::ConfigMap) {
            let link::Outcome::Resolved { candidates, .. } = &link.outcome else {
                continue;
            };
            configs.extend_from_slice(candidates);
            let range = graph.node(pod.workload.resource.file, link.node).range();
            let path = graph.path_at(pod.workload.resource, range);
            if path.contains(".volumes[") {
                mounted.extend_from_slice(candidates);
            }
        }
        for ids in [&mut configs, &mut mounted] {
            ids.sort_unstable();
            ids.dedup();
            told.any |= ids.len() > MOST_CONFIGS;
            ids.truncate(MOST_CONFIGS);
        }
        Self {
            told,
            asked,
            configs,
            mounted,
        }
    }
}

impl Numbers {
    fn has(&self, number: i64) -> bool {
        self.any || self.found.contains(&number)
    }

    /// Adds what the container's command, arguments, variables, hooks and image speak of.
    fn add_container(&mut self, container: &Container<'_>) {
        for field in ["command", "args", "lifecycle"] {
            if let Some(node) = container.node.field(field) {
                self.read(node);
            }
        }
        for value in container.env().filter_map(|it| it.value()) {
            self.read(value.node);
        }
        let host_ports = container.ports().filter_map(|it| it.host_port());
        self.found.extend(host_ports.map(|it| it.value));
        let image = container.image();
        let image = image.as_ref().and_then(|it| ImageRef::parse(&it.value));
        if let Some(image) = image {
            self.found.extend(image_ports::of(&image));
        }
    }

    /// Adds what the texts below `node` hold.
    fn read(&mut self, node: Node<'_>) {
        let mut open = vec![node.resolved()];
        let mut budget = MOST_NODES;
        while let Some(node) = open.pop() {
            let Some(rest) = budget.checked_sub(1) else {
                self.any = true;
                return;
            };
            budget = rest;
            if let Some(text) = node.text_value() {
                self.add(&text);
            }
            open.extend(node.items().map(Node::resolved));
            open.extend(node.fields().map(|it| it.value.resolved()));
        }
    }

    /// Adds the numbers of `text` with no digit beside them.
    fn add(&mut self, text: &str) {
        let runs = text.split(|it: char| !it.is_ascii_digit());
        // `007` is not 7.
        let numbers = runs.filter(|it| it.len() == 1 || !it.starts_with('0'));
        self.found
            .extend(numbers.filter_map(|it| it.parse::<i64>().ok()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_alone() {
        for (text, expected) in [
            ("--port=80", true),
            ("http://0.0.0.0:80/", true),
            ("8080", false),
            ("listen 8080 80;", true),
            ("180", false),
            ("080", false),
            ("", false),
        ] {
            let mut numbers = Numbers::default();
            numbers.add(text);
            assert_eq!(numbers.has(80), expected, "{text}");
        }
    }
}
