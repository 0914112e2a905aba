//! The arguments of a command, as most parsers of command lines take them apart.

use crate::code::Expr;
use crate::program::words::{Word, joined};

/// The arguments of a command.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    /// Those that belong to no flag.
    pub(super) positional: Vec<Word>,
    /// Flags, each with its value; empty for those that have none.
    flags: Vec<(String, Option<Word>)>,
}

impl Arguments {
    /// Reads `words`. `switches` are the flags without a value: all others have one.
    pub(super) fn read(words: &[Word], switches: &[&str]) -> Self {
        let mut found = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if let Some((name, value)) = word.split_flag().filter(|it| it.0.starts_with("--")) {
                found.flags.push((name, Some(value)));
                continue;
            }
            match word.text() {
                Some("--") => found.positional.extend(words.by_ref().cloned()),
                Some(text) if text.starts_with('-') && text.len() > 1 => {
                    let is_switch = switches.contains(&text) || text.starts_with("--no-");
                    if is_switch {
                        found.flags.push((text.to_owned(), None));
                    } else if let Some((name, value)) = attached(word, switches) {
                        found.flags.push((name, Some(value)));
                    } else {
                        found.flags.push((text.to_owned(), words.next().cloned()));
                    }
                }
                None => match attached(word, switches) {
                    Some((name, value)) => found.flags.push((name, Some(value))),
                    None => found.positional.push(word.clone()),
                },
                Some(_) => found.positional.push(word.clone()),
            }
        }
        found
    }

    /// The values of a flag that may be given under any of `names`, in order.
    pub(super) fn all<'a, 'n>(
        &'a self,
        names: &'n [&'n str],
    ) -> impl Iterator<Item = &'a Word> + use<'a, 'n> {
        let of_name = self
            .flags
            .iter()
            .filter(|it| names.contains(&it.0.as_str()));
        of_name.filter_map(|it| it.1.as_ref())
    }

    /// The last value of a flag.
    pub(super) fn value<'a>(&'a self, names: &[&str]) -> Option<&'a Word> {
        self.all(names).last()
    }

    /// Whether a flag is given.
    pub(super) fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|it| it.0 == name)
    }
}

/// A short flag with its value in one word: `-b0.0.0.0:80`, `-w4`.
fn attached(word: &Word, switches: &[&str]) -> Option<(String, Word)> {
    let parts = match &word.expr {
        Expr::Text(_) => std::slice::from_ref(&word.expr),
        Expr::Join(parts) => parts,
        _ => return None,
    };
    let first = parts.first()?.text()?;
    let is_short = first.starts_with('-') && !first.starts_with("--");
    let name = first
        .get(..2)
        .filter(|it| is_short && !switches.contains(it))?;
    let rest = Expr::Text(first[2..].to_owned());
    let value = joined(std::iter::once(rest).chain(parts.iter().skip(1).cloned()));
    let is_empty = value.text() == Some("");
    (!is_empty).then(|| (name.to_owned(), word.with(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_all_forms() {
        let words: Vec<Word> = "-w4 --bind=0.0.0.0:80 -k uvicorn.workers.UvicornWorker --reload -b :\u{3}PORT\u{5} a:app"
            .split(' ')
            .map(|it| Word::of_shell(it, None))
            .collect();
        let found = Arguments::read(&words, &["--reload"]);
        let binds: Vec<String> = found.all(&["-b", "--bind"]).map(Word::shown).collect();
        assert_eq!(binds, ["0.0.0.0:80", ":${PORT}"]);
        assert_eq!(found.value(&["-w"]).map(Word::shown).as_deref(), Some("4"));
        assert!(found.has("--reload"));
        let positional: Vec<String> = found.positional.iter().map(Word::shown).collect();
        assert_eq!(positional, ["a:app"]);
    }
}
