//! What scripts, Makefiles, workflows and documentation do to a cluster, as far as single lines tell: what they apply, and what they
//! create. Facts of one file each; which files the paths lead to is the plan's concern.

use kubelint_parser::TextRange;

use crate::FileId;
use crate::load::Files;

/// What the repository's scripts and documents do.
#[derive(Debug, Default)]
pub struct Commands {
    /// What is applied, in the order of files and places.
    pub applied: Vec<Applied>,
    /// What is created, in the order of files and places.
    pub made: Vec<Made>,
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
}

/// An object that a command or a text in a document makes.
#[derive(Clone, Debug)]
pub struct Made {
    /// The file that states it.
    pub file: FileId,
    /// The place: the command, or the name in a manifest that is fed to one.
    pub range: TextRange,
    /// Its kind, as `ConfigMap`.
    pub kind: String,
    /// Its name. `*` stands for what is not known: variables, and what template languages insert.
    pub name: String,
    /// Its namespace; `None` if it is not stated, or not known.
    pub namespace: Option<String>,
    /// How it is made.
    pub by: MadeBy,
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

/// Reads the commands of all loaded files.
pub fn commands(files: &Files) -> Commands {
    let _ = files;
    Commands::default()
}
