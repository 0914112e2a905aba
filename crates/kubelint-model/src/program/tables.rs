//! What the files of a program declare for each other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kubelint_parser::code::Language;

use super::units::Units;
use crate::FileId;
use crate::code::{Expr, FunctionId};

/// More functions of one file that make configuration are not looked at.
const MOST_LOADS: usize = 32;

/// A function of a file.
type At = (FileId, FunctionId);

/// What the files of a program declare for each other without an import that names it.
#[derive(Default)]
pub(super) struct Tables<'u> {
    /// Of Java, the files of classes by their packages: `com.shop.Paths`.
    pub(super) packages: BTreeMap<String, FileId>,
    /// What the files of each package of Go declare: the file, or nothing if several say something of it.
    go_packages: Vec<HashMap<&'u str, Option<FileId>>>,
    /// The package of each file of Go.
    go_package_of: BTreeMap<FileId, usize>,
    /// The methods of Go's types, by their own names.
    pub(super) methods: BTreeMap<&'u str, Vec<At>>,
    /// Of .NET, whose files see each other without a word: the files that have a class, …
    pub(super) classes: BTreeMap<&'u str, Vec<FileId>>,
    /// … the functions that are called on anything, …
    pub(super) extensions: BTreeMap<&'u str, Vec<At>>,
    /// … and the names under which those may be called.
    pub(super) called: BTreeSet<&'u str>,
    /// Of Nest, the functions that make the configuration of a program.
    pub(super) loads: Vec<(FileId, &'u Expr)>,
}

impl<'u> Tables<'u> {
    pub(super) fn of(units: &'u Units<'_>) -> Self {
        let mut this = Self {
            packages: units.packages(),
            ..Self::default()
        };
        this.add_go(units);
        this.add_dotnet(units);
        for unit in units.iter() {
            let loads = unit.facts.nest.iter().flat_map(|it| &it.loads);
            this.loads
                .extend(loads.map(|it| (unit.id, it)).take(MOST_LOADS));
        }
        this
    }

    /// The file of Go that says what `name` is in the package of `file`.
    pub(super) fn of_package(&self, file: FileId, name: &str) -> Option<FileId> {
        let package = self.go_packages.get(*self.go_package_of.get(&file)?)?;
        *package.get(name)?
    }

    fn add_go(&mut self, units: &'u Units<'_>) {
        let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
        for unit in units.iter().filter(|it| it.facts.language == Language::Go) {
            let number = *folders.entry(&unit.folder).or_insert_with(|| {
                self.go_packages.push(HashMap::new());
                self.go_packages.len() - 1
            });
            self.go_package_of.insert(unit.id, number);
            let facts = &unit.facts;
            let names = &mut self.go_packages[number];
            let functions = facts.functions_by_name.keys();
            let classes = facts.classes_by_name.keys();
            let routers = facts.routers_by_name.keys();
            let own: BTreeSet<&String> = functions
                .chain(classes)
                .chain(routers)
                .chain(facts.definitions.keys())
                .collect();
            for name in own {
                let is_new = !names.contains_key(name.as_str());
                names.insert(name, is_new.then_some(unit.id));
            }
            for (function, id) in facts.functions.iter().zip((0..).map(FunctionId)) {
                if let Some((_, method)) = function.name.rsplit_once('.') {
                    self.methods.entry(method).or_default().push((unit.id, id));
                }
            }
        }
    }

    fn add_dotnet(&mut self, units: &'u Units<'_>) {
        for unit in units.iter() {
            let Some(dotnet) = &unit.facts.dotnet else {
                continue;
            };
            for class in &unit.facts.classes {
                let files = self.classes.entry(&class.name).or_default();
                if files.last() != Some(&unit.id) {
                    files.push(unit.id);
                }
            }
            for &id in &dotnet.extensions {
                if let Some(function) = unit.facts.functions.get(id.0 as usize) {
                    let name = function.name.rsplit('.').next().unwrap_or_default();
                    // Of several with one name in a class the last one is known by it.
                    let by_name = unit.facts.functions_by_name.get(&function.name);
                    let id = by_name.copied().unwrap_or(id);
                    let all = self.extensions.entry(name).or_default();
                    if !all.contains(&(unit.id, id)) {
                        all.push((unit.id, id));
                    }
                }
            }
            let calls = unit.facts.calls.iter();
            let called = calls.filter_map(|it| it.callee.rsplit('.').next());
            self.called.extend(called);
        }
    }
}
