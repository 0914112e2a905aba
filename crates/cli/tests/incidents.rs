//! What the command finds in the trees of `testdata/incidents`. Its `README.md` says what their tables mean.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::tree::{Run, Tree, finish};

/// The table in each folder.
const TABLE: &str = "report.tsv";

/// A report, and what its table says.
#[derive(Default)]
struct Incident {
    folder: PathBuf,
    name: String,
    /// Rules that are run besides those of a default run.
    also: Vec<String>,
    /// All that is shown, sorted: place, severity and rule.
    shown: Vec<String>,
    /// The places of the other side, by the finding's line in `shown`: one list for each finding.
    other_sides: BTreeMap<String, Vec<Vec<String>>>,
    /// What is found and not shown: place and rule.
    hidden: Vec<String>,
    /// Rules that do not exist yet.
    unchecked: Vec<String>,
}

impl Incident {
    fn read(folder: PathBuf) -> Self {
        let table = fs::read_to_string(folder.join(TABLE)).unwrap();
        let mut incident = Self {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            folder,
            ..Self::default()
        };
        for line in table.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            match cells.as_slice() {
                [text] if text.is_empty() || text.starts_with('#') => {}
                ["also", rule] => incident.also.push((*rule).to_owned()),
                ["finding", _, place, severity, rule, others, _] => {
                    let shown = format!("{place} {severity} {rule}");
                    let others = others.split(' ').filter(|it| *it != "-");
                    let others = others.map(str::to_owned).collect();
                    let sides = incident.other_sides.entry(shown.clone());
                    sides.or_default().push(others);
                    incident.shown.push(shown);
                }
                ["hidden", _, place, rule, _] => incident.hidden.push(format!("{place} {rule}")),
                ["unchecked", _, _, rule, _] => incident.unchecked.push((*rule).to_owned()),
                ["unseen", _, _, _] => {}
                _ => panic!("{}: what does this line say? {line:?}", incident.name),
            }
        }
        incident.shown.sort();
        incident
    }

    /// What the command finds in one of the two trees.
    fn findings(&self, tree: &str, args: &[&str]) -> Vec<Value> {
        let home = Tree::bare([]);
        let folder = self.folder.join(tree);
        let first = ["check", "--format", "json"];
        let mut command = home.command_in(folder.to_str().unwrap(), &first);
        command.args(args);
        for rule in &self.also {
            command.args(["--extend-select", rule]);
        }
        let run: Run = finish(&mut command);
        let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
        assert_eq!(report["problems"], Value::Array(Vec::new()), "{run:?}");
        let findings = report["findings"].as_array().unwrap();
        let is_shown = |it: &&Value| it["state"] == "active" && it["explainedBy"].is_null();
        findings.iter().filter(is_shown).cloned().collect()
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

/// The path and line of a label.
fn place(label: &Value) -> String {
    format!("{}:{}", text(label, "path"), label["start"]["line"])
}

/// A finding as the tables write it.
fn line(finding: &Value) -> String {
    let place = place(&finding["primary"]);
    format!(
        "{place} {} {}",
        text(finding, "severity"),
        text(finding, "rule")
    )
}

/// Which lines only one of two lists has, with what was said of those that were found.
fn difference(expected: &[String], found: &[Value]) -> String {
    let mut counts: BTreeMap<String, (i32, &str)> = BTreeMap::new();
    for it in expected {
        counts.entry(it.clone()).or_default().0 -= 1;
    }
    for it in found {
        let (count, message) = counts.entry(line(it)).or_default();
        *count += 1;
        *message = text(it, "message");
    }
    let mut out = String::new();
    for (line, (count, message)) in counts {
        match count {
            0 => {}
            ..0 => writeln!(out, "  expected {line}").unwrap(),
            1.. => writeln!(out, "     found {line}: {message}").unwrap(),
        }
    }
    out
}

fn incidents() -> Vec<Incident> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/incidents");
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|it| it.is_dir()).collect();
    folders.sort();
    folders.into_iter().map(Incident::read).collect()
}

#[test]
fn all_that_a_report_names_is_found_before_and_nothing_after() {
    let incidents = incidents();
    assert_eq!(incidents.len(), 5);
    let mut out = String::new();
    for incident in &incidents {
        for (tree, expected) in [("before", incident.shown.as_slice()), ("after", &[])] {
            let difference = difference(expected, &incident.findings(tree, &[]));
            if !difference.is_empty() {
                writeln!(out, "{}/{tree}:\n{difference}", incident.name).unwrap();
            }
        }
    }
    assert!(out.is_empty(), "\n{out}");
}

#[test]
fn each_finding_shows_the_other_side() {
    let mut out = String::new();
    for incident in incidents() {
        let mut shown: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for finding in incident.findings("before", &[]) {
            let related = finding["related"].as_array().unwrap();
            let related = related.iter().map(place).collect();
            shown.entry(line(&finding)).or_default().push(related);
        }
        for (finding, sides) in &incident.other_sides {
            for wanted in sides {
                let shown = shown.get(finding).into_iter().flatten();
                let mut shown = shown.filter(|shown| wanted.iter().all(|it| shown.contains(it)));
                if shown.next().is_none() {
                    let wanted = wanted.join(" ");
                    writeln!(out, "{}: {finding} does not show {wanted}", incident.name).unwrap();
                }
            }
        }
    }
    assert!(out.is_empty(), "\n{out}");
}

#[test]
fn what_is_uncertain_is_found_and_not_shown() {
    for incident in incidents() {
        let found = incident.findings("before", &["--min-confidence", "low"]);
        for hidden in &incident.hidden {
            let is_hidden = |it: &&Value| {
                let place = place(&it["primary"]);
                it["confidence"] == "low" && format!("{place} {}", text(it, "rule")) == *hidden
            };
            let name = &incident.name;
            assert_eq!(
                found.iter().filter(is_hidden).count(),
                1,
                "{name}: {hidden}"
            );
        }
    }
}

#[test]
fn what_is_not_checked_waits_for_a_rule() {
    let tree = Tree::bare([]);
    for incident in incidents() {
        for rule in &incident.unchecked {
            let run = tree.run(&["explain", rule]);
            let name = &incident.name;
            assert_eq!(
                run.status,
                Some(2),
                "{name}: {rule} is there: expect what it finds"
            );
        }
    }
}
