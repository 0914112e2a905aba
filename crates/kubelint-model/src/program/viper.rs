//! The configuration that viper keeps for a program of Go: which variables a key is looked up in, and what stands for them.
//!
//! A key is in lower case. With `AutomaticEnv` the variable is its name in capitals, behind the prefix and `_`, with what the replacer
//! replaces (`mergeWithEnvPrefix` and `getEnv` of viper 1.19); then come those that `BindEnv` states, which the prefix only changes where
//! none is stated. What is set to an empty text counts as not set, and files and flags come before defaults (`find`).

use std::collections::{BTreeMap, BTreeSet};

use super::calls::Reached;
use super::names::Names;
use super::{Gap, Program, ProgramRead};
use crate::FileId;
use crate::code::golang::ViperCall;
use crate::code::{Expr, Kind, ReadName, Subject};

/// More keys are not followed.
const MOST_KEYS: usize = 2_000;

/// How much of a configuration is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// There is none.
    #[default]
    None,
    /// All.
    Whole,
    /// Not which keys are looked up.
    Keys,
    /// Not even how variables are called.
    Nothing,
}

/// What is known of a program's configuration.
#[derive(Debug, Default)]
pub(super) struct Viper {
    extent: Extent,
    is_automatic: bool,
    prefix: String,
    replaced: Vec<(String, String)>,
    /// Whether values may come from elsewhere: files, flags.
    has_sources: bool,
    bound: BTreeMap<String, Vec<String>>,
    defaults: BTreeMap<String, Option<(FileId, Expr)>>,
    set: BTreeSet<String>,
}

impl Viper {
    /// What all files of a program say of it.
    pub(super) fn of(names: &Names<'_, '_>) -> Self {
        let mut this = Self::default();
        let (mut made, mut is_global) = (0, false);
        let mut has_unknown = false;
        let mut bound = Vec::new();
        for unit in names.units.iter() {
            for it in unit.facts.go.iter().flat_map(|it| &it.viper) {
                if it.call == ViperCall::Unknown {
                    has_unknown = true;
                    continue;
                }
                this.is(Extent::Whole);
                is_global |= it.is_global && !matches!(it.call, ViperCall::Made);
                let text = |it: &Expr| match names.value(unit.id, it) {
                    Expr::Text(text) => Some(text),
                    _ => None,
                };
                match &it.call {
                    ViperCall::Automatic => this.is_automatic = true,
                    ViperCall::Made => made += 1,
                    ViperCall::Prefix(prefix) => match text(prefix) {
                        Some(prefix) if this.prefix.is_empty() || this.prefix == prefix => {
                            this.prefix = prefix;
                        }
                        _ => this.is(Extent::Nothing),
                    },
                    ViperCall::Replacer(pairs) => {
                        if !this.replaced.is_empty() && this.replaced != *pairs {
                            this.is(Extent::Nothing);
                        }
                        this.replaced.clone_from(pairs);
                    }
                    ViperCall::Bind(key, all) => {
                        let all: Option<Vec<String>> = all.iter().map(text).collect();
                        match (text(key), all) {
                            (Some(key), Some(all)) => bound.push((key.to_lowercase(), all)),
                            _ => this.is(Extent::Keys),
                        }
                    }
                    ViperCall::Default(key, value) => match text(key) {
                        Some(key) => {
                            let value = Some((unit.id, value.clone()));
                            let known = this.defaults.entry(key.to_lowercase());
                            // Of two nobody knows which comes later.
                            known.and_modify(|it| *it = None).or_insert(value);
                        }
                        None => this.has_sources = true,
                    },
                    ViperCall::Set(key) => match text(key) {
                        Some(key) => drop(this.set.insert(key.to_lowercase())),
                        None => this.has_sources = true,
                    },
                    ViperCall::Get(key) if text(key).is_none() => this.is(Extent::Keys),
                    ViperCall::Get(_) => {}
                    ViperCall::Source => this.has_sources = true,
                    ViperCall::Open | ViperCall::Unknown => this.is(Extent::Keys),
                }
            }
        }
        if has_unknown && this.extent != Extent::None {
            this.is(Extent::Keys);
        }
        // Objects have variables of their own.
        if made > 1 || (made == 1 && is_global) {
            this.is(Extent::Nothing);
        }
        for (key, all) in bound.into_iter().take(MOST_KEYS) {
            let all = if all.is_empty() {
                vec![this.prefixed(&key)]
            } else {
                all
            };
            let all = all
                .into_iter()
                .map(|it| this.replaced(&it))
                .collect::<Vec<_>>();
            this.bound.entry(key).or_default().extend(all);
        }
        this
    }

    /// Keeps the worst that is known of it.
    fn is(&mut self, extent: Extent) {
        self.extent = self.extent.max(extent);
    }

    fn prefixed(&self, key: &str) -> String {
        let name = match self.prefix.as_str() {
            "" => key.to_owned(),
            prefix => format!("{prefix}_{key}"),
        };
        name.to_uppercase()
    }

    /// What a replacer makes of a name: at each place the first pair that fits (`strings.NewReplacer`).
    fn replaced(&self, name: &str) -> String {
        let mut made = String::new();
        let mut rest = name;
        while let Some(first) = rest.chars().next() {
            let pairs = self.replaced.iter().filter(|it| !it.0.is_empty());
            let found = pairs
                .into_iter()
                .find_map(|it| Some((rest.strip_prefix(it.0.as_str())?, &it.1)));
            if let Some((behind, text)) = found {
                made.push_str(text);
                rest = behind;
            } else {
                made.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        made
    }

    /// The variables that a key is looked up in, in order.
    fn variables(&self, key: &str) -> Vec<String> {
        let own = self
            .is_automatic
            .then(|| self.replaced(&self.prefixed(key)));
        let bound = self.bound.get(key).into_iter().flatten().cloned();
        let mut found: Vec<String> = Vec::new();
        for name in own.into_iter().chain(bound) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }

    /// What a key holds; `value` says what a default comes to.
    pub(super) fn value(&self, key: &str, value: impl Fn(FileId, &Expr) -> Expr) -> Expr {
        if matches!(self.extent, Extent::None | Extent::Nothing) || self.set.contains(key) {
            return Expr::Unknown;
        }
        let default = if self.has_sources {
            Expr::Unknown
        } else {
            match self.defaults.get(key) {
                Some(Some((file, default))) => value(*file, default),
                Some(None) => Expr::Unknown,
                None => Expr::Text(String::new()),
            }
        };
        let variables = self.variables(key).into_iter().rev();
        variables.fold(default, |default, name| Expr::Variable {
            name,
            default: Some(Box::new(default)),
        })
    }

    /// Adds the variables that are read, and what is not known of them.
    pub(super) fn reads(&self, names: &Names<'_, '_>, reached: &Reached, program: &mut Program) {
        if self.extent == Extent::None {
            return;
        }
        for unit in names.units.iter() {
            for it in unit.facts.go.iter().flat_map(|it| &it.viper) {
                let function = it.place.function;
                if !reached.holds(unit.id, function) {
                    continue;
                }
                let (ViperCall::Get(key) | ViperCall::Bind(key, _)) = &it.call else {
                    continue;
                };
                let Expr::Text(key) = names.value(unit.id, key) else {
                    continue;
                };
                let key = key.to_lowercase();
                let value = self.value(&key, |file, it| names.value(file, it));
                let Expr::Variable { default, .. } = value else {
                    continue;
                };
                let default = default.map(|it| innermost(*it));
                for name in self.variables(&key) {
                    program.reads.push(ProgramRead {
                        name: ReadName::Exact(name),
                        default: default.clone(),
                        is_required: false,
                        on_start: reached.is_sure(unit.id, function) && !it.place.is_conditional,
                        kind: Kind::Text,
                        place: (unit.id, it.place.range),
                    });
                }
            }
        }
        let takes_any = self.is_automatic || !self.bound.is_empty();
        let why = match self.extent {
            Extent::Nothing => "it is not known which variables the configuration is taken from",
            Extent::Keys if takes_any => "any key of the configuration may be a variable",
            _ => return,
        };
        program.gaps.push(Gap {
            subject: Some(Subject::Reads),
            why: why.to_owned(),
            place: None,
        });
    }
}

/// What stands for a variable where none is set.
fn innermost(mut value: Expr) -> Expr {
    while let Expr::Variable {
        default: Some(inner),
        ..
    } = value
    {
        value = *inner;
    }
    value
}
