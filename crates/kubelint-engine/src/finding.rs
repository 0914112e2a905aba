//! What a rule says.

use kubelint_model::{Cause, ResourceId};
use kubelint_parser::Span;

/// How bad it is. The order is that of badness: `Info < Warning < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; shown by name or with the strict profile.
    Info,
    /// Likely to hurt.
    Warning,
    /// It will not run.
    Error,
}

/// How sure it is. The order is `Low < Medium < High`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Something absent may be made elsewhere, or something unread may still change it. Info at most, hidden by default.
    Low,
    /// One side is inferred. A warning at most.
    Medium,
    /// Both sides were read and contradict each other, or the API server is certain to refuse.
    High,
}

/// A place and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there, in a few lower-case words; empty for the bare place.
    pub text: String,
}

/// How safe a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// It may change what was meant: applied only when asked for.
    Unsafe,
    /// It keeps the meaning.
    Safe,
}

/// Replaces the bytes of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// How to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, in the imperative.
    pub title: String,
    /// How safe it is.
    pub applicability: Applicability,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// One finding of one rule: what is wrong *here*, both places, what to do. The rule itself, its severity and its title come from
/// its page; a finding may only lower its rule's severity and confidence.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is wrong here: lower case, no full stop, the user's names in backticks.
    pub message: String,
    /// The place that refers.
    pub primary: Label,
    /// The places that contradict, or the nearest candidates.
    pub related: Vec<Label>,
    /// The object it is about, if there is one.
    pub subject: Option<ResourceId>,
    /// Caps the rule's severity.
    pub severity: Option<Severity>,
    /// Caps the rule's confidence.
    pub confidence: Option<Confidence>,
    /// Why: equal for all findings that one edit would mend.
    pub cause: Cause,
    /// The field within the object, as `spec.template.spec.containers[app].image`: list items by their key, else their index.
    pub field: String,
    /// The offending value, as far as it tells two findings of one field apart. Never a Secret's.
    pub value: String,
    /// What to do here; empty for the rule's own remedy.
    pub help: String,
    /// How to mend it, if a machine can.
    pub fix: Option<Fix>,
}

impl Severity {
    /// The word used in output and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

impl Confidence {
    /// The word used in output and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The confidence of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High]
            .into_iter()
            .find(|it| it.as_str() == word)
    }

    /// The worst severity that a finding of this confidence may have.
    pub const fn cap(self) -> Severity {
        match self {
            Self::Low => Severity::Info,
            Self::Medium => Severity::Warning,
            Self::High => Severity::Error,
        }
    }
}

impl Finding {
    /// A finding at `span`, of the rule's own severity and confidence.
    pub fn new(span: Span, message: impl Into<String>, cause: Cause) -> Self {
        Self {
            message: message.into(),
            primary: Label {
                span,
                text: String::new(),
            },
            related: Vec::new(),
            subject: None,
            severity: None,
            confidence: None,
            cause,
            field: String::new(),
            value: String::new(),
            help: String::new(),
            fix: None,
        }
    }

    /// What is at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// The object it is about, and the field and value within it that tell this finding apart.
    #[must_use]
    pub fn about(
        mut self,
        subject: ResourceId,
        field: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.subject = Some(subject);
        self.field = field.into();
        self.value = value.into();
        self
    }

    /// Caps the severity.
    #[must_use]
    pub fn at_most(mut self, severity: Severity) -> Self {
        self.severity = Some(self.severity.map_or(severity, |it| it.min(severity)));
        self
    }

    /// Caps the confidence.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(self.confidence.map_or(confidence, |it| it.min(confidence)));
        self
    }

    /// What to do here.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}
