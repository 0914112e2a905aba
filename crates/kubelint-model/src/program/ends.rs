//! Whether a program ends where something fails: the failure is followed through the calls that hand it on.

use kubelint_parser::code::Language;

use super::calls::Reached;
use super::names::Names;
use crate::FileId;
use crate::code::{Failure, FunctionId};

/// How many functions may hand a failure to one another.
pub(super) const MOST_STEPS: u32 = 6;
/// More calls are not followed for one program.
const MOST_CALLS: u32 = 50_000;

/// Follows failures of one program.
pub(super) struct Ends<'n, 'u, 'g> {
    names: &'n Names<'u, 'g>,
    reached: &'n Reached,
    calls_left: u32,
}

impl<'n, 'u, 'g> Ends<'n, 'u, 'g> {
    pub(super) const fn new(names: &'n Names<'u, 'g>, reached: &'n Reached) -> Self {
        Self {
            names,
            reached,
            calls_left: MOST_CALLS,
        }
    }

    /// Counts one more call that is followed; `None` if there were too many.
    pub(super) fn step(&mut self) -> Option<()> {
        self.calls_left = self.calls_left.checked_sub(1)?;
        Some(())
    }

    /// What becomes of a failure behind a call in `file` that does `call` with its failures; `None` if the program goes on.
    pub(super) fn behind(&self, file: FileId, inner: Failure, call: Failure) -> Option<Failure> {
        match (inner, call) {
            // What ends the program itself asks no caller.
            (Failure::Ends, _) if self.is_go(file) => Some(Failure::Ends),
            (_, Failure::Handled) | (Failure::Handled, _) => None,
            (Failure::Ends, _) => Some(Failure::Ends),
            (Failure::Returned, outer) => Some(outer),
        }
    }

    /// Whether a failure in a function that every start runs ends the program.
    pub(super) fn ends(&mut self, file: FileId, function: FunctionId, failure: Failure) -> bool {
        self.ends_in(file, function, failure, MOST_STEPS)
    }

    fn ends_in(
        &mut self,
        file: FileId,
        function: FunctionId,
        failure: Failure,
        steps: u32,
    ) -> bool {
        let Some(steps) = steps.checked_sub(1) else {
            return false;
        };
        if failure == Failure::Ends && self.is_go(file) {
            return true;
        }
        let names = self.names;
        let sites = names.sites((file, function));
        if sites.is_empty() {
            return failure == Failure::Ends;
        }
        sites.iter().any(|&(of, number)| {
            if self.step().is_none() {
                return false;
            }
            let call = names.facts(of).and_then(|it| it.calls.get(number));
            let Some(call) = call.filter(|it| !it.place.is_conditional) else {
                return false;
            };
            let function = call.place.function;
            let failure = self.behind(of, failure, call.failure);
            let is_sure = self.reached.is_sure(of, function);
            is_sure && failure.is_some_and(|it| self.ends_in(of, function, it, steps))
        })
    }

    fn is_go(&self, file: FileId) -> bool {
        let facts = self.names.facts(file);
        facts.is_some_and(|it| it.language == Language::Go)
    }
}
