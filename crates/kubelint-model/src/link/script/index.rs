//! Finds what commands name: objects by their names, their labels and their files.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::yaml::Node;

use super::{Asked, ScriptOutcome};
use crate::commands::Script;
use crate::kubectl::Kind;
use crate::link::near::{Neighbours, near_miss};
use crate::link::resolve::{is_stand_in, may_become, shorter_names};
use crate::made::Makers;
use crate::made::names::matches;
use crate::placeholder::is_replaced;
use crate::purpose::Purpose;
use crate::reference::{ObjectName, newest_group};
use crate::{DeploymentGraph, FileId, KubeNode, Resource, ResourceId, Role};

/// The most objects of one name, or with one label, that are looked at for one command.
const MOST_CANDIDATES: usize = 256;

/// The objects that have a label, by its key and its value.
type ByKey<'g> = BTreeMap<Cow<'g, str>, BTreeMap<Cow<'g, str>, BTreeSet<ResourceId>>>;

/// What is found by its name, its labels or its file.
pub(super) struct Index<'g> {
    graph: &'g DeploymentGraph,
    makers: &'g Makers,
    /// All objects, parts of them too, by kind and name.
    names: BTreeMap<(&'g str, &'g str), Vec<ResourceId>>,
    /// The objects of each kind whose names some tool fills in.
    replaced: BTreeMap<&'g str, Vec<ResourceId>>,
    /// The objects of each kind that may be meant by a name that is nearly theirs.
    neighbours: BTreeMap<&'g str, Neighbours<'g>>,
    /// Objects and pod templates by kind, which is `Pod` for those, and by the key and value of a label.
    labelled: BTreeMap<&'g str, ByKey<'g>>,
    /// The manifests, by the names of their files.
    files: BTreeMap<&'g str, Vec<FileId>>,
    /// What the scripts of each file apply.
    applied: BTreeMap<FileId, BTreeSet<FileId>>,
}

impl<'g> Index<'g> {
    pub(super) fn new(graph: &'g DeploymentGraph, makers: &'g Makers) -> Self {
        let mut this = Self {
            graph,
            makers,
            names: BTreeMap::new(),
            replaced: BTreeMap::new(),
            neighbours: BTreeMap::new(),
            labelled: BTreeMap::new(),
            files: BTreeMap::new(),
            applied: BTreeMap::new(),
        };
        let mut near: BTreeMap<&str, Vec<(&str, ResourceId)>> = BTreeMap::new();
        for resource in &graph.resources {
            let kind = resource.gvk.kind.as_str();
            let may_be_meant = resource.is_whole()
                && graph.file(resource.file).purpose != Purpose::Test
                && Kind::of_word(kind).is_some();
            if let Some(name) = resource.name.as_deref() {
                this.names
                    .entry((kind, name))
                    .or_default()
                    .push(resource.id);
                if is_replaced(name) {
                    this.replaced.entry(kind).or_default().push(resource.id);
                } else if may_be_meant {
                    near.entry(kind).or_default().push((name, resource.id));
                }
            }
            this.add_labels(resource);
        }
        let near = near.into_iter();
        this.neighbours = near.map(|(kind, it)| (kind, Neighbours::new(it))).collect();
        for (id, file) in (0..).map(FileId).zip(&graph.files) {
            if file.role == Role::Manifest {
                let name = file.path.file_name();
                this.files.entry(name).or_default().push(id);
            }
        }
        for set in &graph.plan.apply_sets {
            let files = this.applied.entry(set.runner.file).or_default();
            files.extend(set.files.iter().copied());
        }
        this
    }

    fn add_labels(&mut self, resource: &'g Resource) {
        let kind = resource.gvk.kind.as_str();
        let mut add = |kind: &'g str, labels: Option<Node<'g>>| {
            for field in labels.into_iter().flat_map(Node::fields) {
                if let (Some(key), Some(value)) = (field.key.as_str(), field.value.text_value()) {
                    let by_key = self.labelled.entry(kind).or_default();
                    let by_value = by_key.entry(key).or_default();
                    by_value.entry(value).or_default().insert(resource.id);
                }
            }
        };
        add(kind, self.graph.labels(resource));
        let templates = self.graph.workload(resource).map(|it| it.templates());
        for template in templates.iter().flatten() {
            add("Pod", template.labels());
        }
    }

    /// Where `asked` leads, which a command of `script` names.
    pub(super) fn outcome(&self, script: &Script, asked: &Asked) -> ScriptOutcome {
        match asked {
            Asked::Object(name) => self.object(script, name),
            Asked::Labels {
                kind,
                namespace,
                labels,
            } => self.labels(script, kind, namespace.as_deref(), labels),
            Asked::File(path) => self.file(script, path),
        }
    }

    fn object(&self, script: &Script, name: &ObjectName) -> ScriptOutcome {
        let found = |candidates: Vec<&Resource>| {
            let (candidates, is_applied) = self.of_script(script, &candidates);
            ScriptOutcome::Found {
                candidates,
                is_applied,
                may_be_made: self.makers.of_command(name).is_some(),
            }
        };
        if let Some(named) = self.named(name) {
            return found(named);
        }
        // The pods of a StatefulSet are called after it.
        if name.kind == "Pod" {
            let set = name.name.rsplit_once('-').filter(|(_, number)| {
                !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit())
            });
            let of_set = set.and_then(|(set, _)| {
                let set = ObjectName {
                    group: "apps".to_owned(),
                    kind: "StatefulSet".to_owned(),
                    namespace: name.namespace.clone(),
                    name: set.to_owned(),
                };
                self.named(&set)
            });
            if let Some(named) = of_set {
                return found(named);
            }
        }
        if let Some(maker) = self.makers.of_command(name) {
            return ScriptOutcome::Made(maker);
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        let is_odd = !name.name.bytes().all(is_name) || is_stand_in(&name.name);
        if is_odd || self.may_be_filled_in(name) || self.may_be_renamed(name) {
            return ScriptOutcome::Unknown;
        }
        let near = self.near(name);
        // Whatever makes pods calls them as it likes.
        if name.kind == "Pod" && near.is_empty() {
            return ScriptOutcome::Unknown;
        }
        ScriptOutcome::Missing { near }
    }

    /// The objects of this name; `None` if there are none.
    fn named(&self, name: &ObjectName) -> Option<Vec<&'g Resource>> {
        let all = self.names.get(&(name.kind.as_str(), name.name.as_str()))?;
        let group = newest_group(&name.group, &name.kind);
        let fits = |it: &Resource| {
            newest_group(&it.gvk.group, &it.gvk.kind) == group
                && is_in(it, name.namespace.as_deref())
        };
        let fitting = all.iter().map(|it| self.graph.resource(*it));
        let fitting: Vec<&Resource> = fitting
            .filter(|it| fits(it))
            .take(MOST_CANDIDATES)
            .collect();
        (!fitting.is_empty()).then_some(fitting)
    }

    /// Of several objects those that the script's file applies, if there are any.
    fn of_script(&self, script: &Script, all: &[&Resource]) -> (Vec<ResourceId>, bool) {
        let applied = self.applied.get(&script.file);
        let own = all
            .iter()
            .filter(|it| applied.is_some_and(|files| files.contains(&it.file)));
        let own: Vec<ResourceId> = own.map(|it| it.id).collect();
        if own.is_empty() {
            (all.iter().map(|it| it.id).collect(), false)
        } else {
            (own, true)
        }
    }

    fn may_be_filled_in(&self, name: &ObjectName) -> bool {
        let replaced = self.replaced.get(name.kind.as_str()).into_iter().flatten();
        let mut templates = replaced.filter_map(|it| self.graph.resource(*it).name.as_deref());
        let mut first = templates.by_ref().take(MOST_CANDIDATES);
        first.any(|it| may_become(it, &name.name)) || templates.next().is_some()
    }

    fn may_be_renamed(&self, name: &ObjectName) -> bool {
        self.graph.plan.renames()
            && shorter_names(&name.name).any(|it| {
                let named = self.names.get(&(name.kind.as_str(), it));
                let mut named = named.into_iter().flatten().take(MOST_CANDIDATES);
                named.any(|it| self.graph.plan.may_rename(self.graph.resource(*it)))
            })
    }

    fn near(&self, name: &ObjectName) -> Vec<ResourceId> {
        let neighbours = self.neighbours.get(name.kind.as_str());
        let near = neighbours.into_iter().flat_map(|it| it.of(&name.name));
        let ids = near.flat_map(|it| it.ids.iter().copied());
        let fits = |it: &ResourceId| is_in(self.graph.resource(*it), name.namespace.as_deref());
        ids.take(MOST_CANDIDATES).filter(fits).collect()
    }

    /// What has a label.
    fn having(&self, kind: &str, label: &(String, String)) -> Option<&BTreeSet<ResourceId>> {
        let by_value = self.labelled.get(kind)?.get(label.0.as_str())?;
        by_value.get(label.1.as_str())
    }

    fn labels(
        &self,
        script: &Script,
        kind: &str,
        namespace: Option<&str>,
        labels: &[(String, String)],
    ) -> ScriptOutcome {
        let sets = labels.iter().map(|it| self.having(kind, it));
        let sets: Vec<Option<&BTreeSet<ResourceId>>> = sets.collect();
        let has_all = |id: &ResourceId| {
            let resource = self.graph.resource(*id);
            let mut pairs = sets.iter().zip(labels);
            pairs.all(|(set, (key, _))| {
                set.is_some_and(|it| it.contains(id)) || self.graph.plan.may_label(resource, key)
            })
        };
        let known = sets.iter().flatten().min_by_key(|it| it.len());
        let found = known.into_iter().flat_map(|it| it.iter());
        let found: Vec<&Resource> = found
            .filter(|it| has_all(it))
            .map(|it| self.graph.resource(*it))
            .take(MOST_CANDIDATES)
            .collect();
        let pairs = labels.iter();
        let pairs: Vec<_> = pairs
            .map(|(key, value)| (Cow::Borrowed(key.as_str()), Cow::Borrowed(value.as_str())))
            .collect();
        if !found.is_empty() {
            let (candidates, is_applied) = self.of_script(script, &found);
            return ScriptOutcome::Found {
                candidates,
                is_applied,
                may_be_made: self.makers.of_labels(&pairs).is_some(),
            };
        }
        if let Some(maker) = self.makers.of_labels(&pairs) {
            return ScriptOutcome::Made(maker);
        }
        let is_odd = |text: &str| is_stand_in(text) || is_replaced(text);
        if labels.iter().any(|(_, value)| is_odd(value)) || self.may_be_labelled(labels) {
            return ScriptOutcome::Unknown;
        }
        ScriptOutcome::Missing {
            near: self.nearly_labelled(kind, namespace, labels),
        }
    }

    /// Whether a kustomization may add one of the labels to something.
    fn may_be_labelled(&self, labels: &[(String, String)]) -> bool {
        let workloads = self.graph.workloads().map(|it| it.resource);
        workloads.take(MOST_CANDIDATES).any(|it| {
            labels
                .iter()
                .any(|(key, _)| self.graph.plan.may_label(it, key))
        })
    }

    /// What has the same labels but for one value, which is nearly the same.
    fn nearly_labelled(
        &self,
        kind: &str,
        namespace: Option<&str>,
        labels: &[(String, String)],
    ) -> Vec<ResourceId> {
        let mut found = Vec::new();
        for (at, (key, value)) in labels.iter().enumerate() {
            let by_key = self.labelled.get(kind);
            let values = by_key
                .and_then(|it| it.get(key.as_str()))
                .into_iter()
                .flatten();
            let values = values.take(MOST_CANDIDATES);
            let near = values.filter(|(other, _)| near_miss(value, other).is_some());
            for id in near.flat_map(|(_, ids)| ids).take(MOST_CANDIDATES) {
                let resource = self.graph.resource(*id);
                let mut others = labels.iter().enumerate().filter(|(it, _)| *it != at);
                let has_others =
                    others.all(|(_, it)| self.having(kind, it).is_some_and(|it| it.contains(id)));
                let is_test = self.graph.file(resource.file).purpose == Purpose::Test;
                if has_others && !is_test && is_in(resource, namespace) {
                    found.push(*id);
                }
            }
        }
        found
    }

    /// The objects that the files of this path state: read from the root or the script's own folder, else from anywhere.
    fn file(&self, script: &Script, path: &str) -> ScriptOutcome {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let named = self.files.get(name).into_iter().flatten();
        let named = named.take(MOST_CANDIDATES).copied();
        let folder_of = |it: FileId| self.graph.file(it).path.parent();
        let own = folder_of(script.file);
        let is_right = |it: FileId| {
            let end = folder_of(it).strip_suffix(folder);
            let above = end.map(|it| it.strip_suffix('/').unwrap_or(it));
            above.is_some_and(|it| it.is_empty() || it == own)
        };
        // A name alone may be that of any file.
        let may_be = |it: FileId| {
            let segments = |it: &str| it.split('/').filter(|it| !it.is_empty()).count();
            let mut pairs = folder.rsplit('/').zip(folder_of(it).rsplit('/'));
            !folder.is_empty()
                && segments(folder_of(it)) >= segments(folder)
                && pairs.all(|(a, b)| matches(a, b))
        };
        let mut files: Vec<FileId> = named.clone().filter(|it| is_right(*it)).collect();
        if files.is_empty() {
            files = named.filter(|it| may_be(*it)).collect();
        }
        let found = files.iter().flat_map(|it| self.graph.resources_in(*it));
        let candidates: Vec<ResourceId> = found.map(|it| it.id).collect();
        if candidates.is_empty() {
            return ScriptOutcome::Unknown;
        }
        ScriptOutcome::Found {
            candidates,
            is_applied: true,
            may_be_made: false,
        }
    }
}

/// Whether an object may be in `namespace`.
fn is_in(resource: &Resource, namespace: Option<&str>) -> bool {
    let stated = resource.namespace.as_deref();
    stated.is_none() || namespace.is_none() || stated == namespace
}
