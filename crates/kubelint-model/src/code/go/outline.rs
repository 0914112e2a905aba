//! The outline of a file: its functions and types, what is assigned, returned and called, and what is sure to run.

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::conditions::{self, Check};
use super::gates;
use super::packages;
use super::scope::{self, Scopes, bare};
use crate::code::{Class, Function, FunctionId, Place};

/// Where the walk is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    pub scope: usize,
    pub function: FunctionId,
    pub is_conditional: bool,
}

/// What is assigned to a name.
#[derive(Debug)]
pub(super) struct Assigned<'a> {
    pub path: String,
    /// `None` if nobody can tell.
    pub value: Option<Node<'a>>,
    /// The number of the `if` within which it is assigned.
    pub within: Option<usize>,
}

/// What a function returns: the first of several values.
#[derive(Debug)]
pub(super) struct Returned<'a> {
    pub function: FunctionId,
    pub value: Node<'a>,
    /// The number of the `if` within which it is returned.
    pub within: Option<usize>,
    /// Whether an error is returned with it, and nothing else may happen there: the function gives up.
    pub is_refusal: bool,
}

/// The outline of a file.
#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    /// From which offset on the text belongs to which context.
    segments: Vec<(u32, Context)>,
    pub assigned: Vec<Assigned<'a>>,
    /// The first name that a value is assigned to, by the number of the value's node.
    pub targets: BTreeMap<usize, String>,
    pub returns: Vec<Returned<'a>>,
    pub calls: Vec<Node<'a>>,
    /// Functions that are written out as values, and other values that may be functions: where they are called nobody sees.
    pub handed: Vec<Node<'a>>,
    pub imports: Vec<Node<'a>>,
    pub strings: Vec<Node<'a>>,
    pub structs: Vec<Node<'a>>,
    /// What conditions ask of values, by the number of the `if`.
    pub checks: Vec<Check<'a>>,
    /// Names and the values that are assigned to them at once: both sides.
    pub pairs: Vec<(Node<'a>, Node<'a>)>,
    /// Functions that let requests through only with credentials.
    pub gates: Vec<FunctionId>,
    /// What runs beside what follows it, or at the end of its function.
    pub later: Vec<TextRange>,
    /// Calls of generic functions with one argument, which read like conversions: `f[T](x)`.
    pub generic: Vec<Node<'a>>,
    /// Structs that are written out, with a type of a package.
    pub servers: Vec<Node<'a>>,
    /// What is compared with something else.
    pub compared: Vec<Node<'a>>,
}

struct Walk<'s, 'a> {
    scopes: &'s Scopes<'a>,
    outline: Outline<'a>,
    /// The `if` whose consequence the walk is in.
    within: Option<usize>,
}

impl<'a> Outline<'a> {
    pub(super) fn of(root: Node<'a>, scopes: &Scopes<'a>) -> Self {
        let mut walk = Walk {
            scopes,
            outline: Self::default(),
            within: None,
        };
        let context = Context::default();
        walk.outline.functions.push(Function {
            name: String::new(),
            parameters: Vec::new(),
            returns: None,
            parent: FunctionId::default(),
            range: root.range(),
            is_entry: false,
        });
        walk.outline.segments.push((0, context));
        walk.all(root, context);
        walk.outline
    }

    /// What holds at an offset.
    pub(super) fn context(&self, offset: u32) -> Context {
        let at = self.segments.partition_point(|it| it.0 <= offset);
        let found = at.checked_sub(1).and_then(|it| self.segments.get(it));
        found.map(|it| it.1).unwrap_or_default()
    }

    /// The place of a node.
    pub(super) fn place(&self, node: Node<'a>) -> Place {
        let context = self.context(node.range().start);
        Place {
            range: node.range(),
            function: context.function,
            is_conditional: context.is_conditional,
        }
    }
}

impl<'a> Walk<'_, 'a> {
    /// Visits `node` under a context of its own.
    fn within(&mut self, node: Node<'a>, context: Context, around: Context) -> bool {
        let range = node.range();
        self.enter(range.start, context);
        let leaves = self.visit(node, context);
        self.enter(range.end, around);
        leaves
    }

    fn enter(&mut self, offset: u32, context: Context) {
        // What is empty must not disturb the order.
        if self.outline.segments.last().is_none_or(|it| it.0 <= offset) {
            self.outline.segments.push((offset, context));
        }
    }

    /// The statements of a block, one after the other; whether it may be left early.
    fn block(&mut self, node: Node<'a>, context: Context) -> bool {
        let mut now = context;
        let mut leaves = false;
        for statement in node.children() {
            let left = self.visit(statement, now);
            if left && !now.is_conditional {
                now.is_conditional = true;
                self.enter(statement.range().end, now);
            }
            leaves |= left;
        }
        leaves
    }

    fn all(&mut self, node: Node<'a>, context: Context) -> bool {
        let mut leaves = false;
        for child in node.children() {
            leaves |= self.visit(child, context);
        }
        leaves
    }

    /// Visits a node; whether what follows it in its function may not run, because this leaves.
    fn visit(&mut self, node: Node<'a>, context: Context) -> bool {
        let conditional = Context {
            is_conditional: true,
            ..context
        };
        match node.kind() {
            "statement_list" => return self.block(node, context),
            "function_declaration" | "method_declaration" => self.function(node, context, false),
            "func_literal" => {
                self.outline.handed.push(node);
                self.function(node, context, false);
            }
            "go_statement" | "defer_statement" => {
                self.outline.later.push(node.range());
                return self.all(node, context);
            }
            "if_statement" => return self.branch(node, context),
            "for_statement" => {
                for part in node.children() {
                    let is_body = part.kind() == "block";
                    self.within(part, if is_body { conditional } else { context }, context);
                }
            }
            "expression_case" | "default_case" | "type_case" | "communication_case" => {
                self.enter(node.range().start, conditional);
                self.all(node, conditional);
                self.enter(node.range().end, context);
            }
            "binary_expression" if is_short_cut(node) => {
                for (at, part) in node.children().enumerate() {
                    match at {
                        0 => self.visit(part, context),
                        _ => self.within(part, conditional, context),
                    };
                }
            }
            "var_spec" | "const_spec" => {
                let names = node.children().filter(|it| it.kind() == "identifier");
                let names: Vec<Node<'a>> = names.collect();
                let values = node.field("value");
                self.assignment(&names, values, context);
                return values.is_some_and(|it| self.all(it, context));
            }
            "short_var_declaration" | "assignment_statement" => {
                let left: Vec<Node<'a>> = node
                    .field("left")
                    .into_iter()
                    .flat_map(Node::children)
                    .collect();
                let operator = node.field("operator").map_or(":=", Node::text);
                self.outline
                    .pairs
                    .extend(node.field("left").zip(node.field("right")));
                if matches!(operator, "=" | ":=") {
                    self.assignment(&left, node.field("right"), context);
                } else {
                    self.unknown(&left, context);
                }
                return node.field("right").is_some_and(|it| self.all(it, context));
            }
            "range_clause" | "receive_statement" => {
                let left: Vec<Node<'a>> = node
                    .field("left")
                    .into_iter()
                    .flat_map(Node::children)
                    .collect();
                self.unknown(&left, context);
                return node
                    .field("right")
                    .is_some_and(|it| self.visit(it, context));
            }
            "inc_statement" | "dec_statement" => {
                let names: Vec<Node<'a>> = node.children().collect();
                self.unknown(&names, context);
            }
            "return_statement" => {
                let list = node.children().next();
                if let Some(value) = list.and_then(|it| it.children().next()) {
                    self.outline.returns.push(Returned {
                        function: context.function,
                        value,
                        within: self.within,
                        is_refusal: list
                            .and_then(|it| it.children().last())
                            .is_some_and(conditions::is_error),
                    });
                }
                self.all(node, context);
                return true;
            }
            "import_spec" => self.outline.imports.push(node),
            "type_spec" => self.class(node, context),
            "call_expression" => return self.call(node, context),
            "type_conversion_expression" => {
                let class = node.field("type");
                if class.is_some_and(|it| it.kind() == "generic_type") {
                    self.outline.generic.push(node);
                }
                return self.all(node, context);
            }
            "keyed_element" => {
                // Keys are names of fields, or of no use.
                if let Some(value) = node.field("value") {
                    let inner = bare(value);
                    if matches!(inner.kind(), "identifier" | "selector_expression") {
                        self.outline.handed.push(inner);
                    }
                    return self.visit(value, context);
                }
            }
            "binary_expression" | "expression_switch_statement" => {
                let operator = node.field("operator").map_or("==", Node::text);
                if matches!(operator, "==" | "!=") {
                    let sides = [node.field("left"), node.field("right"), node.field("value")];
                    self.outline.compared.extend(sides.into_iter().flatten());
                }
                return self.all(node, context);
            }
            "composite_literal" => {
                let class = node.field("type");
                if class.is_some_and(|it| it.kind() == "qualified_type") {
                    self.outline.servers.push(node);
                }
                self.fields(node, context);
                return node.field("body").is_some_and(|it| self.all(it, context));
            }
            "interpreted_string_literal" | "raw_string_literal" => self.outline.strings.push(node),
            "parameter_list" | "type_parameter_list" | "struct_type" | "interface_type" => {}
            _ => return self.all(node, context),
        }
        false
    }

    fn call(&mut self, node: Node<'a>, context: Context) -> bool {
        let function = node.field("function").map(bare);
        let arguments = node.field("arguments");
        // What is called where it is written runs here.
        if let Some(inner) = function.filter(|it| it.kind() == "func_literal") {
            self.function(inner, context, true);
        } else {
            self.outline.calls.push(node);
            // `strings.HasPrefix(r.URL.Path, …)`
            let is_test = function.is_some_and(|it| it.text().starts_with("strings.Has"));
            let first = arguments.and_then(|it| it.children().next());
            self.outline.compared.extend(first.filter(|_| is_test));
            if let Some(inner) = function {
                self.visit(inner, context);
            }
        }
        arguments.is_some_and(|it| self.all(it, context))
    }

    fn function(&mut self, node: Node<'a>, context: Context, runs_here: bool) {
        let scope = self.scopes.of_node(node);
        let path = self.scopes.prefix(scope).trim_end_matches('.').to_owned();
        let list = node.field("parameters");
        let parameters = list.map_or_else(Vec::new, scope::parameters);
        let inner = if runs_here {
            Context { scope, ..context }
        } else {
            let function = FunctionId(self.outline.functions.len() as u32);
            let is_plain = node.kind() == "function_declaration";
            if gates::is_gate(node) {
                self.outline.gates.push(function);
            }
            self.outline.functions.push(Function {
                // There may be several of that name, and none of them is called.
                is_entry: is_plain && matches!(path.as_str(), "main" | "init"),
                name: path,
                parameters: parameters.iter().map(|it| it.0.to_owned()).collect(),
                returns: None,
                parent: context.function,
                range: node.range(),
            });
            Context {
                scope,
                function,
                ..Context::default()
            }
        };
        if let Some(list) = list {
            // Names of parameters belong to the function.
            self.enter(list.range().start, Context { scope, ..context });
            self.enter(list.range().end, context);
        }
        if let Some(body) = node.field("body") {
            let around = self.within.take();
            self.within(body, inner, context);
            self.within = around;
        }
    }

    fn class(&mut self, node: Node<'a>, context: Context) {
        let name = node.field("name").map_or("", Node::text);
        let fields = scope::fields(node);
        if node
            .field("type")
            .is_none_or(|it| it.kind() != "struct_type")
        {
            return;
        }
        self.outline.structs.push(node);
        let embedded = fields.iter().filter(|it| scope::is_embedded(it.1));
        let bases = embedded.filter_map(|it| self.scopes.name(it.1, context.scope));
        self.outline.classes.push(Class {
            name: name.to_owned(),
            bases: bases.collect(),
            place: Place {
                range: node.range(),
                function: context.function,
                is_conditional: context.is_conditional,
            },
        });
    }

    /// What a struct that is written out says of its fields.
    fn fields(&mut self, node: Node<'a>, context: Context) {
        let class = node.field("type").map(bare);
        let class = class.filter(|it| matches!(it.kind(), "type_identifier" | "qualified_type"));
        let Some(class) = class.and_then(|it| self.scopes.name(it, context.scope)) else {
            return;
        };
        let parts = node.field("body").into_iter().flat_map(Node::children);
        for part in parts.filter(|it| it.kind() == "keyed_element") {
            let (Some(key), Some(value)) = (part.field("key"), part.field("value")) else {
                continue;
            };
            let path = format!("{class}.{}", key.text());
            self.value(path, bare(value));
        }
    }

    fn branch(&mut self, node: Node<'a>, context: Context) -> bool {
        let inner = Context {
            is_conditional: true,
            ..context
        };
        if let Some(first) = node.field("initializer") {
            self.visit(first, context);
        }
        let mut leaves = false;
        let condition = node.field("condition");
        if let Some(condition) = condition {
            leaves |= self.visit(condition, context);
        }
        let Some(body) = node.field("consequence") else {
            return leaves;
        };
        let number = self.outline.checks.len();
        let check = conditions::check(node, context, self.within);
        let gives_up = check.end.is_some();
        self.outline.checks.push(check);
        let around = self.within.replace(number);
        let left = self.within(body, inner, context);
        self.within = around;
        // What stops, or gives up because of an error, is no other way to go on.
        let is_failure = gives_up || condition.is_some_and(|it| it.text().contains("err"));
        leaves |= left && !is_failure;
        if let Some(other) = node.field("alternative") {
            leaves |= self.within(other, inner, context);
        }
        leaves
    }

    fn assignment(&mut self, left: &[Node<'a>], right: Option<Node<'a>>, context: Context) {
        let values: Vec<Node<'a>> = right.into_iter().flat_map(Node::children).collect();
        for (at, target) in left.iter().enumerate() {
            let Some(path) = self.scopes.name(*target, context.scope) else {
                continue;
            };
            if path == "_" || path.is_empty() {
                continue;
            }
            match values.get(at) {
                Some(value) => self.value(path, bare(*value)),
                // The second value of a call says whether there is a first.
                None if values.is_empty() => {}
                None => self.outline.assigned.push(Assigned {
                    path,
                    value: None,
                    within: self.within,
                }),
            }
        }
    }

    fn unknown(&mut self, left: &[Node<'a>], context: Context) {
        for target in left {
            if let Some(path) = self.scopes.name(*target, context.scope) {
                self.outline.assigned.push(Assigned {
                    path,
                    value: None,
                    within: self.within,
                });
            }
        }
    }

    fn value(&mut self, path: String, value: Node<'a>) {
        let targets = &mut self.outline.targets;
        targets.entry(value.id()).or_insert_with(|| path.clone());
        // A router that a method gives back.
        let mut inner = value.field("function");
        while let Some(it) = inner
            && it
                .field("field")
                .is_some_and(|it| packages::is_same(it.text()))
            && let Some(of) = it.field("operand").map(bare)
        {
            targets.entry(of.id()).or_insert_with(|| path.clone());
            inner = of.field("function");
        }
        // What a function is assigned to is its own name.
        if value.kind() != "func_literal" {
            self.outline.assigned.push(Assigned {
                path,
                value: Some(value),
                within: self.within,
            });
        }
    }
}

/// Whether the right part of an expression is not always reached.
fn is_short_cut(node: Node<'_>) -> bool {
    let operator = node.field("operator").map_or("", Node::text);
    matches!(operator, "||" | "&&")
}
