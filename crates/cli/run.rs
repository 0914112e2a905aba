//! From arguments to an exit status: which command does the work.

use crate::args::{Args, Command};
use crate::commands::{check, completions, explain, graph, init, lock, man, rules, schema};
use crate::exit::{ExitStatus, Failure, Outcome, tell};
use crate::interrupt::Interrupts;

/// Does what the arguments ask for, and says on standard error what could not be done.
pub(crate) fn run() -> ExitStatus {
    let args = match Args::from_process() {
        Ok(args) => args,
        Err(error) => {
            // Also `--help` and `--version` come here. Should nobody read them, nothing is lost.
            let _ = error.print();
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
