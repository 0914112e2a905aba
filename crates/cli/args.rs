//! The command line: what can be asked, and nothing of what it means.

use std::io;
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use clap::builder::{OsStr, PossibleValuesParser, Resettable, TypedValueParser};
use clap::{
    ArgAction, Args as ClapArgs, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
};
use kubelint_engine::Confidence;
use kubelint_engine::settings::{FailOn, KubernetesVersion, Profile};

use crate::report::Format;

mod network;

pub(crate) use network::{OnlineArgs, RegistryArgs};

/// Find what will stop a Kubernetes rollout, before it does.
#[derive(Debug, Parser)]
#[command(
    name = "kubelint",
    version,
    propagate_version = false,
    max_term_width = 100
)]
#[command(
    after_help = "Exit status: 0 nothing at or above --fail-on, 1 findings, 2 kubelint could not do its work."
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How to print.
    #[command(flatten)]
    pub(crate) print: PrintArgs,
}

/// How much to print, and how.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub(crate) struct PrintArgs {
    /// When to use colours; `NO_COLOR` and `CLICOLOR_FORCE` are honoured too
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        env = "KUBELINT_COLOR"
    )]
    pub(crate) color: ColorWhen,
    /// Print findings and errors only: no notes, no counts
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Also print what was decided and why: the root, the configuration, the files left out
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

impl PrintArgs {
    /// Findings and errors only, plainly.
    pub(crate) const QUIET: Self = Self {
        color: ColorWhen::Never,
        quiet: true,
        verbose: false,
    };
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check manifests and everything their rollout depends on
    Check(Box<CheckArgs>),
    /// Ask registries about the images that workloads run, and write what they say to `kubelint.lock`
    Lock(LockArgs),
    /// Write a `kubelint.yaml` for this repository, from what is in it
    Init(InitArgs),
    /// Print the deployment graph: what refers to what, and where it leads
    Graph(GraphArgs),
    /// Print the page of a rule: what it flags, why, examples, what to do
    Explain(ExplainArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Print the JSON Schema of the configuration file, the lock file, or what `--format json` prints
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Write the manual pages, `kubelint.1` and one for each command, into a folder
    Man(ManArgs),
}

/// `kubelint check`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// Files and folders to check; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The path that standard input stands for
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,

    /// What to read.
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Which rules to run.
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// What counts.
    #[command(flatten)]
    pub(crate) decide: DecideArgs,
    /// What to ask of registries.
    #[command(flatten)]
    pub(crate) online: OnlineArgs,
    /// What to print.
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// What `check` reads.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// The folder outside of which nothing is read [default: the nearest one upwards with `.git`, or with a `kubelint.yaml`
    /// that says `root: true`]
    #[arg(long, value_name = "DIR", env = "KUBELINT_ROOT")]
    pub(crate) root: Option<PathBuf>,
    /// The configuration file [default: `kubelint.yaml` in the root]
    #[arg(long, value_name = "FILE", env = "KUBELINT_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Read no configuration file, neither the repository's nor your own
    #[arg(long, conflicts_with = "config")]
    pub(crate) no_config: bool,
    /// A folder of further rule pages; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) pack: Vec<PathBuf>,
    /// Larger files are refused: a number of bytes, or with a unit as `64MiB`
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = parse_size, env = "KUBELINT_MAX_FILE_SIZE")]
    pub(crate) max_file_size: u64,
}

/// Which rules `check` runs.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RuleArgs {
    /// Run only these rules or categories
    #[arg(
        long,
        value_name = "RULE,CATEGORY",
        value_delimiter = ',',
        env = "KUBELINT_SELECT"
    )]
    pub(crate) select: Vec<String>,
    /// Run these as well
    #[arg(
        long,
        value_name = "RULE,CATEGORY",
        value_delimiter = ',',
        env = "KUBELINT_EXTEND_SELECT"
    )]
    pub(crate) extend_select: Vec<String>,
    /// Do not run these
    #[arg(
        long,
        value_name = "RULE,CATEGORY",
        value_delimiter = ',',
        env = "KUBELINT_IGNORE"
    )]
    pub(crate) ignore: Vec<String>,
    /// The rules to begin with; `strict` adds advice on security, reliability and order [default: default]
    #[arg(long, value_name = "NAME", env = "KUBELINT_PROFILE", value_parser = word(Profile::WORDS, Profile::parse))]
    pub(crate) profile: Option<Profile>,
    /// Run rules that are still in preview
    #[arg(long, env = "KUBELINT_PREVIEW", value_parser = clap::builder::BoolishValueParser::new(), action = ArgAction::SetTrue)]
    pub(crate) preview: bool,
    /// The version of the cluster, as `1.34`
    #[arg(long, value_name = "VERSION", env = "KUBELINT_KUBERNETES_VERSION", value_parser = parse_version)]
    pub(crate) kubernetes_version: Option<KubernetesVersion>,
}

/// What counts.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Decisions")]
pub(crate) struct DecideArgs {
    /// The least severity that makes the exit status 1 [default: error]
    #[arg(long, value_name = "SEVERITY", env = "KUBELINT_FAIL_ON", value_parser = word(FailOn::WORDS, FailOn::parse))]
    pub(crate) fail_on: Option<FailOn>,
    /// The least confidence that is shown [default: medium]
    #[arg(long, value_name = "CONFIDENCE", env = "KUBELINT_MIN_CONFIDENCE", value_parser = word(CONFIDENCES, Confidence::parse))]
    pub(crate) min_confidence: Option<Confidence>,
    /// Findings that were there before the change do not count: those of the files as git has them in REF, `HEAD` if none is given. If
    /// REF has commits that HEAD lacks, the files are those from which the two parted
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "HEAD", env = "KUBELINT_CHANGED")]
    pub(crate) changed: Option<String>,
    /// Findings in this file do not count
    #[arg(long, value_name = "FILE", env = "KUBELINT_BASELINE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write the findings of this run to FILE, so that they do not count from then on [default: the file that --baseline or the
    /// configuration names]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    #[expect(
        clippy::option_option,
        reason = "absent, given, given with a value: clap's own convention"
    )]
    pub(crate) write_baseline: Option<Option<PathBuf>>,
}

/// What `check` prints.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// How findings are printed [default: `human` on a terminal, else `concise`]
    #[arg(long, value_name = "FORMAT", env = "KUBELINT_FORMAT", value_parser = word(Format::ALL.map(Format::as_str), Format::parse))]
    pub(crate) format: Option<Format>,
    /// Write the findings to FILE, all of them or none
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Also write the findings to FILE in FORMAT, as `sarif=kubelint.sarif`; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_report)]
    pub(crate) report: Vec<(Format, PathBuf)>,
    /// Print which files would be read, as what, and which are left out and why; check nothing
    #[arg(long)]
    pub(crate) show_files: bool,
    /// Print how often each rule was found, in the formats that people read
    #[arg(long)]
    pub(crate) statistics: bool,
    /// Print how long each stage took, on standard error
    #[arg(long)]
    pub(crate) timings: bool,
}

/// `kubelint lock`.
#[derive(Debug, ClapArgs)]
pub(crate) struct LockArgs {
    /// Files and folders whose images are looked up. What was locked of other images stays, unless a path is the root
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; say which entries are stale, and exit with 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,
    /// Write to FILE, all of it or nothing; `-` is standard output [default: `kubelint.lock` in the root]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// What to read.
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// How registries are asked.
    #[command(flatten)]
    pub(crate) registries: RegistryArgs,
}

/// `kubelint init`.
#[derive(Debug, ClapArgs)]
pub(crate) struct InitArgs {
    /// Print the file on standard output, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Replace a `kubelint.yaml` that is there
    #[arg(long)]
    pub(crate) force: bool,
    /// The folder for which it is written [default: the nearest one upwards with `.git`, or with a `kubelint.yaml` that says
    /// `root: true`; else this one]
    #[arg(long, value_name = "DIR", env = "KUBELINT_ROOT")]
    pub(crate) root: Option<PathBuf>,
}

/// `kubelint graph`.
#[derive(Debug, ClapArgs)]
pub(crate) struct GraphArgs {
    /// Files and folders, and resources as `deploy/web`; what exists as a path is one. Resources are shown with all that they are
    /// linked with [default: all resources below `.`]
    #[arg(value_name = "PATH|RESOURCE")]
    pub(crate) subjects: Vec<String>,
    /// Only resources of this namespace, and those that state none
    #[arg(short, long, value_name = "NAMESPACE")]
    pub(crate) namespace: Option<String>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: GraphFormat,
    /// What to read.
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// `kubelint explain`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ExplainArgs {
    /// The rule's id, or that of the same check in kube-linter, kube-score, polaris, checkov, trivy or kubescape; or a category
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
    /// A folder of further rule pages; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) pack: Vec<PathBuf>,
}

/// `kubelint rules`.
#[derive(Debug, ClapArgs)]
pub(crate) struct RulesArgs {
    /// How they are listed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: RulesFormat,
    /// A folder of further rule pages; may be given several times
    #[arg(long, value_name = "DIR")]
    pub(crate) pack: Vec<PathBuf>,
}

/// `kubelint schema`.
#[derive(Debug, ClapArgs)]
pub(crate) struct SchemaArgs {
    /// Of what
    #[arg(value_enum, value_name = "WHAT")]
    pub(crate) what: SchemaOf,
}

/// `kubelint completions`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// `kubelint man`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ManArgs {
    /// The folder; it is made if it is not there
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal.
    #[default]
    Auto,
    /// Also into files and pipes.
    Always,
    /// Not even on a terminal.
    Never,
}

impl ColorWhen {
    /// Whether to use colours in the output to `file`, or else to standard output.
    pub(crate) fn for_output(self, file: Option<&Path>) -> bool {
        match (self, file) {
            (Self::Always, _) => true,
            (Self::Never, _) | (Self::Auto, Some(_)) => false,
            // Looks at NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM and whether it is a terminal.
            (Self::Auto, None) => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
        }
    }
}

/// How rules are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesFormat {
    /// A table
    #[default]
    Table,
    /// A JSON array
    Json,
}

/// How the graph is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For people
    #[default]
    Text,
    /// The contract of `kubelint schema graph`
    Json,
    /// A Mermaid flowchart. Most renderers draw no more than 500 arrows and 50,000 characters
    Mermaid,
    /// A digraph for Graphviz
    Dot,
}

/// What there is a schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// The configuration file `kubelint.yaml`
    Config,
    /// The lock file `kubelint.lock`
    Lock,
    /// The output of `check --format json`
    Report,
    /// The output of `graph --format json`
    Graph,
}

/// The default of `--max-file-size`, in bytes.
pub(crate) const MAX_FILE: u64 = 64 << 20;

const CONFIDENCES: [&str; 3] = ["low", "medium", "high"];

/// The largest `--max-file-size`: offsets have 32 bits, and a text may grow by half when it is converted from UTF-16.
const LARGEST_LIMIT: u64 = 2 << 30;

impl Args {
    /// The arguments of this process. Exits through `Err` for `--help`, `--version` and mistakes, as clap prints them.
    pub(crate) fn from_process() -> Result<Self, clap::Error> {
        let matches = command().try_get_matches()?;
        Self::from_arg_matches(&matches)
    }
}

/// The command as clap knows it. A variable that is set but empty counts as unset: workflow files pass those.
pub(crate) fn command() -> clap::Command {
    without_empty_variables(Args::command())
}

fn without_empty_variables(mut command: clap::Command) -> clap::Command {
    let is_empty = |arg: &clap::Arg| {
        arg.get_env()
            .and_then(std::env::var_os)
            .is_some_and(|value| value.is_empty())
    };
    let empty: Vec<clap::Id> = command
        .get_arguments()
        .filter(|arg| is_empty(arg))
        .map(|arg| arg.get_id().clone())
        .collect();
    for id in empty {
        command = command.mut_arg(id, |arg| arg.env(Resettable::<OsStr>::Reset));
    }
    command.mut_subcommands(without_empty_variables)
}

/// One of `words`, as `parse` understands them.
fn word<T: Clone + Send + Sync + 'static>(
    words: impl IntoIterator<Item = &'static str>,
    parse: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words).try_map(move |it| parse(&it).ok_or("unknown word"))
}

fn parse_version(text: &str) -> Result<KubernetesVersion, &'static str> {
    KubernetesVersion::parse(text).ok_or("expected a version as `1.34`")
}

/// A format and a file to write: `sarif=kubelint.sarif`.
fn parse_report(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text
        .split_once('=')
        .filter(|(_, file)| !file.is_empty())
        .ok_or("expected a format and a file as `sarif=kubelint.sarif`")?;
    let format = Format::parse(format).ok_or_else(|| {
        let formats = Format::ALL.map(Format::as_str).join(", ");
        format!("there is no format `{format}`; formats are {formats}")
    })?;
    Ok((format, PathBuf::from(file)))
}

/// A size in bytes: a number, or one with a unit of 1000 (`kB`, `MB`, `GB`) or 1024 (`K`, `KiB`, `M`, `MiB`, `G`, `GiB`).
fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err("expected a number of bytes, or one with a unit as `64MiB`".to_owned()),
    };
    let number: u64 = number
        .parse()
        .map_err(|_| "expected a number of bytes, or one with a unit as `64MiB`".to_owned())?;
    match number.checked_mul(factor) {
        Some(size) if size <= LARGEST_LIMIT => Ok(size),
        _ => Err("at most 2GiB".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("1000"), Ok(1000));
        assert_eq!(parse_size("64MiB"), Ok(64 << 20));
        assert_eq!(parse_size("200 MB"), Ok(200_000_000));
        assert_eq!(parse_size("2G"), Ok(2 << 30));
        for wrong in [
            "",
            "MiB",
            "-1",
            "1.5M",
            "3G",
            "99999999999999999999",
            "5 apples",
        ] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }
}
