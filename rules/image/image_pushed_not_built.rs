//! Images that a script pushes, or gives to a workload, and has not built.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::build::{ImageAct, ImageStep, split_image};
use kubelint_model::commands::Form;
use kubelint_model::purpose::{Purpose, is_called_wrong};
use kubelint_model::{Cause, DeploymentGraph, FileId, ImageRef, Role, public_image};
use kubelint_parser::TextRange;

use crate::script_images::{self, Act, Deed, Doings, is_near, may_be_same, runs_unknown_actions};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_workflows();

/// How many pushes of one file are looked at.
const MOST_JUDGED: usize = 500;

/// How many of the images that a script builds are shown.
const MOST_SHOWN: usize = 3;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let made = made(cx.graph);
    for doings in script_images::by_file(cx.graph) {
        let file = cx.graph.file(doings.file);
        let is_odd = matches!(file.purpose, Purpose::Template | Purpose::Test);
        let is_open = doings.is_open || runs_unknown_actions(cx.graph, doings.file);
        if is_odd || is_called_wrong(&file.path) || is_open {
            continue;
        }
        let (steps, others) = made.iter().partition(|it| it.file == doings.file);
        let unit = Unit {
            graph: cx.graph,
            doings: &doings,
            steps,
            others,
        };
        if unit.builds() {
            unit.check(out);
        }
    }
}

/// What any reader sees that makes an image or gives it a name, by file and name once each.
fn made(graph: &DeploymentGraph) -> Vec<&ImageStep> {
    let pushing = graph.commands.builds.iter().filter(|it| it.pushes);
    let pushing = pushing.flat_map(|it| it.names.iter().map(|name| (it.file, name.range)));
    let pushing: BTreeSet<(FileId, TextRange)> = pushing.collect();
    let mut seen = BTreeSet::new();
    let makes =
        |it: &&ImageStep| it.act != ImageAct::Pushed || pushing.contains(&(it.file, it.range));
    let steps = graph.commands.images.iter().filter(makes);
    steps
        .filter(|it| seen.insert((it.file, it.image.as_str())))
        .collect()
}

/// One file, and what is known of the images that are there when its commands run.
struct Unit<'a, 'd> {
    graph: &'a DeploymentGraph,
    doings: &'d Doings<'a>,
    /// What all readers see in the file: the steps of workflows, commands of other shells.
    steps: Vec<&'a ImageStep>,
    /// What the rest of the repository builds or gives names to, which may be there from before.
    others: Vec<&'a ImageStep>,
}

impl<'a> Unit<'a, '_> {
    fn check(&self, out: &mut Findings) {
        let mut seen = BTreeSet::new();
        for deed in &self.doings.deeds {
            let is_asked = matches!(deed.act, Act::Pushed | Act::Deployed);
            if !is_asked || deed.run.file != self.doings.file || seen.len() >= MOST_JUDGED {
                continue;
            }
            if seen.insert((deed.range, deed.image.as_str())) {
                out.extend(self.judge(deed));
            }
        }
    }

    fn made(&self) -> impl Iterator<Item = &Deed<'a>> {
        let deeds = self.doings.deeds.iter();
        deeds.filter(|it| matches!(it.act, Act::Built | Act::BuiltAndPushed | Act::Tagged))
    }

    /// Whether the scripts of the file build anything that has a name.
    fn builds(&self) -> bool {
        self.made().next().is_some()
    }

    fn judge(&self, deed: &Deed<'a>) -> Option<Finding> {
        match deed.act {
            Act::Pushed => self.pushed(deed),
            Act::Deployed => self.deployed(deed),
            _ => None,
        }
    }

    /// Whether the image may be there: the file makes it, finds it, or another file makes it.
    fn may_be_there(&self, deed: &Deed<'_>) -> bool {
        let own = self.doings.deeds.iter();
        let mut own = own.filter(|it| !matches!(it.act, Act::Pushed | Act::Deployed));
        own.any(|it| it.may_be(&deed.image))
            || self
                .steps
                .iter()
                .any(|it| may_be_same(&it.image, &deed.image))
            || self
                .others
                .iter()
                .any(|it| is_named(it) && may_be_same(&it.image, &deed.image))
    }

    fn pushed(&self, deed: &Deed<'a>) -> Option<Finding> {
        // An image by its number, and what only running the script would tell.
        let is_vague = split_image(&deed.image).0.ends_with('*') || deed.image.is_empty();
        if is_vague || self.may_be_there(deed) {
            return None;
        }
        let tool = deed
            .run
            .command()
            .first()
            .map_or("", |it| it.value.text.as_str());
        let message = format!(
            "`{tool} push` pushes `{}`, which {} has neither built nor tagged",
            deed.image,
            self.whose(),
        );
        Some(self.finding(deed, message, self.confidence(deed)))
    }

    /// What is deployed has to be one of the images of this place, under another tag or nearly the same name.
    fn deployed(&self, deed: &Deed<'a>) -> Option<Finding> {
        let (repository, _) = deed.canonical.as_ref()?;
        let is_public = ImageRef::parse(repository).is_some_and(|it| public_image::is_public(&it));
        if is_public || self.may_be_there(deed) {
            return None;
        }
        self.nearest(deed)?;
        // The workload is also given an image that is built: this one may be the way back.
        let target = |it: &Deed<'_>| -> Vec<String> {
            let words = it.run.command().iter().map(|it| it.value.pattern());
            let others = words.filter(|it| !it.starts_with('-'));
            others
                .map(|it| it.split_once('=').map_or(it.clone(), |it| it.0.to_owned()))
                .collect()
        };
        let own = target(deed);
        let deeds = self.doings.deeds.iter();
        let mut same = deeds.filter(|it| it.act == Act::Deployed && it.range != deed.range);
        if same.any(|it| target(it) == own) {
            return None;
        }
        let message = format!(
            "the workload is given `{}`, which {} has neither built nor tagged",
            deed.image,
            self.whose(),
        );
        Some(self.finding(deed, message, self.confidence(deed)))
    }

    fn whose(&self) -> &'static str {
        match self.graph.file(self.doings.file).role {
            Role::Workflow => "this workflow",
            _ => "this script",
        }
    }

    /// What is built that is evidently meant.
    fn nearest(&self, deed: &Deed<'_>) -> Option<&Deed<'a>> {
        let wanted = deed.canonical.as_ref()?;
        let mut made = self.made();
        made.find(|it| it.canonical.as_ref().is_some_and(|it| is_near(it, wanted)))
    }

    fn confidence(&self, deed: &Deed<'_>) -> Confidence {
        let purpose = self.graph.file(self.doings.file).purpose;
        // What make replaces may be given on its command line.
        let is_made = |it: &Deed<'_>| {
            let span = self.graph.span(it.run.file, it.range);
            it.form == Form::Recipe && self.graph.sources.text(span).contains('$')
        };
        let is_written = |it: &Deed<'_>| it.is_literal && !it.run.elsewhere && !is_made(it);
        let is_literal = is_written(deed) && self.made().all(is_written);
        // Something elsewhere gives names of which nothing is known.
        let is_open = self
            .others
            .iter()
            .chain(&self.steps)
            .any(|it| !it.is_document && may_be_same(&it.image, &deed.image));
        match purpose {
            Purpose::Sample => Confidence::Low,
            _ if is_literal && !is_open => Confidence::High,
            _ => Confidence::Medium,
        }
    }

    fn finding(&self, deed: &Deed<'a>, message: String, confidence: Confidence) -> Finding {
        let graph = self.graph;
        let name = deed.canonical.as_ref().map_or(&deed.image, |it| &it.0);
        let place = graph.span(deed.run.file, deed.range);
        let mut finding = Finding::new(place, message, Cause::image(name))
            .label("nothing makes it")
            .confidence(confidence);
        if let Some(near) = self.nearest(deed) {
            let place = graph.span(near.run.file, near.range);
            finding = finding
                .related(place, format!("`{}` is made here", near.image))
                .help(format!("did you mean `{}`?", near.image));
        } else {
            let mut shown: Vec<&Deed<'_>> = Vec::new();
            for it in self.made() {
                if shown.len() < MOST_SHOWN && shown.iter().all(|other| other.range != it.range) {
                    shown.push(it);
                }
            }
            for it in shown {
                let place = graph.span(it.run.file, it.range);
                finding = finding.related(place, format!("`{}` is made here", it.image));
            }
            finding = finding.help("build or tag it before, or push what is built");
        }
        "push".clone_into(&mut finding.field);
        finding.value.clone_from(&deed.image);
        finding
    }
}

/// Whether a step tells at least how the image is called that it is about.
fn is_named(step: &ImageStep) -> bool {
    let (repository, _) = split_image(&step.image);
    let name = repository.rsplit('/').next().unwrap_or_default();
    !name.contains('*')
}
