//! Routes that Spring's language for routers makes: `coRouter { GET("/orders", handler::all) }`
//! (docs.spring.io/spring-framework/reference/languages/kotlin/web.html).

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::File;
use super::expr::{given, lambda};
use super::scope::{bare, child, parts};
use crate::code::captures::Syntax;
use crate::code::expr::{MAX_DEPTH, join};
use crate::code::jvm::{METHODS, functional};
use crate::code::{CodeFacts, Expr};

/// What begins a router.
const ROUTERS: [&str; 2] = ["router", "coRouter"];
/// What stands in a router and adds no routes.
const AROUND: [&str; 6] = [
    "after",
    "before",
    "context",
    "filter",
    "onError",
    "withAttribute",
];

type Made = (String, Expr, TextRange);

impl<'a> File<'a> {
    /// Adds the routes of the routers of the file, if all of them are understood.
    pub(super) fn add_functional(&self, facts: &mut CodeFacts) {
        // Builders of Java may be used beside it.
        let mut imports = self.scopes.imports.iter();
        if !functional::is_open(facts) || imports.any(|it| it.path.ends_with("RouterFunctions")) {
            return;
        }
        let calls = self.scopes.calls.iter();
        let routers = calls.filter(|it| {
            let callee = it.children().next().map_or("", Node::text);
            ROUTERS.contains(&callee)
        });
        let mut made = Vec::new();
        let mut count = 0;
        for router in routers {
            count += 1;
            let body = lambda(*router);
            let Some(found) = body.and_then(|it| self.routes_in(it, &[], MAX_DEPTH)) else {
                return;
            };
            made.extend(found);
        }
        if count > 0 {
            functional::settle(made, facts);
        }
    }

    /// The routes that the statements of a lambda make, below `prefix`.
    fn routes_in(&self, body: Node<'a>, prefix: &[Expr], left: u32) -> Option<Vec<Made>> {
        let left = left.checked_sub(1)?;
        let statements = body
            .children()
            .filter(|it| it.kind() != "lambda_parameters");
        let statements = statements.flat_map(|it| {
            let is_list = it.kind() == "statements";
            let inner: Vec<Node<'a>> = if is_list {
                it.children().collect()
            } else {
                vec![it]
            };
            inner
        });
        let mut found = Vec::new();
        for statement in statements {
            let call = bare(statement);
            if call.kind() != "call_expression" {
                return None;
            }
            let callee = call.children().next()?;
            if let Some((on, name)) = parts(callee) {
                let inner = lambda(call).filter(|_| name == "nest")?;
                let inside = self.nested(on, prefix)?;
                found.extend(self.routes_in(inner, &inside, left)?);
                continue;
            }
            let name = callee.text();
            let list = child(child(call, "call_suffix")?, "value_arguments");
            let arguments = list.map(|it| given(it, None)).unwrap_or_default();
            match arguments.as_slice() {
                [path, ..] if METHODS.contains(&name) => {
                    let made = self.below(prefix, *path)?;
                    found.push((name.to_owned(), made, self.place(*path).range));
                }
                _ if AROUND.contains(&name) => {}
                _ => return None,
            }
        }
        Some(found)
    }

    /// What stands before the routes of a nested router: `"/api".nest`, `path("/api").nest`, `accept(…).nest`.
    fn nested(&self, on: Node<'a>, prefix: &[Expr]) -> Option<Vec<Expr>> {
        let on = bare(on);
        let path = if on.kind() == "string_literal" {
            on
        } else {
            let callee = on.children().next().map_or("", Node::text);
            let list = child(child(on, "call_suffix")?, "value_arguments")?;
            match callee {
                "path" => given(list, None).into_iter().next()?,
                "accept" | "contentType" | "headers" => return Some(prefix.to_vec()),
                _ => return None,
            }
        };
        Some(vec![self.below(prefix, path)?])
    }

    fn below(&self, prefix: &[Expr], path: Node<'a>) -> Option<Expr> {
        let path = self.expr(path);
        let is_known = !matches!(path, Expr::Unknown);
        is_known.then(|| join(prefix.iter().cloned().chain([path])))
    }
}
