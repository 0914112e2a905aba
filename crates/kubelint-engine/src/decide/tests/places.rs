use kubelint_parser::source::{Origin, PieceTable};

use super::*;

const VALUES: &str = "image: nginx\n";

/// `POD` as a build renders it, its image from the values.
fn rendered(toy: &Toy, path: &str) -> Rendered {
    let mut pieces = PieceTable::default();
    let template = pieces.origin(Origin {
        span: None,
        verbatim: false,
        via: Vec::new(),
    });
    let value = pieces.origin(Origin {
        span: Some(toy.span("values.yaml", "nginx")),
        verbatim: true,
        via: vec![toy.span("template.yaml", "IMAGE")],
    });
    let start = POD.find("nginx").unwrap() as u32;
    pieces.push(start, template);
    pieces.push("nginx".len() as u32, value);
    Rendered {
        path: SourcePath::new(path),
        text: POD.into(),
        pieces,
    }
}

/// Two builds of one value.
fn builds(values: &str) -> Toy {
    let template = POD.replace("nginx", "IMAGE");
    let files = [
        ("template.yaml", template.as_str()),
        ("values.yaml", values),
    ];
    let mut toy = Toy::with(RULES, &files, &["template.yaml", "values.yaml"], Vec::new());
    for build in ["prod/kustomization.yaml", "dev/kustomization.yaml"] {
        let rendered = rendered(&toy, build);
        toy.graph.sources.add_rendered(rendered);
    }
    toy
}

#[test]
fn what_several_builds_show_is_one_finding_with_their_names() {
    let mut toy = builds(VALUES);
    for build in ["prod", "dev"] {
        let path = format!("{build}/kustomization.yaml");
        for _ in 0..2 {
            toy.finds("bad", &path, "nginx");
        }
    }
    let report = toy.decide();
    assert_eq!(
        shown(&report),
        ["values.yaml:1:8 error[bad] `nginx` is wrong"; 2]
    );
    for entry in &report.entries {
        assert_eq!(entry.builds, ["dev", "prod"]);
        assert_eq!(entry.primary.place.via.len(), 1);
    }
}

#[test]
fn the_worst_of_several_builds_stands_for_all() {
    let mut toy = builds(VALUES);
    let weak = toy.finding("dev/kustomization.yaml", "nginx");
    toy.found("bad", weak.confidence(Confidence::Medium));
    toy.finds("bad", "prod/kustomization.yaml", "nginx");
    let report = toy.decide();
    assert_eq!(report.entries.len(), 1);
    assert_eq!(report.entries[0].severity, Severity::Error);
    assert_eq!(report.entries[0].builds, ["dev", "prod"]);
}

#[test]
fn a_comment_where_the_value_stands_allows_what_is_rendered_from_it() {
    let mut toy = builds("image: nginx # kubelint: ignore[bad] so\n");
    toy.finds("bad", "dev/kustomization.yaml", "nginx");
    let expected = "values.yaml:1:8 error[bad] `nginx` is wrong (suppressed: so)";
    assert_eq!(toy.shown(), [expected]);
}

#[test]
fn a_finding_is_reported_if_any_of_its_places_is_in_a_target() {
    let files = [("a.yaml", POD), ("b.yaml", POD)];
    for (target, expected) in [("a.yaml", 2), ("b.yaml", 2), ("c.yaml", 0)] {
        let mut toy = Toy::new(RULES, &files);
        for file in &mut toy.graph.files {
            file.target = file.path.as_str() == target;
        }
        let related = toy.span("b.yaml", "nginx");
        let both = toy.finding("a.yaml", "nginx").related(related, "");
        toy.found("bad", both);
        for path in ["a.yaml", "b.yaml"] {
            toy.finds("bad", path, "main");
        }
        assert_eq!(toy.shown().len(), expected, "{target}");
    }
}

#[test]
fn nothing_redacted_is_in_the_report() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  key: hunter2\n";
    let mut toy = Toy::new(RULES, &[("pod.yaml", POD), ("secret.yaml", secret)]);
    let place = toy.span("secret.yaml", "hunter2");
    toy.graph.sources.redact(place);
    let mut finding = toy.finding("pod.yaml", "nginx");
    finding.message = "it is `hunter2`".into();
    finding.value = "hunter2".into();
    finding.cause = Cause::text("hunter2");
    let mut finding = finding
        .label("hunter2 here")
        .related(place, "and hunter2 there")
        .help("use hunter2");
    finding.fix = Some(crate::Fix {
        title: "write hunter2".into(),
        applicability: crate::Applicability::Safe,
        edits: vec![crate::Edit {
            span: toy.span("pod.yaml", "nginx"),
            text: "hunter2".into(),
        }],
    });
    toy.found("bad", finding.clone());
    finding.value = "***".into();
    toy.found("bad", finding);
    let report = toy.decide();
    let entries = format!("{:?}", report.entries);
    assert!(!entries.contains("hunter2"), "{entries}");
    assert!(entries.contains("it is `***`"), "{entries}");
    assert!(report.entries[0].fix.is_none());
    // The fingerprint is that of the masked value: it tells nothing of the value itself.
    assert_eq!(report.entries[0].fingerprint, report.entries[1].fingerprint);
}
