//! What an expression of Kotlin says.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::File;
use super::scope::{self, bare, child, parts};
use crate::code::Expr;
use crate::code::expr::{MAX_DEPTH, MAX_PARTS, either, join};
use crate::code::jvm::placeholder::{or, placed};
use crate::code::jvm::unescaped;

/// Functions that make another type of their argument, and nothing else.
const CONVERSIONS: [&str; 7] = [
    "Integer.parseInt",
    "Integer.valueOf",
    "String.valueOf",
    "Optional.ofNullable",
    "Objects.requireNonNull",
    "requireNotNull",
    "checkNotNull",
];
/// Methods that leave as it is what matters of a value.
const SAME: [&str; 10] = [
    "trim",
    "toString",
    "toInt",
    "toIntOrNull",
    "toLong",
    "toLongOrNull",
    "toShort",
    "toUShort",
    "get",
    "getString",
];
/// Functions that make a list of their arguments.
const LISTS: [&str; 4] = ["arrayOf", "listOf", "setOf", "mutableListOf"];
/// Functions that never return.
const ENDS: [&str; 4] = ["error", "TODO", "exitProcess", "fail"];

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
            let value = self.read_value(read);
            return match stands_in_call(node) {
                Some(second) => or(value, self.value_in(second, left)),
                None => value,
            };
        }
        match node.kind() {
            "string_literal" => self.text(node, left),
            "integer_literal" => Expr::Text(node.text().replace('_', "")),
            "long_literal" => {
                let text = node.text().replace('_', "");
                Expr::Text(text.trim_end_matches(['l', 'L']).to_owned())
            }
            "boolean_literal" => Expr::Text(node.text().to_owned()),
            "simple_identifier" | "type_identifier" | "navigation_expression" => self.named(node),
            "additive_expression" => match sides(node, "+") {
                Some((a, b)) => join([self.value_in(a, left), self.value_in(b, left)]),
                None => Expr::Unknown,
            },
            "elvis_expression" => {
                let mut sides = node.children();
                match (sides.next(), sides.next()) {
                    (Some(a), Some(b)) if ends(b) => self.value_in(a, left),
                    (Some(a), Some(b)) => or(self.value_in(a, left), self.value_in(b, left)),
                    _ => Expr::Unknown,
                }
            }
            "if_expression" => {
                let parts = [node.field("consequence"), node.field("alternative")];
                match parts.map(|it| it.and_then(last)) {
                    [Some(a), Some(b)] => either([a, b].map(|it| self.value_in(it, left))),
                    _ => Expr::Unknown,
                }
            }
            _ => match items(node) {
                Some(items) if items.len() <= MAX_PARTS => {
                    let items = items.into_iter();
                    Expr::List(items.map(|it| self.value_in(it, left)).collect())
                }
                None if node.kind() == "call_expression" => self.call(node, left),
                _ => Expr::Unknown,
            },
        }
    }

    /// A text with the values that it takes in, and its placeholders.
    fn text(&self, node: Node<'a>, left: u32) -> Expr {
        if let Some(text) = literal(node) {
            return placed(&text, left);
        }
        let is_raw = node.text().starts_with("\"\"\"");
        join(node.children().filter_map(|it| match it.kind() {
            "string_content" if is_raw => Some(Expr::Text(it.text().to_owned())),
            "string_content" => Some(Expr::Text(unescaped(it.text()))),
            "interpolated_identifier" => Some(self.named(it)),
            "interpolated_expression" => {
                let inner = it.children().last();
                Some(inner.map_or(Expr::Unknown, |it| self.value_in(it, left)))
            }
            "interpolation_identifier_start"
            | "interpolation_expression_start"
            | "interpolation_expression_end" => None,
            _ => Some(Expr::Unknown),
        }))
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
        let Some(callee) = node.children().next().map(bare) else {
            return Expr::Unknown;
        };
        let first = arguments(node).into_iter().next();
        if CONVERSIONS.contains(&callee.text()) {
            return first.map_or(Expr::Unknown, |it| self.value_in(it, left));
        }
        let Some((object, name)) = parts(callee) else {
            return Expr::Unknown;
        };
        let value = self.value_in(object, left);
        if !matches!(
            value,
            Expr::Variable { .. } | Expr::Property { .. } | Expr::Text(_)
        ) {
            return Expr::Unknown;
        }
        match name {
            "orElse" => match first {
                Some(second) => or(value, self.value_in(second, left)),
                None => Expr::Unknown,
            },
            // `?.let { it.toInt() }`, `?.let(String::toInt)`
            "let" if is_conversion(node, first) => value,
            _ if SAME.contains(&name) => value,
            _ => Expr::Unknown,
        }
    }
}

/// Whether what a value is handed to only makes another type of it.
fn is_conversion(node: Node<'_>, first: Option<Node<'_>>) -> bool {
    if let Some(reference) = first {
        let name = reference.text().rsplit("::").next().unwrap_or_default();
        return reference.kind() == "callable_reference" && SAME.contains(&name);
    }
    let Some(mut at) = lambda(node).and_then(last).map(bare) else {
        return false;
    };
    while at.kind() == "call_expression" {
        let callee = at.children().next().and_then(parts);
        match callee.filter(|it| SAME.contains(&it.1)) {
            Some((object, _)) => at = bare(object),
            None => return false,
        }
    }
    at.text() == "it"
}

/// Whether an expression never has a value.
fn ends(node: Node<'_>) -> bool {
    let node = bare(node);
    let callee = node.children().next().map_or("", Node::text);
    node.kind() == "jump_expression" || node.kind() == "call_expression" && ENDS.contains(&callee)
}

/// The two sides of an operator.
fn sides<'a>(node: Node<'a>, operator: &str) -> Option<(Node<'a>, Node<'a>)> {
    let mut sides = node.children();
    let (a, b) = (sides.next()?, sides.next()?);
    let start = node.range().start;
    let between = (a.range().end - start) as usize..(b.range().start - start) as usize;
    let between = node.text().get(between)?;
    between.contains(operator).then_some((a, b))
}

/// What a body or a lambda comes to.
fn last(node: Node<'_>) -> Option<Node<'_>> {
    let inner = node.children().last()?;
    match inner.kind() {
        "statements" => inner.children().last(),
        "lambda_parameters" => None,
        _ => Some(inner),
    }
}

/// The arguments in the parentheses of a call.
pub(super) fn arguments(node: Node<'_>) -> Vec<Node<'_>> {
    let suffix = child(node, "call_suffix");
    let list = suffix.and_then(|it| child(it, "value_arguments"));
    list.map(|it| given(it, None)).unwrap_or_default()
}

/// The lambda behind the parentheses of a call.
pub(super) fn lambda(node: Node<'_>) -> Option<Node<'_>> {
    let suffix = child(node, "call_suffix")?;
    child(child(suffix, "annotated_lambda")?, "lambda_literal")
}

/// The arguments without a name, or with this one.
pub(super) fn given<'a>(list: Node<'a>, name: Option<&str>) -> Vec<Node<'a>> {
    let all = list.children().filter(|it| it.kind() == "value_argument");
    let of_name = all.filter_map(|it| {
        let value = it.children().last()?;
        let first = it.children().next().filter(|it| it.id() != value.id());
        let own = first.filter(|it| it.kind() == "simple_identifier");
        (own.map(Node::text) == name).then(|| bare(value))
    });
    of_name.collect()
}

/// The items of a list that is written out.
pub(super) fn items(node: Node<'_>) -> Option<Vec<Node<'_>>> {
    match node.kind() {
        "collection_literal" => Some(node.children().map(bare).collect()),
        "value_arguments" => Some(given(node, None)),
        "call_expression" => {
            let callee = node.children().next()?.text();
            LISTS.contains(&callee).then(|| arguments(node))
        }
        _ => None,
    }
}

/// What stands for the value of `node` where that is nothing: `getOrElse("A") { "b" }`.
fn stands_in_call(node: Node<'_>) -> Option<Node<'_>> {
    let callee = node.children().next().and_then(parts)?;
    let is_meant = node.kind() == "call_expression" && callee.1 == "getOrElse";
    lambda(node).filter(|_| is_meant).and_then(last)
}

/// Whether the program ends where the value of `node` is not there: `a ?: error("…")`, `requireNotNull(a)`, `a!!`.
pub(super) fn is_demanded(node: Node<'_>) -> bool {
    let Some(around) = node.parent() else {
        return false;
    };
    match around.kind() {
        "elvis_expression" => {
            let mut sides = around.children();
            let is_first = sides.next().map(Node::id) == Some(node.id());
            is_first
                && sides.next().is_some_and(|it| {
                    let text = bare(it).text();
                    ends(it) && !text.starts_with("return") && !text.starts_with("continue")
                })
        }
        "postfix_expression" => around.text().trim_end().ends_with("!!"),
        "value_argument" => {
            let call = around
                .parent()
                .and_then(Node::parent)
                .and_then(Node::parent);
            let callee = call.and_then(|it| it.children().next());
            callee.is_some_and(|it| matches!(it.text(), "requireNotNull" | "checkNotNull"))
        }
        _ => false,
    }
}

/// What stands for the value of `node`, or for what is made of it, where that is nothing: `a?.toInt() ?: b`.
pub(super) fn stands_for(node: Node<'_>) -> Option<Node<'_>> {
    if let Some(found) = stands_in_call(node) {
        return Some(found);
    }
    let mut at = node;
    while let Some(around) = at.parent() {
        let is_first = around
            .children()
            .next()
            .is_some_and(|it| it.id() == at.id());
        match around.kind() {
            _ if !is_first => return None,
            "elvis_expression" => {
                let second = around.children().nth(1)?;
                return (!ends(second)).then(|| bare(second));
            }
            "navigation_expression"
            | "call_expression"
            | "parenthesized_expression"
            | "as_expression"
            | "postfix_expression" => at = around,
            _ => return None,
        }
    }
    None
}

/// The text of a literal that takes nothing in.
pub(super) fn literal(node: Node<'_>) -> Option<String> {
    if node.kind() != "string_literal" || node.children().any(|it| it.kind() != "string_content") {
        return None;
    }
    let is_raw = node.text().starts_with("\"\"\"");
    let mut text = String::new();
    for part in node.children() {
        if is_raw {
            text.push_str(part.text());
        } else {
            text.push_str(&unescaped(part.text()));
        }
    }
    Some(text)
}

/// The range of a literal without its quotes; of all else the range.
pub(super) fn inner(node: Node<'_>) -> TextRange {
    let range = node.range();
    let is_raw = node.text().starts_with("\"\"\"");
    let quotes = if is_raw { 3 } else { 1 };
    if node.kind() == "string_literal" && range.end >= range.start + 2 * quotes {
        return TextRange::new(range.start + quotes, range.end - quotes);
    }
    range
}
