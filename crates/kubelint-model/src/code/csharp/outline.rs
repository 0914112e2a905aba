//! The outline of a file of C#: its types, functions and names, and what stands where.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::syntax::{arguments, bare, called, is_loop, simple};
use crate::code::dotnet::{OnlyIn, Property};
use crate::code::{Class, Function, FunctionId, Kind, Place};

/// A text in which names and functions are the same.
#[derive(Clone, Debug)]
struct Span {
    range: TextRange,
    parent: usize,
    context: Context,
}

/// What holds at a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    pub(super) function: FunctionId,
    /// What stands before the names that are local here: `Startup.Configure.`
    pub(super) scope: String,
    /// The class around it.
    pub(super) class: Option<String>,
    pub(super) is_conditional: bool,
    /// Whether failures are caught here.
    pub(super) is_caught: bool,
}

/// What a name is made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Made<'a> {
    /// The value that it is given.
    Value(Node<'a>),
    /// It is the parameter of a lambda that this call is given.
    LambdaOf(Node<'a>),
}

/// The outline of a file.
#[derive(Default)]
pub(super) struct Outline<'a> {
    spans: Vec<Span>,
    pub(super) functions: Vec<Function>,
    pub(super) classes: Vec<Class>,
    pub(super) properties: Vec<Property>,
    /// The types, to be asked for their attributes.
    pub(super) types: Vec<Node<'a>>,
    /// The declared types of names, without namespaces and type arguments.
    pub(super) declared: BTreeMap<String, &'a str>,
    /// What names are made of.
    pub(super) made: BTreeMap<String, Vec<Made<'a>>>,
    /// The names that values are assigned to, by the number of the node.
    pub(super) targets: BTreeMap<usize, String>,
    /// All names that the file declares.
    names: BTreeSet<String>,
    /// Parameters of functions: the path of the name.
    pub(super) parameters: BTreeSet<String>,
    pub(super) returns: Vec<(FunctionId, Node<'a>)>,
    pub(super) calls: Vec<Node<'a>>,
    pub(super) strings: Vec<Node<'a>>,
    /// Reads by index: `configuration["A"]`.
    pub(super) indexed: Vec<Node<'a>>,
    pub(super) only_in: Vec<OnlyIn>,
    /// Values that the program does not go on without: what stands before `?? throw`, and what is compared to nothing before it throws.
    pub(super) required: Vec<Node<'a>>,
    /// The methods that are called on what they are given first.
    pub(super) extensions: Vec<FunctionId>,
    /// The methods that programs and frameworks call by themselves.
    entries: BTreeSet<u32>,
}

/// Methods that run at every start although nobody calls them: the program itself, and what the host asks of a `Startup` class.
const STARTS: [&str; 6] = [
    "Main",
    "Startup.Startup",
    "Startup.ConfigureServices",
    "Startup.Configure",
    "Startup.ConfigureContainer",
    "Program.CreateHostBuilder",
];

/// Names that are local deeper within each other are taken for those of what is around.
const MOST_SCOPES: usize = 24;

impl<'a> Outline<'a> {
    pub(super) fn of(root: Node<'a>) -> Self {
        let mut this = Self::default();
        this.functions.push(Function {
            name: String::new(),
            parameters: Vec::new(),
            returns: None,
            parent: FunctionId::default(),
            range: root.range(),
            is_entry: false,
        });
        this.spans.push(Span {
            range: root.range(),
            parent: 0,
            context: Context::default(),
        });
        this.walk(root, 0);
        for number in &this.entries {
            if let Some(function) = this.functions.get_mut(*number as usize) {
                function.is_entry = true;
            }
        }
        this
    }

    /// What holds where `offset` is.
    pub(super) fn context(&self, offset: u32) -> &Context {
        let end = self.spans.partition_point(|it| it.range.start <= offset);
        let mut at = end.saturating_sub(1);
        while at > 0 && self.spans[at].range.end <= offset {
            at = self.spans[at].parent;
        }
        &self.spans[at].context
    }

    pub(super) fn place(&self, node: Node<'a>) -> Place {
        let context = self.context(node.range().start);
        Place {
            range: node.range(),
            function: context.function,
            is_conditional: context.is_conditional,
        }
    }

    /// The path of a name as it is meant at `offset`: the innermost that declares it; itself if none in this file does.
    pub(super) fn resolve(&self, name: &str, offset: u32) -> String {
        let scope = self.context(offset).scope.as_str();
        let mut scope = scope.trim_end_matches('.');
        loop {
            let path = if scope.is_empty() {
                name.to_owned()
            } else {
                format!("{scope}.{name}")
            };
            if self.names.contains(&path) || scope.is_empty() {
                return path;
            }
            scope = scope.rsplit_once('.').map_or("", |it| it.0);
        }
    }

    fn enter(&mut self, range: TextRange, parent: usize, context: Context) -> usize {
        self.spans.push(Span {
            range,
            parent,
            context,
        });
        self.spans.len() - 1
    }

    fn context_of(&self, span: usize) -> Context {
        self.spans[span].context.clone()
    }

    fn declare(&mut self, span: usize, name: &str, declared: Option<Node<'a>>) -> String {
        let path = format!("{}{name}", self.spans[span].context.scope);
        if let Some(declared) = declared.map(simple) {
            self.declared.insert(path.clone(), declared);
        }
        self.names.insert(path.clone());
        path
    }

    fn walk_all(&mut self, node: Node<'a>, span: usize) {
        for child in node.children() {
            self.walk(child, span);
        }
    }

    fn conditional(&mut self, node: Node<'a>, span: usize) {
        let mut context = self.context_of(span);
        context.is_conditional = true;
        let inner = self.enter(node.range(), span, context);
        self.walk_all(node, inner);
    }

    // As deep as the tree, whose depth is limited.
    fn walk(&mut self, node: Node<'a>, span: usize) {
        match node.kind() {
            "class_declaration"
            | "record_declaration"
            | "struct_declaration"
            | "interface_declaration" => self.class(node, span),
            "method_declaration" | "constructor_declaration" | "local_function_statement" => {
                self.function(node, span);
            }
            "lambda_expression" | "anonymous_method_expression" => self.lambda(node, None, span),
            "if_statement" => self.branch(node, span),
            "try_statement" => {
                let mut context = self.context_of(span);
                context.is_caught = true;
                let inner = self.enter(node.range(), span, context);
                self.walk_all(node, inner);
            }
            "switch_section" | "catch_clause" | "switch_expression_arm" | "preproc_if" => {
                self.conditional(node, span);
            }
            kind if is_loop(kind) => self.conditional(node, span),
            "variable_declaration" => self.variables(node, span),
            "property_declaration" => self.property(node, span),
            "assignment_expression" => self.assignment(node, span),
            "return_statement" => {
                let function = self.spans[span].context.function;
                let value = node.children().next();
                self.returns.extend(value.map(|it| (function, it)));
                self.walk_all(node, span);
            }
            "invocation_expression" => self.call(node, span),
            "object_creation_expression" => {
                self.calls.push(node);
                self.walk_all(node, span);
            }
            "element_access_expression" => {
                self.indexed.push(node);
                self.walk_all(node, span);
            }
            "string_literal"
            | "verbatim_string_literal"
            | "raw_string_literal"
            | "interpolated_string_expression" => {
                self.strings.push(node);
                self.walk_all(node, span);
            }
            "binary_expression" => {
                let throws = node.field("right").map(Node::kind) == Some("throw_expression");
                self.required.extend(node.field("left").filter(|_| throws));
                self.walk_all(node, span);
            }
            _ => self.walk_all(node, span),
        }
    }

    fn class(&mut self, node: Node<'a>, span: usize) {
        let Some(name) = node.field("name").map(Node::text) else {
            return self.walk_all(node, span);
        };
        let place = Place {
            range: node.range(),
            function: FunctionId::default(),
            is_conditional: false,
        };
        let bases = node.children().filter(|it| it.kind() == "base_list");
        let bases = bases.flat_map(Node::children);
        let bases = bases.filter(|it| it.kind() != "argument_list");
        self.classes.push(Class {
            name: name.to_owned(),
            bases: bases.map(|it| simple(it).to_owned()).collect(),
            place,
        });
        self.types.push(node);
        let context = Context {
            scope: format!("{name}."),
            class: Some(name.to_owned()),
            ..Context::default()
        };
        let inner = self.enter(node.range(), span, context);
        for list in node.children().filter(|it| it.kind() == "parameter_list") {
            let is_record = node.kind() == "record_declaration";
            for (parameter, declared) in parameters(list) {
                self.declare(inner, parameter.text(), declared);
                if is_record {
                    self.add_property(inner, parameter, declared, None);
                }
            }
        }
        self.walk_all(node, inner);
    }

    fn function(&mut self, node: Node<'a>, span: usize) {
        let Some(name) = node.field("name").map(Node::text) else {
            return self.walk_all(node, span);
        };
        let around = self.context_of(span);
        let is_deep = around.scope.matches('.').count() >= MOST_SCOPES;
        let path = format!("{}{name}", if is_deep { "" } else { &around.scope });
        let list = node.field("parameters");
        let all: Vec<_> = list.map(parameters).unwrap_or_default();
        let id = FunctionId(self.functions.len() as u32);
        let first = list.map_or("", Node::text).trim_start_matches('(');
        if first.trim_start().starts_with("this ") {
            self.extensions.push(id);
        }
        let starts = STARTS.contains(&path.as_str()) || name == "Main";
        if starts {
            self.entries.insert(id.0);
        }
        self.functions.push(Function {
            name: path.clone(),
            parameters: all.iter().map(|it| it.0.text().to_owned()).collect(),
            returns: None,
            parent: around.function,
            range: node.range(),
            is_entry: false,
        });
        self.names.insert(path.clone());
        let context = Context {
            function: id,
            scope: format!("{path}."),
            class: around.class,
            ..Context::default()
        };
        let inner = self.enter(node.range(), span, context);
        for (parameter, declared) in all {
            let path = self.declare(inner, parameter.text(), declared);
            // Nobody calls what the host calls.
            if !starts {
                self.parameters.insert(path);
            }
        }
        if let Some(body) = node.field("body") {
            if body.kind() == "arrow_expression_clause" {
                let value = body.children().next();
                self.returns.extend(value.map(|it| (id, it)));
            }
            self.walk(body, inner);
        }
    }

    fn lambda(&mut self, node: Node<'a>, of: Option<Node<'a>>, span: usize) {
        let mut context = self.context_of(span);
        // Handlers run later; what is configured runs now. Which of them it is, the call tells.
        context.is_conditional |= of.is_none_or(|it| !is_run_at_once(it));
        if context.scope.matches('.').count() < MOST_SCOPES {
            context.scope = format!("{}@{}.", context.scope, node.range().start);
        }
        let inner = self.enter(node.range(), span, context);
        let list = node.field("parameters");
        let names: Vec<(Node<'a>, Option<Node<'a>>)> = match list {
            Some(list) if list.kind() == "parameter_list" => parameters(list),
            Some(name) => vec![(name, None)],
            None => Vec::new(),
        };
        for (name, declared) in names {
            let path = self.declare(inner, name.text(), declared);
            if let Some(of) = of {
                self.made.entry(path).or_default().push(Made::LambdaOf(of));
            }
        }
        self.walk_all(node, inner);
    }

    fn call(&mut self, node: Node<'a>, span: usize) {
        self.calls.push(node);
        self.required.extend(thrown_for(node));
        if let Some(function) = node.field("function") {
            self.walk(function, span);
        }
        for argument in node.field("arguments").into_iter().flat_map(Node::children) {
            for value in argument.children() {
                if matches!(
                    value.kind(),
                    "lambda_expression" | "anonymous_method_expression"
                ) {
                    self.lambda(value, Some(node), span);
                } else {
                    self.walk(value, span);
                }
            }
        }
    }

    fn branch(&mut self, node: Node<'a>, span: usize) {
        let condition = node.field("condition");
        if let Some(condition) = condition {
            self.walk(condition, span);
        }
        let first = node.field("consequence");
        let second = node.field("alternative");
        if let (Some(condition), Some(first)) = (condition, first) {
            let throws = first
                .text()
                .trim_start_matches(['{', ' ', '\r', '\n', '\t']);
            if throws.starts_with("throw ") {
                self.required.extend(absent(condition));
            }
            let only = environment(condition);
            self.only_in
                .extend(only.iter().map(|(name, is_not)| OnlyIn {
                    environment: (*name).to_owned(),
                    is_not: *is_not,
                    range: first.range(),
                }));
            if let Some(second) = second {
                // What a whole condition says, its other branch says the other way round.
                let single = only.as_slice();
                if let [(name, is_not)] = single
                    && bare(condition).kind() != "binary_expression"
                {
                    self.only_in.push(OnlyIn {
                        environment: (*name).to_owned(),
                        is_not: !is_not,
                        range: second.range(),
                    });
                }
            }
        }
        for part in first.into_iter().chain(second) {
            let mut context = self.context_of(span);
            context.is_conditional = true;
            let inner = self.enter(part.range(), span, context);
            self.walk(part, inner);
        }
    }

    fn variables(&mut self, node: Node<'a>, span: usize) {
        let declared = node.field("type").filter(|it| it.kind() != "implicit_type");
        for one in node
            .children()
            .filter(|it| it.kind() == "variable_declarator")
        {
            let Some(name) = one.field("name") else {
                continue;
            };
            let path = self.declare(span, name.text(), declared);
            let value = one.children().find(|it| it.id() != name.id());
            if let Some(value) = value {
                self.assign(path, value);
            }
            self.walk_all(one, span);
        }
    }

    fn property(&mut self, node: Node<'a>, span: usize) {
        let declared = node.field("type");
        if let Some(name) = node.field("name") {
            let path = self.declare(span, name.text(), declared);
            let value = node.field("value");
            let value = value.and_then(|it| match it.kind() {
                "arrow_expression_clause" => it.children().next(),
                _ => Some(it),
            });
            if let Some(value) = value {
                self.assign(path, value);
            }
            let is_set = node.field("accessors").is_some_and(|it| {
                it.text().contains("set") || it.text().contains("init") || it.text().contains("get")
            });
            if is_set {
                self.add_property(span, name, declared, value);
            }
        }
        self.walk_all(node, span);
    }

    fn add_property(
        &mut self,
        span: usize,
        name: Node<'a>,
        declared: Option<Node<'a>>,
        value: Option<Node<'a>>,
    ) {
        let Some(class) = self.spans[span].context.class.clone() else {
            return;
        };
        let of = declared.map_or("", |it| it.text().trim_end_matches('?'));
        let kind = match of {
            "int" | "long" | "short" | "uint" | "ulong" | "ushort" | "byte" => Kind::Number,
            "bool" => Kind::Boolean,
            _ => Kind::Text,
        };
        let plain = [
            "string",
            "int",
            "long",
            "short",
            "uint",
            "ulong",
            "ushort",
            "byte",
            "bool",
            "double",
            "float",
            "decimal",
            "TimeSpan",
            "Uri",
            "Guid",
            "DateTime",
            "DateTimeOffset",
            "char",
        ];
        self.properties.push(Property {
            class,
            name: name.text().to_owned(),
            kind,
            of: (!plain.contains(&of)).then(|| of.to_owned()),
            has_default: value.is_some(),
            is_demanded: demands(name, of, value),
            range: name.range(),
        });
    }

    fn assignment(&mut self, node: Node<'a>, span: usize) {
        if let (Some(left), Some(right)) = (node.field("left"), node.field("right")) {
            let name = match left.kind() {
                "identifier" => Some(left.text()),
                "member_access_expression" if left.field("expression").is_none() => {
                    left.field("name").map(Node::text)
                }
                _ => None,
            };
            let operator = node.field("operator").map_or("=", Node::text);
            if let Some(name) = name
                && operator == "="
            {
                let path = self.resolve(name, node.range().start);
                self.assign(path, right);
            }
        }
        self.walk_all(node, span);
    }

    fn assign(&mut self, path: String, value: Node<'a>) {
        self.targets.insert(value.id(), path.clone());
        self.made.entry(path).or_default().push(Made::Value(value));
    }
}

/// Whether a lambda that this call is given runs while the program starts.
fn is_run_at_once(call: Node<'_>) -> bool {
    let name = called(call).unwrap_or_default();
    let runs = ["Configure", "Use", "Add", "ConfigureServices", "Run"];
    runs.iter().any(|it| name.starts_with(it)) || matches!(name, "Map" | "MapWhen" | "MapGroup")
}

/// The names and types of a list of parameters.
fn parameters(list: Node<'_>) -> Vec<(Node<'_>, Option<Node<'_>>)> {
    let all = list.children().filter(|it| it.kind() == "parameter");
    all.filter_map(|it| Some((it.field("name")?, it.field("type"))))
        .collect()
}

/// The environments that a condition asks for, and whether it must be another: `env.IsDevelopment()`. All of them must hold.
fn environment(condition: Node<'_>) -> Vec<(&str, bool)> {
    let condition = bare(condition);
    match condition.kind() {
        "prefix_unary_expression" if condition.text().starts_with('!') => {
            let inner = condition.children().next();
            let inner = inner.map(environment).unwrap_or_default();
            match inner.as_slice() {
                [(name, is_not)] => vec![(*name, !is_not)],
                _ => Vec::new(),
            }
        }
        "invocation_expression" => {
            let name = match called(condition) {
                Some("IsDevelopment") => Some("Development"),
                Some("IsProduction") => Some("Production"),
                Some("IsStaging") => Some("Staging"),
                Some("IsEnvironment") => {
                    let first = condition.field("arguments").map(arguments);
                    let first = first.and_then(|it| it.first().map(|it| it.1));
                    first.map(|it| it.text().trim_matches('"'))
                }
                _ => None,
            };
            name.map(|it| (it, false)).into_iter().collect()
        }
        "binary_expression" => {
            let is_both = condition.field("operator").map(Node::text) == Some("&&");
            let parts = [condition.field("left"), condition.field("right")];
            let parts = parts.into_iter().flatten().filter(|_| is_both);
            parts.flat_map(environment).collect()
        }
        _ => Vec::new(),
    }
}

/// What a condition finds to be nothing: `x == null`, `x is null`, `string.IsNullOrEmpty(x)`.
/// The value without which a check of the framework throws: `ArgumentException.ThrowIfNullOrEmpty(value)`.
fn thrown_for(call: Node<'_>) -> Option<Node<'_>> {
    let is_check = matches!(
        called(call),
        Some("ThrowIfNull" | "ThrowIfNullOrEmpty" | "ThrowIfNullOrWhiteSpace")
    );
    let list = call.field("arguments").filter(|_| is_check)?;
    arguments(list).first().map(|it| it.1)
}

/// Whether a property of the class `of` must be given a text: `[Required]`, and nothing but an empty text in its place.
fn demands(name: Node<'_>, of: &str, value: Option<Node<'_>>) -> bool {
    let declaration = name.parent();
    let mut lists = declaration.into_iter().flat_map(Node::children);
    let is_required = lists.any(|it| {
        it.kind() == "attribute_list"
            && it.children().any(|it| {
                let text = it.field("name").map_or("", simple);
                matches!(text, "Required" | "RequiredAttribute")
                    && !it.text().contains("AllowEmptyStrings")
            })
    });
    let is_empty = value.is_none_or(|it| {
        let text = it.text().trim_start_matches('=').trim();
        matches!(
            text,
            "\"\"" | "string.Empty" | "String.Empty" | "default!" | "null!" | "default" | "null"
        )
    });
    is_required && of == "string" && is_empty
}

fn absent(condition: Node<'_>) -> Option<Node<'_>> {
    let condition = bare(condition);
    match condition.kind() {
        "invocation_expression" => {
            let is_asked = matches!(
                called(condition),
                Some("IsNullOrEmpty" | "IsNullOrWhiteSpace")
            );
            let first = condition.field("arguments").map(arguments);
            first
                .and_then(|it| it.first().map(|it| it.1))
                .filter(|_| is_asked)
        }
        "binary_expression" => {
            let is_equal = condition.field("operator").map(Node::text) == Some("==");
            let is_null = condition.field("right").map(Node::kind) == Some("null_literal");
            condition.field("left").filter(|_| is_equal && is_null)
        }
        "is_pattern_expression" => {
            let is_null = condition.field("pattern").map(Node::text) == Some("null");
            condition.field("expression").filter(|_| is_null)
        }
        _ => None,
    }
}
