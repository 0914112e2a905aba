//! Which scripts, documents and templates of charts are read besides manifests: a cheap byte search says which of them can matter.

use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};
use kubelint_parser::source::{Encoding, SourcePath, SourceText, Sources};
use rayon::prelude::*;

use super::layout;
use crate::{Role, build, compose, data};

/// Larger files are data, not scripts.
pub(super) const MAX_FILE: usize = 1 << 20;
/// How much text is searched in all.
pub(crate) const MAX_TOTAL: usize = 64 << 20;
/// How many files are read at once.
const BATCH: usize = 64;

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = data::rows(include_str!("../../data/command-words.tsv")).map(|[_, it, _]| it);
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(words)
        .ok()
});

/// The words of commands that change a cluster, and of texts that become objects.
static OBJECT_WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../../data/command-words.tsv"));
    let words = rows.filter(|[form, ..]| *form == "text");
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(words.map(|[_, it, _]| it))
        .ok()
});

/// Whether a text holds commands or texts that may make objects, and not only such as build images.
pub(crate) fn may_make_objects(text: &str) -> bool {
    OBJECT_WORDS.as_ref().is_some_and(|it| it.is_match(text))
}

/// A file as text, unless it is too large to be a script or no text at all.
pub(crate) fn readable(sources: &dyn Sources, path: &SourcePath) -> Option<Arc<SourceText>> {
    let text = sources.read(path).ok()?;
    let wanted = text.encoding() != Encoding::Binary && text.as_str().len() <= MAX_FILE;
    wanted.then_some(text)
}

/// What a file of this path is, if it may hold commands or texts of manifests. A file without an extension may be a script: its first
/// line says.
pub(crate) fn role(path: &SourcePath) -> Option<Role> {
    const SCRIPTS: [&str; 12] = [
        "sh", "bash", "zsh", "ksh", "fish", "ps1", "cmd", "bat", "mk", "just", "tf", "groovy",
    ];
    const DOCUMENTS: [&str; 6] = ["md", "markdown", "mdx", "rst", "adoc", "asciidoc"];
    const NAMES: [&str; 8] = [
        "Makefile",
        "makefile",
        "GNUmakefile",
        "justfile",
        "Justfile",
        "Jenkinsfile",
        "Tiltfile",
        "Vagrantfile",
    ];
    let name = path.file_name();
    let is = |known: &[&str]| {
        path.extension()
            .is_some_and(|it| known.iter().any(|known| it.eq_ignore_ascii_case(known)))
    };
    if layout::is_workflow(path) && layout::is_yaml(path) {
        Some(Role::Workflow)
    } else if layout::is_gitlab(path) {
        Some(Role::GitLab)
    } else if layout::is_compose(path) {
        Some(Role::Compose)
    } else if NAMES.contains(&name) || is(&SCRIPTS) || is_pipeline(path) || build::is_bake(path) {
        Some(Role::Script)
    } else if is(&DOCUMENTS) || name == "README" {
        Some(Role::Document)
    } else {
        (path.extension().is_none() && !name.starts_with('.')).then_some(Role::Other)
    }
}

/// Whether some service reads the file as its pipeline, or skaffold as its configuration.
pub(crate) fn is_pipeline(path: &SourcePath) -> bool {
    const NAMES: [&str; 5] = [
        ".gitlab-ci.yml",
        ".travis.yml",
        "bitbucket-pipelines.yml",
        "Taskfile.yml",
        "Taskfile.yaml",
    ];
    let name = path.file_name();
    let known = ["azure-pipelines", "cloudbuild", "skaffold", "buildspec"];
    NAMES.contains(&name)
        || layout::is_yaml(path)
            && (known.iter().any(|it| name.starts_with(it))
                || path.parent().ends_with(".circleci")
                || path.parent().ends_with(".buildkite"))
}

/// Reads those of `paths` that hold one of the words of `data/command-words.tsv`, in their order, with what they are.
pub(super) fn read<'a>(
    sources: &dyn Sources,
    paths: &[(&'a SourcePath, Role)],
) -> Vec<(&'a SourcePath, Role, Arc<SourceText>)> {
    let mut found = Vec::new();
    let mut budget = MAX_TOTAL;
    for batch in paths.chunks(BATCH) {
        let read: Vec<_> = batch
            .par_iter()
            .map(|&(path, role)| {
                let text = readable(sources, path)?;
                let role = match role {
                    Role::Other => text.as_str().starts_with("#!").then_some(Role::Script),
                    role => Some(role),
                };
                let holds = |text: &str| WORDS.as_ref().is_some_and(|it| it.is_match(text));
                let matters = match role {
                    // Of compose only what it builds is asked for, and how that is set up.
                    Some(Role::Compose) => {
                        let words = ["build:", "include:", "extends:"];
                        compose::lies_over_another(path)
                            || words.iter().any(|it| text.as_str().contains(it))
                    }
                    _ => build::is_bake(path) || holds(text.as_str()),
                };
                Some((text.as_str().len(), path, role.filter(|_| matters), text))
            })
            .collect();
        for (size, path, role, text) in read.into_iter().flatten() {
            budget = budget.saturating_sub(size);
            found.extend(role.map(|role| (path, role, text)));
        }
        if budget == 0 {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use kubelint_parser::source::MemorySources;

    use super::*;

    #[test]
    fn what_paths_say() {
        for (path, expected) in [
            ("deploy.sh", Some(Role::Script)),
            ("a/Makefile", Some(Role::Script)),
            (".gitlab-ci.yml", Some(Role::GitLab)),
            ("skaffold.dev.yaml", Some(Role::Script)),
            (".circleci/config.yml", Some(Role::Script)),
            (".github/workflows/ci.yaml", Some(Role::Workflow)),
            ("docs/install.MD", Some(Role::Document)),
            ("bin/deploy", Some(Role::Other)),
            ("app.yaml", None),
            ("main.go", None),
        ] {
            assert_eq!(role(&SourcePath::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn only_what_can_matter_is_kept() {
        let sources = MemorySources::new([
            ("a.md", "Hello\n"),
            ("b.sh", "kubectl apply -f x\n"),
            ("c", "#!/bin/sh\nkubectl version\n"),
            ("d", "kubectl version\n"),
        ]);
        let paths: Vec<_> = sources
            .list()
            .iter()
            .filter_map(|it| Some((it, role(it)?)))
            .collect();
        let found: Vec<_> = read(&sources, &paths)
            .into_iter()
            .map(|(path, role, _)| (path.as_str(), role))
            .collect();
        assert_eq!(found, [("b.sh", Role::Script), ("c", Role::Script)]);
    }
}
