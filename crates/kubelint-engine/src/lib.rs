//! The linter as one function, [`lint`], and the words it speaks: rules, findings, settings, reports.
//!
//! Everything here is pure: no disk, no network, no environment, no clock, no printing. Equal input gives equal bytes out.

pub mod before;
pub mod check;
pub mod config;
pub mod decide;
pub mod examples;
pub mod finding;
pub mod lock;
pub mod meta;
pub mod mistake;
pub mod page;
pub mod params;
pub mod predicate;
pub mod registry;
pub mod report;
pub mod settings;
pub mod shape;
pub mod suggest;
pub mod syntax;
pub mod value;

pub use before::Before;
pub use check::{CodeRule, Findings, RuleContext, check};
pub use decide::decide;
pub use finding::{Applicability, Confidence, Edit, Finding, Fix, Label, Severity};
pub use meta::{Category, RuleId, RuleMeta, Status};
pub use mistake::Mistake;
pub use params::Params;
pub use registry::{Registry, RuleSource};
pub use report::{Entry, Report, State};
pub use settings::{Layer, Settings};

use kubelint_model::pulled::ImageSources;
use kubelint_model::{
    DeploymentGraph, Targets, extract_with, link, load, look_up, plan, read_programs, tie_images,
    workflows,
};
use kubelint_parser::source::{Rendered, Sources};

use before::ReferencesBefore;
use decide::FoundBefore;

/// What is to be checked.
pub struct Input<'a> {
    /// The files of the repository.
    pub sources: &'a dyn Sources,
    /// Which of them the user asked about: findings are reported if any of their labels lies in one.
    pub targets: Targets<'a>,
    /// Texts made from several files, which are checked like files.
    pub rendered: Vec<Rendered>,
    /// Who knows the images that the targets run.
    pub images: ImageSources<'a>,
}

/// The whole linter. Equal sources, rules and settings give an equal report.
pub fn lint(input: Input<'_>, registry: &Registry, settings: &Settings) -> Report {
    lint_in_stages(input, registry, settings, &mut |_| ())
}

/// [`lint`], which tells `done` the name of each stage as it ends: whoever has a clock can see how long each took.
pub fn lint_in_stages(
    input: Input<'_>,
    registry: &Registry,
    settings: &Settings,
    done: &mut dyn FnMut(&'static str),
) -> Report {
    let graph = read(input, registry, settings, done);
    let checked = check(&graph, registry, settings);
    done("check");
    let report = decide(graph, checked, registry, settings);
    done("decide");
    report
}

/// What the files before a change show, with the settings that their change is judged by: then what [`lint`] finds of the files after it
/// is what the change brought.
pub fn look_back(input: Input<'_>, registry: &Registry, settings: &Settings) -> Before {
    // What was only guessed before, and not shown, was there all the same.
    let settings = Settings {
        min_confidence: Confidence::Low,
        ..settings.clone()
    };
    let graph = read(input, registry, &settings, &mut |_| ());
    let references = ReferencesBefore::of(&graph);
    let checked = check(&graph, registry, &settings);
    let report = decide(graph, checked, registry, &settings);
    Before {
        found: FoundBefore::of(&report),
        references,
        problems: report.problems,
    }
}

/// All that is known of what is to be checked.
fn read(
    input: Input<'_>,
    registry: &Registry,
    settings: &Settings,
    done: &mut dyn FnMut(&'static str),
) -> DeploymentGraph {
    let needs = settings.needs(registry);
    let files = load(input.sources, input.targets, input.rendered, needs);
    done("load");
    let workflows = workflows(&files);
    done("workflows");
    let mut facts = extract_with(&files, workflows);
    facts.look_for_paths(&files, input.sources, needs);
    done("extract");
    let plan = plan(&files, &facts);
    done("plan");
    let graph = link(files, facts, plan, &settings.world.known, needs);
    done("link");
    let graph = tie_images(graph, input.sources, &settings.world.known, needs);
    done("images");
    let graph = read_programs(
        graph,
        input.sources,
        input.targets,
        &settings.world.known,
        needs,
    );
    done("programs");
    let graph = look_up(graph, input.images, needs);
    done("look up");
    graph
}
