//! Which variables of the environment a file reads, and what it does without them.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Node;

use super::File;
use super::scope::bare;
use crate::code::captures::{self, ReadAt, Syntax};
use crate::code::expr::either;
use crate::code::outline::Context;
use crate::code::patterns::Found;
use crate::code::{CodeFacts, Expr, Kind, Open, Read, ReadName, Subject, VariableSet};

impl<'a> File<'a> {
    /// What a read gives.
    pub(super) fn variable(&self, read: &ReadAt<'a>, left: u32) -> Expr {
        let default = read.default.map(|it| Box::new(self.value_in(it, left)));
        match self.read_name(read) {
            Expr::Text(name) => Expr::Variable { name, default },
            name @ Expr::Name(_) => Expr::VariableOf {
                name: Box::new(name),
                default,
            },
            _ => Expr::Unknown,
        }
    }

    /// The name that is read, with the constants of the file put in.
    fn read_name(&self, read: &ReadAt<'a>) -> Expr {
        // A name that is taken out of the environment is the read itself.
        if read.name.kind() == "shorthand_property_identifier_pattern" {
            return Expr::Text(read.name.text().to_owned());
        }
        match self.value(read.name) {
            Expr::Name(name) => match self.constants.get(&name) {
                Some(texts) if !texts.is_empty() => either(texts.iter().cloned().map(Expr::Text)),
                _ => Expr::Name(name),
            },
            other => other,
        }
    }

    /// Adds all reads, and what is set, to `facts`.
    pub(super) fn add_reads(
        &self,
        reads: &[(Node<'a>, ReadAt<'a>)],
        found: &[Found<'a>],
        facts: &mut CodeFacts,
    ) {
        for one in found {
            if let Some((node, name, value, keeps)) = captures::set_at(self, one) {
                let name = match self.value(name) {
                    Expr::Text(name) => ReadName::Exact(name),
                    _ => ReadName::Prefix(String::new()),
                };
                facts.sets.push(VariableSet {
                    name,
                    value: value.map_or(Expr::Unknown, |it| self.value(it)),
                    keeps,
                    place: self.place(node),
                });
            }
        }
        let required = self.required(reads);
        for (node, read) in reads {
            let context = self.outline.context(node.range().start);
            let mut place = self.place(read.name);
            place.is_conditional = context.is_conditional;
            let default = read.default.map(|it| self.value(it));
            let default = default.or_else(|| self.fallback(*node));
            let wanted = read.is_required || required.contains(&node.id());
            let (default, wanted) = match self.chained_read(*node) {
                Some((stated, is_required)) => (default.or(stated), wanted || is_required),
                None => (default, wanted),
            };
            // What a caller may leave out is no default.
            let may_lack = default
                .as_ref()
                .is_some_and(|it| self.is_parameter(it, context));
            for name in read_names(self.read_name(read)) {
                let Some(name) = name else {
                    facts.open.push(Open {
                        needs_router: false,
                        subject: Subject::Reads,
                        why: "the name of a variable is computed",
                        on: None,
                        place,
                    });
                    continue;
                };
                facts.reads.push(Read {
                    name,
                    is_required: wanted && !context.is_caught && (default.is_none() || may_lack),
                    default: default.clone(),
                    kind: match read.kind {
                        Some("number") => Kind::Number,
                        Some("boolean") => Kind::Boolean,
                        _ if is_number(*node) => Kind::Number,
                        _ => Kind::Text,
                    },
                    class: None,
                    place,
                });
            }
        }
    }

    /// What stands behind `||` or `??` of a read.
    fn fallback(&self, node: Node<'a>) -> Option<Expr> {
        let mut at = node;
        // Types and parentheses may stand between.
        for _ in 0..4 {
            let around = at.parent()?;
            let is_left = around.field("left").is_some_and(|it| it.id() == at.id());
            let operator = around.field("operator").map_or("", Node::text);
            match around.kind() {
                "binary_expression" if is_left && matches!(operator, "||" | "??") => {
                    return Some(self.value(around.field("right")?));
                }
                "parenthesized_expression" | "as_expression" | "non_null_expression" => at = around,
                _ => return None,
            }
        }
        None
    }

    /// Whether a value is a parameter of the function that `context` is in.
    fn is_parameter(&self, value: &Expr, context: Context) -> bool {
        let Expr::Name(name) = value else {
            return false;
        };
        let function = self.outline.functions.get(context.function.0 as usize);
        function.is_some_and(|it| {
            let own = name
                .strip_prefix(&it.name)
                .and_then(|it| it.strip_prefix('.'));
            own.is_some_and(|own| it.parameters.iter().any(|it| it == own))
        })
    }

    /// What stands behind a read of `env-var` in a chain: `get('X').default('1').asInt()`, `get('X').required()`.
    fn chained_read(&self, node: Node<'a>) -> Option<(Option<Expr>, bool)> {
        if node.kind() != "call_expression" {
            return None;
        }
        let (mut default, mut is_required) = (None, false);
        let mut at = node;
        for _ in 0..8 {
            let member = at.parent().filter(|it| it.kind() == "member_expression");
            let call = member.and_then(Node::parent);
            let (Some(member), Some(call)) =
                (member, call.filter(|it| it.kind() == "call_expression"))
            else {
                break;
            };
            let first = call.field("arguments").and_then(|it| it.children().next());
            match member.field("property").map_or("", Node::text) {
                "default" => default = Some(first.map_or(Expr::Unknown, |it| self.value(it))),
                "required" => is_required = first.is_none_or(|it| it.text() == "true"),
                _ => {}
            }
            at = call;
        }
        Some((default, is_required))
    }

    /// The nodes whose values the program does not go on without.
    fn required(&self, reads: &[(Node<'a>, ReadAt<'a>)]) -> BTreeSet<usize> {
        let assigned = self.only_values();
        let mut required = BTreeSet::new();
        // What is taken out of the environment by its name is read where that stands.
        let mut taken: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (node, read) in reads {
            if read.name.kind() == "shorthand_property_identifier_pattern" {
                let path = self.names.local(read.name.text(), self.scope(read.name));
                let of = taken.entry(path).or_insert(Some(node.id()));
                *of = of.filter(|it| *it == node.id());
            }
        }
        for node in &self.outline.required {
            let mut node = bare(*node);
            let path = self.name(node);
            let read = path.as_ref().and_then(|it| *taken.get(it)?);
            required.extend(read);
            if let Some(path) = path
                && let Some(value) = assigned.get(path.as_str())
            {
                node = bare(*value);
            }
            required.insert(node.id());
            // What stands in its place is looked for where it is not there.
            for _ in 0..4 {
                let operator = node.field("operator").map_or("", Node::text);
                match node.field("left") {
                    Some(left) if matches!(operator, "||" | "??") => node = bare(left),
                    _ => break,
                }
                required.insert(node.id());
            }
        }
        required
    }
}

/// The names that a read may mean; `None` for one that nobody can tell.
fn read_names(name: Expr) -> Vec<Option<ReadName>> {
    match name {
        Expr::Text(name) => vec![Some(ReadName::Exact(name))],
        Expr::Either(all) => all.into_iter().flat_map(read_names).collect(),
        Expr::Join(parts) => {
            let first = parts.first().and_then(Expr::text);
            vec![first.map(|it| ReadName::Prefix(it.to_owned()))]
        }
        name @ Expr::Name(_) => vec![Some(ReadName::Computed(Box::new(name)))],
        _ => vec![None],
    }
}

/// Whether a number is made of what a node says: `Number(x)`, `parseInt(x ?? '1', 10)`, `+x`.
fn is_number(node: Node<'_>) -> bool {
    let mut at = node;
    for _ in 0..6 {
        let Some(around) = at.parent() else {
            return false;
        };
        let operator = around.field("operator").map_or("", Node::text);
        match around.kind() {
            "parenthesized_expression" | "as_expression" | "non_null_expression" | "arguments" => {}
            "binary_expression" if matches!(operator, "||" | "??") => {}
            "unary_expression" => return operator == "+" && !has_other(around),
            "call_expression" => {
                let name = around.field("function").map_or("", Node::text);
                let is_made = matches!(name, "Number" | "parseInt" | "Number.parseInt");
                return is_made && !has_other(around);
            }
            _ => return false,
        }
        at = around;
    }
    false
}

/// Whether something stands for a number where a text makes none: `Number(x) || 80`.
fn has_other(number: Node<'_>) -> bool {
    let around = number.parent();
    around.is_some_and(|it| {
        let operator = it.field("operator").map_or("", Node::text);
        it.kind() == "binary_expression" && operator == "||"
    })
}
