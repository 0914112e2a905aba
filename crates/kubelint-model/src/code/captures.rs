//! From what the patterns of frameworks find to facts. Knows no language: what a node says is asked of [`Syntax`].

mod parts;
mod routes;
mod servers;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use self::parts::part;
pub(super) use self::parts::{ReadAt, is_meant, read_at, set_at};
use super::expr::join;
use super::patterns::Found;
use super::{CodeFacts, Expr, Failure, Place, Route, RouteStyle, Router, Slash};

/// What a language tells of the nodes of a file.
pub(super) trait Syntax<'a> {
    /// What an expression says.
    fn expr(&self, node: Node<'a>) -> Expr;
    /// The milliseconds that a length of time has.
    fn milliseconds(&self, node: Node<'a>) -> Expr {
        self.expr(node)
    }
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
    /// What becomes of the program where the call `node` fails.
    fn failure(&self, _node: Node<'a>) -> Failure {
        Failure::Ends
    }
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
        let kinds: [(&str, Add<'s, 'a, S>); 15] = [
            ("router", Self::router),
            ("mount", Self::mount),
            ("routes", Self::routes),
            ("route", Self::route),
            ("guard", Self::guard),
            ("ahead", Self::ahead),
            ("listen", Self::listen),
            ("file", Self::file),
            ("opened", Self::opened),
            ("looked", Self::looked),
            ("wait", Self::wait),
            ("entry", Self::entry),
            ("command", Self::command),
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
                Expr::Text(text) if text.starts_with('/') => Expr::Text(text),
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
        // What is called on middleware makes exceptions: `jwt(…).unless(…)`.
        let is_changed = node
            .parent()
            .is_some_and(|it| it.kind() == "member_expression");
        if is_changed && one.setting("middleware") == Some("true") {
            return;
        }
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
            is_middleware: one.setting("middleware") == Some("true"),
            place,
        });
    }
}

type Add<'s, 'a, S> = fn(&mut Captures<'s, 'a, S>, &Found<'a>, Node<'a>);

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
