//! Texts of which only parts may be known before a build is run.

use crate::build::UNKNOWN;

/// Longer values are not followed: variables that are put into each other again and again double every time.
const MAX_LENGTH: usize = 1 << 16;

/// A text, or a pattern of one: what only the build would tell is `*` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    text: String,
    is_known: bool,
}

impl Value {
    /// A text that is known.
    pub fn known(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_known: true,
        }
    }

    /// A text of which nothing is known.
    pub fn unknown() -> Self {
        Self {
            text: UNKNOWN.to_string(),
            is_known: false,
        }
    }

    /// A text as other facts state it: a `*` in it stands for what is not known.
    pub fn pattern(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            is_known: !text.contains(UNKNOWN),
        }
    }

    /// The text, if all of it is known.
    pub fn as_known(&self) -> Option<&str> {
        self.is_known.then_some(self.text.as_str())
    }

    /// The text; `*` stands for what is not known.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is certainly not empty: something of it is known.
    pub(super) fn holds_text(&self) -> bool {
        if self.is_known {
            !self.text.is_empty()
        } else {
            self.text.contains(|it| it != UNKNOWN)
        }
    }

    /// The same knowledge of another text.
    pub(super) fn map(&self, text: impl FnOnce(&str) -> String) -> Self {
        Self {
            text: text(&self.text),
            is_known: self.is_known,
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.cap();
    }

    pub(super) fn push_value(&mut self, other: &Self) {
        if other.is_known {
            self.text.push_str(&other.text);
        } else if !self.is_known && self.text.ends_with(UNKNOWN) {
            self.text.push_str(other.text.trim_start_matches(UNKNOWN));
        } else {
            self.text.push_str(&other.text);
            self.is_known = false;
        }
        self.cap();
    }

    fn cap(&mut self) {
        if self.text.len() > MAX_LENGTH {
            *self = Self::unknown();
        }
    }
}

impl Default for Value {
    fn default() -> Self {
        Self::known("")
    }
}
