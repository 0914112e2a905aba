//! Finds addresses in a text of any format: URLs, lists of `host:port`, and names of Services as the cluster's DNS has them.
//!
//! The text is read once, line by line. Every `:` and `.` is a place where an address may be; what stands around it is looked at within fixed
//! bounds, so that the time is linear whatever the text.

use kubelint_parser::TextRange;
use memchr::{memchr, memchr2, memrchr};

use super::scheme::{self, Authority};
use super::{Address, Port, lines};

/// The longest name of a host, as DNS has it.
const MAX_HOST: usize = 253;

/// The longest authority of a URL that is read: many hosts of one cluster with a login.
const MAX_AUTHORITY: usize = 2048;

/// The longest scheme.
const MAX_SCHEME: usize = 32;

/// The longest placeholder within an authority.
const MAX_PLACEHOLDER: usize = 128;

/// What may stand before `host:port` or a name: anything that cannot belong to it, to a path or to an image.
const BEFORE: &[u8] = b" \t\"'`=,([{<>|;@&!?";

/// What may follow a host, or a host and its port.
const BEHIND: &[u8] = b" \t\r\n\"'`/,;)]}><|?#&\\";

/// Numbers below are versions and the like, unless they are well known: `postgres:16` is an image.
const LEAST_PORT: u16 = 80;
const SMALL_PORTS: [u16; 5] = [21, 22, 23, 25, 53];

/// The addresses in `text`, in order.
///
/// `http://user:password@host:8080/path`, `jdbc:mysql://host/db`, `mongodb://a:1,b:2/`, `kafka-0.kafka:9092,kafka-1.kafka:9092`,
/// `name.namespace.svc`, `[::1]:80`. A bare `host:port` counts only if nothing beside it makes it a part of something else, as of an image.
pub fn scan(text: &str) -> Vec<Address> {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        found: Vec::new(),
        start: 0,
        end: 0,
        comment: 0..0,
    };
    let mut comments = lines::Comments::of(text);
    while scanner.start < text.len() {
        let rest = &scanner.bytes[scanner.start..];
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        scanner.end = scanner.start + length;
        let comment = comments.next(&rest[..length]);
        scanner.comment = scanner.start + comment.start..scanner.start + comment.end;
        scanner.line();
        scanner.start = scanner.end + 1;
    }
    scanner.found
}

/// One line after the other.
struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    found: Vec<Address>,
    /// The line.
    start: usize,
    end: usize,
    /// The part of it that is a comment.
    comment: std::ops::Range<usize>,
}

impl Scanner<'_> {
    fn line(&mut self) {
        let mut at = self.start;
        // What was read as part of an address is not read again.
        let mut covered = self.start;
        while let Some(sign) = memchr2(b':', b'.', &self.bytes[at..self.end]) {
            let sign = at + sign;
            at = sign + 1;
            if sign < covered {
                continue;
            }
            let rest = &self.bytes[sign..self.end];
            let is_port = || rest[0] == b':' && rest.get(1).is_some_and(u8::is_ascii_digit);
            let is_svc =
                || rest.starts_with(b".svc") && rest.get(4).is_none_or(|it| ends_label(*it));
            let read = if rest.starts_with(b"://") {
                self.url(sign, covered)
            } else if is_port() || is_svc() {
                self.bare(sign, covered)
            } else {
                None
            };
            if let Some(end) = read {
                covered = end;
            }
        }
    }

    /// Reads the URL whose `://` stands at `sign`, and gives the end of its hosts.
    fn url(&mut self, sign: usize, covered: usize) -> Option<usize> {
        let is_scheme = |it: u8| it.is_ascii_alphanumeric() || b"+-.".contains(&it);
        let before = &self.bytes[covered.max(sign.saturating_sub(MAX_SCHEME))..sign];
        let length = before.iter().rev().take_while(|it| is_scheme(**it)).count();
        let scheme = sign - length;
        let first = self.bytes.get(scheme).filter(|_| length > 0)?;
        let start = sign + "://".len();
        if !first.is_ascii_alphabetic() {
            return Some(start);
        }
        let end = authority_end(&self.bytes[..self.end.min(start + MAX_AUTHORITY)], start);
        if scheme::authority(&self.text[scheme..sign]) == Authority::Other {
            return Some(end);
        }
        let login = memrchr(b'@', &self.bytes[start..end]);
        let mut part = login.map_or(start, |it| start + it + 1);
        let key = self.key(scheme);
        while part <= end {
            let length = memchr(b',', &self.bytes[part..end]).unwrap_or(end - part);
            let part_end = part + length;
            let is_next_url = self.bytes[..part_end].last() == Some(&b':')
                && self.bytes[part_end..self.end].starts_with(b"//");
            if is_next_url {
                return Some(part);
            }
            if let Some((host, port)) = self.host_and_port(part, part_end) {
                self.push(Address {
                    scheme: Some(range(scheme, sign)),
                    host,
                    port,
                    has_path: matches!(self.bytes.get(part_end), Some(b'/' | b'?')),
                    is_comment: self.comment.contains(&scheme),
                    key,
                });
            }
            part = part_end + 1;
        }
        Some(end)
    }

    /// The host and port of one host of a URL. `None` if it is none.
    fn host_and_port(&self, start: usize, end: usize) -> Option<(TextRange, Port)> {
        let part = &self.bytes[start..end];
        let (host, port) = if part.first() == Some(&b'[') {
            let close = memchr(b']', part)?;
            let port = match part.get(close + 1) {
                None => None,
                Some(b':') => Some(start + close + 2),
                Some(_) => return None,
            };
            (range(start + 1, start + close), port)
        } else {
            let colon = colon(part);
            let length = colon.unwrap_or(part.len());
            let port = colon.map(|it| start + it + 1);
            (range(start, start + length), port)
        };
        let name = host.of(self.text);
        if name.is_empty() || !is_host(name) {
            return None;
        }
        let port = match port {
            None => Port::Absent,
            Some(port) if port == end => Port::Absent,
            Some(port) => self.port(port, end)?,
        };
        // The full stop of a sentence, or of a name from the root of DNS.
        let dots = name.len() - name.trim_end_matches('.').len();
        Some((TextRange::new(host.start, host.end - dots as u32), port))
    }

    /// The port that fills `start..end`; `None` if nothing like a port does.
    fn port(&self, start: usize, end: usize) -> Option<Port> {
        let text = self.text.get(start..end)?;
        let digits = text.trim_end_matches('.');
        if digits.bytes().all(|it| it.is_ascii_digit()) {
            let number: u16 = digits.parse().ok().filter(|it| *it > 0)?;
            return Some(Port::Number(number, range(start, start + digits.len())));
        }
        let is_replaced = text.contains(['$', '{', '%', '<', '@']);
        is_replaced.then_some(Port::Replaced)
    }

    /// Reads `host:port` or a name without a port around `sign`, which is its `:` or the `.` of its `.svc`. Gives its end.
    fn bare(&mut self, sign: usize, covered: usize) -> Option<usize> {
        let before = &self.bytes[covered.max(sign.saturating_sub(MAX_HOST))..sign];
        let start = sign - before.iter().rev().take_while(|it| is_name(**it)).count();
        let behind = &self.bytes[sign..self.end.min(start + MAX_HOST)];
        let is_port = behind.first() == Some(&b':');
        let length = behind.iter().take_while(|it| is_name(**it)).count();
        let host_end = if is_port { sign } else { sign + length };
        if start == sign || !self.begins(start) {
            return None;
        }
        let is_port = self.bytes[host_end..self.end].first() == Some(&b':');
        let (port, end) = if is_port {
            let digits = &self.bytes[host_end + 1..self.end];
            let digits = digits.iter().take_while(|it| it.is_ascii_digit()).count();
            let end = host_end + 1 + digits;
            (self.port(host_end + 1, end)?, end)
        } else {
            (Port::Absent, host_end)
        };
        let name = self.text[start..host_end].trim_end_matches('.');
        let is_letter = |it: u8| it.is_ascii_alphabetic();
        // `10.0.0.1:80` leads to no Service, `12:30` is a time.
        let is_known = is_ipv4(name) || name.bytes().any(is_letter);
        let is_cut = !self.bytes[..self.end]
            .get(end)
            .is_none_or(|it| BEHIND.contains(it) || *it == b'.' && !self.goes_on(end + 1));
        let is_small = match port {
            Port::Number(number, _) => number < LEAST_PORT && !SMALL_PORTS.contains(&number),
            Port::Absent => false,
            Port::Replaced => true,
        };
        if !is_known || is_cut || is_small {
            return None;
        }
        let key = match self.found.last() {
            // The next of a list.
            Some(last)
                if last.range().end as usize + 1 == start && self.bytes[start - 1] == b',' =>
            {
                last.key
            }
            _ => self.key(start),
        };
        self.push(Address {
            scheme: None,
            host: range(start, start + name.len()),
            port,
            has_path: self.bytes.get(end) == Some(&b'/'),
            is_comment: self.comment.contains(&start),
            key,
        });
        Some(end)
    }

    /// Whether what begins at `start` is not the end of something else. `//host:1521` is a form of Oracle's.
    fn begins(&self, start: usize) -> bool {
        let first = self.bytes.get(start);
        if !first.is_some_and(u8::is_ascii_alphanumeric) {
            return false;
        }
        match &self.bytes[self.start..start] {
            [] | [b'/', b'/'] => true,
            [.., before, b'/', b'/'] => BEFORE.contains(before),
            [.., last] => BEFORE.contains(last),
        }
    }

    fn goes_on(&self, at: usize) -> bool {
        let next = self.bytes[..self.end].get(at);
        next.is_some_and(u8::is_ascii_alphanumeric)
    }

    fn key(&self, at: usize) -> Option<TextRange> {
        // `jdbc:mysql://` is assigned as a whole.
        let before = &self.bytes[self.start.max(at.saturating_sub(MAX_SCHEME))..at];
        let is_prefix = |it: u8| it.is_ascii_alphanumeric() || b"+-:".contains(&it);
        let prefix = before.iter().rev().take_while(|it| is_prefix(**it)).count();
        let is_jdbc = self.bytes[at - prefix..at].starts_with(b"jdbc:");
        lines::key(
            self.text,
            self.start,
            if is_jdbc { at - prefix } else { at },
        )
    }

    fn push(&mut self, address: Address) {
        self.found.push(address);
    }
}

/// Where the authority that begins at `start` ends. Placeholders within it belong to it, whatever they hold.
fn authority_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..bytes.len().min(at + MAX_PLACEHOLDER)];
        let close: Option<&[u8]> = if rest.starts_with(b"{{") {
            Some(b"}}")
        } else if rest.starts_with(b"${") || byte == b'{' {
            Some(b"}")
        } else if rest.starts_with(b"$(") {
            Some(b")")
        } else if byte == b'[' {
            Some(b"]")
        } else {
            None
        };
        if let Some(close) = close {
            let Some(length) = memchr::memmem::find(rest, close) else {
                return at;
            };
            at += length + close.len();
            continue;
        }
        let ends = byte.is_ascii_whitespace() || b"\"'`<>\\/?#|();]}&^".contains(&byte);
        if ends || byte.is_ascii_control() {
            return at;
        }
        at += 1;
    }
    at
}

/// The colon before the port of `host`: the last one that is in no placeholder.
fn colon(host: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    let colons = host.iter().enumerate().filter(|(_, byte)| {
        match byte {
            b'{' | b'(' => depth += 1,
            b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        **byte == b':' && depth == 0
    });
    colons.map(|(at, _)| at).last()
}

/// Whether a byte may belong to the name of a host.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

/// Whether a text may be a host: a name, an address, or either with placeholders.
fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| is_name(byte) || b":${}()%@ ".contains(&byte);
    let is_replaced = text.contains(['$', '{', '%']);
    if is_replaced {
        return text.bytes().all(|it| !it.is_ascii_control());
    }
    let is_ipv6 = text.bytes().filter(|it| *it == b':').count() > 1;
    let is_part = |byte: u8| {
        if is_ipv6 {
            is_part(byte)
        } else {
            is_name(byte)
        }
    };
    text.len() <= MAX_HOST && text.bytes().all(is_part)
}

/// Whether the label of a name ends before `byte`.
fn ends_label(byte: u8) -> bool {
    !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_ipv4(text: &str) -> bool {
    text.parse::<core::net::Ipv4Addr>().is_ok()
}

fn range(start: usize, end: usize) -> TextRange {
    TextRange::new(start as u32, end as u32)
}

#[cfg(test)]
mod tests;
