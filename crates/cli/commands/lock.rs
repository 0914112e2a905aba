//! `kubelint lock`: asks registries about the images that workloads run, and writes down what they say.
//!
//! Whoever calls it asks for the network by that, so that it needs no `--online`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use kubelint_engine::lock::{self, Difference};
use kubelint_engine::settings::Network;
use kubelint_model::pulled::ImageSources;
use kubelint_model::registry::ImageAnswer;
use kubelint_model::{DeploymentGraph, Needs, look_up};
use kubelint_parser::source::{SourcePath, SourceText};

use crate::args::{CheckArgs, DecideArgs, LockArgs, OnlineArgs, OutputArgs, PrintArgs, RuleArgs};
use crate::commands::check::Run;
use crate::config;
use crate::disk::{MAX_CONFIG, slashed};
use crate::exit::{ExitStatus, Failure, Outcome, say, tell};
use crate::interrupt::Interrupts;
use crate::online::Registries;
use crate::output;

/// Answers by full reference.
type Answers = BTreeMap<String, ImageAnswer>;

/// Writes the lock file, or says what in it is stale.
pub(crate) fn run(
    args: &LockArgs,
    print: PrintArgs,
    interrupts: &Interrupts,
) -> Outcome<ExitStatus> {
    let check = CheckArgs {
        paths: args.paths.clone(),
        stdin_filename: None,
        input: args.input.clone(),
        rules: RuleArgs::default(),
        decide: DecideArgs::default(),
        output: OutputArgs::default(),
        online: OnlineArgs {
            registries: args.registries.clone(),
            ..OnlineArgs::default()
        },
    };
    let run = Run::prepare(&check)?;
    let file = match &args.output {
        Some(file) => file.clone(),
        None => run.root_path().join(lock::FILE_NAME),
    };
    let shown = match &args.output {
        Some(file) => slashed(file),
        None => run
            .paths
            .show(&SourcePath::new(lock::FILE_NAME))
            .into_owned(),
    };
    if args.output.is_none() {
        refuse_link(&file, &shown)?;
    }
    let is_whole = run.targets.folders.iter().any(|it| it.as_str().is_empty());
    let old = old(&file, &shown, is_whole, args.check)?;
    // What was said a while ago is nothing to write down.
    let network = Network {
        no_cache: true,
        ..run.settings.network.clone()
    };
    let registries = Registries::new(&network, !print.quiet)?;
    for note in &registries.notes {
        say(&format!("note: {note}"));
    }
    let graph = graph(&run, &registries);
    unread(&run, &graph)?;
    for note in &graph.registry.notes {
        say(&format!("note: {}", run.paths.note(note)));
    }
    let (now, is_complete) = answers(&graph, &old, is_whole);
    let differences = lock::differences(&old, &now);
    let done = if args.check {
        tell_stale(&shown, &differences)?
    } else {
        write(&file, &shown, &now, &differences, print, interrupts)?;
        ExitStatus::Clean
    };
    if is_complete {
        return Ok(done);
    }
    let message = "not every registry told what it has: of its images nothing new is known";
    tell(Failure::new(message));
    Ok(ExitStatus::Failed)
}

/// Refuses a lock file in the root that is a link: whoever wrote the repository chose where it leads, which may be any file of the person
/// who runs this.
fn refuse_link(file: &Path, shown: &str) -> Outcome<()> {
    if fs::symlink_metadata(file).is_ok_and(|it| it.is_symlink()) {
        return Err(Failure::new(format!(
            "{shown} is a link: remove it, or name the file by `--output`"
        )));
    }
    Ok(())
}

/// What the lock file says so far.
///
/// One that cannot be read is written anew where all of it is: a merge may have left marks in it.
fn old(file: &Path, shown: &str, is_whole: bool, is_check: bool) -> Outcome<Answers> {
    let Some(text) = config::read_text(file, MAX_CONFIG)?.filter(|it| !it.trim().is_empty()) else {
        return if is_check {
            Err(Failure::new(format!(
                "{shown} does not exist; `kubelint lock` writes it"
            )))
        } else {
            Ok(Answers::new())
        };
    };
    let is_ours = file.file_name().is_some_and(|it| it == lock::FILE_NAME);
    match lock::parse(shown, &Arc::new(SourceText::from_bytes(text.into_bytes()))) {
        Ok(images) => Ok(images
            .into_iter()
            .map(|(full, it)| (full, it.answer))
            .collect()),
        Err(_) if is_whole && is_ours && !is_check => {
            say(&format!("{shown} cannot be read, and is written anew"));
            Ok(Answers::new())
        }
        Err(mistakes) => Err(mistakes.into()),
    }
}

fn graph(run: &Run<'_>, registries: &Registries) -> DeploymentGraph {
    let input = run.input(ImageSources::default());
    let needs = Needs {
        images: true,
        registry: true,
        ..Needs::default()
    };
    let known = &run.settings.world.known;
    let graph = DeploymentGraph::read(input.sources, input.targets, input.rendered, known, needs);
    let images = ImageSources {
        registry: Some(registries),
        ..ImageSources::default()
    };
    look_up(graph, images, needs)
}

/// What cannot be read may run images that nobody would see missing.
fn unread(run: &Run<'_>, graph: &DeploymentGraph) -> Outcome<()> {
    let unread = graph.unread.iter();
    let lines = unread.map(|(path, error)| format!("{}: {error}", run.paths.show(path)));
    Failure::unless_empty(lines.collect())
}

/// What is to be locked: what registries say now; of images that they do not tell of, and of those that nobody was asked about, what was
/// locked before. And whether all of them told.
fn answers(graph: &DeploymentGraph, old: &Answers, is_whole: bool) -> (Answers, bool) {
    let mut now = if is_whole {
        Answers::new()
    } else {
        old.clone()
    };
    let mut is_complete = true;
    for (full, answer) in graph.registry.online() {
        let kept = lock::kept(answer);
        is_complete &= kept.is_some();
        if let Some(answer) = kept.or_else(|| old.get(full).cloned()) {
            now.insert(full.to_owned(), answer);
        }
    }
    (now, is_complete)
}

fn tell_stale(shown: &str, differences: &[Difference]) -> Outcome<ExitStatus> {
    if differences.is_empty() {
        say(&format!("{shown} is up to date"));
        return Ok(ExitStatus::Clean);
    }
    output::to_stdout(Box::new(|out| {
        differences.iter().try_for_each(|it| {
            let line = crate::report::line(&it.to_string()).to_string();
            writeln!(out, "{shown}: {line}")
        })
    }))?;
    say(&format!("{shown} is stale: `kubelint lock` writes it anew"));
    Ok(ExitStatus::Findings)
}

fn write(
    file: &Path,
    shown: &str,
    now: &Answers,
    differences: &[Difference],
    print: PrintArgs,
    interrupts: &Interrupts,
) -> Outcome<()> {
    let text = lock::to_yaml(now);
    if file == Path::new("-") {
        return output::to_stdout(Box::new(move |out| out.write_all(text.as_bytes())));
    }
    let is_same = fs::read(file).is_ok_and(|it| it == text.as_bytes());
    if !is_same {
        output::to_file(file, text.as_bytes(), interrupts)?;
    }
    if !print.quiet {
        for difference in differences {
            say(&difference.to_string());
        }
        let count = now.len();
        let images = if count == 1 { "image is" } else { "images are" };
        say(&format!("{count} {images} locked in {shown}"));
    }
    Ok(())
}
