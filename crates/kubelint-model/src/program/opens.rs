//! The files that every start of a program opens, and without which it does not go on.

use super::calls::Reached;
use super::ends::{Ends, MOST_STEPS};
use super::environment::Environment;
use super::listens::Because;
use super::names::Names;
use super::units::Unit;
use super::{Program, ProgramOpened};
use crate::FileId;
use crate::code::{Expr, Failure, FunctionId};
use kubelint_parser::TextRange;

/// More files of one program are not told.
const MOST_OPENED: usize = 1_000;
/// Where so often somebody looks whether files are there, nobody knows which of them must be.
const MOST_LOOKED_FOR: usize = 500;

/// A file that a program opens in one environment.
#[derive(Clone, Debug)]
pub struct Opening<'p> {
    /// The path as the program has it: from the folder that it runs in, if it does not begin with a slash.
    pub path: String,
    /// What opens it.
    pub opened: &'p ProgramOpened,
    /// The variable that decides, if one does.
    pub variable: Option<String>,
    /// Where the value of that variable is written.
    pub chain: Vec<Because>,
}

impl Program {
    /// The files that every start opens in `environment`, as far as their paths are known.
    pub fn opens(&self, environment: &Environment) -> Vec<Opening<'_>> {
        let opened = self.opened.iter().filter_map(|opened| {
            let evaluated = self.evaluate(&opened.path, environment);
            Some(Opening {
                path: evaluated.text?,
                opened,
                variable: evaluated.variable,
                chain: evaluated.chain,
            })
        });
        opened.collect()
    }
}

/// A path that is opened, and what becomes of a failure.
#[derive(Clone, Copy)]
struct At<'e> {
    file: FileId,
    function: FunctionId,
    failure: Failure,
    path: &'e Expr,
    range: TextRange,
}

/// What is opened, and what is known of the program.
pub(super) struct Opens<'n, 'u, 'g> {
    names: &'n Names<'u, 'g>,
    reached: &'n Reached,
    /// Where the program looks whether files are there: the file, and the path as it stands and as it comes to.
    looked_for: Vec<(FileId, &'n Expr, Expr)>,
    found: Vec<(Expr, (FileId, TextRange))>,
    ends: Ends<'n, 'u, 'g>,
}

impl<'n, 'u, 'g> Opens<'n, 'u, 'g> {
    pub(super) fn new(names: &'n Names<'u, 'g>, reached: &'n Reached) -> Self {
        let looked_for = names.units.iter().flat_map(|unit| {
            let paths = unit.facts.looked_for.iter();
            paths.map(|it| (unit.id, &it.0, names.value(unit.id, &it.0)))
        });
        Self {
            names,
            reached,
            looked_for: looked_for.collect(),
            found: Vec::new(),
            ends: Ends::new(names, reached),
        }
    }

    /// What `unit` opens: the paths, and where they are written.
    pub(super) fn of(&mut self, unit: &'n Unit) -> Vec<(Expr, (FileId, TextRange))> {
        if self.looked_for.len() > MOST_LOOKED_FOR {
            return Vec::new();
        }
        for it in &unit.facts.opened {
            let is_looked_for = self.looked_for.iter().any(|(file, path, value)| {
                *file == unit.id && (**path == it.path || *value == Expr::Unknown)
            });
            if !it.place.is_conditional && !is_looked_for {
                let at = At {
                    file: unit.id,
                    function: it.place.function,
                    failure: it.failure,
                    path: &it.path,
                    range: it.place.range,
                };
                self.follow(at, MOST_STEPS);
            }
        }
        std::mem::take(&mut self.found)
    }

    fn follow(&mut self, at: At<'_>, steps: u32) {
        let Some(steps) = steps.checked_sub(1) else {
            return;
        };
        if !self.reached.is_sure(at.file, at.function) || self.found.len() >= MOST_OPENED {
            return;
        }
        let Some(parameter) = self.parameter(&at) else {
            let value = self.names.value(at.file, at.path);
            let is_looked_for = self.looked_for.iter().any(|it| it.2 == value);
            if value != Expr::Unknown
                && !is_looked_for
                && self.ends.ends(at.file, at.function, at.failure)
            {
                self.found.push((value, (at.file, at.range)));
            }
            return;
        };
        let names = self.names;
        for &(file, number) in names.sites((at.file, at.function)) {
            if self.ends.step().is_none() {
                return;
            }
            let Some(call) = names.facts(file).and_then(|it| it.calls.get(number)) else {
                continue;
            };
            let given = call.arguments.get(parameter);
            let failure = self.ends.behind(file, at.failure, call.failure);
            if let (Some(path), Some(failure)) = (given, failure)
                && !call.place.is_conditional
            {
                let at = At {
                    file,
                    function: call.place.function,
                    failure,
                    path,
                    range: call.place.range,
                };
                self.follow(at, steps);
            }
        }
    }

    /// The parameter of its function that a path is, if calls hand over more than one path.
    fn parameter(&self, at: &At<'_>) -> Option<usize> {
        let Expr::Name(name) = at.path else {
            return None;
        };
        if self.names.given(at.file, name).len() < 2 {
            return None;
        }
        let facts = self.names.facts(at.file)?;
        let function = facts.functions.get(at.function.0 as usize)?;
        let name = name.strip_prefix(function.name.as_str())?;
        let name = name.strip_prefix('.')?;
        function.parameters.iter().position(|it| it == name)
    }
}
