//! What an expression of Java says.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::File;
use super::scope::{self, bare};
use crate::code::Expr;
use crate::code::expr::{MAX_DEPTH, MAX_PARTS, either, join};
use crate::code::jvm::placeholder::{or, placed};

/// Methods that make another type of their argument, and nothing else.
const CONVERSIONS: [&str; 8] = [
    "Integer.parseInt",
    "Integer.valueOf",
    "Long.parseLong",
    "Short.parseShort",
    "String.valueOf",
    "Integer.toString",
    "Optional.ofNullable",
    "Objects.requireNonNull",
];
/// Methods that leave as it is what matters of a value.
const SAME: [&str; 5] = ["trim", "toString", "intValue", "strip", "get"];

impl<'a> File<'a> {
    /// What the expression `node` says.
    pub(super) fn value(&self, node: Node<'a>) -> Expr {
        self.value_in(node, MAX_DEPTH)
    }

    fn value_in(&self, node: Node<'a>, left: u32) -> Expr {
        let Some(left) = left.checked_sub(1) else {
            return Expr::Unknown;
        };
        let node = bare(node);
        if let Some(read) = self.reads.get(&node.id()) {
            return self.read_value(read);
        }
        match node.kind() {
            "string_literal" => literal(node).map_or(Expr::Unknown, |it| placed(&it, left)),
            "decimal_integer_literal" => {
                let text = node.text().replace('_', "");
                Expr::Text(text.trim_end_matches(['l', 'L']).to_owned())
            }
            "true" | "false" => Expr::Text(node.text().to_owned()),
            "identifier" | "field_access" | "scoped_identifier" => self.named(node),
            "binary_expression" => {
                let parts = (node.field("left"), node.field("right"));
                match (parts, node.field("operator").map(Node::text)) {
                    ((Some(a), Some(b)), Some("+")) => {
                        join([self.value_in(a, left), self.value_in(b, left)])
                    }
                    _ => Expr::Unknown,
                }
            }
            "ternary_expression" => {
                let parts = [node.field("consequence"), node.field("alternative")];
                let parts = parts.into_iter().flatten();
                either(parts.map(|it| self.value_in(it, left)))
            }
            "element_value_array_initializer" | "array_initializer" => {
                let items = node.children().take(MAX_PARTS + 1);
                let items: Vec<Expr> = items.map(|it| self.value_in(it, left)).collect();
                if items.len() > MAX_PARTS {
                    Expr::Unknown
                } else {
                    Expr::List(items)
                }
            }
            "method_invocation" => self.call(node, left),
            _ => Expr::Unknown,
        }
    }

    /// A name; of enumerations of HTTP methods the method.
    fn named(&self, node: Node<'a>) -> Expr {
        let text = node.text();
        let method = text
            .strip_prefix("RequestMethod.")
            .or_else(|| text.strip_prefix("HttpMethod."));
        match method {
            Some(method) => Expr::Text(method.to_owned()),
            None => scope::name(&self.scopes, node).map_or(Expr::Unknown, Expr::Name),
        }
    }

    fn call(&self, node: Node<'a>, left: u32) -> Expr {
        let (object, name) = (node.field("object"), node.field("name"));
        let (Some(object), Some(name)) = (object, name.map(Node::text)) else {
            return Expr::Unknown;
        };
        let arguments = node.field("arguments").into_iter();
        let mut arguments = arguments.flat_map(Node::children);
        let called = format!("{}.{name}", object.text());
        if CONVERSIONS.contains(&called.as_str()) {
            let first = arguments.next();
            return first.map_or(Expr::Unknown, |it| self.value_in(it, left));
        }
        let value = self.value_in(object, left);
        if !matches!(
            value,
            Expr::Variable { .. } | Expr::Property { .. } | Expr::Text(_)
        ) {
            return Expr::Unknown;
        }
        match name {
            "orElse" => match arguments.next() {
                Some(default) => or(value, self.value_in(default, left)),
                None => Expr::Unknown,
            },
            _ if SAME.contains(&name) => value,
            _ => Expr::Unknown,
        }
    }
}

/// The text of a literal.
pub(super) fn literal(node: Node<'_>) -> Option<String> {
    if node.kind() != "string_literal" {
        return None;
    }
    let mut text = String::new();
    for part in node.children() {
        match part.kind() {
            "escape_sequence" => text.push_str(&escaped(part.text())),
            _ => text.push_str(part.text()),
        }
    }
    Some(text)
}

fn escaped(text: &str) -> String {
    let rest = text.strip_prefix('\\').unwrap_or(text);
    match rest.chars().next() {
        Some('n') => "\n".to_owned(),
        Some('t') => "\t".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('u') => {
            let digits = rest.trim_start_matches('u');
            let number = u32::from_str_radix(digits, 16).ok();
            let found = number.and_then(char::from_u32);
            found.map_or_else(|| text.to_owned(), String::from)
        }
        _ => rest.to_owned(),
    }
}

/// The range of a literal without its quotes; of all else the range.
pub(super) fn inner(node: Node<'_>) -> TextRange {
    let range = node.range();
    let is_quoted = node.kind() == "string_literal" && !node.text().starts_with("\"\"\"");
    if is_quoted && range.end >= range.start + 2 {
        return TextRange::new(range.start + 1, range.end - 1);
    }
    range
}
