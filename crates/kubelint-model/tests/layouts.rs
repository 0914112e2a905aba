//! What reaches what, and in which ring, in the trees of `testdata/layouts`. Its `README.md` says what their tables mean.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kubelint_model::known::{ExternalObject, Known};
use kubelint_model::link::{Link, Missing, Outcome, Selection, TargetOutcome, TargetPort};
use kubelint_model::made::Maker;
use kubelint_model::reach::Ring;
use kubelint_model::{DeploymentGraph, FileId, Needs, Resource, ResourceId, Role, Targets};
use kubelint_parser::Span;
use kubelint_parser::source::{MemorySources, SourcePath, Sources};
use kubelint_parser::yaml::NodeId;

/// The table in each tree.
const EXPECTED: &str = "expected.tsv";

/// A tree, and what its table says.
#[derive(Default)]
struct Layout {
    name: String,
    files: Vec<(String, String)>,
    known: Known,
    /// The lines about the graph, sorted.
    expected: Vec<String>,
}

impl Layout {
    fn read(folder: &Path) -> Self {
        let mut layout = Self {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            ..Self::default()
        };
        let mut root = String::new();
        for line in fs::read_to_string(folder.join(EXPECTED)).unwrap().lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            match cells.as_slice() {
                [text] if text.is_empty() || text.starts_with('#') => {}
                ["root", path] => root = format!("{path}/"),
                ["repository", url] => layout.known.repository.push((*url).to_owned()),
                ["external", kind, name] => layout.known.external.push(ExternalObject {
                    kind: (*kind).to_owned(),
                    name: (*name).to_owned(),
                    namespace: None,
                }),
                ["ref" | "pick" | "port" | "build" | "apply" | "document", ..] => {
                    layout.expected.push(line.to_owned());
                }
                _ => panic!("{}: what does this line say? {line:?}", layout.name),
            }
        }
        layout.expected.sort();
        layout.read_files(folder, &root);
        layout
    }

    /// Reads the files below `root`, a part of the tree; their paths begin there.
    fn read_files(&mut self, folder: &Path, root: &str) {
        let mut open = vec![folder.to_path_buf()];
        while let Some(at) = open.pop() {
            for entry in fs::read_dir(at).unwrap() {
                let path: PathBuf = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                let below = path.strip_prefix(folder).unwrap().to_str().unwrap();
                let below = below.replace('\\', "/");
                if let Some(below) = below.strip_prefix(root).filter(|it| *it != EXPECTED) {
                    let text = fs::read_to_string(&path).unwrap();
                    self.files.push((below.to_owned(), text));
                }
            }
        }
    }

    fn graph(&self) -> DeploymentGraph {
        let sources = MemorySources::new(
            self.files
                .iter()
                .map(|(path, text)| (path.as_str(), text.as_str())),
        );
        let needs = Needs {
            links: true,
            ..Needs::default()
        };
        let targets = Targets {
            files: sources.list(),
            named: &[],
            folders: &[SourcePath::new("")],
        };
        DeploymentGraph::read(&sources, targets, Vec::new(), &self.known, needs)
    }
}

/// Everything that the tables speak of, as they write it; sorted.
fn lines(graph: &DeploymentGraph) -> Vec<String> {
    let show = Show { graph };
    let links = &graph.links;
    let references = links.references.iter().map(|it| show.reference(it));
    let selections = links.selections.iter().map(|it| show.selection(it));
    let ports = links.target_ports.iter().map(|it| show.port(it));
    let builds = graph.plan.builds.iter().map(|it| {
        let open = if it.is_open { " (open)" } else { "" };
        format!(
            "build\t{}{open}{}",
            show.path(it.file),
            show.files(&it.files)
        )
    });
    let sets = graph.plan.apply_sets.iter();
    let sets = sets.filter(|it| !it.files.is_empty()).map(|it| {
        let word = if it.runner.is_document {
            "document"
        } else {
            "apply"
        };
        let files = show.files(&it.files);
        format!("{word}\t{}{files}", show.path(it.runner.file))
    });
    let mut lines: Vec<String> = references
        .chain(selections)
        .chain(ports)
        .chain(builds)
        .chain(sets)
        .collect();
    lines.sort();
    lines
}

struct Show<'a> {
    graph: &'a DeploymentGraph,
}

impl Show<'_> {
    fn path(&self, file: FileId) -> &str {
        self.graph.file(file).path.as_str()
    }

    /// The files, each in a cell of its own. Patches are not taken in, but applied to what is.
    fn files(&self, files: &[FileId]) -> String {
        let is_patch = |it: &&FileId| self.graph.file(**it).role == Role::Patch;
        let files = files.iter().filter(|it| !is_patch(it));
        cells(files.map(|it| self.path(*it).to_owned()).collect())
    }

    fn resource(&self, id: ResourceId) -> &Resource {
        self.graph.resource(id)
    }

    fn object(resource: &Resource) -> String {
        let name = resource.name.as_deref().unwrap_or_default();
        format!("{}/{name}", resource.gvk.kind)
    }

    /// The file, the object and the field of something in it.
    fn place(&self, id: ResourceId, node: NodeId) -> String {
        let resource = self.resource(id);
        let range = self.graph.node(resource.file, node).range();
        let field = self.graph.path_at(resource, range);
        let path = self.path(resource.file);
        format!("{path}\t{}\t{field}", Self::object(resource))
    }

    fn paths(&self, prefix: &str, ids: &[ResourceId]) -> Vec<String> {
        ids.iter()
            .map(|it| format!("{prefix}{}", self.path(self.resource(*it).file)))
            .collect()
    }

    fn place_of(&self, span: Span) -> String {
        let file = self.graph.file_of(span.source).unwrap();
        self.path(file).to_owned()
    }

    fn reference(&self, link: &Link) -> String {
        let outcome = match &link.outcome {
            Outcome::Resolved {
                ring, candidates, ..
            } => word(*ring).to_owned() + &cells(self.paths("", candidates)),
            Outcome::Missing(missing) => format!("missing{}", cells(self.missing(missing))),
            Outcome::External(maker) => self.maker(maker),
            Outcome::Unknown => "unknown".to_owned(),
        };
        let place = self.place(link.from, link.node);
        let target = &link.target;
        format!("ref\t{place}\t{}/{}\t{outcome}", target.kind, target.name)
    }

    fn missing(&self, missing: &Missing) -> Vec<String> {
        let mut places = self.paths("near=", &missing.near);
        places.extend(self.paths("namespace=", &missing.other_namespace));
        places.extend(self.paths("build=", &missing.in_some_builds));
        places.extend(self.paths("elsewhere=", &missing.elsewhere));
        if let Some(span) = missing.mentioned {
            places.push(format!("mentioned={}", self.place_of(span)));
        }
        let absent = missing.absent_files.iter();
        places.extend(absent.map(|it| format!("absent={}", it.as_str())));
        if missing.may_be_unseen {
            places.push("unseen".to_owned());
        }
        places
    }

    fn maker(&self, maker: &Maker) -> String {
        let at = |span: &Span| format!("\t{}", self.place_of(*span));
        match maker {
            Maker::BuiltIn(_) => "external:built-in".to_owned(),
            Maker::Script(span) => format!("external:script{}", at(span)),
            Maker::Document(span) => format!("external:document{}", at(span)),
            Maker::Chart(span) => format!("external:chart{}", at(span)),
            Maker::Argument(span) => format!("external:argument{}", at(span)),
            Maker::Controller(id, _) => {
                format!(
                    "external:controller\t{}",
                    self.path(self.resource(*id).file)
                )
            }
            Maker::Configuration => "external:configuration".to_owned(),
        }
    }

    fn selection(&self, selection: &Selection) -> String {
        let of = |prefix: &str, id: ResourceId| {
            let resource = self.resource(id);
            let path = self.path(resource.file);
            format!("{prefix}{path}#{}", Self::object(resource))
        };
        let picked = selection.picked.iter().map(|(id, _)| of("", *id));
        let elsewhere = selection.elsewhere.iter().map(|id| of("elsewhere=", *id));
        let outcome = match selection.ring {
            Some(ring) => word(ring),
            None if selection.is_unknown => "unknown",
            None => "nothing",
        };
        let place = self.place(selection.from, selection.node);
        let what = match selection.picks {
            kubelint_model::reference::Picks::ServiceMonitor => "services",
            _ => "pods",
        };
        let places = cells(picked.chain(elsewhere).collect());
        format!("pick\t{place}\t{what}\t{outcome}{places}")
    }

    fn port(&self, port: &TargetPort) -> String {
        let outcome = match port.outcome {
            TargetOutcome::Declared(span) => format!("declared\t{}", self.place_of(span)),
            TargetOutcome::Undeclared => "undeclared".to_owned(),
            TargetOutcome::Unknown => "unknown".to_owned(),
        };
        format!("port\t{}\t{outcome}", self.place(port.service, port.node))
    }
}

/// The tables' word for a ring.
fn word(ring: Ring) -> &'static str {
    match ring {
        Ring::Applied => "applied",
        _ => ring.as_str(),
    }
}

/// The places, sorted, once each, a tab before each.
fn cells(mut places: Vec<String>) -> String {
    places.sort();
    places.dedup();
    places
        .iter()
        .fold(String::new(), |text, it| text + "\t" + it)
}

/// Which lines only one of two sorted lists has.
fn difference(expected: &[String], found: &[String]) -> String {
    let mut counts: BTreeMap<&str, i32> = BTreeMap::new();
    for line in expected {
        *counts.entry(line).or_default() -= 1;
    }
    for line in found {
        *counts.entry(line).or_default() += 1;
    }
    let mut text = String::new();
    for (line, count) in counts {
        if count != 0 {
            let sign = if count < 0 { "expected" } else { "   found" };
            let _ = writeln!(text, "  {sign} {line}");
        }
    }
    text
}

fn layouts() -> Vec<Layout> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/layouts");
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.is_dir())
        .collect();
    folders.sort();
    folders.iter().map(|it| Layout::read(it)).collect()
}

#[test]
fn every_table_speaks_of_its_tree() {
    let layouts = layouts();
    assert!(layouts.len() >= 23);
    for layout in &layouts {
        assert!(!layout.expected.is_empty(), "{}", layout.name);
        for line in &layout.expected {
            let path = line.split('\t').nth(1).unwrap().trim_end_matches(" (open)");
            let is_there = layout.files.iter().any(|(it, _)| it == path);
            assert!(is_there, "{}: no file {path}", layout.name);
        }
    }
}

#[test]
fn references_lead_where_the_tables_say() {
    let mut wrong = String::new();
    for layout in &layouts() {
        let difference = difference(&layout.expected, &lines(&layout.graph()));
        if !difference.is_empty() {
            let _ = writeln!(wrong, "{}:\n{difference}", layout.name);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
