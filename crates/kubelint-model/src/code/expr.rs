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
    /// The value of a property of the program's configuration: `server.port`. What may set it, variables among them, the program's
    /// framework decides.
    Property {
        /// The property.
        name: String,
        /// What stands for it where it is not set.
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

    /// Whether it is what the environment variable `variable` holds, or a text that holds that; defaults do not count.
    pub fn names_variable(&self, variable: &str) -> bool {
        match self {
            Self::Variable { name, .. } => name == variable,
            Self::Join(all) | Self::Either(all) => all.iter().any(|it| it.names_variable(variable)),
            _ => false,
        }
    }
}

/// How deep expressions are followed: what stands deeper is unknown. It bounds what calls in calls cost.
pub(super) const MAX_DEPTH: u32 = 12;
/// Longer lists, and texts of more parts, are unknown.
pub(super) const MAX_PARTS: usize = 256;
/// Whoever may have more values than these may have any.
const MAX_VALUES: usize = 16;

/// These parts, one behind the other, as simple as it goes.
pub(super) fn join(parts: impl IntoIterator<Item = Expr>) -> Expr {
    let mut joined: Vec<Expr> = Vec::new();
    for part in parts {
        let inner = match part {
            Expr::Join(inner) => inner,
            other => vec![other],
        };
        for part in inner {
            match (joined.last_mut(), part) {
                (Some(Expr::Text(last)), Expr::Text(text)) => last.push_str(&text),
                (_, Expr::Text(text)) if text.is_empty() => {}
                (_, part) => joined.push(part),
            }
        }
    }
    match joined.len() {
        0 => Expr::Text(String::new()),
        1 => joined.pop().unwrap_or(Expr::Unknown),
        2..=MAX_PARTS => Expr::Join(joined),
        _ => Expr::Unknown,
    }
}

/// The path of these parts, each below the one before.
pub(super) fn below(parts: impl IntoIterator<Item = Expr>) -> Expr {
    let parts = parts.into_iter().enumerate();
    let slashed = parts.map(|(at, part)| match (at, part) {
        (0, Expr::Text(text)) => Expr::Text(text.trim_end_matches('/').to_owned()),
        (0, part) => part,
        (_, part) => join([Expr::Text("/".to_owned()), part]),
    });
    join(slashed.collect::<Vec<_>>())
}

/// One of these, each once.
pub(super) fn either(values: impl IntoIterator<Item = Expr>) -> Expr {
    let mut all: Vec<Expr> = Vec::new();
    for value in values {
        let inner = match value {
            Expr::Either(inner) => inner,
            other => vec![other],
        };
        for value in inner {
            if !all.contains(&value) {
                all.push(value);
            }
        }
        if all.len() > MAX_VALUES {
            return Expr::Unknown;
        }
    }
    match all.len() {
        0 => Expr::Unknown,
        1 => all.pop().unwrap_or(Expr::Unknown),
        _ => Expr::Either(all),
    }
}

/// `first`, and `second` where there is no such: `a or b`, `a || b`; with `skips_empty` also where the first is an empty text, unlike
/// `a ?? b`.
pub(super) fn or(first: Expr, second: Expr, skips_empty: bool) -> Expr {
    let behind = |default: Option<Box<Expr>>| match default {
        Some(it) => Some(Box::new(or(*it, second.clone(), skips_empty))),
        None => Some(Box::new(second.clone())),
    };
    match first {
        Expr::Variable { name, default } => Expr::Variable {
            name,
            default: behind(default),
        },
        Expr::VariableOf { name, default } => Expr::VariableOf {
            name,
            default: behind(default),
        },
        Expr::Text(text) if text.is_empty() && skips_empty => second,
        Expr::Text(text) => Expr::Text(text),
        // Names may hold nothing.
        first => either([first, second]),
    }
}
