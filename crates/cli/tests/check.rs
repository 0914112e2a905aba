//! What `check` finds, in what, and how it ends.

use crate::tree::{BAD, GOOD, NOTED, Tree, WARN, bad};

const FLOATING_TAG: &str =
    "app.yaml:7:85: error[mini/floating-tag] container `api` runs `api:latest`, which moves\n";
const FEW_REPLICAS: &str = "app.yaml:6:13: warning[mini/few-replicas] the Deployment `api` runs too few replicas at `spec.replicas`\n";

#[test]
fn the_status_tells_whether_there_are_errors() {
    let tree = Tree::repository([
        ("bad/app.yaml", BAD),
        ("warn/app.yaml", WARN),
        ("good/app.yaml", GOOD),
    ]);
    let bad = tree.check_in("bad", &[]);
    bad.prints(1, &format!("{FEW_REPLICAS}{FLOATING_TAG}"));
    assert_eq!(bad.stderr, "");
    tree.check_in("warn", &[]).prints(
        0,
        "app.yaml:5:13: warning[mini/few-replicas] the Deployment `api` runs too few replicas at `spec.replicas`\n",
    );
    tree.check_in("good", &[]).prints(0, "");
}

#[test]
fn fail_on_moves_the_threshold_and_the_format_never_does() {
    let tree = Tree::repository([("bad.yaml", BAD), ("warn.yaml", WARN), ("good.yaml", GOOD)]);
    for format in crate::formats::ALL {
        let status = |path: &str, fail_on: &str| {
            tree.check(&[path, "--fail-on", fail_on, "--format", format])
                .status
        };
        assert_eq!(status("bad.yaml", "error"), Some(1), "{format}");
        assert_eq!(status("bad.yaml", "never"), Some(0), "{format}");
        assert_eq!(status("warn.yaml", "error"), Some(0), "{format}");
        assert_eq!(status("warn.yaml", "warning"), Some(1), "{format}");
        assert_eq!(status("warn.yaml", "info"), Some(1), "{format}");
        assert_eq!(status("good.yaml", "info"), Some(0), "{format}");
    }
}

#[test]
fn what_is_unsure_never_fails_a_run() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: api}\nspec:\n  containers: [{name: api, image: ghcr.io/your-org/api:1}]\n";
    let tree = Tree::repository([("docs/pod.yaml", pod), ("deploy/pod.yaml", pod)]);
    let shown = ["check", "--min-confidence", "low", "--fail-on", "info"];
    tree.run(&shown)
        .holds(1, &["deploy/pod.yaml", "error[unresolved-placeholder]"]);
    std::fs::remove_file(tree.path.join("deploy/pod.yaml")).unwrap();
    tree.run(&shown)
        .holds(0, &["docs/pod.yaml", "info[unresolved-placeholder]"]);
    // Who names the folder means what is in it.
    tree.run(&["check", "docs"]).holds(1, &["docs/pod.yaml"]);
}

#[test]
fn that_no_rule_is_selected_is_said() {
    let tree = Tree::repository([("bad.yaml", BAD)]);
    tree.run(&["check", "--select", "duplicate-key", "--ignore", "api"])
        .prints(0, "note: no rule is selected: nothing was checked\n");
}

#[test]
fn rules_are_selected_by_id_alias_category_and_profile() {
    let tree = Tree::repository([("app.yaml", BAD), ("service.yaml", NOTED)]);
    let rules = |args: &[&str]| -> Vec<String> {
        let found = tree.check(args).found();
        found
            .iter()
            // Rules of kubelint's own pack have no prefix, and are not asked about here.
            .filter_map(|it| Some(it.split_once('/')?.1.to_owned()))
            .collect()
    };
    assert_eq!(rules(&[]), ["few-replicas", "floating-tag"]);
    assert_eq!(rules(&["--select", "rollout"]), ["few-replicas"]);
    assert_eq!(rules(&["--select", "MINI-1"]), ["floating-tag"]);
    assert_eq!(
        rules(&["--select", "rollout,mini/missing-owner"]),
        ["few-replicas", "missing-owner"]
    );
    assert_eq!(
        rules(&["--select", "rollout", "--select", "image"]),
        ["few-replicas", "floating-tag"]
    );
    assert_eq!(rules(&["--ignore", "image,hygiene"]), ["few-replicas"]);
    let all = ["few-replicas", "floating-tag", "missing-owner"];
    assert_eq!(rules(&["--extend-select", "mini/missing-owner"]), all);
    assert_eq!(rules(&["--profile", "strict"]), all[..2]);
    assert_eq!(rules(&["--profile", "strict", "--preview"]), all);
}

#[test]
fn unknown_words_are_errors_with_the_nearest_right_one() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    tree.check(&["--select", "mini/floating-tg"]).fails(
        "kubelint: error: there is no rule `mini/floating-tg`; did you mean `mini/floating-tag`?\n",
    );
    tree.check(&["--ignore", "hygene"])
        .fails("kubelint: error: there is no rule `hygene`; did you mean `hygiene`?\n");
    for (args, tip) in [
        (["--format", "josn"], "'json'"),
        (["--fail-on", "warnin"], "'warning'"),
        (["--min-confidence", "hihg"], "'high'"),
        (["--profile", "strickt"], "'strict'"),
        (["--kubernetes-version", "one"], "1.34"),
        (["--max-file-size", "lots"], "64MiB"),
        (["--color", "alway"], "'always'"),
        (["--selct", "api"], "'--select'"),
    ] {
        let run = tree.check(&args);
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains(tip), "no {tip} in {run:?}");
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn paths_that_do_not_exist_are_all_told_with_the_nearest_that_do() {
    let tree = Tree::repository([("deploy/app.yaml", BAD)]);
    tree.check(&["deploy/ap.yaml", "deplyo/app.yaml", "deplyo/nothing", "xyz"])
        .fails(
            "kubelint: error: deploy/ap.yaml does not exist; did you mean `deploy/app.yaml`?\n\
         kubelint: error: deplyo/app.yaml does not exist; did you mean `deploy/app.yaml`?\n\
         kubelint: error: deplyo/nothing does not exist; did you mean `deploy`?\n\
         kubelint: error: xyz does not exist\n",
        );
    tree.check(&["deploy/app.yaml/x"])
        .fails("kubelint: error: deploy/app.yaml/x does not exist\n");
}

#[test]
fn a_folder_without_manifests_says_so() {
    let tree = Tree::repository([
        ("README.md", "# nothing\n"),
        (".gitignore", "out/\n"),
        ("out/app.yaml", BAD),
    ]);
    std::fs::create_dir(tree.path.join("empty")).unwrap();
    tree.check(&["empty"])
        .prints(0, "note: no Kubernetes object in empty\n");
    tree.check(&[]).prints(
        0,
        "note: no Kubernetes object in .; git ignores one file or folder there, which is checked if it is named\n",
    );
    tree.check(&["-q"]).prints(0, "");
    tree.check(&["--format", "json", "empty"])
        .holds(0, &["\"findings\": []"]);
    let json = tree.check(&["--format", "json", "empty"]);
    assert_eq!(
        json.stderr,
        "kubelint: note: no Kubernetes object in empty\n"
    );
}

#[test]
fn paths_read_from_the_working_directory() {
    let tree = Tree::repository([("a b/deploy/app.yaml", BAD), ("other/x", "")]);
    let select = ["--select", "image"];
    let path = |folder: &str, path: &str| {
        let args = [path, select[0], select[1]];
        let found = tree.check_in(folder, &args).found();
        found
            .first()
            .and_then(|it| it.split_once(":7 "))
            .unwrap()
            .0
            .to_owned()
    };
    assert_eq!(path("", "a b"), "a b/deploy/app.yaml");
    assert_eq!(
        path("", "./a b/../a b/deploy/app.yaml"),
        "a b/deploy/app.yaml"
    );
    assert_eq!(path("a b/deploy", "."), "app.yaml");
    assert_eq!(path("other", "../a b/deploy"), "../a b/deploy/app.yaml");
    assert_eq!(path("other", ".."), "../a b/deploy/app.yaml");
}

#[test]
fn outside_a_repository_the_paths_are_all_there_is() {
    let tree = Tree::bare([("one/app.yaml", BAD), ("two/app.yaml", &bad("web"))]);
    let run = tree.check(&["-v", "one/app.yaml", "--select", "image"]);
    assert_eq!(run.found(), ["one/app.yaml:7 mini/floating-tag"]);
    let root = tree.path.join("one");
    assert!(
        run.stderr.contains(&format!(
            "root {} (it holds all paths given)",
            root.display()
        )),
        "{run:?}"
    );
    let run = tree.check(&["one", "two", "--select", "image"]);
    assert_eq!(
        run.found(),
        [
            "one/app.yaml:7 mini/floating-tag",
            "two/app.yaml:7 mini/floating-tag"
        ]
    );
}

#[test]
fn a_root_can_be_given_and_nothing_outside_is_read() {
    let tree = Tree::repository([("one/app.yaml", BAD), ("two/app.yaml", BAD)]);
    assert_eq!(tree.check(&["--root", "one", "one", "-q"]).status, Some(1));
    let root = tree.path.join("one");
    tree.check(&["--root", "one", "two/app.yaml"])
        .fails(&format!(
            "kubelint: error: two/app.yaml lies outside the root {}\n",
            root.display()
        ));
    tree.check(&["--root", "one/app.yaml"])
        .fails("kubelint: error: cannot use one/app.yaml as the root: it is not a folder\n");
    tree.check(&["--root", "none"])
        .fails("kubelint: error: cannot use none as the root: no such file or directory\n");
}

#[test]
fn standard_input_is_checked_like_a_file() {
    let tree = Tree::repository([("deploy/app.yaml", GOOD)]);
    let only = ["--select", "image"];
    tree.check_stdin(BAD, &["-", only[0], only[1]]).prints(
        1,
        "<stdin>:7:85: error[mini/floating-tag] container `api` runs `api:latest`, which moves\n",
    );
    tree.check_stdin(BAD, &["/dev/stdin", only[0], only[1]])
        .prints(
            1,
            "<stdin>:7:85: error[mini/floating-tag] container `api` runs `api:latest`, which moves\n",
        );
    tree.check_stdin(
        BAD,
        &["-", "--stdin-filename", "deploy/app.yaml", only[0], only[1]],
    )
    .prints(
        1,
        "deploy/app.yaml:7:85: error[mini/floating-tag] container `api` runs `api:latest`, which moves\n",
    );
    tree.check_stdin(BAD, &["-", "--stdin-filename", "/elsewhere/app.yaml"])
        .fails(&format!(
            "kubelint: error: /elsewhere/app.yaml lies outside the root {}\n",
            tree.path.display()
        ));
    tree.check_stdin("", &["-"])
        .prints(0, "note: 1 file holds no manifest: <stdin>\n");
    tree.check_stdin(BAD, &["-", "--max-file-size", "10"]).fails(
        "kubelint: error: standard input has more than 10 bytes, the limit that `--max-file-size` sets\n",
    );
}

#[test]
fn show_files_tells_what_would_be_read_and_what_not() {
    let tree = Tree::repository([
        ("deploy/app.yaml", BAD),
        ("deploy/kustomization.yaml", "resources: [app.yaml]\n"),
        ("out/app.yaml", BAD),
        (".gitignore", "out/\n"),
        ("node_modules/x/app.yaml", BAD),
    ]);
    let run = tree.check(&["--show-files"]);
    run.holds(
        0,
        &[
            "deploy/app.yaml: manifest (target)\n",
            "deploy/kustomization.yaml: kustomization (target)\n",
            "node_modules: left out: folders of this name are not searched\n",
            "out: left out: git ignores it\n",
        ],
    );
    assert!(!run.stdout.contains("no-selector"));
}

#[test]
fn statistics_timings_and_decisions_are_extra() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    tree.check(&["--statistics"])
        .holds(1, &["mini/floating-tag"]);
    let run = tree.check(&["--timings", "-q"]);
    run.prints(1, &format!("{FEW_REPLICAS}{FLOATING_TAG}"));
    for stage in ["discover", "load", "check", "decide", "report", "total"] {
        assert!(run.stderr.contains(stage), "{run:?}");
    }
    let run = tree.check(&["-v"]);
    run.prints(1, &format!("{FEW_REPLICAS}{FLOATING_TAG}"));
    assert!(run.stderr.contains("(it holds .git)"), "{run:?}");
}

#[test]
fn overlapping_paths_are_checked_once() {
    let tree = Tree::repository([("deploy/app.yaml", BAD)]);
    let run = tree.check(&[
        ".",
        "deploy",
        "deploy/app.yaml",
        "./deploy/",
        "--select",
        "image",
    ]);
    assert_eq!(run.found(), ["deploy/app.yaml:7 mini/floating-tag"]);
}

#[test]
fn equal_runs_print_equal_bytes() {
    let files: Vec<(String, String)> = (0..60)
        .map(|it| {
            (
                format!("d{}/app-{it}.yaml", it % 7),
                bad(&format!("app-{it}")),
            )
        })
        .collect();
    let tree = Tree::repository(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    let first = tree.check(&["--format", "json"]).stdout;
    for _ in 0..3 {
        assert_eq!(tree.check(&["--format", "json"]).stdout, first);
    }
}

#[test]
fn notes_name_files_as_they_read_from_the_working_directory() {
    let tree = Tree::repository([("deploy/a.txt", "hello\n"), ("deploy/x/b.yaml", GOOD)]);
    for format in ["human", "concise", "json"] {
        let args = ["../a.txt", "--format", format];
        let run = tree.check_in("deploy/x", &args);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(
            said.contains("1 file holds no manifest: ../a.txt"),
            "{said}"
        );
        assert!(!said.contains("deploy/a.txt"), "{said}");
    }
}
