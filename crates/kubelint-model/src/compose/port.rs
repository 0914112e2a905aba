//! `ports` and `expose` of a service.

use kubelint_parser::Span;
use kubelint_parser::yaml::{Kind, Node};

use super::service::Reader;
use crate::KubeNode;

/// Ports of a service's container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The port within the container and the last of the range, which is the same for a single port; `None` if it is not known.
    pub target: Range,
    /// The port of the host, in the same form. `None` where docker chooses one, where it is not known, and for `expose`.
    pub published: Range,
    /// The address of the host, if one is stated.
    pub host_ip: Option<String>,
    /// `tcp` or `udp`, in lower case.
    pub protocol: String,
    /// Whether only `expose` states it: other containers reach it, the host does not.
    pub is_internal: bool,
    /// Where it is written.
    pub span: Span,
}

/// A range of ports, if it is known.
type Range = Option<(u16, u16)>;

/// What tells ports apart.
pub(super) type Key = (bool, Range, Range, Option<String>, String);

impl Port {
    /// Whether it may be the port `number` of the container.
    pub fn may_be(&self, number: i64) -> bool {
        self.target
            .is_none_or(|(first, last)| (i64::from(first)..=i64::from(last)).contains(&number))
    }

    /// What must differ between the ports of one service.
    pub(super) fn key(&self) -> Key {
        (
            self.is_internal,
            self.target,
            self.published,
            self.host_ip.clone(),
            self.protocol.clone(),
        )
    }
}

/// The ports of `ports`, and of `expose` if `is_internal`.
pub(super) fn read(reader: &Reader<'_>, list: Node<'_>, is_internal: bool) -> Vec<Port> {
    let items = list.items().map(Node::resolved);
    items
        .filter_map(|it| {
            let span = reader.span(it);
            if it.kind() == Kind::Mapping {
                long(reader, it, span)
            } else {
                short(&reader.text(it)?.value, span, is_internal)
            }
        })
        .collect()
}

/// `[HOST:]CONTAINER[/PROTOCOL]`, where `HOST` is `[IP:](port | range)`; both may be ranges.
fn short(text: &str, span: Span, is_internal: bool) -> Option<Port> {
    let (ports, protocol) = text.rsplit_once('/').unwrap_or((text, "tcp"));
    let (host, target) = ports.rsplit_once(':').unwrap_or(("", ports));
    let (ip, published) = host.rsplit_once(':').unwrap_or(("", host));
    let ip = ip.trim_start_matches('[').trim_end_matches(']');
    let target = range(target)?;
    Some(Port {
        target,
        published: range(published).flatten(),
        host_ip: (!ip.is_empty()).then(|| ip.to_owned()),
        protocol: protocol.to_ascii_lowercase(),
        is_internal,
        span,
    })
}

/// `target`, `published`, `host_ip` and `protocol`.
fn long(reader: &Reader<'_>, node: Node<'_>, span: Span) -> Option<Port> {
    let text = |key: &str| Some(reader.text(node.field(key)?)?.value);
    Some(Port {
        target: range(&text("target")?)?,
        published: text("published").and_then(|it| range(&it).flatten()),
        host_ip: text("host_ip"),
        protocol: text("protocol").unwrap_or_else(|| "tcp".to_owned()),
        is_internal: false,
        span,
    })
}

/// A port or a range of them; `None` if it is neither, and `None` within if that is not known.
fn range(text: &str) -> Option<Range> {
    if text.contains('*') {
        return Some(None);
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some(Some((first, last)))
}
