//! Branches: both sides are followed, and what is known behind them is what both agree on.

use kubelint_parser::shell::{
    Case, Connector, If, List, PartKind, Statement, StatementKind, Test, Word,
};

use super::eval::{Around, Evaluator, Flow};
use super::fate::{self, Fate};
use super::state::State;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn list(&mut self, list: &List, state: &mut State, around: Around<'a>) -> Flow {
        let first = std::iter::once((Connector::And, &*list.first));
        let items: Vec<(Connector, &Statement)> = first
            .chain(list.rest.iter().map(|(it, statement)| (*it, statement)))
            .collect();
        let fates = self.fates(&items, around);
        let first = self.answer(std::slice::from_ref(&*list.first), state, around);
        for (at, (connector, statement)) in items.iter().enumerate() {
            // What follows further behind may still run.
            let is_skipped = at == 1 && first == Some(*connector == Connector::Or);
            let around = Around {
                fate: fates[at],
                ignored: around.ignored || at + 1 < items.len(),
                skipped: around.skipped || is_skipped,
                ..around
            };
            let is_test = at > 0 && is_question(items[at - 1].1);
            if at == 0 {
                let flow = self.statement(statement, state, around);
                if flow != Flow::Next {
                    return flow;
                }
                continue;
            }
            let mut taken = self.fork(state);
            let flow = self.statement(statement, &mut taken, around);
            if flow != Flow::Next {
                // The other way leads on.
                continue;
            }
            if *connector == Connector::And && !is_test {
                *state = taken;
            } else {
                *state = taken.join(state);
            }
        }
        Flow::Next
    }

    /// What becomes of the failures of a list's statements.
    fn fates(&self, items: &[(Connector, &Statement)], around: Around<'a>) -> Vec<Fate> {
        let mut found = vec![around.fate; items.len()];
        let mut after = around.fate;
        for at in (0..items.len()).rev() {
            found[at] = if at + 1 == items.len() {
                around.fate
            } else {
                match items[at + 1].0 {
                    Connector::Or => match &items[at + 1].1.kind {
                        StatementKind::Group(body) => fate::of_branch(body, &self.functions),
                        _ => {
                            fate::of_branch(std::slice::from_ref(items[at + 1].1), &self.functions)
                        }
                    },
                    // What comes behind `||` runs if this one fails, too.
                    Connector::And => match after {
                        Fate::Ends | Fate::Unchecked if at + 2 == items.len() => Fate::Skips,
                        other => other,
                    },
                }
            };
            after = found[at];
        }
        found
    }

    pub(super) fn if_(&mut self, it: &If, state: &mut State, around: Around<'a>) -> Flow {
        let mut ends: Vec<State> = Vec::new();
        let mut flows: Vec<Flow> = Vec::new();
        let mut is_decided = false;
        for (at, (condition, body)) in it.branches.iter().enumerate() {
            let otherwise = match it.branches.get(at + 1) {
                Some(_) => None,
                None => it.otherwise.as_deref(),
            };
            let is_negated = matches!(
                condition.last().map(|it| &it.kind),
                Some(StatementKind::Pipeline(it)) if it.negated
            );
            let failing = if is_negated {
                Some(&body[..])
            } else {
                otherwise
            };
            let fate = failing.map_or(Fate::Tested, |it| fate::of_branch(it, &self.functions));
            let fate = if fate == Fate::Swallowed {
                Fate::Tested
            } else {
                fate
            };
            let asked = Around {
                fate,
                ignored: true,
                ..around
            };
            self.condition(condition, state, asked);
            let answer = self.answer(condition, state, around);
            let taken = Around {
                skipped: around.skipped || is_decided || answer == Some(false),
                ..around
            };
            is_decided |= answer == Some(true);
            let mut inner = self.fork(state);
            let flow = self.body(body, &mut inner, taken);
            if flow == Flow::Next {
                ends.push(inner);
            }
            flows.push(flow);
        }
        let mut inner = self.fork(state);
        let otherwise = Around {
            skipped: around.skipped || is_decided,
            ..around
        };
        let flow = match &it.otherwise {
            Some(body) => self.body(body, &mut inner, otherwise),
            None => Flow::Next,
        };
        if flow == Flow::Next {
            ends.push(inner);
        }
        flows.push(flow);
        self.merge(state, ends, &flows)
    }

    /// Runs what is asked; all its statements but the last are as good as before the `if`.
    pub(super) fn condition(&mut self, body: &[Statement], state: &mut State, around: Around<'a>) {
        for statement in body {
            self.statement(statement, state, around);
        }
    }

    /// What a condition says that only compares two texts which are known and which nobody outside of the script can set.
    fn answer(
        &mut self,
        condition: &[Statement],
        state: &mut State,
        around: Around<'a>,
    ) -> Option<bool> {
        let [statement] = condition else {
            return None;
        };
        let StatementKind::Test(Test::Binary(a, operator, b)) = &statement.kind else {
            return None;
        };
        let is_equal = match operator.as_str() {
            "=" | "==" => true,
            "!=" => false,
            _ => return None,
        };
        let (a, b) = (self.known(a, state, around)?, self.known(b, state, around)?);
        // It may be a pattern.
        (!b.contains(['*', '?', '['])).then_some((a == b) == is_equal)
    }

    /// The text of a word, if it is known.
    fn known(&mut self, word: &Word, state: &mut State, around: Around<'a>) -> Option<String> {
        let is_plain = |it: &PartKind| {
            matches!(
                it,
                PartKind::Literal(_) | PartKind::Variable(_) | PartKind::Template
            )
        };
        // What else there is was run when it was asked.
        if !word.parts.iter().all(|it| is_plain(&it.kind)) {
            return None;
        }
        let value = self.joined(word, state, around);
        let is_text = !value.text.contains(|it: char| it.is_ascii_control());
        (is_text && !value.assumed).then_some(value.text)
    }

    fn merge(&mut self, state: &mut State, ends: Vec<State>, flows: &[Flow]) -> Flow {
        let mut ends = ends.into_iter();
        let Some(first) = ends.next() else {
            return flows.iter().copied().min().unwrap_or(Flow::Next);
        };
        *state = ends.fold(first, |all, it| {
            self.steps = self.steps.saturating_sub(all.variables.len() / 16);
            all.join(&it)
        });
        Flow::Next
    }

    pub(super) fn case(&mut self, it: &Case, state: &mut State, around: Around<'a>) -> Flow {
        self.values(&it.subject, state, around);
        let subject = self.known(&it.subject, state, around);
        let mut ends = Vec::new();
        let mut flows = Vec::new();
        let mut is_total = false;
        let mut is_decided = false;
        for arm in &it.arms {
            is_total |= arm.patterns.iter().any(|it| fate::literal(it) == Some("*"));
            let is_this = subject
                .as_deref()
                .and_then(|it| is_one_of(it, &arm.patterns));
            let taken = Around {
                skipped: around.skipped || is_decided || is_this == Some(false),
                ..around
            };
            is_decided |= is_this == Some(true);
            let mut inner = self.fork(state);
            let flow = self.body(&arm.body, &mut inner, taken);
            if flow == Flow::Next {
                ends.push(inner);
            }
            flows.push(flow);
        }
        if !is_total {
            ends.push(self.fork(state));
        }
        self.merge(state, ends, &flows)
    }
}

/// Whether a text is one of these patterns, if all of them are plain texts.
fn is_one_of(text: &str, patterns: &[Word]) -> Option<bool> {
    let mut is_one = false;
    for pattern in patterns {
        let pattern = fate::literal(pattern).filter(|it| !it.contains(['*', '?', '[', '\\']))?;
        is_one |= pattern == text;
    }
    Some(is_one)
}

/// Whether a statement only asks something.
fn is_question(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Test(_) | StatementKind::Arithmetic(_) | StatementKind::Pipeline(_) => true,
        StatementKind::Simple(it) => {
            let name = it.words.first().and_then(fate::literal).unwrap_or_default();
            matches!(
                name,
                "test" | "[" | "[[" | "command" | "which" | "grep" | "type"
            )
        }
        _ => false,
    }
}
