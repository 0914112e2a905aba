//! What conditions ask of values, and whether the program stops where they hold.

use kubelint_parser::code::Node;

use super::outline::Context;
use super::scope::bare;
use crate::code::{Failure, FunctionId};

/// What an `if` asks.
#[derive(Debug)]
pub(super) struct Check<'a> {
    pub function: FunctionId,
    /// Values that are empty, or not there, where its consequence runs.
    pub empty: Vec<Node<'a>>,
    /// Values that are not empty there.
    pub filled: Vec<Node<'a>>,
    /// Errors that something has ended with there: `err != nil`.
    pub failed: Vec<Node<'a>>,
    /// Errors that it has not ended with there: `err == nil`.
    pub sound: Vec<Node<'a>>,
    /// The number of the `if` that it stands within.
    pub within: Option<usize>,
    /// Where it begins.
    pub start: u32,
    /// Whether it asks for nothing else.
    pub is_whole: bool,
    /// Whether the consequence stops the program, or gives up: its function returns an error.
    pub end: Option<Failure>,
    /// Whether it is asked at all whenever its function runs.
    pub is_always: bool,
    /// What is assigned before the condition: the names and the values.
    pub given: Option<(Node<'a>, Node<'a>)>,
}

/// What `node`, an `if`, asks.
pub(super) fn check<'a>(node: Node<'a>, context: Context, within: Option<usize>) -> Check<'a> {
    let mut check = Check {
        function: context.function,
        empty: Vec::new(),
        filled: Vec::new(),
        failed: Vec::new(),
        sound: Vec::new(),
        within,
        start: node.range().start,
        is_whole: true,
        end: None,
        is_always: !context.is_conditional,
        given: None,
    };
    if let Some(first) = node.field("initializer") {
        check.given = first.field("left").zip(first.field("right"));
    }
    let mut open: Vec<Node<'a>> = node.field("condition").into_iter().collect();
    let (mut all, mut any) = (false, false);
    while let Some(part) = open.pop() {
        let known = check.asked();
        let part = bare(part);
        let operator = part.field("operator").map_or("", Node::text);
        let sides = part.field("left").zip(part.field("right"));
        match (part.kind(), operator, sides) {
            ("identifier", ..) => check.filled.push(part),
            ("unary_expression", "!", _) => {
                let operand = part.field("operand").map(bare);
                check
                    .empty
                    .extend(operand.filter(|it| it.kind() == "identifier"));
            }
            ("binary_expression", "||" | "&&", Some((left, right))) => {
                all |= operator == "&&";
                any |= operator == "||";
                open.extend([left, right]);
                continue;
            }
            ("binary_expression", operator, Some((left, right))) if right.kind() == "nil" => {
                match operator {
                    "!=" => check.failed.push(left),
                    "==" => check.sound.push(left),
                    _ => {}
                }
            }
            ("binary_expression", operator, Some((left, right))) => {
                if let Some((subject, is_text)) = subject(left, right) {
                    match operator {
                        "==" => check.empty.push(subject),
                        "!=" => check.filled.push(subject),
                        ">" if !is_text => check.filled.push(subject),
                        "<" if !is_text => check.empty.push(subject),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        check.is_whole &= check.asked() > known;
    }
    // Where all must be empty, none is for itself; where one must be filled, nobody knows which.
    if all {
        check.empty.clear();
        check.failed.clear();
    }
    if any {
        check.filled.clear();
        check.sound.clear();
    }
    check.end = match node.field("consequence") {
        Some(body) if stops(body) => Some(Failure::Ends),
        Some(body) if refuses(body, &check.failed) => Some(Failure::Returned),
        _ => None,
    };
    check
}

impl Check<'_> {
    /// How many values it asks for.
    const fn asked(&self) -> usize {
        self.empty.len() + self.filled.len() + self.failed.len() + self.sound.len()
    }
}

/// What a comparison with nothing is about: `x == ""`, `len(x) == 0`, `ok == false`; and whether it compares a text.
fn subject<'a>(left: Node<'a>, right: Node<'a>) -> Option<(Node<'a>, bool)> {
    let left = bare(left);
    match right.text() {
        "\"\"" | "``" | "false" => Some((left, true)),
        "0" | "1" if left.kind() == "call_expression" => {
            let function = left.field("function")?.text();
            let argument = left.field("arguments")?.children().next()?;
            (function == "len").then(|| (bare(argument), false))
        }
        _ => None,
    }
}

/// The last statement of a block, if what stands before it runs whenever the block does.
pub(super) fn plain_end(body: Node<'_>) -> Option<Node<'_>> {
    Some(*plain_statements(body)?.last()?)
}

/// The statements of a block, if only the last may leave it.
fn plain_statements(body: Node<'_>) -> Option<Vec<Node<'_>>> {
    let list = body.children().next();
    let statements: Vec<Node<'_>> = list.into_iter().flat_map(Node::children).collect();
    // What may happen before the end may be another end.
    let is_plain = |it: &Node<'_>| {
        matches!(
            it.kind(),
            "expression_statement" | "short_var_declaration" | "assignment_statement"
        )
    };
    let (_, before) = statements.split_last()?;
    before.iter().all(is_plain).then_some(statements)
}

/// Whether the program does not go on behind a block.
pub(super) fn stops(body: Node<'_>) -> bool {
    let Some(statements) = plain_statements(body) else {
        return false;
    };
    let Some((last, before)) = statements.split_last() else {
        return false;
    };
    let ends = |it: Node<'_>| {
        let call = it
            .children()
            .next()
            .filter(|it| it.kind() == "call_expression");
        let function = call.and_then(|it| it.field("function"));
        function.is_some_and(|it| is_end(it.text()))
    };
    // Nothing comes behind what stops but what the compiler wants.
    let is_return = last.kind() == "return_statement";
    let ending = if is_return { before.last() } else { Some(last) };
    ending.is_some_and(|it| it.kind() == "expression_statement" && ends(*it))
}

/// Whether a function gives up at the end of a block: it returns an error that is made there, or one of `errors`, which are some.
pub(super) fn refuses(body: Node<'_>, errors: &[Node<'_>]) -> bool {
    let last = plain_end(body).filter(|it| it.kind() == "return_statement");
    let returned = last.and_then(|it| it.children().next()?.children().last());
    returned.is_some_and(|it| {
        let is_one = |error: &Node<'_>| hands_on(it, error.text());
        is_error(it) || errors.iter().any(is_one)
    })
}

/// Whether `value`, which is returned, is an error that is made where `error` is one: itself, one around it, or a new one.
pub(super) fn hands_on(value: Node<'_>, error: &str) -> bool {
    let value = bare(value);
    if value.kind() == "identifier" {
        return value.text() == error;
    }
    let makes = |it: &str| {
        let name = it.rsplit('.').next().unwrap_or_default();
        ["Errorf", "New", "Wrap", "Wrapf", "WithStack", "WithMessage"].contains(&name)
    };
    let function = value.field("function");
    value.kind() == "call_expression" && function.is_some_and(|it| makes(it.text()))
}

/// Whether a value is surely an error, by what makes it and by how errors are called: `errors.New(…)`, `ErrMissing`, `&ConfigError{…}`.
pub(super) fn is_error(value: Node<'_>) -> bool {
    let value = bare(value);
    let last = |it: Node<'_>| it.text().rsplit('.').next().unwrap_or_default().to_owned();
    match value.kind() {
        "identifier" | "selector_expression" => {
            let name = last(value);
            let rest = name
                .strip_prefix("Err")
                .or_else(|| name.strip_prefix("err"));
            rest.is_some_and(|it| it.starts_with(char::is_uppercase))
        }
        "call_expression" => {
            let function = value.field("function").map_or("", Node::text);
            let (package, name) = function.rsplit_once('.').unwrap_or(("", function));
            let is_new = name == "New" && package.contains("err");
            is_new || name == "Errorf" || name.ends_with("Error")
        }
        "composite_literal" => value
            .field("type")
            .is_some_and(|it| last(it).ends_with("Error")),
        _ => false,
    }
}

/// Whether a function never comes back, by its name: `panic`, `os.Exit`, `log.Fatalf`, `logger.Fatal().Msg`.
pub(super) fn is_end(function: &str) -> bool {
    let is_fatal = |it: &str| {
        let name = it.split('(').next().unwrap_or_default();
        ["Fatal", "Panic"].iter().any(|it| name.starts_with(it))
    };
    matches!(function, "panic" | "os.Exit") || function.split('.').skip(1).any(is_fatal)
}
