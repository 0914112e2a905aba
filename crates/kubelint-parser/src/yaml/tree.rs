//! The parsed text: its documents, its comments, what is wrong with it.

use std::sync::OnceLock;

use super::diagnose;
use super::locate::Wide;
use super::node::Node;
use super::resolve::Refusal;
use super::tape::Tape;
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
    /// A plain scalar; also an alias.
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
    /// A mapping or sequence in brackets, and a lone pair `a: b` in a sequence in brackets.
    Flow,
}

/// A node's place on the tape of its [`Yaml`]. Nodes are numbered in the order in which they start, parents first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// One parsed text: its documents, its comments and what is wrong with it. It does not hold the text.
#[derive(Clone, Debug, Default)]
pub struct Yaml {
    pub(super) tape: Tape,
    pub(super) documents: Vec<Document>,
    pub(super) comments: Vec<Comment>,
    pub(super) errors: Vec<SyntaxError>,
    /// Made when a place is first looked for among many children.
    pub(super) wide: OnceLock<Wide>,
}

/// One document, as kubectl cuts them out of a text.
#[derive(Clone, Debug)]
pub struct Document {
    /// The whole document with its comments; from its own `---` line, if it has one, to the next document.
    pub range: TextRange,
    /// The root node; none if the document is empty (or only comments) or has an error.
    pub root: Option<NodeId>,
    /// Text that kubectl drops in silence: what follows a `...` line, or a root that is whole.
    pub ignored: Option<TextRange>,
    /// Whether [`Yaml::errors`] has an error in this document.
    pub broken: bool,
    /// Whether it was read as JSON: the text starts with `{`, and this is a well-formed JSON value.
    pub json: bool,
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
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// A line is further left or right than its neighbours allow.
    Indentation,
    /// A tab where only spaces may indent.
    Tab,
    /// `-item`: the blank after the dash is missing.
    MissingBlankAfterDash,
    /// `key:value`: the blank after the colon is missing.
    MissingBlankAfterColon,
    /// A key without a colon.
    MissingColon,
    /// A key of more than 1,024 characters.
    KeyTooLong,
    /// A quote that is opened and never closed.
    UnclosedQuote,
    /// A bracket that is opened and not closed, or closed by another one.
    UnclosedBracket,
    /// A closing bracket without an opening one.
    UnopenedBracket,
    /// Two entries in brackets without a comma between them.
    MissingComma,
    /// `<<<<<<<`, `=======` or `>>>>>>>`.
    MergeConflict,
    /// Unquoted `{{ … }}` or `{% … %}`: a template that was not rendered.
    TemplateBraces,
    /// Text after `---` on its line.
    DocumentSeparator,
    /// An alias whose anchor is not defined before it.
    UnknownAnchor,
    /// An alias within the node that it stands for.
    RecursiveAlias,
    /// `&` or `*` without a well-formed name.
    BadAnchor,
    /// A malformed tag, or one whose handle is not declared.
    BadTag,
    /// Two anchors or two tags on one node, or either on an alias.
    DuplicateProperty,
    /// An escape that does not exist in double quotes.
    BadEscape,
    /// A malformed directive, or one that is not supported.
    BadDirective,
    /// Something wrong after `|` or `>`.
    BlockScalarHeader,
    /// A control character.
    ControlCharacter,
    /// Nesting deeper than 10,000 levels.
    Depth,
    /// List items among the keys of a mapping, or keys among the items of a list.
    MixedCollections,
    /// A second `:` in a line, or one where no key can be.
    MappingNotAllowed,
    /// `- ` where no list can start.
    SequenceNotAllowed,
    /// A value that starts with `@`, a backquote or `%`.
    ReservedCharacter,
    /// Text after a value that is already whole.
    TextAfterValue,
    /// Malformed JSON after well-formed JSON.
    Json,
    /// A text of 4 GiB or more.
    TooLarge,
    /// Well-formed text where the grammar has no room for it.
    Unexpected,
    /// A well-formed document that its reader refuses; see [`Yaml::refuse`].
    Refused,
}

impl SyntaxErrorKind {
    /// What is wrong, without a character of the text that it is about: for texts that must not be shown.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Indentation => "wrong indentation",
            Self::Tab => "tab where only spaces may stand",
            Self::MissingBlankAfterDash => "missing blank after `-`",
            Self::MissingBlankAfterColon => "missing blank after `:`",
            Self::MissingColon => "key without a `:`",
            Self::KeyTooLong => "key longer than 1,024 characters",
            Self::UnclosedQuote => "quote that is never closed",
            Self::UnclosedBracket => "bracket that is not closed, or closed by another one",
            Self::UnopenedBracket => "closing bracket that was never opened",
            Self::MissingComma => "missing `,`",
            Self::MergeConflict => "merge-conflict marker",
            Self::TemplateBraces => "unquoted template braces",
            Self::DocumentSeparator => "text after the document separator `---`",
            Self::UnknownAnchor => "alias of an unknown anchor",
            Self::RecursiveAlias => "alias within the value that it names",
            Self::BadAnchor => "malformed name of an anchor or alias",
            Self::BadTag => "malformed or undeclared tag",
            Self::DuplicateProperty => "second anchor or tag on one value",
            Self::BadEscape => "unknown escape in double quotes",
            Self::BadDirective => "malformed or unsupported directive",
            Self::BlockScalarHeader => "text after the indicator of a block scalar",
            Self::ControlCharacter => "control character",
            Self::Depth => "nested more than 10,000 levels deep",
            Self::MixedCollections => "list items and keys side by side",
            Self::MappingNotAllowed => "`:` where no key can be",
            Self::SequenceNotAllowed => "list item where none can start",
            Self::ReservedCharacter => "value that starts with a reserved character",
            Self::TextAfterValue => "text after a value that is whole",
            Self::Json => "malformed JSON",
            Self::TooLarge => "the text has 4 GiB or more",
            Self::Unexpected => "unexpected text",
            Self::Refused => "well-formed, but refused by its reader",
        }
    }
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
        Node::new(self, text, id)
    }

    /// The root of `document`.
    pub fn root<'a>(&'a self, text: &'a str, document: &Document) -> Option<Node<'a>> {
        document.root.map(|id| self.node(text, id))
    }

    /// Takes the document `document` for broken, because its reader refuses what is well-formed: from now on it has no root, so that
    /// nobody follows its aliases, and an error says why. Does nothing to a document that has an error already.
    pub fn refuse(&mut self, text: &str, document: usize, refusal: Refusal) {
        let at = self.node(text, refusal.node).range();
        let Some(refused) = self.documents.get_mut(document).filter(|it| !it.broken) else {
            return;
        };
        refused.root = None;
        refused.broken = true;
        let place = self.errors.partition_point(|it| it.document < document);
        let error = diagnose::refused(text, at, refusal.reason, document);
        self.errors.insert(place, error);
    }

    /// Number of nodes in all documents.
    pub fn node_count(&self) -> usize {
        self.tape.nodes.len()
    }
}
