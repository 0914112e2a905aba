//! From what the patterns of frameworks find to facts. Knows no language: what a node says is asked of [`Syntax`].

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::expr::join;
use super::patterns::Found;
use super::{
    CodeFacts, Expr, Guard, GuardKind, Import, Listener, Load, LoadKind, Mount, Open, Place,
    Protocol, Route, RouteStyle, Router, Slash, Subject, VariableFile, Wait,
};

/// What a language tells of the nodes of a file.
pub(super) trait Syntax<'a> {
    /// What an expression says.
    fn expr(&self, node: Node<'a>) -> Expr;
    /// The object that a chain of calls is about, whose methods return it.
    fn chained(&self, node: Node<'a>) -> Node<'a> {
        node
    }
    /// The path of a name in its file.
    fn name(&self, node: Node<'a>) -> Option<String>;
    /// What may be meant by a name, or by what a call makes, by the names of packages.
    fn canonical(&self, node: Node<'a>) -> Rc<[String]>;
    /// The name that the value of a node is assigned to; with `around`, also if it is only a part of that value.
    fn target(&self, node: Node<'a>, around: bool) -> Option<String>;
    /// An argument: `0`, `port`, `0[1]`.
    fn argument(&self, arguments: Node<'a>, which: &str) -> Option<Node<'a>>;
    /// The arguments by position from `first` on.
    fn arguments_from(&self, arguments: Node<'a>, first: usize) -> Vec<Node<'a>>;
    /// Whether arguments may be given that are not written out.
    fn has_more_arguments(&self, arguments: Node<'a>) -> bool;
    /// The items of a list that is written out.
    fn items(&self, node: Node<'a>) -> Option<Vec<Node<'a>>>;
    /// Where a node stands; of a text without its quotes.
    fn place(&self, node: Node<'a>) -> Place;
    /// Whether nothing is meant: `None`.
    fn is_nothing(&self, node: Node<'a>) -> bool;
}

/// A part of what a pattern finds.
enum Part<'a> {
    Node(Node<'a>),
    /// The same behind a slash.
    Slashed(Node<'a>),
    /// What the pattern itself states.
    Default(&'static str),
    /// It may be among arguments that are not written out.
    Unknown,
}

/// Texts that routes are added to something within.
struct Container {
    range: TextRange,
    on: String,
    prefix: Option<Expr>,
    /// The container around it.
    parent: Option<usize>,
}

pub(super) struct Captures<'s, 'a, S> {
    syntax: &'s S,
    facts: &'s mut CodeFacts,
    /// What the patterns found, as far as it is meant.
    found: Vec<&'s Found<'a>>,
    /// The names of routers, by the number of the node that makes them.
    routers: BTreeMap<usize, String>,
    containers: Vec<Container>,
    /// The lists of routes that are routers themselves.
    lists: BTreeSet<String>,
    /// The functions that run at the start.
    entries: BTreeSet<String>,
    /// The routes of a handler, by the number of its node.
    handlers: BTreeMap<usize, Vec<usize>>,
}

impl<'s, 'a, S: Syntax<'a>> Captures<'s, 'a, S> {
    /// Turns all `found` of one file to facts.
    pub(super) fn add(syntax: &'s S, found: &'s [Found<'a>], facts: &'s mut CodeFacts) {
        let mut captures = Self {
            syntax,
            facts,
            found: found.iter().filter(|it| is_meant(syntax, it)).collect(),
            routers: BTreeMap::new(),
            containers: Vec::new(),
            lists: BTreeSet::new(),
            entries: BTreeSet::new(),
            handlers: BTreeMap::new(),
        };
        // What others refer to comes first.
        let kinds: [(&str, Add<'s, 'a, S>); 11] = [
            ("router", Self::router),
            ("mount", Self::mount),
            ("routes", Self::routes),
            ("route", Self::route),
            ("guard", Self::guard),
            ("listen", Self::listen),
            ("file", Self::file),
            ("wait", Self::wait),
            ("entry", Self::entry),
            ("load", Self::load),
            ("open", Self::open),
        ];
        for (kind, add) in kinds {
            if kind == "route" {
                captures.nest();
            }
            for one in captures.found.clone() {
                if let Some(node) = one.get(kind) {
                    add(&mut captures, one, node);
                }
            }
        }
        for function in &mut captures.facts.functions {
            function.is_entry |= captures.entries.contains(&function.name);
        }
    }

    fn part(&self, one: &Found<'a>, kind: &str, name: &str) -> Option<Part<'a>> {
        part(self.syntax, one, kind, name)
    }

    fn value(&self, part: &Part<'a>) -> Expr {
        match part {
            Part::Node(node) => match self.routers.get(&self.syntax.chained(*node).id()) {
                Some(name) => Expr::Name(name.clone()),
                None => self.syntax.expr(*node),
            },
            Part::Slashed(node) => match self.syntax.expr(*node) {
                Expr::Text(text) => Expr::Text(format!("/{text}")),
                other => join([Expr::Text("/".to_owned()), other]),
            },
            Part::Default(text) => Expr::Text((*text).to_owned()),
            Part::Unknown => Expr::Unknown,
        }
    }

    fn expr(&self, one: &Found<'a>, kind: &str, name: &str) -> Option<Expr> {
        Some(self.value(&self.part(one, kind, name)?))
    }

    /// What something is added to: as the pattern says, else as what stands around it says.
    fn on(&self, one: &Found<'a>, kind: &str, node: Node<'a>) -> Option<String> {
        match one.setting("on") {
            Some("=itself") => return self.routers.get(&node.id()).cloned(),
            Some("=") => return Some(String::new()),
            _ => {}
        }
        let suffix = one.setting("suffix").unwrap_or_default();
        match self.part(one, kind, "on") {
            Some(Part::Node(on)) => {
                let on = self.syntax.chained(on);
                match self.routers.get(&on.id()) {
                    Some(name) => Some(name.clone()),
                    None => Some(self.syntax.name(on)? + suffix),
                }
            }
            Some(Part::Default(name)) => Some(name.to_owned()),
            _ => None,
        }
    }

    fn router(&mut self, one: &Found<'a>, node: Node<'a>) {
        let stated = one.get("router.name").and_then(|it| self.syntax.name(it));
        let target = || self.syntax.target(node, false);
        let unnamed = || format!("@{}", node.range().start);
        let name = stated.or_else(target).unwrap_or_else(unnamed);
        let name = name + one.setting("suffix").unwrap_or_default();
        self.routers.insert(node.id(), name.clone());
        let place = self.syntax.place(node);
        let prefix = self.expr(one, "router", "prefix");
        let prefix = prefix.map(|it| trimmed(one, it));
        for path in one.setting("serves").unwrap_or_default().split_whitespace() {
            self.facts.routes.push(Route {
                needs_router: false,
                on: name.clone(),
                path: Expr::Text(path.to_owned()),
                style: style(one),
                slash: Slash::Either,
                methods: Vec::new(),
                handler: None,
                guards: Vec::new(),
                place,
            });
        }
        self.facts.routers.push(Router {
            name,
            prefix: prefix.unwrap_or_else(empty),
            is_application: one.setting("application") == Some("true"),
            place,
        });
    }

    fn routes(&mut self, one: &Found<'a>, node: Node<'a>) {
        if let Some(on) = self.on(one, "routes", node) {
            self.containers.push(Container {
                range: node.range(),
                on,
                prefix: None,
                parent: None,
            });
        }
    }

    fn mount(&mut self, one: &Found<'a>, node: Node<'a>) {
        let given = self.part(one, "mount", "prefix");
        let prefix = given.as_ref().map_or_else(empty, |it| self.value(it));
        let prefix = trimmed(one, prefix);
        let on = self.on(one, "mount", node).or_else(|| self.around(node));
        let Some(on) = on else {
            return;
        };
        let what = match self.part(one, "mount", "what") {
            Some(Part::Node(what)) if self.syntax.items(what).is_some() => {
                // Routes that are written out within it are found by themselves.
                self.containers.push(Container {
                    range: node.range(),
                    on,
                    prefix: Some(prefix),
                    parent: None,
                });
                return;
            }
            Some(Part::Node(what)) if self.syntax.is_nothing(what) => return,
            Some(Part::Default("itself")) => match self.routers.get(&node.id()) {
                Some(name) if *name != on => Expr::Name(name.clone()),
                _ => return,
            },
            Some(what) => self.value(&what),
            None => return,
        };
        self.facts.mounts.push(Mount {
            needs_router: needs_router(one),
            on,
            replaces_prefix: given.is_some() && one.setting("replaces") == Some("true"),
            prefix,
            style: style(one),
            what,
            place: self.syntax.place(node),
        });
    }

    /// The list that a route stands in: it is a router by the name that it is assigned to.
    fn around(&mut self, node: Node<'a>) -> Option<String> {
        let name = self.syntax.target(node, true)?;
        let is_router = self.routers.values().any(|it| *it == name);
        if !is_router && self.lists.insert(name.clone()) {
            self.facts.routers.push(Router {
                name: name.clone(),
                prefix: empty(),
                is_application: false,
                place: self.syntax.place(node),
            });
        }
        Some(name)
    }

    /// Sorts the containers, and finds what each stands in.
    fn nest(&mut self) {
        self.containers
            .sort_by_key(|it| (it.range.start, u32::MAX - it.range.end));
        let mut open: Vec<(usize, u32)> = Vec::new();
        for (number, it) in self.containers.iter_mut().enumerate() {
            while open.last().is_some_and(|last| last.1 <= it.range.start) {
                open.pop();
            }
            it.parent = open.last().map(|it| it.0);
            open.push((number, it.range.end));
        }
    }

    /// What the containers around a node say: where its routes are added, and what stands before their paths.
    fn container(&self, node: Node<'a>) -> Option<(String, Vec<Expr>)> {
        let mut found: Option<String> = None;
        let mut prefixes = Vec::new();
        let start = node.range().start;
        let end = self
            .containers
            .partition_point(|it| it.range.start <= start);
        let mut at = end.checked_sub(1);
        while let Some(it) = at.and_then(|it| self.containers.get(it)) {
            if it.range.contains(node.range()) {
                prefixes.extend(it.prefix.clone());
                found = Some(it.on.clone());
            }
            at = it.parent;
        }
        prefixes.reverse();
        Some((found?, prefixes))
    }

    fn route(&mut self, one: &Found<'a>, node: Node<'a>) {
        let stated = self.on(one, "route", node);
        let (on, prefixes) = match stated {
            Some(on) => (on, Vec::new()),
            None => match self.container(node) {
                Some(found) => found,
                None => match self.around(node) {
                    Some(on) => (on, Vec::new()),
                    None => return,
                },
            },
        };
        let paths = self.paths(one);
        let handler = one.get("route.handler");
        let handler_name = match self.part(one, "route", "handler") {
            Some(Part::Node(it)) => self.syntax.name(it.field("name").unwrap_or(it)),
            _ => None,
        };
        for (path, range) in paths {
            let mut place = self.syntax.place(node);
            place.range = range.unwrap_or(place.range);
            let parts = prefixes.iter().cloned().chain([path]);
            let number = self.facts.routes.len();
            self.facts.routes.push(Route {
                needs_router: needs_router(one),
                on: on.clone(),
                path: join(parts),
                style: style(one),
                slash: slash(one),
                methods: self.methods(one),
                handler: handler_name.clone(),
                guards: Vec::new(),
                place,
            });
            if let Some(handler) = handler {
                self.handlers.entry(handler.id()).or_default().push(number);
            }
        }
    }

    fn paths(&self, one: &Found<'a>) -> Vec<(Expr, Option<TextRange>)> {
        let spec = one.setting("path").unwrap_or_default();
        let many = spec.split_whitespace().find_map(|it| it.strip_suffix(".."));
        if let (Some(first), Some(arguments)) = (many, one.get("arguments")) {
            let first = first.parse().unwrap_or_default();
            let nodes = self.syntax.arguments_from(arguments, first).into_iter();
            let range = |it: Node<'a>| Some(self.syntax.place(it).range);
            return nodes.map(|it| (self.syntax.expr(it), range(it))).collect();
        }
        match self.part(one, "route", "path") {
            Some(Part::Node(it)) if self.syntax.is_nothing(it) => Vec::new(),
            Some(Part::Node(it)) if self.syntax.items(it).is_some() => {
                let items = self.syntax.items(it).unwrap_or_default().into_iter();
                let range = |it: Node<'a>| Some(self.syntax.place(it).range);
                items.map(|it| (self.syntax.expr(it), range(it))).collect()
            }
            Some(Part::Node(it)) => {
                let items = self.syntax.items(it).unwrap_or_else(|| vec![it]);
                let items = items.into_iter();
                items
                    .map(|it| (self.syntax.expr(it), Some(self.syntax.place(it).range)))
                    .collect()
            }
            Some(other) => vec![(self.value(&other), None)],
            None => vec![(Expr::Unknown, None)],
        }
    }

    fn methods(&self, one: &Found<'a>) -> Vec<String> {
        let stated = match self.part(one, "route", "methods") {
            Some(Part::Node(it)) => {
                let items = self
                    .syntax
                    .items(it)
                    .unwrap_or_else(|| vec![it])
                    .into_iter();
                let texts: Option<Vec<String>> = items
                    .map(|it| Some(self.syntax.expr(it).text()?.to_ascii_uppercase()))
                    .collect();
                return texts.unwrap_or_default();
            }
            Some(Part::Unknown) => return Vec::new(),
            _ => one.get("route.method").map(Node::text),
        };
        let method = stated.or(one.setting("method"));
        let method = method.map(|it| it.trim_start_matches("add_").to_ascii_uppercase());
        method.into_iter().collect()
    }

    fn guard(&mut self, one: &Found<'a>, node: Node<'a>) {
        let kinds = match one.setting("guard") {
            Some("auth") => vec![GuardKind::Auth],
            Some("free") => vec![GuardKind::Free],
            _ => {
                let stated = match self.part(one, "guard", "rate") {
                    Some(Part::Node(it)) => self.syntax.items(it).unwrap_or_else(|| vec![it]),
                    _ => return,
                };
                let texts = stated.into_iter().map(|it| self.syntax.expr(it));
                let texts: Vec<Expr> = texts.collect();
                texts
                    .iter()
                    .filter_map(Expr::text)
                    .filter_map(rate)
                    .collect()
            }
        };
        if let Some(handler) = one.get("guard.handler") {
            let routes = self.handlers.get(&handler.id()).into_iter().flatten();
            for number in routes {
                if let Some(route) = self.facts.routes.get_mut(*number) {
                    let known = route.guards.len();
                    for kind in &kinds {
                        if !route.guards.iter().take(known).any(|it| it == kind) {
                            route.guards.push(kind.clone());
                        }
                    }
                }
            }
        } else if let Some(on) = self.on(one, "guard", node) {
            let place = self.syntax.place(node);
            let all = kinds.into_iter().map(|kind| Guard {
                on: on.clone(),
                kind,
                place,
            });
            self.facts.guards.extend(all);
        }
    }

    fn listen(&mut self, one: &Found<'a>, node: Node<'a>) {
        let port = self.part(one, "listen", "port");
        let mut ports = match &port {
            Some(Part::Node(it)) => match self.syntax.items(*it) {
                Some(items) => items.into_iter().map(|it| self.syntax.expr(it)).collect(),
                None => vec![self.syntax.expr(*it)],
            },
            Some(other) => vec![self.value(other)],
            None => vec![Expr::Unknown],
        };
        ports.truncate(16);
        let host = self.expr(one, "listen", "host");
        let serves = self.expr(one, "listen", "serves");
        for port in ports {
            self.facts.listeners.push(Listener {
                port,
                host: host.clone(),
                protocol: match one.setting("protocol") {
                    Some("http") => Protocol::Http,
                    Some("grpc") => Protocol::Grpc,
                    _ => Protocol::Other,
                },
                tls: self.tls(one),
                serves: serves.clone(),
                place: self.syntax.place(node),
            });
        }
    }

    fn tls(&self, one: &Found<'a>) -> Option<bool> {
        let spec = one.setting("tls")?;
        match (spec, one.get("arguments")) {
            ("true", _) => Some(true),
            ("false", _) => Some(false),
            (_, Some(arguments)) => {
                let mut names = spec.split_whitespace();
                let given = names.find_map(|it| self.syntax.argument(arguments, it));
                match given {
                    Some(it) if self.syntax.is_nothing(it) => Some(false),
                    Some(it) if self.syntax.expr(it).text() == Some("False") => Some(false),
                    // What is not written out may be nothing after all.
                    Some(it) if self.syntax.expr(it).text().is_some() => Some(true),
                    Some(_) => None,
                    None if self.syntax.has_more_arguments(arguments) => None,
                    None => Some(false),
                }
            }
            _ => None,
        }
    }

    fn file(&mut self, one: &Found<'a>, node: Node<'a>) {
        let path = self.expr(one, "file", "path");
        let place = self.syntax.place(node);
        self.facts.variable_files.push(VariableFile { path, place });
    }

    fn wait(&mut self, one: &Found<'a>, node: Node<'a>) {
        let seconds = self.expr(one, "wait", "seconds");
        let seconds = seconds.as_ref().and_then(Expr::text);
        let whole = seconds.and_then(|it| it.split('.').next()?.parse().ok());
        if let Some(seconds) = whole.filter(|it| *it > 0) {
            let place = self.syntax.place(node);
            self.facts.waits.push(Wait { seconds, place });
        }
    }

    fn entry(&mut self, one: &Found<'a>, _: Node<'a>) {
        let Some(Part::Node(handler)) = self.part(one, "entry", "handler") else {
            return;
        };
        let handler = handler.field("name").unwrap_or(handler);
        let Some(name) = self.syntax.name(handler) else {
            return;
        };
        self.entries.insert(name);
    }

    /// A name that is written out is an import like any other.
    fn load(&mut self, one: &Found<'a>, node: Node<'a>) {
        let Some(why) = one.setting("why") else {
            return;
        };
        let place = self.syntax.place(node);
        let kind = match one.setting("loads") {
            Some("object") => LoadKind::Object,
            Some("file") => LoadKind::File,
            _ => LoadKind::Module,
        };
        let what = match self.part(one, "load", "what") {
            // One of several: what holds them is known by its name.
            Some(Part::Node(it)) if self.syntax.expr(it) == Expr::Unknown => {
                let of = it.field("value").filter(|_| it.kind() == "subscript");
                of.map_or(Expr::Unknown, |it| self.syntax.expr(it))
            }
            Some(part) => self.value(&part),
            None => Expr::Unknown,
        };
        let suffix = one.setting("suffix").unwrap_or_default();
        let texts: Option<Vec<&str>> = match &what {
            Expr::List(all) => all.iter().map(Expr::text).collect(),
            one => one.text().map(|it| vec![it]),
        };
        let texts = texts.filter(|_| kind != LoadKind::File);
        let Some(texts) = texts else {
            self.facts.loads.push(Load {
                what,
                kind,
                subject: one.setting("subject").map(subject),
                why,
                place,
            });
            return;
        };
        let local = self.syntax.target(node, false).unwrap_or_default();
        for text in texts {
            let text = format!("{text}{suffix}");
            let split = text.rsplit_once([':', '.']);
            let split = split.filter(|it| kind == LoadKind::Object && !it.0.is_empty());
            let (module, item) = match split {
                Some((module, item)) => (module, Some(item.to_owned())),
                None => (text.as_str(), None),
            };
            self.facts.imports.push(Import {
                local: local.clone(),
                module: module.to_owned(),
                item,
                place,
            });
        }
    }

    fn open(&mut self, one: &Found<'a>, node: Node<'a>) {
        let Some(why) = one.setting("why") else {
            return;
        };
        let subjects = one.setting("subject").unwrap_or("routes");
        for it in subjects.split_whitespace() {
            self.facts.open.push(Open {
                needs_router: needs_router(one),
                subject: subject(it),
                why,
                on: self.on(one, "open", node),
                place: self.syntax.place(node),
            });
        }
    }
}

type Add<'s, 'a, S> = fn(&mut Captures<'s, 'a, S>, &Found<'a>, Node<'a>);

/// Whether what the pattern finds is not known to be something of another package.
pub(super) fn is_meant<'a>(syntax: &impl Syntax<'a>, one: &Found<'a>) -> bool {
    let Some(others) = one.setting("not") else {
        return true;
    };
    let nodes = ["route.on", "mount.on", "listen.serves"];
    let nodes = nodes.into_iter().filter_map(|it| one.get(it));
    !nodes.into_iter().any(|on| {
        let made = syntax.canonical(on);
        let mut packages = made.iter().filter_map(|it| it.split('.').next());
        packages.any(|it| others.split_whitespace().any(|other| other == it))
    })
}

/// The part `name` of what a pattern finds: the capture, else the argument.
fn part<'a>(syntax: &impl Syntax<'a>, one: &Found<'a>, kind: &str, name: &str) -> Option<Part<'a>> {
    if let Some(node) = one.part(kind, name) {
        return Some(Part::Node(node));
    }
    let spec = one.setting(name)?;
    let arguments = one.get("arguments");
    for which in spec.split_whitespace() {
        if let Some(text) = which.strip_prefix('=') {
            let more = arguments.is_some_and(|it| syntax.has_more_arguments(it));
            return Some(if more {
                Part::Unknown
            } else {
                Part::Default(text)
            });
        }
        let (which, is_slashed) = match which.strip_prefix('/') {
            Some(which) => (which, true),
            None => (which, false),
        };
        if let Some(node) = arguments.and_then(|it| syntax.argument(it, which)) {
            return Some(if is_slashed {
                Part::Slashed(node)
            } else {
                Part::Node(node)
            });
        }
    }
    match arguments {
        Some(it) if syntax.has_more_arguments(it) => Some(Part::Unknown),
        _ => None,
    }
}

/// A read of a variable as a pattern finds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadAt<'a> {
    /// The name.
    pub name: Node<'a>,
    /// What stands for it where it is not set.
    pub default: Option<Node<'a>>,
    /// What is put before the name.
    pub prefix: Option<Node<'a>>,
    /// Whether it fails without a value and a default.
    pub is_required: bool,
    /// What the value is converted with.
    pub cast: Option<Node<'a>>,
    /// What is made of it, as the pattern says.
    pub kind: Option<&'static str>,
}

/// What is read where a pattern says so, with the node.
pub(super) fn read_at<'a>(
    syntax: &impl Syntax<'a>,
    one: &Found<'a>,
) -> Option<(Node<'a>, ReadAt<'a>)> {
    let node = one.get("read")?;
    if !is_meant(syntax, one) {
        return None;
    }
    let part = |name| match part(syntax, one, "read", name) {
        Some(Part::Node(it)) => Some(it),
        _ => None,
    };
    let default = part("default");
    let read = ReadAt {
        name: part("name")?,
        default: default.filter(|it| !syntax.is_nothing(*it)),
        prefix: part("prefix"),
        is_required: one.setting("required") == Some("true") && default.is_none(),
        cast: part("cast"),
        kind: one.setting("kind"),
    };
    Some((node, read))
}

/// A variable that is set as a pattern finds it: the node, its name and its value.
pub(super) fn set_at<'a>(
    syntax: &impl Syntax<'a>,
    one: &Found<'a>,
) -> Option<(Node<'a>, Node<'a>, Option<Node<'a>>, bool)> {
    let node = one.get("set")?;
    if !is_meant(syntax, one) {
        return None;
    }
    let part = |name| match part(syntax, one, "set", name) {
        Some(Part::Node(it)) => Some(it),
        _ => None,
    };
    let keeps = one.setting("keeps") == Some("true");
    Some((node, part("name")?, part("value"), keeps))
}

fn subject(stated: &str) -> Subject {
    match stated {
        "reads" => Subject::Reads,
        "ports" => Subject::Ports,
        _ => Subject::Routes,
    }
}

/// A prefix without the slash at its end, where the framework drops it.
fn trimmed(one: &Found<'_>, prefix: Expr) -> Expr {
    match prefix {
        Expr::Text(text) if one.setting("trim") == Some("true") => {
            Expr::Text(text.trim_end_matches('/').to_owned())
        }
        other => other,
    }
}

/// Whether what is found counts only on objects that are known to be routers.
fn needs_router(one: &Found<'_>) -> bool {
    one.setting("only") == Some("routers")
}

fn empty() -> Expr {
    Expr::Text(String::new())
}

fn style(one: &Found<'_>) -> RouteStyle {
    match one.setting("style") {
        Some("angle") => RouteStyle::Angle,
        Some("colon") => RouteStyle::Colon,
        Some("regex") => RouteStyle::Regex,
        Some("prefix") => RouteStyle::Prefix,
        Some("plain") => RouteStyle::Plain,
        Some("mux") => RouteStyle::Mux,
        _ => RouteStyle::Braces,
    }
}

fn slash(one: &Found<'_>) -> Slash {
    match one.setting("slash") {
        Some("either") => Slash::Either,
        Some("added") => Slash::Added,
        _ => Slash::Strict,
    }
}

/// `5/minute`, `100 per 15 minutes`.
fn rate(text: &str) -> Option<GuardKind> {
    let first = text.split([';', ',']).next()?;
    let words: Vec<&str> = first
        .split(|it: char| it == '/' || it.is_whitespace())
        .filter(|it| !it.is_empty() && *it != "per")
        .collect();
    let (requests, many, unit) = match words.as_slice() {
        [requests, unit] => (requests, 1, unit),
        [requests, many, unit] => (requests, many.parse().ok()?, unit),
        _ => return None,
    };
    let seconds: u32 = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        _ => return None,
    };
    Some(GuardKind::Rate {
        requests: requests.parse().ok()?,
        seconds: seconds.checked_mul(many)?,
    })
}
