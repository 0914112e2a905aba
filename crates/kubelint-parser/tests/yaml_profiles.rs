//! Compares parser and resolver with what the real readers make of the snippets in `testdata/yaml` (its README describes
//! the files). Each row must agree, or stand in `exceptions.tsv` with the reason; an exception that is not needed is an
//! error, too.

#![expect(clippy::expect_used, reason = "a test that cannot read its data fails")]

mod profiles {
    pub(super) mod snippets;
}

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use kubelint_parser::source::SourceText;
use kubelint_parser::yaml::resolve::{self, Profile};
use kubelint_parser::yaml::{SyntaxErrorKind, Yaml};
use profiles::snippets::read_snippets;

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/yaml")
}

#[test]
fn kubectl_table() {
    agrees_with_table("kubectl", Profile::Kubectl);
}

#[test]
fn kustomize_table() {
    agrees_with_table("kustomize", Profile::Kustomize);
}

#[test]
fn helm_table() {
    agrees_with_table("helm", Profile::HelmValues);
}

#[test]
fn compose_table() {
    agrees_with_table("compose", Profile::Compose);
}

#[test]
fn workflow_table() {
    agrees_with_table("workflow", Profile::Workflow);
}

fn agrees_with_table(name: &str, profile: Profile) {
    let snippets = read_snippets(&testdata().join("snippets"));
    let exceptions = read_table(&testdata().join("exceptions.tsv"));
    let table = read_table(&testdata().join(format!("{name}.tsv")));
    assert!(table.len() >= 250, "{name}.tsv has {} rows", table.len());
    let mut report = String::new();
    for (row, cells) in &table {
        let Some(snippet) = snippets.get(row) else {
            let _ = writeln!(report, "{row}: no such snippet");
            continue;
        };
        let ours = read_as(profile, snippet);
        let agrees = matches(&ours, cells);
        let excepted = exceptions.contains_key(&format!("{name} {row}"));
        if !agrees && !excepted {
            let _ = writeln!(report, "{row}\n  theirs {cells:?}\n  ours   {ours:?}");
        } else if agrees && excepted {
            let _ = writeln!(report, "{row}: agrees, so it is no exception any more");
        }
    }
    for exception in exceptions.keys() {
        if let Some((of, row)) = exception.split_once(' ')
            && of == name
            && !table.contains_key(row)
        {
            let _ = writeln!(report, "{row}: an exception without a row");
        }
    }
    assert!(report.is_empty(), "{name}:\n{report}");
}

/// Half-written texts are read, too: every beginning of every short snippet, by every reader.
#[test]
fn beginnings_are_resolved_or_refused() {
    const PROFILES: [Profile; 5] = [
        Profile::Kubectl,
        Profile::Kustomize,
        Profile::HelmValues,
        Profile::Compose,
        Profile::Workflow,
    ];
    let mut resolved = 0;
    for (name, snippet) in read_snippets(&testdata().join("snippets")) {
        let text = snippet.as_str();
        if name.starts_with("limits ") || text.len() > 200 {
            continue;
        }
        for (end, _) in text.char_indices() {
            for profile in PROFILES {
                resolved += resolve_all(profile, &text[..end]);
            }
        }
    }
    assert!(resolved > 10_000, "only {resolved} documents were resolved");
}

/// Resolves a text in every way. Returns how many documents have a value.
fn resolve_all(profile: Profile, text: &str) -> usize {
    let yaml = profile.parse(text);
    let mut resolved = 0;
    for document in yaml.documents() {
        let Some(root) = yaml.root(text, document) else {
            continue;
        };
        for duplicate in resolve::duplicates(profile, root) {
            assert!(duplicate.entries.len() > 1, "{text}");
        }
        if let Ok(members) = resolve::members(profile, root) {
            for member in members {
                let range = member.entry.key.range();
                assert!(range.end as usize <= text.len(), "{text}");
            }
        }
        let json = resolve::to_json(profile, root);
        let refused = resolve::refused(profile, root).map(|it| (it.node, it.reason));
        assert_eq!(
            refused,
            json.as_ref().err().map(|it| (it.node, it.reason)),
            "{text}"
        );
        match json {
            Ok(json) => assert!(!json.is_empty(), "{text}"),
            Err(refusal) => {
                let range = yaml.node(text, refusal.node).range();
                assert!(range.end as usize <= text.len(), "{text}");
                continue;
            }
        }
        resolved += 1;
    }
    resolved
}

/// The tables in the documentation say what the frozen ones say.
#[test]
fn documentation_quotes_the_tables() {
    const PROFILES: [&str; 5] = ["kubectl", "helm", "kustomize", "compose", "workflow"];
    let path = testdata().join("../../docs/yaml-profiles.md");
    let text = std::fs::read_to_string(path).expect("the page");
    let tables = PROFILES.map(|name| read_table(&testdata().join(format!("{name}.tsv"))));
    let mut compared = 0;
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let &[_, .., row] = cells.as_slice() else {
            continue;
        };
        let row = row.trim_matches('`');
        if cells.len() != PROFILES.len() + 2 || !tables[0].contains_key(row) {
            continue;
        }
        for ((name, table), cell) in PROFILES.iter().zip(&tables).zip(&cells[1..]) {
            assert_eq!(*cell, in_words(table.get(row)), "{name} {row}");
            compared += 1;
        }
    }
    assert!(compared >= 200, "only {compared} cells were compared");
}

/// A row as the documentation shows it: the value of the key `v`, or a word.
fn in_words(cells: Option<&Vec<String>>) -> String {
    let Some([first, rest @ ..]) = cells.map(Vec::as_slice) else {
        return "–".to_owned();
    };
    let last = rest.last().unwrap_or(first);
    if first.starts_with('~') {
        return "chance".to_owned();
    }
    if last.starts_with('!') {
        return "refused".to_owned();
    }
    let value = first
        .rsplit_once("\"v\":")
        .map_or(first.as_str(), |(_, value)| {
            value.strip_suffix('}').unwrap_or(value)
        });
    format!("`{value}`")
}

/// The rows of a table: the cells by name.
fn read_table(path: &Path) -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
        .map(|line| {
            let mut cells = line.split('\t').map(str::to_owned);
            (
                cells.next().unwrap_or_default(),
                cells.filter(|c| !c.is_empty()).collect(),
            )
        })
        .collect()
}

/// The cells that we would write for a snippet; an error is `!` and why.
fn read_as(profile: Profile, snippet: &SourceText) -> Vec<String> {
    let text = snippet.as_str();
    let yaml = profile.parse(text);
    let mut cells = Vec::new();
    for (index, document) in yaml.documents().iter().enumerate() {
        if let Some(error) = error_met_at(profile, &yaml, index) {
            cells.push(format!("!{error}"));
            break;
        }
        let Some(root) = yaml.root(text, document) else {
            continue;
        };
        let json = resolve::to_json(profile, root);
        let refused = resolve::refused(profile, root).map(|it| (it.node, it.reason));
        assert_eq!(
            refused,
            json.as_ref().err().map(|it| (it.node, it.reason)),
            "{text}"
        );
        match json {
            Ok(json) if json == "null" => {}
            Ok(json) if json == "{}" && takes_empty_for_none(profile) => {}
            Ok(json) => cells.push(shorten(json)),
            Err(refusal) => {
                cells.push(format!("!{}", refusal.reason));
                break;
            }
        }
    }
    cells
}

/// helm and compose do not tell an empty mapping from no document.
fn takes_empty_for_none(profile: Profile) -> bool {
    matches!(profile, Profile::HelmValues | Profile::Compose)
}

/// The syntax error that the reader meets before it hands over a document. kubelint reads on after one, and what is before
/// it; readers find a bad separator with the document before it, and kustomize reads all before it gives any.
fn error_met_at(profile: Profile, yaml: &Yaml, document: usize) -> Option<&str> {
    let error = yaml.errors().first()?;
    let met = match error.kind {
        _ if profile == Profile::Kustomize => 0,
        SyntaxErrorKind::DocumentSeparator => error.document.saturating_sub(1),
        _ => error.document,
    };
    (met <= document).then_some(error.message.as_str())
}

/// As the oracle shortens long values.
fn shorten(json: String) -> String {
    if json.len() <= 1000 {
        return json;
    }
    let hash = json.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("#{} {hash:016x}", json.len())
}

fn matches(ours: &[String], theirs: &[String]) -> bool {
    // One of several outcomes, each of one cell.
    if theirs.iter().all(|cell| cell.starts_with('~')) && !theirs.is_empty() {
        return theirs
            .iter()
            .any(|cell| ours.len() == 1 && cell_matches(&ours[0], &cell[1..]));
    }
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| cell_matches(a, b))
}

fn cell_matches(ours: &str, theirs: &str) -> bool {
    ours == theirs || ours.starts_with('!') && theirs.starts_with('!')
}
