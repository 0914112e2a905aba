//! The built command, run as users run it.
//!
//! The rules are mostly those of `testdata/packs/mini`, so that no rule of the built-in pack can break a test of the command.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of the tests are tests as well"
)]

mod baselines;
mod changed;
mod check;
mod configuration;
mod distribution;
mod files;
mod formats;
mod graph;
mod hostile;
mod incidents;
mod init;
mod other_commands;
mod output;
mod proxies;
mod registries;
mod secrets;
#[cfg(unix)]
mod signals;
#[cfg(target_os = "linux")]
mod terminal;
mod tree;
