//! What was not checked, said once each.

use std::borrow::Cow;
use std::collections::BTreeSet;

use kubelint_parser::source::SourcePath;

use super::Build;
use super::kustomization::Kustomization;
use crate::load::{Files, Unfinished};
use crate::{FileId, LeftOut};

/// How many paths a note names.
const SHOWN: usize = 3;

/// What was not checked and why; never counts as a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// What was not checked, and how much of it.
    pub message: String,
    /// The files concerned, if they are to be named.
    pub paths: Vec<SourcePath>,
}

impl Note {
    /// The note with its first paths, each as `show` writes it.
    pub fn text<'a>(&'a self, show: impl Fn(&'a SourcePath) -> Cow<'a, str>) -> String {
        if self.paths.is_empty() {
            return self.message.clone();
        }
        let shown: Vec<_> = self.paths.iter().take(SHOWN).map(show).collect();
        let more = match self.paths.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}: {}{more}", self.message, shown.join(", "))
    }
}

impl From<String> for Note {
    /// A note that names no file.
    fn from(message: String) -> Self {
        Self {
            message,
            paths: Vec::new(),
        }
    }
}

/// One note for each reason for which something was left out.
pub(super) fn notes(
    files: &Files,
    kustomizations: &[Kustomization],
    builds: &[Build],
) -> Vec<Note> {
    let mut notes: Vec<Note> = LeftOut::ALL
        .iter()
        .filter_map(|it| left_out(files, *it))
        .collect();
    let remote = remote(files, kustomizations, builds);
    if remote > 0 {
        let words = if remote == 1 {
            "kustomization takes in bases or components from elsewhere, which were not fetched"
        } else {
            "kustomizations take in bases or components from elsewhere, which were not fetched"
        };
        notes.push(format!("{remote} {words}").into());
    }
    if files.unread_context > 0 {
        let left = files.unread_context;
        let words = "files beside what was asked about were not read: there is too much text";
        notes.push(format!("{left} {words}").into());
    }
    match files.substitutions.unfinished() {
        Some(Unfinished::TooManyTokens) => notes.push(
            "the manifests hold too many different placeholders to search for what replaces them".to_owned().into(),
        ),
        Some(Unfinished::TooMuchText(left)) => notes.push(format!(
            "{left} files were not searched for tools that replace placeholders: there is too much text"
        ).into()),
        None => {}
    }
    notes
}

/// How many kustomizations take in something from elsewhere, of those that are built with a file that the user asked about.
fn remote(files: &Files, kustomizations: &[Kustomization], builds: &[Build]) -> usize {
    let is_target = |file: &FileId| files.files[file.0 as usize].target;
    let concerned: BTreeSet<FileId> = builds
        .iter()
        .filter(|it| it.files.iter().any(is_target))
        .flat_map(|it| it.files.iter().copied())
        .collect();
    let remote = kustomizations.iter().filter(|it| it.is_remote);
    remote.filter(|it| concerned.contains(&it.file)).count()
}

/// The note for one reason. Chart templates are counted, everything else is named.
fn left_out(files: &Files, reason: LeftOut) -> Option<Note> {
    let of_reason = files.left_out.iter().filter(|(it, _)| *it == reason);
    let mut paths: Vec<SourcePath> = of_reason.map(|(_, path)| path.clone()).collect();
    if paths.is_empty() {
        return None;
    }
    let message = format!("{} {}", paths.len(), reason.words(paths.len()));
    if reason == LeftOut::ChartTemplate {
        paths.clear();
    }
    Some(Note { message, paths })
}
