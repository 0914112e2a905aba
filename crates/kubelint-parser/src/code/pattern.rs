//! Patterns over syntax trees, as data says them: a structure of nodes, names for some of them, conditions on their texts, and settings.
//!
//! The notation is that of tree-sitter's queries (tree-sitter.github.io/tree-sitter/using-parsers/queries): nodes by kind, `_`, fields, `!field`,
//! `[…]`, anchors, `?`, `@names`, and the predicates `#eq?`, `#match?`, `#any-of?`, their negations, and `#set!`. Other than there, comments
//! within the code are never in the way of an anchor and are no `(_)`. Reading a pattern costs little more than reading its text, while
//! tree-sitter analyses each for about as long as it takes to parse a file.

use std::sync::OnceLock;

use regex::bytes::Regex;

use super::search::Bound;

/// A pattern as it is written.
#[derive(Debug)]
pub struct Pattern {
    /// What it looks for.
    pub structure: Structure,
    /// The names of its parts, by the number of the part in the structure.
    pub captures: Vec<(u16, String)>,
    /// What else must hold.
    conditions: Vec<Condition>,
    /// What it sets: `(#set! key value)`.
    pub settings: Vec<(String, String)>,
}

/// The nodes that a pattern looks for: two patterns that look for the same, whatever they call it, have equal ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Structure {
    /// The parts; the first is the node that the pattern is about, and others stand behind that which holds them.
    pub(super) parts: Vec<Part>,
}

/// A node of a structure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub what: What,
    /// As what it stands in the node around it.
    pub field: Option<String>,
    /// Whether no other named node stands between it and the one before.
    pub is_immediate: bool,
    /// Whether no other named node stands behind it.
    pub is_last: bool,
    pub is_optional: bool,
    /// The fields that it must not have.
    pub without: Vec<String>,
    /// What it holds, in order: numbers of parts.
    pub holds: Vec<u16>,
}

/// Which nodes a part may be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Named(String),
    /// A keyword or sign.
    Sign(String),
    AnyNamed,
    Any,
    /// One of these parts.
    OneOf(Vec<u16>),
}

/// A condition on the texts of what is captured. What is not captured meets every condition.
#[derive(Debug)]
struct Condition {
    capture: String,
    is_negated: bool,
    test: Test,
}

#[derive(Debug)]
enum Test {
    /// It is one of these texts.
    AnyOf(Vec<String>),
    /// It is the text of another capture.
    Same(String),
    /// The expression is found in it; compiled when it is asked for.
    Match(String, OnceLock<Option<Regex>>),
}

/// Why patterns cannot be read: a mistake in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong.
    pub why: String,
    /// The line, from one.
    pub line: usize,
}

impl Pattern {
    /// Reads all patterns of a text.
    pub fn read(text: &str) -> Result<Vec<Self>, PatternError> {
        let mut reader = Reader {
            tokens: tokens(text)?,
            at: 0,
        };
        let mut patterns = Vec::new();
        while reader.peek().is_some() {
            patterns.push(reader.pattern()?);
        }
        Ok(patterns)
    }

    /// What it sets for `key`.
    pub fn setting(&self, key: &str) -> Option<&str> {
        let mut all = self.settings.iter();
        Some(all.find(|it| it.0 == key)?.1.as_str())
    }

    /// The numbers of the parts that are called `name`.
    pub fn slots(&self, name: &str) -> impl Iterator<Item = u16> {
        let named = self.captures.iter().filter(move |it| it.1 == name);
        named.map(|it| it.0)
    }

    /// Whether what is bound to its parts meets its conditions.
    pub fn allows(&self, bound: &[Bound<'_>]) -> bool {
        let texts = |name: &str| -> Vec<&str> {
            let nodes = self.slots(name).filter_map(|slot| {
                let found = bound.iter().find(|it| it.slot == slot)?;
                Some(found.node.text())
            });
            nodes.collect()
        };
        self.conditions.iter().all(|condition| {
            let mut own = texts(&condition.capture).into_iter();
            let holds = |text: &str| match &condition.test {
                Test::AnyOf(all) => all.iter().any(|it| it == text),
                Test::Same(other) => texts(other).contains(&text),
                Test::Match(source, regex) => {
                    let regex = regex.get_or_init(|| Regex::new(source).ok());
                    regex
                        .as_ref()
                        .is_some_and(|it| it.is_match(text.as_bytes()))
                }
            };
            own.all(|it| holds(it) != condition.is_negated)
        })
    }
}

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in line {}", self.why, self.line)
    }
}

impl std::error::Error for PatternError {}

/// A token, with its line.
type Token = (String, usize);

fn tokens(text: &str) -> Result<Vec<Token>, PatternError> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut chars = text.chars().peekable();
    while let Some(first) = chars.next() {
        match first {
            '\n' => line += 1,
            ';' => while chars.next_if(|it| *it != '\n').is_some() {},
            '"' => {
                let mut token = String::from('"');
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some('n') => token.push('\n'),
                            Some('t') => token.push('\t'),
                            Some(other) => token.push(other),
                            None => {}
                        },
                        Some(other) => token.push(other),
                        None => {
                            let why = "a text does not end".to_owned();
                            return Err(PatternError { why, line });
                        }
                    }
                }
                tokens.push((token, line));
            }
            '(' | ')' | '[' | ']' => tokens.push((first.to_string(), line)),
            _ if first.is_whitespace() => {}
            _ => {
                let mut token = String::from(first);
                let ends = |it: char| it.is_whitespace() || "()[]\";".contains(it);
                while let Some(next) = chars.next_if(|it| !ends(*it)) {
                    token.push(next);
                }
                // `name:` and `)?` need no space around them.
                if let Some(sign) = token.strip_prefix(['?', '*', '+']).map(str::to_owned)
                    && !sign.is_empty()
                {
                    tokens.push((first.to_string(), line));
                    token = sign;
                }
                tokens.push((token, line));
            }
        }
    }
    Ok(tokens)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

/// What is read of a pattern so far.
#[derive(Default)]
struct Draft {
    parts: Vec<Part>,
    captures: Vec<(u16, String)>,
    conditions: Vec<Condition>,
    settings: Vec<(String, String)>,
}

impl Reader {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(|it| it.0.as_str())
    }

    fn next(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token.0.clone())
    }

    fn is_next(&mut self, sign: &str) -> bool {
        let found = self.peek() == Some(sign);
        self.at += usize::from(found);
        found
    }

    fn error<T>(&self, why: &str) -> Result<T, PatternError> {
        let last = self.tokens.get(self.at).or(self.tokens.last());
        Err(PatternError {
            why: why.to_owned(),
            line: last.map_or(1, |it| it.1),
        })
    }

    fn pattern(&mut self) -> Result<Pattern, PatternError> {
        let mut draft = Draft::default();
        self.part(&mut draft, None)?;
        Ok(Pattern {
            structure: Structure { parts: draft.parts },
            captures: draft.captures,
            conditions: draft.conditions,
            settings: draft.settings,
        })
    }

    /// One node, with what it holds and what it is called.
    fn part(&mut self, draft: &mut Draft, field: Option<String>) -> Result<u16, PatternError> {
        let number = draft.parts.len() as u16;
        let Some(token) = self.next() else {
            return self.error("a pattern ends within a node");
        };
        if token == "(" && matches!(self.peek(), Some("(" | "[")) {
            // A group: one node, and what must hold for it.
            let number = self.part(draft, field)?;
            while self.is_next("(") {
                self.predicate(draft)?;
            }
            if !self.is_next(")") {
                return self.error("a group holds more than one node");
            }
            self.names(draft, number)?;
            return Ok(number);
        }
        draft.parts.push(Part {
            what: What::Any,
            field,
            is_immediate: false,
            is_last: false,
            is_optional: false,
            without: Vec::new(),
            holds: Vec::new(),
        });
        let what = match token.as_str() {
            "(" => {
                let Some(kind) = self.next() else {
                    return self.error("a pattern ends within a node");
                };
                self.holds(draft, number)?;
                match kind.as_str() {
                    "_" => What::AnyNamed,
                    _ => What::Named(kind),
                }
            }
            "[" => {
                let mut all = Vec::new();
                while !self.is_next("]") {
                    let field = self.field();
                    all.push(self.part(draft, field)?);
                }
                What::OneOf(all)
            }
            "_" => What::Any,
            _ => match token.strip_prefix('"') {
                Some(sign) => What::Sign(sign.to_owned()),
                None => return self.error("a node is expected"),
            },
        };
        if let Some(part) = draft.parts.get_mut(usize::from(number)) {
            part.what = what;
        }
        self.names(draft, number)?;
        Ok(number)
    }

    fn field(&mut self) -> Option<String> {
        let field = self.peek()?.strip_suffix(':')?.to_owned();
        self.at += 1;
        Some(field)
    }

    /// What stands behind a node: whether it may be missing, and its names.
    fn names(&mut self, draft: &mut Draft, number: u16) -> Result<(), PatternError> {
        while let Some(token) = self.peek() {
            if let Some(name) = token.strip_prefix('@') {
                draft.captures.push((number, name.to_owned()));
            } else if token == "?" {
                if let Some(part) = draft.parts.get_mut(usize::from(number)) {
                    part.is_optional = true;
                }
            } else if matches!(token, "*" | "+") {
                return self.error("repetition is not known");
            } else {
                break;
            }
            self.at += 1;
        }
        Ok(())
    }

    /// What stands in a node, up to its end.
    fn holds(&mut self, draft: &mut Draft, number: u16) -> Result<(), PatternError> {
        let mut all: Vec<u16> = Vec::new();
        let mut is_immediate = false;
        loop {
            if self.is_next(")") {
                break;
            }
            if self.is_next(".") {
                is_immediate = true;
                continue;
            }
            let predicate = self.tokens.get(self.at + 1);
            if self.peek() == Some("(") && predicate.is_some_and(|it| it.0.starts_with('#')) {
                self.at += 1;
                self.predicate(draft)?;
                continue;
            }
            let without = self.peek().and_then(|it| it.strip_prefix('!'));
            if let Some(field) = without.map(str::to_owned) {
                self.at += 1;
                if let Some(part) = draft.parts.get_mut(usize::from(number)) {
                    part.without.push(field);
                }
                continue;
            }
            let field = self.field();
            let part = self.part(draft, field)?;
            if let Some(it) = draft.parts.get_mut(usize::from(part)) {
                it.is_immediate = std::mem::take(&mut is_immediate);
            }
            all.push(part);
        }
        let last = all
            .last()
            .and_then(|it| draft.parts.get_mut(usize::from(*it)));
        if let Some(last) = last {
            last.is_last = is_immediate;
        }
        if let Some(part) = draft.parts.get_mut(usize::from(number)) {
            part.holds = all;
        }
        Ok(())
    }

    /// What must hold or is set, behind the parenthesis.
    fn predicate(&mut self, draft: &mut Draft) -> Result<(), PatternError> {
        let mut words = Vec::new();
        loop {
            match self.next() {
                Some(token) if token == ")" => break,
                Some(token) => words.push(token),
                None => return self.error("a predicate does not end"),
            }
        }
        let text = |it: &String| it.strip_prefix('"').unwrap_or(it).to_owned();
        let Some((name, rest)) = words.split_first() else {
            return self.error("a predicate has no name");
        };
        if let ("#set!", [key, value]) = (name.as_str(), rest) {
            draft.settings.push((key.clone(), text(value)));
            return Ok(());
        }
        let Some((capture, values)) = rest.split_first() else {
            return self.error("a predicate is about nothing");
        };
        let Some(capture) = capture.strip_prefix('@') else {
            return self.error("a predicate is about a name");
        };
        let is_negated = name.starts_with("#not-");
        let test = match (
            name.trim_start_matches("#not-").trim_start_matches('#'),
            values,
        ) {
            ("eq?", [value]) => match value.strip_prefix('@') {
                Some(other) => Test::Same(other.to_owned()),
                None => Test::AnyOf(vec![text(value)]),
            },
            ("any-of?", [_, ..]) => Test::AnyOf(values.iter().map(text).collect()),
            ("match?", [value]) => {
                if Regex::new(&text(value)).is_err() {
                    return self.error("an expression is none");
                }
                Test::Match(text(value), OnceLock::new())
            }
            _ => return self.error("a predicate is not known"),
        };
        draft.conditions.push(Condition {
            capture: capture.to_owned(),
            is_negated,
            test,
        });
        Ok(())
    }
}
