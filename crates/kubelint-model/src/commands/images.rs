//! What scripts, workflows and tools' configurations do with images: they build, push, and load them into local clusters.

use kubelint_parser::TextRange;
use kubelint_parser::yaml::Node;
use kubelint_parser::yaml::resolve::Profile;

use super::words::{UNKNOWN, Word};
use crate::{File, KubeNode, tree};

/// What is done with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImageAct {
    /// It is built, or an image that is there is given this name.
    Built,
    /// It is built by skaffold, which puts the tag into the manifests that it deploys.
    BuiltBySkaffold,
    /// It is pushed to its registry.
    Pushed,
    /// It is put onto the nodes of a cluster without a registry; [`UNKNOWN_IMAGE`] if nobody knows which.
    Loaded,
}

/// An image of which nothing is known.
pub const UNKNOWN_IMAGE: &str = "*";

/// An image as a command names it: `*` for what only running it would tell.
pub(super) type Named = (ImageAct, String, TextRange);

/// What one command, cut into words, does with images.
pub(super) fn of_command(words: &[Word]) -> Vec<Named> {
    let Some((first, rest)) = words.split_first() else {
        return Vec::new();
    };
    let tool = first.text.rsplit(['/', '\\']).next().unwrap_or_default();
    let rest = match tool {
        // `minikube -p name image load …`, `docker --context x build …`.
        "docker" | "podman" | "nerdctl" | "finch" | "minikube" => after_flags(rest),
        _ => rest,
    };
    let verb = |index: usize| rest.get(index).map(|it| it.text.as_str());
    let verbs = [verb(0), verb(1)];
    match (tool, verbs) {
        ("docker" | "podman" | "nerdctl" | "finch", [Some("image" | "buildx"), _]) => {
            container_tool(rest.get(1..).unwrap_or_default())
        }
        ("docker" | "podman" | "nerdctl" | "finch", _) => container_tool(rest),
        ("buildah", [Some("bud" | "build" | "build-using-dockerfile"), _])
        | ("gcloud", [Some("builds"), Some("submit")]) => built(rest),
        ("buildah", [Some("push"), _]) => named(ImageAct::Pushed, positional(rest).first()),
        ("executor", _) => flagged(rest, &["-d", "--destination"], ImageAct::Built),
        ("kind", [Some("load"), Some("docker-image")])
        | ("minikube", [Some("image"), Some("load")] | [Some("cache"), Some("add")])
        | ("k3d", [Some("image" | "images"), Some("import" | "load")]) => {
            let images = positional(rest.get(1..).unwrap_or_default());
            let images = images.into_iter();
            images
                .flat_map(|it| named(ImageAct::Loaded, Some(&it)))
                .collect()
        }
        ("minikube", [Some("image"), Some("build")]) => {
            flagged(rest, &["-t", "--tag"], ImageAct::Loaded)
        }
        ("kind", [Some("load"), _]) | ("minikube", [Some("docker-env"), _]) => unknown(first),
        // containerd on a node takes what it is given: `k3s ctr images import`, `microk8s ctr image import`.
        ("ctr" | "k3s" | "microk8s", _) if rest.iter().any(|it| it.text == "import") => {
            unknown(first)
        }
        _ => Vec::new(),
    }
}

/// Whether a line points docker at the daemon of a local cluster, so that what it builds is there at once.
pub(super) fn enters_cluster(line: &str) -> bool {
    line.contains("docker-env")
}

/// What skaffold builds, as `skaffold.yaml` says.
pub(super) fn of_skaffold(file: &File, text: &str) -> Vec<Named> {
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
    artifacts
        .filter_map(|it| of_node(ImageAct::BuiltBySkaffold, it.field("image")?))
        .collect()
}

/// What `docker compose build` builds: the images of the services that have a `build`.
pub(super) fn of_compose(file: &File, text: &str) -> Vec<Named> {
    let documents = file.yaml.documents().iter();
    let roots = documents.filter_map(|it| file.yaml.root(text, it));
    let services = roots.filter_map(|it| it.field("services"));
    let services = services
        .flat_map(Node::fields)
        .map(|it| it.value.resolved());
    services
        .filter(|it| it.field("build").is_some())
        .filter_map(|it| of_node(ImageAct::Built, it.field("image")?))
        .collect()
}

/// What the step of a GitHub workflow builds by `docker/build-push-action`: its tags, each on a line or after a comma.
pub(super) fn of_step(step: Node<'_>) -> Vec<Named> {
    let uses = step.field("uses").and_then(KubeNode::string);
    if !uses.is_some_and(|it| it.starts_with("docker/build-push-action@")) {
        return Vec::new();
    }
    let Some(tags) = step.at(&["with", "tags"]) else {
        return Vec::new();
    };
    let text = tags.text_value().unwrap_or_default();
    let pushes = step.at(&["with", "push"]).and_then(KubeNode::text_value);
    let act = if pushes.is_some_and(|it| it != "false") {
        ImageAct::Pushed
    } else {
        ImageAct::Built
    };
    let each = text.split(['\n', ',']).map(str::trim);
    each.filter(|it| !it.is_empty() && !it.starts_with('#'))
        .map(|it| (act, pattern(it), tags.range()))
        .collect()
}

/// A verb of docker, podman or nerdctl, and what follows.
fn container_tool(words: &[Word]) -> Vec<Named> {
    match words.first().map(|it| it.text.as_str()) {
        Some("build" | "b") => built(words),
        Some("push") => named(ImageAct::Pushed, positional(words).first()),
        Some("tag") => named(ImageAct::Built, positional(words).get(1)),
        _ => Vec::new(),
    }
}

fn built(words: &[Word]) -> Vec<Named> {
    let pushes = words.iter().any(|it| it.text == "--push");
    let act = if pushes {
        ImageAct::Pushed
    } else {
        ImageAct::Built
    };
    flagged(words, &["-t", "--tag"], act)
}

/// The values of a flag, in any of the forms `-t value`, `-tvalue`, `--tag value` and `--tag=value`.
fn flagged(words: &[Word], flags: &[&str], act: ImageAct) -> Vec<Named> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        for flag in flags {
            let Some(rest) = word.text.strip_prefix(flag) else {
                continue;
            };
            let value = if rest.is_empty() {
                words.next().map(|it| (it.text.as_str(), it))
            } else if let Some(value) = rest.strip_prefix('=') {
                Some((value, word))
            } else {
                (!flag.starts_with("--")).then_some((rest, word))
            };
            found.extend(value.map(|(text, at)| (act, pattern(text), range(at))));
            break;
        }
    }
    found
}

/// The words that are neither flags nor, as far as that can be told, their values; without the verb.
fn positional(words: &[Word]) -> Vec<Word> {
    let mut found = Vec::new();
    let mut skip = false;
    for word in words.iter().skip(1) {
        if word.text.starts_with('-') {
            skip = matches!(
                word.text.as_str(),
                "-c" | "-p" | "-n" | "--name" | "--cluster" | "--nodes" | "--profile"
            );
        } else if !std::mem::take(&mut skip) {
            found.push(word.clone());
        }
    }
    found
}

/// Words from the first on that is no flag, nor the value of one before the verb.
fn after_flags(words: &[Word]) -> &[Word] {
    let mut rest = words;
    while let Some((first, after)) = rest.split_first() {
        if !first.text.starts_with('-') {
            break;
        }
        let takes_value = matches!(
            first.text.as_str(),
            "-p" | "-n" | "-H" | "--profile" | "--context" | "--namespace" | "--config"
        );
        rest = if takes_value {
            after.get(1..).unwrap_or_default()
        } else {
            after
        };
    }
    rest
}

fn named(act: ImageAct, word: Option<&Word>) -> Vec<Named> {
    word.map(|it| (act, pattern(&it.text), range(it)))
        .into_iter()
        .collect()
}

fn unknown(word: &Word) -> Vec<Named> {
    vec![(ImageAct::Loaded, UNKNOWN_IMAGE.to_owned(), range(word))]
}

fn of_node(act: ImageAct, node: Node<'_>) -> Option<Named> {
    Some((act, pattern(&node.string()?), node.range()))
}

fn range(word: &Word) -> TextRange {
    TextRange::new(word.start as u32, word.end as u32)
}

/// An image as written, with `*` for variables and expressions.
fn pattern(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let end = match char {
            '$' if rest.starts_with("${{") => through(rest, "}}"),
            '$' if rest.starts_with("${") => through(rest, "}"),
            '$' if rest.starts_with("$(") => through(rest, ")"),
            '$' => {
                let name = rest[1..].bytes();
                1 + name
                    .take_while(|it| it.is_ascii_alphanumeric() || *it == b'_')
                    .count()
            }
            '{' if rest.starts_with("{{") => through(rest, "}}"),
            UNKNOWN => char.len_utf8(),
            _ => {
                found.push(char);
                rest = &rest[char.len_utf8()..];
                continue;
            }
        };
        if !found.ends_with('*') {
            found.push('*');
        }
        rest = &rest[end..];
    }
    found
}

fn through(text: &str, end: &str) -> usize {
    text.find(end).map_or(text.len(), |at| at + end.len())
}

/// The repository and the tag of an image as a command names it. The tag is `latest` if none is written, as docker takes it.
pub fn split(image: &str) -> (&str, &str) {
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    let name = image.rfind('/').map_or(0, |it| it + 1);
    match image[name..].find(':') {
        Some(at) => (&image[..name + at], &image[name + at + 1..]),
        None => (image, "latest"),
    }
}
