//! What stands before every connection: a manifest, and the servers that it leads to, choose where kubelint talks to, and they may be
//! anybody's.
//!
//! Addresses are looked at when a name is resolved for a connection, so that a name that answers differently the second time gains nothing
//! by it; the connection is made to the addresses that were looked at. Behind a proxy, which resolves by itself, hosts that are addresses or
//! this machine are refused by name; what `NO_PROXY` lets go past it is resolved here as everything is where there is no proxy.

use std::fmt;
use std::sync::Arc;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::address::{Reach, reach};
use crate::endpoint::{Endpoint, Scheme};
use crate::proxy::{Proxies, Via};
use crate::url::Url;

/// What the person who runs kubelint allowed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    /// Registries whose addresses may be private.
    pub allowed: Vec<Endpoint>,
    /// Registries that are talked to by plain HTTP, and whose addresses may be private.
    pub insecure: Vec<Endpoint>,
    /// Where connections go through.
    pub proxies: Proxies,
}

/// Why a connection is not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl Guard {
    /// How an endpoint is talked to.
    pub(crate) fn scheme(&self, endpoint: &Endpoint) -> Scheme {
        let is_insecure = self.insecure.iter().any(|it| it.is(endpoint, Scheme::Http));
        if is_insecure {
            Scheme::Http
        } else {
            Scheme::Https
        }
    }

    fn allows(&self, endpoint: &Endpoint, scheme: Scheme) -> bool {
        let all = self.allowed.iter().chain(&self.insecure);
        all.clone().any(|it| it.is(endpoint, scheme))
    }

    /// Whether `url`, which is of `origin` or where that led, may be asked at all: what its name alone tells.
    pub(crate) fn check(&self, url: &Url, origin: &Endpoint) -> Result<(), Refused> {
        let (scheme, endpoint) = (&url.scheme, &url.endpoint);
        // What the person allowed for one registry is not for others to lead to.
        let is_allowed = self.allows(endpoint, *scheme);
        let is_own = origin.is(endpoint, *scheme) || self.allows(origin, self.scheme(origin));
        if is_allowed && !is_own {
            let why = format!("{origin} leads to {endpoint}, which is allowed for itself only");
            return Err(Refused(why));
        }
        if *scheme == Scheme::Http && self.scheme(endpoint) != Scheme::Http {
            return Err(Refused(format!("{endpoint} is not asked by plain HTTP")));
        }
        if !matches!(self.proxies.via(*scheme, endpoint), Via::Proxy(_)) {
            return Ok(());
        }
        if let Ok(address) = endpoint.host().parse()
            && let Reach::Never(why) = reach(address)
        {
            return Err(refused(endpoint, why));
        }
        if is_allowed {
            return Ok(());
        }
        if endpoint.is_address_or_local() {
            return Err(Refused(format!("{endpoint} is an address or this machine")));
        }
        Ok(())
    }
}

fn refused(endpoint: &Endpoint, why: &str) -> Refused {
    Refused(format!("{endpoint} is not asked: {why}"))
}

/// Resolves names, and leaves out the addresses that may not be talked to.
#[derive(Debug)]
pub(crate) struct GuardedResolver {
    pub guard: Arc<Guard>,
    pub inner: DefaultResolver,
}

impl Resolver for GuardedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        // Of a request that goes through a proxy, only the proxy is resolved here: it is the person's own choice, wherever it is.
        if config.proxy().is_some_and(|it| it.uri() == uri) {
            return self.inner.resolve(uri, config, timeout);
        }
        let other = |it: Refused| ureq::Error::Other(Box::new(it));
        let unknown = || other(Refused(format!("{uri} is not a host")));
        let authority = uri.authority().ok_or_else(unknown)?;
        let endpoint = Endpoint::of_authority(authority.as_str()).ok_or_else(unknown)?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            _ => Scheme::Https,
        };
        let all = self.inner.resolve(uri, config, timeout)?;
        let is_allowed = self.guard.allows(&endpoint, scheme);
        let mut kept = self.empty();
        let mut why = "it has no address";
        for address in &all {
            match reach(address.ip()) {
                Reach::Public => kept.push(*address),
                Reach::Inner(_) if is_allowed => kept.push(*address),
                Reach::Inner(it) | Reach::Never(it) => why = it,
            }
        }
        if kept.is_empty() {
            return Err(other(refused(&endpoint, why)));
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(guard: &Guard, origin: &str, url: &str) -> Result<(), String> {
        let origin = Endpoint::parse(origin).unwrap();
        let checked = guard.check(&Url::parse(url).unwrap(), &origin);
        checked.map_err(|it| it.0)
    }

    #[test]
    fn plain_http_is_for_those_that_it_was_allowed_for() {
        let guard = Guard {
            insecure: vec![Endpoint::parse("r.example:5000").unwrap()],
            ..Guard::default()
        };
        assert!(check(&guard, "r.example:5000", "http://r.example:5000/v2/").is_ok());
        assert!(check(&guard, "a.example", "http://a.example/v2/").is_err());
        assert!(check(&guard, "r.example:5000", "http://r.example/v2/").is_err());
    }

    #[test]
    fn what_is_allowed_for_one_registry_is_not_for_others_to_lead_to() {
        let guard = Guard {
            allowed: vec![Endpoint::parse("r.example").unwrap()],
            ..Guard::default()
        };
        assert!(check(&guard, "r.example", "https://r.example/v2/").is_ok());
        assert!(check(&guard, "r.example", "https://cdn.example/v2/").is_ok());
        assert!(check(&guard, "evil.example", "https://r.example/v2/").is_err());
        assert!(check(&guard, "evil.example", "https://r.example:444/v2/").is_ok());
    }

    #[test]
    fn behind_a_proxy_names_tell() {
        let guard = Guard {
            allowed: vec![
                Endpoint::parse("10.0.0.5:5000").unwrap(),
                Endpoint::parse("169.254.169.254").unwrap(),
            ],
            proxies: Proxies::of("http://proxy.example:3128", "8.8.4.4"),
            ..Guard::default()
        };
        let own = |host: &str| check(&guard, host, &format!("https://{host}/v2/"));
        assert_eq!(own("ghcr.io"), Ok(()));
        assert_eq!(own("10.0.0.5:5000"), Ok(()));
        for host in [
            "10.0.0.6:5000",
            "8.8.8.8",
            "a.localhost:5000",
            "127.1",
            "[::2]:5000",
            "169.254.169.254",
        ] {
            assert!(own(host).is_err(), "{host}");
        }
        // What goes past the proxy is looked at when it is resolved.
        for host in ["8.8.4.4", "localhost:5000", "127.0.0.1", "[::1]"] {
            assert_eq!(own(host), Ok(()), "{host}");
        }
    }
}
