//! The states of the parser, and what it carries from one token to the next.

use super::tape::{Flags, Properties, Raw};
use super::{Kind, Style, SyntaxErrorKind};
use crate::TextRange;

/// What is wrong, and where; `diagnose` makes a sentence of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) kind: SyntaxErrorKind,
    pub(super) at: TextRange,
    /// The other place: the quote or bracket that was opened, the key that lacks its colon.
    pub(super) related: Option<TextRange>,
}

/// The document cannot be read further; the parser has noted why.
#[derive(Debug)]
pub(super) struct Stop;

pub(super) type Step = Result<(), Stop>;

/// What the innermost open collection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The root.
    Root,
    /// Nothing: the root is whole.
    RootDone,
    /// Block mapping: a key, or its end.
    MapKey,
    /// Block mapping: the node after `?`.
    MapKeyNode,
    /// Block mapping: `:` after an explicit key.
    MapColon,
    /// Block mapping: the node after `:`.
    MapValue,
    /// Block sequence: `-`, or its end.
    SeqDash,
    /// Block sequence: the node after `-`.
    SeqItem,
    /// Block sequence at the column of the mapping that holds it: `-`, or its end.
    InlineDash,
    /// The same: the node after `-`.
    InlineItem,
    /// Flow sequence: an item or `]`.
    FlowSeqItem,
    /// Flow sequence: `,` or `]`.
    FlowSeqComma,
    /// Flow mapping: an entry or `}`.
    FlowMapKey,
    /// Flow mapping: the node after `?`.
    FlowMapKeyNode,
    /// Flow mapping: `:` after a key.
    FlowMapColon,
    /// Flow mapping: the node after `:`.
    FlowMapValue,
    /// Flow mapping: `,` or `}`.
    FlowMapComma,
    /// Pair in a flow sequence: the node after `?`.
    FlowPairKeyNode,
    /// Pair in a flow sequence: `:` after a key.
    FlowPairColon,
    /// Pair in a flow sequence: the node after `:`.
    FlowPairValue,
}

impl State {
    /// Whether a node may stand here.
    pub(super) const fn expects_node(self) -> bool {
        matches!(
            self,
            Self::Root
                | Self::MapKeyNode
                | Self::MapValue
                | Self::SeqItem
                | Self::InlineItem
                | Self::FlowSeqItem
                | Self::FlowMapKey
                | Self::FlowMapKeyNode
                | Self::FlowMapValue
                | Self::FlowPairKeyNode
                | Self::FlowPairValue
        )
    }
}

/// A place where a key may have started whose `:` is not yet seen (libyaml's "simple key").
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    start: u32,
    line_start: u32,
    /// The place is where keys of the open block mapping start, so it must be one.
    pub(super) required: bool,
}

impl Candidate {
    pub(super) const fn new(start: usize, line_start: usize, required: bool) -> Self {
        Self {
            start: start as u32,
            line_start: line_start as u32,
            required,
        }
    }

    pub(super) const fn start(self) -> usize {
        self.start as usize
    }

    pub(super) const fn line_start(self) -> usize {
        self.line_start as usize
    }
}

/// An open collection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) state: State,
    /// The collection's node; meaningless for the root.
    pub(super) node: u32,
    /// The column of the innermost block collection, -1 at the root.
    pub(super) indent: i32,
    /// Flow collections: the key that may have started with it.
    pub(super) candidate: Option<Candidate>,
    /// Flow collections: whether a key could start directly within. go-yaml loses sight of a key in brackets that are empty
    /// or start with `?`, and so does this parser.
    pub(super) has_content: bool,
    /// The line of the innermost candidate among this and all flow collections around it.
    pub(super) key_line: Option<u32>,
    /// Flow collections: index of the properties on lines above, which belong to a mapping if this is its key.
    pub(super) outer: Option<u32>,
}

/// The anchors and tags read since the last node.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pending {
    /// Before the place where a key may have started: a new mapping's, if that is one.
    pub(super) outer: Properties,
    /// From that place on.
    pub(super) inner: Properties,
    /// Whether there are any; asked for every node.
    pub(super) any: bool,
}

impl Pending {
    pub(super) const fn is_empty(&self) -> bool {
        !self.any
    }
}

/// The properties of both, unless one part is in both.
pub(super) fn merged(outer: Properties, inner: Properties) -> Option<Properties> {
    let anchors = !outer.anchor.is_empty() && !inner.anchor.is_empty();
    let tags = !outer.tag.is_empty() && !inner.tag.is_empty();
    (!anchors && !tags).then(|| Properties {
        node: 0,
        anchor: if outer.anchor.is_empty() {
            inner.anchor
        } else {
            outer.anchor
        },
        tag: if outer.tag.is_empty() {
            inner.tag
        } else {
            outer.tag
        },
    })
}

/// A scalar, an alias: a node without children. Small enough to be handed over in registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf {
    start: u32,
    end: u32,
    /// Aliases: index of the anchor in the tape's properties.
    pub(super) anchor: u32,
    flags: Flags,
    pub(super) kind: Kind,
    style: Style,
}

/// What a scalar turned out to be; where it starts is known. One register.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanned {
    end: u32,
    flags: Flags,
    style: Style,
}

impl Scanned {
    pub(super) const fn new(style: Style, flags: Flags, end: usize) -> Self {
        Self {
            end: end as u32,
            flags,
            style,
        }
    }

    /// The leaf that starts at `start`.
    #[inline]
    pub(super) const fn from(self, start: usize) -> Leaf {
        Leaf::scalar(self.style, self.flags, start, self.end as usize)
    }
}

impl Leaf {
    /// The node to put on the tape.
    #[inline]
    pub(super) const fn raw(self) -> Raw {
        Raw {
            start: self.start,
            end: self.end,
            skip: 1,
            kind: self.kind,
            style: self.style,
            flags: self.flags,
        }
    }

    pub(super) const fn scalar(style: Style, flags: Flags, start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            end: end as u32,
            anchor: 0,
            flags,
            kind: Kind::Scalar,
            style,
        }
    }

    pub(super) const fn absent(at: usize) -> Self {
        Self::scalar(Style::Plain, Flags::verbatim(true), at, at)
    }

    pub(super) const fn alias(anchor: u32, start: usize, end: usize) -> Self {
        Self {
            anchor,
            kind: Kind::Alias,
            ..Self::scalar(Style::Plain, Flags::NONE, start, end)
        }
    }

    pub(super) const fn start(self) -> usize {
        self.start as usize
    }

    pub(super) const fn end(self) -> usize {
        self.end as usize
    }
}
