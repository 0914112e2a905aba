//! Syntax trees of application source.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{LazyLock, OnceLock};

use tree_sitter::{ParseOptions, ParseState, Parser};

use super::{Language, Limit, MAX_DEPTH, MAX_SIZE};
use crate::TextRange;

/// A parsed text. It does not hold the text itself: who asks for nodes says it again.
///
/// The nodes are kept in the order of the text, each before what it holds: what is asked of them again and again is then a look into a list.
#[derive(Debug)]
pub struct Code {
    language: Language,
    nodes: Vec<Entry>,
    /// What the grammar calls its kinds and fields.
    names: &'static Names,
}

/// A node as it is kept. The numbers of nodes fit: each but the root takes text, or is missing from it, and texts are small.
#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: u16,
    /// As what it stands in the node around it; 0 for nothing.
    field: u16,
    flags: u8,
    start: u32,
    end: u32,
    parent: u32,
    /// The number behind the last node that it holds.
    behind: u32,
}

const NAMED: u8 = 1;
const EXTRA: u8 = 2;
const ERROR: u8 = 4;
const HAS_ERROR: u8 = 8;

/// The names of a grammar.
#[derive(Debug)]
struct Names {
    kinds: Vec<&'static str>,
    fields: BTreeMap<&'static str, u16>,
}

/// A node of a tree, with the text that it is of.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    code: &'a Code,
    number: u32,
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

/// The grammar of Kotlin ends the process where more than 512 texts stand in each other, each in a value that the one around it takes in.
const MOST_INTERPOLATIONS: usize = 500;

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
    if language == Language::Kotlin && interpolations(text) > MOST_INTERPOLATIONS {
        return Err(Limit::Depth);
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
    Code::of(&tree, language)
}

/// How many values the texts of a file of Kotlin take in, at most: what ends no earlier text stays open there.
fn interpolations(text: &str) -> usize {
    let bytes = text.as_bytes();
    let begins = |it: &&[u8]| matches!(it, [b'$', next] if !next.is_ascii_digit());
    // A text ends nowhere at a zero, either.
    bytes.windows(2).filter(begins).count() + memchr::memchr_iter(0, bytes).count()
}

fn names(language: Language) -> &'static Names {
    static ALL: LazyLock<BTreeMap<Language, OnceLock<Names>>> = LazyLock::new(|| {
        let all = Language::ALL.iter();
        all.map(|it| (*it, OnceLock::new())).collect()
    });
    static NONE: Names = Names {
        kinds: Vec::new(),
        fields: BTreeMap::new(),
    };
    let grammar = language.grammar();
    let read = || {
        let kinds = 0..grammar.node_kind_count() as u16;
        let fields = 1..=grammar.field_count() as u16;
        let named = |it| Some((grammar.field_name_for_id(it)?, it));
        Names {
            kinds: kinds
                .map(|it| grammar.node_kind_for_id(it).unwrap_or_default())
                .collect(),
            fields: fields.filter_map(named).collect(),
        }
    };
    ALL.get(&language).map_or(&NONE, |it| it.get_or_init(read))
}

impl Code {
    /// Takes over a tree, if it is not too deep.
    fn of(tree: &tree_sitter::Tree, language: Language) -> Result<Self, Limit> {
        let mut nodes: Vec<Entry> = Vec::with_capacity(tree.root_node().descendant_count());
        let mut around: Vec<u32> = Vec::new();
        let mut cursor = tree.walk();
        loop {
            let node = cursor.node();
            let number = nodes.len() as u32;
            let flag = |is: bool, flag: u8| if is { flag } else { 0 };
            nodes.push(Entry {
                kind: node.kind_id(),
                field: cursor.field_id().map_or(0, std::num::NonZeroU16::get),
                flags: flag(node.is_named(), NAMED)
                    | flag(node.is_extra(), EXTRA)
                    | flag(node.is_error(), ERROR)
                    | flag(node.has_error(), HAS_ERROR),
                start: node.start_byte() as u32,
                end: node.end_byte() as u32,
                parent: around.last().copied().unwrap_or_default(),
                behind: number + 1,
            });
            if cursor.goto_first_child() {
                around.push(number);
                if around.len() > MAX_DEPTH {
                    return Err(Limit::Depth);
                }
                continue;
            }
            while !cursor.goto_next_sibling() {
                let behind = nodes.len() as u32;
                let closed = around.pop();
                if let Some(entry) = closed.and_then(|it| nodes.get_mut(it as usize)) {
                    entry.behind = behind;
                }
                if !cursor.goto_parent() {
                    return Ok(Self {
                        language,
                        nodes,
                        names: names(language),
                    });
                }
            }
        }
    }

    /// The language it is parsed as.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The root; `text` is the text that was parsed.
    pub const fn root<'a>(&'a self, text: &'a str) -> Node<'a> {
        Node {
            code: self,
            number: 0,
            text,
        }
    }

    /// All nodes in the order of the text, each before what it holds.
    pub(super) fn all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Node<'a>> {
        let numbers = 0..self.nodes.len() as u32;
        numbers.map(move |number| Node {
            code: self,
            number,
            text,
        })
    }
}

impl<'a> Node<'a> {
    const fn of(self, number: u32) -> Self {
        Self { number, ..self }
    }

    fn entry(self) -> Entry {
        let found = self.code.nodes.get(self.number as usize).copied();
        found.unwrap_or(Entry {
            kind: u16::MAX,
            field: 0,
            flags: 0,
            start: 0,
            end: 0,
            parent: 0,
            behind: 0,
        })
    }

    /// The tree that it is of.
    pub(super) const fn code(self) -> &'a Code {
        self.code
    }

    /// The grammar's number of its kind.
    pub(super) fn kind_id(self) -> u16 {
        self.entry().kind
    }

    /// The grammar's number of what it is in the node around it; 0 for nothing.
    pub(super) fn field_id(self) -> u16 {
        self.entry().field
    }

    /// What it is, by the grammar's name: `call_expression`.
    pub fn kind(self) -> &'a str {
        // What does not parse has a kind of its own, behind all others.
        let kinds = &self.code.names.kinds;
        let kind = kinds.get(usize::from(self.entry().kind));
        kind.copied().unwrap_or("ERROR")
    }

    /// Whether it is more than a keyword or punctuation.
    pub fn is_named(self) -> bool {
        self.entry().flags & NAMED != 0
    }

    /// Whether it may stand anywhere: a comment.
    pub(super) fn is_extra(self) -> bool {
        self.entry().flags & EXTRA != 0
    }

    /// Whether it is text that does not parse.
    pub(super) fn is_error(self) -> bool {
        self.entry().flags & ERROR != 0
    }

    /// Whether it is, or holds, text that does not parse.
    pub fn has_error(self) -> bool {
        self.entry().flags & HAS_ERROR != 0
    }

    /// A number that no other node of the tree has: small, and in the order of the text.
    pub const fn id(self) -> usize {
        self.number as usize
    }

    /// Its place.
    pub fn range(self) -> TextRange {
        // Where the grammar gives up, it may do so within a character.
        let entry = self.entry();
        let offset = |at: u32| self.text.floor_char_boundary(at as usize) as u32;
        TextRange::new(offset(entry.start), offset(entry.end))
    }

    /// Its text.
    pub fn text(self) -> &'a str {
        self.text.get(self.range().to_usize()).unwrap_or_default()
    }

    /// The part called `name`.
    pub fn field(self, name: &str) -> Option<Self> {
        let field = *self.code.names.fields.get(name)?;
        self.inner().find(|it| it.field_id() == field)
    }

    /// All nodes directly within it.
    pub(super) fn inner(self) -> impl Iterator<Item = Self> {
        let end = self.entry().behind;
        let mut next = self.number + 1;
        std::iter::from_fn(move || {
            let node = (next < end).then(|| self.of(next))?;
            next = node.entry().behind;
            Some(node)
        })
    }

    /// The named nodes directly within it, without comments and other things that may stand anywhere.
    pub fn children(self) -> impl Iterator<Item = Self> {
        self.inner().filter(|it| it.is_named() && !it.is_extra())
    }

    /// The nodes behind it in the node around it, as [`Self::children`] has them.
    pub fn following(self) -> impl Iterator<Item = Self> {
        let end = self.parent().map_or(0, |it| it.entry().behind);
        let mut next = self.entry().behind;
        let siblings = std::iter::from_fn(move || {
            let node = (next < end).then(|| self.of(next))?;
            next = node.entry().behind;
            Some(node)
        });
        siblings.filter(|it| it.is_named() && !it.is_extra())
    }

    /// The node around it.
    pub fn parent(self) -> Option<Self> {
        (self.number != 0).then(|| self.of(self.entry().parent))
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.kind(), self.range())
    }
}
