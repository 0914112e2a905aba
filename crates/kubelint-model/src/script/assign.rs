//! Assignments to variables and arrays.

use kubelint_parser::shell::{Assigned, Assignment, Word};

use super::eval::{Around, Evaluator};
use super::expand::MAX_FIELDS;
use super::state::{State, Variable};
use super::value::{Origin, Value};

impl<'a> Evaluator<'_, 'a> {
    /// Sets a variable.
    pub(super) fn assign(&mut self, it: &Assignment, state: &mut State, around: Around<'a>) {
        let home = around.home;
        let place = |word: &Word| Origin {
            file: home.file,
            range: home.place(word.range),
        };
        match &it.value {
            Assigned::Word(word) => {
                let mut value = self.joined(word, state, around);
                if value.origins.is_empty() && !word.parts.is_empty() {
                    value.origins.push(place(word));
                }
                if let Some(index) = &it.index {
                    let key = self.joined(index, state, around);
                    let mut elements = match state.variables.get(&it.name) {
                        Some(Variable::Many(elements)) => elements.clone(),
                        _ => Vec::new(),
                    };
                    if !key.is_known() || elements.len() >= MAX_FIELDS {
                        state.forget(&it.name);
                        return;
                    }
                    elements.retain(|it| it.0.as_ref().is_none_or(|it| it.text != key.text));
                    elements.push((Some(key), value));
                    state.set(&it.name, Variable::Many(elements));
                    return;
                }
                if it.append {
                    value = match state.variables.get(&it.name) {
                        Some(Variable::One(before)) => {
                            let mut all = before.clone();
                            all.push(&value);
                            all
                        }
                        _ => Value::unknown(),
                    };
                }
                state.set(&it.name, Variable::One(value));
            }
            Assigned::Array(written) => {
                let mut elements = match state.variables.get(&it.name) {
                    Some(Variable::Many(elements)) if it.append => elements.clone(),
                    _ => Vec::new(),
                };
                for element in written.iter().take(MAX_FIELDS) {
                    let key = element.key.as_ref();
                    let key = key.map(|it| self.joined(it, state, around));
                    let values = if key.is_some() {
                        vec![self.joined(&element.value, state, around)]
                    } else {
                        self.values(&element.value, state, around)
                    };
                    for mut value in values {
                        if value.origins.is_empty() {
                            value.origins.push(place(&element.value));
                        }
                        elements.push((key.clone(), value));
                    }
                }
                elements.truncate(MAX_FIELDS);
                state.set(&it.name, Variable::Many(elements));
            }
        }
    }
}
