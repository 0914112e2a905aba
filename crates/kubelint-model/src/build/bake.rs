//! What `docker buildx bake` builds: the targets of bake files, in HCL or JSON. Functions, and variables that have no literal default, are
//! not known.

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::resolve::Profile;
use kubelint_parser::yaml::{Kind, Node};

use super::tokens::{Token, tokens};
use super::{BuildArg, BuildStep, Builder, BuiltName, ImageSteps, Place, UNKNOWN_IMAGE};
use crate::compose::Variables;
use crate::{KubeNode, tree};

/// So far targets are followed that inherit from each other.
const MOST_INHERITED: usize = 8;

/// Whether bake looks for a file of this name.
pub(crate) fn is_bake(path: &SourcePath) -> bool {
    let stem = path.file_name().strip_prefix("docker-bake");
    let rest = stem.and_then(|it| it.strip_suffix(".hcl").or_else(|| it.strip_suffix(".json")));
    rest.is_some_and(|it| it.is_empty() || it.starts_with('.'))
}

/// A target as it is stated.
#[derive(Default)]
struct Target {
    range: Option<TextRange>,
    context: Option<BuiltName>,
    dockerfile: Option<BuiltName>,
    inline: Option<TextRange>,
    stage: Option<BuiltName>,
    tags: Vec<BuiltName>,
    args: Vec<BuildArg>,
    inherits: Vec<String>,
}

/// What the targets of a bake file build.
pub(crate) fn bake(path: &SourcePath, text: &str, place: &Place<'_>) -> ImageSteps {
    let targets = if path.extension() == Some("json") {
        of_json(text)
    } else {
        of_hcl(text)
    };
    let builds = targets.values().filter_map(|it| it.step(&targets, place));
    let mut builds: Vec<BuildStep> = builds.collect();
    builds.sort_by_key(|it| it.range);
    ImageSteps {
        builds,
        acts: Vec::new(),
    }
}

impl Target {
    /// The step that it is; none if it names no image, and so only others inherit from it.
    fn step(&self, all: &BTreeMap<String, Self>, place: &Place<'_>) -> Option<BuildStep> {
        let mut line = vec![self];
        let mut next = 0;
        while let Some(target) = line.get(next).filter(|_| line.len() < MOST_INHERITED) {
            // Of several the last one wins.
            let inherited = target.inherits.iter().rev();
            let inherited: Vec<&Self> = inherited.filter_map(|it| all.get(it)).collect();
            line.extend(inherited);
            next += 1;
        }
        let tags = line.iter().map(|it| &it.tags).find(|it| !it.is_empty())?;
        let first = |of: fn(&Self) -> Option<&BuiltName>| line.iter().find_map(|it| of(it));
        let range = self.range?;
        let context = match first(|it| it.context.as_ref()) {
            Some(it) if it.text.contains("://") || it.text == UNKNOWN_IMAGE => {
                place.path("*", it.range)
            }
            Some(it) => place.path(&it.text, it.range),
            None => place.path(".", range),
        };
        let is_remote = |it: &&BuiltName| it.text.contains("://");
        let remote = first(|it| it.context.as_ref()).filter(is_remote);
        let mut step = place.build(Builder::Bake, range, context);
        step.elsewhere = line
            .iter()
            .find_map(|it| it.inline)
            .or(remote.map(|it| it.range));
        step.dockerfile =
            first(|it| it.dockerfile.as_ref()).map(|it| step.context.within(&it.text, it.range));
        step.target = first(|it| it.stage.as_ref()).cloned();
        step.names.clone_from(tags);
        step.args = line.iter().flat_map(|it| it.args.clone()).collect();
        Some(step)
    }
}

fn of_json(text: &str) -> BTreeMap<String, Target> {
    let yaml = tree::parse(Profile::Kubectl, text);
    let roots = yaml.documents().iter().filter_map(|it| yaml.root(text, it));
    let roots: Vec<Node<'_>> = roots.collect();
    let mut variables = Variables::default();
    for entry in fields(&roots, "variable") {
        let default = entry.value.resolved().field("default");
        if let (Some(name), Some(value)) = (entry.key.as_str(), default) {
            variables.set(&name, &value.text_value().unwrap_or_default());
        }
    }
    let named = |node: Node<'_>| {
        Some(BuiltName {
            text: variables.replaced(&node.text_value()?),
            range: node.range(),
        })
    };
    let targets = fields(&roots, "target").filter_map(|entry| {
        let node = entry.value.resolved();
        let text = |key: &str| node.field(key).and_then(named);
        let args = node.field("args").into_iter().flat_map(Node::fields);
        let list = |key: &str| -> Vec<BuiltName> {
            let one = node.field(key).filter(|it| it.kind() == Kind::Scalar);
            let all = one.into_iter().chain(node.list(key));
            all.filter_map(named).collect()
        };
        let target = Target {
            range: Some(entry.key.range()),
            context: text("context"),
            dockerfile: text("dockerfile"),
            inline: node.field("dockerfile-inline").map(Node::range),
            stage: text("target"),
            tags: list("tags"),
            args: args
                .filter_map(|it| {
                    Some(BuildArg {
                        name: it.key.as_str()?.into_owned(),
                        value: named(it.value.resolved()).map(|it| it.text),
                        range: it.value.range(),
                    })
                })
                .collect(),
            inherits: list("inherits").into_iter().map(|it| it.text).collect(),
        };
        Some((entry.key.as_str()?.into_owned(), target))
    });
    targets.collect()
}

fn fields<'a>(
    roots: &[Node<'a>],
    key: &'static str,
) -> impl Iterator<Item = kubelint_parser::yaml::Entry<'a>> {
    let found: Vec<Node<'a>> = roots.iter().filter_map(|it| it.field(key)).collect();
    found.into_iter().flat_map(Node::fields)
}

/// The blocks `target "name" { … }`, with the defaults of `variable "NAME" { … }` for `${NAME}`.
fn of_hcl(text: &str) -> BTreeMap<String, Target> {
    let tokens = tokens(text, &["#", "//"]);
    let mut variables = Variables::default();
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some([kind, name, open, ..]) = tokens.get(at..) {
        let (Some(kind), Some(name), true) = (kind.word(), name.text(), open.is_sign('{')) else {
            at += 1;
            continue;
        };
        let body = inside(&tokens[at + 3..]);
        match kind {
            "variable" => {
                let default = attributes(body).find(|it| it.0 == "default");
                if let Some((_, [value])) = default
                    && let Some(value) = value.text()
                {
                    variables.set(name, value);
                }
            }
            "target" => blocks.push((name, tokens[at + 1].range, body)),
            _ => {}
        }
        at += 3 + body.len();
    }
    let targets = blocks.into_iter().map(|(name, range, body)| {
        let target = target(range, body, &variables);
        (name.to_owned(), target)
    });
    targets.collect()
}

fn target(range: TextRange, body: &[Token], variables: &Variables) -> Target {
    let mut found = Target {
        range: Some(range),
        ..Target::default()
    };
    for (key, value) in attributes(body) {
        let literals = || literals(value, variables);
        let text = || {
            let unknown = BuiltName {
                text: UNKNOWN_IMAGE.to_owned(),
                range: value.first().map_or(range, |it| it.range),
            };
            match value {
                [one] => literal(one, variables).unwrap_or(unknown),
                _ => unknown,
            }
        };
        match key {
            "context" => found.context = Some(text()),
            "dockerfile" => found.dockerfile = Some(text()),
            "dockerfile-inline" => found.inline = value.first().map(|it| it.range),
            "target" => found.stage = Some(text()),
            "tags" => found.tags = literals(),
            "inherits" => found.inherits = literals().into_iter().map(|it| it.text).collect(),
            "args" => {
                let inner = value.get(1..).map(inside).unwrap_or_default();
                let pairs = attributes(inner).map(|(name, value)| BuildArg {
                    name: name.to_owned(),
                    value: match value {
                        [one] => literal(one, variables).map(|it| it.text),
                        _ => None,
                    },
                    range: value.first().map_or(range, |it| it.range),
                });
                found.args = pairs.collect();
            }
            _ => {}
        }
    }
    found
}

/// What stands before the bracket that closes here.
fn inside(tokens: &[Token]) -> &[Token] {
    let mut depth = 0;
    let end = tokens.iter().position(|it| {
        depth += it.depth();
        depth < 0
    });
    &tokens[..end.unwrap_or(tokens.len())]
}

/// The attributes of a block, `name = value`: each begins a line, or follows what opens the block or a comma.
fn attributes(body: &[Token]) -> impl Iterator<Item = (&str, &[Token])> {
    let mut depth = 0;
    let mut starts = Vec::new();
    for (at, token) in body.iter().enumerate() {
        let is_key = token.word().is_some() || token.text().is_some();
        let is_assigned = body.get(at + 1).is_some_and(|it| it.is_sign('='));
        let is_compared = body.get(at + 2).is_some_and(|it| it.is_sign('='));
        let begins = token.is_first || at == 0 || body[at - 1].is_sign(',');
        if depth == 0 && is_key && is_assigned && !is_compared && begins {
            starts.push(at);
        }
        depth += token.depth();
    }
    let ends: Vec<usize> = starts.iter().copied().skip(1).chain([body.len()]).collect();
    starts
        .into_iter()
        .zip(ends)
        .filter_map(move |(start, end)| {
            let key = body[start].word().or_else(|| body[start].text())?;
            let value = &body[start + 2..end];
            let value = match value {
                [value @ .., comma] if comma.is_sign(',') => value,
                value => value,
            };
            Some((key, value))
        })
}

/// The literals of a list, each alone between its commas.
fn literals(value: &[Token], variables: &Variables) -> Vec<BuiltName> {
    if !value.first().is_some_and(|it| it.is_sign('[')) {
        return Vec::new();
    }
    let items = inside(&value[1..]).split(|it| it.is_sign(','));
    items
        .filter_map(|item| match item {
            [one] => literal(one, variables),
            _ => None,
        })
        .collect()
}

fn literal(token: &Token, variables: &Variables) -> Option<BuiltName> {
    let text = match token.word() {
        // A variable by its name alone.
        Some(name) => variables.replaced(&format!("${{{name}}}")),
        None => variables.replaced(token.text()?),
    };
    Some(BuiltName {
        text,
        range: token.range,
    })
}
