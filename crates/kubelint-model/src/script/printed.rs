//! What `$(…)` becomes, as far as its commands only ask where something is, or repeat what they are given.

use kubelint_parser::shell::{RedirectOperator, Statement, StatementKind};

use super::eval::{Around, Evaluator};
use super::state::State;
use super::value::{ROOT, Value};

impl<'a> Evaluator<'_, 'a> {
    /// What `$(…)` prints, as far as it only asks where something is.
    pub(super) fn substituted(
        &mut self,
        body: &[Statement],
        state: &mut State,
        around: Around<'a>,
    ) -> Value {
        let around = Around {
            pipeline: None,
            substituted: true,
            ignored: true,
            ..around
        };
        let mut inner = self.fork(state);
        let Some((last, before)) = body.split_last() else {
            return Value::default();
        };
        for statement in before {
            self.statement(statement, &mut inner, around);
        }
        self.printed(last, &mut inner, around)
    }

    fn printed(&mut self, statement: &Statement, state: &mut State, around: Around<'a>) -> Value {
        match &statement.kind {
            StatementKind::List(list) => {
                self.statement(&list.first, state, around);
                let Some(((_, last), before)) = list.rest.split_last() else {
                    return Value::unknown();
                };
                for (_, it) in before {
                    self.statement(it, state, around);
                }
                self.printed(last, state, around)
            }
            StatementKind::Simple(simple) => {
                let words: Vec<Value> = simple
                    .words
                    .iter()
                    .flat_map(|it| self.values(it, state, around))
                    .collect();
                if words.is_empty()
                    && statement
                        .redirects
                        .iter()
                        .any(|it| it.operator == RedirectOperator::Read)
                {
                    return Value::unknown();
                }
                if let Some(value) = answer(&words, state) {
                    return value;
                }
                self.statement(statement, state, around);
                Value::unknown()
            }
            _ => {
                self.statement(statement, state, around);
                Value::unknown()
            }
        }
    }
}

/// What a command prints that only asks for paths, or repeats what it is given.
fn answer(words: &[Value], state: &State) -> Option<Value> {
    let (first, rest) = words.split_first()?;
    let mut arguments = rest.iter().filter(|it| !it.text.starts_with('-'));
    let path = |it: &Value| -> Option<Value> {
        let folder = state.folder.join(&it.text)?;
        Some(it.with_text(folder.absolute()))
    };
    match first.text.as_str() {
        "pwd" => Some(Value::from(state.folder.absolute())),
        "git" => {
            let texts: Vec<&str> = rest.iter().map(|it| it.text.as_str()).collect();
            matches!(texts[..], [.., "rev-parse", "--show-toplevel"])
                .then(|| Value::from(ROOT.to_string()))
        }
        "dirname" => {
            let value = arguments.next()?;
            let parent = value.text.trim_end_matches('/').rsplit_once('/');
            Some(value.with_text(parent.map_or(".", |it| it.0)))
        }
        "basename" => {
            let value = arguments.next()?;
            if !value.is_known() {
                return None;
            }
            let name = value.text.rsplit('/').next().unwrap_or_default();
            let suffix = arguments.next().map_or("", |it| it.text.as_str());
            Some(value.with_text(name.strip_suffix(suffix).unwrap_or(name)))
        }
        "realpath" | "readlink" => path(arguments.next()?),
        "echo" => {
            let mut found = Value::default();
            for (at, value) in rest.iter().filter(|it| it.text != "-n").enumerate() {
                if at > 0 {
                    found.push(&Value::from(" "));
                }
                found.push(value);
            }
            Some(found)
        }
        _ => None,
    }
}
