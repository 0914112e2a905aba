//! What commands start: programs and servers by the names of their runners, one module a language. A runner says where the source begins,
//! where its modules are looked for, and where the server listens that it is itself.

mod arguments;
mod dotnet;
mod go;
mod java;
mod next;
mod node;
mod package;
mod pm2;
mod python;
mod scripts;
mod tool_files;
mod tools;
mod workspace;

pub(super) use java::{beside, mounts_configuration};
pub(super) use package::Package;
pub(super) use python::port_of;

use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;

use super::Gap;
use super::build::Build;
use super::environment::Environment;
use super::java::Java;
use super::next::Next;
use super::start::{Command, Set};
use super::store::Store;
use crate::FileId;
use crate::code::{Expr, Protocol};

/// How a program begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Launch {
    /// Its language.
    pub(super) language: Language,
    /// Where its source begins.
    pub(super) entry: Entry,
    /// Where modules are looked for, in this order.
    pub(super) roots: Vec<Root>,
    /// The server that it runs in; `None` if it listens by itself, or not at all.
    pub(super) server: Option<Server>,
    /// The command that it comes to, if another stands for that: a script of package.json.
    pub(super) command: Option<Command>,
    /// What its interpreter does by itself.
    pub(super) runtime: Runtime,
    /// What is not known of it.
    pub(super) gaps: Vec<Gap>,
}

/// What an interpreter does by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Runtime {
    /// Where it listens if the file that it runs exports what answers requests; `None` if it does not.
    pub(super) exported: Option<Bind>,
    /// The files of variables that it is told to read, from where it is started.
    pub(super) variable_files: Vec<String>,
    /// The variables that its manager sets.
    pub(super) sets: Vec<Set>,
}

/// A folder of what a stage makes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Root {
    pub(super) stage: usize,
    pub(super) folder: String,
}

/// Where a program's source begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A file that is run: its path in the image.
    File(String),
    /// A file of the source that what is run was made of, as a stage of the build has it.
    Source {
        /// The stage.
        stage: usize,
        /// Its path there.
        path: String,
    },
    /// A project of .NET, whose assembly is run.
    Project(super::dotnet::Project),
    /// A package of Go: the folder of the repository that holds it.
    Package {
        /// The folder.
        folder: String,
        /// The modules that it may import from.
        modules: Vec<GoModule>,
        /// Whether only its name leads to it: what builds it is not seen.
        is_guessed: bool,
    },
    /// A module that is run.
    Module(String),
    /// A function of a module that is called.
    Call {
        /// The module.
        module: String,
        /// The function, with its class if it has one.
        function: String,
    },
    /// An application that a server serves.
    Application {
        /// The module.
        module: String,
        /// The object; `None` if the server looks for one.
        object: Option<String>,
        /// Whether the object is a function that makes it, and is always called.
        is_factory: bool,
    },
    /// A module of Java, all of which is the program.
    Java(Rc<Java>),
    /// A tool that is not in the repository, of which only its server is known.
    Tool,
    /// A project of Next.js, whose files are called by it.
    Next(Rc<Next>),
}

/// A module of Go whose source is in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GoModule {
    /// The path that its packages are imported by begins so.
    pub(super) path: String,
    /// Its folder in the repository.
    pub(super) folder: String,
}

/// A server that runs an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// Where it is told to listen; empty if the command does not say.
    pub(super) binds: Vec<Bind>,
    /// Where it listens if nothing is said.
    pub(super) default: Bind,
    /// The configuration that it reads, in its own language, and the name there that says where to listen.
    pub(super) configuration: Option<(Root, String, &'static str)>,
    /// What stands before all paths for whoever asks from outside, and may be left out.
    pub(super) root_path: Option<Expr>,
}

impl Server {
    /// Where the command tells it to listen, else its default.
    pub(super) fn stated(&self) -> Vec<Bind> {
        if self.binds.is_empty() {
            vec![self.default.clone()]
        } else {
            self.binds.clone()
        }
    }
}

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bind {
    /// The port, or an address that ends in one.
    pub(super) port: Expr,
    /// The host, if it is stated apart.
    pub(super) host: Option<Expr>,
    /// What is spoken.
    pub(super) protocol: Protocol,
    /// Whether TLS is.
    pub(super) tls: Option<bool>,
    /// Where it is written.
    pub(super) place: Option<(FileId, TextRange)>,
}

/// What is there to tell what a command starts.
pub(super) struct Around<'a, 'g> {
    pub(super) build: &'a Build<'g>,
    pub(super) environment: &'a Environment,
}

/// What a command starts; `None` if it is no runner that is known.
pub(super) fn launch(
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let node = node::launch(command, around, store);
    let known = node.or_else(|| java::launch(command, around, store));
    let known = known.or_else(|| python::launch(command, around, store));
    let known = known.or_else(|| dotnet::launch(command, around, store));
    known.or_else(|| go::launch(command, around, store))
}
