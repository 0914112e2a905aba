//! What compose files say of services: not only what is built, but how a program that a cluster is to run is set up elsewhere, by people
//! who know that it starts: its ports, variables, command and health check.
//!
//! Files are read as the Compose specification has it: variables replaced by their values in `.env` and by their defaults, then
//! `extends`, then the files that are merged. What only running it would tell is `*` in texts.

mod files;
mod health;
mod merge;
mod port;
mod project;
mod service;
mod value;

use std::collections::BTreeMap;

use kubelint_parser::Span;

use crate::FileId;
use crate::build::{BuildStep, StepPath};

pub(crate) use files::named as named_files;
pub use health::Health;
pub use port::Port;
pub(crate) use project::{lies_over_another, read};
pub use service::{Build, Command, EnvFile, Service, Variable};
pub use value::Variables;

/// What a compose file states, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated<T> {
    /// What it states.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// The services of all compose files.
#[derive(Debug, Default)]
pub struct Compose {
    /// Each service, once for each set of files that are merged: in the order of files and places.
    pub services: Vec<Service>,
    /// What `include` names, with the file that does.
    pub includes: Vec<(FileId, StepPath)>,
    /// What each file builds.
    pub(crate) builds: BTreeMap<FileId, Vec<BuildStep>>,
}

impl Compose {
    /// The services that a build step may belong to: those of its name in the files that are merged with the step's own. Several files that
    /// are merged with one each make a service of it.
    pub fn of_step<'a>(&'a self, step: &'a BuildStep) -> impl Iterator<Item = &'a Service> {
        let name = step.service.as_ref();
        let all = self.services.iter().filter(move |it| {
            let is_same = |name: &str| it.name.value == name;
            name.is_some_and(|name| is_same(&name.text))
        });
        all.filter(|it| it.files.contains(&step.file))
    }
}

#[cfg(test)]
mod tests;
