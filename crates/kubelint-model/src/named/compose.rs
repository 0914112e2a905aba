//! The paths in a compose file: what images are built from, and files of variables. (Folders of bind mounts are made by docker.)

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::{Kind, Node};

use super::{Named, What, above, plain};
use crate::KubeNode;

pub(super) fn names(file: &SourcePath, root: Node<'_>, found: &mut Vec<Named>) {
    let services = root.field("services").into_iter().flat_map(Node::fields);
    for service in services.map(|it| it.value.resolved()) {
        if let Some(build) = service.field("build") {
            self::build(file, build, found);
        }
        if let Some(files) = service.field("env_file") {
            env_files(file, files, found);
        }
        if let Some(other) = service.at(&["extends", "file"]) {
            let what = What::Configuration;
            found.extend(Named::from_above(file, other, "extends.file", what));
        }
    }
}

/// `build: FOLDER`, or with `context` and `dockerfile`.
fn build(file: &SourcePath, build: Node<'_>, found: &mut Vec<Named>) {
    let context = if build.kind() == Kind::Scalar {
        Some(build)
    } else {
        build.field("context")
    };
    let written = match context {
        Some(node) => node.string(),
        // What only adds to another compose file leaves the context to that.
        None => is_whole(file).then(|| ".".into()),
    };
    let Some(written) = written.filter(|it| plain(it) && !is_git(it)) else {
        return;
    };
    if let Some(node) = context {
        let what = What::BuildContext;
        found.extend(Named::from_above(file, node, "build.context", what));
    }
    if build.field("dockerfile_inline").is_some() {
        return;
    }
    let dockerfile = build.field("dockerfile");
    let name = dockerfile.map_or(Some("Dockerfile".into()), KubeNode::string);
    let Some(name) = name.filter(|it| plain(it)) else {
        return;
    };
    let range = dockerfile.or(context).unwrap_or(build).range();
    found.extend(within(file, &written, &name, range, "build.dockerfile"));
}

/// Whether docker compose reads the file on its own, and not over another.
fn is_whole(file: &SourcePath) -> bool {
    let stem = file.file_name().rsplit_once('.').map(|(stem, _)| stem);
    matches!(stem, Some("compose" | "docker-compose"))
}

/// The Dockerfile `name` of the context `context`.
pub(super) fn within(
    file: &SourcePath,
    context: &str,
    name: &str,
    range: TextRange,
    field: &'static str,
) -> Option<Named> {
    let written = format!("{context}/{name}");
    let mut places = vec![file.join(&written)?];
    places.extend(above(file, &written));
    if name == "Dockerfile" {
        // Where the usual name is not there, docker takes this one.
        let lower = format!("{context}/dockerfile");
        places.extend(file.join(&lower));
        places.extend(above(file, &lower));
    }
    Some(Named {
        range,
        field,
        what: What::Dockerfile,
        written: name.to_owned(),
        places,
        origin: None,
    })
}

fn is_git(context: &str) -> bool {
    context.starts_with("git@") || context.starts_with("github.com/") || context.contains(".git")
}

/// One file, or several, each perhaps not required.
fn env_files(file: &SourcePath, files: Node<'_>, found: &mut Vec<Named>) {
    let one = (files.kind() == Kind::Scalar).then_some(files);
    for item in one.into_iter().chain(files.items().map(Node::resolved)) {
        let path = if item.kind() == Kind::Scalar {
            Some(item)
        } else {
            let is_required = item.field("required").and_then(KubeNode::boolean);
            item.field("path").filter(|_| is_required != Some(false))
        };
        let named = path.and_then(|it| Named::from_above(file, it, "env_file", What::EnvFile));
        found.extend(named);
    }
}
