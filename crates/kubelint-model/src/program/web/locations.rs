//! What nginx serves: the locations of its servers (`ngx_http_core_find_location` of nginx).
//!
//! A location counts for every path that it catches, whether the files are there that it serves or not: what is left is served by nothing.

use super::items::{Item, Place};
use crate::code::{GuardKind, RouteStyle, Slash};
use crate::program::{Guarded, RoutePart, RoutePath, Served};

/// What the servers of a configuration serve.
#[derive(Debug, Default)]
pub(super) struct Routes {
    pub(super) served: Vec<Served>,
    /// Why there may be more, and where.
    pub(super) open: Vec<(&'static str, Option<Place>)>,
}

/// What stands around a location.
#[derive(Clone, Copy, Default)]
struct Around<'i> {
    /// What asks for credentials.
    auth: Option<&'i Item>,
    /// What limits requests.
    limit: Option<&'i Item>,
}

/// A location, and in which order it is asked.
struct Found {
    rank: (u8, usize),
    served: Served,
}

/// What `servers` serve that stand in `http`. `has_pages` tells whether files are served where no `root` says which; `None` if nobody knows.
pub(super) fn of_servers(http: &Item, servers: &[&Item], has_pages: Option<bool>) -> Routes {
    let mut routes = Routes::default();
    let zones = zones(http);
    // Which server answers depends on the host that is asked for: of several none says who is let in.
    let answering = servers.iter().filter(|it| !it.has("return")).count();
    let around = Around::default().within(http);
    for server in servers {
        let mut of_server = Server {
            routes: &mut routes,
            zones: &zones,
            guards: answering == 1 && !has_exceptions(http, server),
            found: Vec::new(),
        };
        of_server.read(http, server, around, has_pages);
    }
    routes
}

/// Whether something lets in without credentials, or decides by what it works out.
fn has_exceptions(http: &Item, server: &Item) -> bool {
    let mut open: Vec<&Item> = vec![http, server];
    while let Some(it) = open.pop() {
        if it.has("satisfy") || it.has("if") {
            return true;
        }
        open.extend(it.all("location"));
    }
    false
}

impl<'i> Around<'i> {
    fn within(self, item: &'i Item) -> Self {
        let last = |name| item.all(name).last();
        Self {
            auth: last("auth_basic").or(self.auth),
            limit: last("limit_req").or(self.limit),
        }
    }
}

/// A zone of `limit_req_zone` that counts by address: its name, and how many seconds lie between two requests that are let through.
type Zone = (String, u32);

fn zones(http: &Item) -> Vec<Zone> {
    let zones = http.all("limit_req_zone").filter_map(|it| {
        if !matches!(it.first(), "$binary_remote_addr" | "$remote_addr") {
            return None;
        }
        let value = |key: &str| {
            let mut words = it.arguments().iter();
            words.find_map(|it| it.text.strip_prefix(key))
        };
        let name = value("zone=")?.split(':').next()?;
        let rate: u32 = value("rate=")?.strip_suffix("r/m")?.parse().ok()?;
        let seconds = (rate > 0 && rate <= 60).then(|| 60_u32.div_ceil(rate))?;
        Some((name.to_owned(), seconds))
    });
    zones.collect()
}

struct Server<'r> {
    routes: &'r mut Routes,
    zones: &'r [Zone],
    /// Whether it is known who is let in.
    guards: bool,
    found: Vec<Found>,
}

impl Server<'_> {
    fn read(&mut self, http: &Item, server: &Item, around: Around<'_>, has_pages: Option<bool>) {
        let around = around.within(server);
        for it in &server.block {
            let name = it.name();
            let is_computed = matches!(name, "if" | "rewrite" | "js_content" | "perl")
                || name.contains("_by_lua")
                || name.starts_with('$');
            if is_computed {
                self.routes
                    .open
                    .push(("a server decides by what it works out", it.place));
            }
        }
        for it in [http, server] {
            self.error_pages(it);
        }
        if let Some(item) = server.all("return").next() {
            if !refuses(item) {
                self.add(2, "/", item.place, around);
            }
            return self.finish();
        }
        let has_regex = self.locations(server, around);
        if has_regex {
            // Which of them answers is not told.
            for it in &mut self.found {
                it.served.guards.clear();
            }
        }
        let has_all = server
            .all("location")
            .any(|it| path_of(it) == Some((2, "/")));
        if !has_all {
            let root = server
                .all("root")
                .last()
                .or_else(|| http.all("root").last());
            match (root, has_pages) {
                (Some(root), _) => self.add(2, "/", root.place, around),
                (None, Some(false)) => {}
                (None, _) => self.routes.open.push((
                    "the files are not known that are served by default",
                    server.place,
                )),
            }
        }
        self.finish();
    }

    /// Adds the locations; whether some are regular expressions.
    fn locations(&mut self, server: &Item, around: Around<'_>) -> bool {
        let mut has_regex = false;
        let mut open: Vec<(&Item, Around<'_>)> = vec![(server, around)];
        while let Some((outer, around)) = open.pop() {
            for it in outer.all("location") {
                let around = around.within(it);
                self.error_pages(it);
                open.push((it, around));
                if is_refused(it) {
                    continue;
                }
                match path_of(it) {
                    Some((rank, path)) => self.add(rank, path, it.place, around),
                    None if it.first().starts_with('@') => {}
                    None => {
                        has_regex = true;
                        self.routes.open.push(("a location is a pattern", it.place));
                    }
                }
            }
        }
        has_regex
    }

    fn error_pages(&mut self, item: &Item) {
        let mut pages = item.all("error_page");
        let changes = pages.find(|it| it.arguments().iter().any(|it| it.text.starts_with('=')));
        if let Some(it) = changes {
            self.routes
                .open
                .push(("an error is answered with another status", it.place));
        }
    }

    fn add(&mut self, rank: u8, path: &str, place: Option<Place>, around: Around<'_>) {
        let Some(place) = place else {
            // In an image that others build: of files nobody sees.
            self.routes
                .open
                .push(("the files are not known that are served by default", None));
            return;
        };
        if path.contains('$') {
            self.routes
                .open
                .push(("a location is a variable", Some(place)));
            return;
        }
        let guards = if self.guards {
            self.guards(around)
        } else {
            Vec::new()
        };
        self.found.push(Found {
            rank: (rank, usize::MAX - path.len()),
            served: Served {
                path: route(path, rank == 0),
                methods: Vec::new(),
                slash: Slash::Strict,
                guards,
                place,
                prefixes: Vec::new(),
                port: None,
            },
        });
    }

    fn guards(&self, around: Around<'_>) -> Vec<Guarded> {
        let mut found = Vec::new();
        let is_on = |it: &&Item| it.first() != "off" && !it.first().contains('$');
        if let Some(it) = around.auth.filter(is_on)
            && let Some(place) = it.place
        {
            found.push(Guarded {
                kind: GuardKind::Auth,
                place,
            });
        }
        if let Some(it) = around.limit
            && let Some(place) = it.place
        {
            let words = it.arguments();
            let has_burst = words.iter().any(|it| it.text.starts_with("burst="));
            let name = words.iter().find_map(|it| it.text.strip_prefix("zone="));
            let zone = self.zones.iter().find(|it| Some(it.0.as_str()) == name);
            if let Some((_, seconds)) = zone.filter(|_| !has_burst) {
                found.push(Guarded {
                    kind: GuardKind::Rate {
                        requests: 1,
                        seconds: *seconds,
                    },
                    place,
                });
            }
        }
        found
    }

    fn finish(&mut self) {
        let mut found = std::mem::take(&mut self.found);
        found.sort_by_key(|it| it.rank);
        self.routes
            .served
            .extend(found.into_iter().map(|it| it.served));
    }
}

/// The path of a location that is no pattern and has no name, and in which order it is asked: an exact one, one that ends the search, others.
fn path_of(location: &Item) -> Option<(u8, &str)> {
    match location.arguments() {
        [mark, path] => match mark.text.as_str() {
            "=" => Some((0, &path.text)),
            "^~" => Some((1, &path.text)),
            _ => None,
        },
        [path] => {
            let text = path.text.as_str();
            if let Some(path) = text.strip_prefix("^~") {
                Some((1, path))
            } else if let Some(path) = text.strip_prefix('=') {
                Some((0, path))
            } else {
                (!text.starts_with(['~', '@'])).then_some((2, text))
            }
        }
        _ => None,
    }
}

/// Whether whoever asks for what a location catches is refused, whoever that is.
fn is_refused(location: &Item) -> bool {
    if location.has("internal") {
        return true;
    }
    let decides = location.has("if") || location.has("rewrite") || location.has("satisfy");
    if decides {
        return false;
    }
    let mut returns = location.all("return");
    let is_denied = location.all("deny").any(|it| it.first() == "all") && !location.has("allow");
    returns.next().is_some_and(refuses) || is_denied
}

/// Whether a `return` answers with an error.
fn refuses(item: &Item) -> bool {
    let status: Option<u16> = item.first().parse().ok();
    status.is_some_and(|it| it >= 400)
}

/// The path of a location: itself alone, or whatever begins so.
fn route(path: &str, is_exact: bool) -> RoutePath {
    let segments: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let mut parts: Vec<RoutePart> = segments
        .iter()
        .map(|it| RoutePart::Text((*it).to_owned()))
        .collect();
    if !is_exact {
        if !path.ends_with('/')
            && let Some(RoutePart::Text(last)) = parts.pop()
        {
            parts.push(RoutePart::Begins(last));
        }
        parts.push(RoutePart::Rest);
    }
    RoutePath {
        text: path.to_owned(),
        parts,
        style: if is_exact {
            RouteStyle::Plain
        } else {
            RouteStyle::Prefix
        },
    }
}
