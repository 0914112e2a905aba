//! A group as lines of plain text: what is wrong, the other places, and what to do.

use super::escape::{line, lines};
use super::groups::{Group, Mark};
use super::{Context, Paths};

/// How many related places are named; the others are counted.
const PLACES: usize = 8;

/// The lines, escaped, with paths as `paths` has them: first the message, then each place with what is said of it, then the help.
pub(super) fn details(cx: Context<'_>, group: &Group<'_>, paths: &Paths) -> String {
    let mut parts = vec![line(&group.head.message).into_owned()];
    let marks = group.marks();
    for (index, mark) in marks.iter().enumerate().take(PLACES + 1) {
        let text = line(mark.text);
        match (index, &*text) {
            (0, "") => {}
            (0, text) => parts.push(format!("here: {text}")),
            (_, "") => parts.push(position(cx, mark, paths)),
            (_, text) => parts.push(format!("{}: {text}", position(cx, mark, paths))),
        }
    }
    if marks.len() > PLACES + 1 {
        parts.push(format!("and {} more", marks.len() - PLACES - 1));
    }
    let help = group.head.help.trim();
    if !help.is_empty() {
        parts.push(format!("help: {}", lines(help)));
    }
    parts.join("\n")
}

/// `deploy/app.yaml:12:9`, escaped.
pub(super) fn position(cx: Context<'_>, mark: &Mark<'_>, paths: &Paths) -> String {
    let (at, _) = cx.lines(mark.span);
    let path = paths.show(cx.path(mark.span));
    format!("{}:{}:{}", line(&path), at.line, at.column)
}
