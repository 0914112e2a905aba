//! `kubelint graph`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::tree::Tree;

const APP: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web:1.0
        ports: [{containerPort: 8080}]
        envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: tokens}}]
";
const SERVICE: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
";
const SETTINGS: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {LOG: info}\n";
const OTHER: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: other}\nstringData: {KEY: hunter2-hunter2}\n";

fn shop() -> Tree {
    Tree::repository([
        ("app.yaml", APP),
        ("service.yaml", SERVICE),
        ("settings.yaml", SETTINGS),
        ("other.yaml", OTHER),
    ])
}

#[test]
fn every_resource_is_shown_with_what_is_missing() {
    let run = shop().run(&["graph"]);
    run.holds(
        0,
        &[
            "Deployment/web  app.yaml:3\n",
            ".envFrom[1].secretRef.name -> Secret/tokens  missing",
            "Service/web  service.yaml:3\n",
            "Secret/other  other.yaml:3\n",
        ],
    );
    assert!(!run.stdout.contains("hunter2"), "{run:?}");
}

#[test]
fn a_resource_is_named_as_kubectl_names_it() {
    for name in ["deploy/web", "Deployment/web", "deployments.apps/web"] {
        let run = shop().run(&["graph", name]);
        run.holds(0, &["Deployment/web  app.yaml:3\n"]);
        assert!(!run.stdout.contains("Secret/other"), "{run:?}");
    }
    shop().run(&["graph", "Deployment/wbe"]).fails(
        "kubelint: error: there is neither a file nor a resource `Deployment/wbe`; did you mean `Deployment/web`?\n",
    );
    // What is there is a path, whatever else it may be called.
    let tree = shop();
    tree.write("deploy/web", "");
    tree.write("deploy/web.yaml", SETTINGS);
    let run = tree.run(&["graph", "deploy/web.yaml"]);
    run.holds(0, &["ConfigMap/settings  deploy/web.yaml:3\n"]);
    assert!(!run.stdout.contains("Secret/other"), "{run:?}");
}

#[test]
fn namespaces_are_told_apart() {
    let of =
        |namespace: &str| SETTINGS.replace("{name", &format!("{{namespace: {namespace}, name"));
    let tree = Tree::repository([("a.yaml", of("a").as_str()), ("b.yaml", &of("b"))]);
    let run = tree.run(&["graph", "cm/settings", "-n", "b"]);
    run.holds(0, &["ConfigMap/settings in b  b.yaml:3\n"]);
    assert!(!run.stdout.contains("a.yaml"), "{run:?}");
}

#[test]
fn json_is_what_its_schema_says() {
    let tree = shop();
    tree.write(
        "kustomization.yaml",
        "resources: [app.yaml, service.yaml]\n",
    );
    let run = tree.run(&["graph", "--format", "json"]);
    let graph: Value = serde_json::from_str(&run.stdout).unwrap();
    let schema = Tree::bare([]).run(&["schema", "graph"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("schema.json", schema).unwrap();
    let mut schemas = boon::Schemas::new();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    if let Err(error) = schemas.validate(&graph, index) {
        panic!("{error}");
    }
    let kinds = graph["resources"].as_array().unwrap().iter();
    let kinds: Vec<_> = kinds.map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Deployment", "Secret", "Service", "ConfigMap"]);
    let secret = &graph["resources"][0]["references"][1];
    assert_eq!(secret["outcome"], "missing");
    assert_eq!(secret["target"]["name"], "tokens");
    assert_eq!(secret["place"]["line"], 13);
}

#[test]
fn names_cannot_leave_their_quotes() {
    let hostile = SETTINGS.replace("settings", "\"x\\\"]\\n  y --> z\\e[2J\"");
    let tree = Tree::repository([("a.yaml", hostile.as_str())]);
    for format in ["text", "json", "mermaid", "dot"] {
        let run = tree.run(&["graph", "--format", format]);
        assert_eq!(run.status, Some(0), "{run:?}");
        assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
        assert!(!run.stdout.contains("\n  y -->"), "{run:?}");
        assert!(format == "text" || !run.stdout.contains("x\"]"), "{run:?}");
    }
}

#[test]
fn pictures_have_a_node_for_what_is_missing() {
    let run = shop().run(&["graph", "--format", "dot"]);
    let dashed = "label=\"Secret/tokens\\nmissing\", style=dashed];";
    run.holds(0, &["digraph kubelint {\n", dashed, "\n}\n"]);
    let run = shop().run(&["graph", "--format", "mermaid"]);
    run.holds(
        0,
        &[
            "flowchart LR\n",
            "[\"Secret/tokens<br>missing\"]:::absent\n",
        ],
    );
}

#[test]
fn a_reader_may_have_seen_enough() {
    let mut text = String::new();
    for index in 0..5000 {
        text += &SETTINGS.replace("settings", &format!("settings-{index}"));
        text += "---\n";
    }
    let tree = Tree::repository([("all.yaml", text.as_str())]);
    let mut command = tree.command_in("", &["graph"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(first, "ConfigMap/settings-0  all.yaml:3\n");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn equal_trees_give_equal_bytes() {
    let run = || shop().run(&["graph", "--format", "json"]).stdout;
    assert_eq!(run(), run());
}
