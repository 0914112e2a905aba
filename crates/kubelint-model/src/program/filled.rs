//! Structs of Go that packages fill with variables of the environment, followed from the call to the struct, wherever that is declared, and to
//! the structs in it.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::Reached;
use super::ends::Ends;
use super::environment::{Environment, Known};
use super::names::{Meaning, Names, either};
use super::{Gap, Program, ProgramRead};
use crate::FileId;
use crate::code::go::{split, value};
use crate::code::golang::{Field, Fill, Filler, Struct};
use crate::code::{Expr, Failure, FunctionId, Kind, Place, ReadName, Subject};

/// How far names are followed to a struct.
const MOST_STEPS: u32 = 12;
/// How deep structs are followed into each other.
const MOST_NESTED: u32 = 8;
/// More fields of one program are not told.
const MOST_FIELDS: usize = 4_000;

/// A variable that fills a field.
#[derive(Debug)]
struct Variable {
    /// Its names: the first that is set counts.
    names: Vec<String>,
    default: Option<String>,
    is_required: bool,
    kind: Kind,
    /// The file of the field, and where it stands there.
    place: (FileId, Place),
    /// Where it is filled.
    at: (FileId, Place),
    /// What becomes of the program where that fails.
    failure: Failure,
}

/// What the structs of a program are filled with.
#[derive(Debug, Default)]
pub(super) struct Filled {
    variables: Vec<Variable>,
    /// By the folder of the package and the path of a field, `Config.HTTP.Port`: the file, and what is there.
    values: BTreeMap<String, BTreeMap<String, (FileId, Expr)>>,
    /// The structs that were followed, by the file and the name.
    structs: BTreeSet<(FileId, String)>,
    gaps: Vec<((FileId, FunctionId), Gap)>,
}

/// What holds for a struct within another.
#[derive(Clone)]
struct Around<'f> {
    fill: &'f Fill,
    at: FileId,
    prefix: String,
    /// The paths that lead to it: from what is filled, and from its own type.
    paths: Vec<(FileId, String)>,
    left: u32,
}

impl Filled {
    /// What the structs of the program with these names are filled with.
    pub(super) fn of(names: &Names<'_, '_>) -> Self {
        let mut this = Self::default();
        for unit in names.units.iter() {
            let Some(go) = &unit.facts.go else { continue };
            for fill in &go.fills {
                let prefix = match names.value(unit.id, &fill.prefix) {
                    Expr::Text(prefix) => Some(prefix),
                    _ => None,
                };
                let found = class(names, unit.id, &fill.target, MOST_STEPS);
                let (Some(prefix), Some((file, name))) = (prefix, found) else {
                    this.gap(
                        unit.id,
                        fill,
                        "it is not known which variables fill a struct",
                    );
                    continue;
                };
                let Some(of) = declared(names, file, &name) else {
                    this.gap(
                        unit.id,
                        fill,
                        "it is not known which variables fill a struct",
                    );
                    continue;
                };
                this.structs.insert((file, name.clone()));
                let around = Around {
                    fill,
                    at: unit.id,
                    prefix,
                    paths: vec![(file, name)],
                    left: MOST_NESTED,
                };
                this.fields(names, file, &of.fields, &around);
            }
        }
        this
    }

    fn gap(&mut self, file: FileId, fill: &Fill, why: &str) {
        let gap = Gap {
            subject: Some(Subject::Reads),
            why: why.to_owned(),
            place: Some((file, fill.place.range)),
        };
        self.gaps.push(((file, fill.place.function), gap));
    }

    fn fields(
        &mut self,
        names: &Names<'_, '_>,
        file: FileId,
        fields: &[Field],
        around: &Around<'_>,
    ) {
        for field in fields {
            if self.variables.len() >= MOST_FIELDS {
                return self.gap(around.at, around.fill, "too many variables fill a struct");
            }
            let of_class = field.class.as_ref().and_then(|it| {
                let (file, name) = class(names, file, &Expr::Name(it.clone()), MOST_STEPS)?;
                let of = declared(names, file, &name)?;
                Some((file, name, of))
            });
            let is_struct = of_class.is_some() || !field.fields.is_empty();
            let Some(of) = Tag::of(field, around, is_struct) else {
                continue;
            };
            match of {
                Tag::Variable(variable) if !is_struct => {
                    self.variable(names, file, field, around, variable);
                }
                // What decodes itself is one variable: of what sort is not known.
                Tag::Variable(_) => self.gap(around.at, around.fill, "a struct is one variable"),
                Tag::Unknown => self.gap(
                    around.at,
                    around.fill,
                    "variables of a struct have a prefix",
                ),
                Tag::Struct(prefix) => {
                    let Some(left) = around.left.checked_sub(1) else {
                        self.gap(around.at, around.fill, "structs are nested deeply");
                        continue;
                    };
                    let mut inner = around.clone();
                    inner.left = left;
                    inner.prefix = prefix;
                    let paths = around.paths.iter();
                    let mut paths: Vec<(FileId, String)> = paths
                        .map(|(of, path)| (*of, format!("{path}.{}", field.name)))
                        .collect();
                    if field.is_embedded {
                        paths.extend(around.paths.iter().cloned());
                    }
                    let within = match of_class {
                        Some((of_file, name, of)) => {
                            paths.push((of_file, name.clone()));
                            self.structs.insert((of_file, name));
                            (of_file, of.fields.as_slice())
                        }
                        None => (file, field.fields.as_slice()),
                    };
                    inner.paths = paths;
                    self.fields(names, within.0, within.1, &inner);
                }
            }
        }
    }

    fn variable(
        &mut self,
        names: &Names<'_, '_>,
        file: FileId,
        field: &Field,
        around: &Around<'_>,
        (variables, default, is_required): (Vec<String>, Option<String>, bool),
    ) {
        let stated = if around.fill.has_file {
            Some(Expr::Unknown)
        } else {
            default.clone().map(Expr::Text)
        };
        let value = variables.iter().rev().fold(stated, |default, name| {
            Some(Expr::Variable {
                name: name.clone(),
                default: default.map(Box::new),
            })
        });
        for (of, path) in &around.paths {
            let (Some(unit), Some(value)) = (names.unit(*of), &value) else {
                continue;
            };
            let path = format!("{path}.{}", field.name);
            let all = self.values.entry(unit.folder.clone()).or_default();
            // Where the program sets it, too, it is one of both.
            let own = unit.facts.definitions.get(&path).cloned();
            let own = own.filter(|it| !matches!(it, Expr::Variable { .. } | Expr::Unknown));
            let before = all.get(&path).map(|it| it.1.clone());
            let one = either(before.into_iter().chain(own).chain([value.clone()]));
            all.insert(path, (*of, one));
        }
        self.variables.push(Variable {
            names: variables,
            default,
            is_required,
            kind: field.kind,
            place: (file, field.place),
            at: (around.at, around.fill.place),
            failure: around.fill.failure,
        });
    }

    /// What a name is filled with that means a field: `app.Config.HTTP.Port`.
    pub(super) fn value(
        &self,
        names: &Names<'_, '_>,
        file: FileId,
        name: &str,
    ) -> Option<(FileId, &Expr)> {
        if self.values.is_empty() {
            return None;
        }
        // The longest path is the one that was followed.
        let mut dots = name.match_indices('.').map(|it| it.0);
        dots.find_map(|at| {
            let of = Expr::Name(name[..at].to_owned());
            self.member(names, file, &of, &name[at + 1..])
        })
    }

    /// What the field `path` of a struct is filled with.
    pub(super) fn member(
        &self,
        names: &Names<'_, '_>,
        file: FileId,
        of: &Expr,
        path: &str,
    ) -> Option<(FileId, &Expr)> {
        if self.values.is_empty() {
            return None;
        }
        let (of, name) = class(names, file, of, MOST_STEPS)?;
        let folder = names.unit(of)?.folder.as_str();
        let found = self.values.get(folder)?.get(&format!("{name}.{path}"))?;
        Some((found.0, &found.1))
    }

    /// Whether a struct is filled where that is seen.
    pub(super) fn has(&self, file: FileId, name: &str) -> bool {
        self.structs.contains(&(file, name.to_owned()))
    }

    /// Adds the variables that are read, and what is not known of them.
    pub(super) fn reads(
        &self,
        names: &Names<'_, '_>,
        reached: &Reached,
        environments: &[&Environment],
        program: &mut Program,
    ) {
        for ((file, function), gap) in &self.gaps {
            if reached.holds(*file, *function) {
                program.gaps.push(gap.clone());
            }
        }
        let mut ends = Ends::new(names, reached);
        for it in &self.variables {
            let (at, place) = it.at;
            if !reached.holds(at, place.function) {
                continue;
            }
            let is_wanted = it.is_required && ends.ends(at, place.function, it.failure);
            let is_unset = |name: &String| {
                let mut all = environments.iter();
                all.all(|it| matches!(it.get(name), Known::Unset))
            };
            for (number, name) in it.names.iter().enumerate() {
                // The last one is missing where the others are.
                let is_last = number + 1 == it.names.len();
                let others = it.names.iter().take(number);
                program.reads.push(ProgramRead {
                    name: ReadName::Exact(name.clone()),
                    default: it.default.clone().map(Expr::Text),
                    is_required: is_wanted && is_last && others.into_iter().all(is_unset),
                    on_start: reached.is_sure(at, place.function) && !place.is_conditional,
                    kind: it.kind,
                    place: (it.place.0, it.place.1.range),
                });
            }
        }
    }
}

/// What the tag of a field says: a variable with its names, its default, and whether it must be there; or what stands before the names in a
/// struct.
enum Tag {
    Variable((Vec<String>, Option<String>, bool)),
    Struct(String),
    Unknown,
}

impl Tag {
    /// `None` if the field is not filled.
    fn of(field: &Field, around: &Around<'_>, is_struct: bool) -> Option<Self> {
        let is_true = |key: &str| value(&field.tag, key).as_deref() == Some("true");
        let prefix = &around.prefix;
        if around.fill.filler == Filler::Envconfig {
            let stated = value(&field.tag, "envconfig");
            if is_true("ignored") || stated.as_deref() == Some("-") {
                return None;
            }
            let is_exported = field.name.starts_with(char::is_uppercase);
            let name = stated.clone().filter(|it| !it.is_empty());
            let name = name.unwrap_or_else(|| split(&field.name, is_true("split_words")));
            let key = match prefix.as_str() {
                "" => name.clone(),
                prefix => format!("{prefix}_{name}"),
            };
            let key = key.to_ascii_uppercase();
            if is_struct {
                let inner = if field.is_embedded { prefix } else { &key };
                return Some(Self::Struct(inner.clone()));
            }
            // The name alone is asked for too (`Alt` of envconfig's `varInfo`), where the tag states it.
            let mut names = vec![key];
            let alone = stated
                .filter(|it| !it.is_empty())
                .map(|it| it.to_ascii_uppercase());
            names.extend(alone.filter(|it| *it != names[0]));
            let default = value(&field.tag, "default");
            let is_required = default.is_none() && is_true("required");
            return is_exported.then_some(Self::Variable((names, default, is_required)));
        }
        let text = value(&field.tag, "env");
        let mut words = text
            .as_deref()
            .unwrap_or_default()
            .split(',')
            .map(str::trim);
        let name = words.next().unwrap_or_default();
        let options: Vec<&str> = words.collect();
        let option = |key: &str| {
            let mut options = options.iter();
            options.find_map(|it| it.strip_prefix(key).map(str::to_owned))
        };
        if name == "-" {
            return None;
        }
        if name.is_empty() {
            let own = value(&field.tag, "envPrefix").or_else(|| value(&field.tag, "env-prefix"));
            let own = own.or_else(|| option("prefix="));
            return match (is_struct, own) {
                (true, own) => Some(Self::Struct(format!("{prefix}{}", own.unwrap_or_default()))),
                // A list of structs, or one that is not seen.
                (false, Some(_)) => Some(Self::Unknown),
                (false, None) => None,
            };
        }
        let default = ["envDefault", "env-default"]
            .iter()
            .find_map(|it| value(&field.tag, it))
            .or_else(|| option("default="));
        let is_wanted = is_true("env-required")
            || options
                .iter()
                .any(|it| *it == "required" || *it == "notEmpty");
        let is_required = default.is_none() && (is_wanted || around.fill.requires_all);
        let names = vec![format!("{prefix}{name}")];
        Some(Self::Variable((names, default, is_required)))
    }
}

/// The struct that a value is one of, by its file and name.
fn class(
    names: &Names<'_, '_>,
    file: FileId,
    target: &Expr,
    left: u32,
) -> Option<(FileId, String)> {
    let left = left.checked_sub(1)?;
    match target {
        Expr::Name(name) => match names.meaning(file, name)? {
            Meaning::Class(of, class) => {
                let class = names.facts(of)?.classes.get(class)?;
                Some((of, class.name.clone()))
            }
            Meaning::Value(_, Expr::Name(other)) if other == name => None,
            Meaning::Value(of, value) => class(names, of, value, left),
            _ => None,
        },
        Expr::Call { callee, .. } => match names.meaning(file, callee)? {
            Meaning::Class(of, class) => {
                let class = names.facts(of)?.classes.get(class)?;
                Some((of, class.name.clone()))
            }
            Meaning::Function(of, function) => {
                let function = names.facts(of)?.functions.get(function.0 as usize)?;
                class(names, of, function.returns.as_ref()?, left)
            }
            _ => None,
        },
        Expr::Either(all) => all.iter().find_map(|it| class(names, file, it, left)),
        _ => None,
    }
}

/// The struct of a file that is called `name`.
fn declared<'u>(names: &Names<'u, '_>, file: FileId, name: &str) -> Option<&'u Struct> {
    let go = names.facts(file)?.go.as_deref()?;
    go.structs.iter().find(|it| it.name == name)
}
