//! Words of commands as far as they are known: variables of the environment keep their names.

use kubelint_parser::TextRange;

use crate::FileId;
use crate::code::Expr;
use crate::dockerfile::Argument;
use crate::script::{DEFAULT, END, UNKNOWN, VARIABLE};

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    /// What it says: texts, variables, or both joined.
    pub(super) expr: Expr,
    /// Where it is written.
    pub(super) place: Option<(FileId, TextRange)>,
}

impl Word {
    /// A word of a Dockerfile's `CMD` or `ENTRYPOINT`. In the exec form nothing is replaced, and the shell form is one word for a shell.
    pub(super) fn of_dockerfile(file: FileId, word: &Argument) -> Self {
        Self {
            expr: Expr::Text(word.text.clone()),
            place: word.range.map(|it| (file, it)),
        }
    }

    /// A word of a manifest, in which the kubelet replaces `$(NAME)`.
    pub(super) fn of_manifest(text: &str, place: (FileId, TextRange)) -> Self {
        Self {
            expr: of_manifest(text),
            place: Some(place),
        }
    }

    /// A word that a shell was evaluated to.
    pub(super) fn of_shell(text: &str, place: Option<(FileId, TextRange)>) -> Self {
        Self {
            expr: decoded(text),
            place,
        }
    }

    /// The text, if all of it is known.
    pub(super) fn text(&self) -> Option<&str> {
        self.expr.text()
    }

    /// The text as a shell evaluates it that keeps names.
    pub(super) fn encoded(&self) -> String {
        let mut text = String::new();
        encode(&self.expr, &mut text);
        text
    }

    /// The same place with another text.
    pub(super) fn with(&self, expr: Expr) -> Self {
        Self {
            expr,
            place: self.place,
        }
    }

    /// What is behind the first `=` of `--name=value`, and the name.
    pub(super) fn split_flag(&self) -> Option<(String, Self)> {
        let parts = match &self.expr {
            Expr::Text(_) => std::slice::from_ref(&self.expr),
            Expr::Join(parts) => parts,
            _ => return None,
        };
        let (name, value) = parts.first()?.text()?.split_once('=')?;
        let mut rest = vec![Expr::Text(value.to_owned())];
        rest.extend(parts.iter().skip(1).cloned());
        Some((name.to_owned(), self.with(joined(rest))))
    }

    /// The word as people write it: `$PORT` for a variable.
    pub(super) fn shown(&self) -> String {
        let mut text = String::new();
        show(&self.expr, &mut text);
        text
    }
}

/// Parts one behind the other, as the simplest expression that says so.
pub(super) fn joined(parts: impl IntoIterator<Item = Expr>) -> Expr {
    let mut found: Vec<Expr> = Vec::new();
    for part in parts {
        match (found.last_mut(), part) {
            (_, Expr::Text(text)) if text.is_empty() => {}
            (Some(Expr::Text(before)), Expr::Text(text)) => before.push_str(&text),
            (_, part) => found.push(part),
        }
    }
    match found.len() {
        0 => Expr::Text(String::new()),
        1 => found.remove(0),
        _ => Expr::Join(found),
    }
}

fn variable(name: &str, default: Option<Expr>) -> Expr {
    Expr::Variable {
        name: name.to_owned(),
        default: default.map(Box::new),
    }
}

/// What a text of a manifest's `command` or `args` becomes: `$(NAME)` is a variable, `$$` a dollar
/// (`third_party/forked/golang/expansion` of Kubernetes).
fn of_manifest(text: &str) -> Expr {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        parts.push(Expr::Text(before.to_owned()));
        if let Some(after) = after.strip_prefix("$$") {
            parts.push(Expr::Text("$".to_owned()));
            rest = after;
        } else if let Some((name, after)) =
            after.strip_prefix("$(").and_then(|it| it.split_once(')'))
        {
            parts.push(variable(name, None));
            rest = after;
        } else {
            parts.push(Expr::Text("$".to_owned()));
            rest = &after[1..];
        }
    }
    parts.push(Expr::Text(rest.to_owned()));
    joined(parts)
}

/// What a text says that a shell on paper made.
fn decoded(text: &str) -> Expr {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find([VARIABLE, UNKNOWN, DEFAULT, END]) {
        let (before, after) = rest.split_at(at);
        parts.push(Expr::Text(before.to_owned()));
        let Some(inner) = after.strip_prefix(VARIABLE) else {
            parts.push(Expr::Unknown);
            rest = &after[1..];
            continue;
        };
        let Some(length) = length(inner) else {
            parts.push(Expr::Unknown);
            rest = "";
            break;
        };
        parts.push(match inner[..length].split_once(DEFAULT) {
            Some((name, default)) => variable(name, Some(decoded_inner(default))),
            None => variable(&inner[..length], None),
        });
        rest = &inner[length + 1..];
    }
    parts.push(Expr::Text(rest.to_owned()));
    joined(parts)
}

/// A default: a text, or one variable with a default that is a text.
fn decoded_inner(text: &str) -> Expr {
    if !text.contains([VARIABLE, UNKNOWN]) {
        return Expr::Text(text.to_owned());
    }
    let inner = text
        .strip_prefix(VARIABLE)
        .and_then(|it| it.strip_suffix(END));
    match inner {
        Some(inner) if !inner.contains([VARIABLE, UNKNOWN]) => match inner.split_once(DEFAULT) {
            Some((name, default)) => variable(name, Some(Expr::Text(default.to_owned()))),
            None => variable(inner, None),
        },
        _ => Expr::Unknown,
    }
}

/// How long the inside of a variable is.
fn length(inner: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, it) in inner.char_indices() {
        match it {
            VARIABLE => depth += 1,
            END if depth == 0 => return Some(at),
            END => depth -= 1,
            _ => {}
        }
    }
    None
}

fn encode(expr: &Expr, text: &mut String) {
    match expr {
        Expr::Text(it) => text.push_str(it),
        Expr::Variable { name, default } => {
            text.push(VARIABLE);
            text.push_str(name);
            if let Some(default) = default {
                text.push(DEFAULT);
                encode(default, text);
            }
            text.push(END);
        }
        Expr::Join(parts) => parts.iter().for_each(|it| encode(it, text)),
        _ => text.push(UNKNOWN),
    }
}

fn show(expr: &Expr, text: &mut String) {
    match expr {
        Expr::Text(it) => text.push_str(it),
        Expr::Variable { name, default } => {
            text.push_str("${");
            text.push_str(name);
            if let Some(default) = default {
                text.push_str(":-");
                show(default, text);
            }
            text.push('}');
        }
        Expr::Join(parts) => parts.iter().for_each(|it| show(it, text)),
        _ => text.push('*'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kubelet_replaces() {
        for (text, expected) in [
            ("--port=$(PORT)", "--port=${PORT}"),
            ("$$(PORT)", "$(PORT)"),
            ("$PORT", "$PORT"),
            ("a$(B)c$(", "a${B}c$("),
        ] {
            let word = Word::of_manifest(text, (FileId(0), TextRange::empty(0)));
            assert_eq!(word.shown(), expected, "{text}");
        }
    }

    #[test]
    fn what_a_shell_keeps_comes_back() {
        for text in [
            "a",
            "\u{3}PORT\u{5}",
            "0.0.0.0:\u{3}PORT\u{4}8000\u{5}",
            "\u{3}A\u{4}\u{3}B\u{4}1\u{5}\u{5}",
        ] {
            assert_eq!(Word::of_shell(text, None).encoded(), text, "{text:?}");
        }
        for (text, expected) in [
            ("a\u{1}", "a*"),
            ("\u{3}PORT", "*"),
            ("\u{3}A\u{4}\u{3}B\u{4}\u{3}C\u{5}\u{5}\u{5}", "${A:-*}"),
        ] {
            assert_eq!(Word::of_shell(text, None).shown(), expected, "{text:?}");
        }
    }

    #[test]
    fn flags_and_their_values() {
        let word = Word::of_shell("--bind=0.0.0.0:\u{3}PORT\u{5}", None);
        let (name, value) = word.split_flag().unwrap();
        assert_eq!(
            (name.as_str(), value.shown().as_str()),
            ("--bind", "0.0.0.0:${PORT}")
        );
        assert!(Word::of_shell("--reload", None).split_flag().is_none());
    }
}
