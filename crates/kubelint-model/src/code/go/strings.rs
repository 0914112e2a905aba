//! Text literals: `"…"` and those between back quotes.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

/// The text of a literal; `None` if `node` is none.
pub(super) fn plain(node: Node<'_>) -> Option<String> {
    let node = super::scope::bare(node);
    match node.kind() {
        "interpreted_string_literal" => {
            let mut text = String::new();
            for part in node.children() {
                match part.kind() {
                    "escape_sequence" => text.push_str(&escaped(part.text())),
                    _ => text.push_str(part.text()),
                }
            }
            Some(text)
        }
        "raw_string_literal" => {
            let inner = node.children().next();
            Some(inner.map_or("", Node::text).to_owned())
        }
        _ => None,
    }
}

/// The range of a literal without its quotes; of all else the range.
pub(super) fn inner(node: Node<'_>) -> TextRange {
    let range = node.range();
    let is_quoted = matches!(
        node.kind(),
        "interpreted_string_literal" | "raw_string_literal"
    );
    if is_quoted && range.end >= range.start + 2 {
        return TextRange::new(range.start + 1, range.end - 1);
    }
    range
}

/// What an escape stands for (go.dev/ref/spec#Rune_literals).
fn escaped(text: &str) -> String {
    let rest = text.strip_prefix('\\').unwrap_or(text);
    let number = |digits: &str, base| {
        let number = u32::from_str_radix(digits, base).ok();
        let found = number.and_then(char::from_u32);
        found.map_or_else(|| text.to_owned(), String::from)
    };
    match rest.chars().next() {
        Some('n') => "\n".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('t') => "\t".to_owned(),
        Some('a') => "\u{7}".to_owned(),
        Some('b') => "\u{8}".to_owned(),
        Some('f') => "\u{c}".to_owned(),
        Some('v') => "\u{b}".to_owned(),
        Some('x' | 'u' | 'U') => number(rest.get(1..).unwrap_or_default(), 16),
        Some('0'..='7') => number(rest, 8),
        _ => rest.to_owned(),
    }
}
