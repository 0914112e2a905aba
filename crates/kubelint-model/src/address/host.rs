//! What the name of a host means to the DNS of a cluster.
//!
//! Pods look names up in their own namespace first: `resolv.conf` has the search path `<namespace>.svc.cluster.local`, `svc.cluster.local`,
//! `cluster.local` (`k8s.io/kubernetes/pkg/kubelet/network/dns`). So `api` is a Service of the own namespace, `api.shop` one of `shop`.

use core::net::{Ipv4Addr, Ipv6Addr};

use crate::placeholder::is_replaced;

/// What a host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host<'a> {
    /// The pod itself, or whatever machine asks: `localhost`, `127.0.0.1`, `::1`.
    Loopback,
    /// A name that the cluster's DNS may know.
    Name(ClusterName<'a>),
    /// An IP address, or a name that something replaces.
    Other,
}

/// A name as the cluster's DNS reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterName<'a> {
    /// The name's first labels before that of the Service: of a pod of a headless Service, or of an SRV record.
    pub before: Option<&'a str>,
    /// The Service.
    pub service: &'a str,
    /// The namespace; `None` if it is not stated, or replaced.
    pub namespace: Option<&'a str>,
    /// Whether it is written out with `.svc`, so that it can be nothing but a name of the cluster.
    pub is_full: bool,
}

impl<'a> Host<'a> {
    /// What `host` is. A name of several labels without `svc` may be a Service and its namespace as well as a host of the internet: its
    /// last label is taken for the namespace, and only the objects that there are can tell.
    pub fn of(host: &'a str) -> Self {
        let host = host.strip_suffix('.').unwrap_or(host);
        if is_loopback(host) {
            return Self::Loopback;
        }
        if host.is_empty() || host.parse::<Ipv4Addr>().is_ok() || host.contains(':') {
            return Self::Other;
        }
        let labels = Labels::of(host);
        let Some(name) = labels.name() else {
            return Self::Other;
        };
        let is_label = |it: &str| {
            let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            !it.is_empty() && it.bytes().all(is_part)
        };
        let is_known = is_label(name.service) && name.namespace.is_none_or(is_label);
        if is_known {
            Self::Name(name)
        } else {
            Self::Other
        }
    }
}

/// Whether a host is the machine that asks.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|it| it.is_loopback())
        || host.parse::<Ipv6Addr>().is_ok_and(|it| it.is_loopback())
}

/// The parts of a name between its dots; those within placeholders do not count.
struct Labels<'a> {
    host: &'a str,
    dots: Vec<usize>,
}

impl<'a> Labels<'a> {
    fn of(host: &'a str) -> Self {
        let mut depth = 0_u32;
        let dots = host.bytes().enumerate().filter(|(_, byte)| {
            match byte {
                b'{' | b'(' => depth += 1,
                b'}' | b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            *byte == b'.' && depth == 0
        });
        let dots = dots.map(|(at, _)| at).collect();
        Self { host, dots }
    }

    fn count(&self) -> usize {
        self.dots.len() + 1
    }

    fn label(&self, at: usize) -> &'a str {
        let start = match at.checked_sub(1) {
            Some(before) => self.dots.get(before).map_or(self.host.len(), |it| it + 1),
            None => 0,
        };
        let end = self.dots.get(at).copied().unwrap_or(self.host.len());
        self.host.get(start..end).unwrap_or_default()
    }

    /// The labels before the one at `at`, if there are any.
    fn before(&self, at: usize) -> Option<&'a str> {
        let end = at.checked_sub(1).and_then(|it| self.dots.get(it))?;
        self.host.get(..*end)
    }

    fn name(&self) -> Option<ClusterName<'a>> {
        let is_svc = |at: &usize| self.label(*at).eq_ignore_ascii_case("svc");
        let svc = (1..self.count()).find(is_svc);
        let (service, is_full) = match svc {
            // `api.svc`: a Service of a namespace that is called so.
            Some(1) if self.count() == 2 => (0, false),
            // `api.svc.cluster.local` lacks the namespace: nothing has that name.
            Some(1) => return None,
            Some(at) => (at - 2, true),
            None => (self.count().saturating_sub(2), false),
        };
        let namespace = (service + 1 < self.count()).then(|| self.label(service + 1));
        // `api.${DOMAIN}` is a host of a domain rather than a Service: who means the namespace writes `.svc` behind it.
        if !is_full && namespace.is_some_and(is_replaced) {
            return None;
        }
        Some(ClusterName {
            before: self.before(service),
            service: self.label(service),
            namespace: namespace.filter(|it| !is_replaced(it)),
            is_full,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(host: &str) -> String {
        match Host::of(host) {
            Host::Loopback => "loopback".to_owned(),
            Host::Other => "other".to_owned(),
            Host::Name(it) => {
                let full = if it.is_full { " full" } else { "" };
                let before = it.before.map(|it| format!("{it} / ")).unwrap_or_default();
                let namespace = it.namespace.unwrap_or("-");
                format!("{before}{} {namespace}{full}", it.service)
            }
        }
    }

    #[test]
    fn hosts() {
        for (host, expected) in [
            ("localhost", "loopback"),
            ("LOCALHOST", "loopback"),
            ("127.0.0.1", "loopback"),
            ("127.1.2.3", "loopback"),
            ("::1", "loopback"),
            ("10.0.0.1", "other"),
            ("0.0.0.0", "other"),
            ("fe80::1", "other"),
            ("api", "api -"),
            ("api.shop", "api shop"),
            ("api.shop.svc", "api shop full"),
            ("api.shop.svc.cluster.local", "api shop full"),
            ("api.shop.svc.cluster.local.", "api shop full"),
            ("api.shop.svc.k8s.example.com", "api shop full"),
            ("kafka-0.kafka", "kafka-0 kafka"),
            ("kafka-0.kafka.data", "kafka-0 / kafka data"),
            ("kafka-0.kafka.data.svc", "kafka-0 / kafka data full"),
            ("_http._tcp.api.shop.svc", "_http._tcp / api shop full"),
            ("www.example.com", "www / example com"),
            ("api.svc", "api svc"),
            ("api.svc.cluster.local", "other"),
            ("api.${NS}.svc", "api - full"),
            ("api.{{ .Release.Namespace }}.svc", "api - full"),
            ("${NAME}.shop.svc", "other"),
            ("api.${DOMAIN}", "other"),
            ("www.api.{{ domain }}", "other"),
            ("$(HOST)", "other"),
            ("a..b", "other"),
            ("", "other"),
        ] {
            assert_eq!(shown(host), expected, "{host}");
        }
    }
}
