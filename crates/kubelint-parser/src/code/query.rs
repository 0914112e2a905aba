//! Patterns over syntax trees, in tree-sitter's pattern language.

use std::ops::ControlFlow;

use tree_sitter::{QueryCursor, QueryCursorOptions, QueryCursorState, StreamingIterator};

use super::{Language, Limit, Node};

/// Compiled patterns.
#[derive(Debug)]
pub struct Query {
    query: tree_sitter::Query,
}

/// Why patterns do not compile: a mistake in the text, with its place.
#[derive(Debug)]
pub struct QueryError(tree_sitter::QueryError);

/// One place where a pattern matches.
#[derive(Clone, Debug)]
pub struct Match<'q, 'a> {
    query: &'q Query,
    /// The number of the pattern.
    pub pattern: usize,
    captures: Vec<(u32, Node<'a>)>,
}

/// How many matches may be open at once; patterns of ours have a few.
const MATCH_LIMIT: u32 = 4096;
/// How often a search for a few patterns may report progress: so often, and once more for so many bytes.
const BASE_REPORTS: usize = 1000;
const BYTES_PER_REPORT: usize = 4;
/// So many patterns are a few; the steps of more are in proportion.
const FEW_PATTERNS: usize = 4;

impl Query {
    /// Compiles `text`: patterns with captures, the predicates `#eq?`, `#match?`, `#any-of?` and their negations, and `#set!`.
    pub fn new(language: Language, text: &str) -> Result<Self, QueryError> {
        match tree_sitter::Query::new(language.grammar(), text) {
            Ok(query) => Ok(Self { query }),
            Err(error) => Err(QueryError(error)),
        }
    }

    /// The names of its captures.
    pub fn captures(&self) -> &[&str] {
        self.query.capture_names()
    }

    /// How many patterns there are.
    pub fn patterns(&self) -> usize {
        self.query.pattern_count()
    }

    /// What the pattern `number` sets for `key`: `(#set! key value)`.
    pub fn setting(&self, number: usize, key: &str) -> Option<&str> {
        if number >= self.patterns() {
            return None;
        }
        let all = self.query.property_settings(number).iter();
        let mut found = all.filter(|it| &*it.key == key);
        found.next()?.value.as_deref()
    }

    /// Every place within `root` where a pattern matches, in the order of the text.
    pub fn matches<'q, 'a>(&'q self, root: Node<'a>) -> Result<Vec<Match<'q, 'a>>, Limit> {
        self.matches_of(root, |_| true)
    }

    /// As [`Self::matches`], of those patterns whose numbers are `wanted`: what others match is not kept.
    pub fn matches_of<'q, 'a>(
        &'q self,
        root: Node<'a>,
        wanted: impl Fn(usize) -> bool,
    ) -> Result<Vec<Match<'q, 'a>>, Limit> {
        let mut cursor = QueryCursor::new();
        cursor.set_match_limit(MATCH_LIMIT);
        let share = 1 + self.query.pattern_count() / FEW_PATTERNS;
        let mut reports = (BASE_REPORTS + root.text.len() / BYTES_PER_REPORT) * share;
        let mut stopped = false;
        let mut count = |_: &QueryCursorState| {
            reports = reports.saturating_sub(1);
            if reports == 0 {
                stopped = true;
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        };
        let mut found = Vec::new();
        {
            let options = QueryCursorOptions::new().progress_callback(&mut count);
            let text = root.text.as_bytes();
            let mut matches = cursor.matches_with_options(&self.query, root.node, text, options);
            while let Some(one) = matches.next() {
                if !wanted(one.pattern_index) {
                    continue;
                }
                let captures = one.captures().iter();
                let node = |node| Node {
                    node,
                    text: root.text,
                };
                found.push(Match {
                    query: self,
                    pattern: one.pattern_index,
                    captures: captures.map(|it| (it.index, node(it.node))).collect(),
                });
            }
        }
        if stopped || cursor.did_exceed_match_limit() {
            return Err(Limit::Steps);
        }
        Ok(found)
    }
}

impl<'q, 'a> Match<'q, 'a> {
    /// The node that is captured as `name`: the first of several.
    pub fn get(&self, name: &str) -> Option<Node<'a>> {
        self.all(name).next()
    }

    /// All nodes that are captured as `name`.
    pub fn all(&self, name: &str) -> impl Iterator<Item = Node<'a>> {
        let number = self.query.query.capture_index_for_name(name);
        let captures = self.captures.iter();
        captures.filter_map(move |it| (Some(it.0) == number).then_some(it.1))
    }

    /// What the pattern sets for `key`: `(#set! key value)`.
    pub fn setting(&self, key: &str) -> Option<&'q str> {
        self.query.setting(self.pattern, key)
    }
}

impl std::fmt::Display for QueryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for QueryError {}
