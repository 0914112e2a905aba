//! Nothing of a Secret's value is in any output: with another value, every output is the same.

use std::fs;

use crate::tree::Tree;

/// Files with a Secret's value as `VALUE`: broken in each way that the parser has words for, refused, or well-formed with findings.
const FILES: [(&str, &str); 22] = [
    ("quote.yaml", "  password: \"VALUE\n  user: x\n"),
    ("quotes.yaml", "  password: \"VA\"VALUE\"\n"),
    ("indentation.yaml", "  user: x\n password: VALUE\n"),
    ("colon.yaml", "  user: x\n  password:VALUE\n"),
    ("key.yaml", "  user: x\n  VALUE\n  password: x\n"),
    ("twice.yaml", "  password: VALUE: VALUE\n"),
    ("tab.yaml", "\tpassword: VALUE\n"),
    (
        "tab-after.yaml",
        "  ? VALUE\n  :\t- VALUE\n  password:\tVALUE\n\tx: VALUE\n",
    ),
    ("alias.yaml", "  password: *VALUE\n"),
    ("no-alias.yaml", "  password: *VALUE:,VALUE\n"),
    ("anchor.yaml", "  password: &VALUE &VALUE x\n"),
    ("tag.yaml", "  password: !VALUE!VALUE x\n"),
    ("braces.yaml", "  password: {{VALUE}}\n"),
    ("bracket.yaml", "  password: [VALUE\n"),
    ("comma.yaml", "  {password: x VALUE: y, VALUE z: }\n"),
    ("escape.yaml", "  password: \"\\VALUE\"\n"),
    ("reserved.yaml", "  password: @VALUE\n  user: `VALUE\n"),
    ("block.yaml", "  password: |VALUE\n    x\n"),
    (
        "column-0.yaml",
        "  kubeconfig: |\napiVersion: v1\nkind: VALUE\nmetadata:\n  name: VALUE\n  x: \"VALUE\n",
    ),
    ("control.yaml", "  password: VALUE\u{1}VALUE\n"),
    (
        "placeholder.yaml",
        "  password: ${VALUE}\n  password: <VALUE>\n",
    ),
    ("list.yaml", "  - VALUE\n  password: VALUE\n"),
];

/// Writes the files with this value.
fn fill(tree: &Tree, value: &str) {
    for (name, data) in FILES {
        let head =
            format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\nstringData:\n");
        tree.write(name, format!("{head}{data}").replace("VALUE", value));
    }
    let json = r#"{"apiVersion": "v1", "kind": "Secret", "data": {"password": "VALUE", "x": VALUE"#;
    tree.write("a.json", json.replace("VALUE", value));
    let flow =
        "{kind: Secret, apiVersion: v1, stringData: {password: VALUE, x: \"VALUE, y: VALUE}}\n";
    tree.write("flow.yaml", flow.replace("VALUE", value));
    let generator =
        "secretGenerator:\n- name: x\n  literals:\n  - password=VALUE\n - user:VALUE: x\n";
    tree.write("k/kustomization.yaml", generator.replace("VALUE", value));
    let variable = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\npassword: VALUE\n x: {\n";
    tree.write("pod.yaml", variable.replace("VALUE", value));
}

/// All that kubelint says of the files.
fn said(tree: &Tree, value: &str) -> Vec<String> {
    fill(tree, value);
    let mut said = Vec::new();
    for format in crate::formats::ALL {
        let args = ["check", ".", "--min-confidence", "low", "--format", format];
        let run = tree.run(&args);
        assert_eq!(run.status, Some(1), "{run:?}");
        if format == "concise" {
            let silent = FILES.iter().find(|it| !run.stdout.contains(it.0));
            assert_eq!(silent, None, "{}", run.stdout);
        }
        said.extend([run.stdout, run.stderr]);
    }
    for format in ["text", "json", "mermaid", "dot"] {
        let run = tree.run(&["graph", "--format", format]);
        assert_eq!(run.status, Some(0), "{run:?}");
        said.extend([run.stdout, run.stderr]);
    }
    let run = tree.run(&["check", ".", "--write-baseline=b.json"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    said.push(tree.read("b.json"));
    fs::remove_file(tree.path.join("b.json")).unwrap();
    said
}

#[test]
fn no_output_hangs_on_the_value_of_a_secret() {
    let tree = Tree::repository([]);
    for (one, other) in [("hunter2", "qzvkxj7"), ("Jq", "Zw")] {
        let (a, b) = (said(&tree, one), said(&tree, other));
        for (a, b) in a.iter().zip(&b) {
            let differs = a.lines().zip(b.lines()).find(|(a, b)| a != b);
            assert_eq!(differs, None);
            assert_eq!(a.len(), b.len());
        }
    }
}

#[test]
fn an_object_that_is_called_like_a_value_is_named() {
    let tree = Tree::repository([]);
    tree.write(
        "a.yaml",
        "apiVersion: v1
kind: Secret
metadata: {name: database}
stringData: {user: postgres, password: postgres}
---
apiVersion: v1
kind: Service
metadata: {name: postgres}
spec:
  selector: {app: postgres}
  ports: [{port: 5432}]
---
apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: registry.example.com/api:1.0.0
      envFrom: [{secretRef: {name: database}}]
      env: [{name: DB_ADDR, value: 'postgres:5433'}]
",
    );
    let run = tree.run(&[
        "check",
        "--format",
        "json",
        "--select",
        "service-url-wrong-port",
        ".",
    ]);
    assert!(
        run.stdout
            .contains("asks the Service `postgres` for port 5433"),
        "{}",
        run.stdout
    );
}
