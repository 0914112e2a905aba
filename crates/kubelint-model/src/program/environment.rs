//! The environment of a container: what its manifest sets, over what its image sets.

use std::collections::BTreeMap;

use kubelint_parser::Span;

use super::words::Word;
use crate::code::Expr;
use crate::dockerfile::{BuildArgs, Image};
use crate::image_link::ImageLink;
use crate::variables::{Given, Variables};
use crate::view::{Container, Workload};
use crate::{DeploymentGraph, FileId};

/// How often a value may refer to another one.
const MOST_REFERENCES: u32 = 8;

/// The environment of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    values: BTreeMap<String, Value>,
    /// Whether there are no others.
    is_complete: bool,
}

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The text; `None` if it is not known.
    pub text: Option<String>,
    /// Where it is written: in the container's `env`, in a ConfigMap, in the Dockerfile. `None` where only that it is set is known.
    pub place: Option<Span>,
    /// Who sets it.
    pub by: SetBy,
}

/// Who sets a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetBy {
    /// The image.
    Dockerfile,
    /// The container, itself or through a ConfigMap or Secret.
    Manifest,
}

/// What is known of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<'a> {
    /// It is set.
    Set(&'a Value),
    /// It is not set.
    Unset,
    /// It may be set by what is not known: a Secret or ConfigMap whose keys were not read, or the base image.
    Perhaps,
}

/// The environments of containers, read one by one.
pub struct Environments<'g> {
    graph: &'g DeploymentGraph,
    variables: Variables<'g>,
}

impl<'g> Environments<'g> {
    /// Of the containers of `graph`, which knows links and images.
    pub const fn new(graph: &'g DeploymentGraph) -> Self {
        Self {
            graph,
            variables: Variables::new(graph),
        }
    }

    /// The environment of a container whose image `link` is; without what the image sets, if it is tied to no Dockerfile.
    pub fn of(
        &mut self,
        workload: &Workload<'g>,
        container: &Container<'g>,
        link: &ImageLink,
    ) -> Environment {
        let graph = self.graph;
        let image = || {
            let tie = link.tie()?;
            let dockerfile = graph.dockerfiles.get(&tie.dockerfile)?;
            let step = tie.build(graph);
            let args = step.map(|it| BuildArgs::of(&it.args)).unwrap_or_default();
            let target = step.and_then(|it| it.target.as_ref());
            let stage = dockerfile.target(target.map(|it| it.text.as_str()))?;
            Some((tie.dockerfile, dockerfile.image(stage, &args)))
        };
        let image = image();
        let image = image.as_ref().map(|it| (it.0, &it.1));
        Environment::of(graph, &mut self.variables, workload, container, image)
    }

    /// As [`Self::of`], of an image that was made already.
    pub(super) fn of_image(
        &mut self,
        workload: &Workload<'g>,
        container: &Container<'g>,
        image: (FileId, &Image),
    ) -> Environment {
        Environment::of(
            self.graph,
            &mut self.variables,
            workload,
            container,
            Some(image),
        )
    }
}

impl Environment {
    /// The environment of a container that runs `image`, which the file `dockerfile` builds.
    fn of<'g>(
        graph: &'g DeploymentGraph,
        variables: &mut Variables<'g>,
        workload: &Workload<'g>,
        container: &Container<'g>,
        image: Option<(FileId, &Image)>,
    ) -> Self {
        let mut values = BTreeMap::new();
        if let Some((dockerfile, image)) = image {
            for (name, stated) in &image.env {
                let value = Value {
                    text: stated.value.as_known().map(str::to_owned),
                    place: Some(graph.span(dockerfile, stated.range)),
                    by: SetBy::Dockerfile,
                };
                values.insert(name.clone(), value);
            }
        }
        let Given { given, is_complete } = variables.all_of(workload, container);
        for (name, variable) in given {
            let value = Value {
                text: variable.as_ref().map(|it| it.value.to_string()),
                place: variable.as_ref().map(|it| it.span(graph)),
                by: SetBy::Manifest,
            };
            values.insert(name, value);
        }
        let mut this = Self {
            values,
            is_complete,
        };
        this.expand();
        this
    }

    /// Replaces `$(NAME)` in what manifests set.
    fn expand(&mut self) {
        for _ in 0..MOST_REFERENCES {
            let open: Vec<(String, Option<String>)> = self
                .values
                .iter()
                .filter(|(_, it)| it.by == SetBy::Manifest)
                .filter(|(_, it)| it.text.as_ref().is_some_and(|it| it.contains("$(")))
                .map(|(name, it)| (name.clone(), self.expanded(name, it.text.as_deref())))
                .collect();
            if open.is_empty() {
                return;
            }
            for (name, text) in open {
                if let Some(value) = self.values.get_mut(&name) {
                    value.text = text;
                }
            }
        }
    }

    fn expanded(&self, own: &str, text: Option<&str>) -> Option<String> {
        let place = (FileId(0), kubelint_parser::TextRange::empty(0));
        let expr = Word::of_manifest(text?, place).expr;
        let parts = match &expr {
            Expr::Join(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut found = String::new();
        for part in parts {
            match part {
                Expr::Text(text) => found.push_str(text),
                Expr::Variable { name, .. } if name != own => {
                    let other = self.values.get(name)?;
                    found.push_str(other.text.as_deref()?);
                }
                _ => return None,
            }
        }
        Some(found)
    }

    /// What is known of the variable `name`.
    pub fn get(&self, name: &str) -> Known<'_> {
        match self.values.get(name) {
            Some(value) => Known::Set(value),
            None if self.is_complete => Known::Unset,
            None => Known::Perhaps,
        }
    }

    /// The text of a variable, if it is known.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Known::Set(value) => value.text.as_deref(),
            _ => None,
        }
    }

    /// All variables that are set for certain, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, it)| (name.as_str(), it))
    }

    /// Whether no others are set by the manifest.
    pub const fn is_complete(&self) -> bool {
        self.is_complete
    }
}
