//! The addresses that a file writes out, and what each is handed to.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::placeholder::{Piece, pieces};
use super::reads::variables_of;
use super::{File, Grammar};
use crate::address::{self, Port};
use crate::code::Address;
use crate::code::captures::Syntax;

/// How far a text is followed to what it is handed to.
const MOST_STEPS: usize = 8;
/// What may not run although the function around it does.
const CONDITIONS: [&str; 12] = [
    "catch_block",
    "catch_clause",
    "elvis_expression",
    "if_expression",
    "if_statement",
    "switch_block_statement_group",
    "switch_expression",
    "switch_rule",
    "ternary_expression",
    "when_entry",
    "when_expression",
    "while_statement",
];
/// What of a call or list holds its parts.
const HOLDERS: [&str; 9] = [
    "annotation_argument_list",
    "argument_list",
    "array_initializer",
    "call_suffix",
    "collection_literal",
    "element_value_array_initializer",
    "parenthesized_expression",
    "value_argument",
    "value_arguments",
];
/// Methods that compare a text, or look at it.
const COMPARING: [&str; 6] = [
    "contains",
    "equals",
    "equalsIgnoreCase",
    "indexOf",
    "matches",
    "of",
];

/// What a text is used for.
struct Used {
    names: Vec<String>,
    /// Whether something is put behind it.
    is_cut: bool,
}

impl<'a, G: Grammar> File<'a, G> {
    /// The addresses of the file: those of which it is seen what they are handed to, and those that stand for a property.
    pub(super) fn addresses(&self) -> Vec<Address> {
        let mut addresses = Vec::new();
        for node in &self.scopes.strings {
            let Some(text) = G::literal(*node) else {
                continue;
            };
            if !text.contains(':') || address::scan(&text).is_empty() {
                continue;
            }
            let mut place = self.place(*node);
            place.is_conditional = self.is_conditional(*node);
            let pieces = pieces(&text);
            let (own, variables) = match pieces.as_slice() {
                [
                    Piece::Property {
                        name,
                        default: Some(default),
                    },
                ] if !default.contains("${") => ((*default).to_owned(), variables_of(name)),
                [Piece::Text(_), ..] => (text.clone(), Vec::new()),
                _ => continue,
            };
            let names = match used(*node) {
                Some(used) if used.is_cut && !is_whole(&own) => continue,
                Some(used) => used.names,
                None => Vec::new(),
            };
            // Behind a sign that is escaped, nobody knows where the parts of a text stand.
            if own.len() < text.len() && place.range.len() as usize == text.len() {
                let start = place.range.start + text.find(&own).unwrap_or_default() as u32;
                place.range = TextRange::new(start, start + own.len() as u32);
            }
            addresses.push(Address {
                text: own,
                names,
                variables,
                place,
            });
        }
        addresses
    }

    /// Whether a node may not run although its class is used.
    fn is_conditional(&self, node: Node<'a>) -> bool {
        let mut around = std::iter::successors(node.parent(), |it| it.parent());
        let range = node.range();
        let classes = self.scopes.classes.iter();
        let mut classes = classes.filter(|it| it.node.range().contains(range));
        around.any(|it| CONDITIONS.contains(&it.kind()))
            || classes.any(|it| {
                let mut names = it.annotations.iter().map(|it| it.text());
                names.any(|it| it.starts_with("Conditional") || it == "Profile")
            })
    }
}

/// Whether nothing that is put behind `text` changes the host and port in it.
fn is_whole(text: &str) -> bool {
    let all = address::scan(text);
    let first = all.first();
    first.is_some_and(|it| it.has_path || it.port != Port::Absent && text.ends_with('/'))
}

/// What a text is handed to: the first call, annotation or variable around it.
fn used(node: Node<'_>) -> Option<Used> {
    let mut used = Used {
        names: Vec::new(),
        is_cut: false,
    };
    let mut at = node;
    for _ in 0..MOST_STEPS {
        let parent = at.parent()?;
        match parent.kind() {
            kind if HOLDERS.contains(&kind) => {}
            "binary_expression" | "additive_expression" => {
                let operator = parent.field("operator").map_or("+", Node::text);
                let is_first = parent.children().next().map(Node::id) == Some(at.id());
                if operator != "+" || !is_first {
                    return None;
                }
                used.is_cut = true;
            }
            "element_value_pair" => {
                used.names.push(parent.field("key")?.text().to_owned());
            }
            "method_invocation" => {
                let name = parent.field("name")?.text();
                let object = parent.field("object");
                let is_on = object.map(Node::id) == Some(at.id());
                if is_on || COMPARING.contains(&name) {
                    return None;
                }
                let object = object.filter(|it| it.kind() == "identifier");
                used.names.extend(object.map(|it| it.text().to_owned()));
                used.names.push(name.to_owned());
                return Some(used);
            }
            "call_expression" => {
                let callee = parent.children().next()?;
                let name = callee.text().rsplit('.').next()?;
                let is_plain = callee.id() != at.id() && !COMPARING.contains(&name);
                let name = name.trim_end().to_owned();
                used.names.push(name);
                return is_plain.then_some(used);
            }
            "object_creation_expression" => {
                used.names.push(parent.field("type")?.text().to_owned());
                return Some(used);
            }
            "annotation" | "constructor_invocation" => {
                let name = parent.field("name").or(parent.children().next())?;
                used.names.push(name.text().to_owned());
                return Some(used);
            }
            "variable_declarator" => {
                let around = parent.parent()?;
                let modifiers = around.children().next();
                let modifiers = modifiers.filter(|it| it.kind() == "modifiers");
                let mut words = modifiers.map_or("", Node::text).split_whitespace();
                let is_kept =
                    around.kind() == "local_variable_declaration" || words.any(|it| it == "final");
                used.names.push(parent.field("name")?.text().to_owned());
                return is_kept.then_some(used);
            }
            "property_declaration" => {
                let is_kept = parent.text().split_whitespace().any(|it| it == "val");
                let name = parent
                    .children()
                    .find(|it| it.kind() == "variable_declaration")?;
                used.names.push(name.text().to_owned());
                return is_kept.then_some(used);
            }
            _ => return None,
        }
        at = parent;
    }
    None
}
