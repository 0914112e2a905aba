//! Keeps what the documentation shows of kubelint equal to what kubelint prints.
//!
//! In the pages at the root and in docs/, the fence after `<!-- output: ARGUMENTS -->` holds the command and its output, and the table between
//! `<!-- rules -->` and `<!-- end -->` lists the rules. A page that is stale is rewritten, and the test fails once to say so; where
//! `CI` is set nothing is written.
#![cfg(unix)] // Elsewhere the program's name and its paths differ from those in the documentation.
#![expect(clippy::expect_used, reason = "helpers of tests may fail the test")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const OUTPUT: &str = "<!-- output: ";
const RULES: &str = "<!-- rules -->";
const END: &str = "<!-- end -->";
const FENCE: &str = "```";

#[test]
fn the_documentation_shows_what_kubelint_prints() {
    let mut stale = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page of the documentation");
        let fresh = refreshed(&text);
        if fresh != text {
            if std::env::var_os("CI").is_none() {
                fs::write(&page, fresh).expect("a page to write");
            }
            stale.push(page);
        }
    }
    assert!(
        stale.is_empty(),
        "stale: {stale:?}; running this test without CI in the environment refreshes them"
    );
}

#[test]
fn every_kind_of_block_is_refreshed() {
    let text =
        format!("a\n{OUTPUT}--version -->\n```console\nold\n```\nb\n{RULES}\nold\n{END}\nc\n");
    let fresh = refreshed(&text);
    let version = format!(
        "$ kubelint --version\nkubelint {}\n",
        env!("CARGO_PKG_VERSION")
    );
    assert!(fresh.contains(&version), "{fresh}");
    assert!(fresh.contains("yaml-syntax"), "{fresh}");
    assert!(!fresh.contains("\nold\n"), "{fresh}");
    assert!(
        fresh.starts_with("a\n") && fresh.ends_with("\nc\n"),
        "{fresh}"
    );
}

#[test]
fn the_configuration_shown_is_one_that_kubelint_takes() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let (_, after) = readme
        .split_once("<!-- configuration -->\n```yaml\n")
        .expect("a configuration");
    let (configuration, _) = after.split_once(FENCE).expect("the end of the fence");
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("kubelint.yaml");
    fs::write(&file, configuration).expect("a file to write");
    let output = Command::new(env!("CARGO_BIN_EXE_kubelint"))
        .args(["check", "examples/shop", "--config"])
        .arg(&file)
        .current_dir(root())
        .env_clear()
        .output()
        .expect("kubelint");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
}

#[test]
fn links_lead_to_files_that_are_there() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page of the documentation");
        let folder = page.parent().expect("the page's folder");
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|it| it.split(')').next())
        {
            let path = target.split('#').next().unwrap_or_default();
            let local = !path.is_empty() && !path.contains("://");
            assert!(
                !local || folder.join(path).exists(),
                "{} links to {target}",
                page.display()
            );
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = [root().to_path_buf(), root().join("docs")]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a folder of the documentation"))
        .map(|entry| entry.expect("a page").path())
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect();
    pages.sort();
    pages
}

/// The page with all that kubelint prints printed anew.
fn refreshed(text: &str) -> String {
    let mut fresh = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        fresh += line;
        fresh.push('\n');
        if let Some(arguments) = line.strip_prefix(OUTPUT) {
            let arguments = arguments.trim_end_matches(" -->");
            assert_eq!(lines.next(), Some("```console"), "after {line}");
            assert!(
                lines.any(|it| it == FENCE),
                "no end of the fence after {line}"
            );
            let output = kubelint(arguments);
            let _ = writeln!(fresh, "```console\n$ kubelint {arguments}\n{output}{FENCE}");
        } else if line == RULES {
            assert!(lines.any(|it| it == END), "no {END} after {RULES}");
            let _ = writeln!(fresh, "{}{END}", rules_table());
        }
    }
    fresh
}

/// What kubelint prints on both streams, as on a terminal without colours.
fn kubelint(arguments: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubelint"));
    command
        .args(arguments.split(' '))
        .current_dir(root())
        .env_clear();
    if !arguments.ends_with("--help") {
        command.env("KUBELINT_FORMAT", "human");
    }
    let output = command.output().expect("kubelint");
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8(printed).expect("output in UTF-8");
    let mut text = String::new();
    for line in printed.lines() {
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn rules_table() -> String {
    let listed = kubelint("rules --format json");
    let listed: Value = serde_json::from_str(&listed).expect("the rules as JSON");
    let mut table = "| rule | category | severity | confidence | status | what is wrong |\n\
         | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for rule in listed.as_array().expect("an array of rules") {
        let text = |key: &str| rule[key].as_str().expect("a text").replace('|', "\\|");
        let _ = writeln!(
            table,
            "| [`{id}`](../rules/{category}/{id}.md) | {category} | {} | {} | {} | {} |",
            text("severity"),
            text("confidence"),
            text("status"),
            text("title"),
            id = text("id"),
            category = text("category"),
        );
    }
    table
}
