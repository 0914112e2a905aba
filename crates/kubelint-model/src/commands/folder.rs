//! Paths as commands write them, and the working folder they are read from.

use super::words::UNKNOWN;

/// A path in the repository, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Folder {
    pub(super) segments: Vec<String>,
    /// Whether something unknown stands before it.
    pub(super) by_end: bool,
}

impl Folder {
    /// The folder `path`, read from here; the folder above all is unknown.
    pub(super) fn join(&self, path: &str) -> Option<Self> {
        let path = path.strip_prefix("file://").unwrap_or(path);
        let is_drive = path.as_bytes().get(1) == Some(&b':');
        let is_absolute = path.starts_with(['/', '~']) || is_drive;
        let mut joined = if is_absolute {
            Self {
                by_end: true,
                ..Self::default()
            }
        } else {
            self.clone()
        };
        let mut segments: Vec<&str> = path
            .split('/')
            .filter(|it| !it.is_empty() && *it != ".")
            .collect();
        if is_drive || path.starts_with('~') {
            segments.remove(0);
        }
        // Whatever leads up to the last leading variable is unknown.
        if segments.first().is_some_and(|it| it.starts_with(UNKNOWN)) {
            joined = Self {
                by_end: true,
                ..Self::default()
            };
            let rest = segments.remove(0);
            if rest.chars().any(|it| it != UNKNOWN) {
                return None;
            }
        }
        for segment in segments {
            if segment == ".." {
                joined.by_end |= joined.segments.pop().is_none();
            } else if segment.contains(UNKNOWN) {
                // Nobody knows which of several folders it is.
                return None;
            } else {
                joined.segments.push(segment.to_owned());
            }
        }
        Some(joined)
    }

    /// The path as text; `None` if nothing of it is known.
    pub(super) fn path(&self) -> Option<String> {
        (!self.segments.is_empty() || !self.by_end).then(|| self.segments.join("/"))
    }
}

/// The path within a repository that a URL of GitHub leads to, without organisation, name and reference: all that it can be, for a
/// reference may hold slashes.
pub(super) fn url_paths(url: &str) -> Vec<&str> {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let nth = |text: &'_ str, count: usize| -> Option<usize> {
        text.match_indices('/').nth(count).map(|(at, _)| at + 1)
    };
    let mut found = Vec::new();
    if let Some(rest) = url.strip_prefix("raw.githubusercontent.com/") {
        found.extend((2..6).filter_map(|it| nth(rest, it)).map(|at| &rest[at..]));
    } else if let Some(rest) = url.strip_prefix("github.com/") {
        let shown = ["/blob/", "/raw/", "/tree/"]
            .iter()
            .find_map(|it| rest.split_once(*it));
        if let Some((_, rest)) = shown {
            found.extend((0..4).filter_map(|it| nth(rest, it)).map(|at| &rest[at..]));
        } else if let Some((_, rest)) = rest.split_once("//") {
            found.push(rest);
        } else {
            found.extend(nth(rest, 1).map(|at| &rest[at..]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let from = Folder {
            segments: vec!["a".into()],
            by_end: false,
        };
        for (path, expected) in [
            ("b.yaml", Some(("a/b.yaml", false))),
            ("./b/../c", Some(("a/c", false))),
            ("../c", Some(("c", false))),
            ("../../c", Some(("c", true))),
            ("/x/y", Some(("x/y", true))),
            ("~/y", Some(("y", true))),
            ("C:/y", Some(("y", true))),
            ("\u{1}/k8s/x.yaml", Some(("k8s/x.yaml", true))),
            ("k8s/\u{1}.yaml", None),
            ("\u{1}-x/y", None),
            (".", Some(("a", false))),
            ("*.yaml", Some(("a/*.yaml", false))),
        ] {
            let found = from.join(path).and_then(|it| Some((it.path()?, it.by_end)));
            let expected = expected.map(|(path, by_end)| (path.to_owned(), by_end));
            assert_eq!(found, expected, "{path}");
        }
        assert_eq!(from.join("\u{1}").and_then(|it| it.path()), None);
    }

    #[test]
    fn urls() {
        let raw = url_paths("https://raw.githubusercontent.com/o/r/refs/heads/main/d/x.yaml");
        assert_eq!(
            raw,
            ["heads/main/d/x.yaml", "main/d/x.yaml", "d/x.yaml", "x.yaml"]
        );
        assert_eq!(url_paths("github.com/o/r//d?ref=v1"), ["d"]);
        assert_eq!(url_paths("github.com/o/r/d?ref=v1"), ["d"]);
        assert_eq!(
            url_paths("https://github.com/o/r/blob/main/d/x.yaml")[0],
            "d/x.yaml"
        );
        assert!(url_paths("https://example.com/x.yaml").is_empty());
    }
}
