//! `kubelint init`: a configuration for a repository, proposed from what is in it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use kubelint_engine::config::{self, Trust};
use kubelint_engine::report::Summary;
use kubelint_engine::{check, decide};
use kubelint_model::pulled::ImageSources;
use kubelint_model::{DeploymentGraph, Needs};
use kubelint_parser::source::SourcePath;

use crate::args::{
    CheckArgs, DecideArgs, InitArgs, InputArgs, MAX_FILE, OnlineArgs, OutputArgs, PrintArgs,
    RuleArgs,
};
use crate::commands::check::Run;
use crate::config::{FILE_NAME, home, says_root};
use crate::disk::{Root, in_words};
use crate::exit::{ExitStatus, Failure, Outcome, say};
use crate::init::versions::Choice;
use crate::init::{Seen, configuration};
use crate::interrupt::Interrupts;
use crate::report::Paths;
use crate::{output, targets};

/// More of one list is not told; the file has them.
const MOST: usize = 10;

/// Writes the file, or prints it, and tells what was decided and why.
pub(crate) fn run(
    args: &InitArgs,
    print: PrintArgs,
    interrupts: &Interrupts,
) -> Outcome<ExitStatus> {
    let root = match &args.root {
        Some(folder) => folder.clone(),
        None => {
            Root::find(
                &targets::working_directory()?,
                home().as_deref(),
                &says_root,
            )
            .path
        }
    };
    let check = whole(&root);
    let mut run = Run::prepare(&check)?;
    let file = run.root_path().join(FILE_NAME);
    let shown = run.paths.show(&SourcePath::new(FILE_NAME)).into_owned();
    if !args.dry_run {
        refuse(&file, &shown, args.force)?;
    }
    let (seen, summary) = look(&mut run);
    let text = configuration(&seen);
    // What was just made must be read as it is meant.
    config::parse(FILE_NAME, &text, Trust::Repository)?;
    if args.dry_run {
        output::to_stdout(Box::new(|out| out.write_all(text.as_bytes())))?;
    } else {
        output::to_file(&file, text.as_bytes(), interrupts)?;
    }
    if !print.quiet {
        tell(&seen, &run.paths);
        if !args.dry_run {
            say(&format!("{shown} is written: read it, it is short"));
        }
        tell_findings(summary);
    }
    Ok(ExitStatus::Clean)
}

/// A check of all below `root` with nothing configured.
fn whole(root: &Path) -> CheckArgs {
    CheckArgs {
        paths: vec![root.to_path_buf()],
        stdin_filename: None,
        input: InputArgs {
            root: Some(root.to_path_buf()),
            config: None,
            no_config: true,
            pack: Vec::new(),
            max_file_size: MAX_FILE,
        },
        rules: RuleArgs::default(),
        decide: DecideArgs::default(),
        online: OnlineArgs::default(),
        output: OutputArgs::default(),
    }
}

/// Refuses to replace what somebody wrote. A link is the repository's: what it leads to may lie anywhere, and is never written.
fn refuse(file: &Path, shown: &str, force: bool) -> Outcome<()> {
    let metadata = match fs::symlink_metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            let why = in_words(&error);
            return Err(Failure::new(format!("cannot look at {shown}: {why}")));
        }
    };
    if !metadata.is_file() {
        return Err(Failure::new(format!(
            "{shown} is no ordinary file; it is not overwritten"
        )));
    }
    if force {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{shown} exists already; `--force` replaces it, `--dry-run` prints what would be written"
    )))
}

/// Looks at the repository, and counts what a run with the configuration would find.
fn look(run: &mut Run<'_>) -> (Seen, Summary) {
    let input = run.input(ImageSources::default());
    let needs = Needs {
        links: true,
        images: true,
        ..run.settings.needs(&run.registry)
    };
    let known = &run.settings.world.known;
    let graph = DeploymentGraph::read(input.sources, input.targets, input.rendered, known, needs);
    let needs_root = fs::symlink_metadata(run.root_path().join(".git")).is_err();
    let mut seen = Seen::new(&graph, input.sources, needs_root);
    if let Choice::Set(version) = seen.version {
        run.settings.world.kubernetes_version = Some(version);
    }
    let checked = check(&graph, &run.registry, &run.settings);
    if graph.resources.is_empty() {
        say("note: there are no manifests here");
    }
    let report = decide(graph, checked, &run.registry, &run.settings);
    seen.mark_reported(&report.entries);
    (seen, report.summary)
}

/// Tells what was decided, and why.
fn tell(seen: &Seen, paths: &Paths) {
    match &seen.version {
        Choice::Set(version) => say(&format!("the cluster's version is {version}:")),
        Choice::Leave(_, why) => say(&format!("the cluster's version is left open: {why}")),
    }
    list(&seen.hints, |it| {
        let (path, of) = (paths.show(&it.path), it.of.words());
        format!("{path}:{} says {} ({of})", it.line, it.version)
    });
    if !seen.builds.is_empty() {
        say(&format!(
            "{}:",
            count(seen.builds.len(), "root kustomization")
        ));
        list(&seen.builds, Clone::clone);
    }
    if !seen.charts.is_empty() {
        let charts = count(seen.charts.len(), "chart");
        say(&format!("{charts}, whose templates are not rendered:"));
        list(&seen.charts, Clone::clone);
    }
    let registries: Vec<_> = seen.registries.iter().collect();
    if !registries.is_empty() {
        say("images come from:");
        list(&registries, |it| {
            format!("{} ({})", it.0, count(*it.1, "image"))
        });
    }
    if !seen.absent.is_empty() {
        let objects = count(seen.absent.len(), "object");
        say(&format!(
            "{objects} that nothing here makes, proposed as external:"
        ));
        list(&seen.absent, |it| {
            format!("{} at {}:{}", it.name, paths.show(&it.path), it.line)
        });
    }
}

fn list<T>(items: &[T], words: impl Fn(&T) -> String) {
    for item in items.iter().take(MOST) {
        say(&format!("  {}", words(item)));
    }
    if items.len() > MOST {
        say(&format!("  and {} more", items.len() - MOST));
    }
}

fn tell_findings(summary: Summary) {
    if summary.resources == 0 {
        return;
    }
    let (errors, warnings) = (summary.error, summary.warning);
    if errors + warnings == 0 {
        say("`kubelint check` finds nothing wrong now");
        return;
    }
    let (errors, warnings) = (count(errors, "error"), count(warnings, "warning"));
    say(&format!(
        "`kubelint check` finds {errors} and {warnings} now"
    ));
    say(
        "`kubelint check --write-baseline=kubelint-baseline.json` makes them known, so that only new ones count",
    );
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
