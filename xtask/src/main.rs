//! Tasks for those who work on kubelint: trees to measure with, runs over public repositories, templates for rules.
//!
//! They are called as `cargo xtask TASK`; nothing here is shipped to users.
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a command for developers: its output is its result"
)]

mod corpus;
mod generate;
mod new_rule;
mod rng;
mod walk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::generate::{Layout, Shape};
use crate::new_rule::Kind;

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
        /// What the resources have in common; all but `apps` ignore seed and layout.
        #[arg(long, value_enum, default_value_t = Shape::Apps)]
        shape: Shape,
    },
    /// Walks a folder and reads its YAML and JSON files, and does nothing with them: the floor for measurements.
    Walk {
        /// The folder to read.
        dir: PathBuf,
    },
    /// Runs kubelint over local copies of public repositories, and compares what it finds with what was judged.
    ///
    /// Fails on an error that nobody judged, or that was judged false.
    Corpus {
        /// A folder of repositories called owner+name: checkouts, trees with a file `.commit`, or bare repositories.
        dir: PathBuf,
        /// The kubelint to run [default: a release build of these sources].
        #[arg(long, value_name = "PATH")]
        bin: Option<PathBuf>,
        /// The table of judged findings [default: testdata/judged.tsv].
        #[arg(long, value_name = "FILE")]
        judged: Option<PathBuf>,
        /// Print at most 15 groups a repository that nobody has judged yet, with excerpts.
        #[arg(long, value_name = "SEED")]
        sample: Option<u64>,
        /// Add a row `unjudged` to the table for each finding that has none.
        #[arg(long)]
        add: bool,
    },
    /// Writes the files of a new rule from a template.
    NewRule {
        /// Its category and id, as `network/my-rule`.
        name: String,
        /// A page alone: a selection, a path and what must hold, without code.
        #[arg(long)]
        data: bool,
    },
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    match Arguments::parse().task {
        Task::Generate {
            dir,
            resources,
            seed,
            layout,
            shape,
        } => {
            let written = generate::generate(&dir, resources, seed, layout, shape)?;
            println!("{written}");
        }
        Task::Walk { dir } => println!("{}", walk::walk(&dir)?),
        Task::Corpus {
            dir,
            bin,
            judged,
            sample,
            add,
        } => corpus::corpus(&corpus::Options {
            dir,
            bin,
            judged: judged.unwrap_or_else(|| workspace().join("testdata/judged.tsv")),
            sample,
            add,
        })?,
        Task::NewRule { name, data } => {
            let kind = if data { Kind::Data } else { Kind::Code };
            let rules = workspace().join("rules");
            println!("{}", new_rule::new_rule(&rules, &name, kind)?);
        }
    }
    Ok(())
}

/// The folder of these sources.
fn workspace() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}
