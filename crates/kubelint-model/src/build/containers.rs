//! Containers that build images: kaniko's executor in pods and tasks, and the steps of Cloud Build that run docker.

use kubelint_parser::yaml::resolve::Profile;
use kubelint_parser::yaml::{Kind, Node};

use super::command::{Word, command};
use super::{ImageSteps, Place};
use crate::{File, KubeNode, tree};

/// What is in the reference of an image that builds others, and the command that its arguments belong to.
const BUILDERS: [(&str, &str); 3] = [
    ("kaniko-project/executor", "executor"),
    ("cloud-builders/docker", "docker"),
    ("cloud-builders/kaniko", "executor"),
];

/// Nodes of one file that are looked at.
const MOST_NODES: usize = 200_000;

/// What the containers in the documents of `file` build, whose text is `text`: mappings with `image` (or `name`, in Cloud Build) and `args`.
pub(crate) fn containers(file: &File, text: &str, place: &Place<'_>) -> ImageSteps {
    let mut found = ImageSteps::default();
    if !BUILDERS.iter().any(|it| text.contains(it.0)) {
        return found;
    }
    let parsed;
    // Pipelines that are no targets were read as text.
    let yaml = if file.yaml.documents().is_empty() {
        parsed = tree::parse(Profile::Kubectl, text);
        &parsed
    } else {
        &file.yaml
    };
    let roots = yaml.documents().iter().filter_map(|it| yaml.root(text, it));
    let nodes = roots.flat_map(Node::descendants).take(MOST_NODES);
    for node in nodes.filter(|it| it.kind() == Kind::Mapping) {
        let image = node.field("image").or_else(|| node.field("name"));
        let image = image.and_then(KubeNode::text_value);
        let builder = BUILDERS.iter().find(|(part, _)| {
            let image = image.as_deref();
            image.is_some_and(|it| it.contains(part))
        });
        let Some((_, tool)) = builder else {
            continue;
        };
        let own = node.list("args");
        let texts: Vec<_> = own
            .iter()
            .filter_map(|it| Some((it.text_value()?, it.range())))
            .collect();
        let Some(first) = texts.first() else {
            continue;
        };
        let tool = Word {
            text: tool,
            range: first.1,
        };
        let words = texts.iter().map(|(text, range)| Word {
            text,
            range: *range,
        });
        let words: Vec<Word<'_>> = std::iter::once(tool).chain(words).collect();
        let folder = node.field("dir").and_then(KubeNode::text_value);
        let place = Place {
            folder: folder.as_deref().unwrap_or(place.folder),
            ..*place
        };
        found.extend(command(&words, &place));
    }
    found
}
