//! Image names, as far as two of them can be compared: the registry says where an image is kept, not what it is.

use crate::build::split_image;

/// The place of an image of which only the last part is written.
pub(super) const SHORT: &str = "docker.io/library";

/// The name of an image, in lower case, as a manifest or a build step gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// The path without the registry: all of it, or where something unknown stands before it, what is known of it, if that is more than one
    /// part.
    pub(super) path: Option<String>,
    /// The last part of the path; `*` in it stands for what is not known.
    pub(super) base: String,
    /// The registry and the path up to the last part, if they are known.
    pub(super) place: Option<String>,
}

impl Name {
    /// The name of `image`, whose tag and digest do not matter; `None` if nothing of it is known.
    pub(super) fn of(image: &str) -> Option<Self> {
        let (repository, _) = split_image(image);
        let repository = repository.to_ascii_lowercase();
        let (place, base) = match repository.rsplit_once('/') {
            Some((place, base)) => (place, base),
            None => ("", repository.as_str()),
        };
        if base.is_empty() || base == "*" {
            return None;
        }
        let path = match place.rfind('*') {
            Some(star) => {
                let known = &repository[star + 1..];
                let behind = known.find('/').map(|at| &known[at + 1..]);
                behind.filter(|it| it.contains('/')).map(str::to_owned)
            }
            None => Some(without_registry(&repository).to_owned()),
        };
        Some(Self {
            path: path.filter(|it| !it.contains('*')),
            base: base.to_owned(),
            place: (!place.contains('*')).then(|| canonical_place(place)),
        })
    }

    /// Whether part of the last part is not known.
    pub(super) fn is_pattern(&self) -> bool {
        self.base.contains('*')
    }
}

/// A repository without its registry, and without the organisation that Docker Hub adds to its own images.
fn without_registry(repository: &str) -> &str {
    let path = match repository.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => rest,
        _ => repository,
    };
    path.strip_prefix("library/").unwrap_or(path)
}

fn canonical_place(place: &str) -> String {
    let first = place.split('/').next().unwrap_or_default();
    let is_registry = first.contains(['.', ':']) || first == "localhost";
    match place {
        "" => SHORT.to_owned(),
        _ if is_registry => place.replacen("index.docker.io", "docker.io", 1),
        _ => format!("docker.io/{place}"),
    }
}

/// What the one `*` of `pattern` stands for in `text`; `None` if it does not fit, or has not exactly one.
pub(super) fn captured<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    let (before, after) = pattern.split_once('*')?;
    if after.contains('*') {
        return None;
    }
    let rest = text.strip_prefix(before)?.strip_suffix(after)?;
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (image, expected) in [
            ("api", Some((Some("api"), "api", Some("docker.io/library")))),
            (
                "acme/api:1",
                Some((Some("acme/api"), "api", Some("docker.io/acme"))),
            ),
            (
                "ghcr.io/Acme/shop/api@sha256:0",
                Some((Some("acme/shop/api"), "api", Some("ghcr.io/acme/shop"))),
            ),
            (
                "docker.io/library/api",
                Some((Some("api"), "api", Some("docker.io/library"))),
            ),
            ("*/api:*", Some((None, "api", None))),
            ("*/acme/api", Some((Some("acme/api"), "api", None))),
            ("ghcr.io/*/api", Some((None, "api", None))),
            ("ghcr.io/*-api", Some((None, "*-api", Some("ghcr.io")))),
            (
                "localhost:5000/api",
                Some((Some("api"), "api", Some("localhost:5000"))),
            ),
            ("*", None),
            ("ghcr.io/*:1", None),
        ] {
            let found = Name::of(image);
            let found = found
                .as_ref()
                .map(|it| (it.path.as_deref(), it.base.as_str(), it.place.as_deref()));
            assert_eq!(found, expected, "{image}");
        }
    }

    #[test]
    fn what_a_star_stands_for() {
        for (pattern, text, expected) in [
            ("*-service", "order-service", Some("order")),
            ("*", "order", Some("order")),
            ("shop-*", "order", None),
            ("*-*", "a-b", None),
            ("a*a", "a", None),
        ] {
            assert_eq!(captured(pattern, text), expected, "{pattern} {text}");
        }
    }
}
