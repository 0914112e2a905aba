//! `EXPOSE`: ports, ranges of them, and their protocols (dockerfile2llb/convert_expose.go).

use kubelint_parser::TextRange;

/// Ports that an image says it listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// The first of them, and the last, which is the same for a single port; none if they are not known.
    pub ports: Option<(u16, u16)>,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: &'static str,
    /// Where it is written.
    pub range: TextRange,
}

impl Exposed {
    /// Whether it may be the port `number`.
    pub fn may_be(&self, number: i64) -> bool {
        self.ports
            .is_none_or(|(first, last)| (i64::from(first)..=i64::from(last)).contains(&number))
    }
}

/// The ports of one word whose value is `text`; none if a builder refuses it.
pub(super) fn read(text: &str, range: TextRange) -> Option<Exposed> {
    // An address and a host's port may stand before it, which is no use.
    let text = text.rsplit_once(':').map_or(text, |(_, port)| port);
    let (ports, protocol) = text.split_once('/').unwrap_or((text, ""));
    let known = ["tcp", "udp", "sctp"];
    let protocol = match protocol {
        "" => "tcp",
        text => known.into_iter().find(|it| it.eq_ignore_ascii_case(text))?,
    };
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some(Exposed {
        ports: Some((first, last)),
        protocol,
        range,
    })
}

fn number(text: &str) -> Option<u16> {
    text.strip_prefix('+').unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports() {
        for (text, expected) in [
            ("80", Some((80, 80, "tcp"))),
            ("53/UDP", Some((53, 53, "udp"))),
            ("8000-8010", Some((8000, 8010, "tcp"))),
            ("127.0.0.1:80:8080/tcp", Some((8080, 8080, "tcp"))),
            ("0", Some((0, 0, "tcp"))),
            ("65536", None),
            ("http", None),
            ("80/http", None),
            ("9-8", None),
            ("", None),
        ] {
            let found = read(text, TextRange::default());
            let found = found.and_then(|it| Some((it.ports?.0, it.ports?.1, it.protocol)));
            assert_eq!(found, expected, "{text}");
        }
    }
}
