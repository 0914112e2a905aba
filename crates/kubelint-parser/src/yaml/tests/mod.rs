//! Each construct on its own, through one compact picture of the tree.

mod block;
mod errors;
mod flow;
mod lexical;
mod scalars;
mod views;

use std::fmt::Write;

use super::{Kind, Node, Style, Yaml, parse};

/// All documents of `text`: one line each, `+key` style brackets for structure, byte ranges behind each node.
///
/// `{…}` mapping, `[…]` sequence; lower-case for block style (`map`, `seq`), `flow-map`, `flow-seq`; scalars in their decoded
/// form behind a sigil: `=plain`, `'single`, `"double`, `|literal`, `>folded`; `*` alias; `~` absent.
pub(super) fn picture(text: &str) -> String {
    let yaml = parse(text);
    let mut out = String::new();
    for document in yaml.documents() {
        match yaml.root(text, document) {
            Some(root) => draw(root, &mut out),
            None => out.push_str(if document.broken { "broken" } else { "empty" }),
        }
        if let Some(ignored) = document.ignored {
            let _ = write!(out, " ignored {:?}", ignored.of(text));
        }
        out.push('\n');
    }
    errors(&yaml, &mut out);
    out
}

fn errors(yaml: &Yaml, out: &mut String) {
    for error in yaml.errors() {
        let range = error.range;
        let _ = writeln!(out, "{:?} {}..{}", error.kind, range.start, range.end);
    }
}

fn draw(node: Node<'_>, out: &mut String) {
    if let Some((name, _)) = node.anchor() {
        let _ = write!(out, "&{name} ");
    }
    if let Some((tag, _)) = node.tag() {
        let _ = write!(out, "{tag} ");
    }
    let range = node.range();
    let flow = if node.style() == Style::Flow {
        "flow-"
    } else {
        ""
    };
    match node.kind() {
        Kind::Mapping => {
            let _ = write!(out, "{flow}map({}..{}){{", range.start, range.end);
            for (index, entry) in node.entries().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                draw(entry.key, out);
                out.push_str(": ");
                draw(entry.value, out);
            }
            out.push('}');
        }
        Kind::Sequence => {
            let _ = write!(out, "{flow}seq({}..{})[", range.start, range.end);
            for (index, item) in node.items().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                draw(item, out);
            }
            out.push(']');
        }
        Kind::Alias => {
            let _ = write!(out, "{}@{}", node.raw(), range.start);
        }
        Kind::Scalar => {
            let sigil = match node.style() {
                _ if node.is_absent() => "~",
                Style::SingleQuoted => "'",
                Style::DoubleQuoted => "\"",
                Style::Literal => "|",
                Style::Folded => ">",
                _ => "=",
            };
            let text = node.decoded();
            let text = text.escape_debug();
            let _ = write!(out, "{sigil}{text}@{}..{}", range.start, range.end);
        }
    }
}
