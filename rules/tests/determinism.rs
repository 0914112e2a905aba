//! Equal files, rules and settings give an equal report, whatever the order in which files are listed, named and read, and however
//! many threads there are.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use std::fmt::Write as _;
use std::sync::Arc;

use kubelint_engine::settings::{Layer, Profile};
use kubelint_engine::{Input, Registry, Report, Settings, examples, lint};
use kubelint_parser::source::{MemorySources, ReadError, SourcePath, SourceText, Sources};

/// Files that are listed in the order given.
struct Shuffled {
    files: MemorySources,
    list: Vec<SourcePath>,
}

impl Sources for Shuffled {
    fn list(&self) -> &[SourcePath] {
        &self.list
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<SourceText>, ReadError> {
        self.files.read(path)
    }

    fn exists(&self, path: &SourcePath) -> bool {
        self.files.exists(path)
    }

    fn is_ignored(&self, path: &SourcePath) -> bool {
        self.files.is_ignored(path)
    }
}

/// One project of all files of all examples of all rules.
fn project(registry: &Registry) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for rule in registry.iter() {
        let examples = examples::parse(rule.meta.id.as_str(), &rule.page).unwrap();
        for (index, case) in examples.bad.iter().chain(&examples.good).enumerate() {
            for file in &case.files {
                let path = format!("{}/{index}/{}", rule.meta.id, file.path);
                files.push((path, file.text.clone()));
            }
        }
    }
    files.push((
        "base/kustomization.yaml".into(),
        "resources: [../yaml-syntax/0/manifest.yaml, missing.yaml]\n".into(),
    ));
    files.push(("script.sh".into(), "sed -i s/A/B/ x.yaml\n".into()));
    files
}

/// The same items in an order that `seed` decides.
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        items.swap(last, (state >> 33) as usize % (last + 1));
    }
}

/// Everything that a reporter can see.
fn text(report: &Report) -> String {
    let mut out = String::new();
    let Report {
        entries,
        problems,
        notes,
        summary,
        sources,
        ..
    } = report;
    writeln!(out, "{entries:#?}\n{problems:#?}\n{notes:#?}\n{summary:#?}").unwrap();
    for (id, source) in sources.iter() {
        writeln!(out, "{id:?} {} {:?}", source.path(), source.redacted()).unwrap();
    }
    out
}

#[test]
fn a_report_does_not_depend_on_order_or_threads() {
    let registry = kubelint_rules::registry().unwrap();
    let everything = Layer {
        profile: Some(Profile::Strict),
        preview: Some(true),
        ..Layer::default()
    };
    let settings = Settings::resolve(&registry, &[everything]).unwrap();
    let files = project(&registry);
    let run = |seed: u64, threads: usize| {
        let files = MemorySources::new(files.iter().map(|(path, text)| (&**path, &**text)));
        let mut list = files.list().to_vec();
        let mut targets = list.clone();
        if seed > 0 {
            shuffle(&mut list, seed);
            shuffle(&mut targets, seed + 1);
        }
        let sources = Shuffled { files, list };
        let input = Input {
            sources: &sources,
            targets: kubelint_model::Targets::of(&targets),
            rendered: Vec::new(),
            images: kubelint_model::pulled::ImageSources::default(),
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build()
            .unwrap()
            .install(|| text(&lint(input, &registry, &settings)))
    };
    let expected = run(0, 1);
    assert!(expected.matches("fingerprint:").count() >= 5, "{expected}");
    for (seed, threads) in [(0, 4), (1, 1), (2, 2), (3, 3), (4, 8), (5, 2)] {
        let found = run(seed, threads);
        assert!(
            found == expected,
            "seed {seed} with {threads} threads:\n{}",
            first_difference(&expected, &found)
        );
    }
}

fn first_difference(expected: &str, found: &str) -> String {
    let lines = expected.lines().zip(found.lines()).enumerate();
    lines
        .filter(|(_, (a, b))| a != b)
        .map(|(number, (a, b))| format!("line {number}: {a}\n            {b}"))
        .next()
        .unwrap_or_else(|| "one is longer".into())
}
