//! Variables that programs of Go ask for before they go on: where they are empty a function returns an error, on which the program ends.

use std::collections::BTreeSet;

use super::Program;
use super::calls::Reached;
use super::ends::Ends;
use super::names::{Names, exact};
use super::units::Unit;
use crate::code::Expr;

/// More values of one program are not followed.
const MOST_VALUES: usize = 2_000;

/// Says of the variables of `program` which it ends without, as far as that is seen at the values that they are put into.
pub(super) fn apply(names: &Names<'_, '_>, reached: &Reached, program: &mut Program) {
    let mut ends = Ends::new(names, reached);
    let mut left = MOST_VALUES;
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    // What is read from a file may stand in the same places.
    let decodes = |it: &&Unit| {
        let mut calls = it.facts.calls.iter();
        calls.any(|it| it.callee.contains("Unmarshal") || it.callee.contains("Decode"))
    };
    let filled: BTreeSet<&str> = names
        .units
        .iter()
        .filter(decodes)
        .map(|it| it.folder.as_str())
        .collect();
    for unit in names
        .units
        .iter()
        .filter(|it| !filled.contains(it.folder.as_str()))
    {
        for it in unit.facts.go.iter().flat_map(|it| &it.refusals) {
            if left == 0 || !reached.is_sure(unit.id, it.function) {
                continue;
            }
            left -= 1;
            if let Some(name) = variable(&names.value(unit.id, &it.value))
                && ends.ends(unit.id, it.function, it.failure)
            {
                wanted.insert(name);
            }
        }
    }
    for name in wanted {
        let is_it = |it: &super::ProgramRead| exact(&it.name) == Some(name.as_str());
        let is_nothing = |it: &Expr| it.text() == Some("");
        let own = program.reads.iter().filter(|it| is_it(it));
        // Where another read has a default the value may come from there.
        if own
            .clone()
            .any(|it| it.default.as_ref().is_some_and(|it| !is_nothing(it)))
        {
            continue;
        }
        for read in program.reads.iter_mut().filter(|it| is_it(it)) {
            read.is_required = true;
            read.on_start = true;
            read.default = None;
        }
    }
}

/// The variable that a value is, which is empty where that is not set.
fn variable(value: &Expr) -> Option<String> {
    match value {
        Expr::Variable { name, default } => {
            let is_empty = default.as_deref().is_none_or(|it| it.text() == Some(""));
            is_empty.then(|| name.clone())
        }
        _ => None,
    }
}
