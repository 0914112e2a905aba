//! Where output goes, and what becomes of it when that fails.

use std::fs;
use std::process::{Command, Stdio};

use crate::tree::{BAD, Tree, bad, finish};

#[test]
fn a_report_can_be_a_file() {
    let tree = Tree::repository([("app.yaml", BAD), ("old.json", "old")]);
    let json = tree.check(&["app.yaml", "--format", "json"]).stdout;
    for name in ["old.json", "new.json"] {
        tree.check(&["app.yaml", "--format", "json", "-o", name])
            .prints(1, "");
        assert_eq!(tree.read(name), json);
    }
    assert_eq!(tree.names(), [".git", "app.yaml", "new.json", "old.json"]);
}

#[test]
fn a_report_that_cannot_be_written_leaves_everything_as_it_was() {
    let tree = Tree::repository([("app.yaml", BAD), ("old.json", "old")]);
    tree.check(&["--output", "none/report.json"])
        .fails("kubelint: error: cannot write none/report.json: no such file or directory\n");
    tree.check(&["--output", ".git"])
        .fails("kubelint: error: cannot write .git: is a directory\n");
    assert_eq!(tree.names(), [".git", "app.yaml", "old.json"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let tree = Tree::repository([("app.yaml", BAD), ("old.json", "old")]);
    tree.check(&["--output", "/dev/full"])
        .fails("kubelint: error: cannot write /dev/full: no space left on device\n");
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = tree.check_command("", &[]);
    let status = command.stdout(full).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(2));
    // A limit on the size of files is the nearest thing to a full disk that needs no privileges.
    let command = tree.check_command("", &["--format", "sarif", "-o", "old.json"]);
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|it| format!("'{}'", it.to_str().unwrap()))
        .collect();
    let mut limited = Command::new("sh");
    limited
        .current_dir(&tree.path)
        .env("HOME", &tree.path)
        .args(["-c", &format!("ulimit -f 1; exec {}", words.join(" "))]);
    finish(&mut limited).fails("kubelint: error: cannot write old.json: file too large\n");
    assert_eq!(tree.read("old.json"), "old");
    assert_eq!(tree.names(), [".git", "app.yaml", "old.json"]);
}

#[test]
fn a_closed_pipe_is_quiet() {
    let files: Vec<_> = (0..400)
        .map(|it| (format!("app-{it}.yaml"), bad(&format!("app-{it}"))))
        .collect();
    let tree = Tree::repository(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    for args in [
        &["--format", "human"][..],
        &["--format", "json"],
        &["--format", "sarif"],
        &["--show-files"],
    ] {
        let mut command = tree.check_command("", args);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{args:?}: {:?}",
            output.status
        );
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    let colored = |args: &[&str], variables: &[(&str, &str)]| {
        let args: Vec<_> = ["--format", "human"].iter().chain(args).copied().collect();
        let mut command = tree.check_command("", &args);
        finish(command.envs(variables.iter().copied()))
            .stdout
            .contains('\u{1b}')
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&["--color=always"], &[]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(colored(&[], &[("KUBELINT_COLOR", "always")]));
}

#[test]
fn without_a_terminal_findings_are_lines() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    let concise = tree.check(&["--format", "concise"]);
    assert_eq!(tree.check(&[]).stdout, concise.stdout);
    let human = tree.check(&["--format", "human"]).stdout;
    assert!(human.contains("--> app.yaml:7:85"), "{human}");
}
