//! The trees of kubelint's YAML parser and of its oracles, in one form that can be compared.

pub mod corpus;
pub mod dockerfile;
pub mod generate;
pub mod granit;
pub mod invariants;
pub mod libyaml;

use kubelint_parser::yaml::{Kind, Node, Style};

/// One step through a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A mapping or sequence starts.
    Start {
        /// Which of the two.
        kind: Kind,
        /// Whether it is written in brackets.
        flow: bool,
        /// Its anchor and tag.
        properties: Properties,
    },
    /// A mapping or sequence ends.
    End,
    /// A scalar.
    Scalar {
        /// How it is written.
        style: Style,
        /// Its decoded text.
        value: String,
        /// Its anchor and tag.
        properties: Properties,
        /// Where it is written.
        range: (usize, usize),
    },
    /// An alias.
    Alias {
        /// The name of the anchor.
        name: String,
    },
}

impl Event {
    /// Forgets where it is written, to compare texts in which it stands at different places.
    pub fn forget_place(&mut self) {
        if let Self::Scalar { range, .. } = self {
            *range = (0, 0);
        }
    }
}

/// An anchor and a tag, empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// Name of the anchor.
    pub anchor: String,
    /// The tag, its handle resolved as far as it is `!` or `!!`.
    pub tag: String,
}

/// The events of a node of kubelint's tree.
pub fn events(root: Node<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    let mut ends = Vec::new();
    for node in root.descendants() {
        while ends.last() == Some(&node.id()) {
            ends.pop();
            events.push(Event::End);
        }
        let properties = Properties {
            anchor: node.anchor().map_or("", |(name, _)| name).to_owned(),
            tag: node.tag().map_or("", |(tag, _)| tag).to_owned(),
        };
        events.push(match node.kind() {
            kind @ (Kind::Mapping | Kind::Sequence) => {
                ends.push(node.next_id());
                Event::Start {
                    kind,
                    flow: node.style() == Style::Flow,
                    properties,
                }
            }
            Kind::Scalar => Event::Scalar {
                style: node.style(),
                value: node.decoded().into_owned(),
                properties,
                range: (node.range().start as usize, node.range().end as usize),
            },
            Kind::Alias => Event::Alias {
                name: node.raw().trim_start_matches('*').to_owned(),
            },
        });
    }
    events.extend(ends.iter().map(|_| Event::End));
    events
}
