//! Images that hold an operating system or a language, and nothing to run.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::{ImageRef, data};

/// An image without a program of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaseImage {
    /// What it does when it is started without a command: a verb and what follows, as `starts a shell, which ends at once …`.
    pub on_start: &'static str,
    /// Parts of the tags of variants that are something else.
    other_variants: &'static str,
}

/// Where the official images of Docker Hub are to be had: the registry itself, its images for one architecture, and mirrors of it.
const OFFICIAL: [&str; 8] = [
    "docker.io/library/",
    "docker.io/amd64/",
    "docker.io/arm32v7/",
    "docker.io/arm64v8/",
    "mirror.gcr.io/library/",
    "public.ecr.aws/docker/library/",
    "registry-1.docker.io/library/",
    "registry.hub.docker.com/library/",
];

/// The rows of `data/base-images.tsv`, by image.
static BASE_IMAGES: LazyLock<BTreeMap<&'static str, BaseImage>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../data/base-images.tsv"));
    let entries = rows.map(|[image, on_start, _]| {
        let (image, other_variants) = image.split_once(' ').unwrap_or((image, ""));
        let entry = BaseImage {
            on_start,
            other_variants,
        };
        (image, entry)
    });
    entries.collect()
});

/// What `image` is, if it is one of the known base images in a variant that starts nothing that lasts. An image that is given by its
/// digest alone may be any variant.
pub fn of(image: &ImageRef<'_>) -> Option<BaseImage> {
    let name = image.canonical();
    let found = *BASE_IMAGES.get(official(&name).as_deref().unwrap_or(&name))?;
    let Some(tag) = image.tag() else {
        let unknown = image.digest().is_some() && !found.other_variants.is_empty();
        return (!unknown).then_some(found);
    };
    let is_other = |part: &str| {
        part == "onbuild" || found.other_variants.split(' ').any(|other| other == part)
    };
    (!tag.split('-').any(is_other)).then_some(found)
}

/// The name on Docker Hub of the official image that `canonical` is, in any of the places where those are to be had.
pub(crate) fn official(canonical: &str) -> Option<String> {
    let mut prefixes = OFFICIAL.iter();
    let rest = prefixes.find_map(|prefix| canonical.strip_prefix(prefix))?;
    Some(format!("docker.io/library/{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(image: &str, expected: bool) {
        let reference = ImageRef::parse(image).unwrap();
        assert_eq!(of(&reference).is_some(), expected, "{image}");
    }

    #[test]
    fn every_spelling_of_an_official_image() {
        for image in [
            "python",
            "python:3.11-slim",
            "docker.io/python",
            "docker.io/library/python:3",
            "index.docker.io/library/python",
            "public.ecr.aws/docker/library/python:3.12",
            "mirror.gcr.io/library/python",
            "arm64v8/python:3",
            "mcr.microsoft.com/dotnet/sdk:8.0",
            "registry.access.redhat.com/ubi9/ubi:9.4",
            "gcr.io/distroless/static-debian12:nonroot",
            "nvidia/cuda:12.4.1-runtime-ubuntu22.04",
        ] {
            check(image, true);
        }
    }

    #[test]
    fn what_only_has_the_name() {
        for image in [
            "bitnami/python",
            "ghcr.io/library/python",
            "python-app",
            "nginx",
            "mcr.microsoft.com/dotnet/samples:aspnetapp",
        ] {
            check(image, false);
        }
    }

    #[test]
    fn variants() {
        let digest = "0".repeat(64);
        check("php:8.3-cli", true);
        check("php:8.3-apache", false);
        check("php:8-fpm-alpine", false);
        check("php:fpm", false);
        check("node:4-onbuild", false);
        check("tensorflow/tensorflow:2.16.1-gpu-jupyter", false);
        check("gcr.io/distroless/base:debug", false);
        check(&format!("php@sha256:{digest}"), false);
        check(&format!("busybox@sha256:{digest}"), true);
        check(&format!("php:8-cli@sha256:{digest}"), true);
    }
}
