//! Rules that are data, from a page to findings: the toy pack in `testdata/packs/mini`, whose examples are its tests.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use std::fs;
use std::path::Path;

use kubelint_engine::examples::{self, Kind};
use kubelint_engine::{Registry, mistake};

/// The registry that holds the toy pack alone.
fn mini() -> Registry {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/packs/mini");
    let mut pages = Vec::new();
    for category in fs::read_dir(folder).unwrap() {
        for page in fs::read_dir(category.unwrap().path()).unwrap() {
            let path = page.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            pages.push((path.to_str().unwrap().to_owned(), text));
        }
    }
    let pages: Vec<_> = pages
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let mut registry = Registry::default();
    registry
        .add_pack("mini", &pages)
        .unwrap_or_else(|mistakes| panic!("{}", mistake::lines(&mistakes)));
    registry
}

#[test]
fn the_examples_of_the_toy_pack_hold() {
    let registry = mini();
    let mut cases = 0;
    for rule in registry.iter() {
        let id = &rule.meta.id;
        let examples = examples::parse(id.as_str(), &rule.page).unwrap();
        let bad = examples.bad.iter().map(|it| (it, Kind::Bad));
        let good = examples.good.iter().map(|it| (it, Kind::Good));
        for (case, kind) in bad.chain(good) {
            cases += 1;
            assert_eq!(examples::run(case, kind, id, &registry), [""; 0], "{id}");
        }
    }
    assert_eq!(cases, 7);
}

#[test]
fn the_runner_tells_what_is_not_as_marked() {
    let registry = mini();
    let rule = registry.get("mini/missing-owner").unwrap();
    let page = "\
## Bad
### Not marked, marked in vain, marked with another text
```yaml
apiVersion: v1
kind: Service # finding
metadata:
  name: api
---
apiVersion: v1
kind: Service
metadata: # finding: \"some other words\"
  name: web
```
### Nothing marked
```yaml
a: b
```
## Good
```yaml
apiVersion: v1
kind: Service
metadata: # related
  name: api
```
";
    let examples = examples::parse("toy.md", page).unwrap();
    let run = |case, kind| examples::run(case, kind, &rule.meta.id, &registry);
    assert_eq!(
        run(&examples.bad[0], Kind::Bad),
        [
            "toy.md:11: no such finding with \"some other words\"",
            "toy.md:5: no such finding",
            "toy.md:6: not marked: info[mini/missing-owner] the Service `api` has no label `owner`",
            "toy.md:11: not marked: info[mini/missing-owner] the Service `web` has no label `owner`",
        ]
    );
    assert_eq!(
        run(&examples.bad[1], Kind::Bad),
        ["toy.md:14: a bad case marks no finding"]
    );
    assert_eq!(
        run(&examples.good[0], Kind::Good),
        [
            "toy.md:22: not marked: info[mini/missing-owner] the Service `api` has no label `owner`",
            "toy.md:22: no related place",
        ]
    );
}

#[test]
fn mistakes_in_checks_have_places_and_hints() {
    let page = |check: &str| {
        format!(
            "---\ntitle: Toy\nseverity: warning\nstatus: preview\nsince: 0.1.0\n{check}\n---\nFlagged.\n\n\
             ## Why\nSo.\n\n## Bad\nNo.\n\n## Good\nYes.\n\n## Remedy\nDo.\n"
        )
    };
    for (check, mistake) in [
        (
            "check: {each: container, field: image, must: exists}\nmessage: m",
            "toy.md:6:15: `container` is no selection, and as a path it needs `kinds:` on the page; did you mean `containers`?",
        ),
        (
            "check: {each: containers, field: a..b, must: exists}\nmessage: m",
            "toy.md:6:34: the path `a..b` is not keys joined by dots",
        ),
        (
            "check: {each: containers, field: a, must: exist}\nmessage: m",
            "toy.md:6:43: `must`: `exist` is none of exists, absent; did you mean `exists`?",
        ),
        (
            "check: {each: containers, field: a, must: {equals: 1}}\nmessage: m",
            "toy.md:6:44: unknown key `equals`; did you mean `equal`?",
        ),
        (
            "check: {each: containers, field: a, must: {min: 1, max: 2}}\nmessage: m",
            "toy.md:6:43: `must` says one thing; further conditions stand under `when`",
        ),
        (
            "check: {each: containers, field: a, must: {min: $leest}}\nparams: {least: 1}\nmessage: m",
            "toy.md:6:49: the page has no parameter `leest`; did you mean `least`?",
        ),
        (
            "check: {each: containers, field: a, must: {matches: 'a['}}\nmessage: m",
            "toy.md:6:53: no pattern: ",
        ),
        (
            "check: {each: containers, field: a, must: exists}\nmessage: container {nmae}",
            "toy.md:7:10: `{nmae}` is none of the names that a message knows (name, kind, resource, container, field, value); did you mean `name`?",
        ),
        (
            "check: {each: containers, field: a, must: exists}",
            "toy.md:6:8: a rule without code needs a `message`",
        ),
        (
            "check: {each: containers, field: a, must: exists}\nmessage: m\nparams: {a: 1.5}",
            "toy.md:8:13: the default of `a` is true or false, an integer, a string or a list of strings",
        ),
    ] {
        let text = page(check);
        let mut registry = Registry::default();
        let result = registry.add_pack("mini", &[("api/toy.md", &text)]);
        let found = result.map_or_else(|it| mistake::lines(&it), |()| String::new());
        assert!(found.contains(mistake), "{mistake}\n{found}");
    }
}
