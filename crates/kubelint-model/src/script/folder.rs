//! Paths as commands write them, and the working folder they are read from.

use super::value::{ROOT, START, UNKNOWN};

/// A path in the repository, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Folder {
    /// Its segments.
    pub segments: Vec<String>,
    /// Whether something unknown stands before it.
    pub by_end: bool,
    /// Whether it is read from the root of the repository, and not from wherever somebody starts the script.
    pub anchored: bool,
    /// How many folders above the start it leads, where nobody knows the start.
    pub ups: u32,
    /// Whether it lies in something that was cloned, which may be another repository.
    pub cloned: bool,
}

impl Folder {
    /// The folder `path`, read from here; the folder above all is unknown.
    pub fn join(&self, path: &str) -> Option<Self> {
        let path = path.strip_prefix("file://").unwrap_or(path);
        if let Some(rest) = path.strip_prefix(ROOT) {
            let root = Self::root();
            return root.join(rest.trim_start_matches('/'));
        }
        if let Some(rest) = path.strip_prefix(START) {
            return Self::default().join(rest.trim_start_matches('/'));
        }
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
                if joined.segments.pop().is_none() {
                    joined.by_end = true;
                    joined.ups += 1;
                }
            } else if segment.contains(UNKNOWN) {
                // Nobody knows which of several folders it is.
                return None;
            } else {
                joined.segments.push(segment.to_owned());
            }
        }
        Some(joined)
    }

    /// The root of the repository.
    pub fn root() -> Self {
        Self {
            anchored: true,
            ..Self::default()
        }
    }

    /// A folder of which nothing is known.
    pub fn unknown() -> Self {
        Self {
            by_end: true,
            ..Self::default()
        }
    }

    /// `text` with the paths of the root and the start as they have to be written from here.
    pub fn written(&self, text: &str) -> String {
        if !text.contains([ROOT, START]) {
            return text.to_owned();
        }
        let above = match self.segments.len() {
            _ if self.by_end => UNKNOWN.to_string(),
            0 => ".".to_owned(),
            depth => vec![".."; depth].join("/"),
        };
        text.replace([ROOT, START], &above)
    }

    /// The absolute path, as `pwd` prints it.
    pub(super) fn absolute(&self) -> String {
        let from = match (self.by_end, self.anchored) {
            (true, _) => UNKNOWN,
            (false, true) => ROOT,
            (false, false) => START,
        };
        let mut found = from.to_string();
        for segment in &self.segments {
            found.push('/');
            found.push_str(segment);
        }
        found
    }

    /// The path as text; `None` if nothing of it is known.
    pub fn path(&self) -> Option<String> {
        (!self.segments.is_empty() || !self.by_end).then(|| self.segments.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let from = Folder {
            segments: vec!["a".into()],
            ..Folder::default()
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
            ("\u{2}/k8s", Some(("k8s", false))),
            ("\u{6}/k8s", Some(("k8s", false))),
        ] {
            let found = from.join(path).and_then(|it| Some((it.path()?, it.by_end)));
            let expected = expected.map(|(path, by_end)| (path.to_owned(), by_end));
            assert_eq!(found, expected, "{path}");
        }
        assert_eq!(from.join("\u{1}").and_then(|it| it.path()), None);
    }
}
