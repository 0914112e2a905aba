//! Web servers whose configuration is the program: nginx and Caddy, in an image that is built here or one that everybody uses, with the files
//! that the image has, that the start makes, and that the manifest mounts.

mod caddy;
mod changes;
mod files;
mod image;
mod items;
mod listen;
mod locations;
mod mounts;
mod nginx;
mod start;
mod templates;
mod upstreams;
mod variables;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::build::Build;
use super::environment::Environment;
use super::store::Store;
use super::words::Word;
use super::{Gap, Port, Program, ProgramAddress, ProgramRead, Served};
use crate::code::Subject;
use crate::image_link::ImageLink;
use crate::view::{Container, Workload};
use crate::{DeploymentGraph, FileId, KubeNode};

use changes::{Changes, changes};
use files::Files;
use mounts::Mounts;
use start::{Server, Start};

/// What a web server does, as its configuration says.
#[derive(Debug, Default)]
pub(super) struct Site {
    pub(super) ports: Vec<Port>,
    routes: Vec<Served>,
    addresses: Vec<ProgramAddress>,
    reads: Vec<ProgramRead>,
    gaps: Vec<Gap>,
    /// The files of its configuration, the first that it reads first.
    files: Vec<FileId>,
}

/// A container that may run a web server.
pub(super) struct Setup<'a, 'g> {
    pub(super) graph: &'g DeploymentGraph,
    pub(super) workload: &'a Workload<'g>,
    pub(super) container: &'a Container<'g>,
    pub(super) link: &'g ImageLink,
    /// What builds its image; `None` of public software.
    pub(super) build: Option<&'a Build<'g>>,
    pub(super) environment: &'a Environment,
}

/// Whether a Dockerfile may have to do with a web server.
pub(super) fn may_be_built(build: &Build<'_>) -> bool {
    ["nginx", "caddy", "openresty"]
        .iter()
        .any(|it| build.says(it))
}

/// Whether an image is one of a web server.
pub(super) fn is_server(image: &str) -> bool {
    image::of(image).is_some()
}

/// What the web server does that a container runs: `words` are what it starts, if that is not left to the base image. With the words that
/// start it, and the scripts that run before. `None` if it runs something else, or nobody can tell.
pub(super) fn site<'g>(
    setup: &Setup<'_, 'g>,
    words: Option<&[Word]>,
    store: &mut Store<'g>,
) -> Option<(Vec<String>, Vec<FileId>, Site)> {
    let base = match setup.build {
        Some(build) => build.base(),
        None => Some(setup.link.image.clone()),
    };
    let image = base.as_deref().and_then(image::of);
    let start = Start::of(setup, image, words, store)?;
    let mut files = Files {
        mounts: Mounts::of(setup.graph, setup.workload, setup.container),
        built: Changes::default(),
        started: Changes::default(),
        outputs: BTreeMap::new(),
        scripts: Vec::new(),
        changed_before: BTreeSet::new(),
        build: setup.build,
        image,
        store,
    };
    if let Some(build) = setup.build {
        built(build, &mut files);
    }
    let mut site = Site::default();
    if let Some(image) = image.filter(|_| start.is_prepared) {
        for why in templates::prepare(setup, image, &mut files) {
            site.gap(None, why, None);
        }
    }
    let hook = setup.container.node.field("lifecycle");
    if hook.is_some_and(|it| it.field("postStart").is_some()) {
        site.gap(None, "a command runs beside its start", None);
    }
    let mut before = start.before.clone();
    let scripts = std::mem::take(&mut before.scripts);
    files.add_started(before);
    templates::run(scripts, &mut files);
    if files.started.starts_others {
        let why = "more is started than the server";
        site.gap(Some(Subject::Ports), why, None);
    }
    match start.server {
        Server::Nginx => nginx::read(setup, &start, &mut files, &mut site),
        Server::Caddy => caddy::read(setup, &start, &mut files, &mut site),
    }
    let why = "what its scripts read is not listed";
    site.gap(Some(Subject::Reads), why, None);
    Some((start.words, files.scripts, site))
}

/// What the commands of the build change.
fn built(build: &Build<'_>, files: &mut Files<'_, '_, '_>) {
    let own = build.image.stages.clone();
    let last = build.image.stage();
    for (text, folder) in build.commands(last) {
        files.built.add(changes(&text, &folder));
    }
    // What a script does that is not read may be anything.
    files.built.all |= !files.built.scripts.is_empty();
    for stage in (0..last).filter(|it| !own.contains(it)) {
        for (text, folder) in build.commands(stage) {
            let found = changes(&text, &folder);
            let names = found.written.iter().filter_map(|it| it.rsplit('/').next());
            files.changed_before.extend(names.map(str::to_owned));
        }
    }
}

impl Site {
    /// The file that the server reads first.
    pub(super) fn entry(&self) -> Option<FileId> {
        self.files.first().copied()
    }

    /// Tells a program what its server does.
    pub(super) fn tell(&self, program: &mut Program) {
        program.entry = self.entry();
        program.files.clone_from(&self.files);
        program.ports.clone_from(&self.ports);
        program.routes.clone_from(&self.routes);
        program.addresses.clone_from(&self.addresses);
        program.reads.extend(self.reads.iter().cloned());
        program.gaps.extend(self.gaps.iter().cloned());
    }
}
