//! Views of nodes: what is written, in the order in which it is written.

use std::borrow::Cow;
use std::fmt;

use super::decode::{self, Decoded};
use super::tape::{Flags, Raw};
use super::{Kind, NodeId, Style, Yaml};
use crate::TextRange;

/// A node of a parsed text. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    yaml: &'a Yaml,
    text: &'a str,
    id: NodeId,
}

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The key.
    pub key: Node<'a>,
    /// The value; an absent scalar where nothing is written.
    pub value: Node<'a>,
}

/// What stands at a place that no tape has.
static NOWHERE: Raw = Raw {
    start: 0,
    end: 0,
    skip: 1,
    kind: Kind::Scalar,
    style: Style::Plain,
    flags: Flags::NONE,
};

impl<'a> Node<'a> {
    pub(super) fn new(yaml: &'a Yaml, text: &'a str, id: NodeId) -> Self {
        Self { yaml, text, id }
    }

    #[inline]
    fn node(self) -> &'a Raw {
        self.yaml.tape.get(self.id).unwrap_or(&NOWHERE)
    }

    fn at(self, id: u32) -> Self {
        Self {
            id: NodeId(id),
            ..self
        }
    }

    /// The id after this node's last descendant.
    pub(super) fn after(self) -> u32 {
        self.id.0 + self.node().skip.max(1)
    }

    /// This node's place on the tape.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The place after its last descendant: the next node in order that is not within this one.
    pub fn next_id(self) -> NodeId {
        NodeId(self.after())
    }

    /// The tree that the node belongs to.
    pub fn yaml(self) -> &'a Yaml {
        self.yaml
    }

    /// The whole text that was parsed.
    pub fn text(self) -> &'a str {
        self.text
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// How it is written.
    pub fn style(self) -> Style {
        self.node().style
    }

    /// Where it is written, without its anchor and tag.
    ///
    /// Quotes and brackets are included. A block scalar reaches from its indicator to its last byte of text. A collection
    /// written by indentation reaches from its first `-`, `?` or key to the last byte of its last item. A node that is
    /// absent has an empty range where it would start.
    pub fn range(self) -> TextRange {
        let raw = self.node();
        TextRange::new(raw.start, raw.end)
    }

    /// The bytes as written.
    pub fn raw(self) -> &'a str {
        self.range().of(self.text)
    }

    /// The text of a plain scalar that is its source, without anchor and tag, and cannot be a merge key.
    #[inline]
    pub(super) fn ordinary(self) -> Option<&'a str> {
        let raw = self.node();
        let is_plain = raw.kind == Kind::Scalar && raw.style == Style::Plain;
        let is_merge = raw.end - raw.start == 2;
        let as_written = raw.flags.is_verbatim() && !raw.flags.has_properties();
        (is_plain && as_written && !is_merge).then(|| self.raw())
    }

    /// Whether nothing is written: `key:` and no value. Its anchor or tag may be written.
    pub fn is_absent(self) -> bool {
        let raw = self.node();
        raw.kind == Kind::Scalar && raw.style == Style::Plain && raw.start == raw.end
    }

    /// The name of its anchor, and where `&name` is written.
    pub fn anchor(self) -> Option<(&'a str, TextRange)> {
        if !self.node().flags.has_properties() {
            return None;
        }
        let range = self.yaml.tape.properties_of(self.id).anchor;
        (!range.is_empty()).then(|| (range.of(self.text).get(1..).unwrap_or_default(), range))
    }

    /// Its tag as written (`!!str`), and where.
    pub fn tag(self) -> Option<(&'a str, TextRange)> {
        if !self.node().flags.has_properties() {
            return None;
        }
        let range = self.yaml.tape.properties_of(self.id).tag;
        (!range.is_empty()).then(|| (range.of(self.text), range))
    }

    /// The node that an alias stands for; `None` for other nodes. It is never an alias itself.
    pub fn alias_target(self) -> Option<Self> {
        if self.kind() != Kind::Alias {
            return None;
        }
        let target = self.yaml.tape.target_of(self.id)?;
        Some(self.at(target.0))
    }

    /// This node, or the one that it stands for.
    #[must_use]
    pub fn resolved(self) -> Self {
        self.alias_target().unwrap_or(self)
    }

    /// The entries of a mapping as written: merges and duplicates are not resolved, aliases not followed.
    ///
    /// Nothing for other nodes.
    pub fn entries(self) -> Entries<'a> {
        Entries {
            children: self.children_if(Kind::Mapping),
        }
    }

    /// The items of a sequence as written; aliases are not followed. Nothing for other nodes.
    pub fn items(self) -> Items<'a> {
        Items {
            children: self.children_if(Kind::Sequence),
        }
    }

    /// The children: items of a sequence; keys and values of a mapping, in turn.
    pub fn children(self) -> Items<'a> {
        Items {
            children: Children {
                node: self.at(self.id.0 + 1),
                end: self.after(),
            },
        }
    }

    fn children_if(self, kind: Kind) -> Children<'a> {
        let end = if self.kind() == kind {
            self.after()
        } else {
            self.id.0 + 1
        };
        Children {
            node: self.at(self.id.0 + 1),
            end,
        }
    }

    /// Number of entries or items as written.
    pub fn len(self) -> usize {
        match self.kind() {
            Kind::Mapping => self.entries().count(),
            Kind::Sequence => self.items().count(),
            Kind::Scalar | Kind::Alias => 0,
        }
    }

    /// Whether there are no entries or items.
    pub fn is_empty(self) -> bool {
        self.node().skip <= 1
    }

    /// This node and everything in it, in the order in which it is written.
    pub fn descendants(self) -> impl Iterator<Item = Self> + 'a {
        (self.id.0..self.after()).map(move |id| self.at(id))
    }

    /// The decoded text of a scalar, also of one that an alias stands for; `None` for collections.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        let node = self.resolved();
        (node.kind() == Kind::Scalar).then(|| node.decoded())
    }

    /// The decoded text of a scalar; empty for other nodes.
    pub fn decoded(self) -> Cow<'a, str> {
        decode::decoded(self.text, self.node())
    }

    /// The decoded text of a scalar with its places; empty for other nodes.
    pub fn decode(self) -> Decoded<'a> {
        decode::decode(self.text, self.node())
    }
}

/// Nodes are equal if they are the same node of the same tree.
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.yaml, other.yaml)
    }
}

impl Eq for Node<'_> {}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("id", &self.id.0)
            .field("kind", &self.kind())
            .field("style", &self.style())
            .field("range", &self.range())
            .finish()
    }
}

/// Siblings that are left.
#[derive(Clone, Copy, Debug)]
struct Children<'a> {
    /// The next one.
    node: Node<'a>,
    end: u32,
}

impl<'a> Children<'a> {
    #[inline]
    fn step(&mut self) -> Option<Node<'a>> {
        if self.node.id.0 >= self.end {
            return None;
        }
        let child = self.node;
        self.node = child.at(child.after());
        Some(child)
    }
}

/// The entries of a mapping; see [`Node::entries`].
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    children: Children<'a>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let key = self.children.step()?;
        let value = self.children.step()?;
        Some(Entry { key, value })
    }
}

/// The items of a sequence; see [`Node::items`].
#[derive(Clone, Debug)]
pub struct Items<'a> {
    children: Children<'a>,
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        self.children.step()
    }
}
