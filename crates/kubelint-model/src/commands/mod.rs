//! What scripts, Makefiles, workflows and documentation do to a cluster, as far as single lines tell: what they apply, and what they
//! create. Facts of one file each; which files the paths lead to is the plan's concern.

mod actions;
mod edits;
mod embedded;
mod evaluated;
mod gitops;
mod kubectl;
mod line;
mod lines;
mod names;
mod script;
mod shell;
mod skaffold;
mod terraform;
mod urls;
mod words;
mod wrappers;

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::{Span, TextRange};
use rayon::prelude::*;

use crate::build::{self, BuildStep, ImageStep, ImageSteps, Place};
use crate::compose::Compose;
use crate::load::{self, Files};
use crate::workflow::{self, Running, Workflows};
use crate::{File, FileId, Role};

use crate::script::{Places, Text};
pub use edits::Edit;
pub(crate) use kubectl::takes_value;
use script::{Actions, Reader};
use shell::{Context, Scripts};
pub use shell::{Form, Script};
pub(crate) use skaffold::is_configuration as is_skaffold;

/// What the repository's scripts and documents do.
#[derive(Debug, Default)]
pub struct Commands {
    /// What is applied, in the order of files and places.
    pub applied: Vec<Applied>,
    /// What is created, in the order of files and places.
    pub made: Vec<Made>,
    /// What builds images, in the order of files and places.
    pub builds: Vec<BuildStep>,
    /// What is done with images under some name, the names that builds give among them; in the order of files and places.
    pub images: Vec<ImageStep>,
    /// Values of Secrets in scripts and documents, which must not be shown.
    pub secrets: Vec<Span>,
    /// The shell scripts that were evaluated: files, recipes of Makefiles, steps of workflows; in the order of files and places.
    pub scripts: Vec<Script>,
    /// What is substituted in files, in the order of files and commands.
    pub edits: Vec<Edit>,
}

/// Who runs a command: commands of one runner are run together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Runner {
    /// The file that states it: a script, a Makefile, a workflow, a document, a GitOps object's manifest.
    pub file: FileId,
    /// The part of the file that is run as one: a workflow's job, a Make target with what it depends on; 0 where the file is one.
    pub part: u32,
    /// Whether a person runs it, choosing among the commands: a document. It never proves that two things are applied together.
    pub is_document: bool,
}

/// One command that applies files.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Who runs it.
    pub runner: Runner,
    /// The command's place in the runner's file.
    pub range: TextRange,
    /// What it applies.
    pub paths: Vec<AppliedPath>,
}

/// A path that is applied.
#[derive(Clone, Debug)]
pub struct AppliedPath {
    /// The path: `/` between segments, no leading `./`, leading variables and working folders stripped; may hold `*`. For a raw URL of
    /// this repository, the path within it.
    pub path: String,
    /// Where it is written.
    pub range: TextRange,
    /// How it is read.
    pub form: PathForm,
    /// Whether something unknown stood before it, so that it can only be matched by its end.
    pub by_end: bool,
}

/// How a command reads a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathForm {
    /// A file, or the manifests directly in a folder (`-f`).
    Files,
    /// A file, or the manifests in a folder and below (`-R -f`).
    Recursive,
    /// The folder of a kustomization (`-k`).
    Kustomization,
    /// A folder for which Flux writes the kustomization: with the manifests in it and below, and the kustomizations below.
    Generated,
    /// Some of the manifests in a folder and below: patterns that are not read choose.
    Some,
}

/// An object that a command or a text in a document makes.
#[derive(Clone, Debug)]
pub struct Made {
    /// The file that states it.
    pub file: FileId,
    /// The place: the command, or the name in a manifest that is fed to one.
    pub range: TextRange,
    /// Its kind, as `ConfigMap`; `*` for what a Helm release brings, of whatever kind.
    pub kind: String,
    /// Its name. `*` stands for what is not known: variables, and what template languages insert.
    pub name: String,
    /// Its namespace; `None` if it is not stated, or not known.
    pub namespace: Option<String>,
    /// How it is made.
    pub by: MadeBy,
    /// The keys of a ConfigMap or Secret, if the command says them all.
    pub keys: Option<Vec<String>>,
}

/// How an object is made that no manifest states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MadeBy {
    /// A command in a script, Makefile or workflow.
    Script,
    /// A command or a manifest in a document.
    Document,
    /// A template of one of the repository's own charts.
    Chart,
}

/// Reads the commands of all loaded files, in parallel.
pub(crate) fn commands(files: &Files, workflows: &Workflows, compose: &Compose) -> Commands {
    let paths: BTreeSet<&str> = files.files.iter().map(|it| it.path.as_str()).collect();
    let mut scripts = Scripts::new();
    for (index, file) in files.files.iter().enumerate() {
        if file.role == Role::Script {
            let text = Text {
                file: FileId(index as u32),
                path: file.path.as_str(),
                text: files.sources.get(file.source).text(),
                places: Places::At(0),
                templates: &[],
            };
            scripts.insert(text.path, text);
        }
    }
    let by_file: Vec<(FileId, Found)> = files
        .files
        .par_iter()
        .enumerate()
        .map(|(index, file)| {
            let id = FileId(index as u32);
            let text = files.sources.get(file.source).text();
            (id, of_file(id, file, text, &paths, workflows, &scripts))
        })
        .collect();
    let mut all = Commands::default();
    let mut images = ImageSteps::default();
    for (id, mut found) in by_file {
        let built = compose.builds.get(&id).cloned();
        found.images.builds.extend(built.into_iter().flatten());
        let source = files.files[id.0 as usize].source;
        all.applied.extend(found.applied);
        all.made.extend(found.made);
        images.extend(found.images);
        all.scripts.extend(found.scripts);
        all.edits.extend(found.edits);
        all.secrets
            .extend(found.secrets.into_iter().map(|it| Span::new(source, it)));
    }
    skaffold::join_modules(files, &mut all.applied);
    all.images = images.names();
    all.builds = images.builds;
    all
}

/// What one file does.
#[derive(Default)]
struct Found {
    applied: Vec<Applied>,
    made: Vec<Made>,
    images: ImageSteps,
    secrets: Vec<TextRange>,
    scripts: Vec<Script>,
    edits: Vec<Edit>,
}

fn of_file(
    id: FileId,
    file: &File,
    text: &str,
    paths: &BTreeSet<&str>,
    workflows: &Workflows,
    scripts: &Scripts<'_>,
) -> Found {
    let mut found = Found::default();
    // A pipeline that is a target was read as YAML.
    let is_pipeline =
        file.role == Role::GitLab || file.role == Role::OtherYaml && load::is_pipeline(&file.path);
    let role = if is_pipeline { Role::Script } else { file.role };
    match role {
        Role::Manifest => {
            found.applied = gitops::applied(id, file, text, paths);
            found.images = build::containers(file, text, &in_any_folder(id));
        }
        _ if build::is_bake(&file.path) => {
            found.images = build::bake(&file.path, text, &Place::in_folder_of(id, file));
        }
        _ if skaffold::is_configuration(&file.path) => {
            found.applied = skaffold::applied(id, file, text);
            found.images = build::skaffold(file, text, &Place::in_folder_of(id, file));
        }
        Role::ChartTemplate => found.add_embedded(id, text, MadeBy::Chart, chart_of(file)),
        Role::Workflow | Role::Action | Role::Script | Role::Document => {
            let is_document = role == Role::Document;
            let by = if is_document {
                MadeBy::Document
            } else {
                MadeBy::Script
            };
            let variables = included(file, text, scripts);
            let extension = file.path.extension().unwrap_or_default();
            if extension == "tf" {
                found.made = terraform::made(id, text);
            }
            let percent = matches!(extension, "cmd" | "bat");
            let mut reader = Reader::new(id, text, paths, variables.clone(), percent);
            reader.is_document = is_document;
            reader.base = base(file);
            let running = workflows.running(id);
            let mut runs: BTreeMap<TextRange, Vec<&Running<'_>>> = BTreeMap::new();
            for step in &running {
                runs.entry(step.step.range).or_default().push(step);
            }
            let context = Context {
                id,
                path: file.path.as_str(),
                scripts,
                pipeline: workflows
                    .get(id)
                    .filter(|it| it.form == workflow::Form::GitLab),
                runs,
            };
            let depends = lines::read(
                file,
                text,
                &mut reader,
                &context,
                &variables,
                &mut found.scripts,
            );
            let mut actions = reader.actions;
            if is_pipeline || load::is_pipeline(&file.path) {
                let built = build::containers(file, text, &in_any_folder(id));
                actions.images.extend(built);
            } else if file.path.file_name() == "Tiltfile" {
                let built = build::tilt(text, &Place::in_folder_of(id, file));
                actions.images.extend(built);
            }
            actions::add(id, &running, &mut actions);
            lines::add_prerequisites(&mut actions, &depends);
            found.add_actions(id, actions, by);
            let embedded = embedded::find(text, &variables);
            found.add_objects(id, embedded, by, None);
            found.made.sort_by_key(|it| it.range);
        }
        _ => {}
    }
    found
}

/// Of what runs on another machine nobody knows in which folder the repository lies.
const fn in_any_folder(file: FileId) -> Place<'static> {
    Place {
        file,
        is_document: false,
        folder: "",
        by_end: true,
    }
}

/// The variables that a text sets to a literal, and those of the Makefiles that it includes.
fn included(file: &File, text: &str, scripts: &Scripts<'_>) -> words::Variables {
    let mut found = lines::variables(text);
    if !lines::is_make(&file.path) {
        return found;
    }
    let lines = text.lines().filter_map(|it| {
        let line = it.strip_prefix('-').unwrap_or(it);
        line.strip_prefix("include ")
    });
    let named = lines.flat_map(str::split_whitespace).take(MOST_INCLUDED);
    for path in named.filter_map(|it| file.path.join(it)) {
        let text = scripts.get(path.as_str());
        let theirs = text.map(|it| lines::variables(it.text));
        for (name, value) in theirs.into_iter().flatten() {
            found.entry(name).or_insert(value);
        }
    }
    found
}

/// How many Makefiles are looked into that one includes.
const MOST_INCLUDED: usize = 50;

/// The folder in which the commands of a file are run, where that is known.
fn base(file: &File) -> Option<String> {
    let is_make = file
        .path
        .file_name()
        .to_ascii_lowercase()
        .ends_with("makefile");
    match file.role {
        Role::Workflow | Role::Action => Some(String::new()),
        _ if load::is_pipeline(&file.path) => Some(String::new()),
        _ => is_make.then(|| file.path.parent().to_owned()),
    }
}

/// The folder of the chart that a template belongs to: the one above its innermost `templates`.
fn chart_of(file: &File) -> Option<&str> {
    let parent = file.path.parent();
    let folder = match parent.rfind("/templates") {
        Some(at) => &parent[..at],
        None => "",
    };
    folder.rsplit('/').next().filter(|it| !it.is_empty())
}

impl Found {
    fn add_actions(&mut self, file: FileId, actions: Actions, by: MadeBy) {
        let is_document = by == MadeBy::Document;
        self.images.extend(actions.images);
        self.edits.extend(actions.edits);
        let applied = actions.applied.into_iter();
        self.applied
            .extend(applied.map(|(part, range, paths)| Applied {
                runner: Runner {
                    file,
                    part,
                    is_document,
                },
                range,
                paths,
            }));
        let created = actions.created.into_iter();
        self.made.extend(created.map(|it| Made {
            file,
            range: it.range,
            kind: it.kind,
            name: it.name,
            namespace: it.namespace,
            by,
            keys: it.keys,
        }));
        self.secrets.extend(actions.secrets);
    }

    fn add_embedded(&mut self, file: FileId, text: &str, by: MadeBy, chart: Option<&str>) {
        let found = embedded::find(text, &words::Variables::new());
        self.add_objects(file, found, by, chart);
    }

    fn add_objects(
        &mut self,
        file: FileId,
        found: embedded::Found,
        by: MadeBy,
        chart: Option<&str>,
    ) {
        self.secrets.extend(found.secrets);
        self.made.extend(found.objects.into_iter().filter_map(|it| {
            // The name of a chart's object that is all expression holds the chart's own, by custom.
            let name = match (it.name, chart) {
                (name, _) if name != "*" => name,
                (_, Some(chart)) => format!("*{chart}*"),
                _ => return None,
            };
            Some(Made {
                file,
                range: it.range,
                kind: it.kind,
                name,
                namespace: it.namespace,
                by,
                keys: None,
            })
        }));
    }
}

#[cfg(test)]
mod tests;
