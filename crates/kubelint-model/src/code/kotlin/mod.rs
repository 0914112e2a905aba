//! Kotlin: what its names, expressions and annotations say.

mod expr;
mod functional;
mod ktor;
mod scope;
#[cfg(test)]
mod tests;

use kubelint_parser::TextRange;
use kubelint_parser::code::{Code, Limit, Node};

use super::jvm::names::Scopes;
use super::jvm::{self, Grammar};
use super::patterns::Found;
use super::{CodeFacts, Expr, Open, Place, Subject};

/// Kotlin's grammar.
struct Kotlin;

type File<'a> = jvm::File<'a, Kotlin>;

/// The facts of a file.
pub(super) fn read(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    jvm::read::<Kotlin>(code, text)
}

impl Grammar for Kotlin {
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

    fn method_call(node: Node<'_>) -> Option<(&str, Vec<Node<'_>>)> {
        let is_call = node.kind() == "call_expression";
        let callee = node.children().next().filter(|_| is_call)?;
        let (_, name) = scope::parts(callee)?;
        Some((name, expr::arguments(node)))
    }

    fn stands_for(node: Node<'_>) -> Option<Node<'_>> {
        expr::stands_for(node)
    }

    fn is_demanded(node: Node<'_>) -> bool {
        expr::is_demanded(node)
    }

    /// Routes that stand in no routing are added to what the function around them is called on.
    fn target<'a>(scopes: &Scopes<'a>, node: Node<'a>, around: bool) -> Option<String> {
        around.then(|| ktor::function_around(scopes, node))
    }

    fn argument<'a>(arguments: Node<'a>, which: &str) -> Option<Node<'a>> {
        if let Ok(position) = which.parse::<usize>() {
            let mut found = Self::arguments_from(arguments, position).into_iter();
            return found.next();
        }
        if let Some(named) = expr::given(arguments, Some(which)).into_iter().next() {
            return Some(named);
        }
        // An annotation takes as many texts as are given.
        match expr::given(arguments, None).as_slice() {
            _ if which != "value" => None,
            [] => None,
            [one] => Some(*one),
            _ => Some(arguments),
        }
    }

    fn arguments_from(arguments: Node<'_>, first: usize) -> Vec<Node<'_>> {
        expr::given(arguments, None)
            .into_iter()
            .skip(first)
            .collect()
    }

    fn items(node: Node<'_>) -> Option<Vec<Node<'_>>> {
        match node.kind() {
            // What stands in it is found by itself.
            "lambda_literal" => Some(Vec::new()),
            _ => expr::items(node),
        }
    }

    fn is_nothing(node: Node<'_>) -> bool {
        node.kind() == "null_literal"
    }

    fn settle<'a>(file: &File<'a>, _: Node<'a>, found: &[Found<'a>], facts: &mut CodeFacts) {
        if file.scopes.is_broken {
            for subject in [Subject::Routes, Subject::Reads, Subject::Ports] {
                facts.open.push(Open {
                    subject,
                    why: "a part of a file is not understood",
                    on: None,
                    needs_router: false,
                    place: Place::default(),
                });
            }
        }
        ktor::settle(file, found, facts);
        file.add_functional(facts);
    }
}
