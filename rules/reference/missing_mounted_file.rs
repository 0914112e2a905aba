//! Files that a container is told to read from a ConfigMap or Secret that it mounts, and that the object does not hold.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::Link;
use kubelint_model::purpose::Purpose;
use kubelint_model::reference::Relation;
use kubelint_model::view::{Container, PodTemplate, VolumeMount, Workload, text};
use kubelint_model::{Cause, DeploymentGraph, KubeNode, ResourceId};
use kubelint_parser::TextRange;
use kubelint_parser::yaml::{Kind, Node, NodeId};

use crate::absence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// Of more mounts of one container than these, the others are not looked at.
const MOST_MOUNTS: usize = 64;

/// More keys of one object than these are not compared with one that it lacks: that would take long.
const MOST_CANDIDATES: usize = 200;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let mut seen = Seen {
        graph: cx.graph,
        keys: BTreeMap::new(),
    };
    for workload in cx.graph.workloads() {
        let links = cx.graph.links_from(workload.resource.id).iter();
        let links: BTreeMap<NodeId, &Link> = links.map(|it| (it.node, it)).collect();
        for template in workload.templates() {
            seen.check_template(workload, &template, &links, out);
        }
    }
}

/// What was seen of the graph: the keys of objects, which many pods may mount.
struct Seen<'g> {
    graph: &'g DeploymentGraph,
    /// `None` for objects whose keys are not all known.
    keys: BTreeMap<ResourceId, Option<BTreeSet<Cow<'g, str>>>>,
}

/// A ConfigMap or Secret that a container mounts.
struct Mounted<'g> {
    mount: VolumeMount<'g>,
    /// Where.
    folder: String,
    /// The reference to the object.
    link: &'g Link,
    /// The objects that it may mean.
    candidates: &'g [ResourceId],
    /// The files of the volume, if it states them itself.
    items: Option<Vec<Cow<'g, str>>>,
}

/// A file that a container is told to read.
struct Asked<'g> {
    /// Its path below the mount.
    file: String,
    /// The scalar that names it, and where in its decoded text.
    node: Node<'g>,
    range: TextRange,
    /// Whether the text is nothing but the path, perhaps after an option.
    is_plain: bool,
}

impl<'g> Seen<'g> {
    fn check_template(
        &mut self,
        workload: Workload<'g>,
        template: &PodTemplate<'g>,
        links: &BTreeMap<NodeId, &'g Link>,
        out: &mut Findings,
    ) {
        let volumes: BTreeMap<String, Node<'g>> = template
            .volumes()
            .into_iter()
            .filter_map(|it| Some((it.name()?.value.into_owned(), it.node)))
            .collect();
        for container in template.containers() {
            let mounts: Vec<VolumeMount<'g>> = container.volume_mounts().collect();
            let folders: Vec<String> = mounts.iter().filter_map(folder).collect();
            for mount in mounts.into_iter().take(MOST_MOUNTS) {
                let mounted = Mounted::of(mount, &volumes, links);
                let Some(mounted) = mounted.filter(|it| self.knows(it)) else {
                    continue;
                };
                if let Some(asked) = mounted.sub_path() {
                    self.report(workload, &mounted, &asked, out);
                    continue;
                }
                for asked in mounted.asked(&container, &folders) {
                    self.report(workload, &mounted, &asked, out);
                }
            }
        }
    }

    /// Whether all that the volume holds is known.
    fn knows(&mut self, mounted: &Mounted<'g>) -> bool {
        if mounted.items.is_some() {
            return true;
        }
        let all = mounted.candidates.iter();
        all.filter(|id| self.keys_of(**id).is_some()).count() == mounted.candidates.len()
    }

    fn keys_of(&mut self, id: ResourceId) -> Option<&BTreeSet<Cow<'g, str>>> {
        let graph = self.graph;
        let keys = self.keys.entry(id).or_insert_with(|| {
            let resource = graph.resource(id);
            let data = graph.config_data(resource).filter(|it| it.complete)?;
            let may_change = graph.may_change(resource, "data");
            (!may_change).then(|| data.keys.into_iter().map(|(key, _)| key).collect())
        });
        keys.as_ref()
    }

    fn report(
        &mut self,
        workload: Workload<'g>,
        mounted: &Mounted<'g>,
        asked: &Asked<'g>,
        out: &mut Findings,
    ) {
        let graph = self.graph;
        let wanted = asked.file.as_str();
        let mut files: Vec<&str> = Vec::new();
        if let Some(items) = &mounted.items {
            files.extend(items.iter().map(|it| &**it));
        } else {
            for &id in mounted.candidates {
                self.keys_of(id);
            }
            let known = mounted.candidates.iter().filter_map(|id| self.keys.get(id));
            files.extend(known.flatten().flatten().map(|it| &**it));
        }
        // A folder of items, or a name that a program completes: `application` for `application.yaml`.
        let is_start = |file: &str| {
            let rest = file.strip_prefix(wanted);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.', '-', '_']))
        };
        if files.is_empty() || files.iter().any(|it| is_start(it)) {
            return;
        }
        let meant = did_you_mean(wanted, files.into_iter().take(MOST_CANDIDATES));
        let resource = workload.resource;
        let target = &mounted.link.target;
        let whole = asked.node.range();
        let parts = asked.node.decode().source_ranges(asked.range).into_iter();
        let place = parts.reduce(TextRange::cover).unwrap_or(whole);
        let field = graph.path_at(resource, whole);
        let volume = graph.node(resource.file, mounted.link.node);
        let may_change = [&field, &graph.path_at(resource, volume.range())]
            .into_iter()
            .any(|it| graph.may_change(resource, it));
        let confidence = if may_change || graph.file(resource.file).purpose >= Purpose::Test {
            Confidence::Low
        } else if asked.is_plain {
            Confidence::High
        } else {
            Confidence::Medium
        };
        let message = format!(
            "the {} reads `{wanted}` of the {} `{}`, which it mounts at `{}` and which has no such file",
            absence::called(resource),
            target.kind,
            target.name,
            mounted.folder
        );
        let namespace = target.namespace.as_deref();
        let cause = Cause::key(&target.kind, namespace, &target.name, wanted);
        let mut finding = Finding::new(graph.span_in(resource, place), message, cause)
            .label("no such file is mounted there")
            .confidence(confidence)
            .about(resource.id, field, wanted)
            .related(
                graph.span_in(resource, mounted.mount.node.range()),
                format!("the {} is mounted here", target.kind),
            );
        if let Some(meant) = meant {
            finding = finding.help(format!("did you mean `{}/{meant}`?", mounted.folder));
        }
        if let Some(&id) = mounted.candidates.first() {
            let object = graph.resource(id);
            let data = ["data", "stringData"].into_iter();
            let mut places = data.filter_map(|it| graph.root(object).get(it));
            let place = places.next().filter(|_| !object.generated);
            let span = place.map_or(object.span, |it| graph.span_in(object, it.key.range()));
            finding = finding.related(span, "not among these keys");
        }
        out.push(finding);
    }
}

impl<'g> Mounted<'g> {
    /// What `mount` mounts, if that is one ConfigMap or Secret that was found and must be there.
    fn of(
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

    /// The one file that is mounted in place of the folder: kubelet makes an empty folder of one that is not there.
    fn sub_path(&self) -> Option<Asked<'g>> {
        let sub_path = self.mount.sub_path()?;
        let is_known = !sub_path.value.contains(['$', '{', '*']) && !sub_path.value.is_empty();
        let file = sub_path.value.trim_matches('/').to_owned();
        is_known.then(|| Asked {
            file,
            range: TextRange::new(0, sub_path.value.len() as u32),
            node: sub_path.node,
            is_plain: true,
        })
    }

    /// The files below the folder that the container's variables, command and arguments name, but for those below another mount.
    fn asked(&self, container: &Container<'g>, folders: &[String]) -> Vec<Asked<'g>> {
        let is_partial = self.mount.node.field("subPath").is_some()
            || self.mount.node.field("subPathExpr").is_some();
        if is_partial || self.folder.len() < 2 {
            return Vec::new();
        }
        let values = container.env().filter_map(|it| Some(it.value()?.node));
        let words = [container.command(), container.args()]
            .into_iter()
            .flatten();
        let words = words.flat_map(Node::items).map(Node::resolved);
        let scalars = values.chain(words).filter(|it| it.kind() == Kind::Scalar);
        let mut found = Vec::new();
        for node in scalars {
            let decoded = node.decoded();
            for (file, range, is_plain) in files_below(&decoded, &self.folder) {
                let path = format!("{}/{file}", self.folder);
                let is_elsewhere = folders.iter().any(|other| {
                    other.len() > self.folder.len()
                        && (path == *other
                            || path.starts_with(&format!("{other}/"))
                            || other.starts_with(&format!("{path}/")))
                });
                if !is_elsewhere {
                    found.push(Asked {
                        file: file.to_owned(),
                        node,
                        range,
                        is_plain,
                    });
                }
            }
        }
        found
    }
}

/// Where something is mounted, without a `/` at the end.
fn folder(mount: &VolumeMount<'_>) -> Option<String> {
    let path = mount.path()?.value;
    let path = path.trim_end_matches('/');
    (path.starts_with('/') && !path.contains(['$', '{'])).then(|| path.to_owned())
}

/// The paths in `text` that lie below `folder`, without the folder: each with its range, and whether it is all of the text, perhaps after
/// an option. Texts that ask whether a file is there, what a program runs without, and paths that a shell or a program completes, are left
/// out.
fn files_below<'t>(text: &'t str, folder: &str) -> Vec<(&'t str, TextRange, bool)> {
    let asks = [
        "[ ",
        "test ",
        "optional:",
        "|| true",
        "mkdir ",
        "2>/dev/null",
        // Prometheus serves its own pages without them, and few have any, though most examples state where they are.
        "--web.console.",
    ];
    if asks.iter().any(|it| text.contains(it)) {
        return Vec::new();
    }
    let is_path = |it: char| it.is_ascii_alphanumeric() || "._-/+@".contains(it);
    let mut found = Vec::new();
    for (start, _) in text.match_indices(folder) {
        let before = &text[..start];
        let after = &text[start + folder.len()..];
        let is_start = !before.ends_with(is_path) && !before.ends_with(['}', ')', '~', '*', '\\'])
            || before.ends_with("file://");
        let Some(rest) = after.strip_prefix('/').filter(|_| is_start) else {
            continue;
        };
        let length = rest.find(|it| !is_path(it)).unwrap_or(rest.len());
        let is_end = rest[length..].is_empty()
            || rest[length..].starts_with([' ', '\n', '"', '\'', ',', ';', ':', '&']);
        let file = rest[..length].trim_end_matches(['/', '.']);
        if !is_end
            || file.is_empty()
            || file.starts_with('.')
            || file.contains("//")
            || file.contains("..")
        {
            continue;
        }
        let end = (start + folder.len() + 1 + file.len()) as u32;
        let is_alone = length == rest.len() && !before.contains(char::is_whitespace);
        found.push((file, TextRange::new(start as u32, end), is_alone));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_a_folder() {
        for (text, expected) in [
            ("/etc/app/a.yaml", Some(("a.yaml", true))),
            ("--config=/etc/app/a.yaml", Some(("a.yaml", true))),
            ("file:/etc/app/a.yaml", Some(("a.yaml", true))),
            ("file:///etc/app/a.yaml", Some(("a.yaml", true))),
            ("run -c /etc/app/a.yaml", Some(("a.yaml", false))),
            ("/etc/app/", None),
            ("/etc/app", None),
            ("/etc/application/a.yaml", None),
            ("/opt/etc/app/a.yaml", None),
            ("https://example.com/etc/app/a.yaml", None),
            ("cat /etc/app/*.yaml", None),
            ("cat /etc/app/${NAME}.yaml", None),
            ("[ -f /etc/app/a.yaml ] && run", None),
            ("optional:file:/etc/app/a.yaml", None),
        ] {
            let found = files_below(text, "/etc/app");
            let first = found.first().map(|it| (it.0, it.2));
            assert_eq!(first, expected, "{text}");
        }
    }
}
