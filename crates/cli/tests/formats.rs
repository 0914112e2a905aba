//! The formats as the command writes them: texts that would act are text in all of them, and several come from one run.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::tree::{BAD, GOOD, Run, Tree};

/// All formats, as `--help` lists them.
pub(crate) const ALL: [&str; 8] = [
    "human", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown",
];

/// Texts that act where a format does not make text of them; what may not occur in any output.
#[cfg(unix)]
const HOSTILE: [(&str, &str); 16] = [
    ("\u{1b}[2J\u{1b}]0;title\u{7}", "\u{1b}"),
    ("\u{9b}31m", "\u{9b}"),
    ("a\n::error::b", "\n::error::b"),
    ("a\r\n::set-output name=x::y", "\n::set-output"),
    ("::stop-commands::x", "\n::stop-commands"),
    ("##[error]x", "##[error]"),
    ("##vso[task.setvariable variable=x]y", "##vso[task"),
    ("##teamcity[buildStatus text='x']", "##teamcity[build"),
    ("\u{202e}txt.live\u{2066}", "\u{202e}"),
    ("a\u{200b}b\u{feff}c\u{2060}d", "\u{200b}"),
    ("a\u{2028}b\u{2029}c\u{85}d", "\u{2028}"),
    ("a%0A::error::b%0D%25", "\n::error::b"),
    ("a,line=1::b", "::error file=a,line=1::b"),
    ("</failure>]]><x y=\"&#27;&lt;\">", "\n<x y="),
    ("</details><img src=x onerror=y>", "\n</details>"),
    ("`![x](y) [z](w) @octocat #1 `", "\n![x](y)"),
];

/// A manifest with a text in its name, its values and its image.
#[cfg(unix)]
fn manifest(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    BAD.replace("name: api\n", &format!("name: {quoted}\n"))
        .replace("image: api:latest", &format!("image: {quoted}"))
        .replace(
            "spec:\n  replicas",
            &format!("  annotations: {{{quoted}: {quoted}}}\nspec:\n  replicas"),
        )
        + &format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {quoted}}}\nspec: {{selector: {{app: {quoted}}}, ports: [{{port: 80, targetPort: {quoted}}}]}}\n---\n{text}: [\n"
        )
}

/// What reads a format, so that what it wrote is what is meant.
#[cfg(unix)]
fn read(format: &str, text: &str) {
    match format {
        "json" | "sarif" | "gitlab" => {
            serde_json::from_str::<Value>(text).unwrap();
        }
        "junit" => {
            let document = roxmltree::Document::parse(text).unwrap();
            let names: BTreeSet<_> = document
                .descendants()
                .filter(roxmltree::Node::is_element)
                .map(|it| it.tag_name().name())
                .collect();
            let known = [
                "error",
                "failure",
                "skipped",
                "system-out",
                "testcase",
                "testsuite",
                "testsuites",
            ];
            assert!(names.iter().all(|it| known.contains(it)), "{names:?}");
        }
        "markdown" => {
            use pulldown_cmark::{Event, Options, Parser, Tag};
            for event in Parser::new_ext(text, Options::all()) {
                match event {
                    Event::Html(it) | Event::InlineHtml(it) => panic!("{it} in {text}"),
                    Event::Start(Tag::Image { dest_url, .. }) => panic!("{dest_url} in {text}"),
                    Event::Start(Tag::Link { dest_url, .. }) => {
                        let known = "https://github.com/kubelint/kubelint/";
                        assert!(dest_url.starts_with(known), "{dest_url} in {text}");
                    }
                    Event::Text(it) => assert!(!it.contains(['@', '#', '<']), "{it} in {text}"),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

// Other systems have no such names for files.
#[cfg(target_os = "linux")]
#[test]
fn what_would_act_is_text_in_all_formats() {
    for (text, acts) in HOSTILE {
        let name = format!("{}.yaml", text.replace('/', "\u{2215}"));
        let text = manifest(text);
        let tree = Tree::repository([(name.as_str(), text.as_str())]);
        tree.write(
            ".git/HEAD",
            format!("ref: refs/heads/{}", name.replace('\n', "")),
        );
        let mut args = vec!["--format".to_owned(), "human".to_owned()];
        args.extend(["--min-confidence".to_owned(), "low".to_owned()]);
        args.extend(ALL.map(|format| format!("--report={format}=.git/{format}")));
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let all: Vec<_> = ["check"].iter().chain(&args).copied().collect();
        for run in [tree.check(&args), tree.run(&all)] {
            assert_eq!(run.status, Some(1), "{run:?}");
            assert_text("human", acts, &run.stderr);
            for format in ALL {
                let written = tree.read(&format!(".git/{format}"));
                assert!(written.contains("txt.live") || !acts.starts_with('\u{202e}'));
                read(format, &written);
                assert_text(format, acts, &written);
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[track_caller]
fn assert_text(format: &str, acts: &str, printed: &str) {
    let hidden = ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{2028}'];
    let bad = |c: char| c != '\n' && (c.is_control() || hidden.contains(&c));
    assert!(!printed.contains(bad), "{format}: {printed:?}");
    assert!(!printed.contains(acts), "{format}: {printed:?}");
}

fn stdout(tree: &Tree, format: &str) -> Run {
    tree.check(&["--format", format])
}

#[test]
fn one_run_writes_several_reports() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    let (sarif, junit) = (stdout(&tree, "sarif"), stdout(&tree, "junit"));
    let concise = stdout(&tree, "concise");
    let run = tree.check(&[
        "--format",
        "concise",
        "--report",
        "sarif=a=b.sarif",
        "--report=junit=it.xml",
    ]);
    run.prints(1, &concise.stdout);
    assert_eq!(tree.read("a=b.sarif"), sarif.stdout);
    assert_eq!(tree.read("it.xml"), junit.stdout);
}

#[test]
fn reports_that_cannot_be_written_fail_and_say_why() {
    let tree = Tree::repository([("app.yaml", GOOD)]);
    tree.check(&["--report", "json=none/report.json"])
        .fails("kubelint: error: cannot write none/report.json: no such file or directory\n");
    for wrong in ["sarif", "sarif=", "xml=a.xml", "=a"] {
        let run = tree.check(&["--report", wrong]);
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains("--report <FORMAT=FILE>"), "{run:?}");
    }
}

#[test]
fn platforms_are_given_paths_of_the_repository() {
    let tree = Tree::repository([("deploy/app.yaml", BAD)]);
    for format in ["sarif", "github", "gitlab", "junit", "markdown"] {
        let run = tree.check_in("deploy", &["--format", format]);
        run.holds(1, &["deploy/app.yaml"]);
    }
    // Also if the repository is larger than what is looked at.
    tree.write("deploy/kubelint.yaml", "root: true\n");
    let run = tree.check_in("deploy", &["--format", "gitlab"]);
    run.holds(1, &["\"path\": \"deploy/app.yaml\""]);
    let run = tree.check(&["--root", "deploy", "--format", "gitlab", "deploy"]);
    run.holds(1, &["\"path\": \"deploy/app.yaml\""]);
    let run = tree.check_in("deploy", &["--format", "concise"]);
    assert!(run.stdout.starts_with("app.yaml:"), "{run:?}");
}

#[test]
fn what_gitlab_has_no_place_for_is_said() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    let run = tree.check(&["--format", "gitlab", "--max-file-size", "10"]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(2), "[]\n"));
    assert!(
        run.stderr.contains("kubelint: problem: app.yaml: "),
        "{run:?}"
    );
}

#[cfg(unix)]
#[test]
fn the_sarif_shown_is_what_is_written() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_kubelint"))
        .args("check examples/shop --select missing-script-path --format sarif".split(' '))
        .current_dir(root)
        .env_clear()
        .output()
        .unwrap();
    let sarif = String::from_utf8(output.stdout).unwrap();
    let indentation = "      ";
    let start = sarif.find(&format!("\n{indentation}\"results\"")).unwrap() + 1;
    let end = sarif[start..].find(&format!("\n{indentation}]")).unwrap() + start;
    let mut shown = sarif[start..end].replace(&format!("\n{indentation}"), "\n");
    shown = format!("{}\n]\n", shown.trim_start());
    let page = root.join("docs/formats.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once("<!-- sarif -->\n```json\n").unwrap();
    let (old, after) = rest.split_once("```\n").unwrap();
    if old != shown {
        if std::env::var_os("CI").is_none() {
            let fresh = format!("{before}<!-- sarif -->\n```json\n{shown}```\n{after}");
            std::fs::write(&page, fresh).unwrap();
        }
        panic!("docs/formats.md was stale; without CI in the environment it is now refreshed");
    }
}

/// The patterns for GitHub's log are of a JavaScript engine, which `.ci/run` asks; here they only have to be what they say.
#[test]
fn the_problem_matchers_name_their_groups() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/problem-matcher.json");
    let matchers: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for matcher in matchers["problemMatcher"].as_array().unwrap() {
        let pattern = &matcher["pattern"][0];
        let groups = pattern["regexp"].as_str().unwrap().matches('(').count() as u64;
        let named: BTreeSet<u64> = pattern
            .as_object()
            .unwrap()
            .values()
            .filter_map(Value::as_u64)
            .collect();
        assert_eq!(named, (1..=groups).collect());
    }
}
