use super::*;
use crate::RuleSource;
use crate::config::{self, Trust};

/// Rules as `path`, `severity`, further lines of the front matter.
const RULES: [(&str, &str, &str); 6] = [
    ("api/broken.md", "error", "status: stable"),
    ("api/note.md", "info", "status: stable"),
    ("api/young.md", "error", "status: preview"),
    (
        "security/open.md",
        "warning",
        "status: stable\naliases: [KSV-1]",
    ),
    (
        "security/detail.md",
        "info",
        "status: stable\nparams: {max: 3, names: [a]}",
    ),
    (
        "hygiene/unused.md",
        "warning",
        "status: stable\ndefault: on",
    ),
];

fn registry() -> Registry {
    let pages = RULES.map(|(path, severity, more)| {
            let text = format!(
                "---\ntitle: Toy\nseverity: {severity}\n{more}\nsince: 0.1.0\n\
                 check: {{each: resources, field: a, must: absent}}\nmessage: toy\n---\nFlagged.\n\n\
                 ## Why\nSo.\n\n## Bad\nNo.\n\n## Good\nYes.\n\n## Remedy\nDo.\n\n## Limits\nNone.\n"
            );
            (path, text)
        });
    let sources: Vec<_> = pages
        .iter()
        .map(|(path, text)| RuleSource {
            path,
            text,
            code: None,
        })
        .collect();
    Registry::build(&sources).unwrap()
}

fn layer(text: &str) -> Layer {
    config::parse("kubelint.yaml", text, Trust::Repository).unwrap()
}

fn resolve(layers: &[&str]) -> Result<Settings, String> {
    let layers: Vec<_> = layers.iter().map(|it| layer(it)).collect();
    Settings::resolve(&registry(), &layers).map_err(|it| crate::mistake::lines(&it))
}

fn rules(layers: &[&str]) -> String {
    let settings = resolve(layers).unwrap();
    let ids: Vec<_> = settings.rules.keys().map(RuleId::as_str).collect();
    ids.join(" ")
}

#[test]
fn later_layers_win() {
    for (layers, expected) in [
        (&[][..], "broken unused"),
        (&["profile: strict"], "broken detail note open unused"),
        (&["select: [security]"], "open"),
        (&["select: [security]\nprofile: strict"], "detail open"),
        (&["select: [young, note]"], "note young"),
        (&["extend-select: [KSV-1]"], "broken open unused"),
        (&["ignore: [api]"], "unused"),
        (&["select: [open]\nignore: [open]"], ""),
        (
            &["ignore: [broken]", "extend-select: [broken]"],
            "broken unused",
        ),
        (
            &["ignore: [broken]", "profile: strict"],
            "detail note open unused",
        ),
        (&["select: [api]", "select: [open]"], "open"),
        (&["rules: {broken: off, note: info}"], "note unused"),
        (&["rules: {detail: {params: {max: 1}}}"], "broken unused"),
    ] {
        assert_eq!(rules(layers), expected, "{layers:?}");
    }
    let preview = Layer {
        preview: Some(true),
        ..Layer::default()
    };
    let settings = Settings::resolve(&registry(), &[preview]).unwrap();
    assert!(settings.rules.contains_key("young"));
}

#[test]
fn levels_and_parameters_reach_their_rules() {
    let settings = resolve(&[
        "rules: {open: error, detail: {level: warning, params: {names: [b]}}}",
        "rules: {detail: {params: {max: 5}}}",
        "select: [open, detail]",
    ])
    .unwrap();
    let severity = |id: &str| settings.rules[&RuleId::new(id)];
    assert_eq!(severity("open"), Some(Severity::Error));
    assert_eq!(severity("detail"), Some(Severity::Warning));
    let params = &settings.params[&RuleId::new("detail")];
    assert_eq!(
        (params.int("max"), params.list("names")),
        (Some(5), &["b".to_owned()][..])
    );
}

#[test]
fn what_the_registry_does_not_have_is_a_mistake() {
    for (text, mistake) in [
        (
            "select: [brokn]",
            "kubelint.yaml:1:10: there is no rule `brokn`; did you mean `broken`?",
        ),
        (
            "ignore: [securty]",
            "there is no rule `securty`; did you mean `security`?",
        ),
        (
            "rules: {x-y-z: off}",
            "kubelint.yaml:1:9: there is no rule `x-y-z`",
        ),
        (
            "rules: {detail: {params: {mx: 1}}}",
            "kubelint.yaml:1:27: `detail` has no parameter `mx`; did you mean `max`?",
        ),
        (
            "rules: {detail: {params: {max: a}}}",
            "kubelint.yaml:1:32: the parameter `max` of `detail` is an integer, not a string",
        ),
        (
            "ignore: [{rule: open, path: 'a[', reason: r}]",
            "kubelint.yaml:1:29: `a[` is no path pattern",
        ),
        (
            "ignore: [{rule: opne, path: a, reason: r}]",
            "kubelint.yaml:1:17: there is no rule `opne`; did you mean `open`?",
        ),
    ] {
        let found = resolve(&[text]).unwrap_err();
        assert!(found.contains(mistake), "{text}: {found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
}

#[test]
fn fail_on_is_a_threshold() {
    assert!(FailOn::default().fails(Severity::Error));
    assert!(!FailOn::default().fails(Severity::Warning));
    assert!(!FailOn::Never.fails(Severity::Error));
    assert!(FailOn::At(Severity::Info).fails(Severity::Info));
}
