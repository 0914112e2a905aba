//! What configuration files and variables may say, and how their mistakes are told.

use std::fs;

use crate::tree::{BAD, Tree, finish, mini};

#[test]
fn the_repository_s_configuration_counts() {
    let tree = Tree::repository([
        ("deploy/app.yaml", BAD),
        ("kubelint.yaml", "select: [rollout]\nfail-on: warning\n"),
    ]);
    let run = tree.check(&["deploy"]);
    assert_eq!(
        (run.status, run.found()),
        (Some(1), vec!["deploy/app.yaml:6 mini/few-replicas".into()])
    );
    let run = tree.check_in("deploy", &["--fail-on", "error"]);
    assert_eq!(
        (run.status, run.found()),
        (Some(0), vec!["app.yaml:6 mini/few-replicas".into()])
    );
    let run = tree.check(&["deploy", "--no-config", "--select", "image"]);
    assert_eq!(run.found(), ["deploy/app.yaml:7 mini/floating-tag"]);
}

#[test]
fn mistakes_have_a_place_and_a_hint() {
    let tree = Tree::repository([
        ("app.yaml", BAD),
        ("kubelint.yaml", "# ours\nselct: [api]\nfail-on: warnin\n"),
        ("sub/x", ""),
    ]);
    tree.check(&[]).fails(
        "kubelint: error: kubelint.yaml:2:1: unknown key `selct`; did you mean `select`?\n\
         kubelint: error: kubelint.yaml:3:10: `fail-on`: `warnin` is none of error, warning, info, never; did you mean `warning`?\n",
    );
    let run = tree.check_in("sub", &[".."]);
    assert!(
        run.stderr.contains("error: ../kubelint.yaml:2:1:"),
        "{run:?}"
    );
    tree.write("kubelint.yaml", "select: [mini/floating-tg]\n");
    tree.check(&[]).fails(
        "kubelint: error: kubelint.yaml:1:10: there is no rule `mini/floating-tg`; did you mean `mini/floating-tag`?\n",
    );
    tree.write("kubelint.yaml", "select: [api\n");
    assert_eq!(tree.check(&[]).status, Some(2));
    tree.write("kubelint.yaml", "");
    assert_eq!(tree.check(&[]).status, Some(1));
}

#[test]
fn a_file_can_be_named_or_none_be_read() {
    let tree = Tree::repository([
        ("app.yaml", BAD),
        ("ci/lint.yaml", "select: [rollout]\n"),
        ("kubelint.yaml", "nonsense: 1\n"),
    ]);
    let run = tree.check(&["app.yaml", "--config", "ci/lint.yaml"]);
    assert_eq!(run.found(), ["app.yaml:6 mini/few-replicas"]);
    assert_eq!(tree.check(&["app.yaml", "--no-config"]).status, Some(1));
    tree.check(&["--config", "none.yaml"])
        .fails("kubelint: error: none.yaml does not exist\n");
    tree.check(&["--config", "ci"])
        .fails("kubelint: error: cannot read ci: it is a folder, not a file\n");
    assert_eq!(
        tree.check(&["--config", "x", "--no-config"]).status,
        Some(2)
    );
}

#[test]
fn a_person_s_own_configuration_comes_first() {
    let tree = Tree::repository([
        ("app.yaml", BAD),
        ("home/.config/kubelint/config.yaml", "select: [rollout]\n"),
    ]);
    assert_eq!(
        tree.check(&["app.yaml"]).found(),
        ["app.yaml:6 mini/few-replicas"]
    );
    tree.write("xdg/kubelint/config.yaml", "select: [image]\n");
    let mut command = tree.check_command("", &["app.yaml"]);
    let run = finish(command.env("XDG_CONFIG_HOME", tree.path.join("xdg")));
    assert_eq!(run.found(), ["app.yaml:7 mini/floating-tag"]);
    let run = finish(command.env("XDG_CONFIG_HOME", "relative"));
    assert_eq!(run.found(), ["app.yaml:6 mini/few-replicas"]);
    tree.write("kubelint.yaml", "select: [image]\n");
    assert_eq!(
        tree.check(&["app.yaml"]).found(),
        ["app.yaml:7 mini/floating-tag"]
    );
}

#[test]
fn variables_stand_for_flags_which_win() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    let with = |name: &str, value: &str, args: &[&str]| {
        finish(tree.check_command("", args).env(name, value))
    };
    assert_eq!(with("KUBELINT_FAIL_ON", "never", &[]).status, Some(0));
    assert_eq!(
        with("KUBELINT_FAIL_ON", "never", &["--fail-on", "error"]).status,
        Some(1)
    );
    assert_eq!(with("KUBELINT_FAIL_ON", "", &[]).status, Some(1));
    assert_eq!(with("KUBELINT_FAIL_ON", "nevr", &[]).status, Some(2));
    assert!(with("KUBELINT_FORMAT", "json", &[]).stdout.starts_with('{'));
    assert_eq!(
        with("KUBELINT_SELECT", "rollout,image", &[]).found().len(),
        2
    );
    assert_eq!(with("KUBELINT_PREVIEW", "", &[]).status, Some(1));
    assert_eq!(with("KUBELINT_PREVIEW", "1", &[]).status, Some(1));
}

#[test]
fn a_marked_folder_is_the_root() {
    let tree = Tree::repository([
        ("team/deploy/app.yaml", BAD),
        ("kubelint.yaml", "ignore: [image, rollout]\n"),
    ]);
    assert_eq!(tree.check_in("team/deploy", &[]).status, Some(0));
    tree.write("team/kubelint.yaml", "select: [image]\n");
    tree.check_in("team/deploy", &[]).prints(
        0,
        "note: ../kubelint.yaml is not read: it counts in the root only, and says `root: true` to make its folder that\n",
    );
    tree.write("team/kubelint.yaml", "root: true\nselct: []\n");
    let run = tree.check_in("team/deploy", &[]);
    assert!(
        run.stderr.contains("../kubelint.yaml:2:1: unknown key"),
        "{run:?}"
    );
    tree.write("team/kubelint.yaml", "root: true\nselect: [image]\n");
    let run = tree.check_in("team/deploy", &["-v"]);
    assert_eq!(run.found(), ["app.yaml:7 mini/floating-tag"]);
    assert!(
        run.stderr.contains("(its kubelint.yaml says so)"),
        "{run:?}"
    );
}

#[test]
fn near_misses_of_the_name_are_told() {
    let tree = Tree::repository([("app.yaml", BAD), (".kubelint.yml", "select: [image]\n")]);
    tree.check(&["--select", "image"]).holds(
        1,
        &["note: .kubelint.yml is not read: the configuration is called `kubelint.yaml`\n"],
    );
}

#[test]
fn a_repository_cannot_widen_what_is_read() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    for (config, word) in [
        ("packs: [../elsewhere]\n", "lies outside the root"),
        ("packs: [/etc]\n", "lies outside the root"),
        ("baseline: ../known.json\n", "lies outside the root"),
        ("online: true\n", "cannot set `online`"),
    ] {
        tree.write("kubelint.yaml", config);
        let run = tree.check(&[]);
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains(word), "no {word} in {run:?}");
    }
}

#[cfg(unix)]
#[test]
fn nor_by_links() {
    use std::os::unix::fs::symlink;
    let outside = Tree::bare([
        ("kubelint.yaml", "secret: hunter2\n"),
        ("pack/api/x.md", "secret\n"),
        ("known.json", "{}"),
    ]);
    let tree = Tree::repository([("app.yaml", BAD)]);
    symlink(
        outside.path.join("kubelint.yaml"),
        tree.path.join("kubelint.yaml"),
    )
    .unwrap();
    tree.check(&[])
        .fails("kubelint: error: cannot read kubelint.yaml: it lies outside the root\n");
    fs::remove_file(tree.path.join("kubelint.yaml")).unwrap();
    symlink(outside.path.join("pack"), tree.path.join("pack")).unwrap();
    tree.write("kubelint.yaml", "packs: [pack]\n");
    let error = tree.check(&[]);
    assert_eq!(
        error.stderr,
        "kubelint: error: kubelint.yaml: cannot read `pack`: it lies outside the root\n"
    );
    fs::create_dir_all(tree.path.join("pages/api")).unwrap();
    symlink(
        outside.path.join("pack/api/x.md"),
        tree.path.join("pages/api/x.md"),
    )
    .unwrap();
    tree.write("kubelint.yaml", "packs: [pages]\n");
    let error = tree.check(&[]);
    assert!(
        error
            .stderr
            .ends_with("pages/api/x.md: it lies outside the root\n"),
        "{error:?}"
    );
    symlink(
        outside.path.join("known.json"),
        tree.path.join("known.json"),
    )
    .unwrap();
    tree.write("kubelint.yaml", "baseline: known.json\n");
    tree.check(&[]).fails(
        "kubelint: error: kubelint.yaml: cannot read `known.json`: it lies outside the root\n",
    );
    tree.check(&["--write-baseline"]).fails(
        "kubelint: error: kubelint.yaml: cannot read `known.json`: it lies outside the root\n",
    );
    assert_eq!(outside.read("known.json"), "{}");
}

#[test]
fn packs_are_folders_of_pages() {
    let tree = Tree::repository([
        ("app.yaml", BAD),
        ("empty/x.txt", ""),
        ("team/api/broken.md", "no page\n"),
    ]);
    let pack = |folder: &str| tree.run(&["check", "--pack", folder]);
    pack("none")
        .fails("kubelint: error: cannot read the rule pack none: no such file or directory\n");
    pack("empty").fails("kubelint: error: the rule pack empty has no pages: they are called `<category>/<rule>.md`\n");
    let broken = pack("team");
    assert_eq!(broken.status, Some(2));
    assert!(
        broken.stderr.contains("error: team/api/broken.md:1:"),
        "{broken:?}"
    );
    let page = fs::read(mini().join("image/floating-tag.md")).unwrap();
    tree.write("ours/image/floating-tag.md", page);
    tree.write("kubelint.yaml", "packs: [ours]\n");
    assert_eq!(
        tree.run(&["check", "app.yaml", "--select", "image"])
            .found(),
        ["app.yaml:7 ours/floating-tag"]
    );
}
