//! The numbers in files that may say on which port a program listens: its configuration, and where its source sets things up. Which of
//! them is a port nobody knows here; but a program that listens on a port mostly names it there.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::source::{SourcePath, Sources};
use rayon::prelude::*;

use super::texts::readable;

/// How much text is read in all.
const MAX_TOTAL: usize = 32 << 20;
/// How many files are read at once.
const BATCH: usize = 256;
/// Larger files are data or generated.
const MAX_FILE: usize = 256 << 10;
/// The smallest number that is taken for a port.
const MIN_PORT: u16 = 80;

/// Extensions of files that hold nothing but configuration.
const CONFIGURATION: [&str; 6] = ["properties", "conf", "toml", "ini", "env", "cfg"];

/// Extensions of files that may be anything; the name says whether they set things up.
const OTHERS: [&str; 31] = [
    "go", "js", "mjs", "cjs", "jsx", "ts", "tsx", "py", "rb", "php", "java", "kt", "scala",
    "groovy", "cs", "fs", "rs", "ex", "exs", "clj", "c", "cc", "cpp", "lua", "pl", "sh", "yml",
    "yaml", "json", "xml", "template",
];

/// Parts of names of files that set things up.
const WORDS: [&str; 27] = [
    "api",
    "app",
    "boot",
    "cli",
    "cmd",
    "config",
    "const",
    "entrypoint",
    "env",
    "flag",
    "grpc",
    "http",
    "index",
    "launch",
    "listen",
    "main",
    "nginx",
    "option",
    "package",
    "port",
    "program",
    "root",
    "run",
    "serve",
    "setting",
    "start",
    "vite",
];

/// The numbers of the files that were read.
#[derive(Debug, Default)]
pub struct Numbers {
    by_file: BTreeMap<SourcePath, BTreeSet<u16>>,
    /// Whether there was too much to read.
    is_partial: bool,
}

impl Numbers {
    /// Reads the files of `listed` below one of `folders`.
    pub(super) fn read(
        sources: &dyn Sources,
        listed: &[&SourcePath],
        folders: &BTreeSet<String>,
    ) -> Self {
        let is_below = |path: &SourcePath| {
            let mut folder = path.parent();
            loop {
                if folders.contains(folder) {
                    return true;
                }
                if folder.is_empty() {
                    return false;
                }
                folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
            }
        };
        let wanted = listed.iter().copied();
        let wanted: Vec<&SourcePath> = wanted.filter(|it| may_set_up(it) && is_below(it)).collect();
        let mut numbers = Self::default();
        let mut budget = MAX_TOTAL;
        for batch in wanted.chunks(BATCH) {
            let read = batch.par_iter().filter_map(|&path| {
                let text = readable(sources, path)?;
                let text = text.as_str();
                let found = (text.len() <= MAX_FILE).then(|| numbers_in(text))?;
                Some((text.len(), path.clone(), found))
            });
            let read: Vec<_> = read.collect();
            for (size, path, found) in read {
                budget = budget.saturating_sub(size);
                numbers.by_file.insert(path, found);
            }
            if budget == 0 {
                numbers.is_partial = true;
                break;
            }
        }
        numbers
    }

    /// Whether a file below `folder` holds `number`; `None` if none was read there, or not all.
    pub fn has(&self, folder: &str, number: i64) -> Option<bool> {
        let number = u16::try_from(number).ok()?;
        let prefix = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let first = SourcePath::new(&prefix);
        let files = self.by_file.range(first..);
        let below = files.skip_while(|(path, _)| !path.as_str().starts_with(&prefix));
        let mut below = below
            .take_while(|(path, _)| path.as_str().starts_with(&prefix))
            .peekable();
        below.peek()?;
        let found = below.any(|(_, it)| it.contains(&number));
        (found || !self.is_partial).then_some(found)
    }
}

/// Whether the name of a file says that it may set the program up.
fn may_set_up(path: &SourcePath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    if name.starts_with(".env") || name == "procfile" {
        return true;
    }
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return false;
    };
    CONFIGURATION.contains(&extension)
        || OTHERS.contains(&extension) && WORDS.iter().any(|it| stem.contains(it))
}

/// The numbers of `text` that may be ports, with no digit beside them.
fn numbers_in(text: &str) -> BTreeSet<u16> {
    let digits = text.split(|it: char| !it.is_ascii_digit());
    let numbers = digits.filter(|it| (2..=5).contains(&it.len()));
    let numbers = numbers.filter_map(|it| it.parse().ok());
    numbers.filter(|it| *it >= MIN_PORT).collect()
}

#[cfg(test)]
mod tests {
    use kubelint_parser::source::MemorySources;

    use super::*;

    #[test]
    fn numbers_below_folders() {
        let sources = MemorySources::new([
            ("api/src/main.go", "const port = \":8080\" // 1234567"),
            ("api/src/util.go", "9090"),
            ("api-v2/server.py", "listen(7000)"),
            ("web/nginx.conf", "listen 81;"),
            ("web/.env", "PORT=3000"),
        ]);
        let listed: Vec<&SourcePath> = sources.list().iter().collect();
        let folders = ["api", "web"].map(str::to_owned).into();
        let numbers = Numbers::read(&sources, &listed, &folders);
        for (folder, number, expected) in [
            ("api", 8080, Some(true)),
            ("api", 9090, Some(false)),
            ("api", 12345, Some(false)),
            ("api/src", 8080, Some(true)),
            ("api-v2", 7000, None),
            ("ap", 8080, None),
            ("web", 81, Some(true)),
            ("web", 3000, Some(true)),
            ("", 8080, Some(true)),
            ("", 7000, Some(false)),
            ("", -1, None),
        ] {
            assert_eq!(numbers.has(folder, number), expected, "{folder} {number}");
        }
    }
}
