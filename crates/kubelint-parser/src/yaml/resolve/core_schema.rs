//! Scalars of the YAML 1.2 core schema, as GitHub reads workflows.
//!
//! Source: actions/runner, `src/Sdk/WorkflowParser/Conversion/YamlObjectReader.cs`. All its numbers are doubles.

use std::borrow::Cow;

use super::number;
use super::{CoreTag, Value};
use crate::yaml::Style;

/// Integers up to here are the same as doubles.
const MAX_EXACT: i64 = 1 << 53;

pub(super) fn resolve<'a>(style: Style, tag: Option<&str>, text: Cow<'a, str>) -> Value<'a> {
    let plain = style == Style::Plain;
    let Some(tag) = tag else {
        return if plain {
            implicit(text)
        } else {
            Value::Str(text)
        };
    };
    let tag = match CoreTag::of(tag) {
        Some(CoreTag::Str) => return Value::Str(text),
        // By the specification this is a string; what GitHub makes of it is not known.
        None if tag == "!" => return Value::Str(text),
        Some(tag @ (CoreTag::Bool | CoreTag::Int | CoreTag::Float | CoreTag::Null)) => tag,
        _ => return Value::Refused("GitHub does not know this tag"),
    };
    if !plain {
        return Value::Refused("GitHub takes this tag only on a plain scalar");
    }
    match (tag, implicit(text)) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "the integer is at most 2^53, and GitHub's numbers are doubles"
        )]
        (CoreTag::Float, Value::Int(value)) => Value::Float(value as f64),
        (CoreTag::Bool, value @ Value::Bool(_))
        | (CoreTag::Int, value @ Value::Int(_))
        | (CoreTag::Float, value @ Value::Float(_))
        | (CoreTag::Null, value @ Value::Null) => value,
        (tag, _) => Value::Refused(tag.refusal()),
    }
}

fn implicit(text: Cow<'_, str>) -> Value<'_> {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        other => match number(other) {
            Some(value) => value,
            None => Value::Str(text),
        },
    }
}

fn number(text: &str) -> Option<Value<'static>> {
    if let Some(digits) = text.strip_prefix("0x") {
        return based(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return based(digits, 8);
    }
    if !number::is_decimal(text) {
        return None;
    }
    // A double that overflows is infinite in .NET.
    let value: f64 = text.parse().ok()?;
    let whole = text.parse::<i64>().ok();
    let exact = whole.filter(|value| (-MAX_EXACT..=MAX_EXACT).contains(value));
    Some(exact.map_or(Value::Float(value), Value::Int))
}

/// A number in base 8 or 16: 32 bits, the highest of which is the sign.
fn based(digits: &str, base: u32) -> Option<Value<'static>> {
    let all_digits = digits.bytes().all(|c| char::from(c).is_digit(base));
    if digits.is_empty() || !all_digits {
        return None;
    }
    let value = u32::from_str_radix(digits, base);
    Some(value.map_or(
        Value::Refused("the number has more than 32 bits"),
        |value| Value::Int(i64::from(value.cast_signed())),
    ))
}
