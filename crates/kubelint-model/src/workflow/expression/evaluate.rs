//! What an expression is worth in a scope.

use std::cmp::Ordering;

use super::compile::{Code, Expression};
use super::lex::Operator;
use super::value::{Order, UNKNOWN, Value};

/// What is known where an expression stands.
pub trait Scope {
    /// The value at a path into a context, in lower case: `["env", "tag"]`.
    fn get(&self, path: &[String]) -> Value;

    /// What `success`, `failure` or `cancelled` says; `None` if that is not known.
    fn status(&self, function: &str) -> Option<bool>;
}

impl Expression {
    /// Its value in `scope`.
    pub fn evaluate(&self, scope: &dyn Scope) -> Value {
        let mut stack: Vec<Value> = Vec::new();
        for code in &self.code {
            let value = match code {
                Code::Push(value) => value.clone(),
                Code::Path(path) => scope.get(path),
                Code::Index => {
                    stack.pop();
                    Value::Unknown
                }
                Code::Not => match stack.pop().unwrap_or(Value::Unknown).truth() {
                    Some(truth) => Value::Bool(!truth),
                    None => Value::Unknown,
                },
                Code::Operator(operator) => {
                    let right = stack.pop().unwrap_or(Value::Unknown);
                    let left = stack.pop().unwrap_or(Value::Unknown);
                    operate(*operator, left, right)
                }
                Code::Call(name, count) => {
                    let first = stack.len().saturating_sub(*count);
                    let arguments = stack.split_off(first);
                    call(name, &arguments, scope)
                }
            };
            stack.push(value);
        }
        stack.pop().unwrap_or(Value::Unknown)
    }
}

fn operate(operator: Operator, left: Value, right: Value) -> Value {
    let ordered = |holds: fn(Ordering) -> bool| match left.compare(&right) {
        Order::Is(order) => Value::Bool(holds(order)),
        Order::None => Value::Bool(false),
        Order::Unknown => Value::Unknown,
    };
    let equal = |expected: bool| match left.equals(&right) {
        Some(equal) => Value::Bool(equal == expected),
        None => Value::Unknown,
    };
    match operator {
        Operator::And | Operator::Or => either(operator == Operator::Or, left, right),
        Operator::Equal => equal(true),
        Operator::NotEqual => equal(false),
        Operator::Less => ordered(Ordering::is_lt),
        Operator::LessOrEqual => ordered(Ordering::is_le),
        Operator::Greater => ordered(Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(Ordering::is_ge),
    }
}

/// `left || right` if `ends` is true, else `left && right`: the left side if its truth is `ends`, else the right one.
fn either(ends: bool, left: Value, right: Value) -> Value {
    match left.truth() {
        Some(truth) if truth == ends => left,
        Some(_) => right,
        None if right.truth() == Some(ends) => Value::Truth(ends),
        None => Value::Unknown,
    }
}

fn call(name: &str, arguments: &[Value], scope: &dyn Scope) -> Value {
    let truth = |known: Option<bool>| known.map_or(Value::Unknown, Value::Bool);
    match (name, arguments) {
        ("always", []) => Value::Bool(true),
        ("success" | "failure" | "cancelled", []) => truth(scope.status(name)),
        ("contains", [text, part]) => truth(tested(text, part, |it, part| it.contains(part))),
        ("startswith", [text, part]) => truth(begins(text, part)),
        ("endswith", [text, part]) => truth(tested(text, part, |it, part| it.ends_with(part))),
        ("format", [form, values @ ..]) => Value::of_text(format(&form.text(), values)),
        _ => Value::Unknown,
    }
}

/// Whether `text`, of which perhaps only the beginning is known, begins with `part`.
fn begins(text: &Value, part: &Value) -> Option<bool> {
    let Value::Partial(text) = text else {
        return tested(text, part, |it, part| it.starts_with(part));
    };
    let part = part.is_known().then(|| part.text().to_lowercase())?;
    let text = text.to_lowercase();
    let head = text.split(UNKNOWN).next().unwrap_or_default();
    if head.len() >= part.len() {
        Some(head.starts_with(&part))
    } else {
        (!part.starts_with(head)).then_some(false)
    }
}

fn tested(text: &Value, part: &Value, test: fn(&str, &str) -> bool) -> Option<bool> {
    if !text.is_known() || !part.is_known() {
        return None;
    }
    let (text, part) = (text.text().to_lowercase(), part.text().to_lowercase());
    Some(test(&text, &part))
}

/// Longer texts are not known.
const MAX_LENGTH: usize = 1 << 16;

/// `format('{0}/{1}', a, b)`; `{{` and `}}` stand for braces.
fn format(form: &str, values: &[Value]) -> String {
    let mut found = String::with_capacity(form.len());
    let mut rest = form;
    while let Some(at) = rest.find(['{', '}']) {
        if found.len() > MAX_LENGTH {
            return UNKNOWN.to_string();
        }
        found.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            found.push_str(&rest[..1]);
            rest = &rest[2..];
            continue;
        }
        let end = rest.find('}').unwrap_or(rest.len() - 1);
        let number = rest.get(1..end).and_then(|it| it.parse::<usize>().ok());
        match number.and_then(|it| values.get(it)) {
            Some(value) => found.push_str(&value.text()),
            None => found.push(UNKNOWN),
        }
        rest = &rest[end + 1..];
    }
    found.push_str(rest);
    found
}
