//! What is known of the schemes of URLs.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::data;

/// What the host of a URL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authority {
    /// A host, which its clients ask on this port unless another is stated; 0 if they ask for one.
    Host(u16),
    /// No host: a bucket, a file, a name in a registry of services.
    Other,
}

/// The rows of `data/schemes.tsv`.
static SCHEMES: LazyLock<BTreeMap<&'static str, Authority>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../../data/schemes.tsv"));
    let rows = rows.map(|[scheme, port, _]| {
        let authority = match port {
            "none" => Authority::Other,
            port => Authority::Host(port.parse().unwrap_or_default()),
        };
        (scheme, authority)
    });
    rows.collect()
});

/// What the host of a URL of this scheme is.
pub(super) fn authority(scheme: &str) -> Authority {
    let scheme = scheme.to_ascii_lowercase();
    let known = SCHEMES.get(scheme.as_str());
    known.copied().unwrap_or(Authority::Host(0))
}

/// The port that clients take for a URL of this scheme that states none.
pub fn default_port(scheme: &str) -> Option<u16> {
    match authority(scheme) {
        Authority::Host(port) if port > 0 => Some(port),
        Authority::Host(_) | Authority::Other => None,
    }
}
