//! Where references and selectors lead, in small repositories.

use std::fmt::Write as _;

use kubelint_model::link::{Missing, Outcome, PartOutcome, TargetOutcome};
use kubelint_model::{DeploymentGraph, Known, Needs, Resource, ResourceId, Targets};
use kubelint_parser::Span;
use kubelint_parser::source::{MemorySources, Sources};

fn graph(files: &[(&str, String)]) -> DeploymentGraph {
    let sources = MemorySources::new(files.iter().map(|(path, text)| (*path, text.as_str())));
    let needs = Needs {
        links: true,
        ..Needs::default()
    };
    let targets = Targets::of(sources.list());
    DeploymentGraph::read(&sources, targets, Vec::new(), &Known::default(), needs)
}

/// Checks what the links of `files` are, as text: one line each.
fn check(files: &[(&str, &str)], expected: &str) {
    let files: Vec<(&str, String)> = files.iter().map(|it| (it.0, it.1.to_owned())).collect();
    assert_eq!(shown(&graph(&files)), expected);
}

fn name(resource: &Resource) -> String {
    let name = resource.name.as_deref().unwrap_or("-");
    match &resource.namespace {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    }
}

fn names(graph: &DeploymentGraph, word: &str, ids: &[ResourceId]) -> String {
    let ids = ids.iter().map(|it| name(graph.resource(*it)));
    let ids: Vec<String> = ids.collect();
    if ids.is_empty() {
        String::new()
    } else {
        format!(" {word} {}", ids.join(" "))
    }
}

fn text(graph: &DeploymentGraph, span: Span) -> &str {
    span.range.of(graph.sources.get(span.source).text())
}

/// All links, as text.
fn shown(graph: &DeploymentGraph) -> String {
    let mut shown = String::new();
    for link in &graph.links.references {
        let (from, target) = (name(graph.resource(link.from)), &link.target);
        let _ = write!(shown, "{from} > {} {}:", target.kind, target.name);
        shown += &match &link.outcome {
            Outcome::Resolved {
                ring, candidates, ..
            } => names(graph, ring.as_str(), candidates),
            Outcome::Missing(missing) => missing_text(graph, missing),
            Outcome::External(_) => " external".into(),
            Outcome::Unknown => " unknown".into(),
        };
        if let Some(part) = &link.part {
            let _ = write!(shown, ", {}", part.text);
            shown += match part.outcome {
                PartOutcome::Present(span) => {
                    assert!(text(graph, span).starts_with(&part.text));
                    " present"
                }
                PartOutcome::Absent => " absent",
                PartOutcome::Unknown => " unknown",
            };
        }
        shown.push('\n');
    }
    for selection in &graph.links.selections {
        let from = name(graph.resource(selection.from));
        let ids: Vec<ResourceId> = selection.picked.iter().map(|it| it.0).collect();
        let ring = selection.ring.map_or("nothing", |it| it.as_str());
        let ids = names(graph, ring, &ids);
        let picked = if ids.is_empty() { " nothing" } else { &ids };
        let elsewhere = names(graph, "elsewhere", &selection.elsewhere);
        let unknown = if selection.is_unknown { " unknown" } else { "" };
        let _ = writeln!(shown, "{from} picks:{picked}{elsewhere}{unknown}");
    }
    for port in &graph.links.target_ports {
        let service = graph.resource(port.service);
        let target = graph.node(service.file, port.node).as_str();
        let outcome = match port.outcome {
            TargetOutcome::Declared(_) => "declared",
            TargetOutcome::Undeclared => "undeclared",
            TargetOutcome::Unknown => "unknown",
        };
        let target = target.unwrap_or_default();
        let _ = writeln!(shown, "{} port {target}: {outcome}", name(service));
    }
    shown
}

fn missing_text(graph: &DeploymentGraph, missing: &Missing) -> String {
    let mut shown = String::from(" missing");
    shown += &names(graph, "near", &missing.near);
    shown += &names(graph, "other namespace", &missing.other_namespace);
    shown += &names(graph, "in some builds", &missing.in_some_builds);
    shown += &names(graph, "elsewhere", &missing.elsewhere);
    if missing.mentioned.is_some() {
        shown += " mentioned";
    }
    for path in &missing.absent_files {
        let _ = write!(shown, " absent {}", path.as_str());
    }
    if missing.may_be_unseen {
        shown += " may be unseen";
    }
    shown
}

/// A Deployment whose container has `more`.
fn deployment(name: &str, more: &str) -> String {
    format!(
        "\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers: [{{name: app, image: app, {more}}}]
"
    )
}

/// An entry of a container that takes all variables of a ConfigMap.
fn env_from(name: &str) -> String {
    format!("envFrom: [{{configMapRef: {{name: '{name}'}}}}]")
}

fn config_map(name: &str, data: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n{data}\n")
}

fn service(name: &str, spec: &str) -> String {
    format!("apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {spec}\n")
}

#[test]
fn rings_and_near_misses() {
    check(
        &[
            ("a/app.yaml", &deployment("one", &env_from("app-config"))),
            ("a/config.yaml", &config_map("app-config", "data: {a: b}")),
            ("a/typo.yaml", &deployment("two", &env_from("app-confg"))),
            ("b/app.yaml", &deployment("three", &env_from("app-config"))),
            ("b/typo.yaml", &deployment("four", &env_from("app-confg"))),
            ("b/none.yaml", &deployment("five", &env_from("other"))),
            ("b/later.yaml", &deployment("six", &env_from("${NAME}"))),
            (
                "b/constant.yaml",
                &deployment("seven", &env_from("MAP_NAME")),
            ),
        ],
        "\
one > ConfigMap app-config: directory app-config
two > ConfigMap app-confg: missing near app-config
three > ConfigMap app-config: outward app-config
seven > ConfigMap MAP_NAME: unknown
six > ConfigMap ${NAME}: unknown
five > ConfigMap other: missing
four > ConfigMap app-confg: missing
",
    );
}

#[test]
fn near_misses_that_have_an_owner() {
    check(
        &[
            ("a.yaml", &deployment("order", &env_from("order-config"))),
            ("b.yaml", &deployment("orders", &env_from("orders-config"))),
            ("c.yaml", &config_map("order-config", "data: {a: b}")),
        ],
        "\
order > ConfigMap order-config: directory order-config
orders > ConfigMap orders-config: missing
",
    );
}

#[test]
fn keys() {
    let key = |map: &str, key: &str| {
        format!("{{name: X, valueFrom: {{configMapKeyRef: {{name: {map}, key: {key}}}}}}}")
    };
    let env = [
        key("full", "a"),
        key("full", "b"),
        key("empty", "a"),
        key("made", "a"),
        key("made", "b"),
        key("made-open", "b"),
        key("full", "'${KEY}'"),
    ];
    let maps = [
        config_map("full", "data: {a: x}"),
        config_map("empty", "data: {}"),
    ];
    check(
        &[
            (
                "a.yaml",
                &deployment("app", &format!("env: [{}]", env.join(", "))),
            ),
            (
                "kustomization.yaml",
                "\
resources: [a.yaml, maps.yaml]
configMapGenerator:
- {name: made, literals: [a=x]}
- {name: made-open, envs: [x.env]}
",
            ),
            ("maps.yaml", &maps.join("---\n")),
            ("x.env", "a=b\n"),
        ],
        "\
app > ConfigMap full: directory full, a present
app > ConfigMap full: directory full, b absent
app > ConfigMap empty: directory empty, a unknown
app > ConfigMap made: directory made, a present
app > ConfigMap made: directory made, b absent
app > ConfigMap made-open: directory made-open, b unknown
app > ConfigMap full: directory full, ${KEY} unknown
",
    );
}

/// A workload that reads these keys of the ConfigMap `c`.
fn reads(name: &str, keys: &str) -> String {
    let keys = keys.split(' ');
    let env = keys.map(|it| {
        format!("{{name: {it}, valueFrom: {{configMapKeyRef: {{name: c, key: {it}}}}}}}, ")
    });
    deployment(name, &format!("env: [{}]", env.collect::<String>()))
}

#[test]
fn keys_that_generators_add() {
    let merges = |key: &str| {
        format!("configMapGenerator: [{{name: c, behavior: merge, literals: [{key}=1]}}]\n")
    };
    check(
        &[
            ("base/app.yaml", &reads("app", "A B C D")),
            (
                "base/kustomization.yaml",
                "resources: [app.yaml]\nconfigMapGenerator: [{name: c, literals: [A=1]}]\n",
            ),
            (
                "part/kustomization.yaml",
                &format!("kind: Component\n{}", merges("C")),
            ),
            ("part/part.yaml", &reads("part", "A D")),
            (
                "over/kustomization.yaml",
                &format!(
                    "resources: [../base, over.yaml]\ncomponents: [../part]\n{}",
                    merges("B")
                ),
            ),
            ("over/over.yaml", &reads("over", "A B C D")),
        ],
        "\
app > ConfigMap c: directory c, A present
app > ConfigMap c: directory c, B present
app > ConfigMap c: directory c, C present
app > ConfigMap c: directory c, D absent
over > ConfigMap c: directory c, A present
over > ConfigMap c: directory c, B present
over > ConfigMap c: directory c, C present
over > ConfigMap c: directory c, D absent
part > ConfigMap c: directory c, A present
part > ConfigMap c: directory c, D absent
",
    );
}

#[test]
fn keys_of_what_generators_replace() {
    let generates = |behavior: &str, key: &str| {
        format!("configMapGenerator: [{{name: c, behavior: {behavior}, literals: [{key}=1]}}]\n")
    };
    check(
        &[
            ("base/app.yaml", &reads("app", "A B C")),
            ("base/c.yaml", &config_map("c", "data: {A: x}")),
            ("base/kustomization.yaml", "resources: [app.yaml, c.yaml]\n"),
            (
                "over/kustomization.yaml",
                &format!(
                    "resources: [../base, over.yaml]\n{}",
                    generates("replace", "B")
                ),
            ),
            ("over/over.yaml", &reads("over", "A B")),
            // What it is merged into is not there to be read.
            (
                "remote/kustomization.yaml",
                &format!("resources: [github.com/o/r]\n{}", generates("merge", "A")),
            ),
            ("remote/remote.yaml", &reads("remote", "A B")),
            // A patch may add keys to what a generator makes.
            (
                "patched/kustomization.yaml",
                &format!(
                    "{}patches: [{{patch: '[{{op: add, path: /data/B, value: x}}]', target: {{kind: ConfigMap}}}}]\n",
                    generates("create", "A")
                ),
            ),
            ("patched/patched.yaml", &reads("patched", "A B")),
        ],
        "\
app > ConfigMap c: directory c, A present
app > ConfigMap c: directory c, B present
app > ConfigMap c: directory c, C absent
over > ConfigMap c: directory c, A absent
over > ConfigMap c: directory c, B present
patched > ConfigMap c: directory c, A present
patched > ConfigMap c: directory c, B unknown
remote > ConfigMap c: directory c, A present
remote > ConfigMap c: directory c, B unknown
",
    );
}

#[test]
fn namespaces() {
    let in_namespace = |text: String, namespace: &str| {
        text.replacen(
            "metadata: {",
            &format!("metadata: {{namespace: {namespace}, "),
            1,
        )
    };
    let app = |name: &str| in_namespace(deployment(name, &env_from(&format!("for-{name}"))), "a");
    let map =
        |name: &str, namespace: &str| in_namespace(config_map(name, "data: {a: b}"), namespace);
    check(
        &[
            ("1.yaml", &app("same")),
            ("2.yaml", &app("other")),
            ("3.yaml", &app("none")),
            ("4.yaml", &deployment("unset", &env_from("for-other"))),
            ("5.yaml", &map("for-same", "a")),
            ("6.yaml", &map("for-other", "b")),
            ("7.yaml", &config_map("for-none", "data: {a: b}")),
        ],
        "\
a/same > ConfigMap for-same: directory a/for-same
a/other > ConfigMap for-other: missing other namespace b/for-other
a/none > ConfigMap for-none: directory for-none
unset > ConfigMap for-other: directory b/for-other
",
    );
}

/// An Ingress that sends requests to `port` of the Service `name`.
fn ingress(name: &str, port: &str) -> String {
    format!(
        "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: in}}
spec:
  defaultBackend: {{service: {{name: {name}, port: {{{port}}}}}}}
"
    )
}

#[test]
fn ports_of_services() {
    check(
        &[
            ("1.yaml", &ingress("web", "number: 80")),
            ("2.yaml", &ingress("web", "number: 81")),
            ("3.yaml", &ingress("web", "name: http")),
            ("4.yaml", &ingress("web", "name: https")),
            ("5.yaml", &ingress("away", "number: 81")),
            ("6.yaml", &ingress("wbe", "number: 81")),
            (
                "7.yaml",
                &service("web", "{ports: [{name: http, port: 80}]}"),
            ),
            (
                "8.yaml",
                &service("away", "{type: ExternalName, externalName: a.b}"),
            ),
        ],
        "\
in > Service web: directory web, 80 present
in > Service web: directory web, 81 absent
in > Service web: directory web, http present
in > Service web: directory web, https absent
in > Service away: directory away, 81 unknown
in > Service wbe: missing
",
    );
}

#[test]
fn other_relations() {
    check(
        &[(
            "a.yaml",
            "\
apiVersion: v1
kind: Pod
metadata: {name: pod}
spec:
  serviceAccountName: runner
  imagePullSecrets: [{name: pull}]
  volumes:
  - {name: a, persistentVolumeClaim: {claimName: store}}
  - {name: b, secret: {secretName: keys}}
  containers: [{name: c, image: c}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: store}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: bind}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: ServiceAccount, name: runner}
- {kind: ServiceAccount, name: walker}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scale}
spec: {scaleTargetRef: {apiVersion: extensions/v1beta1, kind: Deployment, name: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {selector: {}, template: {spec: {containers: [{name: a, image: a}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: set}
spec: {serviceName: peers, selector: {}, template: {spec: {containers: [{name: a, image: a}]}}}
",
        )],
        "\
pod > ServiceAccount runner: file runner
pod > Secret pull: missing
pod > PersistentVolumeClaim store: file store
pod > Secret keys: missing
bind > Role reader: missing
bind > ServiceAccount runner: file runner
bind > ServiceAccount walker: missing
scale > Deployment web: file web
set > Service peers: missing
",
    );
}

#[test]
fn selections() {
    let labelled = |name: &str, label: &str| {
        deployment(name, "ports: []").replace("labels: {", &format!("labels: {{tier: {label}, "))
    };
    check(
        &[
            ("a/1.yaml", &labelled("one", "front")),
            ("a/2.yaml", &labelled("two", "back")),
            ("a/3.yaml", &labelled("three", "'${TIER}'")),
            (
                "a/s1.yaml",
                &service("s1", "{selector: {tier: back, app: two}}"),
            ),
            ("a/s2.yaml", &service("s2", "{selector: {app: four}}")),
            (
                "a/s3.yaml",
                &service("s3", "{selector: {app: three, tier: back}}"),
            ),
            ("a/s4.yaml", &service("s4", "{selector: {app: '${APP}'}}")),
            ("a/s5.yaml", &service("s5", "{ports: [{port: 80}]}")),
            (
                "a/policy.yaml",
                "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: policy}
spec:
  podSelector:
    matchExpressions:
    - {key: tier, operator: In, values: [front, back]}
    - {key: app, operator: NotIn, values: [one, three]}
",
            ),
            (
                "a/all.yaml",
                "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all}
spec: {podSelector: {}}
",
            ),
            ("b/s6.yaml", &service("s6", "{selector: {app: one}}")),
        ],
        "\
all picks: directory one two three
policy picks: directory two
s1 picks: directory two
s2 picks: nothing
s3 picks: nothing unknown
s4 picks: nothing unknown
s6 picks: outward one
",
    );
}

#[test]
fn labels_from_kustomizations() {
    let bare = deployment("app", "ports: []").replace("app: app", "name: app");
    let kustomization = "resources: [app.yaml, service.yaml]\ncommonLabels: {tier: web}\n";
    check(
        &[
            ("app.yaml", &bare),
            ("kustomization.yaml", kustomization),
            ("service.yaml", &service("s", "{selector: {tier: web}}")),
            ("t.yaml", &service("t", "{selector: {tier2: web}}")),
        ],
        "\
s picks: nothing unknown
t picks: nothing
",
    );
}

#[test]
fn target_ports() {
    let ports =
        "ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]";
    check(
        &[
            ("app.yaml", &deployment("app", ports)),
            (
                "service.yaml",
                &service(
                    "s",
                    "
  selector: {app: app}
  ports:
  - {port: 1, targetPort: http}
  - {port: 2, targetPort: htpp}
  - {port: 3, targetPort: 8080}
  - {port: 4}
  - {port: 5, targetPort: dns}
  - {port: 6, targetPort: dns, protocol: UDP}
  - {port: 7, targetPort: '${PORT}'}
  - {port: 8080, targetPort: 0}
  - {port: 9, targetPort: '8081'}",
                ),
            ),
            (
                "none.yaml",
                &service("none", "{selector: {app: x}, ports: [{port: 80}]}"),
            ),
        ],
        "\
none picks: nothing
s picks: directory app
none port 80: unknown
s port http: declared
s port htpp: undeclared
s port 8080: declared
s port 4: undeclared
s port dns: undeclared
s port dns: declared
s port ${PORT}: unknown
s port 8080: declared
s port 8081: unknown
",
    );
}

#[test]
fn target_ports_that_patches_add() {
    let patch = |more: &str| {
        deployment("app", more)
            .replace("apiVersion", "\napiVersion")
            .trim_start()
            .to_owned()
    };
    let service = service(
        "s",
        "{selector: {app: app}, ports: [{port: 80, targetPort: http}]}",
    );
    for (more, expected) in [
        ("ports: [{name: http, containerPort: 80}]", "unknown"),
        ("tty: true", "undeclared"),
    ] {
        let expected = format!("s picks: directory app\ns port http: {expected}\n");
        check(
            &[
                ("app.yaml", &deployment("app", "tty: false")),
                (
                    "kustomization.yaml",
                    "resources: [app.yaml, service.yaml]\npatches: [{path: patch.yaml}]\n",
                ),
                ("patch.yaml", &patch(more)),
                ("service.yaml", &service),
            ],
            &expected,
        );
    }
}

#[test]
fn ratios_and_who_refers() {
    let graph = graph(&[
        ("a.yaml", deployment("a", &env_from("map"))),
        ("b.yaml", deployment("b", &env_from("map"))),
        ("c.yaml", deployment("c", &env_from("gone"))),
        ("map.yaml", config_map("map", "data: {a: b}")),
        ("tests/d.yaml", deployment("d", &env_from("gone"))),
    ]);
    let ratios: Vec<_> = graph.links.resolved.values().collect();
    assert_eq!(ratios.len(), 1);
    assert_eq!((ratios[0].resolved, ratios[0].all), (2, 3));
    let map = graph
        .resources_of(Some(""), "ConfigMap")
        .next()
        .map(|it| it.id);
    let incoming = map.map(|it| {
        let from = graph.incoming(it).map(|it| name(graph.resource(it.from)));
        from.collect::<Vec<_>>()
    });
    assert_eq!(incoming, Some(vec!["a".to_owned(), "b".to_owned()]));
}
