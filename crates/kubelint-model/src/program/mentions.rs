//! Which names of variables occur anywhere in what an image may be made of: before anybody says that a variable is never read, its name must
//! not stand in any text there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use aho_corasick::AhoCorasick;
use kubelint_parser::code::Language;
use kubelint_parser::source::{SourcePath, Sources};
use rayon::prelude::*;

use crate::load::readable;
use crate::{DeploymentGraph, Role};

/// How much text is searched in all.
const MAX_TOTAL: usize = 64 << 20;
/// How many files are searched in all.
const MAX_FILES: usize = 20_000;
/// How many files are read at once.
const BATCH: usize = 256;
/// So many names may stand at one place on average, one within the other; real ones are few.
const MATCHES_PER_BYTE: usize = 4;
/// More names are not looked for at once.
const MAX_NAMES: usize = 5_000;

/// Extensions of files that are no text, or no part of a program.
const OTHERS: [&str; 38] = [
    "png", "jpg", "jpeg", "gif", "ico", "svg", "webp", "woff", "woff2", "ttf", "eot", "otf", "pdf",
    "zip", "gz", "tgz", "tar", "jar", "war", "class", "so", "dll", "exe", "o", "a", "bin", "mp3",
    "mp4", "wav", "md", "markdown", "rst", "adoc", "lock", "csv", "parquet", "ipynb", "map",
];

/// What was looked for in one folder, and which of it was found.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    asked: BTreeSet<String>,
    /// By the language of the source that holds it; `None` for all other texts.
    found: BTreeMap<Option<Language>, BTreeSet<String>>,
    is_complete: bool,
}

impl Mentions {
    /// Whether `name` occurs as a word outside of the source in `language`; `None` if nobody knows.
    pub(super) fn holds(&self, name: &str, language: Option<Language>) -> Option<bool> {
        let others = self
            .found
            .iter()
            .filter(|it| it.0.is_none() || *it.0 != language);
        if others.into_iter().any(|it| it.1.contains(name)) {
            return Some(true);
        }
        (self.is_complete && self.asked.contains(name)).then_some(false)
    }

    /// Looks for `names` in the files of `paths`.
    pub(super) fn search(
        graph: &DeploymentGraph,
        sources: &dyn Sources,
        paths: &[SourcePath],
        names: BTreeSet<String>,
    ) -> Self {
        let mut this = Self {
            asked: names,
            ..Self::default()
        };
        let names: Vec<&String> = this.asked.iter().take(MAX_NAMES).collect();
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&names);
        let Ok(words) = words else {
            return this;
        };
        let others = no_program(graph);
        let wanted: Vec<&SourcePath> = paths
            .iter()
            .filter(|it| !others.contains(it) && may_speak(it))
            .collect();
        let mut budget = MAX_TOTAL;
        let mut found: BTreeMap<Option<Language>, BTreeSet<usize>> = BTreeMap::new();
        let mut batches = wanted[..wanted.len().min(MAX_FILES)].chunks(BATCH);
        for batch in batches.by_ref() {
            let read = batch.par_iter().filter_map(|it| {
                let text = readable(sources, it)?;
                let text = text.as_str();
                let language = it.extension().and_then(Language::of_extension);
                Some((text.len(), language, mentioned(text, &words)))
            });
            let read: Vec<(usize, Option<Language>, BTreeSet<usize>)> = read.collect();
            for (size, language, of_file) in read {
                budget = budget.saturating_sub(size);
                found.entry(language).or_default().extend(of_file);
            }
            if budget == 0 {
                break;
            }
        }
        this.is_complete = batches.next().is_none()
            && wanted.len() <= MAX_FILES
            && names.len() == this.asked.len();
        let named = |it: BTreeSet<usize>| it.into_iter().map(|it| names[it].clone()).collect();
        let found = found
            .into_iter()
            .map(|(language, it)| (language, named(it)));
        this.found = found.collect();
        this
    }
}

/// The files that say what is set, and read nothing.
fn no_program(graph: &DeploymentGraph) -> BTreeSet<&SourcePath> {
    let files = graph.files.iter();
    let others = files.filter(|it| {
        !matches!(
            it.role,
            Role::Script | Role::Source | Role::Dockerfile | Role::Other | Role::OtherYaml
        )
    });
    others.map(|it| &it.path).collect()
}

fn may_speak(path: &SourcePath) -> bool {
    let name = path.file_name();
    if name.starts_with(".env") || path.extension() == Some("env") {
        return false;
    }
    path.extension()
        .is_none_or(|it| !OTHERS.iter().any(|other| it.eq_ignore_ascii_case(other)))
}

/// The numbers of the words that stand in `text` by themselves.
fn mentioned(text: &str, words: &AhoCorasick) -> BTreeSet<usize> {
    let bytes = text.as_bytes();
    let is_part = |at: Option<usize>| {
        at.and_then(|it| bytes.get(it))
            .is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_')
    };
    let mut found = BTreeSet::new();
    let mut line = Line::default();
    let most = MATCHES_PER_BYTE * text.len();
    for (count, one) in words.find_overlapping_iter(text).enumerate() {
        // Names that are made to match everywhere: nobody says of these that they are not mentioned.
        if count > most {
            return (0..words.patterns_len()).collect();
        }
        let is_word = !is_part(one.start().checked_sub(1)) && !is_part(Some(one.end()));
        // Settings are spelled in small letters, too; of one word any local name is.
        let spelling = text.get(one.start()..one.end()).unwrap_or_default();
        let is_meant =
            spelling.contains('_') || !spelling.bytes().any(|it| it.is_ascii_lowercase());
        if is_word && is_meant && !line.around(text, one.start()).is_setting {
            found.insert(one.pattern().as_usize());
        }
    }
    found
}

/// The line around an offset, kept for the next one: lines may be as long as the text.
#[derive(Default)]
struct Line {
    range: Range<usize>,
    /// Whether it is an `ENV` or `ARG` of a Dockerfile, which only sets.
    is_setting: bool,
}

impl Line {
    fn around(&mut self, text: &str, at: usize) -> &Self {
        if !self.range.contains(&at) {
            let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
            let end = text[at..].find('\n').map_or(text.len(), |it| at + it + 1);
            let line = text[start..end].trim_start();
            self.is_setting = line.starts_with("ENV ") || line.starts_with("ARG ");
            self.range = start..end;
        }
        self
    }
}

/// The files of several contexts, searched once each.
#[derive(Default)]
pub(super) struct Asked {
    /// The names by the context's folder, and the files there.
    by_folder: BTreeMap<String, (Vec<SourcePath>, BTreeSet<String>)>,
}

impl Asked {
    /// Asks for `names` in the context `folder`.
    pub(super) fn ask(
        &mut self,
        folder: &str,
        files: impl FnOnce() -> Vec<SourcePath>,
        names: BTreeSet<String>,
    ) {
        if names.is_empty() {
            return;
        }
        let asked = self.by_folder.entry(folder.to_owned());
        let asked = asked.or_insert_with(|| (files(), BTreeSet::new()));
        asked.1.extend(names);
    }

    /// Looks for all that was asked for.
    pub(super) fn search(
        self,
        graph: &DeploymentGraph,
        sources: &dyn Sources,
    ) -> BTreeMap<String, Mentions> {
        let all = self.by_folder.into_iter();
        all.map(|(folder, (files, names))| {
            let found = Mentions::search(graph, sources, &files, names);
            (folder, found)
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_by_themselves() {
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(["PORT", "GRPC_PORT"])
            .unwrap();
        for (text, expected) in [
            ("os.environ['PORT']", &[0][..]),
            ("port: int", &[]),
            ("grpc_port: int", &[1]),
            ("GRPC_PORT", &[1]),
            ("IMPORT reports", &[]),
            ("ENV PORT=80\n", &[]),
            ("RUN x\nCMD a $PORT", &[0]),
        ] {
            let found: Vec<usize> = mentioned(text, &words).into_iter().collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn names_that_stand_everywhere_are_mentioned() {
        let names: Vec<String> = (1..50).map(|it| "A".repeat(it)).collect();
        let words = AhoCorasick::new(&names).unwrap();
        assert_eq!(mentioned(&"A".repeat(1000), &words).len(), names.len());
    }
}
