//! What pages without code can say: each selection, path and predicate over one small project.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use kubelint_engine::settings::Layer;
use kubelint_engine::{Confidence, Input, Registry, RuleSource, Settings, lint};
use kubelint_parser::source::{MemorySources, Sources};

const PROJECT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: { example.com/owner.team: a }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      securityContext: { runAsNonRoot: true }
      initContainers:
        - name: setup
          image: example.com/setup:1
      containers:
        - name: app
          image: example.com/app:latest
          ports: [{ containerPort: 80 }, { name: metrics, containerPort: 9090 }]
          env: [{ name: A, value: \"1\" }]
          resources: { limits: { memory: 1Gi, cpu: 500m } }
          securityContext:
            runAsNonRoot: false
            capabilities: { add: [NET_ADMIN, SYS_TIME], drop: [ALL] }
          volumeMounts: [{ name: data, mountPath: /data }]
      volumes: [{ name: data, hostPath: { path: /var/run/docker.sock } }]
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: tidy
spec:
  schedule: '* * * * *'
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - image: example.com/tidy:1
---
apiVersion: v1
kind: Secret
metadata: { name: s }
stringData: { token: hunter2 }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: i }
spec:
  rules:
    - host: a.example.com
    - http: { paths: [] }
";

/// The findings of a rule with this front matter, as `line:column message [field]`.
fn findings(front: &str, files: &[(&str, &str)]) -> Vec<String> {
    let page = format!(
        "---\ntitle: Toy\nseverity: error\nstatus: stable\nsince: 0.1.0\n{front}\n---\nFlagged.\n\n## Why\nSo.\n\n\
         ## Bad\nNo.\n\n## Good\nYes.\n\n## Remedy\nDo.\n\n## Limits\nNone.\n"
    );
    let source = RuleSource {
        path: "api/toy.md",
        text: &page,
        code: None,
    };
    let registry = Registry::build(&[source])
        .unwrap_or_else(|it| panic!("{}", kubelint_engine::mistake::lines(&it)));
    let layer = Layer {
        min_confidence: Some(Confidence::Low),
        ..Layer::default()
    };
    let settings = Settings::resolve(&registry, &[layer]).unwrap();
    let sources = MemorySources::new(files.iter().copied());
    let targets = sources.list().to_vec();
    let input = Input {
        sources: &sources,
        targets: kubelint_model::Targets::of(&targets),
        rendered: Vec::new(),
        images: kubelint_model::pulled::ImageSources::default(),
    };
    let report = lint(input, &registry, &settings);
    let line = |entry: &kubelint_engine::Entry| {
        let span = entry.primary.place.span;
        let at = report
            .sources
            .get(span.source)
            .line_column(span.range.start);
        let confidence = entry.confidence.as_str();
        format!("{}:{} {} ({confidence})", at.line, at.column, entry.message)
    };
    report.entries.iter().map(line).collect()
}

#[track_caller]
fn check(front: &str, expected: &[&str]) {
    assert_eq!(findings(front, &[("a.yaml", PROJECT)]), expected, "{front}");
}

#[test]
fn selections_and_names() {
    check(
        "check: {each: containers, field: stdin, must: exists}\nmessage: '{kind} {resource} {name} {container} {field}'",
        &[
            "14:17 Deployment web setup setup spec.template.spec.initContainers[setup].stdin (high)",
            "17:17 Deployment web app app spec.template.spec.containers[app].stdin (high)",
            "40:15 CronJob tidy tidy  spec.jobTemplate.spec.template.spec.containers[0].stdin (high)",
        ],
    );
    check(
        "check: {each: regular-containers, field: image, must: {matches: 'example.com/*:latest'}}\nmessage: '{name} {value}'",
        &["40:22 tidy example.com/tidy:1 (high)"],
    );
    check(
        "check: {each: init-containers, field: image, must: absent}\nmessage: '{name}'",
        &["15:18 setup (high)"],
    );
    check(
        "kinds: [CronJob]\ncheck: {each: pod-templates, field: serviceAccountName, must: exists}\nmessage: '{kind}'",
        &["37:9 CronJob (high)"],
    );
    check(
        "check: {each: volumes, field: hostPath.path, must: {not-matches: ['*.sock', '/etc*']}}\nmessage: '{name} {value}'",
        &["26:49 data /var/run/docker.sock (high)"],
    );
    check(
        "check: {each: container-ports, field: containerPort, must: {min: 1024}}\nmessage: '{container} {value} {field}'",
        &["19:36 app 80 spec.template.spec.containers[app].ports[80].containerPort (high)"],
    );
    check(
        "check: {each: variables, field: value, must: {not: '1'}}\nmessage: '{container} {name}'",
        &["20:35 app A (high)"],
    );
    check(
        "check: {each: volume-mounts, field: readOnly, default: false, must: {equal: true}}\nmessage: '{name}'",
        &["25:34 data (high)"],
    );
    check(
        "kinds: [networking.k8s.io/Ingress]\ncheck: {each: 'spec.rules[]', field: host, must: exists}\nmessage: '{field}'",
        &["53:7 spec.rules[1].host (high)"],
    );
}

#[test]
fn predicates() {
    let limits = |must: &str| {
        let front = format!(
            "kinds: [Deployment]\ncheck: {{each: regular-containers, field: resources.limits.cpu, must: {must}}}\nmessage: '{{value}}'"
        );
        findings(&front, &[("a.yaml", PROJECT)]).len()
    };
    for (must, count) in [
        ("{min: 100m}", 0),
        ("{min: 1}", 1),
        ("{max: 0.5}", 0),
        ("{max: 499m}", 1),
        ("{in: [500m, 1]}", 0),
        ("{in: [1]}", 1),
        ("{not-in: [500m]}", 1),
        ("{equal: 500m}", 0),
        ("{not: 500m}", 1),
    ] {
        assert_eq!(limits(must), count, "{must}");
    }
    check(
        "kinds: [Deployment]\ncheck: {each: regular-containers, field: 'securityContext.capabilities.add[]', must: {not-in: [SYS_TIME]}}\nmessage: '{value}'",
        &["24:46 SYS_TIME (high)"],
    );
    check(
        "kinds: [Deployment]\ncheck: {each: containers, field: securityContext.capabilities.drop, must: {contains: ALL}}\nmessage: '{name}'",
        &["14:17 setup (high)"],
    );
    check(
        "kinds: [Deployment]\nparams: {allowed: [NET_ADMIN]}\ncheck: {each: containers, field: 'securityContext.capabilities.add[]', must: {in: $allowed}}\nmessage: '{value}'",
        &["24:46 SYS_TIME (high)"],
    );
    check(
        "kinds: [Deployment]\ncheck: {each: resources, field: 'metadata.annotations[\"example.com/owner.team\"]', must: {equal: b}}\nmessage: '{value} {field}'",
        &["5:42 a metadata.annotations[example.com/owner.team] (high)"],
    );
}

#[test]
fn what_a_container_inherits_and_conditions() {
    check(
        "kinds: [Deployment, CronJob]\ncheck: {each: containers, field: securityContext.runAsNonRoot, inherit: securityContext.runAsNonRoot, must: {equal: true}}\nmessage: '{name}'",
        &["23:27 app (high)", "40:15 tidy (high)"],
    );
    check(
        "check: {each: containers, when: [{field: resources.limits.memory, must: exists}], field: resources.requests.memory, must: exists}\nmessage: '{name}'",
        &["21:11 app (high)"],
    );
}

#[test]
fn the_value_of_a_secret_is_in_no_message() {
    check(
        "kinds: [Secret]\ncheck: {each: resources, field: stringData.token, must: absent}\nmessage: token is `{value}`",
        &["45:22 token is `*******` (high)"],
    );
}

#[test]
fn what_a_patch_may_still_change_is_of_low_confidence() {
    let kustomization = "resources: [a.yaml]\npatches: [{path: p.yaml}]\n";
    let patch =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 3 }\n";
    let files = [
        ("a.yaml", PROJECT),
        ("kustomization.yaml", kustomization),
        ("p.yaml", patch),
    ];
    let front = "kinds: [Deployment]\ncheck: {each: resources, field: spec.replicas, must: {min: 3}}\nmessage: '{value}'";
    assert_eq!(findings(front, &files), ["7:13 2 (low)"]);
    let front = "kinds: [Deployment]\ncheck: {each: resources, field: spec.paused, must: exists}\nmessage: '{name}'";
    assert_eq!(findings(front, &files), ["6:1 web (high)"]);
}
