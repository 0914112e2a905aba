//! What kubelint asks of the disk, as one trait, so that an editor, a test or a browser can stand in for it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::SourceText;

/// A file's path, relative to the root, with `/` between its parts; no `.` or `..` parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePath(Arc<str>);

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// No such file.
    NotFound,
    /// It lies outside the root, or a link leads there.
    OutsideRoot,
    /// It is larger than the limit; its size in bytes.
    TooLarge(u64),
    /// The system refused; its words.
    Io(String),
}

/// The files of one run, as a snapshot: what was read once is the same ever after.
pub trait Sources: Sync {
    /// Every file below the root that is not ignored, sorted by path.
    fn list(&self) -> &[SourcePath];

    /// A file's text.
    fn read(&self, path: &SourcePath) -> Result<Arc<SourceText>, ReadError>;

    /// Whether there is such a file or folder, ignored or not.
    fn exists(&self, path: &SourcePath) -> bool;

    /// Whether `.gitignore` and its kin hide the path: what is not there as a file or as a folder.
    fn is_ignored(&self, path: &SourcePath) -> bool;
}

/// Sources held in memory, for tests, examples and editors.
#[derive(Clone, Debug, Default)]
pub struct MemorySources {
    paths: Vec<SourcePath>,
    files: BTreeMap<SourcePath, Arc<SourceText>>,
}

impl SourcePath {
    /// The path `path`, its `.` and `..` parts resolved; parts that would leave the root are dropped.
    pub fn new(path: &str) -> Self {
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        Self(parts.join("/").into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the last `/`.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// The folder; `""` for the root.
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The file name's part after its last `.`, if there is one after its first character.
    pub fn extension(&self) -> Option<&str> {
        let name = self.file_name();
        name.rfind('.')
            .filter(|&at| at > 0)
            .map(|at| &name[at + 1..])
    }

    /// The parts between slashes.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }

    /// The path `relative`, read from this file's folder; `None` if it leads out of the root.
    pub fn join(&self, relative: &str) -> Option<Self> {
        let mut parts: Vec<&str> = self
            .parent()
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        for part in relative.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(Self(parts.join("/").into()))
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("no such file"),
            Self::OutsideRoot => f.write_str("it lies outside the root"),
            Self::TooLarge(size) => write!(f, "it has {size} bytes, more than the limit"),
            Self::Io(words) => f.write_str(words),
        }
    }
}

impl MemorySources {
    /// Sources of these paths and texts.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files: BTreeMap<_, _> = files
            .into_iter()
            .map(|(path, text)| (SourcePath::new(path), Arc::new(SourceText::from(text))))
            .collect();
        Self {
            paths: files.keys().cloned().collect(),
            files,
        }
    }
}

impl Sources for MemorySources {
    fn list(&self) -> &[SourcePath] {
        &self.paths
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<SourceText>, ReadError> {
        self.files.get(path).cloned().ok_or(ReadError::NotFound)
    }

    fn exists(&self, path: &SourcePath) -> bool {
        let folder = format!("{path}/");
        self.files.contains_key(path)
            || self.paths.iter().any(|it| it.as_str().starts_with(&folder))
    }

    fn is_ignored(&self, _: &SourcePath) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_never_leave_the_root() {
        let file = SourcePath::new("./deploy//base/kustomization.yaml");
        assert_eq!(file.as_str(), "deploy/base/kustomization.yaml");
        assert_eq!(file.parent(), "deploy/base");
        assert_eq!(file.extension(), Some("yaml"));
        assert_eq!(
            file.join("../app.yaml").map(|it| it.to_string()).as_deref(),
            Some("deploy/app.yaml")
        );
        assert_eq!(file.join("../../../etc/passwd"), None);
        assert_eq!(SourcePath::new(".gitignore").extension(), None);
    }
}
