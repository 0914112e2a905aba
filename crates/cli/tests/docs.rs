//! Keeps what the documentation shows of kubelint equal to what kubelint prints.
//!
//! In the pages at the root and in docs/, the fence after `<!-- output: ARGUMENTS -->` holds the command and its output, and the table between
//! `<!-- rules -->` and `<!-- end -->` lists the rules. Every other fence of the README and the guide is checked as [`fences`] says. A page that is stale is rewritten, and the test fails once to say so; where
//! `CI` is set nothing is written.
#![cfg(unix)] // Elsewhere the program's name and its paths differ from those in the documentation.
#![expect(clippy::expect_used, reason = "helpers of tests may fail the test")]

mod fences;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const OUTPUT: &str = "<!-- output: ";
const RULES: &str = "<!-- rules -->";
const ALIASES: &str = "<!-- aliases -->";
const END: &str = "<!-- end -->";
const FENCE: &str = "```";

#[test]
fn the_documentation_shows_what_kubelint_prints() {
    let mut stale = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page of the documentation");
        let mut fresh = refreshed(&text);
        if is_guide(&page) {
            fresh = fences::checked(&page, &fresh);
        }
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
fn every_key_of_the_configuration_is_explained() {
    let page = fs::read_to_string(root().join("docs/configuration.md")).expect("the page");
    let schema: Value = serde_json::from_str(&kubelint("schema config")).expect("a schema");
    let keys = keys(&schema);
    assert!(keys.len() > 25, "{keys:?}");
    for key in keys {
        assert!(
            page.contains(&format!("`{key}`")),
            "`{key}` is not on the page"
        );
    }
}

/// The names of all properties in a schema.
fn keys(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = vec![schema];
    while let Some(value) = rest.pop() {
        match value {
            Value::Object(map) => {
                if let Some(Value::Object(properties)) = map.get("properties") {
                    found.extend(properties.keys().cloned());
                }
                rest.extend(map.values());
            }
            Value::Array(items) => rest.extend(items),
            _ => {}
        }
    }
    found
}

#[test]
fn fences_are_found_with_what_is_said_of_them() {
    let text = "# A\n\n<!-- file: a.yaml -->\n```yaml\na: 1\n```\n\n- x\n  ```sh\n  y\n  ```\n";
    let found: Vec<_> = fences::fences(text)
        .into_iter()
        .map(|it| (it.line, it.said, it.lines))
        .collect();
    let expected = [
        (4, "file: a.yaml".to_owned(), vec!["a: 1".to_owned()]),
        (9, String::new(), vec!["y".to_owned()]),
    ];
    assert_eq!(found, expected);
}

#[test]
#[should_panic(expected = "a comment before the fence must say how it is checked")]
fn a_fence_that_nobody_checks_fails() {
    fences::checked(Path::new("page.md"), "text\n```console\n$ kubelint\n```\n");
}

#[test]
fn what_commands_print_is_refreshed() {
    let page = "<!-- run: examples/shop -->\n```console\n$ echo a > b; cat b\nold\n$ cat b \\\n    b\n```\nend\n";
    let fresh = fences::checked(Path::new("page.md"), page);
    let expected = page
        .replace("old\n", "a\n")
        .replace("    b\n", "    b\na\na\n");
    assert_eq!(fresh, expected);
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

/// Whether every fence of the page is checked: not those of pages for whoever changes kubelint.
fn is_guide(page: &Path) -> bool {
    const OTHERS: [&str; 8] = [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "confidence.md",
        "linking.md",
        "performance.md",
        "yaml-conformance.md",
        "yaml-profiles.md",
    ];
    !OTHERS.iter().any(|it| page.ends_with(it))
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
        } else if line == ALIASES {
            assert!(lines.any(|it| it == END), "no {END} after {ALIASES}");
            let _ = writeln!(fresh, "{}{END}", aliases_table());
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

/// The rules that other linters have too, and what they call them.
fn aliases_table() -> String {
    const LINTERS: [&str; 6] = [
        "kube-linter",
        "kube-score",
        "polaris",
        "checkov",
        "trivy",
        "kubescape",
    ];
    let listed = kubelint("rules --format json");
    let listed: Value = serde_json::from_str(&listed).expect("the rules as JSON");
    let mut table = format!(
        "| rule | {} |\n|{}\n",
        LINTERS.join(" | "),
        " --- |".repeat(7)
    );
    for rule in listed.as_array().expect("an array of rules") {
        let aliases = rule["aliases"].as_array().expect("aliases");
        if aliases.is_empty() {
            continue;
        }
        let cells = LINTERS.map(|linter| {
            let own = aliases
                .iter()
                .filter_map(|it| it.as_str()?.strip_prefix(linter)?.strip_prefix(':'));
            own.map(|it| format!("`{it}`"))
                .collect::<Vec<_>>()
                .join(", ")
        });
        let (id, category) = (
            rule["id"].as_str().unwrap_or(""),
            rule["category"].as_str().unwrap_or(""),
        );
        let _ = writeln!(
            table,
            "| [`{id}`](../rules/{category}/{id}.md) | {} |",
            cells.join(" | ")
        );
    }
    table
}
