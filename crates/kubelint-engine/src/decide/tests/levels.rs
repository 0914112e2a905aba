use kubelint_parser::source::ReadError;

use super::*;

#[test]
fn severity_is_the_rules_or_the_users_within_what_finding_and_confidence_allow() {
    use Confidence::{High, Low, Medium};
    use Severity::{Error, Info, Warning};
    for (rule, level, cap, confidence, expected) in [
        ("bad", None, None, None, Error),
        ("bad", None, Some(Warning), None, Warning),
        ("bad", None, None, Some(Medium), Warning),
        ("bad", None, None, Some(Low), Info),
        ("bad", Some(Info), None, None, Info),
        ("dubious", None, Some(Error), Some(High), Warning),
        ("dubious", Some(Error), None, None, Error),
        ("dubious", Some(Error), None, Some(Medium), Warning),
        ("dubious", Some(Error), Some(Info), None, Info),
    ] {
        let mut toy = Toy::new(RULES, &[("pod.yaml", POD)]);
        toy.settings.min_confidence = Low;
        toy.settings.rules.insert(RuleId::new(rule), level);
        let mut finding = toy.finding("pod.yaml", "nginx");
        finding.severity = cap;
        finding.confidence = confidence;
        toy.found(rule, finding);
        let report = toy.decide();
        let case = format!("{rule} {level:?} {cap:?} {confidence:?}");
        assert_eq!(report.entries[0].severity, expected, "{case}");
        assert_eq!(
            report.entries[0].confidence,
            confidence.unwrap_or(High),
            "{case}"
        );
    }
}

#[test]
fn a_page_caps_the_confidence_of_its_findings() {
    let rules = &[("api/bad", "error", "confidence: medium")];
    let mut toy = Toy::new(rules, &[("pod.yaml", POD)]);
    toy.finds("bad", "pod.yaml", "nginx");
    let report = toy.decide();
    assert_eq!(report.entries[0].confidence, Confidence::Medium);
    assert_eq!(report.entries[0].severity, Severity::Warning);
}

#[test]
fn what_is_less_sure_than_asked_for_is_neither_shown_nor_counted() {
    for (least, expected) in [
        (Confidence::Low, 3),
        (Confidence::Medium, 2),
        (Confidence::High, 1),
    ] {
        let mut toy = Toy::new(RULES, &[("pod.yaml", POD)]);
        toy.settings.min_confidence = least;
        for (part, confidence) in [
            ("nginx", Confidence::High),
            ("main", Confidence::Medium),
            ("app", Confidence::Low),
        ] {
            let finding = toy.finding("pod.yaml", part).confidence(confidence);
            toy.found("bad", finding);
        }
        let report = toy.decide();
        let summary = report.summary;
        assert_eq!(report.entries.len(), expected);
        assert_eq!(summary.error + summary.warning + summary.info, expected);
        assert_eq!(report.worst(), Some(Severity::Error));
    }
}

#[test]
fn low_confidence_never_makes_a_run_fail() {
    let mut toy = Toy::new(RULES, &[("pod.yaml", POD)]);
    toy.settings.min_confidence = Confidence::Low;
    let finding = toy.finding("pod.yaml", "nginx").confidence(Confidence::Low);
    toy.found("bad", finding);
    let report = toy.decide();
    assert_eq!(report.summary.info, 1);
    assert_eq!(report.worst(), None);
}

#[test]
fn groups_are_counted_once_with_their_worst_severity() {
    let mut toy = Toy::new(RULES, &[("a.yaml", POD), ("b.yaml", POD)]);
    let weak = toy
        .finding("a.yaml", "nginx")
        .confidence(Confidence::Medium);
    toy.found("bad", weak);
    toy.finds("bad", "b.yaml", "nginx");
    toy.finds("bad", "b.yaml", "main");
    let report = toy.decide();
    assert_eq!(report.entries.len(), 3);
    assert_eq!(report.entries[0].group, report.entries[2].group);
    assert_eq!((report.summary.error, report.summary.warning), (2, 0));
    assert_eq!((report.summary.files, report.summary.resources), (2, 2));
}

#[test]
fn entries_stand_in_order_whatever_the_order_of_the_rules() {
    let expected = [
        "a.yaml:7:13 error[bad] `main` is wrong",
        "a.yaml:7:13 warning[dubious] `main` is wrong",
        "a.yaml:8:14 error[bad] `nginx` is wrong",
        "b.yaml:4:9 error[bad] `app` is wrong",
    ];
    let mut found = vec![
        ("bad", "b.yaml", "app"),
        ("bad", "a.yaml", "nginx"),
        ("bad", "a.yaml", "main"),
        ("dubious", "a.yaml", "main"),
    ];
    for _ in 0..found.len() {
        found.rotate_left(1);
        let mut toy = Toy::new(RULES, &[("b.yaml", POD), ("a.yaml", POD)]);
        for (rule, path, part) in &found {
            toy.finds(rule, path, part);
        }
        assert_eq!(toy.shown(), expected);
    }
}

#[test]
fn the_rules_remedy_is_the_help_where_the_finding_has_none() {
    let mut toy = Toy::new(RULES, &[("pod.yaml", POD)]);
    toy.finds("bad", "pod.yaml", "main");
    let finding = toy.finding("pod.yaml", "nginx").help("pin it");
    toy.found("bad", finding);
    let report = toy.decide();
    let help: Vec<&str> = report.entries.iter().map(|it| it.help.as_str()).collect();
    assert_eq!(help, ["Mend it.", "pin it"]);
    assert!(report.entries[0].url.ends_with("/rules/api/bad.md"));
}

#[test]
fn what_was_left_out_is_said_once() {
    let mut toy = Toy::new(RULES, &[("pod.yaml", POD)]);
    toy.graph.plan.notes = ["one", "two", "one"].map(|it| it.to_owned().into()).into();
    let notes = toy.decide().notes;
    let notes: Vec<&str> = notes.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(notes, ["one", "two"]);
}

#[test]
fn targets_that_cannot_be_read_are_problems() {
    let mut toy = Toy::new(RULES, &[("pod.yaml", POD)]);
    let path = SourcePath::new("gone.yaml");
    toy.graph.unread = vec![(path.clone(), ReadError::NotFound)];
    let problems = toy.decide().problems;
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].path, Some(path));
    assert_eq!(problems[0].message, "cannot be read: no such file");
}
