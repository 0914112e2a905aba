//! Variables whose names functions of Go are handed: `getEnv("PORT", "8080")`, wherever the function stands.

use kubelint_parser::TextRange;

use super::calls::Reached;
use super::ends::Ends;
use super::names::{Names, substituted};
use super::units::Unit;
use super::{Gap, Program, ProgramRead};
use crate::FileId;
use crate::code::{Call, Expr, Failure, Function, FunctionId, Read, ReadName, Subject};

/// How often one function hands a name on to the next.
const MOST_STEPS: u32 = 4;
/// More calls of one function are not told.
const MOST_CALLS: usize = 2_000;

/// What is followed from a read to the calls that say its name.
struct Follow<'r, 'u, 'g> {
    read: &'r Read,
    names: &'r Names<'u, 'g>,
    reached: &'r Reached,
    program: &'r mut Program,
    ends: Ends<'r, 'u, 'g>,
    calls_left: usize,
}

/// What is read at one place of a function.
struct Stated {
    name: Expr,
    default: Option<Expr>,
    on_start: bool,
    /// What becomes of the program where it is empty.
    failure: Failure,
}

/// Adds what `read`, whose name is computed, reads where its function is called; `failure` is what its function does where that is empty.
pub(super) fn reads(
    unit: &Unit,
    (read, failure): (&Read, Failure),
    names: &Names<'_, '_>,
    reached: &Reached,
    program: &mut Program,
) {
    let ReadName::Computed(name) = &read.name else {
        return;
    };
    let place = (unit.id, read.place.range);
    let stated = Stated {
        name: (**name).clone(),
        default: read.default.clone(),
        on_start: !read.place.is_conditional,
        failure,
    };
    let mut follow = Follow {
        read,
        names,
        reached,
        program,
        ends: Ends::new(names, reached),
        calls_left: MOST_CALLS,
    };
    let at = (unit.id, read.place.function);
    follow.stated(at, &stated, place, MOST_STEPS);
}

impl Follow<'_, '_, '_> {
    fn stated(
        &mut self,
        at: (FileId, FunctionId),
        stated: &Stated,
        place: (FileId, TextRange),
        steps: u32,
    ) {
        let (file, function) = at;
        let of = self.function(at);
        let is_handed = of.is_some_and(|it| mentions(&stated.name, it));
        if let (true, Some(of), Some(steps)) = (is_handed, of, steps.checked_sub(1)) {
            let function = of.clone();
            return self.calls(at, &function, stated, steps);
        }
        if !self.reached.holds(file, function) {
            return;
        }
        let value = match self.names.value(file, &stated.name) {
            Expr::Unknown => stated.name.clone(),
            value => value,
        };
        let all = match value {
            Expr::Either(all) => all,
            one => vec![one],
        };
        let texts: Option<Vec<String>> =
            all.iter().map(|it| it.text().map(str::to_owned)).collect();
        let Some(texts) = texts.filter(|_| !is_handed) else {
            self.program.gaps.push(Gap {
                subject: Some(Subject::Reads),
                why: "a variable's name is computed".to_owned(),
                place: Some(place),
            });
            return;
        };
        let is_one = texts.len() == 1;
        let is_required = match stated.failure {
            Failure::Ends => true,
            Failure::Handled => false,
            Failure::Returned => is_one && self.ends.ends(file, function, Failure::Returned),
        };
        for name in texts {
            let default = stated.default.as_ref();
            self.program.reads.push(ProgramRead {
                name: ReadName::Exact(name),
                default: default.map(|it| self.names.value(file, it)),
                is_required: is_required && is_one,
                on_start: stated.on_start && is_one && self.reached.is_sure(file, function),
                kind: self.read.kind,
                place,
            });
        }
    }

    fn function(&self, at: (FileId, FunctionId)) -> Option<&Function> {
        let facts = self.names.facts(at.0)?;
        facts.functions.get(at.1.0 as usize)
    }

    fn calls(&mut self, at: (FileId, FunctionId), of: &Function, stated: &Stated, steps: u32) {
        let names = self.names;
        for &(file, number) in names.sites(at) {
            let Some(left) = self.calls_left.checked_sub(1) else {
                self.program.gaps.push(Gap {
                    subject: Some(Subject::Reads),
                    why: "too many variables are read by one function".to_owned(),
                    place: None,
                });
                return;
            };
            self.calls_left = left;
            let call = names.facts(file).and_then(|it| it.calls.get(number));
            let Some(call) = call.filter(|it| !is_only_handed(it)) else {
                continue;
            };
            let put = |it: &Expr| substituted(it, of, &call.arguments, MOST_STEPS + 4);
            let inner = Stated {
                name: put(&stated.name),
                default: stated.default.as_ref().map(put),
                on_start: stated.on_start && !call.place.is_conditional,
                failure: self
                    .ends
                    .behind(file, stated.failure, call.failure)
                    .unwrap_or(Failure::Handled),
            };
            self.stated(
                (file, call.place.function),
                &inner,
                (file, call.place.range),
                steps,
            );
        }
    }
}

/// Whether a call only stands for a function that is handed over.
const fn is_only_handed(call: &Call) -> bool {
    call.place.is_conditional && call.arguments.is_empty()
}

/// Whether an expression names a parameter of `function`.
fn mentions(expr: &Expr, function: &Function) -> bool {
    match expr {
        Expr::Name(name) => {
            let parameter = name.strip_prefix(function.name.as_str());
            let parameter = parameter.and_then(|it| it.strip_prefix('.'));
            parameter.is_some_and(|it| function.parameters.iter().any(|own| own == it))
        }
        Expr::Join(all) | Expr::Either(all) | Expr::List(all) => {
            all.iter().any(|it| mentions(it, function))
        }
        Expr::Call { arguments, .. } => arguments.iter().any(|it| mentions(it, function)),
        Expr::Member { of, .. } => mentions(of, function),
        _ => false,
    }
}
