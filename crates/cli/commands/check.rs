//! `kubelint check`: from paths to a report.

use std::env;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;

use kubelint_engine::decide::Baseline;
use kubelint_engine::report::{Note, Problem};
use kubelint_engine::settings::FailOn;
use kubelint_engine::{Input, Registry, Report, Settings, lint_in_stages, lock};
use kubelint_model::pulled::{ImageSources, LockFile};
use kubelint_model::registry::ImageRegistry;
use kubelint_parser::source::SourcePath;

use crate::args::{CheckArgs, PrintArgs};
use crate::changed::{Before, Now};
use crate::commands::show_files;
use crate::config::{self, Wishes};
use crate::disk::{Context, DiskSources, Origin, Root, in_words, slashed};
use crate::exit::{ExitStatus, Failure, Outcome, say, tell};
use crate::interrupt::Interrupts;
use crate::online::Registries;
use crate::report::{self, Format, Options, Paths};
use crate::targets::{self, Gone, Targets};
use crate::timings::Timings;
use crate::{notes, output, packs};

/// Checks what the arguments name, and prints the report.
pub(crate) fn run(
    args: &CheckArgs,
    print: PrintArgs,
    interrupts: &Interrupts,
) -> Outcome<ExitStatus> {
    let mut timings = Timings::start();
    let mut run = Run::prepare(args)?;
    if print.verbose {
        run.say_decisions();
    }
    timings.stage("discover");
    if args.output.show_files {
        return show_files::print(&run);
    }
    let lock = run.lock()?;
    let registries = run.registries(print)?;
    let (problems_before, notes_before) = run.look_back(registries.as_ref(), print)?;
    timings.stage("before");
    let images = ImageSources {
        lock: lock.as_ref(),
        registry: registries.as_ref().map(|it| it as &dyn ImageRegistry),
        is_required: run.settings.network.require_online,
    };
    let input = run.input(images);
    let mut stage_done = |stage| timings.stage(stage);
    let mut report = lint_in_stages(input, &run.registry, &run.settings, &mut stage_done);
    report.problems.extend(problems_before);
    report.notes.extend(notes_before);
    run.complete(&mut report);
    let unused = registries.into_iter().flat_map(|it| it.notes);
    report.notes.extend(unused.map(Note::from));
    if let Some(file) = &args.decide.write_baseline {
        return run.write_baseline(file.as_deref(), &report, interrupts);
    }
    let status = status(&report, run.settings.fail_on);
    run.print(&report, status, print, interrupts)?;
    timings.stage("report");
    if args.output.timings {
        tell(timings);
    }
    Ok(status)
}

/// All that a run is made of.
pub(crate) struct Run<'a> {
    args: &'a CheckArgs,
    root: Root,
    /// How paths read from the working directory.
    pub(crate) paths: Paths,
    /// How they read from the repository's folder, or from the working directory if there is none.
    repository: Paths,
    /// The files.
    pub(crate) sources: DiskSources,
    /// Those of them that were asked for.
    pub(crate) targets: Targets,
    wishes: Wishes,
    /// The rules that there are.
    pub(crate) registry: Registry,
    /// What was asked of them.
    pub(crate) settings: Settings,
}

impl<'a> Run<'a> {
    pub(crate) fn prepare(args: &'a CheckArgs) -> Outcome<Self> {
        let is_changed = args.decide.changed.is_some();
        if is_changed && args.decide.write_baseline.is_some() {
            let message = "`--write-baseline` writes down all findings, and `--changed` leaves most out: give one of them";
            return Err(Failure::new(message));
        }
        let gone = if is_changed {
            Gone::Possible
        } else {
            Gone::Refused
        };
        let here = targets::working_directory()?;
        let asked = targets::ask(&args.paths, gone)?;
        let home = config::home();
        let start = targets::common_folder(&asked, &here);
        let root = if let Some(folder) = &args.input.root {
            given_root(folder)?
        } else {
            Root::find(&start, home.as_deref(), &config::says_root)
        };
        let temporary = env::temp_dir().canonicalize().ok();
        let context = if root.has_context(home.as_deref(), temporary.as_deref()) {
            Context::Root
        } else {
            Context::None
        };
        let paths = Paths::new(&root.path, &here);
        let repository = match Root::find(&root.path, home.as_deref(), &|_| false) {
            Root {
                path,
                origin: Origin::Repository,
            } => Paths::new(&root.path, &path),
            _ => paths.clone(),
        };
        let mut sources = DiskSources::new(&root.path, context, args.input.max_file_size);
        let mut wishes = Wishes::read(args, &sources, &root.path, &paths)?;
        if args.input.root.is_none() {
            wishes.note_passed_over(&start, &root.path, &paths);
        }
        let registry = packs::registry(&wishes.packs)?;
        let mut settings = wishes.settings(&registry)?;
        if args.decide.write_baseline.is_none() {
            settings.baseline = wishes.read_baseline()?;
        }
        let stdin = targets::stdin_name(args.stdin_filename.as_deref(), &root, &here)?;
        let targets = Targets::add(&asked, &root, &stdin, &mut sources)?;
        Ok(Self {
            args,
            root,
            paths,
            repository,
            sources,
            targets,
            wishes,
            registry,
            settings,
        })
    }

    /// What was written down of images, if there is a lock file and some rule asks for it.
    fn lock(&self) -> Outcome<Option<LockFile>> {
        if !self.settings.needs(&self.registry).registry {
            return Ok(None);
        }
        let path = SourcePath::new(lock::FILE_NAME);
        Ok(lock::read(&self.sources, &self.paths.show(&path))?)
    }

    /// Who can be asked about images, if the person turned that on and some rule asks.
    fn registries(&self, print: PrintArgs) -> Outcome<Option<Registries>> {
        let network = &self.settings.network;
        let is_asked = network.online && self.settings.needs(&self.registry).registry;
        let registries = is_asked.then(|| Registries::new(network, !print.quiet));
        registries.transpose()
    }

    /// Takes into account what was there before the change, if only what it brought counts. Returns what could not be done, and what is
    /// worth knowing.
    fn look_back(
        &mut self,
        registries: Option<&Registries>,
        print: PrintArgs,
    ) -> Outcome<(Vec<Problem>, Vec<Note>)> {
        let Some(revision) = &self.args.decide.changed else {
            return Ok((Vec::new(), Vec::new()));
        };
        let now = Now {
            root: &self.root,
            sources: &self.sources,
            targets: &self.targets,
            registry: &self.registry,
            settings: &self.settings,
            images: registries.map(|it| it as &dyn ImageRegistry),
        };
        let before = Before::look(now, revision, print.verbose)?;
        self.settings.before = Some(before.shows.found);
        self.settings.world.before = before.shows.references;
        Ok((before.shows.problems, before.notes))
    }

    /// The root, absolute.
    pub(crate) fn root_path(&self) -> &Path {
        &self.root.path
    }

    /// What the engine is given, with who knows images.
    pub(crate) fn input<'b>(&'b self, images: ImageSources<'b>) -> Input<'b> {
        Input {
            sources: &self.sources,
            targets: kubelint_model::Targets {
                files: self.sources.targets(),
                named: &self.targets.named,
                folders: &self.targets.folders,
            },
            rendered: Vec::new(),
            images,
        }
    }

    /// Says what was decided before anything was checked, and why.
    fn say_decisions(&self) {
        let why = match self.root.origin {
            Origin::Flag => "given",
            Origin::Repository => "it holds .git",
            Origin::Configuration => "its kubelint.yaml says so",
            Origin::Common => "it holds all paths given",
        };
        say(&format!("root {} ({why})", slashed(&self.root.path)));
        for file in &self.wishes.files {
            say(&format!("configuration {file}"));
        }
        if self.settings.network.online {
            say("registries are asked about images");
        }
        let (rules, files) = (self.settings.rules.len(), self.sources.targets().len());
        say(&format!("{rules} rules over {files} files"));
    }

    /// Adds to the report what only the disk knows.
    fn complete(&self, report: &mut Report) {
        let left_out = &self.targets.left_out;
        report.problems.extend(notes::problems(left_out));
        report.problems.sort();
        report.problems.dedup();
        let mut notes = self.wishes.notes.clone();
        notes.extend(notes::left_out(
            left_out,
            self.sources.left_out(),
            &self.paths,
        ));
        if self.settings.rules.is_empty() {
            notes.push("no rule is selected: nothing was checked".to_owned());
        }
        let nothing = report.summary.resources == 0 && report.entries.is_empty();
        // Of files that were named the engine says so itself.
        if nothing && self.targets.named.is_empty() && report.problems.is_empty() {
            notes.push(notes::nothing(&self.args.paths, left_out));
        }
        let notes = notes.into_iter().map(Note::from);
        report.notes.extend(notes);
    }
}

impl Run<'_> {
    /// Makes the findings of this run known. Those of rules that failed, or in files that could not be read, would be missing:
    /// then nothing is written.
    fn write_baseline(
        &self,
        file: Option<&Path>,
        report: &Report,
        interrupts: &Interrupts,
    ) -> Outcome<ExitStatus> {
        let file = file.or(self.wishes.baseline.as_deref()).ok_or_else(|| {
            Failure::new(
                "no baseline is named: say `--write-baseline=FILE`, or name it with `--baseline` or in the configuration",
            )
        })?;
        if !report.problems.is_empty() {
            self.print(report, ExitStatus::Failed, PrintArgs::QUIET, interrupts)?;
            return Ok(ExitStatus::Failed);
        }
        refuse_other_files(file)?;
        let baseline = Baseline::of(&report.entries);
        output::to_file(file, baseline.to_json().as_bytes(), interrupts)?;
        let known = report.entries.len() - report.summary.suppressed;
        let are = if known == 1 {
            "finding is"
        } else {
            "findings are"
        };
        say(&format!(
            "{known} {are} known in {} from now on",
            slashed(file)
        ));
        Ok(ExitStatus::Clean)
    }

    /// Prints the report where the arguments want it.
    fn print(
        &self,
        report: &Report,
        status: ExitStatus,
        print: PrintArgs,
        interrupts: &Interrupts,
    ) -> Outcome<()> {
        let file = self.args.output.output.as_deref();
        let on_terminal = file.is_none() && io::stdout().is_terminal();
        let default = if on_terminal {
            Format::Human
        } else {
            Format::Concise
        };
        let format = self.args.output.format.unwrap_or(default);
        let options = Options {
            color: print.color.for_output(file),
            statistics: self.args.output.statistics,
            quiet: print.quiet,
            paths: self.paths.clone(),
            repository: self.repository.clone(),
            fail_on: self.settings.fail_on,
            exit_code: status.code(),
        };
        self.say_untold(report, format, print);
        for (format, file) in &self.args.output.report {
            let options = Options {
                color: false,
                ..options.clone()
            };
            self.write_file(report, *format, &options, file, interrupts)?;
        }
        match file {
            None => output::to_stdout(Box::new(|out| {
                report::write(format, report, &self.registry, &options, out)
            })),
            Some(file) => self.write_file(report, format, &options, file, interrupts),
        }
    }

    /// Says what the format has no place for.
    fn say_untold(&self, report: &Report, format: Format, print: PrintArgs) {
        let (tells_problems, tells_notes) = format.tells();
        if !tells_problems {
            for problem in &report.problems {
                match &problem.path {
                    Some(path) => {
                        let path = self.paths.show(path);
                        say(&format!("problem: {path}: {}", problem.message));
                    }
                    None => say(&format!("problem: {}", problem.message)),
                }
            }
        }
        if !tells_notes && !print.quiet {
            for note in &report.notes {
                say(&format!("note: {}", self.paths.note(note)));
            }
        }
    }

    fn write_file(
        &self,
        report: &Report,
        format: Format,
        options: &Options,
        file: &Path,
        interrupts: &Interrupts,
    ) -> Outcome<()> {
        let mut bytes = Vec::new();
        // Writing to memory does not fail.
        let _ = report::write(format, report, &self.registry, options, &mut bytes);
        output::to_file(file, &bytes, interrupts)
    }
}

fn given_root(folder: &Path) -> Outcome<Root> {
    let cannot =
        |why: &str| Failure::new(format!("cannot use {} as the root: {why}", slashed(folder)));
    let path = folder
        .canonicalize()
        .map_err(|error| cannot(&in_words(&error)))?;
    if !path.is_dir() {
        return Err(cannot("it is not a folder"));
    }
    Ok(Root {
        path,
        origin: Origin::Flag,
    })
}

/// A baseline replaces nothing but a baseline: its name is easily mistaken for that of a file to check.
fn refuse_other_files(file: &Path) -> Outcome<()> {
    let text = match fs::metadata(file) {
        Ok(metadata) if metadata.is_file() => config::read_text(file, config::MAX_BASELINE)?,
        _ => None,
    };
    match text {
        Some(text) if !text.trim().is_empty() && Baseline::parse("", &text).is_err() => {
            let shown = slashed(file);
            Err(Failure::new(format!(
                "{shown} is not a baseline; it is not overwritten"
            )))
        }
        _ => Ok(()),
    }
}

fn status(report: &Report, fail_on: FailOn) -> ExitStatus {
    if !report.problems.is_empty() {
        ExitStatus::Failed
    } else if report.worst().is_some_and(|it| fail_on.fails(it)) {
        ExitStatus::Findings
    } else {
        ExitStatus::Clean
    }
}
