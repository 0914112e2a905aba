//! The URLs that are asked: `http` and `https`, without users.

use std::fmt;

use crate::endpoint::{Endpoint, Scheme};

/// Longer URLs are not followed.
const LONGEST: usize = 8 << 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    pub scheme: Scheme,
    pub endpoint: Endpoint,
    /// The path and what follows it; it begins with a slash.
    pub path: String,
}

impl Url {
    pub(crate) const fn new(scheme: Scheme, endpoint: Endpoint, path: String) -> Self {
        Self {
            scheme,
            endpoint,
            path,
        }
    }

    /// Reads an absolute URL. `None` for other schemes, for users, and for what is no URL.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() <= LONGEST && text.bytes().all(|it| it.is_ascii_graphic());
        let (scheme, rest) = text.split_once("://").filter(|_| is_plain)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let endpoint = Endpoint::of_authority(authority)?;
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        };
        Some(Self::new(scheme, endpoint, path))
    }

    /// Where a `Location` or `Link` of this URL leads: absolute, or a path of the same server.
    pub(crate) fn join(&self, location: &str) -> Option<Self> {
        let is_word = |it: &str| it.bytes().all(|it| it.is_ascii_alphanumeric());
        if location.split_once("://").is_some_and(|it| is_word(it.0)) {
            return Self::parse(location);
        }
        if let Some(rest) = location.strip_prefix("//") {
            return Self::parse(&format!("{}://{rest}", self.scheme.as_str()));
        }
        let path = if location.starts_with('/') {
            location.to_owned()
        } else if location.starts_with('?') {
            let path = self.path.split('?').next().unwrap_or_default();
            format!("{path}{location}")
        } else {
            let path = self.path.split('?').next().unwrap_or_default();
            let folder = path.rsplit_once('/').map_or("", |it| it.0);
            format!("{folder}/{location}")
        };
        Self::parse(&format!(
            "{}://{}{path}",
            self.scheme.as_str(),
            self.endpoint
        ))
    }

    /// Whether both are of one server.
    pub(crate) fn is_same_server(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.endpoint.is(&other.endpoint, self.scheme)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}{}",
            self.scheme.as_str(),
            self.endpoint,
            self.path
        )
    }
}

/// A text as a part of a query.
pub(crate) fn encoded(text: &str) -> String {
    use fmt::Write;
    let mut all = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                all.push(byte as char);
            }
            // Writing to a string cannot fail.
            _ => _ = write!(all, "%{byte:02X}"),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_and_joined() {
        let url = Url::parse("https://ghcr.io/v2/a/tags/list?n=2#x").unwrap();
        assert_eq!(url.to_string(), "https://ghcr.io/v2/a/tags/list?n=2");
        for (location, expected) in [
            ("/v2/b", Some("https://ghcr.io/v2/b")),
            ("?n=3", Some("https://ghcr.io/v2/a/tags/list?n=3")),
            (
                "x?y=https://z",
                Some("https://ghcr.io/v2/a/tags/x?y=https://z"),
            ),
            ("//other:80/x", Some("https://other:80/x")),
            ("http://other/x", Some("http://other/x")),
            ("ftp://other/x", None),
            ("https://user@other/x", None),
            ("https://other\\@evil/x", Some("https://other/\\@evil/x")),
            ("https://a b/", None),
        ] {
            let found = url.join(location).map(|it| it.to_string());
            assert_eq!(found.as_deref(), expected, "{location}");
        }
        assert_eq!(Url::parse("https://h").unwrap().path, "/");
        assert_eq!(encoded("a:b/c d"), "a%3Ab%2Fc%20d");
    }
}
