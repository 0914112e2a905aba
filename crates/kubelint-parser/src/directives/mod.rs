//! Configurations of web servers that consist of directives: words, and blocks of more directives. Those of nginx end in `;`, those of Caddy
//! at the end of the line.
//!
//! A directive is a node of a flat list in the order of the text, so that neither the parser nor whoever walks the tree needs recursion. A
//! text that the server would refuse yields what stands before the mistake, and the mistake.

mod caddyfile;
mod lexer;
mod nginx;
mod reader;

#[cfg(test)]
mod tests;

use crate::TextRange;

pub use caddyfile::parse as parse_caddyfile;
pub use nginx::parse as parse_nginx;

/// Larger texts are not parsed: 1 MiB. Nobody writes such a file by hand.
pub const MAX_SIZE: usize = 1 << 20;
/// Blocks that stand deeper in each other are refused: no server has so many levels.
pub const MAX_DEPTH: usize = 64;

/// A configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// In the order of the text: what a directive's block holds follows it.
    all: Vec<Node>,
    words: Vec<Word>,
    mistake: Option<Mistake>,
}

/// A word: its value, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it says, without quotes and with escapes replaced.
    pub text: String,
    /// Where, with its quotes.
    pub range: TextRange,
    /// Whether it is in quotes.
    pub is_quoted: bool,
}

/// Why a text is no configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong: `a block is not closed`.
    pub what: &'static str,
    /// Where it was noticed.
    pub range: TextRange,
}

/// A directive of a configuration.
#[derive(Clone, Copy, Debug)]
pub struct Directive<'d> {
    tree: &'d Directives,
    at: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    /// The first of its words, and one past the last.
    words: (usize, usize),
    /// Its text, with its block.
    range: TextRange,
    has_block: bool,
    /// One past the last node of its block.
    end: usize,
}

impl Directives {
    /// The directives that stand in no block, in order.
    pub fn top(&self) -> impl Iterator<Item = Directive<'_>> {
        self.between(0, self.all.len())
    }

    /// What makes the text no configuration, if anything does: what follows it is left out.
    pub const fn mistake(&self) -> Option<Mistake> {
        self.mistake
    }

    /// The nodes of one level between two places.
    fn between(&self, start: usize, end: usize) -> impl Iterator<Item = Directive<'_>> {
        let mut next = start;
        std::iter::from_fn(move || {
            let node = self.all.get(next).filter(|_| next < end)?;
            let at = std::mem::replace(&mut next, node.end);
            Some(Directive { tree: self, at })
        })
    }
}

impl<'d> Directive<'d> {
    fn node(self) -> &'d Node {
        &self.tree.all[self.at]
    }

    /// Its words, the name first; empty for a block without any.
    pub fn words(self) -> &'d [Word] {
        let (start, end) = self.node().words;
        &self.tree.words[start..end]
    }

    /// The text of its first word; empty if it has none.
    pub fn name(self) -> &'d str {
        self.words().first().map_or("", |it| it.text.as_str())
    }

    /// The words behind the first.
    pub fn arguments(self) -> &'d [Word] {
        self.words().get(1..).unwrap_or_default()
    }

    /// Its text, with its block.
    pub fn range(self) -> TextRange {
        self.node().range
    }

    /// Whether a block follows its words.
    pub fn has_block(self) -> bool {
        self.node().has_block
    }

    /// What its block holds, in order; the blocks therein are not looked into.
    pub fn block(self) -> impl Iterator<Item = Directive<'d>> {
        self.tree.between(self.at + 1, self.node().end)
    }
}

/// Builds a tree from front to back.
#[derive(Default)]
struct Builder {
    tree: Directives,
    /// The blocks that are open, the outermost first.
    open: Vec<usize>,
}

impl Builder {
    /// Ends a directive whose words are all there.
    fn push(&mut self, words: Vec<Word>, range: TextRange, has_block: bool) {
        let start = self.tree.words.len();
        self.tree.words.extend(words);
        let at = self.tree.all.len();
        self.tree.all.push(Node {
            words: (start, self.tree.words.len()),
            range,
            has_block,
            end: at + 1,
        });
        if has_block {
            self.open.push(at);
        }
    }

    /// Ends the innermost block at `end`; whether there is one.
    fn close(&mut self, end: u32) -> bool {
        let Some(at) = self.open.pop() else {
            return false;
        };
        let last = self.tree.all.len();
        let node = &mut self.tree.all[at];
        node.end = last;
        node.range.end = end;
        true
    }

    fn finish(mut self, end: u32, mistake: Option<Mistake>) -> Directives {
        let is_open = !self.open.is_empty();
        while self.close(end) {}
        let unclosed = is_open.then(|| Mistake {
            what: "a block is not closed",
            range: TextRange::empty(end),
        });
        self.tree.mistake = mistake.or(unclosed);
        self.tree
    }
}
