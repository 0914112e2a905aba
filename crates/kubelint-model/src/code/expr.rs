//! What an expression of a program says, as far as its file tells.
//!
//! Names are paths in their file ([`super::CodeFacts::definitions`] has the same): what is local to a function stands behind the function's
//! name (`create_app.app`, its parameters too), what belongs to a class behind that of the class (`Server.port` for `self.port`), and an
//! entry of a mapping behind the mapping (`config.port` for `config["port"]`). All else is written as in the text.

/// The value of an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expr {
    /// A text or number that is written out: its value, without quotes.
    Text(String),
    /// What an environment variable holds, as text or converted.
    Variable {
        /// The variable.
        name: String,
        /// What stands for it where it is not set: `None` if the program has none.
        default: Option<Box<Expr>>,
    },
    /// What the environment variable holds whose name this says: a function's parameter, or what another file defines.
    VariableOf {
        /// The name.
        name: Box<Expr>,
        /// As of [`Expr::Variable`].
        default: Option<Box<Expr>>,
    },
    /// What a command-line flag holds: `--port`.
    Flag {
        /// The flag, with its dashes; its other spellings are in the order in which they are stated.
        names: Vec<String>,
        /// What stands for it where it is not given.
        default: Option<Box<Expr>>,
    },
    /// What a name stands for that is defined elsewhere, in the file or in another: `settings.port`.
    Name(String),
    /// A part of what is not just a name: `port` of `get_settings().port`.
    Member {
        /// What it is a part of.
        of: Box<Expr>,
        /// The part.
        name: String,
    },
    /// What a function returns, or the object of a class that is made: `create_app()`, `Settings(port=80)`.
    Call {
        /// The function or class: `create_app`.
        callee: String,
        /// The arguments by position.
        arguments: Vec<Expr>,
        /// The arguments by name.
        named: Vec<(String, Expr)>,
    },
    /// All of these: a list, a tuple.
    List(Vec<Expr>),
    /// These, one behind the other.
    Join(Vec<Expr>),
    /// One of these: nobody can tell which.
    Either(Vec<Expr>),
    /// Anything.
    Unknown,
}

impl Expr {
    /// The text, if it is written out.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}
