//! What was not checked, said once each.

use super::kustomization::Kustomization;
use crate::LeftOut;
use crate::load::{Files, Unfinished};

/// How many paths a note names.
const SHOWN: usize = 3;

/// One note for each reason for which something was left out.
pub(super) fn notes(files: &Files, kustomizations: &[Kustomization]) -> Vec<String> {
    let mut notes: Vec<String> = LeftOut::ALL
        .iter()
        .filter_map(|it| left_out(files, *it))
        .collect();
    let remote = kustomizations.iter().filter(|it| it.is_remote).count();
    if remote > 0 {
        let words = if remote == 1 {
            "kustomization takes in bases or components from elsewhere, which were not fetched"
        } else {
            "kustomizations take in bases or components from elsewhere, which were not fetched"
        };
        notes.push(format!("{remote} {words}"));
    }
    match files.substitutions.unfinished() {
        Some(Unfinished::TooManyTokens) => notes.push(
            "the manifests hold too many different placeholders to search for what replaces them".to_owned(),
        ),
        Some(Unfinished::TooMuchText(left)) => notes.push(format!(
            "{left} files were not searched for tools that replace placeholders: there is too much text"
        )),
        None => {}
    }
    notes
}

/// The note for one reason. Chart templates are counted, everything else is named.
fn left_out(files: &Files, reason: LeftOut) -> Option<String> {
    let of_reason = || files.left_out.iter().filter(|(it, _)| *it == reason);
    let count = of_reason().count();
    let note = match count {
        0 => return None,
        count => format!("{count} {}", reason.words(count)),
    };
    if reason == LeftOut::ChartTemplate {
        return Some(note);
    }
    let shown: Vec<&str> = of_reason()
        .take(SHOWN)
        .map(|(_, path)| path.as_str())
        .collect();
    let more = match count.saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("{note}: {}{more}", shown.join(", ")))
}
