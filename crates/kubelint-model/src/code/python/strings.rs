//! String literals: their values and the places of their texts.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

/// A part of a string literal.
pub(super) enum Piece<'a> {
    Text(String),
    Value(Node<'a>),
}

/// The value of a string literal without values in it; also of several behind one another.
pub(super) fn plain(node: Node<'_>) -> Option<String> {
    let mut text = String::new();
    for piece in pieces(node)? {
        match piece {
            Piece::Text(it) => text.push_str(&it),
            Piece::Value(_) => return None,
        }
    }
    Some(text)
}

/// The parts of a string literal; `None` if it is none.
pub(super) fn pieces(node: Node<'_>) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    match node.kind() {
        "string" => add(node, &mut pieces),
        "concatenated_string" => {
            let strings = node.children().filter(|it| it.kind() == "string");
            strings.for_each(|it| add(it, &mut pieces));
        }
        "parenthesized_expression" => return pieces_within(node),
        _ => return None,
    }
    Some(pieces)
}

fn pieces_within(node: Node<'_>) -> Option<Vec<Piece<'_>>> {
    let mut at = node;
    while at.kind() == "parenthesized_expression" {
        at = at.children().next()?;
    }
    match at.kind() {
        "string" | "concatenated_string" => pieces(at),
        _ => None,
    }
}

fn add<'a>(string: Node<'a>, pieces: &mut Vec<Piece<'a>>) {
    let start = string.children().next().map_or("", Node::text);
    let is_raw = start.contains(['r', 'R']);
    for part in string.children() {
        match part.kind() {
            "interpolation" => match part.field("expression") {
                Some(value) => pieces.push(Piece::Value(value)),
                None => pieces.push(Piece::Value(part)),
            },
            "string_content" => {
                let text = if is_raw {
                    part.text().to_owned()
                } else {
                    decode(part.text())
                };
                let is_format = start.contains(['f', 'F']);
                let text = if is_format {
                    text.replace("{{", "{").replace("}}", "}")
                } else {
                    text
                };
                match pieces.last_mut() {
                    Some(Piece::Text(last)) => last.push_str(&text),
                    _ => pieces.push(Piece::Text(text)),
                }
            }
            _ => {}
        }
    }
}

/// The text that escapes stand for. `\N{…}` is kept as it is.
fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(one) = chars.next() {
        if one != '\\' {
            out.push(one);
            continue;
        }
        let Some(escape) = chars.next() else {
            out.push('\\');
            break;
        };
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let hex: Option<String> = {
                let rest = chars.as_str();
                rest.get(..digits).map(str::to_owned)
            };
            let value = hex.and_then(|it| u32::from_str_radix(&it, 16).ok());
            if let Some(value) = value.and_then(char::from_u32) {
                out.push(value);
                chars.by_ref().take(digits).for_each(drop);
                continue;
            }
        }
        match escape {
            '\n' => {}
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '0' => out.push('\0'),
            '\\' | '\'' | '"' => out.push(escape),
            _ => out.extend(['\\', escape]),
        }
    }
    out
}

/// The place of the text of a string literal, without its quotes; of anything else the place itself.
pub(super) fn inner(node: Node<'_>) -> TextRange {
    let whole = node.range();
    if node.kind() != "string" {
        return whole;
    }
    let mut range = whole;
    for part in node.children() {
        match part.kind() {
            "string_start" => range = TextRange::new(part.range().end, range.end),
            "string_end" => range = TextRange::new(range.start, part.range().start),
            _ => {}
        }
    }
    range
}
