//! Functions that let requests through only with credentials: middleware of one's own.

use kubelint_parser::code::Node;

/// How a refusal is written: 401, or 403 for want of a key.
const REFUSALS: [&str; 4] = [
    "StatusUnauthorized",
    "StatusForbidden",
    "401",
    "ErrUnauthorized",
];
/// What says that credentials are looked at.
const CREDENTIALS: [&str; 8] = [
    "\"Authorization\"",
    "\"authorization\"",
    "HeaderAuthorization",
    "BasicAuth()",
    "API-Key\"",
    "Api-Key\"",
    "Token\"",
    "token\"",
];
/// What says that there may be exceptions.
const EXCEPTIONS: [&str; 12] = [
    "Path",
    "path",
    "RequestURI",
    "RequestURL",
    "Skip",
    "skip",
    "Public",
    "public",
    "Exempt",
    "exempt",
    "Allow",
    "Method",
];
/// How the request is handed on.
const ON: [&str; 3] = [".Next()", ".ServeHTTP(", "next("];
/// Larger functions are not looked at.
const MOST_BYTES: usize = 6_000;
const MOST_NODES: usize = 4_000;

/// Whether a function refuses all requests without credentials: it hands a request on once, at its end, and gives up before where
/// something is wrong with its credentials.
pub(super) fn is_gate(function: Node<'_>) -> bool {
    let Some(body) = function.field("body") else {
        return false;
    };
    let text = body.text();
    let has = |all: &[&str]| all.iter().any(|it| text.contains(it));
    if text.len() > MOST_BYTES || !has(&REFUSALS) || !has(&CREDENTIALS) || has(&EXCEPTIONS) {
        return false;
    }
    let on: Vec<usize> = ON
        .iter()
        .flat_map(|it| text.match_indices(it).map(|it| it.0))
        .collect();
    let [on] = on.as_slice() else {
        return false;
    };
    let on = body.range().start as usize + on;
    let mut refuses = false;
    let mut open: Vec<Node<'_>> = vec![body];
    let mut left = MOST_NODES;
    while let Some(node) = open.pop() {
        let Some(less) = left.checked_sub(1) else {
            return false;
        };
        left = less;
        if node.kind() == "if_statement" {
            let is_refusal = node.field("consequence").is_some_and(|it| {
                let text = it.text();
                let gives_up = text.contains("return") || text.contains("Abort");
                REFUSALS.iter().any(|it| text.contains(it)) && gives_up
            });
            let condition = node.field("condition").map_or("", Node::text);
            // Where all of several must hold, it may be switched off.
            if is_refusal && condition.contains("&&") {
                return false;
            }
            refuses |= is_refusal && (node.range().end as usize) < on;
            // What hands on within a condition may do so without.
            let holds = |it: Option<Node<'_>>| {
                it.is_some_and(|it| {
                    let range = it.range();
                    (range.start as usize..range.end as usize).contains(&on)
                })
            };
            if holds(node.field("consequence")) || holds(node.field("alternative")) {
                return false;
            }
        }
        if matches!(node.kind(), "expression_switch_statement" | "for_statement") {
            return false;
        }
        open.extend(node.children());
    }
    refuses
}
