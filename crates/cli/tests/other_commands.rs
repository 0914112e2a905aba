//! The commands that check nothing.

use serde_json::Value;

use crate::tree::{Tree, mini};

fn with_pack(args: &[&str]) -> crate::tree::Run {
    let pack = mini();
    let pack = ["--pack", pack.to_str().unwrap()];
    let args: Vec<_> = args.iter().chain(&pack).copied().collect();
    Tree::bare([]).run(&args)
}

#[test]
fn explain_prints_a_page_for_people() {
    for name in ["mini/floating-tag", "MINI-1"] {
        let run = with_pack(&["explain", name]);
        run.holds(
            0,
            &[
                "mini/floating-tag: Image without a fixed tag\n",
                "image · error · high confidence · stable since 0.1.0 · also known as MINI-1\n",
                "An image whose tag is `latest` or `edge`.\n",
                "    kind: Deployment\n",
            ],
        );
        for noise in ["```", "## ", "finding:", "---"] {
            assert!(!run.stdout.contains(noise), "{noise} in {}", run.stdout);
        }
    }
    with_pack(&["explain", "mini/floating-tg"]).fails(
        "kubelint: error: there is no rule `mini/floating-tg`; did you mean `mini/floating-tag`?\n",
    );
}

#[test]
fn explain_knows_the_checks_of_other_linters() {
    let tree = Tree::bare([]);
    for (name, rules) in [
        ("kube-linter:latest-tag", &["mutable-tag: "][..]),
        ("latest-tag", &["mutable-tag: "]),
        ("CKV_K8S_14", &["mutable-tag: "]),
        (
            "dangling-ingress",
            &["missing-backend: ", "missing-backend-port: "],
        ),
    ] {
        tree.run(&["explain", name]).holds(0, rules);
    }
    for (name, why) in [
        (
            "no-read-only-root-fs",
            ": it is a check of kube-linter to which none of kubelint's corresponds",
        ),
        (
            "DL3006",
            ": it is a check of hadolint to which none of kubelint's corresponds",
        ),
        ("latest-tga", "; did you mean `latest-tag`?"),
        ("missing-secrt", "; did you mean `missing-secret`?"),
    ] {
        tree.run(&["explain", name]).fails(&format!(
            "kubelint: error: there is no rule `{name}`{why}\n"
        ));
    }
}

#[test]
fn rules_are_listed_for_people_and_programs() {
    let run = with_pack(&["rules"]);
    run.holds(0, &["mini/floating-tag", "Too few replicas"]);
    let run = with_pack(&["rules", "--format", "json"]);
    let rules: Value = serde_json::from_str(&run.stdout).unwrap();
    let rules = rules.as_array().unwrap();
    let ids: Vec<_> = rules.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let rule = rules
        .iter()
        .find(|it| it["id"] == "mini/missing-owner")
        .unwrap();
    for (key, value) in [
        ("category", "hygiene"),
        ("severity", "info"),
        ("confidence", "high"),
        ("status", "preview"),
        ("since", "0.1.0"),
        ("title", "Object without an owner"),
    ] {
        assert_eq!(rule[key], value, "{key}");
    }
    assert_eq!(rule["default"], false);
    let tags = rules.iter().find(|it| it["id"] == "mutable-tag").unwrap();
    let aliases = tags["aliases"].as_array().unwrap();
    assert!(aliases.contains(&"kube-linter:latest-tag".into()), "{tags}");
}

#[test]
fn schemas_are_json_schemas() {
    for what in ["config", "report", "graph"] {
        let run = Tree::bare([]).run(&["schema", what]);
        let schema: Value = serde_json::from_str(&run.stdout).unwrap();
        boon::Compiler::new()
            .add_resource("schema.json", schema.clone())
            .unwrap();
        assert!(schema["$schema"].is_string(), "{run:?}");
        assert!(schema["title"].is_string(), "{run:?}");
    }
    let run = Tree::bare([]).run(&["schema", "confg"]);
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("'config'"), "{run:?}");
}

#[test]
fn a_report_is_valid_under_its_schema() {
    let tree = Tree::repository([
        ("app.yaml", crate::tree::BAD),
        ("broken.yaml", "apiVersion: [\n"),
    ]);
    let schema: Value = serde_json::from_str(&tree.run(&["schema", "report"]).stdout).unwrap();
    let report: Value = serde_json::from_str(&tree.check(&["--format", "json"]).stdout).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("schema.json", schema).unwrap();
    let mut schemas = boon::Schemas::new();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    if let Err(error) = schemas.validate(&report, index) {
        panic!("{error}");
    }
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = Tree::bare([]).run(&["completions", shell]);
        run.holds(0, &["kubelint", "explain", "write-baseline"]);
    }
}

#[test]
fn help_and_version_are_no_failures() {
    let tree = Tree::bare([]);
    tree.run(&["--version"])
        .prints(0, &format!("kubelint {}\n", env!("CARGO_PKG_VERSION")));
    tree.run(&["--help"])
        .holds(0, &["Commands:", "Exit status:"]);
    tree.run(&["check", "--help"])
        .holds(0, &["--fail-on", "KUBELINT_FORMAT"]);
    assert_eq!(tree.run(&[]).status, Some(2));
    let run = tree.run(&["chekc"]);
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("'check'"), "{run:?}");
    assert!(!run.stderr.contains("tip: `kubelint"), "{run:?}");
    tree.write("deploy/app.yaml", "");
    let run = tree.run(&["deploy/"]);
    assert_eq!(run.status, Some(2));
    let tip = "kubelint: tip: `kubelint check deploy/` checks it\n";
    assert!(run.stderr.ends_with(tip), "{run:?}");
}

#[test]
fn every_command_has_a_manual_page() {
    let tree = Tree::bare([]);
    let run = tree.run(&["man", "pages/man1"]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), ""), "{run:?}");
    let pages = tree.path.join("pages/man1");
    let main = std::fs::read_to_string(pages.join("kubelint.1")).unwrap();
    assert!(main.contains("\n.SH \"EXIT STATUS\"\n0 "), "{main}");
    let help = tree.run(&["--help"]).stdout;
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    // Lines that go on with the description of a command are indented further.
    let starts = commands.lines().filter_map(|it| it.strip_prefix("  "));
    let names = starts.filter_map(|it| it.split(' ').next());
    for command in names.filter(|it| !["", "help"].contains(it)) {
        let page = pages.join(format!("kubelint-{command}.1"));
        let page = std::fs::read_to_string(page).unwrap();
        let title = format!("\n.TH kubelint-{command} 1  \"kubelint ");
        assert!(page.contains(&title), "{page}");
    }
}

#[test]
fn a_manual_that_cannot_be_written_is_a_failure() {
    let tree = Tree::bare([("taken", "a file")]);
    let run = tree.run(&["man", "taken/man1"]);
    run.fails("kubelint: error: cannot write to taken/man1: not a directory\n");
}
