//! Which combinations of flags kubectl refuses, whatever the cluster holds.

use crate::data;
use crate::kubectl::Call;
use crate::script::Argument;

/// Why kubectl refuses a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it says.
    pub says: &'static str,
    /// The words of the flags that are too many, by number, in their order; none where one is missing.
    pub words: [Option<usize>; 2],
}

/// Why kubectl refuses `words`, those behind its own name; `None` if it takes them, or nobody can tell.
pub fn refusal(words: &[Argument]) -> Option<Refusal> {
    let call = Call::read(words);
    if call.flag("help").or(call.flag("h")).is_some() {
        return None;
    }
    let mut rows = data::rows(include_str!("../data/kubectl-conflicts.tsv"));
    rows.find_map(|[command, conditions, says]| {
        let words = is(&call, command).then(|| meets(&call, conditions))??;
        Some(Refusal { says, words })
    })
}

/// Whether the command is the one that `command` names: its words come first.
fn is(call: &Call<'_>, command: &str) -> bool {
    command.split(' ').enumerate().all(|(at, wanted)| {
        let given = call.text(at);
        given == wanted || matches!((wanted, given), ("configmap", "cm"))
    })
}

/// The words of the flags that `conditions` name, if all of them are met.
fn meets(call: &Call<'_>, conditions: &str) -> Option<[Option<usize>; 2]> {
    let mut found = Vec::new();
    for condition in conditions.split(' ') {
        if let Some(absent) = condition.strip_prefix('!') {
            if call.is_open || call.flag(absent).is_some() {
                return None;
            }
            continue;
        }
        let end = condition.find(['=', '>']).unwrap_or(condition.len());
        let (name, test) = condition.split_at(end);
        let flag = call.flag(name)?;
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
