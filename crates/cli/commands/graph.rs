//! `kubelint graph`: what refers to what, and where it leads.

use std::path::PathBuf;

use kubelint_engine::suggest::{did_you_mean, hint};
use kubelint_model::pulled::ImageSources;
use kubelint_model::{DeploymentGraph, Needs};

use crate::args::{CheckArgs, DecideArgs, GraphArgs, OnlineArgs, OutputArgs, RuleArgs};
use crate::commands::check::Run;
use crate::exit::{ExitStatus, Failure, Outcome, say};
use crate::graph::{ResourceName, View};
use crate::output;
use crate::report::line;

/// Prints the graph, or the part of it that was asked for.
pub(crate) fn run(args: &GraphArgs) -> Outcome<ExitStatus> {
    let (paths, names) = asked(&args.subjects);
    let check = CheckArgs {
        paths,
        stdin_filename: None,
        input: args.input.clone(),
        rules: RuleArgs::default(),
        decide: DecideArgs::default(),
        online: OnlineArgs::default(),
        output: OutputArgs::default(),
    };
    let run = Run::prepare(&check)?;
    let graph = graph(&run);
    for note in &graph.plan.notes {
        say(&format!("note: {}", run.paths.note(note)));
    }
    let namespace = args.namespace.as_deref();
    let in_namespace = |own: Option<&str>| namespace.is_none() || own.is_none() || own == namespace;
    let view = View::new(&graph, &run.paths, |it| {
        let is_target = graph.file(it.file).target;
        if names.is_empty() {
            is_target && in_namespace(it.namespace.as_deref())
        } else {
            is_target && names.iter().any(|name| name.1.means(it, namespace))
        }
    });
    for (given, name) in &names {
        let is_there = |it| name.means(it, namespace);
        if !graph.resources.iter().any(is_there) {
            return Err(not_there(given, &graph));
        }
    }
    if view.is_empty() {
        say("note: there are no resources to show");
    }
    output::to_stdout(Box::new(|out| view.write(args.format, out)))?;
    let is_broken = !graph.unread.is_empty();
    for (path, error) in &graph.unread {
        say(&format!("{}: {error}", run.paths.show(path)));
    }
    Ok(if is_broken {
        ExitStatus::Failed
    } else {
        ExitStatus::Clean
    })
}

/// What is a path, and what names a resource. What is there is a path.
fn asked(subjects: &[String]) -> (Vec<PathBuf>, Vec<(String, ResourceName)>) {
    let (mut paths, mut names) = (Vec::new(), Vec::new());
    for subject in subjects {
        let path = PathBuf::from(subject);
        match ResourceName::parse(subject) {
            Some(name) if !path.exists() => names.push((subject.clone(), name)),
            _ => paths.push(path),
        }
    }
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    (paths, names)
}

fn graph(run: &Run<'_>) -> DeploymentGraph {
    let input = run.input(ImageSources::default());
    let needs = Needs {
        links: true,
        images: true,
        programs: true,
        workflows: true,
        ..run.settings.needs(&run.registry)
    };
    DeploymentGraph::read(
        input.sources,
        input.targets,
        input.rendered,
        &run.settings.world.known,
        needs,
    )
}

fn not_there(given: &str, graph: &DeploymentGraph) -> Failure {
    let names: Vec<String> = graph
        .resources
        .iter()
        .filter_map(|it| Some(format!("{}/{}", it.gvk.kind, it.name.as_deref()?)))
        .collect();
    let nearest = did_you_mean(given, names.iter().map(String::as_str));
    let given = line(given);
    Failure::new(format!(
        "there is neither a file nor a resource `{given}`{}",
        hint(nearest)
    ))
}
