//! Variables put into words, as BuildKit's shell/lex.go does it, with values of which only parts may be known.

use kubelint_parser::dockerfile::{Lexeme, Operator, lex};

use super::pattern::{Match, Pattern};
use super::value::Value;

/// What is known of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    /// It is not set.
    Unset,
    /// It has this value.
    Set(Value),
    /// Nobody knows whether it is set.
    Unknown,
}

/// A form of `${…}` that is open, or the whole word.
struct Frame {
    variable: Variable,
    operator: Option<Operator>,
    /// The pattern of a replacement, once it is complete.
    pattern: Option<Value>,
    /// What stands in it so far.
    value: Value,
}

/// The value of `text`. A word that BuildKit refuses has an unknown one: there is no build.
pub(super) fn expand(text: &str, escape: char, lookup: &dyn Fn(&str) -> Variable) -> Value {
    let Ok(lexemes) = lex(text, escape) else {
        return Value::unknown();
    };
    let mut frames = vec![Frame::new(Variable::Unset, None)];
    for lexeme in lexemes {
        let Some(innermost) = frames.last_mut() else {
            return Value::unknown();
        };
        match lexeme {
            Lexeme::Literal { range, .. } => innermost.value.push(range.of(text)),
            Lexeme::Variable { name } => {
                innermost.value.push_value(&plain(lookup(name.of(text))));
            }
            Lexeme::Open { name, operator } => {
                frames.push(Frame::new(lookup(name.of(text)), Some(operator)));
            }
            Lexeme::Middle => innermost.pattern = Some(std::mem::take(&mut innermost.value)),
            Lexeme::Close => {
                if let Some(closed) = frames.pop()
                    && let Some(outer) = frames.last_mut()
                {
                    outer.value.push_value(&closed.result());
                }
            }
        }
    }
    frames.pop().map_or_else(Value::unknown, |it| it.value)
}

/// The value of `$name`.
fn plain(variable: Variable) -> Value {
    match variable {
        Variable::Unset => Value::default(),
        Variable::Set(value) => value,
        Variable::Unknown => Value::unknown(),
    }
}

impl Frame {
    fn new(variable: Variable, operator: Option<Operator>) -> Self {
        Self {
            variable,
            operator,
            pattern: None,
            value: Value::default(),
        }
    }

    /// What the form as a whole stands for.
    fn result(self) -> Value {
        let Some(operator) = self.operator else {
            return self.value;
        };
        match operator {
            Operator::Default { empty } => match is_used(&self.variable, empty) {
                Some(true) => plain(self.variable),
                Some(false) => self.value,
                None => Value::unknown(),
            },
            Operator::Alternative { empty } => match is_used(&self.variable, empty) {
                Some(true) => self.value,
                Some(false) => Value::default(),
                None => Value::unknown(),
            },
            Operator::Required { empty } => match is_used(&self.variable, empty) {
                Some(true) => plain(self.variable),
                _ => Value::unknown(),
            },
            Operator::RemovePrefix => self.without('#').unwrap_or_else(Value::unknown),
            Operator::RemoveSuffix => self.without('%').unwrap_or_else(Value::unknown),
            Operator::Replace { all } => self.replaced(all).unwrap_or_else(Value::unknown),
            Operator::Unsupported => Value::unknown(),
        }
    }

    fn without(self, sign: char) -> Option<Value> {
        let value = plain(self.variable);
        let (value, pattern) = (value.as_known()?, self.value.as_known()?);
        let (pattern, which) = match pattern.strip_prefix(sign) {
            Some(rest) => (rest, Match::Longest),
            None => (pattern, Match::Shortest),
        };
        let pattern = Pattern::new(pattern)?;
        let rest = if sign == '#' {
            pattern.without_prefix(value, which)
        } else {
            pattern.without_suffix(value, which)
        };
        rest.map(Value::known)
    }

    fn replaced(self, all: bool) -> Option<Value> {
        let value = plain(self.variable);
        let (value, by) = (value.as_known()?, self.value.as_known()?);
        let pattern = Pattern::new(self.pattern?.as_known()?)?;
        pattern.replaced(value, by, all).map(Value::known)
    }
}

/// Whether a variable is set, and not empty if that counts; `None` if nobody knows.
fn is_used(variable: &Variable, empty_counts: bool) -> Option<bool> {
    match variable {
        Variable::Unset => Some(false),
        Variable::Unknown => None,
        Variable::Set(_) if !empty_counts => Some(true),
        Variable::Set(value) if value.holds_text() => Some(true),
        Variable::Set(value) => value.as_known().map(|_| false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variables of `testdata/dockerfile/words.txt`.
    fn lookup(name: &str) -> Variable {
        let set = [
            ("a", "alpha"),
            ("b", "beta/gamma/delta"),
            ("empty", ""),
            ("two", "one two"),
            ("star", "x*y"),
            ("path", "/usr/local/bin"),
            ("v", "1.2.3"),
            ("é", "accent"),
            ("1", "one"),
        ];
        let found = set.iter().find(|(it, _)| *it == name);
        match (found, name) {
            (Some((_, value)), _) => Variable::Set(Value::known(*value)),
            (None, "some") => Variable::Set(Value::pattern("x*")),
            (None, "maybe") => Variable::Unknown,
            _ => Variable::Unset,
        }
    }

    #[test]
    fn buildkit_agrees() {
        let table = include_str!("../../../../testdata/dockerfile/words.tsv");
        let mut count = 0;
        for row in table.lines() {
            let mut cells = row.split('\t');
            let (word, expected) = (cells.next().unwrap(), cells.next().unwrap());
            let found = expand(word, '\\', &lookup);
            let shown = match found.as_known() {
                Some(text) => format!("{text:?}"),
                None => "!".to_owned(),
            };
            assert_eq!(shown, expected, "{word}");
            count += 1;
        }
        assert!(count > 120, "{count} words");
    }

    #[test]
    fn what_is_not_known_stays_so() {
        for (word, expected) in [
            ("a$maybe", "a*"),
            ("$some-$maybe$maybe", "x*-*"),
            ("${maybe:-d}", "*"),
            ("${some:-d}", "x*"),
            ("${some:+d}", "d"),
            ("${maybe+d}", "*"),
            ("${some#x}", "*"),
            ("${v/$some/x}", "*"),
            ("${unset:-$some}", "x*"),
        ] {
            let found = expand(word, '\\', &lookup);
            assert_eq!(
                (found.text(), found.as_known().is_some()),
                (expected, word == "${some:+d}")
            );
        }
    }

    #[test]
    fn values_do_not_grow_without_end() {
        let mut value = Value::known("xx");
        for _ in 0..100 {
            let of = value.clone();
            value = expand("$a$a", '\\', &|_| Variable::Set(of.clone()));
        }
        assert_eq!(value, Value::unknown());
        let long = "a".repeat(60_000);
        let set = |_: &str| Variable::Set(Value::known(long.clone()));
        assert_eq!(expand("${a//?*?*/x}", '\\', &set), Value::unknown());
    }
}
