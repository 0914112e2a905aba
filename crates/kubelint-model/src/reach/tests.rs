//! What reaches what, in small trees; and how much work it takes in large ones.

use std::fmt::Write as _;

use kubelint_parser::source::{MemorySources, Sources};

use super::{Postings, Reach, Ring};
use crate::commands::Runner;
use crate::plan::ApplySet;
use crate::{DeploymentGraph, FileId, Known, Needs, ResourceId, Targets};

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {}, template: {spec: {containers: [{image: a}]}}}\n---\n";
const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\n";

fn graph(files: &[(String, String)]) -> DeploymentGraph {
    let sources = MemorySources::new(files.iter().map(|(path, text)| (&**path, &**text)));
    let needs = Needs {
        links: true,
        ..Needs::default()
    };
    let targets = Targets::of(sources.list());
    DeploymentGraph::read(&sources, targets, Vec::new(), &Known::default(), needs)
}

/// Makes files of `path: content`, a line each, where the content is a list of `web` (a Deployment), `x` (a ConfigMap), or the text of a
/// kustomization.
fn tree(lines: &[&str]) -> Vec<(String, String)> {
    let file = |line: &&str| {
        let (path, content) = line.split_once(": ").unwrap();
        let text = match content {
            "web" => WEB.to_owned(),
            "x" => MAP.to_owned(),
            "web x" => format!("{WEB}{MAP}"),
            content => content.to_owned(),
        };
        (path.to_owned(), text)
    };
    lines.iter().map(file).collect()
}

fn maps(graph: &DeploymentGraph, reach: &Reach) -> Postings {
    let maps = graph
        .resources
        .iter()
        .filter(|it| it.gvk.kind == "ConfigMap");
    reach.postings(maps.map(|it| it.id).collect())
}

/// What the Deployment in the first file sees of the ConfigMaps.
fn check(lines: &[&str], expected: &str) {
    let from = lines[0].split_once(": ").unwrap().0;
    let graph = graph(&tree(lines));
    let reach = Reach::new(&graph);
    let resources = &graph.resources;
    let from = resources
        .iter()
        .find(|it| it.gvk.kind == "Deployment" && graph.file(it.file).path.as_str() == from);
    let hits = reach.find(&graph, from.unwrap().id, &maps(&graph, &reach), &|_| true);
    let paths = |ids: &[ResourceId]| {
        let paths = ids
            .iter()
            .map(|it| graph.file(graph.resource(*it).file).path.as_str());
        paths.collect::<Vec<_>>().join(" ")
    };
    let mut shown = String::new();
    if let Some((ring, ids)) = &hits.nearest {
        let _ = write!(shown, "{}: {}", ring.as_str(), paths(ids));
    }
    for (what, ids) in [
        ("some", &hits.in_some_builds),
        ("elsewhere", &hits.elsewhere),
    ] {
        if !ids.is_empty() {
            let _ = write!(shown, "{what}: {}", paths(ids));
        }
    }
    assert!(!hits.has_more, "{lines:?}");
    assert_eq!(shown, expected, "{lines:?}");
}

#[test]
fn the_nearest_ring_wins() {
    check(&["a/web.yaml: web x", "a/x.yaml: x"], "file: a/web.yaml");
    check(
        &[
            "a/web.yaml: web",
            "a/x.yaml: x",
            "a/b/x.yaml: x",
            "a-b/x.yaml: x",
        ],
        "directory: a/x.yaml",
    );
    check(
        &["a/web.yaml: web", "a/b/x.yaml: x", "c/x.yaml: x"],
        "outward: a/b/x.yaml",
    );
    check(
        &["a/b/web.yaml: web", "a/x.yaml: x", "x.yaml: x"],
        "outward: a/x.yaml",
    );
    check(&["a/web.yaml: web", "c/x.yaml: x"], "outward: c/x.yaml");
    check(&["web.yaml: web", "c/d/x.yaml: x"], "outward: c/d/x.yaml");
    check(&["a/web.yaml: web"], "");
}

#[test]
fn builds_must_all_have_it() {
    let dev = "dev/kustomization.yaml: resources: [../base]\nconfigMapGenerator: [{name: x}]";
    let prod = "prod/kustomization.yaml: resources: [../base]";
    let base = "base/kustomization.yaml: resources: [web.yaml]";
    let web = "base/web.yaml: web";
    check(&[web, base, dev], "build: dev/kustomization.yaml");
    check(&[web, base, dev, prod], "some: dev/kustomization.yaml");
    let component = "part/kustomization.yaml: kind: Component\nconfigMapGenerator: [{name: x}]";
    let with_part = "prod/kustomization.yaml: resources: [../base]\ncomponents: [../part]";
    check(
        &[web, base, dev, with_part, component],
        "build: dev/kustomization.yaml part/kustomization.yaml",
    );
    check(&[web, base, component], "outward: part/kustomization.yaml");
    // They take in one another: there is no root.
    let circle = "base/kustomization.yaml: resources: [web.yaml, ../prod]";
    check(
        &[web, circle, prod, "prod/x.yaml: x"],
        "outward: prod/x.yaml",
    );
}

#[test]
fn alternatives_keep_what_lies_beside_them() {
    check(
        &[
            "prod/web.yaml: web",
            "staging/web.yaml: web",
            "staging/x/x.yaml: x",
        ],
        "elsewhere: staging/x/x.yaml",
    );
    check(
        &[
            "prod/web.yaml: web",
            "staging/web.yaml: web",
            "common/x.yaml: x",
        ],
        "outward: common/x.yaml",
    );
    // Beside it or above it, only the file itself is an alternative.
    check(
        &["a/b/web.yaml: web", "a/all.yaml: web x"],
        "elsewhere: a/all.yaml",
    );
    check(
        &["a/b/web.yaml: web", "a/all.yaml: web", "a/x.yaml: x"],
        "outward: a/x.yaml",
    );
    check(
        &["a/web.yaml: web", "a/all.yaml: web x"],
        "directory: a/all.yaml",
    );
    // A patch is none.
    check(
        &[
            "a/web.yaml: web",
            "b/kustomization.yaml: resources: [../a]\npatches: [{path: web.yaml}]",
            "b/web.yaml: web",
            "b/c/x.yaml: x",
        ],
        "outward: b/c/x.yaml",
    );
}

#[test]
fn tests_are_for_tests() {
    check(
        &["a/web.yaml: web", "tests/x.yaml: x"],
        "elsewhere: tests/x.yaml",
    );
    check(
        &["e2e/web.yaml: web", "tests/x.yaml: x"],
        "outward: tests/x.yaml",
    );
    check(
        &["a/web.yaml: web", "docs/x.yaml: x"],
        "outward: docs/x.yaml",
    );
}

#[test]
fn nothing_is_said_where_too_much_would_have_to_be_read() {
    let mut files = tree(&["a/web.yaml: web"]);
    files.push(("a/x.yaml".to_owned(), MAP.repeat(5_000)));
    let graph = graph(&files);
    let reach = Reach::new(&graph);
    let web = graph.workloads().next().unwrap().resource.id;
    let hits = reach.find(&graph, web, &maps(&graph, &reach), &|_| false);
    assert!(hits.has_more && hits.nearest.is_none() && hits.elsewhere.is_empty());
    let hits = reach.find(&graph, web, &maps(&graph, &reach), &|_| true);
    assert!(hits.has_more);
    assert_eq!(hits.nearest.unwrap().1.len(), Reach::MOST_HITS);
}

/// How many steps it takes until every Deployment has looked for the ConfigMaps, in `count` folders.
fn work(count: usize, file: impl Fn(usize) -> Vec<(String, String)>) -> usize {
    let graph = graph(&(0..count).flat_map(file).collect::<Vec<_>>());
    let reach = Reach::new(&graph);
    let maps = maps(&graph, &reach);
    for workload in graph.workloads() {
        let accept = |it: ResourceId| graph.resource(it).name.as_deref() == Some("y");
        let hits = reach.find(&graph, workload.resource.id, &maps, &accept);
        assert_eq!((hits.nearest, hits.has_more), (None, false));
    }
    reach.steps()
}

#[test]
fn work_grows_with_the_files() {
    let alternatives = |it: usize| {
        tree(&[
            &format!("d{it}/web.yaml: web"),
            &format!("d{it}/c/x.yaml: x"),
        ])
    };
    let nested = |it: usize| tree(&[&format!("all/{}/d{it}/web.yaml: web x", it % 10)]);
    let generated = |it: usize| {
        let root = format!(
            "o{it}/kustomization.yaml: resources: [a.yaml]\nconfigMapGenerator: [{{name: x}}]"
        );
        tree(&[&format!("o{it}/a.yaml: web"), &root])
    };
    for (few, many) in [
        (work(100, alternatives), work(1_000, alternatives)),
        (work(100, nested), work(1_000, nested)),
        (work(100, generated), work(1_000, generated)),
    ] {
        assert!(few > 0 && many <= few * 12, "{few} → {many}");
    }
}

#[test]
fn what_is_applied_together_is_seen_in_spite_of_alternatives() {
    let files = tree(&[
        "prod/web.yaml: web",
        "staging/web.yaml: web",
        "staging/x.yaml: x",
    ]);
    let mut graph = graph(&files);
    let file = |at: u32| graph.resources[at as usize].file;
    let files = vec![file(0), file(2)];
    graph.plan.apply_sets.push(ApplySet {
        runner: Runner {
            file: FileId(0),
            part: 0,
            is_document: false,
        },
        files,
        commands: Vec::new(),
    });
    let reach = Reach::new(&graph);
    let hits = reach.find(&graph, ResourceId(0), &maps(&graph, &reach), &|_| true);
    assert_eq!(hits.nearest, Some((Ring::Applied, vec![ResourceId(2)])));
    assert_eq!(reach.apply_sets_of(FileId(0)), [0]);
}
