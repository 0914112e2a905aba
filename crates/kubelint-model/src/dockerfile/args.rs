//! The build arguments of one build.

use std::collections::BTreeMap;

use super::value::Value;
use crate::build::BuildArg;

/// What a build gives for the `ARG`s of a Dockerfile. Those that it does not name have their defaults.
#[derive(Clone, Debug, Default)]
pub struct BuildArgs {
    values: BTreeMap<String, Value>,
}

impl BuildArgs {
    /// The arguments that a build step states. A value that comes from the environment of the command is not known; of several for one
    /// name the last counts.
    pub fn of(args: &[BuildArg]) -> Self {
        let values = args.iter().map(|it| {
            let value = it
                .value
                .as_deref()
                .map_or_else(Value::unknown, Value::pattern);
            (it.name.clone(), value)
        });
        Self {
            values: values.collect(),
        }
    }

    /// Arguments by name.
    pub fn new<'a>(args: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values = args.into_iter();
        let values = values.map(|(name, value)| (name.to_owned(), Value::pattern(value)));
        Self {
            values: values.collect(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }
}
