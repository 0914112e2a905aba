//! A rule's parameters: their defaults stand on its page, the configuration may give others of the same type.

use std::collections::BTreeMap;

use crate::RuleId;
use crate::mistake::{InputText, Mistake};
use crate::settings::{ParamWish, Word};
use crate::suggest::{did_you_mean, hint};
use crate::value::{Data, Value};

/// The value of a parameter. Its type is that of the default on the rule's page.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string.
    Text(String),
    /// A list of strings.
    List(Vec<String>),
}

/// The parameters of one rule by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(BTreeMap<String, Param>);

impl Param {
    /// The parameter that `value` states, if it is one.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        match &value.data {
            Data::Bool(it) => Some(Self::Bool(*it)),
            Data::Int(it) => Some(Self::Int(*it)),
            Data::Text(it) => Some(Self::Text(it.clone())),
            Data::List(items) => items
                .iter()
                .map(|it| it.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map(Self::List),
            Data::Null | Data::Float(_) | Data::Map(_) => None,
        }
    }

    fn describe(&self) -> &'static str {
        match self {
            Self::Bool(_) => "true or false",
            Self::Int(_) => "an integer",
            Self::Text(_) => "a string",
            Self::List(_) => "a list of strings",
        }
    }
}

impl Params {
    /// The parameter `name`, if the rule has it.
    pub fn get(&self, name: &str) -> Option<&Param> {
        self.0.get(name)
    }

    /// All parameters, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Param)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The integer `name`; `None` if the page declares no such integer.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Param::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The boolean `name`; `None` if the page declares no such boolean.
    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Param::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The string `name`; `None` if the page declares no such string.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Param::Text(value) => Some(value),
            _ => None,
        }
    }

    /// The strings of the list `name`; none if the page declares no such list.
    pub fn list(&self, name: &str) -> &[String] {
        match self.get(name) {
            Some(Param::List(values)) => values,
            _ => &[],
        }
    }

    /// Reads the defaults from a page's `params:`.
    pub(crate) fn defaults(
        input: &InputText<'_>,
        value: &Value,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let mut params = BTreeMap::new();
        for (key, value) in value.entries() {
            match Param::from_value(value) {
                Some(param) => {
                    params.insert(key.text.clone(), param);
                }
                None => mistakes.push(input.mistake(
                    value.range,
                    format!(
                        "the default of `{}` is true or false, an integer, a string or a list of strings",
                        key.text
                    ),
                )),
            }
        }
        Self(params)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the rule `rule` the value that the user wishes.
    pub(crate) fn set(&mut self, rule: &RuleId, wish: &ParamWish) -> Result<(), Mistake> {
        let name = &wish.name.text;
        let wrong = |word: &Word, message| {
            Err(Mistake {
                place: word.place.clone(),
                message,
            })
        };
        let hint = hint(did_you_mean(name, self.0.keys().map(String::as_str)));
        let Some(param) = self.0.get_mut(name) else {
            let message = format!("`{rule}` has no parameter `{name}`{hint}");
            return wrong(&wish.name, message);
        };
        match &wish.value {
            Some(given) if std::mem::discriminant(given) == std::mem::discriminant(param) => {
                *param = given.clone();
                Ok(())
            }
            _ => {
                let message = format!(
                    "the parameter `{name}` of `{rule}` is {}, not {}",
                    param.describe(),
                    wish.written.text
                );
                wrong(&wish.written, message)
            }
        }
    }
}
