//! Tasks for those who work on kubelint: trees to measure with, runs over public repositories, templates for rules.
//!
//! They are called as `cargo xtask TASK`; nothing here is shipped to users.
#![expect(
    clippy::print_stdout,
    reason = "a command for developers: its output is its result"
)]

mod generate;
mod rng;
mod walk;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::generate::Layout;

/// Tasks for those who work on kubelint.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Writes a tree of realistic, consistent manifests; equal arguments write equal bytes.
    Generate {
        /// The folder to write: new or empty.
        dir: PathBuf,
        /// How many resources to write.
        #[arg(long, value_name = "N")]
        resources: usize,
        /// Which of the possible trees to write.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How to spread the resources over files.
        #[arg(long, value_enum, default_value_t = Layout::Spread)]
        layout: Layout,
    },
    /// Walks a folder and reads its YAML and JSON files, and does nothing with them: the floor for measurements.
    Walk {
        /// The folder to read.
        dir: PathBuf,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Generate {
            dir,
            resources,
            seed,
            layout,
        } => {
            let written = generate::generate(&dir, resources, seed, layout)?;
            println!("{written}");
        }
        Task::Walk { dir } => println!("{}", walk::walk(&dir)?),
    }
    Ok(())
}
