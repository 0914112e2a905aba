//! The variables that words of a Dockerfile see: before the first `FROM`, and in a stage.

use std::collections::BTreeMap;

use kubelint_parser::dockerfile::{Instruction, Keyword, Word};

use super::args::BuildArgs;
use super::expand::{Variable, expand};
use super::value::Value;
use super::{Dockerfile, image};

/// The variables that BuildKit itself sets, before the first `FROM` and where an `ARG` asks for them (`defaultArgs` of
/// dockerfile2llb/platform.go).
const PREDEFINED: [&str; 11] = [
    "BUILDARCH",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "TARGETARCH",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETPLATFORM",
    "TARGETSTAGE",
    "TARGETVARIANT",
];

/// Variables and what they hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    variables: BTreeMap<String, Value>,
    /// Whether variables may be set that nobody names: by the base image.
    has_others: bool,
}

/// The scope before the first `FROM`, which the `FROM`s of all stages see.
pub(super) fn global(file: &Dockerfile, args: &BuildArgs) -> Scope {
    let mut scope = Scope::default();
    for name in PREDEFINED {
        let given = args.get(name).cloned();
        scope.set(name, given.unwrap_or_else(Value::unknown));
    }
    let first = file
        .stages
        .first()
        .map_or(file.syntax.instructions.len(), |it| it.from);
    let before = file.syntax.instructions.get(..first).unwrap_or_default();
    for instruction in before.iter().filter(|it| it.keyword == Keyword::Arg) {
        for pair in instruction.pairs() {
            let name = pair.key.text();
            let default = pair.value.as_ref();
            let value = args.get(name).cloned();
            let value = value.or_else(|| Some(scope.expand(default?, file.syntax.escape)));
            if let Some(value) = value {
                scope.set(name, value);
            }
        }
    }
    scope
}

impl Scope {
    /// The scope of a stage that is based on an image, whose variables nobody knows.
    pub(super) fn of_image() -> Self {
        Self {
            has_others: true,
            ..Self::default()
        }
    }

    /// All that is set.
    pub(super) fn into_variables(self) -> BTreeMap<String, Value> {
        self.variables
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.variables.insert(name.to_owned(), value);
    }

    pub(super) fn get(&self, name: &str) -> Variable {
        match self.variables.get(name) {
            Some(value) => Variable::Set(value.clone()),
            None if self.has_others => Variable::Unknown,
            None => Variable::Unset,
        }
    }

    /// The value of a word.
    pub(super) fn expand(&self, word: &Word, escape: char) -> Value {
        expand(word.text(), escape, &|name| self.get(name))
    }

    /// An `ARG` in a stage: a build argument, else its default, else what is set before the first `FROM`.
    pub(super) fn declare(
        &mut self,
        instruction: &Instruction,
        args: &BuildArgs,
        global: &Self,
        escape: char,
    ) {
        for pair in instruction.pairs() {
            let name = pair.key.text();
            let value = match (args.get(name), &pair.value) {
                (Some(given), _) => Some(given.clone()),
                (None, Some(default)) => Some(self.expand(default, escape)),
                (None, None) => global.variables.get(name).cloned(),
            };
            if let Some(value) = value {
                self.set(name, value);
            }
        }
    }

    /// An `ENV`: all its words see what was set before it.
    pub(super) fn add(&mut self, instruction: &Instruction, escape: char, image: &mut image::Env) {
        let pairs = instruction.pairs().iter().filter_map(|pair| {
            let value = pair.value.as_ref()?;
            let name = self.expand(&pair.key, escape);
            let name = name.as_known()?.to_owned();
            Some((
                name,
                self.expand(value, escape),
                pair.key.range().cover(value.range()),
            ))
        });
        let pairs: Vec<_> = pairs.collect();
        for (name, value, range) in pairs {
            self.set(&name, value.clone());
            image.insert(name, image::Stated { value, range });
        }
    }
}
