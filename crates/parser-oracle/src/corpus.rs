//! Files to compare on, outside of the repository.

use std::path::{Path, PathBuf};

/// A checkout of the `data` branch of the public YAML test suite.
pub const SUITE: &str = "KUBELINT_YAML_TEST_SUITE";
/// A directory with real manifests.
pub const CORPUS: &str = "KUBELINT_YAML_CORPUS";
/// The program that `xtask/oracles/accepts/build.sh` makes.
pub const GO_YAML: &str = "KUBELINT_GO_YAML";

/// The directory or file that an environment variable names, or `None` with a word about it.
pub fn from_environment(variable: &str) -> Option<PathBuf> {
    let value = std::env::var_os(variable).map(PathBuf::from);
    if value.is_none() {
        println!("skipped: {variable} is not set");
    }
    value
}

/// All files below `directory` whose name ends with one of `suffixes`, in order.
pub fn files(directory: &Path, suffixes: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => directories.push(path),
                Ok(kind) if kind.is_file() && suffixes.iter().any(|end| name.ends_with(end)) => {
                    found.push(path);
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// All files that hold UTF-8, with their text.
pub fn texts(paths: Vec<PathBuf>) -> Vec<(PathBuf, String)> {
    paths
        .into_iter()
        .filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?)))
        .collect()
}
