//! Scalars as go-yaml reads them: version 2 (kubectl, helm), version 3 (kustomize) and version 4 (compose).
//!
//! Sources: `resolve.go` and `decode.go` of go.yaml.in/yaml/v2 and v3, `resolver.go` of v4. The versions differ in the
//! words for booleans, in what the tag `!` means, and in odd spellings of numbers.

use std::borrow::Cow;

use super::number::{self, Integer};
use super::time::Timestamp;
use super::{CoreTag, Value};
use crate::yaml::Style;

/// Which go-yaml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// Version 2: YAML 1.1 booleans.
    Two,
    /// Version 3: YAML 1.2 booleans.
    Three,
    /// Version 4: the same, without the oddest numbers.
    Four,
}

pub(super) fn resolve<'a>(
    version: Version,
    style: Style,
    tag: Option<&str>,
    text: Cow<'a, str>,
) -> Value<'a> {
    let plain = style == Style::Plain;
    match tag {
        None if plain => implicit(version, text, true),
        Some("!") if plain && version != Version::Two => implicit(version, text, true),
        None | Some("!") => Value::Str(text),
        Some(tag) => tagged(version, tag, text),
    }
}

fn tagged<'a>(version: Version, tag: &str, text: Cow<'a, str>) -> Value<'a> {
    // Version 2 only knows the long form of a verbatim tag.
    let short_verbatim = version == Version::Two && tag.starts_with("!<!!");
    let tag = match CoreTag::of(tag) {
        Some(tag) if !short_verbatim => tag,
        _ => return Value::Str(text),
    };
    match tag {
        CoreTag::Str => return Value::Str(text),
        CoreTag::Binary => return binary(&text),
        _ => {}
    }
    match (tag, implicit(version, text, tag == CoreTag::Timestamp)) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "go-yaml converts integers to float64, whatever they lose"
        )]
        (CoreTag::Float, Value::Int(value)) => Value::Float(value as f64),
        (CoreTag::Bool, value @ Value::Bool(_))
        | (CoreTag::Int, value @ (Value::Int(_) | Value::UInt(_)))
        | (CoreTag::Float, value @ Value::Float(_))
        | (CoreTag::Null, value @ Value::Null)
        | (CoreTag::Timestamp, value @ Value::Time(..)) => value,
        (tag, _) => Value::Refused(tag.refusal()),
    }
}

/// The value of a plain scalar without a tag. `times` says whether it may be a timestamp.
fn implicit(version: Version, text: Cow<'_, str>, times: bool) -> Value<'_> {
    let Some(&first) = text.as_bytes().first() else {
        return Value::Null;
    };
    match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'~' => word(version, &text).unwrap_or(Value::Str(text)),
        b'.' => special(&text)
            .or_else(|| fraction(&text))
            .map_or(Value::Str(text), Value::Float),
        b'0'..=b'9' | b'+' | b'-' => {
            if let Some(value) = special(&text) {
                return Value::Float(value);
            }
            if let Some(time) = Timestamp::parse(&text).filter(|_| times) {
                return Value::Time(time, text);
            }
            digits(version, &text).unwrap_or(Value::Str(text))
        }
        _ => Value::Str(text),
    }
}

fn word(version: Version, text: &str) -> Option<Value<'static>> {
    let value = match text {
        "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if version != Version::Two => return None,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Value::Bool(false),
        _ => return None,
    };
    Some(value)
}

fn special(text: &str) -> Option<f64> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Some(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        _ => None,
    }
}

/// A number that begins with its point. Here go-yaml asks `strconv.ParseFloat` alone, which takes `_` between digits only.
fn fraction(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let lone = |at: usize| {
        let digit = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_digit)
        };
        bytes.get(at) == Some(&b'_') && !(digit(at.checked_sub(1)) && digit(Some(at + 1)))
    };
    if (0..bytes.len()).any(lone) {
        return None;
    }
    decimal(&without_underscores(text))
}

/// An integer or a decimal number.
fn digits(version: Version, text: &str) -> Option<Value<'static>> {
    if text == "-0" && version == Version::Four {
        return Some(Value::Float(-0.0));
    }
    let text = without_underscores(text);
    let integer = number::parse_base_0(&text);
    if let Some(value) = integer {
        return Some(value.into());
    }
    if let Some(value) = decimal(&text) {
        return Some(Value::Float(value));
    }
    match version {
        Version::Two => odd_prefix(&text, "0b", 2),
        Version::Three => odd_prefix(&text, "0b", 2).or_else(|| odd_prefix(&text, "0o", 8)),
        Version::Four => None,
    }
}

/// What `strconv` does not take as a whole, but go-yaml cuts up: a sign after the prefix (`0b-1` is -1).
fn odd_prefix(text: &str, prefix: &str, base: u32) -> Option<Value<'static>> {
    number::parse_base(text.strip_prefix(prefix)?, base).map(Value::from)
}

fn decimal(text: &str) -> Option<f64> {
    number::is_decimal(text)
        .then(|| number::parse_decimal(text))
        .flatten()
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    }
}

impl From<Integer> for Value<'_> {
    fn from(value: Integer) -> Self {
        match value {
            Integer::Signed(value) => Self::Int(value),
            Integer::Unsigned(value) => Self::UInt(value),
        }
    }
}

/// What a `!!binary` scalar says. Bytes that are no UTF-8 become U+FFFD, as they do in JSON.
fn binary(text: &str) -> Value<'static> {
    base64(text).map_or(Value::Refused("it is not valid base64"), |bytes| {
        let mut decoded = String::new();
        for chunk in bytes.utf8_chunks() {
            decoded.push_str(chunk.valid());
            decoded.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
        }
        Value::Str(Cow::Owned(decoded))
    })
}

/// Decodes base64 as Go's `base64.StdEncoding` does: padded, line breaks ignored, unused bits not looked at. So do kubectl and the API server
/// with the data of Secrets. `None` if it is no base64.
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text
        .bytes()
        .filter(|c| !matches!(c, b'\n' | b'\r'))
        .collect();
    if !symbols.len().is_multiple_of(4) {
        return None;
    }
    let body = symbols
        .strip_suffix(b"==")
        .or_else(|| symbols.strip_suffix(b"="))
        .unwrap_or(&symbols);
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 3);
    for group in body.chunks(4) {
        let mut bits: u32 = 0;
        for &symbol in group {
            bits = bits << 6 | u32::from(sextet(symbol)?);
        }
        bits <<= 6 * (4 - group.len());
        let [_, bytes @ ..] = bits.to_be_bytes();
        out.extend(bytes.iter().take(group.len() * 3 / 4));
    }
    Some(out)
}

fn sextet(symbol: u8) -> Option<u8> {
    match symbol {
        b'A'..=b'Z' => Some(symbol - b'A'),
        b'a'..=b'z' => Some(symbol - b'a' + 26),
        b'0'..=b'9' => Some(symbol - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
