//! The files that containers have from the ConfigMaps and Secrets that they mount.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::link::Link;
use kubelint_model::reference::Relation;
use kubelint_model::view::{VolumeMount, text};
use kubelint_model::{DeploymentGraph, KubeNode, ResourceId};
use kubelint_parser::yaml::{Node, NodeId};

/// The keys of objects, which many pods may mount.
pub(crate) struct Keys<'g> {
    graph: &'g DeploymentGraph,
    /// `None` for objects whose keys are not all known.
    of: BTreeMap<ResourceId, Option<BTreeSet<Cow<'g, str>>>>,
}

/// A ConfigMap or Secret that a container mounts.
pub(crate) struct Mounted<'g> {
    /// What mounts it.
    pub(crate) mount: VolumeMount<'g>,
    /// Where.
    pub(crate) folder: String,
    /// The reference to the object.
    pub(crate) link: &'g Link,
    /// The objects that it may mean.
    pub(crate) candidates: &'g [ResourceId],
    /// The files of the volume, if it states them itself.
    pub(crate) items: Option<Vec<Cow<'g, str>>>,
}

impl<'g> Keys<'g> {
    pub(crate) const fn new(graph: &'g DeploymentGraph) -> Self {
        Self {
            graph,
            of: BTreeMap::new(),
        }
    }

    /// The files of the volume; `None` if not all of them are known.
    pub(crate) fn files<'a>(&'a mut self, mounted: &'a Mounted<'g>) -> Option<Vec<&'a str>> {
        if let Some(items) = &mounted.items {
            // What items name must be there, or the pod does not start.
            return Some(items.iter().map(AsRef::as_ref).collect());
        }
        for &id in mounted.candidates {
            self.keys_of(id)?;
        }
        let known = mounted.candidates.iter().filter_map(|id| self.of.get(id));
        Some(known.flatten().flatten().map(|it| &**it).collect())
    }

    fn keys_of(&mut self, id: ResourceId) -> Option<&BTreeSet<Cow<'g, str>>> {
        let graph = self.graph;
        let keys = self.of.entry(id).or_insert_with(|| {
            let resource = graph.resource(id);
            let data = graph.config_data(resource).filter(|it| it.complete)?;
            let may_change = graph.may_change(resource, "data");
            (!may_change).then(|| data.keys.into_iter().map(|(key, _)| key).collect())
        });
        keys.as_ref()
    }
}

impl<'g> Mounted<'g> {
    /// What `mount` mounts, if that is one ConfigMap or Secret that was found and must be there.
    pub(crate) fn of(
        mount: VolumeMount<'g>,
        volumes: &BTreeMap<String, Node<'g>>,
        links: &BTreeMap<NodeId, &'g Link>,
    ) -> Option<Self> {
        let volume = *volumes.get(&*mount.name()?.value)?;
        let sources = [("configMap", "name"), ("secret", "secretName")].into_iter();
        let mut sources = sources.filter_map(|(source, name)| Some((volume.field(source)?, name)));
        let (holder, name) = sources.next()?;
        let link = *links.get(&text(holder, name)?.node.id())?;
        let is_config = matches!(link.relation, Relation::ConfigMap | Relation::Secret);
        let candidates = link.outcome.candidates()?;
        let items = holder.field("items").map(|items| {
            let paths = items.items().map(Node::resolved);
            paths
                .filter_map(|it| text(it, "path"))
                .map(|it| it.value)
                .collect()
        });
        (is_config && !link.is_optional).then_some(Self {
            folder: folder(&mount)?,
            mount,
            link,
            candidates,
            items,
        })
    }

    /// Whether only a part of the volume is mounted, in place of one file or folder.
    pub(crate) fn is_partial(&self) -> bool {
        let fields = ["subPath", "subPathExpr"];
        let mut fields = fields.iter();
        fields.any(|it| self.mount.node.field(it).is_some())
    }

    /// The part of `path` below the folder, unless another of the mounts at `folders` holds it.
    pub(crate) fn part<'p>(&self, path: &'p str, folders: &[String]) -> Option<&'p str> {
        let file = path.strip_prefix(self.folder.as_str())?.strip_prefix('/')?;
        let is_elsewhere = folders.iter().any(|other| {
            other.len() > self.folder.len()
                && (path == other
                    || path.starts_with(&format!("{other}/"))
                    || other.starts_with(&format!("{path}/")))
        });
        (!is_elsewhere).then_some(file)
    }
}

/// Where something is mounted, without a `/` at the end.
pub(crate) fn folder(mount: &VolumeMount<'_>) -> Option<String> {
    let path = mount.path()?.value;
    let path = path.trim_end_matches('/');
    (path.starts_with('/') && !path.contains(['$', '{'])).then(|| path.to_owned())
}
