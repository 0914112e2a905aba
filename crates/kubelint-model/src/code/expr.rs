//! What an expression of a program says, as far as its file tells.

/// The value of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// What a command-line flag holds: `--port`.
    Flag {
        /// The flag, with its dashes; its other spellings are in the order in which they are stated.
        names: Vec<String>,
        /// What stands for it where it is not given.
        default: Option<Box<Expr>>,
    },
    /// What a name stands for that is defined elsewhere, in the file or in another: `settings.port`.
    Name(String),
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
