//! What an expression of JavaScript says.

use kubelint_parser::code::Node;

use super::File;
use super::scope::bare;
use super::strings::{self, Piece};
use crate::code::Expr;
use crate::code::captures::Syntax;
use crate::code::expr::{MAX_DEPTH, MAX_PARTS, below, either, join, or};

/// Methods of texts that leave as it is what matters of a value.
const SAME: [&str; 5] = ["trim", "toString", "toLowerCase", "trimEnd", "trimStart"];
/// Functions that make another type of a value, and nothing else.
const CONVERSIONS: [&str; 6] = [
    "Number",
    "String",
    "parseInt",
    "Number.parseInt",
    "parseFloat",
    "Object.freeze",
];

/// What members of objects are called that hold addresses which the program does not ask.
const NOT_CALLED: [&str; 9] = [
    "origin",
    "issuer",
    "audience",
    "callback",
    "redirect",
    "referer",
    "namespace",
    "description",
    "example",
];

impl<'a> File<'a> {
    /// What the expression `node` says.
    pub(super) fn value(&self, node: Node<'a>) -> Expr {
        self.value_in(node, MAX_DEPTH)
    }

    /// As [`Self::value`], with `left` steps to go.
    pub(super) fn value_in(&self, node: Node<'a>, left: u32) -> Expr {
        let Some(left) = left.checked_sub(1) else {
            return Expr::Unknown;
        };
        let node = bare(node);
        if let Some(read) = self.read_of(node) {
            return self.variable(read, left);
        }
        match node.kind() {
            "string" | "template_string" => self.string(node, left),
            "number" => number(node.text()).map_or(Expr::Unknown, Expr::Text),
            "true" | "false" => Expr::Text(node.text().to_owned()),
            // The name of a member stands for its text.
            "property_identifier" | "shorthand_property_identifier_pattern" => {
                Expr::Text(node.text().to_owned())
            }
            "unary_expression" => self.unary(node, left),
            "binary_expression" => self.operator(node, left),
            "ternary_expression" => {
                let parts = [node.field("consequence"), node.field("alternative")];
                let parts = parts.into_iter().flatten();
                either(parts.map(|it| self.value_in(it, left)))
            }
            "array" => {
                let items = node.children().take(MAX_PARTS + 1);
                let items: Vec<Expr> = items.map(|it| self.value_in(it, left)).collect();
                if items.len() > MAX_PARTS {
                    Expr::Unknown
                } else {
                    Expr::List(items)
                }
            }
            "call_expression" | "new_expression" => self.call(node, left),
            "identifier" | "type_identifier" | "this" => {
                self.name(node).map_or(Expr::Unknown, Expr::Name)
            }
            "shorthand_property_identifier" => {
                Expr::Name(self.names.local(node.text(), self.scope(node)))
            }
            "member_expression" | "subscript_expression" => match self.name(node) {
                Some(name) => Expr::Name(name),
                None => self.member(node, left),
            },
            _ if super::scope::is_function(node) => {
                let scopes = &self.names.scopes;
                Expr::Name(scopes.own_path(scopes.of_node(node)).to_owned())
            }
            _ => Expr::Unknown,
        }
    }

    fn member(&self, node: Node<'a>, left: u32) -> Expr {
        let parts = (node.field("object"), node.field("property"));
        let (Some(object), Some(property)) = parts else {
            return Expr::Unknown;
        };
        match self.value_in(object, left) {
            of @ (Expr::Call { .. } | Expr::Member { .. }) => Expr::Member {
                of: Box::new(of),
                name: property.text().to_owned(),
            },
            _ => Expr::Unknown,
        }
    }

    fn string(&self, node: Node<'a>, left: u32) -> Expr {
        let Some(pieces) = strings::pieces(node).filter(|it| it.len() <= MAX_PARTS) else {
            return Expr::Unknown;
        };
        join(pieces.into_iter().map(|it| match it {
            Piece::Text(text) => Expr::Text(text),
            Piece::Value(node) => self.value_in(node, left),
        }))
    }

    fn unary(&self, node: Node<'a>, left: u32) -> Expr {
        let Some(argument) = node.field("argument") else {
            return Expr::Unknown;
        };
        match node.field("operator").map(Node::text) {
            Some("+") => self.value_in(argument, left),
            Some("-") if argument.kind() == "number" => Expr::Text(node.text().to_owned()),
            _ => Expr::Unknown,
        }
    }

    fn operator(&self, node: Node<'a>, left: u32) -> Expr {
        let parts = (node.field("left"), node.field("right"));
        let (Some(first), Some(second)) = parts else {
            return Expr::Unknown;
        };
        let (a, b) = (self.value_in(first, left), self.value_in(second, left));
        match node.field("operator").map(Node::text) {
            Some("+") => {
                let is_text = |node: Node<'a>, value: &Expr| {
                    matches!(value, Expr::Join(_) | Expr::Variable { .. })
                        || strings::pieces(bare(node)).is_some()
                        || (bare(node).kind() == "binary_expression"
                            && matches!(value, Expr::Text(_)))
                };
                // Of two names nobody can tell whether they are texts.
                if is_text(first, &a) || is_text(second, &b) {
                    join([a, b])
                } else {
                    Expr::Unknown
                }
            }
            Some("*") => product(&a, &b).map_or(Expr::Unknown, Expr::Text),
            Some("||") => or(a, b, true),
            Some("??") => or(a, b, false),
            _ => Expr::Unknown,
        }
    }

    fn call(&self, node: Node<'a>, left: u32) -> Expr {
        if let Some(name) = self.name(node) {
            return Expr::Name(name);
        }
        let function = node.field("function").or(node.field("constructor"));
        let Some(function) = function.map(bare) else {
            return Expr::Unknown;
        };
        let arguments = node.field("arguments");
        let first = arguments.and_then(|it| self.argument(it, "0"));
        if function.kind() == "member_expression"
            && let Some(object) = function.field("object")
            && let Some(method) = function.field("property")
            && SAME.contains(&method.text())
        {
            let value = self.value_in(object, left);
            if matches!(value, Expr::Variable { .. } | Expr::Text(_)) {
                return value;
            }
        }
        if function.kind() == "member_expression"
            && let Some(value) = self.of_chain(function, first, left)
        {
            return value;
        }
        let name = self.name(function);
        if let (Some(name), Some(first)) = (&name, first)
            && CONVERSIONS.contains(&name.as_str())
        {
            return self.value_in(first, left);
        }
        let Some(callee) = name else {
            return Expr::Unknown;
        };
        let arguments = arguments.map_or_else(Vec::new, |it| self.arguments(it, left));
        let is_join = |it: &String| matches!(it.as_str(), "path.join" | "path.default.join");
        if self.canonical(function).iter().any(is_join) {
            return below(arguments);
        }
        Expr::Call {
            callee,
            arguments,
            named: Vec::new(),
        }
    }

    /// The texts that the members of an object are.
    fn members(&self, object: Node<'a>) -> Expr {
        let pairs = object.children().filter(|it| it.kind() == "pair");
        // Whom browsers come from, and who made a token, nobody calls.
        let is_called = |it: &Node<'a>| {
            let key = it.field("key").map_or("", Node::text).to_ascii_lowercase();
            !NOT_CALLED.iter().any(|it| key.contains(it))
        };
        let pairs = pairs.take(MAX_PARTS).filter(is_called);
        let values = pairs.filter_map(|it| it.field("value"));
        let values = values.map(|it| self.value_in(it, MAX_DEPTH));
        let texts = values.filter(|it| matches!(it, Expr::Text(_) | Expr::Variable { .. }));
        match texts.collect::<Vec<_>>() {
            none if none.is_empty() => Expr::Unknown,
            texts => Expr::List(texts),
        }
    }

    /// What a chain says that `env-var` makes of a variable: `get('X').default('1').asPortNumber()`.
    fn of_chain(&self, function: Node<'a>, first: Option<Node<'a>>, left: u32) -> Option<Expr> {
        let method = function.field("property")?.text();
        let is_same = matches!(method, "required" | "example")
            || method
                .strip_prefix("as")
                .is_some_and(|it| it.starts_with(|it: char| it.is_ascii_uppercase()));
        if !is_same && method != "default" {
            return None;
        }
        match self.value_in(function.field("object")?, left) {
            value @ Expr::Variable { .. } if is_same => Some(value),
            value @ Expr::Variable { .. } => {
                let default = first.map_or(Expr::Unknown, |it| self.value_in(it, left));
                Some(or(value, default, false))
            }
            _ => None,
        }
    }

    /// The arguments of a call. Behind `...` positions are unknown, and nothing is stated.
    pub(super) fn arguments(&self, arguments: Node<'a>, left: u32) -> Vec<Expr> {
        let known = arguments.children().take(MAX_PARTS);
        let known = known.take_while(|it| it.kind() != "spread_element");
        known.map(|it| self.value_in(it, left)).collect()
    }

    /// As [`Self::arguments`], of a call by itself.
    pub(super) fn call_arguments(&self, arguments: Node<'a>) -> Vec<Expr> {
        if arguments.kind() != "arguments" {
            return Vec::new();
        }
        let known = arguments.children().take(MAX_PARTS);
        let known = known.take_while(|it| it.kind() != "spread_element");
        known
            .map(|it| match bare(it) {
                object if object.kind() == "object" => self.members(object),
                other => self.value_in(other, MAX_DEPTH),
            })
            .collect()
    }
}

/// The product of two whole numbers that are written out: `15 * 60`.
fn product(a: &Expr, b: &Expr) -> Option<String> {
    let number = |it: &Expr| it.text()?.parse::<u64>().ok();
    Some(number(a)?.checked_mul(number(b)?)?.to_string())
}

/// The decimal form of a number; a fraction as it is written.
fn number(text: &str) -> Option<String> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let (digits, base) = match text.get(..2) {
        Some("0x") => (text.get(2..)?, 16),
        Some("0o") => (text.get(2..)?, 8),
        Some("0b") => (text.get(2..)?, 2),
        _ if text.contains('.') => return Some(text),
        _ => (text.as_str(), 10),
    };
    let value = u64::from_str_radix(digits, base).ok()?;
    Some(value.to_string())
}
