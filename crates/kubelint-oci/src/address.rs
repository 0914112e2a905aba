//! Which addresses a manifest may make kubelint talk to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Anybody's.
    Public,
    /// This machine, its network, or of no use outside of tests: only if the person who runs kubelint allowed the registry.
    Inner(&'static str),
    /// Nothing that a registry answers at: never.
    Never(&'static str),
}

/// What `address` is. Forms of IPv6 that carry an IPv4 address are what that is.
pub(crate) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => of_v4(address),
        IpAddr::V6(address) => of_v6(address),
    }
}

/// Where clouds answer with the credentials of the machine, besides the link-local addresses.
const METADATA_V4: [Ipv4Addr; 3] = [
    // Alibaba Cloud.
    Ipv4Addr::new(100, 100, 100, 200),
    // Azure's WireServer.
    Ipv4Addr::new(168, 63, 129, 16),
    // Oracle Cloud at Customer.
    Ipv4Addr::new(192, 0, 0, 192),
];
const METADATA_V6: [Ipv6Addr; 2] = [
    // Amazon EC2.
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    // Google Compute Engine.
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// By the registry of special-purpose addresses (iana.org/assignments/iana-ipv4-special-registry).
fn of_v4(address: Ipv4Addr) -> Reach {
    let [a, b, c, _] = address.octets();
    if METADATA_V4.contains(&address) {
        return Reach::Never("it is a cloud's metadata service");
    }
    match (a, b, c) {
        (169, 254, _) => Reach::Never("it is link-local"),
        (224..=239, ..) => Reach::Never("it is a multicast address"),
        // Linux takes 0.0.0.0 for this machine.
        (0 | 240..=255, ..) => Reach::Never("it is no address of a host"),
        (127, ..) => Reach::Inner("it is this machine"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => {
            Reach::Inner("it is private")
        }
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) => {
            Reach::Inner("it is reserved")
        }
        _ => Reach::Public,
    }
}

/// By the registry of special-purpose addresses (iana.org/assignments/iana-ipv6-special-registry).
fn of_v6(address: Ipv6Addr) -> Reach {
    if METADATA_V6.contains(&address) {
        return Reach::Never("it is a cloud's metadata service");
    }
    if address == Ipv6Addr::LOCALHOST {
        return Reach::Inner("it is this machine");
    }
    if let Some(inner) = carried(address) {
        return of_v4(inner);
    }
    match address.segments() {
        [0xfe80..=0xfebf, ..] => Reach::Never("it is link-local"),
        [0xff00..=0xffff, ..] => Reach::Never("it is a multicast address"),
        [0, 0, 0, 0, 0, 0, 0, 0] => Reach::Never("it is no address of a host"),
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => Reach::Inner("it is private"),
        // Global unicast, without Teredo (which hides an IPv4 address), benchmarks, ORCHID and documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Reach::Inner("it is reserved"),
        [0x2000..=0x3fff, ..] => Reach::Public,
        _ => Reach::Inner("it is reserved"),
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, 6to4 and NAT64.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => None,
        [0, 0, 0, 0, 0, 0xffff | 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(of: impl Fn(Reach) -> bool, addresses: &[&str]) {
        for text in addresses {
            let found = reach(text.parse().unwrap());
            assert!(of(found), "{text}: {found:?}");
        }
    }

    #[test]
    fn public_addresses_are_public() {
        let all = [
            "8.8.8.8",
            "104.18.0.1",
            "172.32.0.1",
            "100.63.255.255",
            "2606:4700::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ];
        check(|it| it == Reach::Public, &all);
    }

    #[test]
    fn inner_addresses_are_inner_in_every_form() {
        let all = [
            "127.0.0.1",
            "127.8.9.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::a00:1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "fc00::1",
            "fd12:3456::1",
            "fec0::1",
            "2001::1",
            "2001:db8::1",
            "::ffff:0:10.0.0.1",
        ];
        check(|it| matches!(it, Reach::Inner(_)), &all);
    }

    #[test]
    fn some_addresses_are_never_talked_to() {
        let all = [
            "169.254.169.254",
            "169.254.1.1",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "fe80::1",
            "febf::1",
            "ff02::1",
            "::",
            "fd00:ec2::254",
            "fd20:ce::254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "::ffff:0.0.0.0",
        ];
        check(|it| matches!(it, Reach::Never(_)), &all);
    }
}
