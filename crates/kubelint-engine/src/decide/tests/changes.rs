use super::*;
use crate::decide::{Baseline, FoundBefore};

/// A toy of three equal files, in which `bad` finds the same in each of `paths`.
fn toy(paths: &[&str]) -> Toy {
    let mut toy = Toy::new(RULES, &[("a.yaml", POD), ("b.yaml", POD), ("c.yaml", POD)]);
    for path in paths {
        toy.finds("bad", path, "nginx");
    }
    toy
}

/// The paths of what a change brought.
fn brought(before: Toy, mut now: Toy) -> Vec<String> {
    now.settings.before = Some(FoundBefore::of(&before.decide()));
    let report = now.decide();
    let new = report.entries.iter().filter(|it| it.counts());
    new.map(|it| {
        let source = report.sources.get(it.primary.place.span.source);
        source.path().to_string()
    })
    .collect()
}

#[test]
fn what_exceeds_what_was_there_is_new() {
    for (before, now, expected) in [
        (&[][..], &["a.yaml"][..], &["a.yaml"][..]),
        (&["a.yaml"], &["a.yaml"], &[]),
        (&["a.yaml"], &["c.yaml"], &[]),
        (&["a.yaml", "b.yaml"], &["c.yaml"], &[]),
        (&["b.yaml"], &["a.yaml", "b.yaml"], &["a.yaml"]),
        (
            &["b.yaml", "c.yaml"],
            &["a.yaml", "b.yaml", "c.yaml"],
            &["a.yaml"],
        ),
        // One moved, one came: which is which, nobody can tell.
        (&["c.yaml"], &["a.yaml", "b.yaml"], &["b.yaml"]),
    ] {
        assert_eq!(
            brought(toy(before), toy(now)),
            expected,
            "{before:?} {now:?}"
        );
    }
}

#[test]
fn what_was_guessed_is_new_when_it_is_certain() {
    let with = |confidence| {
        let mut toy = toy(&[]);
        toy.settings.min_confidence = Confidence::Low;
        let finding = toy.finding("a.yaml", "nginx").confidence(confidence);
        toy.found("bad", finding);
        toy
    };
    let (low, medium, high) = (Confidence::Low, Confidence::Medium, Confidence::High);
    for (before, now, is_new) in [
        (low, low, false),
        (low, medium, false),
        (low, high, true),
        (medium, high, false),
        (high, medium, false),
    ] {
        let new = brought(with(before), with(now));
        assert_eq!(!new.is_empty(), is_new, "{before:?} {now:?}");
    }
}

#[test]
fn of_baseline_and_before_the_higher_count_holds() {
    let baseline = Baseline::of(&toy(&["a.yaml"]).decide().entries);
    let before = FoundBefore::of(&toy(&["a.yaml", "b.yaml"]).decide());
    let mut now = toy(&["a.yaml", "b.yaml", "c.yaml"]);
    now.settings.baseline = Some(baseline);
    now.settings.before = Some(before);
    let summary = now.decide().summary;
    assert_eq!(
        (summary.baselined, summary.unchanged, summary.error),
        (1, 1, 1)
    );
}
