//! Commands: what their words become, which of them are functions, and what their redirections make.

use std::collections::BTreeMap;
use std::rc::Rc;

use kubelint_parser::shell::{Redirect, RedirectOperator, Simple, Statement};

use super::eval::{Around, Evaluator, Flow};
use super::folder::Folder;
use super::made::{self, MadeBy, MadePath};
use super::state::{Parameters, State, Variable};
use super::value::Value;
use super::{Argument, Run};

/// How many commands are kept.
const MAX_RUNS: usize = 5_000;

/// How deep functions, scripts and texts of `bash -c` may be within each other.
const MAX_CALLS: u32 = 12;

impl<'a> Evaluator<'_, 'a> {
    /// Remembers what redirections make, and runs what stands in their words.
    pub(super) fn redirects(
        &mut self,
        redirects: &[Redirect],
        state: &mut State,
        around: Around<'a>,
    ) {
        for redirect in redirects {
            let values = self.values(&redirect.target, state, around);
            let writes = matches!(
                redirect.operator,
                RedirectOperator::Write | RedirectOperator::Append | RedirectOperator::WriteBoth
            );
            for value in values.iter().filter(|_| writes) {
                if let Some(path) = state.folder.join(&value.text) {
                    self.make(MadeBy::Name, path);
                }
            }
        }
    }

    fn make(&mut self, by: MadeBy, path: Folder) {
        if self.outcome.made.len() < MAX_RUNS {
            let after = self.outcome.runs.len();
            self.outcome.made.push(MadePath { path, by, after });
        }
    }

    pub(super) fn simple(
        &mut self,
        statement: &Statement,
        simple: &Simple,
        state: &mut State,
        around: Around<'a>,
    ) -> Flow {
        let around = Around {
            pipeline: Some(around.pipeline.unwrap_or_else(|| self.next_pipeline())),
            ..around
        };
        let mut words: Vec<Argument> = Vec::new();
        for word in &simple.words {
            let range = around.home.place(word.range);
            let values = self.values(word, state, around);
            words.extend(values.into_iter().map(|value| Argument { value, range }));
        }
        if words.is_empty() {
            for assignment in &simple.assignments {
                self.assign(assignment, state, around);
            }
            self.redirects(&statement.redirects, state, around);
            return Flow::Next;
        }
        // They hold for the command alone.
        let kept = simple.assignments.iter().map(|it| {
            let before = state.variables.get(&it.name).cloned();
            (it.name.clone(), before)
        });
        let kept: Vec<_> = kept.collect();
        for assignment in &simple.assignments {
            self.assign(assignment, state, around);
        }
        let flow = self.command(statement, simple, words, state, around);
        for (name, before) in kept {
            match before {
                Some(before) => drop(state.variables.insert(name, before)),
                None => drop(state.variables.remove(&name)),
            }
        }
        flow
    }

    fn command(
        &mut self,
        statement: &Statement,
        simple: &Simple,
        words: Vec<Argument>,
        state: &mut State,
        around: Around<'a>,
    ) -> Flow {
        let name = words[0].value.text.clone();
        if self.functions.contains_key(&name) {
            self.redirects(&statement.redirects, state, around);
            // What stands behind a list of unknown length may be any of the parameters.
            let mut lists = simple.words.iter();
            let list = lists.find(|it| Self::is_open_list(it, state));
            let list = list.map(|it| around.home.place(it.range));
            let before = words.iter().skip(1);
            let called = words[0].range;
            let known = before.take_while(|it| Some(it.range) != list).count();
            let arguments = words.into_iter().skip(1).take(known).map(|mut it| {
                let origin = super::value::Origin {
                    file: around.home.file,
                    range: it.range,
                };
                if it.value.origins.is_empty() {
                    it.value.origins.push(origin);
                }
                it.value
            });
            let arguments: Vec<Value> = arguments.collect();
            let parameters = match list {
                Some(_) => Parameters::at_least(arguments),
                None => Parameters::all(arguments),
            };
            let around = Around {
                sourced: around.sourced.or(Some(called)),
                ..around
            };
            return match self.call(&name, parameters, state, around) {
                Flow::Exit => Flow::Exit,
                _ => Flow::Next,
            };
        }
        if let Some(flow) = self.builtin(simple, &words, state, around) {
            self.redirects(&statement.redirects, state, around);
            return flow;
        }
        let goes = matches!(name.as_str(), "cd" | "pushd" | "popd");
        let target = goes.then(|| words.clone());
        let variables = simple.assignments.iter().filter_map(|it| {
            let Some(Variable::One(value)) = state.variables.get(&it.name) else {
                return None;
            };
            let argument = Argument {
                value: value.clone(),
                range: around.home.place(it.range),
            };
            Some((it.name.clone(), argument))
        });
        let variables = variables.collect();
        self.run(statement, (variables, words), state, around);
        if let Some(words) = target {
            Self::go(&words, state);
        }
        Flow::Next
    }

    /// Keeps a command that is run: the variables that are set for it alone, and its words.
    fn run(
        &mut self,
        statement: &Statement,
        (variables, words): (Vec<(String, Argument)>, Vec<Argument>),
        state: &mut State,
        around: Around<'a>,
    ) {
        let mut inputs = Vec::new();
        let mut text = None;
        let mut hidden = [false, false];
        for redirect in &statement.redirects {
            let range = around.home.place(redirect.target.range);
            let is_here = matches!(
                redirect.operator,
                RedirectOperator::HereDocument | RedirectOperator::HereString
            );
            if is_here {
                let value = self.joined(&redirect.target, state, around);
                text = Some(Argument { value, range });
                continue;
            }
            for value in self.values(&redirect.target, state, around) {
                hide(redirect, &value, &mut hidden);
                match redirect.operator {
                    RedirectOperator::Read => inputs.push(Argument { value, range }),
                    RedirectOperator::Write
                    | RedirectOperator::Append
                    | RedirectOperator::WriteBoth => {
                        if let Some(path) = state.folder.join(&value.text) {
                            self.make(MadeBy::Name, path);
                        }
                    }
                    _ => {}
                }
            }
        }
        if self.outcome.runs.len() >= MAX_RUNS {
            self.outcome.is_cut = true;
            return;
        }
        let pipeline = around.pipeline.unwrap_or_else(|| self.next_pipeline());
        let run = Run {
            file: around.home.file,
            range: around.home.place(statement.range),
            variables,
            words,
            inputs,
            text,
            folder: state.folder.clone(),
            pipeline,
            fate: around.fate,
            substituted: around.substituted,
            elsewhere: around.elsewhere,
            skipped: around.skipped,
            sourced: around.sourced,
            silent: hidden == [true, true],
        };
        let is_clone = run.word(0) == "git" && run.word(1) == "clone";
        state.has_cloned |= is_clone;
        let made = made::of(&run);
        self.outcome.runs.push(run);
        for (by, path) in made {
            self.make(by, path);
        }
    }

    /// Calls a function.
    pub(super) fn call(
        &mut self,
        name: &str,
        parameters: Parameters,
        state: &mut State,
        around: Around<'a>,
    ) -> Flow {
        self.called.insert(name.to_owned());
        let Some(function) = self.functions.get(name) else {
            return Flow::Next;
        };
        if self.calls >= MAX_CALLS {
            return Flow::Next;
        }
        let body = Rc::clone(&function.body);
        let around = Around {
            home: function.home,
            pipeline: None,
            ..around
        };
        self.calls += 1;
        let before = std::mem::replace(&mut state.parameters, parameters);
        state.hidden.push(BTreeMap::new());
        let flow = self.statement(&body, state, around);
        state.leave();
        state.parameters = before;
        self.calls -= 1;
        flow
    }
}

/// What a redirection to nowhere hides: output and errors.
fn hide(redirect: &Redirect, value: &Value, hidden: &mut [bool; 2]) {
    let is_nowhere = value.text == "/dev/null";
    match redirect.operator {
        RedirectOperator::WriteBoth | RedirectOperator::Duplicate if is_nowhere => {
            *hidden = [true, true];
        }
        RedirectOperator::Write | RedirectOperator::Append => {
            let at = usize::from(redirect.descriptor == Some(2));
            hidden[at] = is_nowhere;
        }
        RedirectOperator::Duplicate if redirect.descriptor == Some(2) && value.text == "1" => {
            hidden[1] = hidden[0];
        }
        _ => {}
    }
}
