//! Values of expressions, as far as they are known.

use std::cmp::Ordering;

/// What stands for an unknown part of a text.
pub const UNKNOWN: char = '*';

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing is known of it.
    Unknown,
    /// Only its truth is known.
    Truth(bool),
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A text that is known in part: `*` stands for what is not.
    Partial(String),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// One of them is not known.
    Unknown,
    /// They have no order: one is not a number.
    None,
    Is(Ordering),
}

impl Value {
    /// Whether it counts as true; `None` if that is not known. Falsy are `false`, `0`, `-0`, `''`, `null` and NaN.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Truth(value) | Self::Bool(value) => Some(*value),
            Self::Null => Some(false),
            Self::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            Self::Text(text) => Some(!text.is_empty()),
            Self::Partial(text) => text.chars().any(|it| it != UNKNOWN).then_some(true),
        }
    }

    /// The text that it becomes in `${{ }}`; `*` for what is not known.
    pub fn text(&self) -> String {
        match self {
            Self::Unknown | Self::Truth(_) => UNKNOWN.to_string(),
            Self::Null => String::new(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) | Self::Partial(text) => text.clone(),
        }
    }

    /// A text that may be known in part.
    pub fn of_text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.contains(UNKNOWN) {
            Self::Partial(text)
        } else {
            Self::Text(text)
        }
    }

    /// Whether it is known in full.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown | Self::Truth(_) | Self::Partial(_))
    }

    /// Whether two values are equal, as `==` compares them; `None` if that is not known.
    pub(super) fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Partial(pattern), Self::Text(text))
            | (Self::Text(text), Self::Partial(pattern)) => {
                (!matches(&pattern.to_lowercase(), &text.to_lowercase())).then_some(false)
            }
            _ => match self.compare(other) {
                Order::Unknown => None,
                Order::None => Some(false),
                Order::Is(order) => Some(order.is_eq()),
            },
        }
    }

    /// How two values compare.
    pub(super) fn compare(&self, other: &Self) -> Order {
        if !self.is_known() || !other.is_known() {
            return Order::Unknown;
        }
        let order = match (self, other) {
            (Self::Text(left), Self::Text(right)) => {
                Some(left.to_lowercase().cmp(&right.to_lowercase()))
            }
            _ => self.number().partial_cmp(&other.number()),
        };
        order.map_or(Order::None, Order::Is)
    }

    /// The number that a value is taken for beside one of another type.
    fn number(&self) -> f64 {
        match self {
            Self::Null => 0.0,
            Self::Bool(value) => f64::from(u8::from(*value)),
            Self::Number(number) => *number,
            Self::Text(text) if text.trim().is_empty() => 0.0,
            Self::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
            Self::Unknown | Self::Truth(_) | Self::Partial(_) => f64::NAN,
        }
    }
}

/// Whether `text` can be what `pattern` stands for, whose `*` match anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split(UNKNOWN);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
