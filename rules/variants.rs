//! Workloads that share labels on purpose: versions of one program that take turns, or run beside each other.

use kubelint_model::KubeNode;
use kubelint_parser::yaml::Node;

use crate::owners::Owner;

/// Labels that tell versions of one program apart which run beside each other.
const OF_VERSIONS: [&str; 13] = [
    "app.kubernetes.io/version",
    "canary",
    "color",
    "colour",
    "deployment",
    "release",
    "rollouts-pod-template-hash",
    "slot",
    "stage",
    "subset",
    "track",
    "variant",
    "version",
];

/// Words in names that tell such versions apart, or copies of one program for other nodes, places or environments.
const VARIANTS: [&str; 52] = [
    "active",
    "alpha",
    "amd64",
    "arm",
    "arm32",
    "arm64",
    "baseline",
    "beta",
    "black",
    "blue",
    "canary",
    "central",
    "cpu",
    "current",
    "demo",
    "dev",
    "east",
    "eu",
    "experiment",
    "experimental",
    "gpu",
    "green",
    "legacy",
    "linux",
    "live",
    "new",
    "next",
    "north",
    "old",
    "ondemand",
    "passive",
    "ppc64le",
    "preview",
    "previous",
    "primary",
    "prod",
    "production",
    "qa",
    "red",
    "s390x",
    "shadow",
    "south",
    "spot",
    "stable",
    "staging",
    "standby",
    "test",
    "uat",
    "us",
    "west",
    "windows",
    "x86",
];

/// Whether the two are variants of one program: their names differ only in a word that says so, or their pods differ in a label that does.
/// DaemonSets for other nodes are, too.
pub(crate) fn are_variants(a: &Owner<'_>, b: &Owner<'_>) -> bool {
    names_vary(a.name(), b.name()) || labels_vary(a, b) || nodes_vary(a, b)
}

fn names_vary(a: &str, b: &str) -> bool {
    let without_digits = |it: &str| it.replace(|it: char| it.is_ascii_digit(), "");
    if without_digits(a) == without_digits(b) {
        return true;
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (words(a).collect(), words(b).collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    let ends = a.iter().rev().zip(b.iter().rev());
    let same = ends.take_while(|(a, b)| a == b).count();
    let differing = a[..a.len() - same].iter().chain(&b[..b.len() - same]);
    let mut differing = differing.copied();
    differing.all(is_variant)
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(['-', '.', '_']).filter(|it| !it.is_empty())
}

/// `canary`, and `v2`, `3`, `a`, `blue2`.
fn is_variant(word: &str) -> bool {
    let letters = word.trim_matches(|it: char| it.is_ascii_digit());
    letters.len() <= 1 || VARIANTS.contains(&letters) || VARIANTS.contains(&word)
}

fn labels_vary(a: &Owner<'_>, b: &Owner<'_>) -> bool {
    let value = |it: &Owner<'_>, key: &str| {
        let label = it.labels.and_then(|it| it.field(key));
        label.and_then(KubeNode::text_value).map(String::from)
    };
    OF_VERSIONS.iter().any(|key| value(a, key) != value(b, key))
}

fn nodes_vary(a: &Owner<'_>, b: &Owner<'_>) -> bool {
    let both = [a, b].map(|it| it.resource().gvk.kind.as_str());
    let field = |it: &Owner<'_>, key: &str| {
        let spec = ["spec", "template", "spec", key];
        it.workload.root.at(&spec).map(|it| text_of(it))
    };
    let keys = ["nodeSelector", "affinity"];
    both == ["DaemonSet"; 2] && keys.iter().any(|key| field(a, key) != field(b, key))
}

/// What is written, but for its layout.
fn text_of(node: Node<'_>) -> String {
    node.raw().split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::names_vary;

    #[test]
    fn names_of_variants() {
        for (a, b, expected) in [
            ("web", "web-canary", true),
            ("web-blue", "web-green", true),
            ("web-v1", "web-v2", true),
            ("shard-1", "shard-2", true),
            ("web1", "web2", true),
            ("flannel-amd64", "flannel-arm64", true),
            ("api", "api-worker", false),
            ("api", "web", false),
            ("redis-master", "redis-slave", false),
        ] {
            assert_eq!(names_vary(a, b), expected, "{a} {b}");
        }
    }
}
