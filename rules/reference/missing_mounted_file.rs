//! Files that a container is told to read, or that its program opens, of a ConfigMap or Secret that it mounts and that does not hold them.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::Link;
use kubelint_model::program::{Opening, What};
use kubelint_model::purpose::Purpose;
use kubelint_model::view::{Container, VolumeMount, Workload, text};
use kubelint_model::{Cause, DeploymentGraph};
use kubelint_parser::TextRange;
use kubelint_parser::yaml::{Kind, Node, NodeId};

use crate::absence;
use crate::environment::Setting;
use crate::far;
use crate::mounted::{Keys, Mounted, folder};
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_programs();

/// Of more mounts of one container than these, the others are not looked at.
const MOST_MOUNTS: usize = 64;

/// More keys of one object than these are not compared with one that it lacks: that would take long.
const MOST_CANDIDATES: usize = 200;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let programs = AllPrograms::new(cx.graph);
    let mut keys = Keys::new(cx.graph);
    for workload in cx.graph.workloads() {
        let links = cx.graph.links_from(workload.resource.id).iter();
        let links: BTreeMap<NodeId, &Link> = links.map(|it| (it.node, it)).collect();
        for template in workload.templates() {
            let volumes: BTreeMap<String, Node<'_>> = template
                .volumes()
                .into_iter()
                .filter_map(|it| Some((it.name()?.value.into_owned(), it.node)))
                .collect();
            for container in template.containers() {
                let mounts: Vec<VolumeMount<'_>> = container.volume_mounts().collect();
                let folders: Vec<String> = mounts.iter().filter_map(folder).collect();
                let mounted = mounts.into_iter().take(MOST_MOUNTS);
                let mounted = mounted.filter_map(|it| Mounted::of(it, &volumes, &links));
                let mounted: Vec<Mounted<'_>> = mounted.collect();
                if mounted.is_empty() {
                    continue;
                }
                let running = programs.of(&workload, &template, &container);
                let mut container = Seen {
                    graph: cx.graph,
                    workload,
                    container: &container,
                    folders: &folders,
                    running: running.as_ref(),
                    keys: &mut keys,
                };
                for mounted in &mounted {
                    container.check(mounted, out);
                }
            }
        }
    }
}

/// A container that mounts something.
struct Seen<'s, 'g> {
    graph: &'g DeploymentGraph,
    workload: Workload<'g>,
    container: &'s Container<'g>,
    /// Where it mounts something.
    folders: &'s [String],
    /// What it runs, if that is known.
    running: Option<&'s Running<'g>>,
    keys: &'s mut Keys<'g>,
}

/// A file that a container is told to read.
struct Asked<'g> {
    /// Its path below the mount.
    file: String,
    by: By<'g>,
}

/// What asks for a file.
enum By<'g> {
    /// A scalar of the manifest names it: where in its decoded text, and whether the text is nothing but the path, perhaps after an option.
    Manifest {
        node: Node<'g>,
        range: TextRange,
        is_plain: bool,
    },
    /// The image's own command names it.
    Command { is_plain: bool },
    /// The program opens it when it starts.
    Source(Opening<'g>),
}

impl<'g> Seen<'_, 'g> {
    fn check(&mut self, mounted: &Mounted<'g>, out: &mut Findings) {
        if self.keys.files(mounted).is_none() {
            return;
        }
        if let Some(asked) = sub_path(mounted) {
            out.extend(self.finding(mounted, &asked));
            return;
        }
        if mounted.is_partial() || mounted.folder.len() < 2 {
            return;
        }
        let asked = self.in_manifest(mounted);
        // What the manifest says is found there, and not once more in the program that reads it.
        let named: BTreeSet<String> = asked.iter().map(|it| it.file.clone()).collect();
        let of_program = self.in_command(mounted).into_iter();
        let of_program = of_program.chain(self.in_source(mounted));
        let of_program = of_program.filter(|it| !named.contains(&it.file));
        let mut seen = BTreeSet::new();
        for asked in asked.into_iter().chain(of_program) {
            let is_new = !asked.is_of_program() || seen.insert(asked.file.clone());
            if is_new {
                out.extend(self.finding(mounted, &asked));
            }
        }
    }

    /// The files below the folder that the container's variables, command and arguments name, but for those below another mount.
    fn in_manifest(&self, mounted: &Mounted<'g>) -> Vec<Asked<'g>> {
        let container = self.container;
        let values = container.env().filter_map(|it| Some(it.value()?.node));
        let words = [container.command(), container.args()]
            .into_iter()
            .flatten();
        let words = words.flat_map(Node::items).map(Node::resolved);
        let scalars = values.chain(words).filter(|it| it.kind() == Kind::Scalar);
        let mut found = Vec::new();
        for node in scalars {
            for (file, range, is_plain) in self.named(&node.decoded(), mounted) {
                let by = By::Manifest {
                    node,
                    range,
                    is_plain,
                };
                found.push(Asked { file, by });
            }
        }
        found
    }

    /// The files below the folder that the image's own command names: one that the manifest states is found there.
    fn in_command(&self, mounted: &Mounted<'g>) -> Vec<Asked<'g>> {
        let program = self.running.map(|it| it.program);
        let Some(program) = program.filter(|it| it.dockerfile.is_some()) else {
            return Vec::new();
        };
        let of_image = program.started.file.map(|it| it.0);
        if of_image != program.dockerfile {
            return Vec::new();
        }
        // Scripts that run before may put things in order.
        let is_direct = program.scripts.is_empty();
        let words = program.started.words.iter();
        let named = words.flat_map(|it| self.named(it, mounted));
        let asked = named.map(|(file, _, is_plain)| Asked {
            file,
            by: By::Command {
                is_plain: is_plain && is_direct,
            },
        });
        asked.collect()
    }

    /// The files below the folder that the program opens whenever it starts.
    fn in_source(&self, mounted: &Mounted<'g>) -> Vec<Asked<'g>> {
        let Some(running) = self.running else {
            return Vec::new();
        };
        let opens = running.program.opens(running.env.given()).into_iter();
        let asked = opens.filter_map(|opening| {
            let path = self.absolute(&opening)?;
            let file = mounted.part(&path, self.folders)?;
            let is_file = !file.is_empty() && !file.ends_with('/');
            let is_plain = !["*", "..", "//", "$", "{"]
                .iter()
                .any(|it| file.contains(it));
            (is_file && is_plain).then(|| Asked {
                file: file.to_owned(),
                by: By::Source(opening),
            })
        });
        asked.collect()
    }

    /// The path of what is opened, in the folder that the program runs in.
    fn absolute(&self, opening: &Opening<'g>) -> Option<String> {
        if opening.path.starts_with('/') {
            return Some(opening.path.clone());
        }
        let stated = text(self.container.node, "workingDir");
        let folder = match &stated {
            Some(stated) => &*stated.value,
            None => opening.opened.folder.as_deref()?,
        };
        let file = opening.path.strip_prefix("./").unwrap_or(&opening.path);
        let is_known = folder.starts_with('/') && !folder.contains(['*', '$']);
        is_known.then(|| format!("{}/{file}", folder.trim_end_matches('/')))
    }

    /// The files below the folder that `text` names, but for those below another mount.
    fn named(&self, text: &str, mounted: &Mounted<'g>) -> Vec<(String, TextRange, bool)> {
        let found = files_below(text, &mounted.folder).into_iter();
        let found = found.filter(|(file, ..)| {
            let path = format!("{}/{file}", mounted.folder);
            mounted.part(&path, self.folders).is_some()
        });
        found
            .map(|(file, range, is_plain)| (file.to_owned(), range, is_plain))
            .collect()
    }

    /// What is wrong, if what is asked for is not among the files of the volume.
    fn finding(&mut self, mounted: &Mounted<'g>, asked: &Asked<'g>) -> Option<Finding> {
        let graph = self.graph;
        let wanted = asked.file.as_str();
        let files = self.keys.files(mounted)?;
        if files.is_empty() || files.iter().any(|it| asked.is_met_by(it)) {
            return None;
        }
        let meant = did_you_mean(wanted, files.into_iter().take(MOST_CANDIDATES));
        let meant = meant.map(str::to_owned);
        let resource = self.workload.resource;
        let target = &mounted.link.target;
        let (place, whole) = place(mounted, &asked.by);
        let field = graph.path_at(resource, whole);
        let message = format!(
            "the {} {} `{wanted}` of the {} `{}`, which it mounts at `{}` and which has no such file",
            absence::called(resource),
            asked.does(),
            target.kind,
            target.name,
            mounted.folder
        );
        let namespace = target.namespace.as_deref();
        let cause = Cause::key(&target.kind, namespace, &target.name, wanted);
        let mut finding = Finding::new(graph.span_in(resource, place), message, cause)
            .label("no such file is mounted there")
            .confidence(
                self.confidence(mounted, asked, &field)?
                    .min(far::meant(graph, mounted.link)),
            )
            .about(resource.id, field, wanted);
        finding = match &asked.by {
            By::Manifest { .. } => finding.related(
                graph.span_in(resource, mounted.mount.node.range()),
                format!("the {} is mounted here", target.kind),
            ),
            _ => self.with_program(&asked.by, finding),
        };
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
        Some(finding)
    }

    /// How sure one may be; `None` if the path may be another.
    fn confidence(
        &self,
        mounted: &Mounted<'g>,
        asked: &Asked<'g>,
        field: &str,
    ) -> Option<Confidence> {
        let graph = self.graph;
        let resource = self.workload.resource;
        let volume = graph.node(resource.file, mounted.link.node);
        let volume = graph.path_at(resource, volume.range());
        let may_change = [field, &volume]
            .into_iter()
            .any(|it| graph.may_change(resource, it));
        if may_change || graph.file(resource.file).purpose >= Purpose::Test {
            return Some(Confidence::Low);
        }
        let of_program = || {
            let fields = ["volumeMounts", "workingDir"];
            self.running.map(|it| it.confidence(&fields))
        };
        let of_text = |is_plain: bool| {
            if is_plain {
                Confidence::High
            } else {
                Confidence::Medium
            }
        };
        match &asked.by {
            By::Manifest { is_plain, .. } => Some(of_text(*is_plain)),
            By::Command { is_plain, .. } => Some(of_text(*is_plain).min(of_program()?)),
            By::Source(opening) => {
                let running = self.running?;
                let is_default = opening.chain.is_empty();
                let is_sure = match opening.variable.as_deref().filter(|_| is_default) {
                    None => true,
                    Some(name) => match running.env.get(name) {
                        // Nobody sees what a base image of one's own sets.
                        Setting::Absent => running.env.has_plain_base(),
                        Setting::Set | Setting::Unknown => return None,
                    },
                };
                Some(of_text(is_sure).min(of_program()?))
            }
        }
    }

    /// Adds what leads from the mount to the place that asks for the file.
    fn with_program(&self, by: &By<'g>, mut finding: Finding) -> Finding {
        let Some(running) = self.running else {
            return finding;
        };
        match by {
            By::Source(opening) => {
                let says = match &opening.variable {
                    Some(name) if opening.chain.is_empty() => {
                        format!("every start opens it, since nothing sets `{name}`")
                    }
                    _ => "every start opens it".to_owned(),
                };
                finding = finding.related(running.span(opening.opened.place), says);
                for it in &opening.chain {
                    let says = match it.what {
                        What::Dockerfile => "the image sets the path",
                        What::Manifest | What::Program => "the path is set here",
                    };
                    finding = finding.related(it.span, says);
                }
                running.with_chain(finding)
            }
            By::Command { .. } | By::Manifest { .. } => running.with_chain(finding),
        }
    }
}

impl Asked<'_> {
    /// Whether `file`, which is there, is the one, or lies below it; a name that others complete may also be its beginning: `application`
    /// for `application.yaml`.
    fn is_met_by(&self, file: &str) -> bool {
        let ends: &[char] = match self.by {
            By::Source(_) => &['/'],
            _ => &['/', '.', '-', '_'],
        };
        let rest = file.strip_prefix(self.file.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(ends))
    }

    /// What is done with the file, in words.
    const fn does(&self) -> &'static str {
        match self.by {
            By::Source(_) => "opens",
            _ => "reads",
        }
    }

    /// Whether the program asks, and not the manifest.
    const fn is_of_program(&self) -> bool {
        !matches!(self.by, By::Manifest { .. })
    }
}

/// Where the manifest is wrong, and the scalar that says so.
fn place(mounted: &Mounted<'_>, by: &By<'_>) -> (TextRange, TextRange) {
    if let By::Manifest { node, range, .. } = by {
        let whole = node.range();
        let parts = node.decode().source_ranges(*range).into_iter();
        (parts.reduce(TextRange::cover).unwrap_or(whole), whole)
    } else {
        let path = mounted.mount.path();
        let node = path.map_or(mounted.mount.node, |it| it.node);
        (node.range(), node.range())
    }
}

/// The one file that is mounted in place of the folder: kubelet makes an empty folder of one that is not there.
fn sub_path<'g>(mounted: &Mounted<'g>) -> Option<Asked<'g>> {
    let sub_path = mounted.mount.sub_path()?;
    let is_known = !sub_path.value.contains(['$', '{', '*']) && !sub_path.value.is_empty();
    let file = sub_path.value.trim_matches('/').to_owned();
    is_known.then(|| Asked {
        file,
        by: By::Manifest {
            range: TextRange::new(0, sub_path.value.len() as u32),
            node: sub_path.node,
            is_plain: true,
        },
    })
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
