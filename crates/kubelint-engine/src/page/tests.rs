use super::*;

const PAGE: &str = "\
---
title: Toy
severity: warning
status: preview
since: 0.1.0
check: code
---
A toy is flagged.

## Why
Because.

## Bad
```yaml
## Good
a: b # finding
```

## Good
```yaml
a: c
```

## Remedy
Put it
away.
";

fn mistakes(text: &str) -> Vec<String> {
    match Page::parse("rules/hygiene/toy.md", text, None) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_page_is_read() {
    let page = Page::parse("rules/hygiene/toy.md", PAGE, None).unwrap();
    assert_eq!(page.meta.id.as_str(), "toy");
    assert_eq!(page.meta.category, Category::Hygiene);
    assert_eq!(page.meta.severity, Severity::Warning);
    assert_eq!(page.meta.confidence, Confidence::High);
    assert_eq!(page.meta.summary, "A toy is flagged.");
    assert_eq!(page.meta.remedy, "Put it away.");
    assert!(matches!(page.check, PageCheck::Code));
    let page = Page::parse("mini/hygiene/toy.md", PAGE, Some("mini")).unwrap();
    assert_eq!(page.meta.id.as_str(), "mini/toy");
}

#[test]
fn what_is_shown_has_neither_front_matter_nor_marks() {
    let shown = shown(PAGE);
    assert!(shown.starts_with("A toy is flagged.\n"), "{shown}");
    assert!(shown.contains("\na: b\n"), "{shown}");
}

#[test]
fn mistakes_have_places_and_hints() {
    for (from, to, mistake) in [
        (
            "severity: warning",
            "severty: warning",
            "rules/hygiene/toy.md:3:1: unknown key `severty`; did you mean `severity`?",
        ),
        (
            "severity: warning",
            "severity: warn",
            "rules/hygiene/toy.md:3:11: `severity`: `warn` is none of error, warning, info",
        ),
        (
            "title: Toy\n",
            "",
            "rules/hygiene/toy.md:2:1: the key `title` is missing",
        ),
        (
            "check: code",
            "check: coed",
            "rules/hygiene/toy.md:6:8: `check`: `coed` is none of code, engine; did you mean `code`?",
        ),
        (
            "since: 0.1.0",
            "since: 1",
            "rules/hygiene/toy.md:5:8: `since`: a string is meant here, not a number",
        ),
        (
            "## Remedy",
            "## Remedi",
            "rules/hygiene/toy.md:24:1: unknown section `Remedi`; did you mean `Remedy`?",
        ),
        (
            "## Why\nBecause.\n",
            "",
            "rules/hygiene/toy.md:8:1: the section `## Why` is missing",
        ),
        (
            "Because.",
            "",
            "rules/hygiene/toy.md:10:1: the section `Why` is empty",
        ),
        (
            "status: preview",
            "status: stable",
            "rules/hygiene/toy.md:8:1: the section `## Limits` is missing",
        ),
        (
            "check: code",
            "check: code\nmessage: no",
            "rules/hygiene/toy.md:7:10: only a rule without code has a `message` here",
        ),
    ] {
        assert!(PAGE.contains(from), "{from}");
        let found = mistakes(&PAGE.replacen(from, to, 1));
        assert!(found.iter().any(|it| it == mistake), "{mistake}: {found:?}");
    }
}

#[test]
fn the_path_is_the_name() {
    for path in [
        "toy.md",
        "rules/toys/toy.md",
        "hygiene/Toy.md",
        "hygiene/toy.txt",
    ] {
        assert!(Page::parse(path, PAGE, None).is_err(), "{path}");
    }
}
