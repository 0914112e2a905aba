//! Java: what its names, expressions and annotations say.

mod demands;
mod expr;
mod functional;
mod scope;
mod security;
#[cfg(test)]
mod tests;

use kubelint_parser::TextRange;
use kubelint_parser::code::{Code, Limit, Node};

use self::scope::bare;
use super::jvm::names::Scopes;
use super::jvm::{self, Grammar};
use super::patterns::Found;
use super::{CodeFacts, Expr};

/// Java's grammar.
struct Java;

type File<'a> = jvm::File<'a, Java>;

/// The facts of a file.
pub(super) fn read(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    jvm::read::<Java>(code, text)
}

impl Grammar for Java {
    fn names(root: Node<'_>) -> Scopes<'_> {
        scope::of(root)
    }

    fn name<'a>(scopes: &Scopes<'a>, node: Node<'a>) -> Option<String> {
        scope::name(scopes, node)
    }

    fn canonical<'a>(scopes: &Scopes<'a>, node: Node<'a>) -> Vec<String> {
        scope::canonical(scopes, node)
    }

    fn value<'a>(file: &File<'a>, node: Node<'a>) -> Expr {
        file.value(node)
    }

    fn literal(node: Node<'_>) -> Option<String> {
        expr::literal(node)
    }

    fn inner(node: Node<'_>) -> TextRange {
        expr::inner(node)
    }

    fn is_demanded(node: Node<'_>) -> bool {
        demands::is_demanded(node)
    }

    fn settle<'a>(file: &File<'a>, root: Node<'a>, found: &[Found<'a>], facts: &mut CodeFacts) {
        file.add_locks(found, facts);
        file.add_functional(root, facts);
    }

    fn method_call(node: Node<'_>) -> Option<(&str, Vec<Node<'_>>)> {
        let is_call = node.kind() == "method_invocation";
        let method = node.field("name").filter(|_| is_call)?.text();
        Some((method, node.field("arguments")?.children().collect()))
    }

    fn argument<'a>(arguments: Node<'a>, which: &str) -> Option<Node<'a>> {
        if let Ok(position) = which.parse::<usize>() {
            return Self::arguments_from(arguments, position).into_iter().next();
        }
        let found = arguments.children().find_map(|it| match it.kind() {
            "element_value_pair" => {
                let key = it.field("key").map_or("", Node::text);
                it.field("value").filter(|_| key == which)
            }
            _ if which == "value" => Some(it),
            _ => None,
        });
        found.map(bare)
    }

    fn arguments_from(arguments: Node<'_>, first: usize) -> Vec<Node<'_>> {
        arguments.children().skip(first).map(bare).collect()
    }

    fn items(node: Node<'_>) -> Option<Vec<Node<'_>>> {
        let is_list = matches!(
            node.kind(),
            "element_value_array_initializer" | "array_initializer"
        );
        is_list.then(|| node.children().map(bare).collect())
    }

    fn is_nothing(node: Node<'_>) -> bool {
        node.kind() == "null_literal"
    }
}
