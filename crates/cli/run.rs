//! From arguments to an exit status: which command does the work.

use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::args::{Args, Command};
use crate::commands::{check, completions, explain, graph, init, lock, man, rules, schema};
use crate::exit::{ExitStatus, Failure, Outcome, say, tell};
use crate::interrupt::Interrupts;

/// Does what the arguments ask for, and says on standard error what could not be done.
pub(crate) fn run() -> ExitStatus {
    let args = match Args::from_process() {
        Ok(args) => args,
        Err(error) => {
            // Also `--help` and `--version` come here. Should nobody read them, nothing is lost.
            let _ = error.print();
            if let Some(path) = path_for_command(&error) {
                say(&format!("tip: `kubelint check {path}` checks it"));
            }
            return match error.exit_code() {
                0 => ExitStatus::Clean,
                _ => ExitStatus::Failed,
            };
        }
    };
    let interrupts = match Interrupts::watch() {
        Ok(interrupts) => interrupts,
        Err(error) => {
            tell(Failure::new(format!(
                "cannot watch for interrupts: {error}"
            )));
            return ExitStatus::Failed;
        }
    };
    let outcome = dispatch(&args, &interrupts);
    if let Some(interrupted) = interrupts.came() {
        return interrupted;
    }
    outcome.unwrap_or_else(|failure| {
        tell(failure);
        ExitStatus::Failed
    })
}

/// The path that stands where a command belongs: whoever knows other linters leaves `check` out.
fn path_for_command(error: &clap::Error) -> Option<String> {
    let given = (error.kind() == ErrorKind::InvalidSubcommand)
        .then(|| error.get(ContextKind::InvalidSubcommand))?;
    match given? {
        ContextValue::String(given) if Path::new(given).exists() => Some(given.clone()),
        _ => None,
    }
}

fn dispatch(args: &Args, interrupts: &Interrupts) -> Outcome<ExitStatus> {
    match &args.command {
        Command::Check(check) => check::run(check, args.print, interrupts),
        Command::Lock(lock) => lock::run(lock, args.print, interrupts),
        Command::Init(init) => init::run(init, args.print, interrupts),
        Command::Graph(graph) => graph::run(graph),
        Command::Explain(explain) => explain::run(explain, args.print),
        Command::Rules(rules) => rules::run(rules),
        Command::Schema(schema) => schema::run(schema.what),
        Command::Completions(completions) => completions::run(completions.shell),
        Command::Man(man) => man::run(&man.dir, interrupts),
    }
}
