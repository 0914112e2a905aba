//! What a word may become.

use kubelint_parser::TextRange;

use crate::FileId;

/// Stands for text that is not known: no file's name holds it.
pub const UNKNOWN: char = '\u{1}';

/// Stands for the absolute path of the repository's root.
pub const ROOT: char = '\u{2}';

/// Begins a variable of the environment where those are kept ([`super::Options::keeps_environment`]); its name follows, …
pub const VARIABLE: char = '\u{3}';
/// … then this and its default, if it has one, …
pub const DEFAULT: char = '\u{4}';
/// … and this is its end.
pub const END: char = '\u{5}';

/// Stands for the absolute path of the folder from which somebody starts the script.
pub const START: char = '\u{6}';

/// Longer values are not followed.
const MAX_LENGTH: usize = 4096;
/// Of how many places a value is remembered to come from.
const MAX_ORIGINS: usize = 8;

/// A text as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The text: [`UNKNOWN`] for what is not known, [`ROOT`] for the path of the repository, [`START`] for
    /// that of the folder from which the script is started.
    pub text: String,
    /// Where its text is written, as far as that is not the word itself.
    pub origins: Vec<Origin>,
    /// Whether a default was taken for it that the environment may override.
    pub assumed: bool,
}

/// Where a part of a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// The place in it.
    pub range: TextRange,
}

impl Value {
    /// A value of which nothing is known.
    pub fn unknown() -> Self {
        Self::from(UNKNOWN.to_string())
    }

    /// Whether all of it is known.
    pub fn is_known(&self) -> bool {
        !self.text.contains(UNKNOWN)
    }

    /// The text with `*` for what is not known.
    pub fn pattern(&self) -> String {
        let mut found = String::with_capacity(self.text.len());
        for char in self.text.chars() {
            match char {
                UNKNOWN | ROOT | START if found.ends_with('*') => {}
                UNKNOWN | ROOT | START => found.push('*'),
                char => found.push(char),
            }
        }
        found
    }

    /// Adds another value behind it.
    pub(crate) fn push(&mut self, other: &Self) {
        if self.text.len() + other.text.len() > MAX_LENGTH {
            *self = Self::unknown();
            return;
        }
        let repeats = self.text.ends_with(UNKNOWN) && other.text.starts_with(UNKNOWN);
        let skipped = if repeats { UNKNOWN.len_utf8() } else { 0 };
        self.text.push_str(&other.text[skipped..]);
        self.assumed |= other.assumed;
        for origin in &other.origins {
            if self.origins.len() < MAX_ORIGINS && !self.origins.contains(origin) {
                self.origins.push(*origin);
            }
        }
    }

    /// The same with another text.
    pub(super) fn with_text(&self, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            origins: self.origins.clone(),
            assumed: self.assumed,
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}
