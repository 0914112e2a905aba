//! Clusters on the developer's own machine: they have one node, and images get there without a registry.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use kubelint_parser::source::SourcePath;

use crate::data;

/// The rows of `data/local-clusters.tsv`, by class.
struct Marks {
    folders: BTreeSet<&'static str>,
    registries: BTreeSet<&'static str>,
    tools: BTreeSet<&'static str>,
    contexts: BTreeSet<&'static str>,
    context_starts: BTreeSet<&'static str>,
    mentions: BTreeSet<&'static str>,
}

static MARKS: LazyLock<Marks> = LazyLock::new(|| {
    let of = |wanted: &str| {
        let rows = data::rows(include_str!("../data/local-clusters.tsv"));
        let rows = rows.filter(|[class, ..]| *class == wanted);
        rows.map(|[_, name, _]| name).collect()
    };
    Marks {
        folders: of("folder"),
        registries: of("registry"),
        tools: of("tool"),
        contexts: of("context"),
        context_starts: of("context-start"),
        mentions: of("mention"),
    }
});

/// Whether a file is for such a cluster, as the folders on the way to it tell.
pub fn is_for_one(path: &SourcePath) -> bool {
    let mut folders = path.parent().split('/');
    folders.any(|it| MARKS.folders.contains(it))
}

/// Whether `registry`, a host with or without a port, runs beside such a cluster or within it.
pub fn is_registry(registry: &str) -> bool {
    let host = registry.split(':').next().unwrap_or_default();
    MARKS.registries.contains(host) || host.ends_with(".localhost")
}

/// Whether a program makes such a cluster, or puts something into it.
pub fn is_tool(program: &str) -> bool {
    MARKS.tools.contains(program)
}

/// Whether a context of kubectl is that of such a cluster, as its name tells.
pub fn is_context(name: &str) -> bool {
    MARKS.contexts.contains(name) || MARKS.context_starts.iter().any(|it| name.starts_with(it))
}

/// Whether a script, in lower case, speaks of such a cluster somewhere.
pub fn is_mentioned(script: &str) -> bool {
    MARKS.mentions.iter().any(|it| script.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_local() {
        assert!(is_for_one(&SourcePath::new("deploy/kind/app.yaml")));
        assert!(!is_for_one(&SourcePath::new("deploy/kind.yaml")));
        for (registry, expected) in [
            ("localhost:5000", true),
            ("kind-registry", true),
            ("k3d.localhost:5111", true),
            ("ghcr.io", false),
        ] {
            assert_eq!(is_registry(registry), expected, "{registry}");
        }
        assert!(is_tool("k3d") && !is_tool("kubectl"));
        assert!(is_context("kind-shop") && is_context("minikube") && !is_context("prod"));
        assert!(is_mentioned("push localhost:5000/a") && !is_mentioned("push ghcr.io/a"));
    }
}
