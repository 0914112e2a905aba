//! What is called on applications and routers, and what they are handed to: routers put into others, chains of calls, and what nobody can
//! enumerate.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Node;

use super::File;
use super::member;
use super::middleware::{hands_on, package_of};
use super::scope::{bare, destructured, is_function, parameters};
use crate::code::captures::{Syntax, is_meant};
use crate::code::expr::join;
use crate::code::patterns::Found;
use crate::code::{CodeFacts, Expr, Mount, Open, Place, Route, RouteStyle, Slash, Subject};

/// The methods that add a route for a method of HTTP, and for all.
const METHODS: [&str; 8] = [
    "get", "post", "put", "delete", "patch", "head", "options", "all",
];
/// Methods of applications, routers and servers that add no routes.
const HARMLESS: [&str; 83] = [
    "addContentTypeParser",
    "addHook",
    "addListener",
    "addSchema",
    "address",
    "after",
    "allowedMethods",
    "append",
    "bind",
    "callback",
    "catch",
    "close",
    "closeAllConnections",
    "closeIdleConnections",
    "connectMicroservice",
    "decorate",
    "decorateReply",
    "decorateRequest",
    "disable",
    "disabled",
    "emit",
    "enable",
    "enableCors",
    "enableShutdownHooks",
    "enableVersioning",
    "enabled",
    "engine",
    "fetch",
    "finally",
    "fire",
    "flushLogs",
    "forEach",
    "forceShutdown",
    "get",
    "getHttpServer",
    "getUrl",
    "handle",
    "hasDecorator",
    "hasRequestDecorator",
    "init",
    "inject",
    "listen",
    "listeners",
    "middleware",
    "notFound",
    "off",
    "on",
    "onError",
    "once",
    "param",
    "printRoutes",
    "ready",
    "ref",
    "removeAllListeners",
    "removeListener",
    "render",
    "resolve",
    "routes",
    "select",
    "set",
    "setBaseViewsDir",
    "setErrorHandler",
    "setGlobalPrefix",
    "setMaxListeners",
    "setNotFoundHandler",
    "setSerializerCompiler",
    "setTimeout",
    "setValidatorCompiler",
    "setViewEngine",
    "startAllMicroservices",
    "then",
    "toString",
    "tryShutdown",
    "unref",
    "useBodyParser",
    "useGlobalFilters",
    "useGlobalGuards",
    "useGlobalInterceptors",
    "useGlobalPipes",
    "useLogger",
    "useWebSocketAdapter",
    "withTypeProvider",
    "bindAsync",
];
/// What is given a router and adds no routes to it.
const SAFE: [&str; 31] = [
    "@godaddy/terminus",
    "http",
    "https",
    "http2",
    "node:http",
    "node:https",
    "node:http2",
    "util",
    "assert",
    "console",
    "process",
    "Promise",
    "Object",
    "JSON",
    "Array",
    "String",
    "Boolean",
    "setTimeout",
    "setInterval",
    "supertest",
    "socket.io",
    "ws",
    "dd-trace",
    "express",
    "express-async-errors",
    "http-shutdown",
    "http-graceful-shutdown",
    "http-terminator",
    "stoppable",
    "@hono/node-server",
    "@nestjs/core",
];
/// Calls are not followed further along a chain.
const MOST_LINKS: usize = 64;
/// More of what is given to `use` is not looked at.
const MOST_GIVEN: usize = 64;

/// What a chain of calls begins with.
struct Root {
    /// The name of the router, if it has one.
    name: Option<String>,
    is_router: bool,
    /// Whether the router is Hono's: it tells middleware from routes.
    is_hono: bool,
    /// Whether it is a router of Koa.
    is_koa: bool,
    /// What `route('/path')` is given on the way.
    path: Option<Expr>,
}

struct Receivers<'f, 'a> {
    file: &'f File<'a>,
    /// The routers by name.
    names: BTreeSet<String>,
    /// Those of them that only let requests through.
    middleware: BTreeSet<String>,
    /// Those that a call makes, by where it stands.
    made: BTreeMap<(u32, u32), String>,
    /// The calls that patterns understand, by the number of the node.
    understood: BTreeSet<usize>,
    mounts: Vec<Mount>,
    routes: Vec<Route>,
    open: Vec<Open>,
    /// What is put before the paths of routers after they are made.
    prefixes: Vec<(String, Expr, Node<'a>)>,
}

/// Adds what is done with the applications and routers of a file.
pub(super) fn settle<'a>(file: &File<'a>, found: &[Found<'a>], facts: &mut CodeFacts) {
    let kinds = [
        "route", "mount", "listen", "guard", "router", "open", "file", "read",
    ];
    let mut understood = BTreeSet::new();
    for one in found {
        let nodes: Vec<usize> = kinds
            .iter()
            .filter_map(|it| one.get(it))
            .map(Node::id)
            .collect();
        if !nodes.is_empty() && is_meant(file, one) {
            understood.extend(nodes);
            understood.extend(one.get("arguments").and_then(Node::parent).map(Node::id));
        }
    }
    let range = |place: &Place| (place.range.start, place.range.end);
    let routers = facts.routers.iter();
    let mut this = Receivers {
        file,
        names: routers.clone().map(|it| it.name.clone()).collect(),
        middleware: routers
            .clone()
            .filter(|it| it.is_middleware)
            .map(|it| it.name.clone())
            .collect(),
        made: routers
            .map(|it| (range(&it.place), it.name.clone()))
            .collect(),
        understood,
        mounts: Vec::new(),
        routes: Vec::new(),
        open: Vec::new(),
        prefixes: Vec::new(),
    };
    for call in &file.outline.calls {
        this.called(*call);
        this.handed(*call, facts);
    }
    for (name, prefix, call) in std::mem::take(&mut this.prefixes) {
        let mut own = facts.routers.iter_mut().filter(|it| it.name == name);
        match (own.next(), own.next()) {
            (Some(router), None) if router.prefix.text() == Some("") => router.prefix = prefix,
            _ => this.open(Some(name), "a prefix is put before routes", call),
        }
    }
    let Receivers {
        mounts,
        routes,
        open,
        ..
    } = this;
    facts.mounts.extend(mounts);
    facts.routes.extend(routes);
    facts.open.extend(open);
}

/// Whether a name is one that applications and routers have.
pub(in crate::code) fn is_usual(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    matches!(
        last,
        "app" | "api" | "application" | "server" | "router" | "route" | "routes" | "fastify"
    ) || last.ends_with("Router")
        || last.ends_with("App")
        || last.ends_with("Server")
}

impl<'a> Receivers<'_, 'a> {
    fn root(&self, node: Node<'a>) -> Root {
        let mut at = bare(node);
        let mut path = None;
        for _ in 0..MOST_LINKS {
            if let Some(root) = self.plain(at) {
                return Root { path, ..root };
            }
            let function = at.field("function").map(bare);
            let object = function.and_then(|it| Some((it.field("object")?, it.field("property")?)));
            let Some((object, property)) = object.filter(|_| at.kind() == "call_expression") else {
                break;
            };
            if property.text() == "route"
                && let Some(given) = at.field("arguments")
                && let [only] = self.file.arguments_from(given, 0).as_slice()
            {
                path = Some(self.file.expr(*only));
            }
            at = bare(object);
        }
        Root {
            name: None,
            is_router: false,
            is_hono: false,
            is_koa: false,
            path,
        }
    }

    /// A router that is named, or made where it stands.
    fn plain(&self, node: Node<'a>) -> Option<Root> {
        let range = (node.range().start, node.range().end);
        let canonical = self.file.canonical(node);
        let is_made = canonical.iter().any(|it| is_maker(it));
        let made = self.made.get(&range).cloned();
        let name = match made {
            Some(it) => it,
            None => self.file.name(node)?,
        };
        let is_hono = canonical.iter().any(|it| it.starts_with("hono."));
        Some(Root {
            is_router: is_made || self.names.contains(&name) || is_usual(&name),
            name: Some(name),
            is_hono,
            is_koa: canonical
                .iter()
                .any(|it| it.contains("koa") && it.contains("router")),
            path: None,
        })
    }

    fn open(&mut self, on: Option<String>, why: &'static str, node: Node<'a>) {
        self.open.push(Open {
            needs_router: on.is_some(),
            subject: Subject::Routes,
            why,
            on,
            place: self.file.place(node),
        });
    }

    fn called(&mut self, call: Node<'a>) {
        let Some(function) = call.field("function").map(bare) else {
            return;
        };
        let Some(object) = function.field("object") else {
            return;
        };
        let Some(property) = function.field("property") else {
            // `app[method](…)`
            let root = self.root(object);
            if root.is_router {
                self.open(
                    root.name,
                    "routes are added by a method that is computed",
                    call,
                );
            }
            return;
        };
        let method = property.text();
        if method == "use" {
            return self.used(call, object);
        }
        if self.understood.contains(&call.id()) {
            return;
        }
        let mut root = self.root(object);
        let path = root.path.take();
        if let Some(path) = path.clone()
            && METHODS.contains(&method)
        {
            return self.chained(call, root.name, path, method);
        }
        let is_harmless = HARMLESS.contains(&method) || is_no_route(call, method);
        if method == "prefix" && root.is_koa && path.is_none() {
            return self.prefixed(call, root.name);
        }
        if root.is_router && !is_harmless {
            self.open(root.name, "a method may add routes that is not known", call);
        }
    }

    /// `router.prefix('/x')` of Koa.
    fn prefixed(&mut self, call: Node<'a>, on: Option<String>) {
        let given = call
            .field("arguments")
            .and_then(|it| self.file.argument(it, "0"));
        let (Some(on), Some(given)) = (on, given) else {
            return;
        };
        self.prefixes
            .push((on, trimmed(self.file.expr(given)), call));
    }

    /// `router.route('/x').get(…).post(…)`
    fn chained(&mut self, call: Node<'a>, on: Option<String>, path: Expr, method: &str) {
        let Some(on) = on else {
            return;
        };
        let methods = match method {
            "all" => Vec::new(),
            method => vec![method.to_ascii_uppercase()],
        };
        self.routes.push(Route {
            needs_router: !is_usual(&on),
            on,
            path,
            style: RouteStyle::Colon,
            slash: Slash::Either,
            methods,
            handler: None,
            guards: Vec::new(),
            place: self.file.place(call),
        });
    }

    /// What `x.use(…)` puts into `x`.
    fn used(&mut self, call: Node<'a>, object: Node<'a>) {
        let Some(arguments) = call.field("arguments") else {
            return;
        };
        let root = self.root(object);
        let Some(on) = root.name else {
            return;
        };
        let needs_router = !root.is_router;
        let given: Vec<Node<'a>> = arguments.children().collect();
        if let [prefix, what] = given.as_slice()
            && let Some(items) = self.items_of(call, *prefix, *what)
        {
            for (prefix, what) in items {
                let prefix = self.file.expr(prefix);
                self.put(call, &on, needs_router, prefix, what, root.is_hono);
            }
            return;
        }
        let (prefixes, given) = match given.split_first() {
            Some((first, rest)) if self.is_path(*first, rest.is_empty()) => {
                let all = self.file.items(bare(*first));
                let all = all.unwrap_or_else(|| vec![*first]);
                let all: Vec<Expr> = all.into_iter().map(|it| self.file.expr(it)).collect();
                (all, rest.to_vec())
            }
            _ => (vec![Expr::Text(String::new())], given),
        };
        let mut open = given;
        open.reverse();
        let mut looked_at = 0;
        while let Some(node) = open.pop() {
            looked_at += 1;
            let node = bare(node);
            if node.kind() == "array" && looked_at <= MOST_GIVEN {
                let mut items: Vec<Node<'a>> = node.children().collect();
                items.reverse();
                open.extend(items);
                continue;
            }
            for prefix in prefixes.iter().take(MOST_GIVEN) {
                if looked_at > MOST_GIVEN {
                    let on = Some(on.clone());
                    return self.open(on, "routes are added that are not enumerated", call);
                }
                self.put(call, &on, needs_router, prefix.clone(), node, root.is_hono);
            }
        }
    }

    /// The paths and routers of a list that is written out, where a call is made for each item of it:
    /// `routes.forEach((route) => router.use(route.path, route.router))`.
    fn items_of(
        &self,
        call: Node<'a>,
        prefix: Node<'a>,
        what: Node<'a>,
    ) -> Option<Vec<(Node<'a>, Node<'a>)>> {
        let mut at = call;
        let (item, list) = loop {
            at = at.parent()?;
            match at.kind() {
                "for_in_statement" => break (at.field("left")?, at.field("right")?),
                "statement_block" | "expression_statement" | "lexical_declaration" => {}
                _ if is_function(at) => {
                    let each = at.parent()?.parent()?;
                    let function = bare(each.field("function")?);
                    if function.field("property")?.text() != "forEach" {
                        return None;
                    }
                    let first = parameters(at).into_iter().next()?;
                    break (first.name, function.field("object")?);
                }
                _ => return None,
            }
        };
        let list = bare(list);
        let list = match list.kind() {
            "identifier" => {
                let name = self.file.name(list)?;
                let values = self.file.only_values();
                bare(*values.get(name.as_str())?)
            }
            _ => list,
        };
        let key = |node: Node<'a>| -> Option<String> {
            let node = bare(node);
            match node.kind() {
                "member_expression" => {
                    let is_item = node.field("object")?.text() == item.text();
                    is_item.then(|| Some(node.field("property")?.text().to_owned()))?
                }
                "identifier" => {
                    let taken = destructured(item).into_iter();
                    let mut taken = taken.filter(|it| it.1.text() == node.text());
                    taken.next().map(|it| it.0)
                }
                _ => None,
            }
        };
        let (prefix, what) = (key(prefix)?, key(what)?);
        let items = Some(list).filter(|it| it.kind() == "array")?.children();
        let items = items
            .filter(|it| it.kind() != "comment")
            .take(MOST_GIVEN + 1);
        let found: Option<Vec<_>> = items
            .map(|it| Some((member(bare(it), &prefix)?, member(bare(it), &what)?)))
            .collect();
        found.filter(|it| !it.is_empty() && it.len() <= MOST_GIVEN)
    }

    /// Whether the first argument of `use` is a path, and no middleware.
    fn is_path(&self, node: Node<'a>, is_only: bool) -> bool {
        let node = bare(node);
        match node.kind() {
            "string" | "template_string" | "regex" | "binary_expression" => true,
            "array" => node.children().any(|it| self.is_path(it, false)),
            _ if is_only => false,
            "identifier" | "member_expression" | "subscript_expression" => {
                let name = self.file.name(node).unwrap_or_default();
                if self
                    .file
                    .constants
                    .get(&name)
                    .is_some_and(|it| !it.is_empty())
                {
                    return true;
                }
                let last = name.rsplit('.').next().unwrap_or_default();
                let last = last.to_ascii_lowercase();
                let words = ["path", "prefix", "base", "url", "uri", "root", "version"];
                words
                    .iter()
                    .any(|it| last.ends_with(it) || last.starts_with(it))
                    || node.kind() == "subscript_expression"
            }
            _ => false,
        }
    }

    /// Puts `what` into the router `on`.
    fn put(
        &mut self,
        call: Node<'a>,
        on: &str,
        needs_router: bool,
        prefix: Expr,
        what: Node<'a>,
        is_hono: bool,
    ) {
        let has_prefix = prefix.text() != Some("");
        let place = self.file.place(call);
        if is_function(what) {
            let scopes = &self.file.names.scopes;
            let path = scopes.own_path(scopes.of_node(what));
            if self.middleware.contains(path) {
                self.mounts.push(Mount {
                    on: on.to_owned(),
                    needs_router,
                    prefix: trimmed(prefix),
                    replaces_prefix: false,
                    style: RouteStyle::Colon,
                    what: Expr::Name(path.to_owned()),
                    place,
                });
            } else if !hands_on(what) && has_prefix && !is_hono {
                self.routes.push(Route {
                    on: on.to_owned(),
                    needs_router,
                    path: prefix,
                    style: RouteStyle::Prefix,
                    slash: Slash::Either,
                    methods: Vec::new(),
                    handler: None,
                    guards: Vec::new(),
                    place,
                });
            } else if !hands_on(what) && !is_missing_page(what) {
                let why = "paths that are not there are answered too";
                self.open(Some(on.to_owned()), why, call);
            }
            return;
        }
        let what = bare(what);
        let property = what.field("function").and_then(|it| it.field("property"));
        if property.is_some_and(|it| it.text() == "allowedMethods") {
            return;
        }
        let inner = match what.field("function").map(bare).and_then(|it| {
            let name = it.field("property")?.text();
            let is_router = matches!(name, "routes" | "middleware" | "callback");
            it.field("object").filter(|_| is_router)
        }) {
            // `router.routes()` of Koa.
            Some(router) => router,
            None => what,
        };
        let range = (inner.range().start, inner.range().end);
        let root = self.root(inner);
        let what = match (self.made.get(&range), root.name) {
            (Some(name), _) => Expr::Name(name.clone()),
            // A router to which a chain of calls adds; one of middleware makes exceptions.
            (None, Some(name)) if root.is_router && self.is_itself(inner, &name) => {
                Expr::Name(name)
            }
            _ => self.file.expr(inner),
        };
        if what.text().is_some() {
            return;
        }
        self.mounts.push(Mount {
            on: on.to_owned(),
            needs_router,
            prefix: trimmed(prefix),
            replaces_prefix: false,
            style: RouteStyle::Colon,
            what,
            place,
        });
    }

    /// Whether a chain of calls that begins with the router `name` stands for it.
    fn is_itself(&self, node: Node<'a>, name: &str) -> bool {
        node.kind() != "call_expression" || !self.middleware.contains(name)
    }

    /// What is called with a router among its arguments, where that is no function of the program.
    fn handed(&mut self, call: Node<'a>, facts: &CodeFacts) {
        let Some(arguments) = call.field("arguments") else {
            return;
        };
        if self.understood.contains(&call.id()) {
            return;
        }
        let mut found = None;
        for argument in arguments.children().take(MOST_GIVEN) {
            let argument = bare(argument);
            if let Some(name) = self.router(argument) {
                found = found.or(Some((name, false)));
            }
            if argument.kind() == "object" {
                let parts = argument.children().take(MOST_GIVEN);
                let mut values = parts.map(|it| it.field("value").map_or(it, bare));
                let name = values.find_map(|it| self.router(it));
                found = found.or(name.map(|it| (it, true)));
            }
        }
        let Some((on, in_object)) = found else {
            return;
        };
        let function = call.field("function").or(call.field("constructor"));
        let Some(function) = function.map(bare) else {
            return;
        };
        let property = function.field("property").map_or("", Node::text);
        if matches!(property, "use" | "listen" | "route") {
            return;
        }
        let name = self.file.callee(function).unwrap_or_default();
        let package = package_of(facts, &name);
        if package == Some("@nestjs/swagger") {
            return self.documented(call, property);
        }
        let head = name.split('.').next().unwrap_or_default();
        let is_safe = |it: &str| SAFE.contains(&it) || it.starts_with("@sentry/");
        let adds = match package {
            Some(package) => !is_safe(package),
            None => in_object && !is_safe(head),
        };
        if adds {
            let why = "it is handed to what may add routes";
            self.open(Some(on), why, call);
        }
    }

    /// `SwaggerModule.setup('docs', app, document)`: pages below the path, and the document beside it
    /// (docs.nestjs.com/openapi/introduction).
    fn documented(&mut self, call: Node<'a>, method: &str) {
        let arguments = call.field("arguments").into_iter();
        let given: Vec<Node<'a>> = arguments.flat_map(Node::children).take(4).collect();
        let Some(first) = given.first().filter(|_| method == "setup") else {
            return;
        };
        if given.len() > 3 {
            let why = "pages of documentation are served as options say";
            return self.open(None, why, call);
        }
        let place = self.file.place(call);
        let path = self.file.expr(*first);
        for (end, style) in [
            ("", RouteStyle::Prefix),
            ("-json", RouteStyle::Plain),
            ("-yaml", RouteStyle::Plain),
        ] {
            self.routes.push(Route {
                on: String::new(),
                needs_router: false,
                path: join([path.clone(), Expr::Text(end.to_owned())]),
                style,
                slash: Slash::Either,
                methods: vec!["GET".to_owned()],
                handler: None,
                guards: Vec::new(),
                place,
            });
        }
    }

    fn router(&self, node: Node<'a>) -> Option<String> {
        let is_name = matches!(
            node.kind(),
            "identifier" | "member_expression" | "shorthand_property_identifier"
        );
        let root = self.plain(node).filter(|it| is_name && it.is_router)?;
        root.name
    }
}

/// Whether an object by this name is made by a package and serves routes.
fn is_maker(canonical: &str) -> bool {
    matches!(
        canonical,
        "express()"
            | "express.Router()"
            | "fastify()"
            | "koa()"
            | "@koa/router()"
            | "koa-router()"
            | "hono.Hono()"
            | "@nestjs/core.NestFactory.create()"
    )
}

/// Whether a call that might add a route adds none: `app.route('/x')`, on which routes are called, `app.get('port')`, and a page for what is not there.
fn is_no_route(call: Node<'_>, method: &str) -> bool {
    let arguments = call.field("arguments");
    let count = arguments.map_or(0, |it| it.children().count());
    let first = arguments.and_then(|it| it.children().next());
    let is_any = first.is_some_and(|it| it.kind() == "string" && it.text().contains('*'));
    (method == "route" && count == 1)
        || (METHODS.contains(&method) && (count < 2 || (is_any && is_missing_page(call))))
}

/// Whether a handler answers what is not there with that.
fn is_missing_page(handler: Node<'_>) -> bool {
    let text = handler.text();
    ["404", "NOT_FOUND", "NotFound", "notFound", "createError"]
        .iter()
        .any(|it| text.contains(it))
}

/// A prefix without the slash at its end.
fn trimmed(prefix: Expr) -> Expr {
    match prefix {
        Expr::Text(text) => Expr::Text(text.trim_end_matches('/').to_owned()),
        other => other,
    }
}
