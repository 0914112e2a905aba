//! Runs kubelint over local copies of public repositories, and compares what it finds with what people judged.
//!
//! A run fails on an error that nobody judged or that was judged false: nobody may get a new error that was not read. Warnings are
//! counted, not demanded.

mod checkout;
mod finding;
mod judged;
mod sample;
mod unpack;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::checkout::Checkout;
use self::finding::Report;
use self::judged::{Compared, Judged, Row, Verdict};

/// What to do.
#[derive(Debug)]
pub(crate) struct Options {
    /// The folder of repositories.
    pub(crate) dir: PathBuf,
    /// The kubelint to run; without one, a release build of these sources.
    pub(crate) bin: Option<PathBuf>,
    /// The table of judged findings.
    pub(crate) judged: PathBuf,
    /// Print a sample of what is to be judged, drawn with this seed.
    pub(crate) sample: Option<u64>,
    /// Add a row for each finding that has none.
    pub(crate) add: bool,
}

/// Numbers of all repositories together.
#[derive(Debug, Default)]
struct Totals {
    true_shown: usize,
    false_shown: usize,
    unsure: usize,
    unjudged: usize,
    /// Errors that nobody judged, or that were judged false, and problems.
    failures: usize,
}

/// Runs kubelint over every repository; fails if one has an error that nobody judged true.
pub(crate) fn corpus(options: &Options) -> Result<()> {
    let bin = match &options.bin {
        Some(bin) => bin
            .canonicalize()
            .with_context(|| format!("cannot find {}", bin.display()))?,
        None => build()?,
    };
    let unpacked = target_dir().join("corpus");
    let checkouts = checkout::checkouts(&options.dir, &unpacked)?;
    if checkouts.is_empty() {
        bail!("{} has no folder called owner+name", options.dir.display());
    }
    let mut judged = Judged::read(&options.judged)?;
    let mut totals = Totals::default();
    let mut added = Vec::new();
    for checkout in &checkouts {
        let (report, took) = run(&bin, checkout).with_context(|| checkout.repository.clone())?;
        let compared = judged.compare(&checkout.repository, &report.findings);
        totals.count(&report, &compared);
        print(checkout, &report, &compared, took);
        if let Some(seed) = options.sample {
            for group in sample::draw(&compared.found, seed) {
                println!("\n{}", sample::show(&group, &checkout.tree));
            }
        }
        added.extend(
            compared
                .new
                .iter()
                .map(|it| Row::unjudged(&checkout.repository, &checkout.commit, it)),
        );
    }
    if options.add {
        println!("\n{} rows added", added.len());
        judged.add(added)?;
    }
    totals.print();
    if totals.failures > 0 {
        bail!(
            "{} errors or problems that nobody judged true",
            totals.failures
        );
    }
    Ok(())
}

/// One run over a whole repository, as its users would run it, without the configuration of the person who runs this.
fn run(bin: &Path, checkout: &Checkout) -> Result<(Report, Duration)> {
    let start = Instant::now();
    let output = Command::new(bin)
        .args([
            "check",
            "--format",
            "json",
            "--fail-on",
            "never",
            "--root",
            ".",
            ".",
        ])
        .current_dir(&checkout.tree)
        .env("XDG_CONFIG_HOME", checkout.tree.join(".no-configuration"))
        .output()
        .with_context(|| format!("cannot start {}", bin.display()))?;
    let took = start.elapsed();
    let report = Report::parse(&output.stdout).with_context(|| {
        format!(
            "{}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        )
    })?;
    if !output.status.success() && report.problems.is_empty() {
        bail!(
            "{} without a problem in the report: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok((report, took))
}

fn print(checkout: &Checkout, report: &Report, compared: &Compared<'_>, took: Duration) {
    let errors = report.findings.iter().filter(|it| it.is_error()).count();
    println!(
        "{} @ {}: {} files, {} resources, {errors} errors, {} others, {:.0} ms",
        checkout.repository,
        checkout.commit.get(..12).unwrap_or(&checkout.commit),
        report.files,
        report.resources,
        report.findings.len() - errors,
        took.as_secs_f64() * 1e3
    );
    for problem in &report.problems {
        println!("  problem: {problem}");
    }
    for (finding, verdict) in &compared.found {
        if matches!(verdict, Verdict::False | Verdict::Unjudged) {
            println!(
                "  {verdict}: {} {}[{}] {}",
                finding.place(),
                finding.severity,
                finding.rule,
                finding.message.escape_debug()
            );
        }
    }
    for row in &compared.gone {
        println!("  gone, judged {}: {} {}", row.verdict, row.place, row.rule);
    }
}

impl Totals {
    fn count(&mut self, report: &Report, compared: &Compared<'_>) {
        self.failures += report.problems.len();
        for (finding, verdict) in &compared.found {
            match verdict {
                Verdict::True => self.true_shown += 1,
                Verdict::False => self.false_shown += 1,
                Verdict::Unsure => self.unsure += 1,
                Verdict::Unjudged => self.unjudged += 1,
            }
            if finding.is_error() && matches!(verdict, Verdict::False | Verdict::Unjudged) {
                self.failures += 1;
            }
        }
    }

    fn print(&self) {
        let Self {
            true_shown,
            false_shown,
            unsure,
            unjudged,
            failures: _,
        } = self;
        println!(
            "\nshown: {true_shown} true, {false_shown} false, {unsure} unsure, {unjudged} unjudged"
        );
    }
}

/// Builds kubelint, and tells where it is.
fn build() -> Result<PathBuf> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--package", "kubelint"])
        .args([
            "--bin",
            "kubelint",
            "--message-format",
            "json-render-diagnostics",
        ])
        .current_dir(crate::workspace())
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("kubelint does not build");
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
        .context("cargo built no program")
}

fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| crate::workspace().join("target"), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::Totals;
    use super::finding::Report;
    use super::finding::tests::finding;
    use super::judged::{Compared, Verdict};

    #[test]
    fn errors_fail_unless_they_were_judged_and_are_not_false() {
        let error = finding("a.yaml", 1, "r", "f");
        let mut warning = error.clone();
        warning.severity = "warning".to_owned();
        for (finding, verdict, failures) in [
            (&error, Verdict::True, 0),
            (&error, Verdict::Unsure, 0),
            (&error, Verdict::False, 1),
            (&error, Verdict::Unjudged, 1),
            (&warning, Verdict::False, 0),
            (&warning, Verdict::Unjudged, 0),
        ] {
            let compared = Compared {
                found: vec![(finding, verdict)],
                ..Compared::default()
            };
            let mut totals = Totals::default();
            totals.count(&Report::default(), &compared);
            assert_eq!(totals.failures, failures, "{} {verdict}", finding.severity);
        }
    }
}
