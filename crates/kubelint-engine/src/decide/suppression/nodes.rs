//! Which lines a place in a YAML file is connected with.

use kubelint_parser::TextRange;
use kubelint_parser::source::LineIndex;
use kubelint_parser::yaml::{Kind, Node, Style, Yaml};

use super::comments::Lines;

/// The nodes of a file, to be found by their places.
pub(super) struct Nodes {
    /// In the order in which they start, parents first.
    nodes: Vec<Indexed>,
}

/// A node and its entry.
#[derive(Clone, Copy)]
struct Indexed {
    range: TextRange,
    /// Where the entry begins that it is the key or value of, or the item: at the key, at the `-`.
    entry: u32,
    /// Index of the collection that holds it; a root is its own.
    parent: usize,
    is_leaf: bool,
}

impl Nodes {
    /// The nodes of all documents that parse.
    pub(super) fn of(yaml: &Yaml, text: &str) -> Self {
        let mut nodes: Vec<Indexed> = Vec::new();
        for document in yaml.documents() {
            let Some(root) = yaml.root(text, document) else {
                continue;
            };
            let first = nodes.len();
            let index = |node: Node<'_>| first + (node.id().0 - root.id().0) as usize;
            nodes.extend(root.descendants().map(|node| Indexed {
                range: node.range(),
                entry: node.range().start,
                parent: first,
                is_leaf: matches!(node.kind(), Kind::Scalar | Kind::Alias),
            }));
            for collection in root.descendants() {
                let mut adopt = |child: Node<'_>, entry: u32| {
                    if let Some(child) = nodes.get_mut(index(child)) {
                        child.entry = entry;
                        child.parent = index(collection);
                    }
                };
                for entry in collection.entries() {
                    adopt(entry.key, entry.key.range().start);
                    adopt(entry.value, entry.key.range().start);
                }
                for item in collection.items() {
                    adopt(item, item_start(text, collection.style(), item));
                }
            }
        }
        Self { nodes }
    }

    /// The lines with which `range` is connected: those of the node that it is or is part of. Where it is more than one node but
    /// not all of their parent, or in no node at all, the line where it begins.
    pub(super) fn lines(&self, lines: &LineIndex, range: TextRange) -> Lines {
        let node = self.innermost(range);
        let Some(node) = node.filter(|node| node.is_leaf || node.range == range) else {
            return Lines::of_line(lines.line(range.start));
        };
        let (entry, start) = (lines.line(node.entry), lines.line(node.range.start));
        let mut at = Lines {
            beside: vec![entry, start],
            above: vec![entry],
        };
        if node.is_leaf {
            at.beside.push(lines.line(node.range.end));
            at.above.push(start);
        }
        at.beside.dedup();
        at.above.dedup();
        at
    }

    /// The innermost node that holds `range`.
    fn innermost(&self, range: TextRange) -> Option<&Indexed> {
        let next = self
            .nodes
            .partition_point(|node| node.range.start <= range.start);
        let mut at = next.checked_sub(1)?;
        loop {
            let node = self.nodes.get(at)?;
            if node.range.contains(range) {
                return Some(node);
            }
            if node.parent == at {
                return None;
            }
            at = node.parent;
        }
    }
}

/// Where an item begins: at its `-`, if it is written with one and nothing but blanks and line breaks are between.
fn item_start(text: &str, style: Style, item: Node<'_>) -> u32 {
    let start = item.range().start;
    let before = text.get(..start as usize).unwrap_or_default().trim_end();
    if style == Style::Block && before.ends_with('-') {
        before.len() as u32 - 1
    } else {
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines connected with the first place of `part` in `text`.
    fn lines(text: &str, part: &str) -> Lines {
        let start = text.find(part).unwrap() as u32;
        let range = TextRange::new(start, start + part.len() as u32);
        let yaml = kubelint_parser::yaml::parse(text);
        assert!(yaml.errors().is_empty(), "{:?}", yaml.errors());
        Nodes::of(&yaml, text).lines(&LineIndex::new(text), range)
    }

    const TEXT: &str = "\
kind: Pod
spec:
  containers:
    - name: app
      image: >-
        reg/
        app
      args: [a,
        b]
    -
      name: side
  quoted: \"one
    two\"
  far:
    away
---
other: 1
";

    #[test]
    fn a_place_is_connected_with_its_node_and_entry() {
        for (part, beside, above) in [
            ("Pod", vec![1], vec![1]),
            ("kind", vec![1], vec![1]),
            ("app", vec![4], vec![4]),
            // Part of a block scalar: its key's line, or that above.
            ("reg/", vec![5, 7], vec![5]),
            ("image", vec![5], vec![5]),
            // A flow sequence, and an item of it on the next line.
            ("[a,\n        b]", vec![8], vec![8]),
            ("b]", vec![9], vec![9]),
            // An item that begins below its dash.
            ("name: side", vec![10, 11], vec![10]),
            ("side", vec![11], vec![11]),
            // A scalar of several lines has room for a comment only behind its end.
            ("one", vec![12, 13], vec![12]),
            ("away", vec![14, 15], vec![14, 15]),
            ("other: 1", vec![17], vec![17]),
        ] {
            assert_eq!(lines(TEXT, part), Lines { beside, above }, "{part}");
        }
    }

    #[test]
    fn a_collection_is_connected_with_its_key_and_not_with_what_stands_between() {
        let text = "a:\n  # about b\n  b: 1\n  c: 2\nd: 3\n";
        let collection = lines(text, "b: 1\n  c: 2");
        assert_eq!(collection.beside, [1, 3]);
        assert_eq!(collection.above, [1]);
    }

    #[test]
    fn a_place_that_is_no_node_is_connected_with_its_line() {
        // An entry of several.
        assert_eq!(lines(TEXT, "kind: Pod"), Lines::of_line(1));
        assert_eq!(lines("a: 1\n---\n# none\n", "# none"), Lines::of_line(3));
    }
}
