//! Registries for which nodes have credentials of their own.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::data;

/// The rows of `data/node-registries.tsv`, by form.
struct Hosts {
    whole: BTreeSet<&'static str>,
    ends: Vec<&'static str>,
}

static HOSTS: LazyLock<Hosts> = LazyLock::new(|| {
    let of = |wanted: &'static str| {
        let rows = data::rows(include_str!("../data/node-registries.tsv"));
        let rows = rows.filter(move |[form, ..]| *form == wanted);
        rows.map(|[_, name, _]| name)
    };
    Hosts {
        whole: of("host").collect(),
        ends: of("end").collect(),
    }
});

/// Whether nodes may pull from `registry`, a host with or without a port, although a pod states no credentials.
pub fn is_one(registry: &str) -> bool {
    let host = match registry.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|it| it.is_ascii_digit()) => host,
        _ => registry,
    };
    let host = host.to_ascii_lowercase();
    // Regions stand in the middle of the names of Amazon's registries.
    let is_amazon = host.contains(".dkr.ecr.") && host.contains(".amazonaws.com");
    HOSTS.whole.contains(host.as_str())
        || is_amazon
        || HOSTS.ends.iter().any(|it| host.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn whose_nodes_have_credentials() {
        for (registry, expected) in [
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", true),
            ("europe-docker.pkg.dev", true),
            ("eu.gcr.io", true),
            ("gcr.io", true),
            ("acme.azurecr.io", true),
            ("registry.internal:5000", true),
            ("localhost:5000", true),
            ("ghcr.io", false),
            ("docker.io", false),
            ("quay.io", false),
        ] {
            assert_eq!(is_one(registry), expected, "{registry}");
        }
    }
}
