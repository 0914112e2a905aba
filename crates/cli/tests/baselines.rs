//! Findings that are known already.

use std::fs;

use crate::tree::{BAD, Tree, bad};

#[test]
fn what_is_known_does_not_count() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    let written = tree.check(&["--write-baseline=known.json"]);
    written.prints(0, "");
    assert_eq!(
        written.stderr,
        "kubelint: 2 findings are known in known.json from now on\n"
    );
    assert_eq!(tree.check(&["--baseline", "known.json"]).found(), [""; 0]);
    assert_eq!(tree.check(&["--baseline", "known.json"]).status, Some(0));
    tree.write("more.yaml", bad("web"));
    let run = tree.check(&["--baseline", "known.json", "--select", "image"]);
    assert_eq!(
        (run.status, run.found()),
        (Some(1), vec!["more.yaml:7 mini/floating-tag".into()])
    );
}

#[test]
fn a_baseline_is_refreshed_where_it_is() {
    let tree = Tree::repository([
        ("app.yaml", BAD),
        ("kubelint.yaml", "baseline: ci/known.json\n"),
    ]);
    fs::create_dir(tree.path.join("ci")).unwrap();
    tree.check(&[]).fails(
        "kubelint: error: the baseline ci/known.json does not exist; `--write-baseline` makes one\n",
    );
    tree.check(&["--write-baseline"]).prints(0, "");
    let first = tree.read("ci/known.json");
    tree.check(&[]).prints(0, "");
    // What is known already must be in it again.
    tree.check(&["--write-baseline"]).prints(0, "");
    assert_eq!(tree.read("ci/known.json"), first);
}

#[test]
fn no_other_file_is_overwritten() {
    let tree = Tree::repository([("app.yaml", BAD), ("broken.json", "{\"version\": 1")]);
    tree.check(&["--write-baseline=app.yaml"])
        .fails("kubelint: error: app.yaml is not a baseline; it is not overwritten\n");
    assert_eq!(tree.read("app.yaml"), BAD);
    tree.check(&["--write-baseline", "app.yaml"]).fails(
        "kubelint: error: no baseline is named: say `--write-baseline=FILE`, or name it with `--baseline` or in the configuration\n",
    );
    let run = tree.check(&["--baseline", "broken.json"]);
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr.starts_with("kubelint: error: broken.json:1:"),
        "{run:?}"
    );
}
