//! What is said of the images of containers, and of what they are built from.

use std::borrow::Cow;

use kubelint_model::Resource;
use kubelint_model::build::{BuildStep, Builder};
use kubelint_model::compose::Service;
use kubelint_model::image_link::{ImageLink, Means, Outcome, Tie, Untied, Vote};
use serde::Serialize;

use super::View;
use super::programs::WireProgram;
use super::wire::Place;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireImage<'a> {
    pub(super) field: String,
    pub(super) place: Place<'a>,
    pub(super) image: &'a str,
    pub(super) renamed: Option<Place<'a>>,
    pub(super) outcome: &'static str,
    pub(super) step: Option<WireStep<'a>>,
    pub(super) tie: Option<WireTie<'a>>,
    pub(super) program: Option<WireProgram<'a>>,
}

#[derive(Serialize)]
pub(super) struct WireStep<'a> {
    pub(super) by: &'static str,
    pub(super) place: Place<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireTie<'a> {
    pub(super) dockerfile: Cow<'a, str>,
    pub(super) context: Option<&'a str>,
    pub(super) target: Option<&'a str>,
    pub(super) means: &'static str,
    #[serde(skip)]
    pub(super) why: &'static str,
    pub(super) confidence: &'static str,
    pub(super) disputed: bool,
    pub(super) votes: Vec<WireVote<'a>>,
    pub(super) services: Vec<WireService<'a>>,
}

/// A compose service that runs what is built. Values of its variables may be secrets, and are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireService<'a> {
    pub(super) name: &'a str,
    pub(super) place: Place<'a>,
    pub(super) files: Vec<Cow<'a, str>>,
    pub(super) ports: Vec<WirePort<'a>>,
    pub(super) variables: Vec<&'a str>,
    pub(super) start_seconds: Option<u64>,
}

/// A port, or a range of them, that a compose service publishes or exposes.
#[derive(Serialize)]
pub(super) struct WirePort<'a> {
    pub(super) first: Option<u16>,
    pub(super) last: Option<u16>,
    pub(super) protocol: &'a str,
    pub(super) place: Place<'a>,
}

#[derive(Serialize)]
pub(super) struct WireVote<'a> {
    pub(super) means: &'static str,
    pub(super) dockerfile: Cow<'a, str>,
    pub(super) step: Option<WireStep<'a>>,
}

impl<'a> View<'a> {
    /// The images of a resource's containers.
    pub(super) fn images(&self, resource: &Resource) -> Vec<WireImage<'a>> {
        let links = self.graph.image_links.of(resource.id).iter();
        links
            .filter(|_| self.focus.contains(&resource.id))
            .map(|it| self.image(resource, it))
            .collect()
    }

    fn image(&self, resource: &Resource, link: &'a ImageLink) -> WireImage<'a> {
        let by = link.renamed.as_ref().and_then(|it| it.by);
        let (outcome, step) = match &link.outcome {
            Outcome::Tied(tie) => ("built", tie.step),
            Outcome::Untied(untied) => untied_words(*untied),
        };
        let span = self.graph.span_in(resource, link.range);
        WireImage {
            field: format!("{}.image", link.container),
            place: self.place(span),
            image: self.unless_hidden(span, &link.image),
            renamed: by.map(|(file, range)| self.place(self.graph.span(file, range))),
            outcome,
            step: step.and_then(|it| self.step(it)),
            tie: link.tie().map(|it| self.tie(it)),
            program: self.program(resource, link),
        }
    }

    fn tie(&self, tie: &'a Tie) -> WireTie<'a> {
        let target = tie.build(self.graph).and_then(|it| it.target.as_ref());
        WireTie {
            dockerfile: self.path(tie.dockerfile),
            context: tie.context.as_deref(),
            target: target.map(|it| it.text.as_str()),
            means: means(tie.means),
            why: tie.means.as_str(),
            confidence: tie.confidence.as_str(),
            disputed: tie.is_disputed,
            votes: tie.votes.iter().map(|it| self.vote(it)).collect(),
            services: tie
                .services(self.graph)
                .map(|it| self.service(it))
                .collect(),
        }
    }

    fn service(&self, service: &'a Service) -> WireService<'a> {
        let ports = service.ports.iter().map(|it| WirePort {
            first: it.target.map(|it| it.0),
            last: it.target.map(|it| it.1),
            protocol: &it.protocol,
            place: self.place(it.span),
        });
        let health = service.health.as_ref();
        let start = health.and_then(|it| it.start_period.as_ref());
        let variables = service.environment.iter();
        WireService {
            name: &service.name.value,
            place: self.place(service.name.span),
            files: service.files.iter().map(|it| self.path(*it)).collect(),
            ports: ports.collect(),
            variables: variables.map(|it| it.name.as_str()).collect(),
            start_seconds: start.map(|it| it.value.as_secs()),
        }
    }

    fn vote(&self, vote: &Vote) -> WireVote<'a> {
        WireVote {
            means: means(vote.means),
            dockerfile: self.path(vote.dockerfile),
            step: vote.step.and_then(|it| self.step(it)),
        }
    }

    fn step(&self, index: u32) -> Option<WireStep<'a>> {
        let step: &BuildStep = self.graph.commands.builds.get(index as usize)?;
        Some(WireStep {
            by: match step.by {
                Builder::Compose => "compose",
                Builder::Action => "action",
                Builder::Command => "command",
                Builder::Skaffold => "skaffold",
                Builder::Bake => "bake",
                Builder::Tilt => "tilt",
            },
            place: self.place(self.graph.span(step.file, step.range)),
        })
    }
}

/// The word for why an image is tied to nothing, and the step that says so.
const fn untied_words(untied: Untied) -> (&'static str, Option<u32>) {
    match untied {
        Untied::Public => ("public", None),
        Untied::Unreadable => ("unreadable", None),
        Untied::BuiltByKo => ("built-elsewhere", None),
        Untied::BuiltElsewhere(step) => ("built-elsewhere", Some(step)),
        Untied::WithoutDockerfile(step) => ("no-dockerfile", Some(step)),
        Untied::Ambiguous => ("ambiguous", None),
        Untied::Unknown => ("unknown", None),
    }
}

/// The words for the outcome of an image.
pub(super) const OUTCOMES: [&str; 7] = [
    "built",
    "public",
    "unreadable",
    "built-elsewhere",
    "no-dockerfile",
    "ambiguous",
    "unknown",
];

/// The words for the means.
pub(super) const MEANS: [&str; 14] = [
    "step",
    "step-base-name",
    "compose-service",
    "step-pattern",
    "folder",
    "folder-words",
    "project-name",
    "document",
    "unstated-image",
    "container-name",
    "workload-name",
    "only-image",
    "folder-affix",
    "only-dockerfile",
];

const fn means(means: Means) -> &'static str {
    let at = match means {
        Means::Step => 0,
        Means::StepBaseName => 1,
        Means::ComposeService => 2,
        Means::StepPattern => 3,
        Means::Folder => 4,
        Means::FolderWords => 5,
        Means::ProjectName => 6,
        Means::Document => 7,
        Means::UnstatedImage => 8,
        Means::ContainerName => 9,
        Means::WorkloadName => 10,
        Means::OnlyImage => 11,
        Means::FolderAffix => 12,
        Means::OnlyDockerfile => 13,
    };
    MEANS[at]
}
