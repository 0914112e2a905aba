//! `kubelint check --show-files`: what would be read, as what, and what is left out and why.

use std::collections::BTreeMap;

use kubelint_model::load;

use crate::commands::check::Run;
use crate::exit::{ExitStatus, Outcome};
use crate::output;
use crate::report::line;

/// Prints a line for each file, sorted by path.
pub(crate) fn print(run: &Run<'_>) -> Outcome<ExitStatus> {
    let input = run.input(kubelint_model::pulled::ImageSources::default());
    let needs = run.settings.needs(&run.registry);
    let files = load(input.sources, input.targets, Vec::new(), needs);
    let mut lines = BTreeMap::new();
    for file in &files.files {
        let part = if file.target { "target" } else { "context" };
        let what = format!("{} ({part})", file.role.as_str());
        lines.insert(&file.path, what);
    }
    for (reason, path) in &files.left_out {
        lines.insert(path, format!("left out: {}", reason.words(1)));
    }
    for (path, error) in &files.unread {
        lines.insert(path, format!("not read: {error}"));
    }
    let searched = run.targets.left_out.iter().chain(run.sources.left_out());
    for left_out in searched {
        lines.insert(&left_out.path, format!("left out: {}", left_out.reason));
    }
    output::to_stdout(Box::new(|out| {
        for (path, what) in &lines {
            writeln!(out, "{}: {}", line(&run.paths.show(path)), line(what))?;
        }
        Ok(())
    }))?;
    Ok(ExitStatus::Clean)
}
