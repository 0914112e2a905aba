//! Ktor: routes that functions add to what they are called on, and calls of such functions.
//!
//! What adds a route and what stands around routes, the patterns say (`frameworks/kotlin/ktor.scm`). A function of a project's own that is
//! called where routes are may add some, too: it is a router, and its call puts it there.

use std::collections::BTreeSet;

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::File;
use super::expr::{arguments, lambda};
use super::scope::{self, bare};
use crate::code::expr::join;
use crate::code::jvm::file_place;
use crate::code::jvm::names::Scopes;
use crate::code::patterns::Found;
use crate::code::{
    CodeFacts, Expr, Function, FunctionId, Mount, Open, RouteStyle, Router, Subject,
};

/// What stands for the function around routes that stand in none.
const NOWHERE: &str = "@routes";
/// Types whose functions add routes.
const ROUTES: [&str; 8] = [
    "io.ktor.server.routing.Route",
    "io.ktor.server.routing.Routing",
    "io.ktor.server.routing.RootRoute",
    "io.ktor.server.routing.RoutingRoot",
    "io.ktor.server.routing.RoutingNode",
    "io.ktor.server.routing.RoutingBuilder",
    "io.ktor.routing.Route",
    "io.ktor.routing.Routing",
];
/// Packages whose functions add no routes.
const QUIET: [&str; 7] = [
    "kotlin.",
    "kotlinx.",
    "java.",
    "javax.",
    "org.koin.",
    "org.slf4j.",
    "mu.",
];
/// Functions that add no routes by themselves, whatever stands in their lambdas: those of Kotlin, and of Ktor's application.
const STANDARD: [&str; 41] = [
    "also",
    "apply",
    "application",
    "arrayOf",
    "assert",
    "buildList",
    "buildMap",
    "by",
    "check",
    "checkNotNull",
    "emptyList",
    "error",
    "forEach",
    "get",
    "getKoin",
    "inject",
    "install",
    "intercept",
    "launch",
    "lazy",
    "let",
    "listOf",
    "listOfNotNull",
    "log",
    "mapOf",
    "mutableListOf",
    "mutableMapOf",
    "print",
    "println",
    "repeat",
    "require",
    "requireNotNull",
    "run",
    "runBlocking",
    "runCatching",
    "setOf",
    "synchronized",
    "takeIf",
    "use",
    "with",
    "to",
];

/// Texts that stand in each other or apart: only the outermost count.
struct Texts(Vec<TextRange>);

impl Texts {
    fn of(mut all: Vec<TextRange>) -> Self {
        all.sort_by_key(|it| (it.start, u32::MAX - it.end));
        let mut outer: Vec<TextRange> = Vec::new();
        for it in all {
            if outer.last().is_none_or(|last| !last.contains(it)) {
                outer.push(it);
            }
        }
        Self(outer)
    }

    /// Whether a text stands in one of these.
    fn hold(&self, range: TextRange) -> bool {
        let at = self.0.partition_point(|it| it.start <= range.start);
        let last = at.checked_sub(1).and_then(|it| self.0.get(it));
        last.is_some_and(|it| it.contains(range))
    }

    /// Whether one of these stands in a text.
    fn stand_in(&self, range: TextRange) -> bool {
        let at = self.0.partition_point(|it| it.start < range.start);
        self.0.get(at).is_some_and(|it| range.contains(*it))
    }
}

/// What stands before the paths of routes in a text.
struct Prefix {
    range: TextRange,
    path: Expr,
    /// The one around it.
    parent: Option<usize>,
}

/// What the routes of a file stand in.
struct Around {
    /// Calls that make the routing of an application.
    roots: Texts,
    /// By where they begin.
    prefixes: Vec<Prefix>,
    /// What answers requests.
    handlers: Texts,
    /// The lambdas that configure an object or a plug-in.
    quiet: Texts,
    /// The calls that patterns know, by their numbers.
    known: BTreeSet<usize>,
}

/// The function around a node, by its path.
pub(super) fn function_around(scopes: &Scopes<'_>, node: Node<'_>) -> String {
    let prefix = scopes.prefix(node.range().start);
    let end = prefix.rfind("().");
    end.map_or(NOWHERE, |it| &prefix[..it]).to_owned()
}

pub(super) fn settle<'a>(file: &File<'a>, found: &[Found<'a>], facts: &mut CodeFacts) {
    let functions = file.scopes.methods.iter().map(|it| Function {
        name: it.path.clone(),
        parameters: Vec::new(),
        returns: None,
        parent: FunctionId::default(),
        range: it.node.range(),
        is_entry: false,
    });
    facts.functions.extend(functions);
    let has_routes = |it: &&str| it.starts_with("io.ktor.");
    let mut paths = file.scopes.imports.iter().map(|it| it.path);
    if !paths.any(|it| has_routes(&it)) {
        return;
    }
    let around = Around::of(file, found);
    let known: BTreeSet<String> = facts.routers.iter().map(|it| it.name.clone()).collect();
    let mut routers: BTreeSet<String> = facts.routes.iter().map(|it| it.on.clone()).collect();
    for method in &file.scopes.methods {
        let Some(receiver) = method.receiver else {
            continue;
        };
        let names = scope::canonical(&file.scopes, receiver);
        let adds = names.iter().any(|it| ROUTES.contains(&it.as_str()));
        if !adds {
            continue;
        }
        routers.insert(method.path.clone());
        if !known.contains(&method.path) {
            facts.routers.push(Router {
                name: method.path.clone(),
                prefix: Expr::Text(String::new()),
                is_application: false,
                is_middleware: false,
                place: file_place(method.node),
            });
        }
    }
    for call in &file.scopes.calls {
        if is_other_plugin(file, *call) {
            facts.open.push(open("a plug-in may add routes", *call));
        }
        if !around.known.contains(&call.id()) {
            around.call(file, *call, &routers, facts);
        }
    }
}

/// What a call puts before the paths of the routes in it.
fn prefix<'a>(file: &File<'a>, call: Node<'a>) -> Expr {
    let first = arguments(call).into_iter().next();
    match first.map(|it| file.value(it)) {
        Some(Expr::Text(text)) if text.starts_with('/') => Expr::Text(text),
        Some(other) => join([Expr::Text("/".to_owned()), other]),
        None => Expr::Unknown,
    }
}

/// Sorts prefixes, and finds what each stands in.
fn nest(prefixes: &mut [Prefix]) {
    prefixes.sort_by_key(|it| (it.range.start, u32::MAX - it.range.end));
    let mut open: Vec<(usize, u32)> = Vec::new();
    for (number, it) in prefixes.iter_mut().enumerate() {
        while open.last().is_some_and(|last| last.1 <= it.range.start) {
            open.pop();
        }
        it.parent = open.last().map(|it| it.0);
        open.push((number, it.range.end));
    }
}

/// What is not known of routes for a call.
fn open(why: &'static str, call: Node<'_>) -> Open {
    Open {
        subject: Subject::Routes,
        why,
        on: None,
        needs_router: false,
        place: file_place(call),
    }
}

/// Whether what stands in the lambda of a call configures what is made or installed: `HttpClient { … }`, `install(CORS) { … }`.
fn configures(call: Node<'_>) -> bool {
    let Some(callee) = call.children().next().map(bare) else {
        return false;
    };
    let name = scope::parts(callee).map_or(callee.text(), |it| it.1);
    name == "install" || name.starts_with(|it: char| it.is_uppercase())
}

/// Whether a call installs a plug-in that is none of Ktor's own, which may answer by itself.
fn is_other_plugin(file: &File<'_>, call: Node<'_>) -> bool {
    let Some(callee) = call.children().next() else {
        return false;
    };
    let name = scope::parts(callee).map_or(callee.text(), |it| it.1);
    let Some(plugin) = arguments(call)
        .into_iter()
        .next()
        .filter(|_| name == "install")
    else {
        return false;
    };
    let is_quiet = |it: &str| {
        ["io.ktor.", "org.koin.", "io.micrometer."]
            .iter()
            .any(|own| it.starts_with(own))
    };
    if let Some(path) = file.scopes.imported(plugin.text()) {
        return !is_quiet(path);
    }
    let names = scope::canonical(&file.scopes, plugin);
    !names.iter().any(|it| is_quiet(it))
}

impl Around {
    fn of<'a>(file: &File<'a>, found: &[Found<'a>]) -> Self {
        let (mut roots, mut handlers) = (Vec::new(), Vec::new());
        let mut root_calls = BTreeSet::new();
        let mut known = BTreeSet::new();
        let mut prefixes: Vec<Prefix> = Vec::new();
        for one in found {
            let kinds = ["routes", "mount", "route", "group"];
            let mut nodes = kinds.iter().filter_map(|it| one.get(it));
            let (Some(kind), Some(node)) = (one.setting("routing"), nodes.next()) else {
                continue;
            };
            let is_new = known.insert(node.id());
            match kind {
                "root" => {
                    root_calls.insert(node.id());
                    roots.push(node.range());
                }
                "prefix" if is_new => prefixes.push(Prefix {
                    range: node.range(),
                    path: prefix(file, node),
                    parent: None,
                }),
                "route" => handlers.push(node.range()),
                _ => {}
            }
        }
        let calls = file.scopes.calls.iter();
        let quiet = calls.filter(|it| configures(**it) && !root_calls.contains(&it.id()));
        let quiet = quiet.filter_map(|it| lambda(*it).map(Node::range));
        nest(&mut prefixes);
        Self {
            roots: Texts::of(roots),
            prefixes,
            handlers: Texts::of(handlers),
            quiet: Texts::of(quiet.collect()),
            known,
        }
    }

    /// What stands before the paths of routes in a text.
    fn before(&self, range: TextRange) -> Expr {
        let at = self
            .prefixes
            .partition_point(|it| it.range.start <= range.start);
        let mut found = Vec::new();
        let mut at = at.checked_sub(1);
        while let Some(it) = at.and_then(|it| self.prefixes.get(it)) {
            if it.range.contains(range) {
                found.push(it.path.clone());
            }
            at = it.parent;
        }
        join(found.into_iter().rev())
    }

    /// A call that no pattern knows.
    fn call<'a>(
        &self,
        file: &File<'a>,
        call: Node<'a>,
        routers: &BTreeSet<String>,
        facts: &mut CodeFacts,
    ) {
        let range = call.range();
        let function = function_around(&file.scopes, call);
        let is_rooted = self.roots.hold(range);
        let is_quiet = self.handlers.hold(range) || self.quiet.hold(range);
        if is_quiet || !(is_rooted || routers.contains(&function)) {
            return;
        }
        let Some(callee) = call.children().next().map(bare) else {
            return;
        };
        let holds = lambda(call).is_some_and(|it| self.handlers.stand_in(it.range()));
        let is_this = |it: Node<'_>| it.kind() == "this_expression";
        let is_handed_over = arguments(call).into_iter().any(is_this);
        let (name, is_given) = match scope::parts(callee) {
            Some((object, name)) => (name, is_this(object) || is_handed_over),
            None if callee.kind() == "simple_identifier" => (callee.text(), true),
            None => return,
        };
        let is_class = name.starts_with(|it: char| it.is_uppercase());
        let is_value = call
            .parent()
            .is_some_and(|it| it.kind() == "property_declaration");
        let path = file.scopes.imported(name).unwrap_or_default();
        let is_quiet = STANDARD.contains(&name) || QUIET.iter().any(|it| path.starts_with(it));
        if is_class || is_quiet || (!holds && (is_value || !is_given)) {
            return;
        }
        if holds || path.starts_with("io.ktor.") {
            let why = "what a function makes of routes is not known";
            facts.open.push(open(why, call));
            return;
        }
        let what = scope::name(&file.scopes, callee).filter(|_| scope::parts(callee).is_none());
        let what = Expr::Name(what.unwrap_or_else(|| name.to_owned()));
        facts.mounts.push(Mount {
            on: if is_rooted { String::new() } else { function },
            prefix: self.before(range),
            replaces_prefix: false,
            style: RouteStyle::Braces,
            // A function of the program's own that is given what routes are added to may hand it on.
            what: if is_handed_over {
                Expr::Either(vec![what])
            } else {
                what
            },
            needs_router: false,
            place: file_place(callee),
        });
    }
}
