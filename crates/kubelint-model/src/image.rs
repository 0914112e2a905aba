//! Image references, split as containerd and docker split them (github.com/distribution/reference).

use kubelint_parser::TextRange;

/// An image reference and where its parts stand in the text it was parsed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef<'a> {
    text: &'a str,
    registry: Option<TextRange>,
    path: TextRange,
    tag: Option<TextRange>,
    digest: Option<TextRange>,
}

/// The registry that short names mean.
pub const DOCKER_HUB: &str = "docker.io";

impl<'a> ImageRef<'a> {
    /// Splits `text`, or `None` if no container runtime accepts it: an upper-case or empty path component, a bad tag or digest,
    /// blanks, placeholders.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (name_end, digest) = match text.find('@') {
            Some(at) => (at, Some(range(at + 1, text.len()))),
            None => (text.len(), None),
        };
        let name = &text[..name_end];
        // A colon after the last slash begins the tag; one before it belongs to the registry's port.
        let last_slash = name.rfind('/').map_or(0, |at| at + 1);
        let (path_end, tag) = match name[last_slash..].find(':') {
            Some(at) => (
                last_slash + at,
                Some(range(last_slash + at + 1, name.len())),
            ),
            None => (name.len(), None),
        };
        let registry_end = name[..path_end]
            .find('/')
            .filter(|&at| is_registry(&name[..at]));
        let path = range(registry_end.map_or(0, |at| at + 1), path_end);
        let image = Self {
            text,
            registry: registry_end.map(|at| range(0, at)),
            path,
            tag,
            digest,
        };
        image.is_valid().then_some(image)
    }

    /// The registry as written: `ghcr.io`, `localhost:5000`; none for short names, which mean Docker Hub.
    pub fn registry(&self) -> Option<&'a str> {
        self.registry.map(|range| range.of(self.text))
    }

    /// The repository's path as written: `library/nginx`, `nginx`, `org/app`.
    pub fn path(&self) -> &'a str {
        self.path.of(self.text)
    }

    /// The last part of the path: `nginx` of `ghcr.io/org/nginx`.
    pub fn name(&self) -> &'a str {
        let path = self.path();
        path.rsplit_once('/').map_or(path, |(_, name)| name)
    }

    /// The tag, without its colon.
    pub fn tag(&self) -> Option<&'a str> {
        self.tag.map(|range| range.of(self.text))
    }

    /// The digest, without its `@`: `sha256:…`.
    pub fn digest(&self) -> Option<&'a str> {
        self.digest.map(|range| range.of(self.text))
    }

    /// Registry and path as written, without tag and digest.
    pub fn repository(&self) -> &'a str {
        TextRange::new(0, self.path.end).of(self.text)
    }

    /// The full name that runtimes use: `nginx` is `docker.io/library/nginx`. No tag, no digest.
    pub fn canonical(&self) -> String {
        let registry = self.host();
        let path = self.path();
        if registry == DOCKER_HUB && !path.contains('/') {
            format!("{registry}/library/{path}")
        } else {
            format!("{registry}/{path}")
        }
    }

    /// The full reference by which runtimes pull it: `nginx` is `docker.io/library/nginx:latest`. A digest decides alone, whatever the tag
    /// beside it (`NormalizeImage` and `resolve` of containerd's CRI plug-in).
    pub fn full(&self) -> String {
        let name = self.canonical();
        match (self.digest(), self.tag()) {
            (Some(digest), _) => format!("{name}@{digest}"),
            (None, tag) => format!("{name}:{}", tag.unwrap_or("latest")),
        }
    }

    /// The shortest text with the same [`Self::full`] reference, as people write it: `nginx:latest`, `org/app:v1`, `ghcr.io/org/app:v1`.
    pub fn short(&self) -> String {
        let full = self.full();
        let hub = full.strip_prefix("docker.io/");
        let short = hub.map(|it| it.strip_prefix("library/").unwrap_or(it));
        // `docker.io/library/localhost/app` would mean another registry without its beginning.
        let is_same = |it: &&str| ImageRef::parse(it).is_some_and(|it| it.full() == full);
        short
            .filter(is_same)
            .map_or_else(|| full.clone(), str::to_owned)
    }

    /// The registry that it is pulled from: [`DOCKER_HUB`] if none is written.
    pub fn host(&self) -> &'a str {
        match self.registry() {
            None | Some("index.docker.io") => DOCKER_HUB,
            Some(registry) => registry,
        }
    }

    /// Whether it is an official image of Docker Hub, however that is written: its name is then [`Self::name`].
    pub fn is_docker_official(&self) -> bool {
        let hub = matches!(
            self.registry(),
            None | Some(DOCKER_HUB | "index.docker.io" | "registry-1.docker.io")
        );
        let path = self.path();
        hub && !path.strip_prefix("library/").unwrap_or(path).contains('/')
    }

    /// Where the registry stands in the text.
    pub const fn registry_range(&self) -> Option<TextRange> {
        self.registry
    }

    /// Where the path stands in the text.
    pub const fn path_range(&self) -> TextRange {
        self.path
    }

    /// Where the tag stands in the text, without its colon.
    pub const fn tag_range(&self) -> Option<TextRange> {
        self.tag
    }

    /// Where the digest stands in the text, without its `@`.
    pub const fn digest_range(&self) -> Option<TextRange> {
        self.digest
    }

    fn is_valid(&self) -> bool {
        self.registry().is_none_or(is_valid_registry)
            && self.repository().len() <= MAX_NAME
            && self.path().split('/').all(is_path_component)
            && self.tag().is_none_or(is_tag)
            && self.digest().is_none_or(is_digest)
    }
}

/// The longest name that is accepted, in bytes.
const MAX_NAME: usize = 255;

fn range(start: usize, end: usize) -> TextRange {
    TextRange::new(start as u32, end as u32)
}

/// Whether the part before the first slash is a registry and not the first component of a Docker Hub path.
fn is_registry(part: &str) -> bool {
    part.contains(['.', ':'])
        || part == "localhost"
        || part.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_valid_registry(registry: &str) -> bool {
    let (host, port) = if let Some(rest) = registry.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else {
            return false;
        };
        let is_address = address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
        if address.is_empty() || !is_address {
            return false;
        }
        match port.strip_prefix(':') {
            None => return port.is_empty(),
            Some(port) => ("host", Some(port)),
        }
    } else {
        match registry.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (registry, None),
        }
    };
    host.split('.').all(is_host_label)
        && port.is_none_or(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()))
}

fn is_host_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    bytes
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
}

/// Lower-case letters and digits, joined by `.`, `_`, `__` or any number of `-`.
fn is_path_component(part: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = part.as_bytes();
    if !bytes.first().is_some_and(|b| is_word(*b)) || !bytes.last().is_some_and(|b| is_word(*b)) {
        return false;
    }
    part.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        .all(|joint| {
            matches!(joint, "" | "." | "_" | "__") || joint.bytes().all(|byte| byte == b'-')
        })
}

fn is_tag(tag: &str) -> bool {
    let bytes = tag.as_bytes();
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    bytes.len() <= 128
        && bytes.first().is_some_and(|b| is_word(*b))
        && bytes.iter().all(|&b| is_word(b) || b == b'.' || b == b'-')
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return false;
    };
    let known = match algorithm {
        "sha256" => hex.len() == 64,
        "sha384" => hex.len() == 96,
        "sha512" => hex.len() == 128,
        _ => hex.len() >= 32 && algorithm.bytes().all(|b| b.is_ascii_alphanumeric()),
    };
    known && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// registry | path | tag | digest | canonical
    fn check(text: &str, expected: &str) {
        let shown = ImageRef::parse(text).map_or("refused".to_owned(), |it| {
            [
                it.registry().unwrap_or("-"),
                it.path(),
                it.tag().unwrap_or("-"),
                it.digest().map_or("-", |digest| &digest[..6]),
                &it.canonical(),
            ]
            .join(" ")
        });
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn short_and_full_names() {
        check("nginx", "- nginx - - docker.io/library/nginx");
        check("nginx:1.25", "- nginx 1.25 - docker.io/library/nginx");
        check("org/app:v1", "- org/app v1 - docker.io/org/app");
        check(
            "docker.io/nginx",
            "docker.io nginx - - docker.io/library/nginx",
        );
        check("localhost/app", "localhost app - - localhost/app");
        check(
            "localhost:5000/a/b:c",
            "localhost:5000 a/b c - localhost:5000/a/b",
        );
        check(
            "gcr.io/p/a__b/c--d:x_Y.1",
            "gcr.io p/a__b/c--d x_Y.1 - gcr.io/p/a__b/c--d",
        );
        check("[::1]:5000/app", "[::1]:5000 app - - [::1]:5000/app");
        let digest = "0123456789abcdef".repeat(4);
        check(
            &format!("ghcr.io/o/a:1@sha256:{digest}"),
            "ghcr.io o/a 1 sha256 ghcr.io/o/a",
        );
    }

    #[test]
    fn references_as_they_are_pulled() {
        let digest = "0123456789abcdef".repeat(4);
        for (text, full, short) in [
            ("nginx", "docker.io/library/nginx:latest", "nginx:latest"),
            ("docker.io/org/app:v1", "docker.io/org/app:v1", "org/app:v1"),
            (
                "index.docker.io/library/nginx:1",
                "docker.io/library/nginx:1",
                "nginx:1",
            ),
            ("ghcr.io/o/a", "ghcr.io/o/a:latest", "ghcr.io/o/a:latest"),
            (
                "docker.io/library/localhost/a:1",
                "docker.io/library/localhost/a:1",
                "docker.io/library/localhost/a:1",
            ),
        ] {
            let image = ImageRef::parse(text).unwrap();
            assert_eq!((&*image.full(), &*image.short()), (full, short), "{text}");
        }
        let both = format!("a/b:1@sha256:{digest}");
        let image = ImageRef::parse(&both).unwrap();
        assert_eq!(image.short(), format!("a/b@sha256:{digest}"));
    }

    #[test]
    fn what_no_runtime_accepts() {
        for text in [
            "",
            "Nginx",
            "org/App:1",
            "app:",
            "app@sha256:12",
            "${REGISTRY}/app",
            "a//b",
            "app:${TAG}",
            "<your-registry>/app",
            "app :1",
            "http://host/app",
            "-app",
            "a..b",
            "a___b",
            "reg.io:/app",
        ] {
            check(text, "refused");
        }
    }

    #[test]
    fn official_images() {
        for (text, official) in [
            ("python:3.11", true),
            ("library/python", true),
            ("docker.io/library/python", true),
            ("bitnami/python", false),
            ("ghcr.io/python", false),
        ] {
            let image = ImageRef::parse(text).unwrap();
            assert_eq!(image.is_docker_official(), official, "{text}");
        }
    }
}
