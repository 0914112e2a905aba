//! The tokens of small languages in which builds are stated, as far as literals matter: HCL, and the Starlark of Tilt.

use kubelint_parser::TextRange;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Where it is written, quotes included.
    pub(super) range: TextRange,
    /// Whether it is the first of its line.
    pub(super) is_first: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name, keyword or number.
    Word(String),
    /// What stands in quotes, without them.
    Text(String),
    Sign(char),
}

impl Token {
    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.kind == TokenKind::Sign(sign)
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// One more, one less, or none, as brackets open and close.
    pub(super) fn depth(&self) -> i32 {
        match self.kind {
            TokenKind::Sign('(' | '[' | '{') => 1,
            TokenKind::Sign(')' | ']' | '}') => -1,
            _ => 0,
        }
    }
}

/// The tokens of `text`. Comments are those of a line, behind `comments`.
pub(super) fn tokens(text: &str, comments: &[&str]) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut is_first = true;
    while let Some(char) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if comments.iter().any(|it| rest.starts_with(it)) {
            rest.find('\n').unwrap_or(rest.len())
        } else if char.is_whitespace() {
            is_first |= char == '\n';
            char.len_utf8()
        } else {
            let (kind, length) = next(rest, char);
            found.push(Token {
                kind,
                range: TextRange::new(at as u32, (at + length) as u32),
                is_first,
            });
            is_first = false;
            length
        };
        at += length;
    }
    found
}

/// The token that `rest` begins with, and its length.
fn next(rest: &str, first: char) -> (TokenKind, usize) {
    if matches!(first, '"' | '\'') {
        return quoted(rest, first);
    }
    let is_word = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.' | '-');
    if first.is_alphanumeric() || first == '_' {
        let end = rest.find(|it| !is_word(it)).unwrap_or(rest.len());
        return (TokenKind::Word(rest[..end].to_owned()), end);
    }
    (TokenKind::Sign(first), first.len_utf8())
}

/// A text in quotes, up to three of them; a backslash takes the next character as it is.
fn quoted(rest: &str, quote: char) -> (TokenKind, usize) {
    let three = [quote; 3].iter().collect::<String>();
    let quotes = if rest.starts_with(&three) { 3 } else { 1 };
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(quotes);
    while let Some((at, char)) = chars.next() {
        if quotes == 1 && char == '\n' {
            return (TokenKind::Text(text), at);
        }
        let is_end =
            (quotes == 1 && char == quote) || (quotes == 3 && rest[at..].starts_with(&three));
        if is_end {
            return (TokenKind::Text(text), at + quotes);
        }
        if char == '\\' {
            text.extend(chars.next().map(|it| it.1));
        } else {
            text.push(char);
        }
    }
    (TokenKind::Text(text), rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_texts() {
        let text = "target \"a\" { # x\n  tags = ['b\\'c', \"\"\"d\"\"\"]\n}\n\"open\nnext";
        let shown: Vec<String> = tokens(text, &["#"])
            .iter()
            .map(|it| {
                let first = if it.is_first { "^" } else { "" };
                match &it.kind {
                    TokenKind::Word(word) => format!("{first}{word}"),
                    TokenKind::Text(text) => format!("{first}<{text}>"),
                    TokenKind::Sign(sign) => format!("{first}{sign}"),
                }
            })
            .collect();
        assert_eq!(
            shown.join(" "),
            "^target <a> { ^tags = [ <b'c> , <d> ] ^} ^<open> ^next"
        );
        for token in tokens(text, &["#"]) {
            assert!(
                text.get(token.range.start as usize..token.range.end as usize)
                    .is_some()
            );
        }
    }
}
