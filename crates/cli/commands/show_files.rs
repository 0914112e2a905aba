//! `kubelint check --show-files`: what would be read, as what, and what is left out and why.

use kubelint_model::{Role, load};

use crate::commands::check::Run;
use crate::exit::{ExitStatus, Outcome};
use crate::output;
use crate::report::line;

/// Prints a line for each file, sorted by path.
pub(crate) fn print(run: &Run<'_>) -> Outcome<ExitStatus> {
    let input = run.input();
    let needs = run.settings.needs(&run.registry);
    let files = load(input.sources, input.targets, input.named, Vec::new(), needs);
    let mut lines = Vec::new();
    for file in &files.files {
        let part = if file.target { "target" } else { "context" };
        lines.push((file.path.clone(), format!("{} ({part})", role(file.role))));
    }
    for (path, error) in &files.unread {
        lines.push((path.clone(), format!("not read: {error}")));
    }
    for left_out in run.targets.left_out.iter().chain(run.sources.left_out()) {
        lines.push((
            left_out.path.clone(),
            format!("left out: {}", left_out.reason),
        ));
    }
    lines.sort_unstable();
    lines.dedup();
    output::to_stdout(Box::new(|out| {
        for (path, what) in &lines {
            writeln!(out, "{}: {}", line(&run.paths.show(path)), line(what))?;
        }
        Ok(())
    }))?;
    Ok(ExitStatus::Clean)
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Manifest => "manifest",
        Role::Kustomization => "kustomization",
        Role::Patch => "patch",
        Role::ChartTemplate => "chart template",
        Role::ChartFile => "chart file",
        Role::Workflow => "workflow",
        Role::Compose => "compose file",
        Role::OtherYaml => "other YAML or JSON",
        Role::Other => "other",
    }
}
