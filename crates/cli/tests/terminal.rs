//! What only people at a terminal see: how far it is while registries are asked.

use std::process::{Command, Stdio};

use crate::registries::Stub;
use crate::tree::{Run, Tree};

/// A run whose standard streams are a terminal, which `script` (util-linux) makes.
fn at_a_terminal(tree: &Tree, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let words = [&[env!("CARGO_BIN_EXE_kubelint")], args].concat();
    let words: Vec<String> = words.iter().map(|it| format!("'{it}'")).collect();
    let mut command = Command::new("script");
    for (name, _) in std::env::vars_os().filter(|it| it.0 != "PATH") {
        command.env_remove(name);
    }
    let words = words.join(" ");
    command.args(["--quiet", "--return", "--command", &words, "/dev/null"]);
    command.current_dir(&tree.path);
    command.env("HOME", tree.path.join("home"));
    command.envs(variables.iter().copied());
    command.stdin(Stdio::null()).output().unwrap().into()
}

#[test]
fn people_see_how_far_it_is_and_nobody_else() {
    let stub = Stub::start();
    let pods = ["a", "b", "c", "d", "e"].map(|name| {
        stub.push("acme/executor", name, "1000", "/executor");
        let image = format!("{}/acme/executor:{name}", stub.host);
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: a, image: '{image}'}}]}}\n"
        )
    });
    let pods = pods.join("---\n");
    let tree = Tree::repository([("pods.yaml", pods.as_str())]);
    let args = [
        "check",
        "--select",
        "tag-not-found",
        "--online",
        "--no-cache",
        "--insecure-registry",
        &stub.host,
    ];
    let seen = at_a_terminal(&tree, &args, &[]);
    assert_eq!(seen.status, Some(0), "{seen:?}");
    assert!(
        seen.stdout.contains("\r5 of 5 images looked up\r\u{1b}[K"),
        "{seen:?}"
    );
    let quiet = [&args[..], &["--quiet"]].concat();
    for run in [
        at_a_terminal(&tree, &quiet, &[]),
        at_a_terminal(&tree, &args, &[("CI", "true")]),
        tree.run(&args),
    ] {
        assert_eq!(run.status, Some(0), "{run:?}");
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(!all.contains("images looked up"), "{all}");
        assert!(!all.contains("\u{1b}[K"), "{all}");
    }
}
