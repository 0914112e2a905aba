//! Which functions run when a program starts: those that are called from where it begins, and from what that loads.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Language;

use super::names::{Meaning, Names};
use super::runners::{Entry, Launch};
use crate::FileId;
use crate::code::{Expr, FunctionId};

/// What runs when a program starts.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Functions, and whether every start comes by them.
    functions: BTreeMap<(FileId, FunctionId), bool>,
    /// Classes of which objects are made, and whether by every start.
    classes: BTreeMap<(FileId, usize), bool>,
}

/// Where a program begins, once its files are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Begin {
    /// The file.
    pub(super) file: Option<FileId>,
    /// Whether that file is the program itself, and not only loaded.
    pub(super) is_main: bool,
    /// The function that is called, by name.
    pub(super) function: Option<String>,
    /// Files that are loaded besides: configuration.
    pub(super) others: Vec<FileId>,
}

impl Begin {
    pub(super) fn of(launch: &Launch, file: Option<FileId>, others: Vec<FileId>) -> Self {
        let function = match &launch.entry {
            Entry::Call { function, .. } => Some(function.clone()),
            Entry::Application { object, .. } => object.clone(),
            Entry::Next(_) => Some("register".to_owned()),
            Entry::File(_)
            | Entry::Source { .. }
            | Entry::Project(_)
            | Entry::Package { .. }
            | Entry::Module(_)
            | Entry::Java(_)
            | Entry::Tool => None,
        };
        Self {
            file,
            is_main: matches!(launch.entry, Entry::File(_) | Entry::Module(_)),
            function,
            others,
        }
    }
}

struct Walk<'n, 'u, 'g> {
    names: &'n Names<'u, 'g>,
    reached: Reached,
    open: Vec<((FileId, FunctionId), bool)>,
    /// The packages of Go whose files were reached, by their folder or by the path that is imported, and whether by every start.
    packages: BTreeMap<(bool, &'u str), bool>,
}

const FILE: FunctionId = FunctionId(0);
/// A name that so many methods have says nothing.
const MOST_METHODS: usize = 64;

impl Reached {
    /// Follows calls and imports from where the program begins.
    pub(super) fn of(begin: &Begin, names: &Names<'_, '_>) -> Self {
        let mut walk = Walk {
            names,
            reached: Self::default(),
            open: Vec::new(),
            packages: BTreeMap::new(),
        };
        for &file in &begin.others {
            walk.reach((file, FILE), true);
        }
        if let Some(file) = begin.file {
            walk.reach((file, FILE), true);
            let main = begin.is_main.then_some("__main__");
            for name in main.into_iter().chain(begin.function.as_deref()) {
                walk.call(file, name, true);
            }
        }
        while let Some((at, is_sure)) = walk.open.pop() {
            walk.follow(at, is_sure);
        }
        walk.reached
    }

    /// Whether a function may run at the start.
    pub(super) fn holds(&self, file: FileId, function: FunctionId) -> bool {
        self.functions.contains_key(&(file, function))
    }

    /// Whether every start runs a function.
    pub(super) fn is_sure(&self, file: FileId, function: FunctionId) -> bool {
        self.functions.get(&(file, function)) == Some(&true)
    }

    /// Whether objects of a class are made at the start; `Some(true)` if by every start.
    pub(super) fn makes(&self, file: FileId, class: usize) -> Option<bool> {
        self.classes.get(&(file, class)).copied()
    }
}

impl Walk<'_, '_, '_> {
    fn reach(&mut self, at: (FileId, FunctionId), is_sure: bool) {
        let before = self.reached.functions.get(&at).copied();
        if before.is_none_or(|it| is_sure && !it) {
            self.reached.functions.insert(at, is_sure);
            self.open.push((at, is_sure));
        }
    }

    /// What a name means is called.
    fn call(&mut self, file: FileId, name: &str, is_sure: bool) {
        if let Some(Meaning::Class(of, class)) = self.names.meaning(file, name) {
            self.make(of, class, is_sure);
        }
        if let Some(function) = self.names.function(file, name) {
            self.reach(function, is_sure);
        }
    }

    fn make(&mut self, file: FileId, class: usize, is_sure: bool) {
        let mut open = vec![(file, class)];
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            let made = self.reached.classes.entry(at).or_insert(false);
            *made |= is_sure;
            let Some(unit) = self.names.unit(at.0) else {
                continue;
            };
            let Some(class) = unit.facts.classes.get(at.1) else {
                continue;
            };
            for method in [
                "__init__",
                "__post_init__",
                "model_post_init",
                "constructor",
            ] {
                let name = format!("{}.{method}", class.name);
                if let Some(function) = unit.facts.functions_by_name.get(&name) {
                    self.reach((at.0, *function), is_sure);
                }
            }
            for base in &class.bases {
                if let Some(Meaning::Class(file, class)) = self.names.meaning(at.0, base) {
                    open.push((file, class));
                }
            }
        }
    }

    fn follow(&mut self, (file, function): (FileId, FunctionId), is_sure: bool) {
        let Some(unit) = self.names.unit(file) else {
            return;
        };
        for (_, at) in unit.loads.iter().filter(|it| it.0 == function) {
            if let Some(loaded) = self.names.units.of(at) {
                self.reach((loaded, FILE), false);
            }
        }
        let facts = &unit.facts;
        let Some(within) = facts.within.get(&function) else {
            return;
        };
        for &number in &within.imports {
            let (Some(import), Some(led)) = (facts.imports.get(number), unit.imports.get(number))
            else {
                continue;
            };
            let is_sure = is_sure && !import.place.is_conditional;
            if facts.language == Language::Go {
                let package = match import.module.as_str() {
                    "." => (true, unit.folder.as_str()),
                    module => (false, module),
                };
                let before = self.packages.get(&package).copied();
                if before.is_some_and(|it| it || !is_sure) {
                    continue;
                }
                self.packages.insert(package, is_sure);
            }
            let files = led.packages.iter().chain(&led.module).chain(&led.item);
            let files: Vec<FileId> = files.filter_map(|it| self.names.units.of(it)).collect();
            for it in files {
                self.reach((it, FILE), is_sure);
            }
        }
        for call in within.calls.iter().filter_map(|it| facts.calls.get(*it)) {
            if facts.language == Language::Go {
                self.any_method(file, &call.callee);
            }
            self.call(file, &call.callee, is_sure && !call.place.is_conditional);
            let named = call.named.iter().map(|it| &it.1);
            for argument in call.arguments.iter().chain(named) {
                self.handed(file, argument);
            }
        }
        for &id in &within.entries {
            self.reach((file, id), is_sure);
        }
    }

    /// What is behind an interface of Go nobody sees: any method of that name may be called.
    fn any_method(&mut self, file: FileId, callee: &str) {
        let Some((of, method)) = callee.rsplit_once('.') else {
            return;
        };
        let is_other = self.names.is_other_package(file, of);
        if is_other || self.names.function(file, callee).is_some() {
            return;
        }
        let methods = self.names.methods(method);
        if methods.len() <= MOST_METHODS {
            for &it in methods {
                self.reach(it, false);
            }
        }
    }

    /// A function that is handed to another one may be called by it; so may the object that an argument makes.
    fn handed(&mut self, file: FileId, argument: &Expr) {
        match argument {
            Expr::Name(name) => {
                if let Some(Meaning::Function(file, function)) = self.names.meaning(file, name) {
                    self.reach((file, function), false);
                }
            }
            Expr::Call { callee, .. } => self.call(file, callee, false),
            _ => {}
        }
    }
}
