//! What nginx does by its configuration.

use super::files::Files;
use super::image::Kind;
use super::items::{Argument, Configuration, Item, Place};
use super::start::Start;
use super::{Setup, Site, items, listen, locations, upstreams, variables};
use crate::code::{Kind as ValueKind, Protocol, ReadName, Subject};
use crate::program::build::absolute;
use crate::program::{Gap, ProgramRead};

/// Blocks whose servers listen.
const PROTOCOLS: [(&str, Protocol); 3] = [
    ("http", Protocol::Http),
    ("mail", Protocol::Other),
    ("stream", Protocol::Other),
];

/// What nginx does that is started so, with these files. What is not known of the files is in `site` already.
pub(super) fn read(
    setup: &Setup<'_, '_>,
    start: &Start,
    files: &mut Files<'_, '_, '_>,
    site: &mut Site,
) {
    let Some(configuration) = configuration(start, files) else {
        site.gap(None, "its configuration is not known", None);
        return;
    };
    for (why, place) in &configuration.unknown {
        site.gap(None, why.clone(), *place);
    }
    site.files.clone_from(&configuration.files);
    let default = match setup.is_root(files.image) {
        Some(true) => Some(80),
        Some(false) => Some(8000),
        None => None,
    };
    let items = &configuration.items;
    for (name, protocol) in PROTOCOLS {
        for block in items.iter().filter(|it| it.name() == name) {
            for server in block.all("server") {
                let found = listen::of_server(server, protocol, default);
                if found.is_open {
                    site.gap(Some(Subject::Ports), "a port is not known", server.place);
                }
                site.ports.extend(found.ports);
            }
        }
    }
    opens(items, site);
    site.ports.dedup();
    if site.ports.is_empty() {
        site.gap(
            Some(Subject::Ports),
            "no place is found where it listens",
            None,
        );
    }
    // Where the configuration says nothing nginx serves the folder `html` of its prefix, which its own images do not have.
    let has_pages = files.image.and_then(|it| match it.kind {
        Kind::Nginx | Kind::Unprivileged => Some(false),
        Kind::OpenResty => Some(true),
        Kind::Caddy => None,
    });
    for http in items.iter().filter(|it| it.name() == "http") {
        let servers: Vec<&Item> = http.all("server").collect();
        let routes = locations::of_servers(http, &servers, has_pages);
        site.routes.extend(routes.served);
        for (why, place) in routes.open {
            site.gap(Some(Subject::Routes), why, place);
        }
    }
    site.addresses = upstreams::addresses(items);
    reads(items, site);
}

/// The configuration of nginx that is started so.
fn configuration(start: &Start, files: &mut Files<'_, '_, '_>) -> Option<Configuration> {
    if start.option(&["-p"]).is_some() {
        return None;
    }
    let main = files.image.map_or("/etc/nginx/nginx.conf", |it| it.main());
    let folder = main.rsplit_once('/').map_or("", |it| it.0);
    let path = match start.option(&["-c"]) {
        Some(path) if path.contains(['$', '*']) => return None,
        Some(path) => absolute(folder, path),
        None => main.to_owned(),
    };
    items::read(files, &path)
}

/// Directives that make servers or blocks of their own, which nobody sees.
fn opens(items: &[Item], site: &mut Site) {
    let mut open: Vec<(&Item, bool)> = items.iter().map(|it| (it, true)).collect();
    while let Some((it, is_outer)) = open.pop() {
        let name = it.name();
        if is_outer && (name.starts_with('$') || matches!(name, "config" | "import")) {
            site.gap(None, "a part of its configuration is a variable", it.place);
        }
        if is_outer && matches!(name, "http" | "stream" | "mail" | "server") {
            open.extend(it.block.iter().map(|it| (it, true)));
        }
    }
}

/// Directives that a server does not start with where a variable in them is not filled in.
const NEEDED: [&str; 11] = [
    "alias",
    "client_max_body_size",
    "fastcgi_pass",
    "grpc_pass",
    "listen",
    "proxy_pass",
    "resolver",
    "root",
    "server",
    "set",
    "uwsgi_pass",
];

/// The variables of the environment that are filled in.
fn reads(items: &[Item], site: &mut Site) {
    let mut open: Vec<&Item> = items.iter().rev().collect();
    while let Some(it) = open.pop() {
        for word in it.words.iter().filter(|it| it.is_template) {
            let Some(place) = word.place else {
                continue;
            };
            let mut reads = of_word(word, place);
            // What nothing sets stays as it is, and is no number, host or variable of nginx.
            let is_needed = NEEDED.contains(&it.name());
            for it in &mut reads {
                it.is_required = is_needed;
            }
            site.reads.extend(reads);
        }
        open.extend(it.block.iter().rev());
    }
}

/// The reads of a word. Variables of nginx itself are in small letters.
fn of_word(word: &Argument, place: Place) -> Vec<ProgramRead> {
    let mut names = Vec::new();
    variables::names(&variables::replaced(&word.text, word), &mut names);
    names.retain(|it| !it.bytes().any(|it| it.is_ascii_lowercase()));
    let reads = names.into_iter().map(|name| ProgramRead {
        name: ReadName::Exact(name),
        default: None,
        is_required: false,
        on_start: true,
        kind: ValueKind::Text,
        place,
    });
    reads.collect()
}

impl Site {
    /// Says what is not known.
    pub(super) fn gap(
        &mut self,
        subject: Option<Subject>,
        why: impl Into<String>,
        place: Option<Place>,
    ) {
        let gap = Gap {
            subject,
            why: why.into(),
            place,
        };
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }
}
