//! The files that programs are made of: each is read and parsed once, however many programs share it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use kubelint_parser::code::{Language, Limit};
use kubelint_parser::source::{SourcePath, SourceText, Sources};
use rayon::prelude::*;

use crate::code::{CodeFacts, FunctionId, Place};
use crate::load::readable;
use crate::{DeploymentGraph, FileId};

/// More source files are not read in all, …
const MOST_FILES: usize = 20_000;
/// … and not more text.
const MOST_BYTES: usize = 128 << 20;
/// How many files are read at once.
const BATCH: usize = 256;

/// Why a file has no facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It cannot be read, or is no text.
    Unreadable,
    /// It was not parsed to its end.
    Limit(Limit),
    /// There is too much to read.
    TooMuch,
}

/// What reads the facts of a file.
pub(super) type Reader<'r> = &'r (dyn Fn(&SourcePath, &str) -> Result<CodeFacts, Limit> + Sync);

/// The facts of a file, to be found by name.
#[derive(Debug)]
pub(super) struct Indexed {
    facts: CodeFacts,
    pub(super) functions_by_name: BTreeMap<String, FunctionId>,
    pub(super) classes_by_name: BTreeMap<String, usize>,
    pub(super) routers_by_name: BTreeMap<String, Vec<usize>>,
    pub(super) imports_by_name: BTreeMap<String, Vec<usize>>,
    /// By function: the calls and imports that stand in it, and the functions in it that run though no call is seen.
    pub(super) within: BTreeMap<FunctionId, Within>,
}

/// What stands in a function.
#[derive(Debug, Default)]
pub(super) struct Within {
    pub(super) calls: Vec<usize>,
    pub(super) imports: Vec<usize>,
    pub(super) entries: Vec<FunctionId>,
}

impl Indexed {
    pub(super) fn new(facts: CodeFacts) -> Self {
        let mut this = Self {
            functions_by_name: BTreeMap::new(),
            classes_by_name: BTreeMap::new(),
            routers_by_name: BTreeMap::new(),
            imports_by_name: BTreeMap::new(),
            within: BTreeMap::new(),
            facts,
        };
        let functions = this.facts.functions.iter().zip((0..).map(FunctionId));
        for (function, id) in functions.filter(|it| !it.0.name.is_empty()) {
            this.functions_by_name.insert(function.name.clone(), id);
        }
        for (number, it) in this.facts.classes.iter().enumerate() {
            this.classes_by_name.insert(it.name.clone(), number);
        }
        for (number, it) in this.facts.routers.iter().enumerate() {
            let of_name = this.routers_by_name.entry(it.name.clone());
            of_name.or_default().push(number);
        }
        for (number, it) in this.facts.imports.iter().enumerate() {
            let of_name = this.imports_by_name.entry(it.local.clone());
            of_name.or_default().push(number);
            let within = this.within.entry(it.place.function).or_default();
            within.imports.push(number);
        }
        for (number, it) in this.facts.calls.iter().enumerate() {
            let within = this.within.entry(it.place.function).or_default();
            within.calls.push(number);
        }
        let functions = this.facts.functions.iter().zip((0..).map(FunctionId));
        for (it, id) in functions.filter(|it| it.0.is_entry && it.0.parent != it.1) {
            if it.name != "__main__" {
                this.within.entry(it.parent).or_default().entries.push(id);
            }
        }
        this
    }

    /// What a file of Kotlin declares for others, with its package.
    pub(super) fn declared(&self) -> BTreeSet<String> {
        let package = self.facts.imports.last();
        let package = package.filter(|it| it.local.is_empty() && it.place == Place::default());
        let package = package.map(|it| format!("{}.", it.module));
        let package = package.unwrap_or_default();
        let classes = self.classes_by_name.keys();
        let names = classes
            .chain(self.functions_by_name.keys())
            .chain(self.facts.definitions.keys());
        let own = names.filter(|it| !it.contains('.'));
        own.map(|it| format!("{package}{it}")).collect()
    }
}

impl Deref for Indexed {
    type Target = CodeFacts;

    fn deref(&self) -> &CodeFacts {
        &self.facts
    }
}

/// The files, by number and path.
pub(super) struct Store<'g> {
    graph: &'g DeploymentGraph,
    sources: &'g dyn Sources,
    reader: Reader<'g>,
    /// The files of the graph, by path.
    known: BTreeMap<&'g SourcePath, FileId>,
    added: Vec<(SourcePath, Arc<SourceText>)>,
    by_path: BTreeMap<SourcePath, FileId>,
    facts: BTreeMap<FileId, Result<Arc<Indexed>, Unread>>,
    refused: BTreeMap<SourcePath, Unread>,
    files_left: usize,
    bytes_left: usize,
}

impl<'g> Store<'g> {
    pub(super) fn new(
        graph: &'g DeploymentGraph,
        sources: &'g dyn Sources,
        reader: Reader<'g>,
    ) -> Self {
        let real = graph.files.iter().zip((0..).map(FileId));
        let real = real.filter(|(it, _)| !graph.sources.get(it.source).is_rendered());
        Self {
            graph,
            sources,
            reader,
            known: real.map(|(it, id)| (&it.path, id)).collect(),
            added: Vec::new(),
            by_path: BTreeMap::new(),
            facts: BTreeMap::new(),
            refused: BTreeMap::new(),
            files_left: MOST_FILES,
            bytes_left: MOST_BYTES,
        }
    }

    /// The number of a file that was read.
    pub(super) fn id(&self, path: &SourcePath) -> Option<FileId> {
        let known = self.known.get(path).copied();
        known.or_else(|| self.by_path.get(path).copied())
    }

    /// Whether git ignores such a file, so that it may be where images are built and not here.
    pub(super) fn is_ignored(&self, path: &SourcePath) -> bool {
        self.sources.is_ignored(path)
    }

    /// The text of a file.
    pub(super) fn text_of(&self, id: FileId) -> &str {
        match self.graph.files.get(id.0 as usize) {
            Some(file) => self.graph.sources.get(file.source).text(),
            None => self.added[id.0 as usize - self.graph.files.len()]
                .1
                .as_str(),
        }
    }

    /// Whether the repository has a file.
    pub(super) fn exists(&self, path: &SourcePath) -> bool {
        self.graph.build_files.all().binary_search(path).is_ok()
    }

    /// The files of the repository below a folder, which exists or not.
    pub(super) fn below(&self, folder: &str) -> Vec<SourcePath> {
        let all = self.graph.build_files.all();
        let folder = SourcePath::new(folder);
        let prefix = format!("{folder}/");
        let first = all.partition_point(|it| it.as_str() < prefix.as_str());
        let found = all[first..].iter();
        let found = found.take_while(|it| it.as_str().starts_with(&prefix));
        found.take(MOST_FILES).cloned().collect()
    }

    /// The files of the repository that are called so.
    pub(super) fn named(&self, name: &str) -> Vec<SourcePath> {
        let found = self.graph.build_files.named(name, "");
        found.map(SourcePath::new).collect()
    }

    /// Reads a file as text, and gives it a number.
    pub(super) fn read_text(&mut self, path: &SourcePath) -> Option<FileId> {
        if let Some(id) = self.id(path) {
            return Some(id);
        }
        let text = readable(self.sources, path)?;
        self.add(path, text).ok()
    }

    fn add(&mut self, path: &SourcePath, text: Arc<SourceText>) -> Result<FileId, Unread> {
        let bytes = self.bytes_left.checked_sub(text.as_str().len());
        let files = self.files_left.checked_sub(1);
        let (Some(bytes), Some(files)) = (bytes, files) else {
            return Err(Unread::TooMuch);
        };
        (self.bytes_left, self.files_left) = (bytes, files);
        let id = FileId((self.graph.files.len() + self.added.len()) as u32);
        self.added.push((path.clone(), text));
        self.by_path.insert(path.clone(), id);
        Ok(id)
    }

    /// Reads and parses those of `paths` that are source and were not yet.
    pub(super) fn read(&mut self, paths: &BTreeSet<SourcePath>) {
        let is_open = |it: &&SourcePath| {
            let is_read = self.id(it).is_some_and(|it| self.facts.contains_key(&it));
            !is_read && !self.refused.contains_key(*it)
        };
        let wanted: Vec<&SourcePath> = paths.iter().filter(is_open).collect();
        for batch in wanted.chunks(BATCH) {
            let read: Vec<_> = batch
                .par_iter()
                .map(|&path| {
                    let id = self.id(path);
                    let text = match id {
                        Some(_) => None,
                        None => Some(readable(self.sources, path)?),
                    };
                    let of = match (&text, id) {
                        (Some(text), _) => text.as_str(),
                        (None, Some(id)) => self.text_of(id),
                        (None, None) => return None,
                    };
                    let facts = (self.reader)(path, of).map_err(Unread::Limit);
                    let facts = facts.map(|it| Arc::new(Indexed::new(it)));
                    Some((text, facts))
                })
                .collect();
            for (&path, read) in batch.iter().zip(read) {
                let Some((text, facts)) = read else {
                    self.refused.insert(path.clone(), Unread::Unreadable);
                    continue;
                };
                let id = match (text, self.id(path)) {
                    (_, Some(id)) => Ok(id),
                    (Some(text), None) => self.add(path, text),
                    (None, None) => Err(Unread::Unreadable),
                };
                match id {
                    Ok(id) => drop(self.facts.insert(id, facts)),
                    Err(unread) => drop(self.refused.insert(path.clone(), unread)),
                }
            }
        }
    }

    /// The facts of a file that was read.
    pub(super) fn facts(&self, path: &SourcePath) -> Result<(FileId, Arc<Indexed>), Unread> {
        if let Some(unread) = self.refused.get(path) {
            return Err(*unread);
        }
        let id = self.id(path).ok_or(Unread::Unreadable)?;
        let facts = self.facts.get(&id).cloned();
        let facts = facts.unwrap_or(Err(Unread::Unreadable))?;
        Ok((id, facts))
    }

    /// The files that were read, in the order of their numbers.
    pub(super) fn into_added(self) -> Vec<(SourcePath, Arc<SourceText>)> {
        self.added
    }
}

impl Unread {
    /// The reason in words.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "it cannot be read",
            Self::Limit(limit) => limit.as_str(),
            Self::TooMuch => "there is too much source",
        }
    }
}

/// Whether a file is source of a language that is known.
pub(super) fn language(path: &SourcePath) -> Option<Language> {
    path.extension().and_then(Language::of_extension)
}
