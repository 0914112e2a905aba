//! What a change brought: `check --changed`, in repositories that git makes.

use std::fs;
use std::process::Command;

use crate::tree::{BAD, GOOD, Run, Tree, bad, finish, mini};

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
";

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

/// What git says of the commit that is checked out.
fn head(tree: &Tree) -> String {
    git(tree, &["rev-parse", "HEAD"])
}

#[test]
fn a_deleted_object_shows_at_its_users() {
    let tree = committed([
        ("deploy/web.yaml", USER),
        ("deploy/settings.yaml", SETTINGS),
    ]);
    assert_eq!(found(&tree, &["--changed"]), [""; 0]);
    fs::remove_file(tree.path.join("deploy/settings.yaml")).unwrap();
    let expected = ["deploy/web.yaml:14 missing-configmap"];
    assert_eq!(found(&tree, &["--changed"]), expected);
    assert_eq!(found(&tree, &["--changed", "HEAD"]), expected);
    assert_eq!(found(&tree, &["--changed=HEAD", "deploy"]), expected);
    let run = checked(&tree, &["--changed", "--fail-on", "warning"]);
    run.holds(
        1,
        &["uses the ConfigMap `settings`, which no manifest defines any more"],
    );
    // Without the change, nothing tells that something else does not bring it.
    assert_eq!(found(&tree, &[]), [""; 0]);
    commit(&tree);
    assert_eq!(found(&tree, &["--changed"]), [""; 0]);
    assert_eq!(found(&tree, &["--changed", "HEAD^"]), expected);
}

#[test]
fn what_was_there_is_counted_and_marked() {
    let tree = committed([("app.yaml", BAD)]);
    tree.write("web.yaml", bad("web"));
    let run = tree.check(&["--changed", "--format", "human"]);
    run.holds(
        1,
        &[
            "Found 1 error, 1 warning in 2 files (",
            "; 2 findings were there before\n",
        ],
    );
    let run = tree.check(&["--changed", "--format", "json"]);
    run.holds(1, &["\"state\": \"unchanged\"", "\"state\": \"active\""]);
    let run = tree.check(&["--changed", "--format", "sarif"]);
    run.holds(
        1,
        &[
            "\"baselineState\": \"unchanged\"",
            "\"baselineState\": \"new\"",
        ],
    );
    for format in ["concise", "github"] {
        let run = tree.check(&["--changed", "--format", format]);
        assert!(!run.stdout.contains("app.yaml"), "{run:?}");
        run.holds(1, &["web.yaml"]);
    }
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

#[test]
fn other_files_that_contradict_an_untouched_manifest_are_reported() {
    let manifest = "\
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
          ports: [{containerPort: 8080}]
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
";
    let source = "\
from flask import Flask
app = Flask(__name__)

@app.get(\"/ready\")
def ready():
    return \"ok\"

app.run(host=\"0.0.0.0\", port=8080)
";
    let dockerfile =
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nEXPOSE 8080\nCMD [\"python\", \"app.py\"]\n";
    let workflow = "#!/bin/sh -eu\ndocker build -t ghcr.io/acme/api:1.0 api\ndocker push ghcr.io/acme/api:1.0\nkubectl apply -f deploy/api.yaml\n";
    let tree = committed([
        ("deploy/api.yaml", manifest),
        ("api/Dockerfile", dockerfile),
        ("api/app.py", source),
        ("release.sh", workflow),
    ]);
    assert_eq!(found(&tree, &[]), [""; 0]);
    let shows = |path: &str, text: &str, rule: &str| {
        let before = tree.read(path);
        tree.write(path, text);
        let now = found(&tree, &["--changed"]);
        assert!(now.iter().any(|it| it.ends_with(rule)), "{rule}: {now:?}");
        tree.write(path, before);
    };
    shows(
        "api/app.py",
        &source.replace("/ready", "/healthy"),
        "probe-path-not-served",
    );
    shows(
        "api/app.py",
        &source.replace("8080", "9090"),
        "port-not-listened",
    );
    shows(
        "release.sh",
        &workflow.replace("deploy/api", "deploy/web"),
        "missing-script-path",
    );
    assert_eq!(found(&tree, &["--changed"]), [""; 0]);
}

#[test]
fn of_equal_findings_the_one_that_the_change_brought_is_shown() {
    let tree = committed([("b.yaml", BAD), ("d.yaml", BAD)]);
    // First in the order of paths, and yet the new one.
    tree.write("a.yaml", BAD);
    assert_eq!(
        images(&tree, &["--changed"]),
        ["a.yaml:7 mini/floating-tag"]
    );
    fs::remove_file(tree.path.join("a.yaml")).unwrap();
    tree.write("b.yaml", format!("{BAD}---\n{BAD}"));
    assert_eq!(
        images(&tree, &["--changed"]),
        ["b.yaml:15 mini/floating-tag"]
    );
    fs::remove_file(tree.path.join("d.yaml")).unwrap();
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
}

#[test]
fn what_git_does_not_know_yet_is_part_of_the_change() {
    let tree = committed([(".gitignore", "out/\n")]);
    tree.write("out/app.yaml", BAD);
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
    tree.write("deploy/web.yaml", bad("web"));
    let expected = ["deploy/web.yaml:7 mini/floating-tag"];
    assert_eq!(images(&tree, &["--changed"]), expected);
    git(&tree, &["add", "deploy"]);
    assert_eq!(images(&tree, &["--changed"]), expected);
    // What git ignores is no part of any change, also if it is named.
    assert_eq!(images(&tree, &["--changed", "HEAD", "out"]), [""; 0]);
    assert_eq!(
        images(&tree, &["--changed", "HEAD", "out/app.yaml"]),
        [""; 0]
    );
    assert_eq!(
        images(&tree, &["out"]),
        ["out/app.yaml:7 mini/floating-tag"]
    );
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let tree = Tree::bare([("app.yaml", BAD)]);
    git(&tree, &["init", "--quiet"]);
    for args in [
        &["--changed"][..],
        &["--changed", "HEAD"],
        &["--changed=@", "."],
    ] {
        assert_eq!(images(&tree, args), ["app.yaml:7 mini/floating-tag"]);
    }
    let run = tree.check(&["--changed"]);
    run.holds(1, &["note: there is no commit yet: everything is new"]);
    tree.check(&["--changed", "HEAD^"])
        .fails("kubelint: error: there is no commit `HEAD^` in this clone\n");
    tree.check(&["--changed", "HEAD", "gone"])
        .fails("kubelint: error: gone does not exist\n");
}

#[test]
fn a_revision_that_is_not_there_is_told_with_what_to_do() {
    let tree = committed([("deploy/app.yaml", BAD)]);
    let fails = |args: &[&str], message: &str| {
        tree.check(args)
            .fails(&format!("kubelint: error: {message}\n"));
    };
    fails(
        &["--changed", "nothing"],
        "there is no commit `nothing` in this clone",
    );
    fails(
        &["--changed", "origin/main"],
        "there is no commit `origin/main` in this clone; `git fetch origin main:refs/remotes/origin/main` brings it",
    );
    fails(
        &["--changed", "deploy/"],
        "`deploy/` is a path, and `--changed` wants a revision before it: `--changed HEAD deploy/`",
    );
    for odd in [
        "--changed=--all",
        "--changed=-h",
        "--changed=",
        "--changed=HEAD..HEAD",
        "--changed=HEAD:deploy",
    ] {
        let run = tree.check(&[odd]);
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(
            run.stderr
                .starts_with("kubelint: error: there is no commit `"),
            "{run:?}"
        );
    }
    // A branch called as a folder is a revision.
    git(&tree, &["branch", "deploy"]);
    assert_eq!(images(&tree, &["--changed", "deploy"]), [""; 0]);
}

#[test]
fn what_the_revision_got_since_is_no_part_of_the_change() {
    let tree = committed([("app.yaml", BAD)]);
    git(&tree, &["checkout", "--quiet", "-b", "mend"]);
    tree.write("app.yaml", GOOD);
    commit(&tree);
    git(&tree, &["checkout", "--quiet", "-b", "feature", "main"]);
    tree.write("web.yaml", bad("web"));
    commit(&tree);
    let expected = ["web.yaml:7 mini/floating-tag"];
    assert_eq!(images(&tree, &["--changed", "main"]), expected);
    // There `app.yaml` is right, but it is not this branch that broke it.
    assert_eq!(images(&tree, &["--changed", "mend"]), expected);
    git(&tree, &["checkout", "--quiet", "--orphan", "other"]);
    git(&tree, &["commit", "--quiet", "--message", "other"]);
    let run = tree.check(&["--changed", "mend", "--select", "image"]);
    run.holds(1, &[
        "app.yaml:7",
        "web.yaml:7",
        "note: where HEAD left `mend` is not known, because they have no commit in common: compared with `mend` as it is now",
    ]);
}

#[test]
fn shallow_and_partial_clones_say_what_they_lack() {
    let origin = committed([("app.yaml", GOOD)]);
    git(&origin, &["config", "uploadpack.allowFilter", "true"]);
    tree_of(&origin, "app.yaml", BAD);
    let url = format!("file://{}", origin.path.display());
    let clone = |args: &[&str]| {
        let tree = Tree::bare([]);
        let args: Vec<_> = [&["clone", "--quiet"], args, &[url.as_str(), "."]].concat();
        git(&tree, &args);
        tree
    };
    let shallow = clone(&["--depth=1"]);
    assert_eq!(images(&shallow, &["--changed"]), [""; 0]);
    shallow.write("web.yaml", bad("web"));
    assert_eq!(
        images(&shallow, &["--changed"]),
        ["web.yaml:7 mini/floating-tag"]
    );
    shallow.check(&["--changed", "HEAD^"]).fails(
        "kubelint: error: there is no commit `HEAD^` in this clone, which is shallow; `git fetch --unshallow` brings it, or `fetch-depth: 0` where actions/checkout made the clone\n",
    );
    git(&shallow, &["fetch", "--quiet", "--unshallow"]);
    assert_eq!(
        images(&shallow, &["--changed", "HEAD^"]),
        [
            "app.yaml:7 mini/floating-tag",
            "web.yaml:7 mini/floating-tag"
        ]
    );
    // Here the content of the first commit was never fetched, and is not fetched now.
    let partial = clone(&["--filter=blob:none"]);
    assert_eq!(images(&partial, &["--changed"]), [""; 0]);
    let run = partial.check(&["--changed", "HEAD^"]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(run.stderr.contains("it is partial"), "{run:?}");
    git(&partial, &["fetch", "--quiet", "--refetch", "--no-filter"]);
    let expected = ["app.yaml:7 mini/floating-tag"];
    assert_eq!(images(&partial, &["--changed", "HEAD^"]), expected);
}

/// Commits another text for a file.
fn tree_of(tree: &Tree, path: &str, text: &str) {
    tree.write(path, text);
    commit(tree);
}

#[test]
fn the_root_may_be_below_the_top_of_the_repository() {
    let tree = committed([
        ("team/kubelint.yaml", "root: true\n"),
        ("team/deploy/app.yaml", BAD),
        ("other/app.yaml", BAD),
        (".gitignore", "hidden/\n"),
    ]);
    tree.write("team/deploy/web.yaml", bad("web"));
    let args = ["--changed", "--select", "image"];
    let expected = ["deploy/web.yaml:7 mini/floating-tag"];
    assert_eq!(tree.check_in("team", &args).found(), expected);
    let run = tree.check(&["--changed", "HEAD", "team/deploy", "--select", "image"]);
    assert_eq!(run.found(), ["team/deploy/web.yaml:7 mini/floating-tag"]);
    // A folder that the commit does not have at all.
    let inner = [
        ("fresh/kubelint.yaml", "root: true\n"),
        ("fresh/app.yaml", BAD),
    ];
    for (path, text) in inner {
        tree.write(path, text);
    }
    let run = tree.check_in("fresh", &args);
    assert_eq!(run.found(), ["app.yaml:7 mini/floating-tag"]);
}

#[test]
fn paths_that_are_gone_may_be_named() {
    let tree = committed([
        ("deploy/web.yaml", USER),
        ("config/settings.yaml", SETTINGS),
    ]);
    fs::remove_dir_all(tree.path.join("config")).unwrap();
    let expected = ["deploy/web.yaml:14 missing-configmap"];
    for gone in ["config", "config/settings.yaml", "./config/"] {
        assert_eq!(
            found(&tree, &["--changed", "HEAD", gone, "deploy"]),
            expected
        );
    }
    assert_eq!(found(&tree, &["--changed", "HEAD", "config"]), [""; 0]);
    checked(&tree, &["--changed", "HEAD", "confg", "deplo"]).fails(
        "kubelint: error: confg does not exist\nkubelint: error: deplo does not exist; did you mean `deploy`?\n",
    );
    checked(&tree, &["config"]).fails("kubelint: error: config does not exist\n");
}

#[test]
fn the_configuration_is_that_of_today_and_comments_are_those_of_each_side() {
    let tree = committed([("app.yaml", BAD)]);
    tree.write("kubelint.yaml", "select: [image, rollout]\n");
    assert_eq!(tree.check(&["--changed"]).found(), [""; 0]);
    let with_comment = BAD.replace(
        "  template:",
        "  # kubelint: ignore[mini/floating-tag] on purpose\n  template:",
    );
    tree_of(&tree, "app.yaml", &with_comment);
    assert_eq!(images(&tree, &[]), [""; 0]);
    tree.write("app.yaml", BAD);
    assert_eq!(
        images(&tree, &["--changed"]),
        ["app.yaml:7 mini/floating-tag"]
    );
}

#[test]
fn a_baseline_holds_as_ever_and_is_not_written() {
    let tree = committed([("app.yaml", BAD)]);
    tree.check(&["--write-baseline=known.json"]).prints(0, "");
    tree.write("web.yaml", format!("{}---\n{}", bad("web"), BAD));
    let args = ["--changed", "HEAD", "--baseline", "known.json"];
    // The baseline and the commit hold the same finding, not one each.
    let expected = [
        "web.yaml:7 mini/floating-tag",
        "web.yaml:15 mini/floating-tag",
    ];
    assert_eq!(images(&tree, &args), expected);
    tree.check(&["--changed", "HEAD", "--write-baseline=known.json"]).fails(
        "kubelint: error: `--write-baseline` writes down all findings, and `--changed` leaves most out: give one of them\n",
    );
    tree.check(&["--changed", "HEAD", "-"])
        .fails("kubelint: error: `--changed` compares files, and standard input is none\n");
}

#[test]
fn each_side_has_its_own_lock_file() {
    let image = "ghcr.io/acme/web:1.0";
    let lock = |entry: &str| format!("version: 1\nimages:\n  {image}:\n    {entry}\n");
    let tree = committed([
        (
            "web.yaml",
            &*USER.replace(
                "          envFrom:\n            - configMapRef: {name: settings}\n",
                "",
            ),
        ),
        (
            "kubelint.lock",
            &*lock(&format!("digest: sha256:{}", "0".repeat(64))),
        ),
    ]);
    assert_eq!(found(&tree, &["--changed"]), [""; 0]);
    tree.write("kubelint.lock", lock("missing: tag"));
    let now = found(&tree, &["--changed"]);
    assert_eq!(now, ["web.yaml:12 tag-not-found"]);
    commit(&tree);
    assert_eq!(found(&tree, &["--changed"]), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_hook_of_git_does_not_mislead() {
    let tree = committed([("app.yaml", BAD)]);
    let other = committed([("other.yaml", GOOD)]);
    tree.write("web.yaml", bad("web"));
    let mut command = tree.check_command("", &["--changed", "--select", "image"]);
    command.env("GIT_DIR", other.path.join(".git"));
    command.env("GIT_WORK_TREE", &other.path);
    command.env("GIT_INDEX_FILE", ".git/index.lock");
    command.env("GIT_PREFIX", "deploy/");
    let run = finish(&mut command);
    assert_eq!(run.found(), ["web.yaml:7 mini/floating-tag"], "{run:?}");
    // In a hook itself, of another work tree of the repository.
    tree.write(
        "hooks/pre-commit",
        format!(
            "#!/bin/sh\nexec {} check --pack {} --select image --changed HEAD\n",
            env!("CARGO_BIN_EXE_kubelint"),
            mini().display()
        ),
    );
    let hook = tree.path.join("hooks/pre-commit");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(hook, mode).unwrap();
    let hooks = format!("core.hooksPath={}", tree.path.join("hooks").display());
    git(
        &tree,
        &["worktree", "add", "--quiet", "-b", "feature", "linked"],
    );
    tree.write("linked/deploy/db.yaml", bad("db"));
    let mut command = Command::new("git");
    command.current_dir(tree.path.join("linked")).envs(GIT);
    command.args([
        "-c",
        &hooks,
        "commit",
        "--quiet",
        "--message",
        "next",
        "deploy/db.yaml",
    ]);
    git_in(&tree, "linked", &["add", "deploy/db.yaml"]);
    let run = finish(&mut command);
    assert_eq!(run.status, Some(1), "{run:?}");
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(
        said.contains("deploy/db.yaml:7") && !said.contains("app.yaml"),
        "{said}"
    );
}

#[test]
fn nothing_that_a_repository_configures_is_started() {
    let tree = committed([
        ("app.yaml", GOOD),
        (".gitattributes", "* diff=evil filter=evil\n"),
    ]);
    let trap = format!("touch {}", tree.path.join("sprung").display());
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "filter.evil.clean",
        "credential.helper",
    ] {
        git(&tree, &["config", key, &trap]);
    }
    git(&tree, &["config", "core.sparseCheckout", "true"]);
    tree.write("app.yaml", BAD);
    assert_eq!(
        images(&tree, &["--changed"]),
        ["app.yaml:7 mini/floating-tag"]
    );
    assert!(!tree.path.join("sprung").exists());
    // Nothing was written either.
    assert!(!tree.path.join(".git/index.lock").exists());
}

#[test]
fn without_git_or_a_repository_it_says_so() {
    let tree = Tree::bare([("app.yaml", BAD)]);
    let run = tree.check(&["--changed"]);
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr
            .starts_with("kubelint: error: git cannot tell what changed: not a git repository"),
        "{run:?}"
    );
    let tree = committed([("app.yaml", BAD)]);
    let mut command = tree.check_command("", &["--changed"]);
    command.env("PATH", tree.path.join("nowhere"));
    finish(&mut command)
        .fails("kubelint: error: `--changed` needs the program git, which is not there\n");
    git(&tree, &["clone", "--quiet", "--bare", ".", "bare"]);
    let mut command = tree.check_command("bare", &["--changed", "HEAD", "--root", "."]);
    finish(&mut command).fails(
        "kubelint: error: git cannot tell what changed: the root is no work tree of a repository\n",
    );
    // As `safe.directory` has it.
    let mut command = tree.check_command("", &["--changed"]);
    command.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    let run = finish(&mut command);
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr.contains("dubious ownership") && run.stderr.contains("safe.directory"),
        "{run:?}"
    );
}

#[test]
fn the_variable_asks_for_it_too() {
    let tree = committed([("app.yaml", BAD)]);
    let with = |value: &str| {
        let mut command = tree.check_command("", &["--select", "image"]);
        command.env("KUBELINT_CHANGED", value);
        finish(&mut command).found()
    };
    assert_eq!(with("HEAD"), [""; 0]);
    assert_eq!(with(&head(&tree)), [""; 0]);
    assert_eq!(with(""), ["app.yaml:7 mini/floating-tag"]);
}

/// Without what only Unix has, or what some systems refuse as names.
#[cfg(unix)]
#[test]
fn odd_paths_and_links_are_read_as_on_disk() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    let tree = committed([
        ("with space/line\nbreak/app.yaml", &*bad("one")),
        ("tab\there \"q\"/app.yaml", &*bad("two")),
        ("-dash/*.yaml", &*bad("three")),
        ("vendor/app.yaml", BAD),
        ("linked/real.yaml", BAD),
    ]);
    fs::write(
        tree.path.join(OsStr::from_bytes(b"caf\xe9.yaml")),
        bad("four"),
    )
    .unwrap();
    fs::create_dir(tree.path.join("links")).unwrap();
    let link = |to: &str, at: &str| symlink(to, tree.path.join(at)).unwrap();
    link("../vendor/app.yaml", "links/tool.yaml");
    link("../linked", "links/folder");
    link("../../../../etc/passwd", "links/out.yaml");
    link("/etc/passwd", "links/absolute.yaml");
    link("round.yaml", "links/round.yaml");
    commit(&tree);
    let all = images(&tree, &[]).len();
    assert!(all >= 5, "{all}");
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
    // All of it is there in the commit, whatever became of it.
    let others = [
        "with space",
        "tab\there \"q\"",
        "-dash",
        "vendor",
        "linked",
        "links",
    ];
    for path in others {
        fs::remove_dir_all(tree.path.join(path)).unwrap();
    }
    fs::remove_file(tree.path.join(OsStr::from_bytes(b"caf\xe9.yaml"))).unwrap();
    for name in ["one", "two", "three", "four", "api"] {
        tree.write(&format!("moved/{name}.yaml"), bad(name));
    }
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
    // `api` was there twice: one of the two behind a link, in a folder that is not searched.
    tree.write("moved/more.yaml", bad("api"));
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
    tree.write("moved/most.yaml", bad("api"));
    assert_eq!(
        images(&tree, &["--changed"]),
        ["moved/most.yaml:7 mini/floating-tag"]
    );
}

#[test]
fn submodules_are_the_same_before_and_after() {
    let part = committed([("app.yaml", BAD)]);
    let tree = committed([("web.yaml", GOOD)]);
    let url = part.path.to_str().unwrap();
    git(&tree, &["submodule", "--quiet", "add", url, "parts/one"]);
    assert_eq!(
        images(&tree, &["--changed"]),
        ["parts/one/app.yaml:7 mini/floating-tag"]
    );
    commit(&tree);
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
    assert_eq!(
        images(&tree, &["--changed", "HEAD", "parts/one/app.yaml"]),
        [""; 0]
    );
    // From within, the part is a repository of its own.
    tree.write("parts/one/db.yaml", bad("db"));
    let run = tree.check_in("parts/one", &["--changed", "--select", "image"]);
    assert_eq!(run.found(), ["db.yaml:7 mini/floating-tag"]);
}

#[test]
fn ends_of_lines_filters_and_sparse_checkouts_change_nothing() {
    let tree = committed([
        ("app.yaml", BAD),
        ("deploy/web.yaml", USER),
        ("config/settings.yaml", SETTINGS),
    ]);
    // As git writes files on Windows.
    for path in ["app.yaml", "deploy/web.yaml"] {
        tree.write(path, tree.read(path).replace('\n', "\r\n"));
    }
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
    assert_eq!(found(&tree, &["--changed"]), [""; 0]);
    git(&tree, &["checkout", "--quiet", "."]);
    git(&tree, &["sparse-checkout", "set", "deploy"]);
    assert!(!tree.path.join("config").exists());
    assert_eq!(found(&tree, &["--changed"]), [""; 0]);
    git(&tree, &["sparse-checkout", "disable"]);
    // What git keeps is a pointer, and the file itself is on disk.
    tree_of(
        &tree,
        "large.yaml",
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n",
    );
    tree.write("large.yaml", bad("large"));
    assert_eq!(images(&tree, &["--changed"]), [""; 0]);
}

#[test]
fn files_over_the_limit_are_over_it_before_too() {
    let tree = committed([("app.yaml", BAD), ("large.yaml", &*"# ".repeat(5000))]);
    let args = [
        "--changed",
        "HEAD",
        "--max-file-size",
        "4096",
        "--select",
        "image",
    ];
    let run = tree.check(&args);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(
        run.stdout.contains("large.yaml") && run.found().is_empty(),
        "{run:?}"
    );
    // Skipped among git's objects, and what comes after it is still read right.
    fs::remove_file(tree.path.join("large.yaml")).unwrap();
    tree.write("app.yaml", format!("\n{BAD}"));
    let run = tree.check(&args);
    assert_eq!((run.status, run.found()), (Some(0), Vec::new()), "{run:?}");
}

#[test]
fn repositories_with_sha256_are_read_too() {
    let tree = Tree::bare([("app.yaml", BAD)]);
    git(&tree, &["init", "--quiet", "--object-format=sha256"]);
    commit(&tree);
    tree.write("web.yaml", bad("web"));
    assert_eq!(
        images(&tree, &["--changed"]),
        ["web.yaml:7 mini/floating-tag"]
    );
    tree.write("app.yaml", format!("\n{BAD}"));
    assert_eq!(
        images(&tree, &["--changed"]),
        ["web.yaml:7 mini/floating-tag"]
    );
}
