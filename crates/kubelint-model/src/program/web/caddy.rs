//! What Caddy does by its Caddyfile (`caddyconfig/httpcaddyfile` of Caddy).

use std::collections::BTreeSet;

use kubelint_parser::TextRange;
use kubelint_parser::directives::{Directive, Directives, Word, parse_caddyfile};

use super::files::{Content, Files, Text};
use super::image::Kind;
use super::start::Start;
use super::variables::of_caddy;
use super::{Setup, Site};
use crate::code::{
    Expr, GuardKind, Kind as ValueKind, Protocol, ReadName, RouteStyle, Slash, Subject,
};
use crate::program::build::absolute;
use crate::program::environment::Known;
use crate::program::{Guarded, Port, ProgramAddress, ProgramRead, RoutePart, RoutePath, Served};

/// Where Caddy is administered unless it is told otherwise (`DefaultAdminListen`).
const ADMIN: &str = "localhost:2019";

/// What Caddy does that is started so, with these files.
pub(super) fn read(
    setup: &Setup<'_, '_>,
    start: &Start,
    files: &mut Files<'_, '_, '_>,
    site: &mut Site,
) {
    let command = start.words.get(1).map_or("", String::as_str);
    let listens = match command {
        "file-server" => Some(start.option(&["--listen", "-l"]).unwrap_or(":80")),
        "reverse-proxy" => Some(start.option(&["--from", "-f"]).unwrap_or("localhost")),
        _ => None,
    };
    if let Some(listens) = listens {
        site.options(listens);
        return;
    }
    let folder = match setup.build {
        Some(build) => build.resolve(build.image.stage(), "."),
        None => "/srv".to_owned(),
    };
    let path = match start.option(&["--config", "-c"]) {
        Some(path) => absolute(&folder, path),
        None if start.words.len() == 1 => "/etc/caddy/Caddyfile".to_owned(),
        None => absolute(&folder, "Caddyfile"),
    };
    let adapter = start.option(&["--adapter", "-a"]).unwrap_or("caddyfile");
    let is_known = !path.contains(['$', '*'])
        && !path.to_ascii_lowercase().ends_with(".json")
        && adapter == "caddyfile";
    let content = if is_known {
        files.content(&path)
    } else {
        Content::Unknown
    };
    let Content::Known(text) = content else {
        site.gap(None, "its configuration is not known", None);
        return;
    };
    site.files.extend(text.file());
    let tree = parse_caddyfile(&text.content);
    if let Some(mistake) = tree.mistake() {
        let why = format!("its configuration is not read: {}", mistake.what);
        site.gap(None, why, text.place(mistake.range));
        return;
    }
    let is_own = files.image.is_some_and(|it| it.kind == Kind::Caddy);
    let mut reader = Reader {
        setup,
        text: &text,
        site,
        options: Options::default(),
        is_own,
    };
    reader.read(&tree);
}

/// The options of the whole server.
#[derive(Default)]
struct Options {
    http: Option<Expr>,
    https: Option<Expr>,
    redirects: bool,
    has_https: bool,
    bind: Option<String>,
}

/// A site: its addresses, and its directives.
struct Block<'d> {
    addresses: Vec<&'d Word>,
    inner: Vec<Directive<'d>>,
}

struct Reader<'r, 'g> {
    setup: &'r Setup<'r, 'g>,
    text: &'r Text<'g>,
    site: &'r mut Site,
    options: Options,
    /// Whether its image is Caddy's own, which has no modules besides.
    is_own: bool,
}

impl Site {
    /// Where a server of files or a proxy listens that options describe.
    fn options(&mut self, listens: &str) {
        let port = match listens.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => port,
            _ => {
                self.gap(None, "where it listens is not known", None);
                return;
            }
        };
        self.ports.push(Port {
            port: Expr::Text(port.to_owned()),
            host: None,
            protocol: Protocol::Http,
            tls: None,
            place: None,
        });
        self.gap(
            Some(Subject::Routes),
            "which files it serves is not known",
            None,
        );
    }
}

impl Reader<'_, '_> {
    fn read(&mut self, tree: &Directives) {
        self.options.redirects = true;
        self.options.has_https = true;
        let mut blocks: Vec<Block<'_>> = Vec::new();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        let mut waiting: Vec<&Word> = Vec::new();
        let mut has_options = false;
        let top: Vec<Directive<'_>> = tree.top().collect();
        let mut at = 0;
        while let Some(it) = top.get(at) {
            at += 1;
            let name = it.name();
            if it.words().is_empty() && it.has_block() && !has_options && blocks.is_empty() {
                has_options = true;
                self.global(*it);
                continue;
            }
            if name.starts_with('(') || name.starts_with("&(") {
                names.insert(name.trim_matches(['(', ')']));
                continue;
            }
            if name == "import" && waiting.is_empty() {
                let target = it.arguments().first().map_or("", |it| it.text.as_str());
                if !names.contains(target) {
                    let place = self.text.place(it.range());
                    self.site.gap(None, "it imports other files", place);
                }
                continue;
            }
            waiting.extend(it.words());
            if waiting.last().is_some_and(|it| it.text.ends_with(',')) && !it.has_block() {
                continue;
            }
            let addresses = std::mem::take(&mut waiting);
            if it.has_block() {
                let inner = it.block().collect();
                blocks.push(Block { addresses, inner });
            } else {
                // The only site, without braces: all that follows is its own.
                let inner = top[at..].to_vec();
                blocks.push(Block { addresses, inner });
                break;
            }
        }
        let count = blocks.len();
        for it in &blocks {
            self.block(it, count == 1);
        }
        self.variables(tree);
        let place = self.text.place(TextRange::empty(0));
        if self.site.ports.is_empty() {
            self.site.gap(
                Some(Subject::Ports),
                "no place is found where it listens",
                place,
            );
        }
    }

    fn global(&mut self, options: Directive<'_>) {
        let mut admin = Some(ADMIN.to_owned());
        for it in options.block() {
            let first = it.arguments().first().map_or("", |it| it.text.as_str());
            match it.name() {
                "http_port" => self.options.http = Some(of_caddy(first)),
                "https_port" => self.options.https = Some(of_caddy(first)),
                "auto_https" => {
                    self.options.redirects = !matches!(first, "off" | "disable_redirects");
                    self.options.has_https = first != "off";
                }
                "default_bind" => self.options.bind = Some(first.to_owned()),
                "admin" => admin = (first != "off").then(|| first.to_owned()),
                "import" | "layer4" | "dynamic_dns" => {
                    let place = self.text.place(it.range());
                    self.site
                        .gap(Some(Subject::Ports), "options are not all known", place);
                }
                _ => {}
            }
        }
        let place = options
            .block()
            .find(|it| it.name() == "admin")
            .and_then(|it| self.text.place(it.range()));
        if let Some(admin) = admin.filter(|it| *it != ADMIN && !it.is_empty()) {
            let host = admin.rsplit_once(':').map_or("", |it| it.0).to_owned();
            self.site.ports.push(Port {
                port: of_caddy(&admin),
                host: (!host.is_empty()).then(|| of_caddy(&host)),
                protocol: Protocol::Http,
                tls: Some(false),
                place,
            });
        }
    }

    fn block(&mut self, block: &Block<'_>, is_only: bool) {
        let bind = block.inner.iter().find(|it| it.name() == "bind");
        let bind = bind.and_then(|it| Some(it.arguments().first()?.text.clone()));
        let bind = bind.or_else(|| self.options.bind.clone());
        let has_tls = block.inner.iter().any(|it| it.name() == "tls");
        if !bind.as_deref().is_some_and(|it| it.starts_with("unix")) {
            for word in &block.addresses {
                for address in word.text.split(',').filter(|it| !it.is_empty()) {
                    self.address(address, word, bind.as_deref(), has_tls);
                }
            }
        }
        let Some(place) = block
            .addresses
            .first()
            .and_then(|it| self.text.place(it.range))
        else {
            let why = "the files are not known that are served by default";
            self.site.gap(Some(Subject::Routes), why, None);
            self.upstreams(&block.inner);
            return;
        };
        let guards = self.guards(block, is_only);
        // What no directive answers is answered with an empty page.
        self.site.routes.push(Served {
            path: RoutePath {
                text: "/".to_owned(),
                parts: vec![RoutePart::Rest],
                style: RouteStyle::Prefix,
            },
            methods: Vec::new(),
            slash: Slash::Strict,
            guards,
            place,
            prefixes: Vec::new(),
            port: None,
        });
        self.upstreams(&block.inner);
    }

    /// Adds where a site is listened for: by the port that its address states, or that of its scheme, which is HTTPS for names of hosts.
    fn address(&mut self, address: &str, word: &Word, bind: Option<&str>, has_tls: bool) {
        let place = self.text.place(word.range);
        let (scheme, rest) = match address.split_once("://") {
            Some((scheme, rest)) => (scheme, rest),
            None => ("", address),
        };
        let host_and_port = without_path(rest);
        let (host, port) = match split_port(host_and_port) {
            Some((host, port)) => (host, Some(port)),
            None => (host_and_port, None),
        };
        let is_plain = scheme == "http";
        let or = |stated: &Option<Expr>, default: &str| {
            let stated = stated.clone();
            stated.unwrap_or_else(|| Expr::Text(default.to_owned()))
        };
        let of_http = or(&self.options.http, "80");
        let of_https = or(&self.options.https, "443");
        if host.starts_with("{$") && port.is_none() {
            // The variable may hold the whole address.
            self.port(of_caddy(host), bind, None, place);
            return;
        }
        let is_named = !host.is_empty() && host != "0.0.0.0";
        let is_secured =
            scheme == "https" || has_tls || (is_named && !is_plain && self.options.has_https);
        let tls = if is_plain || (!is_named && scheme.is_empty() && !has_tls) {
            Some(false)
        } else if scheme == "https" {
            Some(true)
        } else {
            None
        };
        match port {
            Some(port) => self.port(of_caddy(port), bind, tls, place),
            None if is_plain => self.port(of_http.clone(), bind, Some(false), place),
            None => self.port(of_https, bind, tls, place),
        }
        let stated = port.unwrap_or_default();
        if is_named && is_secured && self.options.redirects && stated != "80" {
            self.port(of_http, bind, Some(false), place);
        }
    }

    fn port(
        &mut self,
        port: Expr,
        bind: Option<&str>,
        tls: Option<bool>,
        place: Option<super::items::Place>,
    ) {
        let port = Port {
            port,
            host: bind.map(of_caddy),
            protocol: Protocol::Http,
            tls,
            place,
        };
        if !self.site.ports.contains(&port) {
            self.site.ports.push(port);
        }
    }

    /// What asks for credentials before everything that the only site serves.
    fn guards(&self, block: &Block<'_>, is_only: bool) -> Vec<Guarded> {
        let has_others = block
            .inner
            .iter()
            .any(|it| matches!(it.name(), "redir" | "import" | "invoke"));
        if !is_only || has_others {
            return Vec::new();
        }
        let auth = block.inner.iter().find(|it| {
            let first = it.arguments().first().map_or("", |it| it.text.as_str());
            matches!(it.name(), "basic_auth" | "basicauth") && !first.starts_with(['@', '/'])
        });
        let place = auth.and_then(|it| self.text.place(it.words()[0].range));
        let guard = place.map(|place| Guarded {
            kind: GuardKind::Auth,
            place,
        });
        guard.into_iter().collect()
    }

    /// The hosts that requests are passed to.
    fn upstreams(&mut self, directives: &[Directive<'_>]) {
        if self.text.is_in_manifest() {
            return;
        }
        let mut open: Vec<(Directive<'_>, bool)> =
            directives.iter().rev().map(|it| (*it, false)).collect();
        while let Some((it, in_proxy)) = open.pop() {
            let passes = matches!(it.name(), "reverse_proxy" | "php_fastcgi");
            if passes || (in_proxy && it.name() == "to") {
                for word in it.arguments() {
                    self.site.addresses.extend(upstream(word, self.text));
                }
            }
            let inner: Vec<Directive<'_>> = it.block().collect();
            open.extend(inner.into_iter().rev().map(|it| (it, passes)));
        }
    }

    /// The variables that are filled in.
    fn variables(&mut self, tree: &Directives) {
        let mut open: Vec<Directive<'_>> = tree.top().collect();
        open.reverse();
        while let Some(it) = open.pop() {
            for word in it.words().iter().filter(|it| it.text.contains("{$")) {
                let Some(place) = self.text.place(word.range) else {
                    continue;
                };
                let parts = match of_caddy(&word.text) {
                    Expr::Join(parts) => parts,
                    one => vec![one],
                };
                for part in parts {
                    if let Expr::Variable { name, default } = part {
                        self.site.reads.push(ProgramRead {
                            name: ReadName::Exact(name),
                            default: default.map(|it| *it),
                            is_required: false,
                            on_start: true,
                            kind: ValueKind::Text,
                            place,
                        });
                    }
                }
            }
            let inner: Vec<Directive<'_>> = it.block().collect();
            open.extend(inner.into_iter().rev());
        }
        let is_told = matches!(self.setup.environment.get("CADDY_ADMIN"), Known::Set(_));
        if is_told || !self.is_own {
            let why = "where it is administered is not known";
            self.site.gap(Some(Subject::Ports), why, None);
        }
    }
}

/// The address without a path behind it; a variable's default may hold slashes.
fn without_path(address: &str) -> &str {
    let mut depth = 0usize;
    for (at, it) in address.bytes().enumerate() {
        match it {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => return &address[..at],
            _ => {}
        }
    }
    address
}

/// Host and port, if a port is stated.
fn split_port(address: &str) -> Option<(&str, &str)> {
    let (mut depth, mut colon) = (0usize, None);
    for (at, it) in address.bytes().enumerate() {
        match it {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => colon = Some(at),
            _ => {}
        }
    }
    colon.map(|at| (&address[..at], &address[at + 1..]))
}

/// The host that a word names where requests are passed to: `api:8000`, `http://api`.
fn upstream(word: &Word, text: &Text<'_>) -> Option<ProgramAddress> {
    let written = word.text.as_str();
    if written.contains(['{', '[', '@', '*'])
        || written.starts_with(['/', '.', ':'])
        || word.is_quoted
    {
        return None;
    }
    let (scheme, rest) = match written.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, written),
    };
    let scheme = scheme.filter(|it| matches!(*it, "http" | "https"));
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, Some(port.parse::<u16>().ok()?)),
        None => (rest, None),
    };
    let is_host = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
    if host.is_empty() || !host.chars().all(is_host) || written.starts_with("unix") {
        return None;
    }
    let default = if scheme == Some("https") { 443 } else { 80 };
    Some(ProgramAddress {
        scheme: scheme.map(str::to_owned),
        host: host.to_ascii_lowercase(),
        port: port.or(Some(default)),
        has_path: false,
        names: vec!["reverse_proxy".to_owned()],
        variables: Vec::new(),
        is_conditional: false,
        place: text.place(word.range)?,
    })
}
