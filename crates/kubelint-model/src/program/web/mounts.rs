//! What a container mounts over the files of its image.

use std::collections::BTreeMap;
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::{Decoded, Node};

use super::super::build::absolute;
use crate::link::Outcome;
use crate::view::{Container, PodTemplate, Workload, boolean, text};
use crate::{DeploymentGraph, FileId, KubeNode, Resource};

/// More keys of one ConfigMap are not read.
const MOST_KEYS: usize = 1_000;

/// What a container mounts.
#[derive(Debug, Default)]
pub(super) struct Mounts<'g> {
    /// The deepest first.
    all: Vec<Mount<'g>>,
}

#[derive(Debug)]
struct Mount<'g> {
    /// The path in the container.
    path: String,
    /// The file of the volume that is mounted alone.
    sub_path: Option<String>,
    what: What<'g>,
}

/// What a volume holds.
#[derive(Clone, Debug)]
enum What<'g> {
    /// The files of a ConfigMap, by their paths in the volume.
    Config(Rc<BTreeMap<String, Value<'g>>>),
    /// Nothing, and may be written to.
    Empty,
    Unknown,
}

/// The content of a file that is mounted.
#[derive(Clone, Debug)]
pub(super) enum Value<'g> {
    /// A scalar of a manifest.
    Scalar(FileId, Rc<Decoded<'g>>),
    /// A file of the repository, which a generator takes in.
    File(SourcePath),
    Unknown,
}

/// What mounts make of a path.
#[derive(Clone, Debug)]
pub(super) enum Mounted<'g> {
    /// Nothing: it is as in the image.
    Not,
    /// This is there.
    Value(Value<'g>),
    /// A mount hides what the image has, and has no such file.
    Absent,
    Unknown,
}

impl<'g> Mounts<'g> {
    /// What a container mounts.
    pub(super) fn of(
        graph: &'g DeploymentGraph,
        workload: &Workload<'g>,
        container: &Container<'g>,
    ) -> Self {
        let templates = workload.templates();
        let path = container.path();
        let template = templates
            .iter()
            .find(|it| it.containers().iter().any(|it| it.path() == path));
        let Some(template) = template else {
            return Self::default();
        };
        let mut all: Vec<Mount<'g>> = container
            .volume_mounts()
            .filter_map(|it| {
                let name = it.name()?.value;
                let path = absolute("/", &it.path()?.value);
                let is_computed = it.node.field("subPathExpr").is_some();
                let what = if is_computed {
                    What::Unknown
                } else {
                    volume(graph, workload.resource, template, container, &name)
                };
                Some(Mount {
                    path,
                    sub_path: it
                        .sub_path()
                        .map(|it| it.value.trim_matches('/').to_owned()),
                    what,
                })
            })
            .collect();
        all.sort_by(|a, b| (b.path.len(), &b.path).cmp(&(a.path.len(), &a.path)));
        Self { all }
    }

    /// What is at `path`.
    pub(super) fn at(&self, path: &str) -> Mounted<'g> {
        let found = self.all.iter().find_map(|it| Some((it, it.rest(path)?)));
        let Some((mount, rest)) = found else {
            return Mounted::Not;
        };
        let files = match &mount.what {
            What::Config(files) => files,
            What::Empty => return Mounted::Absent,
            What::Unknown => return Mounted::Unknown,
        };
        let inner = match (&mount.sub_path, rest) {
            (Some(sub), "") => sub.clone(),
            (Some(sub), rest) => format!("{sub}/{rest}"),
            (None, rest) => rest.to_owned(),
        };
        match files.get(&inner) {
            Some(value) => Mounted::Value(value.clone()),
            None => Mounted::Absent,
        }
    }

    /// The files directly in `folder`; `None` if nobody knows them. Whether these hide what the image has there.
    pub(super) fn below(&self, folder: &str) -> (Option<Vec<String>>, bool) {
        let mut found = Some(Vec::new());
        let mut hides = false;
        let covering = self.all.iter().find_map(|it| Some((it, it.rest(folder)?)));
        if let Some((mount, rest)) = covering {
            hides = true;
            found = match (&mount.what, &mount.sub_path) {
                (What::Empty, _) => Some(Vec::new()),
                // The latter is a folder of the volume, or a file where a folder is asked for.
                (What::Unknown, _) | (What::Config(_), Some(_)) => None,
                (What::Config(files), None) => {
                    let prefix = match rest {
                        "" => String::new(),
                        rest => format!("{rest}/"),
                    };
                    let names = files.keys().filter_map(|it| it.strip_prefix(&prefix));
                    let own = names.filter(|it| !it.contains('/'));
                    Some(own.map(|it| format!("{folder}/{it}")).collect())
                }
            };
        }
        // Files that are mounted alone, each over one of the folder.
        let alone = self.all.iter().filter(|it| {
            let parent = it.path.rsplit_once('/').map(|it| it.0);
            parent == Some(folder)
        });
        if let Some(found) = &mut found {
            found.extend(alone.map(|it| it.path.clone()));
        }
        (found, hides)
    }

    /// Whether files may be made in `folder`; `None` if that depends on the image.
    pub(super) fn takes(&self, folder: &str) -> Option<bool> {
        let mount = self.all.iter().find(|it| it.rest(folder).is_some())?;
        // What a ConfigMap holds is mounted to be read only.
        Some(!matches!(mount.what, What::Config(_)))
    }
}

impl Mount<'_> {
    /// What of `path` lies below the mount.
    fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.path.trim_end_matches('/'))?;
        if rest.is_empty() {
            return Some(rest);
        }
        rest.strip_prefix('/')
    }
}

/// What the volume `name` of a pod holds.
fn volume<'g>(
    graph: &'g DeploymentGraph,
    owner: &Resource,
    template: &PodTemplate<'g>,
    container: &Container<'g>,
    name: &str,
) -> What<'g> {
    let volumes = template.volumes();
    let mut named = volumes
        .iter()
        .filter(|it| it.name().is_some_and(|it| it.value == name));
    let source = named.next().and_then(crate::view::Volume::source);
    let Some(source) = source.filter(|_| named.next().is_none()) else {
        return What::Unknown;
    };
    let node = source.value.resolved();
    match source.key.as_str().as_deref() {
        Some("emptyDir") => {
            let containers = template.containers();
            let mut others = containers.iter().filter(|it| it.path() != container.path());
            let is_shared = others.any(|it| {
                let mut mounts = it.volume_mounts();
                mounts.any(|it| it.name().is_some_and(|it| it.value == name))
            });
            // Who shares it may fill it.
            if is_shared {
                What::Unknown
            } else {
                What::Empty
            }
        }
        Some("configMap") => config(graph, owner, node).unwrap_or(What::Unknown),
        _ => What::Unknown,
    }
}

/// The files of the ConfigMap that a volume names.
fn config<'g>(graph: &'g DeploymentGraph, owner: &Resource, source: Node<'g>) -> Option<What<'g>> {
    if boolean(source, "optional").is_some_and(|it| it.value) {
        return None;
    }
    let name = source.field("name")?;
    let links = graph.links.of(owner.id).iter();
    let link = links.into_iter().find(|it| it.node == name.id())?;
    let Outcome::Resolved {
        candidates,
        has_more: false,
        ..
    } = &link.outcome
    else {
        return None;
    };
    let [id] = candidates.as_slice() else {
        return None;
    };
    let resource = graph.resource(*id);
    let is_stated = graph.config_data(resource)?.complete;
    if !is_stated || graph.may_change(resource, "data") {
        return None;
    }
    let mut values = values(graph, resource)?;
    let items = source.list("items");
    if !items.is_empty() {
        let chosen = items.into_iter().map(|it| {
            let key = text(it, "key")?.value.into_owned();
            let path = text(it, "path")?.value.trim_matches('/').to_owned();
            Some((path, values.get(&key)?.clone()))
        });
        values = chosen.collect::<Option<_>>()?;
    }
    Some(What::Config(Rc::new(values)))
}

fn values<'g>(
    graph: &'g DeploymentGraph,
    resource: &'g Resource,
) -> Option<BTreeMap<String, Value<'g>>> {
    let root = graph.root(resource);
    let mut found = BTreeMap::new();
    if resource.generated {
        let folder = graph.file(resource.file).path.parent().to_owned();
        for it in root.list("files") {
            let written = it.string()?;
            let (key, path) = match written.split_once('=') {
                Some((key, path)) => (key, path),
                None => (written.rsplit('/').next()?, &*written),
            };
            let path = SourcePath::new(&format!("{folder}/{path}"));
            found.insert(key.to_owned(), Value::File(path));
        }
        for it in root.list("literals") {
            let written = it.string()?;
            let key = written.split_once('=')?.0;
            found.insert(key.to_owned(), Value::Unknown);
        }
        return Some(found);
    }
    let entries = root.field("data").into_iter().flat_map(Node::fields);
    for entry in entries.take(MOST_KEYS) {
        let node = entry.value.resolved();
        let key = entry.key.as_str()?.into_owned();
        let value = match node.string() {
            Some(_) => Value::Scalar(resource.file, Rc::new(node.decode())),
            None => Value::Unknown,
        };
        found.insert(key, value);
    }
    let others = root.field("binaryData").into_iter().flat_map(Node::fields);
    for entry in others.take(MOST_KEYS) {
        found.insert(entry.key.as_str()?.into_owned(), Value::Unknown);
    }
    Some(found)
}

/// Where a range of a decoded scalar is written.
pub(super) fn source_range(decoded: &Decoded<'_>, range: TextRange) -> Option<TextRange> {
    let parts = decoded.source_ranges(range).into_iter();
    parts.reduce(TextRange::cover)
}
