//! Syntax trees of application source.

use std::ops::ControlFlow;

use tree_sitter::{ParseOptions, ParseState, Parser};

use super::{Language, Limit, MAX_DEPTH, MAX_SIZE};
use crate::TextRange;

/// A parsed text. It does not hold the text itself: who asks for nodes says it again.
#[derive(Debug)]
pub struct Code {
    language: Language,
    tree: tree_sitter::Tree,
}

/// A node of a tree, with the text that it is of.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    pub(super) node: tree_sitter::Node<'a>,
    pub(super) text: &'a str,
}

/// How often the parser may report progress, which it does about every hundred steps, before it is stopped: so often, and once more for
/// so many bytes.
const BASE_REPORTS: usize = 200;
const BYTES_PER_REPORT: usize = 20;
/// The text is handed out in pieces of this size, …
const PIECE: usize = 1024;
/// … and so often, and once more for so many bytes: behind many errors most of the time goes there, without a report.
const BASE_PIECES: usize = 400;
const BYTES_PER_PIECE: usize = 40;

/// Parses `text`.
///
/// ```
/// use kubelint_parser::code::{Language, parse};
///
/// let text = "port = 8000\n";
/// let code = parse(text, Language::Python).unwrap();
/// let statement = code.root(text).children().next().unwrap();
/// assert_eq!(statement.text(), "port = 8000");
/// ```
pub fn parse(text: &str, language: Language) -> Result<Code, Limit> {
    if text.len() > MAX_SIZE {
        return Err(Limit::Size);
    }
    let mut parser = Parser::new();
    if parser.set_language(language.grammar()).is_err() {
        return Err(Limit::Steps);
    }
    let mut reports = BASE_REPORTS + text.len() / BYTES_PER_REPORT;
    let mut count = |_: &ParseState| {
        reports = reports.saturating_sub(1);
        match reports {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    };
    let options = ParseOptions::new().progress_callback(&mut count);
    let mut pieces = BASE_PIECES + text.len() / BYTES_PER_PIECE;
    let mut piece = |at: usize, _| {
        pieces = pieces.saturating_sub(1);
        let mut end = (at + PIECE).min(if pieces == 0 { 0 } else { text.len() });
        // The library fails on a character that one piece begins and no other ends.
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.as_bytes().get(at..end).unwrap_or_default()
    };
    let tree = parser.parse_with_options(&mut piece, None, Some(options));
    let tree = tree.filter(|_| pieces > 0).ok_or(Limit::Steps)?;
    if is_too_deep(&tree) {
        return Err(Limit::Depth);
    }
    Ok(Code { language, tree })
}

fn is_too_deep(tree: &tree_sitter::Tree) -> bool {
    let mut cursor = tree.walk();
    let mut depth = 0;
    loop {
        if cursor.goto_first_child() {
            depth += 1;
            if depth > MAX_DEPTH {
                return true;
            }
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return false;
            }
            depth -= 1;
        }
    }
}

impl Code {
    /// The language it is parsed as.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The root; `text` is the text that was parsed.
    pub fn root<'a>(&'a self, text: &'a str) -> Node<'a> {
        Node {
            node: self.tree.root_node(),
            text,
        }
    }
}

impl<'a> Node<'a> {
    const fn of(self, node: tree_sitter::Node<'a>) -> Self {
        Self {
            node,
            text: self.text,
        }
    }

    /// What it is, by the grammar's name: `call_expression`.
    pub fn kind(self) -> &'a str {
        self.node.kind()
    }

    /// Whether it is more than a keyword or punctuation.
    pub fn is_named(self) -> bool {
        self.node.is_named()
    }

    /// Whether it is, or holds, text that does not parse.
    pub fn has_error(self) -> bool {
        self.node.has_error()
    }

    /// A number that no other node of the tree has.
    pub fn id(self) -> usize {
        self.node.id()
    }

    /// Its place.
    pub fn range(self) -> TextRange {
        // Where the grammar gives up, it may do so within a character.
        let offset = |at: usize| self.text.floor_char_boundary(at) as u32;
        TextRange::new(offset(self.node.start_byte()), offset(self.node.end_byte()))
    }

    /// Its text.
    pub fn text(self) -> &'a str {
        self.text.get(self.range().to_usize()).unwrap_or_default()
    }

    /// The part called `name`.
    pub fn field(self, name: &str) -> Option<Self> {
        Some(self.of(self.node.child_by_field_name(name)?))
    }

    /// The named nodes directly within it, without comments and other things that may stand anywhere.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let mut cursor = self.node.walk();
        let mut more = cursor.goto_first_child();
        std::iter::from_fn(move || {
            while more {
                let node = cursor.node();
                more = cursor.goto_next_sibling();
                if node.is_named() && !node.is_extra() {
                    return Some(self.of(node));
                }
            }
            None
        })
    }

    /// The node around it. Takes time in proportion to its depth.
    pub fn parent(self) -> Option<Self> {
        Some(self.of(self.node.parent()?))
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.kind(), self.range())
    }
}
