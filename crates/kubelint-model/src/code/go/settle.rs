//! What patterns alone cannot say: what servers serve that are not told, packages that add routes by being imported, paths that are compared
//! by hand.

use super::File;
use crate::code::captures::Syntax;
use crate::code::{
    CodeFacts, Expr, Kind, Open, Place, Protocol, Read, ReadName, Route, RouteStyle, Router, Slash,
    Subject,
};

/// What `net/http` serves where no handler is given.
pub(super) const DEFAULT_MUX: &str = "http.DefaultServeMux";

/// What gin listens on where it is not told: `resolveAddress` of its utils.go.
const OF_GIN: &str = "gin-default";

/// Packages that answer paths of the default handler once they are imported.
const ADDING: [(&str, &str, RouteStyle); 3] = [
    ("expvar", "/debug/vars", RouteStyle::Plain),
    ("golang.org/x/net/trace", "/debug", RouteStyle::Prefix),
    ("net/http/pprof", "/debug/pprof", RouteStyle::Prefix),
];

/// Packages that listen, add routes or read variables in ways that are not known here, by the beginning of their paths.
const OPEN: [(&str, &[Subject]); 22] = [
    ("cloud.google.com/go/functions", ALL),
    ("encore.dev", ALL),
    ("github.com/asim/go-micro", ALL),
    ("github.com/astaxie/beego", ALL),
    ("github.com/beego/beego", ALL),
    ("github.com/cloudwego/hertz", SERVING),
    ("github.com/dapr/go-sdk/service", SERVING),
    ("github.com/emicklei/go-restful", SERVING),
    ("github.com/go-kratos/kratos", ALL),
    ("github.com/go-micro", ALL),
    ("github.com/gobuffalo/buffalo", ALL),
    ("github.com/gogf/gf", ALL),
    ("github.com/kataras/iris", SERVING),
    ("github.com/micro/go-micro", ALL),
    ("github.com/operator-framework/operator-sdk", SERVING),
    ("github.com/revel/revel", ALL),
    ("github.com/valyala/fasthttp", SERVING),
    ("github.com/zeromicro/go-zero", ALL),
    ("goa.design", SERVING),
    ("k8s.io/apiserver", SERVING),
    ("knative.dev/pkg", ALL),
    ("sigs.k8s.io/controller-runtime", SERVING),
];
const ALL: &[Subject] = &[Subject::Ports, Subject::Reads, Subject::Routes];
const SERVING: &[Subject] = &[Subject::Ports, Subject::Routes];

/// How expressions end that are the path of a request: of `net/http`, then of the contexts of Echo and Fiber.
const BY_HAND: [&str; 7] = [
    "URL.Path",
    "RequestURI",
    "URL.EscapedPath()",
    "c.Path()",
    "ctx.Path()",
    "c.OriginalURL()",
    "ctx.OriginalURL()",
];

/// Parts of packages of [`OPEN`] that only hold types or clients.
const HARMLESS: [&str; 9] = [
    "/pkg/apis",
    "/pkg/client",
    "/pkg/controller",
    "/pkg/log",
    "/pkg/ptr",
    "/pkg/reconcile",
    "/pkg/scheme",
    "/pkg/kmeta",
    "/pkg/logging",
];

pub(super) fn settle(file: &File<'_>, facts: &mut CodeFacts) {
    packages(facts);
    for it in &mut facts.routes {
        // The rest, for chi.
        if let (RouteStyle::Braces, Expr::Text(text)) = (it.style, &mut it.path)
            && text.ends_with("/*")
        {
            text.pop();
            text.push_str("{rest...}");
        }
    }
    listeners(file, facts);
    by_hand(file, facts);
    let on = facts.routes.iter().map(|it| &it.on);
    let on = on.chain(facts.mounts.iter().map(|it| &it.on));
    let opens = facts.open.iter().filter_map(|it| it.on.as_ref());
    if on.chain(opens).any(|it| it == DEFAULT_MUX) {
        facts.routers.push(Router {
            name: DEFAULT_MUX.to_owned(),
            prefix: Expr::Text(String::new()),
            is_application: false,
            is_middleware: false,
            place: Place::default(),
        });
    }
}

fn packages(facts: &mut CodeFacts) {
    let mut seen = Vec::new();
    for import in &facts.imports {
        if seen.contains(&&import.module) {
            continue;
        }
        seen.push(&import.module);
        if let Some((_, path, style)) = ADDING.iter().find(|it| it.0 == import.module) {
            facts.routes.push(Route {
                on: DEFAULT_MUX.to_owned(),
                path: Expr::Text((*path).to_owned()),
                style: *style,
                slash: Slash::Either,
                methods: Vec::new(),
                handler: None,
                guards: Vec::new(),
                needs_router: false,
                place: import.place,
            });
        }
        let is_harmless = HARMLESS.iter().any(|it| import.module.contains(it));
        let begins = |it: &str| {
            let rest = import.module.strip_prefix(it);
            rest.is_some_and(|it| it.is_empty() || it.starts_with(['/', '.']))
        };
        let found = OPEN.iter().filter(|it| !is_harmless && begins(it.0));
        for subject in found.flat_map(|it| it.1) {
            facts.open.push(Open {
                subject: *subject,
                why: "a framework that is not read may add to it",
                on: None,
                needs_router: false,
                place: import.place,
            });
        }
    }
}

fn listeners(file: &File<'_>, facts: &mut CodeFacts) {
    let mut reads = Vec::new();
    for it in &mut facts.listeners {
        match it.serves.as_ref().and_then(Expr::text) {
            Some(DEFAULT_MUX) => it.serves = Some(Expr::Name(DEFAULT_MUX.to_owned())),
            Some(_) => it.serves = None,
            None => {}
        }
        if it.port.text() == Some(OF_GIN) {
            it.port = Expr::Variable {
                name: "PORT".to_owned(),
                default: Some(Box::new(Expr::Text("8080".to_owned()))),
            };
            reads.push(Read {
                name: ReadName::Exact("PORT".to_owned()),
                default: Some(Expr::Text("8080".to_owned())),
                is_required: false,
                kind: Kind::Text,
                class: None,
                place: it.place,
            });
        }
    }
    facts.reads.extend(reads);
    servers(file, facts);
    sockets(file, facts);
}

/// `http.Server{…}`: what it does not say itself is assigned to it.
fn servers(file: &File<'_>, facts: &mut CodeFacts) {
    for it in &mut facts.listeners {
        let is_server = file
            .outline
            .servers
            .iter()
            .find(|one| one.range() == it.place.range);
        let Some(node) = is_server else {
            continue;
        };
        let target = file.outline.targets.get(&node.id());
        let assigned = |field: &str| {
            let path = format!("{}.{field}", target?);
            facts
                .definitions
                .contains_key(&path)
                .then_some(Expr::Name(path))
        };
        let calls = |method: &str| {
            let callee = target.map(|it| format!("{it}.{method}"));
            let mut calls = facts.calls.iter();
            callee.is_some_and(|callee| calls.any(|it| it.callee == callee))
        };
        if it.tls.is_none() {
            it.tls = match (calls("ListenAndServe"), calls("ListenAndServeTLS")) {
                (true, false) => Some(false),
                (false, true) => Some(true),
                _ => None,
            };
        }
        if it.port == Expr::Unknown
            && let Some(port) = assigned("Addr")
        {
            it.port = port;
        }
        if it.serves.is_none() {
            let own = assigned("Handler");
            it.serves = own.or_else(|| Some(Expr::Name(DEFAULT_MUX.to_owned())));
        }
    }
}

/// What a file says of a socket: the protocol, and what is served.
struct Spoken {
    socket: String,
    protocol: Protocol,
    serves: Option<Expr>,
}

/// What is spoken at a socket is what serves it.
fn sockets(file: &File<'_>, facts: &mut CodeFacts) {
    let mut found = Vec::new();
    let mut moved = Vec::new();
    for call in &facts.calls {
        let Some((of, "Serve" | "ServeTLS")) = call.callee.rsplit_once('.') else {
            continue;
        };
        let Some(Expr::Name(socket)) = call.arguments.first() else {
            continue;
        };
        let made = facts.definitions.get(of);
        let is_grpc = matches!(made, Some(Expr::Call { callee, .. }) if callee == "grpc.NewServer");
        let is_server = matches!(made, Some(Expr::Name(it)) if it == "http.Server");
        let (protocol, serves) = if of == "http" {
            (Protocol::Http, call.arguments.get(1).cloned())
        } else if is_server {
            let own = server(file, facts, of);
            moved.extend(own);
            let own = own.and_then(|it| facts.listeners.get(it));
            (Protocol::Http, own.and_then(|it| it.serves.clone()))
        } else if is_grpc {
            (Protocol::Grpc, None)
        } else {
            continue;
        };
        found.push(Spoken {
            socket: socket.clone(),
            protocol,
            serves,
        });
    }
    for it in &mut facts.listeners {
        if it.protocol != Protocol::Other {
            continue;
        }
        let made = facts.definitions.iter().find(|(_, value)| {
            matches!(value, Expr::Call { callee, arguments, .. }
                if callee.ends_with(".Listen") && arguments.contains(&it.port))
        });
        let of = made.and_then(|made| found.iter().find(|one| one.socket == *made.0));
        if let Some(of) = of {
            it.protocol = of.protocol;
            it.serves.clone_from(&of.serves);
        }
    }
    // The server itself listens on nothing else.
    let mut number = 0;
    facts.listeners.retain(|it| {
        let is_moved = moved.contains(&number) && it.port == Expr::Unknown;
        number += 1;
        !is_moved
    });
}

/// The number of the listener that the server called `name` is.
fn server(file: &File<'_>, facts: &CodeFacts, name: &str) -> Option<usize> {
    let mut servers = file.outline.servers.iter();
    let node = servers.find(|it| {
        let target = file.outline.targets.get(&it.id());
        target.is_some_and(|it| it == name)
    })?;
    let range = node.range();
    facts
        .listeners
        .iter()
        .position(|it| it.place.range == range)
}

/// Paths that a function compares by itself are served, or not, by no route.
fn by_hand(file: &File<'_>, facts: &mut CodeFacts) {
    for node in &file.outline.compared {
        let text = node.text();
        let is_path = BY_HAND.iter().any(|it| text.ends_with(it));
        if is_path {
            facts.open.push(Open {
                subject: Subject::Routes,
                why: "paths are compared by hand",
                on: None,
                needs_router: false,
                place: file.place(*node),
            });
        }
    }
}
