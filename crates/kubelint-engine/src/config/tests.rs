use super::*;

fn mistakes(text: &str, trust: Trust) -> String {
    match parse("kubelint.yaml", text, trust) {
        Ok(_) => String::new(),
        Err(mistakes) => crate::mistake::lines(&mistakes),
    }
}

#[test]
fn everything_is_read() {
    let layer = parse(
        "kubelint.yaml",
        r"
root: true
kubernetes-version: 1.30
cluster: {nodes: [{count: 3, cpu: 4, memory: 16Gi}]}
profile: strict
select: [api]
extend-select: [toy]
ignore:
  - other
  - {rule: [a, b], path: legacy/, reason: goes away in May}
rules:
  a: off
  b: {level: warning, params: {max: 3}}
external: [Secret/app-*, {kind: ConfigMap, name: c, namespace: n}]
repository: github.com/org/name
kinds: [{group: example.com, kind: Fleet, pod-template: spec.template}]
packs: [lint/house]
baseline: lint/baseline.json
min-confidence: low
fail-on: never
",
        Trust::Repository,
    )
    .unwrap();
    assert_eq!(layer.root, Some(true));
    let version = KubernetesVersion {
        major: 1,
        minor: 30,
    };
    assert_eq!(layer.kubernetes_version, Some(version));
    let nodes = layer.nodes.unwrap();
    assert_eq!((nodes[0].count, nodes[0].cpu.as_deref()), (3, Some("4")));
    assert_eq!(layer.profile, Some(Profile::Strict));
    assert_eq!(layer.select.unwrap()[0].text, "api");
    assert_eq!(layer.ignore[0].text, "other");
    assert_eq!(layer.path_ignores[0].rules.len(), 2);
    assert_eq!(layer.path_ignores[0].reason, "goes away in May");
    assert_eq!(layer.rules[0].level, Some(Level::Off));
    assert_eq!(layer.rules[1].level, Some(Level::On(Severity::Warning)));
    assert_eq!(layer.rules[1].params[0].value, Some(Param::Int(3)));
    assert_eq!(layer.external[0].name, "app-*");
    assert_eq!(layer.external[1].namespace.as_deref(), Some("n"));
    assert_eq!(layer.repository, ["github.com/org/name"]);
    assert_eq!(layer.kinds[0].pod_template, "spec.template");
    assert_eq!(layer.fail_on, Some(FailOn::Never));
    assert_eq!(layer.min_confidence, Some(Confidence::Low));
    let place = layer.baseline.unwrap().place.unwrap();
    assert_eq!((place.start.line, place.start.column), (18, 11));
}

#[test]
fn mistakes_have_places_and_hints() {
    for (text, mistake) in [
        (
            "seelct: [a]\n",
            "kubelint.yaml:1:1: unknown key `seelct`; did you mean `select`?",
        ),
        (
            "select: api\n",
            "kubelint.yaml:1:9: `select`: a list of strings is meant here, not a string",
        ),
        (
            "fail-on: eror\n",
            "kubelint.yaml:1:10: `fail-on`: `eror` is none of error, warning, info, never; did you mean `error`?",
        ),
        (
            "rules:\n  a: of\n",
            "kubelint.yaml:2:6: `a`: `of` is none of off, info, warning, error; did you mean `off`?",
        ),
        (
            "rules:\n  a: {levl: off}\n",
            "kubelint.yaml:2:7: unknown key `levl`; did you mean `level`?",
        ),
        (
            "ignore:\n- {rule: a, path: b}\n",
            "kubelint.yaml:2:3: the key `reason` is missing",
        ),
        (
            "ignore:\n- {rule: a, path: b, reason: ' '}\n",
            "kubelint.yaml:2:30: `reason` is empty",
        ),
        (
            "kubernetes-version: new\n",
            "kubelint.yaml:1:21: `kubernetes-version`: a version as `1.31` is meant here",
        ),
        (
            "cluster: {nodes: 0}\n",
            "kubelint.yaml:1:18: `nodes`: at least 1 is meant here",
        ),
        (
            "external: [app]\n",
            "kubelint.yaml:1:12: an object is named by kind and name here, as `Secret/app-credentials`",
        ),
        (
            "- a\n",
            "kubelint.yaml:1:1: a mapping is meant here, not a list",
        ),
        ("a: [\n", "kubelint.yaml:1:"),
    ] {
        let found = mistakes(text, Trust::Repository);
        assert!(found.contains(mistake), "{text}: {found}");
    }
}

#[test]
fn a_repository_cannot_widen() {
    for (text, mistake) in [
        (
            "online: true\n",
            "kubelint.yaml:1:1: a repository's configuration cannot set `online`",
        ),
        (
            "select: [a]\nallow-registry: [localhost]\n",
            "kubelint.yaml:2:1: a repository's configuration cannot set",
        ),
        (
            "packs: [../house]\n",
            "kubelint.yaml:1:9: `packs`: `../house` lies outside the root",
        ),
        ("packs: [a/../../house]\n", "lies outside the root"),
        (
            "baseline: /etc/passwd\n",
            "kubelint.yaml:1:11: `baseline`: `/etc/passwd` lies outside the root",
        ),
        ("baseline: ~/b\n", "lies outside the root"),
        ("baseline: 'C:\\b'\n", "lies outside the root"),
    ] {
        let found = mistakes(text, Trust::Repository);
        assert!(found.contains(mistake), "{text}: {found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
    assert_eq!(mistakes("packs: [../house]\n", Trust::Person), "");
}

#[test]
fn the_schema_names_every_key() {
    let schema = json_schema();
    for field in FIELDS {
        assert!(
            schema.contains(&format!("\"{}\": {{", field.key)),
            "{}",
            field.key
        );
    }
    assert_eq!(schema.matches('{').count(), schema.matches('}').count());
    assert_eq!(schema.matches('[').count(), schema.matches(']').count());
}
