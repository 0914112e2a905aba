//! The outline of a file: its functions and classes, what is assigned, returned and called, and what is sure to run.

use kubelint_parser::code::Node;

use super::chains;
use super::scope::{self, JavaScriptNames, bare, is_function};
use crate::code::outline::{Assigned, Context, Outline, Walk};
use crate::code::scope::Names;

/// The outline of the file whose tree begins at `root`.
pub(super) fn of<'a>(root: Node<'a>, names: &JavaScriptNames<'a>) -> Outline<'a> {
    let mut walk = Statements {
        names,
        outline: Outline::new(root),
    };
    walk.block(root, Context::default());
    walk.outline.finish();
    walk.outline
}

struct Statements<'s, 'a> {
    names: &'s JavaScriptNames<'a>,
    outline: Outline<'a>,
}

impl<'a> Walk<'a> for Statements<'_, 'a> {
    fn outline(&mut self) -> &mut Outline<'a> {
        &mut self.outline
    }

    fn visit(&mut self, node: Node<'a>, context: Context) -> bool {
        let conditional = context.conditional();
        match node.kind() {
            "statement_block" => return self.block(node, context),
            _ if is_function(node) => self.function(node, context, false),
            "class_declaration" | "class" | "abstract_class_declaration" => {
                self.class(node, context);
            }
            "if_statement" => return self.branch(node, context),
            "for_statement" | "while_statement" | "for_in_statement" => {
                // What only this loop leaves does not leave the function, but what it returns does.
                let before = self.outline.returns.len();
                if let (Some(left), Some(list)) = (node.field("left"), node.field("right"))
                    && left.kind() == "identifier"
                {
                    let path = self.names.local(left.text(), context.scope);
                    self.outline
                        .assigned
                        .push((path, Assigned::Item(bare(list))));
                }
                // What goes over a list that is written out runs.
                let is_sure = node
                    .field("right")
                    .is_some_and(|it| self.is_filled(it, context));
                let inner = if is_sure { context } else { conditional };
                for part in node.children() {
                    let is_body = part.kind() == "statement_block";
                    self.within(part, if is_body { inner } else { context }, context);
                }
                return self.outline.returns.len() > before;
            }
            "try_statement" => return self.attempt(node, context),
            "switch_case" | "switch_default" => {
                let before = self.outline.returns.len();
                self.parts_within(node, conditional, context);
                return self.outline.returns.len() > before;
            }
            "binary_expression" if is_short_cut(node) => {
                for (at, part) in node.children().enumerate() {
                    match at {
                        0 => self.visit(part, context),
                        _ => self.within(part, conditional, context),
                    };
                }
            }
            "ternary_expression" => {
                for (at, part) in node.children().enumerate() {
                    match at {
                        0 => self.visit(part, context),
                        _ => self.within(part, conditional, context),
                    };
                }
            }
            "variable_declarator" | "assignment_expression" | "augmented_assignment_expression" => {
                self.assignment(node, context);
                return self.all(node, context);
            }
            "public_field_definition" | "field_definition" => {
                let name = node.field("name").or(node.field("property"));
                if let (Some(name), Some(value)) = (name, node.field("value")) {
                    let prefix = self.names.scopes.prefix(context.scope);
                    let path = format!("{prefix}{}", name.text());
                    self.value(path, value);
                }
                return self.all(node, context);
            }
            "return_statement" => {
                if let Some(value) = node.children().next() {
                    self.outline.returns.push((context.function, value));
                }
                self.all(node, context);
                return true;
            }
            "break_statement" | "continue_statement" => return true,
            "import_statement" => self.outline.imports.push(node),
            "export_statement" => {
                self.export(node, context);
                return self.all(node, context);
            }
            "expression_statement" => {
                // A text by itself is a directive.
                let only = node.children().next();
                if only.is_some_and(|it| it.kind() == "string") {
                    return false;
                }
                return self.all(node, context);
            }
            "call_expression" | "new_expression" => return self.call(node, context),
            "string" | "template_string" => {
                self.outline.strings.push(node);
                return self.all(node, context);
            }
            "type_annotation"
            | "interface_declaration"
            | "type_alias_declaration"
            | "type_arguments"
            | "type_parameters" => {}
            _ => return self.all(node, context),
        }
        false
    }
}

impl<'a> Statements<'_, 'a> {
    /// Whether a value is a list that is written out, and not empty.
    fn is_filled(&self, node: Node<'a>, context: Context) -> bool {
        let node = bare(node);
        let list = match node.kind() {
            "identifier" => match self.assigned_to(node, context) {
                Some(value) => value,
                None => return false,
            },
            _ => node,
        };
        let list = bare(list);
        list.kind() == "array" && list.children().next().is_some()
    }

    /// The value that a name was assigned first.
    fn assigned_to(&self, name: Node<'a>, context: Context) -> Option<Node<'a>> {
        let path = self.names.local(name.text(), context.scope);
        let mut assigned = self.outline.assigned.iter();
        match assigned.find(|it| it.0 == path).map(|it| &it.1) {
            Some(Assigned::Value(value)) => Some(*value),
            _ => None,
        }
    }

    /// The list that a call goes over, the method, and what is called for each item: `names.filter((name) => …)`.
    fn each(call: Node<'a>) -> Option<(Node<'a>, &'a str, Node<'a>)> {
        let function = bare(call.field("function")?);
        let (list, method) = (function.field("object")?, function.field("property")?);
        let given = call.field("arguments")?.children().next()?;
        let each = Some(bare(given)).filter(|it| is_function(*it))?;
        Some((bare(list), method.text(), each))
    }

    fn call(&mut self, node: Node<'a>, context: Context) -> bool {
        if scope::required(node).is_some() {
            self.outline.imports.push(node);
        }
        let function = node.field("function").or(node.field("constructor"));
        let function = function.map(bare);
        // What is called where it is written runs here.
        if let Some(inner) = function.filter(|it| is_function(*it)) {
            self.function(inner, context, true);
            if let Some(arguments) = node.field("arguments") {
                self.all(arguments, context);
            }
            return false;
        }
        self.outline.calls.push(node);
        self.item(node);
        self.asserted(node);
        // What a list that is written out has runs for each item of it.
        if let Some((list, "forEach" | "filter" | "some" | "every", each)) = Self::each(node)
            && self.is_filled(list, context)
        {
            self.all(list, context);
            self.function(each, context, true);
            return false;
        }
        self.all(node, context)
    }

    /// `assert(process.env.X)`: what is not there stops the program (nodejs.org/api/assert.html).
    fn asserted(&mut self, call: Node<'a>) {
        let function = call.field("function").map_or("", Node::text);
        let arguments = call.field("arguments").filter(|_| {
            matches!(
                function,
                "assert" | "assert.ok" | "invariant" | "tinyInvariant"
            )
        });
        if let Some(first) = arguments.and_then(|it| it.children().next()) {
            self.wanted(first);
        }
    }

    /// What must be there so that a condition holds.
    fn wanted(&mut self, condition: Node<'a>) {
        let condition = bare(condition);
        let operator = condition.field("operator").map_or("", Node::text);
        match (condition.kind(), operator) {
            ("binary_expression", "&&") => {
                let parts = [condition.field("left"), condition.field("right")];
                parts.into_iter().flatten().for_each(|it| self.wanted(it));
            }
            ("binary_expression", "!==" | "!=") => {
                let right = condition.field("right").map_or("", Node::text);
                let left = condition.field("left");
                let left = left.filter(|_| matches!(right, "undefined" | "null"));
                self.outline.required.extend(left);
            }
            ("identifier" | "member_expression" | "subscript_expression", _) => {
                self.outline.required.push(condition);
            }
            _ => {}
        }
    }

    /// What `list.forEach(it => …)` and the like call `it`.
    fn item(&mut self, call: Node<'a>) {
        const EACH: [&str; 7] = [
            "forEach", "map", "filter", "some", "every", "find", "flatMap",
        ];
        let function = call.field("function").map(bare);
        let parts = function.and_then(|it| Some((it.field("object")?, it.field("property")?)));
        let Some((list, _)) = parts.filter(|it| EACH.contains(&it.1.text())) else {
            return;
        };
        let given = call.field("arguments").and_then(|it| it.children().next());
        let Some(each) = given.map(bare).filter(|it| is_function(*it)) else {
            return;
        };
        let first = scope::parameters(each).into_iter().next();
        if let Some(name) = first
            .map(|it| it.name)
            .filter(|it| it.kind() == "identifier")
        {
            let scope = self.names.scopes.of_node(each);
            let path = format!("{}{}", self.names.scopes.prefix(scope), name.text());
            self.outline
                .assigned
                .push((path, Assigned::Item(bare(list))));
        }
    }

    fn function(&mut self, node: Node<'a>, context: Context, runs_here: bool) {
        for part in node.children().filter(|it| it.kind() == "decorator") {
            self.all(part, context);
        }
        let scope = self.names.scopes.of_node(node);
        let path = self.names.scopes.own_path(scope).to_owned();
        let mut parameters = Vec::new();
        for parameter in scope::parameters(node) {
            let is_name = parameter.name.kind() == "identifier";
            let name = if is_name { parameter.name.text() } else { "" };
            parameters.push(name.to_owned());
            if let Some(value) = parameter.default
                && is_name
            {
                let path = format!("{path}.{name}");
                self.outline.assign(path, Assigned::Value(value));
            }
        }
        let inner = if runs_here {
            Context { scope, ..context }
        } else {
            let function = self.outline.add_function(path, parameters, node, context);
            Context {
                scope,
                function,
                ..Context::default()
            }
        };
        if let Some(part) = node.field("parameters").or(node.field("parameter")) {
            // Names of parameters belong to the function; what stands for them is of no use here.
            self.outline
                .enter(part.range().start, Context { scope, ..context });
            self.outline.enter(part.range().end, context);
        }
        let Some(body) = node.field("body") else {
            return;
        };
        if body.kind() != "statement_block" && !runs_here {
            self.outline.returns.push((inner.function, body));
        }
        self.within(body, inner, context);
    }

    fn class(&mut self, node: Node<'a>, context: Context) {
        let scope = self.names.scopes.of_node(node);
        let heritage = node.children().find(|it| it.kind() == "class_heritage");
        let bases = heritage.into_iter().flat_map(Node::children);
        let bases = bases.filter_map(|it| match it.kind() {
            "extends_clause" => it.field("value"),
            "implements_clause" => None,
            _ => Some(it),
        });
        let names = bases.filter_map(|it| self.names.name(it, context.scope));
        let name = self.names.scopes.own_path(scope).to_owned();
        self.outline.add_class(name, names.collect(), node, context);
        for part in node.children() {
            match part.kind() {
                "class_body" => self.within(part, Context { scope, ..context }, context),
                _ => self.all(part, context),
            };
        }
    }

    fn branch(&mut self, node: Node<'a>, context: Context) -> bool {
        let (condition, body) = (node.field("condition"), node.field("consequence"));
        let inner = context.conditional();
        let mut leaves = false;
        if let Some(condition) = condition {
            // `if (require.main === module)` holds for a program.
            if condition.text().contains("require.main") {
                return self.all(node, context);
            }
            leaves |= self.visit(condition, context);
            if body.is_some_and(stops) {
                self.unwanted(condition, context);
            }
        }
        for part in node.children().skip(1) {
            leaves |= self.within(part, inner, context);
        }
        leaves
    }

    fn attempt(&mut self, node: Node<'a>, context: Context) -> bool {
        let handler = node.field("handler").and_then(|it| it.field("body"));
        let is_caught = handler.is_some_and(|it| !stops(it));
        let tried = context.tried(is_caught);
        let handled = context.conditional();
        let mut leaves = false;
        for part in node.children() {
            let inner = match part.kind() {
                "catch_clause" => handled,
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
        while right.kind() == "assignment_expression" {
            let Some(inner) = right.field("right") else {
                return;
            };
            right = inner;
        }
        if left.kind() == "object_pattern" {
            if scope::required(bare(right)).is_some() {
                self.outline.imports.push(node);
                return;
            }
            self.destructure(left, right, context);
            return;
        }
        let path = match scope::exported(left) {
            Some(name) => name.to_owned(),
            None => match self.names.name(left, context.scope) {
                Some(path) => path,
                None => return,
            },
        };
        if node.kind() == "augmented_assignment_expression" {
            self.outline.assign(path, Assigned::Unknown);
        } else if scope::required(bare(right)).is_some() && node.kind() == "variable_declarator" {
            self.outline.imports.push(node);
        } else {
            self.value(path, right);
        }
    }

    fn value(&mut self, path: String, value: Node<'a>) {
        let inner = bare(value);
        self.outline.name_value(inner, &path);
        // A chain of calls of the methods of what is made is known by the name, too.
        let root = chains::chained(inner);
        if root.id() != inner.id() && matches!(root.kind(), "call_expression" | "new_expression") {
            self.outline.name_inner(root, &path);
        }
        // What a function is assigned to is its own name.
        if !is_function(inner) && inner.kind() != "class" {
            self.outline.assign(path, Assigned::Value(inner));
        }
    }

    fn destructure(&mut self, pattern: Node<'a>, value: Node<'a>, context: Context) {
        for part in pattern.children() {
            let default = match part.kind() {
                "object_assignment_pattern" => part.field("right"),
                "pair_pattern" => part.field("value").and_then(|it| it.field("right")),
                _ => None,
            };
            let local = part.field("value").or(part.field("left")).unwrap_or(part);
            let local = local.field("left").unwrap_or(local);
            let key = part.field("key").or(part.field("left")).unwrap_or(part);
            let is_name = matches!(
                local.kind(),
                "identifier" | "shorthand_property_identifier_pattern"
            );
            let Some(key) = super::strings::key(key).filter(|_| is_name) else {
                continue;
            };
            let path = self.names.local(local.text(), context.scope);
            let assigned = Assigned::Member(bare(value), key, default);
            self.outline.assign(path, assigned);
        }
    }

    fn export(&mut self, node: Node<'a>, context: Context) {
        if node.field("source").is_some() {
            self.outline.imports.push(node);
            return;
        }
        if let Some(value) = node.field("value") {
            self.value("default".to_owned(), value);
        }
        let declared = node.field("declaration");
        let is_default = node.text().starts_with("export default");
        if let Some(name) = declared.and_then(|it| it.field("name"))
            && is_default
        {
            let path = self.names.local(name.text(), context.scope);
            let alias = Assigned::Alias(path);
            self.outline.assign("default".to_owned(), alias);
        }
        let clauses = node.children().filter(|it| it.kind() == "export_clause");
        for it in clauses.flat_map(Node::children) {
            if let (Some(name), Some(alias)) = (it.field("name"), it.field("alias"))
                && name.text() != alias.text()
            {
                let path = self.names.local(name.text(), context.scope);
                let name = alias.text().to_owned();
                self.outline.assign(name, Assigned::Alias(path));
            }
        }
    }

    /// A condition under which the program stops: what must be there so that it does not.
    fn unwanted(&mut self, condition: Node<'a>, context: Context) {
        let condition = bare(condition);
        match condition.kind() {
            "unary_expression" if condition.text().starts_with('!') => {
                let argument = condition.field("argument").map(bare);
                if let Some((_, "every", each)) = argument.and_then(Self::each) {
                    if let Some(body) = only_value(each) {
                        self.wanted(body);
                    }
                    return;
                }
                self.outline.required.extend(argument);
            }
            "binary_expression" => {
                let parts = (condition.field("left"), condition.field("right"));
                let (Some(left), Some(right)) = parts else {
                    return;
                };
                match condition.field("operator").map_or("", Node::text) {
                    "||" => {
                        self.unwanted(left, context);
                        self.unwanted(right, context);
                    }
                    "==" | "==="
                        if matches!(right.text(), "undefined" | "null" | "''" | "\"\"") =>
                    {
                        self.outline.required.push(left);
                    }
                    ">" | "!==" | "!=" if right.text() == "0" => self.unwanted(left, context),
                    ">=" if right.text() == "1" => self.unwanted(left, context),
                    _ => {}
                }
            }
            "call_expression" => {
                if let Some((_, "some", each)) = Self::each(condition)
                    && let Some(body) = only_value(each)
                {
                    self.unwanted(body, context);
                }
            }
            // How many of a list are not there: `missing.length`.
            "member_expression" if condition.text().ends_with(".length") => {
                let list = condition.field("object").map(bare);
                let list = list.and_then(|it| match it.kind() {
                    "identifier" => self.assigned_to(it, context),
                    _ => Some(it),
                });
                if let Some((_, "filter", each)) = list.map(bare).and_then(Self::each)
                    && let Some(body) = only_value(each)
                {
                    self.unwanted(body, context);
                }
            }
            _ => {}
        }
    }
}

/// What a function returns that does nothing else.
fn only_value(function: Node<'_>) -> Option<Node<'_>> {
    let body = function.field("body")?;
    if body.kind() != "statement_block" {
        return Some(body);
    }
    let mut statements = body.children();
    let only = statements
        .next()
        .filter(|it| it.kind() == "return_statement")?;
    let value = only.children().next()?;
    statements.next().is_none().then_some(value)
}

/// Whether the right part of an expression is not always reached.
fn is_short_cut(node: Node<'_>) -> bool {
    let operator = node.field("operator").map_or("", Node::text);
    matches!(operator, "||" | "&&" | "??")
}

/// Whether the program does not go on behind a statement.
fn stops(body: Node<'_>) -> bool {
    let statements: Vec<Node<'_>> = match body.kind() {
        "statement_block" => body.children().collect(),
        _ => vec![body],
    };
    // What may happen before the end may be another end.
    let is_plain = |it: &Node<'_>| {
        matches!(
            it.kind(),
            "expression_statement" | "throw_statement" | "lexical_declaration"
        )
    };
    let Some(last) = statements
        .last()
        .filter(|_| statements.iter().all(is_plain))
    else {
        return false;
    };
    let exits = |it: Node<'_>| {
        it.field("function")
            .is_some_and(|it| it.text() == "process.exit")
    };
    last.kind() == "throw_statement" || last.children().next().is_some_and(exits)
}
