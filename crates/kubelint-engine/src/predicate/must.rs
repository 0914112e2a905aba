//! What must hold of a value.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use kubelint_model::{KubeNode, Quantity};
use kubelint_parser::yaml::Node;
use kubelint_parser::yaml::resolve::Scalar;

use crate::mistake::{InputText, Mistake};
use crate::params::{Param, Params};
use crate::shape::{Shape, optional};
use crate::value::{Data, Value};

/// What must hold.
#[derive(Clone, Debug)]
pub(super) enum Must {
    Exists,
    Absent,
    Equal(Operand),
    Not(Operand),
    In(Vec<Operand>),
    NotIn(Vec<Operand>),
    Matches(GlobSet),
    NotMatches(GlobSet),
    Min(Operand),
    Max(Operand),
    Contains(Operand),
}

/// Whether it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Holds,
    Fails,
}

/// What a value is compared with.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Literal(Data),
    /// A parameter of the rule.
    Param(String),
}

/// What stands under `must:`.
pub(super) const SHAPE: Shape = Shape::Either(&[
    Shape::Word(&["exists", "absent"]),
    Shape::Map(&[
        optional("equal", Shape::Any, "It is this."),
        optional("not", Shape::Any, "It is not this."),
        optional("in", LIST, "It is one of these."),
        optional("not-in", LIST, "It is none of these."),
        optional(
            "matches",
            TEXTS,
            "One of these patterns is of the whole value.",
        ),
        optional("not-matches", TEXTS, "None of these patterns is."),
        optional(
            "min",
            Shape::Quantity,
            "It is at least this number or quantity.",
        ),
        optional(
            "max",
            Shape::Quantity,
            "It is at most this number or quantity.",
        ),
        optional("contains", Shape::Any, "It is a list that has this item."),
    ]),
]);

const LIST: Shape = Shape::Either(&[Shape::List(&Shape::Any), Shape::Text]);
const TEXTS: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);

impl Must {
    pub(super) fn read(
        input: &InputText<'_>,
        value: &Value,
        params: &Params,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        match value.as_str() {
            Some("exists") => return Some(Self::Exists),
            Some(_) => return Some(Self::Absent),
            None => {}
        }
        let [(key, operand)] = value.entries() else {
            let message = "`must` says one thing; further conditions stand under `when`";
            mistakes.push(input.mistake(value.range, message));
            return None;
        };
        let mut one = |it: &Value| read_operand(input, it, params, mistakes);
        Some(match key.text.as_str() {
            "equal" => Self::Equal(one(operand)?),
            "not" => Self::Not(one(operand)?),
            "min" => Self::Min(one(operand)?),
            "max" => Self::Max(one(operand)?),
            "contains" => Self::Contains(one(operand)?),
            "in" => Self::In(operand.items().iter().map(one).collect::<Option<_>>()?),
            "not-in" => Self::NotIn(operand.items().iter().map(one).collect::<Option<_>>()?),
            "matches" => Self::Matches(patterns(input, operand, mistakes)?),
            _ => Self::NotMatches(patterns(input, operand, mistakes)?),
        })
    }

    /// Whether it holds of `value`, or of `default` where there is none.
    pub(super) fn outcome(
        &self,
        value: Option<Node<'_>>,
        default: Option<&Value>,
        params: &Params,
    ) -> Outcome {
        let holds = match (self, value) {
            (Self::Exists, value) => value.is_some(),
            (Self::Absent, value) => value.is_none(),
            (Self::Contains(item), Some(value)) => value
                .resolved()
                .items()
                .filter_map(KubeNode::scalar)
                .any(|it| item.is(&it, params)),
            // A list or mapping where a scalar belongs is another rule's business.
            (_, Some(value)) => value.scalar().is_none_or(|it| self.holds(&it, params)),
            (_, None) => match default {
                Some(default) => self.holds(&default.data.scalar(), params),
                None => matches!(self, Self::Not(_) | Self::NotIn(_) | Self::NotMatches(_)),
            },
        };
        if holds {
            Outcome::Holds
        } else {
            Outcome::Fails
        }
    }

    fn holds(&self, value: &Scalar<'_>, params: &Params) -> bool {
        match self {
            Self::Exists => true,
            Self::Absent | Self::Contains(_) => false,
            Self::Equal(other) => other.is(value, params),
            Self::Not(other) => !other.is(value, params),
            Self::In(others) => others.iter().any(|it| it.is(value, params)),
            Self::NotIn(others) => !others.iter().any(|it| it.is(value, params)),
            Self::Matches(patterns) => patterns.is_match(text(value)),
            Self::NotMatches(patterns) => !patterns.is_match(text(value)),
            Self::Min(least) => compare(value, least, params).is_none_or(std::cmp::Ordering::is_ge),
            Self::Max(most) => compare(value, most, params).is_none_or(std::cmp::Ordering::is_le),
        }
    }
}

impl Operand {
    /// Whether `value` equals this, or, if this is a list parameter, one of its items.
    fn is(&self, value: &Scalar<'_>, params: &Params) -> bool {
        match self {
            Self::Literal(data) => equal(value, &data.scalar()),
            Self::Param(name) => match params.get(name) {
                Some(Param::Bool(other)) => equal(value, &Scalar::Bool(*other)),
                Some(Param::Int(other)) => equal(value, &Scalar::Int(*other)),
                Some(Param::Text(other)) => equal(value, &Scalar::Str(other.into())),
                Some(Param::List(others)) => others
                    .iter()
                    .any(|other| equal(value, &Scalar::Str(other.into()))),
                None => false,
            },
        }
    }

    fn quantity(&self, params: &Params) -> Option<Quantity> {
        match self {
            Self::Literal(data) => Quantity::of(&data.scalar()),
            Self::Param(name) => match params.get(name)? {
                Param::Int(number) => Quantity::of(&Scalar::Int(*number)),
                Param::Text(text) => Quantity::parse(text),
                Param::Bool(_) | Param::List(_) => None,
            },
        }
    }
}

impl Data {
    /// As a scalar of a manifest; lists and mappings are null.
    fn scalar(&self) -> Scalar<'_> {
        match self {
            Self::Bool(value) => Scalar::Bool(*value),
            Self::Int(value) => Scalar::Int(*value),
            Self::Float(value) => Scalar::Float(*value),
            Self::Text(value) => Scalar::Str(value.as_str().into()),
            Self::Null | Self::List(_) | Self::Map(_) => Scalar::Null,
        }
    }
}

fn read_operand(
    input: &InputText<'_>,
    value: &Value,
    params: &Params,
    mistakes: &mut Vec<Mistake>,
) -> Option<Operand> {
    if matches!(value.data, Data::List(_) | Data::Map(_)) {
        let message = format!(
            "a single value is meant here, not {}",
            value.data.describe()
        );
        mistakes.push(input.mistake(value.range, message));
        return None;
    }
    let Some(name) = value.as_str().and_then(|it| it.strip_prefix('$')) else {
        return Some(Operand::Literal(value.data.clone()));
    };
    if params.get(name).is_none() {
        let known = params.iter().map(|(name, _)| name);
        let hint = crate::suggest::hint(crate::suggest::did_you_mean(name, known));
        let message = format!("the page has no parameter `{name}`{hint}");
        mistakes.push(input.mistake(value.range, message));
        return None;
    }
    Some(Operand::Param(name.to_owned()))
}

fn patterns(input: &InputText<'_>, value: &Value, mistakes: &mut Vec<Mistake>) -> Option<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for item in value.items() {
        match GlobBuilder::new(item.as_str()?).build() {
            Ok(glob) => _ = set.add(glob),
            Err(error) => {
                mistakes.push(input.mistake(item.range, format!("no pattern: {}", error.kind())));
                return None;
            }
        }
    }
    set.build().ok()
}

fn equal(a: &Scalar<'_>, b: &Scalar<'_>) -> bool {
    match (a, b) {
        (
            Scalar::Int(_) | Scalar::UInt(_) | Scalar::Float(_),
            Scalar::Int(_) | Scalar::Float(_),
        ) => Quantity::of(a).is_some_and(|it| Some(it) == Quantity::of(b)),
        _ => a == b,
    }
}

/// How a value compares with a number or quantity, if both are one.
fn compare(value: &Scalar<'_>, other: &Operand, params: &Params) -> Option<std::cmp::Ordering> {
    Some(Quantity::of(value)?.cmp(&other.quantity(params)?))
}

/// A scalar as patterns see it.
fn text(value: &Scalar<'_>) -> String {
    match value {
        Scalar::Null | Scalar::Refused(_) => String::new(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::UInt(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        Scalar::Str(text) => text.to_string(),
    }
}
