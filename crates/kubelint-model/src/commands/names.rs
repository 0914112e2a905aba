//! Names of objects as scripts and templates write them, with `*` for what is not known.

use super::words::{UNKNOWN, Variables, is_literal, name_length};

/// The pattern of names that `text` stands for: `*` for variables and template expressions. `None` if nothing of it is known, or if it
/// cannot be the name of an object.
pub(super) fn name_pattern(text: &str, variables: &Variables) -> Option<String> {
    let mut pattern = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let (value, length) = match char {
            '$' => variable(rest, variables),
            '{' if rest.starts_with("{{") => (None, through(rest, "}}")),
            '<' => (None, through(rest, ">")),
            '%' if rest.starts_with("%s") || rest.starts_with("%v") => (None, 2),
            '`' => (None, 1 + through(&rest[1..], "`")),
            UNKNOWN | '*' => (None, char.len_utf8()),
            _ => (Some(rest[..char.len_utf8()].to_owned()), char.len_utf8()),
        };
        match value {
            Some(value) => pattern.push_str(&value),
            None if pattern.ends_with('*') => {}
            None => pattern.push('*'),
        }
        rest = &rest[length..];
    }
    let is_name =
        |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.' | b'*' | b':' | b'_');
    let known = pattern.bytes().any(|it| it.is_ascii_alphanumeric());
    (known && pattern.len() <= 253 && pattern.bytes().all(is_name)).then_some(pattern)
}

/// The value of the variable that `text` begins with, if it is known, and the length of its mention.
fn variable(text: &str, variables: &Variables) -> (Option<String>, usize) {
    let value = |name: &str| variables.get(name).cloned().flatten();
    if text.starts_with("${{") {
        return (None, through(text, "}}"));
    }
    if let Some(inner) = text.strip_prefix("${") {
        let length = inner.find('}').unwrap_or(inner.len());
        let name = &inner[..name_length(inner)];
        let default = inner[name.len()..length].strip_prefix(":-");
        let default = default.filter(|it| is_literal(it)).map(str::to_owned);
        return (value(name).or(default), (length + 3).min(text.len()));
    }
    if text.starts_with("$(") {
        return (None, through(text, ")"));
    }
    let length = name_length(&text[1..]);
    (value(&text[1..=length]), length + 1)
}

/// The length of `text` up to and with `end`.
fn through(text: &str, end: &str) -> usize {
    text.find(end).map_or(text.len(), |at| at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let variables = Variables::from([("A".to_owned(), Some("a".to_owned()))]);
        for (text, expected) in [
            ("web", Some("web")),
            ("web-$X", Some("web-*")),
            ("$A-${A}-${B}", Some("a-a-*")),
            ("${B:-c}", Some("c")),
            ("{{ .Release.Name }}-db", Some("*-db")),
            ("<your>-db", Some("*-db")),
            ("$X", None),
            ("{{ x", None),
            ("", None),
            ("a b", None),
        ] {
            assert_eq!(
                name_pattern(text, &variables).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
