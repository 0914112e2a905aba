//! The values that a job runs with: `strategy.matrix`, expanded as GitHub expands it.

use std::collections::BTreeMap;

use kubelint_parser::yaml::{Kind, Node};

use super::expression::{UNKNOWN, Value};
use crate::KubeNode;

/// GitHub runs no more jobs of one matrix.
const MAX_COMBINATIONS: usize = 256;
/// How deep values may hold values.
const MAX_DEPTH: usize = 8;

/// One set of values: by their path within `matrix`, in lower case (`service.name` for `matrix.service.name`). What is written as an
/// expression is kept as that.
pub type Combination = BTreeMap<String, String>;

/// A matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The combinations; empty if there is no matrix, or if they are not known.
    pub combinations: Vec<Combination>,
    /// Whether all of them are known. An expression in place of a list makes them unknown.
    pub is_known: bool,
}

impl Matrix {
    /// A job without a matrix.
    pub const fn none() -> Self {
        Self {
            combinations: Vec::new(),
            is_known: true,
        }
    }

    /// Reads `strategy.matrix`.
    pub(super) fn read(node: Node<'_>) -> Self {
        if node.kind() != Kind::Mapping {
            return Self::default();
        }
        let mut is_known = true;
        let mut combinations: Vec<Combination> = Vec::new();
        for entry in node.fields() {
            let name = entry.key.decoded().to_ascii_lowercase();
            let value = entry.value.resolved();
            if matches!(name.as_str(), "include" | "exclude") {
                continue;
            }
            if value.kind() != Kind::Sequence {
                is_known = false;
                continue;
            }
            let values: Vec<Combination> = value.items().map(|it| flat(&name, it)).collect();
            is_known &= multiply(&mut combinations, &values);
        }
        is_known &= exclude(&mut combinations, node);
        is_known &= include(&mut combinations, node);
        Self {
            combinations,
            is_known,
        }
    }

    /// The value at a path within `matrix` in one of the combinations: `None` for a matrix that is not known.
    pub fn value(&self, combination: Option<&Combination>, path: &str) -> Value {
        match combination.and_then(|it| it.get(path)) {
            Some(text) if text.contains("${{") => Value::Unknown,
            Some(text) => Value::of_text(text.clone()),
            None if self.is_known && combination.is_some() => {
                let prefix = format!("{path}.");
                let is_object =
                    combination.is_some_and(|it| it.keys().any(|key| key.starts_with(&prefix)));
                if is_object {
                    Value::Truth(true)
                } else {
                    Value::Null
                }
            }
            None => Value::Unknown,
        }
    }

    /// What the combinations make of `keys` alone, each once, in order: what reads only these runs once for each of them.
    pub fn projected(&self, keys: &[&str]) -> Vec<Combination> {
        let mut found: Vec<Combination> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for combination in &self.combinations {
            let belongs = |key: &str| {
                keys.iter().any(|it| {
                    key.strip_prefix(it)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                })
            };
            let part: Combination = combination
                .iter()
                .filter(|(key, _)| belongs(key))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            if seen.insert(part.clone()) {
                found.push(part);
            }
        }
        found
    }
}

/// The scalars in a value, by their paths.
fn flat(name: &str, node: Node<'_>) -> Combination {
    let mut found = Combination::new();
    let mut open = vec![(name.to_owned(), node.resolved(), 0)];
    while let Some((path, node, depth)) = open.pop() {
        match node.kind() {
            Kind::Mapping if depth < MAX_DEPTH => {
                open.extend(node.fields().map(|it| {
                    let key = it.key.decoded().to_ascii_lowercase();
                    (format!("{path}.{key}"), it.value.resolved(), depth + 1)
                }));
            }
            Kind::Scalar => {
                let text = node.text_value().unwrap_or_default();
                found.insert(path, text.into_owned());
            }
            _ => {
                found.insert(path, UNKNOWN.to_string());
            }
        }
    }
    found
}

/// Combines what there is with each of `values`; false if that would be too many.
fn multiply(combinations: &mut Vec<Combination>, values: &[Combination]) -> bool {
    if combinations.is_empty() {
        combinations.extend(values.iter().take(MAX_COMBINATIONS).cloned());
        return values.len() <= MAX_COMBINATIONS;
    }
    if combinations.len().saturating_mul(values.len()) > MAX_COMBINATIONS {
        return false;
    }
    let mut product = Vec::with_capacity(combinations.len() * values.len());
    for combination in combinations.iter() {
        for value in values {
            let mut both = combination.clone();
            both.extend(value.clone());
            product.push(both);
        }
    }
    *combinations = product;
    true
}

fn exclude(combinations: &mut Vec<Combination>, matrix: Node<'_>) -> bool {
    let Some(excluded) = matrix.field("exclude") else {
        return true;
    };
    for item in excluded.items() {
        let item = entries(item);
        combinations.retain(|it| !item.iter().all(|(key, value)| it.get(key) == Some(value)));
    }
    excluded.kind() == Kind::Sequence
}

/// Adds each of `include` to the combinations whose original values it does not change, else as one of its own.
fn include(combinations: &mut Vec<Combination>, matrix: Node<'_>) -> bool {
    let Some(included) = matrix.field("include") else {
        return true;
    };
    let original = combinations.clone();
    for item in included.items() {
        let item = entries(item);
        let mut is_used = false;
        for (combination, original) in combinations.iter_mut().zip(&original) {
            let fits = item
                .iter()
                .all(|(key, value)| original.get(key).is_none_or(|it| it == value));
            if fits {
                combination.extend(item.clone());
                is_used = true;
            }
        }
        if !is_used && combinations.len() < MAX_COMBINATIONS {
            combinations.push(item);
        }
    }
    included.kind() == Kind::Sequence && combinations.len() < MAX_COMBINATIONS
}

fn entries(item: Node<'_>) -> Combination {
    let fields = item.resolved().fields();
    fields
        .flat_map(|it| flat(&it.key.decoded().to_ascii_lowercase(), it.value))
        .collect()
}
