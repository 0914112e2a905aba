//! Statements: which of them run, in which state, and what becomes of those that fail.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::shell::{Pipeline, Script, Statement, StatementKind, Test, Word};

use super::fate::{self, Fate};
use super::state::{Parameters, State, Variable};
use super::value::Value;
use super::{MAX_STEPS, Options, Outcome, Places, Text};

/// How deep statements may be within each other, calls included.
const MAX_DEPTH: u32 = 220;
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and every combination occurs"
)]
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
    /// Whether it is in a branch that is not taken.
    pub(super) skipped: bool,
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
            skipped: false,
            sourced: None,
        }
    }
}

pub(super) struct Evaluator<'o, 'a> {
    pub(super) options: &'o Options<'a>,
    pub(super) main: &'a str,
    pub(super) outcome: Outcome,
    pub(super) functions: BTreeMap<String, Defined<'a>>,
    pub(super) called: BTreeSet<String>,
    pub(super) steps: usize,
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
}

pub(super) fn is_file_test(operator: &str) -> bool {
    matches!(
        operator,
        "-f" | "-e" | "-d" | "-s" | "-r" | "-x" | "-L" | "-h" | "-a"
    )
}

/// The text of words, each of which is one.
pub(super) fn texts(words: &[Word]) -> impl Iterator<Item = &str> {
    words.iter().filter_map(fate::literal)
}
