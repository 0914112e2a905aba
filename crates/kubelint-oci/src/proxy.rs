//! Which connections go through a proxy: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, as the clients of registries that people
//! have beside kubelint read them (golang.org/x/net/http/httpproxy; `ALL_PROXY` as curl does).

use std::env;
use std::net::IpAddr;

use ureq::{Proxy, ProxyProtocol};

use crate::endpoint::{Endpoint, Scheme};

/// The proxies of the environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    https: Option<Stated>,
    http: Option<Stated>,
    exempt: Vec<Exempt>,
}

/// How a connection is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Via<'a> {
    Direct,
    Proxy(&'a Proxy),
    /// The variable of this name states a proxy that cannot be used. To go past it would be worse than not to go.
    Unusable(&'a str),
}

/// What a variable states. Its value is kept out of every message: it may hold a password.
#[derive(Clone, Debug)]
struct Stated {
    variable: &'static str,
    proxy: Option<Proxy>,
}

/// What no proxy is used for: an entry of `NO_PROXY`.
#[derive(Clone, Debug)]
enum Exempt {
    All,
    /// An address, or as many bits of one.
    Network {
        address: IpAddr,
        bits: u32,
    },
    /// A name, and those below it; only these if it was written with a dot before it.
    Name {
        name: String,
        port: Option<u16>,
        is_below_only: bool,
    },
}

impl Proxies {
    /// What the environment of this process states.
    pub(crate) fn from_environment() -> Self {
        Self::read(|name| env::var(name).ok())
    }

    /// One for all that is encrypted, but for what `exempt` states as `NO_PROXY` does.
    #[cfg(test)]
    pub(crate) fn of(proxy: &str, exempt: &str) -> Self {
        Self::read(|name| match name {
            "HTTPS_PROXY" => Some(proxy.to_owned()),
            "NO_PROXY" => Some(exempt.to_owned()),
            _ => None,
        })
    }

    fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|variable| {
                let value = get(variable).filter(|it| !it.trim().is_empty())?;
                let proxy = Proxy::new(value.trim()).ok();
                Some(Stated {
                    variable,
                    // A proxy of another protocol would silently not be used.
                    proxy: proxy.filter(|it| is_connect(it.protocol())),
                })
            })
        };
        let no_proxy = get("NO_PROXY").or_else(|| get("no_proxy"));
        Self {
            https: first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]),
            http: first(&["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]),
            exempt: no_proxy
                .as_deref()
                .unwrap_or_default()
                .split([',', ' '])
                .filter_map(Exempt::parse)
                .collect(),
        }
    }

    /// How a connection to `endpoint` is made.
    pub(crate) fn via(&self, scheme: Scheme, endpoint: &Endpoint) -> Via<'_> {
        let stated = match scheme {
            Scheme::Http => &self.http,
            Scheme::Https => &self.https,
        };
        let Some(stated) = stated else {
            return Via::Direct;
        };
        let address: Option<IpAddr> = endpoint.host().parse().ok();
        // What is this machine is not to be asked of another one.
        let is_local = endpoint.host() == "localhost" || address.is_some_and(|it| it.is_loopback());
        if is_local
            || self
                .exempt
                .iter()
                .any(|it| it.is(scheme, endpoint, address))
        {
            return Via::Direct;
        }
        match &stated.proxy {
            Some(proxy) => Via::Proxy(proxy),
            None => Via::Unusable(stated.variable),
        }
    }
}

const fn is_connect(protocol: ProxyProtocol) -> bool {
    matches!(protocol, ProxyProtocol::Http | ProxyProtocol::Https)
}

impl Exempt {
    fn parse(entry: &str) -> Option<Self> {
        let entry = entry.trim();
        if entry == "*" {
            return Some(Self::All);
        }
        if let Ok(address) = entry.parse() {
            return Some(Self::Network { address, bits: 128 });
        }
        if let Some((address, bits)) = entry.split_once('/') {
            let (address, bits) = (address.parse().ok()?, bits.parse().ok()?);
            return Some(Self::Network { address, bits });
        }
        let name = entry.strip_prefix('*').unwrap_or(entry);
        let is_below_only = name.starts_with('.');
        let endpoint = Endpoint::parse(name.strip_prefix('.').unwrap_or(name))?;
        Some(Self::Name {
            name: endpoint.host().to_owned(),
            port: endpoint.port(),
            is_below_only,
        })
    }

    fn is(&self, scheme: Scheme, endpoint: &Endpoint, host: Option<IpAddr>) -> bool {
        match self {
            Self::All => true,
            Self::Network { address, bits } => {
                host.is_some_and(|host| has_prefix(host, *address, *bits))
            }
            Self::Name {
                name,
                port,
                is_below_only,
            } => {
                let is_port = port.is_none_or(|it| it == endpoint.port_or(scheme.default_port()));
                let above = endpoint.host().strip_suffix(name.as_str());
                is_port
                    && above.is_some_and(|it| it.is_empty() && !is_below_only || it.ends_with('.'))
            }
        }
    }
}

/// Whether the first `bits` of two addresses of one kind are the same; all of them, if there are not so many.
fn has_prefix(a: IpAddr, b: IpAddr, bits: u32) -> bool {
    let same = match (a.to_canonical(), b.to_canonical()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
        _ => return false,
    };
    let all = if a.to_canonical().is_ipv4() { 32 } else { 128 };
    same >= bits.min(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Proxies {
        Proxies::read(|name| {
            let found = variables.iter().find(|it| it.0 == name);
            found.map(|it| it.1.to_owned())
        })
    }

    fn via(proxies: &Proxies, scheme: Scheme, host: &str) -> String {
        match proxies.via(scheme, &Endpoint::parse(host).unwrap()) {
            Via::Direct => "direct".to_owned(),
            Via::Proxy(it) => it.host().to_owned(),
            Via::Unusable(variable) => format!("not by {variable}"),
        }
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let none = proxies(&[("HTTPS_PROXY", " "), ("NO_PROXY", "x")]);
        assert_eq!(via(&none, Scheme::Https, "ghcr.io"), "direct");
        let both = proxies(&[
            ("HTTPS_PROXY", "http://s.example:1"),
            ("http_proxy", "p.example:2"),
            ("ALL_PROXY", "http://a.example:3"),
        ]);
        assert_eq!(via(&both, Scheme::Https, "ghcr.io"), "s.example");
        assert_eq!(via(&both, Scheme::Http, "ghcr.io"), "p.example");
        let one = proxies(&[("HTTPS_PROXY", "http://s.example:1")]);
        assert_eq!(via(&one, Scheme::Http, "ghcr.io"), "direct");
        let all = proxies(&[("all_proxy", "http://a.example:3")]);
        assert_eq!(via(&all, Scheme::Http, "ghcr.io"), "a.example");
    }

    #[test]
    fn nobody_goes_past_a_proxy_that_cannot_be_used() {
        let socks = proxies(&[("ALL_PROXY", "socks5://me:pw@s.example")]);
        assert_eq!(via(&socks, Scheme::Https, "ghcr.io"), "not by ALL_PROXY");
        let other = proxies(&[
            ("ALL_PROXY", "socks5://s.example"),
            ("HTTPS_PROXY", "http://p.example"),
        ]);
        assert_eq!(via(&other, Scheme::Https, "ghcr.io"), "p.example");
        let nonsense = proxies(&[("HTTPS_PROXY", "::")]);
        let told = via(&nonsense, Scheme::Https, "ghcr.io");
        assert_eq!(told, "not by HTTPS_PROXY");
    }

    #[test]
    fn some_hosts_are_asked_without_a_proxy() {
        let list = "example.com, .corp.test,*.lab.test,10.0.0.0/8,192.0.2.7,r.test:5000,fd00::/8,nonsense/x";
        let proxies = proxies(&[("HTTPS_PROXY", "http://p.example"), ("NO_PROXY", list)]);
        for host in [
            "example.com",
            "Registry.Example.com:5000",
            "a.corp.test",
            "a.lab.test",
            "10.20.30.40:5000",
            "192.0.2.7",
            "[::ffff:10.0.0.1]",
            "r.test:5000",
            "[fd12::1]",
            "localhost:5000",
            "127.0.0.1",
        ] {
            assert_eq!(via(&proxies, Scheme::Https, host), "direct", "{host}");
        }
        for host in [
            "ghcr.io",
            "notexample.com",
            "corp.test",
            "lab.test",
            "11.0.0.1",
            "192.0.2.8",
            "r.test",
            "example.com.evil.test",
        ] {
            assert_eq!(via(&proxies, Scheme::Https, host), "p.example", "{host}");
        }
        let all = super::tests::proxies(&[("HTTPS_PROXY", "http://p.example"), ("no_proxy", "*")]);
        assert_eq!(via(&all, Scheme::Https, "ghcr.io"), "direct");
    }
}
