//! Reads a tree and does nothing with it: what any linter must spend at least.

use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// What was read.
pub(crate) struct Walked {
    files: usize,
    bytes: u64,
    took: Duration,
}

/// Reads every `.yaml`, `.yml` and `.json` file under `dir` into one reused buffer, on one thread. Links are not followed.
pub(crate) fn walk(dir: &Path) -> Result<Walked> {
    let start = Instant::now();
    let mut folders = vec![dir.to_path_buf()];
    let mut buffer = Vec::new();
    let (mut files, mut bytes) = (0, 0);
    while let Some(folder) = folders.pop() {
        for path in entries(&folder, &mut folders)? {
            buffer.clear();
            let size = File::open(&path)
                .and_then(|mut file| file.read_to_end(&mut buffer))
                .with_context(|| format!("cannot read {}", path.display()))?;
            files += 1;
            bytes += size as u64;
        }
    }
    Ok(Walked {
        files,
        bytes,
        took: start.elapsed(),
    })
}

/// The files of `folder` to read; its folders go to `folders`.
fn entries(folder: &Path, folders: &mut Vec<PathBuf>) -> Result<Vec<PathBuf>> {
    let context = || format!("cannot list {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(context)? {
        let entry = entry.with_context(context)?;
        let kind = entry.file_type().with_context(context)?;
        let path = entry.path();
        if kind.is_dir() {
            folders.push(path);
        } else if kind.is_file() && is_manifest(&path) {
            files.push(path);
        }
    }
    Ok(files)
}

fn is_manifest(path: &Path) -> bool {
    path.extension()
        .is_some_and(|it| it == "yaml" || it == "yml" || it == "json")
}

impl fmt::Display for Walked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} files, {} bytes read in {:.1} ms",
            self.files,
            self.bytes,
            self.took.as_secs_f64() * 1e3
        )
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::walk;

    #[test]
    fn reads_manifests_in_all_folders_and_nothing_else() {
        let dir = tempfile::tempdir().expect("a folder for the test");
        fs::create_dir_all(dir.path().join("a/b")).expect("a folder");
        for (name, text) in [
            ("x.yaml", "a: 1\n"),
            ("a/y.yml", "b"),
            ("a/b/z.json", "{}"),
            ("a/n.md", "#"),
        ] {
            fs::write(dir.path().join(name), text).expect("a file");
        }
        let walked = walk(dir.path()).expect("a tree to read");
        assert_eq!((walked.files, walked.bytes), (3, 8));
    }
}
