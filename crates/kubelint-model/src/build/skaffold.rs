//! What skaffold builds, as `skaffold.yaml` says.

use kubelint_parser::yaml::Node;
use kubelint_parser::yaml::resolve::Profile;

use super::{BuildArg, BuildStep, Builder, BuiltName, ImageSteps, Place, pattern};
use crate::{File, KubeNode, tree};

/// What it builds.
pub(crate) fn skaffold(file: &File, text: &str, place: &Place<'_>) -> ImageSteps {
    let parsed;
    let yaml = if file.yaml.documents().is_empty() {
        parsed = tree::parse(Profile::Kubectl, text);
        &parsed
    } else {
        &file.yaml
    };
    let roots = yaml.documents().iter().filter_map(|it| yaml.root(text, it));
    let configurations = roots.flat_map(|root| std::iter::once(root).chain(root.list("profiles")));
    let builds = configurations.filter_map(|it| it.field("build"));
    let artifacts = builds.flat_map(|it| it.list("artifacts"));
    ImageSteps {
        builds: artifacts.filter_map(|it| artifact(it, place)).collect(),
        acts: Vec::new(),
    }
}

/// The builders of artifacts that use no Dockerfile.
const OTHERS: [&str; 5] = ["jib", "buildpacks", "ko", "bazel", "custom"];

fn artifact(node: Node<'_>, place: &Place<'_>) -> Option<BuildStep> {
    let image = node.field("image")?;
    let context = node.field("context");
    let context = match context.and_then(|it| Some((it, it.text_value()?))) {
        Some((node, text)) => place.path(&text, node.range()),
        None => place.path(".", image.range()),
    };
    let mut step = place.build(Builder::Skaffold, image.range(), context);
    step.names = vec![BuiltName {
        text: pattern(&image.text_value()?),
        range: image.range(),
    }];
    let docker = node.field("docker").or_else(|| node.field("kaniko"));
    if let Some(docker) = docker {
        // The Dockerfile is relative to the context ("Locates the Dockerfile relative to workspace").
        step.dockerfile = docker.field("dockerfile").and_then(|it| {
            let text = it.text_value()?;
            Some(step.context.within(&text, it.range()))
        });
        step.target = docker.field("target").and_then(|it| {
            Some(BuiltName {
                text: pattern(&it.text_value()?),
                range: it.range(),
            })
        });
        let args = docker.field("buildArgs").into_iter().flat_map(Node::fields);
        step.args = args
            .filter_map(|it| {
                let value = it.value.resolved();
                Some(BuildArg {
                    name: it.key.as_str()?.into_owned(),
                    value: value.text_value().map(|it| pattern(&it)),
                    range: value.range(),
                })
            })
            .collect();
    }
    // What other builders make has no Dockerfile.
    let other = OTHERS.iter().find_map(|it| node.field(it));
    step.elsewhere = other.map(Node::range);
    Some(step)
}
