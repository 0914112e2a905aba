//! Where nginx listens: `listen` of its servers (`ngx_http_core_listen`, `ngx_parse_inet_url` of nginx).

use super::items::{Argument, Item};
use super::variables::replaced;
use crate::code::{Expr, Protocol};
use crate::program::Port;

/// More ports of one range are not listed.
const MOST_OF_RANGE: u16 = 64;

/// Where a server listens.
#[derive(Debug, Default)]
pub(super) struct Listens {
    pub(super) ports: Vec<Port>,
    /// Whether some of it is not understood.
    pub(super) is_open: bool,
}

/// Where a server listens. `default` is the port of one that does not say: 80 for root, else 8000; `None` if nobody knows.
pub(super) fn of_server(server: &Item, protocol: Protocol, default: Option<u16>) -> Listens {
    let mut found = Listens::default();
    let is_on = server.all("ssl").any(|it| it.first() == "on");
    let mut count = 0;
    for it in server.all("listen") {
        count += 1;
        let Some(address) = it.arguments().first() else {
            found.is_open = true;
            continue;
        };
        let flags = &it.arguments()[1..];
        let has = |flag: &str| flags.iter().any(|it| it.text == flag);
        // Over UDP: of no interest to whoever asks for a port of TCP.
        if has("udp") || has("quic") || has("http3") || address.text.starts_with("unix:") {
            continue;
        }
        let protocol = if has("http2") && is_grpc(server) {
            Protocol::Grpc
        } else {
            protocol
        };
        found.listen(it, address, protocol, is_on || has("ssl"));
    }
    // A server of a stream must say where it listens.
    if count == 0 && protocol == Protocol::Http {
        match default {
            Some(port) => found.ports.push(Port {
                port: Expr::Text(port.to_string()),
                host: None,
                protocol,
                tls: Some(is_on),
                place: server.place,
            }),
            None => found.is_open = true,
        }
    }
    found
}

fn is_grpc(server: &Item) -> bool {
    let mut locations = server.all("location");
    server.has("grpc_pass") || locations.any(|it| it.has("grpc_pass"))
}

impl Listens {
    fn listen(&mut self, item: &Item, address: &Argument, protocol: Protocol, tls: bool) {
        let (host, port) = split(&address.text);
        let mut push = |port: Expr| {
            self.ports.push(Port {
                port,
                host: host.map(|it| replaced(it, address)),
                protocol,
                tls: Some(tls),
                place: item.place,
            });
        };
        let Some(port) = port else {
            push(Expr::Text("80".to_owned()));
            return;
        };
        let range = port
            .split_once('-')
            .and_then(|(a, b)| Some((a.parse::<u16>().ok()?, b.parse::<u16>().ok()?)));
        match (replaced(port, address), range) {
            (_, Some((first, last))) if last >= first && last - first < MOST_OF_RANGE => {
                for port in first..=last {
                    push(Expr::Text(port.to_string()));
                }
            }
            (Expr::Text(text), _) if text.parse::<u16>().is_ok_and(|it| it > 0) => {
                push(Expr::Text(text));
            }
            (port @ (Expr::Variable { .. } | Expr::Join(_)), _) => push(port),
            _ => self.is_open = true,
        }
    }
}

/// Host and port of an address: `80`, `*:80`, `[::]:80`, `localhost`. What has no colon is a port if it is a number, a range or a variable.
fn split(text: &str) -> (Option<&str>, Option<&str>) {
    // Addresses of IPv6 and names of variables have colons of their own, in brackets.
    let (mut depth, mut colon) = (0usize, None);
    for (at, it) in text.bytes().enumerate() {
        match it {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => colon = Some(at),
            _ => {}
        }
    }
    if let Some(at) = colon {
        return (Some(&text[..at]), Some(&text[at + 1..]));
    }
    let is_range = text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    if is_range || text.starts_with('$') {
        (None, Some(text))
    } else {
        (Some(text), None)
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("80", (None, Some("80"))),
            ("8000-8010", (None, Some("8000-8010"))),
            ("*:80", (Some("*"), Some("80"))),
            ("[::]:80", (Some("[::]"), Some("80"))),
            ("[::1]", (Some("[::1]"), None)),
            ("127.0.0.1", (Some("127.0.0.1"), None)),
            ("127.0.0.1:8080", (Some("127.0.0.1"), Some("8080"))),
            ("localhost", (Some("localhost"), None)),
            ("${PORT}", (None, Some("${PORT}"))),
            ("$PORT", (None, Some("$PORT"))),
            ("0.0.0.0:${PORT}", (Some("0.0.0.0"), Some("${PORT}"))),
            ("[::]:${PORT}", (Some("[::]"), Some("${PORT}"))),
            ("${HOST}:${PORT}", (Some("${HOST}"), Some("${PORT}"))),
            ("${HOST}:80", (Some("${HOST}"), Some("80"))),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }
}
