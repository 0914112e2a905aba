//! The flags of a program's own command line: what the command gives them.

use super::words::Word;
use crate::code::Expr;

/// `value` with what `words` give to its flags, and their defaults where they give nothing.
pub(super) fn filled(value: Expr, words: &[Word]) -> Expr {
    match value {
        Expr::Flag { names, default } => match given(&names, words) {
            Given::Value(value) => value,
            Given::Nothing => default.map_or(Expr::Unknown, |it| filled(*it, words)),
            Given::Unknown => Expr::Unknown,
        },
        Expr::Variable {
            name,
            default: Some(default),
        } => Expr::Variable {
            name,
            default: Some(Box::new(filled(*default, words))),
        },
        Expr::Join(parts) => {
            let parts = parts.into_iter().map(|it| filled(it, words));
            super::words::joined(parts)
        }
        Expr::Either(all) => super::names::either(all.into_iter().map(|it| filled(it, words))),
        other => other,
    }
}

/// What a command gives to a flag.
#[derive(Debug, PartialEq)]
enum Given {
    Value(Expr),
    Nothing,
    /// Nobody can tell.
    Unknown,
}

fn given(names: &[String], words: &[Word]) -> Given {
    let mut found = Given::Nothing;
    for (at, word) in words.iter().enumerate() {
        if let Some((name, value)) = word.split_flag() {
            if names.contains(&name) {
                found = Given::Value(value.expr);
                continue;
            }
            if is_short(&name, names) {
                return Given::Unknown;
            }
        }
        let Some(text) = word.text() else {
            // It may be any flag, or several.
            return Given::Unknown;
        };
        if names.iter().any(|it| it == text) {
            found = match words.get(at + 1) {
                Some(value) => Given::Value(value.expr.clone()),
                None => Given::Unknown,
            };
        } else if is_short(text, names) {
            return Given::Unknown;
        }
    }
    found
}

/// Whether parsers may take `text` for one of the flags: its beginning, or a single letter with the value behind it.
fn is_short(text: &str, names: &[String]) -> bool {
    let is_beginning =
        |it: &String| text.len() > 2 && text.starts_with("--") && it.starts_with(text);
    let is_attached =
        |it: &String| it.len() == 2 && !text.starts_with("--") && text.starts_with(it.as_str());
    names.iter().any(|it| is_beginning(it) || is_attached(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_give() {
        let place = (crate::FileId(0), kubelint_parser::TextRange::empty(0));
        let flag = Expr::Flag {
            names: vec!["--port".to_owned(), "-p".to_owned()],
            default: Some(Box::new(Expr::Text("80".to_owned()))),
        };
        for (command, expected) in [
            ("python -m app", Some("80")),
            ("python -m app --port=8080", Some("8080")),
            ("python -m app --port 8080", Some("8080")),
            ("python -m app -p 8080 -v", Some("8080")),
            ("python -m app -p8080", None),
            ("python -m app --po 8080", None),
            ("python -m app --port", None),
            ("python -m app --portal=1", Some("80")),
        ] {
            let words = command.split(' ').map(|it| Word::of_manifest(it, place));
            let words: Vec<Word> = words.collect();
            let found = filled(flag.clone(), &words);
            assert_eq!(found.text(), expected, "{command}");
        }
    }
}
