//! Text literals: `'…'`, `"…"` and templates.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

/// A part of a text.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    Text(String),
    Value(Node<'a>),
}

/// The parts of a text literal; `None` if `node` is none.
pub(super) fn pieces(node: Node<'_>) -> Option<Vec<Piece<'_>>> {
    if !matches!(node.kind(), "string" | "template_string") {
        return None;
    }
    let mut pieces = Vec::new();
    let mut text = String::new();
    for part in node.children() {
        match part.kind() {
            "string_fragment" => text.push_str(part.text()),
            "escape_sequence" => text.push_str(&escaped(part.text())),
            "template_substitution" => {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Value(part.children().next()?));
            }
            _ => return None,
        }
    }
    if !text.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Some(pieces)
}

/// The text of a literal that holds no values.
pub(crate) fn plain(node: Node<'_>) -> Option<String> {
    let mut pieces = pieces(node)?.into_iter();
    match (pieces.next(), pieces.next()) {
        (Some(Piece::Text(text)), None) => Some(text),
        _ => None,
    }
}

/// The name of a member as an object states it: `port`, `'port'`, `80`.
pub(crate) fn key(node: Node<'_>) -> Option<String> {
    match node.kind() {
        "property_identifier"
        | "identifier"
        | "number"
        | "shorthand_property_identifier"
        | "shorthand_property_identifier_pattern" => Some(node.text().to_owned()),
        "computed_property_name" => plain(node.children().next()?),
        _ => plain(node),
    }
}

/// The range of a literal without its quotes; of all else the range.
pub(crate) fn inner(node: Node<'_>) -> TextRange {
    let range = node.range();
    let is_quoted = matches!(node.kind(), "string" | "template_string");
    if is_quoted && range.end >= range.start + 2 {
        return TextRange::new(range.start + 1, range.end - 1);
    }
    range
}

fn escaped(text: &str) -> String {
    let rest = text.strip_prefix('\\').unwrap_or(text);
    let hexadecimal = |digits: &str| {
        let number = u32::from_str_radix(digits, 16).ok();
        let found = number.and_then(char::from_u32);
        found.map_or_else(|| text.to_owned(), String::from)
    };
    match rest.chars().next() {
        Some('n') => "\n".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('t') => "\t".to_owned(),
        Some('b') => "\u{8}".to_owned(),
        Some('f') => "\u{c}".to_owned(),
        Some('v') => "\u{b}".to_owned(),
        Some('0') if rest.len() == 1 => "\0".to_owned(),
        Some('\n' | '\r' | '\u{2028}' | '\u{2029}') => String::new(),
        Some('x' | 'u') => hexadecimal(rest[1..].trim_matches(['{', '}'])),
        _ => rest.to_owned(),
    }
}
