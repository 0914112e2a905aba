//! Images that pods have pulled: what registries say of each, and how much of that holds for a rollout.

use kubelint_engine::{Confidence, Finding};
use kubelint_model::build::{ImageAct, ImageStep, split_image};
use kubelint_model::pulled::{ImageUse, Known, Origin};
use kubelint_model::view::{PodTemplate, Workload, text};
use kubelint_model::{DeploymentGraph, ImageRef, KubeNode, public_image};
use kubelint_parser::{Span, TextRange};

use crate::built_images::{BuiltImages, is_for_tests};
use crate::images::Steps;

/// An image that is pulled for a container or a volume, and what is known of it.
pub(crate) struct Pull<'a> {
    pub(crate) used: &'a ImageUse,
    pub(crate) known: Known<'a>,
    pub(crate) workload: Workload<'a>,
    pub(crate) template: PodTemplate<'a>,
    /// The pull policy, if it is stated.
    policy: Option<String>,
}

/// Everything that is pulled by pods that were asked about, and known, in their order.
pub(crate) fn all(graph: &DeploymentGraph) -> Vec<Pull<'_>> {
    let mut found = Vec::new();
    if graph.registry.uses.is_empty() {
        return found;
    }
    for workload in graph.workloads() {
        for template in workload.templates() {
            let spec_path = template.spec_path();
            let containers = template.containers().into_iter();
            let containers = containers.map(|it| (it.path(), it.node, "imagePullPolicy"));
            let volumes = template.volumes().into_iter().filter_map(|it| {
                let image = it.node.field("image")?;
                Some((it.path(&spec_path), image, "pullPolicy"))
            });
            for (path, node, policy) in containers.chain(volumes) {
                for used in graph.registry.of(workload.resource.id, &path) {
                    found.extend(graph.registry.known(used).map(|known| Pull {
                        used,
                        known,
                        workload,
                        template: template.clone(),
                        policy: text(node, policy).map(|it| it.value.into_owned()),
                    }));
                }
            }
        }
    }
    found
}

impl<'a> Pull<'a> {
    /// The reference.
    pub(crate) fn image(&self) -> Option<ImageRef<'a>> {
        ImageRef::parse(&self.used.image)
    }

    /// The place of the whole reference, or of a part of it where the text says the reference letter by letter.
    pub(crate) fn span(&self, graph: &DeploymentGraph, part: Option<TextRange>) -> Span {
        let whole = self.used.span;
        let start = whole.range.start;
        match part {
            Some(part) if graph.sources.text(whole) == self.used.image => Span::new(
                whole.source,
                TextRange::new(start + part.start, start + part.end),
            ),
            _ => whole,
        }
    }

    /// A finding about it: with the place in the lock file, if that says it.
    pub(crate) fn about(&self, finding: Finding, value: impl Into<String>, lock: &str) -> Finding {
        let field = self.used.field.clone();
        let finding = finding.about(self.used.resource, field, value);
        match self.known.origin {
            Origin::Online => finding,
            Origin::Lock(span) => finding.related(span, lock),
        }
    }

    /// Whether the answer is the lock file's, so that asking again may give another one.
    pub(crate) fn is_locked(&self) -> bool {
        matches!(self.known.origin, Origin::Lock(_))
    }

    /// Whether the pod waits until somebody raises its number of replicas.
    fn is_off(&self) -> bool {
        self.workload.replicas().is_some_and(|it| it.value == 0)
    }
}

/// What the repository does with images, as far as it decides what a registry has when the rollout begins.
pub(crate) struct Pushes<'a> {
    built: BuiltImages<'a>,
    steps: Steps<'a>,
}

/// How far it holds that a registry does not give an image.
pub(crate) struct Absence<'a> {
    pub(crate) confidence: Confidence,
    /// What pushes it, if something may.
    pub(crate) pushed_by: Option<&'a ImageStep>,
}

impl<'a> Pushes<'a> {
    pub(crate) fn of(graph: &'a DeploymentGraph) -> Self {
        Self {
            built: BuiltImages::of(graph),
            steps: Steps::of(graph),
        }
    }

    /// How far it holds that the image of `pull` cannot be had. `None` if nobody pulls it from a registry.
    ///
    /// What the repository pushes itself may be there as soon as its pipeline has run: a release names the image before it is made. It is
    /// certain only if every step that names the image states its tag, and none of them this one. What is only built here, or put in place
    /// by what deploys, says nothing about registries.
    pub(crate) fn absence(
        &self,
        graph: &DeploymentGraph,
        pull: &Pull<'_>,
        image: &ImageRef<'_>,
        is_whole_repository: bool,
    ) -> Option<Absence<'a>> {
        let is_local = pull.policy.as_deref() == Some("Never")
            || self.steps.is_loaded(image)
            || self.steps.is_by_skaffold(image);
        if is_local {
            return None;
        }
        let certain = |confidence| {
            Some(Absence {
                confidence,
                pushed_by: None,
            })
        };
        let is_named = |it: &str| self.built.is_set_elsewhere(it);
        if pull.is_off() || is_named(image.name()) || image.tag().is_some_and(is_named) {
            return certain(Confidence::Low);
        }
        let steps = self.built.steps(image);
        if steps.is_empty() {
            let is_open = !public_image::is_public(image) && self.built.may_be_open(image);
            return certain(if is_open {
                Confidence::Medium
            } else {
                Confidence::High
            });
        }
        let pushes = |it: &&&ImageStep| {
            it.act == ImageAct::Pushed && !it.is_document && !is_for_tests(graph, it)
        };
        let Some(push) = steps.iter().find(pushes) else {
            return certain(Confidence::Low);
        };
        let is_other = |it: &&ImageStep| {
            let (_, tag) = split_image(&it.image);
            !tag.contains('*') && Some(tag) != image.tag() && self.built.states_tag(it)
        };
        let never = !is_whole_repository
            && image.digest().is_none()
            && steps.iter().all(is_other)
            && !self.built.may_be_open(image);
        Some(Absence {
            confidence: if never {
                Confidence::High
            } else {
                Confidence::Medium
            },
            pushed_by: Some(push),
        })
    }

    /// Adds the step that pushes the image.
    pub(crate) fn with_push(&self, finding: Finding, absence: &Absence<'_>) -> Finding {
        match absence.pushed_by {
            Some(step) if absence.confidence == Confidence::High => {
                finding.related(self.built.span(step), "this pushes it with another tag")
            }
            Some(step) => finding.related(self.built.span(step), "this pushes it: has it run?"),
            None => finding,
        }
    }
}
