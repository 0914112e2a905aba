//! Numbers as Go reads and writes them.

use std::fmt::Write as _;

/// An integer as Go's `strconv` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Integer {
    Signed(i64),
    /// Above `i64::MAX`.
    Unsigned(u64),
}

/// `strconv.ParseInt(text, 0, 64)`, and where that fails `strconv.ParseUint(text, 0, 64)`.
///
/// Base 0 means: `0x`, `0o`, `0b` (in either case) and a leading `0` (octal) tell the base.
pub(super) fn parse_base_0(text: &str) -> Option<Integer> {
    let (sign, digits) = split_sign(text);
    let lower = |c: u8| c | 0x20;
    let bytes = digits.as_bytes();
    let (base, digits) = match bytes {
        [b'0', c, _, ..] if lower(*c) == b'x' => (16, digits.get(2..)?),
        [b'0', c, _, ..] if lower(*c) == b'o' => (8, digits.get(2..)?),
        [b'0', c, _, ..] if lower(*c) == b'b' => (2, digits.get(2..)?),
        [b'0'] => (10, digits),
        [b'0', ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    signed(sign, magnitude(digits, base)?)
}

/// `strconv.ParseInt(text, base, 64)`, and where that fails `strconv.ParseUint(text, base, 64)`.
pub(super) fn parse_base(text: &str, base: u32) -> Option<Integer> {
    let (sign, digits) = split_sign(text);
    signed(sign, magnitude(digits, base)?)
}

fn split_sign(text: &str) -> (Option<u8>, &str) {
    match text.as_bytes().first() {
        Some(&sign @ (b'+' | b'-')) => (Some(sign), text.get(1..).unwrap_or_default()),
        _ => (None, text),
    }
}

fn magnitude(digits: &str, base: u32) -> Option<u64> {
    if !digits.bytes().all(|c| char::from(c).is_digit(base)) {
        return None;
    }
    u64::from_str_radix(digits, base).ok()
}

fn signed(sign: Option<u8>, magnitude: u64) -> Option<Integer> {
    if sign == Some(b'-') {
        return 0i64.checked_sub_unsigned(magnitude).map(Integer::Signed);
    }
    match i64::try_from(magnitude) {
        Ok(value) => Some(Integer::Signed(value)),
        // ParseUint takes no sign.
        Err(_) if sign.is_none() => Some(Integer::Unsigned(magnitude)),
        Err(_) => None,
    }
}

/// Whether the text has the form `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, which go-yaml and the core schema
/// ask of a decimal number.
pub(super) fn is_decimal(text: &str) -> bool {
    let bytes = text.as_bytes();
    let sign = |at: usize| usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
    let digits = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        rest.iter().take_while(|c| c.is_ascii_digit()).count()
    };
    let mut at = sign(0);
    let whole = digits(at);
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if whole + fraction == 0 {
            return false;
        }
        at += 1 + fraction;
    } else if whole == 0 {
        return false;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + sign(at + 1);
        let exponent = digits(at);
        if exponent == 0 {
            return false;
        }
        at += exponent;
    }
    at == bytes.len()
}

/// The value of a text for which [`is_decimal`] holds; `None` where it overflows, as in Go.
pub(super) fn parse_decimal(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A number as Go's `encoding/json` writes it. Infinite numbers and NaN, which JSON does not have, are written as in YAML.
pub(super) fn push_json_float(out: &mut String, value: f64) {
    let magnitude = value.abs();
    if value.is_nan() {
        out.push_str(".nan");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { ".inf" } else { "-.inf" });
    } else if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let plus = if exponent.starts_with('-') { "" } else { "+" };
        // Writing to a string cannot fail.
        let _ = write!(out, "{digits}e{plus}{exponent}");
    } else {
        let _ = write!(out, "{value}");
    }
}

/// A number that is a key, as `sigs.k8s.io/yaml` writes it: `strconv.FormatFloat(value, 'g', -1, 32)`, that is rounded to
/// 32 bits, with an exponent from a million on.
pub(super) fn key_text(value: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding to 32 bits is what the library does"
    )]
    let value = value as f32;
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) || digits.trim_start_matches('-') == "0" {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}
