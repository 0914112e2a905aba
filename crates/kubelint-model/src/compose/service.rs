//! One service as one file states it.

use std::collections::BTreeSet;

use kubelint_parser::Span;
use kubelint_parser::yaml::{Kind, Node};

use super::{Health, Port, Stated, Variables, health, port};
use crate::build::{Place, StepPath};
use crate::{FileId, KubeNode};

/// A service: what one container is made of and told.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: Stated<String>,
    /// The files that state it, in the order in which they are merged: the last one wins. Those of services that it extends come first.
    pub files: Vec<FileId>,
    /// The image that it runs, or the name that is given to what is built.
    pub image: Option<Stated<String>>,
    /// What is built.
    pub build: Option<Build>,
    /// The ports of its container that others reach: of `ports` and of `expose`.
    pub ports: Vec<Port>,
    /// The variables of `environment`, each once.
    pub environment: Vec<Variable>,
    /// The files of variables, in their order: a later one wins, and `environment` wins over them all.
    pub env_files: Vec<EnvFile>,
    /// What runs instead of the image's entry point.
    pub entrypoint: Option<Stated<Command>>,
    /// What runs instead of the image's command.
    pub command: Option<Stated<Command>>,
    /// Its health check, as far as it is not that of its image.
    pub health: Option<Health>,
    /// The profiles of which one must be asked for; it always runs if there is none.
    pub profiles: Vec<Stated<String>>,
    /// The service that it extends: `None` once that was merged into it.
    pub(super) extends: Option<Extends>,
    /// The fields whose values in files that are merged before do not count: `!reset` and `!override`.
    pub(super) cleared: BTreeSet<String>,
}

/// What a service builds.
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// The context folder: of the project if none is stated.
    pub context: Option<Stated<StepPath>>,
    /// The address of a context that is no folder of the repository.
    pub remote: Option<Span>,
    /// The Dockerfile, relative to the context.
    pub dockerfile: Option<Stated<String>>,
    /// The text of a Dockerfile.
    pub inline: Option<Span>,
    /// The stage.
    pub target: Option<Stated<String>>,
    /// The build arguments.
    pub args: Vec<Variable>,
    /// Further names of what is built.
    pub tags: Vec<Stated<String>>,
    /// Where it is stated: in the last file that does.
    pub span: Option<Span>,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value; `None` where the environment of whoever runs compose gives it.
    pub value: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// A file of variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvFile {
    /// Its path, relative to the root.
    pub path: StepPath,
    /// Whether it must be there.
    pub required: bool,
}

/// What is to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A text: of a command or entry point compose makes words of it, of a health check a shell.
    Text(String),
    /// Its words.
    Words(Vec<String>),
}

/// What a service extends.
#[derive(Clone, Debug)]
pub(super) struct Extends {
    /// The file, if it is not the same one.
    pub(super) file: Option<StepPath>,
    pub(super) service: String,
}

/// What reads the values of one file.
pub(super) struct Reader<'a> {
    pub(super) place: Place<'a>,
    pub(super) source: kubelint_parser::SourceId,
    pub(super) variables: &'a Variables,
}

impl Reader<'_> {
    pub(super) fn span(&self, node: Node<'_>) -> Span {
        Span::new(self.source, node.range())
    }

    /// The text of a scalar, its variables replaced.
    pub(super) fn text(&self, node: Node<'_>) -> Option<Stated<String>> {
        Some(Stated {
            value: self.variables.replaced(&node.text_value()?),
            span: self.span(node),
        })
    }

    /// The texts of a scalar or of a list of scalars.
    pub(super) fn texts(&self, node: Node<'_>) -> Vec<Stated<String>> {
        let one = (node.kind() == Kind::Scalar).then_some(node);
        let all = one.into_iter().chain(node.items().map(Node::resolved));
        all.filter_map(|it| self.text(it)).collect()
    }

    pub(super) fn path(&self, node: Node<'_>) -> Option<StepPath> {
        let text = self.text(node)?.value;
        Some(self.place.path(&text, node.range()))
    }

    /// The service `name`.
    pub(super) fn service(&self, name: Node<'_>, node: Node<'_>) -> Option<Service> {
        let service = node.resolved();
        let stated_name = Stated {
            value: name.as_str()?.into_owned(),
            span: self.span(name),
        };
        let field = |key: &str| {
            let node = service.field(key)?;
            (tag(node) != Some("!reset")).then_some(node)
        };
        let list = |key| field(key).map_or_else(Vec::new, |it| self.texts(it));
        let mut ports = field("ports").map_or_else(Vec::new, |it| port::read(self, it, false));
        ports.extend(
            field("expose")
                .into_iter()
                .flat_map(|it| port::read(self, it, true)),
        );
        Some(Service {
            name: stated_name,
            files: vec![self.place.file],
            image: field("image").and_then(|it| self.text(it)),
            build: field("build").map(|it| self.build(it)),
            ports,
            environment: field("environment").map_or_else(Vec::new, |it| self.variables(it)),
            env_files: field("env_file").map_or_else(Vec::new, |it| self.env_files(it)),
            entrypoint: field("entrypoint").and_then(|it| self.command(it)),
            command: field("command").and_then(|it| self.command(it)),
            health: field("healthcheck").map(|it| health::read(self, it)),
            profiles: list("profiles"),
            extends: field("extends").and_then(|it| self.extends(it)),
            cleared: cleared(service),
        })
    }

    /// `build`: the folder, or a mapping.
    fn build(&self, node: Node<'_>) -> Build {
        let mut found = Build {
            span: Some(self.span(node)),
            ..Build::default()
        };
        let context = if node.kind() == Kind::Scalar {
            Some(node)
        } else {
            node.field("context")
        };
        if let Some(text) = context.and_then(|it| self.text(it)) {
            let is_address = text.value.contains("://") || text.value.starts_with("git@");
            let path = if is_address { "*" } else { &text.value };
            found.context = Some(Stated {
                value: self.place.path(path, text.span.range),
                span: text.span,
            });
            found.remote = is_address.then_some(text.span);
        }
        let text = |key: &str| self.text(node.field(key)?);
        found.dockerfile = text("dockerfile");
        found.target = text("target");
        found.inline = node.field("dockerfile_inline").map(|it| self.span(it));
        let args = node.field("args");
        found.args = args.map_or_else(Vec::new, |it| self.variables(it));
        let tags = node.field("tags");
        found.tags = tags.map_or_else(Vec::new, |it| self.texts(it));
        found
    }

    /// A mapping, or a list of `NAME=value`. Keys of mappings are taken as they are, as compose does.
    fn variables(&self, node: Node<'_>) -> Vec<Variable> {
        let fields = node.fields().filter_map(|it| {
            let value = it.value.resolved();
            Some(Variable {
                name: it.key.as_str()?.into_owned(),
                value: self.text(value).map(|it| it.value),
                span: Span::new(self.source, it.key.range().cover(value.range())),
            })
        });
        let items = node.items().filter_map(|it| {
            let text = self.text(it.resolved())?;
            let (name, value) = match text.value.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (text.value, None),
            };
            Some(Variable {
                name,
                value,
                span: self.span(it),
            })
        });
        fields.chain(items).collect()
    }

    /// One path, or several, each perhaps a mapping of `path` and `required`.
    fn env_files(&self, node: Node<'_>) -> Vec<EnvFile> {
        let one = (node.kind() == Kind::Scalar).then_some(node);
        let all = one.into_iter().chain(node.items().map(Node::resolved));
        let files = all.filter_map(|it| {
            let path = match it.kind() {
                Kind::Scalar => it,
                _ => it.field("path")?,
            };
            let required = it.field("required").and_then(KubeNode::boolean);
            Some(EnvFile {
                path: self.path(path)?,
                required: required != Some(false),
            })
        });
        files.collect()
    }

    fn command(&self, node: Node<'_>) -> Option<Stated<Command>> {
        let span = self.span(node);
        let value = match node.kind() {
            Kind::Scalar => Command::Text(self.text(node)?.value),
            _ => Command::Words(self.texts(node).into_iter().map(|it| it.value).collect()),
        };
        Some(Stated { value, span })
    }

    /// The name of a service of the same file, or a mapping of `file` and `service`.
    fn extends(&self, node: Node<'_>) -> Option<Extends> {
        if node.kind() == Kind::Scalar {
            let service = self.text(node)?.value;
            return Some(Extends {
                file: None,
                service,
            });
        }
        Some(Extends {
            file: node.field("file").and_then(|it| self.path(it)),
            service: self.text(node.field("service")?)?.value,
        })
    }
}

/// The fields that a tag of compose's own clears in what is merged before.
fn cleared(service: Node<'_>) -> BTreeSet<String> {
    let fields = service.fields();
    let cleared = fields.filter(|it| {
        let tags = ["!reset", "!override"];
        tag(it.value).is_some_and(|it| tags.contains(&it))
    });
    cleared
        .filter_map(|it| Some(it.key.as_str()?.into_owned()))
        .collect()
}

fn tag(node: Node<'_>) -> Option<&str> {
    node.tag().map(|(tag, _)| tag)
}
