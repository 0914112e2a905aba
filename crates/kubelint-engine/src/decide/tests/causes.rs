use super::*;

/// Rules that yield: `weak` to `strong` and all of `image`; `weakest` to `weak`; `left` and `right` to each other.
const YIELDING: &[(&str, &str, &str)] = &[
    ("api/strong", "error", ""),
    ("network/weak", "error", "yields-to: [strong, image]"),
    ("network/weakest", "error", "yields-to: [weak]"),
    ("image/of-image", "warning", ""),
    ("rollout/left", "error", "yields-to: [right]"),
    ("rollout/right", "error", "yields-to: [left]"),
    ("rollout/after", "error", "yields-to: [right]"),
    ("storage/same", "error", "yields-to: [storage]"),
];

/// The rules of the entries that count, and of those that they explain: what `rules` (with a confidence each) find of one cause.
fn explained(rules: &[(&str, Confidence)]) -> Vec<(String, Vec<String>)> {
    let mut toy = Toy::new(YIELDING, &[("pod.yaml", POD)]);
    for (index, (rule, confidence)) in rules.iter().enumerate() {
        let parts = ["app", "main", "nginx", "spec"];
        let mut finding = toy.finding("pod.yaml", parts[index]);
        finding.cause = Cause::text("one");
        finding.message = (*rule).to_owned();
        toy.found(rule, finding.confidence(*confidence));
    }
    roots(&toy.decide())
}

fn roots(report: &Report) -> Vec<(String, Vec<String>)> {
    let of = |fingerprint: &str| {
        let by_it = report
            .entries
            .iter()
            .filter(move |it| it.explained_by.as_deref() == Some(fingerprint));
        let mut rules: Vec<String> = by_it.map(|it| it.rule.to_string()).collect();
        rules.sort();
        rules
    };
    let mut roots: Vec<_> = report
        .entries
        .iter()
        .filter(|it| it.counts())
        .map(|it| (it.rule.to_string(), of(&it.fingerprint)))
        .collect();
    roots.sort();
    roots
}

fn expect(roots: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    roots
        .iter()
        .map(|(root, of)| {
            let of = of.iter().map(ToString::to_string).collect();
            (root.to_string(), of)
        })
        .collect()
}

#[test]
fn a_finding_yields_to_what_its_page_lists() {
    use Confidence::{High, Medium};
    for (rules, expected) in [
        (
            &[("strong", High), ("weak", High)][..],
            expect(&[("strong", &["weak"])]),
        ),
        // By category, and only if that is as severe and as sure.
        (
            &[("of-image", High), ("weak", High)],
            expect(&[("of-image", &[]), ("weak", &[])]),
        ),
        (
            &[("of-image", High), ("weak", Medium)],
            expect(&[("of-image", &["weak"])]),
        ),
        (
            &[("strong", Medium), ("weak", High)],
            expect(&[("strong", &[]), ("weak", &[])]),
        ),
        // Nothing yields to what it does not list.
        (
            &[("strong", High), ("weakest", High)],
            expect(&[("strong", &[]), ("weakest", &[])]),
        ),
        // A chain leads to its end.
        (
            &[("weakest", High), ("weak", High), ("strong", High)],
            expect(&[("strong", &["weak", "weakest"])]),
        ),
        // A ring leaves one standing, and what yields to the ring yields to that one.
        (
            &[("right", High), ("left", High)],
            expect(&[("left", &["right"])]),
        ),
        (
            &[("after", High), ("right", High), ("left", High)],
            expect(&[("left", &["after", "right"])]),
        ),
        // A ring of unequal findings: the stronger stands.
        (
            &[("right", High), ("left", Medium)],
            expect(&[("right", &["left"])]),
        ),
        // A rule does not yield to itself by way of its category.
        (
            &[("same", High), ("same", High)],
            expect(&[("same", &[]), ("same", &[])]),
        ),
    ] {
        assert_eq!(explained(rules), expected, "{rules:?}");
    }
}

#[test]
fn only_the_same_cause_explains() {
    let mut toy = Toy::new(YIELDING, &[("pod.yaml", POD)]);
    toy.finds("strong", "pod.yaml", "nginx");
    toy.finds("weak", "pod.yaml", "main");
    let expected = expect(&[("strong", &[]), ("weak", &[])]);
    assert_eq!(roots(&toy.decide()), expected);
}

#[test]
fn the_weaker_becomes_a_related_place_once() {
    let mut toy = Toy::new(YIELDING, &[("pod.yaml", POD)]);
    let mut strong = toy.finding("pod.yaml", "nginx");
    strong.cause = Cause::text("one");
    let known = toy.span("pod.yaml", "main");
    toy.found("strong", strong.related(known, "known"));
    for part in ["app", "main"] {
        let mut weak = toy.finding("pod.yaml", part);
        weak.cause = Cause::text("one");
        toy.found("weak", weak);
    }
    let report = toy.decide();
    let root = report.entries.iter().find(|it| it.counts()).unwrap();
    let related: Vec<&str> = root.related.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(related, ["known", "`app` is wrong"]);
    assert_eq!(report.summary.error, 1);
}

#[test]
fn what_is_suppressed_or_baselined_explains_nothing_and_is_not_explained() {
    let text = "a: 1\n";
    for suppressed in ["strong", "weak"] {
        let mut toy = Toy::new(YIELDING, &[("pod.yaml", POD), ("b.yaml", text)]);
        for (rule, part) in [("strong", "app"), ("weak", "main")] {
            let mut finding = toy.finding("pod.yaml", part);
            finding.cause = Cause::text("one");
            toy.found(rule, finding);
        }
        let allowed = super::super::PathIgnore::new(RuleId::new(suppressed), "**", "so");
        toy.settings.ignores.push(allowed.unwrap());
        let other = if suppressed == "weak" {
            "strong"
        } else {
            "weak"
        };
        assert_eq!(roots(&toy.decide()), expect(&[(other, &[])]));
    }
}
