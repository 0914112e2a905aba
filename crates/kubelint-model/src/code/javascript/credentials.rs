//! Functions of the program that answer only those who bring credentials: middleware of Express and Koa, and guards of Nest.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::File;
use super::scope::{is_function, parameters};
use crate::code::{CodeFacts, Expr, Guard, GuardKind, Place, Router};

/// What refuses a request.
const REFUSALS: [&str; 7] = [
    "401",
    "403",
    "UNAUTHORIZED",
    "Unauthorized",
    "unauthorized",
    "FORBIDDEN",
    "Forbidden",
];
/// What looks at the credentials of a request; in small letters.
const CREDENTIALS: [&str; 7] = [
    "authorization",
    "x-api-key",
    "x-auth-token",
    "x-access-token",
    "isauthenticated()",
    "apikey",
    "extracttoken",
];
/// What makes exceptions, by the path or otherwise.
const EXCEPTIONS: [&str; 15] = [
    ".path",
    ".url",
    "originalUrl",
    "baseUrl",
    "routerPath",
    "routeOptions",
    "skip",
    "public",
    "Public",
    "exclude",
    "whitelist",
    "Whitelist",
    "allowlist",
    "Allowlist",
    "optional",
];
/// Texts of more bytes are not looked at.
const MOST_BYTES: usize = 8_000;

/// Makes middleware of the functions that are such.
pub(super) fn settle(file: &File<'_>, facts: &mut CodeFacts) {
    let nodes = file
        .outline
        .functions
        .iter()
        .zip(&file.outline.function_nodes);
    for (function, node) in nodes.skip(1) {
        if !function.name.is_empty() && is_middleware(*node) {
            let place = Place {
                range: head(*node),
                function: function.parent,
                is_conditional: false,
            };
            facts.routers.push(Router {
                name: function.name.clone(),
                prefix: Expr::Text(String::new()),
                is_application: false,
                is_middleware: true,
                place,
            });
            facts.guards.push(Guard {
                on: function.name.clone(),
                kind: GuardKind::Auth,
                place,
            });
        }
    }
}

/// The first line of a function.
fn head(node: Node<'_>) -> TextRange {
    let range = node.range();
    let line = node.text().lines().next().unwrap_or_default();
    TextRange::new(range.start, range.start + line.len() as u32)
}

/// Whether a function is given a request and what answers it, and hands on only what brings credentials.
fn is_middleware(node: Node<'_>) -> bool {
    if !is_function(node) || node.kind() == "method_definition" {
        return false;
    }
    let names: Vec<&str> = parameters(node).iter().map(|it| it.name.text()).collect();
    let is_given = match names.as_slice() {
        [_, _, next] | [_, next] => next.trim_start_matches('_').starts_with("next"),
        _ => false,
    };
    let body = node.field("body").filter(|_| is_given);
    body.is_some_and(|it| hands_on(it.text()) && refuses(it))
}

fn hands_on(text: &str) -> bool {
    text.contains("next(")
}

/// Whether a body refuses what brings no credentials, and makes no exceptions.
pub(super) fn refuses(body: Node<'_>) -> bool {
    let text = body.text();
    if text.len() > MOST_BYTES || EXCEPTIONS.iter().any(|it| text.contains(it)) {
        return false;
    }
    let small = text.to_ascii_lowercase();
    CREDENTIALS.iter().any(|it| small.contains(it)) && refuses_first(body)
}

/// Whether the first that depends on a request is that it is refused.
fn refuses_first(body: Node<'_>) -> bool {
    let mut open: Vec<Node<'_>> = body.children().collect();
    open.reverse();
    while let Some(statement) = open.pop() {
        match statement.kind() {
            "try_statement" => {
                let inner = statement.field("body").into_iter().flat_map(Node::children);
                let mut inner: Vec<Node<'_>> = inner.collect();
                inner.reverse();
                open.extend(inner);
            }
            "if_statement" => {
                let parts = (statement.field("condition"), statement.field("consequence"));
                let (Some(condition), Some(then)) = parts else {
                    return false;
                };
                // What browsers ask before they ask brings no credentials.
                if condition.text().contains("OPTIONS") {
                    continue;
                }
                let lacks = ["!", "== null", "== undefined"];
                let lacks = lacks.iter().any(|it| condition.text().contains(it));
                let then = then.text();
                return lacks
                    && !hands_on(then)
                    && !condition.text().contains("process.env.NODE_ENV")
                    && REFUSALS.iter().any(|it| then.contains(it));
            }
            "lexical_declaration" | "variable_declaration" | "comment" => {}
            "expression_statement" if !hands_on(statement.text()) => {}
            _ => return false,
        }
    }
    false
}
