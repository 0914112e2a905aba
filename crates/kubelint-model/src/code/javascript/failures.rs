//! What a program does where a call throws, or where its promise is rejected.

use kubelint_parser::code::Node;

use crate::code::Failure;

/// Longer chains of promises are not followed.
const MOST_LINKS: usize = 16;

/// What becomes of the program where the call `node` fails: Node ends where nobody catches it.
pub(super) fn of(node: Node<'_>) -> Failure {
    let mut at = node;
    for _ in 0..MOST_LINKS {
        let member = at.parent().filter(|it| it.kind() == "member_expression");
        let call = member.and_then(Node::parent);
        let (Some(member), Some(call)) = (member, call) else {
            return Failure::Ends;
        };
        let is_called = call
            .field("function")
            .is_some_and(|it| it.id() == member.id());
        let method = member.field("property").map_or("", Node::text);
        let handlers = call.field("arguments").filter(|_| is_called);
        let handler = match (method, handlers) {
            ("catch", Some(all)) => all.children().next(),
            ("then", Some(all)) => all.children().nth(1),
            _ => None,
        };
        if let Some(handler) = handler {
            let ends = ["process.exit(", "throw "];
            let ends = ends.iter().any(|it| handler.text().contains(it));
            return if ends {
                Failure::Ends
            } else {
                Failure::Handled
            };
        }
        if method == "catch" {
            return Failure::Handled;
        }
        at = call;
    }
    Failure::Handled
}
