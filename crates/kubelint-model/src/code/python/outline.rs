//! The outline of a file: its functions and classes, what is assigned, returned and called, and what is sure to run.

use std::collections::BTreeSet;

use kubelint_parser::code::Node;

use super::scope::{self, PythonNames};
use crate::code::Kind;
use crate::code::outline::{Assigned, Context, Outline, Walk};
use crate::code::scope::Names;

/// The outline of the file whose tree begins at `root`.
pub(super) fn of<'a>(root: Node<'a>, names: &PythonNames<'a>) -> Outline<'a> {
    let mut walk = Statements {
        names,
        outline: Outline::new(root),
        lists: BTreeSet::new(),
    };
    walk.block(root, Context::default());
    walk.outline.finish();
    walk.outline
}

struct Statements<'s, 'a> {
    names: &'s PythonNames<'a>,
    outline: Outline<'a>,
    /// The names of lists that are not empty.
    lists: BTreeSet<String>,
}

impl<'a> Walk<'a> for Statements<'_, 'a> {
    fn outline(&mut self) -> &mut Outline<'a> {
        &mut self.outline
    }

    fn visit(&mut self, node: Node<'a>, context: Context) -> bool {
        let conditional = context.conditional();
        match node.kind() {
            "block" => return self.block(node, context),
            "function_definition" => self.function(node, context),
            "class_definition" => self.class(node, context),
            "if_statement" => return self.branch(node, context),
            "for_statement" | "while_statement" => return self.repeat(node, context),
            "try_statement" => return self.attempt(node, context),
            "with_statement" => {
                let clause = node.children().next();
                if let Some(clause) = clause {
                    self.visit(clause, context);
                }
                let is_caught = clause.is_some_and(|it| it.text().contains("suppress("));
                let inner = if is_caught {
                    Context {
                        is_caught,
                        ..conditional
                    }
                } else {
                    context
                };
                let body = node.field("body");
                return body.is_some_and(|it| self.within(it, inner, context));
            }
            "case_clause" => return self.parts_within(node, conditional, context),
            "boolean_operator" => {
                if let Some(it) = node.field("left") {
                    self.visit(it, context);
                }
                if let Some(it) = node.field("right") {
                    self.within(it, conditional, context);
                }
            }
            "conditional_expression" => {
                for (at, part) in node.children().enumerate() {
                    match at {
                        1 => self.visit(part, context),
                        _ => self.within(part, conditional, context),
                    };
                }
            }
            "lambda"
            | "list_comprehension"
            | "generator_expression"
            | "set_comprehension"
            | "dictionary_comprehension" => {
                self.parts_within(node, conditional, context);
            }
            "assignment" | "named_expression" | "augmented_assignment" => {
                self.assignment(node, context);
                return self.all(node, context);
            }
            "return_statement" => {
                if let Some(value) = node.children().next() {
                    self.outline.returns.push((context.function, value));
                }
                self.all(node, context);
                return true;
            }
            // Whoever asks for the next value decides what becomes of the rest.
            "break_statement" | "continue_statement" | "yield" => {
                self.all(node, context);
                return true;
            }
            "assert_statement" => {
                if let Some(it) = node.children().next() {
                    self.wanted(it, &mut |walk, it| walk.outline.required.push(it));
                }
                return self.all(node, context);
            }
            "expression_statement" => {
                // A text by itself documents; it says nothing.
                let only = node.children().next();
                if only.is_some_and(|it| it.kind() == "string") {
                    return false;
                }
                return self.all(node, context);
            }
            "import_statement" | "import_from_statement" => self.outline.imports.push(node),
            "call" => {
                self.outline.calls.push(node);
                self.conversion(node);
                return self.all(node, context);
            }
            "string" => {
                self.outline.strings.push(node);
                return self.all(node, context);
            }
            _ => return self.all(node, context),
        }
        false
    }
}

impl<'a> Statements<'_, 'a> {
    fn function(&mut self, node: Node<'a>, context: Context) {
        for part in node.children().filter(|it| it.kind() != "block") {
            self.all(part, context);
        }
        let scope = self.names.scopes.of_node(node);
        let path = self.names.scopes.own_path(scope).to_owned();
        let mut parameters = Vec::new();
        for parameter in node
            .field("parameters")
            .into_iter()
            .flat_map(Node::children)
        {
            let Some(name) = scope::parameter_name(parameter) else {
                continue;
            };
            if parameters.is_empty() && self.names.object(name.text(), scope).is_some() {
                continue;
            }
            parameters.push(name.text().to_owned());
            if let Some(value) = parameter.field("value") {
                let path = format!("{path}.{}", name.text());
                let assigned = Assigned::Value(value);
                self.outline.assign(path, assigned);
            }
        }
        let function = self.outline.add_function(path, parameters, node, context);
        let inner = Context {
            scope,
            function,
            ..Context::default()
        };
        if let Some(body) = node.field("body") {
            self.within(body, inner, context);
        }
    }

    fn class(&mut self, node: Node<'a>, context: Context) {
        let scope = self.names.scopes.of_node(node);
        let bases = node.field("superclasses");
        let names = bases.into_iter().flat_map(Node::children);
        let names = names.filter_map(|it| self.names.name(it, context.scope));
        let name = self.names.scopes.own_path(scope).to_owned();
        self.outline.add_class(name, names.collect(), node, context);
        for part in node.children().filter(|it| it.kind() != "block") {
            self.all(part, context);
        }
        if let Some(body) = node.field("body") {
            self.within(body, Context { scope, ..context }, context);
        }
    }

    fn branch(&mut self, node: Node<'a>, context: Context) -> bool {
        let Some(condition) = node.field("condition") else {
            return self.all(node, context);
        };
        let body = node.field("consequence");
        if condition.text().ends_with("TYPE_CHECKING") {
            return false;
        }
        if is_main(condition) {
            let function =
                self.outline
                    .add_function("__main__".to_owned(), Vec::new(), node, context);
            let inner = Context {
                function,
                is_conditional: false,
                ..context
            };
            if let Some(body) = body {
                self.within(body, inner, context);
            }
            return false;
        }
        let mut leaves = self.visit(condition, context);
        if body.is_some_and(stops) {
            self.unwanted(condition);
        }
        let inner = context.conditional();
        for part in node.children().skip(1) {
            leaves |= self.within(part, inner, context);
        }
        leaves
    }

    fn repeat(&mut self, node: Node<'a>, context: Context) -> bool {
        let condition = node.field("condition");
        let runs_once = condition.is_some_and(|it| matches!(it.text(), "True" | "1"));
        let list = node.field("right");
        let has_items = list.is_some_and(|it| {
            let name = self.names.name(it, context.scope);
            is_filled(it) || name.is_some_and(|it| self.lists.contains(&it))
        });
        let inner = Context {
            is_conditional: context.is_conditional || !(runs_once || has_items),
            ..context
        };
        if let (Some(left), Some(right)) = (node.field("left"), node.field("right")) {
            if left.kind() == "identifier"
                && let Some(name) = self.names.name(left, context.scope)
            {
                self.outline.assign(name, Assigned::Item(right));
            }
            self.visit(right, context);
        }
        if let Some(condition) = condition {
            self.visit(condition, context);
        }
        let mut returns = false;
        let before = self.outline.returns.len();
        for part in [node.field("body"), node.field("alternative")]
            .into_iter()
            .flatten()
        {
            self.within(part, inner, context);
        }
        returns |= self.outline.returns.len() > before;
        returns
    }

    fn attempt(&mut self, node: Node<'a>, context: Context) -> bool {
        let handlers = node.children().filter(|it| it.kind() == "except_clause");
        let mut blocks = handlers.map(|it| it.children().last());
        let is_caught = blocks.any(|it| !it.is_some_and(stops));
        let tried = context.tried(is_caught);
        let handled = context.conditional();
        let mut leaves = false;
        for part in node.children() {
            let inner = match part.kind() {
                "except_clause" => handled,
                "finally_clause" => context,
                _ => tried,
            };
            leaves |= self.within(part, inner, context);
        }
        leaves
    }

    fn assignment(&mut self, node: Node<'a>, context: Context) {
        let left = node.field("left").or(node.field("name"));
        let right = node.field("right").or(node.field("value"));
        let (Some(left), Some(mut right)) = (left, right) else {
            return;
        };
        while right.kind() == "assignment" {
            let Some(inner) = right.field("right") else {
                return;
            };
            right = inner;
        }
        let is_changed = node.kind() == "augmented_assignment";
        self.assign(left, right, is_changed, context);
    }

    fn assign(&mut self, left: Node<'a>, right: Node<'a>, is_changed: bool, context: Context) {
        if matches!(
            left.kind(),
            "pattern_list" | "tuple_pattern" | "list_pattern"
        ) {
            let is_list = matches!(right.kind(), "expression_list" | "tuple" | "list");
            let same = left.children().count() == right.children().count();
            let mut values = right.children();
            let parses = right.field("function").and_then(|it| it.field("attribute"));
            let parses = parses.is_some_and(|it| it.text().starts_with("parse_"));
            for (at, name) in left.children().enumerate() {
                match values.next() {
                    // `args, rest = parser.parse_known_args()`
                    _ if at == 0 && parses => self.assign(name, right, false, context),
                    Some(value) if is_list && same => self.assign(name, value, false, context),
                    _ => {
                        if let Some(path) = self.names.name(name, context.scope) {
                            self.outline.assign(path, Assigned::Unknown);
                        }
                    }
                }
            }
            return;
        }
        let Some(path) = self.names.name(left, context.scope) else {
            return;
        };
        self.outline.name_value(right, &path);
        let inner = match right.kind() {
            "await" | "parenthesized_expression" => right.children().next(),
            _ => None,
        };
        if let Some(inner) = inner {
            self.outline.name_inner(inner, &path);
        }
        if is_filled(right) {
            self.lists.insert(path.clone());
        }
        let assigned = if is_changed {
            Assigned::Unknown
        } else {
            Assigned::Value(right)
        };
        self.outline.assign(path, assigned);
    }

    fn conversion(&mut self, node: Node<'a>) {
        let function = node.field("function").map(Node::text);
        let argument = node.field("arguments").and_then(|it| it.children().next());
        if let (Some("int"), Some(argument)) = (function, argument) {
            let read = unwrapped(argument);
            self.outline.converted.insert(read.id(), Kind::Number);
        }
    }

    /// A condition under which the program stops: what must be there so that it does not.
    fn unwanted(&mut self, condition: Node<'a>) {
        let condition = unparenthesized(condition);
        match condition.kind() {
            "not_operator" => {
                if let Some(it) = condition.field("argument") {
                    let it = unparenthesized(it);
                    match it.kind() {
                        // `not (a and b)`
                        "boolean_operator" => {
                            self.wanted(it, &mut |walk, it| walk.outline.required.push(it));
                        }
                        _ => self.outline.required.push(it),
                    }
                }
            }
            "boolean_operator" if operator(condition) == "or" => {
                let parts = [condition.field("left"), condition.field("right")];
                parts.into_iter().flatten().for_each(|it| self.unwanted(it));
            }
            "comparison_operator" => {
                let operands: Vec<Node<'a>> = condition.children().collect();
                let [left, right] = operands.as_slice() else {
                    return;
                };
                let sign = operator(condition);
                let is_absent = sign == "not in"
                    || (matches!(sign, "is" | "==")
                        && matches!(right.text(), "None" | "''" | "\"\""));
                match sign {
                    "not in" => self.outline.required.push(condition),
                    _ if is_absent => self.outline.required.push(*left),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// A condition that must hold: what must be there for it.
    fn wanted(&mut self, condition: Node<'a>, add: &mut dyn FnMut(&mut Self, Node<'a>)) {
        let condition = unparenthesized(condition);
        match condition.kind() {
            "boolean_operator" if operator(condition) == "and" => {
                let parts = [condition.field("left"), condition.field("right")];
                for part in parts.into_iter().flatten() {
                    self.wanted(part, add);
                }
            }
            "comparison_operator" => {
                let sign = operator(condition);
                let mut operands = condition.children();
                let (left, right) = (operands.next(), operands.next());
                let is_none = right.is_some_and(|it| it.kind() == "none");
                match sign {
                    "in" => add(self, condition),
                    "is not" | "!=" if is_none => left.into_iter().for_each(|it| add(self, it)),
                    _ => {}
                }
            }
            "not_operator" | "boolean_operator" => {}
            _ => add(self, condition),
        }
    }
}

/// The operator between the two parts of a comparison or of `and` and `or`.
fn operator(node: Node<'_>) -> &str {
    match node.field("operators").or(node.field("operator")) {
        Some(it) => it.text(),
        None => "",
    }
}

fn unparenthesized(node: Node<'_>) -> Node<'_> {
    let mut at = node;
    while at.kind() == "parenthesized_expression" {
        match at.children().next() {
            Some(it) => at = it,
            None => break,
        }
    }
    at
}

/// What is read, behind `(…)`, `… or x` and `….strip()`.
pub(super) fn unwrapped(node: Node<'_>) -> Node<'_> {
    let mut at = unparenthesized(node);
    loop {
        let next = match at.kind() {
            "boolean_operator" if operator(at) == "or" => at.field("left"),
            "call" => at
                .field("function")
                .filter(|it| it.kind() == "attribute")
                .filter(|it| {
                    let method = it.field("attribute").map_or("", Node::text);
                    matches!(method, "strip" | "rstrip" | "lstrip" | "lower")
                })
                .and_then(|it| it.field("object")),
            _ => None,
        };
        match next {
            Some(it) => at = unparenthesized(it),
            None => return at,
        }
    }
}

/// Whether a list is written out that has items.
fn is_filled(node: Node<'_>) -> bool {
    let is_list = matches!(node.kind(), "list" | "tuple" | "set");
    is_list
        && node
            .children()
            .next()
            .is_some_and(|it| it.kind() != "list_splat")
}

fn is_main(condition: Node<'_>) -> bool {
    let condition = unparenthesized(condition);
    let mut operands = condition.children().map(Node::text);
    let (left, right) = (operands.next(), operands.next());
    let main = |it: Option<&str>| it.is_some_and(|it| it.trim_matches(['"', '\'']) == "__main__");
    condition.kind() == "comparison_operator"
        && operator(condition) == "=="
        && ((left == Some("__name__") && main(right)) || (right == Some("__name__") && main(left)))
}

/// Whether the program, or what it does here, does not go on behind a block.
fn stops(block: Node<'_>) -> bool {
    let Some(last) = block.children().last() else {
        return false;
    };
    // What may happen before the end may be another end.
    let is_plain = |it: Node<'_>| {
        matches!(
            it.kind(),
            "expression_statement" | "raise_statement" | "import_statement" | "print_statement"
        )
    };
    if !block.children().all(is_plain) {
        return false;
    }
    match last.kind() {
        "raise_statement" => true,
        "expression_statement" => last.children().next().is_some_and(|it| {
            let function = it.field("function").map_or("", Node::text);
            matches!(
                function,
                "sys.exit" | "exit" | "quit" | "os._exit" | "os.abort" | "parser.error"
            )
        }),
        _ => false,
    }
}
