//! Paths below the root, as they read from the working directory.

use std::borrow::Cow;
use std::path::{Component, Path};

use kubelint_engine::report::Note;
use kubelint_parser::source::SourcePath;

/// How paths below the root read from the working directory. The default: the root is the working directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paths {
    /// What leads from the working directory to the root, if the one is not within the other: `../other/`, `below/`.
    prefix: String,
    /// The folders that lead from the root to the working directory, if it lies within.
    within: Vec<String>,
}

impl Paths {
    /// Paths below `root`, read from `working_directory`; both absolute and without `.`, `..` and links.
    pub(crate) fn new(root: &Path, working_directory: &Path) -> Self {
        let root: Vec<Component<'_>> = root.components().collect();
        let here: Vec<Component<'_>> = working_directory.components().collect();
        let common = root.iter().zip(&here).take_while(|(a, b)| a == b).count();
        if common == 0 {
            // Another drive: nothing relative leads there.
            let prefix = root
                .iter()
                .map(|part| name(part))
                .collect::<Vec<_>>()
                .join("/");
            return Self {
                prefix: format!("{}/", prefix.trim_end_matches('/')),
                within: Vec::new(),
            };
        }
        let within: Vec<String> = here[common..].iter().map(name).collect();
        if common == root.len() {
            return Self {
                prefix: String::new(),
                within,
            };
        }
        let mut prefix = "../".repeat(within.len());
        for part in &root[common..] {
            prefix.push_str(&name(part));
            prefix.push('/');
        }
        Self {
            prefix,
            within: Vec::new(),
        }
    }

    /// A note, with its paths as they read from the working directory.
    pub(crate) fn note(&self, note: &Note) -> String {
        note.text(|path| self.show(path))
    }

    /// The path as it reads from the working directory, with `/` between its parts; `.` for the directory itself.
    pub(crate) fn show<'a>(&self, path: &'a SourcePath) -> Cow<'a, str> {
        let text = path.as_str();
        if self.within.is_empty() {
            return match (self.prefix.as_str(), text) {
                ("", "") => Cow::Borrowed("."),
                ("", text) => Cow::Borrowed(text),
                (prefix, "") => Cow::Owned(prefix.trim_end_matches('/').to_owned()),
                (prefix, text) => Cow::Owned(format!("{prefix}{text}")),
            };
        }
        let common = path
            .segments()
            .zip(&self.within)
            .take_while(|(a, b)| a == b)
            .count();
        let mut shown: Vec<&str> = vec![".."; self.within.len() - common];
        shown.extend(path.segments().skip(common));
        if shown.is_empty() {
            shown.push(".");
        }
        Cow::Owned(shown.join("/"))
    }
}

fn name(part: &Component<'_>) -> String {
    part.as_os_str().to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(root: &str, here: &str, path: &str) -> String {
        let paths = Paths::new(Path::new(root), Path::new(here));
        paths.show(&SourcePath::new(path)).into_owned()
    }

    #[test]
    fn paths_read_from_the_working_directory() {
        assert_eq!(shown("/r", "/r", "a/b.yaml"), "a/b.yaml");
        assert_eq!(shown("/r", "/r/a", "a/b.yaml"), "b.yaml");
        assert_eq!(shown("/r", "/r/a/c", "a/b.yaml"), "../b.yaml");
        assert_eq!(shown("/r", "/r/d", "a/b.yaml"), "../a/b.yaml");
        assert_eq!(shown("/r/s", "/r", "a.yaml"), "s/a.yaml");
        assert_eq!(shown("/r/s", "/r/t/u", "a.yaml"), "../../s/a.yaml");
        assert_eq!(shown("/r", "/r", ""), ".");
        assert_eq!(shown("/r", "/r/a", "a"), ".");
        assert_eq!(shown("/r/s", "/r", ""), "s");
    }
}
