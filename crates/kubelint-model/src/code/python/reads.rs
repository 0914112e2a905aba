//! Which variables of the environment a file reads, and what it does without them.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Node;

use super::File;
use super::outline::unwrapped;
use crate::code::captures::{self, ReadAt, Syntax};
use crate::code::expr::{either, join};
use crate::code::patterns::Found;
use crate::code::scope::Names;
use crate::code::{Call, CodeFacts, Expr, Kind, Open, Read, ReadName, Subject, VariableSet};

/// How many functions that read what they are told may call one another.
const MAX_ROUNDS: u32 = 4;
/// More reads by way of such functions are not listed.
const MAX_CALLED: usize = 4096;

impl<'a> File<'a> {
    /// What a read gives.
    pub(super) fn variable(&self, read: &ReadAt<'a>, left: u32) -> Expr {
        let default = read.default.map(|it| Box::new(self.value(it, left)));
        match self.read_name(read) {
            Expr::Text(name) => Expr::Variable { name, default },
            name @ (Expr::Name(_) | Expr::Join(_)) => Expr::VariableOf {
                name: Box::new(name),
                default,
            },
            _ => Expr::Unknown,
        }
    }

    /// The name that is read, with the constants of the file put in.
    fn read_name(&self, read: &ReadAt<'a>) -> Expr {
        let name = self.known(self.expr(read.name));
        match read.prefix {
            Some(prefix) => join([self.known(self.expr(prefix)), name]),
            None => name,
        }
    }

    fn known(&self, value: Expr) -> Expr {
        match value {
            Expr::Name(name) => match self.constants.get(&name) {
                Some(texts) if !texts.is_empty() => either(texts.iter().cloned().map(Expr::Text)),
                _ => Expr::Name(name),
            },
            Expr::Join(parts) => join(parts.into_iter().map(|it| match it {
                Expr::Name(_) => self.known(it),
                other => other,
            })),
            other => other,
        }
    }

    /// Adds all reads, and what is set, to `facts`.
    pub(super) fn add_reads(
        &self,
        reads: &[(Node<'a>, ReadAt<'a>)],
        found: &[Found<'a>],
        facts: &mut CodeFacts,
    ) {
        for one in found {
            if let Some((node, name, value, keeps)) = captures::set_at(self, one) {
                let name = match name.kind() {
                    // A variable that is named as an argument is: `Env(DEBUG=…)`.
                    "identifier" if one.setting("bare") == Some("true") => {
                        Expr::Text(name.text().to_owned())
                    }
                    _ => self.known(self.expr(name)),
                };
                for name in read_names(name) {
                    facts.sets.push(VariableSet {
                        name: name.unwrap_or(ReadName::Prefix(String::new())),
                        value: value.map_or(Expr::Unknown, |it| self.expr(it)),
                        keeps,
                        place: self.place(node),
                    });
                }
            }
        }
        let required = self.required();
        for (node, read) in reads {
            let context = self.outline.context(node.range().start);
            let default = read.default.map(|it| self.expr(it));
            let wanted = read.is_required || required.contains(&node.id());
            let mut place = self.place(read.name);
            place.is_conditional = context.is_conditional;
            for name in read_names(self.read_name(read)) {
                match name {
                    Some(name) => facts.reads.push(Read {
                        name,
                        default: default.clone(),
                        is_required: wanted && !context.is_caught,
                        kind: self.kind(*node, Some(read)),
                        class: None,
                        place,
                    }),
                    None => facts.open.push(Open {
                        needs_router: false,
                        subject: Subject::Reads,
                        why: "the name of a variable is computed",
                        on: None,
                        place,
                    }),
                }
            }
        }
        self.add_called(&required, facts);
        for read in &mut facts.reads {
            settle(read);
        }
    }

    fn kind(&self, node: Node<'a>, read: Option<&ReadAt<'a>>) -> Kind {
        if let Some(kind) = self.outline.converted.get(&node.id()) {
            return *kind;
        }
        let cast = read.and_then(|it| it.cast).map(Node::text);
        match cast.or(read.and_then(|it| it.kind)) {
            Some("int" | "number") => Kind::Number,
            Some("bool" | "boolean") => Kind::Boolean,
            _ => Kind::Text,
        }
    }

    /// The nodes whose values the program does not go on without.
    fn required(&self) -> BTreeSet<usize> {
        let assigned = self.only_values();
        let mut required = BTreeSet::new();
        for node in &self.outline.required {
            let mut node = unwrapped(*node);
            if let Some(path) = self.name(node)
                && let Some(value) = assigned.get(path.as_str())
            {
                node = unwrapped(*value);
                if let Some(read) = inner_read(node) {
                    node = read;
                }
            }
            required.insert(node.id());
        }
        required
    }

    /// Reads by functions that are told the name: one for each call of them in the file.
    fn add_called(&self, required: &BTreeSet<usize>, facts: &mut CodeFacts) {
        let is_computed = |it: &Read| matches!(it.name, ReadName::Computed(_));
        if !facts.reads.iter().any(is_computed) {
            return;
        }
        let mut calls: BTreeMap<String, Vec<(usize, &Call)>> = BTreeMap::new();
        let nodes = self.outline.calls.iter();
        let ids = nodes.filter(|it| self.is_listed(**it)).map(|it| it.id());
        for (id, call) in ids.zip(&facts.calls) {
            let callee = self.names.canonical(&call.callee).replace("()", "");
            calls.entry(callee).or_default().push((id, call));
        }
        let mut added: Vec<Read> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        let mut round: Vec<Read> = facts.reads.clone();
        for _ in 0..MAX_ROUNDS {
            let mut next = Vec::new();
            for read in &round {
                let Some(function) = facts.functions.get(read.place.function.0 as usize) else {
                    continue;
                };
                let ReadName::Computed(name) = &read.name else {
                    continue;
                };
                let is_told = function.parameters.iter().any(|it| {
                    let parameter = format!("{}.{it}", function.name);
                    mentions(name, &parameter)
                });
                if !is_told {
                    continue;
                }
                for (id, call) in calls.get(&function.name).into_iter().flatten() {
                    if added.len() + next.len() + open.len() > MAX_CALLED {
                        break;
                    }
                    let given = self.given(call, function);
                    let default = read.default.as_ref();
                    let default = default
                        .map(|it| put(it, &given))
                        .filter(|it| *it != Expr::Unknown);
                    let mut place = call.place;
                    place.is_conditional |= read.place.is_conditional;
                    for name in read_names(self.known(put(name, &given))) {
                        match name {
                            Some(name) => next.push(Read {
                                name,
                                default: default.clone(),
                                is_required: read.is_required || required.contains(id),
                                kind: match self.outline.converted.get(id) {
                                    Some(kind) => *kind,
                                    None => read.kind,
                                },
                                class: None,
                                place,
                            }),
                            None => open.push(Open {
                                needs_router: false,
                                subject: Subject::Reads,
                                why: "the name of a variable is computed",
                                on: None,
                                place,
                            }),
                        }
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            added.extend(next.iter().cloned());
            round = next;
        }
        facts.reads.extend(added);
        facts.open.extend(open);
    }

    /// What a call gives to the parameters of a function, by their path; the default of those that it does not give.
    fn given(&self, call: &Call, function: &crate::code::Function) -> BTreeMap<String, Expr> {
        let mut given = BTreeMap::new();
        for (at, parameter) in function.parameters.iter().enumerate() {
            let named = call.named.iter().find(|it| it.0 == *parameter);
            let value = call.arguments.get(at).or(named.map(|it| &it.1));
            let path = format!("{}.{parameter}", function.name);
            let value = match value {
                Some(it) => it.clone(),
                None => self.known(Expr::Name(path.clone())),
            };
            let is_unset = value == Expr::Name(path.clone());
            given.insert(path, if is_unset { Expr::Unknown } else { value });
        }
        given
    }
}

/// The read within `int(…)` and the like.
fn inner_read(node: Node<'_>) -> Option<Node<'_>> {
    let function = node.field("function")?;
    if !matches!(function.text(), "int" | "str" | "float") {
        return None;
    }
    let first = node.field("arguments")?.children().next()?;
    Some(unwrapped(first))
}

/// Of several values the one by one; `None` for what nobody can tell.
fn read_names(name: Expr) -> Vec<Option<ReadName>> {
    match name {
        Expr::Text(name) if name.is_empty() => Vec::new(),
        Expr::Text(name) => vec![Some(ReadName::Exact(name))],
        Expr::Either(all) => all.into_iter().flat_map(read_names).collect(),
        Expr::Name(_) => vec![Some(ReadName::Computed(Box::new(name)))],
        Expr::Join(parts) => {
            if parts
                .iter()
                .all(|it| matches!(it, Expr::Text(_) | Expr::Name(_)))
            {
                return vec![Some(ReadName::Computed(Box::new(Expr::Join(parts))))];
            }
            match parts.into_iter().next() {
                Some(Expr::Text(prefix)) => vec![Some(ReadName::Prefix(prefix))],
                _ => vec![None],
            }
        }
        _ => vec![None],
    }
}

fn mentions(value: &Expr, name: &str) -> bool {
    match value {
        Expr::Name(it) => it == name,
        Expr::Join(parts) => parts.iter().any(|it| mentions(it, name)),
        _ => false,
    }
}

/// `value` with the names replaced that are given.
fn put(value: &Expr, given: &BTreeMap<String, Expr>) -> Expr {
    match value {
        Expr::Name(name) => given.get(name).cloned().unwrap_or_else(|| value.clone()),
        Expr::Join(parts) => join(parts.iter().map(|it| put(it, given))),
        other => other.clone(),
    }
}

/// A read that has something to fall back on is not required; an empty text is nothing to one that asks for a text.
fn settle(read: &mut Read) {
    let has_default = match &read.default {
        Some(Expr::Text(text)) => !text.is_empty(),
        Some(_) => !matches!(read.name, ReadName::Computed(_)),
        None => false,
    };
    if has_default {
        read.is_required = false;
    } else if read.is_required {
        read.default = read.default.take().filter(|it| it.text().is_none());
    }
}
