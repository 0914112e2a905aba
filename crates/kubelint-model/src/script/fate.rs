//! What becomes of a command's failure, as bash decides it.

use std::collections::BTreeMap;

use kubelint_parser::shell::{Assigned, PartKind, Statement, StatementKind, Test, Word};

/// What becomes of a command's failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It ends the script, or is what the script itself ends with.
    Ends,
    /// Something looks at it, or does something about it.
    Tested,
    /// It is taken for success: `|| true`.
    Swallowed,
    /// All that happens is that something is printed.
    Printed,
    /// The rest of its list is skipped, and the script goes on behind it: `a && b`.
    Skips,
    /// Nothing looks at it, and the script goes on.
    Unchecked,
    /// It is lost in a pipe whose status is that of its last command.
    Piped,
    /// It runs in the background.
    Background,
}

/// How deep functions are followed that only print.
const MAX_DEPTH: u32 = 4;

/// What a body does that runs because a command failed: the fate of that command.
pub(super) fn of_branch<'a, F>(body: &'a [Statement], functions: &'a BTreeMap<String, F>) -> Fate
where
    F: AsRef<Statement>,
{
    match kind_of(body, functions, 0) {
        Body::Nothing => Fate::Swallowed,
        Body::Prints => Fate::Printed,
        Body::Acts => Fate::Tested,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Body {
    Nothing,
    Prints,
    Acts,
}

fn kind_of<F: AsRef<Statement>>(
    body: &[Statement],
    functions: &BTreeMap<String, F>,
    depth: u32,
) -> Body {
    let kinds = body
        .iter()
        .map(|it| kind_of_statement(it, functions, depth));
    kinds.max().unwrap_or(Body::Nothing)
}

fn kind_of_statement<F: AsRef<Statement>>(
    statement: &Statement,
    functions: &BTreeMap<String, F>,
    depth: u32,
) -> Body {
    match &statement.kind {
        StatementKind::Group(body) | StatementKind::Subshell(body) if depth < MAX_DEPTH => {
            kind_of(body, functions, depth + 1)
        }
        StatementKind::Simple(simple) if simple.assignments.is_empty() => {
            let name = simple.words.first().and_then(literal).unwrap_or_default();
            match name {
                "true" | ":" => Body::Nothing,
                "echo" | "printf" => Body::Prints,
                name => match functions.get(name) {
                    Some(function) if depth < MAX_DEPTH => {
                        kind_of_statement(function.as_ref(), functions, depth + 1)
                    }
                    _ => Body::Acts,
                },
            }
        }
        _ => Body::Acts,
    }
}

/// The text of a word that is nothing but text.
pub(super) fn literal(word: &Word) -> Option<&str> {
    match &word.parts[..] {
        [part] => match &part.kind {
            PartKind::Literal(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a statement begins with a look at the status of the one before it.
pub(super) fn looks_at_status(statement: &Statement) -> bool {
    let mut open = vec![statement];
    while let Some(it) = open.pop() {
        let found = match &it.kind {
            StatementKind::Simple(simple) => {
                let values = simple.assignments.iter().chain(&simple.declared);
                let mut values = values.filter_map(|it| match &it.value {
                    Assigned::Word(word) => Some(word),
                    Assigned::Array(_) => None,
                });
                values.any(is_status) || simple.words.iter().any(is_status)
            }
            StatementKind::Test(test) => test_looks_at_status(test),
            StatementKind::Arithmetic(names) => names.is_empty(),
            StatementKind::If(it) => {
                open.extend(
                    it.branches
                        .first()
                        .and_then(|(condition, _)| condition.first()),
                );
                false
            }
            StatementKind::List(it) => {
                open.push(&it.first);
                false
            }
            StatementKind::Case(it) => is_status(&it.subject),
            StatementKind::Group(body) => {
                open.extend(body.first());
                false
            }
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

fn test_looks_at_status(test: &Test) -> bool {
    match test {
        Test::Unary(_, it) | Test::Word(it) => is_status(it),
        Test::Binary(a, _, b) => is_status(a) || is_status(b),
        Test::Not(it) => match &**it {
            Test::Binary(a, _, b) => is_status(a) || is_status(b),
            _ => false,
        },
        Test::And(_) | Test::Or(_) | Test::Other => false,
    }
}

fn is_status(word: &Word) -> bool {
    word.parts.iter().any(|it| match &it.kind {
        PartKind::Variable(it) => it.name == "?" || it.name == "PIPESTATUS",
        _ => false,
    })
}
