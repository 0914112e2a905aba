use super::*;
use crate::decide::Baseline;

/// What `bad` finds: one fingerprint `times` in a row, another once.
fn toy(times: usize) -> Toy {
    let mut toy = Toy::new(RULES, &[("a.yaml", POD), ("b.yaml", POD)]);
    for path in ["b.yaml", "a.yaml"].iter().take(times) {
        toy.finds("bad", path, "nginx");
    }
    toy.finds("bad", "a.yaml", "main");
    toy
}

#[test]
fn a_baseline_counts_and_what_exceeds_it_is_new() {
    let baseline = Baseline::of(&toy(1).decide().entries);
    let mut later = toy(2);
    later.settings.baseline = Some(baseline);
    let report = later.decide();
    assert_eq!(
        shown(&report),
        [
            "a.yaml:7:13 error[bad] `main` is wrong (baselined)",
            "a.yaml:8:14 error[bad] `nginx` is wrong (baselined)",
            "b.yaml:8:14 error[bad] `nginx` is wrong",
        ]
    );
    assert_eq!((report.summary.error, report.summary.baselined), (1, 2));
    assert!(report.notes.is_empty());
}

#[test]
fn what_is_no_longer_found_is_said_of_the_rules_that_ran() {
    for (selected, expected) in [
        (
            true,
            &["1 entry of the baseline is no longer found in what was checked"][..],
        ),
        (false, &[]),
    ] {
        let baseline = Baseline::of(&toy(1).decide().entries);
        let mut later = toy(0);
        later.settings.baseline = Some(baseline);
        if !selected {
            later.settings.rules.remove(&RuleId::new("bad"));
        }
        let notes = later.decide().notes;
        let notes: Vec<&str> = notes.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(notes, expected);
    }
}

#[test]
fn explained_findings_are_in_the_baseline_too() {
    let rules = &[
        ("api/strong", "error", ""),
        ("api/weak", "error", "yields-to: [strong]"),
    ];
    let toy = || {
        let mut toy = Toy::new(rules, &[("a.yaml", POD)]);
        for rule in ["strong", "weak"] {
            toy.finds(rule, "a.yaml", "nginx");
        }
        toy
    };
    let mut later = toy();
    later.settings.baseline = Some(Baseline::of(&toy().decide().entries));
    assert_eq!(later.decide().summary.baselined, 2);
}

#[test]
fn the_file_is_sorted_and_reads_back() {
    let baseline = Baseline::of(&toy(2).decide().entries);
    let json = baseline.to_json();
    let rows: Vec<&str> = json
        .lines()
        .filter(|it| it.contains("fingerprint"))
        .collect();
    assert_eq!(rows.len(), 2);
    assert!(rows.is_sorted(), "{json}");
    assert!(json.contains("\"count\": 2 }"), "{json}");
    assert_eq!(Baseline::parse("b.json", &json), Ok(baseline));
    let empty = Baseline::default().to_json();
    assert_eq!(empty, "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
    assert_eq!(Baseline::parse("b.json", &empty), Ok(Baseline::default()));
}

#[test]
fn mistakes_in_the_file_have_places() {
    for (text, expected) in [
        ("", "b.json:1:1: the baseline is empty"),
        (
            "{\"version\": 1}",
            "b.json:1:1: the key `findings` is missing",
        ),
        (
            "{\"version\": 2,\n \"findings\": []}",
            "b.json:1:13: this baseline was written by a later version of kubelint",
        ),
        (
            "{\"version\": 1, \"findings\": [\n{\"rule\": \"a\", \"fingerprint\": \"b\", \"count\": 0}]}",
            "b.json:2:44: `count`: at least 1 is meant here",
        ),
    ] {
        let mistakes = Baseline::parse("b.json", text).unwrap_err();
        assert_eq!(mistakes[0].to_string(), expected);
    }
    assert!(Baseline::parse("b.json", "{\"version\": 1, \"findings\": [").is_err());
}

#[test]
fn of_two_lines_for_one_finding_the_higher_count_holds() {
    let row = |count| format!("{{\"rule\": \"a\", \"fingerprint\": \"b\", \"count\": {count}}}");
    let file = |rows: &[String]| {
        let text = format!("{{\"version\": 1, \"findings\": [{}]}}", rows.join(","));
        Baseline::parse("b.json", &text).unwrap()
    };
    assert_eq!(file(&[row(2), row(3)]), file(&[row(3)]));
}

#[test]
fn unique_fingerprints_count_in_the_order_of_the_report() {
    let report = toy(2).decide();
    let unique = report.unique_fingerprints();
    let nginx = &report.entries[1].fingerprint;
    assert_eq!(unique[1], format!("{nginx}:1"));
    assert_eq!(unique[2], format!("{nginx}:2"));
    assert_ne!(unique[0], unique[1]);
}
