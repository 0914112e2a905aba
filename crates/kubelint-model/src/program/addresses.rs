//! The addresses that a program's source writes out, as far as it is known what they are for.
//!
//! Only a text of which every use is seen counts: what stands for a variable, an argument of a call, what a name is defined as. What one of
//! several alternatives is, a flag's or a parameter's default, or whatever is worked out, says nothing for certain and is left out.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;

use super::ProgramAddress;
use super::units::Unit;
use crate::FileId;
use crate::address::{self, Port};
use crate::code::{Expr, Place, ReadName};
use crate::extract::words;

/// Words in the names of what holds an address that no program calls in a cluster: it is an example, or stands for what is given.
const UNUSED: [&str; 17] = [
    "debug",
    "default",
    "defaults",
    "demo",
    "dev",
    "development",
    "doc",
    "docs",
    "example",
    "examples",
    "fallback",
    "local",
    "mock",
    "sample",
    "test",
    "testing",
    "tests",
];

/// The last words of calls that only tell a text to people, or compare it.
const TELLING: [&str; 22] = [
    "add_argument",
    "critical",
    "debug",
    "echo",
    "endswith",
    "error",
    "exception",
    "fail",
    "format",
    "help",
    "info",
    "log",
    "option",
    "print",
    "printf",
    "println",
    "replace",
    "split",
    "startswith",
    "warn",
    "warning",
    "write",
];

/// How a text is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Used {
    /// What it is assigned to or handed to.
    names: Vec<String>,
    /// The variables that it stands for.
    variables: Vec<String>,
    /// Whether something is put behind it.
    is_cut: bool,
    /// Whether it may not be used at all.
    is_open: bool,
}

/// The addresses of one file.
pub(super) fn of(unit: &Unit, others: &Defaults) -> Vec<ProgramAddress> {
    let facts = &unit.facts;
    let wanted: BTreeSet<&str> = facts.addresses.iter().map(|it| it.text.as_str()).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut uses = Uses {
        wanted,
        found: BTreeMap::new(),
    };
    let parameters: BTreeSet<String> = facts
        .functions
        .iter()
        .flat_map(|it| {
            let name = &it.name;
            it.parameters.iter().map(move |own| format!("{name}.{own}"))
        })
        .collect();
    for (path, value) in &facts.definitions {
        let is_open = parameters.contains(path);
        let used = Used {
            // What a file of JavaScript exports is called so.
            names: vec![path.strip_prefix("default.").unwrap_or(path).to_owned()],
            is_open,
            ..Used::default()
        };
        uses.walk(value, &used);
    }
    for call in &facts.calls {
        uses.call(&call.callee, &call.arguments, &call.named, &Used::default());
    }
    for it in &facts.functions {
        if let Some(value) = &it.returns {
            let used = Used {
                names: vec![it.name.clone()],
                ..Used::default()
            };
            uses.walk(value, &used);
        }
    }
    for it in &facts.reads {
        if let (ReadName::Exact(name) | ReadName::AnyCase(name), Some(value)) =
            (&it.name, &it.default)
        {
            let used = Used {
                names: vec![name.clone()],
                variables: vec![name.clone()],
                ..Used::default()
            };
            uses.walk(value, &used);
        }
    }
    let found = uses.found;
    let addresses = facts.addresses.iter();
    addresses
        .filter_map(|it| {
            let is_told = !it.names.is_empty() || !it.variables.is_empty();
            let mut used = if is_told {
                Used::default()
            } else {
                found.get(it.text.as_str())?.clone()
            };
            let handed = it.names.last().map_or("", |it| last_word(it));
            used.is_open |= TELLING.contains(&handed.to_ascii_lowercase().as_str());
            used.names.extend(it.names.iter().cloned());
            used.variables.extend(it.variables.iter().cloned());
            used.variables.extend(others.of(&it.text));
            used.variables.sort_unstable();
            used.variables.dedup();
            stated(unit.id, &it.text, it.place, used)
        })
        .collect()
}

/// The address that a text is, if it is nothing else.
fn stated(file: FileId, text: &str, place: Place, used: Used) -> Option<ProgramAddress> {
    let is_unused = |name: &String| {
        let words = words(name);
        words.iter().any(|it| UNUSED.contains(&it.as_str()))
    };
    if used.is_open || used.names.iter().any(is_unused) {
        return None;
    }
    let of = Of {
        names: used.names,
        variables: used.variables,
        is_cut: used.is_cut,
        is_conditional: place.is_conditional,
        place: (file, place.range),
    };
    of_text(text, of)
}

/// What is known of a text that may be an address.
pub(super) struct Of {
    pub(super) names: Vec<String>,
    pub(super) variables: Vec<String>,
    /// Whether something is put behind it.
    pub(super) is_cut: bool,
    pub(super) is_conditional: bool,
    pub(super) place: (FileId, TextRange),
}

/// The address that `text` is, if it is one and nothing else.
pub(super) fn of_text(text: &str, of: Of) -> Option<ProgramAddress> {
    if text.contains(char::is_whitespace) {
        return None;
    }
    let all = address::scan(text);
    // Of several nobody can tell which one answers.
    let [one] = all.as_slice() else {
        return None;
    };
    let start = one.scheme.map_or(one.host.start, |it| it.start);
    let ends = one.range().end as usize == text.trim_end_matches('/').len();
    // `jdbc:postgresql://`: only the second scheme is the server's.
    let first = text.get(..start as usize).unwrap_or_default();
    let is_whole =
        matches!(first, "" | "jdbc:" | "r2dbc:" | "r2dbc:pool:") && (ends || one.has_path);
    if !is_whole || of.is_cut && ends && one.port == Port::Absent {
        return None;
    }
    let port = match one.port {
        Port::Absent => None,
        Port::Number(number, _) => Some(number),
        Port::Replaced => return None,
    };
    Some(ProgramAddress {
        scheme: one.scheme.map(|it| it.of(text).to_ascii_lowercase()),
        host: one.host.of(text).trim_end_matches('.').to_ascii_lowercase(),
        port,
        has_path: one.has_path,
        names: of.names,
        variables: of.variables,
        is_conditional: of.is_conditional,
        place: of.place,
    })
}

/// The address that a text of `file` is which stands for `name`.
pub(super) fn written(
    (file, range): (FileId, TextRange),
    text: &str,
    name: &str,
) -> Option<ProgramAddress> {
    let used = Used {
        names: vec![name.to_owned()],
        ..Used::default()
    };
    let place = Place {
        range,
        ..Place::default()
    };
    stated(file, text, place, used)
}

/// The texts that stand for variables which another file reads: by text, the variables.
#[derive(Debug, Default)]
pub(super) struct Defaults(BTreeMap<String, BTreeSet<String>>);

impl Defaults {
    /// Those of what the program reads.
    pub(super) fn of_reads<'r>(
        reads: impl Iterator<Item = (&'r ReadName, Option<&'r Expr>)>,
    ) -> Self {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, default) in reads {
            if let (ReadName::Exact(name) | ReadName::AnyCase(name), Some(Expr::Text(text))) =
                (name, default)
            {
                found.entry(text.clone()).or_default().insert(name.clone());
            }
        }
        Self(found)
    }

    fn of(&self, text: &str) -> impl Iterator<Item = String> + '_ {
        self.0.get(text).into_iter().flatten().cloned()
    }
}

/// How the texts that are wanted are used.
struct Uses<'f> {
    wanted: BTreeSet<&'f str>,
    found: BTreeMap<&'f str, Used>,
}

impl<'f> Uses<'f> {
    fn add(&mut self, text: &'f str, used: &Used) {
        if !self.wanted.contains(text) {
            return;
        }
        let all = self.found.entry(text).or_default();
        all.names.extend(used.names.iter().cloned());
        all.names.dedup();
        all.variables.extend(used.variables.iter().cloned());
        all.is_cut |= used.is_cut;
        all.is_open |= used.is_open;
    }

    fn walk(&mut self, value: &'f Expr, used: &Used) {
        match value {
            Expr::Text(text) => self.add(text, used),
            Expr::Variable { name, default } => {
                if let Some(default) = default {
                    let mut used = used.clone();
                    used.names.push(name.clone());
                    used.variables.push(name.clone());
                    self.walk(default, &used);
                }
            }
            Expr::VariableOf { default, .. }
            | Expr::Property { default, .. }
            | Expr::Flag { default, .. } => {
                if let Some(default) = default {
                    self.walk(default, &open(used));
                }
            }
            Expr::Join(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    let used = Used {
                        is_cut: used.is_cut || at + 1 < parts.len(),
                        is_open: used.is_open || at > 0,
                        ..used.clone()
                    };
                    self.walk(part, &used);
                }
            }
            Expr::List(all) => {
                for it in all {
                    self.walk(it, used);
                }
            }
            Expr::Either(all) => {
                for it in all {
                    self.walk(it, &open(used));
                }
            }
            Expr::Call {
                callee,
                arguments,
                named,
            } => self.call(callee, arguments, named, used),
            Expr::Member { of, .. } => self.walk(of, used),
            Expr::Name(_) | Expr::Unknown => {}
        }
    }

    fn call(
        &mut self,
        callee: &'f str,
        arguments: &'f [Expr],
        named: &'f [(String, Expr)],
        used: &Used,
    ) {
        let last = last_word(callee).to_ascii_lowercase();
        let mut inner = used.clone();
        inner.is_open |= TELLING.contains(&last.as_str());
        inner.names.push(callee.to_owned());
        for it in arguments {
            self.walk(it, &inner);
        }
        for (name, it) in named {
            let mut inner = inner.clone();
            inner.names.push(name.clone());
            self.walk(it, &inner);
        }
    }
}

/// The last part of what is called: `info` of `log.info`.
fn last_word(callee: &str) -> &str {
    callee.rsplit(['.', ':']).next().unwrap_or(callee)
}

fn open(used: &Used) -> Used {
    Used {
        is_open: true,
        ..used.clone()
    }
}
