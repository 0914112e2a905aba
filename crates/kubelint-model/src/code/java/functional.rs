//! Routes that functions of Spring make: `route().GET("/orders", handler).build()`
//! (docs.spring.io/spring-framework/reference/web/webmvc-functional.html).

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::File;
use super::scope::bare;
use crate::code::captures::Syntax;
use crate::code::expr::{MAX_DEPTH, join};
use crate::code::jvm::{METHODS, functional};
use crate::code::{CodeFacts, Expr};

/// Methods of builders that add no routes.
const AROUND: [&str; 8] = [
    "after",
    "before",
    "build",
    "filter",
    "onError",
    "withAttribute",
    "withAttributes",
    "invalidateCache",
];

/// A route: its method, empty for all, its path, and where that is written.
type Made = (String, Expr, TextRange);

impl<'a> File<'a> {
    /// Adds the routes of methods that make routers, if all of them are understood.
    pub(super) fn add_functional(&self, root: Node<'a>, facts: &mut CodeFacts) {
        if !functional::is_open(facts) {
            return;
        }
        let mut made = Vec::new();
        let mut open = vec![root];
        let mut is_known = true;
        let mut count = 0;
        while let Some(node) = open.pop() {
            if node.kind() == "method_declaration" {
                let of = node.field("type").map_or("", Node::text);
                if of.starts_with("RouterFunction") {
                    count += 1;
                    let found = self.router_of(node);
                    is_known &= found.is_some();
                    made.extend(found.unwrap_or_default());
                }
                continue;
            }
            open.extend(node.children());
        }
        // Handlers take their part of the same package.
        if is_known && (count > 0 || !root.text().contains("RouterFunction")) {
            functional::settle(made, facts);
        }
    }

    /// The routes of a method that declares a bean and does nothing but return a router.
    fn router_of(&self, method: Node<'a>) -> Option<Vec<Made>> {
        let modifiers = method.children().find(|it| it.kind() == "modifiers")?;
        let body = method.field("body")?;
        let mut statements = body.children();
        let only = statements
            .next()
            .filter(|it| it.kind() == "return_statement")?;
        if !modifiers.text().contains("@Bean") || statements.next().is_some() {
            return None;
        }
        let value = only.children().next()?;
        self.router(value, &[], None, MAX_DEPTH * 4)
    }

    /// The routes that an expression makes, below `prefix`; `builder` is what a lambda calls the builder that it is given.
    fn router(
        &self,
        node: Node<'a>,
        prefix: &[Expr],
        builder: Option<&str>,
        left: u32,
    ) -> Option<Vec<Made>> {
        let left = left.checked_sub(1)?;
        let node = bare(node);
        if node.kind() == "identifier" {
            return (Some(node.text()) == builder).then(Vec::new);
        }
        let name = node
            .field("name")
            .filter(|_| node.kind() == "method_invocation")?;
        let name = name.text();
        let arguments: Vec<Node<'a>> = node.field("arguments")?.children().collect();
        let object = node
            .field("object")
            .filter(|it| it.text() != "RouterFunctions");
        let mut found = match object {
            Some(object) => self.router(object, prefix, builder, left)?,
            None => match (name, arguments.as_slice()) {
                ("route", []) => return Some(Vec::new()),
                ("route" | "nest", [_, _]) => Vec::new(),
                _ => return None,
            },
        };
        match (name, arguments.as_slice()) {
            (_, [path, .., _]) if METHODS.contains(&name) => {
                found.push((
                    name.to_owned(),
                    self.below(prefix, *path)?,
                    self.place(*path).range,
                ));
            }
            ("route" | "andRoute", [predicate, _]) => {
                let (method, path) = Self::predicate(*predicate, left)?;
                found.push((method, self.below(prefix, path)?, self.place(path).range));
            }
            ("path", [path, inner]) => {
                let inside = [self.below(prefix, *path)?];
                found.extend(self.inner(*inner, &inside, left)?);
            }
            ("nest" | "andNest", [predicate, inner]) => {
                let (method, path) = Self::predicate(*predicate, left)?;
                let inside = [self.below(prefix, path).filter(|_| method.is_empty())?];
                found.extend(self.inner(*inner, &inside, left)?);
            }
            ("and" | "andOther" | "add", [other]) => {
                found.extend(self.router(*other, prefix, builder, left)?);
            }
            _ if AROUND.contains(&name) => {}
            _ => return None,
        }
        Some(found)
    }

    /// What stands in a nested router: another one, or a function of its builder.
    fn inner(&self, node: Node<'a>, prefix: &[Expr], left: u32) -> Option<Vec<Made>> {
        if node.kind() != "lambda_expression" {
            return self.router(node, prefix, None, left);
        }
        let parameter = node.field("parameters")?.text();
        let body = node.field("body")?;
        if body.kind() != "block" {
            return self.router(body, prefix, Some(parameter), left);
        }
        let mut found = Vec::new();
        for statement in body.children() {
            let value = statement
                .children()
                .next()
                .filter(|_| statement.kind() == "expression_statement")?;
            found.extend(self.router(value, prefix, Some(parameter), left)?);
        }
        Some(found)
    }

    /// The method and the path that a predicate asks for: `GET("/orders")`, `path("/orders").and(accept(…))`.
    fn predicate(node: Node<'a>, left: u32) -> Option<(String, Node<'a>)> {
        let left = left.checked_sub(1)?;
        let node = bare(node);
        let name = node
            .field("name")
            .filter(|_| node.kind() == "method_invocation")?;
        let mut arguments = node.field("arguments")?.children();
        let first = arguments.next()?;
        let object = node
            .field("object")
            .filter(|it| it.text() != "RequestPredicates");
        match (name.text(), object) {
            ("and", Some(object)) => {
                let besides = ["accept(", "contentType(", "queryParam(", "headers("];
                let text = first.text();
                let text = text.strip_prefix("RequestPredicates.").unwrap_or(text);
                let is_aside = besides.iter().any(|it| text.starts_with(it));
                Self::predicate(object, left).filter(|_| is_aside)
            }
            ("path", None) => Some((String::new(), first)),
            (method, None) if METHODS.contains(&method) => Some((method.to_owned(), first)),
            _ => None,
        }
    }

    fn below(&self, prefix: &[Expr], path: Node<'a>) -> Option<Expr> {
        let path = self.expr(path);
        let is_known = !matches!(path, Expr::Unknown);
        is_known.then(|| join(prefix.iter().cloned().chain([path])))
    }
}
