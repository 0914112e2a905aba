//! Programs: what the images of containers start, followed through the build to the source that it was made of.
//!
//! Source is read only inside the build context of an image that some workload runs, from the file that the image starts on along its
//! imports. What was not understood is said ([`Gap`]), and rules that need completeness are silent for such a program.

mod addresses;
mod asked;
mod base_entry;
mod build;
mod bundles;
mod calls;
mod deployed;
mod dotenv;
mod dotnet;
mod ends;
mod env_objects;
mod environment;
mod filled;
mod finish;
mod flags;
mod guards;
mod handed;
mod java;
mod listens;
mod loads;
mod locks;
mod mentions;
mod modules;
mod names;
mod nest;
mod next;
mod node_project;
mod opens;
mod packages;
mod read;
mod refused;
mod requires;
mod route_path;
mod routes;
mod runners;
mod serves;
mod start;
mod store;
mod tables;
mod told;
mod units;
mod unseen;
mod viper;
mod waits;
mod web;
mod words;
mod wrappers;

#[cfg(test)]
mod go_tests;
#[cfg(test)]
mod node_tests;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;

pub use environment::{Environment, Environments, Known, SetBy, Value};
pub use listens::{Because, Listening, What};
pub use opens::Opening;
pub(crate) use read::read;
pub use serves::Answer;

use mentions::Mentions;

use crate::code::{Expr, GuardKind, Kind, Protocol, ReadName, RouteStyle, Slash, Subject};
use crate::link::Destination;
use crate::{FileId, ResourceId};

/// All programs, and which container runs which.
#[derive(Debug, Default)]
pub struct Programs {
    /// The programs, each once.
    pub programs: Vec<Program>,
    /// By workload and the path of the container (`spec.template.spec.containers[app]`): what it runs, one for each of its image links
    /// that is tied, in their order.
    of: BTreeMap<(ResourceId, String), Vec<ProgramOf>>,
    /// Where the addresses in source lead, by workload and container.
    pub(crate) destinations: BTreeMap<(ResourceId, String), Vec<SourceAddress>>,
    /// What occurs in the contexts of builds, by their folders.
    mentions: BTreeMap<String, Mentions>,
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
    /// The Dockerfile that its image is built from; `None` of public software that the manifest configures.
    pub dockerfile: Option<FileId>,
    /// The folder that is its build's context, relative to the root: as a step states it, or as far as that can be told from what is copied.
    pub context: String,
    /// What starts it, with the place of the words: in the Dockerfile or in a manifest.
    pub started: Started,
    /// The language of its source, if that is known.
    pub language: Option<Language>,
    /// The entry scripts that lead to the command, in the order in which they run.
    pub scripts: Vec<FileId>,
    /// Whether only its name leads to its source: what builds it is not seen.
    pub is_guessed: bool,
    /// The source file that it starts with.
    pub entry: Option<FileId>,
    /// All source files that it is made of, in the order in which they are reached.
    pub files: Vec<FileId>,
    /// The routes that it serves.
    pub routes: Vec<Served>,
    /// The variables that it reads.
    pub reads: Vec<ProgramRead>,
    /// The variables that it sets for itself: in its entry scripts, in source, in files of variables that the image has.
    pub sets: Vec<ProgramSet>,
    /// The files that every start opens, and without which it ends.
    pub opened: Vec<ProgramOpened>,
    /// What may stand before every path: a path with it is served as the one without.
    pub root_path: Option<String>,
    /// The ports that it listens on.
    pub ports: Vec<Port>,
    /// Whether it loads modules by names that it works out.
    pub loads_by_name: bool,
    /// The addresses that its source writes out, as far as it is known what they are for.
    pub addresses: Vec<ProgramAddress>,
    /// How long every start waits before it listens, each time with its place.
    pub waits: Vec<ProgramWait>,
    /// What is not known of it.
    pub gaps: Vec<Gap>,
}

/// A time that every start waits before it listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramWait {
    /// The seconds.
    pub seconds: u32,
    /// Where.
    pub place: (FileId, TextRange),
}

/// An address that the source of a program writes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramAddress {
    /// The scheme of a URL, in lower case.
    pub scheme: Option<String>,
    /// The host, in lower case and without a dot at its end.
    pub host: String,
    /// The port that is stated.
    pub port: Option<u16>,
    /// Whether a path or query follows.
    pub has_path: bool,
    /// What it is assigned or handed to: names, variables, functions, parameters.
    pub names: Vec<String>,
    /// The variables for which it stands where they are not set; none if it is called whatever is set.
    pub variables: Vec<String>,
    /// Whether it stands under a condition, in a loop, or where failures are caught.
    pub is_conditional: bool,
    /// Where, without quotes.
    pub place: (FileId, TextRange),
}

/// Where an address in source leads from one container.
#[derive(Clone, Debug)]
pub struct SourceAddress {
    /// An index into [`Program::addresses`] of the container's program.
    pub address: u32,
    /// The port that it asks for: the one that it states, else that of its scheme.
    pub port: Option<u16>,
    /// Where it leads.
    pub destination: Destination,
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
    /// What stands before it, the outermost first. Of limits only those that count its requests: an inner one stands for those around it.
    pub guards: Vec<Guarded>,
    /// Where the path is written.
    pub place: (FileId, TextRange),
    /// Where the prefixes are written, the outermost first.
    pub prefixes: Vec<(FileId, TextRange)>,
    /// The port at which it is served, as [`Port::port`] says it, if the program serves other routes at others. `None`: at all, or nobody
    /// knows.
    pub port: Option<Expr>,
}

/// What stands before a route, and where that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// What it does; never [`GuardKind::Free`] or [`GuardKind::RateOf`].
    pub kind: GuardKind,
    /// Where: for what stands before one route alone, the route's place.
    pub place: (FileId, TextRange),
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
    /// Any part that begins with this text.
    Begins(String),
    /// Any one part, or any that fits a pattern.
    Any,
    /// Any number of parts.
    Rest,
    /// Any number of parts that do not begin, as they stand with slashes between them, with one of these texts.
    Except(Vec<String>),
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

/// A file that every start of a program opens to read it, and without which it ends.
#[derive(Clone, Debug)]
pub struct ProgramOpened {
    /// The path: written out, or what a variable or flag holds, with its default; names are resolved.
    pub path: Expr,
    /// The folder that relative paths begin at, unless the manifest states another: as the image has it.
    pub folder: Option<String>,
    /// Where the path is handed over.
    pub place: (FileId, TextRange),
}

/// A variable that a program sets for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramSet {
    /// The variable.
    pub name: String,
    /// Its value.
    pub value: Expr,
    /// Whether a value that it has already is kept.
    pub keeps: bool,
    /// Where.
    pub place: Option<(FileId, TextRange)>,
}

/// A port that a program listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The port: written out, or what a variable or flag holds, with its default; names are resolved.
    pub port: Expr,
    /// The address, if it is stated apart.
    pub host: Option<Expr>,
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

impl Programs {
    /// What a container runs: one for each of its image links that is tied to a Dockerfile.
    pub fn of(&self, resource: ResourceId, container: &str) -> &[ProgramOf] {
        let key = (resource, container.to_owned());
        self.of.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Where the addresses lead that the source of a container's program writes out; nothing of those that lead out of the cluster, and of
    /// containers that may run one of several programs.
    pub fn addresses_of(&self, resource: ResourceId, container: &str) -> &[SourceAddress] {
        let key = (resource, container.to_owned());
        self.destinations.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Whether the name of a variable that some container of `program` has occurs as a word in a text of its build's context beside the source in
    /// the program's own language, of which all that is reached is known: in scripts, templates, configuration, other source; manifests,
    /// documents and files of variables aside. Of a program that loads modules by name all source counts. `None` if nobody knows: there is too
    /// much text, or the program is not one whose reads are all known.
    pub fn is_mentioned(&self, program: &Program, name: &str) -> Option<bool> {
        let language = program.language.filter(|_| !program.loads_by_name);
        self.mentions.get(&program.context)?.holds(name, language)
    }
}

impl Program {
    /// Whether all of its `subject` is known.
    pub fn is_complete(&self, subject: Subject) -> bool {
        let mut gaps = self.gaps.iter();
        !gaps.any(|it| it.subject.is_none_or(|it| it == subject))
    }
}

impl Gap {
    fn of_ports(why: &str) -> Self {
        Self {
            subject: Some(Subject::Ports),
            why: why.to_owned(),
            place: None,
        }
    }

    fn of_all(why: impl Into<String>, place: Option<(FileId, TextRange)>) -> Self {
        Self {
            subject: None,
            why: why.into(),
            place,
        }
    }
}
