//! Regular expressions as GNU sed reads them, translated for the crate `regex`: its time is linear in the text, whatever the pattern.

use regex::bytes::{Regex, RegexBuilder};

/// A compiled pattern.
pub type Pattern = Regex;

/// How large a compiled pattern may become, in bytes.
const MAX_COMPILED: usize = 1 << 18;

/// Longer patterns are not read.
const MAX_PATTERN: usize = 2_000;

/// Which of the two grammars of POSIX a pattern is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grammar {
    /// Without `-E`: `\(`, `\{`, `\+`, `\?` and `\|` are special.
    Basic,
    /// With `-E` or `-r`: they are special without the backslash.
    Extended,
}

/// A compiled pattern, to be asked of one line at a time; `None` if it is not one that means the same here: back references, escapes for
/// line breaks, what POSIX leaves undefined.
///
/// Characters beyond ASCII are looked at byte by byte.
pub fn compile(pattern: &str, grammar: Grammar, ignores_case: bool) -> Option<Pattern> {
    if pattern.is_empty() || pattern.len() > MAX_PATTERN {
        return None;
    }
    let translated = Translation::new(pattern, grammar).run()?;
    RegexBuilder::new(&translated)
        .unicode(false)
        .case_insensitive(ignores_case)
        .size_limit(MAX_COMPILED)
        .build()
        .ok()
}

/// What the character before means for the one that follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// An expression begins here: a quantifier has nothing to repeat.
    Start,
    /// Something that may be repeated.
    Atom,
    /// It is repeated already.
    Repeated,
}

struct Translation<'a> {
    rest: &'a str,
    grammar: Grammar,
    found: String,
    before: Before,
    open: usize,
}

/// A piece of a pattern.
enum Token {
    Literal(char),
    /// `(`, `)`, `|`, `{`, `+`, `?` as an operator.
    Operator(char),
    /// What the crate writes for an escape.
    Escape(&'static str),
    Any,
    Star,
    Caret,
    Dollar,
    Bracket,
}

impl<'a> Translation<'a> {
    fn new(pattern: &'a str, grammar: Grammar) -> Self {
        Self {
            rest: pattern,
            grammar,
            found: String::with_capacity(pattern.len() * 2),
            before: Before::Start,
            open: 0,
        }
    }

    fn run(mut self) -> Option<String> {
        while !self.rest.is_empty() {
            match self.token()? {
                Token::Literal(char) => self.literal(char),
                Token::Any => self.atom("."),
                Token::Escape(text) => self.atom(text),
                Token::Bracket => self.bracket()?,
                Token::Star if self.before == Before::Start => match self.grammar {
                    Grammar::Basic => self.literal('*'),
                    Grammar::Extended => return None,
                },
                Token::Star => self.repeat("*")?,
                Token::Caret if self.is_anchor_place() => {
                    self.found.push('^');
                    self.before = Before::Start;
                }
                Token::Caret => self.literal('^'),
                Token::Dollar if self.is_at_end() => self.found.push('$'),
                Token::Dollar => self.literal('$'),
                Token::Operator(char) => self.operator(char)?,
            }
        }
        (self.open == 0).then_some(self.found)
    }

    /// The next piece; `None` if it is not one that is known here.
    fn token(&mut self) -> Option<Token> {
        let mut chars = self.rest.chars();
        let char = chars.next()?;
        let is_extended = self.grammar == Grammar::Extended;
        let token = match char {
            '\\' => {
                let escaped = chars.next()?;
                match escaped {
                    '(' | ')' | '|' | '{' | '+' | '?' if !is_extended => Token::Operator(escaped),
                    'w' => Token::Escape("[0-9A-Za-z_]"),
                    'W' => Token::Escape("[^0-9A-Za-z_]"),
                    's' => Token::Escape("[ \\t\\r\\f\\v]"),
                    'S' => Token::Escape("[^ \\t\\r\\f\\v]"),
                    't' => Token::Literal('\t'),
                    'b' => Token::Escape("\\b"),
                    'B' => Token::Escape("\\B"),
                    '<' => Token::Escape("\\b{start}"),
                    '>' => Token::Escape("\\b{end}"),
                    // Line breaks, back references, numbers of characters, and whatever else sed may know.
                    '\n' | '\'' | '`' => return None,
                    it if it.is_alphanumeric() => return None,
                    it => Token::Literal(it),
                }
            }
            '.' => Token::Any,
            '*' => Token::Star,
            '^' => Token::Caret,
            '$' => Token::Dollar,
            '[' => Token::Bracket,
            '(' | ')' | '|' | '{' | '+' | '?' if is_extended => Token::Operator(char),
            '\n' => return None,
            it => Token::Literal(it),
        };
        self.rest = chars.as_str();
        Some(token)
    }

    fn literal(&mut self, char: char) {
        self.atom(&regex::escape(char.encode_utf8(&mut [0; 4])));
    }

    fn atom(&mut self, text: &str) {
        // A character of several bytes is one for whatever repeats it.
        if text.is_ascii() {
            self.found.push_str(text);
        } else {
            self.found.extend(["(?:", text, ")"]);
        }
        self.before = Before::Atom;
    }

    fn repeat(&mut self, operator: &str) -> Option<()> {
        // `a+?` would be something else to the crate.
        if self.before != Before::Atom {
            return None;
        }
        self.found.push_str(operator);
        self.before = Before::Repeated;
        Some(())
    }

    fn operator(&mut self, char: char) -> Option<()> {
        match char {
            '(' => {
                self.open += 1;
                self.found.push('(');
                self.before = Before::Start;
            }
            ')' => {
                self.open = self.open.checked_sub(1)?;
                self.found.push(')');
                self.before = Before::Atom;
            }
            '|' => {
                self.found.push('|');
                self.before = Before::Start;
            }
            '{' => {
                let close = if self.grammar == Grammar::Basic {
                    "\\}"
                } else {
                    "}"
                };
                let (range, rest) = self.rest.split_once(close)?;
                let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
                let (from, to) = range.split_once(',').unwrap_or((range, range));
                if !is_number(from) || !is_number(to) || from.is_empty() {
                    return None;
                }
                self.rest = rest;
                self.repeat(&format!("{{{range}}}"))?;
            }
            _ => self.repeat(char.encode_utf8(&mut [0; 4]))?,
        }
        Some(())
    }

    /// Whether `^` stands where an expression begins; anywhere else it is a character of basic expressions.
    fn is_anchor_place(&self) -> bool {
        let begins = self.found.is_empty() || self.found.ends_with(['(', '|']);
        self.grammar == Grammar::Extended || begins && self.before == Before::Start
    }

    /// Whether `$`, which was just read, stands where an expression ends.
    fn is_at_end(&self) -> bool {
        let ends = ["\\)", "\\|"].iter().any(|it| self.rest.starts_with(it));
        self.grammar == Grammar::Extended || self.rest.is_empty() || ends
    }

    /// A bracket expression, the `[` of which was read.
    fn bracket(&mut self) -> Option<()> {
        let mut found = String::from("[");
        if let Some(rest) = self.rest.strip_prefix('^') {
            found.push('^');
            self.rest = rest;
        }
        let mut is_first = true;
        loop {
            let mut chars = self.rest.chars();
            let char = chars.next()?;
            let class = self.rest.strip_prefix("[:");
            if char == ']' && !is_first {
                self.rest = chars.as_str();
                break;
            }
            if let Some(class) = class {
                let (name, rest) = class.split_once(":]")?;
                if name.is_empty() || !name.bytes().all(|it| it.is_ascii_lowercase()) {
                    return None;
                }
                found.extend(["[:", name, ":]"]);
                self.rest = rest;
            } else if ["[.", "[="].iter().any(|it| self.rest.starts_with(it)) || !char.is_ascii() {
                return None;
            } else if char == '\\' && chars.clone().next().is_some_and(char::is_alphanumeric) {
                // `[\n]` is a line break to sed, and a backslash or `n` to POSIX.
                return None;
            } else {
                let mut behind = chars.clone();
                let is_range = behind.next() == Some('-');
                let end = behind.next().filter(|it| is_range && *it != ']');
                found.push_str(&in_class(char));
                self.rest = chars.as_str();
                if let Some(end) = end {
                    if end < char || !end.is_ascii() || end == '[' || end == '\\' {
                        return None;
                    }
                    found.push('-');
                    found.push_str(&in_class(end));
                    self.rest = behind.as_str();
                }
            }
            is_first = false;
        }
        found.push(']');
        self.found.push_str(&found);
        self.before = Before::Atom;
        Some(())
    }
}

/// A character within brackets, as the crate writes it.
fn in_class(char: char) -> String {
    if char.is_ascii_alphanumeric() || char == ' ' {
        char.to_string()
    } else {
        format!("\\x{:02x}", u32::from(char))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a pattern matches a line; `None` if it is not read. The answers are those of GNU sed 4.9.
    #[track_caller]
    fn check(pattern: &str, grammar: Grammar, line: &str, expected: Option<bool>) {
        let found = compile(pattern, grammar, false).map(|it| it.is_match(line.as_bytes()));
        assert_eq!(found, expected, "{pattern} {line}");
    }

    #[test]
    fn basic_expressions() {
        for (pattern, line, expected) in [
            ("a.c", "xabcx", true),
            ("a+b", "a+b", true),
            ("a+b", "aab", false),
            ("a\\+b", "aab", true),
            ("a\\?b", "b", true),
            ("a?b", "a?b", true),
            ("a|b", "a", false),
            ("a\\|b", "b", true),
            ("(x)", "(x)", true),
            ("\\(ab\\)*c", "ababc", true),
            ("a\\{2\\}b", "aab", true),
            ("^a\\{2,3\\}b", "aaaab", false),
            ("{{TAG}}", "image: a:{{TAG}}", true),
            ("${TAG}", "image: a:${TAG}", true),
            ("$TAG", "image: a:$TAG", true),
            ("a^b$c", "a^b$c", true),
            ("^image: .*$", "image: a", true),
            ("^image: .*$", "  image: a", false),
            ("*a", "*a", true),
            ("\\(*a\\)", "*a", true),
            ("^*a", "*a", true),
            ("[]a]b", "]b", true),
            ("[^]a]b", "]b", false),
            ("[[:digit:]]\\.[0-9]", "1.2", true),
            ("[a-c.]x", ".x", true),
            ("[\\.]x", "\\x", true),
            ("a\\.b", "axb", false),
            ("\\<api\\>", "the api-v1", true),
            ("\\<api\\>", "apis", false),
            ("x\\s*y", "x \ty", true),
            ("ü*x", "x", true),
        ] {
            check(pattern, Grammar::Basic, line, Some(expected));
        }
    }

    #[test]
    fn extended_expressions() {
        for (pattern, line, expected) in [
            ("a+b", "aab", true),
            ("a\\+b", "a+b", true),
            ("(a|b)c", "bc", true),
            ("a{2}b", "aab", true),
            ("\\{\\{TAG\\}\\}", "{{TAG}}", true),
            ("(^| )image:", "  image:", true),
            ("image: .+:([0-9.]+)$", "image: a:1.2", true),
            ("\\$TAG", "$TAG", true),
            ("$TAG", "$TAG", false),
        ] {
            check(pattern, Grammar::Extended, line, Some(expected));
        }
    }

    #[test]
    fn what_is_not_read() {
        for (pattern, grammar) in [
            ("", Grammar::Basic),
            ("\\(a\\)\\1", Grammar::Basic),
            ("a\\nb", Grammar::Basic),
            ("[\\n]", Grammar::Basic),
            ("\\(a", Grammar::Basic),
            ("a\\)", Grammar::Basic),
            ("[a", Grammar::Basic),
            ("[[.a.]]", Grammar::Basic),
            ("\\d", Grammar::Basic),
            ("a\\", Grammar::Basic),
            ("a+?", Grammar::Extended),
            ("*a", Grammar::Extended),
            ("{{TAG}}", Grammar::Extended),
            ("a{1", Grammar::Extended),
            ("a\\{99999\\}", Grammar::Basic),
        ] {
            check(pattern, grammar, "a", None);
        }
    }
}
