//! The tree: a tape of small nodes in pre-order, and views into it.

use std::borrow::Cow;

use crate::TextRange;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Entries of key and value.
    Mapping,
    /// Items.
    Sequence,
    /// A scalar, also one that is absent (`key:` and nothing).
    Scalar,
    /// `*name`.
    Alias,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// A plain scalar.
    Plain,
    /// `'single'`.
    SingleQuoted,
    /// `"double"`.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
    /// A mapping or sequence written by indentation.
    Block,
    /// A mapping or sequence in brackets.
    Flow,
}

/// A node's place on the tape of its [`Yaml`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// One parsed text: its documents, its comments and what is wrong with it. It does not hold the text.
#[derive(Clone, Debug, Default)]
pub struct Yaml {
    documents: Vec<Document>,
    comments: Vec<Comment>,
    errors: Vec<SyntaxError>,
}

/// One document, as kubectl cuts them out of a text.
#[derive(Clone, Debug)]
pub struct Document {
    /// The whole document with its comments; from its own `---` line, if it has one, to the next document.
    pub range: TextRange,
    /// The root node; none if the document is empty (or only comments) or has an error.
    pub root: Option<NodeId>,
    /// Text that kubectl drops in silence: what follows a `...` line.
    pub ignored: Option<TextRange>,
    /// Whether [`Yaml::errors`] has an error in this document.
    pub broken: bool,
}

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the line's last byte, line break not included.
    pub range: TextRange,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// Why a document does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The place to look at.
    pub range: TextRange,
    /// What is usual at that place.
    pub kind: SyntaxErrorKind,
    /// What is wrong, in one lower-case sentence without a full stop.
    pub message: String,
    /// The other place, where there is one: the quote that was opened, the line whose indentation was expected.
    pub related: Option<(TextRange, String)>,
    /// What to do, if that is known.
    pub help: Option<String>,
    /// Index into [`Yaml::documents`].
    pub document: usize,
}

/// The usual causes of a syntax error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyntaxErrorKind {
    /// Anything without a class of its own.
    Other,
}

/// A node of a parsed text. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    yaml: &'a Yaml,
    text: &'a str,
    id: NodeId,
}

/// A key and its value.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The key.
    pub key: Node<'a>,
    /// The value; an absent scalar where nothing is written.
    pub value: Node<'a>,
}

/// A decoded scalar that knows where each part of it was written.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    /// The scalar's value as text.
    pub text: Cow<'a, str>,
}

impl Yaml {
    /// The documents, in order.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The comments, in order.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// What is wrong, in order.
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// The node `id` of this tree. `text` is the text that was parsed.
    pub fn node<'a>(&'a self, text: &'a str, id: NodeId) -> Node<'a> {
        Node {
            yaml: self,
            text,
            id,
        }
    }

    /// The root of `document`.
    pub fn root<'a>(&'a self, text: &'a str, document: &Document) -> Option<Node<'a>> {
        document.root.map(|id| self.node(text, id))
    }
}

impl<'a> Node<'a> {
    /// This node's place on the tape.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The bytes as written.
    pub fn raw(self) -> &'a str {
        let _ = self.yaml;
        self.text
    }
}

impl Decoded<'_> {
    /// Where a range of the decoded text was written: one or more source ranges, in order.
    pub fn source_ranges(&self, range: TextRange) -> Vec<TextRange> {
        let _ = &self.text;
        vec![range]
    }
}
