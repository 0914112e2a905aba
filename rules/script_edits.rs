//! What scripts substitute in the files of the repository, and what the files may hold then.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::made::matches;
use kubelint_model::script::{Folder, MadeBy, Run, UNKNOWN};
use kubelint_model::sed::{self, Call, Grammar, Pattern, Substitution};
use kubelint_model::{DeploymentGraph, FileId};

/// Programs that read the files that they are given, and leave them as they are.
#[rustfmt::skip]
const READERS: [&str; 25] = [
    "[", "cat", "cd", "diff", "docker", "echo", "egrep", "envsubst", "git", "grep", "head", "helm", "kubectl", "kubeval", "ls",
    "more", "oc", "printf", "rm", "source", "stat", "tail", "test", "wc", "yamllint",
];

/// How many bytes of text are compared with patterns in all: whatever comes later is not looked at.
const MOST_BYTES: usize = 64 << 20;

/// How much text substitutions may bring into one file; of files with more nobody can tell what they hold.
const MOST_BROUGHT: usize = 1 << 20;

/// How many files a command may mean where nobody knows in which folder it runs.
const MOST_FILES: usize = 16;

/// How many folders into which one file's scripts put something are told apart.
const MOST_FOLDERS: usize = 256;

/// How many different patterns are compiled.
const MOST_PATTERNS: usize = 2_000;

/// How many substitutions in files of unknown names are followed.
const MOST_VAGUE: usize = 64;

/// One command line of sed.
pub(crate) struct Edit<'a> {
    /// The number of its script.
    pub(crate) script: usize,
    /// Whether something may have generated files in the script before it.
    pub(crate) is_generated: bool,
    /// The command.
    pub(crate) run: &'a Run,
    /// What it does.
    pub(crate) call: Call<'a>,
    /// The files of the repository that each of its paths may mean.
    pub(crate) files: Vec<Vec<FileId>>,
}

/// Compiled patterns, by their text, their grammar and whether upper and lower case are one.
type Patterns = BTreeMap<(String, Grammar, bool), Option<Pattern>>;

/// All substitutions of a repository's scripts.
pub(crate) struct Edits<'a> {
    graph: &'a DeploymentGraph,
    /// In the order of scripts and commands.
    pub(crate) all: Vec<Edit<'a>>,
    /// Those that may change each file, by number.
    by_file: BTreeMap<FileId, Vec<usize>>,
    /// Those in files whose names are not known, with the end of the path: `*` for what is not known of it.
    vague: Vec<(usize, String)>,
    /// Files that something else writes.
    written: BTreeSet<FileId>,
    /// The folders into which the scripts of each file put what they do not name.
    contents: BTreeMap<FileId, BTreeSet<String>>,
    /// How many bytes may still be compared.
    left: Cell<usize>,
    patterns: RefCell<Patterns>,
}

impl<'a> Edits<'a> {
    pub(crate) fn new(graph: &'a DeploymentGraph) -> Self {
        let mut this = Self {
            graph,
            all: Vec::new(),
            by_file: BTreeMap::new(),
            vague: Vec::new(),
            written: BTreeSet::new(),
            contents: BTreeMap::new(),
            left: Cell::new(MOST_BYTES),
            patterns: RefCell::default(),
        };
        let names = Names::new(graph);
        for (script, it) in graph.commands.scripts.iter().enumerate() {
            for made in &it.outcome.made {
                this.written.extend(names.of(graph, it.file, &made.path));
                if made.by == MadeBy::Content {
                    let contents = this.contents.entry(it.file).or_default();
                    // Of more nobody can tell apart what they hold: the root holds all.
                    let is_full = contents.len() >= MOST_FOLDERS;
                    let segments = if is_full {
                        &[][..]
                    } else {
                        &made.path.segments
                    };
                    contents.insert(segments.join("/"));
                }
            }
            let mut is_generated = false;
            for run in &it.outcome.runs {
                this.add(&names, script, is_generated, run);
                is_generated |= run.generates();
            }
        }
        this
    }

    fn add(&mut self, names: &Names<'a>, script: usize, is_generated: bool, run: &'a Run) {
        let words = run.command();
        let file = self.graph.commands.scripts[script].file;
        let meant = |text: &str| {
            let path = run.folder.join(text).filter(|it| !it.cloned)?;
            Some(names.of(self.graph, file, &path))
        };
        let Some(at) = words.iter().position(|it| sed::is_sed(&it.value.text)) else {
            let tool = words.first().map_or("", |it| &it.value.text);
            let tool = tool.rsplit('/').next().unwrap_or_default();
            if !READERS.contains(&tool) {
                let files = words.iter().filter_map(|it| meant(&it.value.text));
                self.written.extend(files.flatten());
            }
            return;
        };
        let Some(call) = sed::read(&words[at + 1..]) else {
            let files = words.iter().filter_map(|it| meant(&it.value.text));
            self.written.extend(files.flatten());
            return;
        };
        let index = self.all.len();
        let mut files = Vec::new();
        for path in &call.files {
            let text = &path.value.text;
            let is_vague = text.contains(['*', '?', '[', '{', UNKNOWN]) || at > 0;
            let found = meant(text).filter(|_| !is_vague).unwrap_or_default();
            if is_vague && self.vague.len() < MOST_VAGUE {
                // `find` and `xargs` tell sed the names.
                let end = text.rsplit('/').next().filter(|_| at == 0).unwrap_or("*");
                self.vague.push((index, end.replace(UNKNOWN, "*")));
            }
            for id in &found {
                self.by_file.entry(*id).or_default().push(index);
            }
            files.push(found);
        }
        self.all.push(Edit {
            script,
            is_generated,
            run,
            call,
            files,
        });
    }

    /// Whether something else than these substitutions may change `file`: whatever names it and is not known to leave it as it is, or what
    /// the scripts beside that of `edit` unpack, copy or generate there.
    pub(crate) fn is_written(&self, edit: &Edit<'_>, file: FileId) -> bool {
        let scripts = &self.graph.commands.scripts;
        let path = self.graph.file(file).path.as_str();
        let is_above = |above: &String| {
            above.is_empty()
                || path == above
                || path.starts_with(&format!("{above}/"))
                || path.contains(&format!("/{above}/"))
        };
        let mut contents = self
            .contents
            .get(&scripts[edit.script].file)
            .into_iter()
            .flatten();
        self.written.contains(&file) || self.vague.len() >= MOST_VAGUE || contents.any(is_above)
    }

    /// What the substitutions of all scripts, in whichever order they are run, may bring into a file: changed lines. `None` if that is too
    /// much.
    pub(crate) fn brought(&self, file: FileId) -> Option<Vec<String>> {
        let name = self.graph.file(file).path.file_name();
        let own = self.by_file.get(&file).into_iter().flatten().copied();
        let vague = self.vague.iter().filter(|(_, end)| matches(end, name));
        let edits: BTreeSet<usize> = own.chain(vague.map(|it| it.0)).collect();
        let substitutions = edits
            .iter()
            .flat_map(|it| &self.all[*it].call.substitutions);
        let substitutions: Vec<&Substitution<'_>> = substitutions.collect();
        let mut found: Vec<String> = Vec::new();
        for it in substitutions.iter().filter(|it| !it.is_known()) {
            found.push(it.replacement.clone());
        }
        // One may change what another one has brought.
        for _ in 0..2 {
            let mut more = Vec::new();
            for it in substitutions.iter().filter(|it| it.is_known()) {
                let Some(pattern) = self.compiled(it, it.ignores_case) else {
                    found.push(it.replacement.clone());
                    continue;
                };
                let text = self.text(file)?;
                self.take(found.iter().map(String::len).sum())?;
                let lines = text.lines().chain(found.iter().map(String::as_str));
                more.extend(lines.filter_map(|line| it.applied(&pattern, line)));
            }
            found.extend(more);
            found.sort_unstable();
            found.dedup();
            if found.iter().map(String::len).sum::<usize>() > MOST_BROUGHT {
                return None;
            }
        }
        Some(found)
    }

    /// The pattern of a substitution, to be asked of lines; `None` if it is not read.
    pub(crate) fn compiled(&self, it: &Substitution<'_>, ignores_case: bool) -> Option<Pattern> {
        let mut known = self.patterns.borrow_mut();
        let key = (it.pattern.clone(), it.grammar, ignores_case);
        if known.len() >= MOST_PATTERNS && !known.contains_key(&key) {
            return None;
        }
        let compiled = || sed::compile(&it.pattern, it.grammar, ignores_case);
        known.entry(key).or_insert_with(compiled).clone()
    }

    /// The text of a file, to be compared with one pattern; `None` if there is no time left for it.
    pub(crate) fn text(&self, file: FileId) -> Option<&'a str> {
        let text = self.graph.sources.get(self.graph.file(file).source).text();
        self.take(text.len())?;
        Some(text)
    }

    fn take(&self, bytes: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(bytes)?);
        Some(())
    }
}

/// The files of the repository by name.
struct Names<'a>(BTreeMap<&'a str, Vec<FileId>>);

impl<'a> Names<'a> {
    fn new(graph: &'a DeploymentGraph) -> Self {
        let mut names: BTreeMap<&str, Vec<FileId>> = BTreeMap::new();
        for (id, file) in (0..).map(FileId).zip(&graph.files) {
            if !graph.sources.get(file.source).is_rendered() {
                names.entry(file.path.file_name()).or_default().push(id);
            }
        }
        Self(names)
    }

    /// The files that `path` may mean, which a script in the file `script` names: one that is there from the root or the script's folder, else
    /// those whose paths end so.
    fn of(&self, graph: &DeploymentGraph, script: FileId, path: &Folder) -> Vec<FileId> {
        let Some(text) = path.path().filter(|_| !path.cloned) else {
            return Vec::new();
        };
        let name = text.rsplit('/').next().unwrap_or_default();
        let named = self.0.get(name).into_iter().flatten().copied();
        let path_of = |it: &FileId| graph.file(*it).path.as_str();
        let beside = format!("{}/{text}", graph.file(script).path.parent());
        let is_right = |it: &FileId| {
            let is_beside = !path.anchored && path_of(it) == beside;
            path_of(it) == text && !path.by_end || is_beside && path.ups == 0
        };
        let right: Vec<FileId> = named.clone().filter(is_right).collect();
        if !right.is_empty() || path.anchored && !path.by_end {
            return right;
        }
        let end = format!("/{text}");
        let may_be = |it: &FileId| path_of(it) == text || path_of(it).ends_with(&end);
        let found: Vec<FileId> = named.filter(may_be).take(MOST_FILES + 1).collect();
        if found.len() > MOST_FILES {
            return Vec::new();
        }
        found
    }
}
