//! Times that every start takes before the program listens: what stands before a server is started, in the functions that are called on the
//! way, and in what is loaded before.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Language;

use super::ProgramWait;
use super::calls::{Begin, Reached};
use super::environment::Environment;
use super::names::Names;
use super::node_project::is_javascript;
use super::routes::text_in;
use super::units::Unit;
use crate::FileId;
use crate::code::{FunctionId, Place};

/// How many functions may call one another.
const MOST_STEPS: u32 = 8;
/// More calls are not looked at for one program.
const MOST_CALLS: u32 = 200_000;
/// More times of one program are not told.
const MOST_WAITS: usize = 200;

/// Functions of Python that run what they are given beside what follows.
const BESIDE: [&str; 8] = [
    "add_task",
    "create_task",
    "ensure_future",
    "run_coroutine_threadsafe",
    "spawn",
    "start_soon",
    "submit",
    "Thread",
];

const FILE: FunctionId = FunctionId(0);

type At = (FileId, FunctionId);

/// What is known of a program that may wait.
pub(super) struct Waits<'w, 'u, 'g> {
    names: &'w Names<'u, 'g>,
    reached: &'w Reached,
    begin: &'w Begin,
    /// Whether a server loads the program, and listens by itself.
    is_served: bool,
    /// By function, where it listens, or calls what does.
    listening: BTreeMap<At, Vec<u32>>,
    calls_left: u32,
}

/// The times that every start of a program takes before it listens.
pub(super) fn waits(
    names: &Names<'_, '_>,
    reached: &Reached,
    begin: &Begin,
    is_served: bool,
    environments: &[&Environment],
) -> Vec<ProgramWait> {
    if names.units.iter().all(|it| it.facts.waits.is_empty()) {
        return Vec::new();
    }
    let mut waits = Waits {
        names,
        reached,
        begin,
        is_served,
        listening: BTreeMap::new(),
        calls_left: MOST_CALLS,
    };
    waits.find_listening();
    let mut found = Vec::new();
    for unit in names.units.iter() {
        // What stands in callbacks behind a time of JavaScript is told by its own facts.
        if is_javascript(unit.facts.language) {
            continue;
        }
        for it in &unit.facts.waits {
            let seconds = text_in(&names.value(unit.id, &it.seconds), environments);
            let Some(seconds) = seconds.and_then(|seconds| it.whole_of(&seconds)) else {
                continue;
            };
            if found.len() < MOST_WAITS && waits.is_before(unit, &it.place, MOST_STEPS) {
                found.push(ProgramWait {
                    seconds,
                    place: (unit.id, it.place.range),
                });
            }
        }
    }
    found
}

impl Waits<'_, '_, '_> {
    /// Finds the functions that listen, and those that call them.
    fn find_listening(&mut self) {
        let mut open: Vec<(At, u32)> = Vec::new();
        for unit in self.names.units.iter() {
            for it in &unit.facts.listeners {
                open.push(((unit.id, it.place.function), it.place.range.start));
            }
        }
        let mut seen: BTreeSet<(At, u32)> = BTreeSet::new();
        while let Some((at, start)) = open.pop() {
            if !seen.insert((at, start)) {
                continue;
            }
            let is_new = !self.listening.contains_key(&at);
            self.listening.entry(at).or_default().push(start);
            if !is_new {
                continue;
            }
            for &(file, number) in self.names.sites(at) {
                let call = self.names.facts(file).and_then(|it| it.calls.get(number));
                if let Some(call) = call {
                    open.push(((file, call.place.function), call.place.range.start));
                }
            }
            // What runs where the file is the program, and functions that are handed to what starts them.
            let function = self.names.facts(at.0);
            let function = function.and_then(|it| it.functions.get(at.1.0 as usize));
            if let Some(function) = function.filter(|_| at.1 != FILE) {
                let is_main = function.name == "__main__" && !self.is_program(at.0);
                if !is_main && (self.is_go(at.0) || function.name == "__main__") {
                    open.push(((at.0, function.parent), function.range.start));
                }
            }
        }
    }

    /// Whether every start comes by `place` before the program listens.
    fn is_before(&mut self, unit: &Unit, place: &Place, steps: u32) -> bool {
        let Some(steps) = steps.checked_sub(1) else {
            return false;
        };
        let at = (unit.id, place.function);
        if place.is_conditional
            || !self.reached.is_sure(unit.id, place.function)
            || is_later(unit, place)
        {
            return false;
        }
        let facts = &unit.facts;
        let Some(function) = facts.functions.get(place.function.0 as usize) else {
            return false;
        };
        let is_go = facts.language == Language::Go;
        if let Some(listening) = self.listening.get(&at) {
            let starts = listening.iter();
            let is_first = starts.clone().all(|it| *it > place.range.start);
            return is_first && (at.1 != FILE || self.is_program(at.0) || !self.is_served);
        }
        // What servers run before they listen, and what runs where a package is loaded.
        let is_begun = match function.name.as_str() {
            "__main__" => false,
            "main" if is_go => false,
            _ => function.is_entry,
        };
        let is_loaded = at.1 == FILE && (self.is_served || !self.is_program(at.0)) && !is_go;
        if is_begun || is_loaded {
            return true;
        }
        let names = self.names;
        names.sites(at).iter().any(|&(file, number)| {
            let Some(left) = self.calls_left.checked_sub(1) else {
                return false;
            };
            self.calls_left = left;
            let unit = names.unit(file);
            let call = unit.and_then(|it| Some((it, it.facts.calls.get(number)?)));
            call.is_some_and(|(unit, call)| {
                !self.is_beside(unit, &call.place) && self.is_before(unit, &call.place, steps)
            })
        }) || self.is_made(at)
    }

    /// Whether what a call makes is handed to what runs it beside: `asyncio.create_task(refresh())`.
    fn is_beside(&mut self, unit: &Unit, place: &Place) -> bool {
        let within = unit.facts.within.get(&place.function);
        let numbers = within.map_or(&[][..], |it| it.calls.as_slice());
        let Some(left) = self.calls_left.checked_sub(numbers.len() as u32) else {
            return true;
        };
        self.calls_left = left;
        let mut calls = numbers.iter().filter_map(|it| unit.facts.calls.get(*it));
        calls.any(|it| {
            let name = it.callee.rsplit('.').next().unwrap_or_default();
            BESIDE.contains(&name)
                && it.place.range != place.range
                && it.place.range.contains(place.range)
        })
    }

    /// Whether a server calls the function to make its application.
    fn is_made(&self, at: At) -> bool {
        let function = self.begin.function.as_deref();
        let made = function.and_then(|it| self.names.function(self.begin.file?, it));
        self.is_served && made == Some(at)
    }

    /// Whether a file is the one that is started, and not only loaded.
    fn is_program(&self, file: FileId) -> bool {
        self.begin.is_main && self.begin.file == Some(file)
    }

    fn is_go(&self, file: FileId) -> bool {
        let facts = self.names.facts(file);
        facts.is_some_and(|it| it.language == Language::Go)
    }
}

/// Whether something runs beside what follows it, or at the end of its function.
fn is_later(unit: &Unit, place: &Place) -> bool {
    let later = unit.facts.go.iter().flat_map(|it| &it.later);
    let mut later = later.filter(|it| it.start <= place.range.start);
    later.any(|it| it.contains(place.range))
}
