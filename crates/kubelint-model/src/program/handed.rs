//! Routers that a program hands to functions of its own which are not found, or which take them by a parameter without a name: nobody knows
//! which routes these add.

use std::collections::BTreeSet;

use super::Gap;
use super::names::Names;
use super::node_project::is_javascript;
use super::routes::{RouterId, Routes};
use super::units::Unit;
use crate::code::{Call, Expr, Subject};

/// The last parts of the names of all routers of a program.
pub(super) fn last_names<'u>(names: &'u Names<'_, '_>) -> BTreeSet<&'u str> {
    let usual = ["app", "application", "server", "router", "fastify", "api"];
    let routers = names.units.iter().flat_map(|it| it.facts.routers.iter());
    let own = routers.filter_map(|it| it.name.rsplit('.').next());
    own.chain(usual).collect()
}

/// The routers that the calls of a file hand over to what is not known, and why that is a gap.
pub(super) fn unknown(
    routes: &Routes<'_, '_, '_>,
    unit: &Unit,
    last_names: &BTreeSet<&str>,
) -> Vec<(Vec<RouterId>, Gap)> {
    if !is_javascript(unit.facts.language) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for call in &unit.facts.calls {
        for (at, argument) in call.arguments.iter().enumerate() {
            let Expr::Name(name) = argument else {
                continue;
            };
            let last = name.rsplit('.').next().unwrap_or_default();
            if !last_names.contains(last) || is_known(routes, unit, call, at) {
                continue;
            }
            let routers = routes.of(unit.id, argument);
            if !routers.is_empty() {
                let gap = Gap {
                    subject: Some(Subject::Routes),
                    why: "it is handed to a function that is not found".to_owned(),
                    place: Some((unit.id, call.place.range)),
                };
                found.push((routers, gap));
            }
        }
    }
    found
}

/// Whether what a call hands over at the position `at` is followed, or goes to what no program defines.
fn is_known(routes: &Routes<'_, '_, '_>, unit: &Unit, call: &Call, at: usize) -> bool {
    let names = routes.names;
    if let Some((file, function)) = names.function(unit.id, &call.callee) {
        let function = names
            .facts(file)
            .and_then(|it| it.functions.get(function.0 as usize));
        let parameter = function.and_then(|it| it.parameters.get(at));
        return parameter.is_some_and(|it| !it.is_empty());
    }
    let facts = &unit.facts;
    let Some((object, _)) = call.callee.rsplit_once('.') else {
        // What the language itself has, and packages: these are judged where they are called.
        return !facts.definitions.contains_key(&call.callee)
            && imports_no_file(unit, &call.callee);
    };
    let mut heads = call
        .callee
        .match_indices('.')
        .map(|it| &call.callee[..it.0]);
    let is_outside = heads.all(|it| {
        !facts.definitions.contains_key(it)
            && !facts.functions_by_name.contains_key(it)
            && !facts.classes_by_name.contains_key(it)
            && imports_no_file(unit, it)
    });
    // A method of a router. What a function stands for that is called so is another thing.
    let is_function = facts.functions_by_name.contains_key(object);
    (is_outside && object != "?") || (!is_function && !routes.routers(unit.id, object).is_empty())
}

/// Whether no file of the program is imported by this name.
fn imports_no_file(unit: &Unit, local: &str) -> bool {
    let numbers = unit.facts.imports_by_name.get(local);
    numbers.into_iter().flatten().all(|&number| {
        let is_own = |it: &str| it.starts_with('.') || it.starts_with('/');
        let led = unit.imports.get(number);
        let import = unit.facts.imports.get(number);
        led.is_none_or(|it| it.module.is_none()) && import.is_none_or(|it| !is_own(&it.module))
    })
}
