//! Dependencies run one way: parser ← model ← engine ← rules ← command. Every edge between the crates of the workspace stands here; a
//! new one needs a reason, and a line.

#![expect(clippy::expect_used, reason = "helpers of tests may fail the test")]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// The crates of the workspace and those that each may use, in tests too.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("kubelint-parser", &[]),
    ("kubelint-model", &["kubelint-parser"]),
    ("kubelint-engine", &["kubelint-model", "kubelint-parser"]),
    (
        "kubelint-rules",
        &["kubelint-engine", "kubelint-model", "kubelint-parser"],
    ),
    ("kubelint-oci", &["kubelint-model"]),
    // It lists the rules, and must compile when they do not.
    ("kubelint-rule-index", &[]),
    (
        "kubelint",
        &[
            "kubelint-engine",
            "kubelint-model",
            "kubelint-oci",
            "kubelint-parser",
            "kubelint-rules",
        ],
    ),
    ("xtask", &["kubelint-engine", "kubelint-rule-index"]),
    ("parser-oracle", &["kubelint-parser"]),
];

/// Crates that know files, networks or terminals: only these of ours may use them.
const SIDE_EFFECTS: [(&str, &[&str]); 6] = [
    ("anstream", &["kubelint"]),
    ("clap", &["kubelint", "xtask"]),
    ("ignore", &["kubelint"]),
    ("signal-hook", &["kubelint"]),
    ("tokio", &[]),
    ("ureq", &["kubelint-oci"]),
];

/// Every edge from a crate of the workspace, and whether it is one of tests.
fn edges() -> Vec<(String, String, bool)> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("the metadata as JSON");
    let array = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut edges = Vec::new();
    for package in array(&metadata["packages"]) {
        for dependency in array(&package["dependencies"]) {
            let test = dependency["kind"] == "dev";
            edges.push((text(&package["name"]), text(&dependency["name"]), test));
        }
    }
    edges
}

#[test]
fn dependencies_run_one_way() {
    let ours: BTreeSet<_> = ALLOWED.iter().map(|(name, _)| *name).collect();
    let edges = edges();
    let users: BTreeSet<_> = edges.iter().map(|(user, ..)| user.as_str()).collect();
    for user in users {
        assert!(
            ours.contains(user),
            "{user} is new: say here what it may use"
        );
    }
    for (user, used, _) in &edges {
        let allowed = ALLOWED.iter().find(|(name, _)| name == user);
        let allowed = allowed.is_some_and(|(_, used_by)| used_by.contains(&used.as_str()));
        let inner = ours.contains(used.as_str());
        assert!(!inner || allowed, "{user} must not use {used}");
    }
}

#[test]
fn only_the_command_has_side_effects() {
    for (user, used, test) in edges() {
        if let Some((_, users)) = SIDE_EFFECTS.iter().find(|(name, _)| *name == used) {
            let allowed = test || users.contains(&user.as_str());
            assert!(allowed, "{user} must not use {used}");
        }
    }
}

/// Libraries whose types stay in one crate of ours.
const KEPT_IN: [(&str, &str); 2] = [
    ("tree-sitter", "kubelint-parser"),
    ("tree-sitter-bash", "kubelint-parser"),
];

#[test]
fn grammars_are_known_to_the_parser_only() {
    for (user, used, _) in edges() {
        if let Some((_, owner)) = KEPT_IN.iter().find(|(name, _)| *name == used) {
            assert_eq!(user, *owner, "{user} must not use {used}");
        }
    }
}
