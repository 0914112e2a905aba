//! Texts with placeholders: `${server.port:8080}`, as Spring, Micronaut and MicroProfile Config read them.

use crate::code::Expr;
use crate::code::expr::join;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    /// This text.
    Text(&'t str),
    /// The value of a property, or a text that may hold placeholders itself.
    Property {
        /// The property.
        name: &'t str,
        /// What stands for it where it is not set.
        default: Option<&'t str>,
    },
    /// What is computed: `#{…}`, or a name that holds placeholders itself.
    Computed,
}

/// The parts of a text, in order.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['$', '#']) {
        let (before, after) = rest.split_at(at);
        let Some(inner) = after.get(1..).and_then(|it| it.strip_prefix('{')) else {
            found.push(Piece::Text(&rest[..=at]));
            rest = &rest[at + 1..];
            continue;
        };
        found.push(Piece::Text(before));
        let Some(end) = end(inner) else {
            found.push(Piece::Computed);
            return found;
        };
        found.push(if after.starts_with('$') {
            property(&inner[..end])
        } else {
            Piece::Computed
        });
        rest = &inner[end + 1..];
    }
    found.push(Piece::Text(rest));
    found.retain(|it| *it != Piece::Text(""));
    found
}

/// Where the braces end that were opened.
fn end(inner: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, it) in inner.bytes().enumerate() {
        match it {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn property(inner: &str) -> Piece<'_> {
    let (name, default) = match inner.split_once(':') {
        Some((name, default)) => (name, Some(default)),
        None => (inner, None),
    };
    if name.contains(['$', '#', '{']) {
        return Piece::Computed;
    }
    Piece::Property {
        name: name.trim(),
        default,
    }
}

/// A text with its placeholders.
pub(in crate::code) fn placed(text: &str, left: u32) -> Expr {
    let Some(left) = left.checked_sub(1) else {
        return Expr::Unknown;
    };
    join(pieces(text).into_iter().map(|it| match it {
        Piece::Text(text) => Expr::Text(text.to_owned()),
        Piece::Property { name, default } => Expr::Property {
            name: name.to_owned(),
            default: default.map(|it| Box::new(placed(it, left))),
        },
        Piece::Computed => Expr::Unknown,
    }))
}

/// `value`, and `second` where it is not set.
pub(in crate::code) fn or(value: Expr, second: Expr) -> Expr {
    match value {
        Expr::Variable {
            name,
            default: None,
        } => Expr::Variable {
            name,
            default: Some(Box::new(second)),
        },
        Expr::Property {
            name,
            default: None,
        } => Expr::Property {
            name,
            default: Some(Box::new(second)),
        },
        value => value,
    }
}
