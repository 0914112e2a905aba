//! The files that a program is made of: from where it begins, along its imports.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;
use kubelint_parser::source::SourcePath;

use super::Gap;
use super::build::Build;
use super::modules::{self, At, Led};
use super::requires;
use super::runners::Root;
use super::store::{Indexed, Store};
use crate::FileId;
use crate::code::Expr;

/// More files of one program are not read, …
const MOST_FILES: usize = 4_000;
/// … and not more bytes.
const MOST_BYTES: usize = 32 << 20;

/// A file of a program.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) id: FileId,
    pub(super) facts: Arc<Indexed>,
    /// Where its imports lead, in their order.
    pub(super) imports: Vec<Led>,
}

/// The files of a program, as far as they are read.
pub(super) struct Units<'g> {
    pub(super) build: Rc<Build<'g>>,
    pub(super) roots: Vec<Root>,
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
            let led = match facts.language {
                Language::Python => {
                    modules::python_import(&self.build, &self.roots, &at, module, item)
                }
                _ => requires::import(&self.build, &self.roots, &at, module),
            };
            let place = Some((id, import.place.range));
            let files = led.packages.iter().chain(&led.module).chain(&led.item);
            for it in files.cloned().collect::<Vec<At>>() {
                self.want(it, place);
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
        for module in loaded(&facts) {
            if let Some(at) = modules::python(&self.build, &self.roots, &module) {
                self.want(at, None);
            }
        }
        self.by_file.insert(at.file, id);
        self.order.push(id);
        self.by_id.insert(id, Unit { id, facts, imports });
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

    /// The file that an import leads to, if it was read.
    pub(super) fn of(&self, at: &At) -> Option<FileId> {
        self.by_file.get(&at.file).copied()
    }

    /// The file of the module `name`, if it was read.
    pub(super) fn module(&self, name: &str) -> Option<FileId> {
        self.of(&modules::python(&self.build, &self.roots, name)?)
    }
}

/// The modules that a file names by a text, and that something loads: what a server serves, the routes of another module, what Django is told.
fn loaded(facts: &Indexed) -> Vec<String> {
    const DJANGO: [&str; 4] = [
        "ROOT_URLCONF",
        "WSGI_APPLICATION",
        "ASGI_APPLICATION",
        "AUTH_USER_MODEL",
    ];
    let mut found = Vec::new();
    let mut add = |expr: &Expr| {
        if let Some(text) = expr.text() {
            let module = text.split(':').next().unwrap_or_default();
            let is_module = module
                .split('.')
                .all(|it| !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_'));
            if is_module {
                found.push(module.to_owned());
            }
        }
    };
    facts
        .listeners
        .iter()
        .filter_map(|it| it.serves.as_ref())
        .for_each(&mut add);
    facts.mounts.iter().for_each(|it| add(&it.what));
    for it in &facts.sets {
        if super::names::exact(&it.name) == Some("DJANGO_SETTINGS_MODULE") {
            add(&it.value);
        }
    }
    for name in DJANGO {
        facts.definitions.get(name).into_iter().for_each(&mut add);
    }
    if let Some(Expr::List(apps)) = facts.definitions.get("INSTALLED_APPS") {
        apps.iter().for_each(&mut add);
    }
    let of_objects: Vec<String> = found
        .iter()
        .filter_map(|it| Some(it.rsplit_once('.')?.0.to_owned()))
        .collect();
    // Django loads the models and the configuration of every application.
    let of_apps: Vec<String> = found
        .iter()
        .flat_map(|it| [format!("{it}.models"), format!("{it}.apps")])
        .collect();
    found.extend(of_objects);
    found.extend(of_apps);
    found
}
