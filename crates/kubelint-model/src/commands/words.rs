//! Cuts a command line into words, much as a shell does: quotes, continuation lines, operators. What only running it would tell becomes
//! [`UNKNOWN`].

use std::collections::BTreeMap;

/// Stands for text that is not known: no file's name holds it.
pub(super) use crate::script::UNKNOWN;

/// A word, decoded, and the bytes that state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A part of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// The file that is the command's input.
    Input(Word),
    /// `|`, or `<(`: what is before it or in it is the input of a command.
    Pipe,
    /// `;`, `&&`, `||`, `&`, and the end of the line.
    Next,
    /// `(`: what follows changes nothing outside.
    Open,
    /// `)`.
    Close,
}

/// The variables that a script sets to a literal; `None` for those that it sets to several or to something unknown.
pub(super) type Variables = BTreeMap<String, Option<String>>;

/// Cuts `text`, which begins at `base`. `percent` says whether `%NAME%` are variables, as in batch files.
pub(super) fn tokens(text: &str, base: usize, variables: &Variables, percent: bool) -> Vec<Token> {
    let mut cutter = Cutter {
        text,
        base,
        at: 0,
        variables,
        percent,
        word: None,
        found: Vec::new(),
        next_is: Next::Word,
    };
    cutter.run();
    cutter.found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Word,
    Input,
    /// The target of a redirection, or a here-document's end: nothing to do with the command.
    Dropped,
}

struct Cutter<'a> {
    text: &'a str,
    base: usize,
    at: usize,
    variables: &'a Variables,
    percent: bool,
    word: Option<Word>,
    found: Vec<Token>,
    next_is: Next,
}

impl<'a> Cutter<'a> {
    fn run(&mut self) {
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\\'
                    if self.rest()[1..]
                        .trim_start_matches([' ', '\t', '\r'])
                        .starts_with('\n') =>
                {
                    self.end_word();
                    self.at += self.rest().find('\n').unwrap_or(0) + 1;
                }
                b'`' | b'^' if self.rest()[1..].starts_with(['\n', '\r']) => {
                    self.end_word();
                    self.at += 1;
                }
                b' ' | b'\t' | b'\n' | b'\r' => {
                    self.end_word();
                    self.at += 1;
                }
                b'#' if self.word.is_none() => {
                    // A comment ends with its line.
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                }
                b'\'' => self.single_quoted(),
                b'"' => self.double_quoted(),
                b'\\' if !self.percent => {
                    self.at += 1;
                    self.literal();
                }
                b'|' | b';' | b'&' | b'(' | b')' | b'<' | b'>' => self.operator(byte),
                _ => self.piece(),
            }
        }
        self.end_word();
        self.found.push(Token::Next);
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn push(&mut self, text: &str) {
        let start = self.base + self.at;
        let word = self.word.get_or_insert_with(|| Word {
            text: String::new(),
            start,
            end: start,
        });
        word.text.push_str(text);
    }

    fn unknown(&mut self) {
        self.push(UNKNOWN.encode_utf8(&mut [0; 4]));
    }

    fn end_word(&mut self) {
        let Some(mut word) = self.word.take() else {
            return;
        };
        word.end = self.base + self.at;
        match self.next_is {
            Next::Word => self.found.push(Token::Word(word)),
            Next::Input => self.found.push(Token::Input(word)),
            Next::Dropped => {}
        }
        self.next_is = Next::Word;
    }

    /// Takes one character as it is.
    fn literal(&mut self) {
        if let Some(char) = self.rest().chars().next() {
            self.push(char.encode_utf8(&mut [0; 4]));
            self.at += char.len_utf8();
        }
    }

    fn single_quoted(&mut self) {
        let inner = &self.text[self.at + 1..];
        let end = inner.find('\'').unwrap_or(inner.len());
        let inner = &inner[..end];
        self.push(if inner.contains("{{") { "\u{1}" } else { inner });
        self.at = (self.at + end + 2).min(self.text.len());
    }

    fn double_quoted(&mut self) {
        self.push("");
        self.at += 1;
        loop {
            match self.byte(0) {
                None => return,
                Some(b'"') => {
                    self.at += 1;
                    return;
                }
                Some(b'\\') if !self.percent => {
                    self.at += 1;
                    self.literal();
                }
                Some(_) => self.piece(),
            }
        }
    }

    /// One character, or something that stands for text.
    fn piece(&mut self) {
        match self.byte(0) {
            Some(b'$') => self.dollar(),
            Some(b'`') => self.skip_to(1, "`"),
            Some(b'{') if self.byte(1) == Some(b'{') => self.skip_to(2, "}}"),
            Some(b'%') if self.percent => self.percent_name(),
            _ => self.literal(),
        }
    }

    /// Takes everything up to `end` for unknown.
    fn skip_to(&mut self, from: usize, end: &str) {
        self.unknown();
        let inner = self.text.get(self.at + from..).unwrap_or_default();
        let length = inner.find(end).map_or(inner.len(), |it| it + end.len());
        self.at += from + length;
    }

    fn dollar(&mut self) {
        let rest = self.rest();
        if rest.starts_with("${{") {
            return self.skip_to(3, "}}");
        }
        if let Some(inner) = rest.strip_prefix("${") {
            let length = inner.find('}').unwrap_or(inner.len());
            let inner = &inner[..length];
            let name = &inner[..name_length(inner)];
            let default = inner[name.len()..].strip_prefix(":-").map(str::to_owned);
            let is_plain = inner.len() == name.len() || default.is_some();
            let value = self.value(name).filter(|_| is_plain);
            let value = value.or(default.filter(|it| is_literal(it)));
            self.push_value(value);
            self.at = (self.at + length + 3).min(self.text.len());
        } else if let Some(inner) = rest.strip_prefix("$(") {
            let name = &inner[..name_length(inner)];
            let length = closing(inner);
            let value = (name.len() == length).then(|| self.value(name)).flatten();
            self.push_value(value);
            self.at = (self.at + length + 3).min(self.text.len());
        } else {
            let inner = rest[1..].strip_prefix("env:").unwrap_or(&rest[1..]);
            let skipped = rest.len() - inner.len();
            let length = match inner.as_bytes().first() {
                Some(b'@' | b'*' | b'#' | b'?' | b'!' | b'0'..=b'9') => 1,
                // `$$NAME` in a Makefile is `$NAME`.
                Some(b'$') => 0,
                _ => name_length(inner),
            };
            let value = self.value(&inner[..length]);
            if length > 0 {
                self.push_value(value);
            } else if !inner.starts_with('$') {
                self.push("$");
            }
            self.at += skipped + length;
        }
    }

    fn percent_name(&mut self) {
        let inner = &self.text[self.at + 1..];
        if inner.starts_with("~dp0") {
            self.unknown();
            self.at += 5;
            if !matches!(self.byte(0), Some(b'\\' | b'/')) {
                self.push("/");
            }
            return;
        }
        let length = name_length(inner);
        if length > 0 && inner[length..].starts_with('%') {
            let value = self.value(&inner[..length]);
            self.push_value(value);
            self.at += length + 2;
        } else {
            self.literal();
        }
    }

    fn push_value(&mut self, value: Option<String>) {
        match value {
            Some(value) => self.push(&value),
            None => self.unknown(),
        }
    }

    /// The value of a variable. One that is not set and is called like a tool is that tool.
    fn value(&self, name: &str) -> Option<String> {
        if let Some(Some(value)) = self.variables.get(name) {
            return Some(value.clone());
        }
        let lower = name.to_ascii_lowercase();
        ["kubectl", "kustomize", "helm", "make"]
            .into_iter()
            .find(|it| lower == *it || lower == format!("{it}_bin") || lower == format!("{it}_cmd"))
            .map(str::to_owned)
    }

    fn operator(&mut self, byte: u8) {
        let rest = self.rest();
        if byte == b'<'
            && let Some(length) = fenced_name(rest)
        {
            self.unknown();
            self.at += length;
            return;
        }
        // The number before a redirection belongs to it: `2>`.
        let is_number = |it: &Word| it.text.len() == 1 && it.text.as_bytes()[0].is_ascii_digit();
        if byte == b'>' && self.word.as_ref().is_some_and(is_number) {
            self.word = None;
        }
        if byte == b'>' && rest.starts_with(">(") || byte == b'<' && rest.starts_with("<(") {
            self.end_word();
            self.push("-");
            self.at += 2;
            self.end_word();
            self.found.push(Token::Pipe);
            return;
        }
        self.end_word();
        // Parentheses are taken one by one: to count them each time would be quadratic.
        let most = if matches!(byte, b'(' | b')') {
            1
        } else {
            rest.len()
        };
        let same = rest.bytes().take(most).take_while(|it| *it == byte).count();
        let (length, token) = match byte {
            b'|' if same == 1 => (1, Some(Token::Pipe)),
            b'(' => (1, Some(Token::Open)),
            b')' => (1, Some(Token::Close)),
            b'<' | b'>' => {
                self.next_is = if byte == b'<' && same == 1 {
                    Next::Input
                } else {
                    Next::Dropped
                };
                let extra = rest[same..].starts_with(['&', '|', '-']);
                (same + usize::from(extra), None)
            }
            b'&' if rest.starts_with("&>") => {
                self.next_is = Next::Dropped;
                (2, None)
            }
            _ => (same, Some(Token::Next)),
        };
        self.at += length;
        self.found.extend(token);
    }
}

/// The length of the name that `text` begins with.
pub(super) fn name_length(text: &str) -> usize {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if text.starts_with(|it: char| it.is_ascii_digit()) {
        return 0;
    }
    text.bytes().take_while(|it| is_name(*it)).count()
}

/// Whether nothing in a value is to be replaced.
pub(super) fn is_literal(value: &str) -> bool {
    !value.is_empty() && !value.contains(['$', '`', '{', '%', '\n'])
}

/// The length of `text` up to the `)` that closes what was opened before it.
fn closing(text: &str) -> usize {
    let mut open = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' if open == 0 => return at,
            b')' => open -= 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of `<name>`, as documents write what the reader is to fill in.
fn fenced_name(text: &str) -> Option<usize> {
    let inner = text.get(1..)?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = inner.bytes().take_while(|it| is_name(*it)).count();
    (length > 0 && inner[length..].starts_with('>')).then_some(length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, percent: bool) -> String {
        let variables = BTreeMap::from([
            ("A".to_owned(), Some("a".to_owned())),
            ("B".to_owned(), None),
        ]);
        let shown = tokens(text, 0, &variables, percent)
            .into_iter()
            .map(|it| match it {
                Token::Word(it) => it.text.replace(UNKNOWN, "?"),
                Token::Input(it) => format!("<{}", it.text),
                Token::Pipe => "|".into(),
                Token::Next => ";".into(),
                Token::Open => "(".into(),
                Token::Close => ")".into(),
            });
        shown.collect::<Vec<String>>().join(" ")
    }

    #[test]
    fn words() {
        for (text, expected) in [
            ("kubectl apply -f x.yaml", "kubectl apply -f x.yaml ;"),
            ("a 'b c' \"d e\" f\\ g # h", "a b c d e f g ;"),
            ("a $A/b ${A}c \"$B\" ${C:-d} $(A) $1", "a a/b ac ? d a ? ;"),
            ("a \\\n  b", "a b ;"),
            ("a && b | c; d", "a ; b | c ; d ;"),
            ("a 2>&1 > out < in", "a <in ;"),
            ("a <<EOF | b", "a | b ;"),
            ("a -f <(b c)", "a -f - | b c ) ;"),
            ("(cd a; b)", "( cd a ; b ) ;"),
            ("\"$(dirname \"$0\")/x\"", "?/x ;"),
            ("a ${{ env.X }}/y {{ z }}", "a ?/y ? ;"),
            ("a <name> 'x", "a ? x ;"),
            ("a \"b", "a b ;"),
            ("$KUBECTL $$A $", "kubectl a $ ;"),
            ("a#b", "a#b ;"),
            ("${x", "? ;"),
            ("$(x", "? ;"),
            ("{{", "? ;"),
            ("\\", ";"),
        ] {
            assert_eq!(shown(text, false), expected, "{text}");
        }
        assert_eq!(shown("a %A%\\x %~dp0y 5%", true), "a a\\x ?/y 5% ;");
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        for piece in ["(", "$(", "${", "\"", "<", "`", "{{", "a|", "\\\n"] {
            let text = piece.repeat((1 << 20) / piece.len());
            assert!(!tokens(&text, 0, &Variables::new(), false).is_empty());
        }
    }
}
