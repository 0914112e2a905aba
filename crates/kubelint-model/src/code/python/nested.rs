//! Models in settings classes: with `env_nested_delimiter` their fields are variables, too.

use std::collections::BTreeMap;

use kubelint_parser::code::Node;

use super::File;
use super::settings::{Config, field_read, fields_of, kind_of};
use crate::code::captures::Syntax;
use crate::code::{CodeFacts, Expr, ReadName};

/// Models are not followed deeper into each other.
const MAX_NESTED: u32 = 4;

/// A model that is the type of a field.
struct Nested<'n> {
    /// The settings class.
    of: &'n str,
    /// The path of the field.
    path: String,
    /// The variable for the outermost model, and the beginning of those of its fields.
    whole: String,
    name: String,
    delimiter: String,
    is_required: bool,
    left: u32,
}

impl<'a> File<'a> {
    /// Adds what the fields of a model are read from that is the type of a field: `DATABASE__HOST`.
    pub(super) fn add_nested(
        &self,
        field: Node<'a>,
        class: &str,
        config: &Config<'a>,
        by_name: &BTreeMap<&str, Node<'a>>,
        facts: &mut CodeFacts,
    ) {
        let delimiter = config.delimiter.map(|it| self.expr(it));
        let prefix = config.prefix.map(|it| self.expr(it));
        let (Some(Expr::Text(delimiter)), None | Some(Expr::Text(_)), Some(left)) =
            (delimiter, &prefix, field.field("left"))
        else {
            return;
        };
        let is_stated = self
            .field_call(field)
            .is_some_and(|it| !self.stated_names(it).is_empty());
        if delimiter.is_empty() || is_stated || config.is_case_sensitive || config.has_other_sources
        {
            return;
        }
        let prefix = prefix.as_ref().and_then(Expr::text).unwrap_or_default();
        let name = format!("{prefix}{}", left.text()).to_ascii_uppercase();
        // Without the model itself, which one variable may hold as JSON.
        let right = field.field("right").filter(|it| it.kind() != "ellipsis");
        let outer = Nested {
            of: class,
            path: format!("{class}.{}", left.text()),
            whole: name.clone(),
            name,
            delimiter: delimiter.to_ascii_uppercase(),
            is_required: right.is_none(),
            left: MAX_NESTED,
        };
        self.add_model(field, &outer, by_name, facts);
    }

    fn add_model(
        &self,
        field: Node<'a>,
        outer: &Nested<'_>,
        by_name: &BTreeMap<&str, Node<'a>>,
        facts: &mut CodeFacts,
    ) {
        let annotation = field.field("type").map_or("", Node::text);
        let (Some(model), Some(left)) = (by_name.get(annotation), outer.left.checked_sub(1)) else {
            return;
        };
        let is_model = model.field("superclasses").is_some_and(|it| {
            let mut bases = it.children();
            bases.any(|it| {
                self.canonical(it)
                    .iter()
                    .any(|it| it == "pydantic.BaseModel")
            })
        });
        if !is_model {
            return;
        }
        for field in fields_of(*model) {
            let (Some(name), None) = (field.field("left"), self.field_call(field)) else {
                continue;
            };
            let annotation = field.field("type").map_or("", Node::text);
            let default = field.field("right");
            let place = self.place(name);
            let inner = Nested {
                path: format!("{}.{}", outer.path, name.text()),
                name: format!(
                    "{}{}{}",
                    outer.name,
                    outer.delimiter,
                    name.text().to_ascii_uppercase()
                ),
                whole: outer.whole.clone(),
                delimiter: outer.delimiter.clone(),
                is_required: outer.is_required && default.is_none(),
                of: outer.of,
                left,
            };
            if by_name.contains_key(annotation) {
                self.add_model(field, &inner, by_name, facts);
                continue;
            }
            let is_required = inner.is_required;
            let default = default.map(|it| self.expr(it));
            let value = Expr::Variable {
                name: inner.name.clone(),
                default: default.clone().map(Box::new),
            };
            facts.definitions.insert(inner.path, value);
            // The model as a whole stands for its parts.
            let default = default.unwrap_or(Expr::Variable {
                name: inner.whole,
                default: None,
            });
            let name = ReadName::AnyCase(inner.name);
            let kind = kind_of(annotation);
            facts.reads.push(field_read(
                name,
                Some(default),
                is_required,
                kind,
                outer.of,
                place,
            ));
        }
    }
}
