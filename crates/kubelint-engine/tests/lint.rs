//! The whole linter over toy rules: which rules run, what they are given, and what becomes of one that panics.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use kubelint_engine::config::{self, Trust};
use kubelint_engine::{
    CodeRule, Finding, Findings, Input, Layer, Registry, Report, RuleContext, RuleSource, Settings,
    lint,
};
use kubelint_model::Cause;
use kubelint_parser::source::{MemorySources, Sources};

/// Flags every resource, with what the rule was given in the message.
const EVERY: CodeRule = CodeRule::new(|cx: &RuleContext<'_>, out: &mut Findings| {
    for resource in &cx.graph.resources {
        let name = resource.name.as_deref().unwrap_or_default();
        let word = cx.params.text("word").unwrap_or_default();
        let version = cx.world.kubernetes_version.map(|it| it.to_string());
        let message = format!("{word} {name} {}", version.as_deref().unwrap_or("any"));
        let cause = Cause::object("", &resource.gvk.kind, None, name);
        out.push(Finding::new(resource.span, message, cause).about(resource.id, "", ""));
    }
});

const PANICS: CodeRule = CodeRule::new(|cx: &RuleContext<'_>, _: &mut Findings| {
    let broken: &[u8] = &[];
    let index = cx.graph.resources.len();
    assert!(index < broken.len(), "no resource is as it should be");
});

const PROSE: &str = "Flagged.\n\n## Why\nSo.\n\n## Bad\nNo.\n\n## Good\nYes.\n\n## Remedy\nDo this.\n\n## Limits\nNone.\n";

fn page(front: &str) -> String {
    format!("---\ntitle: Toy\nstatus: stable\nsince: 0.1.0\n{front}\n---\n{PROSE}")
}

fn registry() -> Registry {
    let rules = [
        (
            "api/every.md",
            "severity: error\ncheck: code\nparams: {word: flagged}",
            Some(EVERY),
        ),
        (
            "api/panics.md",
            "severity: error\ncheck: code",
            Some(PANICS),
        ),
        ("api/yaml-syntax.md", "severity: error\ncheck: engine", None),
    ];
    let pages = rules.map(|(path, front, code)| (path, page(front), code));
    let sources: Vec<_> = pages
        .iter()
        .map(|(path, text, code)| RuleSource {
            path,
            text,
            code: *code,
        })
        .collect();
    Registry::build(&sources).unwrap()
}

fn run(registry: &Registry, config: &str, files: &[(&str, &str)]) -> Report {
    let layer = config::parse("kubelint.yaml", config, Trust::Repository).unwrap();
    let settings = Settings::resolve(registry, &[layer]).unwrap();
    let sources = MemorySources::new(files.iter().copied());
    let targets = sources.list().to_vec();
    let input = Input {
        sources: &sources,
        targets: kubelint_model::Targets::of(&targets),
        rendered: Vec::new(),
        images: kubelint_model::pulled::ImageSources::default(),
    };
    lint(input, registry, &settings)
}

/// The findings as `path:line:column rule: message`.
fn shown(report: &Report) -> Vec<String> {
    let line = |entry: &kubelint_engine::Entry| {
        let span = entry.primary.place.span;
        let source = report.sources.get(span.source);
        let at = source.line_column(span.range.start);
        let (path, line, column) = (source.path(), at.line, at.column);
        format!("{path}:{line}:{column} {}: {}", entry.rule, entry.message)
    };
    report.entries.iter().map(line).collect()
}

const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n";

#[test]
fn rules_are_given_their_parameters_and_the_world() {
    let registry = registry();
    let files = [("a.yaml", CONFIG_MAP)];
    let report = run(&registry, "ignore: [panics]", &files);
    assert_eq!(shown(&report), ["a.yaml:4:9 every: flagged app any"]);
    let config =
        "kubernetes-version: '1.30'\nselect: [every]\nrules: {every: {params: {word: seen}}}";
    let report = run(&registry, config, &files);
    assert_eq!(shown(&report), ["a.yaml:4:9 every: seen app 1.30"]);
}

#[test]
fn a_rule_that_panics_is_a_problem_and_the_others_go_on() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let report = run(&registry(), "", &[("a.yaml", CONFIG_MAP)]);
    std::panic::set_hook(hook);
    assert_eq!(shown(&report), ["a.yaml:4:9 every: flagged app any"]);
    let problems: Vec<_> = report
        .problems
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert_eq!(
        problems,
        ["the rule `panics` failed, which is a defect of kubelint: no resource is as it should be"]
    );
}

#[test]
fn a_broken_document_is_one_finding_and_its_neighbours_are_checked() {
    let broken =
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  key: a: b\n  c: d: e\n";
    let text = format!("{CONFIG_MAP}---\n{broken}---\n{CONFIG_MAP}");
    let report = run(&registry(), "ignore: [panics]", &[("a.yaml", &text)]);
    let shown = shown(&report);
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert!(
        shown[1].starts_with("a.yaml:11:9 yaml-syntax: "),
        "{shown:?}"
    );
    let entry = &report.entries[1];
    assert_eq!(entry.cause, "object(,Secret,?,s)");
    assert!(!entry.message.contains("a: b"));
}

#[test]
fn a_rule_that_is_only_a_page_needs_nothing_else() {
    let text = page(
        "severity: warning\nkinds: [ConfigMap]\ncheck: {each: resources, field: data, must: exists}\nmessage: the {kind} `{name}` is empty",
    );
    let source = RuleSource {
        path: "config/empty-toy.md",
        text: &text,
        code: None,
    };
    let registry = Registry::build(&[source]).unwrap();
    let report = run(&registry, "", &[("a.yaml", CONFIG_MAP)]);
    assert_eq!(
        shown(&report),
        ["a.yaml:4:9 empty-toy: the ConfigMap `app` is empty"]
    );
    assert_eq!(report.entries[0].help, "Do this.");
    let report = run(
        &registry,
        "rules: {empty-toy: info}",
        &[("a.yaml", CONFIG_MAP)],
    );
    assert_eq!(report.entries[0].severity.as_str(), "info");
    assert!(
        registry
            .find("empty-toy")
            .next()
            .unwrap()
            .shown()
            .starts_with("Flagged.")
    );
    assert!(
        shown(&run(
            &registry,
            "ignore: [config]",
            &[("a.yaml", CONFIG_MAP)]
        ))
        .is_empty()
    );
}

#[test]
fn layers_of_flags_need_no_file() {
    let only = Layer {
        select: Some(vec![kubelint_engine::settings::Word::unplaced("evry")]),
        ..Layer::default()
    };
    let mistakes = Settings::resolve(&registry(), &[only]).unwrap_err();
    assert_eq!(
        kubelint_engine::mistake::lines(&mistakes),
        "there is no rule `evry`; did you mean `every`?"
    );
}
