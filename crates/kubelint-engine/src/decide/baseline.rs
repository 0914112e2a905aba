//! The baseline: how often each fingerprint was found when it was written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kubelint_parser::TextRange;

use crate::mistake::{InputText, Mistake};
use crate::shape::{Shape, required};
use crate::value::Value;
use crate::{Entry, RuleId, State};

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

/// What a baseline's file holds.
const FILE: Shape = Shape::Map(&[
    required("version", Shape::Int(1), "The version of this format: 1."),
    required(
        "findings",
        Shape::List(&Shape::Map(&[
            required("rule", Shape::Text, "The rule, for the reader."),
            required("fingerprint", Shape::Text, "The finding."),
            required("count", Shape::Int(1), "How often it is known."),
        ])),
        "The known findings.",
    ),
]);

/// The newest version of the format.
const VERSION: i64 = 1;

impl Baseline {
    /// Reads a baseline's file: `text` is what the file `path` holds.
    ///
    /// Of two lines with one fingerprint, as merges leave them behind, the higher count holds.
    ///
    /// # Errors
    /// If the text is no baseline, or one of a later version: every mistake with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<Mistake>> {
        let input = InputText::new(path, text);
        let all = TextRange::new(0, text.len() as u32);
        let Some(value) = Value::read(&input, all)? else {
            return Err(vec![input.mistake(all, "the baseline is empty")]);
        };
        let mut mistakes = Vec::new();
        FILE.check(&input, "", &value, &mut mistakes);
        if let Some(version) = value.get("version")
            && version.as_int().is_some_and(|it| it > VERSION)
        {
            let message = "this baseline was written by a later version of kubelint";
            mistakes.push(input.mistake(version.range, message));
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let mut baseline = Self::default();
        for row in value.get("findings").map_or(&[][..], Value::items) {
            let word = |key| row.get(key).and_then(Value::as_str).unwrap_or_default();
            let count = row.get("count").and_then(Value::as_int).unwrap_or_default();
            let known = baseline.known(word("rule"), word("fingerprint"));
            known.count = known.count.max(u32::try_from(count).unwrap_or(u32::MAX));
        }
        Ok(baseline)
    }

    /// The baseline that makes all of `entries` known that are not suppressed: those that others explain too, for what is
    /// known explains nothing.
    pub fn of(entries: &[Entry]) -> Self {
        let mut baseline = Self::default();
        for entry in entries {
            if !matches!(entry.state, State::Suppressed { .. }) {
                let known = baseline.known(entry.rule.as_str(), &entry.fingerprint);
                known.count = known.count.saturating_add(1);
            }
        }
        baseline
    }

    /// How often a fingerprint is known.
    pub(super) fn count(&self, fingerprint: &str) -> usize {
        let known = self.known.get(fingerprint);
        known.map_or(0, |it| it.count as usize)
    }

    /// The fingerprints that are known of `rules`, and how often each is.
    pub(super) fn of_rules<T>(
        &self,
        rules: &BTreeMap<RuleId, T>,
    ) -> impl Iterator<Item = (&str, usize)> {
        self.known
            .iter()
            .filter(|(_, known)| rules.contains_key(&RuleId::new(&known.rule)))
            .map(|(fingerprint, known)| (fingerprint.as_str(), known.count as usize))
    }

    fn known(&mut self, rule: &str, fingerprint: &str) -> &mut Known {
        self.known
            .entry(fingerprint.to_owned())
            .or_insert_with(|| Known {
                rule: rule.to_owned(),
                count: 0,
            })
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
