//! Small questions to the nodes of C#'s grammar.

use kubelint_parser::code::Node;

/// How many wrappers around an expression are looked through.
const MOST_WRAPPERS: usize = 16;

/// An expression without parentheses, `await`, `!` at its end, and casts.
pub(super) fn bare(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    for _ in 0..MOST_WRAPPERS {
        let inner = match node.kind() {
            "parenthesized_expression" | "await_expression" | "checked_expression" => {
                node.children().next()
            }
            "postfix_unary_expression" if node.text().ends_with('!') => node.children().next(),
            "cast_expression" => node.field("value"),
            "as_expression" => node.field("left"),
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node
}

/// The last name of a type or member, without type arguments: `List` of `System.List<T>`.
pub(super) fn simple(node: Node<'_>) -> &str {
    let mut node = node;
    for _ in 0..MOST_WRAPPERS {
        let inner = match node.kind() {
            "qualified_name"
            | "alias_qualified_name"
            | "member_access_expression"
            | "member_binding_expression" => node.field("name"),
            "generic_name" | "nullable_type" | "primary_constructor_base_type" => {
                node.children().next()
            }
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node.text()
}

/// The name of the method that a call calls.
pub(super) fn called(call: Node<'_>) -> Option<&str> {
    let function = call.field("function")?;
    match function.kind() {
        "member_access_expression" | "identifier" | "generic_name" => Some(simple(function)),
        "conditional_access_expression" => {
            let last = function.children().last()?;
            Some(simple(last))
        }
        _ => None,
    }
}

/// What a method is called on.
pub(super) fn called_on(function: Node<'_>) -> Option<Node<'_>> {
    match function.kind() {
        "member_access_expression" => function.field("expression"),
        "conditional_access_expression" => function.field("condition"),
        _ => None,
    }
}

/// The type arguments of what is called: `T` of `Get<T>()`.
pub(super) fn type_argument(call: Node<'_>) -> Option<Node<'_>> {
    let function = call.field("function")?;
    let name = match function.kind() {
        "generic_name" => function,
        "conditional_access_expression" => function.children().last()?.field("name")?,
        _ => function.field("name")?,
    };
    let list = name
        .children()
        .find(|it| it.kind() == "type_argument_list")?;
    list.children().next()
}

/// The arguments of a list, each with its name if it has one.
pub(super) fn arguments(list: Node<'_>) -> Vec<(Option<&str>, Node<'_>)> {
    let all = list
        .children()
        .filter(|it| matches!(it.kind(), "argument" | "attribute_argument"));
    all.filter_map(|it| {
        let name = it.field("name");
        let value = it
            .children()
            .filter(|part| name.is_none_or(|name| name.id() != part.id()));
        Some((name.map(Node::text), value.last()?))
    })
    .collect()
}

/// Whether what stands in a statement of this kind may run never or often.
pub(super) fn is_loop(kind: &str) -> bool {
    matches!(
        kind,
        "for_statement" | "foreach_statement" | "while_statement" | "do_statement"
    )
}

/// The text of a literal, if it is one.
pub(super) fn text(node: Node<'_>) -> Option<String> {
    match node.kind() {
        "string_literal" => Some(content(node)),
        "verbatim_string_literal" => {
            let inner = node.text().strip_prefix("@\"")?.strip_suffix('"')?;
            Some(inner.replace("\"\"", "\""))
        }
        "raw_string_literal" => {
            let content = node.children().find(|it| it.kind() == "raw_string_content");
            Some(content.map_or("", Node::text).trim().to_owned())
        }
        _ => None,
    }
}

fn content(node: Node<'_>) -> String {
    let parts = node.children().map(|it| match it.kind() {
        "escape_sequence" => unescaped(it.text()),
        _ => it.text(),
    });
    parts.collect()
}

/// What the commonest escapes mean; others are left as they are.
pub(super) fn unescaped(text: &str) -> &str {
    match text {
        "\\n" => "\n",
        "\\t" => "\t",
        "\\r" => "\r",
        "\\\\" => "\\",
        "\\\"" => "\"",
        other => other,
    }
}
