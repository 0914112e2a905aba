//! The languages whose syntax is known.

use std::sync::LazyLock;

/// A programming language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Python 3.
    Python,
}

static PYTHON: LazyLock<tree_sitter::Language> =
    LazyLock::new(|| tree_sitter_python::LANGUAGE.into());

impl Language {
    /// Every language.
    pub const ALL: [Self; 1] = [Self::Python];

    /// The language of a file, by the extension of its name.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "py" => Some(Self::Python),
            _ => None,
        }
    }

    /// Its name: `Python`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Python => "Python",
        }
    }

    pub(super) fn grammar(self) -> &'static tree_sitter::Language {
        match self {
            Self::Python => &PYTHON,
        }
    }
}
