//! Loops: over what is written out they are run through; of others one round stands for all.

use kubelint_parser::shell::{Assigned, For, Statement, StatementKind, While};

use super::eval::{Around, Evaluator, Flow};
use super::fate::{self, Fate};
use super::state::{State, Variable};
use super::value::Value;

/// How many values of a loop are run through.
pub(super) const MAX_ROUNDS: usize = 16;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn for_(&mut self, it: &For, state: &mut State, around: Around<'a>) -> Flow {
        let values: Option<Vec<Value>> = match &it.words {
            Some(words) => {
                let words = words.iter();
                Some(
                    words
                        .flat_map(|it| self.values(it, state, around))
                        .collect(),
                )
            }
            None => state.parameters.values().map(<[Value]>::to_vec),
        };
        let values = values.unwrap_or_else(|| vec![Value::unknown()]);
        let around = Around {
            fate: if around.fate == Fate::Ends && !state.errexit {
                Fate::Unchecked
            } else {
                around.fate
            },
            pipeline: None,
            ..around
        };
        let is_open = values.iter().any(|it| !it.is_known());
        if is_open {
            forget_assigned(&it.body, state, 0);
        }
        let before = self.fork(state);
        for value in values.into_iter().take(MAX_ROUNDS) {
            state.set(&it.name, Variable::One(value));
            match self.body(&it.body, state, around) {
                Flow::Next | Flow::Break => {}
                // Whether it ends is for an earlier round to say, too.
                Flow::Return | Flow::Exit => break,
            }
        }
        if is_open {
            *state = before.join(state);
        }
        Flow::Next
    }

    pub(super) fn while_(&mut self, it: &While, state: &mut State, around: Around<'a>) -> Flow {
        forget_assigned(&it.body, state, 0);
        let asked = Around {
            fate: Fate::Tested,
            ignored: true,
            pipeline: None,
            ..around
        };
        self.condition(&it.condition, state, asked);
        let mut inner = self.fork(state);
        let around = Around {
            pipeline: None,
            ..around
        };
        let flow = self.body(&it.body, &mut inner, around);
        if flow <= Flow::Break {
            *state = inner.join(state);
        }
        Flow::Next
    }
}

/// How deep loops are looked into for what they assign.
const MAX_LOOKED: u32 = 40;

/// Forgets the variables that a body assigns: in a later round they may have been set by an earlier one.
fn forget_assigned(body: &[Statement], state: &mut State, depth: u32) {
    if depth > MAX_LOOKED {
        return;
    }
    for statement in body {
        match &statement.kind {
            StatementKind::Simple(simple) => {
                for it in simple.assignments.iter().chain(&simple.declared) {
                    let is_new = !state.variables.contains_key(&it.name);
                    if is_open(&it.value) || it.append || !is_new {
                        state.forget(&it.name);
                    }
                }
                let name = simple
                    .words
                    .first()
                    .and_then(fate::literal)
                    .unwrap_or_default();
                if matches!(name, "read" | "mapfile" | "readarray" | "let" | "getopts") {
                    for word in simple.words.iter().skip(1).filter_map(fate::literal) {
                        state.forget(word.split('=').next().unwrap_or_default());
                    }
                }
            }
            StatementKind::Pipeline(it) => forget_assigned(&it.stages, state, depth + 1),
            StatementKind::List(it) => {
                forget_assigned(std::slice::from_ref(&*it.first), state, depth + 1);
                for (_, it) in &it.rest {
                    forget_assigned(std::slice::from_ref(it), state, depth + 1);
                }
            }
            StatementKind::Group(body) => forget_assigned(body, state, depth + 1),
            StatementKind::If(it) => {
                for (condition, body) in &it.branches {
                    forget_assigned(condition, state, depth + 1);
                    forget_assigned(body, state, depth + 1);
                }
                forget_assigned(
                    it.otherwise.as_deref().unwrap_or_default(),
                    state,
                    depth + 1,
                );
            }
            StatementKind::For(it) => {
                state.forget(&it.name);
                forget_assigned(&it.body, state, depth + 1);
            }
            StatementKind::While(it) => forget_assigned(&it.body, state, depth + 1),
            StatementKind::Case(it) => {
                for arm in &it.arms {
                    forget_assigned(&arm.body, state, depth + 1);
                }
            }
            StatementKind::Arithmetic(names) => {
                for name in names {
                    state.forget(name);
                }
            }
            _ => {}
        }
    }
}

/// Whether a value holds more than text.
fn is_open(value: &Assigned) -> bool {
    match value {
        Assigned::Word(it) => fate::literal(it).is_none(),
        Assigned::Array(_) => true,
    }
}
