//! A sample of what nobody has judged yet, printed so that it can be judged at once: the message and an excerpt of every place.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::finding::{Finding, Label};
use super::judged::Verdict;
use crate::rng::Rng;

/// How many groups of a repository are drawn.
const GROUPS: usize = 15;
/// Lines of context around a place.
const CONTEXT: usize = 2;
/// Characters shown of a line.
const WIDTH: usize = 160;

/// Draws groups of which no finding is judged; equal seeds draw equally.
pub(super) fn draw<'a>(found: &[(&'a Finding, Verdict)], seed: u64) -> Vec<Vec<&'a Finding>> {
    let mut groups: BTreeMap<&str, Vec<(&Finding, Verdict)>> = BTreeMap::new();
    for &(finding, verdict) in found {
        groups
            .entry(&finding.group)
            .or_default()
            .push((finding, verdict));
    }
    let mut groups: Vec<Vec<&Finding>> = groups
        .into_values()
        .filter(|it| it.iter().all(|it| it.1 == Verdict::Unjudged))
        .map(|it| it.into_iter().map(|it| it.0).collect())
        .collect();
    let mut rng = Rng::new(seed);
    let mut drawn = Vec::new();
    while drawn.len() < GROUPS && !groups.is_empty() {
        drawn.push(groups.swap_remove(rng.below(groups.len())));
    }
    drawn
}

/// The first finding of a group, with excerpts from `tree`.
pub(super) fn show(group: &[&Finding], tree: &Path) -> String {
    let Some(finding) = group.first() else {
        return String::new();
    };
    let mut text = format!(
        "{}[{}] {} ({} confidence; {} in this group)\n  fingerprint {}\n",
        finding.severity,
        finding.rule,
        finding.message.escape_debug(),
        finding.confidence,
        group.len(),
        finding.fingerprint
    );
    for label in std::iter::once(&finding.primary).chain(&finding.related) {
        let _ = writeln!(text, "  {} {}", label.place(), label.text.escape_debug());
        excerpt(&mut text, label, tree);
    }
    text
}

fn excerpt(text: &mut String, label: &Label, tree: &Path) {
    let bytes = fs::read(tree.join(&label.path)).unwrap_or_default();
    let first = label.line.saturating_sub(CONTEXT).max(1);
    let file = String::from_utf8_lossy(&bytes);
    for (index, line) in file
        .lines()
        .enumerate()
        .skip(first - 1)
        .take(label.line + CONTEXT + 1 - first)
    {
        let mark = if index + 1 == label.line { '>' } else { ' ' };
        let line: String = line.chars().take(WIDTH).map(visible).collect();
        let _ = writeln!(text, "  {mark}{:>6} | {line}", index + 1);
    }
}

/// Keeps terminal escapes of strangers out of the terminal.
fn visible(c: char) -> char {
    if c.is_control() && c != '\t' {
        '\u{fffd}'
    } else {
        c
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{GROUPS, draw, show};
    use crate::corpus::finding::tests::finding;
    use crate::corpus::judged::Verdict;

    #[test]
    fn draws_a_few_unjudged_groups_and_the_same_ones_again() {
        let findings: Vec<_> = (0..40)
            .map(|it| finding("a.yaml", it + 1, "r", &format!("f{it}")))
            .collect();
        let found: Vec<_> = findings
            .iter()
            .enumerate()
            .map(|(index, it)| {
                let verdict = if index < 20 {
                    Verdict::True
                } else {
                    Verdict::Unjudged
                };
                (it, verdict)
            })
            .collect();
        let places = |seed| -> Vec<usize> {
            draw(&found, seed)
                .iter()
                .map(|it| it[0].primary.line)
                .collect()
        };
        assert_eq!(places(3).len(), GROUPS);
        assert!(places(3).iter().all(|it| *it > 20));
        assert_eq!(places(3), places(3));
        assert_ne!(places(3), places(4));
    }

    #[test]
    fn shows_the_lines_around_a_place_without_control_characters() {
        let dir = tempfile::tempdir().expect("a folder for the test");
        fs::write(dir.path().join("a.yaml"), "a: 1\nb: \u{1b}[2J\nc: 3\n").expect("a file");
        let shown = show(&[&finding("a.yaml", 2, "r", "f")], dir.path());
        assert!(shown.contains("       1 | a: 1\n"), "{shown}");
        assert!(shown.contains("  >     2 | b: \u{fffd}[2J\n"), "{shown}");
    }
}
