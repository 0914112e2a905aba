//! Interrupts.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::tree::{BAD, Tree};

/// A run that waits for standard input.
fn waiting(tree: &Tree, args: &[&str]) -> Child {
    let mut command = tree.check_command("", args);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while !is_reading(&child) && began.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(5));
    }
    child
}

/// Whether the process sleeps in a read: on Linux the system tells; elsewhere a moment must do.
fn is_reading(child: &Child) -> bool {
    let path = format!("/proc/{}/wchan", child.id());
    match std::fs::read_to_string(path) {
        Ok(place) if !place.is_empty() && place != "0" => place.contains("pipe"),
        _ => {
            sleep(Duration::from_millis(500));
            true
        }
    }
}

fn send(signal: &str, child: &Child) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &id])
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn an_interrupt_ends_the_run_and_leaves_nothing_behind() {
    for (signal, status) in [("-INT", 130), ("-TERM", 143)] {
        let tree = Tree::repository([("app.yaml", BAD), ("old.json", "old")]);
        let child = waiting(&tree, &["-", "--format", "json", "-o", "old.json"]);
        send(signal, &child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        assert!(
            output.stdout.is_empty() && output.stderr.is_empty(),
            "{output:?}"
        );
        assert_eq!(tree.read("old.json"), "old");
        assert_eq!(tree.names(), [".git", "app.yaml", "old.json"]);
    }
}

#[test]
fn an_interrupt_ends_a_run_that_waits_for_a_registry() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, image: '{host}/a:1'}}]}}\n"
    );
    let tree = Tree::repository([("app.yaml", pod.as_str())]);
    for command in ["check --online", "lock"] {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.extend(["--insecure-registry", &host]);
        let mut command = tree.command_in("", &args);
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        // It has asked, and nobody will answer.
        let (stream, _) = listener.accept().unwrap();
        send("-INT", &child);
        let began = Instant::now();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        assert!(began.elapsed() < Duration::from_secs(10), "it waits");
        drop(stream);
    }
    assert_eq!(tree.names(), [".git", "app.yaml"]);
}
