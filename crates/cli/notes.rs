//! What only the disk knows of a run and its report must say: what was not read, and why; each reason once.

use std::path::PathBuf;

use kubelint_engine::report::Problem;

use crate::disk::{LeftOut, Reason, slashed};
use crate::report::Paths;

/// How many paths a note names.
const SHOWN: usize = 3;

/// The targets that the system refused to read.
pub(crate) fn problems(targets: &[LeftOut]) -> impl Iterator<Item = Problem> {
    targets.iter().filter_map(|it| match &it.reason {
        Reason::Unreadable(words) => Some(Problem {
            path: Some(it.path.clone()),
            message: format!("cannot be read: {words}"),
        }),
        _ => None,
    })
}

/// What below the targets is no plain file, and what around them the system refused to read.
pub(crate) fn left_out(targets: &[LeftOut], context: &[LeftOut], paths: &Paths) -> Vec<String> {
    let is_unreadable = |it: &&LeftOut| matches!(it.reason, Reason::Unreadable(_));
    let around = context
        .iter()
        .filter(|it| is_unreadable(it) && !targets.contains(it));
    [
        note(
            targets.iter().filter(|it| it.reason == Reason::LinkOutside),
            paths,
            "leads out of the root and is not followed",
            "lead out of the root and are not followed",
        ),
        note(
            targets
                .iter()
                .filter(|it| it.reason == Reason::LinkBroken && looks_like_manifest(it)),
            paths,
            "is a link to nothing",
            "are links to nothing",
        ),
        note(
            targets
                .iter()
                .filter(|it| matches!(it.reason, Reason::NotAFile(_)) && looks_like_manifest(it)),
            paths,
            "is not a file and is not read",
            "are not files and are not read",
        ),
        note(
            around,
            paths,
            "cannot be read: what it says is not known",
            "cannot be read: what they say is not known",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// That nothing was found which could be checked, below the paths that were `given`.
pub(crate) fn nothing(given: &[PathBuf], targets: &[LeftOut]) -> String {
    let given: Vec<_> = given.iter().map(|it| slashed(it)).collect();
    let note = format!("no Kubernetes object in {}", given.join(", "));
    let ignored = targets.iter().filter(|it| it.reason == Reason::Ignored);
    match ignored.count() {
        0 => note,
        1 => {
            format!("{note}; git ignores one file or folder there, which is checked if it is named")
        }
        many => format!(
            "{note}; git ignores {many} files or folders there, which are checked if they are named"
        ),
    }
}

/// The note on some that were left out; none if there are none.
fn note<'a>(
    left_out: impl Iterator<Item = &'a LeftOut>,
    paths: &Paths,
    one: &str,
    many: &str,
) -> Option<String> {
    let names: Vec<_> = left_out.map(|it| paths.show(&it.path)).collect();
    match names.as_slice() {
        [] => None,
        [name] => Some(format!("{name} {one}")),
        names if names.len() <= SHOWN => Some(format!("{} {many}", names.join(", "))),
        names => Some(format!(
            "{} and {} more {many}",
            names[..SHOWN].join(", "),
            names.len() - SHOWN
        )),
    }
}

fn looks_like_manifest(left_out: &LeftOut) -> bool {
    matches!(left_out.path.extension(), Some("yaml" | "yml" | "json"))
}
