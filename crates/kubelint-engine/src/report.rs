//! The outcome of a run, ready for reporters.

use std::collections::BTreeMap;

pub use kubelint_model::Note;
use kubelint_parser::source::{Place, SourceMap, SourcePath};

use crate::{Confidence, Fix, RuleId, Severity};

/// The outcome of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings to report, sorted by path, offset and rule; also those that are suppressed, baselined or explained away.
    pub entries: Vec<Entry>,
    /// What kubelint itself could not do: each makes the exit status 2.
    pub problems: Vec<Problem>,
    /// What was not checked, said once each.
    pub notes: Vec<Note>,
    /// Counts.
    pub summary: Summary,
    /// The sources, for lines, columns and excerpts.
    pub sources: SourceMap,
}

/// One finding, decided.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The rule.
    pub rule: RuleId,
    /// The severity after levels and confidence.
    pub severity: Severity,
    /// The confidence.
    pub confidence: Confidence,
    /// What is wrong here.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The place that refers.
    pub primary: ReportLabel,
    /// The places that contradict; also further pieces of the primary place.
    pub related: Vec<ReportLabel>,
    /// The object it is about.
    pub resource: Option<Subject>,
    /// The builds in which it was found, by path.
    pub builds: Vec<String>,
    /// Why; equal for all findings that one edit would mend.
    pub cause: String,
    /// Joins the entries of one rule and cause: they are shown and counted as one.
    pub group: String,
    /// Whether it counts.
    pub state: State,
    /// The fingerprint of the finding that explains this one away.
    pub explained_by: Option<String>,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// Tells this finding apart from all others, whatever path or line it moves to.
    pub fingerprint: String,
    /// The rule's page.
    pub url: String,
}

/// A label in real files.
#[derive(Clone, Debug)]
pub struct ReportLabel {
    /// The place to edit, with those that carried it.
    pub place: Place,
    /// What is there.
    pub text: String,
}

/// The object that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.namespace`, if stated.
    pub namespace: Option<String>,
    /// `metadata.name`, if stated.
    pub name: Option<String>,
}

/// Whether a finding counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It counts.
    Active,
    /// A comment, annotation or configuration allows it; its reason.
    Suppressed {
        /// The reason given.
        reason: String,
        /// Where it is given.
        by: SuppressedBy,
    },
    /// The baseline holds it.
    Baselined,
    /// It was there before the change that is looked at.
    Unchanged,
}

/// What allows a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressedBy {
    /// A comment or annotation in the files.
    Source,
    /// The configuration.
    Configuration,
}

/// What kubelint itself could not do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file it concerns, if it concerns one.
    pub path: Option<SourcePath>,
    /// What happened.
    pub message: String,
}

/// Counts of a run: of groups of active, unexplained findings at or above the least confidence shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that were checked.
    pub files: usize,
    /// Resources in them.
    pub resources: usize,
    /// References by name that were followed from them; 0 where no rule asks for links.
    pub references: usize,
    /// Images that they run, public software left out; 0 where no rule asks what images are built from.
    pub images: usize,
    /// Those of the images that are tied to a Dockerfile well enough for a finding.
    pub tied_images: usize,
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Infos.
    pub info: usize,
    /// Findings that a comment, annotation or configuration allows.
    pub suppressed: usize,
    /// Findings that the baseline holds.
    pub baselined: usize,
    /// Other findings that were there before the change that is looked at.
    pub unchanged: usize,
}

impl Report {
    /// For each entry its fingerprint with `:1`, `:2` … behind it, counted in the order of the report among entries of the same
    /// fingerprint: unique within the report, for formats that need that.
    pub fn unique_fingerprints(&self) -> Vec<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        self.entries
            .iter()
            .map(|entry| {
                let count = counts.entry(&entry.fingerprint).or_default();
                *count += 1;
                format!("{}:{count}", entry.fingerprint)
            })
            .collect()
    }

    /// The worst severity among what counts; none if nothing does. Findings of low confidence never count here: a run does not fail
    /// on them, whatever is shown.
    pub fn worst(&self) -> Option<Severity> {
        self.entries
            .iter()
            .filter(|entry| entry.counts() && entry.confidence > Confidence::Low)
            .map(|entry| entry.severity)
            .max()
    }
}

impl Summary {
    /// The counts that entries make; files and resources are not known here.
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut summary = Self::default();
        let mut groups: BTreeMap<&str, Severity> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| entry.counts()) {
            let worst = groups.entry(&entry.group).or_insert(entry.severity);
            *worst = entry.severity.max(*worst);
        }
        for severity in groups.into_values() {
            match severity {
                Severity::Error => summary.error += 1,
                Severity::Warning => summary.warning += 1,
                Severity::Info => summary.info += 1,
            }
        }
        for entry in entries {
            match entry.state {
                State::Active => {}
                State::Suppressed { .. } => summary.suppressed += 1,
                State::Baselined => summary.baselined += 1,
                State::Unchanged => summary.unchanged += 1,
            }
        }
        summary
    }
}

impl Entry {
    /// Whether it counts: active and not explained by another.
    pub fn counts(&self) -> bool {
        self.state == State::Active && self.explained_by.is_none()
    }
}
