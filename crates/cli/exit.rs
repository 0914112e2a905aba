//! How the command ends: its exit status, and the words for what it could not do.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use kubelint_engine::mistake::Mistake;

use crate::report::line;

/// How the command ends. The format of the output never changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// There are findings.
    Findings,
    /// kubelint could not do its work, or not all of it.
    Failed,
    /// The person stopped it, or somebody asked it to end.
    Interrupted(u8),
}

/// Why kubelint could not do its work: one line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failure(Vec<String>);

/// What a step of the command gives, or why it could not be done.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl ExitStatus {
    /// The number that the system is told.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Failed => 2,
            Self::Interrupted(code) => code,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

impl Failure {
    /// A failure of one line, which says what could not be done with which path, and why.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(vec![message.into()])
    }

    /// The failure that `lines` tell, if there are any.
    pub(crate) fn unless_empty(lines: Vec<String>) -> Outcome<()> {
        if lines.is_empty() {
            Ok(())
        } else {
            Err(Self(lines))
        }
    }
}

impl From<Vec<Mistake>> for Failure {
    fn from(mistakes: Vec<Mistake>) -> Self {
        Self(mistakes.iter().map(ToString::to_string).collect())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|it| writeln!(f, "kubelint: error: {}", line(it)))
    }
}

/// Says one line on standard error. What comes from names of files in it is shown, not obeyed.
pub(crate) fn say(message: &str) {
    tell(format_args!("kubelint: {}\n", line(message)));
}

/// Prints on standard error. Should that be closed, there is nobody left to tell.
pub(crate) fn tell(message: impl fmt::Display) {
    let _ = write!(io::stderr().lock(), "{message}");
}
