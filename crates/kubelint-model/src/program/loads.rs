//! Modules that a program loads by names that it works out: which files those are, as far as the names are known.

use super::build::absolute;
use super::environment::{Environment, Known};
use super::modules::{self, At};
use super::names::{Meaning, Names};
use super::units::Unit;
use crate::FileId;
use crate::code::{Expr, Load, LoadKind};

/// Of more names nobody can tell which are meant.
const MOST_NAMES: usize = 64;
/// How many names may stand for each other.
const MOST_STEPS: u32 = 12;

/// Where a load may lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loaded {
    /// The files.
    pub(super) files: Vec<At>,
    /// Whether there may be others.
    pub(super) is_open: bool,
}

/// What the program with these names loads at `load`, in each of the environments that it is given.
pub(super) fn loaded(
    names: &Names<'_, '_>,
    environments: &[&Environment],
    unit: &Unit,
    load: &Load,
) -> Loaded {
    let search = Search {
        names,
        environments,
    };
    let Some(texts) = search.texts(unit.id, &load.what, MOST_STEPS) else {
        return Loaded {
            files: Vec::new(),
            is_open: true,
        };
    };
    let mut found = Loaded::default();
    for text in texts {
        match search.files(unit, load.kind, &text) {
            Some(files) => found.files.extend(files),
            None => found.is_open = true,
        }
    }
    found
}

struct Search<'s, 'u, 'g> {
    names: &'s Names<'u, 'g>,
    environments: &'s [&'s Environment],
}

impl Search<'_, '_, '_> {
    fn texts(&self, file: FileId, value: &Expr, steps: u32) -> Option<Vec<String>> {
        let steps = steps.checked_sub(1)?;
        let all = |values: &[Expr]| {
            let mut found = Vec::new();
            for it in values {
                found.extend(self.texts(file, it, steps)?);
            }
            (found.len() <= MOST_NAMES).then_some(found)
        };
        match value {
            Expr::Text(text) => Some(vec![text.clone()]),
            Expr::Variable { name, default } => {
                let default = match default {
                    Some(it) => self.texts(file, it, steps)?,
                    None => Vec::new(),
                };
                self.held(name, &default)
            }
            Expr::List(values) | Expr::Either(values) => all(values),
            // Something of the file itself.
            Expr::Join(parts) if parts.first() == Some(&Expr::Name("__name__".to_owned())) => {
                Some(Vec::new())
            }
            Expr::Join(parts) => self.joined(file, parts, steps),
            Expr::Name(name) if name == "__name__" => Some(Vec::new()),
            Expr::Name(name) => self.named(file, name, steps),
            Expr::Call {
                callee, arguments, ..
            } => match self.names.meaning(file, callee) {
                Some(Meaning::Class(..)) => Some(Vec::new()),
                Some(Meaning::Function(of, function)) => {
                    let facts = self.names.facts(of)?;
                    let function = facts.functions.get(function.0 as usize)?;
                    self.texts(of, function.returns.as_ref()?, steps)
                }
                // `by_name.get(stage, Production)`
                _ => {
                    let mut found = self.named(file, callee.strip_suffix(".get")?, steps)?;
                    if let Some(other) = arguments.get(1) {
                        found.extend(self.texts(file, other, steps)?);
                    }
                    Some(found)
                }
            },
            Expr::VariableOf { .. }
            | Expr::Property { .. }
            | Expr::Flag { .. }
            | Expr::Member { .. }
            | Expr::Unknown => None,
        }
    }

    /// What a variable holds in the environments.
    fn held(&self, name: &str, default: &[String]) -> Option<Vec<String>> {
        let mut found = Vec::new();
        for environment in self.environments {
            match environment.get(name) {
                Known::Set(value) => found.push(value.text.clone()?),
                Known::Unset => found.extend_from_slice(default),
                Known::Perhaps => return None,
            }
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    fn joined(&self, file: FileId, parts: &[Expr], steps: u32) -> Option<Vec<String>> {
        let mut found = vec![String::new()];
        for part in parts {
            let ends = self.texts(file, part, steps)?;
            let whole = found
                .iter()
                .flat_map(|it| ends.iter().map(move |end| format!("{it}{end}")));
            found = whole.take(MOST_NAMES + 1).collect();
            if found.len() > MOST_NAMES || ends.is_empty() {
                return None;
            }
        }
        Some(found)
    }

    fn named(&self, file: FileId, name: &str, steps: u32) -> Option<Vec<String>> {
        let given = self.names.given(file, name);
        if !given.is_empty() {
            let mut found = Vec::new();
            for (of, value) in given {
                found.extend(self.texts(of, value, steps)?);
            }
            return Some(found);
        }
        match self.names.meaning(file, name)? {
            Meaning::Value(of, Expr::Name(other)) if of == file && other == name => None,
            Meaning::Value(of, Expr::Unknown) => self.entries(of, name, steps),
            Meaning::Value(of, value) => self.texts(of, value, steps),
            Meaning::Class(..)
            | Meaning::Function(..)
            | Meaning::Module(_)
            | Meaning::Router(..) => Some(Vec::new()),
        }
    }

    /// What the entries of a mapping hold.
    fn entries(&self, file: FileId, name: &str, steps: u32) -> Option<Vec<String>> {
        let last = name.rsplit_once('.').map_or(name, |it| it.1);
        let beginning = format!("{last}.");
        let definitions = &self.names.facts(file)?.definitions;
        let entries = definitions.range(beginning.clone()..);
        let mut entries = entries
            .take_while(|it| it.0.starts_with(&beginning))
            .take(MOST_NAMES)
            .peekable();
        entries.peek()?;
        let mut found = Vec::new();
        for (_, value) in entries {
            found.extend(self.texts(file, value, steps)?);
        }
        Some(found)
    }

    /// The files that a name leads to; none for what lies outside the program. `None` if it is part of the program, and not found.
    fn files(&self, unit: &Unit, kind: LoadKind, text: &str) -> Option<Vec<At>> {
        let units = self.names.units;
        let (build, roots) = (&units.build, &units.roots);
        if kind == LoadKind::File {
            let folder = unit.at.path.rsplit_once('/').map_or("", |it| it.0);
            let own = absolute(folder, text);
            let found = modules::at(build, unit.at.stage, own);
            let found = found.or_else(|| {
                let mut roots = roots.iter();
                roots.find_map(|it| modules::at(build, it.stage, absolute(&it.folder, text)))
            });
            return found.map(|it| vec![it]);
        }
        let (module, item) = match text.split_once(':') {
            Some((module, item)) => (module, Some(item)),
            None => (text, None),
        };
        let found = modules::python_import(build, roots, &unit.at, module, item);
        let found = match (kind, module.rsplit_once('.')) {
            (LoadKind::Object, Some((of, item))) if found.module.is_none() => {
                modules::python_import(build, roots, &unit.at, of, Some(item))
            }
            _ => found,
        };
        if found.is_missing {
            return None;
        }
        let files = found.packages.iter().cloned().chain(found.module);
        let files: Vec<At> = files.chain(found.item).collect();
        let first = module.split('.').next().unwrap_or_default();
        let is_own = first.is_empty() || build.may_hold(first);
        (!files.is_empty() || !is_own).then_some(files)
    }
}
