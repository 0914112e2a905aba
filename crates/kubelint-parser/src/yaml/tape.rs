//! The tape: every node of a text in pre-order, 16 bytes each, and side vectors for what few nodes have.

use super::{Kind, NodeId, Style};
use crate::TextRange;

/// One node. A collection is followed by its descendants; `skip` leads over them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    /// First byte.
    pub(super) start: u32,
    /// One past the last byte.
    pub(super) end: u32,
    /// Number of nodes of this subtree, itself included; 0 while a collection is still open.
    pub(super) skip: u32,
    pub(super) kind: Kind,
    pub(super) style: Style,
    pub(super) flags: Flags,
}

/// What is known of a node besides its place.
///
/// The low bits are flags, the rest is the content column of a block scalar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags(u16);

impl Flags {
    /// Nothing known.
    pub(super) const NONE: Self = Self(0);
    /// The node has an entry in [`Tape::properties`].
    const PROPERTIES: u16 = 1;
    /// The scalar's text is its source without the quotes: no escape, no line break.
    const VERBATIM: u16 = 2;
    /// The text ends right after the block scalar's last byte, and its reader adds the missing line break.
    const IMPLIED_BREAK: u16 = 4;
    const COLUMN_SHIFT: u32 = 3;
    /// Columns from here on are not kept.
    const WIDE: u32 = (1 << (16 - Self::COLUMN_SHIFT)) - 1;

    pub(super) const fn verbatim(yes: bool) -> Self {
        Self(if yes { Self::VERBATIM } else { 0 })
    }

    pub(super) fn block_scalar(column: u32, implied_break: bool) -> Self {
        let column = column.min(Self::WIDE) as u16;
        let implied = if implied_break {
            Self::IMPLIED_BREAK
        } else {
            0
        };
        Self((column << Self::COLUMN_SHIFT) | implied)
    }

    pub(super) const fn with_properties(self) -> Self {
        Self(self.0 | Self::PROPERTIES)
    }

    pub(super) const fn without_properties(self) -> Self {
        Self(self.0 & !Self::PROPERTIES)
    }

    pub(super) const fn has_properties(self) -> bool {
        self.0 & Self::PROPERTIES != 0
    }

    pub(super) const fn is_verbatim(self) -> bool {
        self.0 & Self::VERBATIM != 0
    }

    pub(super) const fn has_implied_break(self) -> bool {
        self.0 & Self::IMPLIED_BREAK != 0
    }

    /// The column at which the content of a block scalar starts; `None` if it is too wide to be kept.
    pub(super) fn column(self) -> Option<u32> {
        let column = u32::from(self.0 >> Self::COLUMN_SHIFT);
        (column < Self::WIDE).then_some(column)
    }
}

/// The anchor and the tag of a node. A part that is not written is an empty range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    pub(super) node: u32,
    /// `&name`.
    pub(super) anchor: TextRange,
    /// `!tag`.
    pub(super) tag: TextRange,
}

impl Properties {
    pub(super) const fn is_empty(&self) -> bool {
        self.anchor.is_empty() && self.tag.is_empty()
    }
}

/// An alias and the anchor it names.
#[derive(Clone, Copy, Debug)]
pub(super) struct AliasLink {
    pub(super) node: u32,
    /// Index into [`Tape::properties`].
    pub(super) properties: u32,
}

/// All nodes of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Tape {
    pub(super) nodes: Vec<Raw>,
    /// Ordered by node.
    pub(super) properties: Vec<Properties>,
    /// Ordered by node.
    pub(super) aliases: Vec<AliasLink>,
}

/// How long a tape is, to cut it back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    nodes: usize,
    properties: usize,
    aliases: usize,
}

impl Tape {
    pub(super) fn mark(&self) -> Mark {
        Mark {
            nodes: self.nodes.len(),
            properties: self.properties.len(),
            aliases: self.aliases.len(),
        }
    }

    /// Drops everything after `mark`.
    pub(super) fn cut(&mut self, mark: Mark) {
        self.nodes.truncate(mark.nodes);
        self.properties.truncate(mark.properties);
        self.aliases.truncate(mark.aliases);
    }

    pub(super) fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// Appends a node and returns its place.
    pub(super) fn push(&mut self, raw: Raw) -> u32 {
        let id = self.len();
        self.nodes.push(raw);
        id
    }

    /// Gives the node `id`, which must be the last one or one inserted at a known place, its properties.
    pub(super) fn attach(&mut self, id: u32, mut properties: Properties) {
        if properties.is_empty() {
            return;
        }
        properties.node = id;
        self.properties.push(properties);
        if let Some(raw) = self.nodes.get_mut(id as usize) {
            raw.flags = raw.flags.with_properties();
        }
    }

    /// The children of the collection `id`.
    pub(super) fn children(&self, id: NodeId) -> Vec<NodeId> {
        let skip = |id: u32| self.nodes.get(id as usize).map_or(1, |it| it.skip.max(1));
        let end = id.0 + skip(id.0);
        let children = std::iter::successors(Some(id.0 + 1), |at| Some(at + skip(*at)));
        children.take_while(|at| *at < end).map(NodeId).collect()
    }

    /// Closes the collection `id`: all nodes after it are its descendants.
    pub(super) fn close(&mut self, id: u32, end: u32) {
        let len = self.len();
        if let Some(raw) = self.nodes.get_mut(id as usize) {
            raw.skip = len - id;
            raw.end = end;
        }
    }

    /// Puts an open mapping before the node `id`, which turned out to be its first key.
    ///
    /// `first_property` is the first entry of [`Tape::properties`] that moves along with the node.
    /// A key has at most 1,024 characters, so this moves a bounded number of nodes.
    pub(super) fn insert_mapping(&mut self, id: u32, mapping: Raw, first_property: usize) {
        self.nodes.insert(id as usize, mapping);
        for entry in self.properties.iter_mut().skip(first_property) {
            entry.node += 1;
        }
        for link in self.aliases.iter_mut().rev() {
            if link.node < id {
                break;
            }
            link.node += 1;
        }
    }

    pub(super) fn get(&self, id: NodeId) -> Option<&Raw> {
        self.nodes.get(id.0 as usize)
    }

    /// The anchor and tag of a node, which may have been written apart (`&a`, line break, `!b [`).
    pub(super) fn properties_of(&self, id: NodeId) -> Properties {
        let first = self.properties.partition_point(|entry| entry.node < id.0);
        let mut found = Properties::default();
        for entry in self.properties.iter().skip(first) {
            if entry.node != id.0 {
                break;
            }
            found.node = id.0;
            if !entry.anchor.is_empty() {
                found.anchor = entry.anchor;
            }
            if !entry.tag.is_empty() {
                found.tag = entry.tag;
            }
        }
        found
    }

    /// The node that an alias stands for.
    pub(super) fn target_of(&self, alias: NodeId) -> Option<NodeId> {
        let index = self
            .aliases
            .binary_search_by_key(&alias.0, |link| link.node)
            .ok()?;
        let link = self.aliases.get(index)?;
        let target = self.properties.get(link.properties as usize)?;
        Some(NodeId(target.node))
    }
}
