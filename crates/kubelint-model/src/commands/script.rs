//! Reads the lines of a script: what it applies, what it creates, where it goes.

use std::collections::BTreeSet;

use kubelint_parser::TextRange;

use super::edits::Edit;
use super::kubectl::{self, Arguments};
use super::names::name_pattern;
use super::urls::url_paths;
use super::words::{self, Variables, Word};
use super::wrappers::wrappers;
use super::{AppliedPath, PathForm};
use crate::FileId;
use crate::build::{self, ImageSteps, Place};
use crate::script::Folder;

/// What a script does.
#[derive(Debug, Default)]
pub(super) struct Actions {
    /// Commands that apply files, each with its part of the script.
    pub(super) applied: Vec<(u32, TextRange, Vec<AppliedPath>)>,
    /// What is created.
    pub(super) created: Vec<Created>,
    /// What is done with images.
    pub(super) images: ImageSteps,
    /// Values of Secrets on command lines.
    pub(super) secrets: Vec<TextRange>,
    /// The Make targets that `$(MAKE)` runs, by part.
    pub(super) made: Vec<(u32, String)>,
    /// What is substituted in files.
    pub(super) edits: Vec<Edit>,
}

/// An object that a command creates.
#[derive(Debug)]
pub(super) struct Created {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) namespace: Option<String>,
    /// The command's place.
    pub(super) range: TextRange,
    /// The keys of a ConfigMap or Secret, if the command says them all.
    pub(super) keys: Option<Vec<String>>,
}

/// How deep loops, groups and visited folders may stand in each other.
pub(super) const MAX_DEPTH: usize = 64;

/// Reads one script.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
pub(super) struct Reader<'a> {
    pub(super) file: FileId,
    /// Whether it is a document, for a person to follow.
    pub(super) is_document: bool,
    /// The folder in which it is run. A script may be run from any folder above its own.
    pub(super) base: Option<String>,
    pub(super) text: &'a str,
    pub(super) paths: &'a BTreeSet<&'a str>,
    pub(super) variables: Variables,
    pub(super) percent: bool,
    pub(super) folder: Folder,
    pub(super) groups: Vec<Folder>,
    pub(super) visited: Vec<Folder>,
    pub(super) loops: Vec<(String, Vec<String>)>,
    /// The functions of the script that hand what they are given to kubectl.
    pub(super) wrappers: BTreeSet<&'a str>,
    /// `git clone` was seen: the next `cd` enters what was cloned, which is taken for this repository.
    pub(super) cloned: bool,
    pub(super) part: u32,
    /// The commands come from a script that was evaluated: folders, loops and functions are its own business.
    pub(super) is_evaluated: bool,
    pub(super) actions: Actions,
}

/// One command of a pipeline.
#[derive(Default)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    pub(super) inputs: Vec<Word>,
}

impl<'a> Reader<'a> {
    /// A reader of `text`; `paths` are the repository's, to tell its own URLs.
    pub(super) fn new(
        file: FileId,
        text: &'a str,
        paths: &'a BTreeSet<&'a str>,
        variables: Variables,
        percent: bool,
    ) -> Self {
        Self {
            file,
            is_document: false,
            base: None,
            text,
            paths,
            variables,
            percent,
            folder: Folder::default(),
            groups: Vec::new(),
            visited: Vec::new(),
            loops: Vec::new(),
            wrappers: wrappers(text),
            cloned: false,
            part: 0,
            is_evaluated: false,
            actions: Actions::default(),
        }
    }

    /// Begins another part, or another shell: in `folder`, as written.
    pub(super) fn enter(&mut self, part: u32, folder: Option<&str>) {
        self.part = part;
        self.folder = folder
            .and_then(|it| Folder::default().join(it))
            .unwrap_or_default();
        self.groups.clear();
        self.visited.clear();
        self.loops.clear();
    }

    /// What a command does with images.
    fn images(&self, words: &[Word]) -> ImageSteps {
        let known: Vec<String> = words
            .iter()
            .map(|it| it.text.replace(words::UNKNOWN, "*"))
            .collect();
        let words: Vec<build::Word<'_>> = words
            .iter()
            .zip(&known)
            .map(|(word, text)| build::Word {
                text,
                range: TextRange::new(word.start as u32, word.end as u32),
            })
            .collect();
        let base = self.base.as_ref().filter(|_| !self.folder.anchored);
        let parts = base.into_iter().map(String::as_str);
        let parts = parts.chain(self.folder.segments.iter().map(String::as_str));
        let parts: Vec<&str> = parts.filter(|it| !it.is_empty()).collect();
        let place = Place {
            folder: &parts.join("/"),
            by_end: self.folder.by_end || self.base.is_none() && !self.folder.anchored,
            ..self.place()
        };
        build::command(&words, &place)
    }

    /// The root, as this file knows it.
    pub(super) const fn place(&self) -> Place<'static> {
        Place {
            file: self.file,
            is_document: self.is_document,
            folder: "",
            by_end: false,
        }
    }

    /// Reads the commands of one pipeline.
    pub(super) fn pipeline(&mut self, commands: &[Command]) {
        let mut inputs: Vec<AppliedPath> = Vec::new();
        let mut applied: Vec<AppliedPath> = Vec::new();
        let mut takes_input = false;
        let mut range: Option<TextRange> = None;
        for command in commands {
            for input in &command.inputs {
                inputs.extend(self.path(&input.text, input, PathForm::Files));
            }
            let words = without_prefix(&command.words);
            let Some(first) = words.first() else {
                continue;
            };
            let own = words.last().map_or(first.end, |it| it.end);
            let own = TextRange::new(first.start as u32, own as u32);
            range = Some(range.map_or(own, |it| it.cover(own)));
            let images = self.images(words);
            self.actions.images.extend(images);
            match first.text.as_str() {
                "cd" | "pushd" | "popd" | "for" | "done" | "bash" | "sh" | "eval"
                    if self.is_evaluated => {}
                "cd" | "pushd" | "popd" | "Set-Location" | "Push-Location" => self.go(words),
                "for" => self.begin_loop(words),
                "done" => {
                    self.loops.pop();
                }
                "git" if words.get(1).is_some_and(|it| it.text == "clone") => self.cloned = true,
                "make" => self.actions.made.extend(
                    words[1..]
                        .iter()
                        .filter(|it| !it.text.starts_with('-'))
                        .map(|it| (self.part, it.text.clone())),
                ),
                "cat" | "sed" | "envsubst" | "awk" | "perl" | "ytt" | "yq" | "Get-Content"
                | "type" => {
                    for word in words[1..].iter().filter(|it| is_manifest(&it.text)) {
                        inputs.extend(self.path(&word.text, word, PathForm::Files));
                    }
                }
                _ => self.tool(words, own, &mut inputs, &mut applied, &mut takes_input),
            }
        }
        if takes_input {
            applied.append(&mut inputs);
        }
        if let Some(range) = range.filter(|_| !applied.is_empty()) {
            self.actions.applied.push((self.part, range, applied));
        }
    }

    /// The command of the first tool among `words`.
    fn tool(
        &mut self,
        words: &[Word],
        range: TextRange,
        inputs: &mut Vec<AppliedPath>,
        applied: &mut Vec<AppliedPath>,
        takes_input: &mut bool,
    ) {
        let named = words
            .iter()
            .enumerate()
            .find_map(|(at, it)| Some((at, tool_of(&it.text, at == 0)?)));
        let Some((at, tool)) = named else {
            let is_wrapper = |it: &Word| self.wrappers.contains(it.text.as_str());
            if self.is_evaluated {
                return;
            }
            if words.first().is_some_and(is_wrapper) {
                return self.wrapped(&words[1..], range, inputs, applied, takes_input);
            }
            return self.nested(words);
        };
        let arguments = Arguments::read(&words[at + 1..]);
        match tool {
            Tool::Kubectl => self.kubectl(&arguments, range, inputs, applied, takes_input),
            Tool::Kustomize => {
                if arguments
                    .positional
                    .first()
                    .is_some_and(|it| it.text == "build")
                {
                    self.built(&arguments, inputs);
                }
            }
            Tool::Helm => {
                if let Some(name) = kubectl::release(&arguments) {
                    // Most charts call what they make after the release, and put it before further words.
                    self.create("*", name, &arguments, range);
                    self.create("*", &format!("{name}-*"), &arguments, range);
                    if let Some(namespace) = arguments
                        .namespace()
                        .filter(|_| arguments.has(&["create-namespace"]))
                    {
                        self.create("Namespace", namespace, &arguments, range);
                    }
                }
            }
            Tool::Eksctl => {
                if let Some(name) = kubectl::eksctl(&arguments) {
                    self.create("ServiceAccount", name, &arguments, range);
                }
            }
        }
    }

    pub(super) fn kubectl(
        &mut self,
        arguments: &Arguments<'_>,
        range: TextRange,
        inputs: &mut Vec<AppliedPath>,
        applied: &mut Vec<AppliedPath>,
        takes_input: &mut bool,
    ) {
        let verb = arguments.positional.first().map(|it| it.text.as_str());
        match verb {
            Some("kustomize") => return self.built(arguments, inputs),
            Some("apply" | "create" | "replace" | "process") => {}
            _ => {
                for (kind, name) in kubectl::created(arguments) {
                    self.create(kind, name, arguments, range);
                }
                return;
            }
        }
        let form = if arguments.has(&["R", "recursive"]) {
            PathForm::Recursive
        } else {
            PathForm::Files
        };
        let mut files = Vec::new();
        for value in arguments.values(&["f", "filename"]) {
            for path in value.text.split(',') {
                *takes_input |= path == "-" && verb != Some("process");
                files.extend(self.path(path, value.word, form));
            }
        }
        for value in arguments.values(&["k", "kustomize"]) {
            files.extend(self.path(value.text, value.word, PathForm::Kustomization));
        }
        // `oc process` fills a template, which another command may apply.
        if verb == Some("process") {
            inputs
        } else {
            applied
        }
        .append(&mut files);
        let created = kubectl::created(arguments);
        if created.iter().any(|it| it.0 == "Secret") {
            self.hide(arguments);
        }
        for (kind, name) in created {
            self.create(kind, name, arguments, range);
        }
    }

    fn built(&mut self, arguments: &Arguments<'_>, inputs: &mut Vec<AppliedPath>) {
        let positional = &arguments.positional;
        let folder = match (positional.first(), positional.get(1)) {
            (_, Some(word)) => self.path(&word.text, word, PathForm::Kustomization),
            // kustomize builds where it is run.
            (Some(verb), None) => self.path(".", verb, PathForm::Kustomization),
            (None, None) => None,
        };
        inputs.extend(folder);
    }

    /// Values of Secrets are not to be shown.
    fn hide(&mut self, arguments: &Arguments<'_>) {
        for value in arguments.values(&["from-literal", "docker-password"]) {
            let word = value.word;
            let raw = &self.text[word.start..word.end];
            let flag = if raw.starts_with('-') {
                raw.find('=').map_or(0, |it| it + 1)
            } else {
                0
            };
            let key = raw[flag..].find('=').map_or(0, |it| it + 1);
            self.actions.secrets.push(TextRange::new(
                (word.start + flag + key) as u32,
                word.end as u32,
            ));
        }
    }

    fn create(&mut self, kind: &str, name: &str, arguments: &Arguments<'_>, range: TextRange) {
        let Some(name) = name_pattern(name, &self.variables) else {
            return;
        };
        let namespace = arguments
            .namespace()
            .and_then(|it| name_pattern(it, &self.variables));
        let namespace = namespace.filter(|it| !it.contains('*') && kind != "Namespace");
        let has_keys = matches!(kind, "ConfigMap" | "Secret");
        self.actions.created.push(Created {
            kind: kind.to_owned(),
            name,
            namespace,
            range,
            keys: has_keys.then(|| kubectl::keys(arguments)).flatten(),
        });
    }

    pub(super) fn path(&self, text: &str, word: &Word, form: PathForm) -> Option<AppliedPath> {
        let range = TextRange::new(word.start as u32, word.end as u32);
        let is_url =
            text.contains("://") && !text.starts_with("file://") || text.starts_with("github.com/");
        if is_url {
            let is_here =
                |it: &&str| !it.is_empty() && (self.paths.contains(*it) || self.holds(it));
            let path = url_paths(text).into_iter().find(is_here)?;
            let path = path.trim_end_matches('/').to_owned();
            return Some(AppliedPath {
                path,
                range,
                form,
                by_end: false,
            });
        }
        if matches!(text, "" | "-" | "/dev/stdin") {
            return None;
        }
        let text = if self.percent || text.contains(":\\") || text.starts_with(".\\") {
            text.replace('\\', "/")
        } else {
            text.to_owned()
        };
        let folder = self.folder.join(&text)?;
        Some(AppliedPath {
            path: folder.path()?,
            range,
            form,
            by_end: folder.by_end,
        })
    }

    /// Whether the repository has such a folder.
    fn holds(&self, folder: &str) -> bool {
        let folder = format!("{}/", folder.trim_end_matches('/'));
        let next = self.paths.range(folder.as_str()..).next();
        next.is_some_and(|it| it.starts_with(&folder))
    }
}

#[derive(Clone, Copy)]
enum Tool {
    Kubectl,
    Kustomize,
    Helm,
    Eksctl,
}

/// The tool that a word runs. The short names count only at the beginning of a command.
fn tool_of(word: &str, is_first: bool) -> Option<Tool> {
    // A variable may bring flags with the tool; elsewhere such a word is text.
    if !is_first && word.contains(' ') {
        return None;
    }
    let word = word.split(' ').next().unwrap_or_default();
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    Some(match name.strip_suffix(".exe").unwrap_or(name) {
        "kubectl" | "microk8s.kubectl" => Tool::Kubectl,
        "oc" | "k" if is_first => Tool::Kubectl,
        "kustomize" => Tool::Kustomize,
        "helm" | "helm3" => Tool::Helm,
        "eksctl" => Tool::Eksctl,
        _ => return None,
    })
}

/// A command without what stands before it: keywords of the shell, prompts, assignments, `sudo` and the like.
fn without_prefix(mut words: &[Word]) -> &[Word] {
    const PREFIXES: [&str; 21] = [
        "$", ">", "#", "%", "then", "do", "else", "if", "elif", "!", "while", "until", "time",
        "sudo", "exec", "command", "{", "-", "call", "@", "&",
    ];
    while let Some((first, rest)) = words.split_first() {
        let is_assignment = first
            .text
            .split_once('=')
            .is_some_and(|(name, _)| !name.is_empty() && words::name_length(name) == name.len());
        if !PREFIXES.contains(&first.text.as_str()) && !is_assignment {
            break;
        }
        words = rest;
    }
    words
}

fn is_manifest(path: &str) -> bool {
    [".yaml", ".yml", ".json", ".tmpl", ".tpl", ".j2"]
        .iter()
        .any(|it| path.ends_with(it))
}
