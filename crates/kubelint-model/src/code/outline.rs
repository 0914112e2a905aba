//! The outline of a file: its functions and classes, what is assigned, returned and called, and what is sure to run.
//!
//! Which nodes of a tree are which of that, the [`Walk`] of each language tells.

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::{Class, Function, FunctionId, Kind, Place};

/// Where the walk is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// The scope whose names are seen.
    pub scope: usize,
    pub function: FunctionId,
    pub is_conditional: bool,
    /// Whether a failure here is caught, and the program goes on.
    pub is_caught: bool,
}

impl Context {
    /// The same under a condition.
    pub(super) const fn conditional(self) -> Self {
        Self {
            is_conditional: true,
            ..self
        }
    }

    /// What may fail here and be caught, so that what stands behind it may not run.
    pub(super) const fn tried(self, is_caught: bool) -> Self {
        Self {
            is_conditional: self.is_conditional || is_caught,
            is_caught: self.is_caught || is_caught,
            ..self
        }
    }
}

/// What is assigned to a name.
#[derive(Debug)]
pub(super) enum Assigned<'a> {
    Value(Node<'a>),
    /// One of the values in it.
    Item(Node<'a>),
    /// A member of the value, and what stands for it where there is none: `const { port = 80 } = config`.
    Member(Node<'a>, String, Option<Node<'a>>),
    /// Another name of the file.
    Alias(String),
    Unknown,
}

/// The outline of a file.
#[derive(Debug)]
pub(super) struct Outline<'a> {
    /// The functions; the first is the file itself.
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    /// The nodes of `functions`, in the same order: the file itself first.
    pub function_nodes: Vec<Node<'a>>,
    /// The class definitions, in the order of `classes`.
    pub class_nodes: Vec<Node<'a>>,
    /// From which offset on the text belongs to which context.
    segments: Vec<(u32, Context)>,
    pub assigned: Vec<(String, Assigned<'a>)>,
    /// The first name that a value is assigned to, by the number of the value's node.
    targets: BTreeMap<usize, String>,
    /// The values that are assigned, with the name: by where they begin.
    values: Vec<(Node<'a>, String)>,
    pub returns: Vec<(FunctionId, Node<'a>)>,
    pub calls: Vec<Node<'a>>,
    /// What takes something from other files.
    pub imports: Vec<Node<'a>>,
    pub strings: Vec<Node<'a>>,
    /// What is converted, by the number of the node.
    pub converted: BTreeMap<usize, Kind>,
    /// Without these the program stops.
    pub required: Vec<Node<'a>>,
}

impl<'a> Outline<'a> {
    /// Of a file whose tree begins at `root`, before it is walked.
    pub(super) fn new(root: Node<'a>) -> Self {
        let file = Function {
            name: String::new(),
            parameters: Vec::new(),
            returns: None,
            parent: FunctionId::default(),
            range: root.range(),
            is_entry: false,
        };
        Self {
            functions: vec![file],
            function_nodes: vec![root],
            classes: Vec::new(),
            class_nodes: Vec::new(),
            segments: vec![(0, Context::default())],
            assigned: Vec::new(),
            targets: BTreeMap::new(),
            values: Vec::new(),
            returns: Vec::new(),
            calls: Vec::new(),
            imports: Vec::new(),
            strings: Vec::new(),
            converted: BTreeMap::new(),
            required: Vec::new(),
        }
    }

    /// Puts in order what was found, when the walk is over.
    pub(super) fn finish(&mut self) {
        self.values.sort_by_key(|it| it.0.range().start);
    }

    /// From `offset` on, the text belongs to `context`.
    pub(super) fn enter(&mut self, offset: u32, context: Context) {
        // What is empty must not disturb the order.
        if self.segments.last().is_none_or(|it| it.0 <= offset) {
            self.segments.push((offset, context));
        }
    }

    /// What holds at an offset.
    pub(super) fn context(&self, offset: u32) -> Context {
        let at = self.segments.partition_point(|it| it.0 <= offset);
        let found = at.checked_sub(1).and_then(|it| self.segments.get(it));
        found.map(|it| it.1).unwrap_or_default()
    }

    /// The place of a node whose text, without quotes, is `range`.
    pub(super) fn place(&self, node: Node<'a>, range: TextRange) -> Place {
        let context = self.context(node.range().start);
        Place {
            range,
            function: context.function,
            is_conditional: context.is_conditional,
        }
    }

    /// Adds a function that stands in `context`.
    pub(super) fn add_function(
        &mut self,
        name: String,
        parameters: Vec<String>,
        node: Node<'a>,
        context: Context,
    ) -> FunctionId {
        let id = FunctionId(self.functions.len() as u32);
        self.functions.push(Function {
            name,
            parameters,
            returns: None,
            parent: context.function,
            range: node.range(),
            is_entry: false,
        });
        self.function_nodes.push(node);
        id
    }

    /// Adds a class that stands in `context`.
    pub(super) fn add_class(
        &mut self,
        name: String,
        bases: Vec<String>,
        node: Node<'a>,
        context: Context,
    ) {
        self.classes.push(Class {
            name,
            bases,
            place: Place {
                range: node.range(),
                function: context.function,
                is_conditional: context.is_conditional,
            },
        });
        self.class_nodes.push(node);
    }

    /// Adds what is assigned to `path`.
    pub(super) fn assign(&mut self, path: String, assigned: Assigned<'a>) {
        self.assigned.push((path, assigned));
    }

    /// Says that `value` is known as `path`.
    pub(super) fn name_value(&mut self, value: Node<'a>, path: &str) {
        self.values.push((value, path.to_owned()));
        self.name_inner(value, path);
    }

    /// Says that `value`, which is all that matters of a larger one, is known as `path`.
    pub(super) fn name_inner(&mut self, value: Node<'a>, path: &str) {
        let targets = &mut self.targets;
        targets.entry(value.id()).or_insert_with(|| path.to_owned());
    }

    /// The name that the value of a node is assigned to; with `around`, also if it is only a part of that value.
    pub(super) fn target(&self, node: Node<'a>, around: bool) -> Option<String> {
        if !around {
            return self.targets.get(&node.id()).cloned();
        }
        let range = node.range();
        let end = self
            .values
            .partition_point(|it| it.0.range().start <= range.start);
        let last = end.checked_sub(1).and_then(|it| self.values.get(it))?;
        let holds = last.0.range().contains(range);
        holds.then(|| last.1.clone())
    }
}

/// A walk over the statements of a file, which makes its outline.
pub(super) trait Walk<'a> {
    /// What is made.
    fn outline(&mut self) -> &mut Outline<'a>;

    /// Visits a node; whether what follows it in its function may not run, because this leaves.
    fn visit(&mut self, node: Node<'a>, context: Context) -> bool;

    /// Visits `node` under a context of its own.
    fn within(&mut self, node: Node<'a>, context: Context, around: Context) -> bool {
        let range = node.range();
        self.outline().enter(range.start, context);
        let leaves = self.visit(node, context);
        self.outline().enter(range.end, around);
        leaves
    }

    /// Visits what stands in `node` under a context of its own.
    fn parts_within(&mut self, node: Node<'a>, inner: Context, around: Context) -> bool {
        let range = node.range();
        self.outline().enter(range.start, inner);
        let leaves = self.all(node, inner);
        self.outline().enter(range.end, around);
        leaves
    }

    /// The statements of a block, one after the other; whether it may be left early.
    fn block(&mut self, node: Node<'a>, context: Context) -> bool {
        let mut now = context;
        let mut leaves = false;
        for statement in node.children() {
            let left = self.visit(statement, now);
            if left && !now.is_conditional {
                now.is_conditional = true;
                self.outline().enter(statement.range().end, now);
            }
            leaves |= left;
        }
        leaves
    }

    /// Visits what stands in a node, part by part.
    fn all(&mut self, node: Node<'a>, context: Context) -> bool {
        let mut leaves = false;
        for child in node.children() {
            leaves |= self.visit(child, context);
        }
        leaves
    }
}
