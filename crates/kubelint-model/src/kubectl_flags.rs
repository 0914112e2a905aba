//! Which combinations of flags kubectl refuses, whatever the cluster holds.

use crate::commands::takes_value;
use crate::data;
use crate::script::Argument;

/// Why kubectl refuses a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it says.
    pub says: &'static str,
    /// The words of the flags that are too many, by number, in their order; none where one is missing.
    pub words: [Option<usize>; 2],
}

/// A flag that is given.
struct Flag<'a> {
    /// Its long name.
    name: &'a str,
    /// `None` where it stands alone.
    value: Option<&'a str>,
    /// Whether the value is known.
    is_known: bool,
    /// The number of its word.
    word: usize,
}

/// What is given to kubectl.
#[derive(Default)]
struct Given<'a> {
    positional: Vec<&'a str>,
    flags: Vec<Flag<'a>>,
    /// Whether a word may be a flag of which nothing is known.
    is_open: bool,
}

/// Why kubectl refuses `words`, those behind its own name; `None` if it takes them, or nobody can tell.
pub fn refusal(words: &[Argument]) -> Option<Refusal> {
    let given = Given::read(words);
    if given.has("help") || given.has("h") {
        return None;
    }
    let mut rows = data::rows(include_str!("../data/kubectl-conflicts.tsv"));
    rows.find_map(|[command, conditions, says]| {
        let words = given.is(command).then(|| given.meets(conditions))??;
        Some(Refusal { says, words })
    })
}

impl<'a> Given<'a> {
    fn read(words: &'a [Argument]) -> Self {
        let mut given = Self::default();
        let mut at = 0;
        while let Some(argument) = words.get(at) {
            let text = argument.value.text.as_str();
            let word = at;
            at += 1;
            if text == "--" {
                break;
            }
            let Some(flag) = text.strip_prefix('-').filter(|it| !it.is_empty()) else {
                // A word that is not known, and not quoted, may be any number of flags, or none.
                given.is_open |= !argument.value.is_known();
                given.positional.push(text);
                continue;
            };
            let (name, stated) = match flag.strip_prefix('-') {
                Some(long) => match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                },
                None => short(flag),
            };
            let mut value = stated;
            let mut is_known = argument.value.is_known();
            if value.is_none() && takes_value(name) {
                let next = words.get(at);
                value = next.map(|it| it.value.text.as_str());
                is_known &= next.is_some_and(|it| it.value.is_known());
                at += 1;
            }
            let name = long_name(name);
            given.flags.push(Flag {
                name,
                value,
                is_known,
                word,
            });
        }
        given
    }

    /// Whether the command is the one that `command` names: its words come first.
    fn is(&self, command: &str) -> bool {
        let mut given = self.positional.iter();
        command.split(' ').all(|wanted| {
            given
                .next()
                .is_some_and(|it| *it == wanted || matches!((wanted, *it), ("configmap", "cm")))
        })
    }

    fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|it| it.name == name)
    }

    /// The words of the flags that `conditions` name, if all of them are met.
    fn meets(&self, conditions: &str) -> Option<[Option<usize>; 2]> {
        let mut found = Vec::new();
        for condition in conditions.split(' ') {
            if let Some(absent) = condition.strip_prefix('!') {
                if self.is_open || self.has(absent) {
                    return None;
                }
                continue;
            }
            let end = condition.find(['=', '>']).unwrap_or(condition.len());
            let (name, test) = condition.split_at(end);
            // The last one counts.
            let flag = self.flags.iter().rfind(|it| it.name == name)?;
            let value = flag.value.unwrap_or("true");
            let holds = match test.split_at_checked(1) {
                Some(("=", wanted)) => value == wanted,
                Some((">", least)) => {
                    let numbers = (value.parse::<i64>(), least.parse::<i64>());
                    matches!(numbers, (Ok(value), Ok(least)) if value > least)
                }
                _ => !value.is_empty() && value != "false",
            };
            if !holds || !flag.is_known {
                return None;
            }
            found.push(flag.word);
        }
        found.sort_unstable();
        let mut found = found.into_iter();
        Some([found.next(), found.next()])
    }
}

/// The first of the flags in a word such as `-Rf` that takes a value, and the value if it follows at once; or the only one.
fn short(flags: &str) -> (&str, Option<&str>) {
    for (at, char) in flags.char_indices() {
        let end = at + char.len_utf8();
        let name = &flags[at..end];
        if takes_value(name) {
            let rest = flags[end..].strip_prefix('=').unwrap_or(&flags[end..]);
            return (name, (!rest.is_empty()).then_some(rest));
        }
    }
    (flags, None)
}

fn long_name(name: &str) -> &str {
    match name {
        "l" => "selector",
        "f" => "filename",
        "n" => "namespace",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use kubelint_parser::TextRange;

    use super::*;
    use crate::script::Value;

    fn check(line: &str, expected: Option<&str>) {
        let words = line.split(' ').map(|it| Argument {
            value: if it == "$x" {
                Value::unknown()
            } else {
                Value::from(it.to_owned())
            },
            range: TextRange::default(),
        });
        let words: Vec<Argument> = words.collect();
        let found = refusal(&words).map(|it| it.says);
        let found = found.map(|it| it.split(' ').take(4).collect::<Vec<_>>().join(" "));
        assert_eq!(found.as_deref(), expected, "{line}");
    }

    #[test]
    fn what_is_refused() {
        check("delete pods --all -l app=x", Some("cannot set --all and"));
        check(
            "-n shop delete pods --all=true -lapp=x",
            Some("cannot set --all and"),
        );
        check("scale deployment/web", Some("the --replicas=COUNT flag is"));
        check("apply -f x --prune", Some("all resources selected for"));
        check(
            "apply -Rf x --force --server-side",
            Some("--force cannot be used"),
        );
        check(
            "delete pod x --force --grace-period=5",
            Some("--force and --grace-period greater"),
        );
        check(
            "create cm a --from-env-file x --from-literal a=b",
            Some("from-env-file cannot be combined"),
        );
    }

    #[test]
    fn what_is_taken() {
        check("delete pods --all", None);
        check("delete pods --all=false -l app=x", None);
        check("delete pods --all -l $x", None);
        check("delete pod x --force --grace-period=0", None);
        check("delete pod x --force --grace-period $x", None);
        check("scale deployment/web --replicas 2", None);
        check("scale deployment/web $x", None);
        check("scale --help", None);
        check("apply --prune -l app=x -f x", None);
        check("exec web -- scale --all -l x", None);
        check("get scale", None);
    }
}
