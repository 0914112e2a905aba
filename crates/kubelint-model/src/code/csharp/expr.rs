//! What an expression of C# says.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::File;
use super::syntax::{arguments, bare, called, called_on, simple, text, unescaped};
use crate::code::Expr;
use crate::code::expr::{MAX_DEPTH, MAX_PARTS, either, join, or};

/// Methods of texts that leave as it is what matters of a value.
const SAME: [&str; 6] = [
    "Trim",
    "ToString",
    "ToLower",
    "ToLowerInvariant",
    "TrimEnd",
    "TrimStart",
];
/// Functions that make another type of a value, and nothing else.
const CONVERSIONS: [&str; 8] = [
    "int.Parse",
    "Int32.Parse",
    "ushort.Parse",
    "Convert.ToInt32",
    "Convert.ToString",
    "bool.Parse",
    "Convert.ToBoolean",
    "long.Parse",
];

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
        if let Some(text) = text(node) {
            return Expr::Text(text);
        }
        if let Some(read) = self.reads.get(&node.id()) {
            return match self.value_in(read.name, left) {
                Expr::Text(name) => Expr::Variable {
                    name,
                    default: read.default.map(|it| Box::new(self.value_in(it, left))),
                },
                name => Expr::VariableOf {
                    name: Box::new(name),
                    default: None,
                },
            };
        }
        match node.kind() {
            "integer_literal" => Expr::Text(node.text().replace('_', "")),
            "boolean_literal" => Expr::Text(node.text().to_owned()),
            "interpolated_string_expression" => self.interpolated(node, left),
            "binary_expression" => self.operator(node, left),
            "conditional_expression" => {
                let parts = [node.field("consequence"), node.field("alternative")];
                let parts = parts.into_iter().flatten();
                either(parts.map(|it| self.value_in(it, left)))
            }
            "identifier" => Expr::Name(match self.receiver(node) {
                Some(router) => router,
                None => self.path(node),
            }),
            "member_access_expression" => self.member(node),
            "invocation_expression" => self.call(node, left),
            "object_creation_expression" => match node.field("type") {
                Some(class) => Expr::Call {
                    callee: simple(class).to_owned(),
                    arguments: Vec::new(),
                    named: Vec::new(),
                },
                None => Expr::Unknown,
            },
            _ => match items(node) {
                Some(all) if all.len() <= MAX_PARTS => {
                    Expr::List(all.iter().map(|it| self.value_in(*it, left)).collect())
                }
                _ => Expr::Unknown,
            },
        }
    }

    fn member(&self, node: Node<'a>) -> Expr {
        if let Some(router) = self.receiver(node) {
            return Expr::Name(router);
        }
        let Some(name) = node.field("name") else {
            return Expr::Unknown;
        };
        let Some(of) = node.field("expression") else {
            return Expr::Name(self.path(name));
        };
        match bare(of).kind() {
            "identifier" => {
                let of = self.path(bare(of));
                // `string.Empty`, however the type is called.
                if name.text() == "Empty" && of == "String" {
                    return Expr::Text(String::new());
                }
                Expr::Name(format!("{of}.{}", name.text()))
            }
            "predefined_type" if of.text() == "string" && name.text() == "Empty" => {
                Expr::Text(String::new())
            }
            "member_access_expression" => Expr::Name(format!("{}.{}", simple(of), name.text())),
            _ => Expr::Unknown,
        }
    }

    fn interpolated(&self, node: Node<'a>, left: u32) -> Expr {
        let mut parts = Vec::new();
        for part in node.children().take(MAX_PARTS) {
            match part.kind() {
                // A brace of the text itself is written twice.
                "string_content" => {
                    let text = part.text().replace("{{", "{").replace("}}", "}");
                    parts.push(Expr::Text(text));
                }
                "escape_sequence" => parts.push(Expr::Text(unescaped(part.text()).to_owned())),
                "interpolation" => {
                    let inner = part.children().find(|it| {
                        !matches!(
                            it.kind(),
                            "interpolation_brace" | "interpolation_format_clause"
                        )
                    });
                    parts.push(inner.map_or(Expr::Unknown, |it| self.value_in(it, left)));
                }
                _ => {}
            }
        }
        join(parts)
    }

    fn operator(&self, node: Node<'a>, left: u32) -> Expr {
        let parts = (node.field("left"), node.field("right"));
        let (Some(first), Some(second)) = parts else {
            return Expr::Unknown;
        };
        let a = self.value_in(first, left);
        match node.field("operator").map(Node::text) {
            Some("+") => {
                let b = self.value_in(second, left);
                let is_text = |it: &Expr| matches!(it, Expr::Text(_) | Expr::Join(_));
                // Of two names nobody can tell whether they are texts; two numbers are added.
                let is_number = |it: &Expr| it.text().is_some_and(|it| it.parse::<f64>().is_ok());
                if (is_text(&a) || is_text(&b)) && !(is_number(&a) && is_number(&b)) {
                    join([a, b])
                } else {
                    Expr::Unknown
                }
            }
            Some("??") if second.kind() == "throw_expression" => a,
            Some("??") => or(a, self.value_in(second, left), false),
            _ => Expr::Unknown,
        }
    }

    fn call(&self, node: Node<'a>, left: u32) -> Expr {
        if let Some(router) = self.receiver(node) {
            return Expr::Name(router);
        }
        let (Some(name), Some(function)) = (called(node), node.field("function")) else {
            return Expr::Unknown;
        };
        let list = node.field("arguments").map(arguments).unwrap_or_default();
        if CONVERSIONS.contains(&function.text()) {
            return list
                .first()
                .map_or(Expr::Unknown, |it| self.value_in(it.1, left));
        }
        // The text of a name: its last part.
        if function.text() == "nameof" {
            let last = list.first().map(|it| simple(it.1).to_owned());
            return last.map_or(Expr::Unknown, Expr::Text);
        }
        if let Some(on) = called_on(function) {
            if SAME.contains(&name) && list.is_empty() {
                return self.value_in(on, left);
            }
            if !self.is_type(on) {
                return Expr::Unknown;
            }
        }
        let callee = match called_on(function) {
            Some(on) => format!("{}.{name}", simple(on)),
            None => self.outline.resolve(name, node.range().start),
        };
        Expr::Call {
            callee,
            arguments: list
                .iter()
                .filter(|it| it.0.is_none())
                .map(|it| self.value_in(it.1, left))
                .collect(),
            named: Vec::new(),
        }
    }
}

/// The items of a list or array that is written out.
pub(super) fn items(node: Node<'_>) -> Option<Vec<Node<'_>>> {
    match node.kind() {
        "implicit_array_creation_expression" | "array_creation_expression" => {
            let inner = node
                .children()
                .find(|it| it.kind() == "initializer_expression")?;
            Some(inner.children().collect())
        }
        "collection_expression" => {
            let elements = node.children().map(|it| {
                let inner = it.children().next()?;
                (inner.kind() == "expression_element").then(|| inner.children().next())?
            });
            elements.collect()
        }
        _ => None,
    }
}

/// The place of a text without its quotes.
pub(super) fn inner(node: Node<'_>) -> TextRange {
    let range = node.range();
    let before = match node.kind() {
        "string_literal" => 1,
        "verbatim_string_literal" | "interpolated_string_expression" => 2,
        _ => return range,
    };
    if range.end.saturating_sub(range.start) <= before {
        return range;
    }
    TextRange::new(range.start + before, range.end - 1)
}
