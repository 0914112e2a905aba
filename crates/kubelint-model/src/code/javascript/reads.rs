//! Which variables of the environment a file reads, and what it does without them.

use std::collections::BTreeSet;

use kubelint_parser::code::Node;

use super::File;
use super::scope::bare;
use crate::code::captures::{self, ReadAt, Syntax};
use crate::code::patterns::Found;
use crate::code::{CodeFacts, Expr, Kind, Open, Read, ReadName, Subject, VariableSet};

impl<'a> File<'a> {
    /// What a read gives.
    pub(super) fn variable(&self, read: &ReadAt<'a>, left: u32) -> Expr {
        let default = read.default.map(|it| Box::new(self.value_in(it, left)));
        match self.read_name(read) {
            Expr::Text(name) => Expr::Variable { name, default },
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
            Expr::Name(name) => match self.constants.get(&name).map(Vec::as_slice) {
                Some([text]) => Expr::Text(text.clone()),
                _ => Expr::Unknown,
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
        let required = self.required();
        for (node, read) in reads {
            let context = self.outline.context(node.range().start);
            let mut place = self.place(read.name);
            place.is_conditional = context.is_conditional;
            let name = match self.read_name(read) {
                Expr::Text(name) => ReadName::Exact(name),
                name => match name {
                    Expr::Join(parts) if matches!(parts.first(), Some(Expr::Text(_))) => {
                        let prefix = parts.first().and_then(Expr::text).unwrap_or_default();
                        ReadName::Prefix(prefix.to_owned())
                    }
                    _ => {
                        facts.open.push(Open {
                            needs_router: false,
                            subject: Subject::Reads,
                            why: "the name of a variable is computed",
                            on: None,
                            place,
                        });
                        continue;
                    }
                },
            };
            let default = read.default.map(|it| self.value(it));
            let default = default.or_else(|| self.fallback(*node));
            let wanted = read.is_required || required.contains(&node.id());
            facts.reads.push(Read {
                name,
                is_required: wanted && !context.is_caught && default.is_none(),
                default,
                kind: match read.kind {
                    Some("number") => Kind::Number,
                    Some("boolean") => Kind::Boolean,
                    _ => Kind::Text,
                },
                class: None,
                place,
            });
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

    /// The nodes whose values the program does not go on without.
    fn required(&self) -> BTreeSet<usize> {
        let assigned = self.only_values();
        let mut required = BTreeSet::new();
        for node in &self.outline.required {
            let mut node = bare(*node);
            if let Some(path) = self.name(node)
                && let Some(value) = assigned.get(path.as_str())
            {
                node = bare(*value);
            }
            required.insert(node.id());
        }
        required
    }
}
