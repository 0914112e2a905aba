//! `kubelint init`: what it writes, what it says, and what it leaves alone.

use std::fs;
use std::path::Path;

use crate::tree::{BAD, Run, Tree};

/// A Deployment that needs a Secret, a ConfigMap that is there, and one that is nearly there.
const APP: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: ghcr.io/acme/api:1.0
          envFrom:
            - secretRef: {name: api-credentials}
            - configMapRef: {name: api-settings}
            - configMapRef: {name: api-setting}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: api-settings}
data: {LEVEL: info}
";

fn init(tree: &Tree, args: &[&str]) -> Run {
    let args: Vec<_> = ["init"].iter().chain(args).copied().collect();
    tree.run(&args)
}

/// The file with every proposal taken: what is a comment and begins like a key or an item is none any more.
fn taken(text: &str) -> String {
    let proposal = |line: &str| {
        let rest = line.strip_prefix("# ")?;
        let is_key = rest.split_once(':').is_some_and(|(key, after)| {
            key.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                && (after.is_empty() || after.starts_with(' '))
        });
        (is_key || rest.starts_with("  ")).then(|| rest.to_owned())
    };
    let lines = text.lines();
    let lines = lines.map(|line| proposal(line).unwrap_or_else(|| line.to_owned()) + "\n");
    lines.collect()
}

#[test]
fn a_configuration_is_written_with_what_was_seen() {
    let tree = Tree::repository([
        ("deploy/app.yaml", APP),
        (
            "overlays/prod/kustomization.yaml",
            "resources: [../../deploy/app.yaml]\n",
        ),
        (
            "charts/shop/Chart.yaml",
            "apiVersion: v2\nname: shop\nversion: 1.0.0\nkubeVersion: \">=1.25\"\n",
        ),
        (
            "infra/eks.tf",
            "module \"eks\" {\n  cluster_version = \"1.31\"\n}\n",
        ),
    ]);
    let run = init(&tree, &[]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), ""), "{run:?}");
    for said in [
        "kubelint: the cluster's version is 1.31:\n",
        "kubelint:   infra/eks.tf:2 says 1.31 (cluster)\n",
        "kubelint:   charts/shop/Chart.yaml:4 says 1.25 (least for which a chart is made)\n",
        "kubelint: 1 root kustomization:\nkubelint:   overlays/prod\n",
        "kubelint:   charts/shop\n",
        "kubelint:   ghcr.io (1 image)\n",
        "kubelint:   Secret/api-credentials at deploy/app.yaml:13\n",
        "kubelint: kubelint.yaml is written",
        "kubelint: `kubelint check` finds 1 error and 0 warnings now\n",
        "--write-baseline=kubelint-baseline.json",
    ] {
        assert!(run.stderr.contains(said), "no {said:?} in {}", run.stderr);
    }
    let text = tree.read("kubelint.yaml");
    for line in [
        "kubernetes-version: \"1.31\"",
        "# - overlays/prod",
        "#   - Secret/api-credentials # deploy/app.yaml:13",
    ] {
        assert!(text.lines().any(|it| it == line), "no {line:?} in {text}");
    }
    assert!(
        !text.contains("api-setting"),
        "nearly there is a mistake: {text}"
    );
    assert!(!text.contains("root:"), "git's folder is the root: {text}");
}

#[test]
fn what_is_written_is_read_and_every_proposal_can_be_taken() {
    let tree = Tree::bare([("deploy/app.yaml", APP)]);
    assert_eq!(init(&tree, &["-q"]).status, Some(0));
    let text = tree.read("kubelint.yaml");
    assert!(
        text.contains("\nroot: true\n"),
        "nothing else marks it: {text}"
    );
    let check = [
        "check",
        "-q",
        "--fail-on",
        "never",
        "--min-confidence",
        "low",
    ];
    let run = tree.run(&check);
    assert!(run.stdout.contains("api-credentials"), "{run:?}");
    let all = taken(&text);
    for line in [
        "kubernetes-version: ",
        "external:",
        "  - Secret/api-credentials",
        "  nodes: 3",
    ] {
        assert!(
            all.lines().any(|it| it.starts_with(line)),
            "no {line:?} in {all}"
        );
    }
    tree.write("kubelint.yaml", &all);
    tree.write("kubelint-baseline.json", "");
    let run = tree.run(&[&check[..], &["--write-baseline"]].concat());
    assert_eq!(run.status, Some(0), "{run:?}");
    let run = tree.run(&check);
    assert!(
        !run.stdout.contains("api-credentials"),
        "it is external: {run:?}"
    );
}

#[test]
fn it_is_deterministic_and_replaces_only_what_it_is_told_to() {
    let tree = Tree::repository([("app.yaml", APP), ("sub/x", "")]);
    let dry = init(&tree, &["--dry-run"]);
    assert_eq!(dry.status, Some(0));
    assert_eq!(tree.names(), [".git", "app.yaml", "sub"]);
    let args = ["init", "-q"];
    let run = crate::tree::finish(&mut tree.command_in("sub", &args));
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(tree.read("kubelint.yaml"), dry.stdout);
    assert_eq!(tree.names(), [".git", "app.yaml", "kubelint.yaml", "sub"]);

    tree.write(
        "kubelint.yaml",
        "select: [api]\nkubernetes-version: \"1.20\"\n",
    );
    init(&tree, &[]).fails(
        "kubelint: error: kubelint.yaml exists already; `--force` replaces it, `--dry-run` prints what would be written\n",
    );
    assert!(tree.read("kubelint.yaml").starts_with("select"));
    assert_eq!(init(&tree, &["--dry-run"]).stdout, dry.stdout);
    assert_eq!(init(&tree, &["--force"]).status, Some(0));
    assert_eq!(tree.read("kubelint.yaml"), dry.stdout);
}

#[test]
fn versions_that_disagree_are_left_to_a_person() {
    let tree = Tree::repository([
        ("app.yaml", BAD),
        (
            ".github/workflows/ci.yml",
            "jobs:\n  a:\n    steps:\n      - run: kind create cluster --image kindest/node:v1.29.2\n",
        ),
        ("infra/main.tf", "kubernetes_version = \"1.31\"\n"),
    ]);
    let run = init(&tree, &["--dry-run"]);
    assert!(
        run.stderr.contains("left open: these places disagree\n"),
        "{run:?}"
    );
    for line in [
        "# .github/workflows/ci.yml:4 says 1.29 (cluster or check in a pipeline)\n",
        "# infra/main.tf:1 says 1.31 (cluster)\n",
        "# Not set: these places disagree.\n# kubernetes-version: \"1.31\"\n",
    ] {
        assert!(run.stdout.contains(line), "no {line:?} in {run:?}");
    }
}

#[test]
fn names_of_files_cannot_write_configuration() {
    let tree = Tree::repository([]);
    let folder = "a\nonline: true\n\u{202e}#";
    for (file, text) in [
        ("kustomization.yaml", "resources: [app.yaml]\n"),
        ("app.yaml", APP),
        ("Chart.yaml", "name: x\n"),
        ("main.tf", "kubernetes_version = \"1.31\"\n"),
    ] {
        tree.write(&format!("{folder}/{file}"), text);
    }
    tree.write("b.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  serviceAccountName: \"x\\nonline: true\"\n  containers: [{name: x, image: \"x/y\\nonline: true\"}]\n");
    let run = init(&tree, &["--dry-run"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(
        run.stdout.contains("# - a\\nonline: true\\n\\u202e#\n"),
        "{}",
        run.stdout
    );
    let keys: Vec<_> = run
        .stdout
        .lines()
        .filter(|it| !it.is_empty() && !it.starts_with('#'))
        .collect();
    assert_eq!(keys, ["kubernetes-version: \"1.31\""]);
}

#[cfg(unix)]
#[test]
fn links_are_not_written_through() {
    let tree = Tree::repository([("app.yaml", APP)]);
    let outside = Tree::bare([("theirs.yaml", "mine: 1\n")]);
    std::os::unix::fs::symlink(
        outside.path.join("theirs.yaml"),
        tree.path.join("kubelint.yaml"),
    )
    .unwrap();
    init(&tree, &["--force"])
        .fails("kubelint: error: kubelint.yaml is no ordinary file; it is not overwritten\n");
    assert_eq!(outside.read("theirs.yaml"), "mine: 1\n");
}

#[test]
fn every_layout_gets_a_configuration_that_checks() {
    let layouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/layouts");
    let mut count = 0;
    for layout in fs::read_dir(layouts).unwrap() {
        let layout = layout.unwrap().path();
        if !layout.is_dir() {
            continue;
        }
        let folder = layout.to_str().unwrap();
        let run = Tree::bare([]).run(&["init", "--dry-run", "--root", folder]);
        assert_eq!(run.status, Some(0), "{folder}: {run:?}");
        let tree = Tree::bare([
            ("all.yaml", taken(&run.stdout).as_str()),
            ("as-is.yaml", &run.stdout),
        ]);
        tree.write(
            "kubelint-baseline.json",
            "{\"version\": 1, \"findings\": []}",
        );
        for file in ["all.yaml", "as-is.yaml"] {
            let check = [
                "check",
                folder,
                "--config",
                file,
                "--select",
                "duplicate-env",
            ];
            let run = tree.run(&check);
            assert_eq!(run.status, Some(0), "{folder} with {file}: {run:?}");
        }
        count += 1;
    }
    assert!(count > 15, "{count} layouts");
}

#[test]
fn where_nothing_is_it_says_so() {
    let tree = Tree::repository([]);
    let run = init(&tree, &[]);
    assert_eq!(run.status, Some(0));
    assert!(
        run.stderr.contains("note: there are no manifests here\n")
            && !run.stderr.contains("finds nothing"),
        "{run:?}"
    );
    assert_eq!(tree.run(&["check"]).status, Some(0));
}
