//! Containers that build images: kaniko's executor in pods and tasks.

use kubelint_parser::yaml::resolve::Profile;
use kubelint_parser::yaml::{Kind, Node};

use super::command::{Word, command};
use super::{ImageSteps, Place};
use crate::{File, KubeNode, tree};

/// What is in the reference of the image that builds others.
const BUILDER: &str = "kaniko-project/executor";
/// The command that its arguments belong to.
const TOOL: &str = "executor";

/// Nodes of one file that are looked at.
const MOST_NODES: usize = 200_000;

/// What the containers in the documents of `file` build, whose text is `text`: mappings with `image` and `args`.
pub(crate) fn containers(file: &File, text: &str, place: &Place<'_>) -> ImageSteps {
    let mut found = ImageSteps::default();
    if !text.contains(BUILDER) {
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
        let image = node.field("image").and_then(KubeNode::text_value);
        if image.is_none_or(|it| !it.contains(BUILDER)) {
            continue;
        }
        let own = node.list("args");
        let texts: Vec<_> = own
            .iter()
            .filter_map(|it| Some((it.text_value()?, it.range())))
            .collect();
        let Some(first) = texts.first() else {
            continue;
        };
        let tool = Word {
            text: TOOL,
            range: first.1,
        };
        let words = texts.iter().map(|(text, range)| Word {
            text,
            range: *range,
        });
        let words: Vec<Word<'_>> = std::iter::once(tool).chain(words).collect();
        found.extend(command(&words, place));
    }
    found
}
