//! From files to the graph, as rules see it.

use std::fmt::Write as _;
use std::sync::Arc;

use kubelint_model::view::Handling;
use kubelint_model::{DeploymentGraph, Known, Needs, Targets};
use kubelint_parser::source::{
    MemorySources, Origin, PieceTable, ReadError, Rendered, SourcePath, SourceText, Sources,
};
use kubelint_parser::{Span, TextRange};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers:
      - name: app
        image: python:3.11
";

fn graph_of(
    sources: &dyn Sources,
    targets: &[&str],
    named: &[&str],
    rendered: Vec<Rendered>,
) -> DeploymentGraph {
    let paths =
        |it: &[&str]| -> Vec<SourcePath> { it.iter().map(|it| SourcePath::new(it)).collect() };
    let needs = Needs {
        substitutions: true,
        links: true,
        ..Needs::default()
    };
    let targets = Targets {
        files: &paths(targets),
        named: &paths(named),
        folders: &[],
    };
    DeploymentGraph::read(sources, targets, rendered, &Known::default(), needs)
}

fn graph(files: &[(&str, &str)]) -> DeploymentGraph {
    let sources = MemorySources::new(files.iter().copied());
    let targets: Vec<&str> = files.iter().map(|it| it.0).collect();
    graph_of(&sources, &targets, &[], Vec::new())
}

/// Everything that was found, as text.
fn shown(graph: &DeploymentGraph) -> String {
    let mut text = String::new();
    for file in &graph.files {
        let _ = writeln!(text, "{} is {}", file.path, file.role.as_str());
    }
    for it in &graph.resources {
        let partial = if it.partial { " partial" } else { "" };
        let generated = if it.generated { " generated" } else { "" };
        let name = it.name.as_deref().unwrap_or("-");
        let _ = writeln!(text, "{} {name}{partial}{generated}", it.gvk.kind);
    }
    for note in &graph.plan.notes {
        let _ = writeln!(text, "note: {}", note.text(|it| it.as_str().into()));
    }
    text
}

fn check(files: &[(&str, &str)], expected: &str) {
    assert_eq!(shown(&graph(files)), expected);
}

#[test]
fn what_is_a_manifest() {
    check(
        &[
            (
                "a.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: b}]}\n",
            ),
            ("b.yaml", "apiVersion: v1\nkind: Config\nclusters: []\n"),
            ("c.yaml", "# apiVersion: v1\n# kind: Pod\n"),
            ("d.json", "{\"kind\": \"Service\", \"apiVersion\": \"v1\"}"),
            (
                "e.yaml",
                "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: |\n    apiVersion: v1\n    kind: Pod\n",
            ),
            ("f.yaml", "apiVersion: v2\nname: chart\n"),
            ("g.yaml", "a: apiVersion\nb: kind\n"),
            ("h.yaml", ""),
            ("i.txt", "apiVersion: v1\nkind: Pod\n"),
            ("compose.yaml", "services: {}\n"),
        ],
        "\
a.yaml is manifest
b.yaml is other YAML
c.yaml is other YAML
compose.yaml is compose file
d.json is manifest
e.yaml is manifest
f.yaml is other YAML
g.yaml is other YAML
h.yaml is other YAML
Pod a
Service -
ConfigMap -
",
    );
}

#[test]
fn what_does_not_parse() {
    check(
        &[
            ("broken.yaml", "apiVersion: v1\nkind: Pod\nspec: [\n"),
            (
                "helm.yaml",
                "apiVersion: v1\nkind: Pod\nspec:\n  {{- if x }}\n",
            ),
            ("other.yaml", "a: [\n# apiVersion kind\n"),
            (
                "unquoted.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ x }}\n",
            ),
            (
                "parses.yaml",
                "apiVersion: v1\nkind: Service\nmetadata:\n  name: a-{{ x }}\n",
            ),
        ],
        "\
broken.yaml is manifest
helm.yaml is other YAML
other.yaml is other YAML
parses.yaml is manifest
unquoted.yaml is other YAML
Service a-{{ x }}
note: 2 templates of other tools were not checked: helm.yaml, unquoted.yaml
note: 1 file that mentions manifests does not parse and was not checked: other.yaml
",
    );
}

#[test]
fn whoever_is_named_is_a_manifest() {
    let sources = MemorySources::new([
        ("deploy.txt", "apiVersion: v1\nkind: Pod\nspec: [\n"),
        ("notes.txt", "hello\n"),
        ("t.yaml", "apiVersion: v1\nkind: Pod\nname: {{ x }}\n"),
    ]);
    let named = ["deploy.txt", "notes.txt", "t.yaml", "absent.yaml"];
    let graph = graph_of(&sources, &named, &named, Vec::new());
    assert_eq!(
        shown(&graph),
        "\
deploy.txt is manifest
notes.txt is other
t.yaml is manifest
note: 1 file holds no manifest: notes.txt
"
    );
    let unread: Vec<&str> = graph.unread.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(unread, ["absent.yaml"]);
    assert_eq!(graph.unread[0].1, ReadError::NotFound);
}

#[test]
fn aliases_that_stand_for_too_much_are_not_followed() {
    let mut bomb = String::from("apiVersion: v1\nkind: Secret\nx0: &x0 {a: b}\n");
    for level in 1..12 {
        let _ = write!(bomb, "x{level}: &x{level} [");
        for _ in 0..10 {
            let _ = write!(bomb, "*x{}, ", level - 1);
        }
        bomb.push_str("]\n");
    }
    bomb.push_str("data: *x11\n");
    check(&[("bomb.yaml", &bomb)], "bomb.yaml is manifest\n");
}

#[test]
fn charts() {
    check(
        &[
            ("c/Chart.yaml", "apiVersion: v2\nname: c\n"),
            ("c/values.yaml", "kind: x\napiVersion: y\n"),
            ("c/templates/a.yaml", "kind: {{ x }}\n"),
            (
                "c/crds/a.yaml",
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n",
            ),
        ],
        "\
c/Chart.yaml is chart file
c/crds/a.yaml is manifest
c/values.yaml is chart file
CustomResourceDefinition -
note: 1 Helm chart template was not rendered and not checked
",
    );
}

#[test]
fn lists_and_templates() {
    check(
        &[(
            "l.yaml",
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: s}}\n- apiVersion: v1\n  kind: ConfigMapList\n  items:\n  - {metadata: {name: c}}\n---\napiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {name: t}\nobjects:\n- {apiVersion: v1, kind: Secret, metadata: {name: '${N}'}}\n",
        )],
        "\
l.yaml is manifest
Service s
ConfigMap c
Template t
Secret ${N}
",
    );
}

#[test]
fn patches_are_parts() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {template: {spec: {containers: [{name: app, command: [x]}]}}}\n";
    check(
        &[
            ("base/app.yaml", DEPLOYMENT),
            ("base/kustomization.yaml", "resources: [app.yaml]\n"),
            (
                "over/kustomization.yaml",
                "resources: [../base]\npatches:\n- path: p.yaml\n- path: ops.yaml\n",
            ),
            (
                "over/ops.yaml",
                "[{op: add, path: /spec/replicas, value: 2}]\n",
            ),
            ("over/p.yaml", patch),
            (
                "loose.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}\nspec: {replicas: 3}\n",
            ),
        ],
        "\
base/app.yaml is manifest
base/kustomization.yaml is kustomization
loose.yaml is manifest
over/kustomization.yaml is kustomization
over/ops.yaml is patch
over/p.yaml is patch
Deployment app
Deployment b partial
Deployment app partial
",
    );
}

/// Whether `path` of the Deployment `app` may change under `kustomization`, which stands beside a base.
fn may_change(kustomization: &str, path: &str) -> bool {
    let files = [
        ("base/app.yaml", DEPLOYMENT),
        ("base/kustomization.yaml", "resources: [app.yaml]\n"),
        ("over/kustomization.yaml", kustomization),
        (
            "comp/kustomization.yaml",
            "kind: Component\nimages: [{name: python, newTag: '3.12'}]\n",
        ),
        (
            "other/kustomization.yaml",
            "patches: [{patch: '[{op: add, path: /spec/paused}]', target: {}}]\n",
        ),
    ];
    let sources = MemorySources::new(files);
    // Kustomizations are read even if they are no targets.
    let graph = graph_of(&sources, &["base/app.yaml"], &[], Vec::new());
    graph.may_change(&graph.resources[0], path)
}

#[test]
fn only_an_overlap_counts() {
    let command = "spec.template.spec.containers[app].command";
    let image = "spec.template.spec.containers[app].image";
    let patch = |text: &str| format!("resources: [../base]\npatches:\n- {text}\n");
    let merge = "patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: app}, spec: {template: {spec: {containers: [{name: app, command: [x]}]}}}}'";
    assert!(may_change(&patch(merge), command));
    assert!(!may_change(&patch(merge), image));
    assert!(!may_change(
        &patch(&merge.replace("name: app}", "name: web}")),
        command
    ));
    assert!(!may_change(
        &merge.replace("patch:", "patches: [] #"),
        command
    ));
    let ops = "{target: {kind: Deployment, name: 'a.*'}, patch: '[{op: add, path: /spec/template/spec/containers/0/command}]'}";
    assert!(may_change(&patch(ops), command));
    assert!(!may_change(
        &patch(&ops.replace("Deployment", "Service")),
        command
    ));
    assert!(!may_change(&patch(ops), "spec.paused"));
    assert!(may_change(
        &patch("path: https://example.com/p.yaml"),
        command
    ));
    assert!(may_change(&patch("path: absent.yaml"), command));
    assert!(may_change(
        "resources: [../base]\nimages: [{name: python, newTag: x}]\n",
        image
    ));
    assert!(!may_change(
        "resources: [../base]\nimages: [{name: other, newTag: x}]\n",
        image
    ));
    assert!(may_change(
        "resources: [../base]\nreplicas: [{name: app, count: 2}]\n",
        "spec.replicas"
    ));
    assert!(may_change(
        "resources: [../base]\ncomponents: [../comp]\n",
        image
    ));
    assert!(!may_change(
        "resources: [../base]\ncomponents: [../comp]\n",
        command
    ));
    assert!(may_change(
        "resources: [../base]\ncomponents: ['https://x.y/z']\n",
        command
    ));
    assert!(!may_change(
        "resources: ['https://x.y/z', ../base]\nnamePrefix: a-\n",
        command
    ));
}

/// Whether `path` of the Deployment `app` may change under 1,100 overlays, each with the patch that `patch` makes of its number.
fn may_change_under_many(patch: impl Fn(usize) -> String, path: &str) -> bool {
    let mut files = vec![
        ("base/app.yaml".to_owned(), DEPLOYMENT.to_owned()),
        (
            "base/kustomization.yaml".to_owned(),
            "resources: [app.yaml]\n".to_owned(),
        ),
    ];
    files.extend((0..1_100).map(|at| {
        let text = format!("resources: [../base]\npatches: [{}]\n", patch(at));
        (format!("o{at}/kustomization.yaml"), text)
    }));
    let files = files.iter().map(|(path, text)| (&**path, &**text));
    let sources = MemorySources::new(files);
    let graph = graph_of(&sources, &["base/app.yaml"], &[], Vec::new());
    graph.may_change(&graph.resources[0], path)
}

#[test]
fn many_patches_are_told_apart_by_name_and_only_if_they_differ() {
    let patch = |name: &str, field: &str| {
        format!(
            "{{target: {{name: {name}}}, patch: '[{{op: add, path: /spec/{field}, value: 1}}]'}}"
        )
    };
    let alike = |_| patch("app", "replicas");
    assert!(may_change_under_many(alike, "spec.replicas"));
    assert!(!may_change_under_many(alike, "spec.paused"));
    let for_others = |at| patch(&format!("app-{at}"), "paused");
    assert!(!may_change_under_many(for_others, "spec.paused"));
    // Who compares them all takes time that grows with the square of the text.
    let different = |at| patch("app", &format!("f{at}"));
    assert!(may_change_under_many(different, "spec.paused"));
}

#[test]
fn containers_and_what_they_state() {
    let text = "\
apiVersion: batch/v1
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          initContainers:
          - {name: a, image: b, restartPolicy: Always}
          containers:
          - name: main
            image: b
            args: []
            stdin: true
            ports: [{containerPort: 53, protocol: UDP}]
            volumeMounts: [{name: v, mountPath: /v}]
            readinessProbe: {httpGet: {port: web}, exec: null}
            lifecycle: {preStop: {}}
            resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 500m}}
";
    let graph = graph(&[("a.yaml", text)]);
    let workload = graph.workloads().next().unwrap();
    let template = &workload.templates()[0];
    let containers = template.containers();
    let paths: Vec<String> = containers
        .iter()
        .map(|it| format!("{:?} {}", it.kind, it.path()))
        .collect();
    let spec = "spec.jobTemplate.spec.template.spec";
    assert_eq!(
        paths,
        [
            format!("Sidecar {spec}.initContainers[a]"),
            format!("Regular {spec}.containers[main]"),
        ]
    );
    let main = &containers[1];
    assert!(main.args().is_none() && main.is_interactive());
    let port = main.ports().next().unwrap();
    assert_eq!(
        main.item_path("ports", port.index, port.node),
        format!("{spec}.containers[main].ports[53/UDP]")
    );
    assert_eq!(main.volume_mounts().count(), 1);
    assert!(template.volume_names().is_empty());
    let handlers: Vec<usize> = main
        .probes()
        .iter()
        .chain(&main.hooks())
        .map(|it| it.handlers.len())
        .collect();
    assert_eq!(handlers, [1, 0]);
    assert!(main.requests()[0].quantity > main.limits()[0].quantity);
    assert_eq!(format!("{:?}", template.lifetime), "RunsToEnd");
    let cpu = graph.locate(workload.resource, &main.field_path("resources.limits.cpu"));
    assert_eq!(cpu.range.of(text), "500m");
    let missing = graph.locate(workload.resource, &main.field_path("command"));
    assert!(missing.value.is_none());
    assert_eq!(missing.range.of(text), "main");
}

#[test]
fn pod_templates_of_custom_kinds() {
    let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  volumes: [{name: shared}]\n  templates:\n  - {name: one, container: {image: a}}\n  - {name: two, script: {image: b, source: x}, sidecars: [{name: s}]}\n";
    let custom =
        "apiVersion: x.y/v1\nkind: Thing\nspec: {template: {spec: {containers: [{name: c}]}}}\n";
    let plain = "apiVersion: x.y/v1\nkind: Plain\nspec: {template: {}}\n";
    let jobset = "apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\nspec: {replicatedJobs: [{name: w, template: {spec: {template: {spec: {containers: [{name: c}]}}}}}]}\n";
    let graph = graph(&[
        ("a.yaml", argo),
        ("b.yaml", custom),
        ("c.yaml", plain),
        ("d.yaml", jobset),
    ]);
    let paths: Vec<String> = graph
        .workloads()
        .flat_map(|it| it.templates())
        .flat_map(|it| it.containers())
        .map(|it| it.path())
        .collect();
    assert_eq!(
        paths,
        [
            "spec.templates[one].container",
            "spec.templates[two].script",
            "spec.templates[two].sidecars[s]",
            "spec.template.spec.containers[c]",
            "spec.replicatedJobs[w].template.spec.template.spec.containers[c]",
        ]
    );
    let names = graph.workloads().next().unwrap().templates()[0].volume_names();
    assert_eq!(names[0].value, "shared");
    let handled: Vec<Handling> = graph.workloads().map(|it| it.handling()).collect();
    assert_eq!(
        handled,
        [
            Handling::Unchanged,
            Handling::Completed,
            Handling::Unchanged
        ]
    );
}

#[test]
fn who_validates_pod_templates() {
    let check = |api_version: &str, kind: &str, expected| {
        let text = format!(
            "apiVersion: {api_version}\nkind: {kind}\nspec: {{selector: {{}}, template: {{spec: {{containers: [{{name: c, image: d}}]}}}}}}\n"
        );
        let graph = graph(&[("a.yaml", &text)]);
        let workload = graph.workloads().next().unwrap();
        assert_eq!(workload.handling(), expected, "{kind}");
    };
    check("apps/v1", "DaemonSet", Handling::Validated);
    check(
        "apps.openshift.io/v1",
        "DeploymentConfig",
        Handling::Unchanged,
    );
    check("v1", "DeploymentConfig", Handling::Unchanged);
    check("kubeflow.org/v1", "Notebook", Handling::Completed);
    check("apps/v1", "Invented", Handling::Completed);
}

#[test]
fn resources_of_whole_pods() {
    let text = "\
apiVersion: v1
kind: Pod
spec:
  resources: {requests: {cpu: 2}, limits: {cpu: 1500m}}
  containers: [{name: c, image: d}]
";
    let graph = graph(&[("a.yaml", text)]);
    let template = &graph.workloads().next().unwrap().templates()[0];
    assert!(template.requests()[0].quantity > template.limits()[0].quantity);
    assert_eq!(template.limits()[0].name, "cpu");
}

#[test]
fn places_lead_back_to_resources() {
    let text = "apiVersion: v1\nkind: Template\nobjects:\n- {apiVersion: v1, kind: Service, spec: {ports: [{port: 80}]}}\nmetadata: {name: t}\n---\n# between\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n";
    let graph = graph(&[("a.yaml", text)]);
    let at = |part: &str| {
        let start = text.find(part).unwrap() as u32;
        let range = TextRange::new(start, start + part.len() as u32);
        let span = Span::new(graph.files[0].source, range);
        graph
            .resource_at(span)
            .map(|it| format!("{} {}", it.gvk.kind, graph.path_at(it, range)))
    };
    assert_eq!(at("80").as_deref(), Some("Service spec.ports[80].port"));
    assert_eq!(at("name: t").as_deref(), Some("Template metadata"));
    assert_eq!(at("name: p").as_deref(), Some("Pod metadata"));
    assert_eq!(at("# between"), None);
}

#[test]
fn secrets_are_hidden_in_rendered_texts_and_where_they_came_from() {
    let secret = "apiVersion: v1\nkind: Secret\nstringData: {a: hunter2}\n";
    let values = "password: hunter2\n";
    let sources = MemorySources::new([("c/values.yaml", values), ("c/Chart.yaml", "")]);
    let mut pieces = PieceTable::default();
    let origin = pieces.origin(Origin {
        span: None,
        verbatim: false,
        via: Vec::new(),
    });
    pieces.push(secret.len() as u32, origin);
    let rendered = Rendered {
        path: SourcePath::new("c"),
        text: SourceText::from(secret),
        pieces,
    };
    let graph = graph_of(&sources, &["c/values.yaml"], &[], vec![rendered]);
    assert_eq!(graph.resources.len(), 1);
    let hidden: Vec<String> = graph
        .files
        .iter()
        .map(|it| {
            let source = graph.sources.get(it.source);
            source
                .shown(TextRange::new(0, source.text().len() as u32))
                .into_owned()
        })
        .collect();
    assert_eq!(
        hidden,
        [
            "password: *******\n",
            "apiVersion: v1\nkind: Secret\nstringData: {a: *******}\n"
        ]
    );
}

/// Sources that list their files in another order.
struct Shuffled {
    inner: MemorySources,
    paths: Vec<SourcePath>,
}

impl Sources for Shuffled {
    fn list(&self) -> &[SourcePath] {
        &self.paths
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<SourceText>, ReadError> {
        self.inner.read(path)
    }

    fn exists(&self, path: &SourcePath) -> bool {
        self.inner.exists(path)
    }

    fn is_ignored(&self, path: &SourcePath) -> bool {
        self.inner.is_ignored(path)
    }
}

#[test]
fn manifests_of_the_context_are_read_and_nothing_is_said_of_them() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: b}\n";
    let template = "apiVersion: v1\nkind: Pod\nspec:\n  {{- if x }}\n";
    let sources = MemorySources::new([
        ("deploy/a.yaml", DEPLOYMENT),
        ("other/b.yaml", service),
        ("other/template.yaml", template),
        ("other/data.json", "{}"),
        ("other/b.txt", service),
        ("compose.yaml", "services: {}\n"),
        ("chart/Chart.yaml", "name: c\n"),
        ("chart/templates/b.yaml", service),
    ]);
    let graph = graph_of(&sources, &["deploy/a.yaml"], &[], Vec::new());
    assert_eq!(
        shown(&graph),
        "\
chart/templates/b.yaml is chart template
deploy/a.yaml is manifest
other/b.yaml is manifest
Deployment app
Service b
"
    );
    let targets: Vec<bool> = graph.files.iter().map(|it| it.target).collect();
    assert_eq!(targets, [false, true, false]);
    assert_eq!(graph.left_out, []);
}

#[test]
fn generators_make_objects_that_only_links_see() {
    let graph = graph(&[
        (
            "kustomization.yaml",
            "secretGenerator: [{name: s, namespace: shop, literals: [a=b]}, {literals: [c=d]}]
configMapGenerator:
- name: c
  behavior: merge
",
        ),
        (
            "component/kustomization.yaml",
            "kind: Component\nconfigMapGenerator: [{name: in-component}]\n",
        ),
    ]);
    assert_eq!(
        shown(&graph),
        "\
component/kustomization.yaml is kustomization
kustomization.yaml is kustomization
ConfigMap in-component generated
Secret s generated
ConfigMap c generated
"
    );
    assert_eq!(graph.resources[1].namespace.as_deref(), Some("shop"));
    assert_eq!(graph.resources_of(Some(""), "ConfigMap").count(), 0);
    let ids: Vec<u32> = graph.resources.iter().map(|it| it.id.0).collect();
    assert_eq!(ids, [0, 1, 2]);
    for resource in &graph.resources {
        assert!(graph.resource_at(resource.span).is_none());
    }
}

#[test]
fn the_order_of_the_listing_does_not_matter() {
    let pod =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: '${P}'}\nspec: {containers: [{image: b}]}\n";
    let files: Vec<(String, String)> = (0..40)
        .map(|n| {
            (
                format!("d{}/f{n}.yaml", n % 7),
                pod.replace("${P}", &format!("p{n}-${{V{n}}}")),
            )
        })
        .chain((0..40).map(|n| (format!("s{n}.sh"), format!("sed V{n} V{}\n", (n + 1) % 40))))
        .collect();
    let inner = MemorySources::new(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    let result = |order: &dyn Fn(&mut Vec<SourcePath>)| {
        let mut paths = inner.list().to_vec();
        order(&mut paths);
        let targets: Vec<&str> = paths.iter().map(SourcePath::as_str).collect();
        let sources = Shuffled {
            inner: inner.clone(),
            paths: paths.clone(),
        };
        let graph = graph_of(&sources, &targets, &[], Vec::new());
        let substituted = format!("{:?}", graph.substitutions);
        format!("{}{substituted}", shown(&graph))
    };
    let sorted = result(&|_| {});
    assert!(sorted.contains("\"V0\": SourcePath(\"s0.sh\")"));
    assert_eq!(result(&|paths| paths.reverse()), sorted);
    assert_eq!(result(&|paths| paths.rotate_left(37)), sorted);
    assert_eq!(
        result(&|paths| paths.sort_by_key(|it| it.as_str().chars().rev().collect::<String>())),
        sorted
    );
}

#[test]
fn what_is_not_fetched_is_noted_where_it_concerns_what_was_asked() {
    let remote = "resources: [https://example.com/base, deploy.yaml]\n";
    let files = [
        ("mine/deploy.yaml", DEPLOYMENT),
        ("theirs/deploy.yaml", DEPLOYMENT),
        ("theirs/kustomization.yaml", remote),
    ];
    let sources = MemorySources::new(files);
    let notes = |target: &str| {
        let graph = graph_of(&sources, &[target], &[], Vec::new());
        graph.plan.notes.len()
    };
    assert_eq!(notes("mine/deploy.yaml"), 0);
    assert_eq!(notes("theirs/deploy.yaml"), 1);
    assert_eq!(notes("theirs/kustomization.yaml"), 1);
}
