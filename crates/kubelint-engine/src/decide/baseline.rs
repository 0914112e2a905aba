//! The baseline: how often each fingerprint was found when it was written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::{Entry, State};

/// Findings that are known already, counted by fingerprint. What exceeds a count is new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<String, Known>,
}

/// How often a fingerprint is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    rule: String,
    count: u32,
}

impl Baseline {
    /// The baseline that makes all of `entries` known that are not suppressed: those that others explain too, for what is
    /// known explains nothing.
    pub fn of(entries: &[Entry]) -> Self {
        let mut baseline = Self::default();
        for entry in entries {
            if !matches!(entry.state, State::Suppressed { .. }) {
                baseline.add(entry.rule.as_str(), &entry.fingerprint, 1);
            }
        }
        baseline
    }

    fn add(&mut self, rule: &str, fingerprint: &str, count: u32) {
        let known = self
            .known
            .entry(fingerprint.to_owned())
            .or_insert_with(|| Known {
                rule: rule.to_owned(),
                count: 0,
            });
        known.count = known.count.saturating_add(count);
    }

    /// The baseline as the text of its file: JSON, sorted by rule and fingerprint, one finding a line, so that it merges well.
    pub fn to_json(&self) -> String {
        let mut rows: Vec<_> = self.known.iter().collect();
        rows.sort_by(|(a_print, a), (b_print, b)| (&a.rule, a_print).cmp(&(&b.rule, b_print)));
        let mut json = String::from("{\n  \"version\": 1,\n  \"findings\": [");
        for (index, (fingerprint, known)) in rows.into_iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            let _ = write!(
                json,
                "{separator}\n    {{ \"rule\": {}, \"fingerprint\": {}, \"count\": {} }}",
                quoted(&known.rule),
                quoted(fingerprint),
                known.count
            );
        }
        json.push_str(if self.known.is_empty() {
            "]\n}\n"
        } else {
            "\n  ]\n}\n"
        });
        json
    }
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if (c as u32) < 0x20 => {
                let _ = write!(quoted, "\\u{:04x}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
