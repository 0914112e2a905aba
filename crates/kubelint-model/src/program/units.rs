//! The files that a program is made of: from where it begins, along its imports.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;
use kubelint_parser::source::SourcePath;

use super::Gap;
use super::build::Build;
use super::environment::{Environment, Known};
use super::loads;
use super::modules::{self, At, Led};
use super::names::{Names, Shared};
use super::node_project::Project;
use super::packages;
use super::requires;
use super::runners::{GoModule, Root};
use super::start::Command;
use super::store::{Indexed, Store};
use crate::FileId;
use crate::code::{Expr, FunctionId};

/// More files of one program are not read, …
const MOST_FILES: usize = 4_000;
/// … and not more bytes.
const MOST_BYTES: usize = 32 << 20;

/// The variable that names the settings of a Django project.
const DJANGO_SETTINGS: &str = "DJANGO_SETTINGS_MODULE";

/// A file of a program.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) id: FileId,
    pub(super) facts: Arc<Indexed>,
    /// Where it is in the image.
    pub(super) at: At,
    /// The folder that it stands in.
    pub(super) folder: String,
    /// Where its imports lead, in their order.
    pub(super) imports: Vec<Led>,
    /// The files that its functions load by a name.
    pub(super) loads: Vec<(FunctionId, At)>,
}

/// The files of a program, as far as they are read.
pub(super) struct Units<'g> {
    pub(super) build: Rc<Build<'g>>,
    pub(super) roots: Vec<Root>,
    /// The modules of Go.
    pub(super) modules: Vec<GoModule>,
    go_imports: packages::Imports,
    /// What a project of Node.js says of its imports.
    pub(super) project: Project,
    by_id: BTreeMap<FileId, Unit>,
    by_file: BTreeMap<SourcePath, FileId>,
    /// The files in the order in which they were reached.
    pub(super) order: Vec<FileId>,
    seen: BTreeSet<SourcePath>,
    /// What is to be read next, and where it is asked for.
    open: Vec<(At, Option<(FileId, TextRange)>)>,
    pub(super) gaps: Vec<Gap>,
    bytes: usize,
}

impl<'g> Units<'g> {
    pub(super) fn new(build: Rc<Build<'g>>, roots: Vec<Root>) -> Self {
        Self {
            build,
            roots,
            modules: Vec::new(),
            go_imports: packages::Imports::default(),
            project: Project::default(),
            by_id: BTreeMap::new(),
            by_file: BTreeMap::new(),
            order: Vec::new(),
            seen: BTreeSet::new(),
            open: Vec::new(),
            gaps: Vec::new(),
            bytes: 0,
        }
    }

    /// Asks for a file.
    pub(super) fn want(&mut self, at: At, by: Option<(FileId, TextRange)>) {
        if self.seen.insert(at.file.clone()) {
            self.open.push((at, by));
        }
    }

    /// The files that are to be read next.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &SourcePath> {
        self.open.iter().map(|it| &it.0.file)
    }

    /// Takes over the files that were read, and asks for those that they import.
    pub(super) fn grow(&mut self, store: &Store<'_>) {
        for (at, by) in std::mem::take(&mut self.open) {
            let is_full = self.by_id.len() >= MOST_FILES || self.bytes >= MOST_BYTES;
            if is_full {
                self.gaps.push(Gap {
                    subject: None,
                    why: "it has too many files".to_owned(),
                    place: by,
                });
                self.open.clear();
                return;
            }
            let (id, facts) = match store.facts(&at.file) {
                Ok(found) => found,
                Err(unread) => {
                    self.gaps.push(Gap {
                        subject: None,
                        why: format!("{} was not read: {}", at.file, unread.as_str()),
                        place: by,
                    });
                    continue;
                }
            };
            self.bytes += store.text_of(id).len();
            self.add(id, at, facts);
        }
    }

    fn add(&mut self, id: FileId, at: At, facts: Arc<Indexed>) {
        let mut imports = Vec::with_capacity(facts.imports.len());
        for import in &facts.imports {
            let module = import.module.as_str();
            let item = import.item.as_deref();
            let mut is_known = false;
            let led = match facts.language {
                Language::Go => {
                    let (build, modules) = (&self.build, &self.modules);
                    let led;
                    (led, is_known) = self.go_imports.follow(build, modules, &at, module);
                    led
                }
                Language::Python => {
                    modules::python_import(&self.build, &self.roots, &at, module, item)
                }
                Language::Java | Language::Kotlin => Led::default(),
                _ => requires::import(&self.build, &self.roots, &self.project, &at, module),
            };
            let place = Some((id, import.place.range));
            if !is_known {
                let files = led.packages.iter().chain(&led.module).chain(&led.item);
                for it in files {
                    self.want(it.clone(), place);
                }
            }
            if led.is_missing {
                self.gaps.push(Gap {
                    subject: None,
                    why: format!("`{module}` is imported, and its file is not there"),
                    place,
                });
            }
            imports.push(led);
        }
        let modules = match facts.language {
            Language::Python => loaded(&facts),
            _ => Vec::new(),
        };
        for module in modules {
            if let Some(at) = modules::python(&self.build, &self.roots, &module) {
                self.want(at, None);
            }
        }
        let folder = at.file.parent().to_owned();
        self.by_file.insert(at.file.clone(), id);
        self.order.push(id);
        let unit = Unit {
            id,
            facts,
            at,
            folder,
            imports,
            loads: Vec::new(),
        };
        self.by_id.insert(id, unit);
    }

    /// Asks for the files that are loaded by a name which is known in `environments`: once all others are read.
    pub(super) fn follow(&mut self, environments: &[Environment], command: Option<&Command>) {
        let given = environments
            .iter()
            .filter_map(|it| it.text(DJANGO_SETTINGS));
        let stated = command.map(settings).unwrap_or_default();
        let settings: BTreeSet<&str> = given.chain(stated).collect();
        for module in settings {
            if let Some(at) = modules::python(&self.build, &self.roots, module) {
                self.want(at, None);
            }
        }
        if self.iter().all(|it| it.facts.loads.is_empty()) {
            return;
        }
        let environments: Vec<&Environment> = environments.iter().collect();
        let names = Names::new(self, None, None, &mut Shared::default());
        let mut found: Vec<(FileId, FunctionId, TextRange, At)> = Vec::new();
        for unit in self.iter() {
            for load in &unit.facts.loads {
                let to = loads::loaded(&names, &environments, unit, load).files;
                let (function, range) = (load.place.function, load.place.range);
                found.extend(to.into_iter().map(|it| (unit.id, function, range, it)));
            }
        }
        for (id, function, range, at) in found {
            let Some(unit) = self.by_id.get_mut(&id) else {
                continue;
            };
            let load = (function, at);
            if !unit.loads.contains(&load) {
                unit.loads.push(load.clone());
            }
            self.want(load.1, Some((id, range)));
        }
    }

    /// Says what was left out once no more files are read.
    pub(super) fn close(&mut self) {
        if let Some((_, by)) = self.open.first() {
            self.gaps.push(Gap::of_all("it has too many files", *by));
            self.open.clear();
        }
        if self.build.is_exhausted() {
            self.gaps
                .push(Gap::of_all("it imports from too many places", None));
        }
    }

    /// A file of the program.
    pub(super) fn get(&self, id: FileId) -> Option<&Unit> {
        self.by_id.get(&id)
    }

    /// The files, in the order in which they were reached.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.order.iter().filter_map(|it| self.by_id.get(it))
    }

    /// Whether names of the same files lead to the same places as here.
    pub(super) fn leads_alike(&self, other: &Self) -> bool {
        let imports = self.iter().map(|it| &it.imports);
        self.order == other.order && imports.eq(other.iter().map(|it| &it.imports))
    }

    /// The files of classes of Java by their packages, and of Kotlin those of all that they declare: `com.shop.Paths`. What several files
    /// declare is not known.
    pub(super) fn packages(&self) -> BTreeMap<String, FileId> {
        let mut declared: BTreeMap<String, Option<FileId>> = BTreeMap::new();
        for unit in self
            .iter()
            .filter(|it| it.facts.language == Language::Kotlin)
        {
            for name in unit.facts.declared() {
                let known = declared.entry(name).or_insert(Some(unit.id));
                if *known != Some(unit.id) {
                    *known = None;
                }
            }
        }
        let declared = declared.into_iter();
        let declared = declared.filter_map(|(name, id)| Some((name, id?)));
        let files = self.by_file.iter().filter_map(|(path, id)| {
            let path = path.as_str();
            let parts = path.split_once("src/main/java/");
            // Old projects have no folder for each language.
            let inner = match parts.or_else(|| path.rsplit_once("/src/")) {
                Some((_, inner)) => inner,
                None => path.strip_prefix("src/")?,
            };
            let class = inner.strip_suffix(".java")?;
            Some((class.replace('/', "."), *id))
        });
        declared.chain(files).collect()
    }

    /// The file that an import leads to, if it was read.
    pub(super) fn of(&self, at: &At) -> Option<FileId> {
        self.by_file.get(&at.file).copied()
    }

    /// The file of the module `name`, if it was read.
    pub(super) fn module(&self, name: &str) -> Option<FileId> {
        self.of(&modules::python(&self.build, &self.roots, name)?)
    }
}

impl Units<'_> {
    /// The file of Django's settings that every start loads, as the command, the containers or else the file that it begins with name it.
    pub(super) fn django_settings(
        &self,
        command: Option<&Command>,
        environments: &[Environment],
        entry: Option<FileId>,
    ) -> Option<FileId> {
        let mut stated: BTreeSet<&str> = command
            .map(settings)
            .unwrap_or_default()
            .into_iter()
            .collect();
        let is_told = !stated.is_empty();
        for environment in environments.iter().filter(|_| !is_told) {
            match environment.get(DJANGO_SETTINGS) {
                Known::Perhaps => return None,
                Known::Set(value) => {
                    stated.insert(value.text.as_deref()?);
                }
                Known::Unset => {}
            }
        }
        if stated.is_empty() {
            let sets = self.get(entry?)?.facts.sets.iter();
            let sets = sets.filter(|it| super::names::exact(&it.name) == Some(DJANGO_SETTINGS));
            stated.extend(sets.filter_map(|it| it.value.text()));
        }
        let [only] = stated.into_iter().collect::<Vec<_>>()[..] else {
            return None;
        };
        self.module(only)
    }
}

/// The settings of a Django project that a command names: `--settings shop.settings`, `--env DJANGO_SETTINGS_MODULE=shop.settings` of gunicorn,
/// or what a script sets before it.
fn settings(command: &Command) -> Vec<&str> {
    let texts = || command.words.iter().map(|it| it.text().unwrap_or_default());
    let behind = texts().zip(texts().skip(1));
    let behind = behind.filter(|it| it.0 == "--settings").map(|it| it.1);
    let within = texts().filter_map(|it| {
        let set = it.rsplit_once("DJANGO_SETTINGS_MODULE=");
        set.map(|it| it.1)
            .or_else(|| it.strip_prefix("--settings="))
    });
    let sets = command.sets.iter().filter(|it| it.name == DJANGO_SETTINGS);
    let sets = sets.filter_map(|it| it.value.text());
    behind.chain(within).chain(sets).collect()
}

/// What only the settings of a Django project define.
const DJANGO: [&str; 4] = [
    "INSTALLED_APPS",
    "MIDDLEWARE",
    "ROOT_URLCONF",
    "WSGI_APPLICATION",
];

/// The modules that a file names by a text, and that something loads: what a server serves, the routes of another module, what Django is told.
fn loaded(facts: &Indexed) -> Vec<String> {
    let mut found = Vec::new();
    for it in facts.listeners.iter().filter_map(|it| it.serves.as_ref()) {
        add_modules(it, &mut found);
    }
    for it in &facts.mounts {
        add_modules(&it.what, &mut found);
    }
    for it in &facts.sets {
        if super::names::exact(&it.name) == Some(DJANGO_SETTINGS) {
            add_modules(&it.value, &mut found);
        }
    }
    if !DJANGO.iter().any(|it| facts.definitions.contains_key(*it)) {
        return with_objects(found);
    }
    // Whatever looks like a module there is loaded: middleware, backends, handlers of logs.
    for it in facts.definitions.values() {
        add_modules(it, &mut found);
    }
    let found = with_objects(found);
    // Of every application Django loads the models and the configuration, and others what is called so.
    let apps = found.iter().map(|it| it.trim_end_matches(".apps"));
    let of_apps: Vec<String> = apps
        .flat_map(|it| {
            ["models", "apps", "admin", "signals", "tasks"].map(|of| format!("{it}.{of}"))
        })
        .collect();
    found.into_iter().chain(of_apps).collect()
}

/// The modules, and those that they may be objects of.
fn with_objects(mut found: Vec<String>) -> Vec<String> {
    let modules = found.iter().filter_map(|it| Some(it.rsplit_once('.')?.0));
    let modules: Vec<String> = modules.map(str::to_owned).collect();
    found.extend(modules);
    found
}

/// Adds the texts of an expression that may be names of modules.
fn add_modules(expr: &Expr, found: &mut Vec<String>) {
    match expr {
        Expr::Text(text) => {
            let module = text.split(':').next().unwrap_or_default();
            let is_module = module
                .split('.')
                .all(|it| !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_'));
            if is_module {
                found.push(module.to_owned());
            }
        }
        Expr::List(all) | Expr::Either(all) => {
            for it in all {
                add_modules(it, found);
            }
        }
        _ => {}
    }
}
