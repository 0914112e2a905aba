//! What a shell knows at one place of its script.

use std::collections::{BTreeMap, BTreeSet};

use super::folder::Folder;
use super::value::Value;

/// More variables than these are not told apart.
const MAX_VARIABLES: usize = 2_000;

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    One(Value),
    /// An array: values in their order, with the keys of one that was declared by `-A`.
    Many(Vec<(Option<Value>, Value)>),
}

/// The positional parameters of a script or function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    /// Those that are there for certain, from `$1` on.
    first: Vec<Value>,
    /// Whether others may follow: nobody knows how many there are.
    has_more: bool,
}

impl Parameters {
    /// All that there are.
    pub(super) const fn all(values: Vec<Value>) -> Self {
        Self {
            first: values,
            has_more: false,
        }
    }

    /// At least these, whatever else there is.
    pub(super) const fn at_least(values: Vec<Value>) -> Self {
        Self {
            first: values,
            has_more: true,
        }
    }

    /// Any number of any.
    pub(super) const fn unknown() -> Self {
        Self::at_least(Vec::new())
    }

    /// `$number`, if it is set; `Err` if nobody knows whether it is.
    pub(super) fn get(&self, number: usize) -> Result<Option<Value>, ()> {
        match self.first.get(number.wrapping_sub(1)) {
            None if self.has_more => Err(()),
            found => Ok(found.cloned()),
        }
    }

    /// `"$@"`; `None` if it is not wholly known.
    pub(super) fn values(&self) -> Option<&[Value]> {
        (!self.has_more).then_some(&self.first[..])
    }

    /// Drops the first `count`, of which `None` says that nobody knows how many they are.
    pub(super) fn shift(&mut self, count: Option<usize>) {
        match count {
            Some(count) if count <= self.first.len() => drop(self.first.drain(..count)),
            _ => *self = Self::unknown(),
        }
    }
}

/// The state of a shell.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) variables: BTreeMap<String, Variable>,
    pub(super) folder: Folder,
    /// Folders to which `popd` and `cd -` go back.
    pub(super) visited: Vec<Folder>,
    pub(super) errexit: bool,
    pub(super) pipefail: bool,
    pub(super) parameters: Parameters,
    /// Something was cloned: the next `cd` may lead into it.
    pub(super) has_cloned: bool,
    /// What `local` hides, for each function that is running.
    pub(super) hidden: Vec<BTreeMap<String, Option<Variable>>>,
}

impl State {
    pub(super) fn set(&mut self, name: &str, variable: Variable) {
        let is_full = self.variables.len() >= MAX_VARIABLES && !self.variables.contains_key(name);
        if !is_full && !name.is_empty() {
            self.variables.insert(name.to_owned(), variable);
        }
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.set(name, Variable::One(Value::unknown()));
    }

    /// Keeps the value of a variable for the end of the function.
    pub(super) fn hide(&mut self, name: &str) {
        let value = self.variables.get(name).cloned();
        if let Some(hidden) = self.hidden.last_mut() {
            hidden.entry(name.to_owned()).or_insert(value);
        }
    }

    /// Brings back what the function that ends has hidden.
    pub(super) fn leave(&mut self) {
        for (name, value) in self.hidden.pop().unwrap_or_default() {
            match value {
                Some(value) => drop(self.variables.insert(name, value)),
                None => drop(self.variables.remove(&name)),
            }
        }
    }

    /// What is known wherever one of two ways led.
    pub(super) fn join(mut self, other: &Self) -> Self {
        let names: BTreeSet<&String> = self
            .variables
            .keys()
            .chain(other.variables.keys())
            .collect();
        let differs = |it: &&String| self.variables.get(*it) != other.variables.get(*it);
        let differing: Vec<String> = names.into_iter().filter(differs).cloned().collect();
        for name in differing {
            let same_text = match (self.variables.get(&name), other.variables.get(&name)) {
                (Some(Variable::One(a)), Some(Variable::One(b))) => a.text == b.text,
                _ => false,
            };
            if !same_text {
                self.forget(&name);
            }
        }
        if self.folder != other.folder {
            self.folder = Folder::unknown();
        }
        if self.visited != other.visited {
            self.visited.clear();
        }
        if self.parameters != other.parameters {
            self.parameters = Parameters::unknown();
        }
        self.errexit &= other.errexit;
        self.pipefail &= other.pipefail;
        self.has_cloned |= other.has_cloned;
        self
    }
}
