//! Texts with expressions in them.

use kubelint_parser::TextRange;

use super::compile::Expression;
use super::evaluate::Scope;
use super::value::{UNKNOWN, Value};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that stays.
    Text(&'a str),
    /// `${{ … }}`.
    Expression {
        /// What is between the braces.
        text: &'a str,
        /// The whole of it within the text.
        range: TextRange,
    },
}

/// The pieces of a text, none of them empty. An expression that does not end is text.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(at) = text[start..].find("${{").map(|it| start + it) {
        let Some(length) = end_of(&text[at + 3..]) else {
            break;
        };
        if at > start {
            found.push(Piece::Text(&text[start..at]));
        }
        let inner = at + 3..at + 3 + length;
        start = inner.end + 2;
        found.push(Piece::Expression {
            text: &text[inner],
            range: TextRange::new(at as u32, start as u32),
        });
    }
    if start < text.len() {
        found.push(Piece::Text(&text[start..]));
    }
    found
}

/// Where `}}` ends an expression: not within a text in quotes.
fn end_of(text: &str) -> Option<usize> {
    let mut in_text = false;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\'' => in_text = !in_text,
            b'}' if !in_text && bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
    }
    None
}

/// Longer texts are not known: a text of texts of texts has no end.
const MAX_LENGTH: usize = 1 << 16;

/// The value of a text in `scope`: of a single expression its own, else a text in which `*` stands for what is not known.
pub fn interpolate(text: &str, scope: &dyn Scope) -> Value {
    let pieces = pieces(text);
    let evaluate = |inner: &str| Expression::parse(inner).map(|it| it.evaluate(scope));
    if let [Piece::Expression { text, .. }] = pieces.as_slice() {
        return evaluate(text).unwrap_or(Value::Unknown);
    }
    let mut found = String::with_capacity(text.len());
    for piece in pieces {
        if found.len() > MAX_LENGTH {
            return Value::Unknown;
        }
        match piece {
            Piece::Text(text) => found.push_str(text),
            Piece::Expression { text, .. } => match evaluate(text) {
                Some(value) => found.push_str(&value.text()),
                None => found.push(UNKNOWN),
            },
        }
    }
    // A text that holds the sign itself is not taken for a known one.
    Value::of_text(found)
}
