//! The users that well-known images run as.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::base_image::official;
use crate::{ImageRef, data};

/// The user of an image: its `USER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageUser {
    /// Root: none is set, or 0.
    Root,
    /// A number other than 0.
    Number(u32),
    /// A name. Which number it stands for is in the image only.
    Name(&'static str),
}

/// A row of the table: the user, and parts of the tags of variants that have another one.
struct Row {
    user: ImageUser,
    other_variants: &'static str,
}

/// The rows of `data/image-users.tsv`, by image.
static USERS: LazyLock<BTreeMap<&'static str, Row>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../data/image-users.tsv"));
    let entries = rows.map(|[image, user, _]| {
        let (image, other_variants) = image.split_once(' ').unwrap_or((image, ""));
        let user = match (user, user.parse()) {
            ("root", _) | (_, Ok(0)) => ImageUser::Root,
            (_, Ok(number)) => ImageUser::Number(number),
            (name, Err(_)) => ImageUser::Name(name),
        };
        let row = Row {
            user,
            other_variants,
        };
        (image, row)
    });
    entries.collect()
});

/// The user that `image` runs as, where that is known. An image with variants of other users that is given by its digest alone may be any
/// of them.
pub fn of(image: &ImageRef<'_>) -> Option<ImageUser> {
    let name = image.canonical();
    let found = USERS.get(official(&name).as_deref().unwrap_or(&name))?;
    let Some(tag) = image.tag() else {
        let unknown = image.digest().is_some() && !found.other_variants.is_empty();
        return (!unknown).then_some(found.user);
    };
    let is_other = |part: &str| {
        let mut others = found.other_variants.split(' ');
        others.any(|other| !other.is_empty() && part == other)
    };
    (!tag.split('-').any(is_other)).then_some(found.user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(image: &str, expected: Option<ImageUser>) {
        let reference = ImageRef::parse(image).unwrap();
        assert_eq!(of(&reference), expected, "{image}");
    }

    #[test]
    fn users_of_images() {
        for image in [
            "nginx:1.27-alpine",
            "public.ecr.aws/docker/library/python:3.12",
            "gcr.io/distroless/static-debian12",
            "mcr.microsoft.com/dotnet/aspnet:8.0-alpine",
        ] {
            check(image, Some(ImageUser::Root));
        }
        check("memcached:1.6", Some(ImageUser::Name("memcache")));
        check("prom/prometheus", Some(ImageUser::Name("nobody")));
        check("grafana/grafana:11.1.0", Some(ImageUser::Number(472)));
    }

    #[test]
    fn what_is_not_known() {
        let digest = "0".repeat(64);
        for image in [
            "ghcr.io/shop/nginx",
            "bitnami/nginx",
            "nginx/nginx-ingress",
            "gcr.io/distroless/static-debian12:nonroot",
            "gcr.io/distroless/base:debug-nonroot",
            "mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled",
            &format!("gcr.io/distroless/static-debian12@sha256:{digest}"),
        ] {
            check(image, None);
        }
        check(&format!("nginx@sha256:{digest}"), Some(ImageUser::Root));
    }
}
