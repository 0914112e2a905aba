//! The `kubelint` command: arguments, configuration, files and reporters around the engine's one function.
//!
//! Everything that touches the world is here: files, environment, clock, standard streams, signals.

mod args;
mod changed;
mod commands;
mod config;
mod disk;
mod exit;
mod git;
mod graph;
mod init;
mod interrupt;
mod notes;
mod online;
mod origin;
mod output;
mod packs;
mod peers;
mod report;
mod run;
mod targets;
mod timings;

use std::process::ExitCode;

fn main() -> ExitCode {
    run::run().into()
}
