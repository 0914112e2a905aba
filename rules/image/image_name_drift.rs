//! Images whose name is nearly, but not quite, one that the repository builds or its other manifests use.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::build::{ImageAct, ImageStep, split_image};
use kubelint_model::link::{Nearness, near_miss};
use kubelint_model::view::{Container, Text, Workload};
use kubelint_model::{Cause, ImageRef, Role, base_image, image_user, public_image};
use kubelint_parser::Span;

use crate::chain::with_dockerfile;
use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links().needs_images();

/// Names of one place are compared one by one; where there are more than this, nothing is said.
const MOST_NAMES: usize = 256;

/// How many times as often a spelling is used that is evidently the right one.
const MAJORITY: usize = 3;

/// An image that a container runs.
struct Used<'a> {
    workload: Workload<'a>,
    container: Container<'a>,
    image: Text<'a>,
    /// Where the image lies: registry and path without the last part.
    place: String,
    /// The last part of its path.
    name: String,
}

/// The images that scripts and tools build, each with the step that names it.
#[derive(Default)]
struct Built<'a> {
    /// By place and name.
    known: BTreeMap<(String, String), &'a ImageStep>,
    /// Those in a place that only running the script would tell, by name.
    anywhere: BTreeMap<String, &'a ImageStep>,
    /// Those that documents tell people to build, by name: they are there, too, and prove nothing of others.
    by_hand: BTreeSet<String>,
    /// Whether some step builds an image whose name is not known.
    is_open: bool,
}

/// How two names differ that are nearly the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Difference {
    /// In `-`, `_` and case.
    Joints,
    /// In a letter or two.
    Letters,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let all = used(cx);
    let built = built(cx);
    let mut by_place: BTreeMap<&str, BTreeMap<&str, Vec<&Used<'_>>>> = BTreeMap::new();
    for used in &all {
        let names = by_place.entry(&used.place).or_default();
        names.entry(&used.name).or_default().push(used);
    }
    for (place, names) in &by_place {
        if names.len() > MOST_NAMES {
            continue;
        }
        for (name, uses) in names {
            if built.has(place, name) {
                continue;
            }
            if let Some((step, other, difference)) = built.near(place, name) {
                for used in uses {
                    let is_orphan = !names.contains_key(other.as_str());
                    out.push(used.unbuilt(
                        cx,
                        step,
                        &other,
                        is_orphan && !built.is_open,
                        difference,
                    ));
                }
            } else {
                among_manifests(cx, names, name, uses, out);
            }
        }
    }
}

/// All images of the repository's own containers that no tool fills in. Those that many projects use have their names from elsewhere.
fn used<'a>(cx: &RuleContext<'a>) -> Vec<Used<'a>> {
    let mut found = Vec::new();
    for (workload, container) in cx.graph.containers() {
        let Some(image) = container.image() else {
            continue;
        };
        let Some(reference) = ImageRef::parse(&image.value) else {
            continue;
        };
        if is_from_elsewhere(&reference) {
            continue;
        }
        let (place, name) = parts(&reference);
        found.push(Used {
            workload,
            container,
            image,
            place,
            name,
        });
    }
    found
}

/// Whether it is one of the images that many projects use. A short name is as often that of an image which a tool fills in.
fn is_from_elsewhere(image: &ImageRef<'_>) -> bool {
    let is_short = image.registry().is_none() && !image.path().contains('/');
    if is_short {
        public_image::is_common_name(image.name())
            || image_user::of(image).is_some()
            || base_image::of(image).is_some()
    } else {
        public_image::is_public(image)
    }
}

/// Where an image lies, and its name there.
fn parts(image: &ImageRef<'_>) -> (String, String) {
    let canonical = image.canonical();
    match canonical.rsplit_once('/') {
        Some((place, name)) => (place.to_owned(), name.to_owned()),
        None => (String::new(), canonical),
    }
}

fn built<'a>(cx: &RuleContext<'a>) -> Built<'a> {
    let mut built = Built::default();
    let steps = cx.graph.commands.images.iter();
    for step in steps.filter(|it| it.act != ImageAct::Loaded) {
        let (repository, _) = split_image(&step.image);
        let (place, name) = repository.rsplit_once('/').unwrap_or(("", repository));
        if step.is_document {
            built.by_hand.insert(name.to_owned());
        } else if name.contains('*') || name.is_empty() {
            built.is_open = true;
        } else if place.contains('*') {
            built.anywhere.entry(name.to_owned()).or_insert(step);
        } else if let Some(reference) = ImageRef::parse(repository) {
            built.known.entry(parts(&reference)).or_insert(step);
        } else {
            // No runtime accepts it: upper case, say.
            let place = if place.is_empty() {
                "docker.io/library"
            } else {
                place
            };
            built
                .known
                .entry((place.to_owned(), name.to_owned()))
                .or_insert(step);
        }
    }
    built
}

impl<'a> Built<'a> {
    fn has(&self, place: &str, name: &str) -> bool {
        self.anywhere.contains_key(name)
            || self.by_hand.contains(name)
            || self
                .known
                .contains_key(&(place.to_owned(), name.to_owned()))
    }

    /// The step that builds the image which is nearly called so.
    fn near(&self, place: &str, name: &str) -> Option<(&'a ImageStep, String, Difference)> {
        let from = (place.to_owned(), String::new());
        let here = self.known.range(from..).take_while(|it| it.0.0 == place);
        let here = here.map(|(key, step)| (key.1.as_str(), *step));
        let elsewhere = self
            .anywhere
            .iter()
            .map(|(name, step)| (name.as_str(), *step));
        here.chain(elsewhere)
            .take(MOST_NAMES)
            .find_map(|(other, step)| Some((step, other.to_owned(), difference(name, other)?)))
    }
}

/// How two names differ, if they are nearly the same and not those of siblings.
fn difference(a: &str, b: &str) -> Option<Difference> {
    let folded = |it: &str| it.to_ascii_lowercase().replace(['-', '_', '.'], "");
    match near_miss(a, b)? {
        _ if folded(a) == folded(b) => Some(Difference::Joints),
        Nearness::OneEdit | Nearness::TwoEdits => Some(Difference::Letters),
        // A word that says of what kind a thing is makes another image: `api` and `api-config`.
        Nearness::Spelling => None,
    }
}

/// Compares the spellings of manifests alone: one that is used much less, or by a workload that is called like the other, is a slip.
fn among_manifests(
    cx: &RuleContext<'_>,
    names: &BTreeMap<&str, Vec<&Used<'_>>>,
    name: &str,
    uses: &[&Used<'_>],
    out: &mut Findings,
) {
    for (other, others) in names.iter().filter(|it| it.1.len() > uses.len()) {
        let Some(difference) = difference(name, other) else {
            continue;
        };
        let is_rare = difference == Difference::Joints && others.len() >= MAJORITY * uses.len();
        for used in uses {
            if is_rare || used.is_called(other) {
                out.push(used.misspelt(cx, other, others));
            }
        }
        return;
    }
}

impl Used<'_> {
    /// Whether the container and its workload are called by this name.
    fn is_called(&self, name: &str) -> bool {
        let container = self.container.name();
        let names: BTreeSet<&str> = container
            .iter()
            .map(|it| it.value.as_ref())
            .chain(self.workload.resource.name.as_deref())
            .collect();
        names.contains(name) && !names.contains(self.name.as_str())
    }

    /// Nothing builds it, and something builds what it is nearly called.
    fn unbuilt(
        &self,
        cx: &RuleContext<'_>,
        step: &ImageStep,
        other: &str,
        is_sure: bool,
        difference: Difference,
    ) -> Finding {
        let message = format!(
            "nothing builds `{}`; `{}` builds `{other}`",
            self.repository(),
            cx.graph.file(step.file).path
        );
        // What compose builds for a developer's own machine may well be called otherwise elsewhere.
        let is_local = cx.graph.file(step.file).role == Role::Compose;
        let certain = if !is_local && (is_sure || difference == Difference::Joints) {
            Confidence::High
        } else {
            Confidence::Medium
        };
        let place = cx.graph.span(step.file, step.range);
        let finding = self
            .finding(cx, message, other)
            .related(
                place,
                format!("did you mean `{other}`, which is built here?"),
            )
            .confidence(certain);
        let links = &cx.graph.image_links;
        match links.dockerfile_of(cx.graph, step.file, step.range) {
            Some(file) => {
                let words = format!("`{other}` is built from this");
                with_dockerfile(cx.graph, file, words, finding)
            }
            None => finding,
        }
    }

    /// Other manifests spell it otherwise.
    fn misspelt(&self, cx: &RuleContext<'_>, other: &str, others: &[&Used<'_>]) -> Finding {
        let message = format!(
            "`{}` is nearly `{other}`, which {} other containers run",
            self.repository(),
            others.len()
        );
        let found = self
            .finding(cx, message, other)
            .confidence(Confidence::Medium);
        match others.first() {
            Some(first) => found.related(first.span(cx), format!("did you mean `{other}`?")),
            None => found,
        }
    }

    fn finding(&self, cx: &RuleContext<'_>, message: String, other: &str) -> Finding {
        let graph = cx.graph;
        let resource = self.workload.resource;
        let path = self.container.field_path("image");
        let confidence = if evidence::is_for_tests(graph, resource) {
            Confidence::Low
        } else {
            evidence::in_resource(graph, resource, &[&path])
        };
        let cause = Cause::image(&format!("{}/{}", self.place, self.name));
        Finding::new(self.span(cx), message, cause)
            .label("this name")
            .about(resource.id, path, self.repository())
            .confidence(confidence)
            .help(format!(
                "write `{other}`, or build the image under the name that is used here"
            ))
    }

    fn repository(&self) -> String {
        let parsed = ImageRef::parse(&self.image.value);
        parsed.map_or_else(|| self.name.clone(), |it| it.repository().to_owned())
    }

    fn span(&self, cx: &RuleContext<'_>) -> Span {
        cx.graph.span_in(self.workload.resource, self.image.range())
    }
}
