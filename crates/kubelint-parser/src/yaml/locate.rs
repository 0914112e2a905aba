//! From places to nodes, and from nodes to paths.
//!
//! Nodes are ordered by where they start, so a place is found by bisection. The tape has no links to parents: paths are
//! found on the way down from the root.

use std::fmt;

use super::node::Node;
use super::{Document, Kind, NodeId, Yaml};
use crate::TextRange;

/// One step from a node to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// To the value of the entry with this key.
    Value(Node<'a>),
    /// To this key itself.
    Key(Node<'a>),
    /// To the item of a sequence, counted from 0.
    Index(usize),
}

/// The way from a document's root to a node. Shown as `spec.template.spec.containers[0].image`; keys that are not made of
/// letters, digits, `_` and `-` are shown in quotes: `metadata.annotations["example.com/name"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path<'a> {
    /// The steps, from the root down; none for the root.
    pub segments: Vec<Segment<'a>>,
}

impl Yaml {
    /// The index of the document that holds `offset`: the last one that starts at or before it.
    pub fn document_at(&self, offset: u32) -> Option<usize> {
        let after = self
            .documents
            .partition_point(|document| document.range.start <= offset);
        after.checked_sub(1)
    }

    /// The nodes that start within `range`, in order; absent ones are left out. Finds the nodes on a line, or the first node
    /// after a comment, without a walk through the document.
    pub fn nodes_in<'a>(
        &'a self,
        text: &'a str,
        range: TextRange,
    ) -> impl Iterator<Item = Node<'a>> {
        let nodes = &self.tape.nodes;
        let first = nodes.partition_point(|raw| raw.start < range.start);
        let starts = nodes.iter().skip(first);
        let count = starts.take_while(move |raw| raw.start < range.end).count();
        (first..first + count)
            .map(move |id| self.node(text, NodeId(id as u32)))
            .filter(|node| !node.is_absent())
    }

    /// The innermost node whose range holds `offset` or ends there, if any.
    pub fn innermost<'a>(&'a self, text: &'a str, offset: u32) -> Option<Node<'a>> {
        let document = self.documents.get(self.document_at(offset)?)?;
        let mut node = self.root(text, document)?;
        let holds = |node: Node<'_>| {
            let range = node.range();
            range.start <= offset && offset <= range.end && !node.is_absent()
        };
        if !holds(node) {
            return None;
        }
        while let Some(child) = node
            .children()
            .take_while(|child| child.range().start <= offset)
            .filter(|&child| holds(child))
            .last()
        {
            node = child;
        }
        Some(node)
    }

    /// The document that a node belongs to.
    pub fn document_of(&self, node: NodeId) -> Option<&Document> {
        let after = self.documents.partition_point(|document| {
            let last_before = document.root.is_none_or(|root| root <= node);
            last_before && document.range.start <= self.start_of(node)
        });
        self.documents
            .get(..after)?
            .iter()
            .rev()
            .find(|document| document.root.is_some())
    }

    fn start_of(&self, node: NodeId) -> u32 {
        self.tape.get(node).map_or(0, |raw| raw.start)
    }
}

impl<'a> Node<'a> {
    /// The way to this node from its document's root, as written: merged mappings are not looked through.
    ///
    /// It takes time in proportion to the number of siblings on the way.
    pub fn path(self) -> Path<'a> {
        let mut path = Path::default();
        let Some(root) = self.yaml().document_of(self.id()).and_then(|it| it.root) else {
            return path;
        };
        let mut node = self.yaml().node(self.text(), root);
        while node.id() < self.id() {
            let Some((index, child)) = node
                .children()
                .enumerate()
                .find(|(_, child)| self.id() < child.next_id())
            else {
                break;
            };
            path.segments.push(if node.kind() == Kind::Sequence {
                Segment::Index(index)
            } else if index % 2 == 0 {
                Segment::Key(child)
            } else {
                let key = node.children().nth(index - 1).unwrap_or(child);
                Segment::Value(key)
            });
            node = child;
        }
        path
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments.iter().enumerate() {
            let key = match segment {
                Segment::Index(index) => {
                    write!(f, "[{index}]")?;
                    continue;
                }
                Segment::Value(key) | Segment::Key(key) => key.as_str().unwrap_or_default(),
            };
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if key.is_empty() || !key.chars().all(is_word) {
                write!(f, "[{key:?}]")?;
            } else if index > 0 {
                write!(f, ".{key}")?;
            } else {
                write!(f, "{key}")?;
            }
        }
        Ok(())
    }
}
