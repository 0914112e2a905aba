//! What Fastify puts before routes, and how its servers speak: hooks that want credentials (fastify.dev/docs/latest/Reference/Hooks), the
//! limits of `@fastify/rate-limit`, and the option `https`.

use std::collections::BTreeMap;

use kubelint_parser::code::Node;

use super::File;
use super::credentials;
use super::member;
use super::scope::{bare, is_function};
use super::strings;
use crate::code::captures::Syntax;
use crate::code::{CodeFacts, Expr, Guard, GuardKind, Mount, RouteStyle, Router};

/// The hooks that run before a request is answered, as of an application and as of one route.
const HOOKS: [&str; 4] = ["onRequest", "preParsing", "preValidation", "preHandler"];
/// What the plug-ins for credentials decorate the application with, and their pages the function that calls them.
const DECORATED: [&str; 5] = [
    "authenticate",
    "basicAuth",
    "verifyBearerAuth",
    "verifyJWT",
    "verifyJwt",
];
const METHODS: [&str; 9] = [
    "get", "post", "put", "delete", "patch", "head", "options", "all", "route",
];
/// Options of limits that make exceptions.
const EXCEPTIONS: [&str; 4] = ["allowList", "keyGenerator", "global", "enableDraftSpec"];
/// More hooks of one route are not looked at.
const MOST_HOOKS: usize = 32;

/// Adds what a file says to `facts`.
pub(super) fn settle<'a>(file: &File<'a>, facts: &mut CodeFacts) {
    let is_used = |it: &str| it == "fastify" || it.starts_with("@fastify/");
    if !facts.imports.iter().any(|it| is_used(&it.module)) && !of_plugin(facts) {
        return;
    }
    let mut by_start: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (number, route) in facts.routes.iter().enumerate() {
        by_start
            .entry(route.place.range.start)
            .or_default()
            .push(number);
    }
    for call in &file.outline.calls {
        let Some(function) = call.field("function").map(bare) else {
            continue;
        };
        let arguments: Vec<Node<'a>> = call
            .field("arguments")
            .into_iter()
            .flat_map(Node::children)
            .map(bare)
            .take(4)
            .collect();
        if file.canonical_names(function).iter().any(|it| is_maker(it)) {
            speaks(file, *call, arguments.first().copied(), facts);
            continue;
        }
        let Some(method) = function.field("property").map(Node::text) else {
            continue;
        };
        let on = function.field("object").and_then(|it| file.name(it));
        match (method, arguments.as_slice(), on) {
            ("addHook", [name, hook], Some(on)) => {
                let name = strings::plain(*name).unwrap_or_default();
                if HOOKS.contains(&name.as_str()) && wants_credentials(file, *hook) {
                    let place = file.place(*hook);
                    let kind = GuardKind::Auth;
                    facts.guards.push(Guard { on, kind, place });
                }
            }
            ("register", [plugin, options], Some(on)) => {
                let names = file.canonical_names(*plugin);
                let is_meant = |it: &String| {
                    matches!(
                        it.as_str(),
                        "@fastify/rate-limit"
                            | "@fastify/rate-limit.default"
                            | "fastify-rate-limit"
                    )
                };
                let is_loaded = call
                    .parent()
                    .is_some_and(|it| it.kind() == "await_expression");
                if is_loaded
                    && names.iter().any(is_meant)
                    && let Some(kind) = limit(file, *options)
                {
                    stands_before(file, *call, on, kind, facts);
                }
            }
            (method, given, _) if METHODS.contains(&method) => {
                let options = given.iter().find(|it| it.kind() == "object");
                let hooks = options.into_iter().flat_map(|it| {
                    let own = HOOKS.iter().filter_map(|name| member(*it, name));
                    own.flat_map(hooks_of)
                });
                if hooks.take(MOST_HOOKS).any(|it| wants_credentials(file, it))
                    && let Some(first) = given.first()
                {
                    let range = first.range();
                    let routes = by_start.range(range.start..=range.end);
                    for number in routes.flat_map(|it| it.1) {
                        if let Some(route) = facts.routes.get_mut(*number) {
                            route.guards.push(GuardKind::Auth);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_maker(name: &str) -> bool {
    matches!(name, "fastify" | "fastify.default" | "fastify.fastify")
}

/// Whether a function of the file is handed what routes are added to, by the name that Fastify's pages have.
fn of_plugin(facts: &CodeFacts) -> bool {
    let mut routers = facts.routers.iter();
    routers.any(|it| it.name.ends_with(".fastify"))
}

/// Says whether what `call` makes speaks TLS.
fn speaks<'a>(file: &File<'a>, call: Node<'a>, options: Option<Node<'a>>, facts: &mut CodeFacts) {
    let Some(name) = file.target(call, false) else {
        return;
    };
    let is_known = options.is_none_or(|it| {
        let is_plain = |it: Node<'a>| it.kind() == "pair" || it.kind() == "comment";
        let is_other = member(it, "serverFactory").or_else(|| member(it, "http2"));
        it.kind() == "object" && it.children().all(is_plain) && is_other.is_none()
    });
    let stated = options.and_then(|it| member(it, "https"));
    let stated = stated.filter(|it| !matches!(it.kind(), "null" | "undefined" | "false"));
    let tls = match stated.map(bare) {
        Some(it) if it.kind() == "object" => Some(true),
        Some(_) => None,
        None => is_known.then_some(false),
    };
    let serves = Some(Expr::Name(name));
    for it in facts.listeners.iter_mut().filter(|it| it.serves == serves) {
        it.tls = it.tls.or(tls);
    }
}

/// The hooks that an option holds: one, or a list.
fn hooks_of(value: Node<'_>) -> Vec<Node<'_>> {
    let value = bare(value);
    match value.kind() {
        "array" => value.children().map(bare).take(MOST_HOOKS).collect(),
        _ => vec![value],
    }
}

/// Whether a hook answers only those who bring credentials.
fn wants_credentials<'a>(file: &File<'a>, hook: Node<'a>) -> bool {
    let hook = bare(hook);
    if is_function(hook) {
        return hook.field("body").is_some_and(verifies);
    }
    let function = hook.field("function").map(bare);
    if let Some(function) = function {
        // `fastify.auth([fastify.verifyJWT])` of `@fastify/auth`.
        let is_any = function
            .field("property")
            .is_some_and(|it| it.text() == "auth");
        let given = hook.field("arguments").and_then(|it| it.children().next());
        let hooks = given.filter(|_| is_any).map(hooks_of).unwrap_or_default();
        return !hooks.is_empty() && hooks.iter().all(|it| is_decorated(*it));
    }
    if is_decorated(hook) {
        return true;
    }
    let Some(name) = file.name(hook).filter(|_| hook.kind() == "identifier") else {
        return false;
    };
    let mut own = file
        .outline
        .functions
        .iter()
        .zip(&file.outline.function_nodes);
    let own = own.find(|it| it.0.name == name).map(|it| *it.1);
    own.and_then(|it| it.field("body")).is_some_and(verifies)
}

fn is_decorated(hook: Node<'_>) -> bool {
    let property = bare(hook).field("property").map_or("", Node::text);
    DECORATED.contains(&property)
}

/// Whether a body verifies a token, whatever is asked for, and refuses where that fails.
fn verifies(body: Node<'_>) -> bool {
    if credentials::refuses(body) {
        return true;
    }
    let exceptions = [".url", "routeOptions", "public", "Public"];
    if exceptions.iter().any(|it| body.text().contains(it)) {
        return false;
    }
    let mut first = body.children().find(|it| it.kind() != "comment");
    if let Some(attempt) = first.filter(|it| it.kind() == "try_statement") {
        let handler = attempt.field("handler").map_or("", Node::text);
        if !handler.contains("reply") && !handler.contains("throw") && !handler.contains(".send(") {
            return false;
        }
        let inner = attempt.field("body");
        first = inner.and_then(|it| it.children().find(|it| it.kind() != "comment"));
    }
    first.is_some_and(|it| {
        let text = it.text();
        it.kind() != "if_statement" && text.contains("jwtVerify(")
    })
}

/// The limit that options of `@fastify/rate-limit` state (github.com/fastify/fastify-rate-limit#options).
fn limit<'a>(file: &File<'a>, options: Node<'a>) -> Option<GuardKind> {
    let is_plain = options.kind() == "object" && options.children().all(|it| it.kind() == "pair");
    if !is_plain || EXCEPTIONS.iter().any(|it| member(options, it).is_some()) {
        return None;
    }
    let text = |value: u32| Expr::Text(value.to_string());
    let requests = member(options, "max").map(|it| file.value(it));
    let milliseconds = match member(options, "timeWindow") {
        None => text(60_000),
        Some(it) => {
            let value = file.value(it);
            match value.text().and_then(span) {
                Some(found) => text(found),
                None => value,
            }
        }
    };
    Some(GuardKind::RateOf {
        requests: requests.unwrap_or_else(|| text(1000)),
        milliseconds,
    })
}

/// The milliseconds of `1 minute` (github.com/vercel/ms); nothing if it is a number.
fn span(text: &str) -> Option<u32> {
    let text = text.trim();
    let end = text.find(|it: char| !it.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let factor = match unit.trim() {
        "ms" => 1,
        "s" | "sec" | "second" | "seconds" => 1_000,
        "m" | "min" | "minute" | "minutes" => 60_000,
        "h" | "hr" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(factor)
}

/// Puts a limit before all that is added to `on` behind `call`.
fn stands_before<'a>(
    file: &File<'a>,
    call: Node<'a>,
    on: String,
    kind: GuardKind,
    facts: &mut CodeFacts,
) {
    let place = file.place(call);
    let name = format!("@limit{}", call.range().start);
    facts.routers.push(Router {
        name: name.clone(),
        prefix: Expr::Text(String::new()),
        is_application: false,
        is_middleware: true,
        place,
    });
    facts.guards.push(Guard {
        on: name.clone(),
        kind,
        place,
    });
    facts.mounts.push(Mount {
        on,
        prefix: Expr::Text(String::new()),
        replaces_prefix: false,
        style: RouteStyle::Colon,
        what: Expr::Name(name),
        needs_router: false,
        place,
    });
}
