//! The newer formats through real readers of JSON, XML and Markdown.

use std::collections::BTreeSet;

use kubelint_engine::{Confidence, Entry, Severity};
use pulldown_cmark::{Event, Options as Dialect, Parser, Tag};

use super::*;

#[test]
fn gitlab_is_valid_under_a_schema_of_what_gitlab_reads() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/testdata/schemas/gitlab-code-quality.json"
    );
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for report in reports() {
        let json = json(Format::Gitlab, &report, &Options::default());
        validate(schema.clone(), &json).unwrap();
        let issues = json.as_array().unwrap();
        let fingerprints: BTreeSet<_> = issues
            .iter()
            .map(|it| it["fingerprint"].as_str().unwrap())
            .collect();
        assert_eq!(fingerprints.len(), issues.len());
        let counting = report.entries.iter().filter(|it| it.counts()).count();
        assert_eq!(issues.len(), counting);
    }
}

/// The test cases of a report: class, name, and how each ended.
fn cases(report: &Report, options: &Options) -> Vec<(String, String, String)> {
    let text = text(Format::Junit, report, options);
    let document = roxmltree::Document::parse(&text).unwrap();
    let suite = document.root_element().first_element_child().unwrap();
    let mut cases = Vec::new();
    for case in suite.children().filter(|it| it.has_tag_name("testcase")) {
        let outcome = case
            .first_element_child()
            .map_or("passed", |it| it.tag_name().name());
        let attribute = |name| case.attribute(name).unwrap().to_owned();
        cases.push((
            attribute("classname"),
            attribute("name"),
            outcome.to_owned(),
        ));
    }
    for element in [document.root_element(), suite] {
        for (name, outcome) in [("failures", "failure"), ("errors", "error")] {
            let count = cases.iter().filter(|it| it.2 == outcome).count();
            assert_eq!(element.attribute(name), Some(count.to_string().as_str()));
        }
        let count = cases.len().to_string();
        assert_eq!(element.attribute("tests"), Some(count.as_str()));
    }
    let skipped = cases.iter().filter(|it| it.2 == "skipped").count();
    assert_eq!(
        suite.attribute("skipped"),
        Some(skipped.to_string().as_str())
    );
    cases
}

#[test]
fn tests_of_junit_fail_if_the_run_does() {
    use kubelint_engine::settings::FailOn;
    let outcomes = |fail_on| -> Vec<String> {
        let options = Options {
            fail_on,
            ..Options::default()
        };
        let mut report = rich();
        report.problems.clear();
        cases(&report, &options)
            .into_iter()
            .map(|it| it.2)
            .collect()
    };
    let error = FailOn::At(Severity::Error);
    assert_eq!(outcomes(error), ["passed", "failure", "skipped", "skipped"]);
    let warning = FailOn::At(Severity::Warning);
    assert_eq!(
        outcomes(warning),
        ["passed", "failure", "failure", "failure"]
    );
    assert_eq!(
        outcomes(FailOn::Never),
        ["passed", "skipped", "skipped", "skipped"]
    );
    let mut unsure = rich();
    for entry in &mut unsure.entries {
        entry.confidence = Confidence::Low;
    }
    let failed = |it: &&(String, String, String)| it.2 == "failure";
    let cases = cases(&unsure, &Options::default());
    assert_eq!(cases.iter().filter(failed).count(), 0);
}

#[test]
fn problems_are_errors_of_junit_and_names_are_unique() {
    let mut report = rich();
    for n in 0..3 {
        let mut entry = report.entries[0].clone();
        entry.group = n.to_string();
        report.entries.push(entry);
    }
    let cases = cases(&report, &Options::default());
    assert_eq!(
        cases[0],
        (
            "kubelint".to_owned(),
            "deploy/broken.yaml: permission denied".to_owned(),
            "error".to_owned()
        )
    );
    let names: BTreeSet<_> = cases.iter().map(|it| (&it.0, &it.1)).collect();
    assert_eq!(names.len(), cases.len(), "{cases:?}");
}

#[test]
fn xml_gives_back_the_text() {
    let mut report = hostile();
    let message = "a & b < c > \"d\" 'e' ]]> <!-- f --> &#27; &lt;";
    report.entries[0].message = message.to_owned();
    let text = text(Format::Junit, &report, &Options::default());
    let document = roxmltree::Document::parse(&text).unwrap();
    let failure = document
        .descendants()
        .find(|it| it.has_tag_name("failure"))
        .unwrap();
    assert_eq!(failure.attribute("message"), Some(message));
    assert!(failure.text().unwrap().contains(message));
}

/// Where rules of the tests say their pages are.
const PAGES: [&str; 2] = [
    "https://kubelint.example/rules/",
    "https://github.com/kubelint/kubelint/blob/main/rules/",
];

/// What of a Markdown text would act, beyond its headings, lists, code and links to pages of rules: markup of users, and what
/// GitHub makes of words (mentions, addresses).
pub(super) fn acting(text: &str) -> Vec<String> {
    let mut acting = Vec::new();
    let mut in_code = 0;
    for event in Parser::new_ext(text, Dialect::all()) {
        match event {
            Event::Start(
                Tag::Heading { .. } | Tag::List(None) | Tag::Item | Tag::Paragraph | Tag::Strong,
            )
            | Event::End(_)
            | Event::Code(_)
            | Event::HardBreak
            | Event::SoftBreak => {}
            Event::Start(Tag::Link { dest_url, .. })
                if PAGES.iter().any(|it| dest_url.starts_with(it)) => {}
            Event::Start(Tag::CodeBlock(_)) => in_code += 1,
            Event::Text(words) => {
                let acts = ["@", "#", "://", "www.", "<", "&", "`", "[", "\\"];
                if acts.iter().any(|it| words.contains(it)) {
                    acting.push(words.into_string());
                }
            }
            event => acting.push(format!("{event:?}")),
        }
    }
    if in_code > 0 {
        acting.push("a block of code".to_owned());
    }
    acting
}

#[test]
fn nothing_in_the_summary_acts() {
    for report in reports() {
        let text = text(Format::Markdown, &report, &Options::default());
        assert_eq!(acting(&text), [""; 0], "{text}");
    }
}

#[test]
fn messages_in_the_summary_keep_their_words() {
    for message in [
        "Service `api` targets port `http`, which no container declares",
        "`a``b` and `c",
        "@octocat `x`y`",
        "``` </details> <img src=x> ```",
        "1. see www.kubelint.example or a@b.example, #12, GH-12, https://a.example",
        "- item",
        ": term",
        "![a](b) [c](d) <e> &amp; *f* _g_ ~~h~~ :smile: |i|",
        "``",
        "` `",
        "     indented",
        "=== or ---",
    ] {
        let mut report = rich();
        report.entries.retain(Entry::counts);
        report.entries.truncate(1);
        report.notes.clear();
        report.entries[0].message = message.to_owned();
        report.problems = vec![kubelint_engine::report::Problem {
            path: None,
            message: message.to_owned(),
        }];
        let text = text(Format::Markdown, &report, &Options::default());
        assert_eq!(acting(&text), [""; 0], "{text}");
        let mut words = String::new();
        for event in Parser::new(&text) {
            match event {
                Event::Text(it) | Event::Code(it) => words.push_str(&it),
                Event::SoftBreak | Event::HardBreak => words.push(' '),
                _ => {}
            }
        }
        let bare = |text: &str| text.replace(['`', ' '], "");
        assert_eq!(
            bare(&words).matches(&bare(message)).count().min(2),
            2,
            "{message:?} in {text}"
        );
    }
}

#[test]
fn the_summary_is_small_whatever_is_found() {
    let long = format!("{}`\u{e0041}", "`\u{10000}".repeat(5_000));
    let mut report = Report::default();
    let mut entry = hostile().entries[0].clone();
    report.sources = hostile().sources;
    entry.message.clone_from(&long);
    entry.rule = kubelint_engine::RuleId::new(&long);
    entry.related = vec![entry.primary.clone(); 20];
    for n in 0..1_000 {
        entry.group = n.to_string();
        report.entries.push(entry.clone());
        report.problems.push(kubelint_engine::report::Problem {
            path: None,
            message: long.clone(),
        });
        report.notes.push(long.clone().into());
    }
    let text = text(Format::Markdown, &report, &Options::default());
    assert!(text.len() < 1 << 20, "{}", text.len());
    assert!(text.contains("- and 950 more"), "{text}");
    let mut fewer = report;
    fewer.entries.truncate(50);
    let text = super::text(Format::Markdown, &fewer, &Options::default());
    assert!(!text.contains("- and 950 more"), "{text}");
}
