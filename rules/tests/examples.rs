//! Runs the examples of every page, and of `testdata/cases/<rule-id>.md`, as a user would.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kubelint_engine::examples::{self, Examples, Kind};
use kubelint_engine::registry::{Check, Rule};
use kubelint_engine::{Mistake, Registry, mistake};

fn registry() -> Registry {
    kubelint_rules::registry().unwrap_or_else(|mistakes| panic!("{}", mistake::lines(&mistakes)))
}

fn page_path(rule: &Rule) -> String {
    format!("rules/{}/{}.md", rule.meta.category.as_str(), rule.meta.id)
}

fn run(examples: &Examples, rule: &Rule, registry: &Registry, out: &mut String) {
    let bad = examples.bad.iter().map(|it| (it, Kind::Bad));
    let good = examples.good.iter().map(|it| (it, Kind::Good));
    for (case, kind) in bad.chain(good) {
        for failure in examples::run(case, kind, &rule.meta.id, registry) {
            writeln!(out, "{failure}").unwrap();
        }
    }
}

fn told(mistakes: &[Mistake], out: &mut String) {
    writeln!(out, "{}", mistake::lines(mistakes)).unwrap();
}

#[test]
fn every_page_finds_what_it_marks_and_nothing_else() {
    let registry = registry();
    let mut out = String::new();
    for rule in registry.iter() {
        let path = page_path(rule);
        match examples::parse(&path, &rule.page) {
            Err(mistakes) => told(&mistakes, &mut out),
            Ok(examples) => {
                let good = if matches!(rule.check, Check::Code(_)) {
                    3
                } else {
                    1
                };
                if examples.bad.is_empty() || examples.good.len() < good {
                    writeln!(out, "{path}: it needs a bad and {good} good examples").unwrap();
                }
                run(&examples, rule, &registry, &mut out);
            }
        }
    }
    assert!(out.is_empty(), "\n{out}");
}

#[test]
fn every_case_shows_what_it_marks_and_nothing_else() {
    let registry = registry();
    let mut out = String::new();
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cases")) {
        let id = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("testdata/cases/{id}.md");
        let Some(rule) = registry.get(&id) else {
            writeln!(out, "{name}: there is no rule `{id}`").unwrap();
            continue;
        };
        match examples::parse(&name, &fs::read_to_string(&path).unwrap()) {
            Err(mistakes) => told(&mistakes, &mut out),
            Ok(examples) => run(&examples, rule, &registry, &mut out),
        }
    }
    assert!(out.is_empty(), "\n{out}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|it| it == "md"))
        .collect();
    files.sort();
    files
}
