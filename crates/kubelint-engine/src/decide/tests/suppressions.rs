use super::*;
use crate::decide::PathIgnore;

/// The pod with `insert` put in by replacing lines: pairs of a line of the pod and what stands there instead.
fn pod(replace: &[(&str, &str)]) -> String {
    let mut text = POD.to_owned();
    for (line, instead) in replace {
        assert!(text.contains(line), "{line}");
        text = text.replacen(line, instead, 1);
    }
    text
}

/// What is shown if `bad` finds fault with `nginx` in a file of this text.
fn shown_of(text: &str) -> Vec<String> {
    let mut toy = Toy::new(RULES, &[("pod.yaml", text)]);
    toy.finds("bad", "pod.yaml", "nginx");
    toy.shown()
}

#[test]
fn a_comment_beside_or_above_the_node_allows_the_finding() {
    let image = "      image: nginx\n";
    for instead in [
        "      image: nginx # kubelint: ignore[bad] so\n",
        "      # kubelint: ignore[bad] so\n      image: nginx\n",
        "      # kubelint: ignore[other, bad] so\n      # more\n      image: nginx\n",
        "      # before\n# kubelint: ignore[bad] so\n      image: nginx\n",
        "      image: # kubelint: ignore[bad] so\n        nginx\n",
        "      image: >- # kubelint: ignore[bad] so\n        nginx\n",
        "      image: \"nginx\n        two\" # kubelint: ignore[bad] so\n",
    ] {
        let shown = shown_of(&pod(&[(image, instead)]));
        let suppressed = shown.iter().any(|it| it.ends_with("(suppressed: so)"));
        let unused = shown.iter().any(|it| it.contains("nothing that"));
        assert!(suppressed && !unused, "{instead}: {shown:?}");
    }
}

#[test]
fn a_comment_elsewhere_does_not_and_is_reported() {
    let image = "      image: nginx\n";
    for instead in [
        "      # kubelint: ignore[bad] so\n\n      image: nginx\n",
        "      image: nginx\n      # kubelint: ignore[bad] so\n",
        "      stdin: true # kubelint: ignore[bad] so\n      image: nginx\n",
    ] {
        let shown = shown_of(&pod(&[(image, instead)]));
        assert_eq!(shown.len(), 2, "{instead}: {shown:?}");
        assert!(shown.iter().any(|it| it.ends_with("`nginx` is wrong")));
        let unused = "warning[unused-suppression] nothing that `bad` finds is suppressed here";
        assert!(shown.iter().any(|it| it.ends_with(unused)), "{shown:?}");
    }
}

#[test]
fn a_comment_at_a_related_place_allows_the_finding_too() {
    let text = pod(&[("name: app", "name: app # kubelint: ignore[bad] so")]);
    let mut toy = Toy::new(RULES, &[("pod.yaml", &text)]);
    let finding = toy.finding("pod.yaml", "nginx");
    let other = toy.span("pod.yaml", "app");
    toy.found("bad", finding.related(other, ""));
    let expected = "pod.yaml:8:14 error[bad] `nginx` is wrong (suppressed: so)";
    assert_eq!(toy.shown(), [expected]);
}

#[test]
fn what_is_wrong_with_a_comment_is_said_at_its_place() {
    for (comment, expected) in [
        (
            "# kubelint: ignore[bda] so",
            "pod.yaml:8:39 warning[unused-suppression] `bda` is not a rule, so this suppression allows nothing",
        ),
        (
            "# kubelint: ignore[bad]",
            "pod.yaml:8:22 warning[unused-suppression] this suppression allows nothing: no reason is given",
        ),
        (
            "# kubelint: allow[bad] so",
            "pod.yaml:8:22 warning[unused-suppression] this comment says nothing that kubelint knows",
        ),
    ] {
        let text = pod(&[("nginx\n", &format!("nginx {comment}\n"))]);
        let finding = "pod.yaml:8:14 error[bad] `nginx` is wrong";
        assert_eq!(shown_of(&text), [finding, expected], "{comment}");
    }
}

#[test]
fn a_misspelt_rule_gets_the_nearest_one() {
    let rules = &[
        (
            "security/privileged",
            "error",
            "aliases: [\"kube-linter:privileged-container\"]",
        ),
        ("hygiene/unused-suppression", "warning", ""),
    ];
    for (name, expected) in [
        ("privilegd", "did you mean `privileged`?"),
        ("privileged-container", "did you mean `privileged`?"),
        ("something-else", "`kubelint rules` lists the rules"),
    ] {
        let text = pod(&[("nginx\n", &format!("nginx # kubelint: ignore[{name}] so\n"))]);
        let report = Toy::new(rules, &[("pod.yaml", &text)]).decide();
        assert_eq!(report.entries[0].help, expected);
    }
}

#[test]
fn a_suppression_is_judged_only_if_its_rule_ran_over_its_document() {
    let text = pod(&[("nginx\n", "nginx # kubelint: ignore[bad] so\n")]);
    let unused = |change: &dyn Fn(&mut Toy), text: &str| {
        let mut toy = Toy::new(RULES, &[("pod.yaml", text)]);
        change(&mut toy);
        toy.shown().len()
    };
    assert_eq!(unused(&|_| {}, &text), 1);
    let off = |rule: &'static str| {
        move |toy: &mut Toy| {
            toy.settings.rules.remove(&RuleId::new(rule));
        }
    };
    assert_eq!(unused(&off("bad"), &text), 0);
    assert_eq!(unused(&off("unused-suppression"), &text), 0);
    let failed = |toy: &mut Toy| toy.checked.failed.push(RuleId::new("bad"));
    assert_eq!(unused(&failed, &text), 0);
    assert_eq!(unused(&|_| {}, &format!("{text}broken: [\n")), 0);
}

#[test]
fn a_hidden_finding_still_uses_its_suppression() {
    let text = pod(&[("nginx\n", "nginx # kubelint: ignore[bad] so\n")]);
    let mut toy = Toy::new(RULES, &[("pod.yaml", &text)]);
    let finding = toy.finding("pod.yaml", "nginx").confidence(Confidence::Low);
    toy.found("bad", finding);
    assert_eq!(toy.shown(), [""; 0]);
}

#[test]
fn complaints_about_suppressions_can_be_suppressed_once() {
    let both = "nginx # kubelint: ignore[bad, unused-suppression] so\n";
    let shown = Toy::new(RULES, &[("pod.yaml", &pod(&[("nginx\n", both)]))]).shown();
    assert_eq!(shown.len(), 1);
    assert!(shown[0].ends_with("(suppressed: so)"), "{shown:?}");

    let alone = "nginx # kubelint: ignore[unused-suppression] so\n";
    let shown = Toy::new(RULES, &[("pod.yaml", &pod(&[("nginx\n", alone)]))]).shown();
    let expected = "nothing that `unused-suppression` finds is suppressed here";
    assert_eq!(shown.len(), 1);
    assert!(shown[0].ends_with(expected), "{shown:?}");
}

#[test]
fn an_annotation_allows_for_the_whole_resource() {
    let annotated = |value: &str| {
        let metadata = format!("metadata:\n  annotations:\n    kubelint.dev/ignore: {value}\n");
        format!("{}---\n{POD}", pod(&[("metadata:\n", &metadata)]))
    };
    let mut toy = Toy::new(
        RULES,
        &[("pod.yaml", &annotated("'bad: so; dubious: as well'"))],
    );
    toy.finds("bad", "pod.yaml", "nginx");
    toy.finds("dubious", "pod.yaml", "main");
    toy.finds("odd", "pod.yaml", "app");
    assert_eq!(
        toy.shown(),
        [
            "pod.yaml:6:9 info[odd] `app` is wrong",
            "pod.yaml:9:13 warning[dubious] `main` is wrong (suppressed: as well)",
            "pod.yaml:10:14 error[bad] `nginx` is wrong (suppressed: so)",
        ]
    );
    let toy = Toy::new(
        RULES,
        &[("pod.yaml", &annotated("\"bad: so\\n bda: so; dubious\""))],
    );
    assert_eq!(
        toy.shown(),
        [
            "pod.yaml:5:27 warning[unused-suppression] nothing that `bad` finds is suppressed here",
            "pod.yaml:5:37 warning[unused-suppression] `bda` is not a rule, so this suppression allows nothing",
            "pod.yaml:5:46 warning[unused-suppression] the suppression of `dubious` allows nothing: no reason is given",
        ]
    );
}

#[test]
fn an_annotation_does_not_reach_other_resources() {
    let metadata = "metadata:\n  annotations: {kubelint.dev/ignore: \"bad: so\"}\n";
    let text = format!("{POD}---\n{}", pod(&[("metadata:\n", metadata)]));
    let shown = shown_of(&text);
    assert_eq!(shown[0], "pod.yaml:8:14 error[bad] `nginx` is wrong");
    assert!(shown[1].contains("nothing that `bad` finds"), "{shown:?}");
}

#[test]
fn an_unknown_annotation_of_ours_is_reported() {
    let metadata = "metadata:\n  annotations: {kubelint.dev/ignored: \"bad: so\"}\n";
    let text = pod(&[("metadata:\n", metadata)]);
    let report = Toy::new(RULES, &[("pod.yaml", &text)]).decide();
    let entry = &report.entries[0];
    assert_eq!(
        entry.message,
        "kubelint knows no annotation `kubelint.dev/ignored`"
    );
    assert_eq!(entry.help, "did you mean `kubelint.dev/ignore`?");
}

#[test]
fn annotations_of_other_linters_allow_what_corresponds() {
    let rules = &[
        (
            "security/privileged",
            "error",
            "aliases: [\"kube-linter:privileged-container\"]",
        ),
        ("security/other", "error", ""),
        ("hygiene/unused-suppression", "warning", ""),
    ];
    let metadata = "metadata:\n  annotations:\n    ignore-check.kube-linter.io/privileged-container: it must\n    ignore-check.kube-linter.io/unknown: so\n";
    let text = pod(&[("metadata:\n", metadata)]);
    let mut toy = Toy::new(rules, &[("pod.yaml", &text)]);
    toy.finds("privileged", "pod.yaml", "nginx");
    toy.finds("other", "pod.yaml", "nginx");
    assert_eq!(
        toy.shown(),
        [
            "pod.yaml:11:14 error[other] `nginx` is wrong",
            "pod.yaml:11:14 error[privileged] `nginx` is wrong (suppressed: it must)",
        ]
    );
}

#[test]
fn the_configuration_allows_by_path_of_the_place_to_edit() {
    let mut toy = Toy::new(RULES, &[("new/pod.yaml", POD), ("old/pod.yaml", POD)]);
    let ignore = PathIgnore::new(RuleId::new("bad"), "old", "to be deleted").unwrap();
    toy.settings.ignores.push(ignore);
    let related = toy.span("old/pod.yaml", "nginx");
    let new = toy.finding("new/pod.yaml", "nginx").related(related, "");
    toy.found("bad", new);
    toy.finds("bad", "old/pod.yaml", "nginx");
    toy.finds("dubious", "old/pod.yaml", "nginx");
    let report = toy.decide();
    assert_eq!(
        shown(&report),
        [
            "new/pod.yaml:8:14 error[bad] `nginx` is wrong",
            "old/pod.yaml:8:14 error[bad] `nginx` is wrong (suppressed: to be deleted)",
            "old/pod.yaml:8:14 warning[dubious] `nginx` is wrong",
        ]
    );
    assert_eq!(report.summary.suppressed, 1);
}
