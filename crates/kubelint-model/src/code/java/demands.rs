//! Whether a program goes on without a value: what it does where that is `null`.

use kubelint_parser::code::Node;

use super::scope::bare;

/// More statements of one block are not looked at.
const MOST_STATEMENTS: usize = 40;

/// Whether the program ends where the value of `node` is not there.
pub(super) fn is_demanded(node: Node<'_>) -> bool {
    let mut at = node;
    while let Some(around) = at.parent() {
        if around.kind() != "parenthesized_expression" && around.kind() != "argument_list" {
            break;
        }
        at = around;
    }
    let Some(around) = at.parent() else {
        return false;
    };
    match around.kind() {
        "method_invocation" => match around.field("name").map(Node::text) {
            Some("requireNonNull") => true,
            Some("ofNullable") => {
                let outer = around.parent();
                let outer = outer.filter(|it| it.kind() == "method_invocation");
                outer.and_then(|it| it.field("name")).map(Node::text) == Some("orElseThrow")
            }
            _ => false,
        },
        "binary_expression" => {
            let of_null = around.children().any(|it| it.kind() == "null_literal");
            let outer = around.parent().and_then(Node::parent);
            let outer = outer.filter(|it| it.kind() == "if_statement");
            of_null && outer.is_some_and(ends)
        }
        "variable_declarator" => {
            let name = around.field("name").map_or("", Node::text);
            let statement = around.parent();
            let statement = statement.filter(|it| it.kind() == "local_variable_declaration");
            let own = around.field("value").map(bare).map(Node::id) == Some(node.id());
            own && statement.is_some_and(|it| is_checked(name, it))
        }
        _ => false,
    }
}

/// Whether the statements behind `statement` end the program where the variable `name` holds nothing.
fn is_checked(name: &str, statement: Node<'_>) -> bool {
    let Some(block) = statement.parent() else {
        return false;
    };
    let behind = block
        .children()
        .skip_while(|it| it.id() != statement.id())
        .skip(1);
    for it in behind.take(MOST_STATEMENTS) {
        let text: String = it.text().split_whitespace().collect();
        if it.kind() == "if_statement" {
            let condition = it.field("condition").map_or("", Node::text);
            let condition: String = condition.split_whitespace().collect();
            let condition = condition.trim_start_matches('(').trim_end_matches(')');
            let is_null = format!("{name}==null");
            let mut parts = condition.split("||");
            if !condition.contains("&&") && parts.any(|it| it == is_null) {
                return ends(it);
            }
        }
        // A value that stands for it may be given before.
        if text.starts_with(&format!("{name}=")) {
            return false;
        }
    }
    false
}

/// Whether what an `if` does ends the program.
fn ends(statement: Node<'_>) -> bool {
    let Some(then) = statement.field("consequence") else {
        return false;
    };
    let last = match then.kind() {
        "block" => then.children().last(),
        _ => Some(then),
    };
    last.is_some_and(|it| it.kind() == "throw_statement")
        || then
            .children()
            .chain([then])
            .any(|it| it.text().starts_with("System.exit("))
}
