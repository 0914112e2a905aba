//! What a builder refuses.

use crate::TextRange;

/// One thing that a builder refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where it is.
    pub range: TextRange,
    /// What it is.
    pub kind: SyntaxErrorKind,
}

/// What a builder refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SyntaxErrorKind {
    /// The escape directive gives another character than `\` or `` ` ``.
    BadEscape,
    /// A parser directive is given twice.
    DirectiveTwice,
    /// A line has more than 65,535 bytes.
    LineTooLong,
    /// The first word is no keyword.
    UnknownInstruction,
    /// An instruction other than `ARG` before the first `FROM`.
    BeforeFrom,
    /// There is no `FROM`.
    NoFrom,
    /// The instruction needs an argument, or one more.
    MissingArgument,
    /// More arguments than the instruction takes.
    TooManyArguments,
    /// A word of `ENV` or `LABEL` has no `=`.
    NoEquals,
    /// A key of `ENV`, `LABEL` or `ARG` is empty.
    EmptyKey,
    /// A JSON array holds something else than strings.
    NotStrings,
    /// `SHELL` is not followed by a JSON array.
    NotExecForm,
    /// A flag that the instruction does not take.
    UnknownFlag,
    /// A flag that is given twice and may be given once.
    FlagTwice,
    /// A flag without a value.
    FlagWithoutValue,
    /// A build stage's name has characters that names may not have.
    BadStageName,
    /// The word after `HEALTHCHECK` is neither `CMD` nor `NONE`.
    BadHealthcheck,
    /// An instruction that cannot be a trigger.
    BadTrigger,
    /// A here-document that does not end.
    UnterminatedHeredoc,
}

impl SyntaxErrorKind {
    /// What is wrong, in lower case, without a full stop.
    pub const fn message(self) -> &'static str {
        match self {
            Self::BadEscape => "the escape character can only be `\\` or a backtick",
            Self::DirectiveTwice => "a parser directive is given twice",
            Self::LineTooLong => "a line has more than 65,535 bytes",
            Self::UnknownInstruction => "this is no instruction",
            Self::BeforeFrom => "only `ARG` may stand before the first `FROM`",
            Self::NoFrom => "there is no `FROM`",
            Self::MissingArgument => "an argument is missing",
            Self::TooManyArguments => "there are too many arguments",
            Self::NoEquals => "a word without `=` among pairs",
            Self::EmptyKey => "a name is empty",
            Self::NotStrings => "an array may hold strings only",
            Self::NotExecForm => "`SHELL` takes a JSON array",
            Self::UnknownFlag => "the instruction has no such flag",
            Self::FlagTwice => "a flag is given twice",
            Self::FlagWithoutValue => "a flag has no value",
            Self::BadStageName => {
                "a stage's name begins with a letter and holds letters, digits, `-`, `_` and `.`"
            }
            Self::BadHealthcheck => "`HEALTHCHECK` is followed by `CMD` or `NONE`",
            Self::BadTrigger => "this instruction cannot be a trigger",
            Self::UnterminatedHeredoc => "a here-document does not end",
        }
    }
}
