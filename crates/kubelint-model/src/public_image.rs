//! Images that many projects use: whose registry or organisation says nothing about the project that deploys them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::{ImageRef, data};

/// The rows of `data/public-images.tsv`, by class.
struct Public {
    hosts: BTreeSet<&'static str>,
    registries: BTreeSet<&'static str>,
    owners: BTreeSet<&'static str>,
    names: BTreeSet<&'static str>,
}

static PUBLIC: LazyLock<Public> = LazyLock::new(|| {
    let of = |wanted: &str| {
        let rows = data::rows(include_str!("../data/public-images.tsv"));
        let rows = rows.filter(|[class, ..]| *class == wanted);
        rows.map(|[_, name, _]| name).collect()
    };
    Public {
        hosts: of("host"),
        registries: of("registry"),
        owners: of("owner"),
        names: of("name"),
    }
});

/// Whether many unrelated projects use the images of this organisation: those of Docker Hub itself, of vendors, and mirrors of them.
pub fn is_public(image: &ImageRef<'_>) -> bool {
    let canonical = image.canonical();
    let (registry, path) = canonical.split_once('/').unwrap_or((&canonical, ""));
    let owner = path.split('/').next().unwrap_or_default();
    PUBLIC.registries.contains(registry)
        || is_public_host(registry) && PUBLIC.owners.contains(owner)
}

/// Whether anyone may have images at this registry, so that to be there is nothing that two images have in common.
pub fn is_public_host(registry: &str) -> bool {
    PUBLIC.hosts.contains(registry)
}

/// Whether images of many projects have this name.
pub fn is_common_name(name: &str) -> bool {
    PUBLIC.names.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_images_these_are() {
        for (image, expected) in [
            ("nginx", true),
            ("grafana/grafana", true),
            ("quay.io/prometheus/node-exporter", true),
            ("mcr.microsoft.com/dotnet/sdk", true),
            ("mirror.gcr.io/acme/api", true),
            ("acme/api", false),
            ("ghcr.io/acme/grafana", false),
            ("registry.acme.io/grafana/api", false),
        ] {
            let found = ImageRef::parse(image).map(|it| is_public(&it));
            assert_eq!(found, Some(expected), "{image}");
        }
    }
}
