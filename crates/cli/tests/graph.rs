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

/// What `kubelint graph --format json` prints of these subjects, which its schema holds for and in which every number is that of a
/// resource.
fn json(tree: &Tree, subjects: &[&str]) -> Value {
    let args = ["graph", "--format", "json"].iter().chain(subjects);
    let run = tree.run(&args.copied().collect::<Vec<&str>>());
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
    let items = |of: &Value, key: &str| of[key].as_array().unwrap().clone();
    let resources = items(&graph, "resources");
    let ids: Vec<&Value> = resources.iter().map(|it| &it["id"]).collect();
    for resource in &resources {
        for link in items(resource, "references") {
            for key in ["to", "near", "otherNamespace", "inSomeBuilds", "elsewhere"] {
                let there = items(&link, key).iter().all(|id| ids.contains(&id));
                assert!(there, "{key} of {link}");
            }
        }
        for pick in items(resource, "selections") {
            for key in ["to", "elsewhere"] {
                let there = items(&pick, key).iter().all(|id| ids.contains(&id));
                assert!(there, "{key} of {pick}");
            }
        }
    }
    graph
}

#[test]
fn json_is_what_its_schema_says() {
    let tree = shop();
    tree.write(
        "kustomization.yaml",
        "resources: [app.yaml, service.yaml, github.com/o/r]\nsecretGenerator: [{name: made}]\n",
    );
    let graph = json(&tree, &[]);
    let resources = graph["resources"].as_array().unwrap();
    let said = |it: &Value| {
        (
            it["kind"].as_str().unwrap().to_owned(),
            it["generated"] == true,
        )
    };
    let kinds: Vec<_> = resources.iter().map(said).collect();
    let expected = [
        ("Deployment", false),
        ("Secret", true),
        ("Secret", false),
        ("Service", false),
        ("ConfigMap", false),
    ];
    assert_eq!(kinds, expected.map(|(kind, made)| (kind.to_owned(), made)));
    let secret = &graph["resources"][0]["references"][1];
    assert_eq!(secret["outcome"], "missing");
    assert_eq!(secret["target"]["name"], "tokens");
    assert_eq!(secret["place"]["line"], 13);
    assert_eq!(graph["builds"][0]["open"], true);
}

/// A workload whose names all lead nowhere, each in its own way: nearly, in another namespace, in some builds, elsewhere.
fn lost() -> Tree {
    let map = |name: &str| SETTINGS.replace("settings", name);
    let app = APP.replace(
        "envFrom: [",
        "envFrom: [{configMapRef: {name: some}}, {configMapRef: {name: settigns}}, ",
    );
    let tree = Tree::repository([
        ("base/app.yaml", app.as_str()),
        ("base/settings.yaml", SETTINGS),
        (
            "base/kustomization.yaml",
            "resources: [app.yaml, settings.yaml]\n",
        ),
        ("one/some.yaml", &map("some")),
        (
            "one/kustomization.yaml",
            "resources: [../base, some.yaml]\n",
        ),
        ("two/kustomization.yaml", "resources: [../base]\n"),
    ]);
    let namespaced = SERVICE.replace("{name", "{namespace: other, name");
    tree.write("tests/service.yaml", namespaced);
    tree.write("tests/tokens.yaml", OTHER.replace("other", "tokens"));
    tree
}

#[test]
fn numbers_lead_somewhere_whatever_is_shown() {
    let tree = lost();
    for subjects in [
        &["base/app.yaml"][..],
        &["deploy/web"],
        &["cm/some"],
        &["svc/web", "-n", "other"],
        &["two"],
        &[],
    ] {
        json(&tree, subjects);
    }
    let graph = json(&tree, &["deploy/web"]);
    let links = graph["resources"][0]["references"].as_array().unwrap();
    let hints = |key: &str| links.iter().any(|it| it[key] != serde_json::json!([]));
    assert!(hints("near"), "{graph}");
    assert!(hints("inSomeBuilds"), "{graph}");
    assert!(hints("elsewhere"), "{graph}");
}

/// A workload whose image compose builds.
fn built() -> Tree {
    let compose = "services:\n  web:\n    build: web\n    environment: {TOKEN: hunter2-hunter2}\n    ports: ['80:8080', '9000-9001']\n    healthcheck: {start_period: 1m30s}\n";
    Tree::repository([
        ("app.yaml", APP),
        ("compose.yaml", compose),
        ("web/Dockerfile", "FROM scratch\n"),
    ])
}

#[test]
fn images_are_shown_with_what_compose_says_of_them() {
    let tree = built();
    tree.run(&["graph"]).holds(
        0,
        &["web:1.0 -> web/Dockerfile  high: a compose service has its name at compose.yaml:3; also folder; also folder-words; also container-name; also workload-name; compose service web at compose.yaml:2: port 8080, ports 9000-9001, has 90 seconds to start\n"],
    );
    let graph = json(&tree, &[]);
    let service = &graph["resources"][0]["images"][0]["tie"]["services"][0];
    assert_eq!(service["files"], serde_json::json!(["compose.yaml"]));
    assert_eq!(service["variables"], serde_json::json!(["TOKEN"]));
    assert_eq!(service["startSeconds"], 90);
    assert_eq!(service["ports"][1]["last"], 9001);
    assert!(!graph.to_string().contains("hunter2"), "{graph}");
}

#[test]
fn pictures_have_dockerfiles() {
    let tree = built();
    tree.run(&["graph", "--format", "mermaid"]).holds(
        0,
        &[
            "  d0[/\"web/Dockerfile\"/]\n",
            "  r0 -->|\"web:1.0 (high)\"| d0\n",
        ],
    );
    tree.run(&["graph", "--format", "dot"]).holds(
        0,
        &[
            "  d0 [label=\"web/Dockerfile\", shape=note];\n",
            "  r0 -> d0 [label=\"web:1.0 (high)\"];\n",
        ],
    );
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
    let arrow = "[label=\"secret at app.yaml:13\", style=dashed];";
    run.holds(0, &["digraph kubelint {\n", dashed, arrow, "\n}\n"]);
    let run = shop().run(&["graph", "--format", "mermaid"]);
    run.holds(
        0,
        &[
            "flowchart LR\n",
            "[\"Secret/tokens<br>missing\"]:::absent\n",
            "-.->|\"secret at app.yaml:13\"| a0\n",
        ],
    );
}

#[test]
fn pictures_have_kustomizations() {
    let tree = lost();
    let run = tree.run(&["graph", "--format", "mermaid"]);
    let node = |text: &str| {
        let line = run.stdout.lines().find(|it| it.contains(text)).unwrap();
        line.trim().split('[').next().unwrap().to_owned()
    };
    let (base, two) = (node("base/kustomization"), node("two/kustomization"));
    let app = node("Deployment/web");
    run.holds(
        0,
        &[
            &format!("  {base}[[\"base/kustomization.yaml\"]]\n"),
            &format!("  {two} --> {base}\n"),
            &format!("  {base} --> {app}\n"),
            "-.->|\"nearly\"|",
        ],
    );
    // Whatever is shown: an arrow to a node that is not there would make it one.
    let part = tree.run(&["graph", "--format", "dot", "cm/some"]).stdout;
    let nodes = part.lines().filter(|it| !it.contains("->"));
    let nodes: Vec<&str> = nodes.filter_map(|it| it.trim().split(' ').next()).collect();
    for arrow in part.lines().filter(|it| it.contains("->")) {
        let ends: Vec<&str> = arrow.trim().split(' ').collect();
        assert!(
            nodes.contains(&ends[0]) && nodes.contains(&ends[2]),
            "{part}"
        );
    }
    assert!(!part.contains("two/kustomization"), "{part}");
}

#[test]
fn pictures_show_selectors_and_ports_that_lead_nowhere() {
    let idle = SERVICE
        .replace("name: web", "name: idle")
        .replace("app: web", "app: none");
    let wrong = SERVICE
        .replace("name: web", "name: wrong")
        .replace("8080", "grpc");
    let tree = Tree::repository([
        ("app.yaml", APP),
        ("idle.yaml", idle.as_str()),
        ("wrong.yaml", &wrong),
    ]);
    let run = tree.run(&["graph", "--format", "dot"]);
    run.holds(
        0,
        &[
            "[label=\"pods\\nnothing\", style=dashed];",
            "[label=\"selects at idle.yaml:4\", style=dashed];",
            "[label=\"selects (directory), spec.ports[80].targetPort undeclared\", style=dashed];",
        ],
    );
}

#[test]
fn a_name_that_the_server_completes_is_shown_as_one() {
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\n\
               spec: {template: {spec: {containers: [{name: a, image: a:1}]}}}\n";
    let tree = Tree::repository([("job.yaml", job)]);
    tree.run(&["graph"])
        .holds(0, &["Job/migrate-*  job.yaml:2\n"]);
    assert_eq!(json(&tree, &[])["resources"][0]["generateName"], "migrate-");
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
