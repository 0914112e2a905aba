//! Variables that functions read whose names they are told: one read for each call.

use kubelint_parser::TextRange;

use super::calls::Reached;
use super::names::Names;
use super::node_project::is_javascript;
use super::units::Unit;
use crate::FileId;
use crate::code::{Expr, FunctionId, Read, ReadName};

/// How many functions may tell one another.
const MOST_STEPS: u32 = 4;
/// More calls of one function are not listed.
const MOST_CALLS: usize = 2_000;

/// A read that a call makes.
pub(super) struct Told {
    pub(super) name: String,
    pub(super) default: Option<Expr>,
    /// Whether every start comes by the call.
    pub(super) on_start: bool,
    pub(super) place: (FileId, TextRange),
}

/// The reads that the calls make of the function that `read` stands in; `None` if not all of them are known.
pub(super) fn reads(
    names: &Names<'_, '_>,
    reached: &Reached,
    unit: &Unit,
    read: &Read,
) -> Option<Vec<Told>> {
    let ReadName::Computed(name) = &read.name else {
        return None;
    };
    // Other languages list what is read so with the file.
    if !is_javascript(unit.facts.language) {
        return None;
    }
    let Expr::Name(name) = &**name else {
        return None;
    };
    let mut found = Vec::new();
    let on_start = !read.place.is_conditional;
    let default = read.default.as_ref();
    add(
        names,
        reached,
        (unit.id, name),
        default,
        on_start,
        MOST_STEPS,
        &mut found,
    )?;
    Some(found)
}

fn add(
    names: &Names<'_, '_>,
    reached: &Reached,
    (file, name): (FileId, &str),
    default: Option<&Expr>,
    on_start: bool,
    steps: u32,
    found: &mut Vec<Told>,
) -> Option<()> {
    let steps = steps.checked_sub(1)?;
    let (path, parameter) = name.rsplit_once('.')?;
    let facts = names.unit(file)?.facts.as_ref();
    let id = *facts.functions_by_name.get(path)?;
    let function = facts.functions.get(id.0 as usize)?;
    let position = |name: &str| function.parameters.iter().position(|it| it == name);
    let at = position(parameter)?;
    let of_default = match default {
        Some(Expr::Name(name)) => name
            .strip_prefix(path)
            .and_then(|it| position(it.strip_prefix('.')?)),
        _ => None,
    };
    if is_handed(names, (file, id), path) {
        return None;
    }
    let sites = names.sites((file, id));
    if sites.is_empty() || sites.len() > MOST_CALLS {
        return None;
    }
    for &(of, number) in sites {
        let call = names.facts(of)?.calls.get(number)?;
        let argument = call.arguments.get(at)?;
        let runs = reached.is_sure(of, call.place.function) && !call.place.is_conditional;
        let default = match of_default {
            Some(at) => call.arguments.get(at),
            None => default,
        };
        if let Expr::Text(name) = names.value(of, argument) {
            found.push(Told {
                name,
                default: default.map(|it| names.value(of, it)),
                on_start: on_start && runs,
                place: (of, call.place.range),
            });
            continue;
        }
        let Expr::Name(name) = argument else {
            return None;
        };
        let on_start = on_start && runs;
        add(names, reached, (of, name), default, on_start, steps, found)?;
    }
    Some(())
}

/// Whether a function is handed to others, which may call it, or may be called where nobody sees that it is meant.
fn is_handed(names: &Names<'_, '_>, function: (FileId, FunctionId), path: &str) -> bool {
    let own = path.rsplit('.').next().unwrap_or(path);
    let last = |it: &str| it.rsplit('.').next() == Some(own);
    names.units.iter().any(|unit| {
        unit.facts.calls.iter().any(|call| {
            let is_argument = call.arguments.iter().any(|it| match it {
                Expr::Name(name) if last(name) => names.function(unit.id, name) == Some(function),
                _ => false,
            });
            is_argument || (last(&call.callee) && names.function(unit.id, &call.callee).is_none())
        })
    })
}
