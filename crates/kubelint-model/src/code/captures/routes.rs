//! Routes, and routers that are put into others.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::{Captures, Container, Found, Part, Syntax, empty, needs_router, slash, style, trimmed};
use crate::code::expr::join;
use crate::code::{Expr, Mount, Route, Router, Slash};

impl<'a, S: Syntax<'a>> Captures<'_, 'a, S> {
    pub(super) fn routes(&mut self, one: &Found<'a>, node: Node<'a>) {
        if let Some(on) = self.on(one, "routes", node) {
            self.containers.push(Container {
                range: node.range(),
                on,
                prefix: None,
                parent: None,
            });
        }
    }

    pub(super) fn mount(&mut self, one: &Found<'a>, node: Node<'a>) {
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
    pub(super) fn around(&mut self, node: Node<'a>) -> Option<String> {
        let name = self.syntax.target(node, true)?;
        let is_router = self.routers.values().any(|it| *it == name);
        if !is_router && self.lists.insert(name.clone()) {
            self.facts.routers.push(Router {
                name: name.clone(),
                prefix: empty(),
                is_application: false,
                is_middleware: false,
                place: self.syntax.place(node),
            });
        }
        Some(name)
    }

    /// Sorts the containers, and finds what each stands in.
    pub(super) fn nest(&mut self) {
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
    pub(super) fn container(&self, node: Node<'a>) -> Option<(String, Vec<Expr>)> {
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

    pub(super) fn route(&mut self, one: &Found<'a>, node: Node<'a>) {
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
            // What the root of a router means where that stands below a prefix.
            let is_root = path.text() == Some("/");
            let root = one.setting("root").filter(|_| is_root);
            let path = match root {
                Some("empty") => empty(),
                _ => path,
            };
            let parts = prefixes.iter().cloned().chain([path]);
            let number = self.facts.routes.len();
            self.facts.routes.push(Route {
                needs_router: needs_router(one),
                on: on.clone(),
                path: join(parts),
                style: style(one),
                slash: match root {
                    Some("both") => Slash::Added,
                    _ => slash(one),
                },
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

    pub(super) fn paths(&self, one: &Found<'a>) -> Vec<(Expr, Option<TextRange>)> {
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
            Some(other) => {
                let range = match other {
                    Part::Slashed(it) => Some(self.syntax.place(it).range),
                    _ => None,
                };
                vec![(self.value(&other), range)]
            }
            None => vec![(Expr::Unknown, None)],
        }
    }

    pub(super) fn methods(&self, one: &Found<'a>) -> Vec<String> {
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
}
