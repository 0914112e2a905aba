//! What tree-sitter itself makes of patterns: tests compare our own [search](super::Structures) to it.

use tree_sitter::{Parser, QueryCursor, StreamingIterator};

use super::Language;
use crate::TextRange;

/// Patterns as tree-sitter compiles them.
#[derive(Debug)]
pub struct Query {
    language: Language,
    query: tree_sitter::Query,
}

/// Why patterns do not compile: a mistake in the text, with its place.
#[derive(Debug)]
pub struct QueryError(tree_sitter::QueryError);

/// One place where a pattern matches.
#[derive(Clone, Debug)]
pub struct Match {
    /// The number of the pattern.
    pub pattern: usize,
    /// What is captured: the name, and the kind and place of the node.
    pub captures: Vec<(String, String, TextRange)>,
}

impl Query {
    /// Compiles `text`.
    pub fn new(language: Language, text: &str) -> Result<Self, QueryError> {
        match tree_sitter::Query::new(language.grammar(), text) {
            Ok(query) => Ok(Self { language, query }),
            Err(error) => Err(QueryError(error)),
        }
    }

    /// The names of its captures.
    pub fn captures(&self) -> &[&str] {
        self.query.capture_names()
    }

    /// Every place in a text where a pattern matches.
    pub fn matches(&self, text: &str) -> Vec<Match> {
        let mut parser = Parser::new();
        let is_known = parser.set_language(self.language.grammar()).is_ok();
        let Some(tree) = parser.parse(text, None).filter(|_| is_known) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut cursor = QueryCursor::new();
        let mut matches = cursor.matches(&self.query, tree.root_node(), text.as_bytes());
        while let Some(one) = matches.next() {
            let captures = one.captures().iter().map(|it| {
                let names = self.query.capture_names();
                let name = names.get(it.index as usize).copied();
                let (start, end) = (it.node.start_byte(), it.node.end_byte());
                let range = TextRange::new(start as u32, end as u32);
                (
                    name.unwrap_or_default().to_owned(),
                    it.node.kind().to_owned(),
                    range,
                )
            });
            found.push(Match {
                pattern: one.pattern_index,
                captures: captures.collect(),
            });
        }
        found
    }
}

impl std::fmt::Display for QueryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for QueryError {}
