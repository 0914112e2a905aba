//! What a change brought: `check --changed`, in repositories that git makes.

use std::fs;
use std::process::Command;

use crate::tree::{BAD, GOOD, Run, Tree, bad};

/// A Deployment that takes its environment from the ConfigMap `settings`.
const USER: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/web:1.0
          envFrom:
            - configMapRef: {name: settings}
            - configMapRef: {name: features}
";

const FEATURES: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: features}\ndata: {SEARCH: yes}\n";

const SETTINGS: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {LEVEL: info}\n";

/// Runs git in a folder of the tree, with a configuration that is the same on every machine.
fn git_in(tree: &Tree, folder: &str, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(tree.path.join(folder)).args(args);
    for (name, value) in GIT {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

const GIT: [(&str, &str); 7] = [
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_AUTHOR_NAME", "Ada"),
    ("GIT_AUTHOR_EMAIL", "ada@example.com"),
    ("GIT_COMMITTER_NAME", "Ada"),
    ("GIT_COMMITTER_EMAIL", "ada@example.com"),
    ("GIT_ALLOW_PROTOCOL", "file"),
];

fn git(tree: &Tree, args: &[&str]) -> String {
    git_in(tree, "", args)
}

/// Commits all that there is.
fn commit(tree: &Tree) {
    git(tree, &["add", "--all"]);
    git(
        tree,
        &["commit", "--quiet", "--allow-empty", "--message", "next"],
    );
}

/// A repository in which these files are committed.
fn committed<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Tree {
    let tree = Tree::bare(files);
    git(&tree, &["init", "--quiet", "--initial-branch=main"]);
    commit(&tree);
    tree
}

/// What is found with kubelint's own rules.
fn found(tree: &Tree, args: &[&str]) -> Vec<String> {
    checked(tree, args).found()
}

fn checked(tree: &Tree, args: &[&str]) -> Run {
    let args: Vec<_> = ["check"].iter().chain(args).copied().collect();
    tree.run(&args)
}

/// What is found of images with the rules of the pack `mini`.
fn images(tree: &Tree, args: &[&str]) -> Vec<String> {
    let args: Vec<_> = args.iter().chain(&["--select", "image"]).copied().collect();
    let run = tree.check(&args);
    assert!(matches!(run.status, Some(0 | 1)), "{run:?}");
    run.found()
}

#[test]
fn a_deleted_object_shows_at_its_users() {
    let tree = committed([
        ("deploy/web.yaml", USER),
        ("deploy/settings.yaml", SETTINGS),
        ("deploy/features.yaml", FEATURES),
    ]);
    assert_eq!(found(&tree, &["--changed"]), [""; 0]);
    fs::remove_file(tree.path.join("deploy/settings.yaml")).unwrap();
    let expected = ["deploy/web.yaml:14 missing-configmap"];
    assert_eq!(found(&tree, &["--changed"]), expected);
    assert_eq!(found(&tree, &["--changed", "HEAD"]), expected);
    assert_eq!(found(&tree, &["--changed=HEAD", "deploy"]), expected);
    let run = checked(&tree, &["--changed", "--fail-on", "warning"]);
    assert_eq!(run.status, Some(1));
    commit(&tree);
    let run = checked(&tree, &["--changed", "HEAD", "--format", "human"]);
    run.holds(
        0,
        &["No findings in 2 files (", "; 1 finding was there before\n"],
    );
    let json = checked(&tree, &["--changed", "HEAD", "--format", "json"]);
    json.holds(0, &["\"state\": \"unchanged\""]);
    assert_eq!(found(&tree, &["--changed", "HEAD^"]), expected);
    assert_eq!(found(&tree, &[]), expected);
}

#[test]
fn what_moves_is_not_new() {
    let tree = committed([("app.yaml", BAD), ("other.yaml", GOOD)]);
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
    tree.write("app.yaml", format!("# a comment\n\n{BAD}"));
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
    fs::remove_file(tree.path.join("app.yaml")).unwrap();
    tree.write("deploy/api.yaml", BAD.replace('\n', "\r\n"));
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
    tree.write("deploy/web.yaml", bad("web"));
    assert_eq!(
        images(&tree, &["--changed"]),
        ["deploy/web.yaml:7 mini/floating-tag"]
    );
}
