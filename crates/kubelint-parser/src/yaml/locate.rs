//! From places to nodes, and from nodes to paths.
//!
//! Nodes are ordered by where they start, so a place is found by bisection. The tape has no links to parents: paths are
//! found on the way down from the root.

use std::collections::BTreeMap;
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

/// Among up to this many children the one that holds a place is looked for one by one.
const FEW: usize = 64;

/// The children of each collection that has many.
pub(super) type Wide = BTreeMap<NodeId, Vec<NodeId>>;

/// A child of a collection, and where it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child<'a> {
    /// How many children stand before it; keys and values of a mapping count each.
    pub index: usize,
    /// The one right before it.
    pub before: Option<Node<'a>>,
    /// The child.
    pub node: Node<'a>,
}

impl<'a> Node<'a> {
    /// The first child whose range holds `range`: an item of a sequence, a key or a value of a mapping. Thousands of children are not looked
    /// at one by one, so that thousands of places can be looked for among them.
    pub fn child_around(self, range: TextRange) -> Option<Child<'a>> {
        let mut before = None;
        for (index, node) in self.children().take(FEW).enumerate() {
            if node.range().contains(range) {
                return Some(Child {
                    index,
                    before,
                    node,
                });
            }
            before = Some(node);
        }
        let children = self.yaml().children_of(self.id())?;
        let at = |id: &NodeId| self.yaml().node(self.text(), *id);
        // Children follow each other, so that none before this one ends late enough, and of those after it none starts earlier.
        let index = children.partition_point(|it| at(it).range().end < range.end);
        let node = at(children.get(index)?);
        let before = index.checked_sub(1).and_then(|it| children.get(it)).map(at);
        node.range().contains(range).then_some(Child {
            index,
            before,
            node,
        })
    }
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

    /// The children of the collection `id`, if they are many.
    fn children_of(&self, id: NodeId) -> Option<&[NodeId]> {
        let wide = self.wide.get_or_init(|| {
            let nodes = &self.tape.nodes;
            let large = nodes.iter().map(|raw| raw.skip as usize > FEW);
            let large = (0..).zip(large).filter(|it| it.1);
            // No node is a child of two: this takes as many steps as there are nodes.
            let children = large.map(|(id, _)| (NodeId(id), self.tape.children(NodeId(id))));
            children.filter(|it| it.1.len() > FEW).collect()
        });
        wide.get(&id).map(Vec::as_slice)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    /// What is looked for among many children is what a search one by one finds, and no place makes the list of them anew.
    #[test]
    fn children_around_places() {
        let items: Vec<String> = (0..300).map(|it| format!("- {it}:\n")).collect();
        let fields: Vec<String> = (0..300).map(|it| format!("  k{it}: {it}\n")).collect();
        let (items, fields) = (items.concat(), fields.concat());
        let text = format!("a:\n{items}b:\n{fields}c: [{}]\n", "x, ".repeat(300));
        let yaml = parse(&text);
        let root = yaml.root(&text, &yaml.documents()[0]).unwrap();
        for collection in root.children() {
            let end = text.len() as u32;
            let places =
                (0..end).flat_map(|at| [TextRange::new(at, at), TextRange::new(at, at + 1)]);
            for range in places {
                let mut children = collection.children().enumerate();
                let expected = children.find(|it| it.1.range().contains(range));
                let found = collection.child_around(range);
                assert_eq!(found.map(|it| (it.index, it.node)), expected, "{range:?}");
            }
            if collection.children().count() > FEW {
                let list = || yaml.children_of(collection.id()).unwrap();
                assert_eq!(list().len(), collection.children().count());
                assert!(std::ptr::eq(list(), list()));
            }
        }
    }
}
