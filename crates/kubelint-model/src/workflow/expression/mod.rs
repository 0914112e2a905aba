//! Expressions of GitHub workflows: `${{ … }}`, and the conditions that are expressions without being marked so.
//!
//! What an expression means is what GitHub documents ("Evaluate expressions in workflows and actions"): falsy values, comparisons that
//! ignore case and coerce to numbers, `&&` and `||` that yield one of their sides. A value is known, partly known or unknown; what is not
//! understood is unknown, never guessed.

mod compile;
mod evaluate;
mod lex;
mod template;
mod value;

pub use compile::Expression;
pub use evaluate::Scope;
pub use template::{Piece, interpolate, pieces};
pub use value::{UNKNOWN, Value};

/// A condition: the value of an `if`.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// An expression.
    Expression(Expression),
    /// Text with expressions in it, which is never empty: it holds whatever the expressions say.
    Text(Vec<Expression>),
    /// Something that does not parse.
    Unknown,
}

impl Condition {
    /// Reads the value of an `if`: an expression, with or without `${{ }}` around it.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let pieces = pieces(text);
        let mut expressions = Vec::new();
        let mut has_text = false;
        for piece in &pieces {
            match piece {
                Piece::Text(_) => has_text = true,
                Piece::Expression { text, .. } => match Expression::parse(text) {
                    Some(expression) => expressions.push(expression),
                    None => return Self::Unknown,
                },
            }
        }
        match (expressions.len(), has_text) {
            (0, _) => Expression::parse(text).map_or(Self::Unknown, Self::Expression),
            (1, false) => expressions.pop().map_or(Self::Unknown, Self::Expression),
            _ => Self::Text(expressions),
        }
    }

    /// Whether it asks for the state of what ran before: GitHub puts `success() &&` before a condition that does not.
    pub fn asks_status(&self) -> bool {
        match self {
            Self::Expression(expression) => expression.asks_status(),
            Self::Text(expressions) => expressions.iter().any(Expression::asks_status),
            Self::Unknown => true,
        }
    }

    /// Whether it holds in `scope`; `None` if that is not known. The `success()` that GitHub adds is included.
    pub fn holds(&self, scope: &dyn Scope) -> Option<bool> {
        let own = match self {
            Self::Expression(expression) => expression.evaluate(scope).truth(),
            Self::Text(_) => Some(true),
            Self::Unknown => return None,
        };
        let implied = if self.asks_status() {
            Some(true)
        } else {
            scope.status("success")
        };
        match (own, implied) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }

    /// The paths of contexts that it reads: `github.event_name`.
    pub fn paths(&self) -> Vec<&[String]> {
        match self {
            Self::Expression(expression) => expression.paths().collect(),
            Self::Text(expressions) => expressions.iter().flat_map(Expression::paths).collect(),
            Self::Unknown => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
