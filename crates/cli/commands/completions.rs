//! `kubelint completions`: a script that completes the command line, for a shell.

use clap_complete::Shell;

use crate::args;
use crate::exit::{ExitStatus, Outcome};
use crate::output;

/// Prints the script for `shell`.
pub(crate) fn run(shell: Shell) -> Outcome<ExitStatus> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "kubelint", &mut script);
    output::to_stdout(Box::new(|out| out.write_all(&script)))?;
    Ok(ExitStatus::Clean)
}
