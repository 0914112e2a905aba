//! Paths as build steps write them.

use kubelint_parser::TextRange;

use super::{UNKNOWN, pattern};

/// A path that a build step states, or means where it states none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepPath {
    /// The path from the root, `/` between its parts, no `.` or `..` in it; empty for the root. `*` stands for what is not known, which may
    /// hold slashes.
    pub path: String,
    /// Where it is written; what it follows from where it is not.
    pub range: TextRange,
    /// Whether something that is not known stands before it, so that it can only be matched by its end.
    pub by_end: bool,
}

impl StepPath {
    /// Whether nothing of it is known.
    pub fn is_unknown(&self) -> bool {
        self.path.len() == 1 && self.path.starts_with(UNKNOWN)
    }

    /// What `name` is within this folder.
    #[must_use]
    pub fn within(&self, name: &str, range: TextRange) -> Self {
        join(&self.path, self.by_end, name, range)
    }
}

/// `text`, read from `folder`, before which something unknown may stand.
pub(super) fn join(folder: &str, by_end: bool, text: &str, range: TextRange) -> StepPath {
    let text = pattern(&text.replace('\\', "/"));
    let text = text.strip_prefix("file://").unwrap_or(&text);
    let is_drive = text.as_bytes().get(1) == Some(&b':');
    let mut found = StepPath {
        path: String::new(),
        range,
        by_end,
    };
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    let mut own = text
        .split('/')
        .filter(|it| !it.is_empty() && *it != ".")
        .peekable();
    // What stands before an absolute path, or in a leading variable, is another folder of another machine.
    let is_variable = own.peek().is_some_and(|it| it.starts_with(UNKNOWN));
    if text.starts_with(['/', '~']) || is_drive || is_variable {
        parts.clear();
        found.by_end = true;
        if !text.starts_with('/') {
            let is_whole = own.next().is_some_and(|it| it.len() > 1) && is_variable;
            // The rest of `$PREFIX-api` says nothing of which folder it is.
            if is_whole || (is_variable && own.peek().is_none()) {
                parts.push("*");
            }
        }
    }
    for part in own {
        if part == ".." {
            found.by_end |= parts.pop().is_none();
        } else {
            parts.push(part);
        }
    }
    found.path = parts.join("/");
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (folder, text, expected, by_end) in [
            ("a", "b", "a/b", false),
            ("a", "./b/../c", "a/c", false),
            ("a", "../c", "c", false),
            ("a", "../../c", "c", true),
            ("", ".", "", false),
            ("a", ".", "a", false),
            ("a", ".\\b\\c", "a/b/c", false),
            ("a", "/x/y", "x/y", true),
            ("a", "~/y", "y", true),
            ("a", "C:/y", "y", true),
            ("a", "$ROOT/svc/x", "svc/x", true),
            ("a", "svc/$NAME", "a/svc/*", false),
            ("a", "svc/${NAME}-x/y", "a/svc/*-x/y", false),
            ("a", "${NAME}", "*", true),
            ("a", "$P-x/y", "*/y", true),
        ] {
            let found = join(folder, false, text, TextRange::empty(0));
            assert_eq!(
                (found.path.as_str(), found.by_end),
                (expected, by_end),
                "{text}"
            );
        }
    }
}
