//! Hosts with a port: what a registry is known by.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// A host and, unless it is the scheme's own, its port: `ghcr.io`, `localhost:5000`, `[::1]:5000`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// In lower case, without a dot at its end; an IPv6 address without brackets.
    host: String,
    port: Option<u16>,
}

impl Endpoint {
    /// Reads `HOST` or `HOST:PORT`; `None` if it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, port) = rest.split_once(']')?;
                address.parse::<Ipv6Addr>().ok()?;
                let port = match port {
                    "" => None,
                    _ => Some(port.strip_prefix(':')?),
                };
                (address, port)
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let port = match port {
            Some(port) if port.bytes().all(|it| it.is_ascii_digit()) => Some(port.parse().ok()?),
            Some(_) => return None,
            None => None,
        };
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let is_name = |it: u8| it.is_ascii_alphanumeric() || b"-._".contains(&it);
        let is_host = text.starts_with('[') || host.bytes().all(is_name);
        (!host.is_empty() && host.len() <= 253 && is_host).then_some(Self { host, port })
    }

    /// The endpoint of a URL's authority. `None` for one with a user.
    pub(crate) fn of_authority(authority: &str) -> Option<Self> {
        Self::parse(authority)
    }

    /// The host; an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, if one is stated.
    pub(crate) const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The port; `default` if none is stated.
    pub(crate) fn port_or(&self, default: u16) -> u16 {
        self.port.unwrap_or(default)
    }

    /// Whether `other`, which is talked to by `scheme`, is this one: without a port, it is the scheme's own port.
    pub(crate) fn is(&self, other: &Self, scheme: Scheme) -> bool {
        let port = scheme.default_port();
        self.host == other.host && self.port_or(port) == other.port_or(port)
    }

    /// Whether the host is an address, or a name of this machine, whoever resolves it.
    ///
    /// Resolvers read numbers in many forms (`127.1`, `0x7f000001`, `017700000001`): a host whose last part begins as a number is one, as
    /// in the URL standard (url.spec.whatwg.org/#ends-in-a-number-checker).
    pub(crate) fn is_address_or_local(&self) -> bool {
        let last = self.host.rsplit('.').next().unwrap_or_default();
        let is_number = !last.is_empty() && last.bytes().all(|it| it.is_ascii_digit())
            || last
                .strip_prefix("0x")
                .is_some_and(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
        is_number
            || self.host.parse::<IpAddr>().is_ok()
            || last == "localhost"
            || last == "localdomain"
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

/// How an endpoint is talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(crate) const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_and_written() {
        for text in [
            "ghcr.io",
            "localhost:5000",
            "[::1]:5000",
            "[fe80::1]",
            "10.0.0.1:80",
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Endpoint::parse("GHCR.io.").unwrap().to_string(), "ghcr.io");
        for text in [
            "",
            ":80",
            "a b",
            "user@host",
            "host:port",
            "host:99999",
            "[x]",
            "[::1]x",
            "::1",
            "a/b",
            "h:",
        ] {
            assert_eq!(Endpoint::parse(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_are_known_in_every_form() {
        for text in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "[::1]",
            "localhost",
            "a.localhost",
            "x.0x",
        ] {
            assert!(
                Endpoint::parse(text).unwrap().is_address_or_local(),
                "{text}"
            );
        }
        for text in [
            "ghcr.io",
            "1password.com",
            "registry-1.docker.io",
            "0xabc.io",
        ] {
            assert!(
                !Endpoint::parse(text).unwrap().is_address_or_local(),
                "{text}"
            );
        }
    }
}
