//! Times that a program waits before it listens: `await sleep(60000)`, `setTimeout(() => app.listen(port), 45000)`.

use std::collections::BTreeMap;

use kubelint_parser::code::Node;

use super::File;
use super::scope::{bare, is_function, parameters};
use crate::code::captures::Syntax;
use crate::code::{CodeFacts, FunctionId, Listener, Wait};

/// More waits of one file are not told.
const MOST: usize = 64;
/// Functions that wait are followed to those that wait for them so often.
const MOST_STEPS: usize = 4;

/// Adds the times that `facts` wait.
pub(super) fn settle<'a>(file: &File<'a>, facts: &mut CodeFacts) {
    let reader = Reader {
        file,
        sleepers: sleepers(file),
    };
    let mut awaited: BTreeMap<&str, Vec<Node<'a>>> = BTreeMap::new();
    let mut found: Vec<Wait> = Vec::new();
    for call in &file.outline.calls {
        let function = call.field("function").map(bare);
        let Some(name) = function.filter(|it| it.kind() == "identifier") else {
            continue;
        };
        if waits_for(*call) {
            awaited.entry(name.text()).or_default().push(*call);
        }
    }
    for call in file.outline.calls.iter().take(100_000) {
        if found.len() >= MOST {
            break;
        }
        if let Some((seconds, at)) = reader.wait(*call, &facts.listeners).filter(|it| it.0 > 0) {
            let place = file.place(at);
            // What may not come, or again and again, nobody can tell.
            if !place.is_conditional {
                found.push(Wait::of(seconds, place));
                found.extend(callers(file, place.function, &awaited, seconds));
            }
        }
    }
    facts.waits.append(&mut found);
}

/// The functions of a file that do nothing but wait for the milliseconds that they are given.
fn sleepers<'f, 'a>(file: &'f File<'a>) -> Vec<&'f str> {
    let functions = file
        .outline
        .functions
        .iter()
        .zip(&file.outline.function_nodes);
    let is_sleeper = |node: Node<'a>| {
        let all = parameters(node);
        let [first] = all.as_slice() else {
            return false;
        };
        let text = node.text();
        let inner: String = text.split_whitespace().collect();
        let name = first.name.text();
        text.len() < 300
            && is_function(node)
            && inner.contains("Promise(")
            && inner.contains("setTimeout(")
            && (inner.contains(&format!(",{name})")) || inner.contains(&format!(",{name}*1000)")))
    };
    functions
        .filter(|it| is_sleeper(*it.1))
        .map(|it| it.0.name.as_str())
        .collect()
}

/// Whether what stands around a call goes on only behind what that promises.
fn waits_for(call: Node<'_>) -> bool {
    let Some(around) = call.parent() else {
        return false;
    };
    let then = around.field("property").map(Node::text);
    around.kind() == "await_expression" || then == Some("then")
}

/// The calls of a function that are waited for, and those of the functions that these stand in.
fn callers<'a>(
    file: &File<'a>,
    function: FunctionId,
    awaited: &BTreeMap<&str, Vec<Node<'a>>>,
    seconds: u32,
) -> Vec<Wait> {
    let mut found = Vec::new();
    let mut at = function;
    for _ in 0..MOST_STEPS {
        let Some(name) = file.outline.functions.get(at.0 as usize).map(|it| &it.name) else {
            break;
        };
        let Some([call]) = awaited.get(name.as_str()).map(Vec::as_slice) else {
            break;
        };
        let place = file.place(*call);
        if place.is_conditional {
            break;
        }
        found.push(Wait::of(seconds, place));
        at = place.function;
    }
    found
}

struct Reader<'f, 'a> {
    file: &'f File<'a>,
    sleepers: Vec<&'f str>,
}

impl<'a> Reader<'_, 'a> {
    /// How long the program waits at a call, in whole seconds, and what waits.
    fn wait(&self, call: Node<'a>, listeners: &[Listener]) -> Option<(u32, Node<'a>)> {
        let function = bare(call.field("function")?);
        let arguments: Vec<Node<'a>> = call.field("arguments")?.children().map(bare).collect();
        if self.is_timer(function) {
            return match arguments.as_slice() {
                [callback, time, ..] if listens(*callback, listeners) => {
                    Some((self.time(*time)?, call))
                }
                [_, time, ..] => Some((self.time(*time)?, promise_of(call)?)),
                _ => None,
            };
        }
        let is_awaited = call
            .parent()
            .is_some_and(|it| it.kind() == "await_expression");
        if !is_awaited {
            return None;
        }
        let names = self.file.canonical_names(function);
        let is_own = self
            .file
            .name(function)
            .is_some_and(|it| self.sleepers.contains(&it.as_str()));
        if is_own || names.iter().any(|it| it == "timers/promises.setTimeout") {
            let is_seconds = is_own && self.is_in_seconds(function);
            let time = self.time_of(*arguments.first()?)?;
            let seconds = u32::try_from(if is_seconds { time } else { time / 1000 });
            return Some((seconds.ok()?, call));
        }
        None
    }

    /// Whether a sleeper takes seconds.
    fn is_in_seconds(&self, function: Node<'a>) -> bool {
        let name = self.file.name(function);
        let mut all = self
            .file
            .outline
            .functions
            .iter()
            .zip(&self.file.outline.function_nodes);
        let own = all.find(|it| Some(&it.0.name) == name.as_ref());
        own.is_some_and(|it| {
            let text: String = it.1.text().split_whitespace().collect();
            text.contains("*1000)")
        })
    }

    fn is_timer(&self, function: Node<'a>) -> bool {
        function.kind() == "identifier"
            && function.text() == "setTimeout"
            && self
                .file
                .canonical_names(function)
                .iter()
                .any(|it| it == "setTimeout")
    }

    fn time(&self, node: Node<'a>) -> Option<u32> {
        u32::try_from(self.time_of(node)? / 1000).ok()
    }

    /// A number that is written out, also by a name.
    fn time_of(&self, node: Node<'a>) -> Option<u64> {
        let node = bare(node);
        let values = self.file.only_values();
        let value = match self.file.name(node) {
            Some(name) => self.file.value(*values.get(name.as_str())?),
            None => self.file.value(node),
        };
        value.text()?.parse().ok()
    }
}

/// Whether what a timer runs starts to listen.
fn listens(callback: Node<'_>, listeners: &[Listener]) -> bool {
    let range = callback.range();
    is_function(callback) && listeners.iter().any(|it| range.contains(it.place.range))
}

/// The promise that a timer stands alone in, if it is waited for: `await new Promise((done) => setTimeout(done, 1000))`.
fn promise_of(timer: Node<'_>) -> Option<Node<'_>> {
    let mut at = timer;
    for _ in 0..6 {
        let around = at.parent()?;
        match around.kind() {
            "new_expression" => {
                let made = around.field("constructor")?;
                let is_awaited = around.parent()?.kind() == "await_expression";
                return (made.text() == "Promise" && is_awaited).then_some(around);
            }
            "arrow_function"
            | "function_expression"
            | "arguments"
            | "statement_block"
            | "expression_statement" => at = around,
            _ => return None,
        }
    }
    None
}
