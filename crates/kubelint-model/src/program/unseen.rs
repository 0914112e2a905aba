//! What a program of Go may do that is not seen: packages that are not read may listen, and add routes to what they are given.

use std::collections::BTreeSet;

use kubelint_parser::code::Language;

use super::Gap;
use super::calls::Reached;
use super::names::{Meaning, Names};
use super::routes::Routes;
use super::units::Unit;
use crate::code::{Call, Expr, Protocol, Subject};

/// Methods that listen in one package or another, whatever they are given, …
const LISTENING: [&str; 10] = [
    "Listen",
    "ListenAndServe",
    "ListenAndServeTLS",
    "ListenTLS",
    "RunListener",
    "RunTLS",
    "Serve",
    "ServeTLS",
    "StartServer",
    "StartTLS",
];
/// … and those that do where they are given one thing that may be an address.
const RUNNING: [&str; 2] = ["Run", "Start"];
/// What is made by these listens on nothing that is not seen otherwise.
const MADE: [&str; 7] = [
    "http.Server",
    "grpc.NewServer",
    "exec.Command",
    "exec.CommandContext",
    "cron.New",
    "cobra.Command",
    "cli.App",
];
/// Functions and methods that are given a router, and add no route to it.
const HARMLESS: [&str; 28] = [
    "AllowAll",
    "CORS",
    "CombinedLoggingHandler",
    "CompressHandler",
    "Default",
    "Fatal",
    "Handle",
    "Handler",
    "HandlerFunc",
    "ListenAndServe",
    "ListenAndServeTLS",
    "LoggingHandler",
    "Middleware",
    "Mount",
    "NewHandler",
    "Printf",
    "Println",
    "ProxyHeaders",
    "RecoveryHandler",
    "Serve",
    "ServeHTTP",
    "StripPrefix",
    "TimeoutHandler",
    "Walk",
    "append",
    "len",
    "panic",
    "recover",
];
/// Middleware of these packages answers no path of its own, by the beginnings of their paths.
const MIDDLEWARE: [&str; 27] = [
    "github.com/99designs/gqlgen",
    "github.com/felixge/httpsnoop",
    "github.com/gin-contrib/cors",
    "github.com/gin-contrib/gzip",
    "github.com/gin-contrib/logger",
    "github.com/gin-contrib/requestid",
    "github.com/gin-contrib/sessions",
    "github.com/gin-contrib/zap",
    "github.com/gin-gonic/gin",
    "github.com/go-chi/chi",
    "github.com/go-chi/cors",
    "github.com/go-chi/httplog",
    "github.com/go-chi/httprate",
    "github.com/go-chi/jwtauth",
    "github.com/go-chi/render",
    "github.com/gofiber/contrib/jwt",
    "github.com/gofiber/contrib/otelfiber",
    "github.com/gofiber/fiber",
    "github.com/gofiber/jwt",
    "github.com/gorilla/",
    "github.com/justinas/",
    "github.com/labstack/echo",
    "github.com/rs/cors",
    "github.com/urfave/negroni",
    "go.elastic.co/apm",
    "go.opentelemetry.io/",
    "gopkg.in/DataDog/",
];

/// What is not seen of a program.
pub(super) fn gaps(
    names: &Names<'_, '_>,
    reached: &Reached,
    routes: &Routes<'_, '_, '_>,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let routers = routers(names);
    for unit in names.units.iter() {
        if unit.facts.language != Language::Go {
            continue;
        }
        let gap = |subject, why: &str, range| Gap {
            subject: Some(subject),
            why: why.to_owned(),
            place: Some((unit.id, range)),
        };
        for it in &unit.facts.listeners {
            let is_here = reached.holds(unit.id, it.place.function);
            if !is_here || it.protocol != Protocol::Http {
                continue;
            }
            let is_known = it
                .serves
                .as_ref()
                .is_some_and(|serves| is_default(serves) || !routes.of(unit.id, serves).is_empty());
            if !is_known {
                let why = "what a server answers is not known";
                gaps.push(gap(Subject::Routes, why, it.place.range));
            }
        }
        for call in &unit.facts.calls {
            if !reached.holds(unit.id, call.place.function) {
                continue;
            }
            if listens(unit, call, names) {
                let why = "a package that is not read may listen";
                gaps.push(gap(Subject::Ports, why, call.place.range));
            }
            if adds(unit, call, names, routes, &routers) {
                let why = "a package that is not read may add routes";
                gaps.push(gap(Subject::Routes, why, call.place.range));
            }
        }
    }
    gaps
}

/// Whether what serves is what `net/http` serves where no handler is given.
pub(super) fn is_default(serves: &Expr) -> bool {
    matches!(serves, Expr::Name(name) if name == "http.DefaultServeMux")
}

/// Whether a call may listen somewhere that is not seen.
fn listens(unit: &Unit, call: &Call, names: &Names<'_, '_>) -> bool {
    let Some((of, method)) = call.callee.rsplit_once('.') else {
        return false;
    };
    let may_listen = LISTENING.contains(&method)
        || (RUNNING.contains(&method)
            && call.arguments.len() == 1
            && may_be_address(&call.arguments[0]));
    if !may_listen || names.function(unit.id, &call.callee).is_some() {
        return false;
    }
    let own = unit.facts.listeners.iter();
    if own.clone().any(|it| it.place.range == call.place.range) || of == "http" || of == "exec" {
        return false;
    }
    let made = match names.meaning(unit.id, of) {
        Some(Meaning::Value(_, expr)) => makers(expr),
        _ => vec![of],
    };
    !made.iter().any(|it| MADE.iter().any(|known| it == known))
}

/// What a value may be made by.
fn makers(expr: &Expr) -> Vec<&str> {
    match expr {
        Expr::Name(name) => vec![name],
        Expr::Call { callee, .. } => vec![callee],
        Expr::Either(all) => all.iter().flat_map(makers).collect(),
        _ => Vec::new(),
    }
}

fn may_be_address(argument: &Expr) -> bool {
    match argument {
        Expr::Text(text) => text.contains(':') || text.parse::<u16>().is_ok(),
        Expr::Name(name) => {
            let last = name.rsplit('.').next().unwrap_or_default();
            !last.to_ascii_lowercase().ends_with("ctx") && !last.ends_with("Args")
        }
        Expr::Variable { .. } | Expr::Join(_) | Expr::Flag { .. } => true,
        _ => false,
    }
}

/// The names of all routers, and of what routes are added to.
fn routers<'u>(names: &Names<'u, '_>) -> BTreeSet<&'u str> {
    let mut found = BTreeSet::new();
    for unit in names.units.iter() {
        let facts = &unit.facts;
        found.extend(facts.routers.iter().map(|it| it.name.as_str()));
        found.extend(facts.routes.iter().map(|it| it.on.as_str()));
        found.extend(facts.mounts.iter().map(|it| it.on.as_str()));
    }
    found
}

/// Whether a call may add routes to a router, or answer in its place.
fn adds(
    unit: &Unit,
    call: &Call,
    names: &Names<'_, '_>,
    routes: &Routes<'_, '_, '_>,
    routers: &BTreeSet<&str>,
) -> bool {
    let last = call.callee.rsplit('.').next().unwrap_or_default();
    let on = call.callee.rsplit_once('.').map_or("", |it| it.0);
    if last == "Use" && routers.contains(on) {
        return call.arguments.iter().any(|it| is_foreign(unit, it));
    }
    let is_given = call.arguments.iter().any(|it| {
        matches!(it, Expr::Name(name) if routers.contains(name.as_str()))
            && !routes.of(unit.id, it).is_empty()
    });
    if !is_given || HARMLESS.contains(&last) {
        return false;
    }
    let is_middleware = ["Handler", "Middleware", "Wrap", "With"]
        .iter()
        .any(|it| last.contains(it));
    !is_middleware && names.function(unit.id, &call.callee).is_none() && !is_method(names, last)
}

/// Whether the program has methods of that name: they are seen wherever they are called.
fn is_method(names: &Names<'_, '_>, name: &str) -> bool {
    !names.methods(name).is_empty()
}

/// Whether middleware comes from a package that may answer paths of its own.
fn is_foreign(unit: &Unit, middleware: &Expr) -> bool {
    let name = match middleware {
        Expr::Name(name) => name,
        Expr::Call { callee, .. } => callee,
        _ => return false,
    };
    let first = name.split('.').next().unwrap_or_default();
    let numbers = unit.facts.imports_by_name.get(first).into_iter().flatten();
    let mut imports = numbers.filter_map(|it| {
        let led = unit.imports.get(*it)?;
        led.module.is_none().then(|| unit.facts.imports.get(*it))?
    });
    imports.any(|it| !MIDDLEWARE.iter().any(|known| it.module.starts_with(known)))
}
