//! Variables that are read through an object that another file makes, as settings of Django in several files do: `from .base import env`.

use kubelint_parser::code::Language;

use super::ProgramRead;
use super::calls::Reached;
use super::names::{Meaning, Names};
use super::units::Unit;
use crate::code::{Call, CodeFacts, Expr, Kind, ReadName};

/// The packages whose objects read the environment: `environ.Env()` of django-environ, `Env()` of environs.
const PACKAGES: [&str; 2] = ["environ", "environs"];
/// The methods that read one variable and make something of it.
const METHODS: [&str; 14] = [
    "str",
    "int",
    "bool",
    "float",
    "list",
    "tuple",
    "json",
    "dict",
    "url",
    "path",
    "db",
    "db_url",
    "cache",
    "cache_url",
];

/// The reads of a file through objects of others.
pub(super) fn reads(names: &Names<'_, '_>, reached: &Reached, unit: &Unit) -> Vec<ProgramRead> {
    if unit.facts.language != Language::Python {
        return Vec::new();
    }
    let calls = unit.facts.calls.iter();
    let found = calls.filter_map(|call| {
        let (object, method) = match call.callee.split_once('.') {
            Some((object, method)) if METHODS.contains(&method) => (object, method),
            Some(_) => return None,
            None => (call.callee.as_str(), ""),
        };
        let name = call.arguments.first().and_then(Expr::text)?;
        let Some(Meaning::Value(of, Expr::Call { callee, named, .. })) =
            names.meaning(unit.id, object)
        else {
            return None;
        };
        let package = package(names.facts(of)?, callee)?;
        if of == unit.id {
            // Patterns tell what a file reads through an object of its own.
            return None;
        }
        let default = default(call, method, package).or_else(|| stated(named, name));
        let runs = reached.is_sure(unit.id, call.place.function);
        Some(ProgramRead {
            name: ReadName::Exact(name.to_owned()),
            is_required: default.is_none(),
            default: default.map(|it| names.value(unit.id, it)),
            on_start: runs && !call.place.is_conditional,
            kind: match method {
                "int" => Kind::Number,
                "bool" => Kind::Boolean,
                _ => Kind::Text,
            },
            place: (unit.id, call.place.range),
        })
    });
    found.collect()
}

/// The package of what is called in a file.
fn package(facts: &CodeFacts, callee: &str) -> Option<&'static str> {
    let class = callee.rsplit('.').next()?;
    if !matches!(class, "Env" | "FileAwareEnv") {
        return None;
    }
    let head = callee.split('.').next()?;
    let import = facts.imports.iter().find(|it| it.local == head)?;
    PACKAGES.into_iter().find(|it| *it == import.module)
}

/// What a call gives for a variable that is not set. Behind the name django-environ takes the type, unless a method tells that.
fn default<'c>(call: &'c Call, method: &str, package: &str) -> Option<&'c Expr> {
    let named = call.named.iter().find(|it| it.0 == "default");
    let at = if package == "environ" && method.is_empty() {
        2
    } else {
        1
    };
    named.map(|it| &it.1).or_else(|| call.arguments.get(at))
}

/// The default that the object itself was told: `Env(DEBUG=(bool, False))`.
fn stated<'c>(named: &'c [(String, Expr)], name: &str) -> Option<&'c Expr> {
    let (_, value) = named.iter().find(|it| it.0 == name)?;
    match value {
        Expr::List(all) => all.get(1),
        _ => None,
    }
}
