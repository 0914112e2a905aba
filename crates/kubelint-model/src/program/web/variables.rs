//! Variables of the environment in the words of a configuration.

use super::items::Argument;
use crate::code::Expr;
use crate::program::words::joined;

/// What a part of a word says once `envsubst` has replaced `$NAME` and `${NAME}`; as it stands if nothing does that.
pub(super) fn replaced(part: &str, word: &Argument) -> Expr {
    if !word.is_template {
        return Expr::Text(part.to_owned());
    }
    let mut parts = Vec::new();
    let mut rest = part;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        parts.push(Expr::Text(before.to_owned()));
        let Some((name, behind)) = name(&after[1..]) else {
            parts.push(Expr::Text("$".to_owned()));
            rest = &after[1..];
            continue;
        };
        parts.push(Expr::Variable {
            name: name.to_owned(),
            default: None,
        });
        rest = behind;
    }
    parts.push(Expr::Text(rest.to_owned()));
    joined(parts)
}

/// The name of a variable, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    let inner = text.strip_prefix('{').unwrap_or(text);
    let length = inner.bytes().take_while(|it| is_part(*it)).count();
    let (name, behind) = inner.split_at(length);
    let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
    if !is_name {
        return None;
    }
    if inner.len() == text.len() {
        return Some((name, behind));
    }
    Some((name, behind.strip_prefix('}')?))
}

/// The names of the variables in an expression.
pub(super) fn names(expr: &Expr, found: &mut Vec<String>) {
    match expr {
        Expr::Variable { name, .. } => found.push(name.clone()),
        Expr::Join(parts) => {
            for it in parts {
                if let Expr::Variable { name, .. } = it {
                    found.push(name.clone());
                }
            }
        }
        _ => {}
    }
}

/// The variables of a text in the way of Caddy: `{$NAME}` and `{$NAME:default}`.
pub(super) fn of_caddy(text: &str) -> Expr {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("{$") {
        let (before, after) = rest.split_at(at);
        let Some((inner, behind)) = after[2..].split_once('}') else {
            break;
        };
        parts.push(Expr::Text(before.to_owned()));
        let (name, default) = match inner.split_once(':') {
            Some((name, default)) => (name, Some(default)),
            None => (inner, None),
        };
        parts.push(Expr::Variable {
            name: name.to_owned(),
            default: default.map(|it| Box::new(Expr::Text(it.to_owned()))),
        });
        rest = behind;
    }
    parts.push(Expr::Text(rest.to_owned()));
    joined(parts)
}
