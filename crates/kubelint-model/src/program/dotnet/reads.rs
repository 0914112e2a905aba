//! The variables that a program of .NET reads through its configuration.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::{self, environment_of};
use super::{Dotnet, Gap, Program};
use crate::FileId;
use crate::code::dotnet::Property;
use crate::code::{Expr, Kind, ReadName, Subject};
use crate::program::ProgramRead;

/// Objects are not followed deeper into each other.
const MOST_NESTED: usize = 6;
/// More variables of one section are not told.
const MOST_PROPERTIES: usize = 2_000;

/// The variable that a key of the configuration is read from.
fn variable(key: &str) -> String {
    key.trim_matches(':')
        .replace(':', "__")
        .to_ascii_uppercase()
}

impl Dotnet<'_, '_, '_> {
    pub(super) fn reads(&self, program: &mut Program) {
        self.bindings(program);
        let environment = environment_of(self.environments);
        let settings = settings::read(&self.project.settings, environment.as_deref(), self.store);
        let is_ignored = self.has_ignored_settings();
        let has_others = self.has_unseen_settings();
        for read in &mut program.reads {
            let ReadName::AnyCase(name) = &read.name else {
                continue;
            };
            let key = name.replace("__", ":");
            // What the files of settings say stands where the variable is not set.
            if let Some(setting) = settings::get(&settings, &key) {
                // Another may stand over it in what git ignores.
                read.default = Some(if is_ignored {
                    Expr::Unknown
                } else {
                    Expr::Text(setting.text.clone())
                });
                read.is_required = false;
            }
            read.is_required &= !has_others;
        }
        self.handed(program);
    }

    /// What objects are made of that are bound to sections.
    fn bindings(&self, program: &mut Program) {
        let mut properties: BTreeMap<&str, Vec<(FileId, &Property)>> = BTreeMap::new();
        let mut files: BTreeMap<&str, BTreeSet<FileId>> = BTreeMap::new();
        let mut bases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for unit in self.names.units.iter() {
            for class in &unit.facts.classes {
                files.entry(&class.name).or_default().insert(unit.id);
                let all = bases.entry(&class.name).or_default();
                all.extend(class.bases.iter().map(String::as_str));
            }
        }
        for (file, facts) in self.facts() {
            for it in &facts.properties {
                properties.entry(&it.class).or_default().push((file, it));
            }
        }
        let classes = Classes {
            properties,
            files,
            bases,
        };
        for (file, facts) in self.facts() {
            for binding in &facts.bindings {
                let place = (file, binding.place.range);
                let section = match &binding.section {
                    Expr::Text(text) => Some(text.clone()),
                    other => match self.names.value(file, other) {
                        Expr::Text(text) => Some(text),
                        _ => None,
                    },
                };
                let Some(section) = section else {
                    program
                        .gaps
                        .push(open("a section's name is computed", place));
                    continue;
                };
                let mut found = Vec::new();
                let known = binding
                    .class
                    .as_deref()
                    .is_some_and(|it| classes.add(&section, it, 0, &mut found));
                if known {
                    if !binding.is_checked {
                        for it in &mut found {
                            (it.is_required, it.on_start) = (false, false);
                        }
                    }
                    program.reads.extend(found);
                    continue;
                }
                let prefix = variable(&section);
                if prefix.is_empty() {
                    program
                        .gaps
                        .push(open("the configuration is read as a whole", place));
                    continue;
                }
                for name in [
                    ReadName::Prefix(format!("{prefix}__")),
                    ReadName::AnyCase(prefix),
                ] {
                    program.reads.push(read(name, Kind::Text, place));
                }
            }
        }
    }

    /// What is given the configuration as a whole: the program's own functions are seen, and no others.
    fn handed(&self, program: &mut Program) {
        for (file, facts) in self.facts() {
            for (callee, place) in &facts.handed {
                let is_own = self.names.function(file, callee).is_some()
                    || self.names.meaning(file, callee).is_some();
                if !is_own {
                    let why = format!("`{callee}` is given the configuration");
                    program.gaps.push(Gap {
                        subject: Some(Subject::Reads),
                        why,
                        place: Some((file, place.range)),
                    });
                }
            }
        }
    }
}

fn open(why: &str, place: (FileId, kubelint_parser::TextRange)) -> Gap {
    Gap {
        subject: Some(Subject::Reads),
        why: why.to_owned(),
        place: Some(place),
    }
}

fn read(name: ReadName, kind: Kind, place: (FileId, kubelint_parser::TextRange)) -> ProgramRead {
    ProgramRead {
        name,
        default: None,
        is_required: false,
        on_start: false,
        kind,
        place,
    }
}

/// The classes of a program.
struct Classes<'u> {
    properties: BTreeMap<&'u str, Vec<(FileId, &'u Property)>>,
    /// The files that have a class of a name: in several namespaces there may be several.
    files: BTreeMap<&'u str, BTreeSet<FileId>>,
    bases: BTreeMap<&'u str, Vec<&'u str>>,
}

impl Classes<'_> {
    /// Adds the variables that the properties of a class are read from; whether all of them are known.
    fn add(&self, section: &str, class: &str, depth: usize, found: &mut Vec<ProgramRead>) -> bool {
        let is_one = self.files.get(class).is_some_and(|it| it.len() == 1);
        if !is_one || depth > MOST_NESTED || found.len() > MOST_PROPERTIES {
            return false;
        }
        let bases = self.bases.get(class).into_iter().flatten();
        for base in bases {
            let is_interface = base.len() > 1
                && base.starts_with('I')
                && base[1..].starts_with(char::is_uppercase);
            if !is_interface && !self.add(section, base, depth + 1, found) {
                return false;
            }
        }
        for (file, property) in self.properties.get(class).into_iter().flatten() {
            let key = format!("{section}{}", property.name);
            let place = (*file, property.range);
            let name = variable(&key);
            let mut of_property = read(ReadName::AnyCase(name.clone()), property.kind, place);
            // What is checked is the class itself, and not what stands in it.
            of_property.is_required = property.is_demanded && depth == 0;
            of_property.on_start = of_property.is_required;
            found.push(of_property);
            let Some(of) = &property.of else {
                continue;
            };
            // Lists and maps have parts of any name; so has what nobody knows.
            let mut inner = Vec::new();
            if self.add(&format!("{key}:"), of, depth + 1, &mut inner) {
                found.append(&mut inner);
            } else {
                let name = ReadName::Prefix(format!("{name}__"));
                found.push(read(name, Kind::Text, place));
            }
        }
        true
    }
}
