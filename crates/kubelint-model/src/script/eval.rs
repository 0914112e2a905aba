//! Statements: which of them run, in which state, and what becomes of those that fail.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::shell::{
    Assigned, Case, Connector, For, If, List, Pipeline, Redirect, RedirectOperator, Script, Simple,
    Statement, StatementKind, Test, While, Word,
};

use super::fate::{self, Fate};
use super::folder::Folder;
use super::made::{self, MadeBy, MadePath};
use super::state::{Parameters, State, Variable};
use super::value::Value;
use super::{Argument, MAX_STEPS, Options, Outcome, Places, Run, Text};

/// How deep functions, scripts and texts of `bash -c` may be within each other.
const MAX_CALLS: u32 = 12;
/// How deep statements may be within each other, calls included.
const MAX_DEPTH: u32 = 220;
/// How many values of a loop are run through.
pub(super) const MAX_ROUNDS: usize = 16;
/// How many commands are kept.
const MAX_RUNS: usize = 5_000;

/// Where a statement is written.
#[derive(Clone, Copy)]
pub(super) struct Home<'a> {
    pub(super) file: crate::FileId,
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) places: Where<'a>,
}

/// Where the bytes of a text stand.
#[derive(Clone, Copy)]
pub(super) enum Where<'a> {
    Places(Places<'a>),
    /// All of them within this range: the text is a value.
    Within(TextRange),
}

impl Home<'_> {
    pub(super) fn place(&self, range: TextRange) -> TextRange {
        match self.places {
            Where::Places(places) => places.of(range),
            Where::Within(range) => range,
        }
    }
}

/// A function that a script defines.
pub(super) struct Defined<'a> {
    pub(super) body: Rc<Statement>,
    pub(super) home: Home<'a>,
}

impl AsRef<Statement> for Defined<'_> {
    fn as_ref(&self) -> &Statement {
        &self.body
    }
}

/// How a statement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flow {
    /// The next one runs.
    Next,
    /// The round of a loop is over, or the loop.
    Break,
    /// The function, or the sourced script, is over.
    Return,
    /// The shell is over.
    Exit,
}

/// What surrounds a statement.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) home: Home<'a>,
    /// What becomes of its failure.
    pub(super) fate: Fate,
    /// Whether `-e` does not hold here: in conditions, and before `&&` and `||`.
    pub(super) ignored: bool,
    /// The pipeline that it is part of.
    pub(super) pipeline: Option<u32>,
    /// Whether it stands in `$(…)`.
    pub(super) substituted: bool,
    /// Whether another machine or container runs it.
    pub(super) elsewhere: bool,
    /// Where the script calls or sources what the statement stands in.
    pub(super) sourced: Option<TextRange>,
}

impl<'a> Around<'a> {
    /// Of the first statement of a text.
    const fn new(text: &Text<'a>) -> Self {
        Self {
            home: Home {
                file: text.file,
                path: text.path,
                text: text.text,
                places: Where::Places(text.places),
            },
            fate: Fate::Ends,
            ignored: false,
            pipeline: None,
            substituted: false,
            elsewhere: false,
            sourced: None,
        }
    }
}

pub(super) struct Evaluator<'o, 'a> {
    pub(super) options: &'o Options<'a>,
    pub(super) main: &'a str,
    pub(super) outcome: Outcome,
    pub(super) functions: BTreeMap<String, Defined<'a>>,
    called: BTreeSet<String>,
    steps: usize,
    pub(super) calls: u32,
    depth: u32,
    pipelines: u32,
}

/// Runs scripts on paper, one after another in one shell.
pub(super) fn run<'a>(texts: &[Text<'a>], scripts: &[Script], options: &Options<'a>) -> Outcome {
    let variables = options.variables.iter();
    let variables = variables.map(|(name, value)| (name.clone(), Variable::One(value.clone())));
    let mut state = State {
        variables: variables.collect(),
        folder: options.folder.clone(),
        visited: Vec::new(),
        errexit: options.errexit,
        pipefail: options.pipefail,
        parameters: options
            .arguments
            .map_or_else(Parameters::unknown, |it| Parameters::all(it.to_vec())),
        has_cloned: false,
        hidden: Vec::new(),
    };
    let mut evaluator = Evaluator {
        options,
        main: texts.first().map_or("", |it| it.path),
        outcome: Outcome::default(),
        functions: BTreeMap::new(),
        called: BTreeSet::new(),
        steps: MAX_STEPS,
        calls: 0,
        depth: 0,
        pipelines: 0,
    };
    for (text, script) in texts.iter().zip(scripts) {
        evaluator.body(&script.body, &mut state, Around::new(text));
    }
    if let Some(text) = texts.first() {
        evaluator.uncalled(&state, Around::new(text));
    }
    evaluator.outcome.is_cut |= evaluator.steps == 0;
    evaluator.outcome
}

impl<'a> Evaluator<'_, 'a> {
    /// Takes a step; whether there was one left.
    pub(super) fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    /// The state for another way to go on.
    pub(super) fn fork(&mut self, state: &State) -> State {
        self.steps = self.steps.saturating_sub(state.variables.len() / 16);
        state.clone()
    }

    /// Functions that were not called may be by whoever sources the script, or by a name that only running it tells.
    fn uncalled(&mut self, state: &State, around: Around<'a>) {
        loop {
            let names: Vec<String> = self.functions.keys().cloned().collect();
            let mut open = names.into_iter().filter(|it| !self.called.contains(it));
            let Some(name) = open.next() else {
                return;
            };
            let mut state = self.fork(state);
            // What the script itself has set by then may not be set yet.
            self.call(&name, Parameters::unknown(), &mut state, around);
        }
    }

    /// Statements one after another.
    pub(super) fn body(
        &mut self,
        body: &[Statement],
        state: &mut State,
        around: Around<'a>,
    ) -> Flow {
        for (at, statement) in body.iter().enumerate() {
            let next = body.get(at + 1);
            let errexit = state.errexit && !around.ignored;
            let fate = match next {
                _ if statement.background => Fate::Background,
                Some(next) if fate::looks_at_status(next) => Fate::Tested,
                _ if errexit => Fate::Ends,
                None => around.fate,
                Some(_) => Fate::Unchecked,
            };
            let flow = self.statement(statement, state, Around { fate, ..around });
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    pub(super) fn statement(
        &mut self,
        statement: &Statement,
        state: &mut State,
        around: Around<'a>,
    ) -> Flow {
        if self.depth >= MAX_DEPTH || !self.step() {
            self.outcome.is_cut = true;
            return Flow::Next;
        }
        self.depth += 1;
        let flow = self.inner(statement, state, around);
        self.depth -= 1;
        flow
    }

    fn inner(&mut self, statement: &Statement, state: &mut State, around: Around<'a>) -> Flow {
        let is_simple = matches!(statement.kind, StatementKind::Simple(_));
        if !is_simple {
            self.redirects(&statement.redirects, state, around);
        }
        match &statement.kind {
            StatementKind::Simple(it) => self.simple(statement, it, state, around),
            StatementKind::Pipeline(it) => self.pipeline(it, state, around),
            StatementKind::List(it) => self.list(it, state, around),
            StatementKind::Group(body) => self.body(body, state, around),
            StatementKind::Subshell(body) => {
                let mut inner = self.fork(state);
                self.body(body, &mut inner, around);
                Flow::Next
            }
            StatementKind::If(it) => self.if_(it, state, around),
            StatementKind::For(it) => self.for_(it, state, around),
            StatementKind::While(it) => self.while_(it, state, around),
            StatementKind::Case(it) => self.case(it, state, around),
            StatementKind::Function(it) => {
                let body = Rc::new((*it.body).clone());
                let home = around.home;
                self.functions
                    .insert(it.name.clone(), Defined { body, home });
                Flow::Next
            }
            StatementKind::Test(test) => {
                self.test(test, state, around);
                Flow::Next
            }
            StatementKind::Arithmetic(names) => {
                for name in names {
                    state.forget(name);
                }
                Flow::Next
            }
            StatementKind::Other => Flow::Next,
        }
    }

    fn pipeline(&mut self, it: &Pipeline, state: &mut State, around: Around<'a>) -> Flow {
        let id = self.next_pipeline();
        let last = it.stages.len().saturating_sub(1);
        for (at, stage) in it.stages.iter().enumerate() {
            let fate = match around.fate {
                Fate::Ends | Fate::Unchecked if it.negated => Fate::Tested,
                fate if it.negated => fate,
                fate if at == last || state.pipefail => fate,
                Fate::Background => Fate::Background,
                _ => Fate::Piped,
            };
            let around = Around {
                fate,
                ignored: around.ignored || it.negated || at < last && !state.pipefail,
                pipeline: Some(id),
                ..around
            };
            let mut inner = self.fork(state);
            if it.stages.len() == 1 {
                self.statement(stage, state, around);
            } else {
                self.statement(stage, &mut inner, around);
            }
        }
        Flow::Next
    }

    pub(super) fn next_pipeline(&mut self) -> u32 {
        self.pipelines += 1;
        self.pipelines
    }

    fn list(&mut self, list: &List, state: &mut State, around: Around<'a>) -> Flow {
        let first = std::iter::once((Connector::And, &*list.first));
        let items: Vec<(Connector, &Statement)> = first
            .chain(list.rest.iter().map(|(it, statement)| (*it, statement)))
            .collect();
        let fates = self.fates(&items, around);
        for (at, (connector, statement)) in items.iter().enumerate() {
            let around = Around {
                fate: fates[at],
                ignored: around.ignored || at + 1 < items.len(),
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

    fn if_(&mut self, it: &If, state: &mut State, around: Around<'a>) -> Flow {
        let mut ends: Vec<State> = Vec::new();
        let mut flows: Vec<Flow> = Vec::new();
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
            let mut inner = self.fork(state);
            let flow = self.body(body, &mut inner, around);
            if flow == Flow::Next {
                ends.push(inner);
            }
            flows.push(flow);
        }
        let mut inner = self.fork(state);
        let flow = match &it.otherwise {
            Some(body) => self.body(body, &mut inner, around),
            None => Flow::Next,
        };
        if flow == Flow::Next {
            ends.push(inner);
        }
        flows.push(flow);
        self.merge(state, ends, &flows)
    }

    /// Runs what is asked; all its statements but the last are as good as before the `if`.
    fn condition(&mut self, body: &[Statement], state: &mut State, around: Around<'a>) {
        for statement in body {
            self.statement(statement, state, around);
        }
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

    fn case(&mut self, it: &Case, state: &mut State, around: Around<'a>) -> Flow {
        self.values(&it.subject, state, around);
        let mut ends = Vec::new();
        let mut flows = Vec::new();
        let mut is_total = false;
        for arm in &it.arms {
            is_total |= arm.patterns.iter().any(|it| fate::literal(it) == Some("*"));
            let mut inner = self.fork(state);
            let flow = self.body(&arm.body, &mut inner, around);
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

    fn for_(&mut self, it: &For, state: &mut State, around: Around<'a>) -> Flow {
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

    fn while_(&mut self, it: &While, state: &mut State, around: Around<'a>) -> Flow {
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

    pub(super) fn test(&mut self, test: &Test, state: &mut State, around: Around<'a>) {
        let mut open = vec![test];
        while let Some(test) = open.pop() {
            match test {
                Test::Unary(operator, word) => {
                    let values = self.values(word, state, around);
                    if is_file_test(operator) {
                        for value in values {
                            self.asked(&value, state);
                        }
                    }
                }
                Test::Binary(a, _, b) => {
                    self.values(a, state, around);
                    self.values(b, state, around);
                }
                Test::Not(it) => open.push(it),
                Test::And(all) | Test::Or(all) => open.extend(all),
                Test::Word(it) => drop(self.values(it, state, around)),
                Test::Other => {}
            }
        }
    }

    /// Remembers that somebody asks whether a path is there.
    pub(super) fn asked(&mut self, value: &Value, state: &State) {
        self.outcome.tested.extend(state.folder.join(&value.text));
    }

    /// Remembers what redirections make, and runs what stands in their words.
    fn redirects(&mut self, redirects: &[Redirect], state: &mut State, around: Around<'a>) {
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

    fn simple(
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
        self.run(statement, words, state, around);
        if let Some(words) = target {
            Self::go(&words, state);
        }
        Flow::Next
    }

    /// Keeps a command that is run.
    fn run(
        &mut self,
        statement: &Statement,
        words: Vec<Argument>,
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
            words,
            inputs,
            text,
            folder: state.folder.clone(),
            pipeline,
            fate: around.fate,
            substituted: around.substituted,
            elsewhere: around.elsewhere,
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

pub(super) fn is_file_test(operator: &str) -> bool {
    matches!(
        operator,
        "-f" | "-e" | "-d" | "-s" | "-r" | "-x" | "-L" | "-h" | "-a"
    )
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

/// The text of words, each of which is one.
pub(super) fn texts(words: &[Word]) -> impl Iterator<Item = &str> {
    words.iter().filter_map(fate::literal)
}
