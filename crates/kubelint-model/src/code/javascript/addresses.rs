//! Handlers that look at the path of a request by themselves: what they compare it with are routes, and all else nobody can enumerate.

use std::collections::BTreeSet;

use kubelint_parser::code::Node;

use super::File;
use super::scope::is_function;
use crate::code::captures::Syntax;
use crate::code::patterns::Found;
use crate::code::{CodeFacts, Open, Subject};

/// What the path of a request is called.
const NAMES: [&str; 6] = ["url", "path", "pathname", "originalUrl", "reqPath", "uri"];
/// How a handler answers.
const ANSWERS: [&str; 9] = [
    ".send(",
    ".json(",
    ".end(",
    ".sendStatus(",
    ".body =",
    ".sendFile(",
    ".status(",
    ".pipe(",
    ".writeHead(",
];
/// Handlers of more nodes are not looked through.
const MOST_NODES: usize = 20_000;
/// How far the handler may be around the path.
const MOST_AROUND: usize = 64;

/// Adds what a file's handlers make of paths that is no comparison with a text.
pub(super) fn settle<'a>(file: &File<'a>, found: &[Found<'a>], facts: &mut CodeFacts) {
    let mut seen = BTreeSet::new();
    for node in found.iter().filter_map(|it| it.get("url")) {
        let Some(handler) = handler(node).filter(|it| seen.insert(it.id())) else {
            continue;
        };
        let text = handler.text();
        let is_server = is_given_to_server(handler);
        if !is_server && (!text.contains("next") || !ANSWERS.iter().any(|it| text.contains(it))) {
            continue;
        }
        if !is_enumerated(handler) {
            facts.open.push(Open {
                subject: Subject::Routes,
                why: "a handler looks at the path by itself",
                on: None,
                needs_router: false,
                place: file.place(node),
            });
        }
    }
}

/// The function whose parameter the request is.
fn handler(node: Node<'_>) -> Option<Node<'_>> {
    let object = node.field("object")?.text();
    let request = object.split('.').next()?;
    let mut at = node;
    for _ in 0..MOST_AROUND {
        at = at.parent()?;
        if !is_function(at) {
            continue;
        }
        let parameters = at.field("parameters").or(at.field("parameter"));
        if parameters.is_some_and(|it| it.text().contains(request)) {
            return Some(at);
        }
    }
    None
}

fn is_given_to_server(handler: Node<'_>) -> bool {
    let call = handler.parent().and_then(Node::parent);
    let function = call.and_then(|it| it.field("function"));
    function.is_some_and(|it| it.text().ends_with("createServer"))
}

/// Whether all that a handler makes of paths are comparisons with texts, which are routes, and lines of a log.
fn is_enumerated(handler: Node<'_>) -> bool {
    let mut open = vec![handler];
    let mut count = 0;
    while let Some(node) = open.pop() {
        count += 1;
        if count > MOST_NODES {
            return false;
        }
        let is_path = match node.kind() {
            "identifier" => NAMES.contains(&node.text()),
            "member_expression" => {
                let property = node.field("property").map_or("", Node::text);
                let of = node.field("object").map_or("", Node::text);
                NAMES.contains(&property) && !matches!(of, "import.meta" | "process" | "path")
            }
            _ => false,
        };
        if is_path && !is_harmless(node) {
            return false;
        }
        if !is_path {
            open.extend(node.children());
        }
    }
    true
}

/// Whether what is made of a path says which paths there are, or nothing.
fn is_harmless(node: Node<'_>) -> bool {
    let mut at = node;
    for _ in 0..MOST_AROUND {
        let Some(around) = at.parent() else {
            return false;
        };
        let is_call = matches!(around.kind(), "call_expression" | "new_expression");
        let called = around.field("function").or(around.field("constructor"));
        let called = called.filter(|_| is_call).map_or("", Node::text);
        let last = called
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match around.kind() {
            "binary_expression" => {
                let operator = around.field("operator").map_or("", Node::text);
                let sides = [around.field("left"), around.field("right")];
                let has_text = sides.into_iter().flatten().any(|it| it.kind() == "string");
                return matches!(operator, "===" | "==") && has_text;
            }
            "switch_statement" => return true,
            // What is derived is looked at by its own name.
            "variable_declarator" => {
                let name = around.field("name").map_or("", Node::text);
                let own = name.trim_matches(['{', '}', ' ']);
                return own.split(',').all(|it| {
                    let it = it.trim();
                    NAMES.contains(&it)
                        || matches!(it, "query" | "searchParams" | "parsedUrl" | "method")
                });
            }
            _ if is_call
                && ["log", "debug", "info", "warn", "error", "trace"].contains(&last.as_str()) =>
            {
                return true;
            }
            "expression_statement" | "return_statement" | "if_statement" => return false,
            _ if is_function(around) => return false,
            _ => at = around,
        }
    }
    false
}
