//! The ports that known images listen on by themselves.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::{ImageRef, data};

const TABLE: &str = include_str!("../data/image-ports.tsv");

/// The rows of `data/image-ports.tsv`: the ports, by image.
static PORTS: LazyLock<BTreeMap<&'static str, Vec<i64>>> = LazyLock::new(|| {
    let rows = data::rows(TABLE).map(|[image, ports, _]| {
        let ports = ports.split(' ').filter_map(|it| it.parse().ok());
        (image, ports.collect())
    });
    rows.collect()
});

/// The ports on which `image` listens unless it is told otherwise, whatever a manifest declares; none if it is not known.
pub fn of(image: &ImageRef<'_>) -> impl Iterator<Item = i64> {
    let official = image
        .is_docker_official()
        .then(|| format!("docker.io/library/{}", image.name()));
    let keys = official.into_iter().chain([format!("*/{}", image.name())]);
    keys.filter_map(|it| PORTS.get(it.as_str()))
        .flatten()
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_images_and_unmistakable_names() {
        for (image, port, expected) in [
            ("postgres:16", 5432, true),
            ("docker.io/library/postgres", 5432, true),
            ("postgres:16", 5433, false),
            ("example.com/postgres", 5432, false),
            (
                "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2",
                8081,
                true,
            ),
            ("unknown", 80, false),
        ] {
            let reference = ImageRef::parse(image).unwrap();
            let found = of(&reference).any(|it| it == port);
            assert_eq!(found, expected, "{image}");
        }
    }

    #[test]
    fn every_row_has_ports() {
        for [image, ports, _] in data::rows(TABLE) {
            assert_eq!(ports.split(' ').count(), PORTS[image].len(), "{image}");
        }
    }
}
